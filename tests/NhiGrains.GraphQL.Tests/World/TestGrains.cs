using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Enforcement;
using NhiGrains.Contracts.Notifications;
using NhiGrains.Contracts.Platforms;
using NhiGrains.Contracts.Policies;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Enforcement;
using Orleans.Concurrency;

namespace NhiGrains.GraphQL.Tests.World;

[Reentrant] // A long poll must not hold up appends and heads, as in the real one.
internal sealed class TestAuditShardGrain(TestWorld world) : Grain, IAuditShardGrain
{
    private TestAuditLog Log => world.Audit[this.GetPrimaryKeyLong()];

    public Task Append(AuditBatch batch)
    {
        foreach (var change in batch.Events)
            Log.Append(change);
        return Task.CompletedTask;
    }

    public async Task<AuditPage> Read(long after, int max)
    {
        await Task.Yield();
        var head = Log.Head;
        return new([.. Log.Read(after, max).Where(entry => entry.Sequence <= head.Sequence)], head);
    }

    public async Task<AuditPage> ReadNext(long after, int max)
    {
        var grown = Log.Grown;
        if (Log.Fault is null && Log.Head.Sequence <= after)
            await Task.WhenAny(grown, Task.Delay(TimeSpan.FromSeconds(1)));
        return await Read(after, max);
    }

    public Task<AuditHead> Head() => Task.FromResult(Log.Head);
}

internal sealed class TestCatalogShardGrain(TestWorld world) : Grain, ICatalogShardGrain
{
    private int Shard => (int)this.GetPrimaryKeyLong();

    public Task Put(CatalogRow row) => throw new NotSupportedException("The rows follow from the identities.");

    public Task<IReadOnlyList<CatalogBinding>> BoundOn(string platform) => throw new NotSupportedException("Nothing is swept here.");

    public Task<IReadOnlyList<CatalogDue>> Owed() => throw new NotSupportedException("Nothing ends by itself here.");

    public Task<CatalogPage> Query(CatalogQuery query)
    {
        var filter = query.Filter;
        var rows = world.Rows(Shard)
            .Where(row => (filter.Kind is null || row.Kind == filter.Kind) && (filter.Status is null || row.Status == filter.Status))
            .Where(row => (filter.Environment is null || row.Environment == filter.Environment) && (filter.OwnerTeam is null || row.OwnerTeam == filter.OwnerTeam))
            .Where(row => (filter.OwnerPerson is null || row.OwnerPerson == filter.OwnerPerson) && (filter.Orphaned is null || row.Orphaned is not null == filter.Orphaned))
            .Where(row => filter.IdContains is null || row.Id.Contains(filter.IdContains, StringComparison.Ordinal))
            .Where(row => filter.Platform is null || row.Platforms.Any(on => on.Platform == filter.Platform))
            .Where(row => filter.Differs is null || row.Platforms.Any(on => on.Status.Differs()) == filter.Differs)
            .Where(row => filter.RiskAtLeast is null || row.Risk >= filter.RiskAtLeast)
            .Where(row => filter.Unreviewed is null || row.Unreviewed > 0 == filter.Unreviewed)
            .Where(row => filter.Enforcement is null || row.Platforms.Any(on => on.Status == filter.Enforcement))
            .ToArray();
        var sign = query.Descending ? -1 : 1;
        var after = rows.Select(row => (Key: CatalogOrders.KeyOf(query.Order, row), Row: row))
            .Where(row => query.After is null || sign * string.CompareOrdinal(row.Key, query.After) > 0)
            .Order(Comparer<(string Key, CatalogRow Row)>.Create((a, b) => sign * string.CompareOrdinal(a.Key, b.Key)))
            .Select(row => row.Row).ToArray();
        return Task.FromResult(new CatalogPage([.. after.Take(query.First)], rows.Length, after.Length > query.First));
    }

    public Task<CatalogAskedPage> QueryAsked(CatalogAskedQuery query)
    {
        var rows = world.Rows(Shard).SelectMany(row => CatalogAskedRows.Of(row, query.Groups))
            .OrderBy(CatalogAskedRows.KeyOf, StringComparer.Ordinal)
            .Where(row => query.After is null || string.CompareOrdinal(CatalogAskedRows.KeyOf(row), query.After) > 0).ToArray();
        return Task.FromResult(new CatalogAskedPage([.. rows.Take(query.First)], rows.Length > query.First));
    }

    public Task<CatalogReviewPage> QueryReviews(CatalogReviewQuery query)
    {
        var rows = world.Rows(Shard).SelectMany(row => row.Reviews.Select(review => new CatalogReviewRow(row.Id, review)))
            .Where(row => query.Open is null || row.Review.Open == query.Open)
            .OrderBy(CatalogReviewRows.KeyOf, StringComparer.Ordinal).ToArray();
        var after = rows.Where(row => query.After is null || string.CompareOrdinal(CatalogReviewRows.KeyOf(row), query.After) > 0).ToArray();
        return Task.FromResult(new CatalogReviewPage([.. after.Take(query.First)], rows.Length, after.Length > query.First));
    }

    public Task<CatalogExceptionPage> QueryExceptions(CatalogExceptionQuery query)
    {
        var rows = world.Rows(Shard).SelectMany(row => row.Exceptions.Select(exception => new CatalogExceptionRow(row.Id, exception)))
            .Where(row => query.Status is null || row.Exception.Status == query.Status)
            .OrderBy(CatalogExceptionRows.KeyOf, StringComparer.Ordinal).ToArray();
        var after = rows.Where(row => query.After is null || string.CompareOrdinal(CatalogExceptionRows.KeyOf(row), query.After) > 0).ToArray();
        return Task.FromResult(new CatalogExceptionPage([.. after.Take(query.First)], rows.Length, after.Length > query.First));
    }

    public Task<CatalogGrantPage> QueryGrants(CatalogGrantQuery query)
    {
        var rows = world.Rows(Shard).SelectMany(row => row.Grants.Select(grant => new CatalogGrantRow(row.Id, grant)))
            .Where(row => query.Filter.IdentityId is null || row.IdentityId == query.Filter.IdentityId)
            .Where(row => query.Filter.Status is null || row.Grant.Status == query.Filter.Status)
            .OrderBy(CatalogOrders.KeyOf, StringComparer.Ordinal).ToArray();
        var after = rows.Where(row => query.After is null || string.CompareOrdinal(CatalogOrders.KeyOf(row), query.After) > 0).ToArray();
        return Task.FromResult(new CatalogGrantPage([.. after.Take(query.First)], rows.Length, after.Length > query.First));
    }
}

internal sealed class TestEnforcementGrain(TestWorld world) : Grain, IEnforcementGrain
{
    private string Key => this.GetPrimaryKeyString();

    public Task Converge() => Task.CompletedTask;

    public Task<EnforcementView> Refresh() => Get();

    public Task<EnforcementView> Observed(Observation observation) => Get();

    public Task<EnforcementView> Get() => Task.FromResult(world.Enforcement.GetValueOrDefault(Key)
        ?? new(Key.Split('|')[1], Key.Split('|')[0], EnforcementStatus.Pending, 1, 0, "", null, [], 0, null));

    public async Task<ResolveAnswer> ResolveDrift(DriftResolution resolution)
    {
        var view = await Get();
        if (resolution.DriftIds.Any(id => view.Drift.All(item => item.Id != id)))
            return new(new("UNKNOWN_DRIFT", "There is no such difference.", "Look at the query 'drift'.", "driftIds"), null);
        var left = view with { Drift = [.. view.Drift.Where(item => resolution.DriftIds.Count > 0 && !resolution.DriftIds.Contains(item.Id))], Message = $"{resolution.Action} by {resolution.Actor}" };
        return new(null, world.Enforcement[Key] = left);
    }

    public Task<CredentialAnswer> IssueCredential(CredentialOrder order) =>
        Task.FromResult(new CredentialAnswer(null, $"secret-of-{order.Grant}", EndOf(order.Grant), null));

    private DateTimeOffset EndOf(string grantId) => world.Identities.Values
        .SelectMany(view => view.Identity.Grants)
        .OfType<NhiGrains.Domain.Grants.ActiveGrant>()
        .Single(grant => grant.Id == grantId)
        .ExpiresAt;
}

internal sealed class TestPlatformGrain(TestWorld world) : Grain, IPlatformGrain
{
    public Task<PlatformView> Get() => Task.FromResult(world.Platforms.GetValueOrDefault(this.GetPrimaryKeyString())
        ?? new(this.GetPrimaryKeyString(), PlatformHealth.Reachable, "", null, null, 0, 0, []));

    public Task Start() => Task.CompletedTask;

    public Task Hint(string principal) => Task.CompletedTask;

    public async Task<WatchAnswer> WatchOnly(WatchOrder order)
    {
        var view = await Get();
        if (view.Unmanaged.FirstOrDefault(one => one.Principal == order.Principal) is not { } listed)
            return new(new("NOT_UNMANAGED", "It is not in the list.", "Look at 'unmanaged'.", "principal"), null);
        var watched = listed with { WatchedOnly = new(order.Actor, order.Reason, DateTimeOffset.UnixEpoch) };
        return new(null, world.Platforms[view.Platform] = view with { Unmanaged = [.. view.Unmanaged.Select(one => one == listed ? watched : one)] });
    }

    public async Task<SweepAnswer> Sweep(SweepOrder order) =>
        new((await Get()) with { Message = $"swept by {order.Actor}" }, order.Patience > TimeSpan.Zero ? SweepProgress.Done : SweepProgress.Running);
}

internal sealed class TestNotificationGrain(TestWorld world) : Grain, INotificationGrain
{
    public Task Start() => Task.CompletedTask;

    public Task<NotificationView> Get() => Task.FromResult(
        world.Notifications.GetValueOrDefault(this.GetPrimaryKeyString()) ?? new(0, null, 0, null, null, 0, null));
}
