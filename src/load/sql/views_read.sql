-- Which materialised views read which others, directly or through views: schema and name of both.
WITH RECURSIVE direct (reader, read) AS (
    SELECT DISTINCT w.ev_class, d.refobjid
      FROM pg_catalog.pg_rewrite w
      JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> w.ev_class
      JOIN pg_catalog.pg_class c ON c.oid = d.refobjid AND c.relkind IN ('v', 'm')
), reads (reader, read) AS (
    SELECT reader, read FROM direct
    UNION
    SELECT r.reader, d.read FROM reads r JOIN direct d ON d.reader = r.read
)
SELECT an.nspname, a.relname, bn.nspname, b.relname
  FROM reads r
  JOIN pg_catalog.pg_class a ON a.oid = r.reader AND a.relkind = 'm'
  JOIN pg_catalog.pg_namespace an ON an.oid = a.relnamespace
  JOIN pg_catalog.pg_class b ON b.oid = r.read AND b.relkind = 'm'
  JOIN pg_catalog.pg_namespace bn ON bn.oid = b.relnamespace
 ORDER BY 1, 2, 3, 4
