# For end-to-end tests with servers "source" and "target": what a sandbox's schema and rows must be, judged by
# plain pg_dump and psql, apart from the program's own gates.  To be sourced after server.sh and refresh.sh.

# dump SERVER DB: the schema as text, without what names the moment or the run
dump()
{
    "$(pg_bin)/pg_dump" -E UTF8 --schema-only --no-publications --no-subscriptions -d "$(dsn "$1" "$2")" |
        grep -aEv '^(\\(un)?restrict |-- Dumped |SET |SELECT pg_catalog.set_config)|^$'
}
# equal_schemas DB BOX [SQL]: the sandbox's dump is that of a database which psql made from the source's
# (the server writes some expressions differently when it reads them again), less what SQL takes out.
equal_schemas()
{
    psql_in target postgres -c "CREATE DATABASE reference TEMPLATE template0"
    "$(pg_bin)/pg_dump" -E UTF8 --schema-only --no-publications --no-subscriptions -d "$(dsn source "$1")" |
        psql_in target reference -o /dev/null || fail "the reference of $1 could not be made"
    [ -z "${3:-}" ] || psql_in target reference -c "$3"
    dump target reference >"$test_root/expected"
    dump target "$2" >"$test_root/actual"
    psql_in target postgres -c "DROP DATABASE reference"
    [ "$(wc -l <"$test_root/expected")" -gt 10 ] && diff "$test_root/expected" "$test_root/actual"
}
is() { [ "$1" = "$2" ] || { echo "is \"$1\", not \"$2\"" >&2; return 1; }; }
in_box() { psql_in target "$@"; }
# all_valid BOX DB: every constraint and index is valid that is so in the source
all_valid()
{
    local sql="SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated
        UNION ALL SELECT indrelid::regclass, indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid ORDER BY 1, 2"

    diff <(psql_in source "$2" -c "$sql") <(in_box "$1" -c "$sql")
}
# sequences_ahead BOX: the next value of every column's own sequence is beyond the largest that is there
sequences_ahead()
{
    in_box "$1" <<'SQL'
DO $$
DECLARE
    s record;
    largest bigint;
    following bigint;
BEGIN
    FOR s IN SELECT d.objid::regclass AS name, a.attrelid::regclass AS owner, a.attname
        FROM pg_depend d JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
            AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype)
    LOOP
        EXECUTE format('SELECT max(%I) FROM %s', s.attname, s.owner) INTO largest;
        EXECUTE format('SELECT nextval(%L)', s.name) INTO following;
        IF following <= largest THEN
            RAISE EXCEPTION 'sequence % is behind', s.name;
        END IF;
    END LOOP;
END $$
SQL
}

silent() { ! grep -rqE 'canary|Canary' "$test_root/out" "$test_root/sandseed-out" 2>/dev/null; }
# no_canary BOX: nothing of a value that was planted in the source
no_canary() { ! "$(pg_bin)/pg_dump" --data-only -d "$(dsn target "$1")" | grep -qi canary; }
# night DB MODE: plan and refresh into DB_MODE
night()
{
    policy_for source "$1" "$(dsn target "$1_$2")" "$2" "$test_root/$1_$2.yaml"
    # Numbers of rows are compared: of people some are left out.
    [ "$2" != synthesise ] || sed -i '/^    subject: /d' "$test_root/$1_$2.yaml"
    exits 0 refresh "$test_root/$1_$2.yaml" --seed 5
}
