-- What the policies of this folder are about: each names all of it.
CREATE TABLE country (code text PRIMARY KEY, name text NOT NULL);
CREATE TABLE customer (id integer PRIMARY KEY, email text, country text REFERENCES country, seen timestamptz);
CREATE TABLE "Größe" (nr integer PRIMARY KEY, "lange Bezeichnung" text);
CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL REFERENCES customer, total numeric, seen timestamptz);
