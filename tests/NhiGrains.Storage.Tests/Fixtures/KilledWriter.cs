using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using NhiGrains.Storage.Seams;
using NhiGrains.Storage.Tests.Children;

namespace NhiGrains.Storage.Tests.Fixtures;

/// <summary>What a writer process was acknowledged, by what it told before it was killed.</summary>
internal sealed class KilledWriter
{
    private readonly ConcurrentDictionary<string, long> _states = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _due = new(StringComparer.Ordinal);

    private TaskCompletionSource _wroteFirst = new();
    private long _lastSegment;

    public IReadOnlyDictionary<string, long> States => _states;

    public int Acknowledged { get; private set; }

    /// <summary>Starts a writer on the folder and kills it, as <c>kill -9</c> does, some time after its first write.</summary>
    /// <param name="sooner">Counts its life from when this is true, if that is before its first write.</param>
    public async Task RunAsync(string folder, int logMegabytes, TimeSpan livesFor, Func<bool>? sooner = null)
    {
        _wroteFirst = new();
        var start = WriterChild.Start(folder, logMegabytes);
        start.RedirectStandardOutput = true;
        using var writer = Process.Start(start) ?? throw new InvalidOperationException("The writer did not start.");
        try
        {
            var reading = ReadAsync(writer.StandardOutput);
            await Task.WhenAny(BeginsAsync(sooner), reading);
            await Task.WhenAny(Task.Delay(livesFor), reading);
            Assert.False(reading.IsCompleted, "The writer ended by itself.");
            writer.Kill();
            await reading;
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync();
        }
    }

    /// <summary>What was acknowledged is there, or something newer.</summary>
    public async Task AssertKeptAsync(NhiStore store)
    {
        foreach (var (name, number) in _states)
        {
            var text = (await Grains.LoadAsync(store, name)).State.Text;
            Assert.True(text.Length > 0 && int.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture) >= number, $"{name}: '{text}' is older than {number}");
        }

        var due = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var shard = 0; shard < 16; shard++)
        {
            foreach (var entry in await new DueIndex(store).ReadAsync(shard, DateTimeOffset.MaxValue, 1_000))
                due[entry.IdentityId] = entry.DueAt.ToUnixTimeMilliseconds();
        }

        Assert.All(_due, entry => Assert.True(due[entry.Key] >= entry.Value, $"{entry.Key} is lost"));
        var segments = new AuditSegments(store);
        var listed = await segments.ListAsync(3);
        Assert.Equal(Enumerable.Range(1, listed.Count).Select(number => (long)number), listed);
        Assert.True(listed.Count >= _lastSegment, $"Segment {_lastSegment} is lost: the last one is {listed.Count}");
        Assert.All(await segments.ReadAsync(3, listed), (bytes, index) => Assert.Equal(index + 1L, BitConverter.ToInt64(bytes)));
    }

    private async Task BeginsAsync(Func<bool>? sooner)
    {
        while (!_wroteFirst.Task.IsCompleted && sooner?.Invoke() != true)
            await Task.WhenAny(_wroteFirst.Task, Task.Delay(sooner is null ? TimeSpan.FromSeconds(1) : TimeSpan.FromMilliseconds(5)));
    }

    private async Task ReadAsync(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            _wroteFirst.TrySetResult();
            // The last line may be cut off: it ends with a number that is a digit short, and that is never a larger one.
            if (line.Split(' ') is not [var kind, var name, var text] || !long.TryParse(text, CultureInfo.InvariantCulture, out var number))
                continue;
            Acknowledged++;
            if (kind == "state")
                _states.AddOrUpdate(name, number, (_, before) => Math.Max(before, number));
            else if (kind == "due")
                _due.AddOrUpdate(name, number, (_, before) => Math.Max(before, number));
            else
                _lastSegment = Math.Max(_lastSegment, number);
        }
    }
}
