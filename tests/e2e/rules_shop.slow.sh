#!/bin/bash
# The dependencies that the script of the shop benchmark builds in are found, and no others.
. "$(dirname "$0")/../support/server.sh"
. "$(dirname "$0")/../support/refresh.sh"
cd "$test_root"

server_start source
load_corpus source shop:0.4
"$SANDSEED" plan "$(dsn source shop)" -o "$test_root/shop.yaml" --quiet >/dev/null
# Nobody is in products and stores.
python3 - "$test_root/shop.yaml" <<'PY'
import re, sys
text = open(sys.argv[1]).read()
for table in ("product", "store"):
    start = text.index(f"  public.{table}:")
    end = text.find("\n  public.", start + 1)
    entry = text[start:end if end > 0 else None]
    entry = re.sub(r"class: (direct-identifier|quasi-identifier|free-text|undecided)", "class: non-personal", entry)
    entry = re.sub(r", kind: [a-z-]+", "", re.sub(r"\n    mode: synthesise", "\n    mode: synthesise\n    subject: none\n    why: nobody is in it", entry, count=1))
    text = text[:start] + entry + (text[end:] if end > 0 else "")
open(sys.argv[1], "w").write(text)
PY
"$SANDSEED" sign "$test_root/shop.yaml" --by test --why "a test" --quiet '*' >/dev/null
"$SANDSEED" fit "$test_root/shop.yaml" -o "$test_root/model" --allow-privileged-source --seed 7 >"$test_root/told" 2>"$test_root/err" || fail "fit: $(cat "$test_root/err")"
cat "$test_root/told"
python3 -c "
import json, sys
for t in json.load(open(sys.argv[1] + '/model.json'))['tables']:
    for r in t.get('rules', []):
        print(t['name'] + ': ' + r['name'])" "$test_root/model" | sort >"$test_root/found"
cat >"$test_root/expected" <<'EOF'
customer: city -> region_id
customer: created_at <= public.event.ts
customer: created_at <= public.orders.ordered_at
customer: created_at <= public.orders.shipped_at
customer: postcode, country_code -> city
customer: region_id -> country_code
orders: ordered_at <= public.payment.paid_at
orders: ordered_at <= shipped_at
orders: shipped_at is null by status
orders: total = sum of public.order_item.line_total + shipping_fee
orders: total = sum of public.payment.amount
payment: card_number is null by method
payment: iban is null by method
product: unit_cost <= list_price
EOF
diff "$test_root/expected" "$test_root/found" || true
claim "what the script builds in is found, and nothing else" diff "$test_root/expected" "$test_root/found"
