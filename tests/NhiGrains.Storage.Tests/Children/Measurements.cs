using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Storage.Embedded;
using NhiGrains.Storage.Tests.Fixtures;
using StackExchange.Redis;

namespace NhiGrains.Storage.Tests.Children;

/// <summary>
/// Measures the embedded store by hand: <c>dotnet NhiGrains.Storage.Tests.dll measure [states]</c>. Durable grain-state writes
/// at 256 at once beside plain pipelined SETs on a Garnet with the same settings, interleaved, then the time of a start.
/// </summary>
internal static class Measurements
{
    public const string Mode = "measure";

    private const int AtOnce = 256;

    public static async Task<int> RunAsync(string[] args)
    {
        var states = args is [var count, ..] ? int.Parse(count, CultureInfo.InvariantCulture) : 100_000;
        using var folder = new EmbeddedFolder();
        using var plainFolder = new EmbeddedFolder();
        var groups = new List<int>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (instrument.Name == "nhi.store.group.size")
                to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<int>((_, size, _, _) => groups.Add(size));
        listener.Start();
        var options = folder.Options with { EmbeddedMemoryMegabytes = 512 };
        await using (var plain = await GarnetInstance.StartAsync(plainFolder.Store, options, NullLoggerFactory.Instance))
        await using (var store = await NhiStore.OpenAsync(options, NullLoggerFactory.Instance))
        {
            var etags = new NoteState[states];
            for (var round = 0; round < 3; round++)
            {
                await TimeAsync($"durable grain state, round {round}", states, index => WriteAsync(store, etags, index));
                await TimeAsync($"plain SET, round {round}", states, index => plain.Database.StringSetAsync($"k{index}", Payload(index)));
            }

            groups.Sort();
            Console.WriteLine($"groups: {groups.Count}, p50 {groups[groups.Count / 2]}, largest {groups[^1]}");
            await TimeAsync("reading grain state", states, index => Grains.LoadAsync(store, Name(index)));
        }

        AddUp(folder);
        var since = TimeProvider.System.GetTimestamp();
        await using var again = await NhiStore.OpenAsync(options, NullLoggerFactory.Instance);
        Console.WriteLine($"start with {states} states: {TimeProvider.System.GetElapsedTime(since).TotalMilliseconds:f0} ms");
        return 0;
    }

    /// <summary>What each byte of the log costs beside its commit, and again at a start.</summary>
    private static void AddUp(EmbeddedFolder folder)
    {
        using var log = new LogFile(folder.Store);
        var length = log.Length();
        var since = TimeProvider.System.GetTimestamp();
        using var cover = LogCover.TryRead(folder.Store, length);
        var took = TimeProvider.System.GetElapsedTime(since);
        Console.WriteLine($"adding up {length >> 20} MB of log: {took.TotalMilliseconds:f0} ms, {took.TotalMicroseconds / (length >> 18):f0} us for each 256 kB");
    }

    private static async Task WriteAsync(NhiStore store, NoteState[] etags, int index)
    {
        var state = etags[index] ??= new();
        state.State = new() { Text = Payload(index) };
        await Grains.StorageOf(store).WriteStateAsync("note", Grains.Named(Name(index)), state);
    }

    private static string Name(int index) => index.ToString(CultureInfo.InvariantCulture);

    private static string Payload(int index) => new((char)('a' + index % 26), 700 + index % 100);

    private static async Task TimeAsync(string what, int count, Func<int, Task> act)
    {
        var next = -1;
        var times = new double[count];
        var since = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => WorkAsync()));
        var total = TimeProvider.System.GetElapsedTime(since);
        Array.Sort(times);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {count / total.TotalSeconds:f0}/s, p50 {times[count / 2]:f2} ms, p99 {times[count * 99L / 100]:f2} ms, max {times[^1]:f2} ms"));

        async Task WorkAsync()
        {
            await Task.Yield();
            while (Interlocked.Increment(ref next) is var index && index < count)
            {
                var begun = TimeProvider.System.GetTimestamp();
                await act(index);
                times[index] = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
            }
        }
    }
}
