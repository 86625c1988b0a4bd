using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Platforms.Postgres;
using NhiGrains.Platforms.TestKit.Postgres;
using Npgsql;

namespace NhiGrains.Bench;

/// <summary>
/// A real PostgreSQL behind a proxy that turns requests away and loses answers. Each grant reads a table of its own, and one table that
/// all of them read, so that sets are shared; they alternate between two databases. What is written is seen at once there, and a
/// list comes whole: late visibility and pages do not exist.
/// </summary>
internal sealed class StormDatabase(int grants) : StormPlatform
{
    public const string Schema = "storm";
    public const string Control = "nhigrains";
    public const string Bystander = "bystander-1";
    public const string Shared = "everybodys";

    /// <summary>In the order in which grants alternate between them.</summary>
    public static readonly string[] Databases = ["shop", "bank"];

    private const string Owner = "app_owner";
    private const string Password = "a-storm";

    private readonly Dictionary<string, NpgsqlDataSource> _admins = new(StringComparer.Ordinal);
    private PostgresServer? _server;
    private PostgresProxy? _proxy;
    private StormDatabaseDay? _day;

    public override string Name => "pg:storm";

    public override long Calls => Day.Calls;

    public override long Writes => Day.Writes;

    private StormDatabaseDay Day => _day ?? throw new InvalidOperationException("Not started.");

    public override async Task StartAsync()
    {
        // The errors alone are logged, each with who met it and its code.
        _server = await PostgresServer.StartAsync(CancellationToken.None, "log_statement=none", "log_connections=off", "log_min_error_statement=panic", "log_line_prefix=%u %e ");
        _proxy = PostgresProxy.Start(_server);
        foreach (var database in (string[])["postgres", .. Databases])
            _admins[database] = NpgsqlDataSource.Create($"Host={_server.Host};Port={_server.Port};Username=postgres;Password={_server.AdminPassword};Database={database};Pooling=false");
        await RunAsync("postgres",
            $"CREATE ROLE {Owner} NOLOGIN",
            $"CREATE ROLE {Control} LOGIN CREATEROLE PASSWORD '{Password}'",
            $"GRANT {Owner} TO {Control}",
            $"GRANT pg_signal_backend TO {Control}",
            $"CREATE ROLE \"{Bystander}\" NOLOGIN");
        foreach (var database in Databases)
        {
            await RunAsync("postgres", $"CREATE DATABASE {database} OWNER {Owner}");
            await RunAsync("postgres", $"REVOKE CONNECT ON DATABASE {database} FROM PUBLIC");
            await RunAsync(database,
            [
                $"SET ROLE {Owner}", $"CREATE SCHEMA {Schema}",
                .. Enumerable.Range(0, grants).Select(grant => $"g{grant}").Append(Shared).Append(StormDatabaseDebris.Table).Select(table => $"CREATE TABLE {Schema}.{table} (id int)"),
                $"GRANT SELECT ON {Schema}.{Shared} TO \"{Bystander}\"", "RESET ROLE",
            ]);
        }

        _day = new(_server, _proxy, _admins["shop"], grants);
    }

    public override Task BeginBadDayAsync() => Day.BeginAsync();

    public override Task EndBadDayAsync() => Day.EndAsync();

    public override Task<IReadOnlyList<string>> TellAsync() => Task.FromResult(Day.Tell());

    public override string PrincipalOf(string identity) => identity;

    public override Entitlement Entitlement(string resource) =>
        StormGrant.Reading(Name, "table", $"{DatabaseOf(resource)}/{Schema}", resource, Shared);

    public override async Task<bool> AllowsAsync(string identity, string resource)
    {
        await using var ask = _admins[DatabaseOf(resource)].CreateCommand($"""
            SELECT has_database_privilege($1, current_database(), 'CONNECT') AND has_schema_privilege($1, '{Schema}', 'USAGE') AND has_table_privilege($1, '{Schema}.{resource}', 'SELECT')
            """);
        ask.Parameters.Add(new() { Value = identity });
        return await ask.ExecuteScalarAsync() is true;
    }

    public override async Task<IReadOnlyList<string>> StoredDifferencesAsync(string[] identities, StormGrant[] told)
    {
        var stored = new StormDatabaseStored(_admins, Name);
        await new StormDatabaseDebris(this, stored).CleanAsync();
        return await stored.DifferencesAsync(identities, told.Where(grant => grant.Gone is null), DatabaseOf);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var admin in _admins.Values)
            await admin.DisposeAsync();
        if (_proxy is not null)
            await _proxy.DisposeAsync();
        if (_server is not null)
            await _server.DisposeAsync();
    }

    protected override void Add(IServiceCollection services) => services.AddPostgresPlatform(new()
    {
        Platform = Name,
        ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_proxy?.Port};Username={Control};Password={Password};Database={Databases[0]}"),
        Databases = Databases,
        RequestTimeout = TimeSpan.FromSeconds(5),
    });

    private static string DatabaseOf(string resource) =>
        Databases[int.Parse(resource.AsSpan(1), CultureInfo.InvariantCulture) % Databases.Length];

    private async Task RunAsync(string database, params IEnumerable<string> statements)
    {
        await using var batch = _admins[database].CreateBatch();
        foreach (var statement in statements)
            batch.BatchCommands.Add(new(statement));
        await batch.ExecuteNonQueryAsync();
    }
}
