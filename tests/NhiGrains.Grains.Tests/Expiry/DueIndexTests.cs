using NhiGrains.Contracts;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.Storage;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Grants;
using NhiGrains.Domain.Policies;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.Expiry;

/// <summary>Promise 2 when the due index says something else than the identities.</summary>
public class DueIndexTests
{
    private const string Id = "billing";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Check = 11 * Minute;

    private static readonly PolicyRule StandingAccess = new("standing", PolicyEffect.Permit, new(Standing: true), AllowControllerEnforcedEnd: true);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // Moved to far behind the end of the grant.
    public async Task An_entry_that_was_lost_is_noticed_and_the_grant_ends(bool moved)
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, Id);
        await billing.Register();
        var grant = await billing.Request(5 * Minute, Scenario.May("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await silos.CrashAsync();
        await silos.StartAgainAsync();
        // Behind what is read ahead, so that it is in nobody's memory.
        if (moved)
            await silos.Due.SetAsync(Shards.Of(Id), Id, silos.Time.GetUtcNow() + TimeSpan.FromDays(1), Stop);
        else
            await silos.Due.RemoveAsync(Shards.Of(Id), Id, Stop);

        silos.Time.Advance(Check);

        await billing.UntilHas();
        await billing.UntilGrantIs(grant.GrantId, GrantStatus.Revoked);
    }

    [Fact]
    public async Task An_entry_of_a_window_that_was_lost_is_noticed_after_its_time_too()
    {
        await using var silos = await TwoSilos.StartAsync(TwoSilos.PermitAnHour, StandingAccess);
        var billing = new Scenario(silos, Id);
        await billing.Register();
        var window = Scenario.May("prices") with { Conditions = Conditions.None with { NotAfter = silos.Time.GetUtcNow() + 5 * Minute } };
        Assert.Null((await billing.Do(new IdentityCommand.SetIntent([window], "a test"))).Refusal);
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        await billing.UntilHas(billing.Key("prices"));
        await silos.CrashAsync();
        await silos.StartAgainAsync();
        await silos.Due.RemoveAsync(Shards.Of(Id), Id, Stop);

        silos.Time.Advance(Check);

        await billing.UntilHas();
    }

    [Fact]
    public async Task An_identity_that_does_not_know_that_its_entry_was_lost_puts_it_back()
    {
        await using var silos = await TwoSilos.StartAsync();
        var billing = new Scenario(silos, Id);
        await billing.Register();
        await billing.Request(30 * Minute, Scenario.May("prices"));
        await billing.UntilPlatformIs(EnforcementStatus.Effective);
        var before = await UntilScheduled(silos, due => due is not null);
        await silos.Due.RemoveAsync(Shards.Of(Id), Id, Stop);

        silos.Time.Advance(Check);

        Assert.Equal(before, await UntilScheduled(silos, due => due is not null));
    }

    [Fact]
    public async Task Who_was_away_does_not_move_the_entry_of_who_took_over()
    {
        await using var away = await TwoSilos.StartAsync();
        await using var rivals = await away.RivalsAsync();
        var before = new Scenario(away, Id);
        await before.Register();
        await before.UntilPlatformIs(EnforcementStatus.Effective);
        await before.Request(30 * Minute, Scenario.May("prices"));
        await before.UntilPlatformIs(EnforcementStatus.Effective);
        var after = new Scenario(rivals, Id);
        await after.Do(new IdentityCommand.RequestAccess([Scenario.May("orders")], 5 * Minute, "a test"), "of-the-rival");
        await after.UntilHas(after.Key("orders"), after.Key("prices"));
        away.Time.Advance(Minute);
        await UntilScheduled(rivals, due => due <= away.Time.GetUtcNow() + 5 * Minute);

        // It has nothing to do but to look when it is due next, by what it knows.
        await away.Identity(Id).Wake();

        Assert.InRange(await DueAt(rivals) ?? DateTimeOffset.MaxValue, DateTimeOffset.MinValue, away.Time.GetUtcNow() + 5 * Minute);
    }

    private static async Task<DateTimeOffset?> UntilScheduled(TwoSilos silos, Func<DateTimeOffset?, bool> condition)
    {
        DateTimeOffset? due = null;
        await Eventually.TrueAsync(
            async () => condition(due = await DueAt(silos)), TimeSpan.FromSeconds(60), () => $"The entry is {due}.", Stop);
        return due;
    }

    private static async Task<DateTimeOffset?> DueAt(TwoSilos silos)
    {
        var entries = await silos.Due.ReadAsync(Shards.Of(Id), DateTimeOffset.MaxValue, 100, Stop);
        return entries.Where(entry => entry.IdentityId == Id).Select(entry => (DateTimeOffset?)entry.DueAt).SingleOrDefault();
    }
}
