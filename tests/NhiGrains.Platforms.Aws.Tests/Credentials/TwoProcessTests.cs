using System.Net;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Credentials;

/// <summary>
/// One process hands out and another one ends, and IAM shows neither what the other has written for as long as the test lasts. What the
/// engine has stored in between is what the ending is told, and nothing else.
/// </summary>
public sealed class TwoProcessTests : AwsTests
{
    private const string Role = "role/app";
    private const string User = "user/bot";

    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    [Theory]
    [InlineData(Role)]
    [InlineData(User)]
    public async Task What_one_process_handed_out_another_one_ends_though_it_sees_nothing_of_it(string principal)
    {
        await GivenAsync(principal);
        await using var other = Other(out var ending);
        var issued = await HandAsync(Target.Connector, principal, null);
        var bystander = await IssueAsync(Target.Connector, principal, "g2", TimeSpan.FromHours(1));

        Assert.NotNull(await EndAsync(ending, principal, issued.Handle));

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await LaterAsync(Handed.Key(issued.Secret)), await LaterAsync(bystander, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData(Role)]
    [InlineData(User)]
    public async Task What_two_processes_handed_out_for_one_grant_a_third_one_ends(string principal)
    {
        await GivenAsync(principal);
        await using var second = Other(out var two);
        await using var third = Other(out var three);
        var first = await HandAsync(Target.Connector, principal, null);
        var last = await HandAsync(two, principal, first.Handle);

        await EndAsync(three, principal, last.Handle);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await LaterAsync(Handed.Key(first.Secret)), await LaterAsync(Handed.Key(last.Secret), TimeSpan.Zero)));
        if (principal == User)
            Assert.Empty(await Target.Admin.ListAccessKeysAsync(PrincipalName.Parse(User), Cancellation));
    }

    [Theory]
    [InlineData(Role)]
    [InlineData(User)]
    public async Task Who_remembers_his_own_tag_ends_what_another_one_handed_out_since(string principal)
    {
        await GivenAsync(principal);
        await using var second = Other(out var two);
        var first = await HandAsync(Target.Connector, principal, null);
        var last = await HandAsync(two, principal, first.Handle);

        // The first one still takes what it wrote itself for the newest.
        await EndAsync(Target.Connector, principal, last.Handle);

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (await LaterAsync(Handed.Key(first.Secret)), await LaterAsync(Handed.Key(last.Secret), TimeSpan.Zero)));
    }

    [Theory]
    [InlineData(Role)]
    [InlineData(User)]
    public async Task Ending_again_after_a_crash_between_the_end_and_what_is_stored_of_it_succeeds(string principal)
    {
        await GivenAsync(principal);
        await using var second = Other(out var two);
        var issued = await HandAsync(Target.Connector, principal, null);
        await EndAsync(two, principal, issued.Handle);
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(10));
        await using var third = Later(out var three);

        await EndAsync(three, principal, issued.Handle);

        Assert.Equal(HttpStatusCode.Forbidden, await LaterAsync(Handed.Key(issued.Secret), TimeSpan.Zero));
    }

    [Fact]
    public async Task An_access_key_that_iam_itself_does_not_know_yet_is_not_said_to_be_ended()
    {
        await GivenAsync(User);
        var issued = await HandAsync(Target.Connector, User, null);
        const string unknown = """<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>The Access Key cannot be found.</Message></Error><RequestId>1</RequestId></ErrorResponse>""";
        using (Target.Proxy.Inject(new Fault.Answer(404, Body: unknown, ContentType: "text/xml"), request => request.Action is "UpdateAccessKey" or "DeleteAccessKey"))
        {
            var failure = await Assert.ThrowsAsync<PlatformException>(() => EndAsync(Target.Faulty, User, issued.Handle));
            Assert.Equal(PlatformError.Unavailable, failure.Error);
        }

        Assert.NotNull(await EndAsync(Target.Faulty, User, issued.Handle));
        Assert.Equal(HttpStatusCode.Forbidden, await LaterAsync(Handed.Key(issued.Secret)));
    }

    [Fact]
    public async Task A_session_that_was_given_while_its_grant_was_being_ended_and_before_that_was_stored_is_ended_by_the_next_attempt()
    {
        await GivenAsync(Role);
        await using var second = Other(out var two);

        // It has read the engine's state before the credential was stored, so its own end is not stored, and it comes back.
        Assert.Null(await EndAsync(two, Role, handle: null));
        var issued = await HandAsync(Target.Connector, Role, null);
        await EndAsync(two, Role, issued.Handle);

        Assert.Equal(HttpStatusCode.Forbidden, await LaterAsync(Handed.Key(issued.Secret)));
    }

    [Fact]
    public async Task A_session_is_ended_whatever_our_clock_says()
    {
        await GivenAsync(Role);
        await using var second = Other(out var two);
        // AWS's clock is three hours ahead of ours; the SDK corrects signatures by it.
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromHours(3));
        var issued = await HandAsync(Target.Connector, Role, null);

        await EndAsync(two, Role, issued.Handle);

        Assert.Equal(HttpStatusCode.Forbidden, await LaterAsync(Handed.Key(issued.Secret)));
    }

    [Fact]
    public async Task A_role_that_is_seen_as_it_was_before_it_was_made_again_keeps_the_end_of_its_sessions_from_being_said()
    {
        await GivenAsync(Role);
        var issued = await HandAsync(Target.Connector, Role, null);
        await using var second = Other(out var two);
        await using var later = Later(out var three);

        // Whoever sees another id cannot know which of the two is the older one.
        var other = string.Join('.', issued.Handle?.Split('.').Skip(1).Prepend("AROAANOTHER") ?? []);
        Assert.Equal(PlatformError.Unavailable, (await Assert.ThrowsAsync<PlatformException>(() => EndAsync(two, Role, other))).Error);

        Assert.DoesNotContain(await Target.Admin.ListPoliciesAsync(PrincipalName.Parse(Role), Cancellation), policy => policy.Contains(".ended.", StringComparison.Ordinal));
        Assert.Null(await EndAsync(three, Role, other));
    }

    [Fact]
    public async Task A_grant_whose_credential_cannot_be_ended_yet_keeps_no_other_from_being_ended()
    {
        await GivenAsync(User);
        var one = await HandAsync(Target.Connector, User, null);
        var two = (await Target.Connector.IssueCredentialAsync(Request(User, "g2", TimeSpan.FromHours(1)), ConnectorTarget.Valid(), Cancellation)).Value;
        await EndAsync(Target.Connector, User, one.Handle);

        // Its key is gone, which nobody can tell from one that is not known yet.
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.Connector.EndSessionsAsync(
            new(AwsPlace.PlatformId, User), "billing", ["g1", "g2"], new Dictionary<string, string>(StringComparer.Ordinal) { ["g1"] = one.Handle ?? "", ["g2"] = two.Handle ?? "" }, ConnectorTarget.Valid(), Cancellation));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
        Assert.Equal(HttpStatusCode.Forbidden, await LaterAsync(Handed.Key(two.Secret)));
    }

    [Fact]
    public async Task A_key_that_somebody_made_who_broke_off_before_he_handed_it_out_is_ended_with_the_next_rotation()
    {
        await GivenAsync(User);
        Target.Sandbox.Server.Faults.Plan = Sandbox.Faults.FaultPlan.None;
        var first = await HandAsync(Target.Connector, User, null);
        // It is rotated, and what comes of that is never stored.
        await HandAsync(Target.Connector, User, first.Handle);
        await using var later = Later(out var connector);

        var last = await HandAsync(connector, User, first.Handle);

        Assert.Equal([Handed.Key(last.Secret).Id], (await Target.Admin.ListAccessKeysAsync(PrincipalName.Parse(User), Cancellation)).Select(key => key.Id));
    }

    private async Task GivenAsync(string principal)
    {
        await ApplyAsync(Target.Connector, Own(principal, 2, new DesiredEntitlement(Reads(1), "intent", null)));
        Target.Sandbox.Server.Faults.Plan = new(VisibleAfter: TimeSpan.FromMinutes(1));
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(2));
    }

    private ServiceProvider Other(out IPlatformConnector connector) => Target.Sandbox.Place.Connector(options => options, out connector);

    /// <summary>One whose clock has run on by more than IAM can be behind.</summary>
    private ServiceProvider Later(out IPlatformConnector connector)
    {
        var time = new LeapingTime();
        time.Leap(TimeSpan.FromMinutes(10));
        (var services, connector) = Target.Sandbox.Place.Connector(time: time);
        return services;
    }

    private static async Task<IssuedCredential> HandAsync(IPlatformConnector connector, string principal, string? handle) =>
        (await connector.IssueCredentialAsync(Request(principal, "g1", TimeSpan.FromHours(1)) with { Handle = handle }, ConnectorTarget.Valid(), Cancellation)).Value;

    private static Task<DateTimeOffset?> EndAsync(IPlatformConnector connector, string principal, string? handle) => connector.EndSessionsAsync(
        new(AwsPlace.PlatformId, principal), "billing", ["g1"],
        handle is null ? Nothing : new Dictionary<string, string>(StringComparer.Ordinal) { ["g1"] = handle }, ConnectorTarget.Valid(), Cancellation);

    /// <summary>When what was written is in force everywhere, as it is then.</summary>
    private async Task<HttpStatusCode> LaterAsync(AwsAccessKey key, TimeSpan? after = null)
    {
        Target.Sandbox.Server.Clock.Advance(after ?? TimeSpan.FromMinutes(2));
        using var s3 = new S3Client(Target.Sandbox.Place.Address, key, Target.Sandbox.Server.Clock);
        return await s3.GetAsync($"/{Target.Resource(1).Container}/{Target.Resource(1).Name}");
    }
}
