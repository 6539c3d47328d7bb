/*
 * Rows in an order of what is in them: where a row stands tells no more than that.
 *
 * An external merge sort (Knuth, The Art of Computer Programming, volume 3, 5.4): rows are gathered in memory, sorted, and
 * written in runs to a file without a name, which are merged when all rows are there, in more than one pass where they are
 * many; the memory used does not grow with the rows.  What is kept there is what goes into the sandbox.
 */
#ifndef SS_ROWS_SORTER_H
#define SS_ROWS_SORTER_H

#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"

typedef struct ss_sorter ss_sorter;

#define SS_SORT_RUN ((size_t) 4 << 20) /* bytes of rows that are sorted in memory, usually */

/* folder: of the file, should it be needed; run_bytes: of a run.  Freed, and its file gone, with arena. */
ss_sorter *ss_sorter_new(ss_arena *arena, const char *folder, size_t run_bytes);

/* What a row is sorted by, the first word before the second, and so on. */
#define SS_SORT_WORDS 3

typedef struct ss_sort_key
{
    uint64_t words[SS_SORT_WORDS];
} ss_sort_key;

/* One row of n bytes.  SS_ERETRY when there is no room in memory or in the folder. */
ss_code ss_sorter_add(ss_sorter *sorter, const ss_sort_key *key, const void *row, size_t n,
                      ss_error *err);

/* All rows, by key: where no two have the same one, the same order in whatever order they came. */
ss_code ss_sorter_drain(ss_sorter *sorter,
                        ss_code (*put)(void *arg, const void *row, size_t n, ss_error *err),
                        void *arg, ss_error *err);

#endif
