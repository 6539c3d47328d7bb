/* Tables that refer to themselves: how far below a root each row is. */
#include "fit/relations_internal.h"

#define CIRCLE SS_VARIABLE_LEVELS
#define UNSEEN UINT16_MAX
#define ON_WAY (UINT16_MAX - 1)

/* Up from a row until one whose level is known, or that has none above, then back down. */
static void
climb(const uint32_t *above, uint32_t row, uint32_t *way, uint16_t *level)
{
    size_t n = 0;
    uint32_t at = row;
    unsigned down;

    while (at != NOWHERE && level[at] == UNSEEN)
    {
        level[at] = ON_WAY;
        way[n++] = at;
        at = above[at];
    }
    down = at == NOWHERE ? 0 : level[at] == ON_WAY || level[at] == CIRCLE ? CIRCLE : level[at] + 1U;
    while (n-- > 0)
    {
        if (down != CIRCLE && down > SS_VARIABLE_LEVELS - 1)
            down = SS_VARIABLE_LEVELS - 1;
        level[way[n]] = (uint16_t) down;
        down += down != CIRCLE;
    }
}

void
ss_relations_levels(ss_relations *f, ss_relative *m)
{
    const ss_fit_kept *k = m->k;
    const size_t n = k->rows.n;
    uint32_t *way;
    bool *all;

    m->self = 0;
    while (m->self < k->nreferences &&
           (k->references[m->self].parent != k->index || k->parent[m->self] == NULL))
        m->self++;
    if (m->self == k->nreferences || k->key == NULL || !ss_fit_kept_is_all(k))
        return;
    m->above = ss_relations_parents(f, k, m->self);
    m->level = ss_alloc(f->scratch, n + 1, sizeof *m->level);
    m->below = ss_alloc(f->scratch, n + 1, sizeof *m->below);
    way = ss_alloc(f->scratch, n + 1, sizeof *way);
    all = ss_alloc(f->scratch, n + 1, sizeof *all);
    for (size_t r = 0; r < n; r++)
    {
        m->level[r] = UNSEEN;
        all[r] = true;
        if (m->above[r] != NOWHERE)
            m->below[m->above[r]]++;
    }
    for (uint32_t r = 0; r < n; r++)
        climb(m->above, r, way, m->level);
    m->below_book = ss_relations_book_of_counts(f, k, m->below, all);
}
