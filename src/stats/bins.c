#include "stats/bins.h"

#include "base/divide.h"

#define WIDE_PARTS 4 /* edges are rounded to so many parts of their interval, or more */
#define UNIT_MOST  UINT64_C(1000000000000000000) /* and to multiples of so much at most */

typedef struct making
{
    const ss_bins_run *runs;
    const ss_bins_options *options;
    size_t *
        rest; /* runs that are no spikes, ascending: those before a spike and those behind it may share an interval */
    uint64_t interval_rows;
    ss_bins *bins;
} making;

/* Do k people have the values of n runs together? */
static bool
enough(const making *m, const size_t *which, size_t n)
{
    uint64_t rows = 0;

    for (size_t i = 0; i < n; i++)
        rows += m->runs[which[i]].rows;
    return rows >= m->options->k &&
           (m->options->enough == NULL || m->options->enough(m->options->arg, which, n));
}

static void
add(ss_bins *bins, int64_t upper, bool spike)
{
    bins->upper[bins->n] = upper;
    bins->spike[bins->n++] = spike;
}

/* Does the edge come after those that there are? */
static bool
ascends(const ss_bins *bins, int64_t edge)
{
    return bins->n == 0 || edge > bins->upper[bins->n - 1];
}

/*
 * Where an interval of the rest from first on ends, given that last is the last that it should hold: at a round value.  first:
 * nowhere yet, since fewer than k people would be in it, or a spike in between is beyond the round value.
 */
static size_t
close_interval(const making *m, size_t first, size_t last)
{
    const int64_t low = m->runs[m->rest[first]].value, high = m->runs[m->rest[last]].value;
    const uint64_t part = ((uint64_t) high - (uint64_t) low) / WIDE_PARTS;
    const int64_t edge =
        ss_floor_to(high, (int64_t) ss_round_unit(part < UNIT_MOST ? part : UNIT_MOST));
    size_t end = last;

    while (edge > low && m->runs[m->rest[end]].value > edge)
        end--;
    if (!ascends(m->bins, edge > low ? edge : high) || !enough(m, m->rest + first, end - first + 1))
        return first;
    add(m->bins, edge > low ? edge : high, false);
    return end + 1;
}

void
ss_bins_make(const ss_bins_run *runs, size_t n, const ss_bins_options *o, ss_arena *result,
             ss_bins *bins)
{
    making m = {
        .runs = runs, .options = o, .rest = ss_alloc(result, n + 1, sizeof *m.rest), .bins = bins};
    uint64_t rows = 0, rest = 0, here = 0, wanted, spike_rows;
    size_t spikes = 0, first = 0, nrest = 0;
    bool *spike = ss_alloc(result, n + 1, sizeof *spike);

    *bins = (ss_bins){0};
    for (size_t i = 0; i < n; i++)
        rows += runs[i].rows;
    /* Where there are few values each is one of its own. */
    spike_rows = n <= o->intervals ? o->k : rows / SS_BINS_SPIKE_SHARE;
    for (size_t i = 0; i < n; i++)
    {
        spike[i] = runs[i].rows >= spike_rows && enough(&m, &i, 1);
        spikes += spike[i];
        rest += spike[i] ? 0 : runs[i].rows;
    }
    m.interval_rows = rest / o->intervals > 2 * o->k ? rest / o->intervals : 2 * o->k;
    bins->upper = ss_alloc(result, 2 * spikes + 2 * (size_t) o->intervals + 2, sizeof *bins->upper);
    bins->spike = ss_alloc(result, 2 * spikes + 2 * (size_t) o->intervals + 2, sizeof *bins->spike);
    wanted = m.interval_rows;
    for (size_t i = 0; i < n; i++)
    {
        const size_t begins = first;

        if (spike[i])
        {
            /* What is left before it ends beside it, or waits for the interval behind it. */
            if (nrest > first && ascends(bins, runs[i].value - 1) &&
                enough(&m, m.rest + first, nrest - first))
            {
                add(bins, runs[i].value - 1, false);
                here = 0;
                wanted = m.interval_rows;
                first = nrest;
            }
            add(bins, runs[i].value, true);
            continue;
        }
        m.rest[nrest++] = i;
        here += runs[i].rows;
        if (here < wanted || bins->n + 2 > 2 * (spikes + o->intervals))
            continue;
        first = close_interval(&m, begins, nrest - 1);
        if (first == begins)
        {
            /* Too few people; one may have most of the rows, and is not looked at again at each of them. */
            wanted = here + here / 4 + 1;
            continue;
        }
        wanted = m.interval_rows;
        here = 0;
        for (size_t k = first; k < nrest; k++)
            here += runs[m.rest[k]].rows;
    }
    if (bins->n == 0 || bins->spike[bins->n - 1] || enough(&m, m.rest + first, nrest - first))
        add(bins, INT64_MAX, false);
    bins->upper[bins->n - 1] = INT64_MAX;
}

uint32_t
ss_bins_code(const ss_bins *bins, int64_t value)
{
    uint32_t low = 0, high = bins->n - 1;

    while (low < high)
    {
        const uint32_t middle = low + (high - low) / 2;

        if (bins->upper[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    while (bins->spike[low] && bins->upper[low] != value)
        low++;
    return low;
}
