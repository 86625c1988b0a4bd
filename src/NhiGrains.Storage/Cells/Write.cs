namespace NhiGrains.Storage.Cells;

/// <param name="Expected">The version that must be there; null when it does not matter.</param>
/// <param name="Number">The score of a member, or the number of a number.</param>
/// <param name="Payload">The bytes of a value or a row.</param>
internal sealed record CellChange(Cell Cell, bool Remove, ulong? Expected, long Number, ReadOnlyMemory<byte> Payload)
{
    public static CellChange PutValue(string key, ulong? expected, ReadOnlyMemory<byte> payload) =>
        new(Cell.Value(key), false, expected, 0, payload);

    public static CellChange RemoveValue(string key, ulong? expected) => new(Cell.Value(key), true, expected, 0, default);

    public static CellChange PutMember(string key, string member, long score) => new(Cell.Member(key, member), false, null, score, default);

    public static CellChange RemoveMember(string key, string member) => new(Cell.Member(key, member), true, null, 0, default);

    public static CellChange PutNumber(string key, string field, long number) => new(Cell.Number(key, field), false, null, number, default);

    public static CellChange PutRow(string key, string field, ReadOnlyMemory<byte> bytes) => new(Cell.Row(key, field), false, null, 0, bytes);

    public static CellChange RemoveRow(string key, string field) => new(Cell.Row(key, field), true, null, 0, default);
}

/// <param name="Stored">False: a version that was expected was not there, and nothing of the write was stored.</param>
/// <param name="Version">Of the values that were put; without a meaning when nothing was stored.</param>
/// <param name="Found">When nothing was stored: the version that was there instead.</param>
internal readonly record struct WriteResult(bool Stored, ulong Version, ulong Found);

/// <summary>Changes that belong together and wait for being durable. Conditions are checked before any of them is made.</summary>
internal sealed class Write(IReadOnlyList<CellChange> changes)
{
    // The continuation must not run on the committer, which would wait for a grain then.
    private readonly TaskCompletionSource<WriteResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<CellChange> Changes => changes;

    public Task<WriteResult> Outcome => _done.Task;

    public long Bytes => changes.Sum(change => (long)change.Payload.Length + change.Cell.Key.Length + change.Cell.Field.Length);

    public void Done(ulong version) => _done.TrySetResult(new(true, version, Cell.Absent));

    public void Conflict(ulong found) => _done.TrySetResult(new(false, Cell.Absent, found));

    public void Fail(Exception fault) => _done.TrySetException(fault);
}
