/*
 * Rows in a random order: where a row stands in the sandbox must not tell when it came in.
 *
 * Every row goes to a bucket that a random number chooses; each bucket is shuffled by itself when all rows are there, and
 * the buckets come one after the other: so any order of all rows is as likely.  Buckets that do not fit into memory are
 * kept in a file without a name, in pieces; the memory used does not grow with the rows.  What is kept there is what goes
 * into the sandbox: nothing is read back by anybody else.
 */
#ifndef SS_ROWS_SHUFFLE_H
#define SS_ROWS_SHUFFLE_H

#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"

typedef struct ss_shuffle_options
{
    const char *folder; /* of the file, should it be needed */
    uint64_t bytes;     /* about how many there will be */
    /* The next n uniform words of a sequence that nobody can guess. */
    void (*words)(void *arg, size_t n, uint64_t *out);
    void *arg;
} ss_shuffle_options;

typedef struct ss_shuffle ss_shuffle;

/* Freed, and its file gone, with arena. */
ss_shuffle *ss_shuffle_new(ss_arena *arena, const ss_shuffle_options *options);

/* One row of n bytes, 1 to 2^32 - 1.  SS_ERETRY when there is no room in memory or in the folder. */
ss_code ss_shuffle_add(ss_shuffle *shuffle, const void *row, size_t n, ss_error *err);

/* All rows, in their new order. */
ss_code ss_shuffle_drain(ss_shuffle *shuffle,
                         ss_code (*put)(void *arg, const void *row, size_t n, ss_error *err),
                         void *arg, ss_error *err);

#endif
