using Google.Apis.Auth.OAuth2;
using NhiGrains.Platforms.Budgets;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Applying;
using NhiGrains.Platforms.Gcp.Compiling;
using NhiGrains.Platforms.Gcp.Objects;
using NhiGrains.Platforms.Gcp.Policies;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>
/// A fence is good for 10 s, and a call may wait in line for 20 s. So it is asked after the wait: by then another silo may have taken
/// away what the write would give, and said so.
/// </summary>
public class LineTests : GcpTests
{
    private static readonly Place Bucket = Place.Bucket(GcpTarget.Bucket);

    private readonly LineClock _clock = new();

    [Theory]
    [InlineData("create an account")]
    [InlineData("disable an account")]
    [InlineData("create a role")]
    [InlineData("mend a role")]
    public async Task A_write_that_waited_for_longer_than_its_fence_is_good_for_is_not_sent(string write)
    {
        var (reads, act) = await WriteAsync(write);
        var fence = new Fence(_clock, Fence.DefaultValidity);
        using var google = Google(calls: reads);
        var waiting = act(google, fence);

        await AsideAsync(waiting);
        _clock.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(PlatformError.Fenced, (await Assert.ThrowsAsync<PlatformException>(() => waiting.WaitAsync(TimeSpan.FromSeconds(30), Cancellation))).Error);
        Assert.DoesNotContain(Target.Proxy.Passed, Target.Writes);
    }

    [Fact]
    public async Task Of_those_who_wait_together_only_who_may_still_write_is_in_what_is_sent()
    {
        using var google = Google(calls: 2);
        var editor = new PolicyEditor(new(google));
        Task<bool>? away = null, other = null;
        // While it is looked at for the first, the other two gather.
        await editor.EditAsync(Bucket, _ =>
        {
            away = editor.EditAsync(Bucket, Add("away"), new Fence(_clock, Fence.DefaultValidity), Cancellation);
            other = editor.EditAsync(Bucket, Add("other"), new Fence(_clock, TimeSpan.FromHours(1)), Cancellation);
            return false;
        }, new Fence(_clock, Fence.DefaultValidity), Cancellation);
        Assert.NotNull(away);
        Assert.NotNull(other);

        await AsideAsync(other);
        _clock.Advance(TimeSpan.FromSeconds(11));

        Assert.True(await other);
        Assert.Equal(PlatformError.Fenced, (await Assert.ThrowsAsync<PlatformException>(() => away)).Error);
        var policy = (await Target.Hands.PolicyAsync($"storage/v1/b/{GcpTarget.Bucket}")).ToJsonString();
        Assert.Contains("user:other@example.com", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("user:away@example.com", policy, StringComparison.Ordinal);
        Assert.Equal(3, Target.Proxy.Passed.Count);
    }

    [Fact]
    public async Task A_write_without_a_fence_is_a_fault_of_ours_and_is_not_sent()
    {
        using var google = Google(calls: 1);
        var write = google.Iam.DisableAccount($"projects/{GcpTarget.Project}/serviceAccounts/{Target.Binding.Principal}");

        await Assert.ThrowsAsync<InvalidOperationException>(() => write.SendAsync("disable it", Cancellation));

        Assert.Empty(Target.Proxy.Passed);
    }

    /// <summary>What writes, and how many calls it makes before.</summary>
    private async Task<(int Reads, Func<GoogleServices, Fence, Task> Act)> WriteAsync(string write)
    {
        var options = Target.Options(Target.Proxy.Address);
        var role = new BindingBody("", $"projects/{GcpTarget.Project}/roles/nhi_000000000000000000000001", ["storage.objects.get"], [], null);
        Accounts Accounts(GoogleServices google) => new(options, google);
        switch (write)
        {
            case "create an account":
                return (0, (google, fence) => Accounts(google).CreateAsync("shipping", AccountEmail.Parse(GcpTarget.EmailOf("shipping-app"), GcpTarget.Project), fence, Cancellation));
            case "disable an account":
                var ours = new ServiceAccount { UniqueId = "1", Description = Marker.AccountDescription(Target.IdentityId) };
                return (0, (google, fence) => Accounts(google).OffboardAsync(
                    Target.Desired(2) with { PrincipalWanted = false }, AccountEmail.Parse(Target.Binding.Principal, GcpTarget.Project), ours, fence, Cancellation));
            case "create a role":
                return (1, (google, fence) => new RoleKeeper(options, google).EnsureAsync(role, [], fence, Cancellation));
            default:
                await Target.Hands.DoAsync("POST", $"v1/projects/{GcpTarget.Project}/roles", new System.Text.Json.Nodes.JsonObject
                {
                    ["roleId"] = "nhi_000000000000000000000001",
                    ["role"] = new System.Text.Json.Nodes.JsonObject { ["title"] = "ours", ["includedPermissions"] = new System.Text.Json.Nodes.JsonArray("storage.objects.delete") },
                });
                return (1, (google, fence) => new RoleKeeper(options, google).EnsureAsync(role, [], fence, Cancellation));
        }
    }

    /// <summary>Until a call stands in line; else what it waits for ended early, and is awaited for why.</summary>
    private async Task AsideAsync(Task waiting)
    {
        if (await Task.WhenAny(_clock.IsWaitedFor, waiting).WaitAsync(TimeSpan.FromSeconds(30), Cancellation) == waiting)
            await waiting;
    }

    /// <param name="calls">That go at once; the next one waits for 5 s.</param>
    private GoogleServices Google(int calls)
    {
        var budget = new CallBudget(new() { CallsPerSecond = 0.2, Burst = Math.Max(1, calls) }, _clock);
        if (calls == 0)
            _ = budget.WaitAsync(background: false, Cancellation);
        return new(new(GoogleCredential.FromAccessToken(Target.Cloud.AdministratorToken), Target.Proxy.Address, TimeSpan.FromSeconds(5), budget));
    }

    private static Func<Policy, bool> Add(string name) => policy =>
    {
        policy.Bindings?.Add(new() { Role = "roles/storage.objectViewer", Members = [$"user:{name}@example.com"] });
        return true;
    };
}
