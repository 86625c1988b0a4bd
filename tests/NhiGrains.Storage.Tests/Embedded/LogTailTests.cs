using System.Buffers.Binary;
using NhiGrains.Storage.Embedded;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>What a <c>kill -9</c> can leave at the end of the append-only file, made on purpose.</summary>
public sealed class LogTailTests : IDisposable
{
    private readonly EmbeddedFolder _folder = new();

    private string Log => Path.Combine(_folder.Store, "AOF", "aof.log.0");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(4)]
    [InlineData(5)] // The length and one byte of the version: Garnet by itself recovers nothing then.
    [InlineData(8)]
    [InlineData(12)]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(36)]
    [InlineData(43)]
    public async Task A_commit_record_of_which_only_the_first_bytes_are_there_loses_nothing(int count)
    {
        await FillAsync();
        var end = await EndAsync();
        var record = new byte[44];
        BinaryPrimitives.WriteInt32LittleEndian(record, -40);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(4), 1);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(8), -1);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), 64);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), end + 44);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(32), 1_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(40), -1);
        Append(end, record.AsSpan(0, count));

        await AssertWholeAsync();
        await AssertWholeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(5_000)]
    [InlineData(9_000_000)] // Over two pages.
    public async Task Noise_after_the_last_commit_loses_nothing(int count)
    {
        await FillAsync();
        var noise = new byte[count];
        new Random(7).NextBytes(noise);
        Append(await EndAsync(), noise);

        await AssertWholeAsync();
        await AssertWholeAsync();
    }

    [Fact]
    public async Task A_log_that_ends_with_a_commit_is_left_as_it_is()
    {
        await FillAsync();
        var before = await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken);

        Assert.Equal(0, LogTail.Mend(_folder.Store));
        Assert.Equal(before, await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_log_that_is_damaged_in_the_middle_is_left_as_it_is()
    {
        await FillAsync();
        var bytes = await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken);
        new Random(7).NextBytes(bytes.AsSpan(bytes.Length / 2, 300));
        await File.WriteAllBytesAsync(Log, bytes, TestContext.Current.CancellationToken);

        Assert.Equal(0, LogTail.Mend(_folder.Store));
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken));
        Assert.Contains("salvage", (await _folder.RefusedAsync()).Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void No_log_needs_no_mending() => Assert.Equal(0, LogTail.Mend(_folder.Store));

    private async Task FillAsync()
    {
        await using var store = await _folder.OpenAsync();
        for (var number = 0; number < 40; number++)
            await Grains.SaveAsync(store, $"{number}", $"value of {number} {new string('x', 150_000)}");
    }

    private async Task AssertWholeAsync()
    {
        await using var store = await _folder.OpenAsync();
        for (var number = 0; number < 40; number++)
            Assert.StartsWith($"value of {number} ", (await Grains.LoadAsync(store, $"{number}")).State.Text, StringComparison.Ordinal);
    }

    /// <summary>Where the last byte of the last commit is: the last one that is not zero, in a store that was closed.</summary>
    private async Task<int> EndAsync()
    {
        var bytes = await File.ReadAllBytesAsync(Log, TestContext.Current.CancellationToken);
        return bytes.AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
    }

    private void Append(int end, ReadOnlySpan<byte> bytes)
    {
        using var file = new FileStream(Log, FileMode.Open);
        file.Position = end;
        file.Write(bytes);
        file.SetLength((file.Length + 511) / 512 * 512);
    }
}
