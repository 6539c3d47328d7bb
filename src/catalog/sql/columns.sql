-- The columns of all user tables, dropped ones left out, in the order of tables.sql.
SELECT c.oid, a.attname, a.attnum, a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod),
       CASE WHEN a.attcollation <> 0 AND a.attcollation <> ty.typcollation THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END,
       a.attnotnull, a.attidentity, a.attgenerated,
       CASE WHEN a.atthasdef THEN pg_catalog.pg_get_expr(ad.adbin, ad.adrelid) END,
       d.description, s.null_frac, s.n_distinct,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'),
       CASE WHEN a.attcollation <> 0 THEN pg_catalog.format('%I.%I', cn.nspname, co.collname) END,
       -- one line each; a label has no line of its own that could be taken for another's
       (SELECT pg_catalog.string_agg(l.provider || E'\t' || pg_catalog.translate(l.label, E'\n\t', '  '), E'\n' ORDER BY l.provider)
          FROM pg_catalog.pg_seclabel l WHERE l.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND l.objoid = c.oid AND l.objsubid = a.attnum),
       -- nondeterministic collations came with PostgreSQL 12; a unique index may have one of its own
       coalesce(pg_catalog.to_jsonb(co)->>'collisdeterministic' = 'false', false) OR folding.attnum IS NOT NULL
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN pg_catalog.pg_type ty ON ty.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef ad ON ad.adrelid = a.attrelid AND ad.adnum = a.attnum
  LEFT JOIN pg_catalog.pg_collation co ON co.oid = a.attcollation
  LEFT JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
  LEFT JOIN (SELECT DISTINCT i.indrelid, i.indkey[k.n] AS attnum
               FROM pg_catalog.pg_index i, LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) k(n), pg_catalog.pg_collation ic
              WHERE i.indisunique AND ic.oid = i.indcollation[k.n] AND pg_catalog.to_jsonb(ic)->>'collisdeterministic' = 'false') folding
         ON folding.indrelid = c.oid AND folding.attnum = a.attnum
  LEFT JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objoid = c.oid AND d.objsubid = a.attnum
  -- planner statistics: shares only, never the values that pg_stats also shows
  -- (a table with children has two sets: its own rows' comes before that of the whole tree)
  LEFT JOIN (SELECT DISTINCT ON (schemaname, tablename, attname) schemaname, tablename, attname, null_frac, n_distinct
               FROM pg_catalog.pg_stats WHERE schemaname !~ '^pg_' AND schemaname <> 'information_schema'
              ORDER BY schemaname, tablename, attname, inherited) s
         ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
 WHERE c.relkind IN ('r', 'p', 'f')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", a.attnum
