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
                        d->treatment == SS_TREAT_PSEUDONYMISE;
    return column;
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
        n += catalog->tables[t].ncolumns;
    page.columns = columns = ss_alloc(result, n + 1, sizeof *columns);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns && !table->is_partition; c++)
            columns[page.ncolumns++] = page_column(table, &plan->tables[t], c);
    }
    return page;
}

bool
ss_page_is_personal(const ss_page_column *column)
{
    return column->class != NULL && column->decision->personal;
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
