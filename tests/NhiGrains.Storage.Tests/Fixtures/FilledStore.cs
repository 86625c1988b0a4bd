using NhiGrains.Storage.Seams;

namespace NhiGrains.Storage.Tests.Fixtures;

/// <summary>A store with something of every kind in it, about a megabyte in all.</summary>
internal static class FilledStore
{
    public const int States = 1_500;

    /// <param name="compacted">Whether it is written anew by a start.</param>
    public static async Task FillAsync(EmbeddedFolder folder, bool compacted = false)
    {
        await using (var store = await folder.OpenAsync())
        {
            for (var round = 0; round < (compacted ? 3 : 1); round++)
                await WriteAsync(store);
            await new DueIndex(store).SetAsync(1, "due", DateTimeOffset.UnixEpoch);
            Assert.True(await new AuditSegments(store).TryAppendAsync(1, 1, "segment"u8.ToArray()));
        }

        if (!compacted)
            return;
        var before = Size(folder);
        await (await folder.OpenAsync(options => options with { EmbeddedLogMegabytes = 1 })).DisposeAsync();
        Assert.True(Size(folder) < before / 2, $"The log had {before} bytes and has {Size(folder)}.");
    }

    /// <summary>Writes every state once more, as it was.</summary>
    public static async Task WriteAsync(EmbeddedFolder folder)
    {
        await using var store = await folder.OpenAsync();
        await WriteAsync(store);
    }

    /// <summary>Fills the store, writes once more, and puts back the head of before, as after a crash between the store and its head.</summary>
    public static async Task FillAheadOfHeadAsync(EmbeddedFolder folder)
    {
        await FillAsync(folder);
        string head;
        await using (var store = await folder.OpenAsync())
        {
            head = folder.Copy(folder.Head);
            await Grains.SaveAsync(store, "700", "value of 700 newer");
        }

        EmbeddedFolder.PutBack(head, folder.Head);
    }

    public static async Task AssertWholeAsync(EmbeddedFolder folder)
    {
        await using var store = await folder.OpenAsync();
        Assert.Equal(States, await CountAsync(store));
        Assert.Single(await new DueIndex(store).ReadAsync(1, DateTimeOffset.MaxValue, 10));
        Assert.Single(await new AuditSegments(store).ReadAsync(1, await new AuditSegments(store).ListAsync(1)));
    }

    /// <summary>How many states are there, each of which is what was written; another one is lost, and says so.</summary>
    public static async Task<int> CountAsync(NhiStore store)
    {
        var found = await Task.WhenAll(Enumerable.Range(0, States).Select(number => IsThereAsync(store, number)));
        return found.Count(isThere => isThere);
    }

    private static async Task<bool> IsThereAsync(NhiStore store, int number)
    {
        try
        {
            Assert.StartsWith($"value of {number} ", (await Grains.LoadAsync(store, $"{number}")).State.Text, StringComparison.Ordinal);
            return true;
        }
        catch (StoreLostException)
        {
            return false;
        }
    }

    private static long Size(EmbeddedFolder folder) => folder.DataFiles().Sum(file => new FileInfo(file).Length);

    private static Task<NoteState[]> WriteAsync(NhiStore store) => Task.WhenAll(
        Enumerable.Range(0, States).Select(number => Grains.SaveAsync(store, $"{number}", $"value of {number} {new string('x', 600)}")));
}
