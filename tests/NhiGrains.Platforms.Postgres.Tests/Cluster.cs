using NhiGrains.Platforms.TestKit.Postgres;
using Npgsql;

[assembly: AssemblyFixture(typeof(NhiGrains.Platforms.Postgres.Tests.Cluster))]

namespace NhiGrains.Platforms.Postgres.Tests;

/// <summary>
/// One real PostgreSQL for all tests of this assembly, with two databases under control and one that is not. The control plane's role
/// is set up as docs/platforms/postgres.md says: no superuser.
/// </summary>
public sealed class Cluster : IAsyncLifetime
{
    public const string Control = "nhigrains";
    public const string Owner = "app_owner";
    public const string ControlPassword = "control-plane-password";

    private PostgresServer? _server;

    public PostgresServer Server => _server ?? throw new InvalidOperationException("The server was not started.");

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.StartAsync();
        await using var admin = AdminOf("postgres");
        await using var setUp = admin.CreateBatch();
        foreach (var statement in SetUp)
            setUp.BatchCommands.Add(new(statement));
        await setUp.ExecuteNonQueryAsync();
        foreach (var database in (string[])["shop", "bank", "other"])
        {
            await using var create = admin.CreateCommand($"CREATE DATABASE {database} OWNER {Owner}");
            await create.ExecuteNonQueryAsync();
        }
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    public NpgsqlDataSource AdminOf(string database) => NpgsqlDataSource.Create(
        $"Host={Server.Host};Port={Server.Port};Username=postgres;Password={Server.AdminPassword};Database={database};Pooling=true;Maximum Pool Size=4;Command Timeout=120");

    /// <summary>What the documentation says, for one owner of the objects.</summary>
    private static readonly string[] SetUp =
    [
        $"CREATE ROLE {Owner} NOLOGIN",
        $"CREATE ROLE {Control} LOGIN CREATEROLE PASSWORD '{ControlPassword}'",
        $"GRANT {Owner} TO {Control}",
        $"GRANT pg_signal_backend TO {Control}",
    ];
}
