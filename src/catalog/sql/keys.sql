-- Unique indexes of user tables, with the constraint each belongs to; the primary key first.
SELECT i.indrelid, coalesce(co.conname, ic.relname),
       CASE WHEN co.oid IS NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid) ELSE pg_catalog.pg_get_constraintdef(co.oid) END,
       pg_catalog.array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' '),
       i.indisprimary, co.oid IS NOT NULL, i.indpred IS NOT NULL, i.indexprs IS NOT NULL,
       coalesce((pg_catalog.to_jsonb(i)->>'indnullsnotdistinct')::bool, false),
       coalesce(co.condeferrable, false), i.indisvalid
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_constraint co ON co.conindid = i.indexrelid AND co.conrelid = i.indrelid AND co.contype IN ('p', 'u')
 WHERE i.indisunique AND c.relkind IN ('r', 'p')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", NOT i.indisprimary, coalesce(co.conname, ic.relname) COLLATE "C"
