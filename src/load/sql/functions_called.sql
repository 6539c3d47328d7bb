-- Functions that people wrote and that run while rows are loaded: called by CHECKs of tables and domains, by
-- defaults, by generated columns, by indexes, statistics and materialised views, or by an operator in one of them.
WITH stored (classid, objid) AS (
    SELECT co.tableoid, co.oid FROM pg_catalog.pg_constraint co WHERE co.contype = 'c'
    UNION ALL
    SELECT ad.tableoid, ad.oid FROM pg_catalog.pg_attrdef ad
    UNION ALL
    SELECT t.tableoid, t.oid FROM pg_catalog.pg_type t WHERE t.typtype = 'd'
    UNION ALL
    SELECT 'pg_catalog.pg_class'::pg_catalog.regclass, i.indexrelid FROM pg_catalog.pg_index i
     WHERE i.indexprs IS NOT NULL OR i.indpred IS NOT NULL
    UNION ALL
    SELECT e.tableoid, e.oid FROM pg_catalog.pg_statistic_ext e
    UNION ALL
    SELECT r.tableoid, r.oid FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class m ON m.oid = r.ev_class
     WHERE m.relkind = 'm'
), called (oid) AS (
    SELECT d.refobjid
      FROM stored s
      JOIN pg_catalog.pg_depend d ON d.classid = s.classid AND d.objid = s.objid
     WHERE d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    UNION
    SELECT o.oprcode::pg_catalog.oid
      FROM stored s
      JOIN pg_catalog.pg_depend d ON d.classid = s.classid AND d.objid = s.objid
      JOIN pg_catalog.pg_operator o ON o.oid = d.refobjid
     WHERE d.refclassid = 'pg_catalog.pg_operator'::pg_catalog.regclass
)
SELECT pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid))
  FROM called c
  JOIN pg_catalog.pg_proc p ON p.oid = c.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE p.oid >= 16384 -- not initdb's
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = p.tableoid AND e.objid = p.oid AND e.deptype = 'e')
 ORDER BY 1
