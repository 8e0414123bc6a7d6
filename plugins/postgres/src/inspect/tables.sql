, tab AS MATERIALIZED (
    SELECT * FROM rel WHERE relkind IN ('r', 'p')
), typ AS MATERIALIZED (
    SELECT oid, typstorage, typcollation FROM pg_type
), att AS MATERIALIZED (
    SELECT a.attrelid, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attnotnull, a.attgenerated, a.attidentity, a.attislocal, a.attcollation, a.attstorage,
        a.attstattarget, a.attoptions, {compression} AS compression, d.text AS default_text, t.description, y.typstorage, y.typcollation
    FROM tab r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN typ y ON y.oid = a.atttypid
    LEFT JOIN def d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = a.attrelid AND t.objsubid = a.attnum
), parent AS MATERIALIZED (
    SELECT i.inhrelid, i.inhseqno, i.inhparent, n.schema, c.relname FROM pg_inherits i
    JOIN tab r ON r.oid = i.inhrelid JOIN pg_class c ON c.oid = i.inhparent JOIN own n ON n.oid = c.relnamespace
), listed AS (
    -- An inherited column is listed where it differs from the one that it was inherited from.
    SELECT a.* FROM att a WHERE a.attislocal OR NOT EXISTS (
        SELECT 1 FROM parent p JOIN att b ON b.attrelid = p.inhparent AND b.attname = a.attname
        WHERE p.inhrelid = a.attrelid AND p.inhseqno = 1
        AND (b.attnotnull, b.attstorage, b.attstattarget, b.attgenerated, b.attcollation) IS NOT DISTINCT FROM (a.attnotnull, a.attstorage, a.attstattarget, a.attgenerated, a.attcollation)
        AND b.default_text IS NOT DISTINCT FROM a.default_text AND b.description IS NOT DISTINCT FROM a.description
        AND b.attoptions IS NOT DISTINCT FROM a.attoptions)
), columns AS (
    SELECT a.attrelid, string_agg(concat(
        '{"name":', to_json(a.attname), ',"type":', to_json(format_type(a.atttypid, a.atttypmod)), CASE WHEN a.attnotnull THEN ',"not_null":true' END,
        ',"default":' || to_json(CASE WHEN a.attgenerated = '' AND o.is_part IS NOT TRUE THEN a.default_text END),
        ',"identity":' || CASE WHEN o.is_part THEN json_strip_nulls(json_build_object(
            'kind', CASE WHEN o.deptype = 'a' THEN 'serial' WHEN a.attidentity = 'a' THEN 'always' ELSE 'by_default' END,
            'sequence', CASE WHEN NOT (o.seqtypid = a.atttypid AND (o.seqstart, o.seqincrement, o.seqmin, o.seqcache, o.seqcycle) = (1, 1, 1, 1, false)
                AND o.seqmax = CASE o.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647 ELSE 9223372036854775807 END)
                THEN json_build_object('type', format_type(o.seqtypid, NULL), 'start', o.seqstart, 'increment', o.seqincrement,
                    'min', o.seqmin, 'max', o.seqmax, 'cache', o.seqcache, 'cycle', o.seqcycle) END)) END,
        ',"generated":' || CASE WHEN a.attgenerated <> '' THEN json_build_object('expression', a.default_text, 'stored', a.attgenerated = 's') END,
        ',"collation":' || to_json(CASE WHEN a.attcollation <> a.typcollation THEN a.attcollation::regcollation::text END),
        ',"comment":' || to_json(a.description),
        ',"options":' || CASE WHEN NOT a.attislocal OR a.attstorage <> a.typstorage OR a.compression <> '' OR a.attstattarget >= 0
            OR a.attoptions IS NOT NULL OR o.is_part THEN json_strip_nulls(json_build_object(
            'inherited', CASE WHEN NOT a.attislocal THEN '' END,
            'storage', CASE WHEN a.attstorage <> a.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'm' THEN 'main' WHEN 'e' THEN 'external' ELSE 'extended' END END,
            'compression', CASE a.compression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
            'statistics', CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END,
            'parameters', array_to_string(a.attoptions, ', '),
            'sequence name', CASE WHEN o.is_part AND NOT o.is_usual THEN o.seqrelid::regclass::text END,
            'sequence grants', CASE WHEN o.is_part THEN g.line END,
            'sequence comment', CASE WHEN o.is_part THEN t.description END)) END,
        '}'), ',' ORDER BY a.attnum) AS list
    FROM listed a LEFT JOIN owned o ON o.relid = a.attrelid AND o.attnum = a.attnum AND o.is_part
    LEFT JOIN granted g ON g.classid = 'pg_class'::regclass AND g.objid = o.seqrelid
    LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = o.seqrelid
    GROUP BY a.attrelid
), con AS MATERIALIZED (
    SELECT c.*, {set columns} AS set_columns, t.description FROM tab r JOIN pg_constraint c ON c.conrelid = r.oid
    LEFT JOIN told t ON t.classoid = 'pg_constraint'::regclass AND t.objoid = c.oid
    WHERE c.contype IN ('p', 'u', 'f', 'c', 'x') AND c.conparentid = 0 AND (c.conislocal OR c.coninhcount = 0)
), parts AS (
    -- What an index finds rows by, and what it holds besides.
    SELECT i.indexrelid,
        '[' || string_agg(CASE WHEN k.attnum <> 0 AND o.option = 0 AND coalesce(l.collation, w.operator_class) IS NULL THEN to_json(a.attname)::text
            ELSE json_strip_nulls(json_build_object(
                'column', a.attname, 'expression', CASE WHEN k.attnum = 0 THEN pg_get_indexdef(i.indexrelid, k.place::int, true) END,
                'descending', o.option & 1 = 1, 'nulls_first', CASE o.option WHEN 1 THEN false WHEN 2 THEN true END,
                'collation', l.collation, 'operator_class', w.operator_class))::text
            END, ',' ORDER BY k.place) FILTER (WHERE k.place <= i.indnkeyatts) || ']' AS columns,
        '[' || string_agg(to_json(a.attname)::text, ',' ORDER BY k.place) FILTER (WHERE k.place > i.indnkeyatts) || ']' AS include,
        string_agg('"statistics ' || k.place || '":"' || ia.attstattarget || '"', ',') FILTER (WHERE ia.attstattarget >= 0) AS statistics
    FROM pg_index i JOIN tab r ON r.oid = i.indrelid
    CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, place)
    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
    JOIN pg_attribute ia ON ia.attrelid = i.indexrelid AND ia.attnum = k.place
    LEFT JOIN LATERAL (SELECT i.indoption[k.place - 1] AS option) o ON true
    LEFT JOIN pg_opclass c ON c.oid = i.indclass[k.place - 1]
    LEFT JOIN LATERAL (SELECT CASE WHEN n <> 0 AND n <> coalesce(a.attcollation, (SELECT typcollation FROM pg_type WHERE oid = ia.atttypid)) THEN n::regcollation::text END AS collation
        FROM (SELECT i.indcollation[k.place - 1] AS n) one) l ON true
    -- Source: DefineOpClass in src/backend/commands/opclasscmds.c: a method has one default class for a type; types without one take that of a type which they are like.
    LEFT JOIN LATERAL (SELECT CASE WHEN ia.attoptions IS NOT NULL OR NOT c.opcdefault
            OR c.opcintype <> a.atttypid AND (c.opcmethod, a.atttypid) IN (SELECT opcmethod, opcintype FROM pg_opclass WHERE opcdefault)
        THEN CASE WHEN pg_opclass_is_visible(c.oid) THEN '' ELSE c.opcnamespace::regnamespace || '.' END || quote_ident(c.opcname)
            || coalesce((SELECT ' (' || string_agg(quote_ident(option_name) || '=' || quote_literal(option_value), ', ') || ')' FROM pg_options_to_table(ia.attoptions)), '') END AS operator_class) w ON true
    GROUP BY i.indexrelid
), ind AS MATERIALIZED (
    SELECT i.*, c.relname, p.columns, p.include, m.amname, t.description,
        concat_ws(',', '"nulls not distinct":' || CASE WHEN {nulls not distinct} THEN '""' END,
            '"tablespace":' || to_json(s.spcname), '"with":' || to_json(array_to_string(c.reloptions, ', ')),
            '"clustered":' || CASE WHEN i.indisclustered THEN '""' END, '"invalid":' || CASE WHEN NOT i.indisvalid AND c.relkind = 'i' THEN '""' END,
            p.statistics) AS options
    FROM pg_index i JOIN parts p ON p.indexrelid = i.indexrelid JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am m ON m.oid = c.relam
    LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace
    LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = i.indexrelid AND t.objsubid = 0
    WHERE NOT c.relispartition
), indexes AS (
    SELECT i.indrelid, string_agg(concat('{"name":', to_json(i.relname), ',"columns":', i.columns, CASE WHEN i.indisunique THEN ',"unique":true' END,
        ',"method":' || to_json(nullif(i.amname, 'btree')), ',"include":' || i.include, ',"where":' || to_json(pg_get_expr(i.indpred, i.indrelid, true)),
        ',"comment":' || to_json(i.description), ',"options":{' || nullif(i.options, '') || '}', '}'), ',') AS list
    FROM ind i WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid AND c.contype IN ('p', 'u', 'x'))
    GROUP BY i.indrelid
), keys AS (
    SELECT c.conrelid,
        string_agg(k.key, ',') FILTER (WHERE c.contype = 'p') AS primary_key,
        string_agg(k.key, ',') FILTER (WHERE c.contype = 'u') AS uniques
    FROM con c JOIN ind i ON i.indexrelid = c.conindid,
    LATERAL (SELECT concat('{"name":', to_json(c.conname), ',"columns":', i.columns, ',"include":' || i.include,
        ',"deferral":' || CASE WHEN c.condeferred THEN '"deferred"' WHEN c.condeferrable THEN '"immediate"' END, ',"comment":' || to_json(c.description),
        ',"options":{' || nullif(concat_ws(',', nullif(i.options, ''), '"index comment":' || to_json(i.description)), '') || '}', '}') AS key) k
    WHERE c.contype IN ('p', 'u') GROUP BY c.conrelid
), others AS (
    SELECT c.conrelid,
        string_agg(concat('{"name":', to_json(c.conname), ',"expression":', to_json(pg_get_expr(c.conbin, c.conrelid, true)), CASE WHEN NOT c.convalidated THEN ',"not_valid":true' END,
            ',"comment":' || to_json(c.description), CASE WHEN c.connoinherit THEN ',"options":{"no inherit":""}' END, '}'), ',') FILTER (WHERE c.contype = 'c') AS checks,
        string_agg(concat('{"name":', to_json(c.conname), ',"definition":', to_json(CASE WHEN c.contype = 'x' THEN pg_get_constraintdef(c.oid, true) END),
            ',"comment":' || to_json(c.description), '}'), ',') FILTER (WHERE c.contype = 'x') AS exclusions
    FROM con c WHERE c.contype IN ('c', 'x') GROUP BY c.conrelid
), named AS (
    SELECT c.oid, string_agg(to_json(a.attname)::text, ',' ORDER BY u.place) FILTER (WHERE u.side = 1) AS columns,
        string_agg(to_json(a.attname)::text, ',' ORDER BY u.place) FILTER (WHERE u.side = 2) AS refs,
        string_agg(to_json(a.attname)::text, ',' ORDER BY a.attnum) FILTER (WHERE u.side = 1 AND a.attnum = ANY (c.set_columns)) AS set_columns
    FROM con c CROSS JOIN LATERAL (
        SELECT 1 AS side, c.conrelid AS relid, k.* FROM unnest(c.conkey) WITH ORDINALITY k(attnum, place)
        UNION ALL SELECT 2, c.confrelid, k.* FROM unnest(c.confkey) WITH ORDINALITY k(attnum, place)) u
    JOIN pg_attribute a ON a.attrelid = u.relid AND a.attnum = u.attnum
    WHERE c.contype = 'f' GROUP BY c.oid
), action(letter, word) AS (
    VALUES ('a', NULL), ('r', '"restrict"'), ('c', '"cascade"'), ('n', '"set_null"'), ('d', '"set_default"')
), foreign_keys AS (
    SELECT c.conrelid, string_agg(concat('{"name":', to_json(c.conname), ',"columns":[', m.columns, '],"table":{"schema":', to_json(n.schema), ',"name":', to_json(f.relname),
        '},"references":[', m.refs, ']', ',"on_delete":' || d.word, ',"on_delete_columns":[' || m.set_columns || ']', ',"on_update":' || u.word,
        ',"match":' || CASE c.confmatchtype WHEN 'f' THEN '"FULL"' WHEN 'p' THEN '"PARTIAL"' END,
        ',"deferral":' || CASE WHEN c.condeferred THEN '"deferred"' WHEN c.condeferrable THEN '"immediate"' END,
        CASE WHEN NOT c.convalidated THEN ',"not_valid":true' END, ',"comment":' || to_json(c.description), '}'), ',') AS list
    FROM con c JOIN named m ON m.oid = c.oid JOIN pg_class f ON f.oid = c.confrelid JOIN own n ON n.oid = f.relnamespace
    JOIN action d ON d.letter = c.confdeltype::text JOIN action u ON u.letter = c.confupdtype::text
    GROUP BY c.conrelid
), parents AS (
    SELECT inhrelid, json_agg(json_build_object('schema', schema, 'name', relname) ORDER BY inhseqno) AS list FROM parent GROUP BY inhrelid
)
-- What is NULL is left out, as its member is with it: so the text is short, and its reader needs to know no NULL.
SELECT 'pg_class'::regclass::oid, r.oid, concat('{"kind":"table","name":{"schema":', to_json(r.schema), ',"name":', to_json(r.relname), '}',
    ',"comment":' || to_json(t.description), ',"grants":' || g.grants, ',"body":{"table":{"columns":[', l.list, ']', ',"primary_key":' || k.primary_key,
    ',"uniques":[' || k.uniques || ']', ',"foreign_keys":[' || f.list || ']', ',"checks":[' || o.checks || ']', ',"exclusions":[' || o.exclusions || ']',
    ',"indexes":[' || i.list || ']',
    ',"partitioning":' || CASE WHEN r.relkind = 'p' OR r.relispartition THEN json_strip_nulls(json_build_object('by', CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) END,
        'of', CASE WHEN r.relispartition THEN p.list->0 END, 'bound', pg_get_expr(r.relpartbound, r.oid))) END,
    ',"inherits":' || CASE WHEN NOT r.relispartition THEN p.list END,
    ',"options":{' || nullif(concat_ws(',', '"unlogged":' || CASE WHEN r.relpersistence = 'u' THEN '""' END,
        '"with":' || to_json(array_to_string(r.reloptions, ', ')), '"toast":' || to_json(array_to_string(toast.reloptions, ', ')), '"tablespace":' || to_json(s.spcname),
        '"method":' || to_json(nullif(m.amname, current_setting('default_table_access_method'))),
        '"row security":' || CASE WHEN r.relrowsecurity THEN '""' END, '"force row security":' || CASE WHEN r.relforcerowsecurity THEN '""' END,
        '"replica identity":' || to_json(CASE r.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING'
            WHEN 'i' THEN 'USING INDEX ' || (SELECT quote_ident(b.relname) FROM pg_index x JOIN pg_class b ON b.oid = x.indexrelid WHERE x.indrelid = r.oid AND x.indisreplident) END),
        '"of type":' || to_json(CASE WHEN r.reloftype <> 0 THEN r.reloftype::regtype::text END)), '') || '}',
    '}}}') AS object
FROM tab r LEFT JOIN columns l ON l.attrelid = r.oid LEFT JOIN keys k ON k.conrelid = r.oid LEFT JOIN foreign_keys f ON f.conrelid = r.oid
LEFT JOIN others o ON o.conrelid = r.oid LEFT JOIN indexes i ON i.indrelid = r.oid LEFT JOIN parents p ON p.inhrelid = r.oid
LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = r.oid AND t.objsubid = 0
LEFT JOIN granted g ON g.classid = 'pg_class'::regclass AND g.objid = r.oid
LEFT JOIN pg_class toast ON toast.oid = r.reltoastrelid AND toast.reloptions IS NOT NULL
LEFT JOIN pg_tablespace s ON s.oid = r.reltablespace LEFT JOIN pg_am m ON m.oid = r.relam
