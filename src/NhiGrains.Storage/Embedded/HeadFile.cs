using Microsoft.Win32.SafeHandles;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// The head on disk: two slots of a page each, written in turn and to the disk itself, so that a write that was cut off by a
/// crash leaves the one before.
/// </summary>
internal sealed class HeadFile : IDisposable
{
    private const int Slot = 4096;

    private readonly byte[] _page = new byte[Slot];
    private readonly SafeFileHandle _file;
    private ulong _written;

    private HeadFile(SafeFileHandle file) => _file = file;

    public static string PathIn(string folder) => Path.Combine(folder, "ledger");

    public static bool Exists(string folder) => File.Exists(PathIn(folder));

    public static HeadFile Open(string folder)
    {
        DataFolder.Create(folder);
        var file = File.OpenHandle(PathIn(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, FileOptions.WriteThrough);
        try
        {
            // At its full length from the start, a write changes no metadata that would have to reach the disk as well.
            if (RandomAccess.GetLength(file) < 2 * Slot)
                RandomAccess.SetLength(file, 2 * Slot);
            return new(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The newest head that is whole; null when neither is.</summary>
    public LedgerHead? Read()
    {
        var slots = new byte[2 * Slot];
        RandomAccess.Read(_file, slots, 0);
        var newest = new[] { LedgerHead.Read(slots), LedgerHead.Read(slots.AsSpan(Slot)) }
            .OfType<LedgerHead>()
            .MaxBy(head => head.Written);
        _written = newest?.Written ?? 0;
        return newest;
    }

    /// <summary>On the disk when it returns.</summary>
    public ValueTask WriteAsync(LedgerHead head)
    {
        (head with { Written = ++_written }).Write(_page);
        return RandomAccess.WriteAsync(_file, _page, (long)(_written % 2) * Slot);
    }

    public void Dispose() => _file.Dispose();
}
