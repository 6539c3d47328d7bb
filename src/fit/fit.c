#include "fit/fit.h"

#include <pthread.h>

#include "base/pool.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/references.h"
#include "catalog/roles.h"
#include "fit/table.h"

#define SAMPLE_ROWS     ((size_t) 1 << 17) /* of a table */
#define SAMPLE_ROWS_MIN ((size_t) 1 << 12)
#define SAMPLE_ROWS_ALL ((size_t) 1 << 21) /* of all tables, about */

/*
 * Who reads what: keys of parents first, and meanwhile the tables that need none; of these the largest.  Whoever finds
 * neither helps with a table that is being read.
 */
typedef struct agenda
{
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    size_t nhops, hops_begun, hops_read;
    bool failed;
    size_t scanned; /* tables */
    bool *follows;  /* of each table to learn: needs these keys */
    bool *begun;
    bool *open; /* is being read */
    size_t *helpers;
} agenda;

typedef struct fitting
{
    ss_fit_job job;
    const ss_fit_options *options;
    ss_control control;
    size_t *tables; /* indices of roots to learn, largest first */
    size_t ntables;
    ss_arena **own;               /* of each of them */
    ss_fit_table **learnt;        /* the same */
    ss_fit_variables **variables; /* by table of the catalog */
    ss_arena **arenas;            /* per worker */
    ss_pg **readers;              /* per worker */
    agenda agenda;
    size_t *
        settling; /* tables as they are settled, by their number here; those that take longest first */
} fitting;

static ss_code
reader_of(fitting *f, size_t worker, ss_pg **pg, ss_error *err)
{
    const ss_pg_options options = {.source = true, .application_name = "sandseed fit"};

    if (f->readers[worker] == NULL)
        SS_TRY(ss_pg_open(f->arenas[worker], ss_snapshot_endpoint(f->job.source.snapshot), &options,
                          f->options->watch, &f->readers[worker], err));
    *pg = f->readers[worker];
    return SS_OK;
}

static ss_code
note_table(const fitting *f, size_t n, ss_code code, ss_error *err)
{
    return code == SS_OK ? SS_OK
                         : ss_note(err, "while learning %s",
                                   f->job.plan->catalog->tables[f->tables[n]].label);
}

static void
open_table(agenda *a, size_t n)
{
    (void) pthread_mutex_lock(&a->mutex);
    a->open[n] = true;
    (void) pthread_cond_broadcast(&a->changed);
    (void) pthread_mutex_unlock(&a->mutex);
}

/* Waits for those who help.  False: somebody failed, and rows may be missing. */
static bool
close_table(agenda *a, size_t n)
{
    bool all;

    (void) pthread_mutex_lock(&a->mutex);
    a->open[n] = false;
    while (a->helpers[n] > 0)
        (void) pthread_cond_wait(&a->changed, &a->mutex);
    all = !a->failed;
    (void) pthread_mutex_unlock(&a->mutex);
    return all;
}

static ss_code
scan_table(fitting *f, size_t n, size_t worker, ss_error *err)
{
    ss_fit_table *t;
    ss_pg *pg;
    ss_code code;

    SS_TRY(reader_of(f, worker, &pg, err));
    f->learnt[n] = t = ss_fit_table_new(&f->job, f->tables[n], f->own[n]);
    SS_TRY(note_table(f, n, ss_fit_table_prepare(t, pg, err), err));
    open_table(&f->agenda, n);
    code = ss_fit_table_scan(t, pg, err);
    if (close_table(&f->agenda, n) && code == SS_OK)
        ss_fit_table_tell(t);
    return note_table(f, n, code, err);
}

/* The next one that may be read; ntables: all others wait for keys. */
static size_t
next_table(const fitting *f)
{
    const agenda *a = &f->agenda;
    size_t n = 0;

    while (n < f->ntables && (a->begun[n] || (a->follows[n] && a->hops_read < a->nhops)))
        n++;
    return n;
}

/* One that is being read, and has more to read; ntables: none. */
static size_t
unfinished_table(const fitting *f)
{
    size_t n = 0;

    while (n < f->ntables && !(f->agenda.open[n] && ss_fit_table_has_ranges(f->learnt[n])))
        n++;
    return n;
}

typedef enum task
{
    TASK_NONE, /* all has been read, or somebody failed */
    TASK_HOP,
    TASK_TABLE,
    TASK_HELP,
} task;

/* What this worker is to do next, and with which hop or table. */
static task
take_from(fitting *f, size_t *n)
{
    agenda *a = &f->agenda;

    /* Whoever reads has begun by now, and tells. */
    for (;; (void) pthread_cond_wait(&a->changed, &a->mutex))
    {
        if (a->failed || a->scanned == f->ntables)
            return TASK_NONE;
        *n = a->hops_begun;
        if (a->hops_begun < a->nhops)
        {
            a->hops_begun++;
            return TASK_HOP;
        }
        *n = next_table(f);
        if (*n < f->ntables)
        {
            a->begun[*n] = true;
            return TASK_TABLE;
        }
        *n = unfinished_table(f);
        if (*n < f->ntables)
        {
            a->helpers[*n]++;
            return TASK_HELP;
        }
    }
}

static ss_code
work_on(fitting *f, task what, size_t n, size_t worker, ss_error *err)
{
    ss_pg *pg;

    if (what == TASK_TABLE)
        return scan_table(f, n, worker, err);
    SS_TRY(reader_of(f, worker, &pg, err));
    if (what == TASK_HOP)
        return ss_fit_hops_read(f->job.hops, n, &f->job.source, pg, err);
    return note_table(f, n, ss_fit_table_help(f->learnt[n], pg, err), err);
}

/* A worker, until all has been read. */
static ss_code
read_all(void *arg, size_t job, size_t worker, ss_error *err)
{
    fitting *f = arg;
    agenda *a = &f->agenda;
    ss_code code = SS_OK;

    (void) job;
    (void) pthread_mutex_lock(&a->mutex);
    while (code == SS_OK)
    {
        size_t n;
        const task what = take_from(f, &n);

        if (what == TASK_NONE)
            break;
        (void) pthread_mutex_unlock(&a->mutex);
        code = work_on(f, what, n, worker, err);
        (void) pthread_mutex_lock(&a->mutex);
        a->failed = a->failed || code != SS_OK;
        a->hops_read += what == TASK_HOP;
        a->scanned += what == TASK_TABLE;
        if (what == TASK_HELP)
            a->helpers[n]--;
        (void) pthread_cond_broadcast(&a->changed);
    }
    (void) pthread_mutex_unlock(&a->mutex);
    return code;
}

/* Questions first: the source's server answers them, and what is shortest of the rest is left for the end. */
static ss_code
settle_next(void *arg, size_t job, size_t worker, ss_error *err)
{
    fitting *f = arg;
    const bool asks = job < f->ntables;
    const size_t n = f->settling[asks ? job : job - f->ntables];
    const ss_fit_variables *variables = f->variables[f->tables[n]];
    ss_pg *pg;

    SS_TRY(reader_of(f, worker, &pg, err));
    if (asks)
        return note_table(f, n, ss_fit_table_ask(f->learnt[n], variables, pg, err), err);
    return note_table(f, n, ss_fit_table_settle(f->learnt[n], variables, pg, err), err);
}

/* About how long it takes to learn what depends on what. */
static double
effort(const fitting *f, size_t n)
{
    const ss_fit_variables *v = f->variables[f->tables[n]];

    return v == NULL ? 0 : (double) v->rows.n * (double) v->n * (double) v->n;
}

static ss_code
settle_tables(fitting *f, ss_arena *scratch, ss_error *err)
{
    f->settling = ss_alloc(scratch, f->ntables + 1, sizeof *f->settling);
    for (size_t n = 0; n < f->ntables; n++)
    {
        size_t at = n;

        for (; at > 0 && effort(f, f->settling[at - 1]) < effort(f, n); at--)
            f->settling[at] = f->settling[at - 1];
        f->settling[at] = n;
    }
    SS_TRY(ss_pool_run(2 * f->ntables, f->options->jobs, settle_next, f, err));
    for (size_t n = 0; n < f->ntables; n++)
        ss_fit_table_finish(f->learnt[n], f->variables[f->tables[n]]);
    return SS_OK;
}

/* What part each table plays among the others, those that are not learnt, too. */
static void
find_roles(const ss_plan *plan, ss_model *model, ss_arena *scratch)
{
    const ss_catalog *catalog = plan->catalog;
    bool *referred_to = ss_alloc(scratch, catalog->ntables + 1, sizeof *referred_to);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        size_t n;
        const ss_reference *list = ss_table_references(catalog, t, scratch, &n);

        for (size_t i = 0; i < n; i++)
            referred_to[list[i].parent] = referred_to[list[i].parent] || list[i].parent != t;
    }
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (model->tables[t].columns != NULL)
            model->tables[t].role =
                ss_table_role(catalog, t, plan->tables[t].subject_self, referred_to[t]);
    }
}

/* Of how many people is there a table?  Of few nobody is set aside. */
static ss_code
count_people(fitting *f, size_t table, ss_pg *pg, ss_arena *scratch, ss_error *err)
{
    const ss_table *of = &f->job.plan->catalog->tables[table];
    ss_pg_result *res;
    ss_fit_looking l;

    ss_fit_look_at(f->job.plan->catalog, of, NULL, 0, scratch, &l);
    SS_TRY(ss_fit_begin_looking(&f->job.source, &l, pg, err));
    SS_TRY(ss_pg_query(pg, scratch,
                       ss_strf(scratch, "SELECT 1 FROM %s AS t OFFSET %d LIMIT 1",
                               ss_way_from(of, scratch), SS_CONTROL_PEOPLE - 1),
                       0, NULL, &res, err));
    if (ss_pg_rows(res) == 0)
        f->control.tables[table].state = SS_CONTROL_FEW;
    return ss_fit_end_looking(&l, pg, err);
}

static ss_code
set_aside(fitting *f, ss_arena *scratch, ss_error *err)
{
    const ss_catalog *catalog = f->job.plan->catalog;

    ss_control_init(&f->control, f->job.plan, &f->options->key, scratch);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        ss_pg *pg;

        if (f->control.tables[t].state != SS_CONTROL_SET_ASIDE)
            continue;
        SS_TRY(reader_of(f, 0, &pg, err));
        if (count_people(f, t, pg, scratch, err) != SS_OK)
            return ss_note(err, "while counting the rows of %s", catalog->tables[t].label);
    }
    return SS_OK;
}

/* Which keys of parents are read, and which tables need what they say. */
static void
plan_hops(fitting *f, ss_arena *scratch)
{
    agenda *a = &f->agenda;

    a->follows = ss_alloc(scratch, f->ntables + 1, sizeof *a->follows);
    a->begun = ss_alloc(scratch, f->ntables + 1, sizeof *a->begun);
    a->open = ss_alloc(scratch, f->ntables + 1, sizeof *a->open);
    a->helpers = ss_alloc(scratch, f->ntables + 1, sizeof *a->helpers);
    for (size_t n = 0; n < f->ntables; n++)
    {
        const ss_table_plan *plan = &f->job.plan->tables[f->tables[n]];

        for (size_t p = 0; p < plan->nroutes && f->job.source.shares[f->tables[n]].halved == 0; p++)
        {
            if (ss_fit_hops_chain(f->job.hops, f->tables[n], &plan->routes[p], scratch) != NULL)
                a->follows[n] = true;
        }
    }
    for (size_t n = 0; n < f->ntables; n++)
    {
        const ss_table_plan *plan = &f->job.plan->tables[f->tables[n]];

        for (size_t p = 0; p < plan->nroutes && f->job.source.shares[f->tables[n]].halved == 0; p++)
        {
            if (plan->routes[p].to_people &&
                ss_fit_hops_count(f->job.hops, f->tables[n], &plan->routes[p]))
                a->follows[n] = true;
        }
    }
    a->nhops = f->job.hops->n;
}

/* Each table by itself, then what they have to do with each other, then each with what that says. */
static ss_code
learn(fitting *f, ss_arena *scratch, ss_error *err)
{
    const ss_catalog *catalog = f->job.plan->catalog;
    ss_fit_kept **kept = ss_alloc(scratch, catalog->ntables + 1, sizeof(ss_fit_kept *));

    SS_TRY(set_aside(f, scratch, err));
    plan_hops(f, scratch);
    SS_TRY(ss_pool_run(f->options->jobs, f->options->jobs, read_all, f, err));
    for (size_t n = 0; n < f->ntables; n++)
        kept[f->tables[n]] = ss_fit_table_kept(f->learnt[n]);
    ss_fit_relate(catalog, kept, f->job.result, scratch, &f->variables);
    return settle_tables(f, scratch, err);
}

/* Samples of all tables are in memory at once: of many tables each has fewer rows. */
static size_t
sample_rows(size_t ntables)
{
    const size_t rows = SAMPLE_ROWS_ALL / (ntables == 0 ? 1 : ntables);

    return rows > SAMPLE_ROWS ? SAMPLE_ROWS : rows < SAMPLE_ROWS_MIN ? SAMPLE_ROWS_MIN : rows;
}

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
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    ss_fit_progress progress = {0};
    fitting f = {
        .job = {.source = {.catalog = catalog,
                           .plan = plan,
                           .snapshot = snapshot,
                           .watch = options->watch,
                           .key = &options->key,
                           .progress = &progress},
                .plan = plan,
                .result = result,
                .lock = &lock},
        .options = options,
        .agenda = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER}};
    ss_model *m = ss_alloc(result, 1, sizeof *m);
    ss_code code;

    *m = (ss_model){.people = plan->policy->people, .ntables = catalog->ntables};
    m->tables = ss_alloc(result, catalog->ntables + 1, sizeof *m->tables);
    f.job.model = m;
    f.job.source.control = &f.control;
    f.tables = ss_alloc(scratch, catalog->ntables + 1, sizeof *f.tables);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *table = &catalog->tables[i];
        ss_model_table *t = &m->tables[i];
        size_t at = f.ntables;

        t->label = table->label;
        if (plan->tables[i].mode != SS_MODE_SYNTHESISE || table->is_partition)
            continue;
        t->ncolumns = table->ncolumns;
        t->columns = ss_alloc(result, table->ncolumns + 1, sizeof *t->columns);
        (void) ss_table_references(catalog, i, scratch, &t->nreferences);
        t->references = ss_alloc(result, t->nreferences + 1, sizeof *t->references);
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
            atomic_fetch_add(&progress.total, (uint64_t) leaf->reltuples);
    }
    find_roles(plan, m, scratch);
    f.arenas = ss_alloc(scratch, options->jobs + 1, sizeof *f.arenas);
    f.readers = ss_alloc(scratch, options->jobs + 1, sizeof(ss_pg *));
    for (size_t i = 0; i < options->jobs; i++)
        f.arenas[i] = ss_arena_new(scratch);
    f.own = ss_alloc(scratch, f.ntables + 1, sizeof *f.own);
    f.learnt = ss_alloc(scratch, f.ntables + 1, sizeof(ss_fit_table *));
    for (size_t i = 0; i < f.ntables; i++)
        f.own[i] = ss_arena_new(scratch);
    f.job.source.shares = ss_fit_shares(plan, &options->key, scratch);
    f.job.hops = ss_fit_hops_new(catalog, options->folder, scratch);
    f.job.sample_rows = sample_rows(f.ntables);
    code = learn(&f, scratch, err);
    if (code == SS_OK)
        bring_down_fan_outs(catalog, m, scratch);
    (void) pthread_mutex_destroy(&lock);
    (void) pthread_mutex_destroy(&f.agenda.mutex);
    (void) pthread_cond_destroy(&f.agenda.changed);
    ss_arena_free(scratch);
    if (code == SS_OK)
        *model = m;
    return code;
}
