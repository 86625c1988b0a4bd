using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using NhiGrains.Domain;
using NhiGrains.Evidence.Reading;

namespace NhiGrains.Evidence.Tokens;

/// <summary>A JSON Web Token in the compact form of RFC 7515, taken apart and believed in nothing.</summary>
internal sealed record Jwt(JsonElement Header, JsonElement Claims, string Text, string Digest)
{
    public const int Longest = 16 * 1024;

    public string? Issuer => Claims.Text("iss");

    public string? Subject => Claims.Text("sub");

    public static Result<Jwt> Read(string text)
    {
        if (text.Length > Longest)
            return EvidenceRefusals.TooLarge(Longest);
        if (text.Split('.') is not [var header, var claims, var signature] || !IsBase64Url(header) || !IsBase64Url(claims) || !IsBase64Url(signature))
            return EvidenceRefusals.Malformed("a token has three parts of base64url");
        var first = Part(header);
        var second = first.IsOk ? Part(claims) : first;
        return second.Refusal is { } refusal
            ? refusal
            : new Jwt(first.Value, second.Value, text, Digests.Of("token", Encoding.ASCII.GetBytes($"{header}.{claims}")));
    }

    /// <summary>Null when it is no token.</summary>
    public static string? DigestOf(string? text) => Read(text ?? "") is { IsOk: true } token ? token.Value.Digest : null;

    public override string ToString() => "a token"; // A record would print it.

    private static bool IsBase64Url(string part) => part.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_');

    private static Result<JsonElement> Part(string text)
    {
        try
        {
            return StrictJson.Object(Base64Url.DecodeFromChars(text));
        }
        catch (FormatException)
        {
            return EvidenceRefusals.Malformed("a part of the token is not base64url");
        }
    }
}
