-- What the session's role can do beyond reading, itself or as a role that it may become (SET ROLE takes nothing from a
-- session, and gives what NOINHERIT withholds): kind, whether everybody may, on how many objects, the first three.
-- "reads" are the relations that a run never reads; what it may read of tables is in the catalog.  "definer" are functions
-- that run as their owner; the server's own (below FirstNormalObjectId) ask for what they need themselves.
WITH may_be AS (
    SELECT r.oid, r.rolname, r.rolsuper, r.rolcreaterole, r.rolcreatedb, r.rolreplication, r.rolbypassrls
      FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
), grantee AS (
    SELECT oid FROM may_be UNION ALL SELECT 0
), relation AS (
    SELECT c.oid, c.relkind, c.relacl, pg_catalog.format('%I.%I', n.nspname, c.relname) AS label
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm', 'S') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND c.relowner NOT IN (SELECT oid FROM may_be)
), granted AS (
    SELECT r.relkind, r.label, a.privilege_type, a.grantee, a.is_grantable
      FROM relation r, LATERAL pg_catalog.aclexplode(r.relacl) a
    UNION ALL
    SELECT r.relkind, r.label, a.privilege_type, a.grantee, a.is_grantable
      FROM relation r JOIN pg_catalog.pg_attribute t ON t.attrelid = r.oid AND t.attacl IS NOT NULL,
           LATERAL pg_catalog.aclexplode(t.attacl) a
), can (kind, object, everybody) AS (
    SELECT k.kind, m.rolname, false
      FROM may_be m, LATERAL (VALUES ('superuser', m.rolsuper), ('createrole', m.rolcreaterole), ('createdb', m.rolcreatedb),
           ('replication', m.rolreplication), ('bypassrls', m.rolbypassrls),
           ('member', m.rolname ~ '^pg_' AND m.rolname <> 'pg_database_owner')) k (kind, has)
     WHERE k.has
    UNION ALL
    SELECT 'owner', i.type || ' ' || i.identity, false
      FROM pg_catalog.pg_shdepend d JOIN may_be m ON m.oid = d.refobjid,
           LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, d.objsubid) i
     WHERE d.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND d.deptype = 'o'
       AND d.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
    UNION ALL
    SELECT CASE WHEN g.relkind = 'S' THEN 'sequence'
                WHEN g.privilege_type = 'SELECT' THEN 'reads'
                ELSE g.privilege_type END, g.label, g.grantee = 0
      FROM granted g
     WHERE g.grantee IN (SELECT oid FROM grantee)
       AND CASE g.relkind WHEN 'S' THEN g.privilege_type IN ('USAGE', 'UPDATE')
                ELSE g.privilege_type <> 'SELECT' OR g.relkind IN ('v', 'm', 'f') END
    UNION ALL
    SELECT 'passes on', g.label, g.grantee = 0 FROM granted g WHERE g.is_grantable AND g.grantee IN (SELECT oid FROM grantee)
    UNION ALL
    SELECT 'server', pg_catalog.quote_ident(s.srvname), a.grantee = 0
      FROM pg_catalog.pg_foreign_server s, LATERAL pg_catalog.aclexplode(s.srvacl) a
     WHERE a.privilege_type = 'USAGE' AND a.grantee IN (SELECT oid FROM grantee) AND s.srvowner NOT IN (SELECT oid FROM may_be)
    UNION ALL
    SELECT 'create', 'schema ' || pg_catalog.quote_ident(n.nspname), a.grantee = 0
      FROM pg_catalog.pg_namespace n, LATERAL pg_catalog.aclexplode(n.nspacl) a
     WHERE a.privilege_type = 'CREATE' AND a.grantee IN (SELECT oid FROM grantee)
       AND n.nspowner NOT IN (SELECT oid FROM may_be)
    UNION ALL
    SELECT 'create', 'database ' || pg_catalog.quote_ident(d.datname), a.grantee = 0
      FROM pg_catalog.pg_database d, LATERAL pg_catalog.aclexplode(d.datacl) a
     WHERE d.datname = pg_catalog.current_database() AND a.privilege_type = 'CREATE'
       AND a.grantee IN (SELECT oid FROM grantee) AND d.datdba NOT IN (SELECT oid FROM may_be)
    UNION ALL
    SELECT 'definer', pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.oidvectortypes(p.proargtypes)), a.grantee = 0
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace,
           LATERAL pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) a
     WHERE p.prosecdef AND p.oid >= 16384 AND a.privilege_type = 'EXECUTE' AND a.grantee IN (SELECT oid FROM grantee)
       AND p.proowner NOT IN (SELECT oid FROM may_be)
       AND EXISTS (SELECT FROM may_be m WHERE pg_catalog.has_schema_privilege(m.oid, p.pronamespace, 'USAGE'))
), once AS (
    SELECT kind, object, pg_catalog.bool_and(everybody) AS everybody,
           pg_catalog.row_number() OVER (PARTITION BY kind, pg_catalog.bool_and(everybody) ORDER BY object COLLATE "C") AS nth
      FROM can GROUP BY kind, object
)
SELECT kind, everybody, count(*), pg_catalog.string_agg(object, ', ' ORDER BY nth) FILTER (WHERE nth <= 3)
  FROM once GROUP BY kind, everybody ORDER BY kind COLLATE "C", everybody
