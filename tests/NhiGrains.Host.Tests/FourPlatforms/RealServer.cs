using NhiGrains.Platforms.TestKit.Postgres;
using Npgsql;

namespace NhiGrains.Host.Tests.FourPlatforms;

/// <summary>A real PostgreSQL with two tables, and hands that change it past the control plane.</summary>
internal sealed class RealServer(PostgresServer server) : IAsyncDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Admin => $"Host={server.Host};Port={server.Port};Username={PostgresServer.Admin};Password={server.AdminPassword};Database=shop";

    public static async Task<RealServer> StartAsync()
    {
        var real = new RealServer(await PostgresServer.StartAsync(Cancellation));
        await RunAsync(real.Admin.Replace("Database=shop", "Database=postgres", StringComparison.Ordinal), "CREATE DATABASE shop");
        await real.DoAsync("CREATE TABLE orders (id int); CREATE TABLE stock (id int); CREATE TABLE salaries (id int); REVOKE CONNECT ON DATABASE shop FROM PUBLIC");
        return real;
    }

    public object Settings(string folder)
    {
        var connection = Path.Combine(folder, "pg-connection");
        File.WriteAllText(connection, Admin);
        return new { connectionFile = connection, databases = "shop" };
    }

    public Task DoAsync(string sql) => RunAsync(Admin, sql);

    public async Task<bool> MayAsync(string role, string table, string privilege)
    {
        await using var source = NpgsqlDataSource.Create(Admin);
        await using var ask = source.CreateCommand("SELECT has_database_privilege($1, 'shop', 'CONNECT') AND has_table_privilege($1, $2, $3)");
        foreach (var value in (string[])[role, table, privilege])
            ask.Parameters.Add(new() { Value = value });
        return await ask.ExecuteScalarAsync(Cancellation) is true;
    }

    /// <summary>Reads a table with a credential as it was handed out.</summary>
    /// <returns>Null when it worked, otherwise PostgreSQL's SQLSTATE.</returns>
    public static async Task<string?> TryReadAsync(string credential, string table)
    {
        try
        {
            await RunAsync(LoginOf(credential), $"SELECT count(*) FROM {table}");
            return null;
        }
        catch (PostgresException refused)
        {
            return refused.SqlState;
        }
    }

    /// <summary>A connection string that logs in with a credential as it was handed out.</summary>
    public static string LoginOf(string credential)
    {
        var uri = new Uri(credential);
        var user = uri.UserInfo.Split(':');
        return new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host,
            Port = uri.Port,
            Username = Uri.UnescapeDataString(user[0]),
            Password = Uri.UnescapeDataString(user[1]),
            Database = uri.AbsolutePath.TrimStart('/'),
            Pooling = false,
        }.ConnectionString;
    }

    /// <summary>The one value that an administrator's question has.</summary>
    public async Task<object?> AskAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Admin);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(Cancellation);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static async Task RunAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Cancellation);
    }
}
