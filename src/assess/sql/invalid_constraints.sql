-- Constraints of people's tables and domains that were never checked.
SELECT CASE WHEN k.conrelid <> 0 THEN 't' ELSE 'd' END,
       n.nspname::pg_catalog.text,
       COALESCE(c.relname, t.typname)::pg_catalog.text,
       k.conname::pg_catalog.text
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid
 WHERE NOT k.convalidated
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY 2, 3, 4
