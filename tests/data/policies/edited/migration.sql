-- A table comes in, a column in the middle (of three tables: of "orders" a rule decides it), one goes, one is renamed.
CREATE TABLE invoice (id integer PRIMARY KEY, sent timestamptz);
ALTER TABLE customer DROP COLUMN email, ADD COLUMN phone text, ADD COLUMN born date;
ALTER TABLE customer RENAME COLUMN country TO home;
ALTER TABLE "Größe" ADD COLUMN farbe text;
ALTER TABLE orders ADD COLUMN seen2 timestamptz;
