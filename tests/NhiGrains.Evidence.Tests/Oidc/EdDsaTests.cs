using System.Buffers.Text;
using NhiGrains.Evidence.Tests.Keys;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Oidc;

/// <summary>Tokens of issuers that sign with Ed25519 (RFC 8037).</summary>
public class EdDsaTests
{
    [Theory]
    [InlineData("EdDSA")]
    [InlineData("Ed25519")] // By RFC 9864 the same.
    public async Task A_token_counts_by_either_name_of_the_algorithm(string algorithm)
    {
        var key = await EdwardsKey.NewAsync();
        await using var job = await CiJob.StartAsync();
        job.Issuer.Keys = [key.Published()];
        var token = await key.TokenAsync(new { alg = algorithm, kid = "ed1" }, job.Claims());

        Assert.Equal("OK", await job.CodeAsync(token));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync(Resigned(token, signature => signature[..63])));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync(Resigned(token, Ed25519Tests.Malleable)));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await job.CodeAsync(Resigned(token, _ => new byte[64])));
    }

    [Fact]
    public async Task The_key_says_which_algorithm_it_is_for()
    {
        var (key, only) = (await EdwardsKey.NewAsync(), await EdwardsKey.NewAsync());
        await using var job = await CiJob.StartAsync();
        var named = only.Published("only");
        named["alg"] = "EdDSA";
        job.Issuer.Keys = [key.Published(), named, job.Key.Published()];

        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(await key.TokenAsync(new { alg = "ES256", kid = "ed1" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(await key.TokenAsync(new { alg = "Ed448", kid = "ed1" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(await only.TokenAsync(new { alg = "Ed25519", kid = "only" }, job.Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await job.CodeAsync(job.Key.Sign(new { alg = "EdDSA", kid = job.Key.Id }, job.Claims())));
    }

    [Fact]
    public async Task A_published_key_that_would_sign_anything_or_is_for_something_else_counts_for_nothing()
    {
        var key = await EdwardsKey.NewAsync();
        await using var job = await CiJob.StartAsync();
        Dictionary<string, string>[] unusable = [With("zero", "x", Base64Url.EncodeToString(new byte[32])), With("short", "x", key.X[..40]), With("x25519", "crv", "X25519"), With("none", "x", "")];
        job.Issuer.Keys = [.. unusable, job.Key.Published()];

        foreach (var one in unusable)
            Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync(await key.TokenAsync(new { alg = "EdDSA", kid = one["kid"] }, job.Claims())));
        Assert.Equal("OK", await job.CodeAsync(job.Token()));

        Dictionary<string, string> With(string id, string member, string value) => new(key.Published(id), StringComparer.Ordinal) { [member] = value };
    }

    private static string Resigned(string token, Func<byte[], byte[]> change)
    {
        var end = token.LastIndexOf('.') + 1;
        return token[..end] + Base64Url.EncodeToString(change(Base64Url.DecodeFromChars(token.AsSpan(end))));
    }
}
