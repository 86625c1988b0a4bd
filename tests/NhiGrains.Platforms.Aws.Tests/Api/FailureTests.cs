using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Api;

public sealed class FailureTests : AwsTests
{
    [Fact]
    public async Task Another_account_than_the_one_that_was_configured_is_refused_before_anything_is_read()
    {
        var (services, connector) = Target.Sandbox.Place.Connector(options => options with { AccountId = "999999999999", Endpoint = Target.Proxy.Address });
        await using var _ = services;

        var failures = new[]
        {
            await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Reads(1)), connector)),
            await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(connector)),
            await Assert.ThrowsAsync<PlatformException>(async () => await connector.ObserveAllAsync(Cancellation).ToListAsync(Cancellation)),
            await Assert.ThrowsAsync<PlatformException>(() => connector.ProbeAsync(Target.Desired(2, Reads(1)), Cancellation)),
            await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(connector, "role/app", "g1", TimeSpan.FromHours(1))),
        };

        Assert.All(failures, failure => Assert.Equal(PlatformError.Rejected, failure.Error));
        Assert.All(failures, failure => Assert.Contains(SandboxAccount.AccountId, failure.Message, StringComparison.Ordinal));
        Assert.All(Target.Proxy.Passed, request => Assert.Equal("GetCallerIdentity", request.Action));
    }

    [Theory]
    [InlineData(400, """<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>""")]
    [InlineData(502, "<html>Bad Gateway</html>")]
    public async Task Reads_that_fail_four_times_in_a_row_fail_no_attempt_and_writes_are_sent_once(int status, string body)
    {
        using var reads = Target.Proxy.Inject(new Fault.Answer(status, Body: body, ContentType: "text/xml"), request => request.Action == "ListRolePolicies", times: 4);

        await Target.ApplyAsync(Target.Desired(2, Reads(1)), Target.Faulty);

        Assert.Equal(5, Target.Proxy.Passed.Count(request => request.Action == "ListRolePolicies"));
        using var writes = Target.Proxy.Inject(new Fault.Answer(status, Body: body, ContentType: "text/xml"), request => request.Action == "PutRolePolicy", times: 1);
        await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3, Reads(1), Reads(2)), Target.Faulty));
        Assert.Equal(2, Target.Proxy.Passed.Count(request => request.Action == "PutRolePolicy"));
    }

    [Fact]
    public async Task What_nhigrains_runs_as_is_nobody_elses_principal()
    {
        var failure = await Assert.ThrowsAsync<PlatformException>(() => ApplyAsync(Target.Connector, Own("user/admin", 2, new Domain.Enforcement.DesiredEntitlement(Reads(1), "intent", null))));

        Assert.Equal(PlatformError.Rejected, failure.Error);
        Assert.DoesNotContain(Target.Own, await Target.Admin.ListPoliciesAsync(new(PrincipalKind.User, "admin"), Cancellation));
    }

    [Fact]
    public async Task Credentials_that_expire_in_the_middle_are_said_and_nothing_is_half_done_in_silence()
    {
        await Target.HandsAsync("CreateRole", ("RoleName", "control-plane"), ("AssumeRolePolicyDocument", Trust.DocumentFor($"arn:aws:iam::{SandboxAccount.AccountId}:user/admin")));
        await Target.HandsAsync("PutRolePolicy", ("RoleName", "control-plane"), ("PolicyName", "all"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"""));
        var session = await Target.Admin.AssumeRoleAsync($"arn:aws:iam::{SandboxAccount.AccountId}:role/control-plane", "us", TimeSpan.FromMinutes(15), Cancellation);
        var (services, connector) = Target.Sandbox.Place.Connector(options => options with { Credentials = new(session.Id, session.Secret, session.SessionToken), Endpoint = Target.Proxy.Address });
        await using var _ = services;
        await Target.ApplyAsync(Target.Desired(2, Reads(1)), connector);
        using var expiring = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (request.Action == "ListRolePolicies" && Target.Sandbox.Server.Clock.Offset == TimeSpan.Zero)
                Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(16));
            return false;
        });

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3, Reads(2)), connector));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains("expired", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(session.Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(session.SessionToken ?? "none", failure.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Assert.Single((await Target.ObserveAsync()).Objects).Generation);
    }

    [Fact]
    public async Task A_role_that_the_control_plane_runs_as_is_trusted_by_its_own_arn_with_its_path()
    {
        await Target.HandsAsync("CreateRole", ("RoleName", "control-plane"), ("Path", "/ops/"), ("AssumeRolePolicyDocument", Trust.DocumentFor($"arn:aws:iam::{SandboxAccount.AccountId}:user/admin")));
        await Target.HandsAsync("PutRolePolicy", ("RoleName", "control-plane"), ("PolicyName", "all"), ("PolicyDocument", """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"""));
        var session = await Target.Admin.AssumeRoleAsync($"arn:aws:iam::{SandboxAccount.AccountId}:role/ops/control-plane", "us", TimeSpan.FromMinutes(15), Cancellation);
        var (services, connector) = Target.Sandbox.Place.Connector(options => options with { Credentials = new(session.Id, session.Secret, session.SessionToken) });
        await using var _ = services;

        await ApplyAsync(connector, Own("role/agent", 2, new Domain.Enforcement.DesiredEntitlement(Reads(1), "intent", null)));

        Assert.True(Trust.IsFor((await Target.Admin.FindAsync(new(PrincipalKind.Role, "agent"), Cancellation))?.TrustPolicy, $"arn:aws:iam::{SandboxAccount.AccountId}:role/ops/control-plane"));
        // What a session assumes lasts an hour at most; a longer one would be refused.
        Assert.NotNull((await IssueAsync(connector, "role/agent", "g1", TimeSpan.FromHours(5))).SessionToken);
    }

    [Theory]
    [InlineData("Throttling", 400, PlatformError.Throttled)]
    [InlineData("ServiceUnavailable", 503, PlatformError.Unavailable)]
    [InlineData("ServiceFailure", 500, PlatformError.Unavailable)]
    [InlineData("ConcurrentModification", 409, PlatformError.Conflict)]
    [InlineData("LimitExceeded", 409, PlatformError.Rejected)]
    [InlineData("MalformedPolicyDocument", 400, PlatformError.Rejected)]
    [InlineData("ExpiredToken", 403, PlatformError.AccessDenied)]
    [InlineData("SignatureDoesNotMatch", 403, PlatformError.AccessDenied)]
    public async Task Every_code_of_aws_becomes_what_the_seam_says(string code, int status, PlatformError error)
    {
        var body = $"<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type><Code>{code}</Code><Message>because\nof it{new string('x', 2_000)}</Message></Error><RequestId>1</RequestId></ErrorResponse>";
        using var refused = Target.Proxy.Inject(new Fault.Answer(status, Body: body, ContentType: "text/xml"), request => request.Action == "PutRolePolicy");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Reads(1)), Target.Faulty));

        Assert.Equal(error, failure.Error);
        Assert.InRange(failure.Message.Length, 10, 700);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Single(Target.Proxy.Passed, request => request.Action == "PutRolePolicy");
    }

    [Theory]
    [InlineData("<GetCallerIdentityResponse/>")]
    [InlineData("<ListRolePoliciesResponse><ListRolePoliciesResult/></ListRolePoliciesResponse>")]
    [InlineData("<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames/><IsTruncated>true</IsTruncated></ListRolePoliciesResult></ListRolePoliciesResponse>")]
    [InlineData("<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames/><IsTruncated>true</IsTruncated><Marker>1</Marker></ListRolePoliciesResult></ListRolePoliciesResponse>")]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><ListRolePoliciesResponse>&a;</ListRolePoliciesResponse>")]
    [InlineData("<ListRolePoliciesResponse><ListRolePol")]
    public async Task An_answer_that_is_not_what_aws_sends_is_no_answer(string body)
    {
        using var wrong = Target.Proxy.Inject(new Fault.Answer(200, Body: body, ContentType: "text/xml"), request => request.Action == "ListRolePolicies");

        Assert.Equal(PlatformError.Unavailable, (await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty))).Error);
    }

    [Fact]
    public async Task Who_wrote_in_between_with_a_newer_generation_is_told_and_stays()
    {
        using var between = Target.Proxy.Inject(new Fault.DropBefore(), request =>
        {
            if (request.Action == "PutRolePolicy")
                _ = Newer();
            return false;
        });
        using var slow = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromSeconds(1)), request => request.Action == "GetRolePolicy");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Reads(1)), Target.Faulty));

        Assert.Equal(PlatformError.Fenced, failure.Error);
        Assert.Equal(9, Assert.Single((await Target.ObserveAsync()).Objects).Generation);

        // After the write of the one that is behind has arrived.
        async Task Newer()
        {
            await TestKit.Waiting.Eventually.TrueAsync(async () => (await Target.Admin.ListPoliciesAsync(new(PrincipalKind.Role, "app"), Cancellation)).Count > 0, TimeSpan.FromSeconds(5), () => "It was not written.", Cancellation);
            await Target.PutAsync(Target.Own, Marker.PolicyId("billing", 9), "arn:aws:s3:::newer/*");
        }
    }
}
