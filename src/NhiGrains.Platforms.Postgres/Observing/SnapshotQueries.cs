namespace NhiGrains.Platforms.Postgres.Observing;

/// <summary>The statements that read roles back: one for all databases, and two in each.</summary>
internal static class SnapshotQueries
{
    /// <summary>
    /// The roles that are named ($1, a JSON array), those that log in as them, and everything that these are in. Our own role is always
    /// among them, so that an answer without rows is known to be none.
    /// </summary>
    public const string Roles = """
        WITH RECURSIVE named AS (
            SELECT oid FROM pg_roles WHERE rolname::text IN (SELECT jsonb_array_elements_text($1::jsonb))),
        up(oid) AS (
            SELECT oid FROM named
            UNION SELECT m.member FROM pg_auth_members m JOIN pg_roles l ON l.oid = m.member
                WHERE l.rolname LIKE 'nhi\_login\_%' AND m.roleid IN (SELECT oid FROM named
                    UNION SELECT i.roleid FROM pg_auth_members i JOIN named n ON n.oid = i.member JOIN pg_roles r ON r.oid = i.roleid WHERE r.rolname LIKE 'nhi\_id\_%')
            UNION SELECT m.roleid FROM pg_auth_members m JOIN up ON m.member = up.oid)
        SELECT r.oid::int8, r.rolname::text, r.rolinherit, r.rolcanlogin,
               concat_ws(',', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
                   CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END),
               coalesce((SELECT string_agg(DISTINCT m.roleid::text || CASE WHEN m.admin_option THEN '*' ELSE '' END, ',') FROM pg_auth_members m WHERE m.member = r.oid), ''),
               left(shobj_description(r.oid, 'pg_authid'), 4000000), r.rolname = current_user
        FROM pg_roles r WHERE r.oid IN (SELECT oid FROM up) OR r.rolname = current_user
        ORDER BY r.rolname
        """;

    /// <summary>Roles after $1 by name that are not PostgreSQL's, $2 of them, and whether they are as we make ours.</summary>
    public const string Listed = """
        SELECT r.rolname::text, r.oid::int8, CASE WHEN r.rolname LIKE 'nhi\_%' THEN left(shobj_description(r.oid, 'pg_authid'), 4000000) END,
               r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls,
               r.rolcanlogin, coalesce(isfinite(r.rolvaliduntil), false),
               CASE WHEN r.rolname LIKE 'nhi\_%' THEN coalesce((SELECT string_agg(DISTINCT i.rolname || CASE WHEN m.admin_option THEN '*' ELSE '' END, ' ')
                   FROM pg_auth_members m JOIN pg_roles i ON i.oid = m.roleid WHERE m.member = r.oid), '') ELSE '' END
        FROM pg_roles r
        WHERE r.rolname::text COLLATE "C" > $1 AND r.rolname NOT LIKE 'pg\_%'
        ORDER BY r.rolname::text COLLATE "C" LIMIT $2::int
        """;

    private const string FunctionName = """
        p.proname || coalesce((SELECT ':' || string_agg(CASE WHEN tn.nspname = 'pg_catalog' THEN '' ELSE tn.nspname || '.' END || t.typname, ',' ORDER BY a.n)
            FROM unnest(p.proargtypes) WITH ORDINALITY a(type, n) JOIN pg_type t ON t.oid = a.type JOIN pg_namespace tn ON tn.oid = t.typnamespace), '')
        """;

    /// <summary>
    /// Every privilege in this database of the roles whose numbers are in $1 (a JSON array) and of PUBLIC, whoever granted it. An empty
    /// access list means PostgreSQL's default. What PUBLIC has in PostgreSQL's own schemas is left out, what the owner has, and what ends
    /// with somebody's session: temporary objects.
    /// </summary>
    public const string Entries = $"""
        WITH lists(kind, schema, object, class, owner, acl) AS (
            SELECT 'database', '', oid, 'd', datdba, coalesce(datacl, acldefault('d', datdba)) FROM pg_database WHERE datname = current_database()
            UNION ALL SELECT 'schema', nspname::text, oid, 'n', nspowner, coalesce(nspacl, acldefault('n', nspowner)) FROM pg_namespace
            UNION ALL SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, n.nspname, c.oid, 'r', c.relowner, c.relacl
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relacl IS NOT NULL
            UNION ALL SELECT 'function', n.nspname, p.oid, 'f', p.proowner, coalesce(p.proacl, acldefault('f', p.proowner))
                FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.proacl IS NOT NULL OR n.nspname NOT IN ('pg_catalog', 'information_schema')
            UNION ALL SELECT 'type', n.nspname, t.oid, 'T', t.typowner, t.typacl FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typacl IS NOT NULL
            UNION ALL SELECT 'language', '', oid, 'l', lanowner, lanacl FROM pg_language WHERE lanacl IS NOT NULL
            UNION ALL SELECT 'server', '', oid, 'S', srvowner, srvacl FROM pg_foreign_server WHERE srvacl IS NOT NULL
            UNION ALL SELECT 'wrapper', '', oid, 'F', fdwowner, fdwacl FROM pg_foreign_data_wrapper WHERE fdwacl IS NOT NULL
            UNION ALL SELECT 'largeobject', '', oid, 'L', lomowner, lomacl FROM pg_largeobject_metadata WHERE lomacl IS NOT NULL
            UNION ALL SELECT 'tablespace', '', oid, 't', spcowner, spcacl FROM pg_tablespace WHERE spcacl IS NOT NULL
            UNION ALL SELECT 'default', '', oid, 'D', defaclrole, defaclacl FROM pg_default_acl),
        given AS (
            SELECT l.kind, l.schema, l.object, l.class, a.* FROM lists l, aclexplode(l.acl) a
            WHERE a.grantee <> l.owner AND l.schema !~ '^pg_(toast_)?temp_' AND (a.grantee::text IN (SELECT jsonb_array_elements_text($1::jsonb))
                OR (a.grantee = 0 AND l.schema NOT IN ('pg_catalog', 'information_schema') AND l.class <> 'l'))
            UNION ALL SELECT 'column', n.nspname, c.oid, c.relname || '.' || t.attname, a.*
                FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(t.attacl) a
                WHERE t.attacl IS NOT NULL AND NOT t.attisdropped AND a.grantee <> c.relowner AND n.nspname !~ '^pg_(toast_)?temp_' AND (a.grantee::text IN (SELECT jsonb_array_elements_text($1::jsonb))
                    OR (a.grantee = 0 AND n.nspname NOT IN ('pg_catalog', 'information_schema'))))
        SELECT g.kind::text, CASE WHEN g.kind = 'database' THEN '' ELSE g.schema::text END,
            CASE g.class WHEN 'd' THEN '' WHEN 'n' THEN '' WHEN 'r' THEN (SELECT relname::text FROM pg_class WHERE oid = g.object)
                WHEN 'f' THEN (SELECT {FunctionName} FROM pg_proc p WHERE p.oid = g.object)
                WHEN 'T' THEN (SELECT typname::text FROM pg_type WHERE oid = g.object)
                WHEN 'l' THEN (SELECT lanname::text FROM pg_language WHERE oid = g.object)
                WHEN 'S' THEN (SELECT srvname::text FROM pg_foreign_server WHERE oid = g.object)
                WHEN 'F' THEN (SELECT fdwname::text FROM pg_foreign_data_wrapper WHERE oid = g.object)
                WHEN 't' THEN (SELECT spcname::text FROM pg_tablespace WHERE oid = g.object)
                WHEN 'L' THEN g.object::text
                WHEN 'D' THEN (SELECT concat_ws(':', 'future', d.defaclobjtype, r.rolname, n.nspname)
                    FROM pg_default_acl d JOIN pg_roles r ON r.oid = d.defaclrole LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace WHERE d.oid = g.object)
                ELSE g.class END,
            g.privilege_type, g.grantee::int8, coalesce((SELECT rolname::text FROM pg_roles WHERE oid = g.grantor), g.grantor::text), g.is_grantable,
            coalesce((SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE oid = g.grantor), false)
        FROM given g
        ORDER BY 1, 2, 3, 4, 5, 6
        """;

    /// <summary>
    /// What the roles of $1 own here and, in the first place that is asked ($2), of what belongs to no database. Temporary objects end
    /// with their session.
    /// </summary>
    public const string Owned = """
        SELECT coalesce(o.type || ' ' || o.identity, d.classid::regclass::text || ' ' || d.objid::text), d.refobjid::int8
        FROM pg_shdepend d, pg_identify_object(d.classid, d.objid, d.objsubid) o
        WHERE d.deptype = 'o' AND coalesce(o.schema, '') !~ '^pg_(toast_)?temp(_|$)' AND d.refclassid = 'pg_authid'::regclass
          AND d.dbid IN (SELECT oid FROM pg_database WHERE datname = current_database() UNION ALL SELECT 0 WHERE $2::bool)
          AND d.refobjid::text IN (SELECT jsonb_array_elements_text($1::jsonb))
        ORDER BY 1
        """;
}
