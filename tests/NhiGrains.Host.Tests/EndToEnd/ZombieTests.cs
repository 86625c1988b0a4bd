using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>A silo that stands still for minutes, beside another one that takes over, and then runs on.</summary>
[Collection("a silo that sleeps")] // Minutes in which nothing but time passes: beside the others.
public class ZombieTests
{
    private const int Each = 6;
    private const int ShortSeconds = 60;
    private const int LongSeconds = 600;

    private static readonly TimeSpan BeforeTheEnd = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Asleep = TimeSpan.FromSeconds(160);
    private static readonly TimeSpan RevokedWithin = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Watched = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private sealed record Given(string Identity, string GrantId, DateTimeOffset Ends);

    [Fact]
    public async Task A_silo_frozen_over_the_end_of_grants_is_stood_in_for_and_wakes_without_touching_the_platform()
    {
        await using var silos = await TwoSilos.StartAsync();
        using var first = await Stage.PortalAsync(silos.First);
        // The first is alone for now, so it has these; and all of what wakes identities when they are due.
        var ending = await GiveAsync(first, "ending");
        using var refused = silos.FirstProxy.Inject(new Fault.Answer(503), passed => !passed.Reads);
        var owed = await OweAsync(first);
        await silos.Second.StartAsync(TestContext.Current.CancellationToken);
        using var second = await Stage.PortalAsync(silos.Second);
        // Orleans places them by load: mostly on the second, and what comes to the first is refused there until the other stands in for it.
        ending = [.. ending, .. await GiveAsync(second, "later", "UNKNOWN")];
        await UntilAsync(ending.Min(given => given.Ends) - BeforeTheEnd);

        silos.First.Freeze();
        var frozen = TimeProvider.System.GetUtcNow();
        refused.Dispose();
        var written = TwoSilos.WritesBy(silos.FirstProxy).Count;
        await RevokedByTheOtherAsync(silos, second, ending);
        await second.RequestAsync(ending[0].Identity, LongSeconds, ["READ"]); // What the sleeper does not know of.
        await RevokeAsync(second, owed);
        await UntilAsync(frozen + Asleep);
        var before = await silos.OursAsync();
        silos.First.Thaw();
        await NothingChangesAsync(silos, before);

        Assert.Equal(written, TwoSilos.WritesBy(silos.FirstProxy).Count);
        Assert.True(await silos.Stage.MayAsync(ending[0].Identity, "get", "configmaps", "shop"), "what was given while it slept is gone");
        foreach (var (identity, _, _) in ending.Skip(1).Concat(owed))
            Assert.False(await silos.Stage.MayAsync(identity, "get", "configmaps", "shop"), $"{identity} has access again");
        var audit = await silos.Stage.VerifyAuditAsync(silos.Second);
        Assert.True(audit.Code == 0, audit.Output);
    }

    /// <param name="or">Another status than EFFECTIVE that will do.</param>
    private static Task<Given[]> GiveAsync(Portal portal, string name, string or = "EFFECTIVE") => Task.WhenAll(Enumerable.Range(0, Each).Select(async index =>
    {
        var identity = $"{name}-{index}";
        await portal.RegisterAsync(identity);
        var grantId = await portal.RequestAsync(identity, ShortSeconds, ["READ"]);
        Assert.Contains(await StatusAsync(portal, identity, grantId), new[] { "EFFECTIVE", or });
        return new Given(identity, grantId, (await portal.GrantAsync(identity, grantId)).GetProperty("expiresAt").GetDateTimeOffset());
    }));

    /// <summary>Grants that could not be enforced yet: whoever has them has a retry to do, and nothing of them is on the platform.</summary>
    private static Task<Given[]> OweAsync(Portal portal) => Task.WhenAll(Enumerable.Range(0, 3).Select(async index =>
    {
        var identity = $"owed-{index}";
        await portal.RegisterAsync(identity);
        var grantId = await portal.RequestAsync(identity, LongSeconds, ["READ"], waitFor: null);
        await Eventually.TrueAsync(async () => await StatusAsync(portal, identity, grantId) == "UNKNOWN", Soon, () => $"{identity} is not owed", TestContext.Current.CancellationToken);
        return new Given(identity, grantId, DateTimeOffset.MaxValue);
    }));

    private static async Task RevokedByTheOtherAsync(TwoSilos silos, Portal other, IReadOnlyList<Given> ending)
    {
        foreach (var (identity, _, ends) in ending)
            await silos.Stage.UntilMayNotAsync(identity, "get", ends + RevokedWithin - TimeProvider.System.GetUtcNow());
        foreach (var (identity, grantId, _) in ending)
            await other.UntilAsync(identity, grantId, "REVOKED", Soon);
    }

    private static async Task RevokeAsync(Portal portal, IReadOnlyList<Given> given)
    {
        foreach (var (identity, grantId, _) in given)
            await portal.DoAsync("revokeGrant", "... on GrantSuccess { grant { status } }", new { identityId = identity, grantId });
        foreach (var (identity, grantId, _) in given)
            await portal.UntilAsync(identity, grantId, "REVOKED", Soon);
    }

    private static async Task<string> StatusAsync(Portal portal, string identity, string grantId) =>
        Portal.Text((await portal.GrantAsync(identity, grantId)).GetProperty("identity").GetProperty("platforms")[0], "status");

    private static async Task NothingChangesAsync(TwoSilos silos, IReadOnlyList<string> before)
    {
        var since = TimeProvider.System.GetTimestamp();
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.Equal(before, await silos.OursAsync());
                return TimeProvider.System.GetElapsedTime(since) > Watched && (silos.First.HasEnded || await silos.First.IsReadyAsync());
            },
            Soon, () => "the zombie neither gave up nor came back", TestContext.Current.CancellationToken);
    }

    private static Task UntilAsync(DateTimeOffset instant) => Eventually.TrueAsync(
        () => Task.FromResult(TimeProvider.System.GetUtcNow() >= instant), Asleep, () => "time stands still", TestContext.Current.CancellationToken);
}
