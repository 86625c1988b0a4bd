using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Ends a role of ours: no more logins, no memberships, no sessions, and then no role. In this order, so that whatever stops it
/// half way has left no access. Succeeds when it is gone already.
/// </summary>
internal sealed class RoleDropper(Writer writer, CancellationToken cancellation)
{
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
        await new Sessions(writer, cancellation).EndAsync($"the role {name}", [Sql.Number(oid)]);
        var dependencies = await DependenciesAsync(name, oid);
        if (Owned(dependencies) is { } owns)
            return Stays(name, owns);
        if (dependencies.FirstOrDefault(one => one.Database.Length > 0 && !writer.Api.Databases.Contains(one.Database, StringComparer.Ordinal)) is { Type: not null } elsewhere)
            return Stays(name, $"has privileges{In(elsewhere.Database)}, which is not under control: take them back there");
        foreach (var database in dependencies.Select(one => one.Database.Length == 0 ? writer.Api.Databases[0] : one.Database).Distinct(StringComparer.Ordinal))
        {
            await writer.WriteAsync(database, $"take back what the role {name} has", Guarded(name, oid,
                // DROP OWNED destroys what the role owns, so it is looked at again where it would be destroyed.
                $"IF NOT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = {Sql.Number(oid)} AND deptype <> 'a') THEN",
                $"GRANT {Sql.Name(name)} TO CURRENT_USER;", $"DROP OWNED BY {Sql.Name(name)};", $"REVOKE {Sql.Name(name)} FROM CURRENT_USER;",
                "END IF;"));
        }

        // A revocation takes back only what we, or an owner whose role we are in, have granted.
        var left = dependencies.Count > 0 ? await DependenciesAsync(name, oid) : [];
        if (Owned(left) is { } given)
            return Stays(name, given);
        if (left is [var stays, ..])
            return Stays(name, $"has privileges{In(stays.Database)} that somebody else gave: have them taken back");
        await writer.WriteRolesAsync($"drop the role {name}", Guarded(name, oid, $"DROP ROLE {Sql.Name(name)};"));
        return null;
    }

    private Task<IReadOnlyList<(string Database, string Type)>> DependenciesAsync(string name, long oid) =>
        writer.Api.ReadAsync(writer.Api.Home, $"look at what depends on the role {name}", Dependencies, [Sql.Number(oid)],
            row => (row.GetString(0), row.GetString(1)), cancellation);

    private static string? Owned(IEnumerable<(string Database, string Type)> dependencies) =>
        dependencies.FirstOrDefault(one => one.Type != "a") is { Type: not null } owned ? $"owns objects{In(owned.Database)}: give them to somebody else" : null;

    private static string Stays(string name, string why) => $"the role {name} {why}. Until then it stays, without login and without memberships";

    private static IEnumerable<string> Guarded(string name, long oid, params IEnumerable<string> statements) =>
        statements.Prepend($"IF EXISTS (SELECT FROM pg_roles WHERE oid = {Sql.Number(oid)} AND rolname = {Sql.Text(name)}) THEN").Append("END IF;");

    private static string In(string database) => database.Length == 0 ? "" : $" in the database '{database}'";
}
