-- Sequences of users with the columns that own them or take their default from them: schema, name, increment,
-- bounds, start, table, and the column's values as numbers: of a text (default 'INV-' || nextval(...)) the
-- digits that it ends in.  A sequence that no such column uses comes once, without one.
WITH RECURSIVE number (oid) AS (
    SELECT t.oid FROM pg_catalog.pg_type t
     WHERE t.oid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype,
                     'pg_catalog.int8'::pg_catalog.regtype, 'pg_catalog.numeric'::pg_catalog.regtype)
    UNION ALL
    SELECT t.oid FROM number b JOIN pg_catalog.pg_type t ON t.typbasetype = b.oid AND t.typtype = 'd'
), used (sequence, relation, attnum) AS (
    SELECT d.objid, d.refobjid, d.refobjsubid
      FROM pg_catalog.pg_depend d
     WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
    UNION
    SELECT d.refobjid, ad.adrelid, ad.adnum
      FROM pg_catalog.pg_depend d
      JOIN pg_catalog.pg_attrdef ad ON ad.oid = d.objid
     WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
       AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
), columns (sequence, nspname, relname, value) AS (
    SELECT u.sequence, tn.nspname, tc.relname,
           CASE WHEN t.typcategory = 'S'
                THEN pg_catalog.format('pg_catalog.substring(%I::pg_catalog.text, ''[0-9]{1,18}$'')::pg_catalog.int8', a.attname)
                ELSE pg_catalog.format('%I', a.attname) END
      FROM used u
      JOIN pg_catalog.pg_class tc ON tc.oid = u.relation AND tc.relkind IN ('r', 'p')
      JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
      JOIN pg_catalog.pg_attribute a ON a.attrelid = u.relation AND a.attnum = u.attnum
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE a.atttypid IN (SELECT oid FROM number) OR t.typcategory = 'S'
)
SELECT sn.nspname, sc.relname, s.seqincrement, s.seqmin, s.seqmax, s.seqstart, c.nspname, c.relname, c.value
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class sc ON sc.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
  LEFT JOIN columns c ON c.sequence = s.seqrelid
 WHERE sn.nspname !~ '^pg_' AND sn.nspname <> 'information_schema'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = s.seqrelid AND e.deptype = 'e')
 ORDER BY 1, 2, 7, 8, 9
