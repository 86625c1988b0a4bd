using NhiGrains.Host.Tests.Notifications;
using NhiGrains.Host.Tests.Stories;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>Emergency access over the whole way: from the request at the portal to the pager, whatever is down in between.</summary>
[Collection("real servers")] // Each runs a host of its own: one after the other on two cores.
public class EmergencyTests
{
    private const string Account = "till";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_emergency_is_told_to_a_pager_that_was_down_and_so_is_that_nobody_has_looked_at_it()
    {
        await using var paged = await PagedHost.StartAsync(Policy(reviewWithin: "4s"));
        using var carl = await BeginAsync(paged);

        var grantId = await BreakGlassAsync(carl);

        Assert.True(await paged.Cluster.Admin.MayAsync($"shop/{Account}", "get", "configmaps", "prices"));
        using var sam = await paged.PortalAsync("sam", "auditor");
        await Eventually.TrueAsync(async () => await SinkAsync(sam) is (true, > 0), Soon, () => "nobody has tried the pager", TestContext.Current.CancellationToken);
        await paged.Pager.StartAsync();
        await UntilArrivedAsync(paged.Pager, "io.nhigrains.break-glass.unreviewed");
        await sam.DoAsync("closeBreakGlassReview", "... on BreakGlassReviewSuccess { review { open } }", new { identityId = Account, grantId, finding = "it was not down", justified = false });
        await UntilArrivedAsync(paged.Pager, "io.nhigrains.break-glass.reviewed");

        Assert.Equal(["grant.active", "break-glass.unreviewed", "break-glass.reviewed"], paged.Pager.Actions.Distinct().Select(action => action["io.nhigrains.".Length..]));
        Assert.Empty(paged.Pager.Wrong);
        Assert.All(paged.Pager.Raw, message => Assert.True(paged.IsSigned(message)));
        Assert.All(paged.Pager.Arrived, one => Assert.Equal((one.MessageId, Account), (one.Event.Id, one.Event.Subject)));
        var told = paged.Pager.Arrived.Select(one => Receiver.EventIn(one.Event)).ToArray();
        Assert.All(told, one => Assert.Equal(grantId, one.Details["grant"]));
        Assert.Equal(("carl", "the till is down", "yes"), (told[0].Details["requestedBy"], told[0].Details["reason"], told[0].Details["breakGlass"]));
        Assert.DoesNotContain("hidden-in-the-address", paged.Host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Killed_while_the_pager_was_being_told_the_program_tells_it_again_under_the_same_id()
    {
        await using var paged = await PagedHost.StartAsync(Policy(reviewWithin: "1d"));
        paged.Pager.Answer = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        await paged.Pager.StartAsync();
        using var carl = await BeginAsync(paged);
        await BreakGlassAsync(carl);
        await Eventually.TrueAsync(() => Task.FromResult(!paged.Pager.Raw.IsEmpty), Soon, () => "nothing is on its way to the pager", TestContext.Current.CancellationToken);

        await paged.Host.KillAsync();
        paged.Pager.Answer = null;
        await paged.Host.StartAsync(TestContext.Current.CancellationToken);

        await Eventually.TrueAsync(() => Task.FromResult(paged.Pager.Raw.Count > 1), Soon, () => "it was not told again", TestContext.Current.CancellationToken);
        using var sam = await paged.PortalAsync("sam", "auditor");
        await Eventually.TrueAsync(async () => await SinkAsync(sam) is (false, 0), Soon, () => "it is not known to be delivered", TestContext.Current.CancellationToken);
        var (first, second) = (paged.Pager.Raw.First(), paged.Pager.Raw.Last());
        Assert.Equal(2, paged.Pager.Raw.Count);
        Assert.Equal((first.Id, first.Body), (second.Id, second.Body));
        Assert.True(paged.IsSigned(first) && paged.IsSigned(second));
    }

    private static string Policy(string reviewWithin) => $$"""
        format: 1
        name: test
        rules:
          - {name: closed, effect: deny, match: {platforms: ["k8s:test"]}, exceptBreakGlass: true}
          - name: till-is-down
            effect: break-glass
            match: {platforms: ["k8s:test"], requesterGroups: [on-call]}
            maxLifetime: 30m
            allowControllerEnforcedEnd: true
            review: {groups: [security], within: {{reviewWithin}}}

        """;

    /// <returns>Somebody who is on call.</returns>
    private static async Task<Portal> BeginAsync(PagedHost paged)
    {
        var carl = paged.PortalAsync("carl", "requester");
        using var ada = await paged.PortalAsync("ada", "admin");
        foreach (var (group, person) in ((string, string)[])[("on-call", "carl"), ("security", "sam")])
            await ada.DoAsync("setGroupMembers", "... on GroupSuccess { group { name } }", new { group, add = new[] { person } });
        await ada.RegisterAsync(Account);
        await Eventually.TrueAsync(async () => (await ada.AskAsync("{ policySet { rules { name } } }")).GetRawText().Contains("till-is-down", StringComparison.Ordinal), Soon, () => "the policy is not in force", TestContext.Current.CancellationToken);
        return await carl;
    }

    private static async Task<string> BreakGlassAsync(Portal portal)
    {
        var result = await portal.DoAsync("requestAccess", "... on GrantSuccess { waitReached grant { grantId status decision { reasons } } }", new
        {
            identityId = Account,
            entitlements = Portal.Configmaps(["READ"]),
            lifetimeSeconds = 600,
            reason = "the till is down",
            breakGlass = true,
            waitFor = "EFFECTIVE",
            waitSeconds = 20,
        });
        Assert.True(result.GetProperty("waitReached").GetBoolean(), result.GetRawText());
        return Portal.Text(result.GetProperty("grant"), "grantId");
    }

    private static Task UntilArrivedAsync(Receiver pager, string action) => Eventually.TrueAsync(
        () => Task.FromResult(pager.Actions.Contains(action)), Soon, () => $"{action} did not arrive, but {string.Join(", ", pager.Actions)}", TestContext.Current.CancellationToken);

    private static async Task<(bool Failing, int Pending)> SinkAsync(Portal portal)
    {
        var sink = (await portal.AskAsync("{ notificationSinks { failing pending } }")).GetProperty("notificationSinks")[0];
        return (sink.GetProperty("failing").GetBoolean(), sink.GetProperty("pending").GetInt32());
    }
}
