/*
 * Tables whose rows are the source's own: kept ones, copied unread, and changed ones, batch by batch.
 *
 * Each is read in short transactions, of one range of pages or of so many chosen rows, and written in one stream, several
 * tables at once.  Changed rows are written in another order than they came in.  Rows that may belong to another partition
 * once they are changed go through the root, which finds their place: those of all partitions in one stream, transaction and
 * order, or else xmin and where a row stands would tell which partition it came from, and with it a key or a date.
 */
#include <string.h>

#include "base/clock.h"
#include "base/try.h"
#include "base/watch.h"
#include "load/load_internal.h"
#include "pg/pg.h"
#include "rows/widest.h"

typedef struct copied
{
    const ss_table *table;
    const ss_row_change *change; /* NULL: none */
    const char *name;   /* where it is read and, but for partitions whose rows move, written */
    char *list;         /* the columns that are written */
    const char *format; /* "binary", "text" */
    ss_copy_format copy_format;
    void *state;  /* of the change */
    ss_batch *in; /* likewise */
    ss_copy_writer *writer;
    const size_t *
        from; /* of a partition: which of its columns each of the root's is; NULL: they are as written */
    ss_batch moved; /* its rows in that order */
} copied;

static ss_code
tick(void *arg, uint64_t rows, ss_error *err)
{
    const ss_loading *l = arg;

    (void) rows;
    return ss_check_interrupt(l->load->watch, err);
}

#define PLACES 50000 /* chosen rows that one statement reads */

typedef struct part /* of a table, read by one statement */
{
    const char *from;  /* what it is read from, as t */
    const char *where; /* " WHERE ..." or "" */
    bool by_place;     /* of rows that are named one by one */
    bool first, last;
} part;

static char *
part_sql(const copied *k, const part *p, ss_arena *arena)
{
    if (k->change != NULL)
        return ss_strf(arena, "COPY (SELECT %s FROM %s AS t%s%s) TO STDOUT (FORMAT %s)",
                       k->change->select, p->from, k->change->joins, p->where, k->format);
    if (p->where[0] == '\0')
        return ss_strf(arena, "COPY %s %s TO STDOUT (FORMAT %s)", k->name, k->list, k->format);
    return ss_strf(arena, "COPY (SELECT %.*s FROM %s AS t%s) TO STDOUT (FORMAT %s)",
                   (int) (strlen(k->list) - 2), k->list + 1, p->from, p->where, k->format);
}

/* Partitions may have their columns in another order than their root. */
static const ss_batch *
as_written(copied *k, const ss_batch *out)
{
    if (k->from == NULL)
        return out;
    k->moved.nrows = out->nrows;
    k->moved.first_row = out->first_row;
    for (size_t i = 0; i < k->moved.ncolumns; i++)
        k->moved.columns[i] = out->columns[k->from[i]];
    return &k->moved;
}

/* Rows of one part: read, changed, written. */
static ss_code
change_rows(ss_loading *l, const ss_load_worker *w, copied *k, uint64_t *rows, ss_error *err)
{
    ss_copy_reader *reader =
        ss_copy_reader_new(w->scratch, w->reader, k->copy_format, k->change->in, k->change->nin);

    for (*rows = 0;;)
    {
        const ss_batch *out;

        SS_TRY(tick(l, *rows, err));
        ss_batch_clear(k->in);
        SS_TRY(ss_copy_read(reader, k->in, err));
        if (k->in->nrows == 0)
            return SS_OK;
        SS_TRY(k->change->change(k->state, k->in, &out, err));
        SS_TRY(ss_copy_write(k->writer, as_written(k, out), err));
        *rows += k->in->nrows;
    }
}

/* A short transaction of its own, then a look whether the table is still the same. */
static ss_code
read_part(ss_loading *l, const ss_load_worker *w, copied *k, const part *p, uint64_t *rows,
          ss_error *err)
{
    const ss_copy_part stream = {.format = k->copy_format, .first = p->first, .last = p->last};
    ss_table_seen seen = {
        .oid = k->table->oid, .filenode = k->table->filenode, .label = k->table->label};
    ss_code code;

    SS_TRY(ss_snapshot_begin(l->load->snapshot, w->reader, err));
    /* The planner takes a row by its place for a page read at random, and would read the whole table for each part. */
    if (p->by_place)
        SS_TRY(ss_pg_exec(w->reader,
                          "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; "
                          "SET LOCAL enable_mergejoin = off",
                          err));
    SS_TRY(ss_snapshot_look(w->reader, &seen, err));
    if (ss_pg_copy_out(w->reader, part_sql(k, p, w->scratch), err) != SS_OK)
        return ss_note(err, "while reading %s", k->table->label);
    code = k->change != NULL ? change_rows(l, w, k, rows, err)
                             : ss_copy_pass(w->reader, w->loader, &stream, tick, l, rows, err);
    if (code != SS_OK)
    {
        (void) ss_note_widest_column(w->reader, k->table, err);
        return ss_note(err, "while copying %s", k->table->label);
    }
    SS_TRY(ss_snapshot_end(w->reader, err));
    return ss_snapshot_unchanged(w->reader, &seen, err);
}

/* Memory of the one part goes with it: a table has many, and the places of its rows take hundreds of kilobytes. */
static ss_code
copy_part(ss_loading *l, const ss_load_worker *worker, copied *k, const part *p, uint64_t *rows,
          ss_error *err)
{
    ss_load_worker w = *worker;
    ss_code code;

    w.scratch = ss_arena_new(worker->scratch);
    code = read_part(l, &w, k, p, rows, err);
    ss_arena_free(w.scratch);
    return code;
}

static bool
has_ranges(const ss_loading *l, const copied *k)
{
    return l->load->catalog->server_version >= 140000 && k->list[0] != '\0';
}

/* In one stream the first range brings the header, and the last the trailer. */
static ss_code
copy_ranges(ss_loading *l, ss_load_worker *w, copied *k, uint64_t *rows, ss_error *err)
{
    part p = {.from = ss_strf(w->scratch, "ONLY %s", k->name), .where = "", .first = true};

    *rows = 0;
    for (int64_t from = 0; !p.last; from += SS_RANGE_PAGES)
    {
        uint64_t n = 0;

        p.last = !has_ranges(l, k) || from + SS_RANGE_PAGES >= k->table->relpages;
        if (from > 0 || !p.last)
            p.where = ss_strf(
                w->scratch, " WHERE t.ctid >= '(%lld,0)'::pg_catalog.tid%s", (long long) from,
                p.last ? ""
                       : ss_strf(w->scratch, " AND t.ctid < '(%lld,0)'::pg_catalog.tid",
                                 (long long) (from + SS_RANGE_PAGES)));
        SS_TRY(copy_part(l, w, k, &p, &n, err));
        *rows += n;
        ss_load_tell(l, "load", k->table, n);
        p.first = false;
    }
    return SS_OK;
}

static void
put_number(ss_buf *sql, uint32_t n)
{
    char digits[10];
    size_t at = sizeof digits;

    do
    {
        digits[--at] = (char) ('0' + n % 10);
        n /= 10;
    } while (n > 0);
    ss_buf_append(sql, digits + at, sizeof digits - at);
}

/* " WHERE t.ctid = ANY (...)" of places. */
static const char *
places_sql(const uint64_t *places, size_t n, ss_arena *arena)
{
    ss_buf sql = {0};
    const char *copy;

    ss_buf_puts(&sql, " WHERE t.ctid = ANY ('{");
    for (size_t i = 0; i < n; i++)
    {
        ss_buf_puts(&sql, i == 0 ? "\"(" : ",\"(");
        put_number(&sql, SS_ROW_PAGE(places[i]));
        ss_buf_putc(&sql, ',');
        put_number(&sql, SS_ROW_ITEM(places[i]));
        ss_buf_puts(&sql, ")\"");
    }
    ss_buf_puts(&sql, "}'::pg_catalog.tid[])");
    copy = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

/* The table with NULL in some of its columns, of the same type. */
static const char *
cut_sql(const copied *k, const char *where, const size_t *cut, size_t ncut, ss_arena *arena)
{
    ss_buf sql = {0};
    const char *copy;

    ss_buf_puts(&sql, "(SELECT t.ctid");
    for (size_t c = 0; c < k->table->ncolumns; c++)
    {
        bool is_cut = false;

        for (size_t i = 0; i < ncut; i++)
            is_cut = is_cut || cut[i] == c;
        ss_buf_puts(&sql, is_cut ? ", CASE WHEN false THEN t." : ", t.");
        ss_pg_ident(&sql, k->table->columns[c].name);
        if (!is_cut)
            continue;
        ss_buf_puts(&sql, " END AS ");
        ss_pg_ident(&sql, k->table->columns[c].name);
    }
    ss_buf_printf(&sql, " FROM ONLY %s AS t%s)", k->name, where);
    copy = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

typedef struct chosen_rows
{
    uint64_t *places;
    size_t n;
    const size_t *cut;
    size_t ncut;
} chosen_rows;

static ss_code
copy_places(ss_loading *l, ss_load_worker *w, copied *k, const chosen_rows *now, bool first,
            bool last, uint64_t *rows, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(w->scratch);
    part p = {.from = ss_strf(scratch, "ONLY %s", k->name),
              .where = places_sql(now->places, now->n, scratch),
              .by_place = true,
              .first = first,
              .last = last};
    uint64_t n = 0;
    ss_code code;

    if (now->ncut > 0)
    {
        p.from = cut_sql(k, p.where, now->cut, now->ncut, scratch);
        p.where = " WHERE true";
    }
    code = copy_part(l, w, k, &p, &n, err);
    ss_arena_free(scratch);
    if (code == SS_OK && n != now->n)
        code = ss_fail(err, SS_EBUG, "of %zu rows of %s that were chosen %llu are there", now->n,
                       k->table->label, (unsigned long long) n);
    *rows += n;
    ss_load_tell(l, "load", k->table, n);
    return code;
}

/* What comes next is asked for first, since the last of the stream's parts must know that it is. */
static ss_code
copy_chosen(ss_loading *l, ss_load_worker *w, copied *k, const ss_row_choice *choice,
            uint64_t *rows, ss_error *err)
{
    chosen_rows now = {.places = ss_alloc(w->scratch, PLACES, sizeof *now.places)},
                next = {.places = ss_alloc(w->scratch, PLACES, sizeof *next.places)}, swap;
    ss_row_cursor cursor = {0};
    bool first = true;

    *rows = 0;
    now.n = choice->next(choice, &cursor, now.places, PLACES, &now.cut, &now.ncut);
    do
    {
        next.n = choice->next(choice, &cursor, next.places, PLACES, &next.cut, &next.ncut);
        SS_TRY(copy_places(l, w, k, &now, first, next.n == 0, rows, err));
        swap = now;
        now = next;
        next = swap;
        first = false;
    } while (now.n > 0);
    return SS_OK;
}

/* --- tables ---------------------------------------------------------------------------------------- */

/* All columns that the server does not make. */
static size_t
written_columns(const ss_table *table, size_t *columns)
{
    size_t n = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (table->columns[c].generated == SS_GENERATED_NOT)
            columns[n++] = c;
    }
    return n;
}

/* Is it made anew of the row's new texts, as at the source: shape has no value for it. */
static bool
is_rebuilt(const ss_load *load, size_t table, const ss_search_vector *v)
{
    const size_t c = ss_table_index(&load->catalog->tables[table], v->attnum);

    return c != SS_NONE && load->tables[table].columns[c].treatment == SS_TREAT_SHAPE;
}

/*
 * Search vectors that a trigger fills are filled by the same function while the rows come in; the source's own trigger comes
 * with post-data.  Made, or dropped, in the transaction of the loader.
 */
static ss_code
rebuild_vectors(const ss_load *load, size_t index, bool begin, ss_pg *pg, ss_arena *arena,
                ss_error *err)
{
    const ss_table *table = &load->catalog->tables[index];
    const char *into = ss_load_name(table, arena);

    for (size_t i = 0; i < table->nsearch_vectors; i++)
    {
        const ss_search_vector *v = &table->search_vectors[i];
        ss_buf given = {0};
        ss_code code;

        if (!is_rebuilt(load, index, v))
            continue;
        if (!begin)
        {
            SS_TRY(ss_pg_execf(pg, err, "DROP TRIGGER \"sandseed rebuilds %zu\" ON %s", i, into));
            continue;
        }
        ss_pg_literal(&given, ss_table_attribute(table, v->attnum)->name);
        ss_buf_puts(&given, ", ");
        ss_pg_literal(&given, v->configuration);
        for (size_t c = 0; c < v->ncolumns; c++)
        {
            ss_buf_puts(&given, ", ");
            ss_pg_literal(&given, ss_table_attribute(table, v->attnums[c])->name);
        }
        code = ss_pg_execf(pg, err,
                           "CREATE TRIGGER \"sandseed rebuilds %zu\" BEFORE INSERT ON %s FOR EACH "
                           "ROW EXECUTE FUNCTION pg_catalog.tsvector_update_trigger%s(%s); ALTER "
                           "TABLE %s ENABLE ALWAYS TRIGGER \"sandseed rebuilds %zu\"",
                           i, into, v->by_column ? "_column" : "", ss_buf_text(&given), into, i);
        ss_buf_done(&given);
        if (code != SS_OK)
            return ss_note(err, "while preparing to rebuild the search vectors of %s",
                           table->label);
    }
    return SS_OK;
}

/* COPY FREEZE needs the table truncated in its own transaction, and takes no partitioned one. */
static ss_code
begin_writing(const ss_load *load, const ss_load_worker *w, const copied *k, bool alone,
              ss_error *err)
{
    SS_TRY(ss_pg_exec(w->loader, "BEGIN", err));
    if (alone)
        SS_TRY(ss_pg_execf(w->loader, err, "TRUNCATE ONLY %s", k->name));
    if (alone && k->change != NULL)
        SS_TRY(rebuild_vectors(load, ss_catalog_index(load->catalog, k->table), true, w->loader,
                               w->scratch, err));
    return ss_pg_copy_in(w->loader,
                         ss_strf(w->scratch, "COPY %s %s FROM STDIN (FORMAT %s%s)", k->name,
                                 k->list, k->format, alone ? ", FREEZE" : ""),
                         err);
}

/* How its rows are changed, and written: in an order of their own. */
static ss_code
open_change(const ss_load *load, const ss_load_worker *w, copied *k, uint64_t values,
            uint64_t bytes, ss_error *err)
{
    const ss_row_change *c = k->change;
    ss_shuffle_options shuffle = {.folder = load->folder, .bytes = bytes, .words = c->words};

    k->writer = ss_copy_writer_new(w->scratch, w->loader, k->copy_format, c->out, c->nout);
    SS_TRY(c->open(c, values, w->scratch, &k->state, err));
    shuffle.arg = k->state;
    if (c->norder > 0)
        ss_copy_writer_sort(k->writer, ss_sorter_new(w->scratch, load->folder, SS_SORT_RUN),
                            c->order, c->norder);
    else
        ss_copy_writer_shuffle(k->writer, ss_shuffle_new(w->scratch, &shuffle));
    return SS_OK;
}

static void
open_batch(const ss_load_worker *w, copied *k)
{
    const ss_row_change *c = k->change;
    ss_form *forms = ss_alloc(w->scratch, c->nin + 1, sizeof *forms);

    for (size_t i = 0; i < c->nin; i++)
        forms[i] = c->in[i].form;
    k->in = ss_batch_new(w->scratch, forms, c->nin);
}

static uint64_t
rows_of(const ss_table *table)
{
    return table->reltuples > 0 ? (uint64_t) table->reltuples : 0;
}

static uint64_t
bytes_of(const ss_table *table)
{
    return table->bytes > 0 ? (uint64_t) table->bytes : 0;
}

static copied
describe(const ss_load *load, const ss_load_worker *w, size_t index)
{
    const ss_table *table = &load->catalog->tables[index];
    size_t *columns = ss_alloc(w->scratch, table->ncolumns + 1, sizeof *columns);
    const size_t n = written_columns(table, columns);
    copied k = {.table = table,
                .change = load->changed == NULL ? NULL : load->changed[index],
                .name = ss_load_name(table, w->scratch)};

    (void) ss_load_columns(load, index, columns, n, &k.copy_format, w->scratch);
    if (k.change != NULL)
        k.copy_format = k.change->format;
    k.format = k.copy_format == SS_COPY_BINARY ? "binary" : "text";
    k.list = ss_load_column_list(table, columns, n, w->scratch);
    return k;
}

/* All rows of the table, or those that were chosen, into the stream that is open. */
static ss_code
copy_rows(ss_loading *l, ss_load_worker *w, copied *k, uint64_t *sent, ss_error *err)
{
    const ss_load *load = l->load;
    const size_t index = ss_catalog_index(load->catalog, k->table);
    const ss_row_choice *choice = load->chosen == NULL ? NULL : load->chosen[index];

    if (choice != NULL)
        SS_TRY(copy_chosen(l, w, k, choice, sent, err));
    else
        SS_TRY(copy_ranges(l, w, k, sent, err));
    load->done[index].rows = *sent; /* the row-count gate holds the sandbox to what was read */
    return SS_OK;
}

static ss_code
copy_table(ss_loading *l, ss_load_worker *w, size_t index, ss_error *err)
{
    const ss_load *load = l->load;
    copied k = describe(load, w, index);
    uint64_t sent = 0, taken = 0;
    ss_code code;

    SS_TRY(ss_load_open_worker(l, w, true, err));
    if (k.change != NULL)
    {
        open_batch(w, &k);
        SS_TRY(open_change(load, w, &k, rows_of(k.table), bytes_of(k.table), err));
    }
    SS_TRY(begin_writing(load, w, &k, true, err));
    code = copy_rows(l, w, &k, &sent, err);
    if (code == SS_OK && k.change != NULL)
        code = ss_copy_write_end(k.writer, err);
    if (code != SS_OK)
    {
        ss_pg_copy_abort(w->loader);
        return code;
    }
    SS_TRY(ss_pg_copy_end(w->loader, &taken, err));
    if (k.change != NULL)
        SS_TRY(rebuild_vectors(load, index, false, w->loader, w->scratch, err));
    SS_TRY(ss_pg_exec(w->loader, "COMMIT", err));
    if (k.change != NULL)
        k.change->close(k.state);
    return SS_OK;
}

/* --- partitions whose rows move --------------------------------------------------------------------- */

static bool
is_copied(const ss_load *load, size_t table)
{
    const ss_mode mode = load->tables[table].mode;

    return (mode == SS_MODE_KEEP || mode == SS_MODE_PSEUDONYMISE) &&
           ss_table_has_rows(&load->catalog->tables[table]);
}

/* Is it one of the partitions whose rows go through that root? */
static bool
moves_through(const ss_load *load, size_t table, const ss_table *root)
{
    return load->changed != NULL && load->changed[table] != NULL && load->changed[table]->moves &&
           ss_table_root(load->catalog, &load->catalog->tables[table]) == root;
}

static ss_code
match_columns(const ss_load_worker *w, const copied *root, copied *k, ss_error *err)
{
    const ss_row_change *to = root->change, *c = k->change;
    size_t *from = ss_alloc(w->scratch, to->nout + 1, sizeof *from);

    for (size_t i = 0; i < to->nout; i++)
    {
        const char *name = root->table->columns[to->columns[i]].name;

        while (from[i] < c->nout && strcmp(k->table->columns[c->columns[from[i]]].name, name) != 0)
            from[i]++;
        if (from[i] == c->nout || c->nout != to->nout || c->format != to->format ||
            c->out[from[i]].form != to->out[i].form)
            return ss_fail(err, SS_EBUG, "rows of %s are not as those of %s", k->table->label,
                           root->table->label);
    }
    k->from = from;
    k->moved = (ss_batch){.ncolumns = to->nout,
                          .columns = ss_alloc(w->scratch, to->nout + 1, sizeof(ss_batch_column))};
    return SS_OK;
}

/* Memory of the one partition goes with it. */
static ss_code
copy_partition(ss_loading *l, const ss_load_worker *worker, const copied *root, size_t index,
               ss_error *err)
{
    ss_load_worker w = *worker;
    copied k;
    uint64_t sent = 0;
    ss_code code;

    w.scratch = ss_arena_new(worker->scratch);
    k = describe(l->load, &w, index);
    k.writer = root->writer;
    open_batch(&w, &k);
    code = match_columns(&w, root, &k, err);
    if (code == SS_OK)
        code = k.change->open(k.change, rows_of(k.table), w.scratch, &k.state, err);
    if (code == SS_OK)
        code = copy_rows(l, &w, &k, &sent, err);
    if (code == SS_OK)
        k.change->close(k.state);
    ss_arena_free(w.scratch);
    if (code != SS_OK)
        return ss_note(err, "while loading %s", l->load->catalog->tables[index].label);
    return SS_OK;
}

static ss_code
copy_root(ss_loading *l, ss_load_worker *w, size_t index, ss_error *err)
{
    const ss_load *load = l->load;
    copied k = describe(load, w, index);
    uint64_t values = 0, bytes = 0, taken = 0;
    ss_code code = SS_OK;

    if (k.change == NULL)
        return ss_fail(err, SS_EBUG, "partitions of %s are changed, and it is not", k.table->label);
    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        if (!moves_through(load, t, k.table) || !is_copied(load, t))
            continue;
        values += rows_of(&load->catalog->tables[t]);
        bytes += bytes_of(&load->catalog->tables[t]);
    }
    SS_TRY(ss_load_open_worker(l, w, true, err));
    SS_TRY(open_change(load, w, &k, values, bytes, err));
    SS_TRY(begin_writing(load, w, &k, false, err));
    for (size_t t = 0; t < load->catalog->ntables && code == SS_OK; t++)
    {
        if (moves_through(load, t, k.table) && is_copied(load, t))
            code = copy_partition(l, w, &k, t, err);
    }
    if (code == SS_OK)
        code = ss_copy_write_end(k.writer, err);
    if (code != SS_OK)
    {
        ss_pg_copy_abort(w->loader);
        return code;
    }
    SS_TRY(ss_pg_copy_end(w->loader, &taken, err));
    return ss_pg_exec(w->loader, "COMMIT", err);
}

static ss_code
copy_job(void *arg, size_t job, size_t number, ss_error *err)
{
    ss_loading *l = arg;
    const size_t index = l->tables[job];
    const double start = ss_clock_s();
    ss_code code;

    SS_TRY(ss_check_interrupt(l->load->watch, err));
    code = ss_table_has_rows(&l->load->catalog->tables[index])
               ? copy_table(l, &l->workers[number], index, err)
               : copy_root(l, &l->workers[number], index, err);
    ss_arena_reset(l->workers[number].scratch);
    l->load->done[index].seconds = ss_clock_s() - start;
    if (code != SS_OK)
        return ss_note(err, "while loading %s", l->load->catalog->tables[index].label);
    return SS_OK;
}

bool
ss_load_moves(const ss_load *load, const ss_table *root)
{
    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        if (moves_through(load, t, root))
            return true;
    }
    return false;
}

/* A root's partitions are empty before the first of them is filled, some by themselves; after the last one nothing of ours is left. */
static ss_code
prepare_roots(const ss_load *load, bool begin, ss_arena *arena, ss_error *err)
{
    ss_pg *pg = NULL;

    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        const ss_table *table = &load->catalog->tables[t];

        if (table->is_partition || !ss_load_moves(load, table))
            continue;
        if (pg == NULL)
            SS_TRY(ss_load_session(load, arena, &pg, err));
        if (begin)
            SS_TRY(ss_pg_execf(pg, err, "TRUNCATE %s", ss_load_name(table, arena)));
        SS_TRY(rebuild_vectors(load, t, begin, pg, arena, err));
    }
    if (pg != NULL)
        ss_pg_close(pg);
    return SS_OK;
}

/* Rows that went through a root are counted there. */
static void
count_roots(ss_load *load)
{
    for (size_t t = 0; t < load->catalog->ntables; t++)
    {
        const ss_table *root = ss_table_root(load->catalog, &load->catalog->tables[t]);

        if (!moves_through(load, t, root))
            continue;
        load->done[ss_catalog_index(load->catalog, root)].rows += load->done[t].rows;
        load->done[t].rows = 0;
    }
}

ss_code
ss_load_copied(ss_load *load, ss_arena *arena, ss_error *err)
{
    ss_loading l = {.load = load};
    const size_t ntables = load->catalog->ntables;
    size_t *tables = ss_alloc(arena, ntables + 1, sizeof *tables), roots = 0, n;

    /* Those that are read partition by partition take longest. */
    for (size_t t = 0; t < ntables; t++)
    {
        if (!load->catalog->tables[t].is_partition &&
            ss_load_moves(load, &load->catalog->tables[t]))
            tables[roots++] = t;
    }
    n = roots;
    for (size_t t = 0; t < ntables; t++)
    {
        const ss_table *table = &load->catalog->tables[t];

        if (!is_copied(load, t))
            continue;
        l.rows_total += rows_of(table);
        if (!moves_through(load, t, ss_table_root(load->catalog, table)))
            tables[n++] = t;
    }
    SS_TRY(prepare_roots(load, true, arena, err));
    (void) ss_load_largest_first(load, tables + roots, n - roots);
    l.tables = tables;
    SS_TRY(ss_load_run(&l, n, copy_job, arena, err));
    SS_TRY(prepare_roots(load, false, arena, err));
    count_roots(load);
    return SS_OK;
}
