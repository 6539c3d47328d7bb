/*
 * Tokens on levels that get coarser: postcode with city and country, then city with country, then country.
 *
 * Every row is counted at the finest of its tokens that is listed.  They are told from the finest up: a token alone
 * where k people have it; a coarser one tells what all below it hide, where k people stand behind that together.  So no token less those
 * below it leaves anybody, or k (as stats/backoff.h has it for codes).
 */
#ifndef SS_STATS_LEVELS_H
#define SS_STATS_LEVELS_H

#include "base/arena.h"
#include "stats/tally.h"

/*
 * Rows that are told of each of n tokens, multiples of 5; 0: nothing.  Cells of the tally are tokens; parent: of each the next coarser
 * one, which comes before it; the first is all rows, its own parent.  by: room for n, of each the token that its rows are told at, or SS_LEVELS_NONE.
 */
#define SS_LEVELS_NONE UINT32_MAX

uint64_t *ss_levels_settle(const ss_tally *tally, const uint32_t *parent, uint32_t n, size_t k,
                           uint32_t *by, ss_arena *result);

#endif
