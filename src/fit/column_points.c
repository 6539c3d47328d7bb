/* Quantiles of a column's numbers, each at the end of a pool that k people stand behind. */
#include <stdlib.h>

#include "base/divide.h"
#include "fit/column_internal.h"
#include "rows/codec.h"

#define POINTS 64 /* quantiles of a number, at most */

/* The first beginning of a month, or of a year, that is not before that day. */
static int64_t
next_month(int64_t day, bool years)
{
    int64_t year, month, of_month;

    ss_civil_of_days(day - 1, &year, &month, &of_month);
    return years || month == 12 ? ss_days_of_civil(year + 1, 1, 1)
                                : ss_days_of_civil(year, month + 1, 1);
}

static int64_t
ceil_to(int64_t v, int64_t unit)
{
    return -(ss_floor_div(-v, unit) * unit);
}

/*
 * v or the next number after it on a grid as coarse as a pool of that width can bear, so that it is the
 * grid's number and not somebody's: of times beginnings of years, months, weeks, days, hours ...
 */
static int64_t
next_on_grid(const ss_fit_column *c, int64_t v, uint64_t width)
{
    static const int64_t seconds[] = {604800, 86400, 21600, 3600, 600, 60, 10, 2};
    const int64_t day = c->step == 1 ? 1 : 86400;
    const uint64_t days = width / (uint64_t) day;

    if (!c->is_time)
    {
        const int64_t unit =
            (int64_t) ss_round_unit((width > INT64_MAX / 4 ? INT64_MAX / 4 : width) / 4);

        /* No number is beyond what there is of them. */
        return v > INT64_MAX - unit ? INT64_MAX : ceil_to(v, unit);
    }
    if (days >= 92)
        return next_month(-ss_floor_div(-v, day), days >= 1096) * day;
    if (c->step == 1)
        return ceil_to(v, days >= 21 ? 7 : days >= 6 ? 2 : 1);
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++)
    {
        if (width / 3 >= (uint64_t) seconds[i])
            return ceil_to(v, seconds[i]);
    }
    return v;
}

/*
 * Where half of a pool lies behind, of its rows and of k people: a far value among its first says nothing about how close the others
 * are, nor do the values of one who has half of the rows.
 */
static int64_t
middle(const ss_counter *counter, const ss_count *list, size_t n, uint64_t pool)
{
    const size_t half = ss_counter_half_from(counter, list, n);
    uint64_t behind = list->count;
    size_t i = 0;

    for (; i < half && 2 * behind < pool; behind += list[i].count)
        i++;
    return list[i].number;
}

/*
 * Quantiles: neighbouring cells are pooled until each pool holds at least k people and a 64th of
 * the rows; a point is the end of a pool, which takes in what lies before the next number on the grid.
 * Before the first point and beyond the last one lies one pool more.
 */
void
ss_fit_column_points(const ss_fit_column *c, const ss_fit_terms *terms, ss_arena *result,
                     ss_marginal *m)
{
    const ss_counter *values = c->frequent != NULL ? c->others : c->values;
    const int64_t cell = INT64_C(1)
                         << (ss_counter_shift(values) < 62 ? ss_counter_shift(values) : 62);
    size_t n, start = 0;
    ss_count *list = ss_counter_list(values, &n);
    uint64_t total = 0, pool = 0, least;

    /* What is an atom is not in the quantiles. */
    for (size_t i = 0; i < n; i++)
    {
        if (ss_counter_shift(values) == 0 && list[i].enough)
            list[i].count = 0;
        total += list[i].count;
    }
    least = total / POINTS;
    if (least < 2 * terms->k)
        least = 2 * terms->k;
    m->points = ss_alloc(result, POINTS + 4, sizeof *m->points);
    for (size_t i = 0; i < n; i++)
    {
        int64_t point;

        pool += list[i].count;
        if (pool < least || total < 2 * least || m->npoints == POINTS ||
            !ss_counter_enough_together(values, list + start, i + 1 - start))
            continue;
        point = list[i].number > INT64_MAX - cell ? INT64_MAX : list[i].number + cell;
        point = next_on_grid(
            c, point,
            2 * ((uint64_t) point - (uint64_t) middle(values, list + start, i + 1 - start, pool)));
        for (; i + 1 < n && list[i + 1].number < point; i++)
            pool += list[i + 1].count;
        m->points[m->npoints++] = point;
        total -= pool;
        pool = 0;
        start = i + 1;
    }
    if (m->npoints > 0 && !ss_counter_enough_together(values, list + start, n - start))
        m->npoints--;
    free(list);
}
