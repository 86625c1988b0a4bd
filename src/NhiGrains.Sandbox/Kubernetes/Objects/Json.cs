using System.Text.Json;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Kubernetes.Http;

namespace NhiGrains.Sandbox.Kubernetes.Objects;

/// <summary>Reads members of objects, and refuses what has another type.</summary>
internal static class Json
{
    public static JsonObject Parse(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonNode.Parse(bytes) is JsonObject json && Size(json) >= 0 ? json : throw StatusError.BadRequest("an object is expected");
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException or InvalidOperationException)
        {
            throw StatusError.BadRequest("the object provided is unrecognized (must be of type JSON)");
        }
    }

    public static string? Text(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        _ => throw WrongType(name, "string"),
    };

    public static long? Number(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out long number) => number,
        _ => throw WrongType(name, "int64"),
    };

    public static JsonObject? Object(this JsonObject json, string name) => json[name] switch
    {
        null => null,
        JsonObject inner => inner,
        _ => throw WrongType(name, "object"),
    };

    public static IEnumerable<JsonObject> Objects(this JsonObject json, string name) => json[name] switch
    {
        null => [],
        JsonArray array => array.Select(item => item as JsonObject ?? throw WrongType(name, "object")),
        _ => throw WrongType(name, "array"),
    };

    public static IEnumerable<string> Texts(this JsonObject json, string name) => json[name] switch
    {
        null => [],
        JsonArray array => array.Select(item => item is JsonValue value && value.TryGetValue(out string? text) ? text : throw WrongType(name, "string")),
        _ => throw WrongType(name, "array"),
    };

    /// <summary>Names and texts are read only when they are asked for; going through all finds names that stand twice and broken texts.</summary>
    private static int Size(JsonNode? node) => node switch
    {
        JsonObject json => json.Sum(member => 1 + Size(member.Value)),
        JsonArray array => array.Sum(Size),
        JsonValue leaf => leaf.TryGetValue(out string? text) ? text.Length : 1,
        _ => 0,
    };

    private static StatusError WrongType(string name, string type) =>
        StatusError.BadRequest($"json: cannot unmarshal: the field {name} must be of type {type}");
}
