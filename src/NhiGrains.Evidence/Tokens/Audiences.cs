using System.Text.Json;

namespace NhiGrains.Evidence.Tokens;

/// <summary>Whom a token is meant for: one text, or a list.</summary>
internal static class Audiences
{
    public static bool Are(JsonElement claims, IReadOnlyList<string> accepted)
    {
        if (!claims.TryGetProperty("aud", out var audience))
            return false;
        JsonElement[] named = audience.ValueKind == JsonValueKind.Array ? [.. audience.EnumerateArray()] : [audience];
        // A list with something else in it is no list of audiences.
        return named.All(one => one.ValueKind == JsonValueKind.String) && named.Any(one => accepted.Contains(one.GetString(), StringComparer.Ordinal));
    }
}
