using k8s;
using k8s.Models;
using Microsoft.Extensions.Time.Testing;
using NhiGrains.Domain.Drift;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;

namespace NhiGrains.Platforms.Kubernetes.Tests.Applying;

public class ApplyTests(Cluster cluster) : KubernetesTests(cluster)
{
    [Fact]
    public async Task A_namespace_that_does_not_exist_is_named_and_nothing_is_half_done()
    {
        var elsewhere = Target.Entitlement(new("configmaps", "no-such-namespace", ResourceMatch.All, null), Verb.Read);
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read), elsewhere);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(desired));

        Assert.Equal(PlatformError.NotFound, failure.Error);
        Assert.Contains("'no-such-namespace'", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Ownership == Ownership.Ours);
    }

    [Fact]
    public async Task A_namespace_that_does_not_exist_keeps_nothing_from_being_taken_away()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));

        var failure = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.ApplyAsync(Target.Desired(3, Target.Entitlement(new("configmaps", "no-such-namespace", ResourceMatch.All, null), Verb.Read))));

        Assert.Equal(PlatformError.NotFound, failure.Error);
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Ownership == Ownership.Ours);
    }

    [Fact]
    public async Task A_namespace_that_refuses_keeps_nothing_in_another_from_being_taken_away()
    {
        string[] namespaces = [$"{Target.Namespace}-a", $"{Target.Namespace}-b", $"{Target.Namespace}-c"];
        foreach (var name in namespaces)
            await Target.Admin.CreateNamespaceAsync(new() { Metadata = new() { Name = name } }, cancellationToken: Cancellation);
        await Target.ApplyAsync(Target.Desired(2, [.. namespaces.Select(name => Target.Entitlement(new("configmaps", name, ResourceMatch.All, null), Verb.Read))]));
        using var refusing = Target.Proxy.Inject(new Fault.Answer(403), request => request.Method == "DELETE" && request.Target.Contains($"/{namespaces[1]}/", StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3), Target.Faulty));

        Assert.Equal(PlatformError.AccessDenied, failure.Error);
        Assert.All((await Target.ObserveAsync()).Objects.Where(o => o.Ownership == Ownership.Ours), left => Assert.StartsWith(namespaces[1], left.Object.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_removal_that_takes_until_the_fence_is_stale_is_told_as_what_it_is()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));
        var clock = new FakeTimeProvider();
        using var silent = Target.Proxy.Inject(new Fault.DropAfter(), request =>
        {
            if (Target.Writes(request))
                clock.Advance(TimeSpan.FromSeconds(11));
            return Target.Writes(request);
        });

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(3), Target.Faulty, new(clock, TimeSpan.FromSeconds(10))));

        Assert.Equal(PlatformError.Unavailable, failure.Error);
    }

    [Fact]
    public async Task An_account_is_created_when_asked_and_goes_with_its_identity()
    {
        var binding = Target.Binding with { Principal = $"{Target.Namespace}/made", CreateIfMissing = true };
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)) with { Binding = binding };

        var applied = await Target.ApplyAsync(desired);
        var now = TimeProvider.System.GetUtcNow();
        var issued = await Target.Connector.IssueCredentialAsync(new(binding, Target.IdentityId, "g", now.AddMinutes(1), now), ConnectorTarget.Valid(), Cancellation);
        var gone = desired with { Generation = 3, PrincipalWanted = false, Entitlements = [] };
        await Target.ApplyAsync(gone);
        await Target.ApplyAsync(gone);

        Assert.NotNull(applied.PrincipalNativeId);
        Assert.True(issued.IsOk);
        Assert.DoesNotContain((await Target.Admin.ListNamespacedServiceAccountAsync(Target.Namespace, cancellationToken: Cancellation)).Items, account => account.Metadata.Name == "made");
        Assert.Empty((await Target.Admin.ListNamespacedSecretAsync(Target.Namespace, cancellationToken: Cancellation)).Items);
        Assert.Empty((await Target.Connector.ProbeAsync(gone, Cancellation))?.Wrong ?? []);
    }

    [Fact]
    public async Task What_carries_no_generation_stays_while_something_newer_is_there()
    {
        var binding = Target.Binding with { Principal = $"{Target.Namespace}/made", CreateIfMissing = true };
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)) with { Binding = binding });
        await Target.ForgeByHandAsync(generation: 7);
        var gone = Target.Desired(3) with { Binding = binding, PrincipalWanted = false };

        var fenced = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(gone));
        Assert.NotNull(await Target.Admin.ReadNamespacedServiceAccountAsync("made", Target.Namespace, cancellationToken: Cancellation));
        Assert.Empty((await Target.Admin.ListNamespacedRoleBindingAsync(Target.Namespace, cancellationToken: Cancellation)).Items);
        await Target.Admin.DeleteNamespacedRoleBindingAsync(Target.Own, $"{Target.Namespace}-forged", cancellationToken: Cancellation);
        await Target.ApplyAsync(gone);

        Assert.Contains($"RoleBinding {Target.Namespace}-forged/{Target.Own} carries generation 7", fenced.Message, StringComparison.Ordinal);
        Assert.DoesNotContain((await Target.Admin.ListNamespacedServiceAccountAsync(Target.Namespace, cancellationToken: Cancellation)).Items, account => account.Metadata.Name == "made");
    }

    [Fact]
    public async Task An_account_that_was_adopted_stays()
    {
        await Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read)));

        var applied = await Target.ApplyAsync(Target.Desired(3) with { PrincipalWanted = false });

        Assert.NotNull(applied.PrincipalNativeId);
        Assert.Single((await Target.Admin.ListNamespacedServiceAccountAsync(Target.Namespace, cancellationToken: Cancellation)).Items, account => account.Metadata.Name == "app");
        Assert.DoesNotContain((await Target.ObserveAsync()).Objects, o => o.Ownership == Ownership.Ours);
    }

    [Fact]
    public async Task An_account_that_must_exist_and_does_not_is_named()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));

        var failure = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.ApplyAsync(desired with { Binding = desired.Binding with { Principal = $"{Target.Namespace}/nobody" } }));

        Assert.Equal(PlatformError.NotFound, failure.Error);
        Assert.Contains($"{Target.Namespace}/nobody", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_object_under_our_name_is_not_touched()
    {
        await Target.Admin.CreateNamespacedRoleAsync(new() { Metadata = new() { Name = Target.Own }, Rules = [] }, Target.Namespace, cancellationToken: Cancellation);

        var failure = await Assert.ThrowsAsync<PlatformException>(() => Target.ApplyAsync(Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read))));

        Assert.Equal(PlatformError.Rejected, failure.Error);
        Assert.Empty((await Target.Admin.ReadNamespacedRoleAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation)).Rules ?? []);
    }

    [Fact]
    public async Task Our_labels_on_another_name_make_nothing_ours()
    {
        await Target.Admin.CreateNamespacedRoleAsync(new()
        {
            Metadata = new()
            {
                Name = "precious",
                Labels = new Dictionary<string, string>(StringComparer.Ordinal) { ["app.kubernetes.io/managed-by"] = "nhigrains", ["nhigrains.io/identity"] = Target.IdentityId },
            },
            Rules = [],
        }, Target.Namespace, cancellationToken: Cancellation);

        await Target.ApplyAsync(Target.Desired(2));

        Assert.NotNull(await Target.Admin.ReadNamespacedRoleAsync("precious", Target.Namespace, cancellationToken: Cancellation));
    }

    [Fact]
    public async Task A_binding_that_was_pointed_at_another_role_is_made_again()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        var binding = await Target.Admin.ReadNamespacedRoleBindingAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation);
        await Target.Admin.DeleteNamespacedRoleBindingAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation);
        binding.Metadata = new() { Name = Target.Own, Labels = binding.Metadata.Labels, Annotations = binding.Metadata.Annotations };
        binding.RoleRef = new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = "cluster-admin" };
        await Target.Admin.CreateNamespacedRoleBindingAsync(binding, Target.Namespace, cancellationToken: Cancellation);

        var drift = Assert.Single(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
        await Target.ApplyAsync(desired);

        Assert.Equal(DifferenceKind.Changed, drift.Kind);
        Assert.Contains("cluster-admin", drift.Observed, StringComparison.Ordinal);
        Assert.Empty(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync()));
    }

    [Fact]
    public async Task Somebody_who_was_added_to_our_binding_is_taken_out_and_labels_of_others_stay()
    {
        var desired = Target.Desired(2, Target.Entitlement(Target.Resource(1), Verb.Read));
        await Target.ApplyAsync(desired);
        var binding = await Target.Admin.ReadNamespacedRoleBindingAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation);
        binding.Subjects.Add(new() { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = "mallory" });
        binding.Metadata.Labels["team"] = "payments";
        await Target.Admin.ReplaceNamespacedRoleBindingAsync(binding, Target.Own, Target.Namespace, cancellationToken: Cancellation);

        Assert.Contains("User/mallory", Assert.Single(Comparison.Compare(Target.Plan(desired).Objects, await Target.ObserveAsync())).Observed, StringComparison.Ordinal);
        await Target.ApplyAsync(desired);

        var right = await Target.Admin.ReadNamespacedRoleBindingAsync(Target.Own, Target.Namespace, cancellationToken: Cancellation);
        Assert.Equal("app", Assert.Single(right.Subjects).Name);
        Assert.Equal("payments", right.Metadata.Labels["team"]);
    }

    [Fact]
    public async Task Access_to_the_cluster_comes_and_goes_too()
    {
        var nodes = Target.Entitlement(new("nodes", "", ResourceMatch.All, null), Verb.List);
        var desired = Target.Desired(2, nodes);

        await Target.ApplyAsync(desired);
        var given = await Target.Connector.ProbeAsync(desired, Cancellation);
        await Target.ApplyAsync(Target.Desired(3));
        var gone = await Target.Connector.ProbeAsync(Target.Desired(3) with { EndedEntitlements = [nodes] }, Cancellation);

        Assert.Empty(given?.Wrong ?? []);
        Assert.Contains(given?.Probes ?? [], probe => probe is { Expected: true, Answered: true });
        Assert.Empty(gone?.Wrong ?? []);
    }

    [Fact]
    public async Task What_others_have_of_a_binding_stays_when_the_account_is_removed_from_it()
    {
        var other = new Rbacv1Subject { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = "grace" };
        var asUser = new Rbacv1Subject { Kind = "User", ApiGroup = "rbac.authorization.k8s.io", Name = $"system:serviceaccount:{Target.Namespace}:app" };
        await Target.BindByHandAsync("shared", ("rbac.authorization.k8s.io", "ClusterRole", "view"), Target.Account(), other, asUser);
        var shown = (await Target.ObserveAsync()).Objects.Single(o => o.Ownership == Ownership.Foreign).Object;

        await Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, shown, ConnectorTarget.Valid(), Cancellation);

        Assert.Equal("grace", Assert.Single((await Target.Admin.ReadNamespacedRoleBindingAsync("shared", Target.Namespace, cancellationToken: Cancellation)).Subjects).Name);
    }

    [Fact]
    public async Task What_comes_through_a_group_is_not_removed_for_one()
    {
        var group = new Rbacv1Subject { Kind = "Group", ApiGroup = "rbac.authorization.k8s.io", Name = $"system:serviceaccounts:{Target.Namespace}" };
        await Target.BindByHandAsync("everybody", ("rbac.authorization.k8s.io", "ClusterRole", "view"), group);
        var shown = (await Target.ObserveAsync()).Objects.Single(o => o.Object.Key.EndsWith("/everybody", StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<PlatformException>(() =>
            Target.Connector.RemoveAsync(Target.Binding, Target.IdentityId, shown.Object, ConnectorTarget.Valid(), Cancellation));

        Assert.Equal(Ownership.Inherited, shown.Ownership);
        Assert.Equal(PlatformError.Rejected, failure.Error);
    }
}
