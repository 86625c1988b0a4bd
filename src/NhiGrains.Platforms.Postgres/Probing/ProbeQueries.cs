namespace NhiGrains.Platforms.Postgres.Probing;

/// <summary>The statements that ask the server's own authorizer.</summary>
internal static class ProbeQueries
{
    public const string Principal = """
        SELECT r.oid::int8, NOT r.rolcanlogin OR coalesce(r.rolvaliduntil > now(), true), shobj_description(r.oid, 'pg_authid'),
               coalesce((SELECT i.oid::int8 FROM pg_roles i WHERE i.rolname::text = $2), 0)
        FROM pg_roles r WHERE r.rolname::text = $1
        """;

    /// <summary>
    /// For permissions ($1, JSON) of this database and the role $2: whether it has them with all that it takes to use them, since
    /// has_table_privilege alone says yes without USAGE of the schema; and who gives it that is not the identity's role $3.
    /// </summary>
    public const string Ask = """
        WITH asked AS (
            SELECT q.n, q.kind, q.privilege, s.oid AS schema, s.nspacl, s.nspowner, c.oid AS class, c.relacl, c.relowner, p.oid AS routine, p.proacl, p.proowner, $2::int8::oid AS who
            FROM jsonb_to_recordset($1::jsonb) AS q(n int, kind text, schema text, name text, types text[], privilege text)
            LEFT JOIN pg_namespace s ON s.nspname = q.schema
            LEFT JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = q.name
                AND ((q.kind = 'table' AND c.relkind IN ('r', 'p', 'v', 'm', 'f')) OR (q.kind = 'sequence' AND c.relkind = 'S'))
            LEFT JOIN pg_proc p ON q.kind = 'function' AND p.pronamespace = s.oid AND p.proname = q.name
                AND ARRAY(SELECT CASE WHEN tn.nspname = 'pg_catalog' THEN '' ELSE tn.nspname || '.' END || t.typname
                    FROM unnest(p.proargtypes) WITH ORDINALITY a(type, i) JOIN pg_type t ON t.oid = a.type JOIN pg_namespace tn ON tn.oid = t.typnamespace ORDER BY a.i) = q.types),
        lists AS (
            SELECT a.*, o.acl, o.owner FROM asked a CROSS JOIN LATERAL (
                SELECT coalesce(datacl, acldefault('d', datdba)) acl, datdba AS owner FROM pg_database WHERE a.kind = 'database' AND datname = current_database()
                UNION ALL SELECT coalesce(a.nspacl, acldefault('n', a.nspowner)), a.nspowner WHERE a.kind = 'schema' AND a.schema IS NOT NULL
                UNION ALL SELECT coalesce(a.relacl, acldefault(CASE a.kind WHEN 'sequence' THEN 's' ELSE 'r' END::"char", a.relowner)), a.relowner WHERE a.class IS NOT NULL
                UNION ALL SELECT coalesce(a.proacl, acldefault('f', a.proowner)), a.proowner WHERE a.routine IS NOT NULL) o)
        SELECT l.n,
            has_database_privilege(l.who, current_database(), CASE l.kind WHEN 'database' THEN l.privilege ELSE 'CONNECT' END)
                AND CASE l.kind
                    WHEN 'database' THEN true
                    WHEN 'schema' THEN has_schema_privilege(l.who, l.schema, l.privilege)
                    WHEN 'table' THEN has_schema_privilege(l.who, l.schema, 'USAGE') AND has_table_privilege(l.who, l.class, l.privilege)
                    WHEN 'sequence' THEN has_schema_privilege(l.who, l.schema, 'USAGE') AND has_sequence_privilege(l.who, l.class, l.privilege)
                    WHEN 'function' THEN has_schema_privilege(l.who, l.schema, 'USAGE') AND has_function_privilege(l.who, l.routine, l.privilege)
                    ELSE false END,
            concat_ws(', ',
                CASE WHEN (SELECT rolsuper FROM pg_roles WHERE oid = l.who) THEN 'SUPERUSER' END,
                CASE WHEN pg_has_role(l.who, l.owner, 'USAGE') THEN 'ownership' END,
                (SELECT string_agg(DISTINCT CASE WHEN e.grantee = 0 THEN 'PUBLIC' ELSE r.rolname::text END, ', ')
                    FROM aclexplode(l.acl) e LEFT JOIN pg_roles r ON r.oid = e.grantee
                    WHERE e.privilege_type = l.privilege AND (e.grantee = 0 OR (pg_has_role(l.who, e.grantee, 'USAGE')
                        AND NOT ($3::int8 <> 0 AND EXISTS (SELECT FROM pg_auth_members m WHERE m.member = $3::int8::oid AND m.roleid = e.grantee))))))
        FROM lists l
        """;

    /// <summary>For objects ($1, JSON) one other of the same kind in the same schema, and one in another schema that is not PostgreSQL's.</summary>
    public const string Neighbours = """
        WITH asked AS (SELECT DISTINCT q.kind, q.schema, q.name FROM jsonb_to_recordset($1::jsonb) AS q(kind text, schema text, name text) WHERE q.kind IN ('table', 'sequence')),
        all_of AS (SELECT CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END AS kind, n.nspname::text AS schema, c.relname::text AS name
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema')
        SELECT DISTINCT o.kind, o.schema, o.name FROM asked a CROSS JOIN LATERAL (
            (SELECT * FROM all_of o WHERE o.kind = a.kind AND o.schema = a.schema AND o.name NOT IN (SELECT name FROM asked b WHERE b.schema = a.schema) ORDER BY o.name LIMIT 1)
            UNION ALL
            (SELECT * FROM all_of o WHERE o.kind = a.kind AND o.schema NOT IN (SELECT schema FROM asked) ORDER BY o.schema, o.name LIMIT 1)) o
        ORDER BY 1, 2, 3 LIMIT 100
        """;
}
