using System.Runtime.CompilerServices;
using NhiGrains.Contracts;
using NhiGrains.Contracts.Audit;
using NhiGrains.Domain;
using NhiGrains.Domain.Audit;

namespace NhiGrains.Host.Audit;

/// <summary>The whole audit log as lines of an export, a page of memory at a time.</summary>
internal sealed class AuditExport(IGrainFactory grains, TimeProvider time)
{
    private const int PageSize = 500;

    /// <exception cref="InvalidOperationException">A shard has fewer entries than its head says.</exception>
    public async IAsyncEnumerable<string> LinesAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var heads = await Task.WhenAll(Enumerable.Range(0, Shards.Count).Select(shard => Shard(shard).Head()));
        yield return Canonical.Text(new AuditExportHeader(AuditExportFormat.Name, AuditExportFormat.Version, time.GetUtcNow(), heads));
        foreach (var head in heads)
        {
            await foreach (var entry in EntriesAsync(head, cancellation))
                yield return Canonical.Text(entry);
        }
    }

    private async IAsyncEnumerable<AuditEntry> EntriesAsync(AuditHead head, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (long after = 0; after < head.Sequence;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = await Shard(head.Shard).Read(after, (int)Math.Min(PageSize, head.Sequence - after));
            if (page.Entries.Count == 0)
                throw new InvalidOperationException($"Audit shard {head.Shard} has no entry after {after}, although its head is {head.Sequence}.");
            foreach (var entry in page.Entries)
                yield return entry;
            after = page.Entries[^1].Sequence;
        }
    }

    private IAuditShardGrain Shard(int shard) => grains.GetGrain<IAuditShardGrain>(shard);
}
