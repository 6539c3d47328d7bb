-- What types are made of: enum labels, composite fields, domain CHECKs; kind, type, text, field type, typmod, order.
WITH inner_types(oid) AS (
    SELECT atttypid FROM pg_catalog.pg_attribute
    UNION SELECT typbasetype FROM pg_catalog.pg_type WHERE typtype = 'd'
    UNION SELECT rngsubtype FROM pg_catalog.pg_range
), parts(kind, type, part, field_type, typmod, place) AS (
    SELECT 'e', en.enumtypid, en.enumlabel::pg_catalog.text, 0::pg_catalog.oid, 0, en.enumsortorder::pg_catalog.float8
      FROM pg_catalog.pg_enum en
    UNION ALL
    -- not the row types of all tables: those that a column, an array, a domain or a range is made of
    SELECT 'c', t.oid, a.attname::pg_catalog.text, a.atttypid, a.atttypmod, a.attnum
      FROM pg_catalog.pg_type t
      JOIN pg_catalog.pg_attribute a ON a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE t.typtype = 'c' AND (t.oid IN (SELECT oid FROM inner_types) OR t.typarray IN (SELECT oid FROM inner_types))
    UNION ALL
    -- the server tries them in the order of their names
    SELECT 'd', co.contypid, pg_catalog.pg_get_constraintdef(co.oid), 0, 0,
           row_number() OVER (PARTITION BY co.contypid ORDER BY co.conname)
      FROM pg_catalog.pg_constraint co
     WHERE co.contypid <> 0 AND co.contype = 'c'
)
SELECT kind, type, part, field_type, typmod
  FROM parts
 ORDER BY type, place
