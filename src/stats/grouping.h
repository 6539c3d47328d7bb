/*
 * Grouping: tables of counts are joined two by two, those first whose union loses least (Ward 1963, JASA 58(301), with
 * the log-likelihood in place of the variance), or those that have too few people.
 *
 * A table has a line per code of each of some columns, and the same rows in every column.
 */
#ifndef SS_STATS_GROUPING_H
#define SS_STATS_GROUPING_H

#include "base/arena.h"
#include "stats/people.h"

typedef struct ss_grouping
{
    uint32_t n, nlines;
    size_t ncolumns;
    double **counts; /* n x nlines */
    double *rows;    /* n */
    uint32_t *of;    /* of each table that there was at first: the one that it is in */

    /* Working space. */
    uint32_t nfirst;
    double **entropy; /* n x nlines */
    ss_people least;
    size_t *members;
    uint64_t *sets; /* n x npaths x k */
} ss_grouping;

/* n tables of nothing, to be filled, of which each should have least->k people; they live in result. */
ss_grouping *ss_grouping_new(uint32_t n, uint32_t nlines, size_t ncolumns, const ss_people *least,
                             ss_arena *result);

/* A row of table a has these people. */
void ss_grouping_add_member(ss_grouping *grouping, uint32_t a, const uint64_t *subjects);

/* Tables without people enough, the smallest first, join those that they lose least with.  Were there any? */
bool ss_grouping_join_small(ss_grouping *grouping);

/* Those that lose least are joined until there are n. */
void ss_grouping_join_to(ss_grouping *grouping, uint32_t n);

/*
 * Join all.  above: 2 n - 1; the first n nodes are the tables, each that is behind is what two were joined to, whose
 * number theirs is then; the last is all of them, and its own.  Leaves one table.
 */
void ss_grouping_tree(ss_grouping *grouping, uint32_t *above);

#endif
