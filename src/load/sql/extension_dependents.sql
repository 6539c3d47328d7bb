-- Everything that goes when the extensions named in $1 (an array) stay behind, as DROP ... CASCADE
-- would find it: class and oid as pg_dump's list has them, and what a person calls it.
WITH RECURSIVE gone (classid, objid, objsubid, depth) AS ( -- depth: 0 the extension itself, 1 below
    SELECT 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid, e.oid, 0, 0
      FROM pg_catalog.pg_extension e
     WHERE e.extname = ANY ($1::pg_catalog.text[])
    UNION
    SELECT f.classid, f.objid, f.objsubid, 1
      FROM gone g
     CROSS JOIN LATERAL (
           -- what depends on it, its members included
           SELECT d.classid, d.objid, d.objsubid
             FROM pg_catalog.pg_depend d
            WHERE d.refclassid = g.classid AND d.refobjid = g.objid
              AND (g.objsubid = 0 OR d.refobjsubid IN (0, g.objsubid))
              AND d.deptype IN ('n', 'a', 'i', 'e', 'x', 'P', 'S')
           UNION ALL
           -- what it is the inside of: a view's rule takes the view along
           SELECT d.refclassid, d.refobjid, d.refobjsubid
             FROM pg_catalog.pg_depend d
            WHERE d.classid = g.classid AND d.objid = g.objid AND d.deptype = 'i'
              AND g.depth > 0
           ) f
)
SELECT g.classid::pg_catalog.text,
       g.objid::pg_catalog.text,
       pg_catalog.max(g.objsubid)::pg_catalog.text AS objsubid,
       i.type,
       i.identity,
       (g.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
        OR (g.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND pg_catalog.min(g.objsubid) > 0)
        OR EXISTS (SELECT FROM pg_catalog.pg_constraint k
                    WHERE g.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass
                      AND k.oid = g.objid AND k.contype = 'c'))::pg_catalog.text AS inside
  FROM gone g
 CROSS JOIN LATERAL pg_catalog.pg_identify_object(g.classid, g.objid,
       CASE WHEN g.classid = 'pg_catalog.pg_class'::pg_catalog.regclass THEN g.objsubid ELSE 0 END) i
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                    WHERE e.classid = g.classid AND e.objid = g.objid AND e.deptype = 'e')
 GROUP BY g.classid, g.objid, i.type, i.identity
 ORDER BY i.type COLLATE pg_catalog."C", i.identity COLLATE pg_catalog."C"
