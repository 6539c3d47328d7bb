-- What a row of the partitioned table must be for each of its own partitions, whose partitions ask for more; NULL: one takes every row.
SELECT pg_catalog.pg_get_partition_constraintdef(p.relid)
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace,
       LATERAL pg_catalog.pg_partition_tree(c.oid) p
 WHERE n.nspname = $1 AND c.relname = $2 AND p.level = 1
