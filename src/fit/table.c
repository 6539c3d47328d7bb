#include "fit/table_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/references.h"
#include "fit/agree.h"
#include "fit/dependence.h"
#include "fit/fan_out.h"
#include "fit/frequent.h"
#include "fit/habits.h"
#include "fit/joint.h"
#include "fit/mappings.h"
#include "fit/rules.h"
#include "fit/tail.h"
#include "model/statistics_json.h"

/* --- who has more rows than others ------------------------------------------------------------------ */

/* By one path, those who have most, read as the rows' own keys are. */
static ss_code
find_heavy_by(const ss_fit_job *f, ss_fit_table *t, const ss_fit_reading *r, size_t p, ss_pg *pg,
              ss_arena *arena, ss_error *err)
{
    const size_t nkeys = t->paths.list[p].nkeys;
    ss_copy_column *columns = ss_alloc(arena, nkeys + 1, sizeof *columns);
    ss_form *forms = ss_alloc(arena, nkeys + 1, sizeof *forms);
    size_t *at = ss_alloc(arena, nkeys, sizeof *at), asked, found = 0;
    ss_copy_reader *reader;
    ss_fit_aside aside;
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
    ss_fit_aside_init(&aside, f->source.control, 1, arena);
    ss_fit_aside_add(&aside, &path.list[0], at, arena);
    asked = ss_heavy_asked(ss_heavy_place(f->model->people, aside.n > 0));
    t->heavy[p] = ss_heavy_new(f->model->people, t->arena);
    batch = ss_batch_new(arena, forms, nkeys + 1);
    SS_TRY(
        ss_pg_copy_out(pg,
                       ss_strf(arena, "COPY (%s) TO STDOUT (FORMAT %s)",
                               ss_heavy_sql(t->table, t->where == NULL ? &path : &t->paths,
                                            t->where == NULL ? 0 : p, t->where, NULL, asked, arena),
                               r->format == SS_COPY_BINARY ? "binary" : "text"),
                       err));
    reader = ss_copy_reader_new(arena, pg, r->format, columns, nkeys + 1);
    for (;;)
    {
        ss_batch_clear(batch);
        SS_TRY(ss_copy_read(reader, batch, err));
        if (batch->nrows == 0)
            break;
        found += batch->nrows;
        for (size_t row = 0; row < batch->nrows; row++)
        {
            uint64_t share;

            if (ss_fit_aside_stays(&aside, batch, row, NULL, &share))
                ss_heavy_add(t->heavy[p], ss_hash_of_key(f->source.key, batch, at, nkeys, row),
                             ss_count_in(&batch->columns[0], row));
        }
    }
    ss_heavy_end(t->heavy[p], found == asked);
    return SS_OK;
}

/* How many rows of the table each person has, by one path. */
static ss_code
count_rows(void *arg, const ss_fit_reading *r, ss_error *err)
{
    ss_fit_numbers *rows = arg;

    for (size_t row = 0; row < r->batch->nrows; row++)
    {
        const uint64_t person = r->behind.subjects[row];
        uint64_t *n;

        if (person == 0)
            continue;
        SS_TRY(ss_fit_numbers_at(rows, person, &n, err));
        ++*n;
    }
    return SS_OK;
}

/* The same by a path that we follow: its keys are read, and counted here. */
static ss_code
find_heavy_along(const ss_fit_job *f, ss_fit_table *t, size_t p, ss_pg *pg, ss_arena *arena,
                 ss_error *err)
{
    const ss_catalog *catalog = f->plan->catalog;
    const ss_route first = {
        .hops = t->plan->routes[p].hops, .nhops = 1, .to_people = t->plan->routes[p].to_people};
    const bool *nothing = ss_alloc(arena, t->table->ncolumns + 1, sizeof *nothing);
    ss_arena *scratch =
        ss_arena_new(arena); /* they are many: gone as soon as it is known who has most */
    ss_fit_numbers rows = {.spill = ss_spill_new(scratch, f->hops->folder)};
    const double people =
        ss_fit_rows_of(catalog, t->plan->routes[p].hops[t->plan->routes[p].nhops - 1]->parent);
    const double most = ss_fit_rows_of(catalog, t->index);
    ss_ways path;

    ss_ways_init(&path, catalog, t->index, &first, 1, "t", arena);
    SS_TRY(ss_fit_numbers_expect(&rows, people < most ? people : most, err));
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *leaf = &catalog->tables[i];
        ss_fit_reading r;

        if (!ss_table_has_rows(leaf) || ss_table_root(catalog, leaf) != t->table)
            continue;
        atomic_fetch_add(&f->source.progress->total,
                         leaf->reltuples > 0 ? (uint64_t) leaf->reltuples : 0);
        ss_fit_reading_plan(&f->source, t->table, nothing, NULL, &path, &t->chains[p], leaf, arena,
                            &r);
        SS_TRY(ss_fit_read_leaf(&f->source, leaf, &r, NULL, pg, count_rows, &rows, err));
    }
    t->heavy[p] = ss_heavy_of(&rows, NULL, f->model->people, t->arena);
    ss_arena_free(scratch);
    return SS_OK;
}

/*
 * Of subjects that lead to people alone: parents that merely stand for them, a list of states say, would say
 * nothing.
 */
static ss_code
find_heavy(const ss_fit_job *f, ss_fit_table *t, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    ss_fit_reading r;
    ss_fit_looking l;

    t->heavy = ss_alloc(t->arena, t->paths.n + 1, sizeof *t->heavy);
    ss_fit_reading_plan(&f->source, t->table, t->wanted, NULL, &t->paths, t->chains, t->table,
                        arena, &r);
    ss_fit_look_at(f->plan->catalog, t->table, t->paths.tables, t->paths.ntables, arena, &l);
    for (size_t p = 0; p < t->paths.n; p++)
    {
        const ss_route *route = &t->plan->routes[p];
        const ss_fit_numbers *counted;

        if (!route->to_people)
            continue;
        if (t->chains[p] != NULL)
        {
            SS_TRY(find_heavy_along(f, t, p, pg, arena, err));
            continue;
        }
        counted = t->where == NULL ? ss_fit_hops_counted(f->hops, t->index, route) : NULL;
        if (counted != NULL)
        {
            t->heavy[p] = ss_heavy_of(counted, ss_control_of(f->source.control, route),
                                      f->model->people, t->arena);
            continue;
        }
        SS_TRY(ss_fit_begin_looking(&f->source, &l, pg, err));
        SS_TRY(find_heavy_by(f, t, &r, p, pg, arena, err));
        SS_TRY(ss_fit_end_looking(&l, pg, err));
    }
    return SS_OK;
}

/* Rows that the table is said to have: where fewer than k people have some, of them no number is told. */
static uint64_t
told_rows(const ss_fit_table *t)
{
    const bool enough = ss_crowd_enough(t->scan.people, t->who.may_be_empty);
    const uint64_t rows = ss_fit_told(&t->terms, enough ? t->scan.rows : t->scan.nobody);

    return ss_fit_stored(&t->terms, rows == 0 ? t->scan.rows > 0 : rows);
}

/* --- fan-outs ----------------------------------------------------------------------------------- */

/* Of a reference's columns the largest null share: a row that has one of them NULL has no parent. */
static void
take_nulls(const ss_reference *ref, const ss_model_table *m, ss_fan_out *out)
{
    for (size_t i = 0; i < ref->ncolumns; i++)
    {
        const ss_marginal *column = &m->columns[ref->columns[i]];

        if (ss_marginal_is_key(column->kind) && column->nulls > out->nulls)
            out->nulls = column->nulls;
    }
    out->count = m->rows;
}

static ss_code
count_fan_outs(const ss_fit_job *f, const ss_fit_table *t, const ss_fit_variables *variables,
               ss_model_table *m, ss_pg *pg, ss_arena *arena, ss_error *err)
{
    const ss_fit_families *families = variables == NULL ? NULL : &variables->families;
    const ss_catalog *catalog = f->plan->catalog;
    const ss_fit_terms *terms = &t->terms;

    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_reference *ref = &t->references[i];
        const ss_fan_out_plan plan = {.catalog = catalog,
                                      .tables = f->plan->tables,
                                      .child = t->index,
                                      .reference = ref,
                                      .k = terms->k,
                                      .key = f->source.key,
                                      .control = f->source.control};
        ss_counter *counter = NULL;
        ss_arena *scratch;
        ss_fit_looking l;
        ss_code code = SS_OK;

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
        if (families != NULL && families->owner != NULL && families->reference == i &&
            ss_fan_out_of_families(&plan, families, &counter))
            m->references[i].sampled = ss_fan_out_is_sampled(families);
        else
        {
            ss_fit_look_at(catalog, t->table, &ref->parent, 1, scratch, &l);
            code = ss_fit_begin_looking(&f->source, &l, pg, err);
            if (code == SS_OK)
                code = ss_fan_out_count(&plan, pg, f->source.watch, scratch, &counter, err);
            if (code == SS_OK)
                code = ss_fit_end_looking(&l, pg, err);
        }
        if (code == SS_OK)
        {
            (void) pthread_mutex_lock(f->lock);
            ss_fan_out_cells(counter, f->result, &m->references[i].children);
            if (variables != NULL && variables->levels.of != NULL &&
                variables->levels.reference == i)
                ss_fan_out_levels(t->kept, variables->levels.of, f->result,
                                  &m->references[i].levels);
            (void) pthread_mutex_unlock(f->lock);
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

/* What the second scan counts. */
typedef struct counting
{
    ss_fit_dependence *dependence; /* NULL: nothing depends */
    ss_fit_rules *rules;
    ss_fit_mappings *mappings;
} counting;

static ss_code
count_batch(void *arg, const ss_fit_reading *r, ss_error *err)
{
    const counting *c = arg;

    (void) err;
    if (c->dependence != NULL)
        ss_fit_dependence_add(c->dependence, r);
    ss_fit_rules_add(c->rules, r);
    ss_fit_mappings_add(c->mappings, r);
    return SS_OK;
}

/* All rows of the table again, leaf by leaf; needed: of its columns. */
static ss_code
read_again(const ss_fit_job *f, ss_fit_table *t, const bool *needed, ss_pg *pg, ss_fit_take *take,
           void *arg, ss_arena *arena, ss_error *err)
{
    const ss_table *leaf = NULL;
    ss_fit_reading r;

    for (size_t i = 0; i < t->nranges; i++)
    {
        if (t->ranges[i].leaf != leaf)
            ss_fit_reading_plan(&f->source, t->table, t->wanted, needed, &t->paths, t->chains,
                                t->ranges[i].leaf, arena, &r);
        leaf = t->ranges[i].leaf;
        r.where = t->where;
        SS_TRY(ss_fit_read_range(&f->source, &t->ranges[i], &r, t->heavy, pg, take, arg, err));
    }
    return SS_OK;
}

/* Those of families that hold in all rows, behind the others. */
static void
add_rules_of_families(const ss_fit_table *t, const ss_fit_variables *v, ss_model_table *m)
{
    const ss_fit_totals *totals = &v->totals;
    const ss_fit_distincts *distincts = &v->distincts;
    ss_rule *list = ss_alloc(t->result, m->nrules + totals->n + distincts->n + 1, sizeof *list);

    if (m->nrules > 0)
        memcpy(list, m->rules, m->nrules * sizeof *list);
    m->rules = list;
    for (size_t i = 0; i < totals->n; i++)
    {
        if (!totals->list[i].holds)
            continue;
        list[m->nrules] = totals->list[i].rule;
        list[m->nrules++].rows = m->rows;
    }
    for (size_t i = 0; i < distincts->n; i++)
    {
        if (!distincts->list[i].holds)
            continue;
        list[m->nrules] = distincts->list[i].rule;
        list[m->nrules++].rows = m->rows;
    }
}

static void
finish_rules(const ss_fit_job *f, const ss_fit_table *t, ss_model_table *m, ss_arena *result)
{
    const char **names = ss_alloc(result, t->table->ncolumns + 1, sizeof *names), *unknown;

    for (size_t c = 0; c < t->table->ncolumns; c++)
        names[c] = t->table->columns[c].name;
    m->nrules = ss_fit_rules_leave_out(m->rules, m->nrules, names, t->plan->rules_off,
                                       t->plan->nrules_off, &unknown);
    if (unknown != NULL)
        ss_notice(f->source.watch, SS_WARNING,
                  "%s: rules_off names \"%.100s\", and no such rule was found",
                  ss_printable(result, t->table->label), ss_printable(result, unknown));
}

/* While the sample is there: rules that hold in it, columns' habits, and what is kept of it. */
static void
learn_sample(const ss_fit_job *f, ss_fit_table *t, const ss_sample *sample, ss_arena *scratch)
{
    ss_sample *documents =
        t->scan.documents == NULL ? NULL : ss_sampler_end(t->scan.documents, scratch);
    ss_marginal *columns = f->model->tables[t->index].columns;

    if (documents != NULL)
        documents->limited = t->share->halved;
    t->rules = ss_fit_rules_find(t->columns, t->table->ncolumns, sample, t->scan.at, f->source.key,
                                 t->arena, scratch);
    t->mappings = ss_fit_mappings_find(t->rules, t->columns, columns, t->table->ncolumns, sample,
                                       t->scan.at, t->plan->rules_off, t->plan->nrules_off,
                                       f->source.key, t->arena, scratch);
    if (sample->halved == 0)
    {
        ss_fit_rules_add_sample(t->rules);
        ss_fit_mappings_add_sample(t->mappings, sample);
    }
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        const ss_fit_column *column = &t->columns[c];

        if (t->scan.at[c] != SS_NONE)
            columns[c].habits =
                ss_fit_habits(column, &columns[c], ss_fit_is_document(column) ? documents : sample,
                              t->scan.at[c], &t->terms, f->source.key, t->result);
    }
    t->kept = ss_fit_keep(f->plan->catalog, t->index, t->plan, t->columns, columns, t->mappings,
                          sample, t->scan.at, f->source.key, t->result, t->arena);
}

ss_code
ss_fit_table_prepare(ss_fit_table *t, ss_pg *pg, ss_error *err)
{
    const double start = ss_clock_s();
    ss_arena *scratch = ss_arena_new(NULL); /* not the table's, which stays until all are learnt */
    const ss_code code = find_heavy(t->job, t, pg, scratch, err);

    ss_arena_free(scratch);
    t->scanning = ss_clock_s() - start;
    return code;
}

ss_code
ss_fit_table_scan(ss_fit_table *t, ss_pg *pg, ss_error *err)
{
    const double start = ss_clock_s();
    const ss_code code = ss_fit_scan_ranges(&t->scan, t, pg, t->arena, err);

    t->scanning += ss_clock_s() - start;
    return code;
}

ss_code
ss_fit_table_help(ss_fit_table *t, ss_pg *pg, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_fit_part *part = ss_alloc(arena, 1, sizeof *part);
    ss_code code;

    part->arena = arena;
    ss_fit_scan_init(&part->scan, t, arena);
    code = ss_fit_scan_ranges(&part->scan, t, pg, arena, err);
    (void) pthread_mutex_lock(t->job->lock);
    part->next = t->parts;
    t->parts = part;
    (void) pthread_mutex_unlock(t->job->lock);
    return code;
}

bool
ss_fit_table_has_ranges(const ss_fit_table *t)
{
    return atomic_load(&t->next) < t->nranges;
}

/* Merged into the table's own scan, or let go of. */
static void
take_parts(ss_fit_table *t, bool merge)
{
    while (t->parts != NULL)
    {
        ss_fit_part *part = t->parts;

        t->parts = part->next;
        if (merge)
            ss_fit_scan_merge(&t->scan, &part->scan, t);
        ss_fit_scan_done(&part->scan, t);
        ss_arena_free(part->arena);
    }
}

/* The sample, and which values are frequent in it; NULL: nothing is told but shapes. */
static const ss_sample *
end_sample(ss_fit_table *t, ss_arena *scratch)
{
    ss_sample *sample;

    if (t->scan.sampler == NULL || t->terms.shape_only || t->terms.uncounted)
        return NULL;
    sample = ss_sampler_end(t->scan.sampler, scratch);
    sample->limited = t->share->halved;
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        if (t->scan.at[c] != SS_NONE)
            ss_fit_frequent(&t->columns[c], sample, t->scan.at[c], t->job->source.key);
    }
    return sample;
}

void
ss_fit_table_tell(ss_fit_table *t)
{
    const ss_fit_job *f = t->job;
    ss_model_table *m = &f->model->tables[t->index];
    const double start = ss_clock_s();
    ss_arena *scratch = ss_arena_new(t->arena);
    const ss_sample *sample;

    take_parts(t, true);
    t->terms = (ss_fit_terms){.k = f->model->people,
                              .uncounted = t->plan->uncounted,
                              .shape_only = !ss_crowd_enough(t->scan.learners, t->who.may_be_empty),
                              .nobody = t->scan.nobody == t->scan.rows,
                              .halved = t->share->halved,
                              .aside = t->scan.aside};
    t->terms.rows = told_rows(t);
    sample = end_sample(t, scratch);
    (void) pthread_mutex_lock(f->lock);
    m->counted = counted_by(t->plan);
    m->control = f->source.control->tables[t->index].state;
    m->shape_only = t->terms.shape_only || t->terms.uncounted;
    m->rows = t->terms.rows;
    m->halved = t->share->halved;
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        ss_fit_column_finish(&t->columns[c], &t->terms, f->result, &m->columns[c]);
        ss_fit_tail(&t->columns[c], &t->terms, &m->columns[c]);
    }
    ss_fit_joints_finish(t->scan.joints, t->scan.njoints, &t->terms, f->result, &m->joints,
                         &m->njoints);
    t->result = ss_arena_new(f->result);
    (void) pthread_mutex_unlock(f->lock);
    if (sample != NULL)
        learn_sample(f, t, sample, scratch);
    ss_arena_free(scratch);
    /* Counters are the larger part of a table's memory: they go as soon as they are not needed. */
    ss_fit_scan_done(&t->scan, t);
    t->scanning += ss_clock_s() - start;
}

ss_fit_kept *
ss_fit_table_kept(const ss_fit_table *t)
{
    return t->kept;
}

/* Rules and counts of all rows: by a second scan, unless the sample is all of them. */
static ss_code
count_all(const ss_fit_job *f, ss_fit_table *t, ss_fit_dependence *d, ss_pg *pg, ss_arena *scratch,
          ss_error *err)
{
    const bool all = d != NULL && ss_fit_dependence_wants_all(d);
    counting c = {.dependence = all ? d : NULL, .rules = t->rules, .mappings = t->mappings};
    bool *needed = ss_alloc(scratch, t->table->ncolumns + 1, sizeof *needed);

    if (d != NULL && !all)
        ss_fit_dependence_add_sample(d);
    if (t->kept->halved == 0 || (!all && ss_fit_rules_count(t->rules) == 0))
        return SS_OK;
    atomic_fetch_add(&f->source.progress->total, ss_whole_rows(t->scan.rows));
    ss_fit_rules_need(t->rules, needed);
    for (size_t i = 0; all && i < t->kept->n; i++)
        needed[t->kept->books[i]->column] = true;
    return read_again(f, t, needed, pg, count_batch, &c, scratch, err);
}

ss_code
ss_fit_table_ask(ss_fit_table *t, const ss_fit_variables *variables, ss_pg *pg, ss_error *err)
{
    const ss_fit_source *source = &t->job->source;
    const double start = ss_clock_s();
    ss_arena *scratch;
    ss_code code;

    if (t->kept == NULL)
        return SS_OK;
    scratch = ss_arena_new(NULL);
    code = ss_fit_totals_ask(source, t->table, t->plan, &variables->totals, pg, scratch, err);
    if (code == SS_OK)
        code = ss_fit_distincts_ask(source, t->table, t->plan, &variables->distincts, pg, scratch,
                                    err);
    ss_arena_free(scratch);
    t->asking = ss_clock_s() - start;
    return code;
}

ss_code
ss_fit_table_settle(ss_fit_table *t, const ss_fit_variables *variables, ss_pg *pg, ss_error *err)
{
    const ss_fit_job *f = t->job;
    ss_model_table *m = &f->model->tables[t->index];
    const double start = ss_clock_s();
    ss_arena *scratch = ss_arena_new(t->arena);
    ss_fit_dependence *d = NULL;
    ss_code code = SS_OK;

    if (t->kept != NULL)
    {
        d = ss_fit_dependence_learn(t->kept, variables, t->result, scratch, err);
        code = d == NULL ? err->code : SS_OK;
        if (code == SS_OK)
            code = count_all(f, t, d, pg, scratch, err);
        if (code == SS_OK && d != NULL)
        {
            ss_fit_dependence_finish(d, &m->dependence);
            ss_fit_agree(m->dependence, &t->terms, m->columns, t->arena);
        }
        if (code == SS_OK)
        {
            ss_fit_rules_finish(t->rules, &t->terms, t->result, &m->rules, &m->nrules);
            ss_fit_mappings_finish(t->mappings, &t->terms, m->dependence, m->columns, t->result,
                                   &m->mappings, &m->nmappings);
        }
        ss_fit_dependence_done(d);
    }
    ss_arena_free(scratch);
    if (code == SS_OK)
        code = count_fan_outs(f, t, variables, m, pg, t->arena, err);
    t->settling = ss_clock_s() - start;
    return code;
}

void
ss_fit_table_finish(ss_fit_table *t, const ss_fit_variables *variables)
{
    const ss_fit_job *f = t->job;
    ss_model_table *m = &f->model->tables[t->index];

    if (t->kept != NULL)
    {
        add_rules_of_families(t, variables, m);
        finish_rules(f, t, m, t->result);
    }
    m->seconds = t->scanning + t->asking + t->settling;
}

static void
done(void *arg)
{
    ss_fit_table *t = arg;

    take_parts(t, false);
    ss_fit_scan_done(&t->scan, t);
    ss_fit_rules_done(t->rules);
    ss_fit_mappings_done(t->mappings);
}

/* Of a route that we follow ourselves the source tells the first keys alone. */
static void
plan_paths(ss_fit_table *t)
{
    const size_t n = t->plan->nroutes;
    ss_route *routes = ss_alloc(t->arena, n + 1, sizeof *routes);

    t->chains = ss_alloc(t->arena, n + 1, sizeof(ss_fit_chain *));
    for (size_t p = 0; p < n; p++)
    {
        routes[p] = t->plan->routes[p];
        if (t->share->halved == 0)
            t->chains[p] = ss_fit_hops_chain(t->job->hops, t->index, &t->plan->routes[p], t->arena);
        if (t->chains[p] != NULL)
            routes[p].nhops = 1;
    }
    ss_ways_init(&t->paths, t->job->plan->catalog, t->index, routes, n, "t", t->arena);
    t->where = ss_fit_share_where(t->share, t->job->plan, t->index, t->paths.alias, t->arena);
}

ss_fit_table *
ss_fit_table_new(const ss_fit_job *f, size_t index, ss_arena *arena)
{
    const ss_catalog *catalog = f->plan->catalog;
    ss_fit_table *t = ss_alloc(arena, 1, sizeof *t);

    *t = (ss_fit_table){.job = f,
                        .arena = arena,
                        .table = &catalog->tables[index],
                        .index = index,
                        .plan = &f->plan->tables[index],
                        .share = &f->source.shares[index]};
    t->references = ss_table_references(catalog, index, arena, &t->nreferences);
    plan_paths(t);
    t->wanted = ss_alloc(arena, t->table->ncolumns + 1, sizeof *t->wanted);
    t->who = (ss_fit_who){
        .k = f->model->people,
        .npaths = t->paths.n,
        /* three counters to a column are all of a text's */
        .cells = ss_fit_most_cells(t->paths.n, f->model->people, 3 * (t->table->ncolumns + 1)),
        .may_be_empty = ss_alloc(arena, t->paths.n + 1, sizeof(bool))};
    for (size_t p = 0; p < t->paths.n; p++)
        t->who.may_be_empty[p] = !t->plan->routes[p].to_people;
    ss_fit_scan_init(&t->scan, t, arena);
    t->columns = t->scan.columns;
    for (size_t c = 0; c < t->table->ncolumns; c++)
        t->wanted[c] = t->columns[c].kind == SS_MARGINAL_NONE
                           ? t->columns[c].is_number && !t->columns[c].is_float
                           : t->columns[c].kind != SS_MARGINAL_NULL &&
                                 t->columns[c].kind != SS_MARGINAL_CONSTANT;
    /* For each range the server would find all parents again that it joins. */
    t->ranges = ss_fit_ranges(catalog, t->table, t->paths.ntables == 0, arena, &t->nranges);
    ss_arena_defer(arena, done, t);
    return t;
}
