/*
 * Who must stand behind a number that is stored (design 5.7).
 *
 * Rows are not people: a thousand orders of one person are one.  For every way from a row to people (its own
 * key, the customer's, the clerk's) a set of at most k keyed hashes of subject keys says exactly whether k
 * different ones were seen; a sketch may say 11 for 9.  Integers only, and the answer depends neither on
 * the order of adding nor on how the rows were divided.
 */
#ifndef SS_STATS_PEOPLE_H
#define SS_STATS_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What one row counts for, in fractions of SS_WHOLE: less where its person has far more rows than others (fit/heavy.h).
 * Sums of 10^12 whole rows fit.
 */
#define SS_WHOLE (UINT64_C(1) << 24)

typedef struct ss_people
{
    size_t k;                 /* at least 1 */
    size_t npaths;            /* ways to people; 0: the rows are the people */
    const bool *may_be_empty; /* per path, or NULL: there it does not matter when nobody at all
                                 stands on it, as long as k stand on another */
} ss_people;

/* That share, of SS_WHOLE, of a weight. */
uint64_t ss_part_of(uint64_t weight, uint64_t share);

/* Weights as rows, rounded. */
uint64_t ss_whole_rows(uint64_t weight);

/* Rows as they are stored: to the nearest multiple of 5.  The least that is: k, rounded so. */
uint64_t ss_people_round(uint64_t rows);
uint64_t ss_people_least(uint64_t k);

/* One more in a set of one path, which holds k hashes, from the front, and then zeros; a hash of 0 is nobody. */
void ss_people_put(uint64_t *set, size_t k, uint64_t hash);

/* Those behind one row, npaths hashes of them, in sets: npaths x k. */
void ss_people_add(const ss_people *people, uint64_t *sets, const uint64_t *subjects);

/* sets: npaths x k.  Are they k on every path?  The smallest decides. */
bool ss_people_enough(const ss_people *people, const uint64_t *sets);

/* Are they k on every path, also on one that may be empty: nobody who comes later changes the answer. */
bool ss_people_full(const ss_people *people, const uint64_t *sets);

/*
 * Do k people, and k rows, stand behind the rows list[0 .. n - 1]; of subjects, npaths hashes a row; list NULL: the first n?
 * sets: room for npaths x k.
 */
bool ss_people_behind(const ss_people *people, const uint64_t *subjects, const uint32_t *list,
                      size_t n, uint64_t *sets);

#endif
