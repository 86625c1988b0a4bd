using System.Text.Json;
using NhiGrains.Domain;

namespace NhiGrains.Host.Webhooks;

/// <summary>
/// A CloudEvent (version 1.0, JSON format) that says that a principal of a platform may have changed: its <c>subject</c>. What kind of
/// change, and its data, do not matter: the platform is asked.
/// </summary>
internal sealed record PrincipalEvent(string Id, string Source, string Type, string Subject)
{
    private const int LongestText = 1_024;

    // Nobody looks into the data of an event, and clouds nest theirs.
    private const int DeepestData = 64;

    public static Result<PrincipalEvent> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = DeepestData });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
                return Malformed("it is no JSON object");
            if (Text(root, "specversion") != "1.0")
                return Malformed("'specversion' is not '1.0'");
            return (Text(root, "id"), Text(root, "source"), Text(root, "type"), Text(root, "subject")) switch
            {
                (null, _, _, _) => Malformed($"'id' is no text of 1 to {LongestText} characters"),
                (_, null, _, _) => Malformed($"'source' is no text of 1 to {LongestText} characters"),
                (_, _, null, _) => Malformed($"'type' is no text of 1 to {LongestText} characters"),
                (_, _, _, null) => Malformed($"'subject', which names the principal, is no text of 1 to {LongestText} characters"),
                var (id, source, type, subject) => new PrincipalEvent(id, source, type, subject),
            };
        }
        // The second: what stands for half a character is found only when the text is read.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return Malformed("it is no JSON");
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestText } text ? text : null;

    private static Refusal Malformed(string why) => new(
        "MALFORMED_EVENT", $"The body is no CloudEvent that names a principal: {why}.",
        "Send a CloudEvent 1.0 in the JSON format (structured mode), with the principal as its 'subject'.");
}
