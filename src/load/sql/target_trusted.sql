-- PostgreSQL 13 and later: extensions that the owner of a database may create.
SELECT v.name::pg_catalog.text
  FROM pg_catalog.pg_available_extension_versions v
  JOIN pg_catalog.pg_available_extensions a ON a.name = v.name AND a.default_version = v.version
 WHERE v.trusted
