-- How many constraints and indexes people's tables have.
SELECT ((SELECT pg_catalog.count(*) FROM pg_catalog.pg_constraint k
          JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
      + (SELECT pg_catalog.count(*) FROM pg_catalog.pg_index x
          JOIN pg_catalog.pg_class c ON c.oid = x.indrelid
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'))::pg_catalog.text
