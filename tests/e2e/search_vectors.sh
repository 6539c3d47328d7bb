#!/bin/bash
# Search vectors of pseudonymised tables: made anew of the sandbox's own texts where a trigger tells of which, empty where none does,
# and never kept beside texts that are changed.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/schemas.sh"

server_start source
server_start target
createdb_in source films
psql_in source films -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE TEXT SEARCH CONFIGURATION plaïn (COPY = pg_catalog.simple);
CREATE TABLE film (film_id int PRIMARY KEY, title varchar(255) NOT NULL, description text, fulltext tsvector NOT NULL, "odd 'näme'" tsvector,
    made tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED, free tsvector);
CREATE INDEX ON film USING gist (fulltext);
CREATE TRIGGER film_fulltext_trigger BEFORE INSERT OR UPDATE ON film FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger('fulltext', 'pg_catalog.english', 'title', 'description');
CREATE TRIGGER odd BEFORE INSERT OR UPDATE ON film FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger("odd 'näme'", 'public.plaïn', 'title');
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.free := to_tsvector('simple', NEW.title); RETURN NEW; END $$;
CREATE TRIGGER free BEFORE INSERT OR UPDATE ON film FOR EACH ROW EXECUTE FUNCTION fill();
INSERT INTO film SELECT i, 'canary stories ' || i, CASE WHEN i % 5 > 0 THEN 'of canaries that sing ' || i END FROM generate_series(1, 3000) i;
CREATE TABLE note (id int, at date, language regconfig NOT NULL DEFAULT 'english', body text, words tsvector) PARTITION BY RANGE (at);
CREATE TABLE note_old PARTITION OF note FOR VALUES FROM ('2019-01-01') TO ('2021-01-01');
CREATE TABLE note_rest PARTITION OF note DEFAULT;
CREATE TRIGGER words BEFORE INSERT OR UPDATE ON note FOR EACH ROW EXECUTE FUNCTION tsvector_update_trigger_column('words', 'language', 'body');
INSERT INTO note SELECT i, date '2019-06-01' + i, CASE WHEN i % 2 = 0 THEN 'simple' ELSE 'english' END::regconfig, 'the canaries were singing ' || i FROM generate_series(1, 1000) i;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null
cat >policy.yaml <<END
sandseed: 1
source: $(dsn source films)
target: $(dsn target sandbox)
output: ./out
key: {file: shop.key, sandbox: agents}
tables:
  public.film:
    mode: pseudonymise
    subject: self
    columns:
      film_id: {class: non-personal}
      title: {class: free-text}
      description: {class: free-text}
      fulltext: {class: free-text}
      "odd 'näme'": {class: free-text}
      made: {class: free-text}
      free: {class: free-text}
  public.note:
    mode: pseudonymise
    subject: none
    why: a test
    columns:
      id: {class: non-personal}
      at: {class: quasi-identifier, treatment: pseudonymise, kind: date-of-birth}
      language: {class: non-personal, treatment: keep, why: a test}
      body: {class: free-text}
      words: {class: free-text}
END
"$SANDSEED" sign policy.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 check policy.yaml
says "left-out       public.film.free: no trigger of tsvector_update_trigger says of which texts it is made: it is empty in the sandbox"
exits 0 refresh policy.yaml
one() { psql_in target sandbox -c "$1"; }
none() { claim "$1" [ "$(one "SELECT count(*) FROM $2")" = 0 ]; }
claim "every row is there" [ "$(one "SELECT count(*), (SELECT count(*) FROM note) FROM film")" = "3000|1000" ]
none "vectors are those of the sandbox's texts" "film WHERE fulltext <> to_tsvector('pg_catalog.english', title || ' ' || coalesce(description, ''))"
none "by the schema's own configuration, too" "film WHERE \"odd 'näme'\" <> to_tsvector('public.plaïn', title) OR made <> to_tsvector('simple', title)"
none "nothing says how this one is made" "film WHERE free <> ''"
none "of partitions and by a column's configuration" "note WHERE words <> to_tsvector(language, body)"
claim "of both" [ "$(one "SELECT count(DISTINCT language) FROM note WHERE words <> ''")" = 2 ]
none "no word of the source's" "film WHERE fulltext @@ 'canari' OR fulltext @@ 'sing' OR \"odd 'näme'\" @@ 'canary'"
claim "the schema is the source's" equal_schemas films sandbox
claim "rows are frozen and none is dead" [ "$(one "SELECT pg_relation_size('film') < 1.3 * avg(pg_column_size(f.*)) * 3000 + 100000 FROM film f")" = t ]

# --- kept, beside texts that are changed
sed 's/fulltext: .*/fulltext: {class: non-personal}/; s/free: .*/free: {class: non-personal}/' policy.yaml >kept.yaml
"$SANDSEED" sign kept.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 3 check kept.yaml
says "public.film.fulltext: it is kept, and holds the words of title, which is changed"
says "public.film.free: it is kept, and may hold the words of title, which is changed"
sed 's/title: .*/title: {class: non-personal}/; s/description: .*/description: {class: non-personal}/' kept.yaml >all.yaml
"$SANDSEED" sign all.yaml --by test --why "a test" --quiet 'public.*' >/dev/null
exits 0 refresh all.yaml
claim "kept with all its texts it stays" [ "$(one "SELECT count(*) FROM film WHERE fulltext @@ 'canari'")" = 3000 ]
