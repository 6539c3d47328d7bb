-- What runs code that is not the server's own (or may: a domain's CHECKs): kind, schema, relation, name.  Such expressions are
-- never tried at a source.
WITH own AS (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
     WHERE d.refclassid IN ('pg_catalog.pg_proc'::pg_catalog.regclass, 'pg_catalog.pg_operator'::pg_catalog.regclass)
        OR (d.refclassid = 'pg_catalog.pg_type'::pg_catalog.regclass
            AND d.refobjid IN (SELECT t.oid FROM pg_catalog.pg_type t WHERE t.typtype = 'd')))
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
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND d.objid = co.oid
 -- its own CHECK depends on the domain itself
 WHERE d.refobjid <> t.oid AND d.refclassid <> 'pg_catalog.pg_collation'::pg_catalog.regclass
