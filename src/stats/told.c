#include "stats/told.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef unsigned __int128 wide;

#define ALL (UINT64_C(1) << 32) /* of the uniforms */

/* Rows as part of a whole that is told as so many. */
static uint64_t
told_number(uint64_t weight, uint64_t all, uint64_t told, size_t k)
{
    const uint64_t least = ss_people_least(k);
    const uint64_t number = ss_people_round((uint64_t) ((wide) weight * told / all));

    return number < least ? least : number;
}

static uint64_t
step_of(size_t k)
{
    return 5 * ((2 * (uint64_t) k + 4) / 5);
}

/*
 * What a whole of so many rows is told as.  It can be had elsewhere: rows of another tree's leaves, a column's count; the step is so
 * wide that what is not told of fewer than k, or is there, cannot be found by taking off what is told.
 */
static uint64_t
told_whole(uint64_t weight, size_t k)
{
    const uint64_t step = step_of(k);

    return (ss_whole_rows(weight) + step - 1) / step * step;
}

/* --- what is told ----------------------------------------------------------------------------------- */

typedef struct making
{
    const ss_tally *tally;
    uint32_t first, ncodes;
    bool *alone;     /* codes with enough people */
    bool *told;      /* codes that are in a cell */
    uint32_t *cells; /* working list of the tally's */
    ss_told *out;
    uint64_t *exact; /* parallel to out's cells: rows before rounding, in weights */
} making;

static bool
together(making *m, uint32_t from, uint32_t to)
{
    size_t n = 0;

    for (uint32_t c = from; c <= to; c++)
        m->cells[n++] = m->first + c;
    return ss_tally_enough_together(m->tally, m->cells, n);
}

static uint64_t
weight_of(const making *m, uint32_t from, uint32_t to)
{
    uint64_t weight = 0;

    for (uint32_t c = from; c <= to; c++)
        weight += ss_tally_weight(m->tally, m->first + c);
    return weight;
}

static void
tell(making *m, uint32_t from, uint32_t to)
{
    const size_t n = m->out->ncells++;

    m->out->cells[n] = (ss_told_cell){.from = from, .to = to};
    m->exact[n] = weight_of(m, from, to);
    for (uint32_t c = from; c <= to; c++)
        m->told[c] = true;
}

/*
 * What is left of a run, from .. to, joins the run's last cell; else it is of the rest.  Together they may have too few
 * even so: nobody stood on a path that may be empty, and now somebody does.
 */
static void
join_left(making *m, uint32_t from, uint32_t to)
{
    ss_told_cell *last = m->out->ncells == 0 ? NULL : &m->out->cells[m->out->ncells - 1];
    const uint64_t left = weight_of(m, from, to);

    if (left == 0 || last == NULL || last->from == last->to || last->to + 1 != from ||
        !together(m, last->from, to))
        return;
    m->exact[m->out->ncells - 1] += left;
    last->to = to;
    for (uint32_t c = from; c <= to; c++)
        m->told[c] = true;
}

/*
 * The ordered codes.  Of a run of codes that have too few, as many as have enough together are one cell; what is
 * left of it joins that, or is of the rest.
 */
static void
tell_ordered(making *m, uint32_t nordered)
{
    uint32_t from = 0;

    for (uint32_t c = 0; c < nordered; c++)
    {
        if (!m->alone[c] && !together(m, from, c))
            continue;
        if (m->alone[c] && c > from)
            join_left(m, from, c - 1);
        tell(m, m->alone[c] ? c : from, c);
        from = c + 1;
    }
    if (from < nordered)
        join_left(m, from, nordered - 1);
}

/* The rest must have k people too. */
static uint64_t
tell_rest(making *m)
{
    uint64_t weight = 0;
    size_t n = 0;

    for (uint32_t c = 0; c < m->ncodes; c++)
    {
        if (m->told[c])
            continue;
        m->cells[n++] = m->first + c;
        weight += ss_tally_weight(m->tally, m->first + c);
    }
    if (weight == 0 || ss_tally_enough_together(m->tally, m->cells, n))
        return weight;
    return 0;
}

void
ss_told_make(const ss_tally *tally, uint32_t first, uint32_t ncodes, uint32_t nordered, size_t k,
             ss_arena *result, ss_told *told)
{
    ss_arena *scratch = ss_arena_new(NULL);
    making m = {.tally = tally,
                .first = first,
                .ncodes = ncodes,
                .alone = ss_alloc(scratch, ncodes + 1, sizeof *m.alone),
                .told = ss_alloc(scratch, ncodes + 1, sizeof *m.told),
                .cells = ss_alloc(scratch, ncodes + 1, sizeof *m.cells),
                .exact = ss_alloc(scratch, ncodes + 1, sizeof *m.exact),
                .out = told};
    ss_told_cell *cells = ss_alloc(scratch, ncodes + 1, sizeof *cells);
    uint64_t rest, inside, whole;

    *told = (ss_told){.cells = cells};
    for (uint32_t c = 0; c < ncodes; c++)
        m.alone[c] = ss_tally_enough(tally, first + c);
    tell_ordered(&m, nordered);
    for (uint32_t c = nordered; c < ncodes; c++)
    {
        if (m.alone[c])
            tell(&m, c, c);
    }
    rest = tell_rest(&m);
    inside = rest;
    for (size_t i = 0; i < told->ncells; i++)
        inside += m.exact[i];
    whole = told_whole(ncodes == 0 ? 0 : weight_of(&m, 0, ncodes - 1), k);
    told->rest = rest == 0 ? 0 : told_number(rest, inside, whole, k);
    told->cells = ss_alloc(result, told->ncells + 1, sizeof *told->cells);
    for (size_t i = 0; i < told->ncells; i++)
    {
        told->cells[i] = cells[i];
        told->cells[i].rows = told_number(m.exact[i], inside, whole, k);
    }
    ss_arena_free(scratch);
}

uint64_t
ss_told_rows(const ss_told *told)
{
    uint64_t rows = told->rest;

    for (size_t i = 0; i < told->ncells; i++)
        rows += told->cells[i].rows;
    return rows;
}

uint64_t
ss_told_likely(const ss_told *told, size_t k)
{
    const uint64_t rows = ss_told_rows(told), half = step_of(k) / 2;

    return rows > half ? rows - half : rows;
}

/* --- what is drawn ---------------------------------------------------------------------------------- */

static uint64_t
parent_width(const uint32_t *parent, uint32_t ncodes, uint32_t c)
{
    return parent == NULL ? ALL / ncodes : ss_below_width(parent, ncodes, c);
}

/* mass[c] += rows / parts, in 2^-32, shared by the weights of codes from .. to that are not skipped. */
static void
share(wide *mass, const uint64_t *weights, const bool *skip, uint32_t from, uint32_t to,
      uint64_t rows, uint64_t parts)
{
    wide total = 0;
    uint32_t n = 0;

    for (uint32_t c = from; c <= to; c++)
    {
        if (skip != NULL && skip[c])
            continue;
        total += weights[c];
        n++;
    }
    for (uint32_t c = from; c <= to && n > 0; c++)
    {
        if (skip != NULL && skip[c])
            continue;
        mass[c] +=
            (total == 0 ? (wide) rows * ALL / n : (wide) rows * ALL * weights[c] / total) / parts;
    }
}

/*
 * Sixteenths of a row that the codes in no cell have.  Where nothing is told of them it is what they would have by the
 * distribution above, which gives them so many of all uniforms, but a quarter of k at most, and in a small table one row in fifty:
 * about what is hidden on average, be there any or not.
 */
static uint64_t
rest_of(const ss_told *told, uint64_t rows, uint64_t width, size_t k)
{
    const uint64_t few = 16 * k / 4, part = 16 * rows / 50;
    const uint64_t expected = (uint64_t) ((wide) 16 * rows * width / ALL);
    const uint64_t least = few < part ? few : part;

    return told->rest > 0 ? 16 * told->rest : expected < least ? expected : least;
}

void
ss_told_below(const ss_told *told, const uint32_t *parent, uint32_t ncodes, size_t k,
              uint64_t alpha, uint32_t *below)
{
    const uint64_t rows = ss_told_rows(told);
    uint64_t width = 0;
    wide *mass = calloc(ncodes + 1, sizeof *mass), total = 0, sum = 0;
    uint64_t *weights = calloc(ncodes + 1, sizeof *weights);
    bool *in_cell = calloc(ncodes + 1, sizeof *in_cell);

    if (mass == NULL || weights == NULL || in_cell == NULL)
        ss_out_of_memory();
    for (uint32_t c = 0; c < ncodes; c++)
        weights[c] = parent_width(parent, ncodes, c);
    for (size_t i = 0; i < told->ncells; i++)
    {
        const ss_told_cell *cell = &told->cells[i];

        share(mass, weights, NULL, cell->from, cell->to, cell->rows, 1);
        for (uint32_t c = cell->from; c <= cell->to; c++)
            in_cell[c] = true;
    }
    /* In the rest nothing has k people: no code is expected more often, however it is above. */
    for (uint32_t c = 0; c < ncodes; c++)
    {
        const wide expected = (wide) weights[c] * rows, most = (wide) k * ALL;

        width += in_cell[c] ? 0 : weights[c];
        weights[c] = (uint64_t) ((expected > most ? most : expected) >> 8);
    }
    share(mass, weights, in_cell, 0, ncodes - 1, rest_of(told, rows, width, k), 16);
    for (uint32_t c = 0; c < ncodes; c++)
    {
        mass[c] += (wide) alpha * parent_width(parent, ncodes, c) / 16;
        total += mass[c];
    }
    for (uint32_t c = 0; c < ncodes; c++)
    {
        const wide before = total == 0 ? (wide) c * ALL / ncodes : sum * ALL / total;

        below[c] = before >= ALL - 1 ? UINT32_MAX : (uint32_t) before;
        sum += mass[c];
    }
    free(mass);
    free(weights);
    free(in_cell);
}

uint64_t
ss_below_width(const uint32_t *below, uint32_t ncodes, uint32_t c)
{
    return (c + 1 < ncodes ? below[c + 1] : ALL) - below[c];
}

double
ss_below_log(const uint32_t *below, uint32_t ncodes, uint32_t c)
{
    const uint64_t width = ss_below_width(below, ncodes, c);

    return log((width == 0 ? 0.5 : (double) width) / (double) ALL);
}

uint32_t
ss_below_draw(const uint32_t *below, uint32_t ncodes, uint64_t word)
{
    uint32_t u = (uint32_t) (word >> 32), low = 0, high = ncodes;

    /* The last of those that are not above u; codes that nothing is left for begin at UINT32_MAX. */
    u = u == UINT32_MAX ? UINT32_MAX - 1 : u;
    while (high - low > 1)
    {
        const uint32_t middle = low + (high - low) / 2;

        if (below[middle] <= u)
            low = middle;
        else
            high = middle;
    }
    return low;
}
