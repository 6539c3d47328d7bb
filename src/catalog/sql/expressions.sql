-- What indexes and extended statistics compute of a row: one row per expression, and one for a condition alone.
SELECT i.indrelid, ic.relname, pg_catalog.pg_get_expr(i.indpred, i.indrelid),
       CASE WHEN k.n IS NOT NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.n, false) END
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN LATERAL (SELECT g.n::pg_catalog.int4 AS n FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS g(n)
                      WHERE i.indkey[g.n - 1] = 0) k ON true
 WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", ic.relname COLLATE "C", k.n
