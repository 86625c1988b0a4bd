using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using NhiGrains.Platforms.TestKit.Kubernetes;
using NhiGrains.Platforms.TestKit.Waiting;

namespace NhiGrains.Platforms.TestKit.Postgres;

/// <summary>
/// A real PostgreSQL on a free loopback port, in a folder of its own. Every login needs its password (scram-sha-256); all statements
/// are logged. It ends with this process, however that ends.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The superuser that initdb makes.</summary>
    public const string Admin = "postgres";

    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);

    private readonly string _programs;
    private readonly string _folder;
    private readonly string[] _settings;
    private Tethered? _server;
    private string[] _command = [];

    private PostgresServer(string programs, string folder, int port, string[] settings) =>
        (_programs, _folder, Port, _settings) = (programs, folder, port, settings);

    public string Host => "127.0.0.1";

    public int Port { get; }

    /// <summary>Random for each server.</summary>
    public string AdminPassword { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Everything that the server has said, statements included.</summary>
    public string Log => Path.Combine(_folder, "server.log");

    private string Data => Path.Combine(_folder, "data");

    /// <summary>PostgreSQL refuses to run as root.</summary>
    private static bool IsRoot => Environment.UserName == "root";

    /// <param name="settings">More of postgresql.conf: <c>max_connections=50</c>.</param>
    public static async Task<PostgresServer> StartAsync(CancellationToken cancellation = default, params string[] settings)
    {
        var programs = await PostgresPrograms.LocateAsync(cancellation);
        var server = new PostgresServer(programs, Directory.CreateTempSubdirectory("nhigrains-postgres-").FullName, LoopbackPorts.Free(1)[0], settings);
        try
        {
            await server.PrepareAsync(cancellation);
            await server.StartAgainAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task StartAgainAsync(CancellationToken cancellation = default)
    {
        string[] settings =
        [
            "listen_addresses=127.0.0.1", $"unix_socket_directories={_folder}", "log_statement=all", "log_connections=on", "fsync=off",
            "max_connections=200", .. _settings,
        ];
        string[] postgres =
        [
            Path.Combine(_programs, "postgres"), "-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), .. settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        _command = AsNobodyElse(postgres);
        _server = Tethered.Start(_command[0], Log, _command[1..]);
        await Eventually.TrueAsync(IsReadyAsync, ReadyWithin, () => $"PostgreSQL is not ready. The end of its log:\n{EndOfLog()}", cancellation);
    }

    /// <summary>Kills it, as a power cut would; the data stays.</summary>
    public async Task StopAsync()
    {
        if (_server is null)
            return;
        await _server.StopAsync();
        _server.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        // Its children end a moment after it and may still be writing.
        await Eventually.TrueAsync(
            () =>
            {
                try
                {
                    Directory.Delete(_folder, recursive: true);
                    return Task.FromResult(true);
                }
                catch (IOException)
                {
                    return Task.FromResult(!Directory.Exists(_folder));
                }
            },
            ReadyWithin, () => $"{_folder} cannot be deleted.");
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        var password = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(password, AdminPassword, cancellation);
        if (IsRoot)
            await RunAsync(["chown", "-R", Admin, _folder], cancellation);
        await RunAsync(AsNobodyElse([Path.Combine(_programs, "initdb"), "-D", Data, "-U", Admin, "-A", "scram-sha-256", "--pwfile", password, "-N", "-E", "UTF8", "--locale=C"]), cancellation);
        File.Delete(password);
    }

    private static string[] AsNobodyElse(string[] command) =>
        IsRoot ? ["setpriv", $"--reuid={Admin}", $"--regid={Admin}", "--init-groups", .. command] : command;

    private static async Task RunAsync(string[] command, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start.");
        var said = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} failed: {await said}");
    }

    /// <summary>In PostgreSQL's own words, so that this needs no client: a server that is still starting says so instead of asking for a password.</summary>
    private async Task<bool> IsReadyAsync()
    {
        if (_server is not { HasExited: false })
        {
            // Processes of one that was killed hold its shared memory for a moment, and the next refuses to start until then.
            _server?.Dispose();
            _server = Tethered.Start(_command[0], Log, _command[1..]);
            return false;
        }

        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, Port, bound.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(PostgresMessages.Startup(("user", Admin), ("database", Admin)), bound.Token);
            var answer = new byte[1];
            return await stream.ReadAsync(answer, bound.Token) == 1 && answer[0] == (byte)'R';
        }
        catch (Exception notYet) when (notYet is SocketException or IOException or OperationCanceledException)
        {
            return false;
        }
    }

    private string EndOfLog() => File.Exists(Log) ? string.Join('\n', File.ReadLines(Log).TakeLast(15)) : "(none)";
}
