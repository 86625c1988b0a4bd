using System.Buffers.Binary;
using NhiGrains.Storage.Embedded;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>Which bytes of the log Garnet may read, by what the head and the sums beside the log say.</summary>
public sealed class LogCheckTests(ITestOutputHelper output) : IDisposable
{
    private readonly EmbeddedFolder _folder = new();

    private string Log => Path.Combine(_folder.Store, "AOF", "aof.log.0");

    private string Sums => Path.Combine(_folder.Store, "log.sums");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Sums_that_are_gone_or_damaged_are_made_anew(bool gone)
    {
        await FilledStore.FillAsync(_folder);
        if (gone)
            File.Delete(Sums);
        else
            Change(Sums, 100);
        Assert.Null(LogSums.Read(_folder.Store));

        await FilledStore.AssertWholeAsync(_folder);
        Assert.NotNull(LogSums.Read(_folder.Store));
        Change(Log, 500_000);
        await AssertRefusedAsync(StoreRefusal.StoreDamaged, "from 499712 on");
    }

    [Fact]
    public async Task Without_the_sums_damage_is_refused_and_its_place_is_not_known()
    {
        await FilledStore.FillAsync(_folder);
        File.Delete(Sums);
        Change(Log, 500_000);

        await AssertRefusedAsync(StoreRefusal.StoreDamaged, "not known");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(500_000)]
    public async Task Sums_that_a_power_failure_left_behind_are_harmless_and_vouch_for_nothing_behind_them(int damage)
    {
        await using (var store = await _folder.OpenAsync())
            await Grains.SaveAsync(store, "first", "text");
        var older = await File.ReadAllBytesAsync(Sums, TestContext.Current.CancellationToken);
        await FilledStore.FillAsync(_folder);
        await File.WriteAllBytesAsync(Sums, older, TestContext.Current.CancellationToken);
        if (damage > 0)
        {
            Change(Log, damage);
            await AssertRefusedAsync(StoreRefusal.StoreDamaged, "not known");
        }
        else
        {
            await FilledStore.AssertWholeAsync(_folder);
        }
    }

    [Fact]
    public async Task A_head_that_does_not_know_yet_that_the_store_was_written_anew_is_caught_up()
    {
        await FilledStore.FillAsync(_folder);
        for (var round = 0; round < 2; round++)
            await FilledStore.WriteAsync(_folder);
        var head = _folder.Copy(_folder.Head);
        await (await _folder.OpenAsync(options => options with { EmbeddedLogMegabytes = 1 })).DisposeAsync();
        // As after a crash between the two: the store has its new log, and the head the sum of the old one.
        Assert.NotEqual(LogIn(head), LogIn(_folder.Head));
        EmbeddedFolder.PutBack(head, _folder.Head);

        await FilledStore.AssertWholeAsync(_folder);
        await FilledStore.AssertWholeAsync(_folder);
    }

    [Fact]
    public async Task A_log_that_breaks_off_before_a_commit_behind_the_head_is_refused()
    {
        await FilledStore.FillAheadOfHeadAsync(_folder);
        File.Delete(Sums);
        var bytes = await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan((int)LogIn(_folder.Head).Address), 77_777_777);
        await File.WriteAllBytesAsync(Log, bytes, TestContext.Current.CancellationToken);

        await AssertRefusedAsync(StoreRefusal.StoreDamaged, "cannot be read from byte");
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_log_that_the_disk_does_not_give_is_refused()
    {
        await FilledStore.FillAsync(_folder);
        File.Delete(Log);
        // Reading its first bytes is an input/output error, as from a broken disk.
        File.CreateSymbolicLink(Log, "/proc/self/mem");

        await AssertRefusedAsync(StoreRefusal.StoreUnreadable, "cannot be read");
    }

    [Fact]
    public async Task What_is_written_past_the_committer_is_covered_when_the_store_is_closed()
    {
        await using (var store = await _folder.OpenAsync())
        {
            using var other = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(store.Backend.Connection.Clone());
            for (var number = 0; number < 50; number++)
                await other.GetDatabase().StringSetAsync($"membership-{number}", new string('m', 500));
        }

        Change(Log, 20_000);
        await AssertRefusedAsync(StoreRefusal.StoreDamaged, "from 16384 on");
    }

    [Theory]
    [InlineData(500_000, 1, 1_485, true)] // A value: its neighbours in the same block go with it.
    [InlineData(2_048, 512, 400, true)] // Lengths, near the beginning: all up to the next commit goes.
    [InlineData(300_000, 300_000, 400, true)] // Most of a commit.
    [InlineData(500_000, 1, 1_499, false)] // Where it is is not known: the value's own checksum tells.
    public async Task What_is_not_damaged_is_salvaged(int from, int count, int atLeast, bool withSums)
    {
        await FilledStore.FillAsync(_folder);
        Change(Log, from, count);
        if (!withSums)
            File.Delete(Sums);

        await using var store = await _folder.OpenAsync(options => options with { Salvage = true });
        var found = await FilledStore.CountAsync(store);
        output.WriteLine($"{found} of {FilledStore.States}");
        Assert.InRange(found, atLeast, FilledStore.States);
    }

    private async Task AssertRefusedAsync(string code, string says)
    {
        var refusal = await _folder.RefusedAsync();
        output.WriteLine(refusal.Message);
        Assert.Equal(code, refusal.Code);
        Assert.Contains(says, refusal.What, StringComparison.Ordinal);
        Assert.Contains("salvage", refusal.Remedy, StringComparison.Ordinal);
    }

    private static LogSum LogIn(string headFolder)
    {
        using var file = HeadFile.Open(headFolder);
        return Assert.IsType<LedgerHead>(file.Read()).Log;
    }

    private static void Change(string path, int from, int count = 1)
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = from; at < from + count; at++)
            bytes[at] ^= 0x55;
        File.WriteAllBytes(path, bytes);
    }
}
