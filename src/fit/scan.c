#include "fit/table_internal.h"

#include <string.h>

#include "base/try.h"
#include "fit/habits.h"

#define SUBJECTS_MIN 50 /* fewer in a table: shape only (design 5.7) */
#define SAMPLE_BYTES ((size_t) 32 << 20)

/* --- what is counted -------------------------------------------------------------------------------- */

/* Per path: is nobody there when the column is NULL, or at all? */
static bool *
empty_when_null(const ss_fit_table *t, size_t column, ss_arena *arena)
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
static ss_fit_key
key_of(const ss_fit_table *t, size_t column)
{
    bool key = t->plan->columns[column].is_key, kept = false;

    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_reference *r = &t->references[i];

        for (size_t c = 0; c < r->ncolumns; c++)
        {
            if (r->columns[c] != column)
                continue;
            key = true;
            kept =
                kept || (r->ncolumns == 1 && t->job->plan->tables[r->parent].mode == SS_MODE_KEEP);
        }
    }
    return kept ? SS_FIT_KEY_OF_KEPT : key ? SS_FIT_KEY : SS_FIT_NO_KEY;
}

void
ss_fit_scan_init(ss_fit_scan *s, const ss_fit_table *t, ss_arena *arena)
{
    const ss_catalog *catalog = t->job->plan->catalog;
    const size_t k = t->who.k;

    *s = (ss_fit_scan){.columns = ss_alloc(arena, t->table->ncolumns + 1, sizeof *s->columns),
                       .learners = ss_crowd_new(k > SUBJECTS_MIN ? k : SUBJECTS_MIN, t->paths.n),
                       .people = ss_crowd_new(k, t->paths.n)};
    for (size_t c = 0; c < t->table->ncolumns; c++)
        ss_fit_column_init(&s->columns[c], catalog, &t->table->columns[c], &t->plan->columns[c],
                           key_of(t, c), &t->who, empty_when_null(t, c, arena));
    s->joints = ss_fit_joints(catalog, t->table, s->columns, &t->who, arena, &s->njoints);
}

void
ss_fit_scan_done(ss_fit_scan *s, const ss_fit_table *t)
{
    if (s->people == NULL)
        return;
    for (size_t c = 0; c < t->table->ncolumns; c++)
        ss_fit_column_done(&s->columns[c]);
    ss_fit_joints_done(s->joints, s->njoints);
    ss_sampler_free(s->sampler);
    ss_sampler_free(s->documents);
    ss_crowd_free(s->learners);
    ss_crowd_free(s->people);
    s->njoints = 0;
    s->people = NULL;
}

void
ss_fit_scan_merge(ss_fit_scan *into, const ss_fit_scan *from, const ss_fit_table *t)
{
    for (size_t c = 0; c < t->table->ncolumns; c++)
        ss_fit_column_merge(&into->columns[c], &from->columns[c]);
    ss_fit_joints_merge(into->joints, from->joints, into->njoints);
    ss_crowd_merge(into->learners, from->learners);
    ss_crowd_merge(into->people, from->people);
    into->rows += from->rows;
    into->nobody += from->nobody;
    if (into->sampler != NULL)
        ss_sampler_merge(into->sampler, from->sampler);
    if (into->documents != NULL)
        ss_sampler_merge(into->documents, from->documents);
}

/* --- samples ---------------------------------------------------------------------------------------- */

/* Where in a batch the key is that tells people apart in a table of people. */
static size_t *
own_key(const ss_fit_table *t, const ss_fit_reading *r, ss_arena *arena, size_t *n)
{
    size_t *list = ss_alloc(arena, t->table->ncolumns + 1, sizeof *list);

    *n = 0;
    for (size_t i = 0; i < t->table->nkeys && t->plan->subject_self; i++)
    {
        const ss_key *key = &t->table->keys[i];

        for (size_t c = 0; key->primary && c < key->ncolumns; c++)
        {
            const size_t at = r->at[ss_table_index(t->table, key->attnums[c])];

            if (at == SS_NONE)
            {
                *n = 0;
                return list;
            }
            list[(*n)++] = at;
        }
    }
    return list;
}

/* A sample of what is looked at as a whole; NULL: there is nothing. */
static ss_sampler *
sample_documents(const ss_fit_scan *scan, const ss_fit_table *t, const ss_fit_reading *r,
                 const size_t *self, size_t nself)
{
    ss_sampler *s = NULL;

    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        if (r->at[c] == SS_NONE || !ss_fit_is_document(&scan->columns[c]))
            continue;
        if (s == NULL)
        {
            s = ss_sampler_new(r, self, nself, t->job->source.key, SS_DOCUMENT_ROWS,
                               SS_DOCUMENT_BYTES);
            for (size_t i = 0; i < r->n; i++)
                ss_sampler_limit(s, i, 0);
        }
        ss_sampler_limit(s, r->at[c], SS_DOCUMENT_MOST);
    }
    return s;
}

static void
begin_samples(ss_fit_scan *s, const ss_fit_table *t, const ss_fit_reading *r, ss_arena *arena)
{
    size_t nself;
    const size_t *self = own_key(t, r, arena, &nself);

    s->sampler =
        ss_sampler_new(r, self, nself, t->job->source.key, t->job->sample_rows, SAMPLE_BYTES);
    s->at = ss_alloc(arena, t->table->ncolumns + 1, sizeof *s->at);
    memcpy(s->at, r->at, t->table->ncolumns * sizeof *s->at);
    s->aside = r->aside.n;
    s->documents = sample_documents(s, t, r, self, nself);
}

/* --- reading ---------------------------------------------------------------------------------------- */

typedef struct scanning
{
    ss_fit_scan *scan;
    const ss_fit_table *table;
} scanning;

static ss_code
learn_batch(void *arg, const ss_fit_reading *r, ss_error *err)
{
    const scanning *g = arg;
    const ss_fit_table *t = g->table;
    const ss_hash_key *key = t->job->source.key;
    ss_fit_scan *s = g->scan;

    (void) err;
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        if (r->at[c] != SS_NONE)
            ss_fit_column_add(&s->columns[c], &r->batch->columns[r->at[c]], r->batch->nrows,
                              &r->behind, key);
    }
    ss_fit_joints_add(s->joints, s->njoints, r->batch, r->at, &r->behind, key);
    for (size_t i = 0; i < r->batch->nrows; i++)
    {
        const uint64_t *who = r->behind.subjects + i * t->paths.n;
        uint64_t anybody = t->paths.n == 0;

        for (size_t p = 0; p < t->paths.n; p++)
            anybody |= who[p];
        ss_crowd_add(s->learners, who, r->behind.weights[i]);
        ss_crowd_add(s->people, who, r->behind.weights[i]);
        s->rows += r->behind.weights[i];
        s->nobody += anybody == 0 ? r->behind.weights[i] : 0;
    }
    ss_sampler_add(s->sampler, r);
    if (s->documents != NULL)
        ss_sampler_add(s->documents, r);
    return SS_OK;
}

static void
plan(const ss_fit_table *t, const ss_table *leaf, ss_arena *arena, ss_fit_reading *r)
{
    ss_fit_reading_plan(&t->job->source, t->table, t->wanted, NULL, &t->paths, t->chains, leaf,
                        arena, r);
    r->where = t->where;
}

ss_code
ss_fit_scan_ranges(ss_fit_scan *s, ss_fit_table *t, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    scanning g = {s, t};
    ss_arena *scratch;
    const ss_table *leaf;
    ss_fit_reading r;
    ss_code code = SS_OK;

    if (t->nranges == 0)
        return SS_OK;
    scratch = ss_arena_new(NULL); /* a batch's room goes when all is read */
    /* A scan that comes too late for any range has samples all the same: so all can be merged. */
    leaf = t->ranges[0].leaf;
    plan(t, leaf, scratch, &r);
    begin_samples(s, t, &r, arena);
    for (size_t i = atomic_fetch_add(&t->next, 1); i < t->nranges && code == SS_OK;
         i = atomic_fetch_add(&t->next, 1))
    {
        if (t->ranges[i].leaf != leaf)
            plan(t, t->ranges[i].leaf, scratch, &r);
        leaf = t->ranges[i].leaf;
        code = ss_fit_read_range(&t->job->source, &t->ranges[i], &r, t->heavy, pg, learn_batch, &g,
                                 err);
    }
    /* Nobody need go on where somebody failed. */
    if (code != SS_OK)
        atomic_store(&t->next, t->nranges);
    ss_arena_free(scratch);
    return code;
}
