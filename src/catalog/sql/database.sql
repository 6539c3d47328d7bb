-- The database as a whole: one row.  Columns that only newer servers have are asked for by name.
SELECT d.datname, pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
       CASE pg_catalog.to_jsonb(d)->>'datlocprovider'
            WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
       coalesce(pg_catalog.to_jsonb(d)->>'datlocale', pg_catalog.to_jsonb(d)->>'daticulocale'),
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') THEN pg_catalog.pg_database_size(d.oid) ELSE -1 END,
       (SELECT count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
          LEFT JOIN pg_catalog.pg_depend e ON e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = p.oid AND e.deptype = 'e'
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND e.objid IS NULL),
       (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal),
       (SELECT count(*) FROM pg_catalog.pg_event_trigger),
       (SELECT count(*) FROM pg_catalog.pg_publication),
       (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata),
       -- of its columns only some may be read by everybody
       (SELECT count(s.subdbid) FROM pg_catalog.pg_subscription s WHERE s.subdbid = d.oid)
  FROM pg_catalog.pg_database d
 WHERE d.datname = pg_catalog.current_database()
