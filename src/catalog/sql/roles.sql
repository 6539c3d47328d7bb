-- Roles that this database's objects depend on: owners, grantees, those that policies name.
-- An extension and what it brought belong to whoever creates the extension anew.
SELECT DISTINCT r.rolname COLLATE "C"
  FROM pg_catalog.pg_shdepend d
  JOIN pg_catalog.pg_roles r ON r.oid = d.refobjid
 WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
   AND d.dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
   AND r.rolname !~ '^pg_'
   AND NOT (d.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass)
   AND NOT (d.deptype IN ('o', 'i')
            AND EXISTS (SELECT FROM pg_catalog.pg_depend e
                         WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e'))
-- the server's first superuser has no dependencies recorded
UNION
SELECT r.rolname COLLATE "C"
  FROM pg_catalog.pg_roles r
 WHERE r.rolname !~ '^pg_'
   AND r.oid IN (SELECT o.owner
                   FROM (SELECT tableoid, oid, relnamespace, relowner FROM pg_catalog.pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
                         UNION ALL SELECT tableoid, oid, pronamespace, proowner FROM pg_catalog.pg_proc
                         UNION ALL SELECT tableoid, oid, typnamespace, typowner FROM pg_catalog.pg_type t
                                    -- arrays and rows of tables follow another type or a table
                                    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_type el WHERE el.typarray = t.oid)
                                      AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
                         UNION ALL SELECT tableoid, oid, oid, nspowner FROM pg_catalog.pg_namespace WHERE nspname <> 'public') o(classid, objid, namespace, owner)
                   JOIN pg_catalog.pg_namespace n ON n.oid = o.namespace
                  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                    AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                                     WHERE e.classid = o.classid AND e.objid = o.objid AND e.deptype = 'e'))
 ORDER BY 1
