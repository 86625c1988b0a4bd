using System.Globalization;
using NhiGrains.Contracts.Storage;
using NhiGrains.Storage.Cells;

namespace NhiGrains.Storage.Seams;

/// <inheritdoc cref="IAuditSegments"/>
internal sealed class AuditSegments(NhiStore store) : IAuditSegments
{
    // No source has an empty id, so this field is free for the number that the marks cover.
    private const string Covered = "";

    private const int AtOnce = 64;

    public async Task<bool> TryAppendAsync(
        int shard, long firstSequence, ReadOnlyMemory<byte> segment, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstSequence);
        var result = await store.Committer.WriteAsync(
            [CellChange.PutValue(Keys.Segment(shard, firstSequence), Cell.Absent, segment)], cancellation);
        return result.Stored;
    }

    public Task<IReadOnlyList<long>> ListAsync(int shard, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        return store.Backend.ListSegmentsAsync(shard);
    }

    public async Task<IReadOnlyList<byte[]>> ReadAsync(
        int shard, IReadOnlyList<long> firstSequences, CancellationToken cancellation = default)
    {
        var segments = new List<byte[]>(firstSequences.Count);
        // A segment may be large, and all of them together are.
        foreach (var part in firstSequences.Chunk(AtOnce))
        {
            cancellation.ThrowIfCancellationRequested();
            var found = await store.Backend.ReadValuesAsync([.. part.Select(first => Keys.Segment(shard, first))]);
            for (var index = 0; index < part.Length; index++)
                segments.Add(found[index]?.Payload.ToArray() ?? throw Missing(shard, part[index]));
        }

        return segments;
    }

    public async Task<(IReadOnlyDictionary<string, long> Marks, long CoveredSequence)> LoadMarksAsync(
        int shard, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var numbers = await store.Backend.ReadNumbersAsync(Keys.MarksOf(shard));
        return (
            numbers.Where(mark => mark.Key != Covered).ToDictionary(mark => mark.Key, mark => mark.Value, StringComparer.Ordinal),
            numbers.GetValueOrDefault(Covered));
    }

    public Task SaveMarksAsync(
        int shard, IReadOnlyDictionary<string, long> changed, long coveredSequence, CancellationToken cancellation = default)
    {
        if (changed.ContainsKey(Covered))
            throw new ArgumentException("A source has an empty id.", nameof(changed));
        var key = Keys.MarksOf(shard);
        return store.Committer.WriteAsync(
            [.. changed.Select(mark => CellChange.PutNumber(key, mark.Key, mark.Value)), CellChange.PutNumber(key, Covered, coveredSequence)],
            cancellation);
    }

    private static StoreLostException Missing(int shard, long firstSequence) => new(
        string.Create(CultureInfo.InvariantCulture, $"The audit segment of shard {shard} that begins with entry {firstSequence} is not there."));
}
