using Microsoft.Extensions.Logging.Abstractions;

namespace NhiGrains.Storage.Tests.Fixtures;

/// <summary>A data folder that ends with the test.</summary>
internal sealed class EmbeddedFolder : IDisposable
{
    private readonly DirectoryInfo _parent = Directory.CreateTempSubdirectory("nhigrains-store-");

    public string Path => System.IO.Path.Combine(_parent.FullName, "data");

    public string Store => System.IO.Path.Combine(Path, "store");

    public string Head => System.IO.Path.Combine(Path, "head");

    public NhiStoreOptions Options => new() { DataFolder = Path, EmbeddedMemoryMegabytes = 64 };

    public Task<NhiStore> OpenAsync(Func<NhiStoreOptions, NhiStoreOptions>? change = null) =>
        NhiStore.OpenAsync(change?.Invoke(Options) ?? Options, NullLoggerFactory.Instance);

    public async Task<StoreRefusedException> RefusedAsync(Func<NhiStoreOptions, NhiStoreOptions>? change = null) =>
        await Assert.ThrowsAsync<StoreRefusedException>(() => OpenAsync(change));

    /// <summary>The files of the store that have any bytes.</summary>
    public IEnumerable<string> DataFiles() =>
        Directory.EnumerateFiles(Store, "*", SearchOption.AllDirectories).Where(file => new FileInfo(file).Length > 0);

    /// <summary>Copies the folder, or a part of it, as a backup does.</summary>
    public string Copy(string from)
    {
        var to = System.IO.Path.Combine(_parent.FullName, "copy-" + Random.Shared.Next());
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = System.IO.Path.Combine(to, System.IO.Path.GetRelativePath(from, file));
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target) ?? to);
            File.Copy(file, target);
        }

        return to;
    }

    public static void PutBack(string copy, string to)
    {
        Directory.Delete(to, recursive: true);
        Directory.Move(copy, to);
    }

    public void Dispose() => _parent.Delete(recursive: true);
}
