/*
 * Texts that match what a CHECK declares: LIKE 'https://%', ~ '^[A-Z]{2}\d{4}$'.
 *
 * A part of PostgreSQL's regular expressions is understood: literals, escapes of marks, \d \w \s and their
 * negations, classes, groups, alternatives, repetitions, anchors at the ends.  Anything else (look-ahead,
 * back references, word boundaries, letters beyond ASCII) is no pattern, and the column is made without
 * it.  The text comes from a database that may be hostile: its length, depth and work are bounded.
 *
 * No text is made that could be somebody's address: an @ is in none.  Numbers are random, and may exist.
 */
#ifndef SS_GENERATE_PATTERN_H
#define SS_GENERATE_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define SS_PATTERN_LENGTH 96 /* most characters of a text that is made */

typedef struct ss_text_pattern ss_text_pattern;

typedef struct ss_pattern_kind
{
    const char *text;
    bool like;          /* LIKE's form, not a regular expression */
    bool fold;          /* letters' case is not looked at */
    bool upper, lower;  /* which letters the texts may have at all; neither: both */
    size_t least, most; /* characters of a text that CHECKs want */
} ss_pattern_kind;

/*
 * NULL when it is none that is understood, and when none of its texts is of that case or has room.  Not all of
 * its texts need be of the lengths that CHECKs want.
 */
const ss_text_pattern *ss_pattern_parse(const ss_pattern_kind *kind, ss_arena *arena);

/* False when it says next to nothing of its texts ('\S', '^[a-z]+$'): what is learnt of a column says more. */
bool ss_pattern_says(const ss_text_pattern *p);

/* How many different texts ss_pattern_number() makes, all of the wanted lengths; at most 2^40. */
uint64_t ss_pattern_count(const ss_text_pattern *p);

/* A text by chance into out, which has room for SS_PATTERN_LENGTH bytes; returns its length. */
size_t ss_pattern_draw(const ss_text_pattern *p, uint64_t u, char *out);

/* The one of this number, below the count. */
size_t ss_pattern_number(const ss_text_pattern *p, uint64_t number, char *out);

#endif
