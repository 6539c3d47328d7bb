-- Grants on this database to others than its owner.
SELECT CASE WHEN a.grantee = 0 THEN NULL
            ELSE pg_catalog.pg_get_userbyid(a.grantee)::pg_catalog.text END AS role,
       a.privilege_type,
       pg_catalog.bool_or(a.is_grantable)::pg_catalog.text
  FROM pg_catalog.pg_database d
 CROSS JOIN LATERAL pg_catalog.aclexplode(
       coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
 WHERE d.datname = pg_catalog.current_database()
   AND a.grantee <> d.datdba
   AND (a.grantee = 0 OR EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = a.grantee))
 GROUP BY 1, 2
 ORDER BY 1 NULLS FIRST, 2
