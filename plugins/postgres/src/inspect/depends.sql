, part(classid, objid, wholeclass, whole) AS MATERIALIZED (
    -- What belongs to an object: who needs the part needs the whole, and what the part needs the whole needs.
    SELECT 'pg_attrdef'::regclass::oid, oid, 'pg_class'::regclass::oid, adrelid FROM pg_attrdef
    UNION ALL
    SELECT 'pg_constraint'::regclass, oid, 'pg_class'::regclass, conrelid FROM pg_constraint WHERE conrelid <> 0
    UNION ALL
    SELECT 'pg_constraint'::regclass, oid, 'pg_type'::regclass, contypid FROM pg_constraint WHERE contypid <> 0
    UNION ALL
    SELECT 'pg_class'::regclass, indexrelid, 'pg_class'::regclass, indrelid FROM pg_index
    UNION ALL
    SELECT 'pg_rewrite'::regclass, oid, 'pg_class'::regclass, ev_class FROM pg_rewrite WHERE rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_type'::regclass, t.oid, 'pg_class'::regclass, t.typrelid FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid WHERE c.relkind <> 'c'
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 'pg_type'::regclass, c.reltype FROM pg_class c WHERE c.relkind = 'c'
    UNION ALL
    SELECT 'pg_type'::regclass, t.typarray, CASE WHEN c.relkind <> 'c' THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END, CASE WHEN c.relkind <> 'c' THEN c.oid ELSE t.oid END
    FROM pg_type t LEFT JOIN pg_class c ON c.oid = t.typrelid WHERE t.typarray <> 0
    UNION ALL
    SELECT 'pg_type'::regclass, (to_jsonb(r)->>'rngmultitypid')::oid, 'pg_type'::regclass, r.rngtypid FROM pg_range r
    UNION ALL
    SELECT 'pg_type'::regclass, m.typarray, 'pg_type'::regclass, r.rngtypid FROM pg_range r JOIN pg_type m ON m.oid = (to_jsonb(r)->>'rngmultitypid')::oid
    UNION ALL
    SELECT 'pg_class'::regclass, seqrelid, 'pg_class'::regclass, relid FROM owned WHERE is_part
    UNION ALL
    SELECT 'pg_publication_rel'::regclass, oid, 'pg_publication'::regclass, prpubid FROM pg_publication_rel
    UNION ALL
    SELECT 'pg_opfamily'::regclass, f.oid, 'pg_opclass'::regclass, c.oid FROM pg_opfamily f JOIN pg_opclass c ON c.opcfamily = f.oid AND c.opcname = f.opfname
    UNION ALL
    SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d WHERE d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass) AND d.refclassid = 'pg_opclass'::regclass
    UNION ALL
    SELECT d.classid, d.objid, d.refclassid, d.refobjid FROM pg_depend d WHERE d.deptype = 'e'
)
SELECT DISTINCT coalesce(f.wholeclass, d.classid), coalesce(f.whole, d.objid), coalesce(t.wholeclass, d.refclassid), coalesce(t.whole, d.refobjid),
    CASE WHEN d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
        THEN (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid) END
FROM pg_depend d LEFT JOIN part f ON (f.classid, f.objid) = (d.classid, d.objid) LEFT JOIN part t ON (t.classid, t.objid) = (d.refclassid, d.refobjid)
WHERE d.objid >= 16384 AND d.deptype <> 'e' AND (coalesce(f.wholeclass, d.classid), coalesce(f.whole, d.objid)) <> (coalesce(t.wholeclass, d.refclassid), coalesce(t.whole, d.refobjid))
  -- Foreign keys come last, and so does whose a sequence is. What the server made to check them is no object of its own.
  AND NOT (d.classid = 'pg_constraint'::regclass AND d.objid IN (SELECT oid FROM pg_constraint WHERE contype = 'f'))
  AND NOT (d.classid = 'pg_trigger'::regclass AND d.objid IN (SELECT oid FROM pg_trigger WHERE tgisinternal))
  AND NOT (d.classid = 'pg_class'::regclass AND d.deptype = 'a' AND d.objid IN (SELECT seqrelid FROM owned))
