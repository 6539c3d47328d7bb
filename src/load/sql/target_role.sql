-- What our role may do on this server, and whether it is one that goes with a run.
SELECT r.rolname::pg_catalog.text, r.rolsuper::pg_catalog.text, r.rolcreatedb::pg_catalog.text,
       r.rolcreaterole::pg_catalog.text,
       (pg_catalog.current_setting('sandseed.throwaway', true) IS NOT DISTINCT FROM 'on')::pg_catalog.text
  FROM pg_catalog.pg_roles r
 WHERE r.rolname = current_user
