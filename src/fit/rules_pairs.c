#include "fit/rules_internal.h"

#include <stdlib.h>

#define PAIRS_MAX ((size_t) 1 << 20) /* of a determinant's values with others */

static size_t
slot_of(const rule_firsts *m, uint64_t a)
{
    uint64_t x = (a ^ (a >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    size_t i = (size_t) (x ^ (x >> 29)) & (m->capacity - 1);

    while (m->slots[i].a != 0 && m->slots[i].a != a)
        i = (i + 1) & (m->capacity - 1);
    return i;
}

uint64_t
ss_rules_look_up(rule_firsts *m, uint64_t a, uint64_t b)
{
    size_t at;

    if (2 * (m->n + 1) > m->capacity)
    {
        const rule_firsts old = *m;

        m->capacity = old.capacity == 0 ? 64 : 2 * old.capacity;
        m->slots = ss_must(calloc(m->capacity, sizeof *m->slots));
        for (size_t i = 0; i < old.capacity; i++)
        {
            if (old.slots[i].a != 0)
                m->slots[slot_of(m, old.slots[i].a)] = old.slots[i];
        }
        free(old.slots);
    }
    at = slot_of(m, a);
    if (m->slots[at].a == 0)
    {
        m->slots[at] = (pair){a, b};
        m->n++;
    }
    return m->slots[at].b;
}

static size_t
place_of(const rule_pairs *m, uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ (a >> 30) ^ (b << 17) ^ (b >> 11)) * UINT64_C(0xBF58476D1CE4E5B9);
    size_t i = (size_t) (x ^ (x >> 29)) & (m->capacity - 1);

    while (m->slots[i].a != 0 && (m->slots[i].a != a || m->slots[i].b != b))
        i = (i + 1) & (m->capacity - 1);
    return i;
}

bool
ss_rules_count_pair(rule_pairs *m, uint64_t a, uint64_t b, uint64_t weight)
{
    size_t at;

    if (2 * (m->n + 1) > m->capacity)
    {
        const rule_pairs old = *m;

        if (m->n > PAIRS_MAX)
            return false;
        m->capacity = old.capacity == 0 ? 64 : 2 * old.capacity;
        m->slots = ss_must(calloc(m->capacity, sizeof *m->slots));
        for (size_t i = 0; i < old.capacity; i++)
        {
            if (old.slots[i].a != 0)
                m->slots[place_of(m, old.slots[i].a, old.slots[i].b)] = old.slots[i];
        }
        free(old.slots);
    }
    at = place_of(m, a, b);
    m->n += m->slots[at].a == 0;
    m->slots[at].a = a;
    m->slots[at].b = b;
    m->slots[at].weight += weight;
    return true;
}

static int
by_determinant(const void *x, const void *y)
{
    const together *a = x, *b = y;

    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return (a->weight < b->weight) - (a->weight > b->weight);
}

uint64_t
ss_rules_exceptions(const rule_pairs *m)
{
    together *list = ss_must(calloc(m->n + 1, sizeof *list));
    uint64_t broken = 0;
    size_t n = 0;

    for (size_t i = 0; i < m->capacity; i++)
    {
        if (m->slots[i].a != 0)
            list[n++] = m->slots[i];
    }
    if (n > 0)
        qsort(list, n, sizeof *list, by_determinant);
    for (size_t i = 1; i < n; i++)
        broken += list[i].a == list[i - 1].a ? list[i].weight : 0;
    free(list);
    return broken;
}
