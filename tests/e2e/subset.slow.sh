#!/bin/bash
# subset: of a policy: some people and all that is theirs, complete by every reference (composite, nullable, to the row's own
# table, in a circle, through partitions), the same every night, never those who are to be left out.  Every row has a tag that
# is kept, so that what is there can be held against what SQL says should be.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source shop
psql_in source shop -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE TABLE country (code char(3) PRIMARY KEY, name text);
CREATE TABLE staff (id uuid PRIMARY KEY, tag int, manager uuid REFERENCES staff, department int NOT NULL);
CREATE TABLE department (id int PRIMARY KEY, tag int, head uuid REFERENCES staff DEFERRABLE INITIALLY DEFERRED);
ALTER TABLE staff ADD FOREIGN KEY (department) REFERENCES department DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE payroll (staff uuid REFERENCES staff, tag int, amount numeric(9,2));
CREATE TABLE product (id numeric PRIMARY KEY, tag int, keeper uuid REFERENCES staff, parent numeric REFERENCES product, country varchar(3) REFERENCES country);
CREATE TABLE patent (product numeric NOT NULL REFERENCES product, holder uuid NOT NULL REFERENCES staff, tag int);
CREATE TABLE customer (id bigint PRIMARY KEY, tag int, email text UNIQUE, referred_by bigint REFERENCES customer, country varchar(3) REFERENCES country, segment text);
CREATE TABLE orders (id bigint PRIMARY KEY, tag int, customer_id bigint NOT NULL REFERENCES customer, handled_by uuid NOT NULL REFERENCES staff, gift_for bigint REFERENCES customer);
CREATE TABLE item (order_id bigint REFERENCES orders, no smallint, tag int, product numeric REFERENCES product, PRIMARY KEY (order_id, no));
CREATE TABLE parcel (tag int, order_id bigint, no smallint, "from" int, FOREIGN KEY (order_id, no) REFERENCES item MATCH FULL);
CREATE TABLE message (tag int, sender bigint NOT NULL REFERENCES customer, recipient bigint NOT NULL REFERENCES customer);
CREATE TABLE event (id bigint, tag int, customer_id bigint REFERENCES customer, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE event_old (day date, id bigint, customer_id bigint, tag int);
ALTER TABLE event_old ALTER day SET NOT NULL, ALTER id SET NOT NULL;
ALTER TABLE event ATTACH PARTITION event_old FOR VALUES FROM ('2020-01-01') TO ('2025-01-01');
CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2027-01-01');
CREATE TABLE click (tag int, event_id bigint, day date, FOREIGN KEY (event_id, day) REFERENCES event);
CREATE TABLE voucher (tag int, used_by bigint REFERENCES customer, given_by bigint REFERENCES customer CHECK (given_by IS NOT NULL OR tag < 0));
CREATE TABLE note (tag int, customer_no bigint);
CREATE TABLE setting (tag int, word text);
INSERT INTO country SELECT chr(65 + i) || 'A', 'land' FROM generate_series(0, 20) i;
INSERT INTO department SELECT i, i FROM generate_series(1, 20) i;
INSERT INTO staff SELECT md5(i::text)::uuid, i, CASE WHEN i > 1 THEN md5((i / 4 + 1)::text)::uuid END, 1 + i % 20 FROM generate_series(1, 400) i;
UPDATE department SET head = md5((tag * 7)::text)::uuid;
INSERT INTO payroll SELECT id, tag, 1000 FROM staff;
INSERT INTO product SELECT i, i, CASE WHEN i % 3 = 0 THEN md5((1 + i % 300)::text)::uuid END, nullif(i / 10, 0), chr(65 + i % 20) || 'A' FROM generate_series(1, 500) i;
INSERT INTO patent SELECT i, md5((1 + i % 400)::text)::uuid, i FROM generate_series(1, 200) i;
INSERT INTO customer SELECT i * 1000003::bigint, i, 'jane' || i || '@canary.org', CASE WHEN i % 5 = 0 AND i > 5 THEN (i / 5)::bigint * 1000003 END, chr(65 + i % 20) || 'A', CASE i % 10 WHEN 0 THEN 'trade' ELSE 'home' END FROM generate_series(1, 5000) i;
INSERT INTO orders SELECT i * 17, i, (1 + i % 4000) * 1000003::bigint, md5((1 + i % 97)::text)::uuid, CASE WHEN i % 50 = 0 THEN (1 + i % 700) * 1000003::bigint END FROM generate_series(1, 12000) i;
INSERT INTO item SELECT i * 17, n, i * 10 + n, (1 + (i * n) % 490)::numeric FROM generate_series(1, 12000) i, generate_series(1, 2) n;
INSERT INTO parcel SELECT i, i * 17, 1 + i % 2, 1 FROM generate_series(1, 12000, 3) i;
INSERT INTO parcel (tag) SELECT -i FROM generate_series(1, 10) i;
INSERT INTO message SELECT i, (1 + i % 3000) * 1000003::bigint, (1 + (i * 7) % 5000) * 1000003::bigint FROM generate_series(1, 6000) i;
INSERT INTO event SELECT i, i, CASE WHEN i % 9 > 0 THEN (1 + i % 5000) * 1000003::bigint END, date '2024-01-01' + i % 700 FROM generate_series(1, 20000) i;
INSERT INTO click SELECT id, id, day FROM event WHERE id % 4 = 0;
INSERT INTO voucher SELECT i, (1 + i % 5000) * 1000003::bigint, (1 + (i * 3) % 5000) * 1000003::bigint FROM generate_series(1, 3000) i;
INSERT INTO note SELECT i, (1 + i % 5000) * 1000003::bigint FROM generate_series(1, 5000) i;
INSERT INTO setting SELECT i, 'w' FROM generate_series(1, 50) i;
DELETE FROM orders WHERE id < 0;
ANALYZE;
SQL
mkdir -m 700 "$test_root/work"
cd "$test_root/work"
"$SANDSEED" key new -o shop.key --epoch one --quiet >/dev/null
one() { psql_in "$1" "$2" <<<"$3"; }

# policy NAME SUBSET [SANDBOX]
policy()
{
    cat >"$1.yaml" <<END
sandseed: 1
source: $(dsn source shop)
target: $(dsn target "$1")
output: ./out-$1
key: {file: shop.key, sandbox: ${3:-agents}}
subset: $2
require_signoff: none
tables:
  public.country: {mode: keep, why: a list, columns: {code: {class: non-personal}, name: {class: non-personal}}}
  public.setting: {mode: keep, why: a list, columns: {tag: {class: non-personal}, word: {class: non-personal}}}
  public.department: {mode: pseudonymise, subject: none, why: organisation, columns: {id: {class: key}, tag: {class: non-personal}, head: {class: key}}}
  public.staff: {mode: pseudonymise, subject: self, columns: {id: {class: key}, tag: {class: non-personal}, manager: {class: key}, department: {class: key}}}
  public.payroll: {mode: pseudonymise, columns: {staff: {class: key}, tag: {class: non-personal}, amount: {class: quasi-identifier, treatment: nullify}}}
  public.product: {mode: pseudonymise, subject: none, why: goods, columns: {id: {class: key}, tag: {class: non-personal}, keeper: {class: key}, parent: {class: key}, country: {class: non-personal}}}
  public.patent: {mode: pseudonymise, subject: none, why: goods, columns: {product: {class: key}, holder: {class: key}, tag: {class: non-personal}}}
  public.customer: {mode: pseudonymise, subject: self, columns: {id: {class: key}, tag: {class: non-personal}, email: {class: direct-identifier, kind: email}, referred_by: {class: key}, country: {class: non-personal}, segment: {class: non-personal}}}
  public.orders: {mode: pseudonymise, subject: customer_id, columns: {id: {class: key}, tag: {class: non-personal}, customer_id: {class: key}, handled_by: {class: key}, gift_for: {class: key}}}
  public.item: {mode: pseudonymise, columns: {order_id: {class: key}, no: {class: non-personal}, tag: {class: non-personal}, product: {class: key}}}
  public.parcel: {mode: pseudonymise, columns: {tag: {class: non-personal}, order_id: {class: key}, no: {class: non-personal}, from: {class: non-personal}}}
  public.message: {mode: pseudonymise, columns: {tag: {class: non-personal}, sender: {class: key}, recipient: {class: key}}}
  public.event: {mode: pseudonymise, columns: {id: {class: key}, tag: {class: non-personal}, customer_id: {class: key}, day: {class: non-personal}}}
  public.click: {mode: pseudonymise, columns: {tag: {class: non-personal}, event_id: {class: key}, day: {class: non-personal}}}
  public.voucher: {mode: pseudonymise, subject: used_by, columns: {tag: {class: non-personal}, used_by: {class: key}, given_by: {class: key}}}
  public.note: {mode: pseudonymise, columns: {tag: {class: non-personal}, customer_no: {class: key, references: public.customer.id}}}
END
}
# tags DB TABLE: of the rows that are there, in order
tags() { one target "$1" "SELECT string_agg(tag::text, ',' ORDER BY tag) FROM $2"; }
# there DB TABLE CONDITION: just the rows of the source for which that holds; c, o, s, p: tags of customers, orders, ... that are there
there()
{
    claim "rows of $2: ${3:0:80}" [ "$(tags "$1" "$2")" = "$(one source shop "WITH c AS (SELECT id FROM customer WHERE tag IN ($(tags "$1" customer))), chosen AS (SELECT id FROM customer WHERE tag IN ($chosen)), o AS (SELECT id FROM orders WHERE tag IN ($(tags "$1" orders))), s AS (SELECT id FROM staff WHERE tag IN ($(tags "$1" staff))), p AS (SELECT id FROM product WHERE tag IN ($(tags "$1" product))), e AS (SELECT id FROM event WHERE tag IN ($(tags "$1" event))) SELECT string_agg(tag::text, ',' ORDER BY tag) FROM $2 WHERE $3")" ]
}
reported() { python3 -c "import json, sys; t = {t['table']: t for t in json.load(open(sys.argv[1]))['tables']}; print(t[sys.argv[2]]['subset'][sys.argv[3]])" "$@"; }

# --- a share
policy share '{of: public.customer, rows: 10%}'
exits 0 check share.yaml
exits 0 "$SANDSEED" inspect share.yaml
says "10% of public.customer, with all that is theirs"
says "of sandbox agents, epoch as the key file has it; from"
exits 0 refresh share.yaml
says "Subset: "
# Orders are only taken as their customers' own: who has one and was not referred to by anybody was chosen.
chosen=$(one source shop "SELECT string_agg(DISTINCT c.tag::text, ',') FROM customer c JOIN event e ON e.customer_id = c.id WHERE e.tag IN ($(tags share event))")
claim "about one in ten" [ "$(tr , '\n' <<<"$chosen" | wc -l | awk '{ print ($1 > 400 && $1 < 600) }')" = 1 ]
there share orders "customer_id IN (SELECT id FROM chosen)"
there share item "order_id IN (SELECT id FROM o)"
there share parcel "order_id IN (SELECT id FROM o)"
there share message "sender IN (SELECT id FROM chosen) OR recipient IN (SELECT id FROM chosen)"
there share event "customer_id IN (SELECT id FROM chosen)"
there share click "event_id IN (SELECT id FROM e)"
there share note "customer_no IN (SELECT id FROM chosen)"
there share voucher "used_by IN (SELECT id FROM chosen)"
there share customer "id IN (WITH RECURSIVE n AS (SELECT id FROM chosen UNION SELECT gift_for FROM orders WHERE id IN (SELECT id FROM o) UNION SELECT unnest(ARRAY[sender, recipient]) FROM message WHERE tag IN ($(tags share message)) UNION SELECT given_by FROM voucher WHERE tag IN ($(tags share voucher)) UNION (SELECT c.referred_by FROM customer c JOIN n ON n.id = c.id)) SELECT id FROM n)"
there share staff "id IN (WITH RECURSIVE n AS (SELECT handled_by AS id FROM orders WHERE id IN (SELECT id FROM o) UNION SELECT keeper FROM product WHERE id IN (SELECT product FROM item WHERE order_id IN (SELECT id FROM o)) UNION (SELECT x.id FROM n JOIN staff s ON s.id = n.id JOIN department d ON d.id = s.department CROSS JOIN LATERAL (VALUES (s.manager), (d.head)) x(id))) SELECT id FROM n)"
there share product "true"
there share patent "holder IN (SELECT id FROM s)"
there share setting "true"
there share department "true"
claim "nobody's pay but theirs" [ "$(tags share payroll)" = "" ]
claim "a keeper who is not there is cut" [ "$(one target share "SELECT count(*) FROM product WHERE keeper IS NOT NULL")" = "$(one source shop "SELECT count(*) FROM product WHERE keeper IN (SELECT id FROM staff WHERE tag IN ($(tags share staff)))")" ]
claim "the report counts what was left out" [ "$(reported out-share/report.json public.orders left_out)" = "$((12000 - $(one target share 'SELECT count(*) FROM orders')))" ]
claim "and what others need" [ "$(reported out-share/report.json public.staff needed)" = "$(one target share 'SELECT count(*) FROM staff')" ]
claim "no address of the source is there" [ "$(one target share "SELECT count(*) FROM customer WHERE email LIKE '%canary%'")" = 0 ]

# --- the same every night, at any number of jobs; another sandbox has others
before=$(tags share customer)
psql_in source shop -o /dev/null -c "INSERT INTO customer SELECT -i, 100000 + i, 'new' || i FROM generate_series(1, 200) i" -c "UPDATE customer SET segment = segment" -c "VACUUM FULL orders"
exits 0 refresh share.yaml --jobs 1
claim "who was chosen stays so, whoever comes" [ "$(one target share "SELECT string_agg(tag::text, ',' ORDER BY tag) FROM customer WHERE tag < 100000")" = "$before" ]
psql_in source shop -o /dev/null -c "DELETE FROM customer WHERE tag > 100000"
policy other '{of: public.customer, rows: 10%}' others
exits 0 refresh other.yaml
claim "another sandbox is about others" [ "$(tags other note)" != "$(tags share note)" ]

# --- a count, a condition
policy few '{of: public.customer, rows: 25, where: "segment = '"'trade'"' AND id > 0 -- so"}'
exits 0 refresh few.yaml
claim "so many" [ "$(one target few "SELECT count(*) FROM note")" = 25 ]
claim "of those" [ "$(one source shop "SELECT count(*) FROM customer c JOIN note n ON n.customer_no = c.id WHERE n.tag IN ($(tags few note)) AND segment <> 'trade'")" = 0 ]
policy bad '{of: public.customer, where: "segment = nothing"}'
exits 1 check bad.yaml
says "does not take the condition"
exits 1 refresh bad.yaml
policy worse '{of: public.customer, where: "true) TO STDOUT; DROP TABLE note; --"}'
exits 1 refresh worse.yaml
claim "a condition is one expression" [ "$(one source shop 'SELECT count(*) FROM note')" = 5000 ]
policy nobody '{of: public.customer, where: "id < 0"}'
exits 3 refresh nobody.yaml
says "nobody of public.customer is chosen"
claim "nothing was made" [ "$(one target postgres "SELECT count(*) FROM pg_database WHERE datname LIKE 'nobody%'")" = 0 ]

# --- who is to be left out
printf '%s\r\n\n' 1000003 0005000015 77 >objectors.keys
policy objections '{of: public.customer, leave_out: objectors.keys}'
chmod 644 objectors.keys
exits 1 refresh objections.yaml
says "others can read or change"
chmod 600 objectors.keys
exits 0 refresh objections.yaml
says "1 of 3 keys to leave out are nobody's"
chosen=$(tags objections customer)
there objections customer "tag NOT IN (1, 5)"
there objections orders "customer_id NOT IN (1000003, 5000015)"
there objections message "sender NOT IN (1000003, 5000015) AND recipient NOT IN (1000003, 5000015)"
there objections voucher "coalesce(used_by, 0) NOT IN (1000003, 5000015) AND coalesce(given_by, 0) NOT IN (1000003, 5000015)"
there objections event "coalesce(customer_id, 0) NOT IN (1000003, 5000015)"
claim "the others' pay is there" [ "$(one target objections 'SELECT count(*) FROM payroll')" = 400 ]
there objections note "customer_no NOT IN (1000003, 5000015)"
claim "whom they referred is there without them" [ "$(one target objections "SELECT count(*) FROM customer WHERE tag IN (25, 26, 27, 10) AND referred_by IS NULL")" = "$(one source shop "SELECT count(*) FROM customer WHERE tag IN (25, 26, 27, 10) AND (referred_by IS NULL OR referred_by IN (1000003, 5000015))")" ]
claim "and gifts for them are for nobody" [ "$(one source shop "SELECT count(*) FROM orders WHERE gift_for IN (1000003, 5000015) AND customer_id NOT IN (1000003, 5000015)")" -gt 0 ]
claim "the others' gifts stay" [ "$(one target objections "SELECT count(gift_for) FROM orders")" = "$(one source shop "SELECT count(gift_for) FROM orders WHERE gift_for NOT IN (1000003, 5000015) AND customer_id NOT IN (1000003, 5000015)")" ]
echo "jane doe" >>objectors.keys
exits 1 refresh objections.yaml
says "is no key of public.customer"
claim "the line is not told" bash -c '! grep -q "jane doe" "$1"' _ "$test_root/out"

# --- what cannot be done is refused before a row is read
policy wrong '{of: public.custmer, rows: 10%}'
exits 3 check wrong.yaml
says "there is no such table"
policy wrong '{of: public.orders, rows: 10%}'
exits 3 check wrong.yaml
says "does not say subject: self"
policy wrong '{of: public.customer, rows: 10%}'
sed -i '/^key:/d' wrong.yaml
exits 3 check wrong.yaml
says "who is chosen is decided by a key"
policy wrong '{of: public.customer, rows: 10%}'
sed -i 's/, references: public.customer.id//' wrong.yaml
exits 3 check wrong.yaml
says "whose its rows are is not known"
policy wrong '{of: public.customer, leave_out: objectors.keys}'
sed -i '/public.payroll:/s/tag: {[^}]*}/tag: {class: key}/; /^tables:/i links: {who: [public.customer.id, public.payroll.tag]}' wrong.yaml
exits 3 check wrong.yaml
says "public.payroll: subset: whose its rows are is not known"
sed -i '/public.payroll:/s/mode: pseudonymise/&, subject: none, why: a test/' wrong.yaml
exits 0 check wrong.yaml
policy wrong '{of: public.customer, leave_out: objectors.keys}'
sed -i '/public.note:/d' wrong.yaml
printf '  public.note: {mode: synthesise, columns: {tag: {class: non-personal}, customer_no: {class: key, references: public.customer.id}}}\n' >>wrong.yaml
exits 3 check wrong.yaml
says "statistics of the table would be learnt"
for section in '{rows: 10%}' '{of: public.customer}' '{of: public.customer, rows: 200%}' '{of: public.customer, rows: many}' '{of: public.customer, share: 1}'; do
    policy wrong "$section"
    exits 1 check wrong.yaml
    says "wrong.yaml:6:"
done

# --- of everybody but those who are left out, everything: what only theirs refers to as well, and rows that need each other
createdb_in source rest
psql_in source rest -o /dev/null <<'SQL'
CREATE TABLE address (id int PRIMARY KEY, tag int, street text);
CREATE TABLE customer (id int PRIMARY KEY, tag int, home int REFERENCES address, size float8 UNIQUE, pause interval UNIQUE, facts jsonb UNIQUE);
CREATE TABLE odd (tag int, size float8 NOT NULL REFERENCES customer (size));
CREATE TABLE rest (tag int, pause interval NOT NULL REFERENCES customer (pause));
CREATE TABLE fact (tag int, facts jsonb NOT NULL REFERENCES customer (facts));
CREATE TABLE orders (id int PRIMARY KEY, tag int, customer_id int REFERENCES customer, ship_to int NOT NULL REFERENCES address, bill int NOT NULL);
CREATE TABLE bill (id int PRIMARY KEY, tag int, order_id int NOT NULL REFERENCES orders);
INSERT INTO address SELECT i, i, 'street' FROM generate_series(1, 300) i;
INSERT INTO customer SELECT i, i, i, i - 5, i * interval '1 day', jsonb_build_object('n', i::numeric(9,2)) FROM generate_series(1, 100) i;
INSERT INTO odd SELECT i, CASE i WHEN 5 THEN '-0' ELSE i - 5 END FROM generate_series(1, 100) i;
INSERT INTO rest SELECT i, i * interval '24 hours' FROM generate_series(1, 100) i;
INSERT INTO fact SELECT i, jsonb_build_object('n', i) FROM generate_series(1, 100) i;
INSERT INTO orders SELECT i, i, nullif(i % 101, 0), 100 + i, i FROM generate_series(1, 200) i;
INSERT INTO bill SELECT i, i, i FROM generate_series(1, 200) i;
ALTER TABLE orders ADD FOREIGN KEY (bill) REFERENCES bill DEFERRABLE INITIALLY DEFERRED;
ANALYZE;
SQL
rest()
{
    cat <<END
sandseed: 1
source: $(dsn source "$1")
target: $(dsn target "$1")
output: ./out-$1
key: {file: shop.key, sandbox: agents}
subset: $2
require_signoff: none
tables:
END
}
{
    rest rest '{of: public.customer, leave_out: rest.keys}'
    cat <<'END'
  public.address: {mode: pseudonymise, columns: {id: {class: key}, tag: {class: non-personal}, street: {class: direct-identifier, kind: street-address}}}
  public.customer: {mode: pseudonymise, subject: self, columns: {id: {class: key}, tag: {class: non-personal}, home: {class: key}, size: {class: non-personal}, pause: {class: non-personal}, facts: {class: non-personal}}}
  public.odd: {mode: pseudonymise, columns: {tag: {class: non-personal}, size: {class: non-personal}}}
  public.rest: {mode: pseudonymise, columns: {tag: {class: non-personal}, pause: {class: non-personal}}}
  public.fact: {mode: pseudonymise, columns: {tag: {class: non-personal}, facts: {class: non-personal}}}
  public.orders: {mode: pseudonymise, columns: {id: {class: key}, tag: {class: non-personal}, customer_id: {class: key}, ship_to: {class: key}, bill: {class: key}}}
  public.bill: {mode: pseudonymise, columns: {id: {class: key}, tag: {class: non-personal}, order_id: {class: key}}}
END
} >rest.yaml
echo 5 >rest.keys
chmod 600 rest.keys
exits 0 refresh rest.yaml
claim "how few rows were left out cannot be told from the others' number" [ "$(python3 -c "import json; t = {t['table']: t for t in json.load(open('out-rest/report.json'))['tables']}['public.orders']; print(t.get('source_rows'), t['source_rows_estimate'], t['subset']['left_out'])")" = "None 198 <10" ]
claim "nor is it said" bash -c '! grep -qE "of 100 rows|public.orders .* 200 " "$1"' _ "$test_root/out"
claim "everybody else" [ "$(one target rest "SELECT count(*), min(tag) FILTER (WHERE tag > 4) FROM customer")" = "99|6" ]
claim "with all orders, of nobody too" [ "$(tags rest orders)" = "$(one source rest "SELECT string_agg(tag::text, ',' ORDER BY tag) FROM orders WHERE customer_id IS DISTINCT FROM 5")" ]
claim "and their bills" [ "$(tags rest bill)" = "$(tags rest orders)" ]
claim "and the addresses of both, and no others" [ "$(tags rest address)" = "$(one source rest "SELECT string_agg(tag::text, ',' ORDER BY tag) FROM address WHERE id IN (SELECT home FROM customer WHERE id <> 5 UNION SELECT ship_to FROM orders WHERE customer_id IS DISTINCT FROM 5)")" ]
for table in odd rest fact; do
    claim "what is equal and written otherwise leads to them: $table" [ "$(one target rest "SELECT count(*), count(*) FILTER (WHERE tag = 5) FROM $table")" = "99|0" ]
done

# --- people of a child by plain inheritance are not seen by who is to be left out
psql_in source rest -c "CREATE TABLE vip (PRIMARY KEY (id)) INHERITS (customer)"
echo "  public.vip: {mode: pseudonymise, subject: self, columns: {id: {class: key}, tag: {class: non-personal}, home: {class: key}, size: {class: non-personal}, pause: {class: non-personal}, facts: {class: non-personal}}}" >>rest.yaml
exits 3 check rest.yaml
says "it inherits from the table of people"
sed -i 's/public.vip: .*/public.vip: {mode: empty}/' rest.yaml
exits 0 check rest.yaml

# --- what a NULL would break is not cut: the row goes
createdb_in source cuts
psql_in source cuts -o /dev/null <<'SQL'
CREATE TABLE staff (id int PRIMARY KEY, tag int);
CREATE TABLE pair (a int, b int, tag int, PRIMARY KEY (a, b));
CREATE TABLE full_pair (tag int, a int REFERENCES staff, b int, FOREIGN KEY (a, b) REFERENCES pair MATCH FULL);
CREATE TABLE computed (tag int, a int REFERENCES staff);
CREATE UNIQUE INDEX ON computed (coalesce(a, 0));
CREATE TABLE conditional (tag int, a int REFERENCES staff, one int);
CREATE UNIQUE INDEX ON conditional (one) WHERE a IS NULL;
CREATE TABLE generated (tag int, a int REFERENCES staff, twice int NOT NULL GENERATED ALWAYS AS (a * 2) STORED);
CREATE TABLE plain (tag int, a int REFERENCES staff);
CREATE TABLE region (id int PRIMARY KEY, tag int, a int NOT NULL REFERENCES staff, capital int NOT NULL);
CREATE TABLE city (id int PRIMARY KEY, tag int, a int REFERENCES staff, region int NOT NULL REFERENCES region);
INSERT INTO staff SELECT i, i FROM generate_series(1, 50) i;
INSERT INTO pair SELECT i, i, i FROM generate_series(1, 50) i;
INSERT INTO full_pair SELECT i, i, i FROM generate_series(1, 50) i;
INSERT INTO computed SELECT i, i FROM generate_series(1, 50) i;
INSERT INTO conditional SELECT i, i, 1 FROM generate_series(1, 50) i;
INSERT INTO generated SELECT i, i FROM generate_series(1, 50) i;
INSERT INTO plain SELECT i, i FROM generate_series(1, 50) i;
INSERT INTO region SELECT i, i, i, i FROM generate_series(1, 50) i;
INSERT INTO city SELECT i, i, i, i FROM generate_series(1, 50) i;
ALTER TABLE region ADD FOREIGN KEY (capital) REFERENCES city DEFERRABLE INITIALLY DEFERRED;
ANALYZE;
SQL
{
    rest cuts '{of: public.staff, leave_out: cuts.keys}'
    echo "  public.staff: {mode: keep, subject: self, why: a test, columns: {id: {class: key}, tag: {class: non-personal}}}"
    echo "  public.pair: {mode: keep, subject: none, why: a test, columns: {a: {class: key}, b: {class: key}, tag: {class: non-personal}}}"
    for table in "full_pair:, b: {class: key}" computed: "conditional:, one: {class: non-personal}" generated: plain: "region:, id: {class: key}, capital: {class: key}" "city:, id: {class: key}, region: {class: key}"; do
        echo "  public.${table%%:*}: {mode: keep, subject: none, why: a test, columns: {tag: {class: non-personal}, a: {class: key}${table#*:}}}"
    done
} >cuts.yaml
printf '5\n7\n' >cuts.keys
chmod 600 cuts.keys
exits 0 refresh cuts.yaml
for table in full_pair computed conditional generated region city; do
    claim "left out: $table" [ "$(one target cuts "SELECT count(*), count(a) FROM $table")" = "48|48" ]
done
claim "cut where it breaks nothing" [ "$(one target cuts "SELECT count(*), count(a) FROM plain")" = "50|48" ]

# --- people are told by a key of two columns, and what they share by one of these
createdb_in source tenants
psql_in source tenants -v ON_ERROR_STOP=1 -o /dev/null <<'SQL'
CREATE TABLE tenant (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE member (tenant int REFERENCES tenant, id int, PRIMARY KEY (tenant, id));
CREATE TABLE share (tenant int, member int, PRIMARY KEY (tenant, member), FOREIGN KEY (tenant, member) REFERENCES member);
CREATE TABLE plan (id int PRIMARY KEY, tenant int);
INSERT INTO tenant SELECT i, 'tenant ' || i FROM generate_series(1, 4) i;
INSERT INTO member SELECT 1 + i % 4, i FROM generate_series(1, 400) i;
INSERT INTO share SELECT * FROM member;
INSERT INTO plan SELECT i, 1 + i % 4 FROM generate_series(1, 8) i;
ANALYZE;
SQL
cat >tenants.yaml <<END
sandseed: 1
source: $(dsn source tenants)
target: $(dsn target tenants)
output: ./out-tenants
key: {file: shop.key, sandbox: tests}
subset: {of: public.member, rows: 40}
require_signoff: none
tables:
  public.tenant: {mode: pseudonymise, columns: {id: {class: key}, name: {class: non-personal}}}
  public.member: {mode: pseudonymise, subject: self, columns: {tenant: {class: key}, id: {class: key}}}
  public.share: {mode: pseudonymise, columns: {tenant: {class: key}, member: {class: key}}}
  public.plan: {mode: pseudonymise, columns: {id: {class: key}, tenant: {class: non-personal}}}
END
exits 0 check tenants.yaml
exits 0 refresh tenants.yaml
claim "tenants are there, and the members chosen" [ "$(one target tenants "SELECT (SELECT count(*) FROM tenant), (SELECT count(*) FROM member), (SELECT count(*) FROM share JOIN member m ON (m.tenant, id) = (share.tenant, member))")" = "4|40|40" ]
sed -i '/^tables:/i links: {who: [public.member.id, public.plan.tenant]}' tenants.yaml
sed -i '/public.plan:/s/tenant: {[^}]*}/tenant: {class: key}/' tenants.yaml
exits 3 check tenants.yaml
says "public.plan: subset: whose its rows are is not known"
