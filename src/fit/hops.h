/*
 * From a key to whom it leads: what a row of a parent holds in the columns by which it belongs to somebody.
 *
 * The rows of a large table would each be joined to their parents, by the source's server, in every reading.  Instead
 * the parents' keys are read once, into a table on our side from keyed hash to keyed hash; its memory is a file without a
 * name.  Only where equal keys have equal bytes, and where the parents are not the larger table; the server joins the rest.
 */
#ifndef SS_FIT_HOPS_H
#define SS_FIT_HOPS_H

#include "base/spill.h"
#include "pg/pg.h"
#include "policy/policy.h"
#include "secret/hash.h"

struct ss_fit_source;

/* 64-bit numbers by 64-bit hashes, in the memory of a spill. */
typedef struct ss_fit_numbers
{
    ss_spill *spill;
    uint64_t (*slots)[2]; /* key, number; key 0: empty */
    size_t capacity, n;
} ss_fit_numbers;

/* There will be about so many keys: room for them at once. */
ss_code ss_fit_numbers_expect(ss_fit_numbers *numbers, double keys, ss_error *err);
/* The number of key, which is not 0; 0 at first.  Valid until the next call. */
ss_code ss_fit_numbers_at(ss_fit_numbers *numbers, uint64_t key, uint64_t **number, ss_error *err);
/* 0: none. */
uint64_t ss_fit_numbers_get(const ss_fit_numbers *numbers, uint64_t key);

typedef struct ss_fit_hop
{
    size_t table;    /* of the parents: a root or an ordinary table */
    size_t leads_to; /* the table that next refers to */
    size_t nkey, nnext;
    const size_t *key, *next; /* its columns */
    ss_fit_numbers numbers;
    bool counts;         /* also how many rows belong to each of whom they lead to: */
    ss_fit_numbers rows; /* by their keys */
} ss_fit_hop;

typedef struct ss_fit_chain /* the tables on a route, in their order */
{
    const ss_route *route;
    const ss_fit_hop **list;
    size_t n;
} ss_fit_chain;

typedef struct ss_fit_hops
{
    const ss_catalog *catalog;
    const char *folder; /* for spills */
    ss_spill *spill;
    ss_arena *arena;
    ss_fit_hop **list;
    size_t n, capacity;
} ss_fit_hops;

/* Rows that a root or an ordinary table is thought to have, in all of its partitions. */
double ss_fit_rows_of(const ss_catalog *catalog, size_t root);

ss_fit_hops *ss_fit_hops_new(const ss_catalog *catalog, const char *folder, ss_arena *arena);

/*
 * How to follow a route of the table, from the first reference's columns; NULL: there is nothing to follow, or the server
 * joins.  The chain lives in arena, the route elsewhere; what it needs is added to hops the first time, by one thread.
 */
const ss_fit_chain *ss_fit_hops_chain(ss_fit_hops *hops, size_t table, const ss_route *route,
                                      ss_arena *arena);

/*
 * Let the rows of a table whose keys are read for others be counted with them, by whom they belong to by this route of its own;
 * false: its keys are not read, or others than these.  When all chains are there, by one thread.
 */
bool ss_fit_hops_count(const ss_fit_hops *hops, size_t table, const ss_route *route);

/* What was counted so, once the hops are read; NULL: nothing. */
const ss_fit_numbers *ss_fit_hops_counted(const ss_fit_hops *hops, size_t table,
                                          const ss_route *route);

/* Read hop n of hops, once. */
ss_code ss_fit_hops_read(const ss_fit_hops *hops, size_t n, const struct ss_fit_source *source,
                         ss_pg *pg, ss_error *err);

/* It is soon asked for: let its place be fetched. */
void ss_fit_chain_prepare(const ss_fit_chain *chain, uint64_t key);

/* Whom a key leads to; 0: nobody. */
uint64_t ss_fit_chain_follow(const ss_fit_chain *chain, uint64_t key);

#endif
