#include "fit/terms.h"

__extension__ typedef unsigned __int128 wide;

/* Rows that were read as the nearest multiple of 5; what is there is not told as nothing. */
static uint64_t
read_rows(uint64_t rows)
{
    const uint64_t rounded = ss_people_round(rows);

    return rounded == 0 && rows > 0 ? 5 : rounded;
}

uint64_t
ss_fit_told(const ss_fit_terms *terms, uint64_t weight)
{
    return ss_control_rescale(read_rows(ss_whole_rows(weight)) << terms->halved, terms->aside);
}

uint64_t
ss_fit_scaled(uint64_t rows, uint64_t all, uint64_t told)
{
    return all == 0 ? 0 : (uint64_t) ((wide) read_rows(rows) * told / read_rows(all));
}

uint64_t
ss_fit_round(const ss_fit_terms *terms, uint64_t rows)
{
    const uint64_t half = (UINT64_C(1) << terms->halved) / 2;

    return ss_people_round((rows + half) >> terms->halved) << terms->halved;
}

uint64_t
ss_fit_stored(const ss_fit_terms *terms, uint64_t count)
{
    const uint64_t least = ss_people_least(terms->k), stored = ss_fit_round(terms, count);

    return count == 0 ? 0 : stored < least ? least : stored;
}

/* Take from the largest what the least have more than their share. */
static void
even_out(ss_cells *cells, uint64_t excess, uint64_t least)
{
    while (excess > 0)
    {
        ss_cell *largest = &cells->cells[0];
        uint64_t spare;

        for (size_t i = 1; i < cells->n; i++)
            largest = cells->cells[i].count > largest->count ? &cells->cells[i] : largest;
        spare = largest->count > least ? largest->count - least : 0;
        if (spare == 0)
            return;
        spare = spare < excess ? spare : excess;
        largest->count -= spare;
        excess -= spare;
    }
}

void
ss_fit_store(ss_cells *cells, uint64_t *rest, uint64_t total, const ss_fit_terms *terms)
{
    const uint64_t least = ss_people_least(terms->k);
    uint64_t rows = *rest, seen = 0, told = 0, excess = 0;

    for (size_t i = 0; i < cells->n; i++)
        rows += cells->cells[i].count;
    if (rows == 0)
        return;
    /* Edges are rounded, not counts, as they were read and as they are told: so they come to the total whatever their number. */
    for (size_t i = 0; i <= cells->n; i++)
    {
        uint64_t *count = i < cells->n ? &cells->cells[i].count : rest;
        uint64_t edge;

        if (*count == 0)
            continue;
        seen += *count;
        edge = ss_fit_round(terms, ss_fit_scaled(seen, rows, total));
        *count = edge - told;
        told = edge;
        if (*count < least)
        {
            excess += least - *count;
            *count = least;
        }
    }
    if (cells->n > 0)
        even_out(cells, excess, least);
    cells->total = 0;
    for (size_t i = 0; i < cells->n; i++)
        cells->total += cells->cells[i].count;
}
