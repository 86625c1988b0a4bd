using System.Text.Json;
using NhiGrains.Domain;

namespace NhiGrains.Evidence.Tokens;

/// <summary>Since when and until when a token counts (RFC 7519, 4.1.4 to 4.1.6).</summary>
internal static class TokenTimes
{
    /// <summary>How far two clocks may be apart.</summary>
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private const double LastInstant = 253402300799; // The end of the year 9999, in seconds.

    /// <param name="needsIssuedAt">Whether a token without <c>iat</c> is refused; otherwise its life is counted from now.</param>
    /// <returns>When it ends.</returns>
    public static Result<DateTimeOffset> Check(JsonElement claims, DateTimeOffset now, TimeSpan maxLife, bool needsIssuedAt)
    {
        if (!TryRead(claims, "exp", out var expires) || !TryRead(claims, "nbf", out var notBefore) || !TryRead(claims, "iat", out var issued))
            return EvidenceRefusals.Malformed("a time is no number of seconds");
        if (expires is not { } end || (issued is null && needsIssuedAt))
            return EvidenceRefusals.NoTimes;
        if (end <= now - Skew)
            return EvidenceRefusals.Expired;
        if (notBefore > now + Skew)
            return EvidenceRefusals.NotYet;
        if (issued > now + Skew)
            return EvidenceRefusals.Future;
        return end - (issued ?? now) > maxLife + Skew ? EvidenceRefusals.TooLong(maxLife) : end;
    }

    private static bool TryRead(JsonElement claims, string name, out DateTimeOffset? at)
    {
        at = null;
        if (!claims.TryGetProperty(name, out var value))
            return true;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds) || seconds is not (>= 0 and <= LastInstant))
            return false;
        at = DateTimeOffset.UnixEpoch.AddSeconds(seconds);
        return true;
    }
}
