-- The C library's locales that the server listed when it was made, and those of its own template.
SELECT c.collcollate FROM pg_catalog.pg_collation c
 WHERE c.collprovider = 'c' AND c.collcollate IS NOT NULL
   AND c.collencoding IN (-1, pg_catalog.pg_char_to_encoding($1))
UNION
SELECT d.datcollate::pg_catalog.text FROM pg_catalog.pg_database d
 WHERE d.datname = 'template0' AND d.encoding = pg_catalog.pg_char_to_encoding($1)
