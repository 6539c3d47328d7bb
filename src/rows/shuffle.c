#include "rows/shuffle.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/nameless.h"
#include "base/try.h"
#include "rand/stream.h"

#define BUCKET_BYTES (UINT64_C(4) << 20) /* of a bucket, unless that made too many */
#define BUCKETS_MAX  4096
#define GATHERED     ((size_t) 8 << 20) /* of all buckets, before they are written: at least */
#define PIECE_MIN    4096
#define WORDS        512

typedef struct piece /* of a bucket, in the file */
{
    uint64_t at;
    uint32_t n;
} piece;

typedef struct bucket
{
    ss_buf rows; /* each behind its length */
    piece *pieces;
    size_t npieces, capacity;
    uint64_t bytes; /* in the file */
} bucket;

struct ss_shuffle
{
    ss_shuffle_options o;
    bucket *buckets;
    size_t n;
    size_t most; /* of a bucket in memory */
    ss_nameless *file;
    uint64_t words[WORDS];
    size_t left; /* of them */
    ss_buf whole;
    size_t *offsets;
    size_t noffsets;
};

static void
done(void *arg)
{
    ss_shuffle *s = arg;

    for (size_t i = 0; i < s->n; i++)
    {
        ss_buf_done(&s->buckets[i].rows);
        free(s->buckets[i].pieces);
    }
    ss_buf_done(&s->whole);
    free(s->offsets);
}

ss_shuffle *
ss_shuffle_new(ss_arena *arena, const ss_shuffle_options *options)
{
    ss_shuffle *s = ss_alloc(arena, 1, sizeof *s);
    const uint64_t wanted = options->bytes / BUCKET_BYTES + 1;

    s->o = *options;
    s->n = wanted > BUCKETS_MAX ? BUCKETS_MAX : (size_t) wanted;
    s->buckets = ss_alloc(arena, s->n, sizeof *s->buckets);
    s->most = GATHERED / s->n > PIECE_MIN ? GATHERED / s->n : PIECE_MIN;
    /* Of a large table, where its pieces are would take more memory than what is gathered. */
    while (s->most * s->n < options->bytes / s->most * sizeof(piece))
        s->most *= 2;
    s->file = ss_nameless_new(arena, options->folder,
                              "Rows are put in a random order there: it needs as much room as the "
                              "tables that are copied at once.");
    ss_arena_defer(arena, done, s);
    return s;
}

static uint64_t
word(ss_shuffle *s)
{
    if (s->left == 0)
    {
        s->o.words(s->o.arg, WORDS, s->words);
        s->left = WORDS;
    }
    return s->words[--s->left];
}

/* --- in ------------------------------------------------------------------------------------------- */

static ss_code
put_away(ss_shuffle *s, bucket *b, ss_error *err)
{
    if (b->npieces == b->capacity)
    {
        b->capacity = b->capacity == 0 ? 16 : 2 * b->capacity;
        b->pieces = realloc(b->pieces, b->capacity * sizeof *b->pieces);
        if (b->pieces == NULL)
            ss_out_of_memory();
    }
    b->pieces[b->npieces++] = (piece){.at = ss_nameless_end(s->file), .n = (uint32_t) b->rows.len};
    b->bytes += b->rows.len;
    SS_TRY(ss_nameless_append(s->file, b->rows.data, b->rows.len, err));
    ss_buf_clear(&b->rows);
    return SS_OK;
}

ss_code
ss_shuffle_add(ss_shuffle *s, const void *row, size_t n, ss_error *err)
{
    bucket *b = &s->buckets[s->n == 1 ? 0 : ss_below(word(s), s->n)];
    const uint32_t length = (uint32_t) n;

    if (n > UINT32_MAX - sizeof length)
        return ss_fail(err, SS_EMEND, "a row of %zu bytes is too long", n);
    if (b->rows.len > 0 && b->rows.len + n > s->most)
        SS_TRY(put_away(s, b, err));
    if (!ss_buf_fits(&b->rows, n + sizeof length) &&
        !ss_buf_try_reserve(&b->rows, n + sizeof length))
        return ss_fail(err, SS_ERETRY, "not enough memory for a row of %zu bytes", n);
    ss_buf_append(&b->rows, &length, sizeof length);
    ss_buf_append(&b->rows, row, n);
    if (b->rows.len <= s->most)
        return SS_OK;
    /* A row this large does not wait in memory, or there would be one of each bucket. */
    SS_TRY(put_away(s, b, err));
    ss_buf_done(&b->rows);
    return SS_OK;
}

/* --- out ------------------------------------------------------------------------------------------ */

static ss_code
read_piece(ss_shuffle *s, const piece *p, ss_error *err)
{
    SS_TRY(ss_nameless_read(s->file, p->at, s->whole.data + s->whole.len, p->n, err));
    s->whole.len += p->n;
    return SS_OK;
}

/* All rows of the bucket, in s->whole; what it held in memory is freed. */
static ss_code
gather(ss_shuffle *s, bucket *b, ss_error *err)
{
    ss_buf_clear(&s->whole);
    if (!ss_buf_try_reserve(&s->whole, b->bytes + b->rows.len))
        return ss_fail(err, SS_ERETRY, "not enough memory for rows of %zu bytes",
                       (size_t) b->bytes + b->rows.len);
    for (size_t i = 0; i < b->npieces; i++)
        SS_TRY(read_piece(s, &b->pieces[i], err));
    ss_buf_append(&s->whole, b->rows.data, b->rows.len);
    ss_buf_done(&b->rows);
    return SS_OK;
}

static uint32_t
length_at(const ss_shuffle *s, size_t at)
{
    uint32_t n;

    memcpy(&n, s->whole.data + at, sizeof n);
    return n;
}

/* Where its rows begin, shuffled by Fisher and Yates; returns how many. */
static size_t
shuffle_offsets(ss_shuffle *s)
{
    size_t n = 0;

    for (size_t at = 0; at < s->whole.len; at += sizeof(uint32_t) + length_at(s, at))
    {
        if (n == s->noffsets)
        {
            s->noffsets = s->noffsets == 0 ? 65536 : 2 * s->noffsets;
            s->offsets = realloc(s->offsets, s->noffsets * sizeof *s->offsets);
            if (s->offsets == NULL)
                ss_out_of_memory();
        }
        s->offsets[n++] = at;
    }
    for (size_t i = n; i > 1; i--)
    {
        const size_t other = (size_t) ss_below(word(s), i), held = s->offsets[i - 1];

        s->offsets[i - 1] = s->offsets[other];
        s->offsets[other] = held;
    }
    return n;
}

ss_code
ss_shuffle_drain(ss_shuffle *s, ss_code (*put)(void *arg, const void *row, size_t n, ss_error *err),
                 void *arg, ss_error *err)
{
    for (size_t i = 0; i < s->n; i++)
    {
        size_t n;

        SS_TRY(gather(s, &s->buckets[i], err));
        n = shuffle_offsets(s);
        for (size_t k = 0; k < n; k++)
            SS_TRY(put(arg, s->whole.data + s->offsets[k] + sizeof(uint32_t),
                       length_at(s, s->offsets[k]), err));
    }
    return SS_OK;
}
