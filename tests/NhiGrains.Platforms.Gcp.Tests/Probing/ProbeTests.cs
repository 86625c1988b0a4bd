using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Gcp.Tests.Probing;

public class ProbeTests : GcpTests
{
    [Fact]
    public async Task The_end_a_neighbour_a_sibling_and_another_bucket_are_asked_about()
    {
        var prefix = Target.Entitlement(new("storage-object", GcpTarget.Bucket, ResourceMatch.Prefix, "team-a/"), Verb.Read, Verb.List);
        var desired = Target.Desired(2) with { Entitlements = [new(prefix, "g1", TimeProvider.System.GetUtcNow().AddHours(1))] };
        await Target.ApplyAsync(desired);

        var report = await Target.Connector.ProbeAsync(desired, Cancellation);

        Assert.NotNull(report);
        Assert.Empty(report.Wrong);
        foreach (var why in (string[])["after the end", "a neighbouring name", "a sibling permission", "another bucket"])
            Assert.Contains(report.Probes, probe => !probe.Expected && probe.Question.Contains(why, StringComparison.Ordinal));
        Assert.Contains(report.Probes, probe => probe.Question.Contains("'team-a-other'", StringComparison.Ordinal));
        Assert.Contains(report.NotAsked, one => one.Contains("prefix of a list", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_condition_that_was_dropped_by_hand_is_found()
    {
        var desired = Target.Desired(2) with { Entitlements = [new(Target.Entitlement(Target.Resource(1), Verb.Read), "g1", TimeProvider.System.GetUtcNow().AddHours(1))] };
        await Target.ApplyAsync(desired);
        await Target.Hands.EditAsync($"storage/v1/b/{GcpTarget.Bucket}", bindings =>
            bindings.Single(binding => binding?["condition"] is not null)?["condition"]?.AsObject()["expression"] = "request.time > timestamp(\"2000-01-01T00:00:00Z\")");

        var wrong = (await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong.Select(probe => probe.Question).ToArray() ?? [];

        Assert.Contains(wrong, question => question.Contains("after the end", StringComparison.Ordinal));
        Assert.Contains(wrong, question => question.Contains("a neighbouring name", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("UNKNOWN_INFO")]
    [InlineData("UNKNOWN_CONDITIONAL")]
    public async Task What_the_authorizer_does_not_know_is_said_and_is_no_answer(string state)
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        using var unknown = Target.Proxy.Inject(new Fault.Answer(200, Body: $$"""{"overallAccessState":"{{state}}"}""", ContentType: "application/json"), request => request.Target.Contains("troubleshoot", StringComparison.Ordinal));

        var report = await Target.Faulty.ProbeAsync(desired, Cancellation);

        Assert.NotNull(report);
        Assert.Empty(report.Wrong);
        Assert.Contains(report.NotAsked, one => one.Contains("is granted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_answer_without_a_decision_makes_the_state_unknown()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        using var empty = Target.Proxy.Inject(new Fault.Answer(200, Body: "{}", ContentType: "application/json"), request => request.Target.Contains("troubleshoot", StringComparison.Ordinal));

        Assert.Equal(PlatformError.Unavailable, (await Assert.ThrowsAsync<PlatformException>(() => Target.Faulty.ProbeAsync(desired, Cancellation))).Error);
    }
}
