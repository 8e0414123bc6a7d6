, object(classid, oid, kind, schema, tab, name, arguments, body, extra) AS (
{kinds})
SELECT o.classid, o.oid, json_strip_nulls(json_build_object(
    'kind', o.kind, 'name', json_build_object('schema', o.schema, 'table', o.tab, 'name', o.name, 'arguments', o.arguments),
    'body', coalesce(o.body, json_build_object('definition', json_build_object(
        'create', array_to_json(array_remove(ARRAY[o.extra[1]] || o.extra[3:], NULL)), 'replaceable', o.extra[2]))),
    'comment', CASE WHEN o.kind = 'extension' THEN nullif(t.description, v.comment) WHEN o.kind = 'schema' AND o.name = 'public' THEN nullif(t.description, 'standard public schema') ELSE t.description END,
    'grants', g.grants))
FROM object o LEFT JOIN told t ON t.classoid = o.classid AND t.objoid = o.oid AND t.objsubid = 0
LEFT JOIN granted g ON g.classid = o.classid AND g.objid = o.oid
LEFT JOIN LATERAL (SELECT comment FROM pg_available_extensions WHERE o.kind = 'extension' AND name = o.name) v ON true
WHERE (o.kind = 'extension' OR (o.classid, o.oid) NOT IN (SELECT * FROM extended))
  -- What the server made for a type comes with it.
  AND NOT (o.classid IN ('pg_proc'::regclass, 'pg_cast'::regclass)
    AND EXISTS (SELECT 1 FROM pg_depend d WHERE (d.classid, d.objid) = (o.classid, o.oid) AND d.deptype = 'i'))
