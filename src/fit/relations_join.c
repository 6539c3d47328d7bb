/* Rows and their parents: by which keys they belong together, and how many children there are. */
#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "fit/inside.h"
#include "fit/relations_internal.h"

#define COUNT_INTERVALS 32

static uint32_t
find_row(const ss_ranked *list, size_t n, uint64_t key)
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
    return low < n && list[low].key == key ? (uint32_t) list[low].of : NOWHERE;
}

uint32_t *
ss_relations_parents(const ss_relations *f, const ss_fit_kept *child, size_t reference)
{
    const ss_fit_kept *parent = f->members[child->references[reference].parent].k;
    uint32_t *of = ss_alloc(f->scratch, child->rows.n + 1, sizeof *of);
    ss_ranked *keys = ss_must(malloc((parent->rows.n + 1) * sizeof *keys));

    for (uint32_t r = 0; r < parent->rows.n; r++)
        keys[r] = (ss_ranked){parent->key[r], r};
    ss_sort_ranked(keys, parent->rows.n);
    for (uint32_t r = 0; r < child->rows.n; r++)
    {
        const uint64_t key = child->parent[reference][r];

        of[r] = key == 0 ? NOWHERE : find_row(keys, parent->rows.n, key);
    }
    free(keys);
    return of;
}

void
ss_relations_join(ss_relations *f, ss_relative *child, uint32_t *counts)
{
    const ss_fit_kept *k = child->k;
    ss_ranked *siblings = ss_must(malloc((k->rows.n + 1) * sizeof *siblings));
    size_t n = 0;

    child->parent = ss_relations_parents(f, k, child->owner);
    child->position = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->position);
    child->previous = ss_alloc(f->scratch, k->rows.n + 1, sizeof *child->previous);
    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        child->previous[r] = NOWHERE;
        if (child->parent[r] != NOWHERE)
            siblings[n++] = (ss_ranked){ss_rank_of_i64(k->order[r]), r};
    }
    /* By their parents, those of one parent by their place, then by row. */
    ss_sort_ranked(siblings, n);
    for (size_t i = 0; i < n; i++)
        siblings[i].key = child->parent[siblings[i].of];
    ss_sort_ranked(siblings, n);
    for (size_t i = 0; i < n; i++)
    {
        const bool follows = i > 0 && siblings[i - 1].key == siblings[i].key;

        counts[siblings[i].key]++;
        if (!follows)
            continue;
        child->previous[siblings[i].of] = (uint32_t) siblings[i - 1].of;
        child->position[siblings[i].of] = child->position[siblings[i - 1].of] + 1;
    }
    free(siblings);
}

/* Rows that one person has at most of those in the list. */
static uint64_t
most_rows(const ss_fit_kept *k, const ss_fit_unit *list, size_t n, ss_arena *scratch)
{
    const size_t npaths = k->rows.npaths;
    ss_sample of = {.n = n, .npaths = npaths};

    of.subjects = ss_alloc(scratch, n * npaths + 1, sizeof *of.subjects);
    for (size_t i = 0; i < n; i++)
        memcpy(of.subjects + i * npaths, k->rows.subjects + list[i].row * npaths,
               npaths * sizeof *of.subjects);
    return ss_fit_most_rows(&of);
}

ss_book *
ss_relations_book(const ss_relations *f, const ss_fit_kept *k, const ss_numbers *numbers,
                  uint32_t intervals, bool inside)
{
    ss_arena *scratch = ss_arena_new(f->scratch);
    ss_fit_unit *list = ss_alloc(scratch, k->rows.n + 1, sizeof *list);
    ss_book *book = ss_alloc(f->result, 1, sizeof *book);
    size_t n = 0;

    for (uint32_t r = 0; r < k->rows.n; r++)
    {
        if (numbers->known[r])
            list[n++] = (ss_fit_unit){numbers->units[r], r};
    }
    *book = (ss_book){.column = SS_NONE};
    ss_fit_book_bins(list, n, k->rows.subjects, k->rows.weights, &k->people, intervals, f->result,
                     book);
    if (inside)
    {
        const ss_sample sample = {.n = k->rows.n,
                                  .npaths = k->rows.npaths,
                                  .subjects = (uint64_t *) (uintptr_t) k->rows.subjects,
                                  .who = k->who};

        ss_fit_inside(list, n, &sample, &k->people, most_rows(k, list, n, scratch), f->result,
                      book);
    }
    ss_arena_free(scratch);
    return book;
}

ss_book *
ss_relations_book_of_counts(const ss_relations *f, const ss_fit_kept *k, const uint32_t *counts,
                            bool *usable)
{
    const ss_numbers numbers = {ss_alloc(f->scratch, k->rows.n + 1, sizeof(int64_t)), usable};

    for (size_t r = 0; r < k->rows.n; r++)
        numbers.units[r] = counts[r];
    return ss_relations_book(f, k, &numbers, COUNT_INTERVALS, false);
}
