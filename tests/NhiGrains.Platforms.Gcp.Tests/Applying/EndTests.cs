using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Gcp.Tests.Applying;

/// <summary>Promise 2 with the control plane dead: only the sandbox's clock goes on.</summary>
public class EndTests : GcpTests
{
    private static readonly ResourceSelector Bucket = new("storage-bucket", "", ResourceMatch.Exact, GcpTarget.Bucket);

    [Fact]
    public async Task Access_ends_at_its_time_when_nobody_calls()
    {
        var end = Target.Server.Clock.GetUtcNow().AddHours(1);
        var wanted = Target.Entitlement(Target.Resource(1), Verb.Read);
        await Target.ApplyAsync(Target.Desired(2) with { Entitlements = [new(wanted, "g1", end), new(Target.Entitlement(Target.Resource(2), Verb.Read), "intent", null)] }, Target.Faulty);
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        var calls = Target.Proxy.Passed.Count;

        Target.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Target.Server.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        Assert.True(await Target.AllowsAsync(Target.Resource(2), Verb.Read));
        var token = await TokenAsync();
        Assert.Equal(TestKit.Contract.CredentialAnswer.Forbidden, await Target.TryAsync(token, Target.Resource(1)));
        Assert.Equal(TestKit.Contract.CredentialAnswer.Works, await Target.TryAsync(token, Target.Resource(2)));
        Assert.Equal(calls, Target.Proxy.Passed.Count);
    }

    [Fact]
    public async Task Access_begins_at_its_time_and_not_before()
    {
        var start = Target.Server.Clock.GetUtcNow().AddHours(1);
        var wanted = Target.Entitlement(Target.Resource(1), Verb.Read) with { Conditions = new(NotBefore: start, NotAfter: start.AddHours(1)) };
        await Target.ApplyAsync(Target.Desired(2, wanted));

        foreach (var (minutes, allowed) in new[] { (0, false), (59, false), (2, true), (57, true), (3, false) })
        {
            Target.Server.Clock.Advance(TimeSpan.FromMinutes(minutes));
            Assert.Equal(allowed, await Target.AllowsAsync(Target.Resource(1), Verb.Read));
        }
    }

    [Fact]
    public async Task An_end_that_is_moved_is_one_write_and_no_moment_without_access()
    {
        var now = Target.Server.Clock.GetUtcNow();
        var wanted = Target.Entitlement(Bucket, Verb.Read);
        await Target.ApplyAsync(Target.Desired(2) with { Entitlements = [new(wanted, "g1", now.AddHours(1))] });

        var renewed = await Target.ApplyAsync(Target.Desired(3) with { Entitlements = [new(wanted, "g1", now.AddHours(2))] });

        Assert.Equal(1, renewed.Writes);
        Target.Server.Clock.Advance(TimeSpan.FromMinutes(90));
        Assert.True(await Target.Hands.AllowsAsync(Target.Binding.Principal, "storage.buckets.get", $"//storage.googleapis.com/projects/_/buckets/{GcpTarget.Bucket}", Target.Server.Clock.GetUtcNow()));
    }

    private async Task<string> TokenAsync()
    {
        var answer = await Target.Hands.DoAsync("POST", $"v1/projects/-/serviceAccounts/{Target.Binding.Principal}:generateAccessToken",
            new System.Text.Json.Nodes.JsonObject { ["scope"] = new System.Text.Json.Nodes.JsonArray("https://www.googleapis.com/auth/cloud-platform") });
        return answer["accessToken"]?.GetValue<string>() ?? "";
    }
}
