#include "rand/permutation.h"

#include <string.h>

#include <sodium.h>

#define ROUNDS 10

void
ss_permutation_init(ss_permutation *p, const unsigned char seed[SS_SEED_BYTES], const char *name,
                    uint64_t n)
{
    crypto_generichash_state state;
    static const unsigned char use[] = "permutation";

    (void) crypto_generichash_init(&state, seed, SS_SEED_BYTES, sizeof p->key);
    (void) crypto_generichash_update(&state, use, sizeof use);
    (void) crypto_generichash_update(&state, (const unsigned char *) name, strlen(name));
    (void) crypto_generichash_final(&state, p->key, sizeof p->key);
    p->n = n;
    p->half = 1;
    while (p->half < 31 && (UINT64_C(1) << (2 * p->half)) < n)
        p->half++;
}

static uint64_t
round_of(const ss_permutation *p, unsigned round, uint64_t x)
{
    unsigned char in[9], out[8];
    uint64_t v = 0;

    in[0] = (unsigned char) round;
    for (int i = 0; i < 8; i++)
        in[i + 1] = (unsigned char) (x >> (8 * i));
    (void) crypto_shorthash(out, in, sizeof in, p->key);
    for (int i = 7; i >= 0; i--)
        v = v << 8 | out[i];
    return v;
}

static uint64_t
feistel(const ss_permutation *p, uint64_t x)
{
    const uint64_t mask = (UINT64_C(1) << p->half) - 1;
    uint64_t left = x >> p->half, right = x & mask;

    for (unsigned i = 0; i < ROUNDS; i++)
    {
        const uint64_t next = left ^ (round_of(p, i, right) & mask);

        left = right;
        right = next;
    }
    return left << p->half | right;
}

uint64_t
ss_permute(const ss_permutation *p, uint64_t x)
{
    do
        x = feistel(p, x);
    while (x >= p->n);
    return x;
}
