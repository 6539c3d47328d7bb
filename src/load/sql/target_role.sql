-- What our role may do on this server.
SELECT r.rolname::pg_catalog.text, r.rolsuper::pg_catalog.text, r.rolcreatedb::pg_catalog.text,
       r.rolcreaterole::pg_catalog.text
  FROM pg_catalog.pg_roles r
 WHERE r.rolname = current_user
