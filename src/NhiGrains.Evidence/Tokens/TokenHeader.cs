using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Tokens;

/// <summary>What a token says of its own signature, as far as that may be listened to.</summary>
/// <param name="KeyId">Null when it names no key.</param>
internal sealed record TokenHeader(string Algorithm, string? KeyId)
{
    /// <summary>Both names of Ed25519.</summary>
    public static readonly string[] Edwards = ["EdDSA", "Ed25519"];

    private static readonly string[] Asymmetric = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", .. Edwards];

    // A key that comes with the token would be that of whoever made the token; an extension that is critical has to be understood.
    private static readonly string[] Refused = ["jwk", "jku", "x5c", "x5u", "crit", "b64", "zip", "enc", "epk"];

    public static Result<TokenHeader> Read(JsonElement header)
    {
        if (header.Text("alg") is not { Length: > 0 } algorithm || algorithm.Equals("none", StringComparison.OrdinalIgnoreCase))
            return EvidenceRefusals.NoAlgorithm;
        if (algorithm.StartsWith("HS", StringComparison.OrdinalIgnoreCase))
            return EvidenceRefusals.Symmetric;
        if (!Asymmetric.Contains(algorithm, StringComparer.Ordinal))
            return EvidenceRefusals.Algorithm;
        if (Refused.FirstOrDefault(name => header.TryGetProperty(name, out _)) is { } member)
            return EvidenceRefusals.Header(member);
        return header.TryGetProperty("kid", out var kid) && kid.ValueKind != JsonValueKind.String
            ? EvidenceRefusals.Malformed("'kid' is no text")
            : new TokenHeader(algorithm, header.Text("kid"));
    }
}
