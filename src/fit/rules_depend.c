#include "fit/rules_internal.h"

#include <stdlib.h>

#define DEPENDENTS_MAX 40 /* columns between which dependencies are tried */

uint64_t
ss_rules_determinant(const rule_view *a, const rule_view *b, size_t r)
{
    uint64_t both;

    if (a->null[r] || (b != NULL && b->null[r]))
        return 0;
    if (b == NULL)
        return a->id[r] == 0 ? 1 : a->id[r];
    both = a->id[r] * UINT64_C(0x9E3779B97F4A7C15) ^ (b->id[r] + (a->id[r] << 6));
    return both == 0 ? 1 : both;
}

/*
 * Rows that break "a (and b) decide t", of n; *chance: how many would if t were another row's, *seen: rows whose
 * determinant was seen before.
 */
static size_t
dependency_broken(const rule_view *a, const rule_view *b, const rule_view *t, size_t n,
                  size_t *chance, size_t *seen, size_t *values)
{
    rule_firsts m = {0};
    size_t broken = 0;

    *chance = *seen = 0;
    for (size_t r = 0; r < n; r++)
    {
        const uint64_t from = ss_rules_determinant(a, b, r);
        const uint64_t to = t->null[r] ? UINT64_MAX : t->id[r];
        const size_t other = ss_rules_partner(r, n);
        const size_t before = m.n;
        uint64_t first;

        if (from == 0)
            continue;
        first = ss_rules_look_up(&m, from, to);
        if (m.n != before)
            continue;
        (*seen)++;
        broken += first != to;
        *chance += first != (t->null[other] ? UINT64_MAX : t->id[other]);
    }
    *values = m.n;
    free(m.slots);
    return broken;
}

/* Has half of the determinant's values k rows or more in the sample, as they would have in all rows? */
static bool
common_enough(const ss_fit_rules *s, const rule_view *a, const rule_view *b)
{
    const unsigned halved = s->sample->halved + s->sample->limited;
    rule_firsts m = {0};
    size_t values, enough = 0;

    for (size_t r = 0; r < s->sample->n; r++)
    {
        const uint64_t from = ss_rules_determinant(a, b, r);

        if (from != 0)
            ss_rules_count_up(&m, from);
    }
    for (size_t i = 0; i < m.capacity; i++)
        enough += m.slots[i].a != 0 && m.slots[i].b << halved >= s->who->k;
    values = m.n;
    free(m.slots);
    return values > 1 && 2 * enough >= values;
}

/* Does it hold in the sample, and would it not by chance? */
static bool
depends(const ss_fit_rules *s, const rule_view *a, const rule_view *b, const rule_view *t)
{
    const size_t n = s->sample->n, screen = n < SCREEN_ROWS ? n : SCREEN_ROWS;
    size_t chance, seen, values, broken;

    broken = dependency_broken(a, b, t, screen, &chance, &seen, &values);
    if (seen == 0 || broken * EXCEPTION_SHARE > 10 * seen || chance * CHANCE_SHARE < seen ||
        chance < SUPPORT_PEOPLE)
        return false;
    if (n == screen)
        return broken * EXCEPTION_SHARE <= seen;
    broken = dependency_broken(a, b, t, n, &chance, &seen, &values);
    return broken * EXCEPTION_SHARE <= seen && chance * CHANCE_SHARE >= seen;
}

/* Which column alone decides which; what follows by way of a third is left out. */
void
ss_rules_find_dependencies(ss_fit_rules *s)
{
    const size_t n = s->nviews < DEPENDENTS_MAX ? s->nviews : DEPENDENTS_MAX;
    bool *decides = ss_alloc(s->arena, n * n + 1, sizeof *decides); /* [a * n + t]: a decides t */
    bool *common = ss_alloc(s->arena, n + 1, sizeof *common);

    for (size_t a = 0; a < n; a++)
        common[a] = s->views[a].told && common_enough(s, &s->views[a], NULL);
    for (size_t a = 0; a < n; a++)
    {
        for (size_t t = 0; t < n && common[a]; t++)
            decides[a * n + t] =
                t != a && s->views[t].told && depends(s, &s->views[a], NULL, &s->views[t]);
    }
    for (size_t a = 0; a < n; a++)
    {
        for (size_t t = 0; t < n; t++)
        {
            bool by_way = false;

            if (!decides[a * n + t])
                continue;
            for (size_t c = 0; c < n; c++)
                by_way = by_way || (c != a && c != t && decides[a * n + c] && decides[c * n + t] &&
                                    (!decides[c * n + a] || c < a) && !decides[t * n + c]);
            if (!by_way)
                (void) ss_rules_add_candidate(s, SS_RULE_DEPENDENCY, (size_t[]){a, t}, 2);
        }
    }
    for (size_t t = 0; t < n; t++)
    {
        bool alone = !s->views[t].told;

        for (size_t a = 0; a < n; a++)
            alone = alone || decides[a * n + t];
        for (size_t a = 0; a < n && !alone; a++)
        {
            for (size_t b = a + 1; b < n && !alone; b++)
            {
                const rule_view *x = &s->views[a], *y = &s->views[b];

                /* Of two of which one decides the other, the pair says no more than one. */
                if (a == t || b == t || !x->told || !y->told || decides[a * n + b] ||
                    decides[b * n + a] || decides[t * n + a] == decides[t * n + b])
                    continue;
                if (depends(s, x, y, &s->views[t]) && common_enough(s, x, y))
                {
                    (void) ss_rules_add_candidate(s, SS_RULE_DEPENDENCY, (size_t[]){a, b, t}, 3);
                    alone = true;
                }
            }
        }
    }
}
