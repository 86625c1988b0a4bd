using Microsoft.Extensions.Time.Testing;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Contract;

public abstract partial class ConnectorContract
{
    [Fact]
    public async Task A_credential_works_and_ends_with_its_grant_when_the_platform_says_it_does()
    {
        if (!Target.Connector.Capabilities.IssuesCredentials)
        {
            Assert.False((await IssueAsync("g1", TimeSpan.FromSeconds(20))).IsOk);
            return;
        }

        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        var issued = (await IssueAsync("g1", TimeSpan.FromSeconds(20))).Value;
        var other = (await IssueAsync("g2", TimeSpan.FromSeconds(20))).Value;
        await AnswersAsync(issued.Secret, CredentialAnswer.Works, TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(issued.Secret, issued.ToString(), StringComparison.Ordinal);

        await Target.ApplyAsync(Target.Desired(3));
        await AnswersAsync(issued.Secret, CredentialAnswer.Forbidden, TimeSpan.FromSeconds(2));
        var until = await EndAsync("g1");
        Assert.NotNull(until);
        if (Target.Connector.Capabilities.SessionEnding == SessionEnding.ByExpiryOnly)
            return;
        // The same access again: what has ended does not live again with it, and what has not is none the worse.
        await Target.ApplyAsync(Target.Desired(4, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await AnswersAsync(other.Secret, CredentialAnswer.Works, Target.TakesEffectWithin);
        await AnswersAsync(issued.Secret, answer => answer != CredentialAnswer.Works, "refused", until.Value - TimeProvider.System.GetUtcNow());
    }

    [Fact]
    public async Task Ending_sessions_twice_or_where_there_were_none_succeeds_and_nothing_lingers()
    {
        if (Target.Connector.Capabilities.SessionEnding == SessionEnding.OfGrant)
            Assert.Null(await EndAsync("never"));
        if (Target.Connector.Capabilities.IssuesCredentials)
        {
            await IssueAsync("g1", TimeSpan.FromSeconds(20));
            Assert.NotNull(await EndAsync("g1"));
            // Of what only expires it is not known whether it is there.
            if (Target.Connector.Capabilities.SessionEnding == SessionEnding.ByExpiryOnly)
                return;
        }

        Assert.Null(await EndAsync("g1"));
    }

    [Fact]
    public async Task A_grant_that_is_over_gets_no_credential()
    {
        var refused = await IssueAsync("g1", TimeSpan.Zero);

        Assert.False(refused.IsOk);
    }

    [Fact]
    public async Task Who_was_away_while_a_credential_was_issued_leaves_none_behind()
    {
        if (!Target.Connector.Capabilities.IssuesCredentials)
            return;
        var clock = new FakeTimeProvider();
        using var freeze = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (Target.Writes(request))
                clock.Advance(TimeSpan.FromSeconds(160));
            return false;
        });

        var fenced = await Assert.ThrowsAsync<PlatformException>(() => IssueAsync("g1", TimeSpan.FromSeconds(20), new(clock, TimeSpan.FromSeconds(10))));

        Assert.Equal(PlatformError.Fenced, fenced.Error);
        Assert.Contains(Target.Proxy.Passed, Target.Writes);
        if (Target.Connector.Capabilities.SessionEnding == SessionEnding.OfGrant)
            Assert.Null(await EndAsync("g1"));
    }

    private Task<Domain.Result<IssuedCredential>> IssueAsync(string grant, TimeSpan left, Fence? fence = null)
    {
        var now = TimeProvider.System.GetUtcNow();
        return Target.Faulty.IssueCredentialAsync(
            new(Target.Binding, Target.IdentityId, grant, now + left, now), fence ?? ConnectorTarget.Valid(), Cancellation);
    }

    private Task<DateTimeOffset?> EndAsync(string grant) =>
        Target.Connector.EndSessionsAsync(Target.Binding, Target.IdentityId, [grant], ConnectorTarget.Valid(), Cancellation);

    private Task AnswersAsync(string credential, CredentialAnswer expected, TimeSpan within) =>
        AnswersAsync(credential, answer => answer == expected, expected.ToString(), within);

    private async Task AnswersAsync(string credential, Func<CredentialAnswer, bool> expected, string inAWord, TimeSpan within)
    {
        CredentialAnswer? last = null;
        await Eventually.TrueAsync(async () => expected((last = await Target.TryAsync(credential, Target.Resource(1))).Value), within,
            () => $"The credential was {last} and not {inAWord} after {within}.", Cancellation);
    }
}
