using k8s;
using k8s.Models;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Credentials;
using NhiGrains.Platforms.Kubernetes.Objects;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Applying;

/// <summary>
/// Brings the cluster to the desired objects. What takes access away is done first and in any case; what stands in the way of
/// giving access (no namespace, another account under the name, somebody else's object) stops only the giving, and what carries a
/// newer generation stops the removal of itself alone.
/// </summary>
internal sealed class Applier(KubernetesApi api, SnapshotReader snapshots)
{
    public async Task<ApplyResult> ApplyAsync(DesiredState desired, Translation translation, Fence fence, CancellationToken cancellation)
    {
        if (translation.Fidelity is Fidelity.Refused refused)
            throw new PlatformException(PlatformError.Rejected, $"A refused plan cannot be applied: {refused.Why.Message}");
        var account = ServiceAccountName.Parse(desired.Binding.Principal);
        var writer = new Writer(api, fence, cancellation);
        var found = await api.FindAsync(ApiKinds.ServiceAccount, account.Namespace, account.Name, cancellation);
        var problem = PrincipalProblem(desired, account, found);
        // Access of ours that reaches another account than the one it was decided for goes.
        var wanted = problem is null && desired.PrincipalWanted ? translation.Objects : [];
        var (placed, misplaced) = await new DefinedScopes(api).CheckAsync(wanted, cancellation);
        var plan = ApplyPlan.Make(await snapshots.ReadAsync(cancellation), desired, account, placed);
        var rbac = new RbacWriter(writer, desired, account);
        await TakeAwayAsync(plan, rbac, writer);
        // Secrets and the account carry no generation, so the objects that do speak for them.
        if (plan.GivingIsFenced || !desired.PrincipalWanted)
            plan.ThrowIfFenced(desired);
        if (!desired.PrincipalWanted)
            return new(await OffboardAsync(desired, account, found, writer, cancellation), writer.Writes);
        if (problem is not null && translation.Objects.Count > 0)
            throw problem;
        if (misplaced is not null)
            throw misplaced;
        found = problem is null ? found ?? await CreateAccountAsync(desired, account, writer, cancellation) : null;
        await GiveAsync(plan, rbac, cancellation);
        plan.ThrowIfFenced(desired);
        return new(found?.Metadata.Uid, writer.Writes);
    }

    private static PlatformException? PrincipalProblem(DesiredState desired, ServiceAccountName account, V1ServiceAccount? found) => found switch
    {
        null when desired.Binding.NativeId is { } lost => new(PlatformError.NotFound,
            $"The service account {account} that the identity is bound to ({lost}) no longer exists."),
        null when !desired.Binding.CreateIfMissing => new(PlatformError.NotFound, $"There is no service account {account}."),
        { } other when desired.Binding.NativeId is { } bound && other.Metadata.Uid != bound => new(PlatformError.Rejected,
            $"The service account {account} is another one ({other.Metadata.Uid}) than the identity is bound to ({bound}): it was deleted and created again. Offboard the identity, or bind a new one."),
        _ => null,
    };

    private static async Task TakeAwayAsync(ApplyPlan plan, RbacWriter rbac, Writer writer)
    {
        PlatformException? first = null;
        var removals = plan.Removals.Select<IKubernetesObject<V1ObjectMeta>, Func<Task>>(unwanted => () => writer.DeleteRbacAsync(unwanted));
        var shrinking = plan.Replacements.Where(replacement => replacement.TakesAway).Select<Replacement, Func<Task>>(one => () => rbac.ReplaceAsync(one));
        foreach (var takeAway in removals.Concat(shrinking))
        {
            try
            {
                await takeAway();
            }
            catch (PlatformException failure)
            {
                // What goes wrong with one object, or in one namespace, is no reason to leave access standing in another.
                first ??= failure;
                if (failure.Error is PlatformError.Fenced or PlatformError.Throttled)
                    break;
            }
        }

        if (first is not null)
            throw first;
    }

    private async Task GiveAsync(ApplyPlan plan, RbacWriter rbac, CancellationToken cancellation)
    {
        if (plan.Occupied is [var occupied, ..])
            throw new PlatformException(PlatformError.Rejected, $"There is a {occupied.Kind} {occupied.Key} that is not ours. Rename or remove it.");
        await CheckNamespacesAsync(plan, cancellation);
        foreach (var growing in plan.Replacements.Where(replacement => !replacement.TakesAway))
            await rbac.ReplaceAsync(growing);
        foreach (var missing in plan.Creations)
            await rbac.CreateAsync(missing);
    }

    /// <summary>All of them before the first write, so that a missing one leaves nothing half given.</summary>
    private async Task CheckNamespacesAsync(ApplyPlan plan, CancellationToken cancellation)
    {
        var namespaces = plan.Creations.Select(create => create.Key.Split('/')).Where(key => key.Length == 2).Select(key => key[0]);
        foreach (var name in namespaces.Distinct(StringComparer.Ordinal))
            await CheckNamespaceAsync(name, cancellation);
    }

    private async Task CheckNamespaceAsync(string name, CancellationToken cancellation)
    {
        var found = await api.FindAsync(ApiKinds.Namespace, null, name, cancellation)
            ?? throw new PlatformException(PlatformError.NotFound, $"There is no namespace '{name}'.");
        if (found.Status?.Phase == "Terminating")
            throw new PlatformException(PlatformError.NotFound, $"The namespace '{name}' is being deleted.");
    }

    private async Task<V1ServiceAccount> CreateAccountAsync(DesiredState desired, ServiceAccountName account, Writer writer, CancellationToken cancellation)
    {
        await CheckNamespaceAsync(account.Namespace, cancellation);
        var metadata = new V1ObjectMeta { Name = account.Name, NamespaceProperty = account.Namespace };
        Marker.Put(metadata, desired.IdentityId, account);
        return await writer.CreateAsync(ApiKinds.ServiceAccount, new() { Metadata = metadata });
    }

    /// <returns>The UID of the account when it stays, because it is not ours.</returns>
    private async Task<string?> OffboardAsync(DesiredState desired, ServiceAccountName account, V1ServiceAccount? found, Writer writer, CancellationToken cancellation)
    {
        // By what nobody can change, the type and the name: labels can be taken off. And so no contents of others are read.
        var secrets = await api.ListAsync(ApiKinds.Secret, cancellation, account.Namespace, $"type={GrantSecrets.Type}");
        foreach (var secret in secrets.Items.Where(secret => GrantSecrets.IsOf(secret, desired.IdentityId)))
            await writer.DeleteAsync(ApiKinds.Secret, secret);
        var ours = found is not null
            && Marker.IdentityOf(found) == desired.IdentityId
            && (desired.Binding.NativeId ?? found.Metadata.Uid) == found.Metadata.Uid;
        if (!ours || found is null)
            return found?.Metadata.Uid;
        await writer.DeleteAsync(ApiKinds.ServiceAccount, found);
        return null;
    }
}
