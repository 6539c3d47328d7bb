-- Everything that holds rows, of users: oid, schema, name, relkind and what is known of each.
SELECT c.oid, n.nspname, c.relname, c.relkind, pg_catalog.pg_get_userbyid(c.relowner),
       e.extname, coalesce(c.oid = ANY (e.extconfig), false),
       c.relpersistence = 'u', c.relrowsecurity, c.relforcerowsecurity,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_table_privilege(c.oid, 'SELECT'),
       NOT c.relrowsecurity OR r.rolsuper OR r.rolbypassrls
           OR (NOT c.relforcerowsecurity AND pg_catalog.pg_has_role(c.relowner, 'USAGE')),
       c.relispartition,
       CASE c.relkind WHEN 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
       (SELECT pg_catalog.array_to_string(p.partattrs::int2[], ' ') FROM pg_catalog.pg_partitioned_table p WHERE p.partrelid = c.oid),
       CASE WHEN c.relispartition THEN pg_catalog.pg_get_expr(c.relpartbound, c.oid) END,
       c.reltuples,
       CASE c.relkind WHEN 'r' THEN pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int8 ELSE 0 END,
       CASE c.relkind WHEN 'r' THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END,
       CASE c.relkind WHEN 'r' THEN pg_catalog.pg_relation_filenode(c.oid) ELSE 0 END,
       d.description,
       coalesce(t.n, 0), coalesce(po.n, 0),
       pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_column_privilege(c.oid, 'ctid', 'SELECT')
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_roles r ON r.rolname = current_user
  LEFT JOIN pg_catalog.pg_depend dep ON dep.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND dep.objid = c.oid
       AND dep.objsubid = 0 AND dep.deptype = 'e' AND dep.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
  LEFT JOIN pg_catalog.pg_extension e ON e.oid = dep.refobjid
  LEFT JOIN pg_catalog.pg_description d ON d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objoid = c.oid AND d.objsubid = 0
  LEFT JOIN (SELECT tgrelid, count(*) AS n FROM pg_catalog.pg_trigger WHERE NOT tgisinternal GROUP BY 1) t ON t.tgrelid = c.oid
  LEFT JOIN (SELECT polrelid, count(*) AS n FROM pg_catalog.pg_policy GROUP BY 1) po ON po.polrelid = c.oid
 WHERE c.relkind IN ('r', 'p', 'f')
   AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
 ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"
