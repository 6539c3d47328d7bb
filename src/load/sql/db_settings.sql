-- ALTER DATABASE ... SET and ALTER ROLE ... IN DATABASE ... SET of this database.
SELECT CASE WHEN s.setrole = 0 THEN NULL
            ELSE pg_catalog.pg_get_userbyid(s.setrole)::pg_catalog.text END AS role,
       pg_catalog.split_part(c.config, '=', 1) AS name,
       pg_catalog.substr(c.config, pg_catalog.strpos(c.config, '=') + 1) AS value
  FROM pg_catalog.pg_db_role_setting s
  JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
 CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) WITH ORDINALITY AS c (config, position)
 WHERE d.datname = pg_catalog.current_database()
   AND (s.setrole = 0 OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = s.setrole))
 ORDER BY s.setrole <> 0, pg_catalog.pg_get_userbyid(s.setrole), c.position
