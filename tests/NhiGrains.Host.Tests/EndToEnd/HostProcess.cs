using System.Diagnostics;
using System.Text;
using NhiGrains.Platforms.TestKit;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Host.Tests.EndToEnd;

/// <summary>The real program in a process of its own, on loopback, with a data folder that outlives it.</summary>
internal sealed class HostProcess(HostPlace place) : IAsyncDisposable
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(90);
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "nhigrains.dll");

    private readonly StringBuilder _log = new();
    private Process? _process;

    public Uri Url { get; } = new($"http://127.0.0.1:{LoopbackPorts.Free(1)[0]}");

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    public bool HasEnded => Running.HasExited;

    private Process Running => _process ?? throw new InvalidOperationException("It was not started.");

    /// <summary>Returns when it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _process = Launch([.. place.ServeArguments, "--urls", Url.ToString()], place.Environment);
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(5) };
        await Eventually.TrueAsync(async () => !_process.HasExited
            ? await IsReadyAsync(client)
            : throw await EndedAsync(_process),
            ReadyWithin, () => $"It is not ready:\n{Log}", cancellation);
    }

    /// <summary>A SIGSTOP: it stands still in the middle of whatever it does, and its connections stay open.</summary>
    public void Freeze() => Signals.Freeze(Running.Id);

    /// <summary>A SIGCONT: it goes on as if no time had passed.</summary>
    public void Thaw() => Signals.Thaw(Running.Id);

    /// <summary>A SIGKILL: no goodbye of any kind.</summary>
    public async Task KillAsync()
    {
        if (_process is null)
            return;
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async Task<string> TokenAsync(params string[] arguments)
    {
        using var process = Launch(["token", "--data", place.Data, .. arguments], place.Environment);
        var token = await process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? token.Trim() : throw new InvalidOperationException(error);
    }

    /// <returns>The exit code, and what it printed.</returns>
    public static async Task<(int Code, string Output)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Launch(arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private static Process Launch(string[] arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (string[])[Program, .. arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start.");
    }

    public async Task<bool> IsReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(5) };
        return await IsReadyAsync(client);
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    // An exit is seen before the last lines are: waiting for it also reads what is still in the pipes.
    private async Task<InvalidOperationException> EndedAsync(Process process)
    {
        await process.WaitForExitAsync();
        return new($"It ended with {process.ExitCode}:\n{Log}");
    }

    private void Keep(string? line)
    {
        lock (_log)
            _log.AppendLine(line);
    }
}
