-- What runs code that is not the server's own (or may: a domain's CHECKs): kind, schema, relation, name.  Such expressions are
-- never tried at a source.
WITH called (constr) AS (
    -- Functions of the server itself that run what a text tells them to (query_to_xml), read tables, wait or change something.  Indexes
    -- and generated columns take none of them.
    SELECT co.oid
      FROM pg_catalog.pg_constraint co, LATERAL pg_catalog.regexp_matches(co.conbin::pg_catalog.text, ':funcid ([0-9]+)', 'g') f(id)
      JOIN pg_catalog.pg_proc p ON p.oid = f.id[1]::pg_catalog.oid
     WHERE p.provolatile = 'v' OR p.proname ~ '_to_xml|^pg_input_|^(array|domain|multirange|range|record)_(in|recv)$'
), own AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
     WHERE d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass)
        OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
            -- domains, and what may be made of some
            AND d.refobjid IN (SELECT t.oid FROM pg_catalog.pg_type t
                                 LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND t.typtype = 'b' AND t.typcategory = 'A'
                                WHERE coalesce(e.typtype, t.typtype) NOT IN ('b', 'e')))
    UNION ALL
    SELECT 'pg_catalog.pg_constraint'::pg_catalog.regclass, constr FROM called)
SELECT 'constraint', n.nspname, c.relname, co.conname
  FROM pg_catalog.pg_constraint co JOIN pg_catalog.pg_class c ON c.oid = co.conrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN own ON own.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND own.objid = co.oid
UNION
SELECT 'generated', n.nspname, c.relname, a.attname
  FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_class c ON c.oid = d.adrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
  JOIN own ON own.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND own.objid = d.oid
UNION
SELECT 'index', n.nspname, c.relname, x.relname
  FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
  JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN own ON own.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND own.objid = x.oid
UNION
SELECT 'domain', n.nspname, t.typname, ''
  FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  JOIN pg_catalog.pg_constraint co ON co.contypid = t.oid
 WHERE co.oid IN (SELECT constr FROM called)
    OR EXISTS (SELECT FROM pg_catalog.pg_depend d
                WHERE d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = co.oid
                  -- its own CHECK depends on the domain itself
                  AND d.refobjid <> t.oid AND d.refclassid <> 'pg_catalog.pg_collation'::pg_catalog.regclass)
