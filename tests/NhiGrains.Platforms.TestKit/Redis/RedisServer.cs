using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Redis;

/// <summary>
/// A real redis-server of the test's own, on a free loopback port, that writes every change to disk before it answers. A shell
/// holds it and ends it when this process ends, however that ends.
/// </summary>
public sealed class RedisServer : IAsyncDisposable
{
    public const string Password = "p%40ss:word"; // In the URL; a reserved character is part of it.

    private const string Holding =
        "exec 2>/dev/null; \"$@\" </dev/null >/dev/null & server=$!; echo $server; read -r _; kill -KILL $server; wait $server";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nhigrains-redis-");
    private readonly int _port = LoopbackPorts.Free(1)[0];
    private Process? _shell;
    private int _id;

    private RedisServer()
    {
    }

    public string Url => string.Create(CultureInfo.InvariantCulture, $"redis://:{Password}@127.0.0.1:{_port}");

    public static async Task<RedisServer> StartAsync(params string[] more)
    {
        var server = new RedisServer();
        await server.StartAgainAsync(more);
        return server;
    }

    /// <summary>Starts it on the same port and files.</summary>
    public async Task StartAgainAsync(params string[] more)
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        string[] arguments =
        [
            "-c", Holding, "sh", "redis-server", "--port", Text(_port), "--bind", "127.0.0.1", "--requirepass", Uri.UnescapeDataString(Password),
            "--dir", _folder.FullName, "--appendonly", "yes", "--appendfsync", "always", "--save", "", .. more,
        ];
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        _shell = Process.Start(start) ?? throw new InvalidOperationException("redis-server did not start: deploy/dev/redis.sh installs it.");
        _id = int.Parse(await _shell.StandardOutput.ReadLineAsync() ?? "0", CultureInfo.InvariantCulture);
        await Eventually.TrueAsync(AnswersAsync, TimeSpan.FromSeconds(20), () => "redis-server does not answer.");
    }

    /// <summary>Ends it as <c>kill -9</c> does.</summary>
    public async Task KillAsync()
    {
        if (_shell is null)
            return;
        Thaw();
        _shell.StandardInput.Close();
        await _shell.WaitForExitAsync();
        _shell.Dispose();
        _shell = null;
    }

    /// <summary>Ends it and removes its files: it comes back empty.</summary>
    public async Task LoseEverythingAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
        _folder.Create();
    }

    public void Freeze() => Signals.Freeze(_id);

    public void Thaw() => Signals.Thaw(_id);

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Delete(recursive: true);
    }

    // In Redis' own words, so that this needs no client: what loads its files still answers otherwise.
    private async Task<bool> AnswersAsync()
    {
        if (_shell is not { HasExited: false })
            throw new InvalidOperationException("redis-server ended while it was starting.");
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _port, bound.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {Uri.UnescapeDataString(Password)}\r\nPING\r\n"), bound.Token);
            using var answers = new StreamReader(stream, Encoding.ASCII);
            return await answers.ReadLineAsync(bound.Token) == "+OK" && await answers.ReadLineAsync(bound.Token) == "+PONG";
        }
        catch (Exception notYet) when (notYet is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
