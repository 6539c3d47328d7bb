#include "stats/coded.h"

#include <string.h>

#include "stats/people.h"

ss_coded_table *
ss_coded_like(const ss_coded_table *table, size_t n, ss_arena *result)
{
    ss_coded_table *t = ss_alloc(result, 1, sizeof *t);

    *t = (ss_coded_table){.d = table->d, .npaths = table->npaths};
    t->columns = ss_alloc(result, table->d + 1, sizeof *t->columns);
    for (size_t c = 0; c < table->d; c++)
    {
        t->columns[c] = table->columns[c];
        t->columns[c].codes = ss_alloc(result, n + 1, sizeof *t->columns[c].codes);
    }
    return t;
}

ss_coded_table *
ss_coded_select(const ss_coded_table *table, const uint32_t *list, size_t n, ss_arena *result)
{
    ss_coded_table *t = ss_coded_like(table, n, result);
    const size_t width = table->npaths * sizeof *table->subjects;
    uint64_t *subjects = ss_alloc(result, n * table->npaths + 1, sizeof *subjects);
    uint64_t *weights = table->weights == NULL ? NULL : ss_alloc(result, n + 1, sizeof *weights);

    t->n = n;
    for (size_t c = 0; c < table->d; c++)
    {
        for (size_t i = 0; i < n; i++)
            t->columns[c].codes[i] = table->columns[c].codes[list[i]];
    }
    for (size_t i = 0; i < n; i++)
    {
        if (width > 0)
            memcpy(subjects + i * table->npaths, table->subjects + list[i] * table->npaths, width);
        if (weights != NULL)
            weights[i] = table->weights[list[i]];
    }
    t->subjects = subjects;
    t->weights = weights;
    return t;
}

ss_coded_table
ss_coded_slice(const ss_coded_table *table, size_t from, size_t n, ss_arena *result)
{
    ss_coded_table t = *table;

    t.n = n;
    t.columns = ss_alloc(result, table->d + 1, sizeof *t.columns);
    for (size_t c = 0; c < table->d; c++)
    {
        t.columns[c] = table->columns[c];
        t.columns[c].codes += from;
    }
    t.subjects = table->npaths == 0 ? NULL : table->subjects + from * table->npaths;
    t.weights = table->weights == NULL ? NULL : table->weights + from;
    return t;
}

ss_coded_table *
ss_coded_both(const ss_coded_table *a, const ss_coded_table *b, ss_arena *result)
{
    const size_t n = a->n + b->n;
    ss_coded_table *t = ss_coded_like(a, n, result);
    uint64_t *subjects = ss_alloc(result, n * a->npaths + 1, sizeof *subjects);
    uint64_t *weights = ss_alloc(result, n + 1, sizeof *weights);

    t->n = n;
    for (size_t c = 0; c < a->d; c++)
    {
        memcpy(t->columns[c].codes, a->columns[c].codes, a->n * sizeof *a->columns[c].codes);
        memcpy(t->columns[c].codes + a->n, b->columns[c].codes, b->n * sizeof *b->columns[c].codes);
    }
    if (a->npaths > 0)
    {
        memcpy(subjects, a->subjects, a->n * a->npaths * sizeof *subjects);
        memcpy(subjects + a->n * a->npaths, b->subjects, b->n * a->npaths * sizeof *subjects);
    }
    for (size_t r = 0; r < n; r++)
    {
        const ss_coded_table *of = r < a->n ? a : b;

        weights[r] = of->weights == NULL ? SS_WHOLE : of->weights[r < a->n ? r : r - a->n];
    }
    t->subjects = subjects;
    t->weights = weights;
    return t;
}
