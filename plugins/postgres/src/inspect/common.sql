-- What the other queries begin with. The names of the schema `dapter.schema` are written without it.
WITH own AS MATERIALIZED (
    SELECT oid, nspname, CASE WHEN nspname = current_setting('dapter.schema') THEN '' ELSE nspname::text END AS schema
    FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
), extended AS MATERIALIZED (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), history AS MATERIALIZED (
    SELECT c.oid, c.relnamespace FROM pg_class c JOIN own n ON n.oid = c.relnamespace
    WHERE n.nspname = {schema} AND c.relname IN ({tables})
), rel AS MATERIALIZED (
    SELECT c.*, n.schema, n.nspname FROM pg_class c JOIN own n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.oid NOT IN (SELECT oid FROM history)
      AND ('pg_class'::regclass::oid, c.oid) NOT IN (SELECT * FROM extended)
), def AS MATERIALIZED (
    SELECT d.oid, d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid, true) AS text FROM pg_attrdef d JOIN rel r ON r.oid = d.adrelid
), owned AS MATERIALIZED (
    -- Sequences that belong to a column, and whether it is what `serial` or an identity makes.
    SELECT s.*, c.relname, c.relacl, d.refobjid AS relid, d.refobjsubid AS attnum, d.deptype, a.atttypid,
        c.relname = u.usual AND c.relnamespace = r.relnamespace AS is_usual,
        CASE WHEN d.deptype = 'i' THEN true ELSE c.relname = u.usual AND c.relnamespace = r.relnamespace AND c.relpersistence = r.relpersistence
            AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND r.relkind IN ('r', 'p')
            AND def.text = 'nextval(' || quote_literal(c.oid::regclass::text) || '::regclass)' END AS is_part
    FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid JOIN pg_class c ON c.oid = d.objid
    JOIN pg_class r ON r.oid = d.refobjid JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    LEFT JOIN def ON def.adrelid = a.attrelid AND def.adnum = a.attnum,
    LATERAL (SELECT octet_length(r.relname::text) AS t, octet_length(a.attname::text) AS c) l,
    -- Source: makeObjectName in PostgreSQL's src/backend/commands/indexcmds.c, which counts bytes, and cuts no character in two.
    LATERAL (SELECT (SELECT left(r.relname::text, n) FROM generate_series(length(r.relname::text), 0, -1) n
            WHERE octet_length(left(r.relname::text, n)) <= greatest(29, 58 - l.c) LIMIT 1) || '_'
        || (SELECT left(a.attname::text, n) FROM generate_series(length(a.attname::text), 0, -1) n
            WHERE octet_length(left(a.attname::text, n)) <= greatest(29, 58 - l.t) LIMIT 1) || '_seq' AS usual) u
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0
), told AS MATERIALIZED (
    SELECT classoid, objoid, objsubid, description FROM pg_description WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass
), access AS (
    SELECT 'pg_class'::regclass::oid AS classid, c.oid AS objid, c.relowner AS owner, c.relacl AS acl, NULL::aclitem[] AS base
    FROM pg_class c JOIN own n ON n.oid = c.relnamespace WHERE c.relacl IS NOT NULL
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, p.proowner, p.proacl, acldefault('f', p.proowner)
    FROM pg_proc p JOIN own n ON n.oid = p.pronamespace WHERE p.proacl IS NOT NULL
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, t.typowner, t.typacl, acldefault('T', t.typowner)
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace WHERE t.typacl IS NOT NULL
    UNION ALL
    SELECT 'pg_namespace'::regclass, n.oid, n.nspowner, n.nspacl, i.initprivs
    FROM pg_namespace n JOIN own ON own.oid = n.oid
    LEFT JOIN pg_init_privs i ON i.classoid = 'pg_namespace'::regclass AND i.objoid = n.oid AND i.objsubid = 0
    UNION ALL
    SELECT 'pg_language'::regclass, oid, lanowner, lanacl, acldefault('l', lanowner) FROM pg_language WHERE oid >= 16384 AND lanacl IS NOT NULL
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, fdwacl, NULL FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, oid, srvowner, srvacl, NULL FROM pg_foreign_server
), allowed AS (
    SELECT a.classid, a.objid, e.privilege_type, e.grantee, e.is_grantable FROM access a, aclexplode(a.acl) e WHERE e.grantee <> a.owner
), usually AS (
    SELECT a.classid, a.objid, e.privilege_type, e.grantee, e.is_grantable FROM access a, aclexplode(a.base) e
    WHERE e.grantee <> a.owner AND e.grantee NOT IN (SELECT oid FROM pg_roles WHERE rolname = 'pg_database_owner' OR oid = 10)
), entry AS (
    SELECT classid, objid, '' AS negation, privilege_type, grantee, is_grantable FROM (SELECT * FROM allowed EXCEPT SELECT * FROM usually) more
    UNION ALL
    SELECT classid, objid, 'no ', privilege_type, grantee, is_grantable FROM (SELECT * FROM usually EXCEPT SELECT * FROM allowed) less
    UNION ALL
    SELECT 'pg_class'::regclass, r.oid, '', e.privilege_type || ' (' || quote_ident(a.attname) || ')', e.grantee, e.is_grantable
    FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped, aclexplode(a.attacl) e
    WHERE e.grantee <> r.relowner
), granted AS MATERIALIZED (
    SELECT classid, objid, json_agg(text ORDER BY text COLLATE "C") AS grants, string_agg(text, '; ' ORDER BY text COLLATE "C") AS line FROM (
        SELECT DISTINCT classid, objid, negation || privilege_type || ' to '
            || CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END
            || CASE WHEN is_grantable THEN ' with grant option' ELSE '' END AS text
        FROM entry
    ) texts GROUP BY classid, objid
)
