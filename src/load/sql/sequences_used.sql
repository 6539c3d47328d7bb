-- Sequences that columns own or take their default from: schema, name, increment, bounds, table, and the
-- column's values as whole numbers: of a text (default 'INV-' || nextval(...)) the digits that it ends in.
SELECT DISTINCT sn.nspname, sc.relname, s.seqincrement, s.seqmin, s.seqmax, tn.nspname, tc.relname,
       CASE WHEN t.typcategory = 'S'
            THEN pg_catalog.format('pg_catalog.substring(%I::pg_catalog.text, ''[0-9]{1,18}$'')::pg_catalog.int8', a.attname)
            ELSE pg_catalog.format('%I::pg_catalog.int8', a.attname) END
  FROM pg_catalog.pg_sequence s
  JOIN pg_catalog.pg_class sc ON sc.oid = s.seqrelid
  JOIN pg_catalog.pg_namespace sn ON sn.oid = sc.relnamespace
  JOIN (SELECT d.objid AS seq, d.refobjid AS rel, d.refobjsubid AS num
          FROM pg_catalog.pg_depend d
         WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype IN ('a', 'i')
           AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
        UNION
        SELECT d.refobjid, ad.adrelid, ad.adnum
          FROM pg_catalog.pg_depend d
          JOIN pg_catalog.pg_attrdef ad ON ad.oid = d.objid
         WHERE d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
           AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass) u ON u.seq = s.seqrelid
  JOIN pg_catalog.pg_class tc ON tc.oid = u.rel AND tc.relkind IN ('r', 'p')
  JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = u.rel AND a.attnum = u.num
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE t.typcategory IN ('N', 'S')
 ORDER BY 1, 2, 6, 7, 8
