using k8s;
using k8s.Models;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.Applying;

public class CustomResourceTests(Cluster cluster) : KubernetesTests(cluster)
{
    /// <summary>A group of this test alone.</summary>
    private string Group => $"{Target.Namespace}.example.com";

    private string Type => $"widgets.{Group}";

    [Fact]
    public async Task One_of_the_cluster_is_given_proven_mended_and_taken_away()
    {
        await DefineAsync("Cluster");
        var desired = Target.Desired(2, Target.Entitlement(OfCluster("web"), Verb.Read, Verb.Write), Target.Entitlement(Target.Resource(1), Verb.Read));

        await Target.ApplyAsync(desired);
        await AssertRightAsync(desired);
        Assert.Equal(0, (await Target.ApplyAsync(desired)).Writes);

        var role = await Target.Admin.ReadClusterRoleAsync(Target.Own, cancellationToken: Cancellation);
        role.Rules[0].ResourceNames = null;
        await Target.Admin.ReplaceClusterRoleAsync(role, Target.Own, cancellationToken: Cancellation);
        Assert.Contains(await DifferencesAsync(desired), one => one is { Kind: DifferenceKind.Changed, ObjectKind: "ClusterRole", Ownership: Ownership.Ours });
        await Target.ApplyAsync(desired);
        await Target.Admin.DeleteClusterRoleBindingAsync(Target.Own, cancellationToken: Cancellation);
        Assert.Contains(await DifferencesAsync(desired), one => one is { Kind: DifferenceKind.Missing, ObjectKind: "ClusterRoleBinding" });
        await Target.ApplyAsync(desired);
        await AssertRightAsync(desired);

        var without = Target.Desired(3, Target.Entitlement(Target.Resource(1), Verb.Read)) with { EndedEntitlements = [desired.Entitlements[0].Entitlement] };
        await Target.ApplyAsync(without);
        await AssertRightAsync(without);
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, one => one.Ownership == Ownership.Ours && one.Object.Kind.StartsWith("Cluster", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_lives_in_namespaces_is_not_given_in_all_of_them()
    {
        await DefineAsync("Namespaced");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(OfCluster(null), Verb.Read), Target.Entitlement(Target.Resource(1), Verb.Read))));

        Assert.Equal((PlatformError.Rejected, $"'{Type}' live in namespaces. Name the namespace as the container."), (failure.Error, failure.Message));
        await AssertNothingIsOursAsync();
        var inOne = Target.Desired(3, Target.Entitlement(OfCluster(null) with { Container = Target.Namespace }, Verb.Read));
        await Target.ApplyAsync(inOne);
        await AssertRightAsync(inOne);
    }

    [Fact]
    public async Task One_of_the_cluster_is_not_given_in_a_namespace_where_it_means_nothing()
    {
        await DefineAsync("Cluster");

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(OfCluster(null) with { Container = Target.Namespace }, Verb.Read))));

        Assert.Equal((PlatformError.Rejected, $"'{Type}' belong to the cluster and to no namespace. Leave the container empty."), (failure.Error, failure.Message));
        await AssertNothingIsOursAsync();
    }

    [Fact]
    public async Task Without_a_definition_nothing_is_given_in_the_cluster_and_in_a_namespace_it_is()
    {
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(OfCluster(null), Verb.Read))));

        Assert.Equal(PlatformError.NotFound, failure.Error);
        Assert.Contains(Type, failure.Message, StringComparison.Ordinal);
        await AssertNothingIsOursAsync();
        // Another API server may serve it.
        await Target.ApplyAsync(Target.Desired(3, Target.Entitlement(OfCluster(null) with { Container = Target.Namespace }, Verb.Read)));
    }

    /// <remarks>To RBAC nothing has changed, and the access would now be in all namespaces.</remarks>
    [Fact]
    public async Task A_definition_that_was_made_again_with_another_scope_is_noticed_and_takes_the_access_with_it()
    {
        await DefineAsync("Cluster");
        var desired = Target.Desired(2, Target.Entitlement(OfCluster("web"), Verb.Read), Target.Entitlement(new("nodes", "", ResourceMatch.All, null), Verb.List), Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        await Target.Admin.DeleteCustomResourceDefinitionAsync(Type, cancellationToken: Cancellation);
        await DefineAsync("Namespaced");

        var changed = Assert.Single(await DifferencesAsync(desired));
        var probes = await Target.Connector.ProbeAsync(desired, Cancellation);
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired));

        Assert.Equal((DifferenceKind.Changed, Ownership.Ours), (changed.Kind, changed.Ownership));
        Assert.Contains($"\"misplaced\":[\"{Type}\"]", changed.Observed, StringComparison.Ordinal);
        Assert.Equal($"{Type} is Cluster by its definition", Assert.Single(probes?.Wrong ?? []).Question);
        Assert.Equal(PlatformError.Rejected, failure.Error);
        var left = (await Target.ObserveAsync()).Objects.Where(one => one.Ownership == Ownership.Ours).Select(one => one.Object).ToArray();
        Assert.DoesNotContain(left, one => one.Body.Contains("widgets", StringComparison.Ordinal));
        Assert.Equal(["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"], left.Select(one => one.Kind));
    }

    [Theory]
    [InlineData(403, PlatformError.AccessDenied)]
    [InlineData(500, PlatformError.Unavailable)]
    public async Task A_definition_that_cannot_be_read_keeps_nothing_from_being_taken_away_and_takes_nothing_away(int status, PlatformError error)
    {
        await DefineAsync("Cluster");
        var custom = Target.Entitlement(OfCluster("web"), Verb.Read);
        await Target.ApplyAsync(Target.Desired(2, custom, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var before = (await Target.ObserveAsync()).OwnDigest();
        using var broken = Target.Proxy.Inject(new Fault.Answer(status), request => request.Target.Contains("/customresourcedefinitions/", StringComparison.Ordinal));

        Assert.Equal(before, (await Target.ObserveAsync(Target.Faulty)).OwnDigest());
        var nodes = Target.Entitlement(new("nodes", "", ResourceMatch.All, null), Verb.List);
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3, custom, nodes), Target.Faulty));

        Assert.Equal(error, failure.Error);
        Assert.Contains(Type, failure.Message, StringComparison.Ordinal);
        var left = (await Target.ObserveAsync()).Objects.Where(one => one.Ownership == Ownership.Ours).Select(one => one.Object).ToArray();
        Assert.Equal(["ClusterRole", "ClusterRoleBinding"], left.Select(one => one.Kind));
        Assert.Contains("widgets", left[0].Body, StringComparison.Ordinal);
        Assert.DoesNotContain("nodes", left[0].Body, StringComparison.Ordinal);
    }

    private ResourceSelector OfCluster(string? name) => new(Type, "", name is null ? ResourceMatch.All : ResourceMatch.Exact, name);

    private async Task AssertRightAsync(DesiredState desired)
    {
        Assert.Empty(await DifferencesAsync(desired));
        Assert.Empty((await Target.Connector.ProbeAsync(desired, Cancellation))?.Wrong ?? []);
    }

    private async Task<IReadOnlyList<Difference>> DifferencesAsync(DesiredState desired) => Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync());

    private async Task AssertNothingIsOursAsync() => Assert.DoesNotContain((await Target.ObserveAsync()).Objects, one => one.Ownership == Ownership.Ours);

    /// <summary>As soon as the one before it is gone.</summary>
    private Task DefineAsync(string scope) => Eventually.TrueAsync(async () =>
    {
        try
        {
            await Target.DefineAsync(Group, scope);
            return true;
        }
        catch (k8s.Autorest.HttpOperationException refused) when (refused.Response.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            return false;
        }
    }, TimeSpan.FromSeconds(20), () => $"The old definition of {Type} does not go.", Cancellation);
}
