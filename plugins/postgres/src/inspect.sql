WITH own AS (
    SELECT oid, nspname FROM pg_namespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_(toast|temp)'
), extended AS (
    SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), history AS (
    SELECT c.oid FROM pg_class c JOIN own n ON n.oid = c.relnamespace
    WHERE n.nspname = {schema} AND c.relname IN ({tables})
), rel AS (
    SELECT c.*, format('%I.%I', n.nspname, c.relname) AS name
    FROM pg_class c JOIN own n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
      AND c.oid NOT IN (SELECT oid FROM history)
      AND ('pg_class'::regclass::oid, c.oid) NOT IN (SELECT * FROM extended)
), kind(relkind, word) AS (
    VALUES ('r', 'table'), ('p', 'table'), ('f', 'foreign table'), ('v', 'view'), ('m', 'materialized view')
), line(kind, name, part, place, text) AS (
    -- Tables and views.
    SELECT k.word, r.name, 0, 0, concat_ws(' ',
        nullif(r.relpersistence::text, 'p'),
        CASE WHEN r.relkind = 'p' THEN 'partition by ' || pg_get_partkeydef(r.oid) END,
        CASE WHEN r.relispartition THEN 'partition of ' || (SELECT string_agg(inhparent::regclass::text, ', ') FROM pg_inherits WHERE inhrelid = r.oid)
            || ' ' || pg_get_expr(r.relpartbound, r.oid)
        ELSE (SELECT 'inherits ' || string_agg(inhparent::regclass::text, ', ' ORDER BY inhseqno) FROM pg_inherits WHERE inhrelid = r.oid) END,
        'with ' || r.reloptions::text,
        CASE WHEN r.relrowsecurity THEN 'row level security' END,
        CASE WHEN r.relforcerowsecurity THEN 'forced' END,
        'replica identity ' || nullif(nullif(r.relreplident::text, 'd'), 'n'),
        'owned by type ' || nullif(r.reloftype, 0)::regtype::text)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text
    UNION ALL
    SELECT k.word, r.name, 1, a.attnum, concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
        'collate ' || (SELECT co.oid::regcollation::text FROM pg_collation co WHERE co.oid = a.attcollation AND co.oid <> t.typcollation),
        CASE WHEN a.attgenerated <> '' THEN 'generated ' || a.attgenerated::text || ' (' || pg_get_expr(d.adbin, d.adrelid) || ')'
        ELSE 'default ' || pg_get_expr(d.adbin, d.adrelid) END,
        'identity ' || nullif(a.attidentity::text, ''),
        CASE WHEN a.attnotnull THEN 'not null' END,
        'storage ' || CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END,
        'statistics ' || nullif(a.attstattarget, -1)::text,
        'options ' || a.attfdwoptions::text)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text
    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT k.word, r.name, 2, 0, pg_get_viewdef(r.oid)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT k.word, r.name, 3, 0, 'constraint ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text JOIN pg_constraint c ON c.conrelid = r.oid
    WHERE c.contype NOT IN ('t', 'n')
    UNION ALL
    SELECT k.word, r.name, 4, 0, concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'invalid' END, CASE WHEN i.indisclustered THEN 'clustered' END)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text JOIN pg_index i ON i.indrelid = r.oid
    WHERE NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = r.oid)
    UNION ALL
    SELECT k.word, r.name, 5, 0, pg_get_triggerdef(t.oid) || CASE WHEN t.tgenabled <> 'O' THEN ' enabled ' || t.tgenabled::text ELSE '' END
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text JOIN pg_trigger t ON t.tgrelid = r.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT k.word, r.name, 6, 0, pg_get_ruledef(w.oid)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text JOIN pg_rewrite w ON w.ev_class = r.oid WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT k.word, r.name, 7, 0, concat_ws(' ', 'policy', quote_ident(p.polname), CASE WHEN NOT p.polpermissive THEN 'restrictive' END, 'for', p.polcmd,
        'to ' || (SELECT string_agg(CASE o WHEN 0 THEN 'public' ELSE o::regrole::text END, ', ' ORDER BY o) FROM unnest(p.polroles) o),
        'using (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')')
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text JOIN pg_policy p ON p.polrelid = r.oid
    UNION ALL
    SELECT k.word, r.name, 8, d.objsubid, 'comment ' || coalesce('on ' || quote_ident(a.attname) || ' ', '') || quote_literal(d.description)
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text
    JOIN pg_description d ON d.objoid = r.oid AND d.classoid = 'pg_class'::regclass
    LEFT JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.objsubid AND d.objsubid > 0
    UNION ALL
    SELECT k.word, r.name, 9, 0, 'grant ' || g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'public' ELSE g.grantee::regrole::text END
        || CASE WHEN g.is_grantable THEN ' with grant option' ELSE '' END
    FROM rel r JOIN kind k ON k.relkind = r.relkind::text, aclexplode(r.relacl) g WHERE g.grantee <> r.relowner
    -- What is not part of a table.
    UNION ALL
    SELECT 'schema', quote_ident(nspname), 0, 0, '' FROM own
    UNION ALL
    SELECT 'schema', quote_ident(n.nspname), 1, 0, 'grant ' || g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'public' ELSE g.grantee::regrole::text END
    FROM own JOIN pg_namespace n ON n.oid = own.oid, aclexplode(n.nspacl) g WHERE g.grantee <> n.nspowner
    UNION ALL
    SELECT 'extension', quote_ident(extname), 0, 0, 'version ' || extversion || ' in ' || extnamespace::regnamespace FROM pg_extension
    UNION ALL
    SELECT 'sequence', format('%I.%I', n.nspname, c.relname), 0, 0, concat_ws(' ', format_type(s.seqtypid, NULL), 'start', s.seqstart, 'increment', s.seqincrement,
        'min', s.seqmin, 'max', s.seqmax, 'cache', s.seqcache, CASE WHEN s.seqcycle THEN 'cycle' END,
        (SELECT 'owned by ' || d.refobjid::regclass || '.' || quote_ident(a.attname) FROM pg_depend d
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN own n ON n.oid = c.relnamespace
    WHERE c.oid NOT IN (SELECT d.objid FROM pg_depend d JOIN history h ON h.oid = d.refobjid)
      AND ('pg_class'::regclass::oid, c.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END, format('%I.%I', n.nspname, t.typname), 0, 0,
        concat_ws(' ', CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) END,
        'default ' || t.typdefault, CASE WHEN t.typnotnull THEN 'not null' END,
        (SELECT string_agg('constraint ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid), ' ' ORDER BY c.conname) FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c'),
        (SELECT 'of ' || format_type(g.rngsubtype, NULL) FROM pg_range g WHERE g.rngtypid = t.oid))
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
      AND ('pg_type'::regclass::oid, t.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'enum', format('%I.%I', n.nspname, t.typname), 1, row_number() OVER (PARTITION BY t.oid ORDER BY e.enumsortorder), quote_literal(e.enumlabel)
    FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN own n ON n.oid = t.typnamespace
    WHERE ('pg_type'::regclass::oid, t.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'type', format('%I.%I', n.nspname, t.typname), 1, a.attnum, quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
    FROM pg_type t JOIN own n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid AND c.relkind = 'c'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
        format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), 0, 0,
        CASE WHEN p.prokind = 'a' THEN (SELECT concat_ws(' ', aggtransfn, aggfinalfn, format_type(aggtranstype, NULL), agginitval) FROM pg_aggregate WHERE aggfnoid = p.oid)
        ELSE pg_get_functiondef(p.oid) END
    FROM pg_proc p JOIN own n ON n.oid = p.pronamespace
    WHERE ('pg_proc'::regclass::oid, p.oid) NOT IN (SELECT * FROM extended)
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'function', format('%I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)), 1, 0,
        'grant ' || g.privilege_type || ' to ' || CASE g.grantee WHEN 0 THEN 'public' ELSE g.grantee::regrole::text END
    FROM pg_proc p JOIN own n ON n.oid = p.pronamespace, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
    WHERE g.grantee <> p.proowner AND p.prokind IN ('f', 'w')
      AND ('pg_proc'::regclass::oid, p.oid) NOT IN (SELECT * FROM extended)
      AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'statistics', format('%I.%I', n.nspname, s.stxname), 0, 0, pg_get_statisticsobjdef(s.oid)
    FROM pg_statistic_ext s JOIN own n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT 'event trigger', quote_ident(evtname), 0, 0, concat_ws(' ', evtevent, evtfoid::regproc, evttags::text, evtenabled) FROM pg_event_trigger
    WHERE ('pg_event_trigger'::regclass::oid, oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'publication', quote_ident(p.pubname), 0, 0, concat_ws(' ', p.puballtables, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate,
        (SELECT string_agg(prrelid::regclass::text, ', ' ORDER BY prrelid::regclass::text) FROM pg_publication_rel WHERE prpubid = p.oid))
    FROM pg_publication p
    UNION ALL
    SELECT 'operator', format('%I.%s(%s, %s)', n.nspname, o.oprname, format_type(o.oprleft, NULL), format_type(o.oprright, NULL)), 0, 0, o.oprcode::text
    FROM pg_operator o JOIN own n ON n.oid = o.oprnamespace WHERE ('pg_operator'::regclass::oid, o.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'collation', format('%I.%I', n.nspname, c.collname), 0, 0, concat_ws(' ', c.collprovider, c.collisdeterministic, c.collcollate, c.collctype)
    FROM pg_collation c JOIN own n ON n.oid = c.collnamespace WHERE ('pg_collation'::regclass::oid, c.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'cast', format('%s as %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)), 0, 0, concat_ws(' ', c.castfunc::regproc, c.castcontext, c.castmethod)
    FROM pg_cast c WHERE c.oid >= 16384 AND ('pg_cast'::regclass::oid, c.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'text search configuration', format('%I.%I', n.nspname, c.cfgname), 0, 0, (SELECT string_agg(m.maptokentype || ':' || m.mapdict::regdictionary, ' ' ORDER BY m.maptokentype, m.mapseqno) FROM pg_ts_config_map m WHERE m.mapcfg = c.oid)
    FROM pg_ts_config c JOIN own n ON n.oid = c.cfgnamespace WHERE ('pg_ts_config'::regclass::oid, c.oid) NOT IN (SELECT * FROM extended)
    UNION ALL
    SELECT 'foreign server', quote_ident(s.srvname), 0, 0, concat_ws(' ', w.fdwname, s.srvtype, s.srvversion, s.srvoptions::text)
    FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
)
SELECT kind, name, text FROM line ORDER BY kind COLLATE "C", name COLLATE "C", part, place, text COLLATE "C"
