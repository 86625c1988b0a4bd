namespace NhiGrains.Storage.Embedded;

/// <summary>The data folder, held by one process at a time. The lock ends with the process, however it ends.</summary>
internal sealed class DataFolder : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream held) => (Path, _lock) = (path, held);

    public string Path { get; }

    public string Store => System.IO.Path.Combine(Path, "store");

    /// <summary>Apart from the store's own folder, so that what happens to that does not happen to the head.</summary>
    public string Head => System.IO.Path.Combine(Path, "head");

    /// <summary>The copy that a compaction is writing, what it replaced and has to be kept until it is verified, and what may go.</summary>
    public string StoreNew => System.IO.Path.Combine(Path, "store.new");

    public string StoreOld => System.IO.Path.Combine(Path, "store.old");

    /// <summary>The store, wherever an interrupted compaction left it.</summary>
    public string Original => Directory.Exists(StoreOld) ? StoreOld : Store;

    public string StoreTrash => System.IO.Path.Combine(Path, "store.trash");

    public string SalvageCopy => System.IO.Path.Combine(Path, "salvage");

    /// <summary>Where store and head are read when they are salvaged: what is there may be evidence, so it is copied first.</summary>
    public (string Store, string Head) CopyToSalvage()
    {
        DropSalvageCopy();
        var (store, head) = (System.IO.Path.Combine(SalvageCopy, "store"), System.IO.Path.Combine(SalvageCopy, "head"));
        Create(SalvageCopy);
        Copy(Original, store);
        Copy(Head, head);
        return (store, head);
    }

    public void DropSalvageCopy()
    {
        if (Directory.Exists(SalvageCopy))
            Directory.Delete(SalvageCopy, recursive: true);
    }

    /// <exception cref="StoreRefusedException"/>
    public static DataFolder Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Create(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, fault);
        }

        try
        {
            var held = new FileStream(System.IO.Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new(path, held);
        }
        catch (UnauthorizedAccessException fault)
        {
            throw Unusable(path, fault);
        }
        catch (IOException fault)
        {
            throw new StoreRefusedException(
                StoreRefusal.FolderLocked,
                $"The data folder {path} is in use by another process.",
                "Stop that process, or name another folder with --data.",
                fault);
        }
    }

    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerOnly);
        if (File.GetUnixFileMode(path) != OwnerOnly)
            File.SetUnixFileMode(path, OwnerOnly);
    }

    public void Dispose() => _lock.Dispose();

    private static void Copy(string from, string to)
    {
        Create(to);
        if (!Directory.Exists(from))
            return;
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories))
            Create(System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file)));
    }

    private static StoreRefusedException Unusable(string path, Exception cause) => new(
        StoreRefusal.FolderUnusable,
        $"The data folder {path} cannot be used: {cause.Message}",
        "It has to be a folder that this user owns, on a disk that can be written; name another one with --data.",
        cause);
}
