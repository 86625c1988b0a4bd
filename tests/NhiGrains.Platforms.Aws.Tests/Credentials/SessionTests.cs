using System.Net;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Credentials;

public sealed class SessionTests : AwsTests
{
    private const string Role = "role/app";

    [Fact]
    public async Task A_grant_that_is_given_again_after_its_end_gets_sessions_that_work()
    {
        await Target.ApplyAsync(Target.Desired(2, Reads(1)));
        var ended = await IssueAsync(Target.Connector, Role, "g1", TimeSpan.FromHours(1));
        Assert.NotNull(await EndAsync(Role, "g1"));

        var again = await IssueAsync(Target.Connector, Role, "g1", TimeSpan.FromHours(1));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await GetAsync(ended), await GetAsync(again)));
        Assert.NotNull(await EndAsync(Role, "g1"));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await GetAsync(ended), await GetAsync(again)));
    }

    [Fact]
    public async Task What_ends_sessions_is_no_drift_survives_an_apply_and_goes_when_the_last_is_over()
    {
        var desired = Target.Desired(2, Reads(1));
        await Target.ApplyAsync(desired);
        var session = await IssueAsync(Target.Connector, Role, "g1", TimeSpan.FromMinutes(20));
        await EndAsync(Role, "g1");

        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);
        Assert.Single((await Target.ObserveAsync()).Objects);
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));

        var (services, later) = Target.Sandbox.Place.Connector();
        await using var _ = services;
        var name = PrincipalName.Parse(Role);
        var left = (await Target.Admin.ListPoliciesAsync(name, Cancellation)).Single(policy => policy.Contains(".ended.", StringComparison.Ordinal));
        var document = (await Target.Admin.FindPolicyAsync(name, left, Cancellation))?.Document ?? "";
        await Target.Admin.PutPolicyAsync(name, left, document.Replace("nhi-ended:billing:1", "nhi-ended:billing:0", StringComparison.Ordinal), Cancellation);
        await Target.ApplyAsync(desired, later);
        Assert.DoesNotContain(left, await Target.Admin.ListPoliciesAsync(name, Cancellation));
    }

    [Fact]
    public async Task A_policy_under_the_name_of_an_ended_session_that_gives_something_is_told()
    {
        await Target.PutAsync(Marker.EndedName("billing", "x"), Marker.EndedId("billing", TimeProvider.System.GetUtcNow().AddHours(1)), "*");

        Assert.Contains((await Target.ObserveAsync()).Objects, seen => seen.Object.Key.EndsWith("ended.x", StringComparison.Ordinal) && seen.Ownership == Domain.Enforcement.Ownership.Foreign);
    }

    [Fact]
    public async Task A_session_is_no_longer_than_its_grant_but_for_the_fifteen_minutes_that_aws_asks_for()
    {
        var now = TimeProvider.System.GetUtcNow();
        var longer = (await Target.Connector.IssueCredentialAsync(Request(Role, "g1", TimeSpan.FromMinutes(40)), ConnectorTarget.Valid(), Cancellation)).Value;
        var shorter = (await Target.Connector.IssueCredentialAsync(Request(Role, "g2", TimeSpan.FromMinutes(1)), ConnectorTarget.Valid(), Cancellation)).Value;

        Assert.InRange(longer.ExpiresAt - now, TimeSpan.FromMinutes(39), TimeSpan.FromMinutes(40.5));
        Assert.InRange(shorter.ExpiresAt - now, TimeSpan.FromMinutes(14.9), TimeSpan.FromMinutes(15.5));
        Assert.InRange(shorter.ResidualUntil - now, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(3));
    }

    [Fact]
    public async Task A_role_that_does_not_trust_us_says_what_is_needed_and_nothing_is_left()
    {
        await Target.Admin.UpdateAssumeRolePolicyAsync(PrincipalName.Parse(Role), Trust.DocumentFor($"arn:aws:iam::{SandboxAccount.AccountId}:root").Replace("Allow", "Deny", StringComparison.Ordinal), Cancellation);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Connector, Role, "g1", TimeSpan.FromHours(1)));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains("trust policy of role/app has to let arn:aws:iam::123456789012:user/admin assume it", failure.Message, StringComparison.Ordinal);
        Assert.Null(await EndAsync(Role, "g1"));
    }

    [Fact]
    public async Task A_session_whose_answer_was_lost_can_do_nothing()
    {
        await Target.ApplyAsync(Target.Desired(2, Reads(1)));
        using var lost = Target.Proxy.Inject(new Fault.DropAfter(), request => request.Action == "AssumeRole");

        await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Faulty, Role, "g1", TimeSpan.FromHours(1)));

        Assert.Contains(await Target.Admin.ListPoliciesAsync(PrincipalName.Parse(Role), Cancellation), policy => policy.Contains(".ended.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Offboarding_ends_the_sessions_of_a_role_that_stays()
    {
        await Target.PutAsync("by-hand", null, "arn:aws:s3:::orders-prod/*");
        var session = await IssueAsync(Target.Connector, Role, "g1", TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(session));

        await Target.ApplyAsync(Target.Desired(3) with { PrincipalWanted = false });

        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));
        Assert.NotNull((await Target.ObserveAsync()).PrincipalNativeId);
    }

    [Fact]
    public async Task A_key_is_rotated_when_it_is_asked_for_again()
    {
        await ApplyAsync(Target.Connector, Own("user/bot", 2, new Domain.Enforcement.DesiredEntitlement(Reads(1), "g1", null)));
        var first = await IssueAsync(Target.Connector, "user/bot", "g1", TimeSpan.FromHours(1));
        var other = await IssueAsync(Target.Connector, "user/bot", "g2", TimeSpan.FromHours(1));
        var second = await IssueAsync(Target.Connector, "user/bot", "g1", TimeSpan.FromHours(1));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(first), await GetAsync(second), await GetAsync(other)));
    }

    [Fact]
    public async Task A_key_whose_answer_was_lost_does_not_stay()
    {
        await ApplyAsync(Target.Connector, Own("user/bot", 2, new Domain.Enforcement.DesiredEntitlement(Reads(1), "g1", null)));
        using var lost = Target.Proxy.Inject(new Fault.DropAfter(), request => request.Action == "CreateAccessKey");

        await Assert.ThrowsAsync<PlatformException>(() => IssueAsync(Target.Faulty, "user/bot", "g1", TimeSpan.FromHours(1)));

        Assert.Empty(await Target.Admin.ListAccessKeysAsync(new(PrincipalKind.User, "bot"), Cancellation));
        Assert.Null(await EndAsync("user/bot", "g1"));
    }

    private async Task<HttpStatusCode> GetAsync(AwsAccessKey key)
    {
        using var s3 = new S3Client(Target.Sandbox.Place.Address, key, Target.Sandbox.Server.Clock);
        return await s3.GetAsync($"/{Target.Resource(1).Container}/{Target.Resource(1).Name}");
    }
}
