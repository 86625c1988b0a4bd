using System.Buffers.Binary;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// How Garnet 2.2.8 fills its append-only file: a row of entries, each a length, the bytes, padding to 4. A length below zero
/// marks a commit record: a version, a checksum, where the log begins, where the record itself ends, a number, and the length
/// of a note, of which there is none. No entry crosses a page; a length of zero sends the reader on to the next page.
/// </summary>
internal static class LogEntry
{
    /// <summary>Where the first entry of a log is.</summary>
    public const int First = 64;

    public const int CommitBytes = LengthBytes + Commit;

    private const int LengthBytes = 4;
    private const int Commit = 40;
    private const int SumAt = LengthBytes + 4;
    private const int BeginAt = SumAt + 8;
    private const int UntilAt = BeginAt + 8;
    private const int NumberAt = UntilAt + 8;
    private const int NoteAt = NumberAt + 8;

    /// <summary>False: no entry that would end within these bytes begins here.</summary>
    public static bool TryRead(ReadOnlySpan<byte> page, int at, out int next, out bool isCommit)
    {
        (next, isCommit) = (at, false);
        if (at + LengthBytes > page.Length)
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(page[at..]);
        isCommit = length < 0;
        if (length is 0 or int.MinValue || Math.Abs(length) > page.Length - at - LengthBytes)
            return false;
        next = at + LengthBytes + ((Math.Abs(length) + 3) & ~3);
        return next <= page.Length;
    }

    /// <summary>Whether a whole commit record is here, and says that it is.</summary>
    public static bool IsCommit(ReadOnlySpan<byte> page, int at, long pageAddress) =>
        page.Length - at >= CommitBytes
        && BinaryPrimitives.ReadInt32LittleEndian(page[at..]) is <= -Commit and not int.MinValue and var length
        && BinaryPrimitives.ReadInt64LittleEndian(page[(at + UntilAt)..]) == pageAddress + at + LengthBytes - length
        && BinaryPrimitives.ReadInt64LittleEndian(page[(at + SumAt)..]) == SumOf(page[at..]);

    /// <summary>
    /// Puts a commit record as long as the place where something else was, so that a reader goes on behind it.
    /// </summary>
    /// <param name="at">A place of at least <see cref="CommitBytes"/>, all of which is overwritten.</param>
    public static void Cover(Span<byte> at, long address)
    {
        at.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(at, -(at.Length - LengthBytes));
        BinaryPrimitives.WriteInt32LittleEndian(at[LengthBytes..], 1);
        BinaryPrimitives.WriteInt64LittleEndian(at[BeginAt..], First);
        BinaryPrimitives.WriteInt64LittleEndian(at[UntilAt..], address + at.Length);
        BinaryPrimitives.WriteInt32LittleEndian(at[NoteAt..], -1);
        BinaryPrimitives.WriteInt64LittleEndian(at[SumAt..], SumOf(at));
    }

    private static long SumOf(ReadOnlySpan<byte> record) =>
        BinaryPrimitives.ReadInt64LittleEndian(record[BeginAt..])
        ^ BinaryPrimitives.ReadInt64LittleEndian(record[UntilAt..])
        ^ BinaryPrimitives.ReadInt64LittleEndian(record[NumberAt..])
        ^ BinaryPrimitives.ReadInt32LittleEndian(record[NoteAt..]);
}
