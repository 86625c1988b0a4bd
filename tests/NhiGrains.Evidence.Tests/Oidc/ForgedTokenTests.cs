using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Oidc;

/// <summary>Tokens that somebody made who has everything but the issuer's private key.</summary>
public sealed class ForgedTokenTests
{
    [Theory]
    [InlineData("none")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    public async Task A_token_without_a_signature_is_refused(string algorithm)
    {
        await using var job = await CiJob.StartAsync();
        var token = $"{TokenKey.Encode($$"""{"alg":"{{algorithm}}","kid":"k1"}""")}.{TokenKey.Encode(JsonSerializer.Serialize(job.Claims()))}.";
        Assert.Equal("EVIDENCE_ALGORITHM_NONE", await job.CodeAsync(token));
        Assert.Equal("EVIDENCE_ALGORITHM_NONE", await job.CodeAsync(token + job.Token().Split('.')[2]));
    }

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_a_shared_secret_is_refused()
    {
        await using var job = await CiJob.StartAsync(TokenKey.Rsa());
        var signed = $"{TokenKey.Encode("""{"alg":"HS256","kid":"r1"}""")}.{TokenKey.Encode(JsonSerializer.Serialize(job.Claims()))}";
        foreach (var secret in new[] { job.Key.PublicKey, Encoding.UTF8.GetBytes(PemEncoding.WriteString("PUBLIC KEY", job.Key.PublicKey)) })
            Assert.Equal("EVIDENCE_ALGORITHM_SYMMETRIC", await job.CodeAsync($"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}"));
    }

    [Fact]
    public async Task A_key_that_comes_with_the_token_is_not_looked_at()
    {
        await using var job = await CiJob.StartAsync();
        var own = TokenKey.Ecdsa();
        await using var server = await FakeIssuer.StartAsync(own.Published());

        Assert.Equal("EVIDENCE_HEADER_REFUSED", await job.CodeAsync(own.Sign(new { alg = "ES256", kid = "k1", jwk = own.Published() }, job.Claims())));
        Assert.Equal("EVIDENCE_HEADER_REFUSED", await job.CodeAsync(own.Sign(new { alg = "ES256", kid = "k1", jku = $"{server.Url}/keys" }, job.Claims())));
        Assert.Equal("EVIDENCE_HEADER_REFUSED", await job.CodeAsync(own.Sign(new { alg = "ES256", kid = "k1", x5c = new[] { "MIIB" } }, job.Claims())));
        Assert.Equal("EVIDENCE_HEADER_REFUSED", await job.CodeAsync(own.Sign(new { alg = "ES256", kid = "k1", crit = new[] { "b64" }, b64 = false }, job.Claims())));
        Assert.Equal(0, server.Fetches);
    }

    [Fact]
    public async Task A_key_of_another_issuer_under_the_same_id_is_not_the_issuers()
    {
        await using var job = await CiJob.StartAsync();
        await using var other = await CiJob.StartAsync(TokenKey.Ecdsa(job.Key.Id));
        using var both = new Verifying(job.Time, job.Trust, other.Trust with { Name = "other" });
        Assert.Equal("OK", await both.CodeAsync(EvidenceKind.OidcToken, other.Token()));

        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await both.CodeAsync(EvidenceKind.OidcToken, job.Token(signer: other.Key)));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await both.CodeAsync(EvidenceKind.OidcToken, other.Token(signer: job.Key)));
    }

    [Fact]
    public async Task The_algorithm_has_to_be_that_of_the_key()
    {
        var (ecdsa, rsa) = (TokenKey.Ecdsa(), TokenKey.Rsa());
        await using var job = await CiJob.StartAsync(ecdsa);
        var only = rsa.Published("sig", "only-ps256");
        only["alg"] = "PS256";
        job.Issuer.Keys = [ecdsa.Published(), rsa.Published(), only];

        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(ecdsa.Sign(new { alg = "RS256", kid = "k1" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(ecdsa.Sign(new { alg = "ES384", kid = "k1" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(rsa.Sign(new { alg = "ES256", kid = "r1" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(rsa.Sign(new { alg = "RS256", kid = "only-ps256" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(rsa.Sign(new { alg = "EdDSA", kid = "r1" }, job.Claims())));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync(rsa.Sign(new { alg = "PS256", kid = "r1" }, job.Claims())));
    }

    [Fact]
    public async Task A_key_that_is_missing_too_short_or_for_something_else_counts_for_nothing()
    {
        await using var job = await CiJob.StartAsync();
        var (shortKey, forEncryption) = (TokenKey.Rsa("short", 1024), TokenKey.Rsa("enc"));
        var secret = new Dictionary<string, string>(StringComparer.Ordinal) { ["kty"] = "oct", ["kid"] = "oct", ["k"] = "c2VjcmV0" };
        var offCurve = job.Key.Published("sig", "off");
        offCurve["x"] = offCurve["y"];
        job.Issuer.Keys = [job.Key.Published(), shortKey.Published(), forEncryption.Published("enc"), secret, offCurve];

        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        foreach (var id in new[] { "short", "enc", "oct", "off", "nobody's" })
            Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync((id == "short" ? shortKey : forEncryption).Sign(new { alg = "RS256", kid = id }, job.Claims())));
        Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync(job.Key.Sign(new { alg = "ES256" }, job.Claims())));
    }

    [Fact]
    public async Task A_key_id_that_is_published_twice_means_neither()
    {
        await using var job = await CiJob.StartAsync();
        job.Issuer.Keys = [TokenKey.Ecdsa().Published(), job.Key.Published()];
        Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync(job.Token()));
    }

    [Fact]
    public async Task A_member_that_is_there_twice_is_read_as_neither()
    {
        await using var job = await CiJob.StartAsync();
        var claims = JsonSerializer.Serialize(job.Claims());
        const string Header = """{"alg":"ES256","kid":"k1"}""";

        Assert.Equal("EVIDENCE_DUPLICATE_MEMBER", await job.CodeAsync(job.Key.SignText(Header, claims[..^1] + ""","environment":"production"}""")));
        Assert.Equal("EVIDENCE_DUPLICATE_MEMBER", await job.CodeAsync(job.Key.SignText(Header, claims[..^1] + ""","environmen\u0074":"production"}""")));
        Assert.Equal("EVIDENCE_DUPLICATE_MEMBER", await job.CodeAsync(job.Key.SignText("""{"alg":"none","alg":"ES256","kid":"k1"}""", claims)));
    }

    [Theory]
    [InlineData("", "EVIDENCE_VALUE_REQUIRED")]
    [InlineData("a.b", "EVIDENCE_MALFORMED")]
    [InlineData("e30.e30.AA.AA", "EVIDENCE_MALFORMED")]
    [InlineData("e30.e30.AA.AA.AA", "EVIDENCE_MALFORMED")]
    [InlineData("e30=.e30.AA", "EVIDENCE_MALFORMED")]
    [InlineData("e30 .e30.AA", "EVIDENCE_MALFORMED")]
    [InlineData("e.e30.AA", "EVIDENCE_MALFORMED")]
    [InlineData("e30.e30.", "EVIDENCE_ALGORITHM_NONE")]
    public async Task What_is_no_token_is_refused(string text, string code)
    {
        await using var job = await CiJob.StartAsync();
        Assert.Equal(code, await job.CodeAsync(text));
    }

    [Fact]
    public async Task What_is_signed_and_no_JSON_is_refused()
    {
        await using var job = await CiJob.StartAsync();
        const string Header = """{"alg":"ES256","kid":"k1"}""";
        foreach (var claims in new[] { "", "[]", "null", "{", """{"sub":"\ud800"}""", """{"\ud800":1}""", new string('[', 200), "{} {}" })
            Assert.Equal("EVIDENCE_MALFORMED", await job.CodeAsync(job.Key.SignText(Header, claims)));
    }

    [Fact]
    public async Task A_changed_token_is_refused()
    {
        await using var job = await CiJob.StartAsync();
        var parts = job.Token().Split('.');
        var claims = job.Claims();
        claims["environment"] = "production";
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync($"{parts[0]}.{TokenKey.Encode(JsonSerializer.Serialize(claims))}.{parts[2]}"));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync($"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(new byte[64])}"));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync($"{parts[0]}.{parts[1]}."));
    }

    [Fact]
    public async Task Another_valid_signature_of_the_same_token_is_no_other_evidence()
    {
        // ECDSA has two valid signatures for each that was made, and anybody can compute the second.
        var order = new System.Numerics.BigInteger(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), isUnsigned: true, isBigEndian: true);
        await using var job = await CiJob.StartAsync();
        var parts = job.Token().Split('.');
        var signature = Base64Url.DecodeFromChars(parts[2]);
        var other = (order - new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] twin = [.. signature.AsSpan(0, 32), .. new byte[32 - other.Length], .. other];

        var first = await job.Verifying.OneAsync(EvidenceKind.OidcToken, string.Join('.', parts));
        var second = await job.Verifying.OneAsync(EvidenceKind.OidcToken, $"{parts[0]}.{parts[1]}.{Base64Url.EncodeToString(twin)}");

        Assert.NotEqual(signature, twin);
        Assert.Equal(first.Value.Digest, second.Value.Digest);
    }
}
