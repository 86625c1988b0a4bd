using System.Runtime.CompilerServices;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Api;
using NhiGrains.Platforms.Kubernetes.Objects;

namespace NhiGrains.Platforms.Kubernetes.Observing;

/// <summary>Reads accounts back. One and in bulk come out of the same snapshot by the same rules.</summary>
internal sealed class Observer(string platform, KubernetesApi api, SnapshotReader snapshots, TimeProvider time)
{
    private const int PageSize = 500;

    public async Task<Observation> ObserveAsync(ServiceAccountName account, string identityId, CancellationToken cancellation)
    {
        var snapshot = snapshots.ReadAsync(cancellation);
        var found = api.FindAsync(ApiKinds.ServiceAccount, account.Namespace, account.Name, cancellation);
        await Task.WhenAll(snapshot, found);
        return Observed(account, (await found)?.Metadata.Uid, ObservedObjects.Of(await snapshot, account, identityId));
    }

    public async IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var snapshot = await snapshots.ReadAsync(cancellation);
        var listed = await api.ListAsync(ApiKinds.ServiceAccount, cancellation);
        var existing = listed.Items.ToDictionary(account => new ServiceAccountName(account.Metadata.NamespaceProperty, account.Metadata.Name));
        var marked = existing.Where(account => Marker.IdentityOf(account.Value) is not null).Select(account => account.Key);
        var listPages = snapshot.ListPages + listed.Pages;
        foreach (var page in snapshot.Accounts.Union(marked).Behind(after, account => account.ToString()).Chunk(PageSize))
        {
            yield return new([.. page.Select(account => Observed(
                account, existing.GetValueOrDefault(account)?.Metadata.Uid,
                ObservedObjects.Of(snapshot, account, snapshot.Owners[account].FirstOrDefault())))], listPages);
            listPages = 0;
        }
    }

    private Observation Observed(ServiceAccountName account, string? nativeId, IReadOnlyList<ObservedObject> objects) =>
        new(platform, account.ToString(), nativeId, objects, time.GetUtcNow());
}
