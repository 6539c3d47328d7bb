-- Encoding, locale and settings of this database, as rows of name and value.
SELECT 'encoding'::pg_catalog.text AS name, pg_catalog.pg_encoding_to_char(d.encoding)::pg_catalog.text AS value
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
UNION ALL
SELECT 'lc_collate', d.datcollate::pg_catalog.text
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
UNION ALL
SELECT 'lc_ctype', d.datctype::pg_catalog.text
  FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database()
UNION ALL
SELECT 'setting ' || pg_catalog.split_part(c.config, '=', 1)
         || CASE WHEN s.setrole = 0 THEN ''
                 ELSE ' (role ' || pg_catalog.pg_get_userbyid(s.setrole)::pg_catalog.text || ')' END,
       pg_catalog.md5(c.config)
  FROM pg_catalog.pg_db_role_setting s
  JOIN pg_catalog.pg_database d ON d.oid = s.setdatabase
 CROSS JOIN LATERAL pg_catalog.unnest(s.setconfig) AS c (config)
 WHERE d.datname = pg_catalog.current_database()
   AND (s.setrole = 0 OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = s.setrole))
 ORDER BY 1
