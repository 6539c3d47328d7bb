/*
 * Which rows of which tables a subset: of the policy takes, said without a row: what the tables are to the people chosen,
 * and by which references one row brings another (docs/policy.md, subset).
 *
 *     CHOSEN   the table of the people that are chosen
 *     OWNED    rows of people who are chosen, by the table's ways to them; where everybody is but those who are left out, all
 *              rows but theirs, nobody's too
 *     NEEDED   rows of other people, or of those who refer to them: those that a row of the subset refers to, and no others
 *     REST     rows of nobody: those all of whose references are there, and those that others refer to
 *     ALL      every row
 *
 * A row of any of them brings the rows that it refers to.
 */
#ifndef SS_POLICY_SUBSET_H
#define SS_POLICY_SUBSET_H

#include "policy/policy.h"

#define SS_SUBSET_EDGES_MAX 64 /* of a table: a bit each in a word */

typedef enum ss_subset_part
{
    SS_SUBSET_ALL,
    SS_SUBSET_REST,
    SS_SUBSET_NEEDED,
    SS_SUBSET_OWNED,
    SS_SUBSET_CHOSEN,
} ss_subset_part;

typedef struct ss_subset_key /* columns that a reference leads to: indices into the table's */
{
    const size_t *columns;
    size_t n;
} ss_subset_key;

typedef struct ss_subset_edge /* from a table to one that is not ALL */
{
    const ss_reference *reference;
    size_t key; /* of the parent's keys */
    bool own;   /* it leads to the people chosen: the row is theirs */
    bool
        brings; /* a foreign key that the sandbox has, too: a row brings the row that it refers to */
    const size_t
        *cut; /* columns that become NULL where that one is left out; none: so is the row */
    size_t ncut;
} ss_subset_edge;

typedef struct ss_subset_table
{
    ss_subset_part part;
    ss_subset_key *keys;
    size_t nkeys;
    ss_subset_edge *edges;
    size_t nedges;
} ss_subset_table;

typedef struct ss_subset_plan
{
    const ss_policy_subset *policy;
    bool everybody;                /* nobody is chosen: all are there but those who are left out */
    size_t of;                     /* table */
    const ss_key *identity;        /* its primary key */
    const ss_subset_table *tables; /* parallel to the catalog's; of partitions their roots' count */
} ss_subset_plan;

/* The part of a table, a partition's too. */
const ss_subset_table *ss_subset_table_of(const ss_subset_plan *plan, const ss_catalog *catalog,
                                          const ss_table *table);

#endif
