using NhiGrains.Platforms.Reading;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Server;

/// <summary>
/// The server, as narrow as it is needed: statements that read and blocks that write, each in one database. What belongs to all
/// databases, roles and memberships, is written in <see cref="Home"/> alone, so that advisory locks hold.
/// </summary>
internal sealed class PostgresApi : IDisposable
{
    /// <summary>Of one answer, so that a server cannot fill the memory.</summary>
    private const int MaxRows = 1_000_000;

    private readonly Dictionary<string, NpgsqlDataSource> _sources;

    // Sessions are dear on PostgreSQL, and there are pools for as many databases as are under control.
    private readonly SemaphoreSlim _turns;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private long _calls;

    public PostgresApi(PostgresPlatformOptions options, TimeProvider time)
    {
        _time = time;
        var connection = options.Connection() ?? throw new ArgumentException("The connection string cannot be used.", nameof(options));
        Home = connection.Database ?? "";
        Databases = options.Databases;
        _turns = new(options.MaxConcurrency);
        _patience = options.RequestTimeout * 6;
        (Host, Port) = (connection.Host ?? "", connection.Port);
        _sources = options.Databases.Append(Home).Distinct(StringComparer.Ordinal)
            .ToDictionary(database => database, database => SourceOf(options, database), StringComparer.Ordinal);
    }

    /// <summary>Statements and blocks that were sent so far.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    public string Home { get; }

    /// <summary>Those under control.</summary>
    public IReadOnlyList<string> Databases { get; }

    public string Host { get; }

    public int Port { get; }

    /// <param name="doing">For the message: <c>read the roles</c>.</param>
    /// <param name="sql">One statement without effects, whose parameters are texts.</param>
    /// <exception cref="PlatformException">It failed, or was cut off: no rows then, and never some of them.</exception>
    public Task<IReadOnlyList<T>> ReadAsync<T>(
        string database, string doing, string sql, IReadOnlyList<string> parameters, Func<NpgsqlDataReader, T> row, CancellationToken cancellation) =>
        ReadRetries.SendAsync(() => ReadOnceAsync(database, doing, sql, parameters, row, cancellation), _time, cancellation);

    /// <param name="body">The statements of one block (<see cref="Sql.Block"/>): one transaction.</param>
    /// <returns>False when nothing was done and the same may soon succeed: somebody else wrote the same at the same time, or we were not let in.</returns>
    /// <exception cref="PlatformException">It failed. With <see cref="PlatformError.Unavailable"/> it may have been carried out all the same.</exception>
    public async Task<bool> TryWriteAsync(string database, string doing, string body, bool last, CancellationToken cancellation)
    {
        using var turn = await TakeTurnAsync(doing, cancellation);
        var sent = false;
        try
        {
            await using var connection = await _sources[database].OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand(Sql.Block(body), connection);
            sent = true;
            await command.ExecuteNonQueryAsync(cancellation);
            return true;
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            var failure = ServerFailures.Of(exception, $"{doing} in database '{database}'");
            var again = ServerFailures.IsCollision(exception)
                || ((!sent || ServerFailures.IsTurnedAway(exception)) && failure.MaySoonSucceed(ReadRetries.Longest));
            return again && !last ? false : throw failure;
        }
    }

    public void Dispose()
    {
        foreach (var source in _sources.Values)
            source.Dispose();
        _turns.Dispose();
    }

    private async Task<IReadOnlyList<T>> ReadOnceAsync<T>(
        string database, string doing, string sql, IReadOnlyList<string> parameters, Func<NpgsqlDataReader, T> row, CancellationToken cancellation)
    {
        using var turn = await TakeTurnAsync(doing, cancellation);
        try
        {
            await using var connection = await _sources[database].OpenConnectionAsync(cancellation);
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var parameter in parameters)
                command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = parameter, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text });
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            var rows = new List<T>();
            while (await reader.ReadAsync(cancellation))
            {
                rows.Add(row(reader));
                if (rows.Count > MaxRows)
                    throw new PlatformException(PlatformError.Rejected, $"Cannot {doing} in database '{database}': there are more than {Sql.Number(MaxRows)}. Spread what is under control over more platforms.");
            }

            return rows;
        }
        catch (Exception exception) when (exception is not PlatformException && !cancellation.IsCancellationRequested)
        {
            // Npgsql throws whatever comes up when an answer is garbage: all of it means that nothing is known.
            throw ServerFailures.OfRead(exception, $"{doing} in database '{database}'");
        }
    }

    private async Task<Turn> TakeTurnAsync(string doing, CancellationToken cancellation)
    {
        if (!await _turns.WaitAsync(_patience, cancellation))
            throw ServerFailures.OutOfTime(doing, "too many requests wait for the server");
        Interlocked.Increment(ref _calls);
        return new(_turns);
    }

    private static NpgsqlDataSource SourceOf(PostgresPlatformOptions options, string database)
    {
        var seconds = (int)Math.Ceiling(options.RequestTimeout.TotalSeconds);
        var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Database = database,
            Timeout = seconds,
            CommandTimeout = seconds,
            CancellationTimeout = 1_000,
            MaxPoolSize = options.MaxConcurrency,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
            NoResetOnClose = true,
            ApplicationName = "nhigrains",
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
            Enlist = false,
            // Nobody's objects are found in place of PostgreSQL's own, whatever they are named.
            SearchPath = "pg_catalog",
            // Compiling a statement that reads the catalogues takes PostgreSQL 3 s, running it some milliseconds.
            Options = $"-c jit=off -c standard_conforming_strings=on -c client_min_messages=error -c lock_timeout={seconds * 500}",
        };
        var source = new NpgsqlDataSourceBuilder(builder.ConnectionString);
        // Everything travels as text, numbers and booleans, so the server's own types need not be asked for.
        source.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        return source.Build();
    }

    private readonly struct Turn(SemaphoreSlim turns) : IDisposable
    {
        public void Dispose() => turns.Release();
    }
}
