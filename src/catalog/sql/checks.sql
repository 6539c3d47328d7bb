-- CHECK ('c') and EXCLUDE ('x') constraints of user tables; a key WITHOUT OVERLAPS (PostgreSQL 18) excludes, too.
SELECT CASE co.contype WHEN 'c' THEN 'c' ELSE 'x' END, co.conrelid, co.conname, pg_catalog.pg_get_constraintdef(co.oid),
       CASE co.contype WHEN 'c' THEN pg_catalog.pg_get_expr(co.conbin, co.conrelid) END,
       pg_catalog.array_to_string(co.conkey, ' '), co.convalidated, co.connoinherit,
       co.coninhcount > 0 AND NOT co.conislocal, co.condeferrable,
       (SELECT pg_catalog.string_agg(CASE WHEN o.oprnamespace = 'pg_catalog'::pg_catalog.regnamespace THEN o.oprname ELSE '?' END, ' ' ORDER BY x.n)
          FROM pg_catalog.unnest(co.conexclop) WITH ORDINALITY AS x(oid, n) JOIN pg_catalog.pg_operator o ON o.oid = x.oid),
       i.indpred IS NOT NULL
  FROM pg_catalog.pg_constraint co
  JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = co.conindid AND co.contype <> 'c'
 WHERE (co.contype IN ('c', 'x') OR (co.contype IN ('p', 'u') AND (pg_catalog.to_jsonb(co)->>'conperiod')::bool)) AND c.relkind IN ('r', 'p')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", co.conname COLLATE "C"
