-- Foreign keys between user tables.
SELECT co.conname, pg_catalog.pg_get_constraintdef(co.oid), co.conrelid, co.confrelid,
       pg_catalog.array_to_string(co.conkey, ' '), pg_catalog.array_to_string(co.confkey, ' '),
       co.condeferrable, co.condeferred, co.convalidated, co.confmatchtype, co.conparentid <> 0
  FROM pg_catalog.pg_constraint co
  JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE co.contype = 'f' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", co.conname COLLATE "C", co.confrelid
