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
#include "fit/joint.h"
#include "rows/copy.h"

#define SUBJECTS_MIN  50 /* fewer in a table: shape only (design 5.7) */
#define PATHS_MAX     8
#define RANGE_PAGES   INT64_C(16384)

/* One table being learnt. */
typedef struct table_fit
{
    const ss_table *table; /* a root or an ordinary table */
    size_t index;
    const ss_table_plan *plan;
    ss_fit_column *columns; /* parallel to the table's */
    ss_fit_joint *joints;   /* sets of columns that CHECKs connect */
    size_t njoints;
    size_t paths[PATHS_MAX]; /* columns whose values are keys of people; or of any parent */
    size_t npaths;
    ss_counter *people;     /* distinct subjects: only whether SUBJECTS_MIN differ */
    uint64_t rows;
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
    ss_arena **arenas; /* per worker */
    ss_pg **readers;   /* per worker */
    pthread_mutex_t lock; /* of result */
    atomic_uint_fast64_t rows;
} fitting;

/* --- who stands behind a row -------------------------------------------------------------------- */

static bool
add_path(table_fit *t, size_t column)
{
    for (size_t i = 0; i < t->npaths; i++)
    {
        if (t->paths[i] == column)
            return true;
    }
    if (t->npaths == PATHS_MAX)
        return false;
    t->paths[t->npaths++] = column;
    return true;
}

/*
 * The columns that tell people apart: those of the subjects that the policy names; where it names
 * none, of every foreign key, the smallest count deciding.  A table that is people itself: its rows.
 */
static void
choose_paths(table_fit *t)
{
    if (t->plan->subject_self || t->plan->subject_none)
        return;
    for (size_t i = 0; i < t->plan->nsubject_columns; i++)
        (void) add_path(t, t->plan->subject_columns[i]);
    for (size_t i = 0; t->plan->nsubject_columns == 0 && i < t->nreferences; i++)
    {
        if (t->references[i].parent != t->index)
            (void) add_path(t, t->references[i].columns[0]);
    }
}

/* Keyed hashes of a batch's subjects, row major; a NULL key is nobody. */
static void
hash_subjects(const fitting *f, const table_fit *t, const ss_batch *batch, const size_t *at,
              uint64_t *subjects)
{
    for (size_t p = 0; p < t->npaths; p++)
    {
        const ss_batch_column *column = &batch->columns[at[t->paths[p]]];

        for (size_t r = 0; r < batch->nrows; r++)
        {
            uint64_t *out = &subjects[r * t->npaths + p];
            size_t n;
            const unsigned char *bytes;

            if (column->null[r])
                *out = 0;
            else if (column->form == SS_FORM_I64)
                *out = ss_hash(&f->key, &column->i64[r], sizeof column->i64[r]);
            else if (column->form == SS_FORM_F64)
                *out = ss_hash(&f->key, &column->f64[r], sizeof column->f64[r]);
            else
            {
                bytes = ss_column_bytes(column, r, &n);
                *out = ss_hash(&f->key, bytes, n);
            }
        }
    }
}

/* --- reading ------------------------------------------------------------------------------------ */

typedef struct reading
{
    ss_copy_column *columns;
    ss_copy_format format;
    ss_batch *batch;
    uint64_t *subjects;
    size_t *at;   /* of each table column: its place in the batch, or SS_NONE */
    char *list;   /* "a", "b" */
    size_t n;
} reading;

/* Does learning the column need its values?  Keys: for the null share, and to tell people apart. */
static bool
needed(const table_fit *t, size_t c)
{
    if (t->columns[c].kind == SS_MARGINAL_NONE || t->columns[c].kind == SS_MARGINAL_NULL ||
        t->columns[c].kind == SS_MARGINAL_CONSTANT)
        return false;
    return true;
}

static void
plan_reading(const fitting *f, const table_fit *t, const ss_table *leaf, reading *r,
             ss_arena *arena)
{
    const ss_catalog *catalog = f->plan->catalog;
    size_t *types = ss_alloc(arena, t->table->ncolumns + 1, sizeof *types);
    ss_form *forms = ss_alloc(arena, t->table->ncolumns + 1, sizeof *forms);
    ss_buf list = {0};

    *r = (reading){.columns = ss_alloc(arena, t->table->ncolumns + 1, sizeof *r->columns),
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
        ss_buf_puts(&list, r->n == 0 ? "" : ", ");
        ss_pg_ident(&list, column->name);
        r->n++;
    }
    r->format = ss_copy_format_of(catalog, types, r->n);
    r->batch = ss_batch_new(arena, forms, r->n);
    r->subjects = ss_alloc(arena, SS_BATCH_ROWS * (t->npaths + 1), sizeof *r->subjects);
    r->list = ss_strdup(arena, ss_buf_text(&list));
    ss_buf_done(&list);
}

static void
learn_batch(const fitting *f, table_fit *t, const reading *r)
{
    hash_subjects(f, t, r->batch, r->at, r->subjects);
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        if (r->at[c] != SS_NONE)
            ss_fit_column_add(&t->columns[c], &r->batch->columns[r->at[c]], r->batch->nrows,
                              r->subjects, t->npaths, &f->key);
    }
    ss_fit_joints_add(t->joints, t->njoints, r->batch, r->at, r->subjects, t->npaths, &f->key);
    for (size_t i = 0; i < r->batch->nrows && t->npaths > 0; i++)
        ss_counter_add(t->people, 0, r->subjects + i * t->npaths);
    t->rows += r->batch->nrows;
}

/* One range of one leaf: a short transaction of its own. */
static ss_code
read_range(fitting *f, table_fit *t, const ss_table *leaf, reading *r, ss_pg *pg, int64_t from,
           int64_t to, ss_arena *arena, ss_error *err)
{
    ss_copy_reader *reader;
    const char *where = "";
    ss_table_seen seen = {.oid = leaf->oid, .filenode = leaf->filenode, .label = leaf->label};

    if (from != 0 || to != 0)
        where = ss_strf(arena, " WHERE ctid >= '(%lld,0)'::pg_catalog.tid%s", (long long) from,
                        to == 0 ? "" : ss_strf(arena, " AND ctid < '(%lld,0)'::pg_catalog.tid", (long long) to));
    SS_TRY(ss_snapshot_begin(f->snapshot, pg, err));
    SS_TRY(ss_snapshot_look(pg, &seen, err));
    SS_TRY(ss_pg_copy_out(pg,
                          ss_strf(arena, "COPY (SELECT %s FROM ONLY %s%s) TO STDOUT (FORMAT %s)",
                                  r->list, ss_pg_qualified(arena, leaf->schema, leaf->name), where,
                                  r->format == SS_COPY_BINARY ? "binary" : "text"),
                          err));
    reader = ss_copy_reader_new(arena, pg, r->format, r->columns, r->n);
    for (;;)
    {
        ss_progress p = {.stage = "learn", .object = leaf->label};

        ss_batch_clear(r->batch);
        SS_TRY(ss_copy_read(reader, r->batch, err));
        if (r->batch->nrows == 0)
            break;
        learn_batch(f, t, r);
        p.rows = atomic_fetch_add(&f->rows, r->batch->nrows) + r->batch->nrows;
        ss_report_progress(f->options->watch, &p);
        SS_TRY(ss_check_interrupt(f->options->watch, err));
    }
    SS_TRY(ss_snapshot_end(pg, err));
    return ss_snapshot_unchanged(pg, &seen, err);
}

static ss_code
read_leaf(fitting *f, table_fit *t, const ss_table *leaf, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const bool splits = f->plan->catalog->server_version >= 140000;
    reading r;

    plan_reading(f, t, leaf, &r, arena);
    for (int64_t from = 0;; from += RANGE_PAGES)
    {
        const bool last = !splits || from + RANGE_PAGES >= leaf->relpages;

        SS_TRY(read_range(f, t, leaf, &r, pg, from, last ? 0 : from + RANGE_PAGES, arena, err));
        if (last)
            return SS_OK;
    }
}

/* --- fan-outs ----------------------------------------------------------------------------------- */

/*
 * Children per parent, counted by the server: the rows of one parent are scattered over the table,
 * and the server's own hash aggregate spills where ours would have to grow with the parents.
 */
static char *
fan_out_sql(const table_fit *t, const ss_reference *ref, const ss_table *parent, ss_arena *arena)
{
    ss_buf columns = {0}, present = {0};
    const char *child = ss_pg_qualified(arena, t->table->schema, t->table->name);
    const char *only = t->table->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ";
    char *sql;

    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        ss_buf_puts(&columns, i == 0 ? "" : ", ");
        ss_pg_ident(&columns, t->table->columns[ref->columns[i]].name);
        ss_buf_puts(&present, i == 0 ? "" : " AND ");
        ss_pg_ident(&present, t->table->columns[ref->columns[i]].name);
        ss_buf_puts(&present, " IS NOT NULL");
    }
    sql = ss_strf(arena,
                  "SELECT c, pg_catalog.count(*) FROM (SELECT pg_catalog.count(*) AS c FROM %s%s WHERE "
                  "%s GROUP BY %s) s GROUP BY c UNION ALL SELECT 0, pg_catalog.count(*) FROM %s%s "
                  "UNION ALL SELECT -1, pg_catalog.count(*) FROM %s%s WHERE NOT (%s) ORDER BY 1",
                  only, child, ss_buf_text(&present), ss_buf_text(&columns),
                  parent->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ",
                  ss_pg_qualified(arena, parent->schema, parent->name), only, child,
                  ss_buf_text(&present));
    ss_buf_done(&columns);
    ss_buf_done(&present);
    return sql;
}

static uint64_t
round5(uint64_t n)
{
    return (n + 2) / 5 * 5;
}

/* Cells of (children, parents) pooled until each has k parents; a pool's children are its mean. */
static void
pool_fan_out(const ss_pg_result *res, size_t k, ss_arena *result, ss_fan_out *out)
{
    const size_t n = ss_pg_rows(res);
    uint64_t parents_total = 0, with_children = 0, nulls = 0;
    uint64_t parents = 0, children = 0, rows = 0;

    out->children.cells = ss_alloc(result, n + 2, sizeof *out->children.cells);
    for (size_t i = 0; i < n; i++)
    {
        int64_t c = 0;
        uint64_t count = 0;

        (void) ss_parse_i64(ss_pg_value(res, i, 0), &c);
        (void) ss_parse_u64(ss_pg_value(res, i, 1), &count);
        if (c == -1)
            nulls = count;
        else if (c == 0)
            parents_total = count;
        else
        {
            with_children += count;
            rows += count * (uint64_t) c;
        }
    }
    /* Parents without children come first: they are one pool of their own. */
    if (parents_total > with_children && parents_total - with_children >= k)
        out->children.cells[out->children.n++] =
            (ss_cell){.number = 0, .count = round5(parents_total - with_children)};
    for (size_t i = 0; i < n; i++)
    {
        int64_t c = 0;
        uint64_t count = 0;

        (void) ss_parse_i64(ss_pg_value(res, i, 0), &c);
        (void) ss_parse_u64(ss_pg_value(res, i, 1), &count);
        if (c <= 0)
            continue;
        parents += count;
        children += count * (uint64_t) c;
        if (parents < k)
            continue;
        out->children.cells[out->children.n++] =
            (ss_cell){.number = (int64_t) ((children + parents / 2) / parents), .count = round5(parents)};
        parents = children = 0;
    }
    for (size_t i = 0; i < out->children.n; i++)
        out->children.total += out->children.cells[i].count;
    out->nulls = nulls < k ? 0 : round5(nulls);
    out->count = round5(rows + nulls);
}

static ss_code
count_fan_outs(fitting *f, table_fit *t, ss_model_table *m, ss_pg *pg, ss_arena *arena,
               ss_error *err)
{
    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_reference *ref = &t->references[i];
        ss_pg_result *res;
        ss_table_seen seen = {
            .oid = t->table->oid, .filenode = t->table->filenode, .label = t->table->label};

        m->references[i].constraint = ref->constraint;
        SS_TRY(ss_snapshot_begin(f->snapshot, pg, err));
        SS_TRY(ss_snapshot_look(pg, &seen, err));
        SS_TRY(ss_pg_query(pg, arena,
                           fan_out_sql(t, ref, &f->plan->catalog->tables[ref->parent], arena), 0,
                           NULL, &res, err));
        SS_TRY(ss_snapshot_end(pg, err));
        SS_TRY(ss_snapshot_unchanged(pg, &seen, err));
        (void) pthread_mutex_lock(&f->lock);
        pool_fan_out(res, f->model->people, f->result, &m->references[i]);
        (void) pthread_mutex_unlock(&f->lock);
    }
    return SS_OK;
}

/* --- one table ---------------------------------------------------------------------------------- */

static ss_code
learn_table(fitting *f, table_fit *t, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_catalog *catalog = f->plan->catalog;
    ss_model_table *m = &f->model->tables[t->index];
    bool few;

    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];

        if (ss_table_has_rows(leaf) && ss_table_root(catalog, leaf) == t->table)
            SS_TRY(read_leaf(f, t, leaf, pg, arena, err));
    }
    if (t->npaths > 0)
    {
        size_t n;
        ss_count *list = ss_counter_list(t->people, &n);

        few = n == 0 || !list[0].enough;
        free(list);
    }
    else
        few = t->rows < SUBJECTS_MIN;
    (void) pthread_mutex_lock(&f->lock);
    m->rows = t->rows == 0 ? 0 : t->rows < 5 ? 5 : round5(t->rows);
    for (size_t c = 0; c < t->table->ncolumns; c++)
        ss_fit_column_finish(&t->columns[c], f->model->people, few, f->result, &m->columns[c]);
    ss_fit_joints_finish(t->joints, t->njoints, f->model->people, few, f->result, &m->joints,
                         &m->njoints);
    (void) pthread_mutex_unlock(&f->lock);
    return count_fan_outs(f, t, m, pg, arena, err);
}

static ss_code
fit_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    fitting *f = arg;
    const ss_pg_options options = {.source = true, .application_name = "sandseed fit"};
    const ss_catalog *catalog = f->plan->catalog;
    const size_t index = f->tables[job];
    ss_arena *arena = ss_arena_new(f->arenas[worker]);
    table_fit t = {.table = &catalog->tables[index],
                   .index = index,
                   .plan = &f->plan->tables[index]};
    ss_code code = SS_OK;

    if (f->readers[worker] == NULL)
        code = ss_pg_open(f->arenas[worker], ss_snapshot_endpoint(f->snapshot), &options,
                          f->options->watch, &f->readers[worker], err);
    t.references = ss_table_references(catalog, index, arena, &t.nreferences);
    choose_paths(&t);
    t.columns = ss_alloc(arena, t.table->ncolumns + 1, sizeof *t.columns);
    t.people = ss_counter_new(SS_COUNTER_NUMBERS, 4, SUBJECTS_MIN, t.npaths);
    for (size_t c = 0; c < t.table->ncolumns; c++)
        ss_fit_column_init(&t.columns[c], catalog, &t.table->columns[c], &t.plan->columns[c],
                           f->model->people, t.npaths);
    t.joints = ss_fit_joints(catalog, t.table, t.columns, f->model->people, t.paths, t.npaths,
                             arena, &t.njoints);
    if (code == SS_OK)
        code = learn_table(f, &t, f->readers[worker], arena, err);
    for (size_t c = 0; c < t.table->ncolumns; c++)
        ss_fit_column_done(&t.columns[c]);
    ss_fit_joints_done(t.joints, t.njoints);
    ss_counter_free(t.people);
    ss_arena_free(arena);
    if (code != SS_OK)
        return ss_note(err, "while learning %s", catalog->tables[index].label);
    return SS_OK;
}

/* --- all ---------------------------------------------------------------------------------------- */

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
    f.arenas = ss_alloc(scratch, options->jobs + 1, sizeof *f.arenas);
    f.readers = ss_alloc(scratch, options->jobs + 1, sizeof(ss_pg *));
    for (size_t i = 0; i < options->jobs; i++)
        f.arenas[i] = ss_arena_new(scratch);
    code = ss_pool_run(f.ntables, options->jobs, fit_job, &f, err);
    (void) pthread_mutex_destroy(&f.lock);
    ss_arena_free(scratch);
    if (code == SS_OK)
        *model = f.model;
    return code;
}
