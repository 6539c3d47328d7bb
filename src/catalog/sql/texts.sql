-- What people wrote into the schema, by the name under which pg_dump knows the object it stands in: object, where in it, text.
WITH ours AS (
    SELECT n.oid, n.nspname FROM pg_catalog.pg_namespace n
     WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
relations AS (
    SELECT c.oid, o.nspname || '.' || c.relname AS name, pg_catalog.format('%I.%I', o.nspname, c.relname) AS label, c.relkind, o.nspname, c.relname,
           c.relpartbound, c.relispartition
      FROM pg_catalog.pg_class c JOIN ours o ON o.oid = c.relnamespace
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid AND d.deptype = 'e')),
functions AS (
    SELECT p.oid, o.nspname, p.proname, p.prokind, o.nspname || '.' || p.proname || '(' || pg_catalog.oidvectortypes(p.proargtypes) || ')' AS name
      FROM pg_catalog.pg_proc p JOIN ours o ON o.oid = p.pronamespace
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e')),
types AS (
    SELECT t.oid, o.nspname, t.typname, t.typtype, t.typdefault, o.nspname || '.' || t.typname AS name
      FROM pg_catalog.pg_type t JOIN ours o ON o.oid = t.typnamespace
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass AND d.objid = t.oid AND d.deptype = 'e')),
texts (object, place, text) AS (
    SELECT 'comment on ' || CASE
               WHEN d.objsubid > 0 THEN pg_catalog.format('column %s.%I', r.label, (SELECT a.attname FROM pg_catalog.pg_attribute a WHERE a.attrelid = r.oid AND a.attnum = d.objsubid))
               ELSE CASE r.relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' WHEN 'S' THEN 'sequence ' WHEN 'i' THEN 'index ' WHEN 'I' THEN 'index '
                        WHEN 'f' THEN 'foreign table ' WHEN 'c' THEN 'type ' ELSE 'table ' END || r.label END,
           'comment', d.description
      FROM pg_catalog.pg_description d JOIN relations r ON r.oid = d.objoid WHERE d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass
    UNION ALL
    SELECT pg_catalog.format('comment on constraint %I on %s', co.conname, coalesce(r.label, pg_catalog.format('domain %I.%I', t.nspname, t.typname))), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN pg_catalog.pg_constraint co ON co.oid = d.objoid
      LEFT JOIN relations r ON r.oid = co.conrelid LEFT JOIN types t ON t.oid = co.contypid
     WHERE d.classoid = 'pg_catalog.pg_constraint'::pg_catalog.regclass AND (r.oid IS NOT NULL OR t.oid IS NOT NULL)
    UNION ALL
    SELECT pg_catalog.format('comment on %s %I.%I(%s)', CASE f.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
                             f.nspname, f.proname, pg_catalog.pg_get_function_identity_arguments(f.oid)), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN functions f ON f.oid = d.objoid WHERE d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass
    UNION ALL
    SELECT pg_catalog.format('comment on %s %I.%I', CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, t.nspname, t.typname), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN types t ON t.oid = d.objoid WHERE d.classoid = 'pg_catalog.pg_type'::pg_catalog.regclass
    UNION ALL
    SELECT pg_catalog.format('comment on schema %I', o.nspname), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN ours o ON o.oid = d.objoid WHERE d.classoid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
    UNION ALL
    SELECT pg_catalog.format('comment on trigger %I on %s', g.tgname, r.label), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN pg_catalog.pg_trigger g ON g.oid = d.objoid JOIN relations r ON r.oid = g.tgrelid
     WHERE d.classoid = 'pg_catalog.pg_trigger'::pg_catalog.regclass
    UNION ALL
    SELECT pg_catalog.format('comment on policy %I on %s', p.polname, r.label), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN pg_catalog.pg_policy p ON p.oid = d.objoid JOIN relations r ON r.oid = p.polrelid
     WHERE d.classoid = 'pg_catalog.pg_policy'::pg_catalog.regclass
    UNION ALL
    SELECT pg_catalog.format('comment on rule %I on %s', w.rulename, r.label), 'comment', d.description
      FROM pg_catalog.pg_description d JOIN pg_catalog.pg_rewrite w ON w.oid = d.objoid JOIN relations r ON r.oid = w.ev_class
     WHERE d.classoid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
    UNION ALL
    SELECT CASE r.relkind WHEN 'f' THEN 'foreign table ' WHEN 'v' THEN 'view ' ELSE 'table ' END || r.name, CASE a.attgenerated WHEN '' THEN 'DEFAULT of ' ELSE 'GENERATED ' END || a.attname,
           pg_catalog.format('%I %s DEFAULT ', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)) || pg_catalog.pg_get_expr(d.adbin, d.adrelid)
      FROM pg_catalog.pg_attrdef d JOIN relations r ON r.oid = d.adrelid
      JOIN pg_catalog.pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE r.relkind IN ('r', 'p', 'f', 'v')
    UNION ALL
    SELECT CASE r.relkind WHEN 'f' THEN 'foreign table ' ELSE 'table ' END || r.name, CASE co.contype WHEN 'c' THEN 'CHECK ' ELSE 'CONSTRAINT ' END || co.conname,
           -- with the name as pg_dump writes it: it may say what a number is
           pg_catalog.format('CONSTRAINT %I ', co.conname) || pg_catalog.pg_get_constraintdef(co.oid)
      FROM pg_catalog.pg_constraint co JOIN relations r ON r.oid = co.conrelid WHERE co.contype IN ('c', 'x') AND r.relkind IN ('r', 'p', 'f')
       AND (co.conislocal OR co.coninhcount = 0 OR r.relispartition)
    UNION ALL
    SELECT 'table ' || r.name, 'partition bound', pg_catalog.pg_get_expr(r.relpartbound, r.oid)
      FROM relations r WHERE r.relpartbound IS NOT NULL AND r.relkind IN ('r', 'p')
    UNION ALL
    SELECT 'table ' || r.name, 'partition key', pg_catalog.pg_get_partkeydef(r.oid) FROM relations r WHERE r.relkind = 'p'
    UNION ALL
    SELECT 'index ' || r.name, 'definition', pg_catalog.pg_get_indexdef(i.indexrelid)
      FROM pg_catalog.pg_index i JOIN relations r ON r.oid = i.indexrelid
     WHERE (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint co WHERE co.conindid = i.indexrelid AND co.contype = 'x')
    UNION ALL
    SELECT CASE r.relkind WHEN 'm' THEN 'materialized view ' ELSE 'view ' END || r.name, 'query', pg_catalog.pg_get_viewdef(r.oid)
      FROM relations r WHERE r.relkind IN ('v', 'm')
    UNION ALL
    SELECT CASE f.prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || f.name, 'definition', pg_catalog.pg_get_functiondef(f.oid)
      FROM functions f WHERE f.prokind <> 'a'
    UNION ALL
    SELECT 'aggregate ' || CASE WHEN f.name LIKE '%()' THEN pg_catalog.left(f.name, -2) || '(*)' ELSE f.name END, 'initial value', pg_catalog.concat_ws(' ', a.agginitval, a.aggminitval)
      FROM functions f JOIN pg_catalog.pg_aggregate a ON a.aggfnoid = f.oid
    UNION ALL
    SELECT 'type ' || t.name, 'label', e.enumlabel FROM pg_catalog.pg_enum e JOIN types t ON t.oid = e.enumtypid
    UNION ALL
    SELECT 'domain ' || t.name, 'DEFAULT', t.typdefault FROM types t WHERE t.typtype = 'd'
    UNION ALL
    SELECT 'domain ' || t.name, 'CHECK ' || co.conname, pg_catalog.pg_get_constraintdef(co.oid)
      FROM pg_catalog.pg_constraint co JOIN types t ON t.oid = co.contypid WHERE co.contype = 'c'
    UNION ALL
    SELECT 'policy ' || r.name || ' ' || p.polname, 'definition',
           pg_catalog.concat_ws(' ', pg_catalog.pg_get_expr(p.polqual, p.polrelid), pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid))
      FROM pg_catalog.pg_policy p JOIN relations r ON r.oid = p.polrelid
    UNION ALL
    SELECT 'trigger ' || r.name || ' ' || g.tgname, 'definition', pg_catalog.pg_get_triggerdef(g.oid)
      FROM pg_catalog.pg_trigger g JOIN relations r ON r.oid = g.tgrelid WHERE NOT g.tgisinternal
       -- those of a partition that its root gives it are the root's
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_trigger'::pg_catalog.regclass AND d.objid = g.oid
                                                            AND d.refclassid = 'pg_catalog.pg_trigger'::pg_catalog.regclass)
    UNION ALL
    SELECT 'rule ' || r.name || ' ' || w.rulename, 'definition', pg_catalog.pg_get_ruledef(w.oid)
      FROM pg_catalog.pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
    UNION ALL
    SELECT 'statistics ' || o.nspname || '.' || s.stxname, 'definition', pg_catalog.pg_get_statisticsobjdef(s.oid)
      FROM pg_catalog.pg_statistic_ext s JOIN ours o ON o.oid = s.stxnamespace
    UNION ALL
    SELECT 'text search dictionary ' || o.nspname || '.' || t.dictname, 'options', t.dictinitoption
      FROM pg_catalog.pg_ts_dict t JOIN ours o ON o.oid = t.dictnamespace)
SELECT object, place, text FROM texts WHERE text IS NOT NULL
 ORDER BY object COLLATE "C", place COLLATE "C", text COLLATE "C"
