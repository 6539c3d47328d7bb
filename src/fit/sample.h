/*
 * A bounded sample of a table's rows: all rows of people chosen by the keyed hash of who they are.
 *
 * Whoever's hash lies below a limit is in it, in every table, so families are whole.  The limit halves
 * whenever the rows take more room than they may: at the end it is the largest power of two below which they fit, whatever
 * the order in which rows came and the parts in which they were read.  Rows that are nobody's are chosen
 * by what they hold.  A sample never leaves memory, and is wiped with its arena.
 */
#ifndef SS_FIT_SAMPLE_H
#define SS_FIT_SAMPLE_H

#include "base/order.h"
#include "fit/reading.h"
#include "stats/people.h"

/* Of so many parts of the people, by who % SS_SAMPLE_PARTS, the first so many judge and nothing is told from them until it is chosen. */
#define SS_SAMPLE_PARTS 20
#define SS_SAMPLE_HELD  3

typedef struct ss_sample
{
    size_t n, ncolumns, npaths;
    ss_batch_column
        *columns; /* of n rows; of a text at most SS_COUNTER_TEXT_MAX + 1 bytes, unless limited */
    uint64_t *subjects; /* n x npaths */
    uint64_t *weights;  /* n */
    uint64_t *who;      /* n: by which a row was chosen */
    uint64_t *row;      /* n: hash of all that it holds; rows are sorted by who, then row */
    unsigned
        limited; /* the rows of which it is one are themselves those of one person in 2^limited (fit/share.h) */
    unsigned halved; /* the sample holds who >> (64 - halved) == 0: one person in 2^halved */
} ss_sample;

typedef struct ss_sampler ss_sampler;

/*
 * reading: of which the columns are; most_rows and most_bytes: of the sample.  self: places in the batch of the key that makes
 * a row its own person, nself of them (a table of people); 0: the first path, or the row.
 */
ss_sampler *ss_sampler_new(const ss_fit_reading *reading, const size_t *self, size_t nself,
                           const ss_hash_key *key, size_t most_rows, size_t most_bytes);
void ss_sampler_free(ss_sampler *sampler);

/* Of a text at most so many bytes, 65,535 at most; 0: nothing of the column, which is NULL then.  Before the first row. */
void ss_sampler_limit(ss_sampler *sampler, size_t column, size_t bytes);

/* The rows of a batch. */
void ss_sampler_add(ss_sampler *sampler, const ss_fit_reading *reading);

/* Of the same table: from's rows join into's. */
void ss_sampler_merge(ss_sampler *into, const ss_sampler *from);

/* The rows in their order, in result; the sampler is empty then. */
ss_sample *ss_sampler_end(ss_sampler *sampler, ss_arena *result);

/*
 * Do k people stand behind n of its rows, which rows name?  sets: room for npaths x k.  Where there are no ways to people nobody is
 * asked for: then the rows are counted by whoever asks.
 */
bool ss_sample_enough(const ss_sample *sample, const ss_people *people, const ss_ranked *rows,
                      size_t n, uint64_t *sets);

#endif
