/*
 * Random numbers by place, not by order: the same (seed, stream, position) gives the same 64 bits
 * on any thread, machine and day.
 *
 * ChaCha20 (RFC 8439 with 64-bit nonce and counter, as libsodium's crypto_stream_chacha20) is keyed
 * by the run's secret seed; a stream's nonce is a keyed hash of its name and attempt; position p is
 * the p-th 64-bit word of its key stream, little-endian.
 */
#ifndef SS_RAND_STREAM_H
#define SS_RAND_STREAM_H

#include <stddef.h>
#include <stdint.h>

#define SS_SEED_BYTES 32

typedef struct ss_stream
{
    unsigned char key[SS_SEED_BYTES];
    unsigned char nonce[8];
} ss_stream;

/* The stream of this name and attempt under seed. */
void ss_stream_init(ss_stream *stream, const unsigned char seed[SS_SEED_BYTES], const char *name,
                    uint32_t attempt);

/* out[i] = word first + i, for i < n. */
void ss_stream_words(const ss_stream *stream, uint64_t first, size_t n, uint64_t *out);

/* One word. */
uint64_t ss_stream_word(const ss_stream *stream, uint64_t position);

/* floor(u * n / 2^64): an integer below n, n > 0. */
uint64_t ss_below(uint64_t u, uint64_t n);

/* The next of a sequence of words that one word unfolds into (splitmix64). */
uint64_t ss_unfold(uint64_t *state);

#endif
