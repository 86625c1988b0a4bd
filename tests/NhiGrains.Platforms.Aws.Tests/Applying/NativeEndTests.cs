using System.Net;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Aws.Tests.Applying;

/// <summary>Promise 2 with the control plane dead: nobody calls the connector, and only the account's clock goes on.</summary>
public sealed class NativeEndTests : AwsTests
{
    [Fact]
    public async Task Access_ends_at_its_time_without_anybody_doing_anything()
    {
        var end = TimeProvider.System.GetUtcNow().AddMinutes(30);
        await ApplyAsync(Target.Connector, Own("role/agent", 2, new DesiredEntitlement(Reads(1), "g1", end), new DesiredEntitlement(Reads(2), "g2", end.AddHours(1))));
        using var session = new S3Client(Target.Sandbox.Place.Address, await IssueAsync(Target.Connector, "role/agent", "g2", TimeSpan.FromHours(1)), Target.Sandbox.Server.Clock);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await GetAsync(session, 1), await GetAsync(session, 2)));

        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(session, 1));
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK), (await GetAsync(session, 1), await GetAsync(session, 2)));
    }

    [Fact]
    public async Task Access_begins_at_its_time()
    {
        var begin = TimeProvider.System.GetUtcNow().AddMinutes(10);
        await ApplyAsync(Target.Connector, Own("role/agent", 2, new DesiredEntitlement(Reads(1) with { Conditions = new(NotBefore: begin) }, "g1", begin.AddHours(1))));
        using var session = new S3Client(Target.Sandbox.Place.Address, await IssueAsync(Target.Connector, "role/agent", "g1", TimeSpan.FromHours(1)), Target.Sandbox.Server.Clock);

        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync(session, 1));
        Target.Sandbox.Server.Clock.Advance(TimeSpan.FromMinutes(10) + TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(session, 1));
    }

    [Fact]
    public async Task What_is_left_of_it_is_cleaned_up_when_it_is_wanted_no_more()
    {
        var end = TimeProvider.System.GetUtcNow().AddMinutes(30);
        await ApplyAsync(Target.Connector, Own("role/agent", 2, new DesiredEntitlement(Reads(1), "g1", end), new DesiredEntitlement(Reads(2), "intent", null)));

        await ApplyAsync(Target.Connector, Own("role/agent", 3, new DesiredEntitlement(Reads(2), "intent", null)));

        var left = Assert.Single((await Target.Connector.ObserveAsync(new(AwsPlace.PlatformId, "role/agent"), "billing", Cancellation)).Objects);
        Assert.DoesNotContain("CurrentTime", left.Object.Body, StringComparison.Ordinal);
        Assert.Contains(Target.Resource(2).Name ?? "", left.Object.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Probes_ask_for_the_times_the_addresses_and_the_prefix_around_what_is_given()
    {
        var now = TimeProvider.System.GetUtcNow();
        var asked = Target.Entitlement(Target.Prefix, Verb.List, Verb.Read) with { Conditions = new(NotBefore: now.AddHours(-1), SourceCidrs: ["10.0.0.0/8"]) };
        var desired = Own("role/agent", 2, new DesiredEntitlement(asked, "g1", now.AddHours(1)));
        await ApplyAsync(Target.Connector, desired);

        var report = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.NotNull(report);
        Assert.Empty(report.Wrong);
        foreach (var why in (string[])["is granted", "a sibling action", "a neighbouring name", "another container", "a listing of all", "after the end", "before the beginning", "another address", "another account"])
            Assert.Contains(report.Probes, probe => probe.Question.Contains($"({why})", StringComparison.Ordinal));
    }

    private Task<HttpStatusCode> GetAsync(S3Client session, int number) => session.GetAsync($"/{Target.Resource(number).Container}/{Target.Resource(number).Name}");
}
