using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace NhiGrains.Evidence.Tests.World;

/// <summary>A real key pair of an issuer: publishes itself, and signs whatever it is given, good or bad.</summary>
internal sealed class TokenKey(string id, AsymmetricAlgorithm key)
{
    public string Id => id;

    public static TokenKey Ecdsa(string id = "k1") => new(id, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static TokenKey Rsa(string id = "r1", int bits = 2048) => new(id, RSA.Create(bits));

    /// <summary>As in a JSON Web Key Set.</summary>
    public Dictionary<string, string> Published(string? use = "sig") => Published(use, id);

    public Dictionary<string, string> Published(string? use, string kid)
    {
        var jwk = new Dictionary<string, string>(StringComparer.Ordinal) { ["kid"] = kid };
        if (use is not null)
            jwk["use"] = use;
        if (key is ECDsa ecdsa)
        {
            var point = ecdsa.ExportParameters(includePrivateParameters: false).Q;
            (jwk["kty"], jwk["crv"], jwk["x"], jwk["y"]) = ("EC", "P-256", Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        }
        else if (key is RSA rsa)
        {
            var numbers = rsa.ExportParameters(includePrivateParameters: false);
            (jwk["kty"], jwk["n"], jwk["e"]) = ("RSA", Base64Url.EncodeToString(numbers.Modulus), Base64Url.EncodeToString(numbers.Exponent));
        }

        return jwk;
    }

    public byte[] PublicKey => key.ExportSubjectPublicKeyInfo();

    public string Algorithm => key is RSA ? "RS256" : "ES256";

    public string Sign(object claims) => Sign(new { alg = Algorithm, kid = id, typ = "JWT" }, claims);

    public string Sign(object header, object claims) => SignText(JsonSerializer.Serialize(header), JsonSerializer.Serialize(claims));

    /// <summary>Signs texts that need not be JSON.</summary>
    public string SignText(string header, string claims)
    {
        var signed = $"{Encode(header)}.{Encode(claims)}";
        return $"{signed}.{Base64Url.EncodeToString(Signature(Encoding.ASCII.GetBytes(signed)))}";
    }

    public byte[] Signature(byte[] message) => key switch
    {
        RSA rsa => rsa.SignData(message, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ECDsa ecdsa => ecdsa.SignData(message, HashAlgorithmName.SHA256),
        _ => throw new NotSupportedException(),
    };

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
