using System.Text.Json;
using NhiGrains.GraphQL.Transport.Http;

namespace NhiGrains.GraphQL.Transport.Sockets;

/// <summary>One message of a client, read strictly: what is not of the protocol closes the socket with 4400.</summary>
internal sealed record ClientMessage(string Type, string? Id, JsonElement? Payload)
{
    private const int MaxIdLength = 128;

    public static (ClientMessage? Message, SocketClosure? Closure) Read(ReadOnlySpan<byte> json)
    {
        try
        {
            if (OperationJson.HasLongNumber(json))
                return (null, SocketClosure.BadMessage("A number has too many digits"));
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = OperationJson.Parsing.MaxDepth });
            var root = JsonElement.ParseValue(ref reader);
            return reader.Read() || root.ValueKind != JsonValueKind.Object
                ? (null, SocketClosure.BadMessage("A message is one JSON object"))
                : Read(root);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, SocketClosure.BadMessage("A message is one JSON object"));
        }
    }

    /// <summary>The bearer token of a <c>connection_init</c>; null when it carries none.</summary>
    public string? Token()
    {
        const string scheme = "Bearer ";
        if (Payload is not { } payload)
            return null;
        var value = payload.EnumerateObject()
            .Where(member => member.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && member.Value.ValueKind == JsonValueKind.String)
            .Select(member => member.Value.GetString())
            .FirstOrDefault();
        return value?.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) == true ? value[scheme.Length..].Trim() : value;
    }

    private static (ClientMessage?, SocketClosure?) Read(JsonElement root)
    {
        if (Text(root, "type") is not { } type)
            return (null, SocketClosure.BadMessage("'type' must be a string"));
        var id = Text(root, "id");
        if (type is "subscribe" or "complete" && id is not { Length: > 0 and <= MaxIdLength })
            return (null, SocketClosure.BadMessage($"'id' must be a string of 1 to {MaxIdLength} characters"));
        var payload = root.TryGetProperty("payload", out var value) && value.ValueKind != JsonValueKind.Null ? value : (JsonElement?)null;
        if (payload is { ValueKind: not JsonValueKind.Object } || (type == "subscribe" && payload is null))
            return (null, SocketClosure.BadMessage("'payload' must be an object"));
        return (new(type, id, payload), null);
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
