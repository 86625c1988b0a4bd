using System.Runtime.CompilerServices;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Gcp.Api;
using NhiGrains.Platforms.Gcp.Objects;

namespace NhiGrains.Platforms.Gcp.Observing;

/// <summary>Reads what service accounts have.</summary>
internal sealed class Observer(GcpPlatformOptions options, GoogleServices google, SnapshotReader snapshots, RecentReads recent, TimeProvider time)
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
        var behind = snapshot.AllAccounts
            .Where(account => after is null || PrincipalOrder.Instance.Compare(account.Email, after) > 0)
            .OrderBy(account => account.Email, PrincipalOrder.Instance);
        foreach (var page in behind.Chunk(AtOnce))
        {
            yield return new(await PageAsync(snapshot, page, cancellation), listPages);
            listPages = 0;
        }
    }

    /// <summary>Keys are listed an account at a time, so that one is observed without reading those of all.</summary>
    public async Task<IReadOnlyList<ServiceAccountKey>> KeysAsync(AccountEmail account, CancellationToken cancellation)
    {
        var doing = $"list the keys of {account}";
        var keys = (await google.Iam.ListUserManagedKeys(account.NameIn(options.ProjectId)).FindAsync(doing, cancellation))?.Keys ?? [];
        return keys.All(key => key?.Name is { Length: > 0 }) ? [.. keys] : throw ApiFailures.Unavailable(doing, "one has no name");
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
        var keys = found is null ? [] : await KeysAsync(account, cancellation);
        return new(options.Platform, account.Email, found?.UniqueId, ObservedObjects.Of(snapshot, account, identityId, keys), time.GetUtcNow());
    }
}
