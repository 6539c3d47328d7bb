-- What the rows themselves do not bring: sequences past their column's largest value, and materialised
-- views filled, in the order in which they were made.
SELECT statement FROM (
    SELECT 0::pg_catalog.oid AS at, pg_catalog.format(
        'SELECT pg_catalog.setval(%L, m.v) FROM (SELECT %s(%I) AS v FROM %I.%I) m, %I.%I s'
        ' WHERE m.v BETWEEN %s AND %s AND m.v %s s.last_value',
        pg_catalog.format('%I.%I', sn.nspname, s.relname),
        CASE WHEN q.seqincrement > 0 THEN 'pg_catalog.max' ELSE 'pg_catalog.min' END,
        a.attname, n.nspname, c.relname, sn.nspname, s.relname, q.seqmin, q.seqmax,
        CASE WHEN q.seqincrement > 0 THEN '>=' ELSE '<=' END) AS statement
    FROM pg_catalog.pg_sequence q
    JOIN pg_catalog.pg_class s ON s.oid = q.seqrelid
    JOIN pg_catalog.pg_namespace sn ON sn.oid = s.relnamespace
    JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.objid = s.oid AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
    JOIN pg_catalog.pg_type y ON y.oid = a.atttypid AND y.typname IN ('int2', 'int4', 'int8')
    UNION ALL
    SELECT c.oid, pg_catalog.format('REFRESH MATERIALIZED VIEW %I.%I', n.nspname, c.relname)
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'm' AND NOT c.relispopulated
) s
ORDER BY at
