-- Every role of the target's server, and whether ours may give it objects.
SELECT r.rolname::pg_catalog.text,
       (me.rolsuper OR pg_catalog.pg_has_role(r.oid, 'MEMBER'))::pg_catalog.text
  FROM pg_catalog.pg_roles r
 CROSS JOIN pg_catalog.pg_roles me
 WHERE me.rolname = current_user
