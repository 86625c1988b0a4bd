using NhiGrains.Storage.Embedded;
using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

public sealed class SizeTests(ITestOutputHelper output)
{
    private const int States = 12_000;
    private const int Rounds = 4;

    [Fact]
    public async Task More_than_fits_into_memory_is_kept_and_a_start_drops_its_history()
    {
        using var folder = new EmbeddedFolder();
        NhiStoreOptions Small(NhiStoreOptions options) => options with
        {
            EmbeddedMemoryMegabytes = 16, EmbeddedLogMegabytes = 8,
        };
        await using (var store = await folder.OpenAsync(Small))
        {
            for (var round = 0; round < Rounds; round++)
            {
                // Of another length each time, so that nothing is replaced in its place. About 80 MB in all.
                await Task.WhenAll(Enumerable.Range(0, States).Select(number => Grains.SaveAsync(store, $"{number}", Text(number, round))));
                await Task.WhenAll(Enumerable.Range(0, States).Select(number =>
                    new DueIndex(store).SetAsync(number % 16, $"identity-{number}", DateTimeOffset.FromUnixTimeMilliseconds(number + round))));
            }

            await AssertWholeAsync(store);
        }

        var before = LogSize(folder);
        Assert.True(before > LogFile.SegmentBytes, "The log has one segment only: the test shows less than it should.");

        await using var again = await folder.OpenAsync(Small);
        await AssertWholeAsync(again);
        output.WriteLine($"log before {before >> 20} MB, after {LogSize(folder) >> 20} MB, folder {Size(folder.Path) >> 20} MB");
        Assert.True(LogSize(folder) < before / 2, "The start did not write the store anew.");
    }

    private static string Text(int number, int round) => $"value of {number} {new string('x', 1_200 + 150 * round + number % 100)}";

    private static async Task AssertWholeAsync(NhiStore store)
    {
        foreach (var part in Enumerable.Range(0, States).Chunk(500))
        {
            var read = await Task.WhenAll(part.Select(number => Grains.LoadAsync(store, $"{number}")));
            Assert.All(read, (state, index) => Assert.Equal(Text(part[index], Rounds - 1), state.State.Text));
        }

        var due = await new DueIndex(store).ReadAsync(5, DateTimeOffset.MaxValue, States);
        Assert.Equal(States / 16, due.Count);
        Assert.All(due, entry => Assert.Equal($"identity-{entry.DueAt.ToUnixTimeMilliseconds() - Rounds + 1}", entry.IdentityId));
    }

    private static long LogSize(EmbeddedFolder folder) => Size(Path.Combine(folder.Store, "AOF"));

    private static long Size(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
}
