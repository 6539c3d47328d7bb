-- The extensions that the target's server has files for, newest facts only.
SELECT a.name::pg_catalog.text,
       a.default_version,
       pg_catalog.bool_or(v.superuser AND v.version = a.default_version)::pg_catalog.text
  FROM pg_catalog.pg_available_extensions a
  JOIN pg_catalog.pg_available_extension_versions v ON v.name = a.name
 GROUP BY a.name, a.default_version
