using System.Globalization;
using System.Text.Json;
using NhiGrains.Domain;

namespace NhiGrains.Host.Webhooks;

/// <summary>A CloudEvent (version 1.0, JSON format): the attributes that every route needs, each of them there and bounded.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Time">When it happened; null when it does not say.</param>
/// <param name="Data">Its 'data', unchecked; null when there is none.</param>
internal sealed record CloudEvent(string Id, string Source, string Type, string Subject, DateTimeOffset? Time, JsonElement? Data)
{
    public const int LongestText = 1_024;

    // Clouds nest the data of their events.
    private const int DeepestData = 64;

    /// <param name="subject">What the subject names, for the refusal: 'a principal'.</param>
    public static Result<CloudEvent> Read(ReadOnlyMemory<byte> body, string subject)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new() { MaxDepth = DeepestData });
            ReadTexts(document.RootElement);
            return Read(document.RootElement, subject);
        }
        // The second: what stands for half a character is found only when the text is read.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            return Malformed("it is no JSON", subject);
        }
    }

    // Once, so that who looks into the data later finds texts.
    private static void ReadTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                    ReadTexts(item);
                break;
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    _ = member.Name;
                    ReadTexts(member.Value);
                }

                break;
        }
    }

    private static Result<CloudEvent> Read(JsonElement root, string subject)
    {
        if (root.ValueKind != JsonValueKind.Object)
            return Malformed("it is no JSON object", subject);
        if (TextOf(root, "specversion") != "1.0")
            return Malformed("'specversion' is not '1.0'", subject);
        var time = TextOf(root, "time") is not { } text ? null
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : (DateTimeOffset?)null;
        if (time is null && root.TryGetProperty("time", out _))
            return Malformed("'time' is no instant", subject);
        return (TextOf(root, "id"), TextOf(root, "source"), TextOf(root, "type"), TextOf(root, "subject")) switch
        {
            (null, _, _, _) => Malformed($"'id' is no text of 1 to {LongestText} characters", subject),
            (_, null, _, _) => Malformed($"'source' is no text of 1 to {LongestText} characters", subject),
            (_, _, null, _) => Malformed($"'type' is no text of 1 to {LongestText} characters", subject),
            (_, _, _, null) => Malformed($"'subject', which names {subject}, is no text of 1 to {LongestText} characters", subject),
            var (id, source, type, about) => new CloudEvent(id, source, type, about, time, root.TryGetProperty("data", out var data) ? data.Clone() : null),
        };
    }

    /// <summary>A text member of 1 to <see cref="LongestText"/> characters; null when it is none.</summary>
    public static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 and <= LongestText } text ? text : null;

    private static Refusal Malformed(string why, string subject) => new(
        "MALFORMED_EVENT", $"The body is no CloudEvent that names {subject}: {why}.",
        $"Send a CloudEvent 1.0 in the JSON format (structured mode), with {subject} as its 'subject'.");
}
