using NhiGrains.Domain.Entitlements;

namespace NhiGrains.Platforms.Kubernetes.Tests.Probing;

public class ProberTests(Cluster cluster) : KubernetesTests(cluster)
{
    [Fact]
    public async Task What_stays_wrong_is_asked_again_by_itself_and_everything_once_more_at_the_end()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Target.BreakByHandAsync();

        var report = await Target.Faulty.ProbeAsync(desired, Cancellation);

        var asked = Target.Proxy.Passed.Count(request => request.Target.Contains("subjectaccessreviews", StringComparison.Ordinal));
        var questions = report?.Probes.Count(probe => !probe.Question.StartsWith("service account", StringComparison.Ordinal)) ?? 0;
        var again = asked - (2 * questions);
        Assert.Contains("get configmaps", Assert.Single(report?.Wrong ?? []).Question, StringComparison.Ordinal);
        // One for the one that is wrong, every 100 ms for two seconds.
        Assert.InRange(again, 1, 25);
    }
}
