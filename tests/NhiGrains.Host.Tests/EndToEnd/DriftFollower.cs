using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>The real graphql-ws client under node, subscribed to driftDetected.</summary>
internal sealed class DriftFollower : IAsyncDisposable
{
    private readonly Process _node;
    private readonly ConcurrentQueue<JsonElement> _events = new();
    private readonly ConcurrentQueue<string> _errors = new();

    private DriftFollower(Process node)
    {
        _node = node;
        node.OutputDataReceived += (_, line) => Take(line.Data);
        node.ErrorDataReceived += (_, line) => _errors.Enqueue(line.Data ?? "");
        node.BeginOutputReadLine();
        node.BeginErrorReadLine();
    }

    public static async Task<DriftFollower> StartAsync(Uri url, string token)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Checkout.PathOf("tests/npm"),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["drift.mjs", new Uri(url, "/graphql").ToString(), token])
            start.ArgumentList.Add(argument);
        var follower = new DriftFollower(Process.Start(start) ?? throw new InvalidOperationException("node did not start."));
        await follower.UntilAsync(line => line.TryGetProperty("connected", out _), TimeSpan.FromSeconds(30));
        return follower;
    }

    public async Task<JsonElement> UntilAsync(Func<JsonElement, bool> wanted, TimeSpan within)
    {
        await Eventually.TrueAsync(() => Task.FromResult(_events.Any(wanted)), within,
            () => $"it did not come; there were: {string.Join('\n', _events)} {string.Join('\n', _errors)}", TestContext.Current.CancellationToken);
        return _events.First(wanted);
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync();
        _node.Dispose();
    }

    private void Take(string? line)
    {
        if (!string.IsNullOrWhiteSpace(line))
            _events.Enqueue(JsonSerializer.Deserialize<JsonElement>(line));
    }
}
