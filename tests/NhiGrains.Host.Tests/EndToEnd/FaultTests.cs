using System.Text.Json;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>Not knowing is not knowing (promise 8): what an API server that misbehaves leads to, as a portal sees it.</summary>
[Collection("real servers")] // Each runs a cluster and a host of its own: one after the other on two cores.
public class FaultTests(StageBehindProxy behind) : IClassFixture<StageBehindProxy>
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Converged = TimeSpan.FromSeconds(45); // The longest pause between two attempts is 30 s.

    [Theory]
    [InlineData(500, null, "UNKNOWN", "UNKNOWN")]
    [InlineData(503, null, "UNKNOWN", "UNKNOWN")]
    [InlineData(429, 6, "PENDING", "REVOKING")]
    public async Task While_it_refuses_everything_it_is_not_known_and_nothing_is_given_or_said_to_be_gone(int status, int? retryAfter, string giving, string taking)
    {
        var (giver, taker) = ($"giver-{status}", $"taker-{status}");
        await behind.Portal.RegisterAsync(giver);
        await behind.Portal.RegisterAsync(taker);
        var taken = await behind.Portal.RequestAsync(taker, 600, ["READ"]);
        using (behind.Proxy.Inject(new Fault.Answer(status, retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null), _ => true))
        {
            var asked = TimeProvider.System.GetUtcNow();
            await behind.Portal.RequestAsync(giver, 600, ["READ"], waitFor: null);
            await behind.Portal.DoAsync("revokeGrant", "... on GrantSuccess { grant { status } }", new { identityId = taker, grantId = taken });
            await behind.UntilFailedAsync(giver, giving);
            await behind.UntilFailedAsync(taker, taking);
            Assert.Equal("REVOKING", Portal.Text(await behind.Portal.GrantAsync(taker, taken), "status"));
            if (retryAfter is { } after)
                Assert.True((await behind.Portal.EnforcementAsync(giver)).GetProperty("retryAt").GetDateTimeOffset() >= asked.AddSeconds(after - 1), "it is asked again sooner than it wants");
            Assert.Equal("UNREACHABLE", await behind.SweepAsync());
            Assert.Empty(await behind.Portal.DriftAsync());
            Assert.False(await behind.Stage.MayAsync(giver, "get", "configmaps", "shop"));
            Assert.True(await behind.Stage.MayAsync(taker, "get", "configmaps", "shop"));
        }

        await behind.Portal.UntilStatusAsync(giver, "EFFECTIVE", Converged);
        await behind.Portal.UntilAsync(taker, taken, "REVOKED", Converged);
        Assert.True(await behind.Stage.MayAsync(giver, "get", "configmaps", "shop"));
        Assert.False(await behind.Stage.MayAsync(taker, "get", "configmaps", "shop"));
        await behind.NothingDriftedAsync(giver, taker);
    }

    [Fact]
    public async Task A_write_that_was_done_and_never_answered_is_not_known_and_then_found_to_be_done()
    {
        await behind.Portal.RegisterAsync("silent-giver");
        await behind.Portal.RegisterAsync("silent-taker");
        var taken = await behind.Portal.RequestAsync("silent-taker", 600, ["READ"]);
        using var created = behind.Proxy.Inject(new Fault.Silence(), passed => passed.Method == "POST" && passed.Target.Contains("/rolebindings", StringComparison.Ordinal), times: 1);
        using var deleted = behind.Proxy.Inject(new Fault.Silence(), passed => passed.Method == "DELETE" && passed.Target.Contains("/rolebindings", StringComparison.Ordinal), times: 1);

        await behind.Portal.RequestAsync("silent-giver", 600, ["READ"], waitFor: null);
        await behind.Portal.DoAsync("revokeGrant", "... on GrantSuccess { grant { status } }", new { identityId = "silent-taker", grantId = taken });
        await Eventually.TrueAsync(() => behind.Stage.MayAsync("silent-giver", "get", "configmaps", "shop"), Soon, () => "it was not given", TestContext.Current.CancellationToken);
        await behind.Stage.UntilMayNotAsync("silent-taker", "get", Soon);
        var written = await behind.Stage.ObjectsOfAsync("silent-giver");
        Assert.NotEqual("EFFECTIVE", await behind.Portal.StatusAsync("silent-giver"));
        Assert.Equal("REVOKING", Portal.Text(await behind.Portal.GrantAsync("silent-taker", taken), "status"));

        await behind.Portal.UntilStatusAsync("silent-giver", "EFFECTIVE", Converged);
        await behind.Portal.UntilAsync("silent-taker", taken, "REVOKED", Converged);
        Assert.Contains("enforcement.unknown", await behind.Portal.StoryAsync("silent-giver"));
        Assert.Contains("enforcement.unknown", await behind.Portal.StoryAsync("silent-taker"));
        Assert.Equal(written, await behind.Stage.ObjectsOfAsync("silent-giver"));
        Assert.Empty(await behind.Stage.ObjectsOfAsync("silent-taker"));
        await behind.NothingDriftedAsync("silent-giver", "silent-taker");
    }

    [Fact]
    public async Task A_list_that_is_cut_in_the_middle_is_no_sign_that_anything_is_missing()
    {
        await behind.Portal.RegisterAsync("listed");
        await behind.Portal.RequestAsync("listed", 600, ["READ"]);
        await behind.Portal.RegisterAsync("asking");
        using (behind.Proxy.Inject(new Fault.CutBody(), passed => passed.Method == "GET" && passed.Target.Contains("/rolebindings", StringComparison.Ordinal)))
        {
            behind.Proxy.DropAll(); // What is watched has to be taken up again, too.
            await behind.Portal.RequestAsync("asking", 600, ["READ"], waitFor: null);
            await behind.UntilFailedAsync("asking", "UNKNOWN");
            Assert.Equal("UNREACHABLE", await behind.SweepAsync());
            Assert.Empty(await behind.Portal.DriftAsync());
            Assert.Contains(await behind.Portal.StatusAsync("listed"), new[] { "EFFECTIVE", "UNKNOWN" });
            Assert.True(await behind.Stage.MayAsync("listed", "get", "configmaps", "shop"));
            Assert.False(await behind.Stage.MayAsync("asking", "get", "configmaps", "shop"));
        }

        await behind.Portal.UntilStatusAsync("asking", "EFFECTIVE", Converged);
        await behind.Portal.UntilStatusAsync("listed", "EFFECTIVE", Converged);
        Assert.Equal("REACHABLE", await behind.SweepAsync());
        await behind.NothingDriftedAsync("listed", "asking");
    }
}

/// <summary>One stage for all faults: each of them uses identities of its own.</summary>
public sealed class StageBehindProxy : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private (Stage Stage, FaultProxy Proxy)? _set;
    private Portal? _portal;

    internal Stage Stage => Set.Stage;

    internal FaultProxy Proxy => Set.Proxy;

    internal Portal Portal => _portal ?? throw new InvalidOperationException("Not started.");

    private (Stage Stage, FaultProxy Proxy) Set => _set ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync()
    {
        _set = await Stage.SetBehindProxyAsync();
        _portal = await Stage.PortalAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _portal?.Dispose();
        await Stage.DisposeAsync();
    }

    /// <summary>An attempt failed, and the status says so; until then nothing was ever said to have come about.</summary>
    internal Task UntilFailedAsync(string identity, string status)
    {
        JsonElement last = default;
        return Eventually.TrueAsync(
            async () =>
            {
                last = await Portal.EnforcementAsync(identity);
                Assert.DoesNotContain(Portal.Text(last, "status"), new[] { "EFFECTIVE", "APPLIED", "DRIFTED", "REVOKED" });
                return last.GetProperty("failedAttempts").GetInt32() > 0 && Portal.Text(last, "status") == status;
            },
            Soon, () => $"not {status}: {last}", TestContext.Current.CancellationToken);
    }

    /// <summary>Reads the whole platform, and returns whether that worked.</summary>
    internal async Task<string> SweepAsync() =>
        Portal.Text((await Portal.DoAsync("refreshPlatform", "... on PlatformSuccess { platform { health } }", new { platform = "k8s:test" })).GetProperty("platform"), "health");

    /// <summary>Neither now nor at any time since they were registered.</summary>
    internal async Task NothingDriftedAsync(params string[] identities)
    {
        await SweepAsync();
        Assert.Empty(await Portal.DriftAsync());
        foreach (var identity in identities)
            Assert.DoesNotContain(await Portal.StoryAsync(identity), action => action.StartsWith("drift.", StringComparison.Ordinal));
    }
}
