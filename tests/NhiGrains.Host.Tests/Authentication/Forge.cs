using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using NhiGrains.Host.Authentication;

namespace NhiGrains.Host.Tests.Authentication;

/// <summary>Makes tokens of every kind, good and bad, with one change each.</summary>
internal sealed class Forge(ECDsaSecurityKey key)
{
    public static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    public string Token(Action<SecurityTokenDescriptor>? change = null, SecurityKey? signedBy = null, string algorithm = SecurityAlgorithms.EcdsaSha256)
    {
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = TokenIssuer.Name,
            Audience = "nhigrains",
            IssuedAt = Now,
            NotBefore = Now.AddMinutes(-1),
            Expires = Now.AddMinutes(5),
            Claims = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sub"] = "ada",
                ["roles"] = new[] { "auditor", "emperor" },
            },
            SigningCredentials = new(signedBy ?? key, algorithm),
        };
        change?.Invoke(descriptor);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);
    }

    public static ECDsaSecurityKey AnotherKey(string id) => new(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = id };

    public string Bad(string how) => how switch
    {
        "expired" => Token(t => (t.NotBefore, t.Expires) = (Now.AddHours(-2), Now.AddMinutes(-1))),
        "too early" => Token(t => (t.NotBefore, t.Expires) = (Now.AddHours(1), Now.AddHours(2))),
        "without an end" => Token(t => t.Expires = null),
        "other audience" => Token(t => t.Audience = "somebody-else"),
        "without audience" => Token(t => t.Audience = null),
        "other issuer" => Token(t => t.Issuer = "https://issuer.example"),
        "other key" => Token(signedBy: AnotherKey("other")),
        "other key under our id" => Token(signedBy: AnotherKey(key.KeyId)),
        "none" => Token(t => t.SigningCredentials = null),
        "symmetric with our public key" => Token(signedBy: new SymmetricSecurityKey(key.ECDsa.ExportSubjectPublicKeyInfo()) { KeyId = key.KeyId }, algorithm: SecurityAlgorithms.HmacSha256),
        "changed" => Changed(Token()),
        "without subject" => Token(t => t.Claims.Remove("sub")),
        "blank subject" => Token(t => t.Claims["sub"] = " "),
        "no identity id" => Token(t => t.Claims["nhi_identity"] = "Not/An/Id"),
        "two identities" => Token(t => t.Claims["nhi_identity"] = new[] { "a", "b" }),
        "too long" => Token(t => t.Claims["more"] = new string('x', 20_000)),
        "no token" => "abc",
        "three parts of nothing" => "a.b.c",
        _ => throw new ArgumentOutOfRangeException(nameof(how), how, "Not a case."),
    };

    // Another role under the old signature.
    private static string Changed(string token)
    {
        var parts = token.Split('.');
        var payload = Base64UrlEncoder.Decode(parts[1]).Replace("auditor", "admin", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(payload)}.{parts[2]}";
    }
}
