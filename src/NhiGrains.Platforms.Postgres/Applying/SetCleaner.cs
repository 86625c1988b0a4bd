using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>
/// Removes sets that nobody is in any more. First one is put aside, by another name and under the lock that givers share: who is just
/// about to give it finds it gone and makes a new one. Then its privileges are taken back, and then it is dropped. What a crash leaves
/// is done with the next that leave.
/// </summary>
internal sealed class SetCleaner(Writer writer, string platform, Leftovers leftovers, CancellationToken cancellation)
{
    private const int AtOnce = 200;

    private const string Memberless = """
        SELECT r.rolname::text, r.oid::int8, shobj_description(r.oid, 'pg_authid') FROM pg_roles r
        WHERE (r.rolname LIKE 'nhi\_set\_%' OR r.rolname LIKE 'nhi\_gone\_%')
          AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid)
        ORDER BY 1
        """;

    public async Task CleanAsync(IReadOnlyCollection<string> left)
    {
        if (left.Count == 0)
            return;
        var memberless = await writer.Api.ReadAsync(writer.Api.Home, "look for unused sets", Memberless, [],
            row => (Name: row.GetString(0), Oid: row.GetInt64(1), Marker: Marker.Of(row.IsDBNull(2) ? null : row.GetString(2), platform)), cancellation);
        var old = leftovers.Of(memberless.Select(one => one.Oid));
        var sets = memberless
            .Where(one => one.Marker is { Kind: Marker.OfSet, Permission: not null })
            .Where(one => one.Name.StartsWith(OwnNames.GonePrefix, StringComparison.Ordinal) || left.Contains(one.Name) || old.Contains(one.Oid))
            .Take(AtOnce)
            .ToArray();
        if (sets.Length == 0)
            return;
        var toPutAside = sets.Where(set => !set.Name.StartsWith(OwnNames.GonePrefix, StringComparison.Ordinal)).ToArray();
        if (toPutAside.Length > 0)
            await writer.WriteRolesAsync("put unused sets aside", toPutAside.Select(set => PutAside(set.Oid)).Prepend(Sql.Lock(Memberships.SetsLock)));
        foreach (var perDatabase in sets.GroupBy(set => Permission.Parse(set.Marker?.Permission ?? "").Database, StringComparer.Ordinal))
        {
            if (writer.Api.Databases.Contains(perDatabase.Key, StringComparer.Ordinal))
                await writer.WriteAsync(perDatabase.Key, "drop unused sets", perDatabase
                    .Select(set => (set.Oid, Permission: Permission.Parse(set.Marker?.Permission ?? "")))
                    .OrderBy(set => set.Permission.Object, StringComparer.Ordinal)
                    .SelectMany(set => Drop(set.Oid, set.Permission)));
        }
    }

    private static string PutAside(long oid) => $"""
        IF NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = {Sql.Number(oid)}) AND EXISTS (SELECT FROM pg_roles WHERE oid = {Sql.Number(oid)} AND rolname LIKE 'nhi\_set\_%') THEN
            EXECUTE format('ALTER ROLE %I RENAME TO {OwnNames.Gone(oid)}', (SELECT rolname FROM pg_roles WHERE oid = {Sql.Number(oid)}));
        END IF;
        """;

    /// <summary>
    /// Only who is in a role may take back what it was given by DROP OWNED. It destroys what the role owns, so a set that owns something is
    /// left, without members and without its permission, since a function that it owns may run as it; so is one with privileges in other
    /// databases.
    /// </summary>
    private static IEnumerable<string> Drop(long oid, Permission permission) =>
    [
        Sql.Lock(permission.Object),
        $"""
        IF EXISTS (SELECT FROM pg_roles WHERE oid = {Sql.Number(oid)} AND rolname = '{OwnNames.Gone(oid)}')
            AND NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = {Sql.Number(oid)}) THEN
            IF EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = {Sql.Number(oid)}
                AND (deptype <> 'a' OR dbid NOT IN (SELECT 0 UNION ALL SELECT oid FROM pg_database WHERE datname = current_database()))) THEN
                BEGIN
                    {Grants.Revoke(permission, OwnNames.Gone(oid))}
                EXCEPTION WHEN undefined_table OR undefined_function OR undefined_object OR invalid_schema_name OR insufficient_privilege THEN
                    NULL; -- The object is gone, or its owner keeps us out: then there is nothing to take back, or no way to.
                END;
            ELSE
                GRANT {OwnNames.Gone(oid)} TO CURRENT_USER;
                DROP OWNED BY {OwnNames.Gone(oid)};
                IF NOT EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = {Sql.Number(oid)}) THEN
                    DROP ROLE {OwnNames.Gone(oid)};
                ELSE
                    REVOKE {OwnNames.Gone(oid)} FROM CURRENT_USER;
                END IF;
            END IF;
        END IF;
        """,
    ];
}
