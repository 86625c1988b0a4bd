using System.Text.Json;
using NhiGrains.Domain;

namespace NhiGrains.Evidence.Reading;

/// <summary>JSON in which nothing can be read in two ways: an object, no member twice, not deep.</summary>
internal static class StrictJson
{
    private const int MaxDepth = 16;

    public static Result<JsonElement> Object(ReadOnlyMemory<byte> utf8)
    {
        if (Parse(utf8, allowDuplicates: false) is { } root)
            return root.ValueKind == JsonValueKind.Object ? root : EvidenceRefusals.Malformed("its JSON is no object");
        return Parse(utf8, allowDuplicates: true) is null ? EvidenceRefusals.Malformed("it is not JSON") : EvidenceRefusals.Duplicate;
    }

    public static string? Text(this JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A member of members; a value of no kind when one is missing.</summary>
    public static JsonElement At(this JsonElement json, params ReadOnlySpan<string> path)
    {
        foreach (var member in path)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(member, out json))
                return default;
        }

        return json;
    }

    private static JsonElement? Parse(ReadOnlyMemory<byte> utf8, bool allowDuplicates)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, new() { AllowDuplicateProperties = allowDuplicates, MaxDepth = MaxDepth });
            EnsureText(document.RootElement);
            return document.RootElement.Clone();
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // The message would repeat the text, so it goes no further.
            return null;
        }
    }

    /// <summary>Half of a surrogate pair can be written in JSON, and is no text; then it must not come up later.</summary>
    /// <exception cref="InvalidOperationException">A name or a value is no text.</exception>
    private static void EnsureText(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
            json.GetString();
        if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in json.EnumerateArray())
                EnsureText(item);
        }

        if (json.ValueKind != JsonValueKind.Object)
            return;
        foreach (var member in json.EnumerateObject())
        {
            _ = member.Name;
            EnsureText(member.Value);
        }
    }
}
