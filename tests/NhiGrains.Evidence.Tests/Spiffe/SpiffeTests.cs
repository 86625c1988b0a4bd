using System.Text.Json;
using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Spiffe;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Spiffe;

public sealed class SpiffeTests : IDisposable
{
    private const string Workload = "spiffe://prod.example/ns/shop/sa/app";

    private readonly string _folder = Directory.CreateTempSubdirectory("nhigrains-spiffe-").FullName;
    private readonly TestTime _time = new();
    private readonly TokenKey _key = TokenKey.Ecdsa("svid");

    private string BundleFile => Path.Combine(_folder, "bundle.json");

    private SpiffeTrust Trust => new() { Name = "mesh", TrustDomain = "prod.example", Audiences = ["nhigrains"], BundleFile = BundleFile };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_SVID_says_which_workload_it_is()
    {
        using var verifying = WithBundle(_key.Published("jwt-svid"));

        var evidence = (await verifying.OneAsync(EvidenceKind.SpiffeSvid, Svid())).Value;

        Assert.Equal((EvidenceKind.SpiffeSvid, "mesh", Workload, _time.Now.AddMinutes(5)), (evidence.Kind, evidence.Trust, evidence.Subject, evidence.ExpiresAt));
        Assert.Equal(["spiffeId " + Workload, "trustDomain prod.example"], evidence.Claims.Select(claim => $"{claim.Key} {claim.Value}"));
        // The standard leaves the key id to the issuer.
        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, _key.Sign(new { alg = "ES256" }, Claims())));
    }

    [Fact]
    public async Task After_a_rotation_an_SVID_that_names_no_key_is_verified_at_once_and_made_up_ones_cannot_drive_the_fetching()
    {
        await using var server = await FakeIssuer.StartAsync(_key.Published("jwt-svid"));
        using var verifying = new Verifying(_time, Trust with { BundleFile = null, BundleAddress = new($"{server.Url}/keys") });
        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Unnamed(_key)));
        var (next, rsa) = (TokenKey.Ecdsa("next"), TokenKey.Rsa("rsa"));
        server.Keys = [next.Published("jwt-svid"), rsa.Published("jwt-svid")];
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Unnamed(next)));
        _time.Now += TimeSpan.FromSeconds(31);

        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Unnamed(next)));
        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Unnamed(rsa, "RS256")));
        Assert.Equal(2, server.Fetches);
        _time.Now += TimeSpan.FromSeconds(31);
        for (var again = 0; again < 10; again++)
            Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Unnamed(TokenKey.Ecdsa())));
        Assert.Equal(3, server.Fetches);
    }

    [Fact]
    public async Task The_bundle_can_come_from_a_server()
    {
        await using var server = await FakeIssuer.StartAsync(_key.Published("jwt-svid"));
        using var verifying = new Verifying(_time, Trust with { BundleFile = null, BundleAddress = new($"{server.Url}/keys") });
        Assert.Equal("OK", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid()));
    }

    [Fact]
    public async Task A_bundle_that_is_gone_or_broken_checks_nothing()
    {
        using var gone = new Verifying(_time, Trust);
        Assert.Equal("EVIDENCE_UNCHECKED", await gone.CodeAsync(EvidenceKind.SpiffeSvid, Svid()));
        await File.WriteAllTextAsync(BundleFile, "{", TestContext.Current.CancellationToken);
        using var broken = new Verifying(_time, Trust);
        Assert.Equal("EVIDENCE_UNCHECKED", await broken.CodeAsync(EvidenceKind.SpiffeSvid, Svid()));
    }

    [Fact]
    public async Task The_standard_knows_no_SVID_that_is_signed_with_Ed25519()
    {
        var key = await EdwardsKey.NewAsync();
        using var verifying = WithBundle(new Dictionary<string, string>(key.Published("svid"), StringComparer.Ordinal) { ["use"] = "jwt-svid" });
        Assert.Equal("EVIDENCE_ALGORITHM_REFUSED", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, await key.TokenAsync(new { alg = "EdDSA", kid = "svid" }, Claims())));
    }

    [Fact]
    public async Task A_key_of_the_bundle_that_is_for_certificates_signs_no_tokens()
    {
        using var verifying = WithBundle(_key.Published("x509-svid"));
        Assert.Equal("EVIDENCE_KEY_UNKNOWN", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid()));
    }

    [Theory]
    [InlineData("spiffe://other.example/app", "EVIDENCE_ISSUER_REFUSED")]
    [InlineData("spiffe://PROD.example/app", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example/a/../b", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example/a//b", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example/a/", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example/a%2fb", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example:8443/a", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://user@prod.example/a", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example/a?b", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example/a\n", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("https://prod.example/a", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("spiffe://prod.example", "OK")]
    public async Task The_subject_is_a_SPIFFE_ID_of_the_trust_domain(string subject, string code)
    {
        using var verifying = WithBundle(_key.Published("jwt-svid"));
        Assert.Equal(code, await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid(claims => claims["sub"] = subject)));
    }

    [Fact]
    public async Task What_the_standard_forbids_is_refused()
    {
        using var verifying = WithBundle(_key.Published("jwt-svid"));
        Assert.Equal("EVIDENCE_AUDIENCE_REFUSED", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid(claims => claims["aud"] = new[] { "another" })));
        Assert.Equal("EVIDENCE_AUDIENCE_REFUSED", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid(claims => claims.Remove("aud"))));
        Assert.Equal("EVIDENCE_TIMES_MISSING", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid(claims => claims.Remove("exp"))));
        Assert.Equal("EVIDENCE_EXPIRED", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid(claims => claims["exp"] = _time.Now.ToUnixTimeSeconds() - 31)));
        Assert.Equal("EVIDENCE_LIFE_TOO_LONG", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, Svid(claims => claims["exp"] = _time.Now.ToUnixTimeSeconds() + 7200)));
        Assert.Equal("EVIDENCE_HEADER_REFUSED", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, _key.Sign(new { alg = "ES256", kid = "svid", cty = "JWT" }, Claims())));
        Assert.Equal("EVIDENCE_MALFORMED", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, _key.Sign(new { alg = "ES256", kid = "svid", typ = "at+jwt" }, Claims())));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, TokenKey.Ecdsa("svid").Sign(Claims())));
        Assert.Equal("EVIDENCE_SIGNATURE_INVALID", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, TokenKey.Ecdsa().Sign(new { alg = "ES256" }, Claims())));
        Assert.Equal("EVIDENCE_ALGORITHM_NONE", await verifying.CodeAsync(EvidenceKind.SpiffeSvid, $"{TokenKey.Encode("""{"alg":"none"}""")}.{TokenKey.Encode(JsonSerializer.Serialize(Claims()))}."));
    }

    private string Unnamed(TokenKey key, string algorithm = "ES256") => key.Sign(new { alg = algorithm }, Claims());

    private Verifying WithBundle(params Dictionary<string, string>[] keys)
    {
        File.WriteAllText(BundleFile, JsonSerializer.Serialize(new { keys, spiffe_sequence = 1, spiffe_refresh_hint = 300 }));
        return new(_time, Trust);
    }

    private Dictionary<string, object> Claims() => new(StringComparer.Ordinal)
    {
        ["sub"] = Workload,
        ["aud"] = new[] { "nhigrains" },
        ["exp"] = _time.Now.ToUnixTimeSeconds() + 300,
    };

    private string Svid(Action<Dictionary<string, object>>? change = null)
    {
        var claims = Claims();
        change?.Invoke(claims);
        return _key.Sign(claims);
    }
}
