using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NhiGrains.Platforms.Aws.Compiling;

/// <summary>
/// Policy documents in a text form that is equal when the meaning is: members, statements and lists are sorted, single values
/// are lists of one, and the <c>Id</c>, which means nothing to AWS, is left out.
/// </summary>
internal static class PolicyText
{
    private const int MaxBody = 16_384;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="JsonException">It is no policy.</exception>
    public static string Canonical(string document) => Canonical(Parse(document)).ToJsonString(Compact);

    /// <summary>For what others wrote: one that cannot be read, or is too long to carry around, is told by its digest.</summary>
    public static string Shown(string document)
    {
        try
        {
            var text = Canonical(document);
            return text.Length <= MaxBody ? text : ByDigest("long", text);
        }
        catch (JsonException)
        {
            return ByDigest("unreadable", document);
        }
    }

    /// <summary>Null when it has none, or cannot be read.</summary>
    public static string? IdOf(string document)
    {
        try
        {
            return Parse(document)["Id"] is JsonValue value && value.TryGetValue<string>(out var id) ? id : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string WithId(string body, string id)
    {
        var document = Parse(body);
        document["Id"] = id;
        return document.ToJsonString(Compact);
    }

    /// <exception cref="JsonException">It is no policy.</exception>
    public static JsonObject Parse(string document) =>
        JsonNode.Parse(document, documentOptions: Strict) as JsonObject ?? throw new JsonException("A policy is an object.");

    private static JsonObject Canonical(JsonObject document)
    {
        var sorted = Sorted(document.Where(member => member.Key is not ("Id" or "Statement")), AsItIs);
        sorted["Statement"] = new JsonArray([.. Each(document["Statement"]).Select(Statement).OrderBy(statement => statement.ToJsonString(Compact), StringComparer.Ordinal)]);
        return sorted;
    }

    private static JsonObject Statement(JsonNode? statement) => statement is JsonObject members
        ? Sorted(members, (name, value) => name is "Sid" or "Effect" ? value : Values(value))
        : throw new JsonException("A statement is an object.");

    /// <summary>A value or a list of values becomes a sorted list; what holds such lists is sorted.</summary>
    private static JsonNode Values(JsonNode? node) => node is JsonObject members
        ? Sorted(members, (_, value) => Values(value))
        : new JsonArray([.. Each(node).Select(Text).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(text => (JsonNode?)JsonValue.Create(text))]);

    private static JsonObject Sorted(IEnumerable<KeyValuePair<string, JsonNode?>> members, Func<string, JsonNode?, JsonNode?> change) =>
        new(members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => KeyValuePair.Create(member.Key, change(member.Key, member.Value)?.DeepClone())));

    private static JsonNode? AsItIs(string name, JsonNode? value) => value;

    private static JsonNode?[] Each(JsonNode? node) => node is JsonArray many ? [.. many] : node is null ? [] : [node];

    /// <summary>Conditions can say numbers and truth values with or without quotation marks.</summary>
    private static string Text(JsonNode? node) => node is JsonValue value
        ? value.TryGetValue<string>(out var text) ? text : value.ToJsonString()
        : throw new JsonException("A list holds texts.");

    private static string ByDigest(string why, string text) => new JsonObject { [why] = NhiGrains.Domain.Canonical.DigestOfText(text) }.ToJsonString();
}
