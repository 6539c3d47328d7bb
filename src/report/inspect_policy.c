/* What a policy's page is made of: every column with its decision and the signature that stands for it. */
#include "report/inspect_policy.h"

#include <string.h>

/* Of those that could stand for the column, one that covers it; else the nearest. */
static void
find_signature(const ss_table_plan *t, ss_page_column *c)
{
    const ss_decision *d = c->decision;

    c->covered = d->signed_by != NULL || t->signed_by != NULL;
    if (d->signature != NULL && (d->signed_by != NULL || t->signed_by == NULL))
        c->signature = d->signature;
    else
        c->signature = t->signature;
}

static ss_page_column
page_column(const ss_table *table, const ss_table_plan *t, size_t c)
{
    const ss_decision *d = &t->columns[c];
    ss_page_column column = {.table = table,
                             .column = &table->columns[c],
                             .name = table->columns[c].name,
                             .decision = d,
                             .class = ss_class_name(d->class),
                             .treatment = ss_treatment_name(d->treatment)};

    find_signature(t, &column);
    if (t->mode == SS_MODE_EMPTY || d->by_table)
        column.class = NULL;
    if (t->mode == SS_MODE_EMPTY)
        column.treatment = "nothing";
    else
        column.leaves = d->treatment == SS_TREAT_KEEP || d->treatment == SS_TREAT_GENERALISE ||
                        d->treatment == SS_TREAT_PSEUDONYMISE || d->treatment == SS_TREAT_REDACT;
    return column;
}

/* Its column's signature stands for it. */
static ss_page_column
page_path(const ss_page_column *of, size_t i, ss_arena *result)
{
    const ss_path_decision *p = &of->decision->paths[i];
    ss_page_column path = *of;

    path.path = p->path.text;
    path.name = ss_strf(result, "%s:%s", of->column->name, p->path.text);
    path.decision = &p->decision;
    path.class = ss_class_name(p->decision.class);
    path.treatment = ss_treatment_name(p->decision.treatment);
    path.leaves = p->decision.treatment == SS_TREAT_KEEP ||
                  p->decision.treatment == SS_TREAT_GENERALISE ||
                  p->decision.treatment == SS_TREAT_PSEUDONYMISE;
    return path;
}

static void
add_column(ss_policy_page *page, ss_page_column *columns, const ss_page_column *column,
           ss_arena *result)
{
    columns[page->ncolumns++] = *column;
    for (size_t i = 0; i < column->decision->npaths; i++)
        columns[page->ncolumns++] = page_path(column, i, result);
}

ss_policy_page
ss_policy_page_of(const ss_plan *plan, const char *file, const char *source, const char *digest,
                  const char *date, ss_arena *result)
{
    const ss_catalog *catalog = plan->catalog;
    ss_policy_page page = {
        .plan = plan, .file = file, .source = source, .digest = digest, .date = date};
    ss_page_column *columns;
    size_t n = 0;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        n += catalog->tables[t].ncolumns;
        for (size_t c = 0; c < catalog->tables[t].ncolumns; c++)
            n += plan->tables[t].columns[c].npaths;
    }
    page.columns = columns = ss_alloc(result, n + 1, sizeof *columns);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns && !table->is_partition; c++)
        {
            const ss_page_column column = page_column(table, &plan->tables[t], c);

            add_column(&page, columns, &column, result);
        }
    }
    return page;
}

bool
ss_page_is_personal(const ss_page_column *column)
{
    return column->class != NULL && column->decision->personal;
}

bool
ss_page_is_undecided(const ss_page_column *column)
{
    return column->decision->undecided && column->decision->npaths == 0;
}

bool
ss_page_is_stale(const ss_page_column *column)
{
    const ss_decision *d = column->decision;

    return d->signature != NULL && d->signed_by == NULL && d->rule == NULL;
}

size_t
ss_page_decided(const ss_policy_page *page, const ss_policy_rule *rule)
{
    size_t n = 0;

    for (size_t i = 0; i < page->ncolumns; i++)
        n += page->columns[i].decision->rule == rule &&
             page->columns[i].decision->class == rule->class;
    return n;
}
