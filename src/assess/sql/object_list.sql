-- Every object that people made in this database, one row each: kind, identity, owner, grants, flags.
-- Run on source and sandbox; the two lists are compared row by row.  Members of extensions, toast and
-- temporary things, row and array types, partitions' own copies of keys are left out: they come with others.
WITH extension_member AS MATERIALIZED (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), people_schema AS MATERIALIZED (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_catalog.pg_namespace n
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), object AS (
    SELECT 'schema'::pg_catalog.text AS kind, n.oid AS objid,
           'pg_catalog.pg_namespace'::pg_catalog.regclass::pg_catalog.oid AS classid,
           pg_catalog.quote_ident(n.nspname) AS identity, n.nspowner AS owner, n.nspacl AS acl,
           'n'::pg_catalog."char" AS acltype, ''::pg_catalog.text AS flags
      FROM people_schema n
    UNION ALL
    SELECT CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
           WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table'
           WHEN 'c' THEN 'composite type' WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index'
           ELSE 'relation' END,
           c.oid, 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
           c.relowner, c.relacl,
           CASE WHEN c.relkind IN ('i', 'I', 'c') THEN NULL WHEN c.relkind = 'S' THEN 's' ELSE 'r' END::pg_catalog."char",
           pg_catalog.concat_ws(' ',
             CASE WHEN c.relpersistence = 'u' THEN 'unlogged' END,
             CASE WHEN c.relrowsecurity THEN 'row-security' END,
             CASE WHEN c.relforcerowsecurity THEN 'forced' END,
             CASE WHEN c.relkind = 'm' AND NOT c.relispopulated THEN 'unpopulated' END,
             CASE WHEN c.relkind IN ('r', 'p') THEN 'replica-identity=' || c.relreplident::pg_catalog.text END,
             (SELECT CASE WHEN NOT x.indisvalid THEN 'invalid' END FROM pg_catalog.pg_index x WHERE x.indexrelid = c.oid),
             (SELECT CASE WHEN x.indisunique THEN 'unique' END FROM pg_catalog.pg_index x WHERE x.indexrelid = c.oid),
             (SELECT CASE WHEN x.indisclustered THEN 'clustered' END FROM pg_catalog.pg_index x WHERE x.indexrelid = c.oid))
      FROM pg_catalog.pg_class c JOIN people_schema n ON n.oid = c.relnamespace
     WHERE c.relkind NOT IN ('t')
    UNION ALL
    SELECT 'column', c.oid, 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || '.'
             || pg_catalog.quote_ident(a.attname),
           NULL, a.attacl, 'c'::pg_catalog."char",
           pg_catalog.concat_ws(' ', pg_catalog.format_type(a.atttypid, a.atttypmod),
             CASE WHEN a.attnotnull THEN 'not-null' END, CASE WHEN a.atthasdef THEN 'default' END,
             NULLIF(a.attidentity::pg_catalog.text, ''), NULLIF(a.attgenerated::pg_catalog.text, ''))
      FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
      JOIN people_schema n ON n.oid = c.relnamespace
     WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    UNION ALL
    SELECT 'constraint', k.oid, 'pg_catalog.pg_constraint'::pg_catalog.regclass::pg_catalog.oid,
           COALESCE((SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname)
                       FROM pg_catalog.pg_class c JOIN people_schema n ON n.oid = c.relnamespace WHERE c.oid = k.conrelid),
                    (SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname)
                       FROM pg_catalog.pg_type t JOIN people_schema n ON n.oid = t.typnamespace WHERE t.oid = k.contypid))
             || '.' || pg_catalog.quote_ident(k.conname),
           NULL, NULL, NULL,
           pg_catalog.concat_ws(' ', k.contype::pg_catalog.text, CASE WHEN NOT k.convalidated THEN 'not-valid' END,
             CASE WHEN k.condeferrable THEN 'deferrable' END, CASE WHEN k.condeferred THEN 'deferred' END)
      FROM pg_catalog.pg_constraint k JOIN people_schema n ON n.oid = k.connamespace
     WHERE k.contype IN ('c', 'f', 'p', 'u', 'x') AND k.conparentid = 0
    UNION ALL
    SELECT 'trigger', t.oid, 'pg_catalog.pg_trigger'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || '.' || pg_catalog.quote_ident(t.tgname),
           NULL, NULL, NULL, 'enabled=' || t.tgenabled::pg_catalog.text
      FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN people_schema n ON n.oid = c.relnamespace
     WHERE NOT t.tgisinternal
       -- copies on partitions, which are internal on some versions and not on others
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                        WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objid = t.oid
                          AND d.refclassid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)
    UNION ALL
    SELECT 'rule', r.oid, 'pg_catalog.pg_rewrite'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || '.' || pg_catalog.quote_ident(r.rulename),
           NULL, NULL, NULL, 'enabled=' || r.ev_enabled::pg_catalog.text
      FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
      JOIN people_schema n ON n.oid = c.relnamespace WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', p.oid, 'pg_catalog.pg_policy'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) || '.' || pg_catalog.quote_ident(p.polname),
           NULL, NULL, NULL,
           p.polcmd::pg_catalog.text || CASE WHEN p.polpermissive THEN '' ELSE ' restrictive' END || ' to '
             || (SELECT pg_catalog.string_agg(CASE WHEN u.id = 0 THEN 'public' ELSE pg_catalog.pg_get_userbyid(u.id)::pg_catalog.text END, ',' ORDER BY 1)
                   FROM pg_catalog.unnest(p.polroles) AS u (id))
      FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
      JOIN people_schema n ON n.oid = c.relnamespace
    UNION ALL
    SELECT 'function', f.oid, 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(f.proname) || '('
             || pg_catalog.oidvectortypes(f.proargtypes) || ')',
           f.proowner, f.proacl, 'f'::pg_catalog."char",
           pg_catalog.concat_ws(' ', f.prokind::pg_catalog.text, CASE WHEN f.prosecdef THEN 'security-definer' END)
      FROM pg_catalog.pg_proc f JOIN people_schema n ON n.oid = f.pronamespace
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend i
                        WHERE i.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND i.objid = f.oid AND i.deptype = 'i')
    UNION ALL
    SELECT CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'e' THEN 'enum' WHEN 'r' THEN 'range' ELSE 'type' END,
           t.oid, 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(t.typname),
           t.typowner, t.typacl, 'T'::pg_catalog."char",
           pg_catalog.concat_ws(' ', CASE WHEN t.typnotnull THEN 'not-null' END,
             (SELECT pg_catalog.count(*)::pg_catalog.text || ' labels' FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid HAVING pg_catalog.count(*) > 0))
      FROM pg_catalog.pg_type t JOIN people_schema n ON n.oid = t.typnamespace
     WHERE t.typtype IN ('b', 'd', 'e', 'r')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_type b WHERE b.typarray = t.oid)
    UNION ALL
    SELECT 'operator', o.oid, 'pg_catalog.pg_operator'::pg_catalog.regclass::pg_catalog.oid,
           (pg_catalog.pg_identify_object('pg_catalog.pg_operator'::pg_catalog.regclass, o.oid, 0)).identity,
           o.oprowner, NULL, NULL, ''
      FROM pg_catalog.pg_operator o JOIN people_schema n ON n.oid = o.oprnamespace
    UNION ALL
    SELECT 'operator class', o.oid, 'pg_catalog.pg_opclass'::pg_catalog.regclass::pg_catalog.oid,
           (pg_catalog.pg_identify_object('pg_catalog.pg_opclass'::pg_catalog.regclass, o.oid, 0)).identity,
           o.opcowner, NULL, NULL, ''
      FROM pg_catalog.pg_opclass o JOIN people_schema n ON n.oid = o.opcnamespace
    UNION ALL
    SELECT 'operator family', o.oid, 'pg_catalog.pg_opfamily'::pg_catalog.regclass::pg_catalog.oid,
           (pg_catalog.pg_identify_object('pg_catalog.pg_opfamily'::pg_catalog.regclass, o.oid, 0)).identity,
           o.opfowner, NULL, NULL, ''
      FROM pg_catalog.pg_opfamily o JOIN people_schema n ON n.oid = o.opfnamespace
    UNION ALL
    SELECT 'collation', o.oid, 'pg_catalog.pg_collation'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.collname), o.collowner, NULL, NULL,
           o.collprovider::pg_catalog.text
      FROM pg_catalog.pg_collation o JOIN people_schema n ON n.oid = o.collnamespace
    UNION ALL
    SELECT 'conversion', o.oid, 'pg_catalog.pg_conversion'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.conname), o.conowner, NULL, NULL, ''
      FROM pg_catalog.pg_conversion o JOIN people_schema n ON n.oid = o.connamespace
    UNION ALL
    SELECT 'text search configuration', o.oid, 'pg_catalog.pg_ts_config'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.cfgname), o.cfgowner, NULL, NULL, ''
      FROM pg_catalog.pg_ts_config o JOIN people_schema n ON n.oid = o.cfgnamespace
    UNION ALL
    SELECT 'text search dictionary', o.oid, 'pg_catalog.pg_ts_dict'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.dictname), o.dictowner, NULL, NULL, ''
      FROM pg_catalog.pg_ts_dict o JOIN people_schema n ON n.oid = o.dictnamespace
    UNION ALL
    SELECT 'statistics', o.oid, 'pg_catalog.pg_statistic_ext'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(o.stxname), o.stxowner, NULL, NULL, ''
      FROM pg_catalog.pg_statistic_ext o JOIN people_schema n ON n.oid = o.stxnamespace
    UNION ALL
    SELECT 'cast', o.oid, 'pg_catalog.pg_cast'::pg_catalog.regclass::pg_catalog.oid,
           (pg_catalog.pg_identify_object('pg_catalog.pg_cast'::pg_catalog.regclass, o.oid, 0)).identity,
           NULL, NULL, NULL, o.castcontext::pg_catalog.text
      FROM pg_catalog.pg_cast o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'extension', o.oid, 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(o.extname), NULL, NULL, NULL,
           'in ' || o.extnamespace::pg_catalog.regnamespace::pg_catalog.text
      FROM pg_catalog.pg_extension o
    UNION ALL
    SELECT 'language', o.oid, 'pg_catalog.pg_language'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(o.lanname), o.lanowner, o.lanacl, 'l'::pg_catalog."char", ''
      FROM pg_catalog.pg_language o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'foreign-data wrapper', o.oid, 'pg_catalog.pg_foreign_data_wrapper'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(o.fdwname), o.fdwowner, o.fdwacl, 'F'::pg_catalog."char", ''
      FROM pg_catalog.pg_foreign_data_wrapper o
    UNION ALL
    SELECT 'server', o.oid, 'pg_catalog.pg_foreign_server'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(o.srvname), o.srvowner, o.srvacl, 'S'::pg_catalog."char", ''
      FROM pg_catalog.pg_foreign_server o
    UNION ALL
    SELECT 'access method', o.oid, 'pg_catalog.pg_am'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.quote_ident(o.amname), NULL, NULL, NULL, ''
      FROM pg_catalog.pg_am o WHERE o.oid >= 16384
    UNION ALL
    SELECT 'default privileges', o.oid, 'pg_catalog.pg_default_acl'::pg_catalog.regclass::pg_catalog.oid,
           pg_catalog.pg_get_userbyid(o.defaclrole)::pg_catalog.text || ' ' || o.defaclobjtype::pg_catalog.text
             || COALESCE(' in ' || pg_catalog.quote_ident(n.nspname), ''),
           o.defaclrole, o.defaclacl, NULL, ''
      FROM pg_catalog.pg_default_acl o LEFT JOIN people_schema n ON n.oid = o.defaclnamespace
)
SELECT o.kind, o.identity,
       COALESCE(pg_catalog.pg_get_userbyid(o.owner)::pg_catalog.text, '') AS owner,
       COALESCE((SELECT pg_catalog.string_agg(
                     CASE WHEN x.grantee = 0 THEN 'public' WHEN x.grantee = o.owner THEN 'its owner'
                          ELSE pg_catalog.pg_get_userbyid(x.grantee)::pg_catalog.text END
                     || ':' || x.privilege_type || CASE WHEN x.is_grantable AND x.grantee IS DISTINCT FROM o.owner THEN '*' ELSE '' END,
                     ',' ORDER BY (CASE WHEN x.grantee = 0 THEN 'public' WHEN x.grantee = o.owner THEN 'its owner'
                          ELSE pg_catalog.pg_get_userbyid(x.grantee)::pg_catalog.text END || ':' || x.privilege_type) COLLATE pg_catalog."C")
                   FROM pg_catalog.aclexplode(COALESCE(o.acl,
                          CASE WHEN o.acltype IS NULL OR o.acltype = 'c' THEN NULL
                               ELSE pg_catalog.acldefault(o.acltype, o.owner) END)) x
                  -- MAINTAIN exists from PostgreSQL 17 on
                  WHERE x.privilege_type <> 'MAINTAIN'), '') AS grants,
       o.flags
  FROM object o
 WHERE NOT EXISTS (SELECT FROM extension_member e WHERE e.classid = o.classid AND e.objid = o.objid)
   -- constraints, triggers, rules, policies of an extension's tables
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN extension_member e ON e.classid = d.refclassid AND e.objid = d.refobjid
                    WHERE d.classid = o.classid AND d.objid = o.objid AND d.deptype IN ('a', 'i') AND o.kind IN ('constraint', 'index', 'trigger', 'rule', 'policy'))
 ORDER BY o.kind COLLATE pg_catalog."C", o.identity COLLATE pg_catalog."C", o.flags COLLATE pg_catalog."C"
