using k8s;
using k8s.Models;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Kubernetes.Tests.Api;

public class FailureTests(Cluster cluster) : KubernetesTests(cluster)
{
    [Fact]
    public async Task A_permission_that_we_lack_is_named()
    {
        await Target.Admin.CreateNamespacedServiceAccountAsync(new() { Metadata = new() { Name = "weak" } }, Target.Namespace, cancellationToken: Cancellation);
        var token = await Target.Admin.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new() { Audiences = [] } }, "weak", Target.Namespace, cancellationToken: Cancellation);

        var failure = await FailureWithAsync(token.Status.Token);

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Matches("cannot (get|list) resource \"[a-z]+\"", failure.Message);
        Assert.DoesNotContain(token.Status.Token, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_said_and_not_shown()
    {
        var failure = await FailureWithAsync("no-such-token");

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains("401", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("no-such-token", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_who_answers_is_unavailable()
    {
        var nobody = new Uri($"http://127.0.0.1:{TestKit.Kubernetes.LoopbackPorts.Free(1)[0]}");

        var failure = await FailureWithAsync("any", nobody);

        Assert.Equal(PlatformError.Unavailable, failure.Error);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Somebody_who_wrote_in_between_is_a_conflict_and_is_not_overwritten(string method)
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var next = method == "PUT" ? Target.Desired(3, Target.Entitlement(Target.Resource(1), Verb.Read, Verb.Delete)) : Target.Desired(3);
        bool Slow(PassedRequest request) => request.Method == method && request.Target.Contains("/roles/", StringComparison.Ordinal);
        using var slow = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromSeconds(2)), Slow);

        var writing = Target.ApplyAsync(next, Target.Faulty);
        await TestKit.Waiting.Eventually.TrueAsync(
            () => Task.FromResult(Target.Proxy.Passed.Any(Slow)), TimeSpan.FromSeconds(5), () => $"No {method} came.", Cancellation);
        await Target.WidenByHandAsync();
        var failure = await Assert.ThrowsAsync<PlatformException>(() => writing);

        Assert.Equal(PlatformError.Conflict, failure.Error);
        Assert.Equal(2, (await Target.Admin.ReadNamespacedRoleAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation)).Rules.Count);
    }

    [Fact]
    public async Task Giving_what_we_do_not_have_names_what_is_missing()
    {
        await Target.Admin.CreateNamespacedServiceAccountAsync(new() { Metadata = new() { Name = "reader" } }, Target.Namespace, cancellationToken: Cancellation);
        var name = $"reader-{Target.IdentityId}";
        await Target.Admin.CreateClusterRoleAsync(new()
        {
            Metadata = new() { Name = name },
            Rules =
            [
                new() { ApiGroups = ["rbac.authorization.k8s.io"], Resources = ["roles", "rolebindings", "clusterroles", "clusterrolebindings"], Verbs = ["get", "list", "create", "update", "delete"] },
                new() { ApiGroups = [""], Resources = ["serviceaccounts", "namespaces"], Verbs = ["get", "list"] },
            ],
        }, cancellationToken: Cancellation);
        await Target.Admin.CreateClusterRoleBindingAsync(new()
        {
            Metadata = new() { Name = name },
            RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = name },
            Subjects = [new() { Kind = "ServiceAccount", Name = "reader", NamespaceProperty = Target.Namespace }],
        }, cancellationToken: Cancellation);
        var token = await Target.Admin.CreateNamespacedServiceAccountTokenAsync(new Authenticationv1TokenRequest { Spec = new() { Audiences = [] } }, "reader", Target.Namespace, cancellationToken: Cancellation);
        var (services, connector) = await Target.ConnectorWithAsync(token.Status.Token);
        await using var end = services;

        // The API server lets nobody give more than he has, unless he may 'escalate'.
        var failure = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)), connector));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.Contains("configmaps", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[]}""")]
    [InlineData("""{"kind":"RoleBindingList","metadata":{},"items":[]}""")]
    [InlineData("""{"kind":"RoleBindingList","metadata":{"resourceVersion":"1"}}""")]
    [InlineData("""{"kind":"RoleBindingList","metadata":{"resourceVersion":"1"},"items":[{}]}""")]
    [InlineData("""{"kind":"RoleBindingList","metadata":{"resourceVersion":"1","continue":"again"},"items":[]}""")]
    public async Task A_list_that_is_not_whole_is_not_taken_for_an_empty_one(string list)
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        using var garbled = Target.Proxy.Inject(new Fault.Answer(200, Body: list, ContentType: "application/json"), request => request.Target.Contains("/rolebindings?", StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
    }

    private async Task<PlatformException> FailureWithAsync(string token, Uri? address = null)
    {
        var (services, connector) = await Target.ConnectorWithAsync(token, address);
        await using var end = services;
        return await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(connector));
    }
}
