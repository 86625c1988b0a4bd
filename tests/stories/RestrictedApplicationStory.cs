using NhiGrains.Host.Tests.EndToEnd;

namespace NhiGrains.Host.Tests.Stories;

/// <summary>(d) Restricted applications need two people.</summary>
/// <remarks>The policy is <c>policies/d-restricted-applications.yaml</c>. The application is in the sandbox's cluster.</remarks>
[Collection(StoryCollection.Name)]
public sealed class RestrictedApplicationStory(StoryWorld world)
{
    private const string Account = "payroll-export";

    [Fact]
    public async Task One_of_the_owners_team_and_another_one_from_security_have_to_agree()
    {
        await world.SetGroupAsync("payroll", "paula", "peter");
        await world.SetGroupAsync("security", "sam", "peter");
        await world.Sandbox.Admin.CreateNamespaceAsync("payroll");
        using var admin = world.AsAdmin();
        await admin.RegisterAsync(Account, "SERVICE_ACCOUNT", "production", "payroll", [new { platform = "k8s:sandbox", principal = $"payroll/{Account}", createIfMissing = true }]);
        using var itself = world.AsIdentity(Account);

        var request = await itself.RequestAsync(Account,
            [new { platform = "k8s:sandbox", verbs = new[] { "READ" }, resources = new[] { new { type = "secrets", container = "payroll", match = "EXACT", name = "bank" } } }], seconds: 1_800);
        Assert.Equal("PENDING_APPROVAL", Portal.Text(request, "status"));

        using var stranger = world.As("dan", "approver");
        Assert.Equal("NOT_AN_APPROVER", await stranger.RefusedAsync("approveRequest", StoryPortal.Answer(Account, request)));
        using var peter = world.As("peter", "approver");
        Assert.Equal("PENDING_APPROVAL", Portal.Text(await peter.ApproveAsync(Account, request), "status")); // Though he is in both groups.
        Assert.Equal("ALREADY_APPROVED", await peter.RefusedAsync("approveRequest", StoryPortal.Answer(Account, request)));
        Assert.False(await MayAsync("bank"));

        using var sam = world.As("sam", "approver");
        Assert.Equal("ACTIVE", Portal.Text(await sam.ApproveAsync(Account, request), "status"));
        var grant = await admin.UntilAsync(Account, Portal.Text(request, "grantId"), StoryPortal.IsEffective);
        Assert.Equal(["peter", "sam"], grant.GetProperty("approval").GetProperty("approvals").EnumerateArray().Select(one => Portal.Text(one, "approver")));
        Assert.True(await MayAsync("bank"));
        Assert.False(await MayAsync("another"));
        await world.ReplayAsync(Account);
    }

    private Task<bool> MayAsync(string secret) => world.Sandbox.Admin.MayAsync($"payroll/{Account}", "get", "secrets", secret);
}
