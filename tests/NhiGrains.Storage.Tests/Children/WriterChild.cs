using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using NhiGrains.Storage.Tests.Fixtures;
using NhiGrains.Storage.Seams;

namespace NhiGrains.Storage.Tests.Children;

/// <summary>
/// The process that is killed: many writers at once, each telling on standard output what was acknowledged, as
/// <c>kind name number</c>, and only after it was.
/// </summary>
internal static class WriterChild
{
    public const string Mode = "write-until-killed";

    private const int Writers = 64;

    /// <summary>How a test starts it. Its input stays open for as long as the test process lives, and no longer.</summary>
    public static ProcessStartInfo Start(string folder, int logMegabytes)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath ?? "dotnet") { RedirectStandardInput = true, UseShellExecute = false };
        foreach (var argument in (string[])[typeof(WriterChild).Assembly.Location, Mode, folder, logMegabytes.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        return start;
    }

    /// <param name="args">The data folder, and the size of the log from which on a start writes the store anew, in megabytes.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        EndWithParentAsync().Ignore();
        var options = new NhiStoreOptions
        {
            DataFolder = args[0],
            EmbeddedMemoryMegabytes = 16,
            EmbeddedLogMegabytes = int.Parse(args[1], CultureInfo.InvariantCulture),
        };
        await using var store = await NhiStore.OpenAsync(options, NullLoggerFactory.Instance);
        await Task.WhenAll(
            Enumerable.Range(0, Writers).Select(writer => WriteStatesAsync(store, writer))
                .Concat([WriteDueAsync(store), WriteSegmentsAsync(store)]));
        return 0;
    }

    /// <summary>
    /// A test process that dies takes this one along: its input closes then. Otherwise it would write on without end, and hold
    /// the output that whoever runs the tests waits for.
    /// </summary>
    private static async Task EndWithParentAsync()
    {
        using var input = new StreamReader(Console.OpenStandardInput());
        await input.ReadToEndAsync();
        Environment.Exit(1);
    }

    private static async Task WriteStatesAsync(NhiStore store, int writer)
    {
        await Task.Yield();
        for (var number = 0; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"{writer}-{number % 50}");
            var from = await Grains.LoadAsync(store, name);
            var next = from.RecordExists ? int.Parse(from.State.Text.Split(' ')[0], CultureInfo.InvariantCulture) + 1 : 1;
            await Grains.SaveAsync(store, name, string.Create(CultureInfo.InvariantCulture, $"{next} {new string('x', 200 + next % 700)}"));
            Tell("state", name, next);
        }
    }

    private static async Task WriteDueAsync(NhiStore store)
    {
        await Task.Yield();
        var index = new DueIndex(store);
        // Later than all that is there, so that an entry of an earlier life of this process is never taken for a lost one.
        var last = 0L;
        for (var shard = 0; shard < 16; shard++)
        {
            foreach (var entry in await index.ReadAsync(shard, DateTimeOffset.MaxValue, 1_000))
                last = Math.Max(last, entry.DueAt.ToUnixTimeMilliseconds());
        }

        for (var number = last + 1; ; number++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"due-{number % 100}");
            await index.SetAsync((int)(number % 100 % 16), name, DateTimeOffset.FromUnixTimeMilliseconds(number));
            Tell("due", name, number);
        }
    }

    private static async Task WriteSegmentsAsync(NhiStore store)
    {
        await Task.Yield();
        var segments = new AuditSegments(store);
        var first = await segments.ListAsync(3) is [.., var last] ? last + 1 : 1;
        for (var number = first; ; number++)
        {
            if (!await segments.TryAppendAsync(3, number, BitConverter.GetBytes(number)))
                throw new InvalidOperationException($"Segment {number} was there, and not in the list.");
            Tell("segment", "3", number);
        }
    }

    private static void Tell(string kind, string name, long number)
    {
        lock (Console.Out)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind} {name} {number}"));
            Console.Out.Flush();
        }
    }
}
