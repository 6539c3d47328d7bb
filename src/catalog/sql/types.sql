-- The types of user tables' columns, and all that those are made of.
WITH RECURSIVE used(oid) AS (
    SELECT DISTINCT a.atttypid
      FROM pg_catalog.pg_attribute a
      JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
       AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    UNION
    SELECT x.oid
      FROM used u
      JOIN pg_catalog.pg_type t ON t.oid = u.oid
      LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid OR (pg_catalog.to_jsonb(r)->>'rngmultitypid')::pg_catalog.oid = t.oid
      CROSS JOIN LATERAL (
        SELECT t.typbasetype WHERE t.typtype = 'd'
        UNION ALL SELECT e.oid FROM pg_catalog.pg_type e WHERE e.oid = t.typelem AND e.typarray = t.oid
        UNION ALL SELECT CASE t.typtype WHEN 'm' THEN r.rngtypid ELSE r.rngsubtype END WHERE r.rngtypid IS NOT NULL
        UNION ALL SELECT a.atttypid FROM pg_catalog.pg_attribute a
                   WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
      ) x(oid)
)
SELECT t.oid, n.nspname, t.typname, e.extname, t.typtype,
       el.oid IS NOT NULL, -- an array type; int2vector, point and the like only borrow its subscripts
       CASE t.typtype WHEN 'd' THEN t.typbasetype
                      WHEN 'r' THEN r.rngsubtype
                      WHEN 'm' THEN r.rngtypid
                      ELSE coalesce(el.oid, 0) END,
       t.typtypmod, t.typnotnull, t.typdelim, t.typcategory,
       CASE t.typtype WHEN 'd' THEN pg_catalog.pg_get_expr(t.typdefaultbin, 0) END
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_type el ON el.oid = t.typelem AND el.typarray = t.oid
  LEFT JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid OR (pg_catalog.to_jsonb(r)->>'rngmultitypid')::pg_catalog.oid = t.oid
  -- before PostgreSQL 18 an extension's array types are no members of it: their elements are asked
  LEFT JOIN pg_catalog.pg_depend dep ON dep.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND dep.objid = coalesce(el.oid, t.oid)
       AND dep.deptype = 'e' AND dep.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  LEFT JOIN pg_catalog.pg_extension e ON e.oid = dep.refobjid
 WHERE t.oid IN (SELECT oid FROM used)
 ORDER BY n.nspname COLLATE "C", t.typname COLLATE "C"
