using k8s;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Mutants;

namespace NhiGrains.Platforms.Kubernetes.Tests.Compiling;

/// <summary>Deliberately wrong translations: each is applied in place of the right one, and has to be found by asking the cluster's authorizer.</summary>
public class MutantTests(Cluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_right_has_no_wrong_answer_and_no_difference()
    {
        await using var target = await MakeAsync();
        var right = Right(target);
        await target.ApplyAsync(right);

        Assert.Equal((0, 0), await FoundAsync(target, right));
        TestContext.Current.TestOutputHelper?.WriteLine($"{(await target.Connector.ProbeAsync(right, Cancellation))?.Probes.Count} questions, a call each");
    }

    /// <remarks>Each has namespaces and an account of its own, so that it stands alone.</remarks>
    [Fact]
    public Task Every_wrong_translation_is_found_by_a_probe_or_says_why_only_an_observation_can() => MutantTable.PrintAsync(WrongRoles.All, async wrong =>
    {
        await using var target = await MakeAsync();
        var right = Right(target);
        var plan = target.Plan(right);
        var roles = new WrongPlan(target, plan.Objects);
        wrong.Change(roles);
        await target.Connector.ApplyAsync(right, plan with { Objects = roles.Objects }, ConnectorTarget.Valid(), Cancellation);
        if (wrong.ByHand is not null)
            await wrong.ByHand(target);
        var (wrongAnswers, differences) = await FoundAsync(target, right);
        return new(wrong.Name, wrongAnswers, differences, wrong.NotAsked);
    });

    private async Task<KubernetesTarget> MakeAsync()
    {
        var target = await KubernetesTarget.MakeAsync(cluster.Server);
        foreach (var name in (string[])[WrongRoles.Second(target), WrongRoles.Third(target)])
            await target.Admin.CreateNamespaceAsync(new() { Metadata = new() { Name = name } }, cancellationToken: Cancellation);
        return target;
    }

    private static DesiredState Right(KubernetesTarget target) => target.Desired(2,
        target.Entitlement(target.Resource(1), Verb.Read, Verb.Write),
        target.Entitlement(new("pods", target.Namespace, ResourceMatch.All, null), Verb.List),
        target.Entitlement(new("deployments/scale", target.Namespace, ResourceMatch.Exact, "web"), Verb.Write),
        target.Entitlement(new("configmaps", WrongRoles.Second(target), ResourceMatch.All, null), Verb.Read),
        target.Entitlement(new("nodes", "", ResourceMatch.All, null), Verb.Read));

    private static async Task<(int Wrong, int Differences)> FoundAsync(KubernetesTarget target, DesiredState right)
    {
        var probes = await target.Connector.ProbeAsync(right, Cancellation);
        return (probes?.Wrong.Count() ?? 0, Comparison.Compare(target.Plan(right).Objects, await target.ObserveAsync()).Count);
    }
}
