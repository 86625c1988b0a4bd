using System.Globalization;
using NhiGrains.Storage.Tests.Fixtures;

namespace NhiGrains.Storage.Tests.Embedded;

/// <summary>
/// Damage of every kind at random places: a store is refused or opens whole, and whatever is wrong with it, it can be salvaged
/// and never takes the process along. To repeat what failed, set <c>NHIGRAINS_NOISE_SEED</c> to the seed that was printed; for
/// more than a few rounds, set <c>NHIGRAINS_NOISE_ROUNDS</c>.
/// </summary>
public sealed class NoiseTests(ITestOutputHelper output) : IDisposable
{
    private const int Sector = 512;

    private readonly EmbeddedFolder _folder = new();
    private readonly Random _random = new(Seed);

    private static int Seed { get; } = Setting("SEED") ?? Random.Shared.Next();

    private static int Rounds { get; } = Setting("ROUNDS") ?? 20;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Damage_anywhere_is_refused_or_harmless(bool compacted)
    {
        // Not only into the test's output, which is lost when the process is.
        await Console.Error.WriteLineAsync($"Noise in the store: seed {Seed}, compacted {compacted}");
        await FilledStore.FillAsync(_folder, compacted);
        var (store, head) = (_folder.Copy(_folder.Store), _folder.Copy(_folder.Head));
        var refused = 0;
        for (var round = 0; round < Rounds; round++)
        {
            EmbeddedFolder.PutBack(_folder.Copy(store), _folder.Store);
            EmbeddedFolder.PutBack(_folder.Copy(head), _folder.Head);
            var damage = Damage();
            var refusal = await OpenAsync();
            refused += refusal is null ? 0 : 1;
            output.WriteLine($"round {round}, {damage}: {refusal?.Message ?? "harmless"}");
            if (refusal is not null && round % 2 == 0)
                output.WriteLine($"salvaged: {await SalvageAsync()} of {FilledStore.States}");
        }

        Assert.True(refused > Rounds / 4, $"{refused} of {Rounds} were refused: the test shows little.");
    }

    private async Task<StoreRefusedException?> OpenAsync()
    {
        try
        {
            await FilledStore.AssertWholeAsync(_folder);
            return null;
        }
        catch (StoreRefusedException refusal)
        {
            Assert.Contains("salvage", refusal.Remedy, StringComparison.Ordinal);
            return refusal;
        }
    }

    private async Task<int> SalvageAsync()
    {
        await using var store = await _folder.OpenAsync(options => options with { Salvage = true });
        return await FilledStore.CountAsync(store);
    }

    private string Damage()
    {
        var files = _folder.DataFiles().Order(StringComparer.Ordinal).ToList();
        // The log is where it counts; the other files get their share.
        var path = _random.Next(5) > 0 ? files.Single(file => file.EndsWith("aof.log.0", StringComparison.Ordinal)) : files[_random.Next(files.Count)];
        var bytes = File.ReadAllBytes(path);
        var at = _random.Next(bytes.Length);
        var what = "";
        switch (_random.Next(3))
        {
            case 0:
                what = "one bit";
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1:
                at = at / Sector * Sector;
                what = "a sector of zeros";
                Array.Clear(bytes, at, Math.Min(Sector, bytes.Length - at));
                break;
            default:
                // From one byte to some kilobytes, small ones as often as large ones.
                var noise = bytes.AsSpan(at, Math.Min(_random.Next(1, 2 << _random.Next(14)), bytes.Length - at));
                what = $"{noise.Length} bytes of noise";
                _random.NextBytes(noise);
                break;
        }

        File.WriteAllBytes(path, bytes);
        return $"{what} at {at} of {Path.GetFileName(path)}";
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable($"NHIGRAINS_NOISE_{name}"), CultureInfo.InvariantCulture, out var value) ? value : null;
}
