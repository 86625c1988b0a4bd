using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Api;

/// <summary>A request can wait in the line of calls for longer than its fence is good.</summary>
public sealed class LateFenceTests(ITestOutputHelper output) : AwsTests
{
    // A call waits for 10 s when the burst is used up, and a fence is good for half of that.
    private static readonly TimeSpan Validity = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("apply", "CreateRole")]
    [InlineData("apply", "PutRolePolicy")]
    [InlineData("take away", "DeleteRolePolicy")]
    [InlineData("take away", "UpdateAssumeRolePolicy")]
    [InlineData("offboard", "DeleteRole")]
    [InlineData("hand out a session", "TagRole")]
    [InlineData("hand out a session", "AssumeRole")]
    [InlineData("end a session", "PutRolePolicy")]
    [InlineData("end a session", "UntagRole")]
    [InlineData("hand out a key", "TagUser")]
    [InlineData("hand out a key", "CreateAccessKey")]
    [InlineData("end a key", "UpdateAccessKey")]
    [InlineData("end a key", "DeleteAccessKey")]
    public async Task A_write_that_waited_in_line_for_longer_than_its_fence_is_not_sent(string doing, string action)
    {
        var fenced = 0;

        // With each burst it is another call that has to wait, until none has to.
        for (var burst = 1; ; burst++)
        {
            Assert.True(burst < 40, $"'{doing}' does not come to an end.");
            await SetAsync(doing);
            var time = new LeapingTime();
            var (services, connector) = Target.Sandbox.Place.Connector(
                options => options with { Endpoint = Target.Proxy.Address, Budget = new() { CallsPerSecond = 0.1, Burst = burst } }, time);
            await using var _ = services;
            var isLate = false;
            using var watched = Target.Proxy.Inject(new Fault.DropBefore(), request =>
            {
                isLate |= request.Action == action && time.Leapt > Validity;
                return false;
            });

            var failure = await Record.ExceptionAsync(() => DoAsync(doing, connector, new Fence(time, Validity)));

            Assert.False(isLate, $"{action} was sent after {time.Leapt} with a burst of {burst}.");
            if (failure is null)
                break;
            Assert.Equal(PlatformError.Fenced, Assert.IsType<PlatformException>(failure).Error);
            fenced++;
        }

        output.WriteLine($"{doing}: fenced {fenced} times.");
        Assert.InRange(fenced, 1, 40);
    }

    private async Task SetAsync(string doing)
    {
        await ApplyAsync(Target.Connector, Own("user/bot", 2, new DesiredEntitlement(Reads(1), "g1", null)));
        if (doing == "apply")
            return;
        await ApplyAsync(Target.Connector, Own("role/agent", 2, new DesiredEntitlement(Reads(1), "g1", null)));
        await Target.Admin.UpdateAssumeRolePolicyAsync(new(PrincipalKind.Role, "agent"), Trust.DocumentFor("*"), Cancellation);
        if (doing == "end a session")
            await IssueAsync(Target.Connector, "role/agent", "g1", TimeSpan.FromHours(1));
        if (doing == "end a key")
            await IssueAsync(Target.Connector, "user/bot", "g1", TimeSpan.FromHours(1));
    }

    private Task DoAsync(string doing, IPlatformConnector connector, Fence fence)
    {
        Task Apply(DesiredState desired) => connector.ApplyAsync(
            desired, connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: false)), fence, Cancellation);
        Task End(string principal) => connector.EndSessionsAsync(new(AwsPlace.PlatformId, principal), "billing", ["g1"], fence, Cancellation);
        return doing switch
        {
            "apply" => Apply(Own("role/agent", 3, new DesiredEntitlement(Reads(1), "g1", null))),
            "take away" => Apply(Own("role/agent", 3)),
            "offboard" => Apply(Own("role/agent", 3) with { PrincipalWanted = false }),
            "hand out a session" => connector.IssueCredentialAsync(Request("role/agent", "g1", TimeSpan.FromHours(1)), fence, Cancellation),
            "end a session" => End("role/agent"),
            "hand out a key" => connector.IssueCredentialAsync(Request("user/bot", "g1", TimeSpan.FromHours(1)), fence, Cancellation),
            _ => End("user/bot"),
        };
    }
}
