using System.Runtime.CompilerServices;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>Reads what service accounts have.</summary>
internal sealed class Observer(GcpPlatformOptions options, SnapshotReader snapshots, RecentReads recent, KeyReader keys, TimeProvider time)
{
    private const int AtOnce = 8;

    public async Task<Observation> ObserveAsync(AccountEmail account, string identityId, CancellationToken cancellation)
    {
        var snapshot = await snapshots.ReadAsync(cancellation);
        var observed = await ObserveAsync(snapshot, account, identityId, cancellation);
        recent.Remember(identityId, snapshot);
        return observed;
    }

    public async IAsyncEnumerable<ObservedPage> ObservePagesAsync(string? after, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (snapshot, listPages) = await snapshots.SweepAsync(cancellation);
        foreach (var page in snapshot.AllAccounts.Behind(after, account => account.Email).Chunk(AtOnce))
        {
            yield return new(await PageAsync(snapshot, page, cancellation), listPages);
            listPages = 0;
        }
    }

    private async Task<Observation[]> PageAsync(Snapshot snapshot, AccountEmail[] page, CancellationToken cancellation)
    {
        // For what is called from here alone: it does not flow back to the caller.
        GoogleClient.Sweep.Value = new();
        return await Task.WhenAll(page.Select(account => ObserveAsync(snapshot, account, snapshot.OwnerOf(account), cancellation)));
    }

    private async Task<Observation> ObserveAsync(Snapshot snapshot, AccountEmail account, string? identityId, CancellationToken cancellation)
    {
        var found = snapshot.Accounts.GetValueOrDefault(account);
        var made = found is null ? [] : await keys.ReadAsync(account, cancellation);
        return new(options.Platform, account.Email, found?.UniqueId, ObservedObjects.Of(snapshot, account, identityId, made), time.GetUtcNow());
    }
}
