using NhiGrains.Storage.Embedded;

namespace NhiGrains.Storage.Tests.Embedded;

public sealed class LogSumTests
{
    private static readonly byte[] Bytes = Noise(3 * LogSummer.BlockBytes + 100);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(LogSummer.BlockBytes - 1)]
    [InlineData(LogSummer.BlockBytes)]
    [InlineData(2 * LogSummer.BlockBytes + 1)]
    public void The_sum_does_not_depend_on_the_parts_in_which_the_log_came(int part)
    {
        var (whole, parts) = (Sum(Bytes, Bytes.Length), Sum(Bytes, part));
        Assert.Equal(whole.Sum, parts.Sum);
        Assert.Equal(whole.Blocks, parts.Blocks);
        Assert.Equal(3, whole.Blocks.Count);
        Assert.Equal(whole.Sum, LogSummer.Of([.. whole.Blocks], whole.Tail, Bytes.Length));
    }

    [Fact]
    public void Any_bit_changes_the_sum_and_so_does_the_length()
    {
        var whole = Sum(Bytes, Bytes.Length).Sum;
        for (var at = 0; at < Bytes.Length; at += 97)
        {
            var changed = Bytes.ToArray();
            changed[at] ^= (byte)(1 << at % 8);
            Assert.NotEqual(whole.Sum, Sum(changed, changed.Length).Sum.Sum);
        }

        Assert.NotEqual(whole.Sum, Sum(Bytes[..^1], Bytes.Length).Sum.Sum);
        Assert.NotEqual(Sum(new byte[10], 10).Sum.Sum, Sum(new byte[11], 11).Sum.Sum);
    }

    [Fact]
    public void A_commit_record_that_covers_a_place_is_read_as_one_and_no_other_place_is()
    {
        var page = Noise(1_000);
        LogEntry.Cover(page.AsSpan(100, 300), 5_000_100);

        Assert.True(LogEntry.TryRead(page, 100, out var next, out var isCommit) && isCommit);
        Assert.Equal(400, next);
        for (var at = 0; at < page.Length; at += 4)
            Assert.Equal(at == 100, LogEntry.IsCommit(page, at, 5_000_000));
        Assert.False(LogEntry.IsCommit(page, 100, 5_000_004));
    }

    private static (LogSum Sum, List<ulong> Blocks, ulong Tail) Sum(byte[] bytes, int part)
    {
        var summer = new LogSummer();
        var blocks = new List<ulong>();
        foreach (var chunk in bytes.Chunk(part))
            summer.Append(chunk, blocks);
        return (summer.Sum, blocks, summer.Rest);
    }

    private static byte[] Noise(int count)
    {
        var bytes = new byte[count];
        new Random(11).NextBytes(bytes);
        return bytes;
    }
}
