#include "fit/reading.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "rows/widest.h"

#define AHEAD       16
#define RANGE_PAGES INT64_C(2048) /* 16 MB: a transaction each, and what workers share */

/* --- who stands behind a row ------------------------------------------------------------------------ */

/* Whom the keys of one path lead to.  Places in the table of parents are far apart: they are asked for some rows ahead. */
static void
follow_keys(const ss_fit_reading *r, size_t path)
{
    const size_t npaths = r->paths->n, n = r->batch->nrows;
    uint64_t *subjects = r->behind.subjects + path, last = 0, found = 0;

    for (size_t row = 0; row < n; row++)
    {
        if (row + AHEAD < n)
            ss_fit_chain_prepare(r->chains[path], subjects[(row + AHEAD) * npaths]);
        /* Children of one parent often lie together. */
        if (subjects[row * npaths] != last)
        {
            last = subjects[row * npaths];
            found = ss_fit_chain_follow(r->chains[path], last);
        }
        subjects[row * npaths] = found;
    }
}

/* Who stands behind a batch's rows, and what each row counts for.  Rows of the control subjects go. */
static void
find_people(const ss_fit_source *source, ss_fit_reading *r, ss_heavy *const *heavy)
{
    const size_t npaths = r->paths->n;
    size_t n = 0;

    for (size_t p = 0; p < npaths; p++)
    {
        for (size_t row = 0; row < r->batch->nrows; row++)
            r->behind.subjects[row * npaths + p] =
                ss_hash_of_key(source->key, r->batch, r->keys[p], r->paths->list[p].nkeys, row);
        if (r->chains != NULL && r->chains[p] != NULL)
            follow_keys(r, p);
    }
    for (size_t row = 0; row < r->batch->nrows; row++)
    {
        uint64_t *subjects = r->behind.subjects + row * npaths, least = SS_WHOLE, share;

        r->stays[row] = ss_fit_aside_stays(&r->aside, r->batch, row, subjects, &share);
        if (!r->stays[row])
            continue;
        for (size_t p = 0; p < npaths && heavy != NULL; p++)
        {
            const uint64_t weight =
                heavy[p] == NULL ? SS_WHOLE : ss_heavy_weight(heavy[p], subjects[p]);

            least = weight < least ? weight : least;
        }
        if (n < row && npaths > 0)
            memcpy(r->behind.subjects + n * npaths, subjects, npaths * sizeof *subjects);
        r->behind.weights[n++] = share == SS_WHOLE ? least : ss_part_of(least, share);
    }
    if (n < r->batch->nrows)
        ss_batch_keep(r->batch, r->stays);
}

/* --- what is read ----------------------------------------------------------------------------------- */

/* The keys of people: of a column that is read anyhow, or with the row from a joined table. */
static void
plan_keys(const ss_catalog *catalog, const ss_ways *paths, ss_fit_reading *r, ss_fit_asked *asked,
          ss_arena *arena)
{
    r->paths = paths;
    r->keys = ss_alloc(arena, paths->n + 1, sizeof *r->keys);
    for (size_t p = 0; p < paths->n; p++)
    {
        const ss_way *path = &paths->list[p];

        r->keys[p] = ss_alloc(arena, path->nkeys, sizeof *r->keys[p]);
        for (size_t k = 0; k < path->nkeys; k++)
        {
            const ss_way_key *key = &path->keys[k];

            r->keys[p][k] =
                key->own && r->at[key->column] != SS_NONE
                    ? r->at[key->column]
                    : ss_fit_ask_column(asked, catalog, key->table, key->column, key->sql, arena);
        }
    }
}

/* Do the keys of people stand in this column of the table, or the key of those that its rows are? */
static bool
holds_key(const ss_ways *paths, const ss_control_table *self, size_t column)
{
    for (size_t p = 0; p < paths->n; p++)
    {
        for (size_t k = 0; k < paths->list[p].nkeys; k++)
        {
            if (paths->list[p].keys[k].own && paths->list[p].keys[k].column == column)
                return true;
        }
    }
    for (size_t i = 0; self->state == SS_CONTROL_SET_ASIDE && i < self->ncolumns; i++)
    {
        if (self->columns[i] == column)
            return true;
    }
    return false;
}

/* By whom it is known that a row is not to be learnt from: those behind it, and the row itself. */
static void
plan_aside(const ss_fit_source *source, size_t table, ss_fit_reading *r, ss_fit_asked *asked,
           ss_arena *arena)
{
    const ss_table *of = &source->catalog->tables[table];
    const ss_control_table *self = &source->control->tables[table];
    size_t *at;

    ss_fit_aside_init(&r->aside, source->control, r->paths->n + 1, arena);
    r->stays = ss_alloc(arena, SS_BATCH_ROWS, sizeof *r->stays);
    for (size_t p = 0; p < r->paths->n; p++)
    {
        if (r->chains != NULL && r->chains[p] != NULL)
            ss_fit_aside_add_path(&r->aside, r->chains[p]->route, p);
        else
            ss_fit_aside_add(&r->aside, &r->paths->list[p], r->keys[p], arena);
    }
    if (self->state != SS_CONTROL_SET_ASIDE)
        return;
    at = ss_alloc(arena, self->ncolumns, sizeof *at);
    for (size_t i = 0; i < self->ncolumns; i++)
    {
        const size_t c = self->columns[i];

        at[i] = r->at[c] != SS_NONE
                    ? r->at[c]
                    : ss_fit_ask_column(asked, source->catalog, table, c,
                                        ss_way_column("t", &of->columns[c], arena), arena);
    }
    r->aside.ways[r->aside.n++] = (ss_fit_aside_way){.of = self, .at = at};
}

void
ss_fit_reading_plan(const ss_fit_source *source, const ss_table *table, const bool *wanted,
                    const bool *needed, const ss_ways *paths, const ss_fit_chain *const *chains,
                    const ss_table *leaf, ss_arena *arena, ss_fit_reading *r)
{
    const ss_catalog *catalog = source->catalog;
    const size_t index = ss_catalog_index(catalog, table);
    ss_fit_asked asked;

    ss_fit_asked_init(&asked, table->ncolumns + ss_fit_aside_room(catalog, index, paths), arena);
    *r = (ss_fit_reading){.chains = chains,
                          .at = ss_alloc(arena, table->ncolumns + 1, sizeof *r->at)};
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_column *column = &table->columns[c];

        r->at[c] = SS_NONE;
        if (!wanted[c] || ss_codec_find(catalog, column->type) == NULL)
            continue;
        r->at[c] = ss_fit_ask_column(&asked, catalog, index, c,
                                     needed == NULL || needed[c] ||
                                             holds_key(paths, &source->control->tables[index], c)
                                         ? ss_way_column("t", column, arena)
                                         : "NULL",
                                     arena);
        asked.columns[r->at[c]].label = ss_strf(arena, "%s.%s", leaf->label, column->name);
    }
    plan_keys(catalog, paths, r, &asked, arena);
    plan_aside(source, index, r, &asked, arena);
    r->columns = asked.columns;
    r->n = asked.n;
    r->format = ss_copy_format_of(catalog, asked.types, r->n);
    r->batch = ss_batch_new(arena, asked.forms, r->n);
    r->behind = (ss_fit_behind){
        .npaths = paths->n,
        .subjects = ss_alloc(arena, SS_BATCH_ROWS * (paths->n + 1), sizeof *r->behind.subjects),
        .weights = ss_alloc(arena, SS_BATCH_ROWS, sizeof *r->behind.weights)};
    r->list = ss_strdup(arena, ss_buf_text(&asked.sql));
    ss_fit_asked_done(&asked);
}

/* --- reading ---------------------------------------------------------------------------------------- */

void
ss_fit_look_at(const ss_catalog *catalog, const ss_table *table, const size_t *joined,
               size_t njoined, ss_arena *arena, ss_fit_looking *l)
{
    *l = (ss_fit_looking){.seen = ss_alloc(arena, njoined + 1, sizeof *l->seen)};
    l->seen[l->n++] =
        (ss_table_seen){.oid = table->oid, .filenode = table->filenode, .label = table->label};
    for (size_t i = 0; i < njoined; i++)
    {
        const ss_table *t = &catalog->tables[joined[i]];

        l->seen[l->n++] =
            (ss_table_seen){.oid = t->oid, .filenode = t->filenode, .label = t->label};
    }
}

ss_code
ss_fit_begin_looking(const ss_fit_source *source, ss_fit_looking *l, ss_pg *pg, ss_error *err)
{
    SS_TRY(ss_snapshot_begin(source->snapshot, pg, err));
    for (size_t i = 0; i < l->n; i++)
        SS_TRY(ss_snapshot_look(pg, &l->seen[i], err));
    return SS_OK;
}

ss_code
ss_fit_end_looking(const ss_fit_looking *l, ss_pg *pg, ss_error *err)
{
    SS_TRY(ss_snapshot_end(pg, err));
    for (size_t i = 0; i < l->n; i++)
        SS_TRY(ss_snapshot_unchanged(pg, &l->seen[i], err));
    return SS_OK;
}

static ss_code
read_rows(const ss_fit_source *source, const ss_fit_range *range, ss_fit_reading *r,
          ss_heavy *const *heavy, ss_pg *pg, ss_fit_take *take, void *arg, ss_arena *scratch,
          ss_error *err)
{
    ss_copy_reader *reader;
    const char *where = r->where == NULL ? "" : ss_strf(scratch, " WHERE %s", r->where);
    ss_fit_looking l;

    ss_fit_look_at(source->catalog, range->leaf, r->paths->tables, r->paths->ntables, scratch, &l);
    if (range->from != 0 || range->to != 0)
        where =
            ss_strf(scratch, "%s %s t.ctid >= '(%lld,0)'::pg_catalog.tid%s", where,
                    r->where == NULL ? "WHERE" : "AND", (long long) range->from,
                    range->to == 0 ? ""
                                   : ss_strf(scratch, " AND t.ctid < '(%lld,0)'::pg_catalog.tid",
                                             (long long) range->to));
    SS_TRY(ss_fit_begin_looking(source, &l, pg, err));
    SS_TRY(
        ss_pg_copy_out(pg,
                       ss_strf(scratch, "COPY (SELECT %s FROM %s AS t%s%s) TO STDOUT (FORMAT %s)",
                               r->list, ss_way_from(range->leaf, scratch), r->paths->joins, where,
                               r->format == SS_COPY_BINARY ? "binary" : "text"),
                       err));
    reader = ss_copy_reader_new(scratch, pg, r->format, r->columns, r->n);
    for (;;)
    {
        ss_progress p = {.stage = "learn", .object = range->leaf->label};

        ss_batch_clear(r->batch);
        if (ss_copy_read(reader, r->batch, err) != SS_OK)
            return ss_note_widest_column(pg, range->leaf, err);
        if (r->batch->nrows == 0)
            break;
        p.rows = atomic_fetch_add(&source->progress->rows, r->batch->nrows) + r->batch->nrows;
        find_people(source, r, heavy);
        SS_TRY(take(arg, r, err));
        p.rows_total = atomic_load(&source->progress->total);
        ss_report_progress(source->watch, &p);
        SS_TRY(ss_check_interrupt(source->watch, err));
    }
    return ss_fit_end_looking(&l, pg, err);
}

ss_code
ss_fit_read_range(const ss_fit_source *source, const ss_fit_range *range, ss_fit_reading *r,
                  ss_heavy *const *heavy, ss_pg *pg, ss_fit_take *take, void *arg, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_code code = read_rows(source, range, r, heavy, pg, take, arg, scratch, err);

    ss_arena_free(scratch);
    return code;
}

/* Before 14 a server reads all pages to find those of a range. */
static bool
may_split(const ss_catalog *catalog)
{
    return catalog->server_version >= 140000;
}

static bool
next_range(bool splits, ss_fit_range *range, bool first)
{
    if (!first && range->to == 0)
        return false;
    range->from = first ? 0 : range->to;
    range->to = !splits || range->from + RANGE_PAGES >= range->leaf->relpages
                    ? 0
                    : range->from + RANGE_PAGES;
    return true;
}

ss_fit_range *
ss_fit_ranges(const ss_catalog *catalog, const ss_table *table, bool split, ss_arena *arena,
              size_t *n)
{
    ss_fit_range *list = NULL;
    size_t capacity = 0;

    *n = 0;
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        ss_fit_range range = {.leaf = &catalog->tables[i]};
        bool first = true;

        if (!ss_table_has_rows(range.leaf) || ss_table_root(catalog, range.leaf) != table)
            continue;
        for (; next_range(split && may_split(catalog), &range, first); first = false)
        {
            list = ss_grow(arena, list, *n, &capacity, sizeof *list);
            list[(*n)++] = range;
        }
    }
    return list;
}

ss_code
ss_fit_read_leaf(const ss_fit_source *source, const ss_table *leaf, ss_fit_reading *r,
                 ss_heavy *const *heavy, ss_pg *pg, ss_fit_take *take, void *arg, ss_error *err)
{
    ss_fit_range range = {.leaf = leaf};

    for (bool first = true; next_range(may_split(source->catalog), &range, first); first = false)
        SS_TRY(ss_fit_read_range(source, &range, r, heavy, pg, take, arg, err));
    return SS_OK;
}
