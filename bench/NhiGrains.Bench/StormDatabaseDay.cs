using System.Text.RegularExpressions;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Postgres;
using Npgsql;

namespace NhiGrains.Bench;

/// <summary>
/// What goes wrong on the way to a PostgreSQL, and with itself: requests are turned away, answers are lost or late, there are fewer
/// sessions than are asked for, somebody else grants on the same tables, and the server is killed each minute.
/// </summary>
internal sealed partial class StormDatabaseDay(PostgresServer server, PostgresProxy proxy, NpgsqlDataSource admin, int tables) : IDisposable
{
    private const int Sessions = 20;

    private static readonly TimeSpan BetweenKills = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(5);

    private static readonly (string Told, Fault Fault, int PerThousand)[] Faults =
    [
        ("turned away as too many (53300)", new Fault.Answer(429), 200),
        ("turned away as not ready (57P03)", new Fault.Answer(503), 30),
        ("ended by a deadlock (40P01)", new Fault.Answer(409), 20),
        ("carried out and the connection lost", new Fault.DropAfter(), 45),
        ("carried out and never answered", new Fault.Silence(), 5),
        ("answered by half", new Fault.CutBody(), 5),
        ("answered a second late", new Fault.Delay(TimeSpan.FromSeconds(1)), 20),
    ];

    private readonly Random _dice = new(7);
    private readonly int[] _happened = new int[Faults.Length];
    private readonly List<IDisposable> _injected = [];
    private readonly CancellationTokenSource _over = new();
    private Task _others = Task.CompletedTask;
    private int _turnedAwayWrites;
    private int _kills;
    private int _grantsOfOthers;

    public long Calls => proxy.Passed.Count;

    public long Writes => proxy.Passed.Count(request => !request.Reads) - _turnedAwayWrites;

    public async Task BeginAsync()
    {
        await RunAsync($"ALTER ROLE {StormDatabase.Control} CONNECTION LIMIT {Sessions}");
        for (var number = 0; number < Faults.Length; number++)
        {
            var at = number;
            _injected.Add(proxy.Inject(Faults[at].Fault, request => Happens(at, request)));
        }

        _others = Task.WhenAll(KillAsync(), GrantAsync());
    }

    public async Task EndAsync()
    {
        await _over.CancelAsync();
        await _others;
        foreach (var injected in _injected)
            injected.Dispose();
        await RunAsync($"ALTER ROLE {StormDatabase.Control} CONNECTION LIMIT -1");
    }

    public IReadOnlyList<string> Tell() =>
    [
        "requests " + string.Join(", ", Faults.Zip(_happened, (fault, times) => $"{fault.Told} {times}")),
        $"the server was killed {_kills} times; others granted and revoked on the same tables {_grantsOfOthers} times",
        "what the server itself refused us with: " + string.Join(", ", File.ReadLines(server.Log).Select(line => OurFailure().Match(line)).Where(found => found.Success)
            .CountBy(found => found.Groups["code"].Value, StringComparer.Ordinal).OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}")),
        "there is no late visibility and there are no pages",
    ];

    public void Dispose() => _over.Dispose();

    /// <summary>The proxy asks about one request after the other.</summary>
    private bool Happens(int at, PassedRequest request)
    {
#pragma warning disable CA5394 // Faults need no secrecy.
        if (_dice.Next(1_000) >= Faults[at].PerThousand)
            return false;
#pragma warning restore CA5394
        _happened[at]++;
        if (Faults[at].Fault is Fault.Answer && !request.Reads)
            _turnedAwayWrites++;
        return true;
    }

    private async Task KillAsync()
    {
        while (await WaitAsync(BetweenKills))
        {
            await server.StopAsync();
            await WaitAsync(Away);
            await server.StartAgainAsync();
            _kills++;
        }
    }

    /// <summary>PostgreSQL keeps the grants of everybody on a table in one row, and who comes second fails.</summary>
    private async Task GrantAsync()
    {
        for (var number = 0; await WaitAsync(TimeSpan.FromMilliseconds(50)); number++)
        {
            var table = $"{StormDatabase.Schema}.{(number % 2 == 0 ? StormDatabase.Shared : $"g{number % tables}")}";
            await UntilDoneAsync($"GRANT INSERT ON {table} TO \"{StormDatabase.Bystander}\"");
            await UntilDoneAsync($"REVOKE INSERT ON {table} FROM \"{StormDatabase.Bystander}\"");
            _grantsOfOthers++;
        }
    }

    private async Task UntilDoneAsync(string sql)
    {
        while (true)
        {
            try
            {
                await RunAsync(sql);
                return;
            }
            catch (NpgsqlException)
            {
                // The server is away, or somebody was quicker; the storm goes on for long enough.
                await Task.Delay(20);
            }
        }
    }

    /// <returns>False when the day is over.</returns>
    private async Task<bool> WaitAsync(TimeSpan time)
    {
        await Task.Delay(time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_over.IsCancellationRequested;
    }

    private async Task RunAsync(string sql)
    {
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex($@"^{StormDatabase.Control} (?<code>[0-9A-Z]{{5}}) (ERROR|FATAL):", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OurFailure();
}
