#include "classify/sample.h"

#include <string.h>
#include <time.h>

#include "base/pool.h"
#include "base/try.h"
#include "base/watch.h"

#define READERS   4 /* connections at once */
#define ROW_BYTES 40000
#define TEXT_MAX  4000U
#define TEXT_MIN  256U
#define DOCUMENT  262144  /* characters of one that is looked at whole; a longer one is not */
#define DOCUMENTS 1048576 /* of all in a row */
#define BYTES_MAX ((size_t) 64 << 20) /* of a table */
#define LEAVES    4                   /* partitions of a table that are looked at */
#define PAGES_MAX 256                 /* pages picked from one */

typedef struct asked /* a column whose values are looked at */
{
    size_t column;
    ss_look *look;
    char letter;
    ss_document document;
} asked;

typedef struct sampling /* one of several readers */
{
    const ss_catalog *catalog;
    const ss_snapshot *snapshot;
    ss_pg *pg; /* NULL: not connected yet */
    ss_arena *result;
    ss_arena *scratch; /* of one table */
    asked *asked;
    size_t nasked;
    bool documents;
    size_t document; /* characters that are read of one */
    int year;
    size_t rows;
} sampling;

typedef struct readers
{
    sampling *list;
    const size_t *tables; /* to be looked at */
    const ss_watch *watch;
    const ss_values **values; /* per table of the catalog */
    bool *unread;
} readers;

/* Of PostgreSQL itself or of an extension whose output is known: reading it runs nobody's code. */
static bool
is_plain(const ss_catalog *catalog, size_t type)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL)
        return false;
    switch (t->kind)
    {
    case SS_TYPE_BASE:
        return strcmp(t->schema, "pg_catalog") == 0 ||
               (t->extension != NULL &&
                (strcmp(t->extension, "citext") == 0 || strcmp(t->extension, "hstore") == 0));
    case SS_TYPE_ENUM:
        return true;
    case SS_TYPE_ARRAY:
        return is_plain(catalog, t->base);
    case SS_TYPE_COMPOSITE:
        for (size_t i = 0; i < t->nfields; i++)
        {
            if (!is_plain(catalog, t->fields[i].type))
                return false;
        }
        return true;
    case SS_TYPE_DOMAIN:
    case SS_TYPE_RANGE:
    case SS_TYPE_MULTIRANGE:
    case SS_TYPE_PSEUDO:
        return false;
    }
    return false;
}

/* to_json() looks for casts of types that are not PostgreSQL's, of enums as well, and would call their functions. */
static bool
may_have_cast(const ss_catalog *catalog, size_t type)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = &catalog->types[base];

    if (t->kind == SS_TYPE_ARRAY)
        return may_have_cast(catalog, t->base);
    for (size_t i = 0; t->kind == SS_TYPE_COMPOSITE && i < t->nfields; i++)
    {
        if (may_have_cast(catalog, t->fields[i].type))
            return true;
    }
    return t->extension != NULL || t->kind == SS_TYPE_ENUM;
}

/* The expression whose text is looked at; false: what it holds is known, or nobody can look. */
static bool
put_expression(const sampling *s, const ss_column *column, size_t cut, size_t document, asked *a,
               ss_buf *sql)
{
    const size_t base = ss_catalog_base_type(s->catalog, column->type);
    const ss_type *type = base == SS_NONE ? NULL : &s->catalog->types[base];
    const bool nested =
        type != NULL && (type->kind == SS_TYPE_ARRAY || type->kind == SS_TYPE_COMPOSITE);
    ss_buf name = {0};

    a->letter = nested ? 'j' : ss_recogniser_letter(s->catalog, column->type);
    a->document = SS_DOCUMENT_JSON;
    if (!column->readable || type == NULL || !is_plain(s->catalog, column->type) ||
        strchr("tnidmxj", a->letter) == NULL ||
        (nested && (may_have_cast(s->catalog, column->type) ||
                    strchr("beux", ss_recogniser_letter(s->catalog, column->type)) != NULL)))
        return false;
    ss_pg_ident(&name, column->name);
    if (a->letter == 'j')
    {
        const char *n = ss_buf_text(&name);

        if (!nested && strcmp(type->name, "hstore") == 0)
            a->document = SS_DOCUMENT_HSTORE;
        else if (!nested && strcmp(type->name, "xml") == 0)
            a->document = SS_DOCUMENT_XML;
        /* "<" is no document in any form: nobody knows what is in one that is too long. */
        ss_buf_printf(
            sql,
            "CASE WHEN %s IS NULL THEN NULL WHEN pg_catalog.pg_column_size(%s) <= %zu THEN "
            "pg_catalog.\"left\"(%s%s%s::pg_catalog.text, %zu) ELSE '<' END",
            n, n, document / 8, nested ? "pg_catalog.to_json(" : "", n, nested ? ")" : "",
            document);
    }
    else if (a->letter == 'x')
        ss_buf_printf(sql, "pg_catalog.encode(pg_catalog.substr(%s, 1, 16), 'hex')",
                      ss_buf_text(&name));
    else
        ss_buf_printf(sql, "pg_catalog.\"left\"(%s::pg_catalog.text, %zu)", ss_buf_text(&name),
                      cut);
    ss_buf_done(&name);
    return true;
}

/* Of what a row's documents may have. */
static size_t
document_share(const ss_catalog *catalog, const ss_table *table)
{
    size_t n = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const size_t base = ss_catalog_base_type(catalog, table->columns[c].type);

        n += base != SS_NONE && (catalog->types[base].kind == SS_TYPE_ARRAY ||
                                 catalog->types[base].kind == SS_TYPE_COMPOSITE ||
                                 ss_recogniser_letter(catalog, base) == 'j');
    }
    return n * DOCUMENT <= DOCUMENTS ? DOCUMENT : DOCUMENTS / n;
}

static void
ask(sampling *s, const ss_table *table, ss_buf *list)
{
    const size_t share = ROW_BYTES / (table->ncolumns + 1);
    const size_t cut = share > TEXT_MAX ? TEXT_MAX : share < TEXT_MIN ? TEXT_MIN : share;
    const size_t document = document_share(s->catalog, table);

    s->asked = ss_alloc(s->scratch, table->ncolumns + 1, sizeof *s->asked);
    s->nasked = 0;
    s->documents = false;
    s->document = document;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_column *column = &table->columns[c];
        asked *a = &s->asked[s->nasked];
        ss_buf one = {0};

        if (put_expression(s, column, cut, document, a, &one))
        {
            ss_buf_printf(list, "%s%s", s->nasked == 0 ? "" : ", ", ss_buf_text(&one));
            a->column = c;
            a->look = ss_look_new(s->scratch, a->letter, a->document, s->year);
            s->documents = s->documents || a->letter == 'j';
            s->nasked++;
        }
        ss_buf_done(&one);
    }
}

/* Rows from the beginning, from pages all over and from the end; of a small table all of them. */
static void
put_query(const sampling *s, const ss_table *leaf, const char *list, size_t rows, ss_buf *sql)
{
    const char *from = ss_pg_qualified(s->scratch, leaf->schema, leaf->name);
    const double pages = leaf->relpages > 0 ? (double) leaf->relpages : 1;
    /* 60 rows a page until an ANALYZE has counted them */
    const double density = leaf->reltuples > 0 ? leaf->reltuples / pages : 60;
    const double wanted = (double) rows / (density < 0.1 ? 0.1 : density);
    const size_t ends = rows / 8;
    const double percent = 100 * (wanted > PAGES_MAX ? PAGES_MAX : wanted) / pages;

    ss_buf_puts(sql, "DECLARE sandseed_sample NO SCROLL CURSOR FOR ");
    if (percent >= 60)
    {
        ss_buf_printf(sql, "SELECT %s FROM ONLY %s LIMIT %zu", list, from, rows);
        return;
    }
    ss_buf_printf(
        sql,
        "(SELECT %s FROM ONLY %s LIMIT %zu) UNION ALL (SELECT %s FROM ONLY %s TABLESAMPLE "
        "pg_catalog.system (%.9g) REPEATABLE (1) LIMIT %zu)",
        list, from, ends, list, from, percent, rows - 2 * ends);
    /* Before PostgreSQL 14 this would read the whole table. */
    if (leaf->places_readable && s->catalog->server_version >= 140000)
        ss_buf_printf(sql,
                      " UNION ALL (SELECT %s FROM ONLY %s WHERE ctid >= '(%lld,0)'::pg_catalog.tid "
                      "LIMIT %zu)",
                      list, from, (long long) leaf->relpages - 2, ends);
}

/* Is it as long as what is read of one?  Cut between two elements or pairs it would be well formed, and its rest unseen. */
static bool
is_cut(const sampling *s, const asked *a, const char *value, size_t n)
{
    size_t characters = 0;

    if (a->letter != 'j' || n < s->document)
        return false;
    for (size_t i = 0; i < n; i++)
        characters += ((unsigned char) value[i] & 0xC0) != 0x80;
    return characters >= s->document;
}

static ss_code
fetch(sampling *s, size_t rows, ss_error *err)
{
    ss_arena *batch = ss_arena_new(s->scratch);
    const char *sql = s->documents ? "FETCH FORWARD 20 FROM sandseed_sample"
                                   : "FETCH FORWARD 100 FROM sandseed_sample";

    for (size_t got = 0, bytes = 0;;)
    {
        ss_pg_result *r;
        size_t n;

        ss_arena_reset(batch);
        SS_TRY(ss_pg_query(s->pg, batch, sql, 0, NULL, &r, err));
        n = ss_pg_rows(r);
        for (size_t i = 0; i < n; i++)
        {
            for (size_t k = 0; k < s->nasked; k++)
            {
                const asked *a = &s->asked[k];
                const char *value = ss_pg_value(r, i, k);
                size_t length;

                if (value == NULL)
                    continue;
                length = strlen(value);
                bytes += length;
                if (is_cut(s, a, value, length))
                    ss_look_at(a->look, "<", 1);
                else
                    ss_look_at(a->look, value, length);
            }
        }
        got += n;
        s->rows += n;
        if (n == 0 || got >= rows || bytes > BYTES_MAX / SS_SAMPLE_ROWS * rows)
            break;
    }
    return SS_OK;
}

static ss_code
read_leaf(sampling *s, const ss_table *leaf, const char *list, size_t rows, ss_error *err)
{
    ss_table_seen seen = {.oid = leaf->oid, .filenode = leaf->filenode, .label = leaf->label};
    ss_buf sql = {0};
    ss_code code = ss_snapshot_begin(s->snapshot, s->pg, err);

    if (code != SS_OK)
        return code;
    put_query(s, leaf, list, rows, &sql);
    code = ss_snapshot_look(s->pg, &seen, err);
    if (code == SS_OK)
        code = ss_pg_exec(s->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    if (code == SS_OK)
        code = fetch(s, rows, err);
    if (code == SS_OK)
        return ss_snapshot_end(s->pg, err);
    if (code != SS_EINTERRUPTED)
    {
        ss_error ignored;

        /* Fails where the connection is gone, and so does what comes next. */
        (void) ss_pg_exec(s->pg, "ROLLBACK", &ignored);
    }
    return code;
}

/* Was it the table, and not the connection or whoever waits? */
static bool
is_of_table(const ss_error *err)
{
    static const char *const others[] = {"08", "53", "58", "57P"};

    if (err->code == SS_EINTERRUPTED || err->sqlstate[0] == '\0')
        return false;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    {
        if (strncmp(err->sqlstate, others[i], strlen(others[i])) == 0)
            return false;
    }
    return true;
}

static size_t
leaves_of(const sampling *s, size_t table, const ss_table **leaves)
{
    const ss_catalog *c = s->catalog;
    const ss_table *root = &c->tables[table];
    const ss_table **all;
    size_t n = 0;

    if (root->kind == SS_TABLE_ORDINARY)
    {
        leaves[0] = root;
        return 1;
    }
    all = ss_alloc(s->scratch, c->ntables + 1, sizeof *all);
    for (size_t t = 0; t < c->ntables; t++)
    {
        if (c->tables[t].is_partition && c->tables[t].kind == SS_TABLE_ORDINARY &&
            c->tables[t].relpages > 0 && ss_table_root(c, &c->tables[t]) == root)
            all[n++] = &c->tables[t];
    }
    for (size_t i = 0; i < LEAVES && i < n; i++)
        leaves[i] = all[n <= LEAVES ? i : i * (n - 1) / (LEAVES - 1)];
    return n < LEAVES ? n : LEAVES;
}

/* By column grants some may be readable. */
static bool
is_closed(const ss_table *table)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (table->columns[c].readable)
            return false;
    }
    return table->ncolumns > 0;
}

static ss_code
read_table(sampling *s, size_t t, const ss_values **values, bool *unread, ss_error *err)
{
    const ss_table *table = &s->catalog->tables[t], *leaves[LEAVES];
    const size_t nleaves = leaves_of(s, t, leaves);
    ss_buf list = {0};
    ss_values *all;
    ss_code code = SS_OK;

    ask(s, table, &list);
    *unread = is_closed(table);
    for (size_t i = 0; i < nleaves && s->nasked > 0 && code == SS_OK; i++)
    {
        if (!leaves[i]->readable || !leaves[i]->rows_visible)
            *unread = true;
        else
            code = read_leaf(s, leaves[i], ss_buf_text(&list), SS_SAMPLE_ROWS / nleaves, err);
    }
    ss_buf_done(&list);
    if (code != SS_OK && !is_of_table(err))
        return ss_note(err, "while looking at rows of %s", table->label);
    *unread = *unread || code != SS_OK;
    if (*unread || nleaves == 0)
        return SS_OK;
    all = ss_alloc(s->result, table->ncolumns + 1, sizeof *all);
    for (size_t k = 0; k < s->nasked; k++)
        all[s->asked[k].column] = ss_look_finish(s->asked[k].look, s->result);
    *values = all;
    return SS_OK;
}

static ss_code
connect_reader(sampling *s, const ss_watch *watch, ss_error *err)
{
    const ss_pg_options options = {.source = true,
                                   .application_name = "sandseed sample",
                                   .statement_timeout_s = SS_SAMPLE_TIMEOUT_S};

    return ss_pg_open(s->result, ss_snapshot_endpoint(s->snapshot), &options, watch, &s->pg, err);
}

static ss_code
read_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    readers *r = arg;
    sampling *s = &r->list[worker];
    const size_t t = r->tables[job];
    const ss_progress progress = {.stage = "look", .object = s->catalog->tables[t].label};
    ss_code code;

    if (s->pg == NULL)
        SS_TRY(connect_reader(s, r->watch, err));
    ss_report_progress(r->watch, &progress);
    code = read_table(s, t, &r->values[t], &r->unread[t], err);
    ss_arena_reset(s->scratch);
    return code;
}

/* Not of partitions: they count for their roots. */
static size_t
list_tables(const ss_catalog *catalog, size_t *tables)
{
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        if (!table->is_partition && table->extension == NULL && table->kind != SS_TABLE_FOREIGN)
            tables[n++] = t;
    }
    return n;
}

ss_code
ss_sample_read(const ss_catalog *catalog, ss_snapshot *snapshot, size_t jobs, const ss_watch *watch,
               ss_arena *result, ss_sample *sample, ss_error *err)
{
    const size_t n = jobs < 1 ? 1 : jobs > READERS ? READERS : jobs;
    sampling *list = ss_alloc(result, n, sizeof *list);
    size_t *tables = ss_alloc(result, catalog->ntables + 1, sizeof *tables);
    size_t *unread = ss_alloc(result, catalog->ntables + 1, sizeof *unread);
    readers r = {.list = list,
                 .tables = tables,
                 .watch = watch,
                 .values = ss_alloc(result, catalog->ntables + 1, sizeof *r.values),
                 .unread = ss_alloc(result, catalog->ntables + 1, sizeof *r.unread)};
    const time_t now = time(NULL);
    struct tm calendar;
    ss_code code;

    for (size_t i = 0; i < n; i++)
        list[i] =
            (sampling){.catalog = catalog,
                       .snapshot = snapshot,
                       .result = ss_arena_new(result),
                       .scratch = ss_arena_new(result),
                       .year = gmtime_r(&now, &calendar) == NULL ? 2000 : calendar.tm_year + 1900};
    code = ss_pool_run(list_tables(catalog, tables), n, read_job, &r, err);
    *sample = (ss_sample){.tables = r.values, .unread = unread};
    for (size_t i = 0; i < n; i++)
    {
        sample->rows += list[i].rows;
        ss_pg_close(list[i].pg);
        ss_arena_free(list[i].scratch);
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (r.unread[t])
            unread[sample->nunread++] = t;
    }
    return code;
}
