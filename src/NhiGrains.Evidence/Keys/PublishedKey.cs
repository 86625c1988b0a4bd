using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using NhiGrains.Evidence.Reading;
using NhiGrains.Evidence.Tokens;

namespace NhiGrains.Evidence.Keys;

/// <summary>A public key of a JSON Web Key Set (RFC 7517) that signatures may be verified with.</summary>
/// <param name="Algorithms">Those that it may be used with: its kind decides, not the token.</param>
/// <param name="Signed">Whether by one of these, over a message, a signature is its own; may be a <see cref="CryptographicException"/> for one that is none.</param>
internal sealed record PublishedKey(string Id, IReadOnlyList<string> Algorithms, Func<string, byte[], byte[], bool> Signed)
{
    private const int ShortestRsa = 2048;
    private const int LongestRsa = 8192;

    /// <param name="uses">What its <c>use</c> may be; null among them stands for none said.</param>
    /// <returns>Null for a key that is for something else, too short, or of a kind that is not known: those are passed over.</returns>
    public static PublishedKey? Read(JsonElement json, IReadOnlyList<string?> uses)
    {
        if (json.Text("kid") is not { Length: > 0 } id || !uses.Contains(json.Text("use")))
            return null;
        try
        {
            var key = json.Text("kty") switch
            {
                "RSA" => Rsa(json, id),
                "EC" => Ecdsa(json, id),
                "OKP" => Edwards(json, id),
                _ => null,
            };
            return key is not null && json.Text("alg") is { } only ? key with { Algorithms = [.. key.Algorithms.Where(algorithm => algorithm == only)] } : key;
        }
        catch (Exception unusable) when (unusable is CryptographicException or FormatException)
        {
            // A point that is not on its curve, for example.
            return null;
        }
    }

    private static PublishedKey? Rsa(JsonElement json, string id)
    {
        var parameters = new RSAParameters { Modulus = Number(json, "n"), Exponent = Number(json, "e") };
        return parameters.Modulus.Length * 8 is >= ShortestRsa and <= LongestRsa && parameters.Exponent.Length is > 0 and <= 8
            ? new(id, ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"], Of(new RsaSecurityKey(parameters)))
            : null;
    }

    private static PublishedKey? Ecdsa(JsonElement json, string id)
    {
        var (curve, algorithm) = json.Text("crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, "ES256"),
            "P-384" => (ECCurve.NamedCurves.nistP384, "ES384"),
            "P-521" => (ECCurve.NamedCurves.nistP521, "ES512"),
            _ => (default, ""),
        };
        if (algorithm.Length == 0)
            return null;
        var key = ECDsa.Create(new ECParameters { Curve = curve, Q = new() { X = Number(json, "x"), Y = Number(json, "y") } });
        return new(id, [algorithm], Of(new ECDsaSecurityKey(key)));
    }

    // RFC 8037; "Ed25519" is the name that RFC 9864 gives the same.
    private static PublishedKey? Edwards(JsonElement json, string id) =>
        json.Text("crv") == "Ed25519" && Ed25519Key.Read(Number(json, "x")) is { } key
            ? new(id, TokenHeader.Edwards, (_, message, signature) => key.Signed(message, signature))
            : null;

    private static Func<string, byte[], byte[], bool> Of(SecurityKey key) => (algorithm, message, signature) =>
    {
        var factory = key.CryptoProviderFactory;
        var provider = factory.CreateForVerifying(key, algorithm);
        try
        {
            return provider.Verify(message, signature);
        }
        finally
        {
            factory.ReleaseSignatureProvider(provider);
        }
    };

    private static byte[] Number(JsonElement json, string member) => Base64Url.DecodeFromChars(json.Text(member) ?? "");
}
