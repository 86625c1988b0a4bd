using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>Promise 7, when <c>kill -9</c> falls into a start.</summary>
public sealed class CompactionKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Everything_acknowledged_is_there_when_a_start_is_killed_while_it_writes_the_store_anew()
    {
        using var folder = new EmbeddedFolder();
        var writer = new KilledWriter();
        var hits = 0;
        for (var round = 0; round < 8; round++)
        {
            await using (var store = await folder.OpenAsync())
            {
                await writer.AssertKeptAsync(store);
                for (var history = 0; history < 3; history++)
                    await Task.WhenAll(Enumerable.Range(0, 1_500).Select(number => Grains.SaveAsync(store, $"history-{number}", $"{round} {new string('h', 700)}")));
            }

            // At once in some of the rounds, since on a quick machine the writing is soon over.
            var livesFor = TimeSpan.FromMilliseconds(round < 3 ? 0 : Random.Shared.Next(0, 900));
            await writer.RunAsync(folder.Path, logMegabytes: 1, livesFor, () => Halves().Length > 0);
            hits += Halves().Length > 0 ? 1 : 0;
            output.WriteLine($"round {round}: killed with {string.Join(' ', Halves().Select(Path.GetFileName))}");
            await using var again = await folder.OpenAsync();
            for (var number = 0; number < 1_500; number++)
                Assert.StartsWith($"{round} ", (await Grains.LoadAsync(again, $"history-{number}")).State.Text, StringComparison.Ordinal);
        }

        Assert.True(hits > 0, "No kill fell into the writing: the test shows nothing.");

        string[] Halves() =>
            [.. Directory.GetDirectories(folder.Path).Where(path => Path.GetFileName(path) is "store.new" or "store.old" or "store.trash")];
    }
}
