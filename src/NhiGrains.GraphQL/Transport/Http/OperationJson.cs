using System.Text.Json;
using GraphQL;
using NhiGrains.GraphQL.Transport.Documents;
using NhiGrains.GraphQL.Transport.Errors;

namespace NhiGrains.GraphQL.Transport.Http;

/// <summary>Reads the four parameters of an operation, strictly: a wrong type is refused, never ignored.</summary>
internal static class OperationJson
{
    private const int MaxNumberLength = 256;

    public static JsonDocumentOptions Parsing { get; } = new() { MaxDepth = 64 };

    public static Reading Read(ReadOnlySpan<byte> json, IGraphQLSerializer serializer)
    {
        try
        {
            if (HasLongNumber(json))
                return new(null, Refusals.BadRequest("A number has too many digits.", "Send it as a string."));
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Parsing.MaxDepth });
            using var document = JsonDocument.ParseValue(ref reader);
            return reader.Read() ? new(null, NotAMap()) : Read(document.RootElement, serializer);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new(null, Refusals.BadRequest("The body is not JSON.", """Send {"query": "…"} in UTF-8."""));
        }
    }

    public static Reading Read(JsonElement root, IGraphQLSerializer serializer)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return new(null, NotAMap());
        if (!Is(root, "query", JsonValueKind.String) || !root.TryGetProperty("query", out var query) || query.GetString() is not { } text)
            return new(null, Refusals.BadRequest("'query' must be a string.", "Send the document as 'query'."));
        if (!Is(root, "operationName", JsonValueKind.String))
            return new(null, Refusals.BadRequest("'operationName' must be a string.", "Leave it out or send a string."));
        if (!Is(root, "variables", JsonValueKind.Object))
            return new(null, Refusals.BadRequest("'variables' must be a map.", "Leave it out or send a JSON object."));
        if (!Is(root, "extensions", JsonValueKind.Object))
            return new(null, Refusals.BadRequest("'extensions' must be a map.", "Leave it out or send a JSON object."));
        var name = root.TryGetProperty("operationName", out var operationName) ? operationName.GetString() : null;
        return new(new Operation(text, name, Inputs(root, "variables", serializer), Inputs(root, "extensions", serializer)), null);
    }

    private static TransportError NotAMap() => Refusals.BadRequest(
        "The body is not one JSON object.", """Send {"query": "…"}; batches are not served.""");

    private static bool Is(JsonElement root, string name, JsonValueKind kind) =>
        !root.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null || value.ValueKind == kind;

    private static Inputs? Inputs(JsonElement root, string name, IGraphQLSerializer serializer) =>
        root.TryGetProperty(name, out var value) ? serializer.ReadNode<Inputs>(value) : null;

    /// <summary>Numbers become big integers, whose parsing is not linear: a number of 256 KB must not get that far.</summary>
    internal static bool HasLongNumber(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Parsing.MaxDepth });
        while (reader.Read())
            if (reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length > MaxNumberLength)
                return true;
        return false;
    }

    internal readonly record struct Reading(Operation? Operation, TransportError? Error);
}
