/* Rows by numbers, in memory that is a file: added in the order of their places, found by their keys. */
#include <string.h>

#include "base/pool.h"
#include "base/try.h"
#include "subset/subset_internal.h"

#define MEMBER_SHIFT 40

ss_code
ss_member_add(const ss_subset *s, ss_member *m, uint64_t **row, ss_error *err)
{
    if (m->n % SS_CHUNK_ROWS == 0)
    {
        void *chunk;

        SS_TRY(ss_spill_alloc(s->spill, SS_CHUNK_ROWS * m->width * sizeof(uint64_t), &chunk, err));
        m->chunks = ss_grow(m->arena, m->chunks, m->nchunks, &m->capacity, sizeof *m->chunks);
        m->chunks[m->nchunks++] = chunk;
    }
    *row = ss_member_row(m, m->n++);
    return SS_OK;
}

/* Words of keys are mixed already. */
static size_t
slot_of(const ss_lookup *lookup, uint64_t word)
{
    return (size_t) (word ^ word >> 32) & lookup->mask;
}

static void
add_member(const ss_subset *s, ss_lookup *lookup, size_t member, size_t key)
{
    const ss_member *m = &s->members[member];

    for (uint64_t r = 0; r < m->n; r++)
    {
        const uint64_t word = ss_row_keys(ss_member_row(m, r))[key];
        size_t at = slot_of(lookup, word);

        if (word == 0)
            continue;
        while (lookup->slots[at] != 0)
            at = (at + 1) & lookup->mask;
        lookup->slots[at] = ((uint64_t) member << MEMBER_SHIFT | r) + 1;
    }
}

typedef struct indexing
{
    ss_subset *s;
    size_t *roots, *keys; /* of each job */
} indexing;

static ss_code
index_job(void *arg, size_t job, size_t worker, ss_error *err)
{
    const indexing *i = arg;
    ss_subset *s = i->s;
    ss_lookup *lookup = &s->lookups[i->roots[job]][i->keys[job]];
    uint64_t rows = 0;
    size_t slots = 16;
    void *memory;

    (void) worker;
    for (size_t k = 0; k < s->nmembers; k++)
        rows += s->members[k].root == i->roots[job] ? s->members[k].n : 0;
    while (slots < 2 * rows)
        slots *= 2;
    SS_TRY(ss_spill_alloc(s->spill, slots * sizeof *lookup->slots, &memory, err));
    *lookup = (ss_lookup){.slots = memory, .mask = slots - 1};
    for (size_t k = 0; k < s->nmembers; k++)
    {
        if (s->members[k].root == i->roots[job])
            add_member(s, lookup, k, i->keys[job]);
    }
    return SS_OK;
}

ss_code
ss_members_index(ss_subset *s, ss_error *err)
{
    const size_t ntables = s->plan->catalog->ntables;
    indexing i = {.s = s};
    size_t n = 0, jobs = 0;

    for (size_t t = 0; t < ntables; t++)
        n += s->subset->tables[t].nkeys;
    i.roots = ss_alloc(s->arena, n + 1, sizeof *i.roots);
    i.keys = ss_alloc(s->arena, n + 1, sizeof *i.keys);
    for (size_t t = 0; t < ntables; t++)
    {
        const size_t nkeys = s->subset->tables[t].nkeys;

        s->lookups[t] = ss_alloc(s->arena, nkeys + 1, sizeof *s->lookups[t]);
        for (size_t k = 0; k < nkeys; k++)
        {
            i.roots[jobs] = t;
            i.keys[jobs++] = k;
        }
    }
    return ss_pool_run(jobs, s->options->jobs, index_job, &i, err);
}

bool
ss_members_find(const ss_subset *s, const ss_subset_edge *edge, uint64_t word, ss_found *found)
{
    const ss_lookup *lookup = &s->lookups[edge->reference->parent][edge->key];

    if (word == 0)
        return false;
    found->at = found->row == NULL ? slot_of(lookup, word) : (found->at + 1) & lookup->mask;
    for (; lookup->slots[found->at] != 0; found->at = (found->at + 1) & lookup->mask)
    {
        const uint64_t place = lookup->slots[found->at] - 1;

        found->member = (size_t) (place >> MEMBER_SHIFT);
        found->number = place & ((UINT64_C(1) << MEMBER_SHIFT) - 1);
        found->row = ss_member_row(&s->members[found->member], found->number);
        if (ss_row_keys(found->row)[edge->key] == word)
            return true;
    }
    return false;
}
