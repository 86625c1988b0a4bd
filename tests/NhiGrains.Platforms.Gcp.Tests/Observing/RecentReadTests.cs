using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Gcp.Tests.Observing;

/// <summary>Reading a project is costly, and what was read a moment ago serves once.</summary>
public class RecentReadTests : GcpTests
{
    [Fact]
    public async Task An_attempt_that_observes_applies_observes_and_probes_reads_the_project_twice()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

        await Target.ObserveAsync(Target.Faulty);
        await Target.ApplyAsync(desired, Target.Faulty);
        var after = await Target.ObserveAsync(Target.Faulty);
        Assert.Empty((await Target.Faulty.ProbeAsync(desired, Cancellation))?.Wrong ?? []);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, after));
        Assert.Equal(2, Readings());
    }

    [Fact]
    public async Task What_was_observed_serves_once_and_is_read_anew_after_that()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ObserveAsync(Target.Faulty);
        await Target.ApplyAsync(desired, Target.Faulty);
        await Target.BreakByHandAsync();

        Assert.Equal(1, (await Target.ApplyAsync(desired, Target.Faulty)).Writes);

        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }

    [Fact]
    public async Task What_somebody_wrote_between_an_observation_and_the_attempt_upon_it_is_kept()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ObserveAsync(Target.Faulty);
        await Target.Hands.BindAsync($"storage/v1/b/{GcpTarget.Bucket}", "roles/storage.objectViewer", "user:somebody@example.com");

        await Target.ApplyAsync(desired, Target.Faulty);

        Assert.Contains("somebody@example.com", (await Target.Hands.PolicyAsync($"storage/v1/b/{GcpTarget.Bucket}")).ToJsonString(), StringComparison.Ordinal);
        Assert.True(await Target.AllowsAsync(Target.Resource(1), Verb.Read));
    }

    /// <summary>Each reads the project's policy once; nothing here writes it.</summary>
    private int Readings() => Target.Proxy.Passed.Count(request => request.Target.Contains($"/projects/{GcpTarget.Project}:getIamPolicy", StringComparison.Ordinal));
}
