/*
 * What follows from who is chosen.
 *
 *     out      rows of who is left out, and those that must refer to one that is: down the references
 *     owned    rows of the people chosen, by their ways to them: down those; of everybody, all that are not out
 *     needed   what taken rows refer to, and what that refers to: up the references
 *     rest     rows of nobody all of whose references hold or can be cut: all, less those that do not, down again
 *
 * Each is a least fixed point, the last of what is taken back, so it does not matter in which order rows are looked at.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"
#include "base/try.h"
#include "base/watch.h"
#include "subset/subset_internal.h"

#define LOOK_ROWS (UINT64_C(1) << 16) /* of one job, and between looks whether to stop */

/* What may happen to a row: it reads others', of members before its own, and changes the row alone. */
typedef bool visit(ss_subset *s, const ss_member *m, uint64_t *row);

typedef struct passing
{
    ss_subset *s;
    const ss_member *m;
    visit *change;
    bool *changed; /* of each worker */
} passing;

static ss_code
pass_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    const passing *p = arg;
    const uint64_t from = job * LOOK_ROWS,
                   to = from + LOOK_ROWS < p->m->n ? from + LOOK_ROWS : p->m->n;

    SS_TRY(ss_check_interrupt(p->s->options->watch, err));
    for (uint64_t r = from; r < to; r++)
    {
        if (p->change(p->s, p->m, ss_member_row(p->m, r)))
            p->changed[worker] = true;
    }
    return SS_OK;
}

/*
 * Go through the rows of all members of these parts, a bit each, parents first: once; or where some refer to what is behind
 * them, in one thread, until a round changes none of them.
 */
static ss_code
settle(ss_subset *s, unsigned parts, visit *change, ss_error *err)
{
    const size_t workers = s->circular ? 1 : s->options->jobs;
    passing p = {
        .s = s, .change = change, .changed = ss_alloc(s->arena, workers, sizeof *p.changed)};
    bool more = true;

    while (more)
    {
        memset(p.changed, 0, workers * sizeof *p.changed);
        for (size_t i = 0; i < s->nmembers; i++)
        {
            p.m = &s->members[s->order[i]];
            if ((parts >> p.m->subset->part & 1) != 0)
                SS_TRY(ss_pool_run((size_t) ((p.m->n + LOOK_ROWS - 1) / LOOK_ROWS), workers,
                                   pass_job, &p, err));
        }
        more = s->circular && p.changed[0];
    }
    return SS_OK;
}

/* Has one of the rows that the edge leads to all of these bits? */
static bool
leads_to(const ss_subset *s, const ss_subset_edge *edge, uint64_t word, uint64_t bits)
{
    ss_found found = {0};

    while (ss_members_find(s, edge, word, &found))
    {
        if ((found.row[0] & bits) == bits)
            return true;
    }
    return false;
}

/* The row may refer to nothing instead, or does not refer to it in the sandbox at all. */
static bool
is_loose(const ss_subset_edge *edge)
{
    return !edge->brings || edge->ncut > 0;
}

static bool
leave_out(ss_subset *s, const ss_member *m, uint64_t *row)
{
    const uint64_t *edges = ss_row_edges(m, row);

    for (size_t e = 0; e < m->subset->nedges && (row[0] & SS_ROW_OUT) == 0; e++)
    {
        const ss_subset_edge *edge = &m->subset->edges[e];

        if (edges[e] != 0 && (edge->own || !is_loose(edge)) &&
            leads_to(s, edge, edges[e], SS_ROW_OUT))
        {
            row[0] |= SS_ROW_OUT;
            return true;
        }
    }
    return false;
}

static bool
take_owned(ss_subset *s, const ss_member *m, uint64_t *row)
{
    const uint64_t *edges = ss_row_edges(m, row);

    bool takes = s->subset->everybody;

    if ((row[0] & (SS_ROW_OUT | SS_ROW_TAKEN)) != 0)
        return false;
    for (size_t e = 0; e < m->subset->nedges && !takes; e++)
        takes = m->subset->edges[e].own && edges[e] != 0 &&
                leads_to(s, &m->subset->edges[e], edges[e], SS_ROW_TAKEN);
    if (takes)
        row[0] |= SS_ROW_TAKEN;
    return takes;
}

/* Rows that were taken and whose references are still to be followed. */
typedef struct pile
{
    ss_found *list;
    size_t n, capacity;
} pile;

static void
put(pile *p, ss_found found)
{
    if (p->n == p->capacity)
    {
        p->capacity = 2 * p->capacity + 64;
        p->list = realloc(p->list, p->capacity * sizeof *p->list);
        if (p->list == NULL)
            ss_out_of_memory();
    }
    p->list[p->n++] = found;
}

static void
take_needed(const ss_subset *s, pile *p)
{
    while (p->n > 0)
    {
        const ss_found from = p->list[--p->n];
        const ss_member *m = &s->members[from.member];
        const uint64_t *edges = ss_row_edges(m, from.row);

        for (size_t e = 0; e < m->subset->nedges; e++)
        {
            ss_found found = {0};

            if (!m->subset->edges[e].brings || edges[e] == 0)
                continue;
            while (ss_members_find(s, &m->subset->edges[e], edges[e], &found))
            {
                if ((found.row[0] & (SS_ROW_TAKEN | SS_ROW_OUT)) != 0)
                    continue;
                found.row[0] |= SS_ROW_TAKEN | SS_ROW_NEEDED;
                put(p, found);
            }
        }
    }
}

static ss_code
take_all_needed(const ss_subset *s, ss_error *err)
{
    pile p = {0};
    ss_code code = SS_OK;

    for (size_t i = 0; i < s->nmembers && code == SS_OK; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; r < m->n && code == SS_OK; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (r % LOOK_ROWS == 0)
                code = ss_check_interrupt(s->options->watch, err);
            if ((row[0] & (SS_ROW_TAKEN | SS_ROW_NEEDED)) != SS_ROW_TAKEN)
                continue;
            put(&p, (ss_found){.member = i, .number = r, .row = row});
            take_needed(s, &p);
        }
    }
    free(p.list);
    return code;
}

/* Are all rows that the edge leads to taken, but for the row itself?  None: it is no constraint's. */
static bool
holds(const ss_subset *s, const ss_subset_edge *edge, uint64_t word, const uint64_t *row)
{
    ss_found found = {0};

    while (ss_members_find(s, edge, word, &found))
    {
        if ((found.row[0] & SS_ROW_TAKEN) == 0 && found.row != row)
            return false;
    }
    return true;
}

static bool
offer_rest(ss_subset *s, const ss_member *m, uint64_t *row)
{
    (void) s;
    (void) m;
    if ((row[0] & (SS_ROW_OUT | SS_ROW_TAKEN)) == 0)
        row[0] |= SS_ROW_TAKEN | SS_ROW_OFFERED;
    return false;
}

static bool
take_back(ss_subset *s, const ss_member *m, uint64_t *row)
{
    const uint64_t *edges = ss_row_edges(m, row);

    for (size_t e = 0; e < m->subset->nedges && (row[0] & SS_ROW_OFFERED) != 0; e++)
    {
        const ss_subset_edge *edge = &m->subset->edges[e];

        if (edges[e] == 0 || is_loose(edge) || holds(s, edge, edges[e], row))
            continue;
        row[0] &= ~(SS_ROW_TAKEN | SS_ROW_OFFERED);
        return true;
    }
    return false;
}

/* --- what is cut ---------------------------------------------------------------------------------- */

/* A bit for each edge of a taken row that leads to a row that is not. */
static uint64_t
cut_of(const ss_subset *s, const ss_member *m, const uint64_t *row)
{
    const uint64_t *edges = ss_row_edges(m, row);
    uint64_t cut = 0;

    for (size_t e = 0; e < m->subset->nedges; e++)
    {
        if (m->subset->edges[e].brings && edges[e] != 0 &&
            !holds(s, &m->subset->edges[e], edges[e], row))
            cut |= UINT64_C(1) << e;
    }
    return cut;
}

/* Indices of the member's own columns: a partition may have them at other places than its root. */
static void
add_columns(const ss_subset *s, ss_member *m, size_t at)
{
    const ss_table *root = &s->plan->catalog->tables[m->root];
    size_t *list = ss_alloc(m->arena, m->of->ncolumns + 1, sizeof *list), n = 0;

    for (size_t c = 0; c < m->of->ncolumns; c++)
    {
        bool cut = false;

        for (size_t e = 0; e < m->subset->nedges; e++)
        {
            const ss_subset_edge *edge = &m->subset->edges[e];

            for (size_t k = 0; k < edge->ncut && (m->cuts[at] >> e & 1) != 0; k++)
                cut = cut || strcmp(root->columns[edge->cut[k]].name, m->of->columns[c].name) == 0;
        }
        if (cut)
            list[n++] = c;
    }
    m->cut[at] = list;
    m->ncut[at] = n;
}

static size_t
next_rows(const ss_row_choice *choice, ss_row_cursor *cursor, uint64_t *places, size_t most,
          const size_t **cut, size_t *ncut)
{
    const ss_member *m = choice->arg;
    const ss_subset *s = m->in;
    size_t n = 0;

    while (n == 0 && cursor->round < m->ncuts)
    {
        for (; cursor->row < m->n && n < most; cursor->row++)
        {
            const uint64_t *row = ss_member_row(m, cursor->row);

            if ((row[0] & SS_ROW_TAKEN) != 0 &&
                (m->ncuts == 1 || cut_of(s, m, row) == m->cuts[cursor->round]))
                places[n++] = row[0] & SS_ROW_PLACE;
        }
        *cut = m->cut[cursor->round];
        *ncut = m->ncut[cursor->round];
        if (n == 0)
            *cursor = (ss_row_cursor){.round = cursor->round + 1};
    }
    return n;
}

static size_t
find_cut(const ss_member *m, uint64_t cut)
{
    size_t i = 0;

    while (i < m->ncuts && m->cuts[i] != cut)
        i++;
    return i;
}

/* What of a member is read, and how many rows that is. */
static ss_code
describe_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    const ss_subset *s = arg;
    ss_member *m = &s->members[job];
    size_t capacity = 0;

    (void) worker;
    m->counts.source = m->n;
    for (uint64_t r = 0; r < m->n; r++)
    {
        const uint64_t *row = ss_member_row(m, r);
        const bool taken = (row[0] & SS_ROW_TAKEN) != 0;
        const uint64_t cut = taken ? cut_of(s, m, row) : 0;

        m->counts.taken += taken;
        m->counts.needed += (row[0] & SS_ROW_NEEDED) != 0;
        m->counts.left_out += (row[0] & SS_ROW_OUT) != 0;
        m->counts.cut += cut != 0;
        for (size_t e = 0; e < m->subset->nedges; e++)
        {
            if ((cut >> e & 1) != 0 && m->subset->edges[e].ncut == 0)
                return ss_fail(err, SS_EBUG,
                               "a row of %s would refer to one that is not in the subset",
                               m->of->label);
        }
        if (!taken || find_cut(m, cut) < m->ncuts)
            continue;
        m->cuts = ss_grow(m->arena, m->cuts, m->ncuts, &capacity, sizeof *m->cuts);
        m->cuts[m->ncuts++] = cut;
    }
    m->whole = m->counts.taken == m->n && m->counts.cut == 0;
    m->cut = ss_alloc(m->arena, m->ncuts + 1, sizeof *m->cut);
    m->ncut = ss_alloc(m->arena, m->ncuts + 1, sizeof *m->ncut);
    for (size_t i = 0; i < m->ncuts; i++)
        add_columns(s, m, i);
    m->choice = (ss_row_choice){.arg = m, .next = next_rows};
    return SS_OK;
}

ss_code
ss_subset_close(ss_subset *s, ss_error *err)
{
    if (s->asked > s->unknown)
        SS_TRY(settle(s, ~0U, leave_out, err));
    SS_TRY(ss_subset_take_people(s, err));
    SS_TRY(settle(s, 1U << SS_SUBSET_OWNED, take_owned, err));
    SS_TRY(take_all_needed(s, err));
    SS_TRY(settle(s, 1U << SS_SUBSET_REST, offer_rest, err));
    SS_TRY(settle(s, 1U << SS_SUBSET_REST, take_back, err));
    return ss_pool_run(s->nmembers, s->options->jobs, describe_job, s, err);
}
