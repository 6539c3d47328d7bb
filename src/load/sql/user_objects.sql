-- The first few objects that somebody made in this database; no row: it holds none.
-- Everything that initdb makes has an oid below 16384.
SELECT o.what || ' ' || o.name
  FROM (SELECT 1 AS rank, 'relation'::pg_catalog.text AS what, c.relname::pg_catalog.text AS name
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid >= 16384
           AND n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
        UNION ALL
        SELECT 2, 'schema', nspname FROM pg_catalog.pg_namespace
         WHERE oid >= 16384 AND nspname !~ '^pg_(temp_|toast_temp_)'
        UNION ALL
        SELECT 3, 'extension', extname FROM pg_catalog.pg_extension WHERE oid >= 16384
        UNION ALL
        SELECT 4, 'function', proname FROM pg_catalog.pg_proc
         WHERE oid >= 16384
        UNION ALL
        SELECT 5, 'type', t.typname FROM pg_catalog.pg_type t
          JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
         WHERE t.oid >= 16384 AND n.nspname !~ '^pg_(toast|temp_|toast_temp_)'
        UNION ALL
        SELECT 6, 'foreign-data wrapper', fdwname FROM pg_catalog.pg_foreign_data_wrapper
         WHERE oid >= 16384
        UNION ALL
        SELECT 7, 'server', srvname FROM pg_catalog.pg_foreign_server WHERE oid >= 16384
        UNION ALL
        SELECT 8, 'publication', pubname FROM pg_catalog.pg_publication WHERE oid >= 16384
        UNION ALL
        SELECT 9, 'event trigger', evtname FROM pg_catalog.pg_event_trigger WHERE oid >= 16384
        UNION ALL
        SELECT 10, 'large object', oid::pg_catalog.text FROM pg_catalog.pg_largeobject_metadata
        UNION ALL
        SELECT 11, 'language', lanname FROM pg_catalog.pg_language WHERE oid >= 16384
        UNION ALL
        SELECT 12, 'collation', collname FROM pg_catalog.pg_collation WHERE oid >= 16384
        UNION ALL
        SELECT 13, 'operator', oprname FROM pg_catalog.pg_operator WHERE oid >= 16384
        UNION ALL
        SELECT 14, 'text search configuration', cfgname FROM pg_catalog.pg_ts_config
         WHERE oid >= 16384
        UNION ALL
        SELECT 15, 'text search dictionary', dictname FROM pg_catalog.pg_ts_dict
         WHERE oid >= 16384
        UNION ALL
        SELECT 16, 'conversion', conname FROM pg_catalog.pg_conversion WHERE oid >= 16384
        UNION ALL
        SELECT 17, 'cast', oid::pg_catalog.text FROM pg_catalog.pg_cast WHERE oid >= 16384
        UNION ALL
        SELECT 18, 'access method', amname FROM pg_catalog.pg_am WHERE oid >= 16384
       ) o
 ORDER BY o.rank, o.name COLLATE pg_catalog."C"
 LIMIT 3
