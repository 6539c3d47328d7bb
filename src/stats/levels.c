#include "stats/levels.h"

#define NONE SS_LEVELS_NONE

/* Tokens whose own rows are told nowhere yet, of those below a token: a list through next. */
typedef struct hidden
{
    uint32_t head, tail; /* NONE: there are none */
} hidden;

uint64_t *
ss_levels_settle(const ss_tally *tally, const uint32_t *parent, uint32_t n, size_t k, uint32_t *by,
                 ss_arena *result)
{
    const uint64_t least = ss_people_least(k);
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t *told = ss_alloc(result, n, sizeof *told);
    hidden *below = ss_alloc(scratch, n, sizeof *below);
    uint32_t *next = ss_alloc(scratch, n, sizeof *next);
    uint32_t *list = ss_alloc(scratch, n, sizeof *list);

    for (uint32_t i = 0; i < n; i++)
    {
        const bool any = ss_tally_weight(tally, i) > 0;

        below[i] = any ? (hidden){i, i} : (hidden){NONE, NONE};
        next[i] = by[i] = NONE;
    }
    for (uint32_t i = n; i > 0; i--)
    {
        const uint32_t at = i - 1;
        uint64_t weight = 0;
        uint32_t m = 0;

        for (uint32_t t = below[at].head; t != NONE; t = next[t])
        {
            list[m++] = t;
            weight += ss_tally_weight(tally, t);
        }
        if (m > 0 && ss_tally_enough_together(tally, list, m))
        {
            told[at] = ss_people_round(ss_whole_rows(weight));
            told[at] = told[at] < least ? least : told[at];
            for (uint32_t t = 0; t < m; t++)
                by[list[t]] = at;
        }
        else if (m > 0 && at > 0)
        {
            hidden *above = &below[parent[at]];

            next[below[at].tail] = above->head;
            above->tail = above->head == NONE ? below[at].tail : above->tail;
            above->head = below[at].head;
        }
    }
    ss_arena_free(scratch);
    return told;
}
