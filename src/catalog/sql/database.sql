-- The database as a whole: one row.  Columns that only newer servers have are asked for by name.
SELECT d.datname, d.oid, pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
       CASE pg_catalog.to_jsonb(d)->>'datlocprovider'
            WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END,
       coalesce(pg_catalog.to_jsonb(d)->>'datlocale', pg_catalog.to_jsonb(d)->>'daticulocale'),
       CASE WHEN pg_catalog.has_database_privilege(d.oid, 'CONNECT') THEN pg_catalog.pg_database_size(d.oid) ELSE -1 END,
       (SELECT count(*) FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
       (SELECT count(*) FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal),
       (SELECT count(*) FROM pg_catalog.pg_event_trigger),
       (SELECT count(*) FROM pg_catalog.pg_publication),
       (SELECT count(*) FROM pg_catalog.pg_largeobject_metadata),
       (SELECT count(*) FROM pg_catalog.pg_stat_subscription)
  FROM pg_catalog.pg_database d
 WHERE d.datname = pg_catalog.current_database()
