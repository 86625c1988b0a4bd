using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Ends a role of ours: no more logins, no memberships, no sessions, and then no role. In this order, so that whatever stops it
/// half way has left no access. Succeeds when it is gone already.
/// </summary>
internal sealed class RoleDropper(Writer writer, CancellationToken cancellation)
{
    /// <summary>A session ends at its next look around, which takes it milliseconds, or as long as its disk does.</summary>
    private const int EndingAttempts = 30;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private const string Sessions = "SELECT pid FROM pg_stat_activity WHERE usesysid::text = $1";

    private const string Dependencies = """
        SELECT DISTINCT coalesce(d.datname::text, ''), s.deptype::text FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
        WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid::text = $1 ORDER BY 1, 2
        """;

    /// <returns>Why the role could not be dropped and stays, without login and without memberships; null when it is gone.</returns>
    public async Task<string?> DropAsync(string name, long oid)
    {
        await writer.WriteRolesAsync($"end the role {name}", Guarded(name, oid,
            $"ALTER ROLE {Sql.Name(name)} NOLOGIN;",
            $"""
            EXECUTE coalesce((SELECT string_agg(format('REVOKE %I FROM %I', r.rolname, {Sql.Text(name)}), ';')
                FROM (SELECT DISTINCT roleid FROM pg_auth_members WHERE member = {Sql.Number(oid)}) m JOIN pg_roles r ON r.oid = m.roleid), 'SELECT 1');
            """));
        await EndSessionsAsync(name, oid);
        var dependencies = await DependenciesAsync(name, oid);
        if (dependencies.FirstOrDefault(one => one.Type != "a") is { Type: not null } owned)
            return Stays(name, $"owns objects{In(owned.Database)}: give them to somebody else");
        if (dependencies.FirstOrDefault(one => one.Database.Length > 0 && !writer.Api.Databases.Contains(one.Database, StringComparer.Ordinal)) is { Type: not null } elsewhere)
            return Stays(name, $"has privileges{In(elsewhere.Database)}, which is not under control: take them back there");
        foreach (var database in dependencies.Select(one => one.Database.Length == 0 ? writer.Api.Databases[0] : one.Database).Distinct(StringComparer.Ordinal))
        {
            await writer.WriteAsync(database, $"take back what the role {name} has", Guarded(name, oid,
                $"GRANT {Sql.Name(name)} TO CURRENT_USER;", $"DROP OWNED BY {Sql.Name(name)};", $"REVOKE {Sql.Name(name)} FROM CURRENT_USER;"));
        }

        // A revocation takes back only what we, or an owner whose role we are in, have granted.
        if (dependencies.Count > 0 && await DependenciesAsync(name, oid) is [var left, ..])
            return Stays(name, $"has privileges{In(left.Database)} that somebody else gave: have them taken back");
        await writer.WriteRolesAsync($"drop the role {name}", Guarded(name, oid, $"DROP ROLE {Sql.Name(name)};"));
        return null;
    }

    private async Task EndSessionsAsync(string name, long oid)
    {
        var sessions = await SessionsAsync(name, oid);
        for (var attempt = 1; sessions.Count > 0; attempt++)
        {
            if (attempt > EndingAttempts)
                throw new PlatformException(PlatformError.Unavailable, $"{Sql.Number(sessions.Count)} sessions of the role {name} do not end. They have no access any more.");
            await writer.WriteRolesAsync($"end the sessions of the role {name}", $"PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usesysid = {Sql.Number(oid)};");
            await Task.Delay(Pause, cancellation);
            sessions = await SessionsAsync(name, oid);
        }
    }

    private Task<IReadOnlyList<int>> SessionsAsync(string name, long oid) =>
        writer.Api.ReadAsync(writer.Api.Home, $"look for sessions of the role {name}", Sessions, [Sql.Number(oid)], row => row.GetInt32(0), cancellation);

    private Task<IReadOnlyList<(string Database, string Type)>> DependenciesAsync(string name, long oid) =>
        writer.Api.ReadAsync(writer.Api.Home, $"look at what depends on the role {name}", Dependencies, [Sql.Number(oid)],
            row => (row.GetString(0), row.GetString(1)), cancellation);

    private static string Stays(string name, string why) => $"the role {name} {why}. Until then it stays, without login and without memberships";

    private static IEnumerable<string> Guarded(string name, long oid, params IEnumerable<string> statements) =>
        statements.Prepend($"IF EXISTS (SELECT FROM pg_roles WHERE oid = {Sql.Number(oid)} AND rolname = {Sql.Text(name)}) THEN").Append("END IF;");

    private static string In(string database) => database.Length == 0 ? "" : $" in the database '{database}'";
}
