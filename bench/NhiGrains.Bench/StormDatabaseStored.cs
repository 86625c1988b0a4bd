using Npgsql;

namespace NhiGrains.Bench;

/// <summary>
/// What the catalogues of a PostgreSQL hold about the storm's identities and about every role of ours: the roles, who is in what, and
/// each privilege in each access list. It reads the comments of our roles and shares no code with the connector.
/// </summary>
internal sealed class StormDatabaseStored(IReadOnlyDictionary<string, NpgsqlDataSource> admins, string platform)
{
    /// <summary>Our roles and the identities' principals, by what they are for.</summary>
    private const string Named = """
        WITH named AS (
            SELECT oid, CASE
                WHEN rolname ~ '^nhi_(set|gone)_' THEN coalesce('set ' || (comment::json ->> 'permission'), rolname)
                WHEN rolname ~ '^nhi_id_' THEN coalesce('identity ' || (comment::json ->> 'identity'), rolname)
                ELSE rolname END || CASE WHEN rolcanlogin OR rolsuper OR rolcreaterole THEN ' with attributes' ELSE '' END AS name
            FROM (SELECT *, substr(shobj_description(oid, 'pg_authid'), length('nhigrains ') + 1) AS comment FROM pg_roles) r
            WHERE rolname ~ '^(nhi_|agent-|sweeper)')
        """;

    private const string Memberships = Named + """
        SELECT coalesce(m.name, rm.rolname) || ' is in ' || coalesce(r.name, rr.rolname) || CASE WHEN a.admin_option THEN ' and may hand it on' ELSE '' END
        FROM pg_auth_members a JOIN pg_roles rm ON rm.oid = a.member JOIN pg_roles rr ON rr.oid = a.roleid
        LEFT JOIN named m ON m.oid = a.member LEFT JOIN named r ON r.oid = a.roleid
        WHERE m.oid IS NOT NULL OR r.oid IS NOT NULL
        """;

    private const string Privileges = Named + """
        SELECT n.name || ' has ' || x.privilege_type || ' on ' || o.what || CASE WHEN x.is_grantable THEN ' and may hand it on' ELSE '' END
        FROM (
            SELECT 'database ' || datname AS what, datacl AS acl FROM pg_database WHERE datname = current_database()
            UNION ALL SELECT 'schema ' || current_database() || '/' || nspname, nspacl FROM pg_namespace
            UNION ALL SELECT 'table ' || current_database() || '/' || nspname || '/' || relname, relacl FROM pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace
            UNION ALL SELECT 'function ' || proname, proacl FROM pg_proc) o,
            aclexplode(o.acl) x JOIN named n ON n.oid = x.grantee
        """;

    /// <summary>Sets that nobody is in: they give nothing, and are left by a crash in the middle.</summary>
    public Task<IReadOnlyList<string>> DebrisAsync() =>
        ReadAsync("postgres", Named + "SELECT name FROM named WHERE name LIKE 'set %' AND NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = oid)");

    public async Task<IReadOnlyList<string>> DifferencesAsync(string[] identities, IEnumerable<StormGrant> living, Func<string, string> databaseOf)
    {
        var wanted = living.SelectMany(grant => Permissions(databaseOf(grant.Resource), grant.Resource).Select(permission => (grant.Identity, Permission: permission))).Distinct().ToArray();
        var holders = wanted.Select(one => one.Identity).Distinct(StringComparer.Ordinal).ToArray();
        var sets = wanted.Select(one => one.Permission).Distinct(StringComparer.Ordinal).ToArray();
        var stored = await Task.WhenAll(StormDatabase.Databases.Select(database => ReadAsync(database, Privileges)));
        var roles = await ReadAsync("postgres", Named + "SELECT name FROM named");
        var memberships = await ReadAsync("postgres", Memberships);
        var privileges = stored.SelectMany(one => one).ToArray();
        Console.WriteLine($"  stored for {identities.Length} identities of {platform}: {roles.Count} roles, {memberships.Count} memberships, {privileges.Length} privileges");
        return
        [
            // An identity's role stays when it has nothing; 'sweeper' is who cleaned up.
            .. Compare(roles, [.. identities, .. identities.Append("sweeper").Select(identity => $"identity {identity}"), "sweeper", .. sets.Select(set => $"set {set}")]),
            .. Compare(memberships, [.. wanted.Select(one => $"identity {one.Identity} is in set {one.Permission}"), .. holders.Select(identity => $"{identity} is in identity {identity}")]),
            .. Compare(privileges, [.. sets.Select(set => $"set {set} has {set}")]),
        ];
    }

    private static string[] Permissions(string database, string table) =>
    [
        $"CONNECT on database {database}", $"USAGE on schema {database}/{StormDatabase.Schema}",
        .. new[] { table, StormDatabase.Shared }.Select(one => $"SELECT on table {database}/{StormDatabase.Schema}/{one}"),
    ];

    private static IEnumerable<string> Compare(IEnumerable<string> stored, IEnumerable<string> desired)
    {
        var (have, want) = (stored.ToList(), desired.ToList());
        return [.. want.Except(have, StringComparer.Ordinal).Select(one => $"not stored: {one}"), .. have.Except(want, StringComparer.Ordinal).Select(one => $"stored: {one}"),
            .. have.GroupBy(one => one, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => $"stored {same.Count()} times: {same.Key}")];
    }

    private async Task<IReadOnlyList<string>> ReadAsync(string database, string sql)
    {
        await using var command = admins[database].CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
