-- Triggers that fill a tsvector of the new row's texts: of which table, whether its configuration stands in a column, and what
-- the trigger is given, as lines; in the catalog it is bytes, with a zero behind each.  Before INSERT, of each row, without a
-- condition, and not switched off.
SELECT t.tgrelid, p.proname = 'tsvector_update_trigger_column',
       pg_catalog.convert_from(pg_catalog.decode(pg_catalog.replace(pg_catalog.replace(
           pg_catalog.regexp_replace(pg_catalog.encode(t.tgargs, 'hex'), '(..)', '\1 ', 'g'), '00 ', '0a '), ' ', ''), 'hex'),
           pg_catalog.getdatabaseencoding())
  FROM pg_catalog.pg_trigger t
  JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname = 'pg_catalog' AND p.proname IN ('tsvector_update_trigger', 'tsvector_update_trigger_column')
   AND t.tgtype::int4 & 7 = 7 AND t.tgqual IS NULL AND t.tgenabled IN ('O', 'A')
 ORDER BY t.tgrelid, t.tgname COLLATE "C"
