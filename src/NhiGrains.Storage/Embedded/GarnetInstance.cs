using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Garnet;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace NhiGrains.Storage.Embedded;

/// <summary>
/// Garnet inside this process, on a free loopback port, with a password that is made at each start and kept in memory only.
/// Every write that it acknowledges is on disk.
/// </summary>
internal sealed class GarnetInstance : IAsyncDisposable
{
    public const int LogPageMegabytes = 4;
    public const int LogSegmentMegabytes = 64;

    private const int Attempts = 5;

    private static readonly Lock Creating = new();

    private readonly string _folder;
    private readonly EmbeddedServer _server;
    private readonly ConnectionMultiplexer _connection;
    private readonly ConnectionMultiplexer _commits;
    private bool _disposed;

    private GarnetInstance(
        string folder, EmbeddedServer server, ConfigurationOptions options, ConnectionMultiplexer connection, ConnectionMultiplexer commits) =>
        (_folder, _server, Options, _connection, _commits) = (folder, server, options, connection, commits);

    public ConfigurationOptions Options { get; }

    public IDatabase Database => _connection.GetDatabase();

    /// <summary>A connection that the committer has for itself: answers come in order, and reads from disk may take their time.</summary>
    public IDatabase Commits => _commits.GetDatabase();

    public IServer Server => _connection.GetServers()[0];

    /// <summary>The end of the last commit that is on the disk.</summary>
    public long Committed => _server.Committed;

    /// <param name="sound">Up to where the log's bytes are known to be what was written.</param>
    /// <exception cref="StoreRefusedException">
    /// With <see cref="StoreRefusal.StoreUnreadable"/>, or <see cref="StoreRefusal.StoreDamaged"/>.
    /// </exception>
    public static async Task<GarnetInstance> StartAsync(string folder, NhiStoreOptions options, ILoggerFactory loggers, long sound = 0)
    {
        DataFolder.Create(folder);
        DropSpill(folder);
        if (LogTail.Find(folder, sound) is { IsBroken: true } end)
            throw LogCheck.Broken(end);
        if (LogTail.Mend(folder, sound) is var cut and > 0)
            loggers.CreateLogger<GarnetInstance>().LogInformation("The log ended with {Count} bytes that were never committed; they were cut", cut);
        var password = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var (server, port) = StartServer(folder, password, options, new GarnetLoggers(loggers));
        try
        {
            var connection = ConnectionTo(port, password, options);
            return new(
                folder, server, connection, await ConnectionMultiplexer.ConnectAsync(connection), await ConnectionMultiplexer.ConnectAsync(connection));
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        await _commits.DisposeAsync();
        await _connection.DisposeAsync();
        _server.Dispose();
        DropSpill(_folder);
    }

    /// <summary>How many bytes the append-only file has.</summary>
    public async Task<long> LogSizeAsync()
    {
        var lines = ((string?)await Database.ExecuteAsync("INFO", "PERSISTENCE") ?? "").Split('\n');
        return Address("TailAddress:") - Address("BeginAddress:");

        long Address(string name) => lines.FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(name.Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var at)
                ? at
                : throw new InvalidDataException($"Garnet does not tell its {name}");
    }

    private static string SpillOf(string folder) => folder + ".spill";

    public static void DropSpill(string folder)
    {
        if (Directory.Exists(SpillOf(folder)))
            Directory.Delete(SpillOf(folder), recursive: true);
    }

    private static (EmbeddedServer Server, int Port) StartServer(
        string folder, string password, NhiStoreOptions options, GarnetLoggers loggers)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort();
            EmbeddedServer? server = null;
            try
            {
                server = Create([.. Arguments(folder, port, options), "--password", password], loggers);
                server.Start();
                return (server, port);
            }
            catch (SocketException) when (attempt < Attempts)
            {
                // Somebody took the port between our looking and Garnet's listening.
                server?.Dispose();
            }
            catch (Exception fault)
            {
                server?.Dispose();
                throw new StoreRefusedException(
                    StoreRefusal.StoreUnreadable,
                    $"The store in {folder} cannot be read: {fault.Message}",
                    "Put the newest backup of the whole data folder in its place. To read what is left of this one, start with --salvage.",
                    fault);
            }
        }
    }

    private static EmbeddedServer Create(string[] arguments, GarnetLoggers loggers)
    {
        // One at a time: the listeners are the whole process'.
        lock (Creating)
        {
            var before = Trace.Listeners.Count;
            var server = new EmbeddedServer(arguments, loggers);
            // Garnet adds a listener that copies the whole process' traces to the console.
            while (Trace.Listeners.Count > before)
                Trace.Listeners.RemoveAt(Trace.Listeners.Count - 1);
            return server;
        }
    }

    // Commit-wait makes an acknowledged write durable. The FileStream device writes with O_SYNC; the default device does not
    // work everywhere. Without the storage tier, what does not fit into the memory would be thrown away. No checkpoint is ever
    // taken: after a kill -9, Garnet 2.2.8 could not read some of its own (1 of about 20 kills while it took them in a row). So
    // the append-only file is all that counts, and what is spilled from memory ends with the process.
    private static string[] Arguments(string folder, int port, NhiStoreOptions options) =>
    [
        "--bind", "127.0.0.1", "--port", Text(port), "--auth", "Password", "-q",
        "--aof", "true", "--aof-commit-wait", "true", "--device-type", "FileStream",
        "--recover", "true", "--fail-on-recovery-error", options.Salvage ? "false" : "true", "--lua", "true",
        "--storage-tier", "true", "--logdir", SpillOf(folder), "--checkpointdir", folder,
        "--memory", $"{options.EmbeddedMemoryMegabytes}m", "--page", "1m", "--segment", "64m", "--index", "16m",
        "--aof-memory", "32m", "--aof-page-size", $"{LogPageMegabytes}m", "--aof-segment-size", $"{LogSegmentMegabytes}m",
    ];

    private static ConfigurationOptions ConnectionTo(int port, string password, NhiStoreOptions options)
    {
        // A slow disk is not a lost answer: inside one process there is no network to blame.
        var patience = (int)(options.Timeout * 6).TotalMilliseconds;
        return new()
        {
            EndPoints = { new IPEndPoint(IPAddress.Loopback, port) },
            Password = password,
            AbortOnConnectFail = true,
            BacklogPolicy = BacklogPolicy.FailFast,
            AllowAdmin = true,
            ConnectTimeout = patience,
            SyncTimeout = patience,
            AsyncTimeout = patience,
        };
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Garnet keeps its log to those that derive from it.</summary>
    private sealed class EmbeddedServer(string[] arguments, ILoggerFactory loggers) : GarnetServer(arguments, loggers)
    {
        public long Committed => storeWrapper.appendOnlyFile.Log.CommittedUntilAddress[0];
    }
}
