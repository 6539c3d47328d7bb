#include "stats/tally.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FULL       UINT32_MAX /* enough people: their set is not kept */
#define FIRST_ROOM 64

struct ss_tally
{
    ss_people people;
    bool *may_be_empty;
    size_t ncells;
    uint64_t *weights;
    uint32_t *set_of; /* of a cell: 0 none yet, else 1 + its place in sets; or FULL */
    uint64_t *sets;   /* room x npaths x k */
    size_t nsets, room;
    uint32_t *spare; /* places of sets that are not needed any more */
    size_t nspare, spare_room;
};

ss_tally *
ss_tally_new(size_t ncells, const ss_people *people)
{
    ss_tally *t = ss_must(calloc(1, sizeof *t));

    *t = (ss_tally){.people = *people, .ncells = ncells};
    t->weights = ss_must(calloc(ncells + 1, sizeof *t->weights));
    t->set_of = ss_must(calloc(ncells + 1, sizeof *t->set_of));
    if (people->may_be_empty != NULL && people->npaths > 0)
    {
        t->may_be_empty = ss_must(malloc(people->npaths * sizeof *t->may_be_empty));
        memcpy(t->may_be_empty, people->may_be_empty, people->npaths * sizeof *t->may_be_empty);
    }
    t->people.may_be_empty = t->may_be_empty;
    return t;
}

void
ss_tally_free(ss_tally *t)
{
    if (t == NULL)
        return;
    free(t->may_be_empty);
    free(t->weights);
    free(t->set_of);
    free(t->sets);
    free(t->spare);
    free(t);
}

static size_t
set_size(const ss_tally *t)
{
    return t->people.npaths * t->people.k;
}

static uint64_t *
set_at(const ss_tally *t, uint32_t place)
{
    return t->sets + (size_t) (place - 1) * set_size(t);
}

/* An empty set: one that was given back, or a new one. */
static uint32_t
take_set(ss_tally *t)
{
    const size_t each = set_size(t);
    uint32_t place;

    if (t->nspare > 0)
        place = t->spare[--t->nspare];
    else
    {
        if (t->nsets == t->room)
        {
            t->room = t->room == 0 ? FIRST_ROOM : 2 * t->room;
            t->sets = ss_must(realloc(t->sets, t->room * each * sizeof *t->sets));
        }
        place = (uint32_t) ++t->nsets;
    }
    memset(set_at(t, place), 0, each * sizeof *t->sets);
    return place;
}

static void
give_back(ss_tally *t, uint32_t cell)
{
    if (t->nspare == t->spare_room)
    {
        t->spare_room = t->spare_room == 0 ? FIRST_ROOM : 2 * t->spare_room;
        t->spare = ss_must(realloc(t->spare, t->spare_room * sizeof *t->spare));
    }
    t->spare[t->nspare++] = t->set_of[cell];
    t->set_of[cell] = FULL;
}

/* sets: per_path hashes of each path. */
static void
put(ss_tally *t, uint32_t cell, const uint64_t *sets, size_t per_path)
{
    uint64_t *own;

    if (t->set_of[cell] == FULL || t->people.npaths == 0)
        return;
    if (t->set_of[cell] == 0)
        t->set_of[cell] = take_set(t);
    own = set_at(t, t->set_of[cell]);
    for (size_t p = 0; p < t->people.npaths; p++)
    {
        for (size_t i = 0; i < per_path; i++)
            ss_people_put(own + p * t->people.k, t->people.k, sets[p * per_path + i]);
    }
    if (ss_people_full(&t->people, own))
        give_back(t, cell);
}

void
ss_tally_add(ss_tally *t, uint32_t cell, const uint64_t *subjects, uint64_t weight)
{
    if (cell == SS_TALLY_NO_CELL)
        return;
    t->weights[cell] += weight;
    put(t, cell, subjects, 1);
}

void
ss_tally_merge(ss_tally *into, const ss_tally *from)
{
    for (uint32_t c = 0; c < from->ncells; c++)
    {
        into->weights[c] += from->weights[c];
        if (from->set_of[c] == 0)
            continue;
        if (from->set_of[c] != FULL)
            put(into, c, set_at(from, from->set_of[c]), from->people.k);
        else if (into->set_of[c] == 0)
            into->set_of[c] = FULL;
        else if (into->set_of[c] != FULL)
            give_back(into, c);
    }
}

size_t
ss_tally_ncells(const ss_tally *t)
{
    return t->ncells;
}

uint64_t
ss_tally_weight(const ss_tally *t, uint32_t cell)
{
    return t->weights[cell];
}

uint64_t
ss_tally_rows(const ss_tally *t, uint32_t cell)
{
    return ss_whole_rows(t->weights[cell]);
}

bool
ss_tally_enough(const ss_tally *t, uint32_t cell)
{
    if (ss_tally_rows(t, cell) < t->people.k)
        return false;
    if (t->people.npaths == 0 || t->set_of[cell] == FULL)
        return true;
    return t->set_of[cell] != 0 && ss_people_enough(&t->people, set_at(t, t->set_of[cell]));
}

bool
ss_tally_enough_together(const ss_tally *t, const uint32_t *cells, size_t n)
{
    ss_tally_sum sum = {0};
    uint64_t weight = 0;
    bool enough;

    for (size_t i = 0; i < n; i++)
        weight += t->weights[cells[i]];
    if (ss_whole_rows(weight) < t->people.k)
        return false;
    sum.sets = ss_must(calloc(set_size(t) + 1, sizeof *sum.sets));
    for (size_t i = 0; i < n; i++)
        ss_tally_sum_add(t, cells[i], &sum);
    enough = ss_tally_sum_enough(t, &sum);
    free(sum.sets);
    return enough;
}

size_t
ss_tally_k(const ss_tally *t)
{
    return t->people.k;
}

size_t
ss_tally_npaths(const ss_tally *t)
{
    return t->people.npaths;
}

ss_tally_sum *
ss_tally_sum_new(const ss_tally *t, ss_arena *arena)
{
    ss_tally_sum *sum = ss_alloc(arena, 1, sizeof *sum);

    sum->sets = ss_alloc(arena, set_size(t) + 1, sizeof *sum->sets);
    return sum;
}

void
ss_tally_sum_add(const ss_tally *t, uint32_t cell, ss_tally_sum *sum)
{
    const size_t k = t->people.k;
    const uint64_t *set;

    sum->weight += t->weights[cell];
    sum->full = sum->full || t->people.npaths == 0 || t->set_of[cell] == FULL;
    if (sum->full || t->set_of[cell] == 0)
        return;
    set = set_at(t, t->set_of[cell]);
    for (size_t p = 0; p < t->people.npaths; p++)
    {
        for (size_t h = 0; h < k && set[p * k + h] != 0; h++)
            ss_people_put(sum->sets + p * k, k, set[p * k + h]);
    }
    sum->full = ss_people_full(&t->people, sum->sets);
}

bool
ss_tally_sum_enough(const ss_tally *t, const ss_tally_sum *sum)
{
    return ss_whole_rows(sum->weight) >= t->people.k &&
           (sum->full || ss_people_enough(&t->people, sum->sets));
}

/* Is it new to a table of 2^n places? */
static bool
note_person(uint64_t *known, size_t mask, uint64_t hash)
{
    size_t at = (size_t) (hash * UINT64_C(0x9E3779B97F4A7C15) >> 20) & mask;

    for (; known[at] != 0; at = (at + 1) & mask)
    {
        if (known[at] == hash)
            return false;
    }
    known[at] = hash;
    return true;
}

static bool
has_set(const ss_tally *t, uint32_t cell)
{
    return t->set_of[cell] != 0 && t->set_of[cell] != FULL;
}

bool
ss_tally_full(const ss_tally *t, uint32_t cell)
{
    return t->set_of[cell] == FULL;
}

const uint64_t *
ss_tally_seen(const ss_tally *t, uint32_t cell, size_t path)
{
    return has_set(t, cell) ? set_at(t, t->set_of[cell]) + path * t->people.k : NULL;
}

/* Of one path: who is new in each cell.  False: it leads to nobody. */
static bool
divide_path(const ss_tally *t, size_t path, const uint32_t *cells, size_t n, uint32_t *people)
{
    const size_t k = t->people.k;
    size_t mask = 15, nsets = 0;
    uint64_t *known;
    bool any = false;

    for (size_t i = 0; i < n; i++)
        nsets += has_set(t, cells[i]);
    while (mask < 2 * nsets * k)
        mask = 2 * mask + 1;
    known = ss_must(calloc(mask + 1, sizeof *known));
    for (size_t i = 0; i < n; i++)
    {
        const uint64_t *set =
            has_set(t, cells[i]) ? set_at(t, t->set_of[cells[i]]) + path * k : NULL;

        /* Of whom there are enough in one cell no more is known; there they are k in any case. */
        people[i] = t->set_of[cells[i]] == FULL ? (uint32_t) k : 0;
        for (size_t h = 0; set != NULL && h < k && set[h] != 0; h++)
            people[i] += note_person(known, mask, set[h]);
        any = any || people[i] > 0;
    }
    free(known);
    return any;
}

void
ss_tally_divide_people(const ss_tally *t, const uint32_t *cells, size_t n, uint32_t *people)
{
    uint32_t *own = ss_must(calloc(n + 1, sizeof *own));
    bool any = false;

    for (size_t i = 0; i < n; i++)
        people[i] = t->people.npaths == 0 ? (uint32_t) ss_tally_rows(t, cells[i]) : UINT32_MAX;
    for (size_t p = 0; p < t->people.npaths; p++)
    {
        if (!divide_path(t, p, cells, n, own))
            continue;
        any = true;
        for (size_t i = 0; i < n; i++)
            people[i] = own[i] < people[i] ? own[i] : people[i];
    }
    for (size_t i = 0; i < n && t->people.npaths > 0 && !any; i++)
        people[i] = 0;
    free(own);
}
