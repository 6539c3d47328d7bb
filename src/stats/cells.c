#include "stats/cells.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/order.h"

typedef struct slot
{
    bool used;
    int64_t number; /* of texts: their hash */
    char *text;
    size_t length;
    uint64_t weight;
    size_t people; /* which of the sets are its own */
} slot;

struct ss_counter
{
    ss_counter_kind kind;
    size_t bound, k, npaths;
    size_t capacity; /* of slots: a power of two, at least twice n */
    size_t room;     /* of sets, in cells */
    size_t n;
    unsigned shift;
    bool overflowed;
    slot *slots;
    uint64_t *sets;         /* room x npaths x k hashes, 0 empty */
    bool *may_be_empty;     /* per path */
    size_t values;          /* of the sample; 0: none */
    ss_cardinality *sample; /* of all values, from the time that there are too many; NULL before */
};

struct ss_crowd
{
    size_t k, npaths;
    uint64_t weight;
    uint64_t *sets; /* npaths x k hashes, 0 empty */
};

/* --- sets of people ----------------------------------------------------------------------------- */

ss_crowd *
ss_crowd_new(size_t k, size_t npaths)
{
    ss_crowd *c = ss_must(calloc(1, sizeof *c));

    *c = (ss_crowd){
        .k = k, .npaths = npaths, .sets = ss_must(calloc(npaths * k + 1, sizeof *c->sets))};
    return c;
}

void
ss_crowd_free(ss_crowd *c)
{
    if (c == NULL)
        return;
    free(c->sets);
    free(c);
}

void
ss_crowd_add(ss_crowd *c, const uint64_t *subjects, uint64_t weight)
{
    c->weight += weight;
    ss_people_add(&(ss_people){c->k, c->npaths, NULL}, c->sets, subjects);
}

void
ss_crowd_merge(ss_crowd *into, const ss_crowd *from)
{
    into->weight += from->weight;
    for (size_t i = 0; i < from->npaths * from->k; i++)
        ss_people_put(into->sets + i / from->k * into->k, into->k, from->sets[i]);
}

bool
ss_crowd_any(const ss_crowd *c)
{
    return c->weight > 0;
}

bool
ss_crowd_enough(const ss_crowd *c, const bool *may_be_empty)
{
    return ss_whole_rows(c->weight) >= c->k &&
           ss_people_enough(&(ss_people){c->k, c->npaths, may_be_empty}, c->sets);
}

/* --- counters ----------------------------------------------------------------------------------- */

#define FIRST_SLOTS 16

ss_counter *
ss_counter_new(ss_counter_kind kind, size_t bound, size_t k, size_t npaths,
               const bool *may_be_empty)
{
    ss_counter *c = ss_must(calloc(1, sizeof *c));

    *c = (ss_counter){.kind = kind, .bound = bound, .k = k, .npaths = npaths};
    c->capacity = FIRST_SLOTS;
    c->slots = ss_must(calloc(c->capacity, sizeof *c->slots));
    c->may_be_empty = ss_must(calloc(npaths + 1, sizeof *c->may_be_empty));
    if (may_be_empty != NULL && npaths > 0)
        memcpy(c->may_be_empty, may_be_empty, npaths * sizeof *may_be_empty);
    return c;
}

/* The sets of a cell's people: npaths x k. */
static uint64_t *
sets_of(const ss_counter *c, const slot *s)
{
    return c->sets + s->people * c->npaths * c->k;
}

static void
clear(ss_counter *c)
{
    for (size_t i = 0; i < c->capacity; i++)
        free(c->slots[i].text);
    free(c->slots);
    free(c->sets);
    c->slots = ss_must(calloc(FIRST_SLOTS, sizeof *c->slots));
    c->capacity = FIRST_SLOTS;
    c->sets = NULL;
    c->room = 0;
    c->n = 0;
}

void
ss_counter_free(ss_counter *c)
{
    if (c == NULL)
        return;
    ss_cardinality_free(c->sample);
    for (size_t i = 0; i < c->capacity; i++)
        free(c->slots[i].text);
    free(c->slots);
    free(c->sets);
    free(c->may_be_empty);
    free(c);
}

static size_t
mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
    return (size_t) (x ^ (x >> 31));
}

void
ss_counter_sample(ss_counter *c, size_t values)
{
    c->values = values;
}

/* Texts have a hash for a number. */
static uint64_t
spread(const ss_counter *c, int64_t number)
{
    return c->kind == SS_COUNTER_TEXTS ? (uint64_t) number : mix((uint64_t) number);
}

/* There are too many: what was counted exactly goes on as a sample. */
static void
begin_sample(ss_counter *c)
{
    if (c->values == 0 || c->sample != NULL)
        return;
    c->sample = ss_cardinality_new(c->values, &(ss_people){c->k, c->npaths, c->may_be_empty});
    for (size_t i = 0; i < c->capacity; i++)
    {
        const slot *s = &c->slots[i];

        if (s->used)
            ss_cardinality_add_sets(c->sample, spread(c, s->number), sets_of(c, s), s->weight);
    }
}

static size_t
find(const ss_counter *c, int64_t number, const char *text, size_t length)
{
    size_t i = mix((uint64_t) number) & (c->capacity - 1);

    while (c->slots[i].used && (c->slots[i].number != number ||
                                (text != NULL && (c->slots[i].length != length ||
                                                  memcmp(c->slots[i].text, text, length) != 0))))
        i = (i + 1) & (c->capacity - 1);
    return i;
}

/* Floor of number / 2^shift, times 2^shift, without relying on the sign's representation. */
static int64_t
floor_to(int64_t number, unsigned shift)
{
    const uint64_t mask = shift >= 63 ? UINT64_MAX >> 1 : (UINT64_C(1) << shift) - 1;

    return (int64_t) ((uint64_t) number & ~mask);
}

static void coarsen(ss_counter *c);

/* Room for one cell more: memory grows with what was seen, not with what might be. */
static void
grow(ss_counter *c)
{
    const size_t each = c->npaths * c->k;

    if (c->n == c->room)
    {
        const size_t room = c->room == 0 ? 4 : 2 * c->room;

        c->sets = ss_must(realloc(c->sets, (room * each + 1) * sizeof *c->sets));
        memset(c->sets + c->room * each, 0, (room - c->room) * each * sizeof *c->sets);
        c->room = room;
    }
    if (2 * (c->n + 1) > c->capacity)
    {
        const ss_counter old = *c;

        c->capacity *= 2;
        c->slots = ss_must(calloc(c->capacity, sizeof *c->slots));
        for (size_t i = 0; i < old.capacity; i++)
        {
            const slot *s = &old.slots[i];

            if (s->used)
                c->slots[find(c, s->number, s->text, s->length)] = *s;
        }
        free(old.slots);
    }
}

/* No categories any more. */
static void
overflow(ss_counter *c)
{
    c->overflowed = true;
    begin_sample(c);
    clear(c);
}

/* Put rows of that weight with these sets (of a finer cell, or of one row) into the cell of number. */
static void
put(ss_counter *c, int64_t number, const char *text, size_t length, uint64_t weight,
    const uint64_t *sets, size_t per_path)
{
    const int64_t key = c->kind == SS_COUNTER_NUMBERS ? floor_to(number, c->shift) : number;
    size_t at = find(c, key, text, length);

    if (!c->slots[at].used)
    {
        if (c->n == c->bound)
        {
            if (c->kind == SS_COUNTER_TEXTS)
            {
                overflow(c);
                return;
            }
            begin_sample(c);
            coarsen(c);
            put(c, number, text, length, weight, sets, per_path);
            return;
        }
        grow(c);
        at = find(c, key, text, length);
        c->slots[at] = (slot){.used = true, .number = key, .length = length, .people = c->n};
        if (text != NULL)
        {
            c->slots[at].text = ss_must(malloc(length + 1));
            memcpy(c->slots[at].text, text, length);
            c->slots[at].text[length] = '\0';
        }
        c->n++;
    }
    c->slots[at].weight += weight;
    for (size_t p = 0; p < c->npaths; p++)
    {
        for (size_t i = 0; i < per_path; i++)
            ss_people_put(sets_of(c, &c->slots[at]) + p * c->k, c->k, sets[p * per_path + i]);
    }
}

/* One more bit per cell, until it has got fewer. */
static void
coarsen(ss_counter *c)
{
    const ss_counter old = *c;

    c->slots = ss_must(calloc(c->capacity, sizeof *c->slots));
    c->sets = NULL;
    c->room = c->n = 0;
    c->shift++;
    for (size_t i = 0; i < old.capacity; i++)
    {
        const slot *s = &old.slots[i];

        if (s->used)
            put(c, s->number, NULL, 0, s->weight, sets_of(&old, s), old.k);
    }
    free(old.slots);
    free(old.sets);
}

void
ss_counter_add(ss_counter *c, int64_t number, const uint64_t *subjects, uint64_t weight)
{
    put(c, number, NULL, 0, weight, subjects, 1);
    if (c->sample != NULL)
        ss_cardinality_add(c->sample, spread(c, number), subjects, weight);
}

void
ss_counter_add_text(ss_counter *c, const char *text, size_t n, uint64_t hash,
                    const uint64_t *subjects, uint64_t weight)
{
    if (!c->overflowed && n > SS_COUNTER_TEXT_MAX)
        overflow(c);
    if (!c->overflowed)
        put(c, (int64_t) hash, text, n, weight, subjects, 1);
    if (c->sample != NULL)
        ss_cardinality_add(c->sample, hash, subjects, weight);
}

void
ss_counter_merge(ss_counter *into, const ss_counter *from)
{
    /* What either has a sample of, the other has one of, too; where from has none, its cells are all that it saw. */
    if (from->sample != NULL)
    {
        begin_sample(into);
        ss_cardinality_merge(into->sample, from->sample);
    }
    if (from->overflowed && !into->overflowed)
        overflow(into);
    while (into->shift < from->shift)
        coarsen(into);
    for (size_t i = 0; i < from->capacity; i++)
    {
        const slot *s = &from->slots[i];

        if (!s->used)
            continue;
        if (!into->overflowed)
            put(into, s->number, s->text, s->length, s->weight, sets_of(from, s), from->k);
        if (into->sample != NULL && from->sample == NULL)
            ss_cardinality_add_sets(into->sample, spread(from, s->number), sets_of(from, s),
                                    s->weight);
    }
}

bool
ss_counter_overflowed(const ss_counter *c)
{
    return c->overflowed;
}

unsigned
ss_counter_shift(const ss_counter *c)
{
    return c->shift;
}

static bool
has_enough(const ss_counter *c, const slot *s)
{
    return ss_whole_rows(s->weight) >= c->k &&
           ss_people_enough(&(ss_people){c->k, c->npaths, c->may_be_empty}, sets_of(c, s));
}

static int
compare(const void *a, const void *b)
{
    const ss_count *x = a, *y = b;
    const size_t shorter = x->text_length < y->text_length ? x->text_length : y->text_length;
    int order;

    if (x->text == NULL || y->text == NULL)
        return (x->number > y->number) - (x->number < y->number);
    order = memcmp(x->text, y->text, shorter);
    return order != 0 ? order
                      : (x->text_length > y->text_length) - (x->text_length < y->text_length);
}

ss_count *
ss_counter_list(const ss_counter *c, size_t *n)
{
    ss_count *list = ss_must(calloc(c->n + 1, sizeof *list));

    *n = 0;
    for (size_t i = 0; i < c->capacity; i++)
    {
        const slot *s = &c->slots[i];

        if (s->used)
            list[(*n)++] = (ss_count){.number = s->number,
                                      .text = s->text,
                                      .text_length = s->length,
                                      .count = ss_whole_rows(s->weight),
                                      .enough = has_enough(c, s),
                                      .slot = i};
    }
    qsort(list, *n, sizeof *list, compare);
    return list;
}

uint64_t *
ss_counter_hashes(const ss_counter *c, size_t *n)
{
    uint64_t *list = ss_must(calloc(c->n + 1, sizeof *list));

    *n = 0;
    for (size_t i = 0; i < c->capacity; i++)
    {
        if (c->slots[i].used)
            list[(*n)++] = spread(c, c->slots[i].number);
    }
    ss_sort_u64(list, *n);
    return list;
}

ss_value_seen *
ss_counter_rare(const ss_counter *c, size_t *n, double *scale, bool *all_kinds)
{
    ss_value_seen *list;

    *all_kinds = c->sample != NULL;
    if (c->sample != NULL)
        return ss_cardinality_list(c->sample, n, scale);
    list = ss_must(calloc(c->n + 1, sizeof *list));
    *n = 0;
    *scale = 1;
    for (size_t i = 0; i < c->capacity; i++)
    {
        const slot *s = &c->slots[i];

        if (s->used && !has_enough(c, s))
            list[(*n)++] = (ss_value_seen){
                .hash = spread(c, s->number), .weight = s->weight, .sets = sets_of(c, s)};
    }
    return list;
}

ss_counter *
ss_counter_regroup(const ss_counter *c, const ss_count *cells, const int64_t *numbers, size_t n)
{
    ss_counter *of = ss_counter_new(SS_COUNTER_NUMBERS, c->bound, c->k, c->npaths, c->may_be_empty);

    for (size_t i = 0; i < n; i++)
    {
        const slot *s = &c->slots[cells[i].slot];

        if (cells[i].count > 0)
            put(of, numbers[i], NULL, 0, s->weight, sets_of(c, s), c->k);
    }
    return of;
}

/* Distinct hashes of one path over all cells, counted to k. */
static size_t
count_path(const ss_counter *c, const ss_count *cells, size_t n, size_t path, uint64_t *seen)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
    {
        const uint64_t *set = sets_of(c, &c->slots[cells[i].slot]) + path * c->k;

        for (size_t j = 0; cells[i].count > 0 && j < c->k && set[j] != 0; j++)
        {
            bool known = false;

            for (size_t s = 0; s < found && !known; s++)
                known = seen[s] == set[j];
            if (known)
                continue;
            seen[found++] = set[j];
            if (found == c->k)
                return found;
        }
    }
    return found;
}

bool
ss_counter_enough_together(const ss_counter *c, const ss_count *cells, size_t n)
{
    uint64_t *seen = ss_must(calloc(c->k + 1, sizeof *seen));
    uint64_t rows = 0;
    bool any = c->npaths == 0, enough;

    for (size_t i = 0; i < n; i++)
        rows += cells[i].count;
    enough = rows >= c->k;
    for (size_t p = 0; p < c->npaths && enough; p++)
    {
        const size_t people = count_path(c, cells, n, p, seen);

        any = any || people == c->k;
        enough = people == c->k || (people == 0 && c->may_be_empty[p]);
    }
    free(seen);
    return enough && any;
}

size_t
ss_counter_half_from(const ss_counter *c, const ss_count *cells, size_t n)
{
    const size_t half = (c->k + 1) / 2;
    const ss_people people = {half, c->npaths, c->may_be_empty};
    uint64_t *seen = ss_must(calloc(c->npaths * half + 1, sizeof *seen)), rows = 0;
    size_t at = n;

    while (at > 0 && (rows < half || !ss_people_enough(&people, seen)))
    {
        const uint64_t *sets = sets_of(c, &c->slots[cells[--at].slot]);

        rows += cells[at].count;
        for (size_t p = 0; cells[at].count > 0 && p < c->npaths; p++)
        {
            for (size_t i = 0; i < c->k && sets[p * c->k + i] != 0; i++)
                ss_people_put(seen + p * half, half, sets[p * c->k + i]);
        }
    }
    free(seen);
    return at;
}
