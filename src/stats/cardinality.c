#include "stats/cardinality.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FIRST_SLOTS 64

typedef struct kept
{
    uint64_t hash;
    uint64_t weight;
    uint32_t place; /* of its sets, from 1; 0: the slot is empty */
} kept;

struct ss_cardinality
{
    ss_people people;
    bool *may_be_empty;
    size_t bound;
    uint64_t limit; /* hashes above it are not kept: there are bound others below */
    kept *slots;
    size_t capacity, n; /* a power of two, at least twice n; n: 2 x bound at most */
    uint64_t *sets;     /* room x npaths x k */
    size_t room;
};

ss_cardinality *
ss_cardinality_new(size_t bound, const ss_people *people)
{
    ss_cardinality *c = ss_must(calloc(1, sizeof *c));

    *c = (ss_cardinality){.people = *people, .bound = bound, .limit = UINT64_MAX};
    c->capacity = FIRST_SLOTS;
    c->slots = ss_must(calloc(c->capacity, sizeof *c->slots));
    if (people->may_be_empty != NULL && people->npaths > 0)
    {
        c->may_be_empty = ss_must(malloc(people->npaths * sizeof *c->may_be_empty));
        memcpy(c->may_be_empty, people->may_be_empty, people->npaths * sizeof *c->may_be_empty);
    }
    c->people.may_be_empty = c->may_be_empty;
    return c;
}

void
ss_cardinality_free(ss_cardinality *c)
{
    if (c == NULL)
        return;
    free(c->may_be_empty);
    free(c->slots);
    free(c->sets);
    free(c);
}

static size_t
set_size(const ss_cardinality *c)
{
    return c->people.npaths * c->people.k;
}

static uint64_t *
sets_of(const ss_cardinality *c, const kept *slot)
{
    return c->sets + (size_t) (slot->place - 1) * set_size(c);
}

/* Hashes are evenly spread, and those that are kept share their first bits: the last ones tell them apart. */
static kept *
find(const ss_cardinality *c, uint64_t hash)
{
    size_t i = (size_t) hash & (c->capacity - 1);

    while (c->slots[i].place != 0 && c->slots[i].hash != hash)
        i = (i + 1) & (c->capacity - 1);
    return &c->slots[i];
}

static void
grow_slots(ss_cardinality *c)
{
    kept *old = c->slots;
    const size_t capacity = c->capacity;

    c->capacity *= 2;
    c->slots = ss_must(calloc(c->capacity, sizeof *c->slots));
    for (size_t i = 0; i < capacity; i++)
    {
        if (old[i].place != 0)
            *find(c, old[i].hash) = old[i];
    }
    free(old);
}

static int
by_hash(const void *a, const void *b)
{
    const kept *x = a, *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

/* The kept ones, ascending. */
static kept *
sorted(const ss_cardinality *c)
{
    kept *list = ss_must(malloc((c->n + 1) * sizeof *list));
    size_t n = 0;

    for (size_t i = 0; i < c->capacity; i++)
    {
        if (c->slots[i].place != 0)
            list[n++] = c->slots[i];
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_hash);
    return list;
}

/* Those with the least hashes stay. */
static void
prune(ss_cardinality *c)
{
    const size_t each = set_size(c);
    kept *list = sorted(c);
    uint64_t *sets = ss_must(calloc(c->room * each + 1, sizeof *sets));

    c->limit = list[c->bound - 1].hash;
    c->n = c->bound;
    memset(c->slots, 0, c->capacity * sizeof *c->slots);
    for (size_t i = 0; i < c->n; i++)
    {
        memcpy(sets + i * each, sets_of(c, &list[i]), each * sizeof *sets);
        list[i].place = (uint32_t) (i + 1);
        *find(c, list[i].hash) = list[i];
    }
    free(c->sets);
    c->sets = sets;
    free(list);
}

static void
put(ss_cardinality *c, uint64_t hash, const uint64_t *sets, size_t per_path, uint64_t weight)
{
    const size_t each = set_size(c);
    kept *slot;
    uint64_t *own;

    if (hash > c->limit)
        return;
    slot = find(c, hash);
    if (slot->place == 0)
    {
        if (c->n == 2 * c->bound)
        {
            prune(c);
            if (hash > c->limit)
                return;
        }
        if (c->n == c->room)
        {
            const size_t room = c->room == 0 ? FIRST_SLOTS : 2 * c->room;

            c->sets = ss_must(realloc(c->sets, (room * each + 1) * sizeof *c->sets));
            c->room = room;
        }
        if (2 * (c->n + 1) > c->capacity)
            grow_slots(c);
        slot = find(c, hash);
        *slot = (kept){.hash = hash, .place = (uint32_t) ++c->n};
        memset(sets_of(c, slot), 0, each * sizeof *c->sets);
    }
    slot->weight += weight;
    own = sets_of(c, slot);
    for (size_t p = 0; p < c->people.npaths; p++)
    {
        for (size_t i = 0; i < per_path; i++)
            ss_people_put(own + p * c->people.k, c->people.k, sets[p * per_path + i]);
    }
}

void
ss_cardinality_add(ss_cardinality *c, uint64_t hash, const uint64_t *subjects, uint64_t weight)
{
    put(c, hash, subjects, 1, weight);
}

void
ss_cardinality_add_sets(ss_cardinality *c, uint64_t hash, const uint64_t *sets, uint64_t weight)
{
    put(c, hash, sets, c->people.k, weight);
}

void
ss_cardinality_merge(ss_cardinality *into, const ss_cardinality *from)
{
    for (size_t i = 0; i < from->capacity; i++)
    {
        const kept *slot = &from->slots[i];

        if (slot->place != 0)
            put(into, slot->hash, sets_of(from, slot), from->people.k, slot->weight);
    }
    into->limit = from->limit < into->limit ? from->limit : into->limit;
}

ss_value_seen *
ss_cardinality_list(const ss_cardinality *c, size_t *n, double *scale)
{
    ss_value_seen *list = ss_must(calloc(c->n + 1, sizeof *list));
    kept *all = sorted(c);

    *n = c->n;
    *scale = 1;
    if (c->n > c->bound)
    {
        /* Of values that are below the greatest that is kept, so many of all are, and that one says how many. */
        *n = c->bound - 1;
        *scale = 18446744073709551616.0 / ((double) all[*n].hash + 1);
    }
    else if (c->limit != UINT64_MAX)
    {
        *n = c->n - 1;
        *scale = 18446744073709551616.0 / ((double) all[*n].hash + 1);
    }
    for (size_t i = 0; i < *n; i++)
        list[i] = (ss_value_seen){
            .hash = all[i].hash, .weight = all[i].weight, .sets = sets_of(c, &all[i])};
    free(all);
    return list;
}

double
ss_cardinality_estimate(const ss_cardinality *c)
{
    size_t n;
    double scale;

    free(ss_cardinality_list(c, &n, &scale));
    return (double) n * scale;
}

bool
ss_cardinality_enough(const ss_cardinality *c, const ss_value_seen *value)
{
    return ss_whole_rows(value->weight) >= c->people.k && ss_people_enough(&c->people, value->sets);
}

bool
ss_cardinality_enough_together(const ss_cardinality *c, const ss_value_seen *values, size_t n)
{
    const size_t k = c->people.k;
    uint64_t *seen = ss_must(calloc(set_size(c) + 1, sizeof *seen)), weight = 0;
    bool enough;

    for (size_t i = 0; i < n; i++)
    {
        weight += values[i].weight;
        for (size_t p = 0; p < c->people.npaths; p++)
        {
            for (size_t h = 0; h < k && values[i].sets[p * k + h] != 0; h++)
                ss_people_put(seen + p * k, k, values[i].sets[p * k + h]);
        }
    }
    enough = ss_whole_rows(weight) >= k && ss_people_enough(&c->people, seen);
    free(seen);
    return enough;
}
