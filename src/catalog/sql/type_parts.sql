-- What types are made of: enum labels, composite fields, domain CHECKs; kind, type, text, field type, typmod.
SELECT 'e', en.enumtypid, en.enumlabel, 0, 0, en.enumsortorder
  FROM pg_catalog.pg_enum en
UNION ALL
SELECT 'c', t.oid, a.attname, a.atttypid, a.atttypmod, a.attnum
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE t.typtype = 'c'
   AND t.typnamespace NOT IN (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname ~ '^pg_' OR nspname = 'information_schema')
UNION ALL
SELECT 'd', co.contypid, pg_catalog.pg_get_constraintdef(co.oid), 0, 0, 0
  FROM pg_catalog.pg_constraint co
 WHERE co.contypid <> 0 AND co.contype = 'c'
 ORDER BY 2, 6, 3
