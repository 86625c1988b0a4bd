using System.Net;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Aws.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Aws.Tests.Credentials;

/// <summary>Many short grants of one role: what ends their sessions has its place in the role's inline policies, and none of it is lost.</summary>
public sealed class EndedSessionsTests(ITestOutputHelper output) : AwsTests
{
    private const string Role = "role/app";

    private static readonly TimeSpan Short = TimeSpan.FromMinutes(15);
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    [Fact]
    public async Task Forty_five_short_grants_end_one_after_the_other_beside_the_largest_policy_that_is_given()
    {
        await LargestAsync();
        var sessions = new List<AwsAccessKey>();

        foreach (var grant in Enumerable.Range(0, 45).Select(number => $"g{number}"))
        {
            sessions.Add(await IssueAsync(Target.Connector, Role, grant, Short));
            Assert.NotNull(await EndAsync(Role, grant));
        }

        foreach (var session in sessions)
            Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));
        Assert.Single(await EndedAsync());
        Assert.Single((await Target.ObserveAsync()).Objects);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_could_not_be_ended_is_not_handed_out_and_what_was_handed_out_can_be_ended(bool beforeOthers)
    {
        await LargestAsync();
        if (beforeOthers)
            await Target.PutAsync("by-hand", null, $"arn:aws:s3:::orders-prod/{new string('x', 1_500)}");
        var open = new List<string>();
        string? refused = null;

        // Two in three are ended at once, the others later.
        for (var number = 0; refused is null; number++)
        {
            Assert.True(number < 200, "It is never refused.");
            var issued = await Target.Connector.IssueCredentialAsync(Request(Role, $"g{number}", Short), ConnectorTarget.Valid(), Cancellation);
            refused = issued.Refusal?.Code;
            if (number % 3 == 0 && issued.IsOk)
                open.Add($"g{number}");
            else if (issued.IsOk)
                Assert.NotNull(await EndAsync(Role, $"g{number}"));
        }

        output.WriteLine($"{open.Count} can still be ended.");
        Assert.Equal("NO_ROOM_TO_END_SESSIONS", refused);
        Assert.InRange(open.Count, 3, 46);
        Assert.NotNull(await EndAsync(Role, [.. open]));
        Assert.Null(await EndAsync(Role, [.. open]));
    }

    [Fact]
    public async Task There_is_room_again_when_the_sessions_are_over()
    {
        await LargestAsync();
        var time = new LeapingTime();
        var (services, connector) = Target.Sandbox.Place.Connector(time: time);
        await using var _ = services;
        var ended = 0;
        while ((await connector.IssueCredentialAsync(Request(Role, $"g{ended}", Short), ConnectorTarget.Valid(), Cancellation)).IsOk)
        {
            await EndAsync(connector, $"g{ended++}");
            Assert.True(ended < 200, "It is never refused.");
        }

        time.Leap(TimeSpan.FromMinutes(21));

        var session = await IssueAsync(connector, Role, "again", Short);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(session));
        await EndAsync(connector, "again");
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));
    }

    [Fact]
    public async Task Processes_that_end_sessions_of_one_role_without_seeing_each_other_lose_none()
    {
        await Target.ApplyAsync(Target.Desired(2, Reads(1)));
        await using var other = Target.Sandbox.Place.Connector(options => options, out var two);
        Target.Sandbox.Server.Faults.Plan = new(VisibleAfter: TimeSpan.FromMinutes(1));
        var sessions = new List<AwsAccessKey>();

        foreach (var number in Enumerable.Range(0, 12))
        {
            var issued = (await Target.Connector.IssueCredentialAsync(Request(Role, $"g{number}", TimeSpan.FromHours(1)), ConnectorTarget.Valid(), Cancellation)).Value;
            sessions.Add(Handed.Key(issued.Secret));
            await EndAsync(number % 3 == 0 ? Target.Connector : two, $"g{number}", issued.Handle);
        }

        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        foreach (var session in sessions)
            Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));
        Assert.Equal(2, (await EndedAsync()).Count);
    }

    [Fact]
    public async Task A_write_without_an_answer_that_arrives_after_later_ones_takes_nothing_back()
    {
        await Target.ApplyAsync(Target.Desired(2, Reads(1)));
        var sessions = new List<AwsAccessKey>();
        foreach (var grant in (string[])["g1", "g2", "g3"])
            sessions.Add(await IssueAsync(Target.Faulty, Role, grant, TimeSpan.FromHours(1)));
        await EndAsync(Target.Faulty, "g1");
        using (Target.Proxy.Inject(new Fault.DropAfter(), request => request.Action == "PutRolePolicy", times: 1))
            await Assert.ThrowsAsync<PlatformException>(() => EndAsync(Target.Faulty, "g2"));
        var name = PrincipalName.Parse(Role);
        var lost = await Target.Admin.FindPolicyAsync(name, Assert.Single(await EndedAsync()), Cancellation);

        await EndAsync(Target.Faulty, "g3");
        await EndAsync(Target.Faulty, "g2");
        await Target.Admin.PutPolicyAsync(name, lost?.Name ?? "", lost?.Document ?? "", Cancellation);

        foreach (var session in sessions)
            Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));
    }

    [Fact]
    public async Task Who_reads_a_policy_that_is_soon_over_as_it_was_takes_nothing_away_that_was_added_since()
    {
        var desired = Target.Desired(2, Reads(1));
        await Target.ApplyAsync(desired);
        var time = new LeapingTime();
        var (services, connector) = Target.Sandbox.Place.Connector(time: time);
        await using var _ = services;
        await IssueAsync(connector, Role, "g1", Short);
        await EndAsync(connector, "g1");
        var first = Assert.Single(await EndedAsync());
        // What was written until now is seen, and what is written from now on is not.
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        Target.Sandbox.Server.Faults.Plan = new(VisibleAfter: TimeSpan.FromMinutes(1));
        time.Leap(TimeSpan.FromMinutes(56));
        var session = await IssueAsync(connector, Role, "g2", Short);

        await EndAsync(connector, "g2");
        time.Leap(TimeSpan.FromMinutes(5));
        await Target.ApplyAsync(desired, connector);

        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain(first, await EndedAsync());
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session));
    }

    /// <summary>The role has what fits beside what is kept free, and may read the first object.</summary>
    private async Task LargestAsync()
    {
        for (var names = 80; ; names--)
        {
            var many = AwsPlace.On("s3-object", "orders-prod", ResourceMatch.Exact, "x", Verb.Read) with
            {
                Resources = [.. Enumerable.Range(0, names).Select(i => new ResourceSelector("s3-object", "orders-prod", ResourceMatch.Exact, $"{new string('x', 60)}{i}"))],
            };
            var desired = Target.Desired(2, Reads(1), many);
            if (Target.Connector.Compile(new(desired.IdentityId, desired.Binding, desired.Entitlements, ControllerEndAllowed: false)).Fidelity is Fidelity.Refused)
                continue;
            await Target.ApplyAsync(desired);
            return;
        }
    }

    private static Task<DateTimeOffset?> EndAsync(IPlatformConnector connector, string grant, string? handle = null) => connector.EndSessionsAsync(
        new(AwsPlace.PlatformId, Role), "billing", [grant],
        handle is null ? Nothing : new Dictionary<string, string>(StringComparer.Ordinal) { [grant] = handle }, ConnectorTarget.Valid(), Cancellation);

    private async Task<IReadOnlyList<string>> EndedAsync() =>
        [.. (await Target.Admin.ListPoliciesAsync(PrincipalName.Parse(Role), Cancellation)).Where(policy => policy.StartsWith("nhi.billing.ended.", StringComparison.Ordinal))];

    private async Task<HttpStatusCode> GetAsync(AwsAccessKey key)
    {
        using var s3 = new S3Client(Target.Sandbox.Place.Address, key, Target.Sandbox.Server.Clock);
        return await s3.GetAsync($"/{Target.Resource(1).Container}/{Target.Resource(1).Name}");
    }
}
