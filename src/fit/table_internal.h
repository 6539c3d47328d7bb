/* A table that is learnt (table.c), and scans of its rows (scan.c). */
#ifndef SS_FIT_TABLE_INTERNAL_H
#define SS_FIT_TABLE_INTERNAL_H

#include <stdatomic.h>

#include "fit/joint.h"
#include "fit/mappings.h"
#include "fit/rules.h"
#include "fit/sample.h"
#include "fit/table.h"

/* What is counted of a table's rows: of all, or of those that one worker read, until scans are merged. */
typedef struct ss_fit_scan
{
    ss_fit_column *columns; /* parallel to the table's */
    ss_fit_joint *joints;   /* sets of columns that CHECKs connect */
    size_t njoints;
    ss_crowd *learners;    /* are its people as many as it takes to learn from? */
    ss_crowd *people;      /* are they k? */
    uint64_t rows;         /* weights */
    uint64_t nobody;       /* of rows that no way leads from to anybody */
    size_t aside;          /* ways on which people are set aside */
    ss_sampler *sampler;   /* NULL: there is nothing to be read */
    ss_sampler *documents; /* longer texts of fewer rows; NULL: no column is to be looked at so */
    size_t *at;            /* of each column: its place in a batch and the sample, or SS_NONE */
} ss_fit_scan;

/* A scan of another worker than the table's own. */
typedef struct ss_fit_part
{
    ss_fit_scan scan;
    ss_arena *arena; /* in which it lives, and the part itself */
    struct ss_fit_part *next;
} ss_fit_part;

/* One table being learnt. */
struct ss_fit_table
{
    const ss_fit_job *job;
    ss_arena *arena;       /* its own */
    ss_arena *result;      /* for what the model keeps of it, without the lock */
    const ss_table *table; /* a root or an ordinary table */
    size_t index;
    const ss_table_plan *plan;
    ss_fit_scan scan;       /* of all rows, at the end */
    ss_fit_column *columns; /* the scan's */
    bool *wanted;  /* parallel to the table's columns: does learning the column need its values? */
    ss_ways paths; /* to people, or to parents that stand for them; none: rows count */
    const ss_fit_chain **
        chains; /* of each path: what leads from its keys, which are the table's own, to people; NULL: the server joins */
    const ss_fit_share *share;
    const char *where; /* which rows are read; NULL: all */
    ss_fit_who who;
    ss_heavy *
        *heavy; /* of each path: who has more rows than others; NULL of those that lead to nobody */
    ss_fit_range *ranges; /* all rows */
    size_t nranges;
    atomic_size_t next; /* of ranges: the first that nobody has begun to read */
    ss_fit_part *parts; /* under the job's lock */
    ss_fit_terms terms;
    ss_fit_kept *kept;
    ss_fit_rules *rules;
    ss_fit_mappings *mappings;
    double scanning, asking, settling; /* seconds */
    const ss_reference *references;
    size_t nreferences;
};

/* Lives in arena, until ss_fit_scan_done(). */
void ss_fit_scan_init(ss_fit_scan *scan, const ss_fit_table *table, ss_arena *arena);
void ss_fit_scan_done(ss_fit_scan *scan, const ss_fit_table *table);

/* Ranges that nobody has begun to read, as long as there are any. */
ss_code ss_fit_scan_ranges(ss_fit_scan *scan, ss_fit_table *table, ss_pg *pg, ss_arena *arena,
                           ss_error *err);
void ss_fit_scan_merge(ss_fit_scan *into, const ss_fit_scan *from, const ss_fit_table *table);

#endif
