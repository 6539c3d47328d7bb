#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "pseudonymise/document.h"

void
ss_pseudonyms_find(ss_pseudonyms *p, ss_severity severity, ss_what what, const char *object,
                   const char *mend, const char *fmt, ...)
{
    ss_plan *plan = p->plan;
    char text[512];
    va_list ap;

    va_start(ap, fmt);
    (void) vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    plan->findings =
        ss_grow(p->arena, plan->findings, plan->nfindings, &p->capacity, sizeof *plan->findings);
    plan->findings[plan->nfindings++] =
        (ss_finding){.severity = severity,
                     .code = severity == SS_FINDING_STOPS ? SS_EREFUSED : SS_OK,
                     .what = what,
                     .about = "policy",
                     .object = ss_printable(p->arena, object),
                     .place = "",
                     .text = ss_printable(p->arena, text),
                     .mend = ss_printable(p->arena, mend)};
    plan->nstops += severity == SS_FINDING_STOPS;
}

const char *
ss_pseudonyms_label(const ss_pseudonyms *p, const ss_table *table, size_t column)
{
    return ss_policy_label(table->label, table->columns[column].name, p->arena);
}

const ss_step *
ss_step_of(const ss_table_steps *t, size_t column)
{
    for (size_t i = 0; i < t->nsteps; i++)
    {
        if (t->steps[i].column == column)
            return &t->steps[i];
    }
    return NULL;
}

/* --- tables --------------------------------------------------------------------------------------- */

/* A partition counts with its root. */
static ss_tally *
tally_of(const ss_pseudonyms *p, const ss_table *table, const ss_column *column)
{
    const ss_table *root = ss_table_root(p->plan->catalog, table);
    const ss_table_steps *of = p->tables[ss_catalog_index(p->plan->catalog, root)];

    for (size_t i = 0; root != table && of != NULL && i < of->nsteps; i++)
    {
        if (strcmp(root->columns[of->steps[i].column].name, column->name) == 0)
            return of->steps[i].tally;
    }
    return ss_alloc(p->arena, 1, sizeof(ss_tally));
}

static bool
is_changed(const ss_pseudonyms *p, size_t table)
{
    const ss_table_plan *plan = &p->plan->tables[table];

    if (plan->mode == SS_MODE_PSEUDONYMISE)
        return true;
    for (size_t c = 0; plan->mode == SS_MODE_KEEP && c < p->plan->catalog->tables[table].ncolumns;
         c++)
    {
        if (plan->columns[c].treatment == SS_TREAT_PSEUDONYMISE)
            return true;
    }
    return false;
}

static void
decide_columns(ss_pseudonyms *p, ss_table_steps *t)
{
    t->steps = ss_alloc(p->arena, t->table->ncolumns + 1, sizeof *t->steps);
    for (size_t c = 0; c < t->table->ncolumns; c++)
    {
        ss_step *s = &t->steps[t->nsteps];

        if (t->table->columns[c].generated != SS_GENERATED_NOT)
            continue;
        *s = (ss_step){.column = c, .in = SS_NONE, .locale_column = SS_NONE, .locale_in = SS_NONE};
        ss_pseudonyms_decide_column(p, t, &t->plan->columns[c], s);
        s->tally = tally_of(p, t->table, &t->table->columns[c]);
        t->nsteps++;
    }
}

static void
decide_table(ss_pseudonyms *p, size_t index)
{
    ss_table_steps *t;

    if (!is_changed(p, index))
        return;
    t = p->tables[index] = ss_alloc(p->arena, 1, sizeof *t);
    t->of = p;
    t->table = &p->plan->catalog->tables[index];
    t->plan = &p->plan->tables[index];
    t->subject_in = t->row_in = SS_NONE;
    ss_subject_find(t, SS_TABLE_ALIAS);
    decide_columns(p, t);
}

static void
plan_table(ss_pseudonyms *p, ss_table_steps *t)
{
    ss_redact_plan(p, t);
    ss_pseudonyms_write_change(p, t);
    ss_pseudonyms_judge_constraints(p, t);
    ss_pseudonyms_judge_vectors(p, t);
}

ss_pseudonyms *
ss_pseudonyms_plan(ss_plan *plan, ss_arena *result)
{
    ss_pseudonyms *p = ss_alloc(result, 1, sizeof *p);

    *p = (ss_pseudonyms){.plan = plan,
                         .arena = result,
                         .capacity = plan->nfindings,
                         .groups = ss_alloc(result, plan->ngroups + 1, sizeof *p->groups),
                         .tables = ss_alloc(result, plan->catalog->ntables + 1, sizeof *p->tables)};
    for (size_t i = 0; i < plan->ngroups; i++)
        ss_pseudonyms_decide_group(p, i);
    /* Roots before their partitions, which count with them. */
    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        if (!plan->catalog->tables[t].is_partition)
            decide_table(p, t);
    }
    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        if (plan->catalog->tables[t].is_partition)
            decide_table(p, t);
    }
    for (size_t t = 0; t < plan->catalog->ntables; t++)
    {
        if (p->tables[t] != NULL)
            plan_table(p, p->tables[t]);
    }
    ss_redact_link(p);
    return p;
}

void
ss_pseudonyms_open(ss_pseudonyms *p, ss_key_room *keys)
{
    p->keys = keys;
}

bool
ss_pseudonyms_need_key(const ss_pseudonyms *p)
{
    return p != NULL; /* the order of the rows is keyed, too */
}

const ss_row_change *
ss_pseudonyms_change(const ss_pseudonyms *p, size_t table)
{
    return p->tables[table] == NULL ? NULL : &p->tables[table]->change;
}

static const ss_step *
find_step(const ss_pseudonyms *p, size_t table, size_t column)
{
    return p->tables[table] == NULL ? NULL : ss_step_of(p->tables[table], column);
}

const ss_kind *
ss_pseudonyms_kind(const ss_pseudonyms *p, size_t table, size_t column)
{
    const ss_step *s = find_step(p, table, column);

    return s == NULL ? NULL : s->kind;
}

static ss_kind_counts
counts_of(ss_tally *tally)
{
    return (ss_kind_counts){atomic_load(&tally->values), atomic_load(&tally->fallbacks)};
}

ss_kind_counts
ss_pseudonyms_counts(const ss_pseudonyms *p, size_t table, size_t column)
{
    const ss_step *s = find_step(p, table, column);

    return s == NULL ? (ss_kind_counts){0} : counts_of(s->tally);
}

/* A partition counts with its root. */
ss_kind_counts
ss_pseudonyms_path_counts(const ss_pseudonyms *p, size_t table, size_t column, size_t path)
{
    const ss_step *s = find_step(p, table, column);

    return s == NULL || s->about.document == NULL ? (ss_kind_counts){0}
                                                  : counts_of(s->about.document->paths[path].tally);
}
