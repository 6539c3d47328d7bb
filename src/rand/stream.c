#include "rand/stream.h"

#include <string.h>

#include <sodium.h>

#define BLOCK_WORDS 8 /* of 64 bits in one ChaCha20 block */

void
ss_stream_init(ss_stream *stream, const unsigned char seed[SS_SEED_BYTES], const char *name,
               uint32_t attempt)
{
    crypto_generichash_state state;
    const unsigned char number[4] = {(unsigned char) attempt, (unsigned char) (attempt >> 8),
                                     (unsigned char) (attempt >> 16),
                                     (unsigned char) (attempt >> 24)};
    unsigned char hash[16];

    memcpy(stream->key, seed, SS_SEED_BYTES);
    (void) crypto_generichash_init(&state, seed, SS_SEED_BYTES, sizeof hash);
    (void) crypto_generichash_update(&state, number, sizeof number);
    (void) crypto_generichash_update(&state, (const unsigned char *) name, strlen(name));
    (void) crypto_generichash_final(&state, hash, sizeof hash);
    memcpy(stream->nonce, hash, sizeof stream->nonce);
}

static uint64_t
little_endian(const unsigned char *b)
{
    uint64_t v = 0;

    for (int i = 7; i >= 0; i--)
        v = v << 8 | b[i];
    return v;
}

void
ss_stream_words(const ss_stream *stream, uint64_t first, size_t n, uint64_t *out)
{
    unsigned char bytes[64 * BLOCK_WORDS * 8];
    size_t done = 0;

    while (done < n)
    {
        const uint64_t position = first + done;
        const size_t skip = (size_t) (position % BLOCK_WORDS);
        size_t words = n - done + skip;

        if (words > sizeof bytes / 8)
            words = sizeof bytes / 8;
        memset(bytes, 0, words * 8);
        (void) crypto_stream_chacha20_xor_ic(bytes, bytes, words * 8, stream->nonce,
                                             position / BLOCK_WORDS, stream->key);
        for (size_t i = skip; i < words; i++)
            out[done++] = little_endian(bytes + i * 8);
    }
}

uint64_t
ss_stream_word(const ss_stream *stream, uint64_t position)
{
    uint64_t word;

    ss_stream_words(stream, position, 1, &word);
    return word;
}

uint64_t
ss_below(uint64_t u, uint64_t n)
{
    /* the high 64 bits of u * n, by halves */
    const uint64_t ul = u & 0xFFFFFFFF, uh = u >> 32, nl = n & 0xFFFFFFFF, nh = n >> 32;
    const uint64_t low = ul * nl, cross1 = uh * nl + (low >> 32),
                   cross2 = ul * nh + (cross1 & 0xFFFFFFFF);

    return uh * nh + (cross1 >> 32) + (cross2 >> 32);
}

uint64_t
ss_unfold(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}
