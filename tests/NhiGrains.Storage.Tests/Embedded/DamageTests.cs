using System.Text;
using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>A store that lost or changed anything that was acknowledged is refused, with a code that says what happened.</summary>
public sealed class DamageTests(ITestOutputHelper output) : IDisposable
{
    private readonly EmbeddedFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_whole_store_opens_again_and_again(bool compacted)
    {
        await FilledStore.FillAsync(_folder, compacted);
        for (var round = 0; round < 3; round++)
            await FilledStore.AssertWholeAsync(_folder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // Written anew by the start before.
    public async Task A_store_that_was_cut_in_half_is_refused(bool compacted)
    {
        await FilledStore.FillAsync(_folder, compacted);
        foreach (var file in _folder.DataFiles())
            Cut(file);

        await AssertRefusedAsync(StoreRefusal.StoreBehind, StoreRefusal.StoreDamaged, StoreRefusal.StoreEmpty, StoreRefusal.StoreUnreadable);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_value_that_was_changed_on_disk_is_refused(bool compacted)
    {
        await FilledStore.FillAsync(_folder, compacted);
        Assert.True(Replace("value of 700 ", "value of 701 ") > 0, "The value is not on disk in the clear: the test shows nothing.");

        var refusal = await AssertRefusedAsync(StoreRefusal.StoreDamaged, StoreRefusal.StoreBehind, StoreRefusal.StoreUnreadable);
        Assert.NotEmpty(refusal.Remedy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_was_emptied_is_refused(bool folderToo)
    {
        await FilledStore.FillAsync(_folder);
        Directory.Delete(_folder.Store, recursive: true);
        if (!folderToo)
            Directory.CreateDirectory(_folder.Store);

        await AssertRefusedAsync(StoreRefusal.StoreEmpty);
    }

    [Fact]
    public async Task An_empty_store_put_in_its_place_is_refused()
    {
        await FilledStore.FillAsync(_folder);
        using var other = new EmbeddedFolder();
        await (await other.OpenAsync()).DisposeAsync();
        EmbeddedFolder.PutBack(_folder.Copy(other.Store), _folder.Store);

        await AssertRefusedAsync(StoreRefusal.StoreOther);
    }

    [Fact]
    public async Task An_older_copy_put_back_is_refused()
    {
        await FilledStore.FillAsync(_folder);
        var older = _folder.Copy(_folder.Store);
        await using (var store = await _folder.OpenAsync())
            await Grains.SaveAsync(store, "700", "newer");
        EmbeddedFolder.PutBack(older, _folder.Store);

        await AssertRefusedAsync(StoreRefusal.StoreBehind);
    }

    [Fact]
    public async Task An_older_head_put_back_is_refused()
    {
        await FilledStore.FillAsync(_folder);
        var older = _folder.Copy(_folder.Head);
        await using (var store = await _folder.OpenAsync())
        {
            await Grains.SaveAsync(store, "700", "newer");
            await Grains.SaveAsync(store, "700", "newer still");
        }

        EmbeddedFolder.PutBack(older, _folder.Head);

        await AssertRefusedAsync(StoreRefusal.HeadBehind);
    }

    [Fact]
    public async Task An_older_copy_of_store_and_head_together_is_a_backup_and_opens()
    {
        await FilledStore.FillAsync(_folder);
        var (store, head) = (_folder.Copy(_folder.Store), _folder.Copy(_folder.Head));
        await using (var opened = await _folder.OpenAsync())
            await Grains.SaveAsync(opened, "700", "newer");
        EmbeddedFolder.PutBack(store, _folder.Store);
        EmbeddedFolder.PutBack(head, _folder.Head);

        await FilledStore.AssertWholeAsync(_folder);
    }

    [Fact]
    public async Task A_store_without_its_head_is_refused()
    {
        await FilledStore.FillAsync(_folder);
        Directory.Delete(_folder.Head, recursive: true);

        await AssertRefusedAsync(StoreRefusal.HeadMissing);
    }

    [Fact]
    public async Task A_damaged_head_is_refused_and_one_torn_slot_of_it_is_not()
    {
        await FilledStore.FillAsync(_folder);
        var file = Directory.GetFiles(_folder.Head).Single();
        var bytes = await File.ReadAllBytesAsync(file, Stop);
        Array.Clear(bytes, NewestSlot(bytes), 100);
        await File.WriteAllBytesAsync(file, bytes, Stop);
        await FilledStore.AssertWholeAsync(_folder);

        await File.WriteAllBytesAsync(file, new byte[bytes.Length], Stop);
        await AssertRefusedAsync(StoreRefusal.HeadDamaged);
    }

    [Fact]
    public async Task Salvage_reads_what_is_left_and_writes_nothing()
    {
        await FilledStore.FillAsync(_folder);
        Replace("value of 700 ", "value of 701 ");
        var before = Fingerprint();
        await using (var store = await _folder.OpenAsync(options => options with { Salvage = true }))
        {
            Assert.True(store.IsReadOnly);
            Assert.StartsWith("value of 3 ", (await Grains.LoadAsync(store, "3")).State.Text, StringComparison.Ordinal);
            await Assert.ThrowsAsync<StoreLostException>(() => Grains.LoadAsync(store, "700"));
            await Assert.ThrowsAsync<StoreLostException>(() => Grains.LoadAsync(store, "never written"));
            await Assert.ThrowsAsync<StoreReadOnlyException>(() => Grains.SaveAsync(store, "3", "new"));
            await Assert.ThrowsAsync<StoreReadOnlyException>(() => new DueIndex(store).SetAsync(1, "3", DateTimeOffset.UnixEpoch, Stop));
        }

        Assert.Equal(before, Fingerprint());
        await AssertRefusedAsync(StoreRefusal.StoreDamaged, StoreRefusal.StoreUnreadable, StoreRefusal.StoreBehind);
    }

    [Fact]
    public async Task A_store_without_its_head_is_salvaged_and_still_has_none()
    {
        await FilledStore.FillAsync(_folder);
        Directory.Delete(_folder.Head, recursive: true);
        await using (var store = await _folder.OpenAsync(options => options with { Salvage = true }))
            Assert.StartsWith("value of 3 ", (await Grains.LoadAsync(store, "3")).State.Text, StringComparison.Ordinal);

        await AssertRefusedAsync(StoreRefusal.HeadMissing);
    }

    [Fact]
    public async Task A_head_that_missed_the_last_group_is_caught_up()
    {
        await FilledStore.FillAheadOfHeadAsync(_folder);
        await FilledStore.AssertWholeAsync(_folder);
        await FilledStore.AssertWholeAsync(_folder);
    }

    [Theory]
    [InlineData("store", "store.new")] // Interrupted while it copied,
    [InlineData("store.old", "store.new")] // between its two renamings,
    [InlineData("store.old", "store")] // before the copy was verified,
    [InlineData("store", "store.trash")] // while it removed the original.
    public async Task A_compaction_that_was_interrupted_is_undone_or_finished(string whole, string half)
    {
        await FilledStore.FillAsync(_folder);
        if (whole != "store")
            Directory.Move(_folder.Store, Path.Combine(_folder.Path, whole));
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, half)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "half"), "half", Stop);

        await FilledStore.AssertWholeAsync(_folder);
        Assert.Equal(["head", "store"], Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Nothing_to_salvage_is_said()
    {
        var refusal = await _folder.RefusedAsync(options => options with { Salvage = true });
        Assert.Equal(StoreRefusal.StoreEmpty, refusal.Code);
    }

    private async Task<StoreRefusedException> AssertRefusedAsync(params string[] codes)
    {
        var refusal = await _folder.RefusedAsync();
        output.WriteLine(refusal.Message);
        Assert.Contains(refusal.Code, codes);
        return refusal;
    }

    private static void Cut(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(file.Length / 2);
    }

    private int Replace(string text, string by)
    {
        var changed = 0;
        foreach (var path in _folder.DataFiles().ToList())
        {
            var bytes = File.ReadAllBytes(path);
            for (var at = Find(0); at >= 0; at = Find(at + 1))
            {
                Encoding.UTF8.GetBytes(by, bytes.AsSpan(at));
                changed++;
            }

            File.WriteAllBytes(path, bytes);

            int Find(int from) => bytes.AsSpan(from).IndexOf(Encoding.UTF8.GetBytes(text)) is var at and >= 0 ? from + at : -1;
        }

        return changed;
    }

    private string Fingerprint() => string.Join('\n', _folder.DataFiles().Order(StringComparer.Ordinal).Select(file =>
        $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"));

    private static int NewestSlot(byte[] head) => BitConverter.ToUInt64(head, 24) > BitConverter.ToUInt64(head, 4096 + 24) ? 0 : 4096;
}
