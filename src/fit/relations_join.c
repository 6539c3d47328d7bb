/* Rows and their parents: by which keys they belong together, and how many children there are. */
#include <stdlib.h>
#include <string.h>

#include "fit/relations_internal.h"
#include "stats/bins.h"

#define COUNT_BINS 32

typedef struct keyed
{
    uint64_t key;
    uint32_t row;
} keyed;

static int
by_key(const void *x, const void *y)
{
    const keyed *a = x, *b = y;

    return (a->key > b->key) - (a->key < b->key);
}

static uint32_t
find_row(const keyed *list, size_t n, uint64_t key)
{
    size_t low = 0, high = n;

    while (low < high)
    {
        const size_t middle = low + (high - low) / 2;

        if (list[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && list[low].key == key ? list[low].row : NOWHERE;
}

typedef struct sibling
{
    uint32_t parent, row;
    int64_t order;
} sibling;

static int
by_place(const void *x, const void *y)
{
    const sibling *a = x, *b = y;

    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    if (a->order != b->order)
        return a->order < b->order ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

void
ss_relations_join(ss_relations *f, ss_relative *child, uint32_t *counts)
{
    const ss_fit_kept *k = child->k;
    const ss_fit_kept *owner = f->members[k->references[child->owner].parent].k;
    keyed *keys = calloc(owner->rows.n + 1, sizeof *keys);
    sibling *siblings = calloc(k->rows.n + 1, sizeof *siblings);
    size_t n = 0;

    if (keys == NULL || siblings == NULL)
        ss_out_of_memory();
    for (uint32_t r = 0; r < owner->rows.n; r++)
        keys[r] = (keyed){owner->key[r], r};
    if (owner->rows.n > 0)
        qsort(keys, owner->rows.n, sizeof *keys, by_key);
    child->parent = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->parent);
    child->position = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->position);
    child->previous = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->previous);
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        const uint64_t key = k->parent[child->owner][r];

        child->parent[r] = key == 0 ? NOWHERE : find_row(keys, owner->rows.n, key);
        child->previous[r] = NOWHERE;
        if (child->parent[r] != NOWHERE)
            siblings[n++] = (sibling){child->parent[r], r, k->order[r]};
    }
    if (n > 0)
        qsort(siblings, n, sizeof *siblings, by_place);
    for (size_t i = 0; i < n; i++)
    {
        const bool follows = i > 0 && siblings[i - 1].parent == siblings[i].parent;

        counts[siblings[i].parent]++;
        if (!follows)
            continue;
        child->previous[siblings[i].row] = siblings[i - 1].row;
        child->position[siblings[i].row] = child->position[siblings[i - 1].row] + 1;
    }
    free(keys);
    free(siblings);
}

typedef struct behind /* who has so many children */
{
    const ss_fit_kept *kept;
    const uint32_t *rows; /* by how many they have */
    const size_t *starts; /* of each run of equal numbers, and one more */
    uint64_t *sets;
} behind;

static bool
enough(void *arg, size_t first, size_t last)
{
    const behind *b = arg;

    return ss_people_behind(&b->kept->people, b->kept->rows.subjects, b->rows + b->starts[first],
                            b->starts[last] - b->starts[first], b->sets);
}

ss_book *
ss_relations_book(const ss_relations *f, const ss_relative *m, const uint32_t *counts)
{
    const ss_fit_kept *k = m->k;
    ss_bins_run *runs = ss_alloc(f->scratch, k->rows.n + 1, sizeof *runs);
    size_t *starts = ss_alloc(f->scratch, k->rows.n + 2, sizeof *starts);
    uint32_t *rows = ss_alloc(f->scratch, k->rows.n + 1, sizeof *rows);
    sibling *list = calloc(k->rows.n + 1, sizeof *list);
    behind b = {.kept = k,
                .rows = rows,
                .starts = starts,
                .sets = ss_alloc(f->scratch, k->people.npaths * k->people.k + 1, sizeof *b.sets)};
    const ss_bins_options o = {
        .k = k->people.k, .intervals = COUNT_BINS, .enough = enough, .arg = &b};
    ss_book *book = ss_alloc(f->result, 1, sizeof *book);
    size_t n = 0, nruns = 0;
    ss_bins bins;

    if (list == NULL)
        ss_out_of_memory();
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        if (m->usable[r])
            list[n++] = (sibling){counts[r], r, 0};
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_place);
    for (size_t i = 0; i < n; i++)
        rows[i] = list[i].row;
    for (size_t first = 0, last; first < n; first = last)
    {
        for (last = first; last < n && list[last].parent == list[first].parent;)
            last++;
        starts[nruns] = first;
        runs[nruns++] = (ss_bins_run){.value = list[first].parent, .rows = last - first};
        starts[nruns] = last;
    }
    ss_bins_make(runs, nruns, &o, f->result, &bins);
    free(list);
    *book = (ss_book){.kind = SS_BOOK_BINS,
                      .column = SS_NONE,
                      .nvalues = bins.n,
                      .upper = bins.upper,
                      .spike = bins.spike};
    return book;
}

uint16_t
ss_relations_code(const ss_book *book, uint32_t count)
{
    const ss_bins bins = {book->upper, book->spike, book->nvalues};

    return (uint16_t) ss_bins_code(&bins, count);
}
