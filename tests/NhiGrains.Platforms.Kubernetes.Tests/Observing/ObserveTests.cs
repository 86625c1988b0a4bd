using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Kubernetes.Tests.Observing;

public class ObserveTests(Cluster cluster, ITestOutputHelper output) : KubernetesTests(cluster)
{
    private const string Rbac = "rbac.authorization.k8s.io";

    [Fact]
    public async Task Every_way_to_reach_the_account_is_seen_with_what_it_gives()
    {
        await Target.BindByHandAsync("direct", (Rbac, "ClusterRole", "view"), Target.Account());
        await Target.BindByHandAsync("as-user", (Rbac, "Role", "none"), Subject("User", $"system:serviceaccount:{Target.Namespace}:app"));
        await Target.BindByHandAsync("of-namespace", (Rbac, "ClusterRole", "view"), Subject("Group", $"system:serviceaccounts:{Target.Namespace}"));
        await Target.BindByHandAsync("of-others", (Rbac, "ClusterRole", "view"), Subject("User", "grace"), Subject("Group", "system:serviceaccounts:elsewhere"));

        var seen = (await Target.ObserveAsync()).Objects.ToDictionary(o => o.Object.Key);

        Assert.Equal(Ownership.Foreign, seen[$"{Target.Namespace}/direct"].Ownership);
        Assert.Equal(Ownership.Foreign, seen[$"{Target.Namespace}/as-user"].Ownership);
        Assert.Equal($$"""{"role":"Role/none","via":["User/system:serviceaccount:{{Target.Namespace}}:app"]}""", seen[$"{Target.Namespace}/as-user"].Object.Body);
        Assert.Equal(Ownership.Inherited, seen[$"{Target.Namespace}/of-namespace"].Ownership);
        Assert.Equal(Ownership.Inherited, seen["system:basic-user"].Ownership);
        Assert.Contains("selfsubjectaccessreviews", seen["system:basic-user"].Object.Body, StringComparison.Ordinal);
        Assert.DoesNotContain($"{Target.Namespace}/of-others", seen.Keys);
    }

    [Fact]
    public async Task A_change_of_a_foreign_role_shows_and_a_change_of_other_subjects_does_not()
    {
        await Target.GiveByHandAsync(Target.Resource(1));
        var before = await ForeignAsync();
        var binding = await Target.Admin.ReadNamespacedRoleBindingAsync("by-hand", Target.Namespace, cancellationToken: Cancellation);
        binding.Subjects.Add(Subject("User", "grace"));
        await Target.Admin.ReplaceNamespacedRoleBindingAsync(binding, "by-hand", Target.Namespace, cancellationToken: Cancellation);
        var sameForUs = await ForeignAsync();
        var role = await Target.Admin.ReadNamespacedRoleAsync("by-hand", Target.Namespace, cancellationToken: Cancellation);
        role.Rules[0].Verbs.Add("delete");
        await Target.Admin.ReplaceNamespacedRoleAsync(role, "by-hand", Target.Namespace, cancellationToken: Cancellation);

        Assert.Equal(before, sameForUs);
        Assert.Contains("delete", (await ForeignAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Our_marker_and_the_generation_are_on_every_object()
    {
        await Target.ApplyAsync(Target.Desired(42, Target.Entitlement(Target.Resource(1), Verb.Read)));

        var ours = (await Target.ObserveAsync()).Objects.Where(o => o.Ownership == Ownership.Ours).ToArray();
        var role = await Target.Admin.ReadNamespacedRoleAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation);

        Assert.Equal(2, ours.Length);
        Assert.All(ours, o => Assert.Equal(42, o.Generation));
        Assert.Equal("nhigrains", role.Metadata.Labels["app.kubernetes.io/managed-by"]);
        Assert.Equal(Target.IdentityId, role.Metadata.Labels["nhigrains.io/identity"]);
        Assert.Equal(64, role.Metadata.Annotations["nhigrains.io/desired-digest"].Length);
    }

    [Fact]
    public async Task Many_bindings_are_read_in_pages_and_pages_that_are_gone_are_read_again()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        await ManyBindingsAsync(1_000);
        var gone = new Fault.Answer(410, Body: """{"kind":"Status","message":"too old","code":410}""", ContentType: "application/json");
        using var inTheMiddle = Target.Proxy.Inject(gone, request => request.Target.Contains("/rolebindings?", StringComparison.Ordinal) && request.Target.Contains("continue=", StringComparison.Ordinal), times: 1);

        var seen = await Target.ObserveAsync(Target.Faulty);

        Assert.Equal(2, seen.Objects.Count(o => o.Ownership == Ownership.Ours));
        Assert.True(Target.Proxy.Passed.Count(request => request.Target.Contains("/rolebindings?", StringComparison.Ordinal)) >= 5);
        using var always = Target.Proxy.Inject(gone, request => request.Target.Contains("continue=", StringComparison.Ordinal));
        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ObserveAsync(Target.Faulty));
        Assert.Equal(PlatformError.Unavailable, failure.Error);
        await MeasureAsync();
    }

    /// <summary>What one observation costs beside a thousand bindings of others, and what many at once cost, who share.</summary>
    private async Task MeasureAsync()
    {
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
            times.Add(await MillisecondsAsync(() => Target.ObserveAsync()));
        var together = await MillisecondsAsync(() => Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Target.ObserveAsync())));
        times.Sort();
        output.WriteLine($"One observation beside 1,000 role bindings: p50 {times[5]:F0} ms, max {times[^1]:F0} ms; 200 at once {together:F0} ms.");
        Assert.True(together < 200 * times[5], "Observations at the same time do not share what they read.");
    }

    private static async Task<double> MillisecondsAsync(Func<Task> action)
    {
        var since = TimeProvider.System.GetTimestamp();
        await action();
        return TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;
    }

    private async Task ManyBindingsAsync(int count)
    {
        foreach (var chunk in Enumerable.Range(0, count).Chunk(20))
        {
            await Task.WhenAll(chunk.Select(i => Target.BindByHandAsync($"other-{i}", (Rbac, "ClusterRole", "view"),
                new Rbacv1Subject { Kind = "ServiceAccount", Name = $"other-{i}", NamespaceProperty = Target.Namespace })));
        }
    }

    private async Task<NativeObject> ForeignAsync() => (await Target.ObserveAsync()).Objects.Single(o => o.Ownership == Ownership.Foreign).Object;

    private static Rbacv1Subject Subject(string kind, string name) => new() { Kind = kind, ApiGroup = Rbac, Name = name };
}
