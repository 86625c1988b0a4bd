using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Policies;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Apis;

/// <summary>Gives an access token for an assertion that a key of a service account has signed (RFC 7523).</summary>
internal sealed class TokenEndpoint(Workings workings)
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1), Skew = TimeSpan.FromMinutes(5);

    public void AddTo(Routes routes) => routes.Add("POST token", Exchange);

    private Answer Exchange(Call call)
    {
        using var reader = new StreamReader(new MemoryStream(call.Raw.ToArray()));
        var form = QueryHelpers.ParseQuery(reader.ReadToEnd());
        if (form.GetValueOrDefault("grant_type") != Grant)
            return Refuse("unsupported_grant_type", $"Invalid grant_type: it must be {Grant}.");
        try
        {
            var account = Verify(form.GetValueOrDefault("assertion").ToString(), $"{call.Origin}/token");
            var until = workings.Now + Longest;
            return new JsonObject
            {
                ["access_token"] = workings.Tokens.Issue(Member.Of(account), until),
                ["expires_in"] = (int)Longest.TotalSeconds - 1,
                ["token_type"] = "Bearer",
            };
        }
        catch (GoogleError refused)
        {
            return Refuse("invalid_grant", refused.Message);
        }
        catch (Exception broken) when (broken is JsonException or FormatException or InvalidOperationException or CryptographicException)
        {
            return Refuse("invalid_grant", "Bad Request");
        }
    }

    /// <summary>Whose assertion it is.</summary>
    private ServiceAccount Verify(string assertion, string audience)
    {
        var parts = assertion.Split('.');
        if (parts.Length != 3)
            throw GoogleError.Invalid("Invalid JWT: three parts are expected.");
        var (header, claims) = (ReadPart(parts[0]), ReadPart(parts[1]));
        var account = workings.State.Visible.ByEmail(claims.Text("iss") ?? "") ?? throw GoogleError.Invalid("Invalid grant: account not found");
        var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var signature = Base64Url.DecodeFromChars(parts[2]);
        var keys = account.Keys.Values.Where(key => !key.Disabled && key.From <= workings.Now && key.Until > workings.Now && (header.Text("kid") is not { } id || id == key.Id));
        if (header.Text("alg") != "RS256" || !keys.Any(key => IsSignedBy(key, signed, signature)))
            throw GoogleError.Invalid("Invalid JWT Signature.");
        if (account.Disabled)
            throw GoogleError.Invalid("Invalid grant: the service account is disabled");
        var (from, until) = (Time(claims, "iat"), Time(claims, "exp"));
        if (until <= workings.Now || from > workings.Now + Skew || until - from > Longest)
            throw GoogleError.Invalid(
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. "
                + "Check your iat and exp values in the JWT claim.");
        return claims.Text("aud") is { } named && (named == audience || named == "https://oauth2.googleapis.com/token")
            ? account
            : throw GoogleError.Invalid("Invalid JWT: the audience is another one.");
    }

    private static bool IsSignedBy(AccountKey key, byte[] signed, byte[] signature)
    {
        using var rsa = RSA.Create();
        rsa.ImportSubjectPublicKeyInfo(key.Public.Span, out _);
        return rsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    private static JsonObject ReadPart(string part) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(part)) as JsonObject ?? throw GoogleError.Invalid("Invalid JWT: an object is expected.");

    private static DateTimeOffset Time(JsonObject claims, string name) =>
        claims.Number(name) is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : throw GoogleError.Invalid($"Invalid JWT: {name} is missing.");

    private static Answer Refuse(string error, string description) =>
        new(new JsonObject { ["error"] = error, ["error_description"] = description }, Code: 400);
}
