#include "stats/cuts_people.h"

#include "base/order.h"
#include "stats/adjacency.h"

#define NONE UINT32_MAX

typedef struct joining /* on one path */
{
    const ss_cuts_edge *edges;
    uint32_t k, nvertices;
    ss_ranked *seen; /* nseen, by person: in which edge */
    size_t nseen;
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

static void
touch(joining *j, uint32_t v, uint32_t *n)
{
    if (j->own[v] != NONE)
        return;
    j->own[v] = v;
    j->size[v] = 1;
    j->touched[(*n)++] = v;
}

/* Of the edges seen[first .. last - 1] of one person the most vertices that these connect, to the list; a person is in one of his parts alone. */
static void
add_person(joining *j, size_t first, size_t last)
{
    uint32_t n = 0, most = NONE, at = j->starts[j->npeople];

    for (size_t i = first; i < last; i++)
    {
        const ss_cuts_edge *e = &j->edges[j->seen[i].of];
        const uint32_t v = ss_cuts_root(j->link, e->a), w = ss_cuts_root(j->link, e->b);
        uint32_t a, b;

        if (v == w)
            continue;
        touch(j, v, &n);
        touch(j, w, &n);
        a = ss_cuts_root(j->own, v);
        b = ss_cuts_root(j->own, w);
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
    if (n > 0)
        j->starts[++j->npeople] = at;
}

static void
list_people(joining *j)
{
    j->npeople = 0;
    j->starts[0] = 0;
    for (size_t first = 0, last; first < j->nseen; first = last)
    {
        for (last = first; last < j->nseen && j->seen[last].key == j->seen[first].key;)
            last++;
        add_person(j, first, last);
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

/* Who has which of n edges, on one path. */
static void
list_seen(joining *j, const ss_tally *tally, size_t path, size_t n, ss_arena *arena)
{
    for (unsigned round = 0; round < 2; round++)
    {
        j->nseen = 0;
        for (size_t i = 0; i < n; i++)
        {
            const uint64_t *set = ss_tally_seen(tally, j->edges[i].cell, path);

            for (uint32_t h = 0; set != NULL && h < j->k && set[h] != 0; h++, j->nseen++)
            {
                if (round == 1)
                    j->seen[j->nseen] = (ss_ranked){set[h], i};
            }
        }
        if (round == 0)
            j->seen = ss_alloc(arena, j->nseen + 1, sizeof *j->seen);
    }
    ss_sort_ranked(j->seen, j->nseen);
}

/* Of one path: classes in link.  False: it leads to nobody. */
static bool
join_path(const ss_tally *tally, size_t path, const ss_cuts_edge *edges, size_t n,
          uint32_t nvertices, uint32_t *link)
{
    ss_arena *arena = ss_arena_new(NULL);
    joining j = {.edges = edges,
                 .k = (uint32_t) ss_tally_k(tally),
                 .nvertices = nvertices,
                 .link = link,
                 .own = ss_alloc(arena, nvertices, sizeof *j.own),
                 .size = ss_alloc(arena, nvertices, sizeof *j.size),
                 .touched = ss_alloc(arena, nvertices, sizeof *j.touched)};
    bool any;

    for (uint32_t v = 0; v < nvertices; v++)
    {
        link[v] = v;
        j.own[v] = NONE;
    }
    list_seen(&j, tally, path, n, arena);
    any = j.nseen > 0;
    /* Of whom there are enough in one cell no more is known. */
    for (size_t i = 0; i < n; i++)
    {
        if (ss_tally_full(tally, edges[i].cell))
            any = ss_cuts_unite(link, edges[i].a, edges[i].b) || any;
    }
    j.starts = ss_alloc(arena, j.nseen + 1, sizeof *j.starts);
    j.vertices = ss_alloc(arena, 2 * j.nseen + 1, sizeof *j.vertices);
    do
        list_people(&j);
    while (join_neighbours(&j, arena));
    ss_arena_free(arena);
    return any;
}

void
ss_cuts_people(const ss_tally *tally, const ss_cuts_edge *edges, size_t n, uint32_t nvertices,
               uint32_t *same)
{
    ss_arena *arena = ss_arena_new(NULL);
    uint32_t *link = ss_alloc(arena, nvertices, sizeof *link);
    ss_ranked *pairs = ss_alloc(arena, nvertices, sizeof *pairs);
    bool any = false;

    for (uint32_t v = 0; v < nvertices; v++)
        same[v] = 0;
    for (size_t p = 0; p < ss_tally_npaths(tally); p++)
    {
        if (!join_path(tally, p, edges, n, nvertices, link))
            continue;
        any = true;
        /* Together on this path and on those before it. */
        for (uint32_t v = 0; v < nvertices; v++)
            pairs[v] = (ss_ranked){(uint64_t) same[v] << 32 | ss_cuts_root(link, v), v};
        ss_sort_ranked(pairs, nvertices);
        for (uint32_t i = 0; i < nvertices; i++)
            same[pairs[i].of] = i > 0 && pairs[i].key == pairs[i - 1].key ? same[pairs[i - 1].of]
                                                                          : (uint32_t) pairs[i].of;
    }
    for (uint32_t v = 0; v < nvertices && !any; v++)
        same[v] = v;
    ss_arena_free(arena);
}
