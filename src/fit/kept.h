/*
 * What of a table's sample stays until its relatives are there: its rows in codes, whose they are, and by which keys
 * they belong together.
 */
#ifndef SS_FIT_KEPT_H
#define SS_FIT_KEPT_H

#include "catalog/references.h"
#include "fit/book.h"
#include "fit/mappings.h"
#include "fit/sample.h"
#include "policy/policy.h"

typedef struct ss_fit_kept
{
    size_t index; /* of the table */
    const ss_table *table;
    const ss_table_plan *plan;
    ss_people people;
    ss_fit_coder **coders; /* of n columns */
    ss_book **books;
    size_t *at; /* their places in a batch */
    size_t n;
    ss_coded_table rows;      /* n columns; in the order of the sample */
    uint64_t *who;            /* by which rows were chosen */
    unsigned halved, limited; /* as of the sample */
    uint64_t *key;            /* of the primary key, or NULL: there is none that is read */
    uint64_t **
        parent; /* of each reference: of the parent's primary key, 0 none; NULL: it is to another key */
    const ss_fit_column *columns; /* of the table */
    int64_t **
        units; /* by column of the table: of numbers and times that may be told of; NULL of others */
    bool **known;   /* the same: is there a unit? */
    int64_t *order; /* by which siblings follow each other: when, else the key */
    size_t when;    /* the column of the table that order is, when it is a time; else SS_NONE */
    const ss_reference *references;
    size_t nreferences;
} ss_fit_kept;

/* Are they all rows of the table? */
bool ss_fit_kept_is_all(const ss_fit_kept *k);

/*
 * columns: of the table, scanned, and what may be told of them; mappings: those that follow others are left to them; at: their places in the sample (SS_NONE: not in it).  NULL where there is no column to tell
 * of.  result holds the books, kept all else.
 */
ss_fit_kept *ss_fit_keep(const ss_catalog *catalog, size_t index, const ss_table_plan *plan,
                         const ss_fit_column *columns, const ss_marginal *marginals,
                         const ss_fit_mappings *mappings, const ss_sample *sample, const size_t *at,
                         const ss_hash_key *key, ss_arena *result, ss_arena *kept);

#endif
