using System.Globalization;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>Promise 7: what was acknowledged survives <c>kill -9</c>.</summary>
public sealed class KillTests(ITestOutputHelper output)
{
    /// <summary>More of them by hand, with <c>NHIGRAINS_KILLS</c>.</summary>
    private static int Rounds { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("NHIGRAINS_KILLS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 5;

    [Fact]
    public async Task Everything_acknowledged_is_there_after_each_kill()
    {
        using var folder = new EmbeddedFolder();
        var writer = new KilledWriter();
        for (var round = 0; round < Rounds; round++)
        {
            await writer.RunAsync(folder.Path, logMegabytes: 1, TimeSpan.FromMilliseconds(Random.Shared.Next(100, 2_500)));
            await using var store = await folder.OpenAsync();
            await writer.AssertKeptAsync(store);
            output.WriteLine($"round {round}: {writer.Acknowledged} writes acknowledged so far, {writer.States.Count} states");
        }

        Assert.True(writer.Acknowledged > 1_000, $"Only {writer.Acknowledged} writes were acknowledged: the test shows nothing.");
    }
}
