using NhiGrains.Contracts.Storage;
using NhiGrains.Storage.Cells;

namespace NhiGrains.Storage.Seams;

/// <inheritdoc cref="IDueIndex"/>
internal sealed class DueIndex(NhiStore store) : IDueIndex
{
    public Task SetAsync(int shard, string identityId, DateTimeOffset dueAt, CancellationToken cancellation = default) =>
        store.Committer.WriteAsync(
            [CellChange.PutMember(Keys.Due(shard), identityId, dueAt.ToUnixTimeMilliseconds())], cancellation);

    public Task RemoveAsync(int shard, string identityId, CancellationToken cancellation = default) =>
        store.Committer.WriteAsync([CellChange.RemoveMember(Keys.Due(shard), identityId)], cancellation);

    public async Task<IReadOnlyList<DueEntry>> ReadAsync(
        int shard, DateTimeOffset until, int max, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(max);
        cancellation.ThrowIfCancellationRequested();
        var members = await store.Backend.ReadMembersAsync(Keys.Due(shard), until.ToUnixTimeMilliseconds(), max);
        return [.. members.Select(entry => new DueEntry(entry.Member, DateTimeOffset.FromUnixTimeMilliseconds(entry.Score)))];
    }
}
