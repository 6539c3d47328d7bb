/*
 * Cells: exact counts of values, each with the people behind it.
 *
 * A cell counts its rows and keeps, for every way to people, a set of at most k keyed hashes of
 * subject keys: enough to say exactly whether k people stand behind it (design 5.7).  Integers
 * only; the result does not depend on the order of adding: a table of cells with more
 * than its bound of distinct numbers coarsens to the smallest power of two of units per cell that
 * fits, which is a property of the set of values.
 */
#ifndef SS_STATS_CELLS_H
#define SS_STATS_CELLS_H

#include "stats/cardinality.h"
#include "stats/people.h"

/*
 * Those who stand behind one number: for every way to people at most k keyed hashes.  With no way to
 * people the rows are the people.
 */
typedef struct ss_crowd ss_crowd;

ss_crowd *ss_crowd_new(size_t k, size_t npaths);
void ss_crowd_free(ss_crowd *crowd);

/* One row.  subjects: as of ss_counter_add(). */
void ss_crowd_add(ss_crowd *crowd, const uint64_t *subjects, uint64_t weight);

/* Those of another part of the rows too. */
void ss_crowd_merge(ss_crowd *into, const ss_crowd *from);

/* Is there a row at all? */
bool ss_crowd_any(const ss_crowd *crowd);

/*
 * Are they k (and k rows)?  may_be_empty: per path, or NULL; there it does not matter when nobody at all
 * stands on it, as long as k stand on another.
 */
bool ss_crowd_enough(const ss_crowd *crowd, const bool *may_be_empty);

typedef struct ss_counter ss_counter;

/* How a counter's keys are told apart. */
typedef enum ss_counter_kind
{
    SS_COUNTER_NUMBERS, /* coarsens when there are too many */
    SS_COUNTER_TEXTS,   /* overflows when there are too many */
} ss_counter_kind;

#define SS_COUNTER_TEXT_MAX 200 /* longer texts are no categories */

/* bound: most distinct cells; k: people; npaths: ways to people (0: rows count); may_be_empty: as above. */
ss_counter *ss_counter_new(ss_counter_kind kind, size_t bound, size_t k, size_t npaths,
                           const bool *may_be_empty);
void ss_counter_free(ss_counter *counter);

/* When there are too many to be told apart, keep a fair sample of so many of them (stats/cardinality.h).  Before the first row. */
void ss_counter_sample(ss_counter *counter, size_t values);

/* One row.  subjects: npaths keyed hashes; 0 is nobody on that path.  weight: SS_WHOLE at most. */
void ss_counter_add(ss_counter *counter, int64_t number, const uint64_t *subjects, uint64_t weight);
void ss_counter_add_text(ss_counter *counter, const char *text, size_t n, uint64_t hash,
                         const uint64_t *subjects, uint64_t weight);

/*
 * The rows of another part, counted by a counter that was made as this one: the result is that of one counter that all rows were
 * added to.
 */
void ss_counter_merge(ss_counter *into, const ss_counter *from);

/* More texts than the bound, or one too long: no categories. */
bool ss_counter_overflowed(const ss_counter *counter);

/* Bits that numbers were shifted by: each cell is 2^shift units wide. */
unsigned ss_counter_shift(const ss_counter *counter);

typedef struct ss_count
{
    int64_t number; /* lower edge of the cell */
    const char *text;
    size_t text_length;
    uint64_t count; /* rows */
    bool enough;    /* k people (and k rows) stand behind it */
    size_t slot;    /* the counter's own */
} ss_count;

/* All cells, ascending by number, then by text; *n how many.  malloc()ed; texts belong to the counter. */
ss_count *ss_counter_list(const ss_counter *counter, size_t *n);

/* The hashes of all cells' values, as ss_value_seen has them, ascending; *n how many.  malloc()ed. */
uint64_t *ss_counter_hashes(const ss_counter *counter, size_t *n);

/*
 * The values that are told in no cell: of all that were told apart those that fewer than k people have; else a fair sample of all
 * (*all_kinds).  *n how many, each standing for *scale.  malloc()ed; sets belong to the counter.
 */
ss_value_seen *ss_counter_rare(const ss_counter *counter, size_t *n, double *scale,
                               bool *all_kinds);

/*
 * Cells put together under other numbers, one for each; those whose count was set to 0 are left out.  Of people and rows it is what a
 * counter of these numbers would be.
 */
ss_counter *ss_counter_regroup(const ss_counter *counter, const ss_count *cells,
                               const int64_t *numbers, size_t n);

/* Do k people stand behind these cells together?  Cells whose count was set to 0 are left out. */
bool ss_counter_enough_together(const ss_counter *counter, const ss_count *cells, size_t n);

/* The last of these cells from which on half of k people, and as many rows, stand behind them; 0: not even behind all. */
size_t ss_counter_half_from(const ss_counter *counter, const ss_count *cells, size_t n);

#endif
