-- CHECKs that tables have now: schema, table, name.
SELECT n.nspname, c.relname, co.conname
  FROM pg_catalog.pg_constraint co
  JOIN pg_catalog.pg_class c ON c.oid = co.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE co.contype = 'c'
