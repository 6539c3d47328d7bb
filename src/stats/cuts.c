#include "stats/cuts.h"

#include <string.h>

#include "base/arena.h"
#include "base/order.h"
#include "stats/adjacency.h"
#include "stats/cuts_people.h"

typedef struct cutting
{
    const ss_tally *tally;
    uint32_t k;
    uint32_t nsums;      /* and the last vertex: all that is not told */
    uint32_t *link;      /* of vertices that no cut of fewer than k divides: to another of them */
    ss_cuts_edge *edges; /* between vertices that one may divide */
    size_t n;
    uint64_t *weights;      /* of sums */
    ss_cuts_people *people; /* NULL until they are asked for */
    ss_arena *arena;
} cutting;

/* Those that are inside of a class are in no cut that matters. */
static void
forget_inner(cutting *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n; i++)
    {
        ss_cuts_edge e = c->edges[i];

        e.a = ss_cuts_root(c->link, e.a);
        e.b = ss_cuts_root(c->link, e.b);
        if (e.a != e.b)
            c->edges[n++] = e;
    }
    c->n = n;
}

/* --- by maximum adjacency --------------------------------------------------------------------------- */

typedef struct neighbours /* of each vertex, and the people of its edges to them */
{
    uint32_t *starts, *to, *people;
} neighbours;

static neighbours
neighbours_of(const cutting *c, ss_arena *arena)
{
    const uint32_t n = c->nsums + 1;
    neighbours a = {.starts = ss_alloc(arena, n + 2, sizeof *a.starts),
                    .to = ss_alloc(arena, 2 * c->n + 1, sizeof *a.to),
                    .people = ss_alloc(arena, 2 * c->n + 1, sizeof *a.people)};

    for (size_t i = 0; i < c->n; i++)
    {
        a.starts[c->edges[i].a + 2]++;
        a.starts[c->edges[i].b + 2]++;
    }
    for (uint32_t v = 1; v < n; v++)
        a.starts[v + 1] += a.starts[v];
    for (size_t i = 0; i < c->n; i++)
    {
        const ss_cuts_edge *e = &c->edges[i];
        const uint32_t p = a.starts[e->a + 1]++, q = a.starts[e->b + 1]++;

        a.to[p] = e->b;
        a.to[q] = e->a;
        a.people[p] = a.people[q] = e->people;
    }
    return a;
}

/*
 * Vertices in an order of maximum adjacency: an edge by which k reach a vertex has ends that no smaller cut divides
 * (Nagamochi, Ono and Ibaraki 1994, Mathematical Programming 67; that k bounds the order: Henzinger, Noe and Schulz 2019).
 */
static bool
unite_adjacent(cutting *c)
{
    ss_arena *arena = ss_arena_new(c->arena);
    const neighbours near = neighbours_of(c, arena);
    ss_adjacency a = ss_adjacency_new(c->nsums + 1, c->nsums + 1 + 2 * c->n, c->k, arena);
    bool any = false;

    for (uint32_t v = c->nsums + 1; v > 0; v--)
    {
        if (near.starts[v - 1] < near.starts[v])
            ss_adjacency_push(&a, v - 1);
    }
    for (uint32_t v = ss_adjacency_pop(&a); v != SS_ADJACENCY_NONE; v = ss_adjacency_pop(&a))
    {
        for (uint32_t i = near.starts[v]; i < near.starts[v + 1]; i++)
        {
            const uint32_t w = near.to[i];

            if (a.visited[w] || near.people[i] == 0)
                continue;
            a.reached[w] += near.people[i];
            if (a.reached[w] >= c->k)
                any = ss_cuts_unite(c->link, v, w) || any;
            ss_adjacency_push(&a, w);
        }
    }
    ss_arena_free(arena);
    forget_inner(c);
    return any;
}

/* --- by all people ---------------------------------------------------------------------------------- */

/* Classes with k people, each counted once, in common with what is not told. */
static bool
unite_untold(cutting *c)
{
    const uint32_t untold = ss_cuts_root(c->link, c->nsums);
    ss_arena *arena = ss_arena_new(c->arena);
    ss_tally_sum **sums = ss_alloc(arena, c->nsums + 1, sizeof *sums);
    bool any = false;

    for (size_t i = 0; i < c->n; i++)
    {
        const ss_cuts_edge *e = &c->edges[i];
        const uint32_t other = e->a == untold ? e->b : e->a;

        if (e->a != untold && e->b != untold)
            continue;
        if (sums[other] == NULL)
            sums[other] = ss_tally_sum_new(c->tally, arena);
        ss_tally_sum_add(c->tally, e->cell, sums[other]);
    }
    for (uint32_t v = 0; v <= c->nsums; v++)
    {
        if (sums[v] != NULL && ss_tally_sum_enough(c->tally, sums[v]))
            any = ss_cuts_unite(c->link, v, c->nsums) || any;
    }
    ss_arena_free(arena);
    forget_inner(c);
    return any;
}

/* What all cells of each of the people connect. */
static bool
unite_people(cutting *c)
{
    bool any;

    if (c->people == NULL)
        c->people = ss_cuts_people_new(c->tally, c->edges, c->n, c->arena);
    any = ss_cuts_people_unite(c->people, c->link, c->nsums + 1);
    forget_inner(c);
    return any;
}

/* --- dropping --------------------------------------------------------------------------------------- */

/* One in PORTION of a list, and one at least. */
#define PORTION 16

/*
 * Of every part that hangs together otherwise than by what is not told, the smallest sums: one by one they would be fewer, by little, and
 * each costs a look at everybody.
 */
static void
drop_smallest(cutting *c, const bool *may_drop, bool *dropped)
{
    const uint32_t untold = ss_cuts_root(c->link, c->nsums);
    ss_arena *arena = ss_arena_new(c->arena);
    uint32_t *part = ss_alloc(arena, c->nsums + 1, sizeof *part);
    uint32_t *left = ss_alloc(arena, c->nsums + 1, sizeof *left); /* of parts: to drop */
    ss_ranked *list = ss_alloc(arena, c->nsums + 1, sizeof *list);
    bool *in_cut = ss_alloc(arena, c->nsums + 1, sizeof *in_cut);
    size_t n = 0;

    for (uint32_t v = 0; v <= c->nsums; v++)
        part[v] = v;
    for (size_t i = 0; i < c->n; i++)
    {
        const ss_cuts_edge *e = &c->edges[i];

        in_cut[e->a] = in_cut[e->b] = true;
        if (e->a != untold && e->b != untold)
            ss_cuts_unite(part, e->a, e->b);
    }
    for (uint32_t s = 0; s < c->nsums; s++)
    {
        const uint32_t own = ss_cuts_root(c->link, s);

        if (!may_drop[s] || own == untold || !in_cut[own])
            continue;
        left[ss_cuts_root(part, own)]++;
        list[n++] = (ss_ranked){c->weights[s], s};
    }
    for (uint32_t v = 0; v <= c->nsums; v++)
        left[v] = (left[v] + PORTION - 1) / PORTION;
    ss_sort_ranked(list, n);
    for (size_t i = 0; i < n; i++)
    {
        const uint32_t s = (uint32_t) list[i].of;
        uint32_t *of = &left[ss_cuts_root(part, ss_cuts_root(c->link, s))];

        if (*of == 0)
            continue;
        --*of;
        dropped[s] = true;
    }
    /* Only now: their classes are those by which the parts are known. */
    for (size_t i = 0; i < n; i++)
    {
        if (dropped[list[i].of])
            (void) ss_cuts_unite(c->link, (uint32_t) list[i].of, c->nsums);
    }
    /*
     * A sum that may not be dropped, and has no neighbour that may, has all its people in common with what is not told, and these are k: else
     * nothing is known of these sums, and of those that may be dropped none is told.
     */
    if (n == 0)
    {
        memcpy(dropped, may_drop, c->nsums * sizeof *dropped);
        c->n = 0;
    }
    ss_arena_free(arena);
    forget_inner(c);
}

void
ss_cuts_drop(const ss_tally *tally, const ss_cuts_cell *cells, size_t n, uint32_t nsums,
             const bool *may_drop, bool *dropped)
{
    ss_arena *arena = ss_arena_new(NULL);
    cutting c = {.tally = tally,
                 .k = (uint32_t) ss_tally_k(tally),
                 .nsums = nsums,
                 .link = ss_alloc(arena, nsums + 1, sizeof *c.link),
                 .edges = ss_alloc(arena, n + 1, sizeof *c.edges),
                 .weights = ss_alloc(arena, nsums + 1, sizeof *c.weights),
                 .arena = arena};
    uint32_t *list = ss_alloc(arena, n + 1, sizeof *list);
    uint32_t *people = ss_alloc(arena, n + 1, sizeof *people);

    memset(dropped, 0, nsums * sizeof *dropped);
    for (uint32_t v = 0; v <= nsums; v++)
        c.link[v] = v;
    for (size_t i = 0; i < n; i++)
    {
        const uint64_t weight = ss_tally_weight(tally, cells[i].cell);
        const uint32_t a = cells[i].a == SS_CUTS_UNTOLD ? nsums : cells[i].a;
        const uint32_t b = cells[i].b == SS_CUTS_UNTOLD ? nsums : cells[i].b;

        if (a == b)
            continue;
        c.weights[a] += weight;
        c.weights[b] += weight;
        list[c.n] = cells[i].cell;
        c.edges[c.n++] = (ss_cuts_edge){.cell = cells[i].cell, .a = a, .b = b};
    }
    ss_tally_divide_people(tally, list, c.n, people);
    for (size_t i = 0; i < c.n; i++)
        c.edges[i].people = people[i];
    while (c.n > 0)
    {
        if (!unite_adjacent(&c) && !unite_untold(&c) && !unite_people(&c) && c.n > 0)
            drop_smallest(&c, may_drop, dropped);
    }
    ss_arena_free(arena);
}
