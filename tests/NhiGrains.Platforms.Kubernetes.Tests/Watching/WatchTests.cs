using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.Kubernetes.Tests.Watching;

public class WatchTests(Cluster cluster) : KubernetesTests(cluster)
{
    private const string Rbac = "rbac.authorization.k8s.io";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    private readonly ConcurrentQueue<PlatformChange> _told = new();

    private PlatformChange Us => new(Target.Binding.Principal);

    [Fact]
    public async Task Changes_of_accounts_and_of_roles_that_others_gave_are_told_of()
    {
        await Target.GiveByHandAsync(Target.Resource(1));
        await using var watching = await WatchAsync(Target.Connector);

        var role = await Target.Admin.ReadNamespacedRoleAsync("by-hand", Target.Namespace, cancellationToken: Cancellation);
        role.Rules[0].Verbs.Add("delete");
        await Target.Admin.ReplaceNamespacedRoleAsync(role, "by-hand", Target.Namespace, cancellationToken: Cancellation);
        await ToldAsync(Us, Soon);
        await Target.Admin.DeleteNamespacedRoleBindingAsync("by-hand", Target.Namespace, cancellationToken: Cancellation);
        await ToldAsync(Us, Soon);
        await Target.RecreatePrincipalAsync();
        await ToldAsync(Us, Soon);
        var group = new Rbacv1Subject { Kind = "Group", ApiGroup = Rbac, Name = $"system:serviceaccounts:{Target.Namespace}" };
        await Target.BindByHandAsync("everybody", (Rbac, "ClusterRole", "view"), group);
        await ToldAsync(PlatformChange.Everything, Soon);
    }

    [Fact]
    public async Task An_account_that_was_taken_out_of_a_binding_is_told_of()
    {
        var other = new Rbacv1Subject { Kind = "User", ApiGroup = Rbac, Name = "grace" };
        await Target.BindByHandAsync("shared", (Rbac, "ClusterRole", "view"), Target.Account(), other);
        await using var watching = await WatchAsync(Target.Connector);

        var binding = await Target.Admin.ReadNamespacedRoleBindingAsync("shared", Target.Namespace, cancellationToken: Cancellation);
        binding.Subjects = [other];
        await Target.Admin.ReplaceNamespacedRoleBindingAsync(binding, "shared", Target.Namespace, cancellationToken: Cancellation);

        await ToldAsync(Us, Soon);
    }

    [Fact]
    public async Task The_first_that_is_told_is_that_everything_may_have_changed()
    {
        static bool IsOf(PassedRequest request, string kind, bool watch) =>
            request.Target.Contains("/" + kind + "?", StringComparison.Ordinal) && request.Target.Contains("watch=true", StringComparison.Ordinal) == watch;
        using var late = Target.Proxy.Inject(new Fault.Delay(TimeSpan.FromSeconds(2)), request => IsOf(request, "rolebindings", watch: false), times: 1);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await using var watching = new Watching(CollectAsync(Target.Faulty.WatchAsync(ending.Token)), ending);

        await Eventually.TrueAsync(
            () => Task.FromResult(Target.Proxy.Passed.Any(request => IsOf(request, "serviceaccounts", watch: true))), Soon, () => "Accounts are not watched.", Cancellation);
        await Target.RecreatePrincipalAsync();

        Assert.Equal(PlatformChange.Everything, (await ToldAsync(PlatformChange.Everything, TimeSpan.FromSeconds(15)))[0]);
    }

    [Fact]
    public async Task A_broken_connection_loses_nothing_and_a_gap_tells_that_everything_may_have_changed()
    {
        // A server of its own: a test beside this one may change a group that everybody is in.
        await using var server = await KubeApiServer.StartAsync(Cancellation);
        await using var target = await KubernetesTarget.MakeAsync(server);
        await using var watching = await WatchAsync(target.Faulty);

        using (target.Proxy.Inject(new Fault.DropBefore(), request => request.Target.Contains("watch=true", StringComparison.Ordinal)))
        {
            target.Proxy.DropAll();
            await target.BindByHandAsync("meanwhile", (Rbac, "ClusterRole", "view"), target.Account());
        }

        Assert.DoesNotContain(PlatformChange.Everything, await ToldAsync(new(target.Binding.Principal), TimeSpan.FromSeconds(15)));
        var gone = """{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}""" + "\n";
        using var once = target.Proxy.Inject(new Fault.Answer(200, Body: gone, ContentType: "application/json"), request => request.Target.Contains("/rolebindings?watch=true", StringComparison.Ordinal), times: 1);
        target.Proxy.DropAll();
        await ToldAsync(PlatformChange.Everything, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task It_survives_that_the_server_is_stopped_and_started_again()
    {
        await using var server = await KubeApiServer.StartAsync(Cancellation);
        await using var target = await KubernetesTarget.MakeAsync(server);
        await target.ApplyAsync(target.Desired(2, target.Entitlement(target.Resource(1), Verb.Read)));
        await using var watching = await WatchAsync(target.Connector);

        await server.RestartAsync(Cancellation);
        await Eventually.TrueAsync(async () =>
        {
            await target.Admin.ReadNamespaceAsync(target.Namespace, cancellationToken: Cancellation);
            return true;
        }, Soon, () => "not back", Cancellation);
        await target.WidenByHandAsync();

        await Eventually.TrueAsync(() => Task.FromResult(_told.Contains(new(target.Binding.Principal)) || _told.Contains(PlatformChange.Everything)),
            TimeSpan.FromSeconds(15), () => "Not told after the server came back.", Cancellation);
        _told.Clear();
        await target.BreakByHandAsync();
        await Eventually.TrueAsync(() => Task.FromResult(_told.Contains(new(target.Binding.Principal))), TimeSpan.FromSeconds(15), () => "Not told of the binding.", Cancellation);
    }

    /// <summary>Returns when the watch has said that it is complete, with nothing told yet.</summary>
    private async Task<Watching> WatchAsync(IPlatformConnector connector)
    {
        var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var watching = new Watching(CollectAsync(connector.WatchAsync(ending.Token)), ending);
        await ToldAsync(PlatformChange.Everything, Soon);
        return watching;
    }

    private async Task CollectAsync(IAsyncEnumerable<PlatformChange> changes)
    {
        await foreach (var change in changes)
            _told.Enqueue(change);
    }

    /// <summary>Waits until it was told, and forgets what was.</summary>
    /// <returns>All that was told until then.</returns>
    private async Task<PlatformChange[]> ToldAsync(PlatformChange change, TimeSpan within)
    {
        await Eventually.TrueAsync(() => Task.FromResult(_told.Contains(change)), within,
            () => $"Not told of {change.Principal ?? "everything"}, but of: {string.Join(", ", _told.Select(told => told.Principal ?? "everything"))}", Cancellation);
        var all = _told.ToArray();
        _told.Clear();
        return all;
    }

    private sealed class Watching(Task collecting, CancellationTokenSource ending) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await ending.CancelAsync();
            await collecting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ending.Dispose();
        }
    }
}
