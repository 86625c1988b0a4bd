using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Api;

/// <summary>What goes on for minutes, and what is wrong with our clock or our key: typed, said, and nothing half done in silence.</summary>
public sealed class BadDayTests(ITestOutputHelper output) : AwsTests
{
    private static readonly PrincipalName Agent = new(PrincipalKind.Role, "agent");

    [Theory]
    [InlineData("everything")]
    [InlineData("writes")]
    [InlineData("PutRolePolicy")]
    public async Task An_account_that_is_throttled_for_ten_minutes_is_asked_seldom_and_served_afterwards(string throttled)
    {
        var time = new LeapingTime();
        var (services, connector) = Target.Sandbox.Place.Connector(
            options => options with { Endpoint = Target.Proxy.Address, Budget = new() { CallsPerSecond = 20, Burst = 20 } }, time);
        await using var _ = services;
        var desired = Own("role/agent", 2, new DesiredEntitlement(Reads(1), "g1", null));
        var over = TimeSpan.FromMinutes(10);
        bool IsThrottled(PassedRequest request) => time.Leapt < over && throttled switch
        {
            "everything" => true,
            "writes" => Target.Writes(request),
            _ => request.Action == throttled,
        };
        using var complaint = Target.Proxy.Inject(new Fault.Answer(400, Body: Error("Throttling", "Rate exceeded"), ContentType: "text/xml"), IsThrottled);

        // As the engine does: it comes back for as long as it takes, later each time.
        var attempts = 0;
        for (var done = false; !done; attempts++)
        {
            Assert.True(attempts < 200 && time.Leapt < over * 2, $"{attempts} attempts in {time.Leapt}");
            try
            {
                await ApplyAsync(connector, desired);
                done = true;
            }
            catch (PlatformException failure)
            {
                Assert.Equal(PlatformError.Throttled, failure.Error);
                Assert.True(failure.Message.Contains("slow down", StringComparison.Ordinal) || failure.Message.Contains("budget", StringComparison.Ordinal), failure.Message);
                // A role may be there already, and then nobody but us may assume it and it has nothing.
                Assert.Empty(await Target.Admin.FindAsync(Agent, Cancellation) is null ? [] : await Target.Admin.ListPoliciesAsync(Agent, Cancellation));
                time.Leap(RetrySchedule.Delay(attempts + 1, 0.5, failure.RetryAfter));
            }
        }

        Assert.InRange(time.Leapt, over, over + TimeSpan.FromMinutes(2));
        var calls = Target.Proxy.Passed.Count;
        Assert.InRange(calls, 10, 1_000);
        Assert.Empty(NhiGrains.Domain.Drift.Comparison.Compare(
            connector.Compile(new("billing", desired.Binding, desired.Entitlements, ControllerEndAllowed: false)).Objects,
            await Target.Connector.ObserveAsync(desired.Binding, "billing", Cancellation)));
        output.WriteLine($"{throttled} throttled for {over}: {attempts} attempts, {calls} calls, done after {time.Leapt}.");
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    [InlineData(47)]
    [InlineData(-47)]
    public async Task A_clock_that_is_off_is_put_right_by_what_aws_says_of_its_own(int minutes)
    {
        // What was written before the clock is put back has been seen by then.
        await Target.ObserveAsync();
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        var desired = Target.Desired(2, Reads(1));

        await Target.ApplyAsync(desired);
        var session = await IssueAsync(Target.Connector, "role/app", "g1", TimeSpan.FromHours(1));
        await EndAsync("role/app", "g1");

        Assert.Empty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
        using var s3 = new S3Client(Target.Sandbox.Place.Address, session, Target.Sandbox.Server.Clock);
        Assert.Equal(System.Net.HttpStatusCode.Forbidden, await s3.GetAsync($"/{Target.Resource(1).Container}/{Target.Resource(1).Name}"));
    }

    [Theory]
    [InlineData(3 * 60)]
    [InlineData(-3 * 60)]
    public async Task A_clock_that_is_put_right_itself_after_it_was_corrected_refuses_nothing(int minutes)
    {
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(minutes));
        await Target.ObserveAsync();
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(-minutes));

        // What is signed by the correction of before, or beside a call that has just put it right.
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Target.ObserveAsync()));

        Assert.NotEqual(0, (await Target.ApplyAsync(Target.Desired(2, Reads(1)))).Writes);
    }

    [Theory]
    [InlineData("SignatureDoesNotMatch", 403, "more than five minutes off")]
    [InlineData("RequestTimeTooSkewed", 403, "more than five minutes off")]
    [InlineData("RequestExpired", 400, "more than five minutes off")]
    [InlineData("InvalidClientTokenId", 403, "Configure one that exists and is active")]
    [InlineData("UnrecognizedClientException", 403, "Configure one that exists and is active")]
    [InlineData("ExpiredToken", 403, "Renew them")]
    [InlineData("ExpiredTokenException", 400, "Renew them")]
    [InlineData("AccessDenied", 403, "User: arn:aws:iam::123456789012:user/us is not authorized to perform: iam:PutRolePolicy")]
    public async Task What_is_wrong_with_our_own_key_or_clock_says_what_to_do_and_is_not_tried_again(string code, int status, string says)
    {
        using var refused = Target.Proxy.Inject(
            new Fault.Answer(status, Body: Error(code, "User: arn:aws:iam::123456789012:user/us is not authorized to perform: iam:PutRolePolicy on resource: role app"), ContentType: "text/xml"),
            request => request.Action == "PutRolePolicy");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Reads(1)), Target.Faulty));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains(says, failure.Message, StringComparison.Ordinal);
        Assert.Contains("PutRolePolicy of role/app", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Target.Sandbox.Place.Admin.Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.Empty(await Target.Admin.ListPoliciesAsync(new(PrincipalKind.Role, "app"), Cancellation));
    }

    private static string Error(string code, string message) =>
        $"<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>";
}
