#include "fit/tail.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "model/statistics_json.h"
#include "stats/tail.h"

#define LAW_PEOPLE 50 /* behind a law (design 5.7) */

/* The values in no cell, or a fair sample of them. */
typedef struct tail
{
    const ss_value_seen *list;
    size_t n;
    double scale;   /* so many stand for each */
    bool all_kinds; /* no value is told: so there is no number of rows that ends the tail */
    const ss_fit_who *who;
} tail;

static bool
is_once(const ss_value_seen *v)
{
    return v->weight <= SS_WHOLE;
}

typedef enum part
{
    ALL,
    ONCE,
    MORE_OFTEN,
} part;

static bool
is_of(const ss_value_seen *v, part of)
{
    return of == ALL || is_once(v) == (of == ONCE);
}

/* Do k people stand behind the values of a part together? */
static bool
enough(const tail *t, part of)
{
    const size_t k = t->who->k, npaths = t->who->npaths;
    const ss_people people = {k, npaths, t->who->may_be_empty};
    uint64_t *sets = ss_must(calloc(npaths * k + 1, sizeof *sets)), weight = 0;
    bool is;

    for (size_t i = 0; i < t->n; i++)
    {
        if (!is_of(&t->list[i], of))
            continue;
        weight += t->list[i].weight;
        for (size_t p = 0; p < npaths; p++)
        {
            for (size_t h = 0; h < k && t->list[i].sets[p * k + h] != 0; h++)
                ss_people_put(sets + p * k, k, t->list[i].sets[p * k + h]);
        }
    }
    is = ss_whole_rows(weight) >= k && ss_people_enough(&people, sets);
    free(sets);
    return is;
}

/* Are they LAW_PEOPLE, those of values that fewer than k have each: of others not all are known. */
static bool
enough_for_a_law(const tail *t)
{
    const size_t k = t->who->k, npaths = t->who->npaths, most = k > LAW_PEOPLE ? k : LAW_PEOPLE;
    const ss_people people = {most, npaths, t->who->may_be_empty};
    uint64_t *sets = ss_must(calloc(npaths * most + 1, sizeof *sets));
    bool is;

    for (size_t i = 0; i < t->n; i++)
    {
        for (size_t p = 0; p < npaths; p++)
        {
            const uint64_t *own = t->list[i].sets + p * k;

            for (size_t h = 0; h < k && own[h] != 0 && own[k - 1] == 0; h++)
                ss_people_put(sets + p * most, most, own[h]);
        }
    }
    is = t->n >= most && (npaths == 0 || ss_people_enough(&people, sets));
    free(sets);
    return is;
}

static uint64_t
slope_of(const tail *t)
{
    uint64_t *rows = ss_must(malloc((t->n + 1) * sizeof *rows));
    double slope, error;
    bool found;

    for (size_t i = 0; i < t->n; i++)
    {
        rows[i] = ss_whole_rows(t->list[i].weight);
        rows[i] = rows[i] == 0 ? 1 : rows[i];
    }
    qsort(rows, t->n, sizeof *rows, ss_compare_u64);
    found = ss_tail_fit(rows, t->n, t->all_kinds ? 0 : rows[t->n - 1], &slope, &error);
    free(rows);
    return found ? (uint64_t) lround(slope * 1000 / SS_TAIL_STEP) * SS_TAIL_STEP : 0;
}

/* Thousandths of the values that one row has: none or all where those that it is not true of are fewer than k people's. */
static uint64_t
once_of(const tail *t, uint64_t once, uint64_t all)
{
    const uint64_t share = (1000 * once + all / 2) / all;
    uint64_t told = (share + SS_TAIL_STEP / 2) / SS_TAIL_STEP * SS_TAIL_STEP;

    if (!enough(t, ONCE) || !enough(t, MORE_OFTEN))
        return share < 500 ? 0 : 1000;
    told = told < SS_TAIL_STEP ? SS_TAIL_STEP : told;
    return told > 1000 - SS_TAIL_STEP ? 1000 - SS_TAIL_STEP : told;
}

static void
tell(const tail *t, ss_marginal *m)
{
    const uint64_t present = m->count - m->nulls;
    uint64_t all = 0, once = 0, rows = 0, values;

    if (!enough(t, ALL))
        return;
    /* A value that a part of a row has, of somebody who has far more than others, is that part of a value. */
    for (size_t i = 0; i < t->n; i++)
    {
        const uint64_t weight = t->list[i].weight < SS_WHOLE ? t->list[i].weight : SS_WHOLE;

        all += weight;
        once += is_once(&t->list[i]) ? weight : 0;
        rows += t->list[i].weight;
    }
    m->tail.once = once_of(t, once, all);
    /* Rows less values would be what the few have that occur more often. */
    values = m->tail.once == 1000 ? rows : all;
    values = (uint64_t) llround((double) values / (double) SS_WHOLE * t->scale);
    values = ss_people_round(ss_model_digits(values, 2));
    values = values < 5 ? 5 : values;
    m->tail.values = values < present ? values : present;
    if (m->tail.once > 0 && m->tail.once < 1000 && enough_for_a_law(t))
        m->tail.slope = slope_of(t);
}

/* Without those that are told by themselves. */
static void
leave_out_frequent(const ss_counter *frequent, tail *t, ss_value_seen *list)
{
    size_t n, left = 0;
    uint64_t *hashes = ss_counter_hashes(frequent, &n);

    for (size_t i = 0; i < t->n; i++)
    {
        if (bsearch(&list[i].hash, hashes, n, sizeof *hashes, ss_compare_u64) == NULL)
            list[left++] = list[i];
    }
    t->n = left;
    free(hashes);
}

void
ss_fit_tail(const ss_fit_column *c, const ss_fit_terms *terms, ss_marginal *m)
{
    tail t = {.scale = 1, .who = c->who};
    ss_value_seen *list;

    /* Of some rows nobody knows how many values the others would add. */
    if (terms->shape_only || terms->uncounted || terms->halved > 0 || m->count <= m->nulls)
        return;
    if (c->different != NULL)
    {
        t.all_kinds = true;
        list = ss_cardinality_list(c->different, &t.n, &t.scale);
    }
    else if (c->values != NULL &&
             (c->lengths != NULL || c->codes != NULL || c->kind == SS_MARGINAL_REFERENCE))
        list = ss_counter_rare(c->values, &t.n, &t.scale, &t.all_kinds);
    else
        return;
    if (c->frequent != NULL)
        leave_out_frequent(c->frequent, &t, list);
    t.list = list;
    /* Of the values that fewer than k have each it is told how many rows they have, or nothing. */
    if ((t.all_kinds && c->frequent == NULL) || m->rest > 0)
        tell(&t, m);
    free(list);
}
