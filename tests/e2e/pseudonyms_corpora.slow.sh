#!/bin/bash
# Real schemas and data under other identities, as plan proposes it: every foreign key joins as many rows as at the source, no
# direct identifier of the source is anywhere in the sandbox (searched by code that knows nothing of classification), every address is
# at a reserved domain, and the order and intervals of a person's dates stay where they are moved.  A tenth of the people is just a
# part of it: the same rows.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
# What an identifier is here: by names of columns, written down by hand.
# Names are not among them: those of the shop are the commonest of each country, and some of them come again by chance.
# Hospitals and insurers are nobody: what is theirs, and of those who work there, may leave.
identifiers="(e_?mail|phone|fax|address|address2|street|ssn|passport|drivers|iban|card_number|lat|lon)$"

# Whose dates are moved: table, person, dates.
dates()
{
    case $1 in
        pagila | sakila) echo "rental customer_id return_date" ;;
        chinook) echo "invoice customer_id invoice_date" ;;
        synthea_nj) echo "encounters patient start stop" && echo "conditions patient start" && echo "medications patient start stop" ;;
        shop) echo "orders customer_id ordered_at shipped_at" && echo "event customer_id ts" ;;
    esac
}
# move_dates FILE, on standard input what dates says
move_dates()
{
    python3 -c '
import re, sys
lines, table = open(sys.argv[1]).read().split("\n"), None
wanted = {f[0]: f[2:] for f in map(str.split, sys.stdin)}
for i, line in enumerate(lines):
    m = re.match(r"  \w+\.(\w+):", line)
    table = m.group(1) if m else table
    m = re.match(r"      (\w+): *\{", line)
    if m and m.group(1) in wanted.get(table, ()):
        lines[i] = f"      {m.group(1)}: {{class: quasi-identifier, treatment: pseudonymise, kind: date-shift}}"
open(sys.argv[1], "w").write("\n".join(lines))' "$1"
}
# intervals SERVER DB: between the dates of one person, over all tables, whoever that is
intervals()
{
    local of="" table person columns column
    while read -r table person columns; do
        for column in $columns; do
            of="$of${of:+ UNION ALL }SELECT $person::text AS person, '$table $column' AS what, $column::timestamp AS at FROM $table WHERE $column IS NOT NULL"
        done
    done < <(dates "$2")
    psql_in "$1" "$3" -c "SET timezone = 'UTC'" -c "SELECT count(*), md5(string_agg(s, '|' ORDER BY s COLLATE \"C\")) FROM (SELECT string_agg(what || ' ' || (at - first)::text, ',' ORDER BY at, what) AS s FROM (SELECT *, min(at) OVER (PARTITION BY person) AS first FROM ($of) d) e GROUP BY person) f"
}

for corpus in ${*:-pagila sakila chinook synthea_nj shop:0.02}; do
    has_corpus "$corpus" || continue
    load_corpus source "$corpus" >/dev/null
    db=${corpus%%:*}
    psql_in source "$db" -c ANALYZE
    "$SANDSEED" plan "$(dsn source "$db")" -o "$db.yaml" --mode pseudonymise --target "$(dsn target "other_$db")" --quiet >/dev/null
    "$SANDSEED" key new -o "$db.key" --quiet >/dev/null
    # What plan leaves to people: shaped.
    sed -i 's/class: undecided/class: free-text/' "$db.yaml"
    dates "$db" | move_dates "$db.yaml"
    "$SANDSEED" sign "$db.yaml" --by test --why "a test" --quiet '*' >/dev/null
    refresh "$db.yaml" >/dev/null
    for side in source target; do
        name=$([ $side = source ] && echo "$db" || echo "other_$db")
        psql_in $side "$name" -c "SELECT format('SELECT %L, count(*) FROM %s a JOIN %s b ON %s;', conname || ' of ' || conrelid::regclass, conrelid::regclass, confrelid::regclass,
            (SELECT string_agg(format('a.%I = b.%I', x.attname, y.attname), ' AND ') FROM unnest(conkey, confkey) u(c, p)
               JOIN pg_attribute x ON x.attrelid = conrelid AND x.attnum = c JOIN pg_attribute y ON y.attrelid = confrelid AND y.attnum = p))
          FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 ORDER BY conrelid::regclass::text, conname" >joins.sql
        psql_in $side "$name" -f joins.sql >"joins.$side"
    done
    intervals source "$db" "$db" >intervals.source
    intervals target "$db" "other_$db" >intervals.target
    claim "$db: intervals between one person's dates are the same" cmp intervals.source intervals.target
    dates "$db" | while read -r table _ column _; do
        claim "$db: dates of $table are moved" [ "$(psql_in source "$db" -c "SELECT sum(extract(epoch FROM $column::timestamp)) FROM $table")" != "$(psql_in target "other_$db" -c "SELECT sum(extract(epoch FROM $column::timestamp)) FROM $table")" ]
    done
    claim "$db: there are foreign keys" [ -s joins.source ]
    claim "$db: each joins as many rows" cmp joins.source joins.target
    psql_in source "$db" -c "SELECT format('SELECT DISTINCT %I::text FROM %I.%I WHERE length(%I::text) >= 6;', column_name, table_schema, table_name, column_name)
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
       WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema') AND column_name ~* '$identifiers'" >values.sql
    sed -n "/FROM [a-z]*\.\(organizations\|payers\) /p" values.sql | psql_in source "$db" -f - | sort -u >kept
    psql_in source "$db" -f values.sql | sort -u | comm -23 - kept >values
    "$(pg_bin)"/pg_dump -d "$(dsn target "other_$db")" --data-only 2>/dev/null >dump
    found=$(python3 - values dump <<'PY'
import sys
values = [v for v in open(sys.argv[1]).read().splitlines() if v]
text = open(sys.argv[2]).read()
# Inside of documents and sentences too, whatever the letters' case.
low = text.lower()
hits = [v for v in values if v.lower() in low]
print(len(values), len(hits))
PY
)
    echo "$db: $found"
    claim "$db: there are identifiers to look for" [ "${found% *}" -gt 10 ]
    claim "$db: none of them is in the sandbox" [ "${found#* }" = 0 ]
    claim "$db: every address is at a reserved domain" [ "$(grep -oiE '[a-z0-9._%+-]+@[a-z0-9-]+(\.[a-z0-9-]+)+' dump | grep -viE '@(([a-z0-9-]+\.)*example\.(com|org|net)|([a-z0-9-]+\.)*(test|invalid))$' | wc -l)" = 0 ]

    people=public.$([ "$db" = synthea_nj ] && echo patients || echo customer)
    sed "s/dbname=other_$db/dbname=tenth_$db/; s/^tables:/subset: {of: $people, rows: 10%}\n&/" "$db.yaml" >tenth.yaml
    # What plan asks a person to take.
    sed -i 's/^    # subject:/    subject:/' tenth.yaml
    "$SANDSEED" sign tenth.yaml --by test --why "a test" --quiet '*' >/dev/null
    exits 0 refresh tenth.yaml
    grep -A30 '^table ' "$test_root/out"
    count="SELECT count(*) FROM $people"
    claim "$db: some of $people are there" [ "$(psql_in target "tenth_$db" -c "$count")" -lt "$(psql_in target "other_$db" -c "$count")" ]
    for side in tenth other; do
        psql_in target "${side}_$db" -c "COPY (SELECT * FROM $people) TO STDOUT" | sort >"rows.$side"
    done
    claim "$db: as they are in the whole" [ "$(comm -23 rows.tenth rows.other | wc -l)" = 0 ]
    # Every reference of a row leads to a row, which constraints that are not enforced would not say.
    psql_in target "tenth_$db" -c "SELECT format('SELECT count(*) FROM %s a WHERE %s AND NOT EXISTS (SELECT FROM %s b WHERE %s);', conrelid::regclass,
        (SELECT string_agg(format('a.%I IS NOT NULL', x.attname), ' AND ') FROM unnest(conkey) c JOIN pg_attribute x ON x.attrelid = conrelid AND x.attnum = c), confrelid::regclass,
        (SELECT string_agg(format('a.%I = b.%I', x.attname, y.attname), ' AND ') FROM unnest(conkey, confkey) u(c, p)
           JOIN pg_attribute x ON x.attrelid = conrelid AND x.attnum = c JOIN pg_attribute y ON y.attrelid = confrelid AND y.attnum = p))
      FROM pg_constraint WHERE contype = 'f' AND conparentid = 0" >dangling.sql
    claim "$db: no reference leads nowhere" [ "$(psql_in target "tenth_$db" -f dangling.sql | sort -u)" = 0 ]
done
