-- What views read: one row per view and relation.  Plain views only when they read one and call no function of the user's.
SELECT nv.nspname, v.relname, v.relkind, nr.nspname, r.relname
  FROM pg_catalog.pg_rewrite w
  JOIN pg_catalog.pg_class v ON v.oid = w.ev_class AND v.relkind IN ('v', 'm')
  JOIN pg_catalog.pg_namespace nv ON nv.oid = v.relnamespace
  JOIN LATERAL (SELECT DISTINCT d.refobjid FROM pg_catalog.pg_depend d
                 WHERE d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = w.oid
                   AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid <> v.oid) d ON true
  JOIN pg_catalog.pg_class r ON r.oid = d.refobjid AND r.relkind IN ('r', 'p', 'v', 'm', 'f')
  JOIN pg_catalog.pg_namespace nr ON nr.oid = r.relnamespace
 WHERE w.ev_type = '1' AND nv.nspname !~ '^pg_' AND nv.nspname <> 'information_schema'
   AND (v.relkind = 'm' OR (
        (SELECT pg_catalog.count(DISTINCT o.refobjid) FROM pg_catalog.pg_depend o
          WHERE o.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND o.objid = w.oid
            AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refobjid <> v.oid) = 1
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend f
          WHERE f.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND f.objid = w.oid
            AND f.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass)))
 ORDER BY nv.nspname COLLATE "C", v.relname COLLATE "C", nr.nspname COLLATE "C", r.relname COLLATE "C"
