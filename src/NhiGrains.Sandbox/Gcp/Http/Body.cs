using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NhiGrains.Sandbox.Gcp.Http;

/// <summary>
/// Reads members of a request's body and refuses what has another type, in Google's words. These are the sandbox's own checks, which
/// hold without discovery documents too.
/// </summary>
internal static class Body
{
    public static string? Text(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out string? text) => text,
        var other => throw WrongType(name, "TYPE_STRING", other),
    };

    /// <exception cref="GoogleError">400, when it is not there.</exception>
    public static string Needed(this JsonObject body, string name) =>
        body.Text(name) is { Length: > 0 } text ? text : throw GoogleError.Invalid($"The request must have '{name}'.", name);

    public static int? Number(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue(out int number) => number,
        JsonValue value when value.TryGetValue(out string? text)
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        var other => throw WrongType(name, "TYPE_INT32", other),
    };

    public static bool Flag(this JsonObject body, string name) => body[name] switch
    {
        null => false,
        JsonValue value when value.TryGetValue(out bool flag) => flag,
        var other => throw WrongType(name, "TYPE_BOOL", other),
    };

    public static JsonObject? Object(this JsonObject body, string name) => body[name] switch
    {
        null => null,
        JsonObject inner => inner,
        var other => throw WrongType(name, "TYPE_MESSAGE", other),
    };

    public static IEnumerable<JsonObject> Objects(this JsonObject body, string name) => body[name] switch
    {
        null => [],
        JsonArray array => array.Select(item => item as JsonObject ?? throw WrongType(name, "TYPE_MESSAGE", item)),
        var other => throw WrongType(name, "TYPE_MESSAGE", other),
    };

    public static IEnumerable<string> Texts(this JsonObject body, string name) => body[name] switch
    {
        null => [],
        JsonArray array => array.Select(item =>
            item is JsonValue value && value.TryGetValue(out string? text) ? text : throw WrongType(name, "TYPE_STRING", item)),
        var other => throw WrongType(name, "TYPE_STRING", other),
    };

    /// <summary>Refuses members that the request does not know.</summary>
    public static void Only(this JsonObject body, params ReadOnlySpan<string> names)
    {
        foreach (var (name, _) in body)
        {
            if (!names.Contains(name))
                throw GoogleError.Invalid($"Invalid JSON payload received. Unknown name \"{name}\": Cannot find field.");
        }
    }

    /// <exception cref="GoogleError">400, when it is no JSON object.</exception>
    public static JsonObject Parse(ReadOnlyMemory<byte> raw)
    {
        if (raw.IsEmpty)
            return [];
        try
        {
            return JsonNode.Parse(raw.Span) is JsonObject body && Size(body) >= 0
                ? body
                : throw GoogleError.Invalid("Invalid JSON payload received. Root element must be a message.");
        }
        catch (Exception broken) when (broken is JsonException or ArgumentException or InvalidOperationException)
        {
            throw GoogleError.Invalid("Invalid JSON payload received. Unexpected token or duplicate name.");
        }
    }

    /// <summary>Names and texts are read only when they are asked for; going through all finds names that stand twice and broken texts.</summary>
    private static int Size(JsonNode? node) => node switch
    {
        JsonObject body => body.Sum(member => 1 + Size(member.Value)),
        JsonArray array => array.Sum(Size),
        JsonValue leaf => leaf.TryGetValue(out string? text) ? text.Length : 1,
        _ => 0,
    };

    private static GoogleError WrongType(string name, string type, JsonNode? value) =>
        GoogleError.Invalid($"Invalid value at '{name}' ({type}), {value?.ToJsonString() ?? "null"}", name);
}
