-- Roles that this database's objects depend on: owners, grantees, those that policies name.
SELECT DISTINCT r.rolname COLLATE "C"
  FROM pg_catalog.pg_shdepend d
  JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid
 WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
   AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
   AND r.rolname !~ '^pg_'
UNION
SELECT r.rolname COLLATE "C"
  FROM pg_catalog.pg_roles r
 WHERE r.oid IN (SELECT relowner FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
   AND r.rolname !~ '^pg_'
 ORDER BY 1
