using NhiGrains.Domain.Evidence;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Oidc;

public sealed class OidcTests
{
    [Fact]
    public async Task A_token_of_a_job_becomes_its_claims_and_nothing_of_the_token_stays()
    {
        await using var job = await CiJob.StartAsync();
        var token = job.Token();

        var evidence = (await job.Verifying.OneAsync(EvidenceKind.OidcToken, token)).Value;

        Assert.Equal(("ci", "repo:shop/app:environment:staging", job.Time.Now.AddMinutes(5)), (evidence.Trust, evidence.Subject, evidence.ExpiresAt));
        Assert.Equal(
            ["aud nhigrains", "environment staging", $"iss {job.Issuer.Url}", "ref refs/heads/main", "ref_protected true", "repository shop/app", "run_attempt 2", "sub repo:shop/app:environment:staging"],
            evidence.Claims.Select(claim => $"{claim.Key} {claim.Value}"));
        Assert.Matches("^[0-9a-f]{64}$", evidence.Digest);
        Assert.All(token.Split('.'), part => Assert.DoesNotContain(part, NhiGrains.Domain.Canonical.Text(evidence), StringComparison.Ordinal));
        Assert.Equal("OidcToken of (unsaid)", new NhiGrains.Contracts.Evidence.PresentedEvidence(EvidenceKind.OidcToken, null, token).ToString());
    }

    [Fact]
    public async Task A_token_signed_with_RSA_is_as_good()
    {
        await using var job = await CiJob.StartAsync(TokenKey.Rsa());
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
    }

    [Theory]
    [InlineData("other audience", "EVIDENCE_AUDIENCE_REFUSED")]
    [InlineData("no audience", "EVIDENCE_AUDIENCE_REFUSED")]
    [InlineData("a number among the audiences", "EVIDENCE_AUDIENCE_REFUSED")]
    [InlineData("other issuer", "EVIDENCE_ISSUER_REFUSED")]
    [InlineData("expired", "EVIDENCE_EXPIRED")]
    [InlineData("not yet", "EVIDENCE_NOT_YET_VALID")]
    [InlineData("from the future", "EVIDENCE_FROM_FUTURE")]
    [InlineData("for a day", "EVIDENCE_LIFE_TOO_LONG")]
    [InlineData("without an end", "EVIDENCE_TIMES_MISSING")]
    [InlineData("without a beginning", "EVIDENCE_TIMES_MISSING")]
    [InlineData("an end in words", "EVIDENCE_MALFORMED")]
    [InlineData("an end beyond all time", "EVIDENCE_MALFORMED")]
    [InlineData("no subject", "EVIDENCE_SUBJECT_REFUSED")]
    [InlineData("a long claim", "EVIDENCE_CLAIMS_REFUSED")]
    [InlineData("a line break in a claim", "EVIDENCE_CLAIMS_REFUSED")]
    [InlineData("many claims", "EVIDENCE_CLAIMS_REFUSED")]
    [InlineData("nine long claims", "EVIDENCE_CLAIMS_REFUSED")]
    [InlineData("too large", "EVIDENCE_TOO_LARGE")]
    public async Task What_a_token_must_not_say_is_refused_with_a_code_of_its_own(string what, string code)
    {
        await using var job = await CiJob.StartAsync();
        Assert.Equal("OK", await job.CodeAsync(job.Token())); // It is the one change that is refused.

        Assert.Equal(code, await job.CodeAsync(job.Token(claims => Change(claims, what, job.Now))));
    }

    [Fact]
    public async Task Only_the_claims_that_are_named_are_kept_and_the_rest_may_be_as_large_as_it_likes()
    {
        await using var job = await CiJob.StartAsync(change: trust => trust with { Claims = ["repository"] });

        var evidence = (await job.Verifying.OneAsync(EvidenceKind.OidcToken, job.Token(claims => Change(claims, "a long claim", job.Now)))).Value;

        Assert.Equal([new("repository", "shop/app")], evidence.Claims);
    }

    [Fact]
    public async Task Two_issuers_tell_by_themselves_whose_token_it_is()
    {
        await using var one = await CiJob.StartAsync();
        await using var other = await CiJob.StartAsync();
        using var both = new Verifying(one.Time, one.Trust, other.Trust with { Name = "other" });

        Assert.Equal("ci", (await both.OneAsync(EvidenceKind.OidcToken, one.Token())).Value.Trust);
        Assert.Equal("other", (await both.OneAsync(EvidenceKind.OidcToken, other.Token())).Value.Trust);
        Assert.Equal("EVIDENCE_ISSUER_REFUSED", await both.CodeAsync(EvidenceKind.OidcToken, one.Token(), "other"));
        Assert.Equal("EVIDENCE_ISSUER_REFUSED", await both.CodeAsync(EvidenceKind.OidcToken, one.Token(claims => claims["iss"] = "https://elsewhere.example")));
        Assert.Equal("EVIDENCE_TRUST_UNKNOWN", await both.CodeAsync(EvidenceKind.OidcToken, one.Token(), "nobody"));
        Assert.Equal("EVIDENCE_NOT_CONFIGURED", await both.CodeAsync(EvidenceKind.KubernetesToken, one.Token()));
    }

    [Fact]
    public async Task What_is_too_much_twice_or_nothing_is_refused_and_says_which_it_was()
    {
        await using var job = await CiJob.StartAsync();
        var good = new NhiGrains.Contracts.Evidence.PresentedEvidence(EvidenceKind.OidcToken, null, job.Token());

        Assert.Equal(("EVIDENCE_TWICE", "evidence[1]"), Of(await job.Verifying.AllAsync(good, good)));
        Assert.Equal(("EVIDENCE_VALUE_REQUIRED", "evidence[1]"), Of(await job.Verifying.AllAsync(good, good with { Value = null })));
        Assert.Equal(("EVIDENCE_TOO_MANY", "evidence"), Of(await job.Verifying.AllAsync([.. Enumerable.Repeat(good, 6)])));
        Assert.Empty((await job.Verifying.AllAsync()).Value);

        static (string?, string?) Of(NhiGrains.Domain.Result<IReadOnlyList<VerifiedEvidence>> result) => (result.Refusal?.Code, result.Refusal?.Field);
    }

    private static void Change(Dictionary<string, object> claims, string what, long now)
    {
        var (name, value) = what switch
        {
            "other audience" => ("aud", (object)"somebody-else"),
            "a number among the audiences" => ("aud", new object[] { CiJob.Audience, 1 }),
            "other issuer" => ("iss", "https://issuer.example"),
            "expired" => ("exp", now - 31),
            "not yet" => ("nbf", now + 31),
            "from the future" => ("iat", now + 31),
            "for a day" => ("exp", now + 24 * 3600),
            "an end in words" => ("exp", "tomorrow"),
            "an end beyond all time" => ("exp", 1e300),
            "a long claim" => ("more", new string('x', 1001)),
            "a line break in a claim" => ("more", "a\nb"),
            "too large" => ("more", new string('x', 17_000)),
            _ => ("", ""),
        };
        if (name.Length > 0)
            claims[name] = value;
        else if (what == "many claims")
            Enumerable.Range(0, 51).ToList().ForEach(number => claims[$"c{number}"] = number);
        else if (what == "nine long claims")
            Enumerable.Range(0, 9).ToList().ForEach(number => claims[$"c{number}"] = new string('x', 900));
        else
            claims.Remove(what switch { "no audience" => "aud", "without an end" => "exp", "without a beginning" => "iat", "no subject" => "sub", _ => throw new ArgumentOutOfRangeException(nameof(what), what, "Not a case.") });
    }
}
