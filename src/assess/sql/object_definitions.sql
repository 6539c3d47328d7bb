-- The definition of every object that people made in this database, as a digest: kind, identity, md5.
-- Run on two databases of one server, where equal digests mean equal definitions, when no pg_dump as new
-- as that server is at hand.  Owners, grants and flags are in object_list.sql.
WITH extension_member AS MATERIALIZED (
    SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
), people_schema AS MATERIALIZED (
    SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), relation AS MATERIALIZED (
    SELECT c.*, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) AS label
      FROM pg_catalog.pg_class c JOIN people_schema n ON n.oid = c.relnamespace
     WHERE c.relkind NOT IN ('t')
       AND NOT EXISTS (SELECT FROM extension_member e
                        WHERE e.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND e.objid = c.oid)
), definition (kind, identity, text) AS (
    SELECT 'relation'::pg_catalog.text, c.label,
           pg_catalog.concat_ws('|', c.relkind, c.relpersistence, c.reloptions::pg_catalog.text, c.relreplident,
             pg_catalog.pg_get_expr(c.relpartbound, c.oid),
             CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
             CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
             CASE WHEN c.relkind IN ('i', 'I') THEN pg_catalog.pg_get_indexdef(c.oid) END,
             (SELECT m.amname FROM pg_catalog.pg_am m WHERE m.oid = c.relam),
             (SELECT pg_catalog.string_agg(i.inhparent::pg_catalog.regclass::pg_catalog.text, ',' ORDER BY i.inhseqno)
                FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid),
             (SELECT pg_catalog.concat_ws(',', s.seqtypid::pg_catalog.regtype, s.seqstart, s.seqincrement, s.seqmin,
                       s.seqmax, s.seqcache, s.seqcycle)
                FROM pg_catalog.pg_sequence s WHERE s.seqrelid = c.oid),
             pg_catalog.obj_description(c.oid, 'pg_class'))
      FROM relation c
    UNION ALL
    SELECT 'column', c.label || '.' || pg_catalog.quote_ident(a.attname),
           pg_catalog.concat_ws('|', pg_catalog.row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum),
             pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
             a.attstorage, a.attstattarget, a.attislocal, a.attinhcount, 
             -- only those that a person sets: some servers keep notes of their own here
             (SELECT pg_catalog.string_agg(o.o, ',' ORDER BY o.o) FROM pg_catalog.unnest(a.attoptions) AS o (o)
               WHERE o.o LIKE 'n\_distinct%'),
             CASE WHEN a.attcollation <> 0 THEN (SELECT pg_catalog.quote_ident(o.collname) FROM pg_catalog.pg_collation o WHERE o.oid = a.attcollation) END,
             pg_catalog.pg_get_expr(d.adbin, d.adrelid), pg_catalog.col_description(c.oid, a.attnum))
      FROM relation c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c')
    UNION ALL
    SELECT 'constraint', COALESCE(c.label, pg_catalog.format_type(k.contypid, NULL)) || '.' || pg_catalog.quote_ident(k.conname),
           pg_catalog.concat_ws('|', pg_catalog.pg_get_constraintdef(k.oid), k.conislocal, k.coninhcount,
             pg_catalog.obj_description(k.oid, 'pg_constraint'))
      FROM pg_catalog.pg_constraint k JOIN people_schema n ON n.oid = k.connamespace
      LEFT JOIN relation c ON c.oid = k.conrelid
     WHERE k.contype <> 't'
    UNION ALL
    SELECT 'trigger', c.label || '.' || pg_catalog.quote_ident(t.tgname),
           pg_catalog.concat_ws('|', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled, pg_catalog.obj_description(t.oid, 'pg_trigger'))
      FROM pg_catalog.pg_trigger t JOIN relation c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'rule', c.label || '.' || pg_catalog.quote_ident(r.rulename),
           pg_catalog.concat_ws('|', pg_catalog.pg_get_ruledef(r.oid), r.ev_enabled, pg_catalog.obj_description(r.oid, 'pg_rewrite'))
      FROM pg_catalog.pg_rewrite r JOIN relation c ON c.oid = r.ev_class WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', c.label || '.' || pg_catalog.quote_ident(p.polname),
           pg_catalog.concat_ws('|', p.polcmd, p.polpermissive, p.polroles::pg_catalog.text,
             pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
             pg_catalog.obj_description(p.oid, 'pg_policy'))
      FROM pg_catalog.pg_policy p JOIN relation c ON c.oid = p.polrelid
    UNION ALL
    SELECT 'function', f.oid::pg_catalog.regprocedure::pg_catalog.text,
           pg_catalog.concat_ws('|', CASE WHEN f.prokind <> 'a' THEN pg_catalog.pg_get_functiondef(f.oid) END,
             pg_catalog.pg_get_function_result(f.oid),
             (SELECT pg_catalog.concat_ws(',', g.aggtransfn, g.aggfinalfn, g.aggcombinefn, g.agginitval,
                       g.aggtranstype::pg_catalog.regtype, g.aggkind)
                FROM pg_catalog.pg_aggregate g WHERE g.aggfnoid = f.oid),
             pg_catalog.obj_description(f.oid, 'pg_proc'))
      FROM pg_catalog.pg_proc f JOIN people_schema n ON n.oid = f.pronamespace
     WHERE NOT EXISTS (SELECT FROM extension_member e
                        WHERE e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND e.objid = f.oid)
    UNION ALL
    SELECT 'type', pg_catalog.format_type(t.oid, NULL),
           pg_catalog.concat_ws('|', t.typtype, t.typnotnull, t.typdefault, pg_catalog.format_type(t.typbasetype, t.typtypmod),
             (SELECT pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder)
                FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
             (SELECT pg_catalog.concat_ws(',', r.rngsubtype::pg_catalog.regtype, r.rngcanonical, r.rngsubdiff)
                FROM pg_catalog.pg_range r WHERE r.rngtypid = t.oid),
             pg_catalog.obj_description(t.oid, 'pg_type'))
      FROM pg_catalog.pg_type t JOIN people_schema n ON n.oid = t.typnamespace
     WHERE t.typtype IN ('b', 'd', 'e', 'r', 'c')
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_type b WHERE b.typarray = t.oid)
       AND NOT EXISTS (SELECT FROM extension_member e
                        WHERE e.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND e.objid = t.oid)
    UNION ALL
    SELECT 'statistics', pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(s.stxname),
           pg_catalog.concat_ws('|', pg_catalog.pg_get_statisticsobjdef(s.oid), pg_catalog.obj_description(s.oid, 'pg_statistic_ext'))
      FROM pg_catalog.pg_statistic_ext s JOIN people_schema n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT 'schema', pg_catalog.quote_ident(n.nspname), pg_catalog.obj_description(n.oid, 'pg_namespace')
      FROM people_schema n
)
SELECT d.kind, d.identity, pg_catalog.md5(COALESCE(d.text, ''))
  FROM definition d
 ORDER BY d.kind COLLATE pg_catalog."C", d.identity COLLATE pg_catalog."C"
