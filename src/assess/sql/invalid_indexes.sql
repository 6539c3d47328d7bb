-- Indexes that the planner may not use.
SELECT n.nspname::pg_catalog.text, c.relname::pg_catalog.text, i.relname::pg_catalog.text
  FROM pg_catalog.pg_index x
  JOIN pg_catalog.pg_class i ON i.oid = x.indexrelid
  JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT (x.indisvalid AND x.indisready AND x.indislive)
   AND n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
 ORDER BY 1, 2, 3
