#include "fit/fit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/references.h"
#include "fit/column.h"
#include "fit/fan_out.h"
#include "fit/heavy.h"
#include "fit/joint.h"
#include "model/statistics_json.h"
#include "policy/ways.h"
#include "rows/copy.h"
#include "rows/widest.h"

#define SUBJECTS_MIN 50 /* fewer in a table: shape only (design 5.7) */

/* One table being learnt. */
typedef struct table_fit
{
    const ss_table *table; /* a root or an ordinary table */
    size_t index;
    const ss_table_plan *plan;
    ss_fit_column *columns; /* parallel to the table's */
    ss_fit_joint *joints;   /* sets of columns that CHECKs connect */
    size_t njoints;
    ss_ways paths; /* to people, or to parents that stand for them; none: rows count */
    ss_fit_who who;
    ss_crowd *people; /* are there SUBJECTS_MIN? */
    ss_heavy *
        *heavy; /* of each path: who has more rows than others; NULL of those that lead to nobody */
    uint64_t rows; /* weights */
    const ss_reference *references;
    size_t nreferences;
} table_fit;

typedef struct fitting
{
    const ss_plan *plan;
    ss_snapshot *snapshot;
    const ss_fit_options *options;
    ss_arena *result;
    ss_model *model;
    ss_hash_key key;
    size_t *tables; /* indices of roots to learn, largest first */
    size_t ntables;
    ss_arena **arenas;    /* per worker */
    ss_pg **readers;      /* per worker */
    pthread_mutex_t lock; /* of result */
    atomic_uint_fast64_t rows;
    uint64_t rows_total; /* estimated */
} fitting;

/* --- reading ------------------------------------------------------------------------------------ */

typedef struct reading
{
    ss_copy_column *columns;
    ss_copy_format format;
    ss_batch *batch;
    ss_fit_behind behind;
    size_t *at;    /* of each table column: its place in the batch, or SS_NONE */
    size_t **keys; /* of each path: where its keys are in the batch */
    char *list;    /* t."a", t."b", t1."id" */
    size_t n;
} reading;

/* The keyed hash of who has this key, of n columns of a batch; a NULL key is nobody. */
static uint64_t
hash_key(const fitting *f, const ss_batch *batch, const size_t *at, size_t n, size_t row)
{
    uint64_t hash = 0;

    for (size_t k = 0; k < n; k++)
    {
        const ss_batch_column *column = &batch->columns[at[k]];
        uint64_t parts[2] = {hash, 0};
        size_t length;
        const unsigned char *bytes;

        if (column->null[row])
            return 0;
        if (column->form == SS_FORM_I64)
            parts[1] = ss_hash(&f->key, &column->i64[row], sizeof column->i64[row]);
        else if (column->form == SS_FORM_F64)
            parts[1] = ss_hash(&f->key, &column->f64[row], sizeof column->f64[row]);
        else
        {
            bytes = ss_column_bytes(column, row, &length);
            parts[1] = ss_hash(&f->key, bytes, length);
        }
        hash = n == 1 ? parts[1] : ss_hash(&f->key, parts, sizeof parts);
    }
    return hash;
}

/* Who stands behind a batch's rows, and what each row counts for. */
static void
find_people(const fitting *f, const table_fit *t, reading *r)
{
    for (size_t row = 0; row < r->batch->nrows; row++)
    {
        uint64_t *subjects = r->behind.subjects + row * t->paths.n, least = SS_WHOLE;

        for (size_t p = 0; p < t->paths.n; p++)
        {
            uint64_t weight = SS_WHOLE;

            subjects[p] = hash_key(f, r->batch, r->keys[p], t->paths.list[p].nkeys, row);
            if (t->heavy[p] != NULL)
                weight = ss_heavy_weight(t->heavy[p], subjects[p]);
            least = weight < least ? weight : least;
        }
        r->behind.weights[row] = least;
    }
}

/* Does learning the column need its values?  Keys: for the null share, and to tell people apart. */
static bool
needed(const table_fit *t, size_t c)
{
    if (t->columns[c].kind == SS_MARGINAL_NONE || t->columns[c].kind == SS_MARGINAL_NULL ||
        t->columns[c].kind == SS_MARGINAL_CONSTANT)
        return false;
    return true;
}

/* The keys of people: of a column that is read anyhow, or with the row from a joined table. */
static void
plan_keys(const fitting *f, const table_fit *t, reading *r, size_t *types, ss_form *forms,
          ss_buf *list, ss_arena *arena)
{
    const ss_catalog *catalog = f->plan->catalog;

    r->keys = ss_alloc(arena, t->paths.n + 1, sizeof *r->keys);
    for (size_t p = 0; p < t->paths.n; p++)
    {
        const ss_way *path = &t->paths.list[p];

        r->keys[p] = ss_alloc(arena, path->nkeys, sizeof *r->keys[p]);
        for (size_t k = 0; k < path->nkeys; k++)
        {
            const ss_way_key *key = &path->keys[k];
            const ss_table *table = &catalog->tables[key->table];
            const ss_column *column = &table->columns[key->column];

            if (key->own && r->at[key->column] != SS_NONE)
            {
                r->keys[p][k] = r->at[key->column];
                continue;
            }
            types[r->n] = column->type;
            forms[r->n] = SS_FORM_WIRE;
            r->columns[r->n] = (ss_copy_column){
                .type = {catalog, ss_catalog_base_type(catalog, column->type), column->typmod},
                .codec = ss_codec_find(catalog, column->type),
                .form = SS_FORM_WIRE,
                .label = ss_strf(arena, "%s.%s", table->label, column->name)};
            ss_buf_printf(list, "%s%s", r->n == 0 ? "" : ", ", key->sql);
            r->keys[p][k] = r->n++;
        }
    }
}

static void
plan_reading(const fitting *f, const table_fit *t, const ss_table *leaf, reading *r,
             ss_arena *arena)
{
    const ss_catalog *catalog = f->plan->catalog;
    size_t most = t->table->ncolumns + 1, *types;
    ss_form *forms;
    ss_buf list = {0};

    for (size_t p = 0; p < t->paths.n; p++)
        most += t->paths.list[p].nkeys;
    types = ss_alloc(arena, most, sizeof *types);
    forms = ss_alloc(arena, most, sizeof *forms);
    *r = (reading){.columns = ss_alloc(arena, most, sizeof *r->columns),
                   .at = ss_alloc(arena, t->table->ncolumns + 1, sizeof *r->at)};
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_column *column = &t->table->columns[c];
        const ss_codec *codec = ss_codec_find(catalog, column->type);

        r->at[c] = SS_NONE;
        if (!needed(t, c) || codec == NULL)
            continue;
        r->at[c] = r->n;
        types[r->n] = column->type;
        forms[r->n] = codec->form;
        r->columns[r->n] = (ss_copy_column){
            .type = {catalog, ss_catalog_base_type(catalog, column->type), column->typmod},
            .codec = codec,
            .form = codec->form,
            .label = ss_strf(arena, "%s.%s", leaf->label, column->name)};
        ss_buf_puts(&list, r->n == 0 ? "t." : ", t.");
        ss_pg_ident(&list, column->name);
        r->n++;
    }
    plan_keys(f, t, r, types, forms, &list, arena);
    r->format = ss_copy_format_of(catalog, types, r->n);
    r->batch = ss_batch_new(arena, forms, r->n);
    r->behind = (ss_fit_behind){
        .npaths = t->paths.n,
        .subjects = ss_alloc(arena, SS_BATCH_ROWS * (t->paths.n + 1), sizeof *r->behind.subjects),
        .weights = ss_alloc(arena, SS_BATCH_ROWS, sizeof *r->behind.weights)};
    r->list = ss_strdup(arena, ss_buf_text(&list));
    ss_buf_done(&list);
}

static void
learn_batch(const fitting *f, table_fit *t, reading *r)
{
    find_people(f, t, r);
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        if (r->at[c] != SS_NONE)
            ss_fit_column_add(&t->columns[c], &r->batch->columns[r->at[c]], r->batch->nrows,
                              &r->behind, &f->key);
    }
    ss_fit_joints_add(t->joints, t->njoints, r->batch, r->at, &r->behind, &f->key);
    for (size_t i = 0; i < r->batch->nrows; i++)
    {
        ss_crowd_add(t->people, r->behind.subjects + i * t->paths.n, r->behind.weights[i]);
        t->rows += r->behind.weights[i];
    }
}

/*
 * A reader's short transaction, and the tables that it reads, looked at before and after: an older snapshot
 * would see a truncated one empty.
 */
typedef struct looking
{
    ss_table_seen *seen;
    size_t n;
} looking;

static void
look_at(const ss_catalog *catalog, const ss_table *table, const size_t *joined, size_t njoined,
        ss_arena *arena, looking *l)
{
    *l = (looking){.seen = ss_alloc(arena, njoined + 1, sizeof *l->seen)};
    l->seen[l->n++] =
        (ss_table_seen){.oid = table->oid, .filenode = table->filenode, .label = table->label};
    for (size_t i = 0; i < njoined; i++)
    {
        const ss_table *t = &catalog->tables[joined[i]];

        l->seen[l->n++] =
            (ss_table_seen){.oid = t->oid, .filenode = t->filenode, .label = t->label};
    }
}

static ss_code
begin_looking(const fitting *f, looking *l, ss_pg *pg, ss_error *err)
{
    SS_TRY(ss_snapshot_begin(f->snapshot, pg, err));
    for (size_t i = 0; i < l->n; i++)
        SS_TRY(ss_snapshot_look(pg, &l->seen[i], err));
    return SS_OK;
}

static ss_code
end_looking(const looking *l, ss_pg *pg, ss_error *err)
{
    SS_TRY(ss_snapshot_end(pg, err));
    for (size_t i = 0; i < l->n; i++)
        SS_TRY(ss_snapshot_unchanged(pg, &l->seen[i], err));
    return SS_OK;
}

/* One range of one leaf: a short transaction of its own. */
static ss_code
read_range(fitting *f, table_fit *t, const ss_table *leaf, reading *r, ss_pg *pg, int64_t from,
           int64_t to, ss_arena *arena, ss_error *err)
{
    ss_copy_reader *reader;
    const char *where = "";
    looking l;

    look_at(f->plan->catalog, leaf, t->paths.tables, t->paths.ntables, arena, &l);
    if (from != 0 || to != 0)
        where = ss_strf(
            arena, " WHERE t.ctid >= '(%lld,0)'::pg_catalog.tid%s", (long long) from,
            to == 0 ? ""
                    : ss_strf(arena, " AND t.ctid < '(%lld,0)'::pg_catalog.tid", (long long) to));
    SS_TRY(begin_looking(f, &l, pg, err));
    SS_TRY(ss_pg_copy_out(pg,
                          ss_strf(arena, "COPY (SELECT %s FROM %s AS t%s%s) TO STDOUT (FORMAT %s)",
                                  r->list, ss_way_from(leaf, arena), t->paths.joins, where,
                                  r->format == SS_COPY_BINARY ? "binary" : "text"),
                          err));
    reader = ss_copy_reader_new(arena, pg, r->format, r->columns, r->n);
    for (;;)
    {
        ss_progress p = {.stage = "learn", .object = leaf->label, .rows_total = f->rows_total};

        ss_batch_clear(r->batch);
        if (ss_copy_read(reader, r->batch, err) != SS_OK)
            return ss_note_widest_column(pg, leaf, err);
        if (r->batch->nrows == 0)
            break;
        learn_batch(f, t, r);
        p.rows = atomic_fetch_add(&f->rows, r->batch->nrows) + r->batch->nrows;
        ss_report_progress(f->options->watch, &p);
        SS_TRY(ss_check_interrupt(f->options->watch, err));
    }
    return end_looking(&l, pg, err);
}

static ss_code
read_leaf(fitting *f, table_fit *t, const ss_table *leaf, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const bool splits = f->plan->catalog->server_version >= 140000;
    reading r;

    plan_reading(f, t, leaf, &r, arena);
    for (int64_t from = 0;; from += SS_RANGE_PAGES)
    {
        const bool last = !splits || from + SS_RANGE_PAGES >= leaf->relpages;

        SS_TRY(read_range(f, t, leaf, &r, pg, from, last ? 0 : from + SS_RANGE_PAGES, arena, err));
        if (last)
            return SS_OK;
    }
}

/* --- who has more rows than others ------------------------------------------------------------------ */

/* By one path, the k who have most, read as the rows' own keys are. */
static ss_code
find_heavy_by(const fitting *f, table_fit *t, const reading *r, size_t p, ss_pg *pg,
              ss_arena *arena, ss_error *err)
{
    const size_t nkeys = t->paths.list[p].nkeys;
    ss_copy_column *columns = ss_alloc(arena, nkeys + 1, sizeof *columns);
    ss_form *forms = ss_alloc(arena, nkeys + 1, sizeof *forms);
    size_t *at = ss_alloc(arena, nkeys, sizeof *at);
    ss_copy_reader *reader;
    ss_ways path;
    ss_batch *batch;

    ss_ways_init(&path, f->plan->catalog, t->index, &t->plan->routes[p], 1, "t", arena);
    forms[0] = SS_FORM_WIRE;
    columns[0] = (ss_copy_column){.form = SS_FORM_WIRE, .label = t->table->label};
    for (size_t k = 0; k < nkeys; k++)
    {
        columns[1 + k] = r->columns[r->keys[p][k]];
        forms[1 + k] = columns[1 + k].form;
        at[k] = 1 + k;
    }
    t->heavy[p] = ss_heavy_new(f->model->people, arena);
    batch = ss_batch_new(arena, forms, nkeys + 1);
    SS_TRY(ss_pg_copy_out(pg,
                          ss_strf(arena, "COPY (%s) TO STDOUT (FORMAT %s)",
                                  ss_heavy_sql(t->table, &path, NULL, f->model->people, arena),
                                  r->format == SS_COPY_BINARY ? "binary" : "text"),
                          err));
    reader = ss_copy_reader_new(arena, pg, r->format, columns, nkeys + 1);
    for (;;)
    {
        ss_batch_clear(batch);
        SS_TRY(ss_copy_read(reader, batch, err));
        if (batch->nrows == 0)
            break;
        for (size_t row = 0; row < batch->nrows; row++)
            ss_heavy_add(t->heavy[p], hash_key(f, batch, at, nkeys, row),
                         ss_count_in(&batch->columns[0], row));
    }
    ss_heavy_end(t->heavy[p]);
    return SS_OK;
}

/*
 * Of subjects that lead to people alone: parents that merely stand for them, a list of states say, would say
 * nothing.
 */
static ss_code
find_heavy(const fitting *f, table_fit *t, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    reading r;
    looking l;

    t->heavy = ss_alloc(arena, t->paths.n + 1, sizeof *t->heavy);
    plan_reading(f, t, t->table, &r, arena);
    look_at(f->plan->catalog, t->table, t->paths.tables, t->paths.ntables, arena, &l);
    for (size_t p = 0; p < t->paths.n; p++)
    {
        if (!t->plan->routes[p].to_people)
            continue;
        SS_TRY(begin_looking(f, &l, pg, err));
        SS_TRY(find_heavy_by(f, t, &r, p, pg, arena, err));
        SS_TRY(end_looking(&l, pg, err));
    }
    return SS_OK;
}

/* Rows that the table is said to have: where fewer than k people have all of them, one digit. */
static uint64_t
told_rows(const table_fit *t)
{
    uint64_t rows = ss_whole_rows(t->rows);

    for (size_t p = 0; p < t->paths.n; p++)
    {
        if (t->heavy[p] != NULL && ss_heavy_few(t->heavy[p]))
            rows = ss_model_digits(rows, 1);
    }
    return t->rows == 0 ? 0 : rows < 5 ? 5 : ss_people_round(rows);
}

/* --- fan-outs ----------------------------------------------------------------------------------- */

/* Of a reference's columns the largest null share: a row that has one of them NULL has no parent. */
static void
take_nulls(const ss_reference *ref, const ss_model_table *m, ss_fan_out *out)
{
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        const ss_marginal *column = &m->columns[ref->columns[i]];

        if (column->kind == SS_MARGINAL_KEY && column->nulls > out->nulls)
            out->nulls = column->nulls;
    }
    out->count = m->rows;
}

static ss_code
count_fan_outs(fitting *f, const table_fit *t, const ss_fit_terms *terms, ss_model_table *m,
               ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_catalog *catalog = f->plan->catalog;

    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_reference *ref = &t->references[i];
        const ss_fan_out_plan plan = {.catalog = catalog,
                                      .tables = f->plan->tables,
                                      .child = t->index,
                                      .reference = ref,
                                      .k = terms->k,
                                      .key = &f->key};
        ss_counter *counter = NULL;
        ss_arena *scratch;
        looking l;
        ss_code code;

        m->references[i].constraint = ref->constraint;
        take_nulls(ref, m, &m->references[i]);
        /*
         * A parent that is empty has no rows in the sandbox whose children could be as many.  By a partition's own key
         * parents in other partitions would have children that are not theirs.
         */
        if (ref->ambiguous || terms->shape_only || terms->uncounted ||
            f->plan->tables[ref->parent].uncounted ||
            f->plan->tables[ref->parent].mode == SS_MODE_EMPTY)
            continue;
        scratch = ss_arena_new(arena);
        look_at(catalog, t->table, &ref->parent, 1, scratch, &l);
        code = begin_looking(f, &l, pg, err);
        if (code == SS_OK)
            code = ss_fan_out_count(&plan, pg, f->options->watch, scratch, &counter, err);
        if (code == SS_OK)
            code = end_looking(&l, pg, err);
        if (code == SS_OK)
        {
            (void) pthread_mutex_lock(&f->lock);
            ss_fan_out_cells(counter, f->result, &m->references[i].children);
            (void) pthread_mutex_unlock(&f->lock);
        }
        ss_counter_free(counter);
        ss_arena_free(scratch);
        if (code != SS_OK)
            return code;
    }
    return SS_OK;
}

/* --- one table ---------------------------------------------------------------------------------- */

/* By whom the table's numbers are counted. */
static ss_counted
counted_by(const ss_table_plan *plan)
{
    if (plan->uncounted)
        return SS_COUNTED_NOTHING;
    for (size_t i = 0; i < plan->nroutes; i++)
    {
        if (!plan->routes[i].to_people)
            return SS_COUNTED_KEYS;
    }
    return plan->nroutes > 0 || plan->subject_self ? SS_COUNTED_PEOPLE : SS_COUNTED_ROWS;
}

static ss_code
learn_table(fitting *f, table_fit *t, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_catalog *catalog = f->plan->catalog;
    ss_model_table *m = &f->model->tables[t->index];
    ss_fit_terms terms = {.k = f->model->people, .uncounted = t->plan->uncounted};

    SS_TRY(find_heavy(f, t, pg, arena, err));
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];

        if (ss_table_has_rows(leaf) && ss_table_root(catalog, leaf) == t->table)
            SS_TRY(read_leaf(f, t, leaf, pg, arena, err));
    }
    terms.shape_only = !ss_crowd_enough(t->people, t->who.may_be_empty);
    terms.rows = told_rows(t);
    (void) pthread_mutex_lock(&f->lock);
    m->counted = counted_by(t->plan);
    m->shape_only = terms.shape_only || terms.uncounted;
    m->rows = terms.rows;
    for (size_t c = 0; c < t->table->ncolumns; c++)
        ss_fit_column_finish(&t->columns[c], &terms, f->result, &m->columns[c]);
    ss_fit_joints_finish(t->joints, t->njoints, &terms, f->result, &m->joints, &m->njoints);
    (void) pthread_mutex_unlock(&f->lock);
    return count_fan_outs(f, t, &terms, m, pg, arena, err);
}

/* Per path: is nobody there when the column is NULL, or at all? */
static bool *
empty_when_null(const table_fit *t, size_t column, ss_arena *arena)
{
    bool *empty = ss_alloc(arena, t->paths.n + 1, sizeof *empty);

    for (size_t p = 0; p < t->paths.n; p++)
    {
        const ss_reference *hop = t->paths.list[p].route->hops[0];

        empty[p] = t->who.may_be_empty[p];
        for (size_t i = 0; i < hop->ncolumns; i++)
            empty[p] = empty[p] || hop->columns[i] == column;
    }
    return empty;
}

/* Also by a foreign key that only the table's partitions declare. */
static bool
is_key(const table_fit *t, size_t column)
{
    bool key = t->plan->columns[column].is_key;

    for (size_t i = 0; i < t->nreferences; i++)
    {
        for (size_t c = 0; c < t->references[i].ncolumns; c++)
            key = key || t->references[i].columns[c] == column;
    }
    return key;
}

static ss_code
fit_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    fitting *f = arg;
    const ss_pg_options options = {.source = true, .application_name = "sandseed fit"};
    const ss_catalog *catalog = f->plan->catalog;
    const size_t index = f->tables[job];
    ss_arena *arena = ss_arena_new(f->arenas[worker]);
    table_fit t = {
        .table = &catalog->tables[index], .index = index, .plan = &f->plan->tables[index]};
    ss_code code = SS_OK;

    if (f->readers[worker] == NULL)
        code = ss_pg_open(f->arenas[worker], ss_snapshot_endpoint(f->snapshot), &options,
                          f->options->watch, &f->readers[worker], err);
    t.references = ss_table_references(catalog, index, arena, &t.nreferences);
    ss_ways_init(&t.paths, catalog, index, t.plan->routes, t.plan->nroutes, "t", arena);
    t.columns = ss_alloc(arena, t.table->ncolumns + 1, sizeof *t.columns);
    t.who = (ss_fit_who){
        .k = f->model->people,
        .npaths = t.paths.n,
        /* three counters to a column are all of a text's */
        .cells = ss_fit_most_cells(t.paths.n, f->model->people, 3 * (t.table->ncolumns + 1)),
        .may_be_empty = ss_alloc(arena, t.paths.n + 1, sizeof(bool))};
    for (size_t p = 0; p < t.paths.n; p++)
        t.who.may_be_empty[p] = !t.plan->routes[p].to_people;
    t.people =
        ss_crowd_new(f->model->people > SUBJECTS_MIN ? f->model->people : SUBJECTS_MIN, t.paths.n);
    for (size_t c = 0; c < t.table->ncolumns; c++)
        ss_fit_column_init(&t.columns[c], catalog, &t.table->columns[c], &t.plan->columns[c],
                           is_key(&t, c), &t.who, empty_when_null(&t, c, arena));
    t.joints = ss_fit_joints(catalog, t.table, t.columns, &t.who, arena, &t.njoints);
    if (code == SS_OK)
        code = learn_table(f, &t, f->readers[worker], arena, err);
    for (size_t c = 0; c < t.table->ncolumns; c++)
        ss_fit_column_done(&t.columns[c]);
    ss_fit_joints_done(t.joints, t.njoints);
    ss_crowd_free(t.people);
    ss_arena_free(arena);
    if (code != SS_OK)
        return ss_note(err, "while learning %s", catalog->tables[index].label);
    return SS_OK;
}

/* --- all ---------------------------------------------------------------------------------------- */

/*
 * A table's rows are told without those that a few people have too many of.  Its fan-outs, which count its
 * rows as parents, must not tell them either: only shares matter to the generator.
 */
static void
bring_down_fan_outs(const ss_catalog *catalog, ss_model *model, ss_arena *scratch)
{
    const uint64_t least = ss_people_least(model->people);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        size_t n;
        const ss_reference *list = ss_table_references(catalog, t, scratch, &n);

        for (size_t i = 0; i < n && i < model->tables[t].nreferences; i++)
        {
            ss_cells *cells = &model->tables[t].references[i].children;
            const uint64_t rows = model->tables[list[i].parent].rows, total = cells->total;

            if (rows == 0 || total <= rows)
                continue;
            cells->total = 0;
            for (size_t c = 0; c < cells->n; c++)
            {
                const double scaled =
                    (double) cells->cells[c].count * (double) rows / (double) total;
                const uint64_t count = ss_people_round((uint64_t) scaled);

                cells->cells[c].count = count > least ? count : least;
                cells->total += cells->cells[c].count;
            }
        }
    }
}

ss_code
ss_fit(const ss_plan *plan, ss_snapshot *snapshot, const ss_fit_options *options, ss_arena *result,
       ss_model **model, ss_error *err)
{
    const ss_catalog *catalog = plan->catalog;
    ss_arena *scratch = ss_arena_new(NULL);
    fitting f = {.plan = plan,
                 .snapshot = snapshot,
                 .options = options,
                 .result = result,
                 .lock = PTHREAD_MUTEX_INITIALIZER};
    ss_code code;

    ss_hash_key_new(&f.key);
    f.model = ss_alloc(result, 1, sizeof *f.model);
    *f.model = (ss_model){.people = plan->policy->people, .ntables = catalog->ntables};
    f.model->tables = ss_alloc(result, catalog->ntables + 1, sizeof *f.model->tables);
    f.tables = ss_alloc(scratch, catalog->ntables + 1, sizeof *f.tables);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *table = &catalog->tables[i];
        ss_model_table *m = &f.model->tables[i];
        size_t at = f.ntables;

        m->label = table->label;
        if (plan->tables[i].mode != SS_MODE_SYNTHESISE || table->is_partition)
            continue;
        m->ncolumns = table->ncolumns;
        m->columns = ss_alloc(result, table->ncolumns + 1, sizeof *m->columns);
        (void) ss_table_references(catalog, i, scratch, &m->nreferences);
        m->references = ss_alloc(result, m->nreferences + 1, sizeof *m->references);
        for (; at > 0 && catalog->tables[f.tables[at - 1]].bytes < table->bytes; at--)
            f.tables[at] = f.tables[at - 1];
        f.tables[at] = i;
        f.ntables++;
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];
        const size_t root = ss_catalog_index(catalog, ss_table_root(catalog, leaf));

        if (ss_table_has_rows(leaf) && leaf->reltuples > 0 &&
            plan->tables[root].mode == SS_MODE_SYNTHESISE)
            f.rows_total += (uint64_t) leaf->reltuples;
    }
    f.arenas = ss_alloc(scratch, options->jobs + 1, sizeof *f.arenas);
    f.readers = ss_alloc(scratch, options->jobs + 1, sizeof(ss_pg *));
    for (size_t i = 0; i < options->jobs; i++)
        f.arenas[i] = ss_arena_new(scratch);
    code = ss_pool_run(f.ntables, options->jobs, fit_job, &f, err);
    if (code == SS_OK)
        bring_down_fan_outs(catalog, f.model, scratch);
    (void) pthread_mutex_destroy(&f.lock);
    ss_arena_free(scratch);
    if (code == SS_OK)
        *model = f.model;
    return code;
}
