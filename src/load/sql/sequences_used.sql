-- Sequences that columns own or take their default from: schema, name, increment, bounds, table, column.
SELECT DISTINCT sn.nspname, sc.relname, s.seqincrement, s.seqmin, s.seqmax, tn.nspname, tc.relname, a.attname
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
 WHERE a.atttypid IN ('pg_catalog.int2'::pg_catalog.regtype, 'pg_catalog.int4'::pg_catalog.regtype,
                      'pg_catalog.int8'::pg_catalog.regtype, 'pg_catalog.numeric'::pg_catalog.regtype)
    OR (SELECT t.typtype FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid) = 'd'
 ORDER BY 1, 2, 6, 7, 8
