/*
 * Which rows are read where the policy limits them (learn_rows:): those of one person in 2^n.
 *
 * The source's server chooses them, by a hash of the key that people are told apart by, under a seed of the run: so nothing
 * else is sent, families are whole, and the same rows are chosen whatever their order.  All tables that lead to people have
 * one share, of the same people; each of the others has its own, by the keys of its parents or its own.
 */
#ifndef SS_FIT_SHARE_H
#define SS_FIT_SHARE_H

#include "policy/ways.h"
#include "secret/hash.h"

typedef struct ss_fit_share
{
    unsigned halved; /* one person in 2^halved; 0: all rows */
    int64_t seed;
} ss_fit_share;

/* Of every table of the catalog, by estimates of how many rows they have. */
ss_fit_share *ss_fit_shares(const ss_plan *plan, const ss_hash_key *key, ss_arena *arena);

/*
 * What a row of the table must fulfil; NULL: nothing.  For statements in which the table has that alias, and the first of its
 * routes is joined to it before the others (policy/ways.h).
 */
const char *ss_fit_share_where(const ss_fit_share *share, const ss_plan *plan, size_t table,
                               const char *alias, ss_arena *arena);

/* The rows that are read, of a limited table or any other, for statements of one's own: FROM the table, joins, WHERE where. */
typedef struct ss_fit_shared
{
    const char *joins, *where;
} ss_fit_shared;

/* shares: of every table of the catalog. */
ss_fit_shared ss_fit_share_rows(const ss_fit_share *shares, const ss_plan *plan, size_t table,
                                const char *alias, ss_arena *arena);

#endif
