using System.Net;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Credentials;

/// <summary>Whose an access key is, when this process broke off in the middle of making one.</summary>
public sealed class UserKeyTests : AwsTests
{
    private static readonly PrincipalName Bot = new(PrincipalKind.User, "bot");

    [Fact]
    public async Task A_key_that_somebody_makes_after_we_broke_off_is_never_taken_for_ours()
    {
        await GivenAsync();
        var broken = false;
        using (Target.Proxy.Inject(new Fault.DropBefore(), request => broken |= request.Action == "CreateAccessKey"))
            await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Faulty, "user/bot", "g1", TimeSpan.FromHours(1)));
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromHours(1));
        var theirs = await Target.Admin.CreateAccessKeyAsync(Bot, Cancellation);

        await EndAsync("user/bot", "g1");

        Assert.Equal([theirs.Id], (await Target.Admin.ListAccessKeysAsync(Bot, Cancellation)).Select(key => key.Id));
        Assert.DoesNotContain((await Target.Admin.FindAsync(Bot, Cancellation))?.Tags.Keys ?? [], tag => tag.StartsWith("nhigrains:grant:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_key_that_we_made_just_before_we_broke_off_is_ended()
    {
        await GivenAsync();
        using (Target.Proxy.Inject(new Fault.DropAfter(), request => request.Action == "CreateAccessKey"))
        using (Target.Proxy.Inject(new Fault.DropBefore(), request => request.Action is "UpdateAccessKey" or "DeleteAccessKey"))
            await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Faulty, "user/bot", "g1", TimeSpan.FromHours(1)));
        Assert.Single(await Target.Admin.ListAccessKeysAsync(Bot, Cancellation));

        Assert.NotNull(await EndAsync("user/bot", "g1"));

        Assert.Empty(await Target.Admin.ListAccessKeysAsync(Bot, Cancellation));
    }

    [Fact]
    public async Task A_rotation_that_fails_leaves_the_key_that_works()
    {
        await GivenAsync();
        var first = await IssueAsync(Target.Connector, "user/bot", "g1", TimeSpan.FromHours(1));
        using (Target.Proxy.Inject(new Fault.DropBefore(), request => request.Action == "CreateAccessKey"))
            await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Faulty, "user/bot", "g1", TimeSpan.FromHours(1)));

        Assert.Equal(HttpStatusCode.OK, await GetAsync(first));
        Assert.NotNull(await EndAsync("user/bot", "g1"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(first));
    }

    [Fact]
    public async Task A_rotation_that_broke_off_ends_both_keys_with_the_grant()
    {
        await GivenAsync();
        var first = await IssueAsync(Target.Faulty, "user/bot", "g1", TimeSpan.FromHours(1));
        using (Target.Proxy.Inject(new Fault.DropBefore(), request => request.Action is "UpdateAccessKey" or "DeleteAccessKey"))
            await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Faulty, "user/bot", "g1", TimeSpan.FromHours(1)));
        Assert.Equal(2, (await Target.Admin.ListAccessKeysAsync(Bot, Cancellation)).Count);

        Assert.NotNull(await Target.Faulty.EndSessionsAsync(new(AwsPlace.PlatformId, "user/bot"), "billing", ["g1"], ConnectorTarget.Valid(), Cancellation));

        Assert.Empty(await Target.Admin.ListAccessKeysAsync(Bot, Cancellation));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(first));
    }

    private Task<ApplyResult> GivenAsync() => ApplyAsync(Target.Connector, Own("user/bot", 2, new DesiredEntitlement(Reads(1), "g1", null)));

    private async Task<HttpStatusCode> GetAsync(AwsAccessKey key)
    {
        using var s3 = new S3Client(Target.Sandbox.Place.Address, key, Target.Sandbox.Server.Clock);
        return await s3.GetAsync($"/{Target.Resource(1).Container}/{Target.Resource(1).Name}");
    }
}
