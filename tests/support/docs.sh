# The servers that the pages of docs/ speak of, to be sourced after server.sh: production with a database shop
# (service=shop_admin for whoever may create roles there, shop_reader for sandseed) and a server for sandboxes
# (service=sandboxes to write, service=agents to read).

server_start production
server_start sandboxes
load_corpus production shop:0.01
psql_in production shop -c "ANALYZE"
psql_in sandboxes postgres -c "CREATE ROLE loader LOGIN CREATEDB" -c "GRANT pg_signal_backend TO loader" -c "CREATE ROLE agent_ro LOGIN"

mkdir "$test_root/bin" "$test_root/home"
ln -s "$(realpath "$SANDSEED")" "$test_root/bin/sandseed"
cat >"$test_root/service.conf" <<END
[shop_admin]
host=${server_dir[production]}
user=postgres
dbname=shop

[shop_reader]
host=${server_dir[production]}
user=shop_reader
dbname=shop

[sandboxes]
host=${server_dir[sandboxes]}
user=loader

[agents]
host=${server_dir[sandboxes]}
user=agent_ro
END
export PGSERVICEFILE=$test_root/service.conf PATH=$test_root/bin:$PATH HOME=$test_root/home COLUMNS=100 SOURCE_DIR

# pages [--update] FILE...
pages() { (cd "$test_root" && python3 "$SOURCE_DIR/tests/support/docs.py" "$@"); }
