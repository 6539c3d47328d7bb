#!/bin/bash
# csv:DIR as a source: corrections of what was inferred that cannot be.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
. "$(dirname "$0")/../support/csv.sh"

cd "$test_root"
shop_files
exits 0 "$SANDSEED" plan csv:shop -o shop.yaml --target csv:sandbox --quiet

# wrong NAME SED WORD...: a correction that cannot be, refused with its place
wrong()
{
    local name=$1 edit=$2 word
    sed "$edit" shop.yaml >wrong.yaml
    exits 1 "$SANDSEED" check wrong.yaml --quiet
    shift 2
    for word in "$@"; do says "$word"; done
    echo "ok: $name"
}
line() { grep -n -m1 "$1" wrong.yaml | cut -d: -f1; }
wrong "a type that is none" 's/^      vip: boolean not null/      vip: bolean/' "wrong.yaml:" "no such type"
wrong "a type that breaks out" 's/^      vip: boolean not null/      vip: "int); DROP TABLE x; --"/' "wrong.yaml:" "no type of SQL"
wrong "a type that the values do not fit" 's/^      name: text not null/      name: integer/' "customer.csv, line 2, column name" "csv: section"
wrong "not null where there is a NULL" 's/^      note: text/      note: text not null/' "customer.csv, line 4" "NOT NULL"
wrong "a key of an unknown column" '0,/^    key: \[id\]/s//    key: [idd]/' 'did you mean "id"'
wrong "a key that is none" '/^  public.orders:/,$s/^    key: \[id\]/    key: [customer_id]/' "orders.csv, line 3" "not unique"
wrong "a reference that does not hold" '/^csv:/,/^tables:/s/^      customer_id: public.customer.id/      id: public.customer.id/' "wrong.yaml:" "does not hold"
wrong "a column that the file lacks" 's/^      vip: boolean not null/&\n      gone: text/' "wrong.yaml:" "no column gone" "customer.csv"
wrong "a file that is gone" 's/^csv:.*/&\n  public.gone: {columns: {a: text}}/' "wrong.yaml:" "no file"

claim "no private server is left" [ -z "$(private_servers)" ]
