using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Contracts.Catalog;
using NhiGrains.Contracts.Identities;
using NhiGrains.Contracts.People;
using NhiGrains.Domain.Audit;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.People;
using NhiGrains.Grains.Tests.Cluster;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Grains.Tests.People;

/// <summary>What tests do with the directory, in few words.</summary>
internal sealed class People(TwoSilos silos)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private int _commands;

    public IDirectoryGrain Directory => silos.Grains.GetGrain<IDirectoryGrain>(Directories.Main);

    public Task<DirectoryAnswer> Do(DirectoryCommand command, string actor = "root", bool mayForOthers = true, string? key = null) =>
        Directory.Execute(new(key ?? $"people-{++_commands}", actor, command, mayForOthers));

    public Task<DirectoryAnswer> Departs(string person, int days = 14) =>
        Do(new DirectoryCommand.RecordDeparture(person, TimeSpan.FromDays(days), "left"));

    public async Task<CommandAnswer> Register(string id, string owner) =>
        await silos.Identity(id).Execute(new($"register-{id}", "root", new IdentityCommand.RegisterIdentity(new(
            IdentityKind.Bot, new(owner, "payments"), "staging", new Dictionary<string, string>(StringComparer.Ordinal), []))));

    public async Task<Identity> Identity(string id) => (await silos.Identity(id).Get())?.Identity ?? throw new InvalidOperationException($"There is no '{id}'.");

    public async Task<string[]> Orphans()
    {
        var pages = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard =>
            silos.Grains.GetGrain<ICatalogShardGrain>(shard).Query(new(new(Orphaned: true), CatalogOrder.Id, Descending: false, After: null, First: 1_000))));
        return [.. pages.SelectMany(page => page.Rows).Select(row => row.Id).Order(StringComparer.Ordinal)];
    }

    public Task UntilReviewed() => Until(async () => (await Directory.Reviews()).Count == 0, "reviewed");

    public Task UntilOrphansAre(params string[] ids) => Until(async () => (await Orphans()).SequenceEqual(ids.Order(StringComparer.Ordinal)), string.Join(", ", ids));

    public Task Until(Func<Task<bool>> condition, string what) => Eventually.TrueAsync(condition, Bound, () => $"not {what}", TestContext.Current.CancellationToken);

    /// <summary>What the directory told, after the whole shard was verified.</summary>
    public async Task<AuditEvent[]> Told()
    {
        var source = AuditSources.OfDirectory(Directories.Main);
        return [.. (await Story.Verified(silos, Shards.Of(source))).Select(entry => entry.Event).Where(told => told.Source == source)];
    }
}
