    -- any of pg_namespace
    SELECT 'pg_namespace'::regclass::oid, n.oid, 'schema', '', '', n.nspname::text, '', NULL::json, ARRAY['CREATE SCHEMA IF NOT EXISTS public', NULL]
    FROM own n LEFT JOIN told t ON t.classoid = 'pg_namespace'::regclass AND t.objoid = n.oid
    WHERE n.nspname = 'public' AND (coalesce(t.description, '') NOT IN ('', 'standard public schema')
        OR EXISTS (SELECT 1 FROM granted g WHERE g.classid = 'pg_namespace'::regclass AND g.objid = n.oid))
    -- any of pg_namespace WHERE oid >= 16384
    -- That of the history is dapter's own if nothing else is in it.
    SELECT 'pg_namespace'::regclass, n.oid, 'schema', '', '', n.nspname::text, '', NULL, ARRAY['CREATE SCHEMA ' || quote_ident(n.nspname), NULL]
    FROM own n WHERE n.nspname <> 'public' AND NOT (n.oid IN (SELECT relnamespace FROM history) AND n.schema <> '' AND NOT EXISTS (SELECT 1 FROM rel WHERE relnamespace = n.oid))
    -- any of pg_extension WHERE extname <> 'plpgsql'
    SELECT 'pg_extension'::regclass, e.oid, 'extension', '', '', e.extname::text, '', NULL,
        ARRAY['CREATE EXTENSION ' || quote_ident(e.extname) || CASE WHEN n.schema = '' OR NOT e.extrelocatable AND n.schema IS NULL THEN '' ELSE ' WITH SCHEMA ' || e.extnamespace::regnamespace END, NULL]
    FROM pg_extension e LEFT JOIN own n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'
    -- any of pg_sequence
    -- Sequences that are no part of a column.
    SELECT 'pg_class'::regclass, c.oid, 'sequence', n.schema, '', c.relname::text, '', json_build_object('sequence', json_build_object(
        'type', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement, 'min', s.seqmin, 'max', s.seqmax,
        'cache', s.seqcache, 'cycle', s.seqcycle,
        'owned_by', (SELECT o.relid::regclass || '.' || quote_ident(a.attname) FROM owned o JOIN pg_attribute a ON a.attrelid = o.relid AND a.attnum = o.attnum WHERE o.seqrelid = c.oid))), NULL
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN own n ON n.oid = c.relnamespace
    WHERE NOT EXISTS (SELECT 1 FROM owned o WHERE o.seqrelid = c.oid AND (o.is_part OR o.relid IN (SELECT oid FROM history)))
    -- any of pg_type WHERE oid >= 16384 AND typtype = 'e'
    -- Types.
    SELECT 'pg_type'::regclass, t.oid, 'type', n.schema, '', t.typname::text, '', json_build_object('enumeration', json_build_object('values',
        (SELECT coalesce(json_agg(e.enumlabel ORDER BY e.enumsortorder), '[]') FROM pg_enum e WHERE e.enumtypid = t.oid))), NULL
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace WHERE t.typtype = 'e'
    -- any of pg_type WHERE oid >= 16384 AND typtype = 'd'
    SELECT 'pg_type'::regclass, t.oid, 'domain', n.schema, '', t.typname::text, '', json_build_object('domain', json_build_object(
        'type', format_type(t.typbasetype, t.typtypmod), 'not_null', t.typnotnull, 'default', coalesce(pg_get_expr(t.typdefaultbin, 0, true), t.typdefault),
        'collation', CASE WHEN t.typcollation <> b.typcollation THEN t.typcollation::regcollation::text END,
        'checks', (SELECT json_agg(json_build_object('name', c.conname, 'expression', pg_get_expr(c.conbin, 0, true), 'not_valid', NOT c.convalidated,
            'comment', d.description) ORDER BY c.conname COLLATE "C") FROM pg_constraint c LEFT JOIN told d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = c.oid
            WHERE c.contypid = t.oid AND c.contype = 'c'))), NULL
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype WHERE t.typtype = 'd'
    -- any of pg_class WHERE oid >= 16384 AND relkind = 'c'
    SELECT 'pg_type'::regclass, t.oid, 'type', n.schema, '', t.typname::text, '',
        CASE WHEN f.comments IS NULL THEN json_build_object('composite', json_build_object('fields', coalesce(f.fields, '[]'))) END,
        ARRAY['CREATE TYPE ' || t.oid::regtype || ' AS (' || f.text || ')', NULL] || f.comments
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c',
    LATERAL (SELECT json_agg(json_build_object('name', a.attname, 'type', k.type, 'collation', k.collation) ORDER BY a.attnum) AS fields,
            string_agg(quote_ident(a.attname) || ' ' || k.type || coalesce(' COLLATE ' || k.collation, ''), ', ' ORDER BY a.attnum) AS text,
            array_agg('COMMENT ON COLUMN ' || t.oid::regtype || '.' || quote_ident(a.attname) || ' IS ' || quote_literal(d.description) ORDER BY a.attnum)
                FILTER (WHERE d.description IS NOT NULL) AS comments
        FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN told d ON d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid = a.attnum,
        LATERAL (SELECT format_type(a.atttypid, a.atttypmod) AS type, CASE WHEN a.attcollation <> y.typcollation THEN a.attcollation::regcollation::text END AS collation) k
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) f
    WHERE t.typtype = 'c'
    -- any of pg_range WHERE rngtypid >= 16384
    SELECT 'pg_type'::regclass, t.oid, 'type', n.schema, '', t.typname::text, '', NULL, ARRAY['CREATE TYPE ' || t.oid::regtype || ' AS RANGE (' || concat_ws(', ',
        'subtype = ' || format_type(r.rngsubtype, NULL),
        'subtype_opclass = ' || CASE WHEN NOT o.opcdefault THEN quote_ident(o.opcname) END,
        'collation = ' || CASE WHEN r.rngcollation <> s.typcollation THEN r.rngcollation::regcollation::text END,
        'canonical = ' || nullif(r.rngcanonical::oid, 0)::regproc, 'subtype_diff = ' || nullif(r.rngsubdiff::oid, 0)::regproc,
        'multirange_type_name = ' || nullif((to_jsonb(r)->>'rngmultitypid')::oid, 0)::regtype) || ')', NULL]
    FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN own n ON n.oid = t.typnamespace JOIN pg_type s ON s.oid = r.rngsubtype JOIN pg_opclass o ON o.oid = r.rngsubopc
    -- any of pg_type WHERE oid >= 16384 AND typtype IN ('b', 'p') AND (typarray <> 0 OR NOT typisdefined)
    SELECT 'pg_type'::regclass, t.oid, 'type', n.schema, '', t.typname::text, '', NULL, CASE WHEN NOT t.typisdefined THEN ARRAY['CREATE TYPE ' || t.oid::regtype, NULL]
        ELSE ARRAY['CREATE TYPE ' || t.oid::regtype || ' (' || concat_ws(', ', 'INPUT = ' || t.typinput, 'OUTPUT = ' || t.typoutput,
        'RECEIVE = ' || nullif(t.typreceive::oid, 0)::regproc, 'SEND = ' || nullif(t.typsend::oid, 0)::regproc,
        'TYPMOD_IN = ' || nullif(t.typmodin::oid, 0)::regproc, 'TYPMOD_OUT = ' || nullif(t.typmodout::oid, 0)::regproc, 'ANALYZE = ' || nullif(t.typanalyze::oid, 0)::regproc,
        'INTERNALLENGTH = ' || CASE t.typlen WHEN -1 THEN 'VARIABLE' ELSE t.typlen::text END, CASE WHEN t.typbyval THEN 'PASSEDBYVALUE' END,
        'ALIGNMENT = ' || CASE t.typalign WHEN 'c' THEN 'char' WHEN 's' THEN 'int2' WHEN 'd' THEN 'double' ELSE 'int4' END,
        'STORAGE = ' || CASE t.typstorage WHEN 'p' THEN 'plain' WHEN 'm' THEN 'main' WHEN 'e' THEN 'external' ELSE 'extended' END,
        'CATEGORY = ' || quote_literal(t.typcategory::text), CASE WHEN t.typispreferred THEN 'PREFERRED = true' END, 'DEFAULT = ' || quote_literal(t.typdefault),
        'ELEMENT = ' || nullif(t.typelem, 0)::regtype, 'DELIMITER = ' || quote_literal(t.typdelim::text), CASE WHEN t.typcollation <> 0 THEN 'COLLATABLE = true' END) || ')', NULL] END
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace
    WHERE t.typtype IN ('b', 'p') AND NOT EXISTS (SELECT 1 FROM pg_type e WHERE e.typarray = t.oid)
    -- any of pg_proc WHERE oid >= 16384 AND prokind <> 'a'
    -- Functions, procedures and aggregates.
    SELECT 'pg_proc'::regclass, p.oid, w.word, n.schema, '', p.proname::text, '(' || oidvectortypes(p.proargtypes) || ')', NULL, ARRAY[
        CASE WHEN n.schema = '' THEN 'CREATE OR REPLACE ' || upper(w.word) || ' ' || quote_ident(p.proname)
            || substr(d.text, length('CREATE OR REPLACE ' || w.word || ' ' || quote_ident(n.nspname) || '.' || quote_ident(p.proname)) + 1) ELSE d.text END,
        concat_ws(' ', pg_get_function_arguments(p.oid), 'returns', pg_get_function_result(p.oid), CASE p.prokind WHEN 'w' THEN 'window' END)]
    FROM pg_proc p JOIN own n ON n.oid = p.pronamespace,
    LATERAL (SELECT CASE p.prokind WHEN 'p' THEN 'procedure' ELSE 'function' END AS word) w,
    LATERAL (SELECT rtrim(CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, E'\n') AS text) d
    WHERE p.prokind IN ('f', 'p', 'w')
    -- any of pg_aggregate WHERE aggfnoid::oid >= 16384
    SELECT 'pg_proc'::regclass, p.oid, 'aggregate', n.schema, '', p.proname::text, '(' || i.text || ')', NULL,
        ARRAY['CREATE OR REPLACE AGGREGATE ' || CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(p.proname) || '(' || i.text || ') (' || concat_ws(', ',
        'SFUNC = ' || a.aggtransfn, 'STYPE = ' || format_type(a.aggtranstype, NULL), 'SSPACE = ' || nullif(a.aggtransspace, 0),
        'FINALFUNC = ' || nullif(a.aggfinalfn::oid, 0)::regproc, CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
        'FINALFUNC_MODIFY = ' || CASE WHEN a.aggfinalfn <> 0 AND (a.aggfinalmodify <> 'r' OR a.aggkind <> 'n') THEN CASE a.aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
        'COMBINEFUNC = ' || nullif(a.aggcombinefn::oid, 0)::regproc, 'SERIALFUNC = ' || nullif(a.aggserialfn::oid, 0)::regproc,
        'DESERIALFUNC = ' || nullif(a.aggdeserialfn::oid, 0)::regproc, 'INITCOND = ' || quote_literal(a.agginitval),
        'MSFUNC = ' || nullif(a.aggmtransfn::oid, 0)::regproc, 'MINVFUNC = ' || nullif(a.aggminvtransfn::oid, 0)::regproc,
        'MSTYPE = ' || format_type(nullif(a.aggmtranstype, 0), NULL), 'MSSPACE = ' || nullif(a.aggmtransspace, 0),
        'MFINALFUNC = ' || nullif(a.aggmfinalfn::oid, 0)::regproc, CASE WHEN a.aggmfinalextra THEN 'MFINALFUNC_EXTRA' END, 'MINITCOND = ' || quote_literal(a.aggminitval),
        'SORTOP = ' || CASE WHEN a.aggsortop <> 0 THEN 'OPERATOR(' || split_part(a.aggsortop::regoperator::text, '(', 1) || ')' END,
        'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END, CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END) || ')',
        concat_ws(' ', pg_get_function_arguments(p.oid), 'returns', pg_get_function_result(p.oid), a.aggkind, format_type(a.aggtranstype, NULL))]
    FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN own n ON n.oid = p.pronamespace,
    LATERAL (SELECT CASE WHEN p.pronargs = 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END AS text) i
    -- any of pg_class WHERE oid >= 16384 AND relkind IN ('v', 'm')
    -- Views, with what is said of their columns.
    SELECT 'pg_class'::regclass, v.oid, CASE v.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, v.schema, '', v.relname::text, '', NULL, ARRAY[
        CASE v.relkind WHEN 'v' THEN 'CREATE OR REPLACE VIEW ' ELSE 'CREATE MATERIALIZED VIEW ' END || v.oid::regclass
            || coalesce(' USING ' || nullif(m.amname, current_setting('default_table_access_method')), '')
            || coalesce(' WITH (' || array_to_string(v.reloptions, ', ') || ')', '') || coalesce(' TABLESPACE ' || quote_ident(s.spcname), '')
            || E' AS\n' || rtrim(pg_get_viewdef(v.oid, true), E';\n'),
        CASE v.relkind WHEN 'v' THEN a.columns || coalesce(E'\n' || array_to_string(a.statements, E'\n'), '') END] || a.statements || x.statements
    FROM rel v LEFT JOIN pg_am m ON m.oid = v.relam LEFT JOIN pg_tablespace s ON s.oid = v.reltablespace,
    LATERAL (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod) || coalesce(' ' || nullif(a.attcollation, 0)::regcollation, ''), ', ' ORDER BY a.attnum) AS columns,
            array_agg(e.statement ORDER BY e.part, a.attnum) FILTER (WHERE e.statement IS NOT NULL) AS statements
        FROM pg_attribute a LEFT JOIN def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
        LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = v.oid AND t.objsubid = a.attnum,
        LATERAL (VALUES (1, 'ALTER VIEW ' || v.oid::regclass || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET DEFAULT ' || def.text),
            (2, 'ALTER MATERIALIZED VIEW ' || v.oid::regclass || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET STATISTICS ' || CASE WHEN v.relkind = 'm' AND a.attstattarget >= 0 THEN a.attstattarget END),
            (3, 'COMMENT ON COLUMN ' || v.oid::regclass || '.' || quote_ident(a.attname) || ' IS ' || quote_literal(t.description))) e(part, statement)
        WHERE a.attrelid = v.oid AND a.attnum > 0 AND NOT a.attisdropped) a,
    LATERAL (SELECT array_agg(e.statement ORDER BY e.part, b.relname COLLATE "C") FILTER (WHERE e.statement IS NOT NULL) AS statements
        FROM pg_index i JOIN pg_class b ON b.oid = i.indexrelid LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = b.oid AND t.objsubid = 0,
        LATERAL (VALUES (1, pg_get_indexdef(b.oid, 0, true)),
            (2, 'ALTER MATERIALIZED VIEW ' || v.oid::regclass || ' CLUSTER ON ' || CASE WHEN i.indisclustered THEN quote_ident(b.relname) END),
            (3, 'COMMENT ON INDEX ' || b.oid::regclass || ' IS ' || quote_literal(t.description))) e(part, statement)
        WHERE i.indrelid = v.oid) x
    WHERE v.relkind IN ('v', 'm')
    -- any of pg_foreign_table
    SELECT 'pg_class'::regclass, r.oid, 'foreign table', r.schema, '', r.relname::text, '', NULL, ARRAY[
        'CREATE FOREIGN TABLE ' || r.oid::regclass || E' (\n    ' || concat_ws(E',\n    ', a.columns, c.checks) || E'\n) SERVER ' || quote_ident(s.srvname)
            || coalesce(' OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ') FROM pg_options_to_table(f.ftoptions)) || ')', ''), NULL] || a.comments
    FROM rel r JOIN pg_foreign_table f ON f.ftrelid = r.oid JOIN pg_foreign_server s ON s.oid = f.ftserver,
    LATERAL (SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
                'OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ') FROM pg_options_to_table(a.attfdwoptions)) || ')',
                'COLLATE ' || CASE WHEN a.attcollation <> y.typcollation THEN a.attcollation::regcollation::text END,
                CASE a.attgenerated WHEN '' THEN 'DEFAULT ' || def.text ELSE 'GENERATED ALWAYS AS (' || def.text || ') STORED' END,
                CASE WHEN a.attnotnull THEN 'NOT NULL' END), E',\n    ' ORDER BY a.attnum) AS columns,
            array_agg('COMMENT ON COLUMN ' || r.oid::regclass || '.' || quote_ident(a.attname) || ' IS ' || quote_literal(t.description) ORDER BY a.attnum) FILTER (WHERE t.description IS NOT NULL) AS comments
        FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid LEFT JOIN def ON def.adrelid = a.attrelid AND def.adnum = a.attnum
        LEFT JOIN told t ON t.classoid = 'pg_class'::regclass AND t.objoid = r.oid AND t.objsubid = a.attnum
        WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped) a,
    LATERAL (SELECT string_agg('CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid, true), E',\n    ' ORDER BY conname COLLATE "C") AS checks
        FROM pg_constraint WHERE conrelid = r.oid AND contype = 'c') c
    -- any of pg_trigger WHERE NOT tgisinternal
    -- What hangs on tables and views.
    SELECT 'pg_trigger'::regclass, t.oid, 'trigger', r.schema, r.relname::text, t.tgname::text, '', NULL, ARRAY[pg_get_triggerdef(t.oid, true), NULL,
        'ALTER TABLE ' || r.oid::regclass || ' ' || CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END || ' TRIGGER ' || quote_ident(t.tgname)]
    FROM pg_trigger t JOIN rel r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND coalesce((to_jsonb(t)->>'tgparentid')::oid, 0) = 0
    -- any of pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN'
    SELECT 'pg_rewrite'::regclass, w.oid, 'rule', r.schema, r.relname::text, w.rulename::text, '', NULL, ARRAY[rtrim(pg_get_ruledef(w.oid, true), ';'), NULL,
        'ALTER TABLE ' || r.oid::regclass || ' ' || CASE w.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END || ' RULE ' || quote_ident(w.rulename)]
    FROM pg_rewrite w JOIN rel r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    -- any of pg_policy
    SELECT 'pg_policy'::regclass, p.oid, 'policy', r.schema, r.relname::text, p.polname::text, '', NULL, ARRAY[concat_ws(' ', 'CREATE POLICY', quote_ident(p.polname), 'ON', r.oid::regclass,
        CASE WHEN NOT p.polpermissive THEN 'AS RESTRICTIVE' END,
        'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' END,
        'TO ' || (SELECT string_agg(quote_ident(pg_get_userbyid(o)), ', ' ORDER BY pg_get_userbyid(o)) FROM unnest(p.polroles) o WHERE o <> 0),
        'USING (' || pg_get_expr(p.polqual, p.polrelid, true) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid, true) || ')'), NULL]
    FROM pg_policy p JOIN rel r ON r.oid = p.polrelid
    -- any of pg_statistic_ext
    SELECT 'pg_statistic_ext'::regclass, s.oid, 'statistics', n.schema, '', s.stxname::text, '', NULL, ARRAY[
        CASE WHEN n.schema = '' THEN replace(pg_get_statisticsobjdef(s.oid), 'CREATE STATISTICS ' || quote_ident(n.nspname) || '.', 'CREATE STATISTICS ') ELSE pg_get_statisticsobjdef(s.oid) END, NULL,
        'ALTER STATISTICS ' || s.stxname || ' SET STATISTICS ' || CASE WHEN (to_jsonb(s)->>'stxstattarget')::int >= 0 THEN to_jsonb(s)->>'stxstattarget' END]
    FROM pg_statistic_ext s JOIN own n ON n.oid = s.stxnamespace JOIN rel r ON r.oid = s.stxrelid
    -- any of pg_event_trigger
    -- What belongs to the whole database.
    SELECT 'pg_event_trigger'::regclass, e.oid, 'event trigger', '', '', e.evtname::text, '', NULL, ARRAY['CREATE EVENT TRIGGER ' || quote_ident(e.evtname) || ' ON ' || e.evtevent
        || coalesce(' WHEN TAG IN (' || (SELECT string_agg(quote_literal(tag), ', ' ORDER BY tag) FROM unnest(e.evttags) tag) || ')', '') || ' EXECUTE FUNCTION ' || e.evtfoid::regproc || '()', NULL,
        'ALTER EVENT TRIGGER ' || quote_ident(e.evtname) || ' ' || CASE e.evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS' END]
    FROM pg_event_trigger e
    -- any of pg_publication
    SELECT 'pg_publication'::regclass, p.oid, 'publication', '', '', p.pubname::text, '', NULL, ARRAY['CREATE PUBLICATION ' || quote_ident(p.pubname)
        || CASE WHEN p.puballtables THEN ' FOR ALL TABLES' ELSE coalesce(' FOR ' || concat_ws(', ', 'TABLE ' || m.tables, 'TABLES IN SCHEMA ' || m.schemas), '') END
        || coalesce(' WITH (' || nullif(concat_ws(', ',
            CASE WHEN NOT (p.pubinsert AND p.pubupdate AND p.pubdelete AND p.pubtruncate) THEN 'publish = ' || quote_literal(concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END,
                CASE WHEN p.pubupdate THEN 'update' END, CASE WHEN p.pubdelete THEN 'delete' END, CASE WHEN p.pubtruncate THEN 'truncate' END)) END,
            CASE WHEN p.pubviaroot THEN 'publish_via_partition_root = true' END), '') || ')', ''), NULL]
    FROM pg_publication p, LATERAL (SELECT
        (SELECT string_agg(t.text, ', ' ORDER BY t.text) FROM (SELECT concat_ws(' ', x.prrelid::regclass,
            '(' || (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = x.prrelid AND a.attnum = ANY (string_to_array(to_jsonb(x)->>'prattrs', ' ')::int2[])) || ')',
            'WHERE (' || pg_get_expr((to_jsonb(x)->>'prqual')::pg_node_tree, x.prrelid, true) || ')') AS text FROM pg_publication_rel x WHERE x.prpubid = p.oid) t) AS tables,
        {schemas of publication} AS schemas) m
    -- any of pg_default_acl
    SELECT 'pg_default_acl'::regclass, d.oid, 'default privileges', coalesce(n.schema, ''), '', pg_get_userbyid(d.defaclrole)::text, '(' || w.word || CASE WHEN d.defaclnamespace = 0 THEN '' ELSE ', ' || d.defaclnamespace::regnamespace END || ')', NULL,
        ARRAY[e.first, NULL] || e.rest
    FROM pg_default_acl d LEFT JOIN own n ON n.oid = d.defaclnamespace,
    LATERAL (SELECT CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END AS word) w,
    -- In a schema they add to those of the role; for the whole database they stand in the place of the usual ones.
    LATERAL (SELECT CASE WHEN d.defaclnamespace = 0 THEN acldefault(CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype END, d.defaclrole) END AS acl) b,
    LATERAL (SELECT s.all[1] AS first, s.all[2:] AS rest FROM (SELECT array_agg(t.text ORDER BY t.text) AS all FROM (
        SELECT 'ALTER DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(pg_get_userbyid(d.defaclrole)) || coalesce(' IN SCHEMA ' || nullif(d.defaclnamespace, 0)::regnamespace, '')
            || CASE WHEN x.more THEN ' GRANT ' ELSE ' REVOKE ' END || x.privilege_type || ' ON ' || w.word || CASE WHEN x.more THEN ' TO ' ELSE ' FROM ' END
            || CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END || CASE WHEN x.more AND x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS text
        FROM (
            SELECT true AS more, l.* FROM (SELECT grantee, privilege_type, is_grantable FROM aclexplode(d.defaclacl) EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(b.acl)) l
            UNION ALL
            SELECT false, l.* FROM (SELECT grantee, privilege_type, is_grantable FROM aclexplode(b.acl) EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(d.defaclacl)) l
        ) x) t) s) e
    -- any of pg_foreign_data_wrapper
    SELECT 'pg_foreign_data_wrapper'::regclass, w.oid, 'foreign data wrapper', '', '', w.fdwname::text, '', NULL, ARRAY[concat_ws(' ', 'CREATE FOREIGN DATA WRAPPER', quote_ident(w.fdwname),
        'HANDLER ' || nullif(w.fdwhandler, 0)::regproc, 'VALIDATOR ' || nullif(w.fdwvalidator, 0)::regproc,
        'OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ') FROM pg_options_to_table(w.fdwoptions)) || ')'), NULL]
    FROM pg_foreign_data_wrapper w
    -- any of pg_foreign_server
    SELECT 'pg_foreign_server'::regclass, s.oid, 'server', '', '', s.srvname::text, '', NULL, ARRAY[concat_ws(' ', 'CREATE SERVER', quote_ident(s.srvname),
        'TYPE ' || quote_literal(s.srvtype), 'VERSION ' || quote_literal(s.srvversion), 'FOREIGN DATA WRAPPER', quote_ident(w.fdwname),
        'OPTIONS (' || (SELECT string_agg(quote_ident(option_name) || ' ' || quote_literal(option_value), ', ') FROM pg_options_to_table(s.srvoptions)) || ')'), NULL]
    FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
    -- any of pg_operator WHERE oid >= 16384
    SELECT 'pg_operator'::regclass, o.oid, 'operator', n.schema, '', o.oprname::text, '(' || CASE WHEN o.oprleft = 0 THEN 'NONE' ELSE format_type(o.oprleft, NULL) END || ', ' || format_type(o.oprright, NULL) || ')', NULL,
        ARRAY['CREATE OPERATOR ' || CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || o.oprname || ' (' || concat_ws(', ', 'FUNCTION = ' || o.oprcode,
        'LEFTARG = ' || format_type(nullif(o.oprleft, 0), NULL), 'RIGHTARG = ' || format_type(nullif(o.oprright, 0), NULL),
        'COMMUTATOR = OPERATOR(' || split_part(nullif(o.oprcom, 0)::regoperator::text, '(', 1) || ')', 'NEGATOR = OPERATOR(' || split_part(nullif(o.oprnegate, 0)::regoperator::text, '(', 1) || ')',
        'RESTRICT = ' || nullif(o.oprrest::oid, 0)::regproc, 'JOIN = ' || nullif(o.oprjoin::oid, 0)::regproc,
        CASE WHEN o.oprcanhash THEN 'HASHES' END, CASE WHEN o.oprcanmerge THEN 'MERGES' END) || ')', NULL]
    FROM pg_operator o JOIN own n ON n.oid = o.oprnamespace WHERE o.oprcode <> 0
    -- any of pg_opfamily WHERE oid >= 16384
    SELECT 'pg_opfamily'::regclass, f.oid, 'operator family', n.schema, '', f.opfname::text, ' USING ' || m.amname, NULL,
        ARRAY['CREATE OPERATOR FAMILY ' || q.name || ' USING ' || m.amname, NULL, 'ALTER OPERATOR FAMILY ' || q.name || ' USING ' || m.amname || ' ADD ' || l.loose]
    FROM pg_opfamily f JOIN own n ON n.oid = f.opfnamespace JOIN pg_am m ON m.oid = f.opfmethod,
    LATERAL (SELECT CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(f.opfname) AS name) q,
    LATERAL (SELECT string_agg(t.text, ', ' ORDER BY t.text) AS loose FROM (
        SELECT 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator AS text FROM pg_amop o WHERE o.amopfamily = f.oid
            AND EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_amop'::regclass AND d.objid = o.oid AND d.refclassid = 'pg_opfamily'::regclass)
        UNION ALL
        SELECT 'FUNCTION ' || o.amprocnum || ' (' || format_type(o.amproclefttype, NULL) || ', ' || format_type(o.amprocrighttype, NULL) || ') ' || o.amproc::regprocedure FROM pg_amproc o WHERE o.amprocfamily = f.oid
            AND EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_amproc'::regclass AND d.objid = o.oid AND d.refclassid = 'pg_opfamily'::regclass)) t) l
    WHERE l.loose IS NOT NULL OR NOT EXISTS (SELECT 1 FROM pg_opclass c WHERE c.opcfamily = f.oid AND c.opcname = f.opfname)
    -- any of pg_opclass WHERE oid >= 16384
    SELECT 'pg_opclass'::regclass, c.oid, 'operator class', n.schema, '', c.opcname::text, ' USING ' || m.amname, NULL,
        ARRAY['CREATE OPERATOR CLASS ' || CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.opcname) || CASE WHEN c.opcdefault THEN ' DEFAULT' ELSE '' END
            || ' FOR TYPE ' || format_type(c.opcintype, NULL) || ' USING ' || m.amname || CASE WHEN f.opfname <> c.opcname THEN ' FAMILY ' || quote_ident(f.opfname) ELSE '' END
            || ' AS ' || concat_ws(', ', l.members, 'STORAGE ' || format_type(nullif(c.opckeytype, 0), NULL)), NULL]
    FROM pg_opclass c JOIN own n ON n.oid = c.opcnamespace JOIN pg_am m ON m.oid = c.opcmethod JOIN pg_opfamily f ON f.oid = c.opcfamily,
    LATERAL (SELECT string_agg(t.text, ', ' ORDER BY t.text) AS members FROM (
        SELECT 'OPERATOR ' || o.amopstrategy || ' ' || o.amopopr::regoperator AS text FROM pg_amop o JOIN pg_depend d ON d.classid = 'pg_amop'::regclass AND d.objid = o.oid AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid
        UNION ALL
        SELECT 'FUNCTION ' || o.amprocnum || ' (' || format_type(o.amproclefttype, NULL) || ', ' || format_type(o.amprocrighttype, NULL) || ') ' || o.amproc::regprocedure
            FROM pg_amproc o JOIN pg_depend d ON d.classid = 'pg_amproc'::regclass AND d.objid = o.oid AND d.refclassid = 'pg_opclass'::regclass AND d.refobjid = c.oid) t) l
    -- any of pg_cast WHERE oid >= 16384
    SELECT 'pg_cast'::regclass, c.oid, 'cast', '', '', '', '(' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || ')', NULL,
        ARRAY['CREATE CAST (' || format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL) || ') '
            || CASE c.castmethod WHEN 'f' THEN 'WITH FUNCTION ' || c.castfunc::regprocedure WHEN 'i' THEN 'WITH INOUT' ELSE 'WITHOUT FUNCTION' END
            || CASE c.castcontext WHEN 'a' THEN ' AS ASSIGNMENT' WHEN 'i' THEN ' AS IMPLICIT' ELSE '' END, NULL]
    FROM pg_cast c WHERE c.oid >= 16384
    -- any of pg_collation WHERE oid >= 16384
    SELECT 'pg_collation'::regclass, c.oid, 'collation', n.schema, '', c.collname::text, '', NULL, ARRAY['CREATE COLLATION ' || c.oid::regcollation || ' (' || concat_ws(', ',
        'provider = ' || CASE c.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' WHEN 'c' THEN 'libc' ELSE 'default' END,
        CASE WHEN NOT c.collisdeterministic THEN 'deterministic = false' END,
        'locale = ' || quote_literal(coalesce(to_jsonb(c)->>'colllocale', to_jsonb(c)->>'colliculocale', CASE WHEN c.collcollate = c.collctype THEN c.collcollate END)),
        'lc_collate = ' || quote_literal(CASE WHEN c.collcollate <> c.collctype THEN c.collcollate END), 'lc_ctype = ' || quote_literal(CASE WHEN c.collcollate <> c.collctype THEN c.collctype END),
        'rules = ' || quote_literal(to_jsonb(c)->>'collicurules')) || ')', NULL]
    FROM pg_collation c JOIN own n ON n.oid = c.collnamespace
    -- any of pg_conversion WHERE oid >= 16384
    SELECT 'pg_conversion'::regclass, c.oid, 'conversion', n.schema, '', c.conname::text, '', NULL, ARRAY['CREATE ' || CASE WHEN c.condefault THEN 'DEFAULT ' ELSE '' END || 'CONVERSION '
        || CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(c.conname)
        || ' FOR ' || quote_literal(pg_encoding_to_char(c.conforencoding)) || ' TO ' || quote_literal(pg_encoding_to_char(c.contoencoding)) || ' FROM ' || c.conproc, NULL]
    FROM pg_conversion c JOIN own n ON n.oid = c.connamespace
    -- any of pg_ts_template WHERE oid >= 16384
    SELECT 'pg_ts_template'::regclass, t.oid, 'text search template', n.schema, '', t.tmplname::text, '', NULL, ARRAY['CREATE TEXT SEARCH TEMPLATE '
        || CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(t.tmplname) || ' (' || concat_ws(', ', 'INIT = ' || nullif(t.tmplinit::oid, 0)::regproc, 'LEXIZE = ' || t.tmpllexize) || ')', NULL]
    FROM pg_ts_template t JOIN own n ON n.oid = t.tmplnamespace
    -- any of pg_ts_parser WHERE oid >= 16384
    SELECT 'pg_ts_parser'::regclass, t.oid, 'text search parser', n.schema, '', t.prsname::text, '', NULL, ARRAY['CREATE TEXT SEARCH PARSER '
        || CASE WHEN n.schema = '' THEN '' ELSE quote_ident(n.nspname) || '.' END || quote_ident(t.prsname) || ' (' || concat_ws(', ', 'START = ' || t.prsstart, 'GETTOKEN = ' || t.prstoken,
        'END = ' || t.prsend, 'LEXTYPES = ' || t.prslextype, 'HEADLINE = ' || nullif(t.prsheadline::oid, 0)::regproc) || ')', NULL]
    FROM pg_ts_parser t JOIN own n ON n.oid = t.prsnamespace
    -- any of pg_ts_dict WHERE oid >= 16384
    SELECT 'pg_ts_dict'::regclass, t.oid, 'text search dictionary', n.schema, '', t.dictname::text, '', NULL, ARRAY['CREATE TEXT SEARCH DICTIONARY ' || t.oid::regdictionary
        || ' (' || concat_ws(', ', 'TEMPLATE = ' || CASE WHEN p.nspname = 'pg_catalog' THEN '' ELSE quote_ident(p.nspname) || '.' END || quote_ident(m.tmplname), t.dictinitoption) || ')', NULL]
    FROM pg_ts_dict t JOIN own n ON n.oid = t.dictnamespace JOIN pg_ts_template m ON m.oid = t.dicttemplate JOIN pg_namespace p ON p.oid = m.tmplnamespace
    -- any of pg_ts_config WHERE oid >= 16384
    SELECT 'pg_ts_config'::regclass, c.oid, 'text search configuration', n.schema, '', c.cfgname::text, '', NULL, ARRAY['CREATE TEXT SEARCH CONFIGURATION ' || c.oid::regconfig
        || ' (PARSER = ' || CASE WHEN pn.nspname = 'pg_catalog' THEN '' ELSE quote_ident(pn.nspname) || '.' END || quote_ident(p.prsname) || ')', NULL] || m.statements
    FROM pg_ts_config c JOIN own n ON n.oid = c.cfgnamespace JOIN pg_ts_parser p ON p.oid = c.cfgparser JOIN pg_namespace pn ON pn.oid = p.prsnamespace,
    LATERAL (SELECT array_agg('ALTER TEXT SEARCH CONFIGURATION ' || c.oid::regconfig || ' ADD MAPPING FOR ' || t.alias || ' WITH ' || t.dictionaries ORDER BY t.alias) AS statements FROM (
        SELECT k.alias, string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno) AS dictionaries
        FROM pg_ts_config_map m JOIN ts_token_type(c.cfgparser) k ON k.tokid = m.maptokentype WHERE m.mapcfg = c.oid GROUP BY k.alias) t) m
    -- any of pg_am WHERE oid >= 16384
    SELECT 'pg_am'::regclass, a.oid, 'access method', '', '', a.amname::text, '', NULL,
        ARRAY['CREATE ACCESS METHOD ' || quote_ident(a.amname) || ' TYPE ' || CASE a.amtype WHEN 'i' THEN 'INDEX' ELSE 'TABLE' END || ' HANDLER ' || a.amhandler, NULL]
    FROM pg_am a WHERE a.oid >= 16384
    -- any of pg_language WHERE oid >= 16384
    SELECT 'pg_language'::regclass, l.oid, 'language', '', '', l.lanname::text, '', NULL, ARRAY[concat_ws(' ', CASE WHEN l.lanpltrusted THEN 'CREATE TRUSTED LANGUAGE' ELSE 'CREATE LANGUAGE' END,
        quote_ident(l.lanname), 'HANDLER ' || nullif(l.lanplcallfoid, 0)::regproc, 'INLINE ' || nullif(l.laninline, 0)::regproc, 'VALIDATOR ' || nullif(l.lanvalidator, 0)::regproc), NULL]
    FROM pg_language l WHERE l.oid >= 16384
    -- any of pg_transform
    SELECT 'pg_transform'::regclass, t.oid, 'transform', '', '', '', 'FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname), NULL,
        ARRAY['CREATE TRANSFORM FOR ' || format_type(t.trftype, NULL) || ' LANGUAGE ' || quote_ident(l.lanname) || ' (' || concat_ws(', ',
        'FROM SQL WITH FUNCTION ' || nullif(t.trffromsql::oid, 0)::regprocedure, 'TO SQL WITH FUNCTION ' || nullif(t.trftosql::oid, 0)::regprocedure) || ')', NULL]
    FROM pg_transform t JOIN pg_language l ON l.oid = t.trflang
