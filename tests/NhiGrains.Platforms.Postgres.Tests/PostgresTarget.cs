using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.TestKit.Contract;
using NhiGrains.Platforms.TestKit.Faults;
using NhiGrains.Platforms.TestKit.Postgres;
using Npgsql;

namespace NhiGrains.Platforms.Postgres.Tests;

/// <summary>A schema of its own on the real PostgreSQL, with three tables, and a role.</summary>
internal sealed class PostgresTarget : ConnectorTarget
{
    public const string PlatformId = "pg:test";

    private static int _count;

    private readonly Cluster _cluster;
    private readonly ServiceProvider _straight;
    private readonly ServiceProvider _faulty;
    private readonly PostgresProxy _proxy;
    private readonly NpgsqlDataSource _admin;

    private PostgresTarget(Cluster cluster, int number)
    {
        (_cluster, Number, IdentityId) = (cluster, number, $"identity-{number}");
        _proxy = PostgresProxy.Start(cluster.Server);
        _admin = cluster.AdminOf("shop");
        Binding = new(PlatformId, $"app_{number}");
        (_straight, Connector) = ConnectorFor(cluster.Server.Port);
        (_faulty, Faulty) = ConnectorFor(_proxy.Port);
    }

    public int Number { get; }

    public string Schema => $"team_{Number}";

    public override IPlatformConnector Connector { get; }

    public override IPlatformConnector Faulty { get; }

    public override IFaultyWay Proxy => _proxy;

    public override string IdentityId { get; }

    public override Binding Binding { get; }

    public override IReadOnlyList<Verb> Offered => [Verb.Read, Verb.Write, Verb.Delete];

    /// <summary>PostgreSQL says that it has too many connections, and not until when.</summary>
    public override bool SaysWhenToComeBack => false;

    public override ResourceSelector AllResources => new("table", $"shop/{Schema}", ResourceMatch.All, null);

    public override ResourceSelector Prefix => new("table", $"shop/{Schema}", ResourceMatch.Prefix, "table_1-");

    public string IdentityRole => OwnNames.Identity(PlatformId, IdentityId);

    public static async Task<PostgresTarget> MakeAsync(Cluster cluster)
    {
        var target = new PostgresTarget(cluster, Interlocked.Increment(ref _count));
        await target.RunAsync($"CREATE SCHEMA {target.Schema} AUTHORIZATION {Cluster.Owner}");
        for (var table = 1; table <= 3; table++)
            await target.RunAsync($"SET ROLE {Cluster.Owner}; CREATE TABLE {target.Schema}.table_{table} (id int); RESET ROLE");
        await target.RunAsync($"CREATE ROLE {target.Binding.Principal} NOLOGIN");
        return target;
    }

    public static (ServiceProvider Services, IPlatformConnector Connector) ConnectorFor(
        int port, string user = Cluster.Control, string password = Cluster.ControlPassword, TimeProvider? time = null, params string[] databases)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(time ?? TimeProvider.System)
            .AddPostgresPlatform(new()
            {
                Platform = PlatformId,
                ConnectionString = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Username={user};Password={password};Database=shop"),
                Databases = databases.Length > 0 ? databases : ["shop", "bank"],
                RequestTimeout = TimeSpan.FromSeconds(5),
            })
            .BuildServiceProvider();
        return (services, services.GetRequiredService<IPlatformConnector>());
    }

    public static string SetOf(Permission permission) => OwnNames.Set(PlatformId, permission);

    public Permission OnTable(int number, string privilege) => new("table", "shop", Schema, $"table_{number}", privilege);

    /// <summary>By the superuser, past the connector.</summary>
    public async Task RunAsync(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task RunInAsync(string database, string sql)
    {
        await using var admin = _cluster.AdminOf(database);
        await using var command = admin.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<T?> AskAsync<T>(string sql)
    {
        await using var command = _admin.CreateCommand(sql);
        return await command.ExecuteScalarAsync() is T answer ? answer : default;
    }

    public override ResourceSelector Resource(int number) => new("table", $"shop/{Schema}", ResourceMatch.Exact, $"table_{number}");

    public override async Task<bool> AllowsAsync(ResourceSelector resource, Verb verb)
    {
        string[] privileges = verb switch { Verb.Read => ["SELECT"], Verb.Write => ["INSERT", "UPDATE"], Verb.Delete => ["DELETE"], _ => throw new ArgumentOutOfRangeException(nameof(verb)) };
        foreach (var privilege in privileges)
        {
            if (!await HasAsync($"{resource.Container.Split('/')[1]}.{resource.Name}", privilege))
                return false;
        }

        return true;
    }

    /// <summary>Asks the server apart from the connector's own questions.</summary>
    public Task<bool> HasAsync(string table, string privilege) => AskAsync<bool>($"""
        SELECT has_database_privilege(oid, 'shop', 'CONNECT') AND has_schema_privilege(oid, '{table.Split('.')[0]}', 'USAGE') AND has_table_privilege(oid, '{table}', '{privilege}')
        FROM pg_roles WHERE rolname = '{Binding.Principal}'
        """);

    public override async Task<CredentialAnswer> TryAsync(string credential, ResourceSelector toRead)
    {
        try
        {
            await using var connection = await LogInAsync(credential);
            await using var read = new NpgsqlCommand($"SELECT count(*) FROM {toRead.Container.Split('/')[1]}.{toRead.Name}", connection);
            await read.ExecuteScalarAsync();
            return CredentialAnswer.Works;
        }
        catch (PostgresException refused) when (refused.SqlState is "28P01" or "28000")
        {
            return CredentialAnswer.NotAccepted;
        }
        catch (PostgresException refused) when (refused.SqlState == "42501")
        {
            return CredentialAnswer.Forbidden;
        }
    }

    /// <summary>As a workload does it: with what it was handed and nothing else.</summary>
    public static async Task<NpgsqlConnection> LogInAsync(string credential)
    {
        var uri = new Uri(credential);
        var user = uri.UserInfo.Split(':', 2);
        var connection = new NpgsqlConnection(string.Create(CultureInfo.InvariantCulture,
            $"Host={uri.Host};Port={uri.Port};Username={user[0]};Password={user[1]};Database={uri.AbsolutePath[1..]};Pooling=false;Timeout=10"));
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public override Task GiveByHandAsync(ResourceSelector resource) => RunAsync($"""
        CREATE ROLE by_hand_{Number};
        GRANT USAGE ON SCHEMA {Schema} TO by_hand_{Number};
        GRANT SELECT ON {Schema}.{resource.Name} TO by_hand_{Number};
        GRANT by_hand_{Number} TO {Binding.Principal}
        """);

    public override Task WidenByHandAsync() => RunAsync($"GRANT DELETE ON {Schema}.table_3 TO {SetOf(OnTable(1, "SELECT"))}");

    public override Task BreakByHandAsync() => RunAsync($"REVOKE {SetOf(OnTable(1, "SELECT"))} FROM {IdentityRole}");

    public override async Task ForgeByHandAsync(long generation)
    {
        var permission = OnTable(3, "DELETE");
        var set = SetOf(permission);
        var comment = await AskAsync<string>($"SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = '{IdentityRole}'");
        var marker = Marker.Of(comment, PlatformId) ?? new(PlatformId, Marker.OfIdentity, IdentityId, Binding.Principal);
        marker = marker with { Generations = new(marker.Generations ?? [], StringComparer.Ordinal) { [set] = generation } };
        await RunAsync($"CREATE ROLE {set}; COMMENT ON ROLE {set} IS '{new Marker(PlatformId, Marker.OfSet, Permission: permission.Text).ToComment()}'");
        if (comment is null)
            await RunAsync($"CREATE ROLE {IdentityRole}");
        await RunAsync($"GRANT {set} TO {IdentityRole}; COMMENT ON ROLE {IdentityRole} IS '{marker.ToComment()}'");
    }

    public override Task RecreatePrincipalAsync() => RunAsync($"DROP ROLE {Binding.Principal}; CREATE ROLE {Binding.Principal}");

    public override bool Writes(PassedRequest request) => !request.Reads;

    public override bool Lists(PassedRequest request) => request.Reads;

    public override async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _straight.DisposeAsync();
        await _faulty.DisposeAsync();
        await _proxy.DisposeAsync();
    }
}
