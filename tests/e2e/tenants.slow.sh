#!/bin/bash
# Foreign keys that share columns, as where everything belongs to a tenant: all of them hold, whatever
# the modes, and the same at any number of jobs.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"

server_start source
server_start target
createdb_in source saas
psql_in source saas -c "
    CREATE TABLE tenant (id int PRIMARY KEY, name text NOT NULL);
    CREATE TABLE customer (tenant_id int NOT NULL REFERENCES tenant, id int GENERATED ALWAYS AS IDENTITY, name text, PRIMARY KEY (tenant_id, id));
    CREATE TABLE category (tenant_id int NOT NULL REFERENCES tenant, id int, PRIMARY KEY (tenant_id, id));
    CREATE TABLE product (tenant_id int NOT NULL REFERENCES tenant, sku varchar(20) NOT NULL, category_id int NOT NULL,
        PRIMARY KEY (tenant_id, sku), FOREIGN KEY (tenant_id, category_id) REFERENCES category);
    CREATE TABLE orders (tenant_id int NOT NULL REFERENCES tenant, no int NOT NULL, customer_id int NOT NULL, gift_for int,
        PRIMARY KEY (tenant_id, no), FOREIGN KEY (tenant_id, customer_id) REFERENCES customer,
        FOREIGN KEY (tenant_id, gift_for) REFERENCES customer DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE line (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), tenant_id int NOT NULL, no int NOT NULL, sku varchar(20) NOT NULL, qty int NOT NULL CHECK (qty > 0),
        UNIQUE (tenant_id, no, sku), FOREIGN KEY (tenant_id, no) REFERENCES orders, FOREIGN KEY (tenant_id, sku) REFERENCES product);
    CREATE TABLE employee (tenant_id int NOT NULL REFERENCES tenant, id int NOT NULL, boss_id int, PRIMARY KEY (tenant_id, id),
        FOREIGN KEY (tenant_id, boss_id) REFERENCES employee);
    CREATE TABLE settings (tenant_id int PRIMARY KEY REFERENCES tenant, customer_id int NOT NULL, FOREIGN KEY (tenant_id, customer_id) REFERENCES customer);
    CREATE TABLE favourite (tenant_id int PRIMARY KEY, customer_id int NOT NULL, FOREIGN KEY (tenant_id, customer_id) REFERENCES customer);
    INSERT INTO tenant SELECT i, 'tenant ' || i FROM generate_series(1, 40) i;
    INSERT INTO customer (tenant_id, name) SELECT 1 + i % 40, 'canary ' || i FROM generate_series(1, 1200) i;
    INSERT INTO category SELECT t, c FROM generate_series(1, 40) t, generate_series(1, 5) c WHERE t % 7 <> 0;
    INSERT INTO product SELECT 1 + i % 40, 'sku' || i, 1 + i % 5 FROM generate_series(1, 2000) i WHERE (1 + i % 40) % 7 <> 0;
    INSERT INTO orders SELECT c.tenant_id, row_number() OVER (PARTITION BY c.tenant_id), c.id, CASE WHEN c.id % 3 = 0 THEN c.id END FROM customer c, generate_series(1, 3);
    INSERT INTO line (tenant_id, no, sku, qty) SELECT o.tenant_id, o.no, p.sku, 1 + o.no % 9 FROM orders o JOIN LATERAL
        (SELECT sku FROM product WHERE tenant_id = o.tenant_id ORDER BY md5(sku || o.no) LIMIT 1 + o.no % 4) p ON true;
    INSERT INTO employee SELECT 1 + i % 40, i, CASE WHEN i > 40 THEN i - 40 END FROM generate_series(1, 900) i;
    INSERT INTO settings SELECT tenant_id, min(id) FROM customer GROUP BY 1;
    INSERT INTO favourite SELECT tenant_id, max(id) FROM customer WHERE tenant_id > 10 GROUP BY 1;
    ANALYZE"

# holds DB: no row of any table lacks a parent (the run has a gate for it; this does not ask it)
holds()
{
    psql_in target "$1" -c "SELECT (SELECT count(*) FROM orders o WHERE NOT EXISTS (SELECT FROM customer c WHERE (c.tenant_id, c.id) = (o.tenant_id, o.customer_id)))
      + (SELECT count(*) FROM orders o WHERE gift_for IS NOT NULL AND NOT EXISTS (SELECT FROM customer c WHERE (c.tenant_id, c.id) = (o.tenant_id, o.gift_for)))
      + (SELECT count(*) FROM line l WHERE NOT EXISTS (SELECT FROM orders o WHERE (o.tenant_id, o.no) = (l.tenant_id, l.no)))
      + (SELECT count(*) FROM line l WHERE NOT EXISTS (SELECT FROM product p WHERE (p.tenant_id, p.sku) = (l.tenant_id, l.sku)))
      + (SELECT count(*) FROM (TABLE settings UNION ALL TABLE favourite) s WHERE NOT EXISTS (SELECT FROM customer c WHERE (c.tenant_id, c.id) = (s.tenant_id, s.customer_id)))
      + (SELECT count(*) FROM employee e WHERE boss_id IS NOT NULL AND NOT EXISTS (SELECT FROM employee b WHERE (b.tenant_id, b.id) = (e.tenant_id, e.boss_id)))"
}
rows() { psql_in "$1" "$2" -c "SELECT (SELECT count(*) FROM orders) || ' ' || (SELECT count(*) FROM line) || ' ' || (SELECT count(*) FROM employee)"; }

policy=$test_root/p.yaml
policy_for source saas "$(dsn target box)" synthesise "$policy"
for jobs in 1 4; do
    exits 0 refresh "$policy" --seed 7 --jobs $jobs
    table_sums target box >"$test_root/sums.$jobs"
done
claim "the same rows at 1 and 4 jobs" diff "$test_root/sums.1" "$test_root/sums.4"
claim "as many rows as in the source" [ "$(rows target box)" = "$(rows source saas)" ]
claim "everything of a tenant belongs to it" [ "$(holds box)" = 0 ]
claim "one row of each tenant, by a key that is part of a wider foreign key" [ "$(psql_in target box -c 'SELECT (SELECT count(*) FROM settings) || $$ $$ || (SELECT count(*) FROM favourite)')" = "40 30" ]
claim "gifts and bosses are not all NULL" [ "$(psql_in target box -c 'SELECT (SELECT count(gift_for) FROM orders) > 300 AND (SELECT count(boss_id) FROM employee) > 500')" = t ]

# Reference tables kept, the rest made up.
sed -E '/^  public\.(tenant|category|product):/,/^  public\.(customer|employee|favourite|line|orders|settings):/ { /^  public\.(customer|employee|favourite|line|orders|settings):/! { s/mode: synthesise/mode: keep/; /^    columns:/d; /^      /d } }' "$policy" >"$test_root/kept.yaml"
"$SANDSEED" sign "$test_root/kept.yaml" --by test --why "a test" --quiet public.tenant public.category public.product >/dev/null
exits 0 refresh "$test_root/kept.yaml" --seed 7 --target "$(dsn target kept)"
claim "products are the source's" [ "$(psql_in target kept -c 'SELECT md5(string_agg(p::text, chr(10) ORDER BY p)) FROM product p')" = "$(psql_in source saas -c 'SELECT md5(string_agg(p::text, chr(10) ORDER BY p)) FROM product p')" ]
claim "what is made up beside kept tables belongs to their tenants" [ "$(holds kept)" = 0 ]
claim "with as many rows" [ "$(rows target kept)" = "$(rows source saas)" ]
exits 0 refresh "$test_root/kept.yaml" --seed 8 --target "$(dsn target small)" --jobs 2
claim "another seed holds as well" [ "$(holds small)" = 0 ]

# Keys of several columns: none of them cuts the table to its own few values.
createdb_in source keys
psql_in source keys -c "
    CREATE TYPE kind AS ENUM ('a', 'b', 'c');
    CREATE TABLE flagged (live boolean NOT NULL, id int NOT NULL, PRIMARY KEY (live, id));
    CREATE TABLE child (id int PRIMARY KEY, live boolean NOT NULL, flagged_id int NOT NULL, FOREIGN KEY (live, flagged_id) REFERENCES flagged);
    CREATE TABLE typed (kind kind NOT NULL, code text NOT NULL, PRIMARY KEY (kind, code));
    CREATE TABLE typed_child (id int PRIMARY KEY, kind kind NOT NULL, code text NOT NULL, FOREIGN KEY (kind, code) REFERENCES typed);
    CREATE TABLE slot (room int NOT NULL CHECK (room BETWEEN 1 AND 10), day date NOT NULL CHECK (day >= '2024-01-01' AND day < '2024-03-01'), UNIQUE (room, day));
    CREATE TABLE flagday (active boolean, kind smallint CHECK (kind IN (1, 2, 3)), d date, PRIMARY KEY (active, kind, d));
    CREATE TABLE small (id smallint PRIMARY KEY);
    CREATE TABLE store (id int PRIMARY KEY);
    CREATE TABLE product (id int PRIMARY KEY);
    CREATE TABLE stock (store_id int REFERENCES store, product_id int REFERENCES product, n int, PRIMARY KEY (store_id, product_id));
    CREATE TABLE node (id int PRIMARY KEY, parent_id int REFERENCES node, CHECK (parent_id <> id));
    CREATE TABLE build (id bigint, part int NOT NULL, PRIMARY KEY (id, part)) PARTITION BY LIST (part);
    CREATE TABLE build_1 PARTITION OF build FOR VALUES IN (100, 101);
    CREATE TABLE build_2 PARTITION OF build FOR VALUES IN (102);
    CREATE TABLE job (id bigint PRIMARY KEY, build_id bigint, part int, FOREIGN KEY (build_id, part) REFERENCES build (id, part));
    CREATE TABLE late (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE late_5 PARTITION OF late FOR VALUES FROM (5000000) TO (5002000);
    CREATE TABLE late_6 PARTITION OF late FOR VALUES FROM (5002000) TO (5004000);
    CREATE TABLE tenant (id int PRIMARY KEY);
    CREATE TABLE early (tenant_id int NOT NULL REFERENCES tenant, id int NOT NULL, favourite int, PRIMARY KEY (tenant_id, id));
    CREATE TABLE mid (id int PRIMARY KEY, tenant_id int NOT NULL UNIQUE, early_id int NOT NULL, FOREIGN KEY (tenant_id, early_id) REFERENCES early);
    CREATE TABLE zone (tenant_id int NOT NULL REFERENCES tenant, id int NOT NULL, favourite int, PRIMARY KEY (tenant_id, id));
    CREATE TABLE mid2 (id int PRIMARY KEY, tenant_id int NOT NULL UNIQUE, zone_id int NOT NULL, FOREIGN KEY (tenant_id, zone_id) REFERENCES zone);
    CREATE TABLE country (id int PRIMARY KEY);
    CREATE TABLE customer (id int PRIMARY KEY, best int UNIQUE);
    CREATE TABLE address (id int PRIMARY KEY, country_id int NOT NULL REFERENCES country, customer_id int NOT NULL REFERENCES customer, UNIQUE (customer_id, id));
    CREATE TABLE default_address (customer_id int PRIMARY KEY, address_id int NOT NULL, FOREIGN KEY (customer_id, address_id) REFERENCES address (customer_id, id));
    INSERT INTO tenant SELECT generate_series(1, 200);
    INSERT INTO early SELECT 1 + i % 200, i FROM generate_series(1, 1000) i; INSERT INTO zone TABLE early;
    INSERT INTO mid SELECT i, i, i + 199 FROM generate_series(2, 151) i; INSERT INTO mid2 TABLE mid;
    ALTER TABLE early ADD FOREIGN KEY (favourite) REFERENCES mid; ALTER TABLE zone ADD FOREIGN KEY (favourite) REFERENCES mid2;
    UPDATE early SET favourite = id WHERE id BETWEEN 2 AND 151; UPDATE zone SET favourite = id WHERE id BETWEEN 2 AND 151;
    INSERT INTO country SELECT generate_series(1, 60); INSERT INTO customer SELECT generate_series(1, 400);
    INSERT INTO address SELECT i, 1 + i % 60, 1 + i % 400 FROM generate_series(1, 1000) i;
    INSERT INTO default_address SELECT customer_id, min(id) FROM address GROUP BY 1;
    UPDATE customer c SET best = a.address_id FROM default_address a WHERE a.customer_id = c.id;
    ALTER TABLE customer ADD FOREIGN KEY (id, best) REFERENCES address (customer_id, id);
    INSERT INTO flagged SELECT i % 3 = 0, i FROM generate_series(1, 3000) i; INSERT INTO child SELECT id, live, id FROM flagged;
    INSERT INTO typed SELECT (ARRAY['a', 'b', 'c'])[1 + i % 3]::kind, 'code ' || i FROM generate_series(1, 1500) i;
    INSERT INTO typed_child SELECT row_number() OVER (), kind, code FROM typed;
    INSERT INTO slot SELECT r, '2024-01-01'::date + d FROM generate_series(1, 10) r, generate_series(0, 59) d;
    INSERT INTO flagday SELECT a, k, '2024-01-01'::date + i FROM unnest(ARRAY[true, false]) a, generate_series(1, 3) k, generate_series(1, 300) i;
    INSERT INTO small SELECT i FROM generate_series(-32768, 32766) i;
    INSERT INTO store SELECT generate_series(1, 20); INSERT INTO product SELECT generate_series(1, 50);
    INSERT INTO stock SELECT s.id, p.id, 1 FROM store s, product p;
    INSERT INTO node SELECT i, nullif(i / 2, 0) FROM generate_series(1, 700) i;
    INSERT INTO build SELECT i, 100 + i % 3 FROM generate_series(1, 3000) i; INSERT INTO job SELECT id, id, part FROM build;
    INSERT INTO late SELECT i FROM generate_series(5000000, 5003999) i;
    ANALYZE"
policy_for source keys "$(dsn target keys_box)" synthesise "$test_root/keys.yaml"
exits 0 refresh "$test_root/keys.yaml" --seed 7
counts() { psql_in "$1" "$2" -c "SELECT 'flagged', count(*) FROM flagged UNION ALL SELECT 'child', count(*) FROM child UNION ALL SELECT 'typed', count(*) FROM typed UNION ALL SELECT 'typed_child', count(*) FROM typed_child
    UNION ALL SELECT 'slot', count(*) FROM slot UNION ALL SELECT 'flagday', count(*) FROM flagday UNION ALL SELECT 'small', count(*) FROM small
    UNION ALL SELECT 'stock', count(*) FROM stock UNION ALL SELECT 'node', count(*) FROM node UNION ALL SELECT 'build', count(*) FROM build UNION ALL SELECT 'job', count(*) FROM job UNION ALL SELECT 'late', count(*) FROM late
    UNION ALL SELECT 'mid', count(*) FROM mid UNION ALL SELECT 'mid2', count(*) FROM mid2 UNION ALL SELECT 'customer', count(*) FROM customer
    UNION ALL SELECT 'default_address', count(*) FROM default_address"; }
counts source keys >"$test_root/expected"
counts target keys_box >"$test_root/made"
claim "tables keep their rows, whatever their keys are made of" diff "$test_root/expected" "$test_root/made"
psql_in source keys -c "DELETE FROM stock; DELETE FROM store WHERE id > 3; INSERT INTO stock SELECT s.id, p.id, 1 FROM store s, product p; ANALYZE"
sed 's/^rows:.*//; 1a rows: 200%' "$test_root/keys.yaml" >"$test_root/double.yaml"
exits 0 refresh "$test_root/double.yaml" --seed 7 --target "$(dsn target double_box)"
claim "where keys do not suffice for more rows, the report says so" python3 - "$test_root/sandseed-out/report.json" <<'PY'
import json, sys
said = {f["object"]: f["text"] for f in json.load(open(sys.argv[1]))["warnings"]}
assert said["public.slot"].startswith("600 rows instead of 1,200"), said
PY
