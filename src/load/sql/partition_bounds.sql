-- What each leaf of a partitioned table takes: NULL where it takes everything.
SELECT n.nspname, c.relname, pg_catalog.pg_get_partition_constraintdef(c.oid)
  FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p
  JOIN pg_catalog.pg_class c ON c.oid = p.relid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE p.isleaf AND c.relkind <> 'p'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
