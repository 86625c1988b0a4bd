using NhiGrains.Domain;
using NhiGrains.Evidence.Keys;

namespace NhiGrains.Evidence.Tokens;

/// <summary>A token and its header, once its signature was verified with a key of its issuer.</summary>
internal static class SignedToken
{
    /// <param name="needsKeyId">Whether a token has to name its key; otherwise each key that fits is tried.</param>
    /// <returns>Null when the signature is that of a key of the cache.</returns>
    public static async Task<Refusal?> CheckAsync(Jwt token, TokenHeader header, KeyCache keys, bool needsKeyId, CancellationToken cancellation)
    {
        if (header.KeyId is null && needsKeyId)
            return EvidenceRefusals.UnknownKey;
        var found = await keys.FindAsync(header.KeyId, cancellation);
        if (found.Refusal is { } unknown)
            return unknown;
        var refusal = Check(token, header, found.Value);
        if (refusal is null || header.KeyId is not null || !await keys.RefetchAsync(found.Value, cancellation))
            return refusal;
        var newer = await keys.FindAsync(id: null, cancellation);
        return newer.Refusal ?? Check(token, header, newer.Value);
    }

    private static Refusal? Check(Jwt token, TokenHeader header, IReadOnlyList<PublishedKey> keys)
    {
        var fitting = keys.Where(key => key.Algorithms.Contains(header.Algorithm, StringComparer.Ordinal)).ToArray();
        return fitting.Length == 0 ? EvidenceRefusals.Algorithm
            : fitting.Any(key => TokenSignature.IsOf(token, header.Algorithm, key)) ? null
            : EvidenceRefusals.Signature;
    }
}
