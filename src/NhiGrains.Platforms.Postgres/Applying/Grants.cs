using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Applying;

/// <summary>The statements that give a privilege and take it back, in the permission's own database.</summary>
internal static class Grants
{
    /// <summary>
    /// For a set: it is made when it is missing, and then given the permission. PostgreSQL only warns when nothing was given, so that is
    /// looked at in the same transaction. Grants on one object are in a row, since two at once collide.
    /// </summary>
    public static IEnumerable<string> Ensure(string platform, Permission permission)
    {
        var set = OwnNames.Set(platform, permission);
        var marker = new Marker(platform, Marker.OfSet, Permission: permission.Text);
        yield return Sql.Lock(permission.Object);
        yield return Sql.Require(Exists(permission), OwnStates.NotFound, $"There is no {permission.Object}.");
        yield return $"""
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {Sql.Text(set)}) THEN
                CREATE ROLE {Sql.Name(set)} NOLOGIN;
                COMMENT ON ROLE {Sql.Name(set)} IS {Sql.Text(marker.ToComment())};
            END IF;
            """;
        yield return Sql.Require(
            $"SELECT shobj_description(oid, 'pg_authid') = {Sql.Text(marker.ToComment())} FROM pg_roles WHERE rolname = {Sql.Text(set)}",
            OwnStates.Occupied, $"There is a role {set} that is not ours. Rename or remove it.");
        yield return $"GRANT {permission.Privilege} ON {Target(permission)} TO {Sql.Name(set)};";
        yield return Sql.Require(
            $"""
            SELECT EXISTS (SELECT FROM aclexplode({AccessList(permission)}) a
                WHERE a.grantee = (SELECT oid FROM pg_roles WHERE rolname = {Sql.Text(set)}) AND a.privilege_type = {Sql.Text(permission.Privilege)})
            """,
            OwnStates.Denied, $"The control plane's role may not grant {permission.Text}: it needs the privilege with grant option, or membership in the owner.");
    }

    public static string Revoke(Permission permission, string grantee, bool grantOptionAlone = false, bool cascade = false) =>
        $"REVOKE {(grantOptionAlone ? "GRANT OPTION FOR " : "")}{permission.Privilege} ON {Target(permission)} FROM {Sql.Name(grantee)}{(cascade ? " CASCADE" : "")};";

    /// <summary>Not what is never given by us, such as columns and types: what others give on them is taken back by hand.</summary>
    public static bool CanTarget(Permission permission) => Catalogue.Current.Find(permission.Kind) is not null;

    private static string Target(Permission permission) => permission.Kind switch
    {
        "database" => $"DATABASE {Sql.Name(permission.Database)}",
        "schema" => $"SCHEMA {Sql.Name(permission.Schema)}",
        "table" => $"TABLE {Qualified(permission, permission.Name)}",
        "sequence" => $"SEQUENCE {Qualified(permission, permission.Name)}",
        "function" => Routine(permission),
        _ => throw new PlatformException(PlatformError.Rejected, $"Privileges on a {permission.Kind} are changed by hand."),
    };

    private static string Routine(Permission permission)
    {
        var (name, types) = FunctionName.Split(permission.Name);
        return $"ROUTINE {Qualified(permission, name)}({string.Join(", ", types.Select(TypeName))})";
    }

    private static string TypeName(string type) => type.Split('.', 2) is [var schema, var name] ? $"{Sql.Name(schema)}.{Sql.Name(name)}" : $"pg_catalog.{Sql.Name(type)}";

    private static string Qualified(Permission permission, string name) => $"{Sql.Name(permission.Schema)}.{Sql.Name(name)}";

    private static string Exists(Permission permission) => $"SELECT count(*) = 1 FROM {Row(permission)}";

    private static string AccessList(Permission permission) => $"(SELECT acl FROM {Row(permission)})";

    /// <summary>The row of the catalogue, as a table of one column.</summary>
    private static string Row(Permission permission)
    {
        var inSchema = $"JOIN pg_namespace n ON n.nspname = {Sql.Text(permission.Schema)}";
        return permission.Kind switch
        {
            "database" => $"(SELECT datacl acl FROM pg_database WHERE datname = current_database() AND datname = {Sql.Text(permission.Database)}) o",
            "schema" => $"(SELECT nspacl acl FROM pg_namespace WHERE nspname = {Sql.Text(permission.Schema)}) o",
            "table" => $"(SELECT relacl acl FROM pg_class c {inSchema} AND n.oid = c.relnamespace WHERE c.relname = {Sql.Text(permission.Name)} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) o",
            "sequence" => $"(SELECT relacl acl FROM pg_class c {inSchema} AND n.oid = c.relnamespace WHERE c.relname = {Sql.Text(permission.Name)} AND c.relkind = 'S') o",
            "function" => $"""
                (SELECT proacl acl FROM pg_proc p {inSchema} AND n.oid = p.pronamespace
                    WHERE p.proname = {Sql.Text(FunctionName.Split(permission.Name).Name)} AND ARRAY(SELECT unnest(p.proargtypes)) = {ArgumentOids(permission)}) o
                """,
            _ => throw new PlatformException(PlatformError.Rejected, $"A {permission.Kind} is not given."),
        };
    }

    private static string ArgumentOids(Permission permission)
    {
        var types = FunctionName.Split(permission.Name).Types.Select(type => type.Split('.', 2) is [var schema, var name] ? (schema, name) : ("pg_catalog", type))
            .Select(type => $"(SELECT t.oid FROM pg_type t JOIN pg_namespace tn ON tn.oid = t.typnamespace WHERE tn.nspname = {Sql.Text(type.Item1)} AND t.typname = {Sql.Text(type.Item2)})");
        return $"ARRAY[{string.Join(", ", types)}]::oid[]";
    }
}
