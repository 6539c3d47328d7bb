#include "fit/rules_internal.h"

#include <math.h>
#include <stdlib.h>

#include "base/order.h"

#define DEPENDENTS_MAX 40   /* columns between which dependencies are tried */
#define PAIR_ROWS      1000 /* on which most pairs of them fall */
#define PAIR_BROKEN    10   /* rows that break it there, at most */

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
 * determinant was seen before, *valued: those of them that keep it with a value.
 */
static size_t
dependency_broken(const rule_view *a, const rule_view *b, const rule_view *t, size_t n,
                  size_t *chance, size_t *seen, size_t *valued)
{
    rule_firsts m = {0};
    size_t broken = 0;

    *chance = *seen = *valued = 0;
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
        *valued += first == to && !t->null[r];
        *chance += first != (t->null[other] ? UINT64_MAX : t->id[other]);
    }
    free(m.slots);
    return broken;
}

uint64_t
ss_rules_spread(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

/*
 * Of a value that k people have, one in 2^halved of whom is in the sample: how likely are two of them there, if one is?  Below
 * that share of the values that were seen, nobody else has most of them.
 */
static double
chance_of_two(size_t k, unsigned halved)
{
    const double in = ldexp(1, -(int) halved);
    const double none = pow(1 - in, (double) k),
                 one = (double) k * in * pow(1 - in, (double) (k - 1));

    /* Of very few the difference below has no digits left, and three are never there. */
    return halved > 20 ? (double) (k - 1) / 2 * in : (1 - none - one) / (1 - none);
}

/*
 * May half of the determinant's values have k people each?  Of a sample of all people it is known; else fewer values would have two people
 * in it than there must be, by three standard errors.  Of all rows it is asked again (fit/rules.c); but what is almost unique, and in a
 * sample of whole families as good as unique, is not to be counted there for nothing.
 */
static bool
common_enough(const ss_fit_rules *s, const rule_view *a, const rule_view *b)
{
    const unsigned halved = s->sample->halved + s->sample->limited;
    const ss_people people = {halved == 0 ? s->who->k : 2, s->who->npaths, s->who->may_be_empty};
    const size_t n = s->sample->n;
    ss_ranked *all = ss_must(malloc((n + 1) * sizeof *all)); /* rows by their determinants */
    uint64_t *sets = ss_must(malloc((people.npaths * people.k + 1) * sizeof *sets));
    size_t m = 0, values = 0, enough = 0;
    double least;

    for (size_t r = 0; r < n; r++)
    {
        all[m] = (ss_ranked){ss_rules_determinant(a, b, r), r};
        m += all[m].key != 0;
    }
    ss_sort_ranked(all, m);
    for (size_t first = 0, last; first < m; first = last)
    {
        for (last = first; last < m && all[last].key == all[first].key;)
            last++;
        values++;
        enough += last - first >= people.k &&
                  ss_sample_enough(s->sample, &people, all + first, last - first, sets);
    }
    free(all);
    free(sets);
    least = (double) values / 2 * (halved == 0 ? 1 : chance_of_two(s->who->k, halved));
    return values > 1 && (double) enough >= least - (halved == 0 ? 0 : 3 * sqrt(least));
}

/*
 * Of what is NULL wherever the determinant has a value no value is decided: a telephone number where there is no address, say.
 * That is a rule about NULL.  As many rows as may break the dependency show nothing else.
 */
static bool
decides_values(size_t valued, size_t seen)
{
    return valued > 0 && valued * EXCEPTION_SHARE >= seen;
}

/* Does it hold in the sample, and would it not by chance? */
static bool
depends(const ss_fit_rules *s, const rule_view *a, const rule_view *b, const rule_view *t)
{
    const size_t n = s->sample->n, screen = n < SCREEN_ROWS ? n : SCREEN_ROWS;
    size_t chance, seen, valued, broken;

    broken = dependency_broken(a, b, t, screen, &chance, &seen, &valued);
    if (seen == 0 || broken * EXCEPTION_SHARE > 10 * seen || chance * CHANCE_SHARE < seen ||
        chance < SUPPORT_PEOPLE || !decides_values(valued, seen))
        return false;
    if (n == screen)
        return broken * EXCEPTION_SHARE <= seen;
    broken = dependency_broken(a, b, t, n, &chance, &seen, &valued);
    return broken * EXCEPTION_SHARE <= seen && chance * CHANCE_SHARE >= seen &&
           decides_values(valued, seen);
}

/*
 * Which of the columns open may two others decide?  On a few rows, of those whose pair was seen before; of the others open is
 * false afterwards.
 */
static void
screen_pair(const ss_fit_rules *s, const rule_view *a, const rule_view *b, size_t n, bool *open)
{
    const size_t rows = s->sample->n < PAIR_ROWS ? s->sample->n : PAIR_ROWS;
    size_t broken[DEPENDENTS_MAX] = {0}, seen = 0, left = 0;
    rule_firsts m = {0};

    for (size_t t = 0; t < n; t++)
        left += open[t];
    for (size_t r = 0; r < rows && left > 0; r++)
    {
        const uint64_t from = ss_rules_determinant(a, b, r);
        const size_t before = m.n;
        size_t first;

        if (from == 0)
            continue;
        first = (size_t) ss_rules_look_up(&m, from, r);
        if (m.n != before)
            continue;
        seen++;
        for (size_t t = 0; t < n; t++)
        {
            const rule_view *v = &s->views[t];

            if (!open[t] || (v->null[r] == v->null[first] && v->id[r] == v->id[first]))
                continue;
            open[t] = ++broken[t] <= PAIR_BROKEN;
            left -= !open[t];
        }
    }
    free(m.slots);
    for (size_t t = 0; t < n && seen == 0; t++)
        open[t] = false;
}

/* Which two columns decide a third that none of them decides alone. */
static void
find_pairs(ss_fit_rules *s, size_t n, const bool *decides, const bool *common)
{
    bool decided[DEPENDENTS_MAX] = {false}, open[DEPENDENTS_MAX];

    for (size_t t = 0; t < n; t++)
    {
        decided[t] = !s->views[t].told;
        for (size_t a = 0; a < n; a++)
            decided[t] = decided[t] || decides[a * n + t];
    }
    for (size_t a = 0; a < n; a++)
    {
        for (size_t b = a + 1; b < n; b++)
        {
            const rule_view *x = &s->views[a], *y = &s->views[b];
            bool asked = false, are_common = false;

            /* Of two of which one decides the other, the pair says no more than one. */
            if (!x->told || !y->told || decides[a * n + b] || decides[b * n + a])
                continue;
            /* Of what decides both it says no more than that they are its own; of what decides neither they must be common themselves. */
            for (size_t t = 0; t < n; t++)
                open[t] = t != a && t != b && !decided[t] &&
                          (decides[t * n + a] != decides[t * n + b] ||
                           (common[a] && common[b] && !decides[t * n + a]));
            screen_pair(s, x, y, n, open);
            for (size_t t = 0; t < n; t++)
            {
                if (!open[t])
                    continue;
                are_common = asked ? are_common : common_enough(s, x, y);
                asked = true;
                if (!are_common || !depends(s, x, y, &s->views[t]))
                    continue;
                (void) ss_rules_add_candidate(s, SS_RULE_DEPENDENCY, (size_t[]){a, b, t}, 3);
                decided[t] = true;
            }
        }
    }
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
    find_pairs(s, n, decides, common);
}
