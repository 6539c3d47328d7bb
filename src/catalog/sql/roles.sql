-- Roles that this database's objects depend on: owners, grantees, those that policies name.
SELECT DISTINCT r.rolname COLLATE "C"
  FROM pg_catalog.pg_shdepend d
  JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid
 WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
   AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
   AND r.rolname !~ '^pg_'
-- the server's first superuser has no dependencies recorded
UNION
SELECT r.rolname COLLATE "C"
  FROM pg_catalog.pg_roles r
 WHERE r.rolname !~ '^pg_'
   AND r.oid IN (SELECT o.owner
                   FROM (SELECT relnamespace, relowner FROM pg_catalog.pg_class
                         UNION ALL SELECT pronamespace, proowner FROM pg_catalog.pg_proc
                         UNION ALL SELECT typnamespace, typowner FROM pg_catalog.pg_type
                         UNION ALL SELECT oid, nspowner FROM pg_catalog.pg_namespace WHERE nspname <> 'public') o(namespace, owner)
                   JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
                  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
 ORDER BY 1
