/* How many values of each type there are at a place of documents, and how many rows: no number less another leaves fewer than k people. */
#include <string.h>

#include "base/text.h"
#include "fit/nodes.h"

static bool
is_element(const ss_node_place *p)
{
    return p->node.path[ss_path_last_step(p->node.path)] == '[';
}

static bool
is_under_data(const ss_node_place *p)
{
    return strcmp(p->node.path + ss_path_last_step(p->node.path), ".*") == 0;
}

static void
add_row(const ss_nodes *ns, ss_tally *tally, uint32_t cell, size_t r)
{
    ss_habit_add(ns->rows, tally, cell, r);
}

/* Objects that have none of the places list[0 .. n - 1] under their key. */
static void
add_lacking(const ss_nodes *ns, const ss_node_place *list, uint32_t n, ss_tally *tally)
{
    const ss_node_place *in = &ns->list[list->in];
    bool *has = ss_alloc(ns->rows->scratch, in->n + 1, sizeof *has);

    for (size_t i = 0; i < n; i++)
    {
        for (size_t m = 0; m < list[i].n; m++)
            has[ss_node_u32(&list[i].owners, m)] = true;
    }
    for (size_t m = 0; m < in->n; m++)
    {
        if (!has[m])
            add_row(ns, tally, n, ss_node_u32(&in->rows, m));
    }
}

/*
 * The places of one path, types of it: how many there are of each is a share of all that could be there, which can be had elsewhere (objects
 * that have the key or lack it, elements, documents).  Where fewer than k people have none of them, they follow the others.
 */
static void
count_types(const ss_nodes *ns, ss_node_place *list, uint32_t n)
{
    ss_habit_rows rows = *ns->rows;
    ss_tally *tally = ss_tally_new(n + 1, &rows.people);
    const ss_node_place *in = list->in == SS_NONE ? NULL : &ns->list[list->in];
    const bool key = in != NULL && !is_element(list) && !is_under_data(list);
    const ss_buf *others = in == NULL ? &ns->others : &in->others;
    ss_habit_told told;
    uint64_t weight = 0;

    for (uint32_t i = 0; i < n; i++)
    {
        for (size_t m = 0; m < list[i].n; m++)
            add_row(ns, tally, i, ss_node_u32(&list[i].rows, m));
    }
    if (key)
        add_lacking(ns, list, n, tally);
    else if (in != NULL || strcmp(list->node.path, "$") == 0)
    {
        const size_t nothers = in == NULL ? ns->nothers : in->nothers;

        for (size_t m = 0; m < nothers; m++)
            add_row(ns, tally, n, ss_node_u32(others, m));
    }
    for (uint32_t i = 0; i <= n; i++)
        weight += ss_tally_weight(tally, i);
    rows.rows = key ? in->node.count : ss_fit_stored(rows.terms, ss_habit_scaled(ns->rows, weight));
    rows.weight = weight;
    rows.result = rows.scratch;
    if (rows.rows > 0)
    {
        ss_habit_tell(&rows, tally, NULL, n, &told);
        for (size_t i = 0; i < told.cells.n; i++)
            list[told.cells.cells[i].number].node.count = told.cells.cells[i].count;
    }
    ss_tally_free(tally);
}

/* May a document have several? */
static bool
is_repeated(const ss_nodes *ns, const ss_node_place *p)
{
    return is_element(p) || is_under_data(p) ||
           (p->in != SS_NONE && is_repeated(ns, &ns->list[p->in]));
}

/*
 * Rows that have the place; where those that have what it stands in, but not the place, are fewer than k people's, as if they had it.
 */
static uint64_t
rows_with(const ss_nodes *ns, const ss_node_place *p)
{
    const ss_node_place *in = p->in == SS_NONE ? NULL : &ns->list[p->in];
    ss_tally *tally;
    uint64_t rows;
    size_t at = 0;

    if (in == NULL || !is_repeated(ns, p))
        return p->node.count;
    tally = ss_tally_new(2, &ns->rows->people);
    for (size_t m = 0; m < in->n; m++)
    {
        const uint32_t r = ss_node_u32(&in->rows, m);

        if (m > 0 && r == ss_node_u32(&in->rows, m - 1))
            continue;
        while (at < p->n && ss_node_u32(&p->rows, at) < r)
            at++;
        add_row(ns, tally, at < p->n && ss_node_u32(&p->rows, at) == r, r);
    }
    rows = ss_fit_stored(ns->rows->terms, ss_habit_scaled(ns->rows, ss_tally_weight(tally, 1)));
    if (!ss_tally_enough(tally, 0) || rows > in->in_rows)
        rows = in->in_rows;
    ss_tally_free(tally);
    return rows;
}

void
ss_nodes_count(ss_nodes *ns)
{
    /* What a place stands in comes before it. */
    for (size_t i = 0, n; i < ns->n; i += n)
    {
        for (n = 1; i + n < ns->n && strcmp(ns->list[i + n].node.path, ns->list[i].node.path) == 0;)
            n++;
        count_types(ns, &ns->list[i], (uint32_t) n);
        for (size_t k = i; k < i + n; k++)
            ns->list[k].in_rows = ns->list[k].node.count > 0 ? rows_with(ns, &ns->list[k]) : 0;
    }
}

/* Rows that have a path are those that its place tells; of whole numbers and others each a share of them. */
static void
agree_path(const ss_nodes *ns, ss_cell *cells, size_t n, size_t at)
{
    const char *text = cells[at].text, *type = strrchr(text, ' ') + 1;
    const size_t length = (size_t) (type - text);
    const ss_node_place *p = ss_node_place_find(ns, ss_strndup(ns->rows->scratch, text, length - 1),
                                                ss_node_type_of(type));
    ss_cell both[2] = {cells[at]};
    ss_cells list = {.cells = both, .n = 1};
    size_t other = at + 1;
    uint64_t none = 0;

    if (p == NULL || p->in_rows == 0 || (p->integers && p->reals && strcmp(type, "integer") != 0))
        return;
    while (p->integers && p->reals && other < n &&
           (strncmp(cells[other].text, text, length) != 0 ||
            strcmp(cells[other].text + length, "number") != 0))
        other++;
    if (other < n && p->integers && p->reals)
        both[list.n++] = cells[other];
    ss_fit_store(&list, &none, p->in_rows, ns->rows->terms);
    cells[at].count = both[0].count;
    if (list.n == 2)
        cells[other].count = both[1].count;
}

void
ss_nodes_agree(const ss_nodes *ns, ss_cells *paths)
{
    for (size_t i = 0; i < paths->n; i++)
        agree_path(ns, paths->cells, paths->n, i);
    paths->total = 0;
    for (size_t i = 0; i < paths->n; i++)
        paths->total += paths->cells[i].count;
}
