#include "fit/frequent.h"

#include <stdlib.h>

#include "base/order.h"
#include "fit/column_internal.h"

#define FREQUENT_MOST 1024 /* values that are told by themselves */

/* Rows of equal values. */
typedef struct run
{
    size_t first, end; /* among the ranked */
} run;

typedef struct finding
{
    ss_fit_column *column;
    const ss_sample *sample;
    const ss_batch_column *values;
    ss_hash_key key;
    ss_ranked *rows; /* by their values */
    size_t n;
    run *runs; /* of what k people have: the most frequent */
    size_t nruns;
} finding;

static bool
is_needed(const ss_fit_column *c)
{
    if (c->values == NULL)
        return false;
    return c->kind == SS_MARGINAL_NUMBER
               ? ss_counter_shift(c->values) > 0
               : c->kind == SS_MARGINAL_CATEGORIES && c->lengths != NULL &&
                     ss_counter_overflowed(c->values);
}

/* The sample has of a text that is too long for a category not even its length. */
static bool
has_long_texts(const finding *f)
{
    bool has = false;

    for (size_t r = 0; f->column->kind == SS_MARGINAL_CATEGORIES && r < f->sample->n && !has; r++)
    {
        size_t n = 0;

        if (!f->values->null[r])
            (void) ss_column_bytes(f->values, r, &n);
        has = n > SS_COUNTER_TEXT_MAX;
    }
    return has;
}

/* Texts by their keyed hashes. */
static bool
rank_of(const finding *f, size_t r, uint64_t *rank)
{
    const unsigned char *text;
    int64_t units;
    size_t n;

    if (f->values->null[r])
        return false;
    if (f->column->kind == SS_MARGINAL_NUMBER)
    {
        if (!ss_fit_column_units(f->column, f->values, r, &units))
            return false;
        *rank = ss_rank_of_i64(units);
        return true;
    }
    text = ss_column_bytes(f->values, r, &n);
    *rank = ss_hash(&f->key, text, n);
    return true;
}

static const uint64_t *
subjects_of(const finding *f, size_t r)
{
    return f->sample->subjects + r * f->sample->npaths;
}

/* Do k people have the value, and k rows? */
static bool
is_frequent(const finding *f, const run *of, uint64_t *sets)
{
    const ss_fit_who *who = f->column->who;
    const ss_people people = {who->k, who->npaths, who->may_be_empty};
    uint64_t weight = 0;

    for (size_t i = of->first; i < of->end; i++)
        weight += f->sample->weights[f->rows[i].of];
    return ss_whole_rows(weight) >= who->k &&
           ss_sample_enough(f->sample, &people, f->rows + of->first, of->end - of->first, sets);
}

/* Most rows first. */
static int
by_rows(const void *a, const void *b)
{
    const run *x = a, *y = b;
    const size_t of_x = x->end - x->first, of_y = y->end - y->first;

    return of_x != of_y ? (of_x < of_y) - (of_x > of_y)
                        : (x->first > y->first) - (x->first < y->first);
}

static void
find_runs(finding *f)
{
    const ss_fit_who *who = f->column->who;
    uint64_t *sets = ss_must(malloc((who->npaths * who->k + 1) * sizeof *sets));

    ss_sort_ranked(f->rows, f->n);
    for (size_t first = 0, end; first < f->n; first = end)
    {
        run of = {first, first};

        for (end = first; end < f->n && f->rows[end].key == f->rows[first].key;)
            end++;
        of.end = end;
        if (of.end - of.first >= who->k && is_frequent(f, &of, sets))
            f->runs[f->nruns++] = of;
    }
    free(sets);
    if (f->nruns > 0)
        qsort(f->runs, f->nruns, sizeof *f->runs, by_rows);
    f->nruns = f->nruns < FREQUENT_MOST ? f->nruns : FREQUENT_MOST;
}

static void
add(const finding *f, ss_counter *counter, size_t r)
{
    const uint64_t *subjects = subjects_of(f, r), weight = f->sample->weights[r];
    const unsigned char *text;
    int64_t units;
    size_t n;

    if (f->column->kind == SS_MARGINAL_NUMBER)
    {
        if (ss_fit_column_units(f->column, f->values, r, &units))
            ss_counter_add(counter, units, subjects, weight);
        return;
    }
    text = ss_column_bytes(f->values, r, &n);
    ss_counter_add_text(counter, (const char *) text, n, ss_hash(&f->key, text, n), subjects,
                        weight);
}

/* Of a text its shape, which is told of those that are not frequent. */
static void
add_other(const finding *f, size_t r)
{
    const uint64_t *subjects = subjects_of(f, r), weight = f->sample->weights[r];
    ss_text_shape shape;
    size_t n;
    const unsigned char *text;

    if (f->column->kind == SS_MARGINAL_NUMBER)
    {
        add(f, f->column->others, r);
        return;
    }
    text = ss_column_bytes(f->values, r, &n);
    shape = ss_fit_text_shape(text, n);
    ss_counter_add(f->column->lengths, shape.length, subjects, weight);
    ss_counter_add(f->column->alphabets, shape.alphabet, subjects, weight);
}

static void
count(const finding *f, bool *frequent)
{
    ss_fit_column *c = f->column;
    const bool number = c->kind == SS_MARGINAL_NUMBER;

    c->sampled = f->sample->halved > 0;
    c->frequent = ss_counter_new(number ? SS_COUNTER_NUMBERS : SS_COUNTER_TEXTS, FREQUENT_MOST,
                                 c->who->k, c->who->npaths, c->who->may_be_empty);
    if (number)
        c->others = ss_fit_counter_of_numbers(c->who);
    else
        ss_fit_column_forget_shapes(c);
    for (size_t i = 0; i < f->nruns; i++)
    {
        for (size_t at = f->runs[i].first; at < f->runs[i].end; at++)
        {
            add(f, c->frequent, f->rows[at].of);
            frequent[f->rows[at].of] = true;
        }
    }
    for (size_t r = 0; r < f->sample->n; r++)
    {
        if (!f->values->null[r] && !frequent[r])
            add_other(f, r);
    }
}

void
ss_fit_frequent(ss_fit_column *c, const ss_sample *s, size_t at, const ss_hash_key *key)
{
    finding f = {.column = c, .sample = s, .key = *key};
    bool *frequent;

    f.values = &s->columns[at];
    if (!is_needed(c) || has_long_texts(&f))
        return;
    f.rows = ss_must(malloc((s->n + 1) * sizeof *f.rows));
    for (size_t r = 0; r < s->n; r++)
    {
        if (rank_of(&f, r, &f.rows[f.n].key))
            f.rows[f.n++].of = r;
    }
    f.runs = ss_must(malloc((f.n / c->who->k + 1) * sizeof *f.runs));
    frequent = ss_must(calloc(s->n + 1, sizeof *frequent));
    find_runs(&f);
    if (f.nruns > 0)
        count(&f, frequent);
    free(frequent);
    free(f.runs);
    free(f.rows);
}
