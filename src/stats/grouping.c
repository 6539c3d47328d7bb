#include "stats/grouping.h"

#include <math.h>
#include <string.h>

static double
xlogx(double x)
{
    return x > 0 ? x * log(x) : 0;
}

ss_grouping *
ss_grouping_new(uint32_t n, uint32_t nlines, size_t ncolumns, const ss_people *least,
                ss_arena *result)
{
    ss_grouping *g = ss_alloc(result, 1, sizeof *g);

    *g =
        (ss_grouping){.n = n, .nfirst = n, .nlines = nlines, .ncolumns = ncolumns, .least = *least};
    g->rows = ss_alloc(result, n + 1, sizeof *g->rows);
    g->of = ss_alloc(result, n + 1, sizeof *g->of);
    g->members = ss_alloc(result, n + 1, sizeof *g->members);
    g->sets = ss_alloc(result, n * least->npaths * least->k + 1, sizeof *g->sets);
    g->counts = ss_alloc(result, n + 1, sizeof *g->counts);
    g->entropy = ss_alloc(result, n + 1, sizeof *g->entropy);
    for (uint32_t i = 0; i < n; i++)
    {
        g->of[i] = i;
        g->counts[i] = ss_alloc(result, nlines + 1, sizeof **g->counts);
        g->entropy[i] = ss_alloc(result, nlines + 1, sizeof **g->entropy);
    }
    return g;
}

/* --- people ----------------------------------------------------------------------------------------- */

static uint64_t *
set_of(const ss_grouping *g, uint32_t a, size_t path)
{
    return g->sets + (a * g->least.npaths + path) * g->least.k;
}

void
ss_grouping_add_member(ss_grouping *g, uint32_t a, const uint64_t *subjects)
{
    g->members[a]++;
    ss_people_add(&g->least, set_of(g, a, 0), subjects);
}

/* The smallest table that lacks people, or n. */
static uint32_t
find_small(const ss_grouping *g)
{
    uint32_t small = g->n;

    for (uint32_t a = 0; a < g->n; a++)
    {
        if (g->members[a] >= g->least.k && ss_people_enough(&g->least, set_of(g, a, 0)))
            continue;
        if (small == g->n || g->members[a] < g->members[small])
            small = a;
    }
    return small;
}

static void
join_members(ss_grouping *g, uint32_t a, uint32_t b)
{
    const size_t behind = g->n - b - 1;

    g->members[a] += g->members[b];
    for (size_t w = 0; w < g->least.npaths; w++)
    {
        for (size_t i = 0; i < g->least.k; i++)
            ss_people_put(set_of(g, a, w), g->least.k, set_of(g, b, w)[i]);
    }
    memmove(g->members + b, g->members + b + 1, behind * sizeof *g->members);
    memmove(set_of(g, b, 0), set_of(g, b + 1, 0),
            behind * g->least.npaths * g->least.k * sizeof *g->sets);
}

/* --- likelihood ------------------------------------------------------------------------------------- */

static void
refresh(ss_grouping *g, uint32_t a)
{
    for (uint32_t i = 0; i < g->nlines; i++)
        g->entropy[a][i] = xlogx(g->counts[a][i]);
}

/* Nats of log-likelihood that are lost when a and b are one.  Where one of them has no rows nothing is. */
static double
loss(const ss_grouping *g, uint32_t a, uint32_t b)
{
    const double *x = g->counts[a], *y = g->counts[b];
    double sum = (double) g->ncolumns *
                 (xlogx(g->rows[a] + g->rows[b]) - xlogx(g->rows[a]) - xlogx(g->rows[b]));

    for (uint32_t i = 0; i < g->nlines; i++)
    {
        if (x[i] > 0 && y[i] > 0)
            sum += g->entropy[a][i] + g->entropy[b][i] - xlogx(x[i] + y[i]);
    }
    return sum;
}

static uint32_t
nearest(ss_grouping *g, uint32_t a)
{
    double least = INFINITY;
    uint32_t found = a;

    for (uint32_t b = 0; b < g->n; b++)
        refresh(g, b);
    for (uint32_t b = 0; b < g->n; b++)
    {
        if (b == a || loss(g, a, b) >= least)
            continue;
        least = loss(g, a, b);
        found = b;
    }
    return found;
}

/* --- joining ---------------------------------------------------------------------------------------- */

static void
add(ss_grouping *g, uint32_t a, uint32_t b)
{
    g->rows[a] += g->rows[b];
    for (uint32_t i = 0; i < g->nlines; i++)
        g->counts[a][i] += g->counts[b][i];
}

/* The people of b are a's, and those behind b move up. */
static void
move(ss_grouping *g, uint32_t a, uint32_t b)
{
    double *counts = g->counts[b], *entropy = g->entropy[b];

    join_members(g, a, b);
    for (uint32_t i = 0; i < g->nfirst; i++)
    {
        g->of[i] = g->of[i] == b ? a : g->of[i];
        g->of[i] -= g->of[i] > b;
    }
    g->n--;
    for (uint32_t i = b; i < g->n; i++)
    {
        g->rows[i] = g->rows[i + 1];
        g->counts[i] = g->counts[i + 1];
        g->entropy[i] = g->entropy[i + 1];
    }
    g->counts[g->n] = counts;
    g->entropy[g->n] = entropy;
}

static void
join(ss_grouping *g, uint32_t a, uint32_t b)
{
    add(g, a, b);
    move(g, a, b);
}

bool
ss_grouping_join_small(ss_grouping *g)
{
    const uint32_t n = g->n;

    for (uint32_t small = find_small(g); small < g->n && g->n > 1; small = find_small(g))
        join(g, nearest(g, small), small);
    return g->n < n;
}

typedef struct joining
{
    ss_grouping *g;
    double *losses; /* n x n, of a pair at the smaller's line */
    uint32_t *into; /* what each table is part of: one before it, or itself */
} joining;

static double *
loss_of(const joining *j, uint32_t a, uint32_t b)
{
    return &j->losses[a < b ? (size_t) a * j->g->n + b : (size_t) b * j->g->n + a];
}

static void
find_least(const joining *j, uint32_t *a, uint32_t *b)
{
    double least = INFINITY;

    for (uint32_t x = 0; x < j->g->n; x++)
    {
        for (uint32_t y = x + 1; y < j->g->n && j->into[x] == x; y++)
        {
            if (j->into[y] != y || *loss_of(j, x, y) >= least)
                continue;
            least = *loss_of(j, x, y);
            *a = x;
            *b = y;
        }
    }
}

/* above, if any, as ss_grouping_tree has it. */
static void
join_until(ss_grouping *g, uint32_t n, uint32_t *above)
{
    ss_arena *scratch = ss_arena_new(NULL);
    joining j = {.g = g,
                 .losses = ss_alloc(scratch, (size_t) g->n * g->n + 1, sizeof *j.losses),
                 .into = ss_alloc(scratch, g->n + 1, sizeof *j.into)};
    uint32_t *node = ss_alloc(scratch, g->n + 1, sizeof *node);
    uint32_t next = g->n;

    for (uint32_t a = 0; a < g->n; a++)
    {
        j.into[a] = node[a] = a;
        refresh(g, a);
        for (uint32_t b = 0; b < a; b++)
            *loss_of(&j, a, b) = loss(g, a, b);
    }
    for (uint32_t left = g->n; left > n; left--, next++)
    {
        uint32_t a = 0, b = 0;

        find_least(&j, &a, &b);
        if (above != NULL)
            above[node[a]] = above[node[b]] = above[next] = next;
        node[a] = next;
        j.into[b] = a;
        add(g, a, b);
        refresh(g, a);
        for (uint32_t c = 0; c < g->n; c++)
        {
            if (c != a && j.into[c] == c)
                *loss_of(&j, a, c) = loss(g, a, c);
        }
    }
    /* What is gone is part of one before it, so that from the last on each is joined whole. */
    for (uint32_t b = g->n; b > 0; b--)
    {
        if (j.into[b - 1] != b - 1)
            move(g, j.into[b - 1], b - 1);
    }
    ss_arena_free(scratch);
}

void
ss_grouping_join_to(ss_grouping *g, uint32_t n)
{
    if (g->n > n)
        join_until(g, n, NULL);
}

void
ss_grouping_tree(ss_grouping *g, uint32_t *above)
{
    above[0] = 0;
    join_until(g, 1, above);
}
