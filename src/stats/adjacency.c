#include "stats/adjacency.h"

ss_adjacency
ss_adjacency_new(uint32_t nvertices, size_t npushes, uint32_t k, ss_arena *arena)
{
    ss_adjacency a = {.k = k,
                      .reached = ss_alloc(arena, nvertices + 1, sizeof *a.reached),
                      .visited = ss_alloc(arena, nvertices + 1, sizeof *a.visited),
                      .heads = ss_alloc(arena, k + 1, sizeof *a.heads),
                      .entries = ss_alloc(arena, npushes + 1, sizeof *a.entries),
                      .next = ss_alloc(arena, npushes + 1, sizeof *a.next)};

    for (uint32_t i = 0; i <= k; i++)
        a.heads[i] = SS_ADJACENCY_NONE;
    return a;
}

static uint32_t
key_of(const ss_adjacency *a, uint32_t v)
{
    return a->reached[v] < a->k ? a->reached[v] : a->k;
}

void
ss_adjacency_push(ss_adjacency *a, uint32_t v)
{
    const uint32_t at = key_of(a, v);

    a->entries[a->nentries] = v;
    a->next[a->nentries] = a->heads[at];
    a->heads[at] = a->nentries++;
    a->top = at > a->top ? at : a->top;
}

uint32_t
ss_adjacency_pop(ss_adjacency *a)
{
    for (;;)
    {
        const uint32_t entry = a->heads[a->top];
        uint32_t v;

        if (entry == SS_ADJACENCY_NONE)
        {
            if (a->top == 0)
                return SS_ADJACENCY_NONE;
            a->top--;
            continue;
        }
        a->heads[a->top] = a->next[entry];
        v = a->entries[entry];
        if (!a->visited[v] && key_of(a, v) == a->top)
        {
            a->visited[v] = true;
            return v;
        }
    }
}
