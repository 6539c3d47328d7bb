/* Second parents: the rows that a row's further references lead to, where the samples know them. */
#include <math.h>

#include "fit/relations_internal.h"

#define DEVIATIONS 5    /* from chance, of how often siblings have the same second parent */
#define SHARE      0.02 /* of the siblings, at least */
#define EXPECTED   5    /* rows of a cell by chance, that chi-squared is asked of */

double
ss_relations_association(const uint16_t *a, uint32_t na, const uint16_t *b, uint32_t nb, size_t n,
                         ss_arena *scratch)
{
    uint32_t *cells = ss_alloc(scratch, (size_t) na * nb + 1, sizeof *cells);
    uint32_t *rows = ss_alloc(scratch, na, sizeof *rows);
    uint32_t *columns = ss_alloc(scratch, nb, sizeof *columns);
    double chi2 = 0, df = -1;

    for (size_t i = 0; i < n; i++)
    {
        cells[(size_t) a[i] * nb + b[i]]++;
        rows[a[i]]++;
        columns[b[i]]++;
    }
    for (uint32_t x = 0; x < na; x++)
    {
        for (uint32_t y = 0; y < nb; y++)
        {
            const double expected = (double) rows[x] * columns[y] / (double) n;
            const double off = cells[(size_t) x * nb + y] - expected;

            if (expected < EXPECTED)
                continue;
            chi2 += off * off / expected;
            df++;
        }
    }
    return df > 0 && chi2 > df + DEVIATIONS * sqrt(2 * df) + 10 ? (chi2 - df) / (double) n : 0;
}

/* Does the reference lead to rows that are all in their sample? */
static bool
is_second(const ss_relations *f, const ss_relative *m, size_t reference)
{
    const ss_reference *ref = &m->k->references[reference];
    const ss_fit_kept *parent = f->members[ref->parent].k;

    if (m->owner != SS_NONE && ss_relations_implied(ref, &m->k->references[m->owner]))
        return false;
    return reference != m->owner && ref->parent != m->k->index && m->k->parent[reference] != NULL &&
           parent != NULL && parent->key != NULL && ss_fit_kept_is_all(parent) &&
           ss_relations_tells_people(f, m->k, ref);
}

/* Is it so often the sibling's that chance does not make it so, or so seldom? */
static void
find_same(const ss_relations *f, const ss_relative *m, ss_second *s)
{
    const ss_fit_kept *parent = f->members[m->k->references[s->reference].parent].k;
    const size_t n = m->k->rows.n;
    uint64_t *rows = ss_alloc(f->scratch, parent->rows.n + 1, sizeof *rows);
    uint16_t *codes = ss_alloc(f->scratch, n + 1, sizeof *codes);
    double pairs = 0, same = 0, chance = 0, all = 0, deviation;

    for (size_t r = 0; r < n; r++)
    {
        const uint32_t before = m->previous == NULL ? NOWHERE : m->previous[r];

        codes[r] = 2;
        if (s->parent[r] == NOWHERE)
            continue;
        rows[s->parent[r]]++;
        all++;
        if (before == NOWHERE || s->parent[before] == NOWHERE)
            continue;
        codes[r] = s->parent[before] == s->parent[r];
        pairs++;
        same += codes[r];
    }
    for (size_t p = 0; p < parent->rows.n; p++)
        chance += (double) rows[p] / all * ((double) rows[p] / all);
    deviation = fabs(same - pairs * chance);
    if (pairs < ROWS_MIN || deviation < DEVIATIONS * sqrt(pairs * chance * (1 - chance)) ||
        deviation < SHARE * pairs)
        return;
    s->same = codes;
}

void
ss_relations_seconds(ss_relations *f, size_t table)
{
    ss_relative *m = &f->members[table];
    const ss_fit_kept *k = m->k;

    m->seconds = ss_alloc(f->scratch, k->nreferences + 1, sizeof *m->seconds);
    for (size_t i = 0; i < k->nreferences; i++)
    {
        ss_relative *parent = &f->members[k->references[i].parent];
        ss_second *s = &m->seconds[m->nseconds];

        /* Rows that nobody hangs on are counted over all of the table, which a sample's relatives are not. */
        if (!is_second(f, m, i) || (m->owner == SS_NONE && !ss_fit_kept_is_all(k)))
            continue;
        *s = (ss_second){.reference = i, .parent = ss_relations_parents(f, k, i)};
        s->turn = ss_alloc(f->scratch, k->rows.n + 1, sizeof *s->turn);
        s->counts = ss_alloc(f->scratch, parent->k->rows.n + 1, sizeof *s->counts);
        for (size_t r = 0; r < k->rows.n; r++)
        {
            if (s->parent[r] != NOWHERE)
                s->turn[r] = s->counts[s->parent[r]]++;
        }
        if (!ss_fit_kept_is_all(k))
            s->counts = NULL;
        find_same(f, m, s);
        s->offset = ss_relations_offset(f, k, i, s->parent, NULL);
        parent->referrers = ss_grow(f->scratch, parent->referrers, parent->nreferrers,
                                    &parent->referrers_capacity, sizeof *parent->referrers);
        parent->referrers[parent->nreferrers++] = (ss_referrer){table, m->nseconds++};
    }
}
