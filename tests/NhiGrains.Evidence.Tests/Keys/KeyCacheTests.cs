using NhiGrains.Evidence.Tests.Oidc;
using NhiGrains.Evidence.Tests.World;

namespace NhiGrains.Evidence.Tests.Keys;

/// <summary>An issuer that changes its keys, is down, slow, or sends us elsewhere.</summary>
public sealed class KeyCacheTests
{
    [Fact]
    public async Task Keys_are_fetched_once_and_again_when_they_are_old()
    {
        await using var job = await CiJob.StartAsync();
        for (var again = 0; again < 5; again++)
            Assert.Equal("OK", await job.CodeAsync(job.Token()));
        Assert.Equal(1, job.Issuer.Fetches);

        job.Time.Now += TimeSpan.FromMinutes(61);
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        Assert.Equal(2, job.Issuer.Fetches);
    }

    [Fact]
    public async Task A_new_key_is_found_at_its_first_token_and_made_up_ones_cannot_drive_the_fetching()
    {
        await using var job = await CiJob.StartAsync();
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        var next = TokenKey.Ecdsa("k2");
        job.Issuer.Keys = [job.Key.Published(), next.Published()];
        job.Time.Now += TimeSpan.FromSeconds(31);

        Assert.Equal("OK", await job.CodeAsync(job.Token(signer: next)));
        foreach (var number in Enumerable.Range(0, 50))
            Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync(job.Token(signer: TokenKey.Ecdsa($"made-up-{number}"))));
        Assert.Equal(2, job.Issuer.Fetches);

        job.Time.Now += TimeSpan.FromSeconds(31);
        Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync(job.Token(signer: TokenKey.Ecdsa("made-up"))));
        Assert.Equal(3, job.Issuer.Fetches);
    }

    [Fact]
    public async Task A_key_that_was_withdrawn_counts_no_more_once_the_keys_are_old()
    {
        await using var job = await CiJob.StartAsync();
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        job.Issuer.Keys = [TokenKey.Ecdsa("k2").Published()];
        job.Time.Now += TimeSpan.FromMinutes(61);
        Assert.Equal("EVIDENCE_KEY_UNKNOWN", await job.CodeAsync(job.Token()));
    }

    [Theory]
    [InlineData(nameof(Answers.WithAnError))]
    [InlineData(nameof(Answers.WithGarbage))]
    [InlineData(nameof(Answers.WithTooMuch))]
    [InlineData(nameof(Answers.AsAnotherIssuer))]
    public async Task While_the_issuer_fails_the_last_keys_count_for_a_while_and_then_nothing_does(string how)
    {
        await using var job = await CiJob.StartAsync();
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        job.Issuer.How = Enum.Parse<Answers>(how);

        job.Time.Now += TimeSpan.FromHours(23);
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        Assert.Equal("EVIDENCE_UNCHECKED", await job.CodeAsync(job.Token(signer: TokenKey.Ecdsa("new"))));
        job.Time.Now += TimeSpan.FromHours(2);
        Assert.Equal("EVIDENCE_UNCHECKED", await job.CodeAsync(job.Token()));
        Assert.Contains("cannot be fetched", job.Verifying.Log.ToString(), StringComparison.Ordinal);

        job.Issuer.How = Answers.Well;
        job.Time.Now += TimeSpan.FromSeconds(11); // It has failed twice.
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
    }

    [Fact]
    public async Task An_issuer_that_fails_is_asked_again_soon_and_then_ever_later_but_not_later_than_after_a_key_that_is_not_known()
    {
        await using var job = await CiJob.StartAsync();
        job.Issuer.How = Answers.WithAnError;
        var pauses = new List<int>();
        for (var (seconds, since) = (0, 0); seconds < 200; seconds++, since++, job.Time.Now += TimeSpan.FromSeconds(1))
        {
            var before = job.Verifying.Log.ToString().Length;
            Assert.Equal("EVIDENCE_UNCHECKED", await job.CodeAsync(job.Token()));
            if (job.Verifying.Log.ToString().Length == before)
                continue;
            pauses.Add(since);
            since = 0;
        }

        Assert.Equal([0, 5, 10, 20, 30, 30, 30, 30, 30], pauses);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var job = await CiJob.StartAsync();
        await using var elsewhere = await FakeIssuer.StartAsync(job.Key.Published());
        (job.Issuer.How, job.Issuer.Elsewhere) = (Answers.BySendingElsewhere, elsewhere.Url);

        Assert.Equal("EVIDENCE_UNCHECKED", await job.CodeAsync(job.Token()));
        Assert.Equal(0, elsewhere.Fetches);
    }

    [Fact]
    public async Task An_issuer_that_does_not_answer_holds_up_only_who_has_to_wait_for_it()
    {
        await using var job = await CiJob.StartAsync();
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        job.Issuer.How = Answers.Never;
        job.Time.Now += TimeSpan.FromMinutes(61);

        var waiting = job.CodeAsync(job.Token(signer: TokenKey.Ecdsa("new")));
        Assert.Equal("OK", await job.CodeAsync(job.Token()));
        Assert.False(waiting.IsCompleted);
        Assert.Equal("EVIDENCE_UNCHECKED", await waiting);
    }

    [Fact]
    public async Task Of_many_at_once_one_fetches()
    {
        await using var job = await CiJob.StartAsync();
        var codes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => job.CodeAsync(job.Token())));
        Assert.All(codes, code => Assert.Equal("OK", code));
        Assert.Equal(1, job.Issuer.Fetches);
    }
}
