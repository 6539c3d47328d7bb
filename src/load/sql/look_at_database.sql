-- One database by name: what it is and whose.
SELECT d.oid::pg_catalog.text,
       d.datallowconn::pg_catalog.text,
       pg_catalog.pg_get_userbyid(d.datdba)::pg_catalog.text,
       (pg_catalog.pg_get_userbyid(d.datdba) = current_user)::pg_catalog.text,
       pg_catalog.pg_has_role(d.datdba, 'USAGE')::pg_catalog.text,
       pg_catalog.shobj_description(d.oid, 'pg_database'),
       d.datistemplate::pg_catalog.text
  FROM pg_catalog.pg_database d
 WHERE d.datname = $1
