#include "rand/permutation.h"

#include <string.h>

#include <sodium.h>

#define ROUNDS    10    /* even: the halves end where they began */
#define TABLE_MAX 32768 /* entries of a round: 1.3 MB in all */

/* The smallest integer whose square is at least n. */
static uint64_t
root(uint64_t n)
{
    uint64_t low = 1, high = UINT64_C(1) << 32;

    while (low < high)
    {
        const uint64_t middle = low + (high - low) / 2;

        if (middle >= n / middle + (n % middle != 0))
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

void
ss_permutation_init_keyed(ss_permutation *p, const unsigned char *key, uint64_t n)
{
    *p = (ss_permutation){.key = key, .n = n, .a = root(n)};
    p->b = n / p->a + (n % p->a != 0);
}

void
ss_permutation_init(ss_permutation *p, const unsigned char seed[SS_SEED_BYTES], const char *name,
                    uint64_t n)
{
    crypto_generichash_state state;
    static const unsigned char use[] = "permutation";

    ss_permutation_init_keyed(p, NULL, n);
    (void) crypto_generichash_init(&state, seed, SS_SEED_BYTES, sizeof p->own);
    (void) crypto_generichash_update(&state, use, sizeof use);
    (void) crypto_generichash_update(&state, (const unsigned char *) name, strlen(name));
    (void) crypto_generichash_final(&state, p->own, sizeof p->own);
}

static uint64_t
round_of(const ss_permutation *p, unsigned round, uint64_t x)
{
    unsigned char in[9], out[8];
    uint64_t v = 0;

    in[0] = (unsigned char) round;
    for (int i = 0; i < 8; i++)
        in[i + 1] = (unsigned char) (x >> (8 * i));
    (void) crypto_shorthash(out, in, sizeof in, p->key != NULL ? p->key : p->own);
    for (int i = 7; i >= 0; i--)
        v = v << 8 | out[i];
    return v % (round % 2 == 0 ? p->a : p->b);
}

void
ss_permutation_tabulate(ss_permutation *p, ss_arena *arena)
{
    uint32_t *table;

    if (p->a > TABLE_MAX)
        return;
    table = ss_alloc(arena, ROUNDS * p->a, sizeof *table);
    for (unsigned i = 0; i < ROUNDS; i++)
    {
        /* the half that goes in is of the other size: b <= a */
        for (uint64_t x = 0; x < (i % 2 == 0 ? p->b : p->a); x++)
            table[i * p->a + x] = (uint32_t) round_of(p, i, x);
    }
    p->table = table;
}

static uint64_t
feistel(const ss_permutation *p, uint64_t x)
{
    uint64_t left = x % p->a, right = x / p->a;

    for (unsigned i = 0; i < ROUNDS; i++)
    {
        const uint64_t size = i % 2 == 0 ? p->a : p->b;
        uint64_t next =
            left + (p->table != NULL ? p->table[i * p->a + right] : round_of(p, i, right));

        next -= next >= size ? size : 0;
        left = right;
        right = next;
    }
    return p->a * right + left;
}

/* x may be anything below a * b: what is beyond n walks on. */
uint64_t
ss_permute(const ss_permutation *p, uint64_t x)
{
    do
        x = feistel(p, x);
    while (x >= p->n);
    return x;
}

#define AT_ONCE 32

/* As feistel(), round by round over all of them. */
static void
look_up(const ss_permutation *p, uint64_t *x, size_t n)
{
    uint64_t left[AT_ONCE], right[AT_ONCE];

    for (size_t k = 0; k < n; k++)
    {
        right[k] = x[k] / p->a;
        left[k] = x[k] - right[k] * p->a;
    }
    for (unsigned i = 0; i < ROUNDS; i++)
    {
        const uint64_t size = i % 2 == 0 ? p->a : p->b;
        const uint32_t *table = p->table + i * p->a;

        for (size_t k = 0; k < n; k++)
        {
            uint64_t next = left[k] + table[right[k]];

            next -= next >= size ? size : 0;
            left[k] = right[k];
            right[k] = next;
        }
    }
    for (size_t k = 0; k < n; k++)
        x[k] = p->a * right[k] + left[k];
}

void
ss_permute_all(const ss_permutation *p, uint64_t *x, size_t many)
{
    for (size_t done = 0; done < many; done += AT_ONCE)
    {
        const size_t n = many - done < AT_ONCE ? many - done : AT_ONCE;

        if (p->table != NULL)
            look_up(p, x + done, n);
        for (size_t k = done; k < done + n; k++)
        {
            if (p->table == NULL || x[k] >= p->n)
                x[k] = ss_permute(p, x[k]);
        }
    }
}
