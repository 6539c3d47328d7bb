# Throw-away PostgreSQL servers for tests, to be sourced by bash scripts:
#
#     . "$SOURCE_DIR/tests/support/server.sh"
#     server_start a            # starts a server; its conninfo is $(dsn a dbname)
#     createdb_in a shop        # an empty database
#     load_corpus a pagila      # a database with a real corpus, named like it
#     psql_in a shop -c '...'
#
# Every server stops and its folder goes when the script ends, however it ends.  Servers run as the
# user postgres when we are root; a superuser named postgres is let in from this machine's socket.

set -euo pipefail

: "${SOURCE_DIR:=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)}"
: "${SANDSEED:=$SOURCE_DIR/build/sandseed}"
: "${SANDSEED_SHARED:=$SOURCE_DIR/../shared}"
export PGCONNECT_TIMEOUT=10 PGOPTIONS=
unset PGHOST PGPORT PGUSER PGDATABASE PGSERVICE PGPASSWORD

test_root=$(mktemp -d /var/tmp/ss.XXXXXX)
chmod 755 "$test_root"
declare -A server_dir server_bin

skip() { echo "skipped: $*"; exit 77; }
fail() { echo "FAILED: $*" >&2; exit 1; }

# claim TEXT COMMAND...: one named check
claim()
{
    local text=$1
    shift
    if "$@"; then
        echo "ok: $text"
    else
        fail "$text"
    fi
}

# pg_bin [MAJOR]: the programs of that version, or of the newest one installed
pg_bin()
{
    local bin
    if [ $# -gt 0 ] && [ -n "$1" ]; then
        [ -x "/usr/lib/postgresql/$1/bin/initdb" ] || return 1
        echo "/usr/lib/postgresql/$1/bin"
        return
    fi
    for bin in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -Vr); do
        [ -x "$bin/initdb" ] && { echo "$bin"; return; }
    done
    fail "no PostgreSQL server found below /usr/lib/postgresql; install the package postgresql"
}

as_postgres()
{
    if [ "$(id -u)" = 0 ]; then
        (cd / && setpriv --reuid=postgres --regid=postgres --clear-groups -- "$@")
    else
        "$@"
    fi
}

# Debian's psql is a script that looks for the newest one; hundreds of calls are faster without it.
PATH=$(pg_bin):$PATH

# new_cluster NAME BINDIR DIR: what initdb makes, of which one copy a name is kept: servers of two names are never
# taken for one another (their system identifiers differ), and initdb takes longer than many a test.
new_cluster()
{
    local kept=${BUILD_DIR:-$SOURCE_DIR/build/dev}/tests/initdb
    local copy=$kept/${2//\//_}-$1 lock
    mkdir -p "$kept"
    exec {lock}>>"$kept/lock"
    flock "$lock"
    if [ ! -d "$copy" ]; then
        # C.UTF-8 came with PostgreSQL 15's Debian; older servers take C.
        as_postgres "$2/initdb" -D "$3" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
            >"$3.initdb.log" 2>&1 || { cat "$3.initdb.log" >&2; fail "initdb of $1"; }
        rm -rf "$copy.part"
        cp -a "$3" "$copy.part"
        mv "$copy.part" "$copy"
    else
        cp -a "$copy" "$3"
    fi
    exec {lock}>&-
}

# server_start NAME [BINDIR]
server_start()
{
    local name=$1 bin=${2:-$(pg_bin)} dir=$test_root/$1
    mkdir "$dir"
    [ "$(id -u)" != 0 ] || chown postgres: "$dir"
    new_cluster "$name" "$bin" "$dir/data"
    as_postgres tee -a "$dir/data/postgresql.conf" >/dev/null <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
shared_buffers = 128MB
max_locks_per_transaction = 256
max_connections = 60
log_min_messages = warning
CONF
    as_postgres "$bin/pg_ctl" -D "$dir/data" -w -s -l "$dir/log" start ||
        { cat "$dir/log" >&2; fail "start of $name"; }
    server_dir[$name]=$dir
    server_bin[$name]=$bin
}

# server_stop NAME [MODE]
server_stop()
{
    as_postgres "${server_bin[$1]}/pg_ctl" -D "${server_dir[$1]}/data" -s -m "${2:-immediate}" stop || true
}

dsn() { echo "host=${server_dir[$1]} user=postgres dbname=${2:-postgres}"; }

psql_in()
{
    local name=$1 db=$2
    shift 2
    psql -X -q -v ON_ERROR_STOP=1 -A -t -d "$(dsn "$name" "$db")" "$@"
}

createdb_in()
{
    psql_in "$1" postgres -c "CREATE DATABASE \"$2\" ${3:-}"
}

# has_corpus CORPUS: is it here?  Some are not the project's; a test says what it leaves out.
has_corpus()
{
    case $1 in
    pagila | shop:*) return 0 ;;
    esac
    [ ! -d "$SANDSEED_SHARED/data" ] || return 0
    echo "not here, left out: $1 (set SANDSEED_SHARED to the folder that holds data/$1)"
    return 1
}

# load_corpus SERVER CORPUS [DBNAME]: pagila, sakila, chinook, synthea_nj, people, adult,
# flow_registry, omop_cdm, thingsboard, synapse; shop:SCALE
load_corpus()
{
    local server=$1 corpus=$2 db=${3:-${2%%:*}} data=$SANDSEED_SHARED/data f
    if [ "$corpus" = pagila ]; then
        data=$SOURCE_DIR/samples
    elif [[ $corpus = shop:* ]]; then
        data=$SOURCE_DIR/tests/bench
    fi
    createdb_in "$server" "$db"
    (
        run() { psql_in "$server" "$db" -o /dev/null "$@" 2>"$test_root/load.log" || { tail -5 "$test_root/load.log" >&2; fail "loading $corpus"; }; }
        case $corpus in
        pagila) cd "$data/pagila"; run -f pagila-schema.sql -f pagila-data.sql ;;
        sakila) cd "$data/sakila"; run -f postgres-sakila-schema.sql -f postgres-sakila-insert-data-using-copy.sql ;;
        chinook) sed -e '/^DROP DATABASE/d' -e '/^CREATE DATABASE/d' -e '/^\\c /d' "$data/chinook/Chinook_PostgreSql.sql" | run -f - ;;
        synthea_nj | people | adult) cd "$data/$corpus"; run -f load.sql ;;
        flow_registry) sed -E '/^ALTER .* OWNER TO /d;/^(GRANT|REVOKE) /d' "$data/schemas/$corpus/registrydb.schema.sql" | run -f - ;;
        omop_cdm)
            for f in ddl primary_keys constraints indices; do
                sed 's/@cdmDatabaseSchema/public/g' "$data/schemas/$corpus/OMOPCDM_postgresql_5.4_$f.sql" | run -f -
            done ;;
        thingsboard)
            cd "$data/schemas/$corpus"
            for f in schema-entities schema-views schema-functions schema-entities-idx schema-entities-idx-psql-addon schema-ts-psql schema-ts-latest-psql; do
                run -f $f.sql
            done ;;
        synapse) run -f "$data/schemas/$corpus/full.sql" ;;
        shop:*) run -v scale="${corpus#shop:}" -f "$data/shop.sql" ;;
        *) fail "unknown corpus $corpus" ;;
        esac
    )
}

# table_sums SERVER DB: one line per table: label, rows, order-free checksum of all rows' text
table_sums()
{
    psql_in "$1" "$2" -F ' ' <<'SQL'
SELECT format('SELECT %L, count(*), coalesce(sum((''x'' || substr(md5(t::text), 1, 15))::bit(60)::bigint::numeric), 0) FROM ONLY %I.%I t',
    format('%I.%I', n.nspname, c.relname), n.nspname, c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C" \gexec
SQL
}

test_end()
{
    local status=$? name
    # servers that sandseed started below our folder
    if [ -x "$SANDSEED" ]; then
        for name in "$test_root"/*/; do
            [ ! -d "$name/data" ] || "$SANDSEED" cluster stop "$name" >/dev/null 2>&1 || true
        done
    fi
    for name in "${!server_dir[@]}"; do
        server_stop "$name" >/dev/null 2>&1
    done
    if [ "$status" != 0 ] && [ "$status" != 77 ] && [ -n "${KEEP_TEST_ROOT:-}" ]; then
        echo "kept: $test_root" >&2
    else
        rm -rf "$test_root"
    fi
    exit "$status"
}
trap test_end EXIT
trap 'exit 130' INT TERM
