#include "stats/cuts_people.h"

#include <string.h>

#include "base/order.h"
#include "stats/adjacency.h"

#define NONE UINT32_MAX

/* That somebody is in an edge between two vertices. */
typedef struct seen
{
    uint32_t person, a, b;
} seen;

typedef struct sightings
{
    seen *list;
    size_t n;
} sightings;

struct ss_cuts_people
{
    uint32_t k;
    size_t npaths;
    sightings *of;  /* per path, by person; of edges that are inside of no class */
    sightings full; /* edges of which is known that there are enough on every path */
};

typedef struct joining /* on one path */
{
    uint32_t k, nvertices;
    sightings now; /* of edges that are inside of no class of link */
    uint32_t *link;
    uint32_t *starts, *vertices; /* of each person those that belong together: npeople of them */
    uint32_t npeople;
    uint32_t *own, *size, *touched; /* of one person, working lists; own: none where it is NONE */
} joining;

uint32_t
ss_cuts_root(uint32_t *link, uint32_t v)
{
    while (link[v] != v)
        v = link[v] = link[link[v]];
    return v;
}

bool
ss_cuts_unite(uint32_t *link, uint32_t a, uint32_t b)
{
    a = ss_cuts_root(link, a);
    b = ss_cuts_root(link, b);
    if (a == b)
        return false;
    if (a < b)
        link[b] = a;
    else
        link[a] = b;
    return true;
}

/* Without what is inside of a class; the others between the classes. */
static void
forget_inner(sightings *s, uint32_t *link)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
    {
        const seen *of = &s->list[i];
        const uint32_t a = ss_cuts_root(link, of->a), b = ss_cuts_root(link, of->b);

        if (a != b)
            s->list[n++] = (seen){of->person, a, b};
    }
    s->n = n;
}

/* --- who is where ------------------------------------------------------------------------------------ */

/* On one path. */
static sightings
sightings_of(const ss_tally *tally, size_t path, const ss_cuts_edge *edges, size_t n,
             ss_arena *arena)
{
    ss_arena *scratch = ss_arena_new(arena);
    const size_t k = ss_tally_k(tally);
    ss_ranked *list = ss_alloc(scratch, n * k + 1, sizeof *list);
    sightings s = {0};
    uint32_t person = 0;

    for (size_t i = 0; i < n; i++)
    {
        const uint64_t *set = ss_tally_seen(tally, edges[i].cell, path);

        for (size_t h = 0; set != NULL && h < k && set[h] != 0; h++)
            list[s.n++] = (ss_ranked){set[h], i};
    }
    ss_sort_ranked(list, s.n);
    s.list = ss_alloc(arena, s.n + 1, sizeof *s.list);
    for (size_t i = 0; i < s.n; i++)
    {
        const ss_cuts_edge *e = &edges[list[i].of];

        person += i > 0 && list[i].key != list[i - 1].key;
        s.list[i] = (seen){person, e->a, e->b};
    }
    ss_arena_free(scratch);
    return s;
}

ss_cuts_people *
ss_cuts_people_new(const ss_tally *tally, const ss_cuts_edge *edges, size_t n, ss_arena *arena)
{
    ss_cuts_people *p = ss_alloc(arena, 1, sizeof *p);

    *p = (ss_cuts_people){.k = (uint32_t) ss_tally_k(tally), .npaths = ss_tally_npaths(tally)};
    p->of = ss_alloc(arena, p->npaths + 1, sizeof *p->of);
    for (size_t i = 0; i < p->npaths; i++)
        p->of[i] = sightings_of(tally, i, edges, n, arena);
    p->full.list = ss_alloc(arena, n + 1, sizeof *p->full.list);
    for (size_t i = 0; i < n; i++)
    {
        if (ss_tally_full(tally, edges[i].cell))
            p->full.list[p->full.n++] = (seen){NONE, edges[i].a, edges[i].b};
    }
    return p;
}

/* --- on one path ------------------------------------------------------------------------------------- */

static void
touch(joining *j, uint32_t v, uint32_t *n)
{
    if (j->own[v] != NONE)
        return;
    j->own[v] = v;
    j->size[v] = 1;
    j->touched[(*n)++] = v;
}

/* Of one person's edges the most vertices that these connect, to the list; a person is in one of his parts alone. */
static void
add_person(joining *j, const seen *list, size_t nseen)
{
    uint32_t n = 0, most = NONE, at = j->starts[j->npeople];

    for (size_t i = 0; i < nseen; i++)
    {
        uint32_t a, b;

        touch(j, list[i].a, &n);
        touch(j, list[i].b, &n);
        a = ss_cuts_root(j->own, list[i].a);
        b = ss_cuts_root(j->own, list[i].b);
        if (ss_cuts_unite(j->own, a, b))
            j->size[a < b ? a : b] = j->size[a] + j->size[b];
    }
    for (uint32_t i = 0; i < n; i++)
    {
        const uint32_t v = j->touched[i];

        if (j->own[v] == v && (most == NONE || j->size[v] > j->size[most] ||
                               (j->size[v] == j->size[most] && v < most)))
            most = v;
    }
    for (uint32_t i = 0; i < n; i++)
    {
        if (ss_cuts_root(j->own, j->touched[i]) == most)
            j->vertices[at++] = j->touched[i];
    }
    for (uint32_t i = 0; i < n; i++)
        j->own[j->touched[i]] = NONE;
    j->starts[++j->npeople] = at;
}

static void
list_people(joining *j)
{
    const seen *list = j->now.list;

    j->npeople = 0;
    j->starts[0] = 0;
    for (size_t first = 0, last; first < j->now.n; first = last)
    {
        for (last = first; last < j->now.n && list[last].person == list[first].person;)
            last++;
        add_person(j, list + first, last - first);
    }
}

/* Neighbours in one order that k people connect, one with all before it.  Were there any? */
static bool
join_neighbours(joining *j, ss_arena *scratch)
{
    const size_t n = j->starts[j->npeople];
    ss_arena *arena = ss_arena_new(scratch);
    uint32_t *starts = ss_alloc(arena, (size_t) j->nvertices + 2, sizeof *starts);
    uint32_t *people = ss_alloc(arena, n + 1, sizeof *people), before = NONE;
    bool *known = ss_alloc(arena, (size_t) j->npeople + 1, sizeof *known), any = false;
    ss_adjacency a = ss_adjacency_new(j->nvertices, j->nvertices + n, j->k, arena);

    for (size_t i = 0; i < n; i++)
        starts[j->vertices[i] + 2]++;
    for (uint32_t v = 1; v < j->nvertices; v++)
        starts[v + 1] += starts[v];
    for (uint32_t p = 0; p < j->npeople; p++)
    {
        for (uint32_t i = j->starts[p]; i < j->starts[p + 1]; i++)
            people[starts[j->vertices[i] + 1]++] = p;
    }
    for (uint32_t v = j->nvertices; v > 0; v--)
    {
        if (starts[v - 1] < starts[v])
            ss_adjacency_push(&a, v - 1);
    }
    for (uint32_t v = ss_adjacency_pop(&a); v != SS_ADJACENCY_NONE; v = ss_adjacency_pop(&a))
    {
        if (a.reached[v] >= j->k)
            any = ss_cuts_unite(j->link, before, v) || any;
        before = v;
        for (uint32_t i = starts[v]; i < starts[v + 1]; i++)
        {
            const uint32_t p = people[i];

            for (uint32_t w = j->starts[p]; !known[p] && w < j->starts[p + 1]; w++)
            {
                if (a.visited[j->vertices[w]])
                    continue;
                a.reached[j->vertices[w]]++;
                ss_adjacency_push(&a, j->vertices[w]);
            }
            known[p] = true;
        }
    }
    ss_arena_free(arena);
    return any;
}

/* Classes in link, which begins with every vertex by itself.  False: the path leads to nobody. */
static bool
join_path(const ss_cuts_people *p, size_t path, uint32_t nvertices, uint32_t *link)
{
    const sightings *of = &p->of[path];
    ss_arena *arena = ss_arena_new(NULL);
    joining j = {.k = p->k,
                 .nvertices = nvertices,
                 .now = {.list = ss_alloc(arena, of->n + 1, sizeof *of->list), .n = of->n},
                 .link = link,
                 .starts = ss_alloc(arena, of->n + 1, sizeof *j.starts),
                 .vertices = ss_alloc(arena, 2 * of->n + 1, sizeof *j.vertices),
                 .own = ss_alloc(arena, nvertices, sizeof *j.own),
                 .size = ss_alloc(arena, nvertices, sizeof *j.size),
                 .touched = ss_alloc(arena, nvertices, sizeof *j.touched)};
    const bool any = of->n > 0 || p->full.n > 0;

    memcpy(j.now.list, of->list, of->n * sizeof *of->list);
    for (uint32_t v = 0; v < nvertices; v++)
    {
        link[v] = v;
        j.own[v] = NONE;
    }
    /* Of whom there are enough in one cell no more is known. */
    for (size_t i = 0; i < p->full.n; i++)
        (void) ss_cuts_unite(link, p->full.list[i].a, p->full.list[i].b);
    do
    {
        forget_inner(&j.now, link);
        list_people(&j);
    } while (join_neighbours(&j, arena));
    ss_arena_free(arena);
    return any;
}

bool
ss_cuts_people_unite(ss_cuts_people *p, uint32_t *link, uint32_t nvertices)
{
    ss_arena *arena = ss_arena_new(NULL);
    uint32_t *own = ss_alloc(arena, nvertices, sizeof *own);
    uint32_t *same = ss_alloc(arena, nvertices, sizeof *same); /* the least that belongs with it */
    ss_ranked *pairs = ss_alloc(arena, nvertices, sizeof *pairs);
    bool leads = false, any = false;

    forget_inner(&p->full, link);
    for (size_t path = 0; path < p->npaths; path++)
    {
        forget_inner(&p->of[path], link);
        if (!join_path(p, path, nvertices, own))
            continue;
        leads = true;
        /* Together on this path and on those before it. */
        for (uint32_t v = 0; v < nvertices; v++)
            pairs[v] = (ss_ranked){(uint64_t) same[v] << 32 | ss_cuts_root(own, v), v};
        ss_sort_ranked(pairs, nvertices);
        for (uint32_t i = 0; i < nvertices; i++)
            same[pairs[i].of] = i > 0 && pairs[i].key == pairs[i - 1].key ? same[pairs[i - 1].of]
                                                                          : (uint32_t) pairs[i].of;
    }
    for (uint32_t v = 0; v < nvertices && leads; v++)
        any = ss_cuts_unite(link, same[v], v) || any;
    ss_arena_free(arena);
    return any;
}
