/*
 * A subset: the rows of the people chosen, and what those rows need, found in one snapshot of the source.
 *
 * The keys and references of every table that is not copied whole are read once, as numbers (scan.c), and lie in a file
 * without a name (members.c).  Who is chosen is decided by a key, the same people every night (chosen.c), who never is by a file
 * (leave_out.c).  What follows from it
 * is worked out there, without the server (close.c): who is left out, and all that must go with them; what the people chosen
 * own; what those rows refer to, and so on.  So the subset is complete by its references whatever their shape is.
 */
#ifndef SS_SUBSET_SUBSET_H
#define SS_SUBSET_SUBSET_H

#include <sandseed/watch.h>

#include "pg/snapshot.h"
#include "policy/subset.h"
#include "rows/row_choice.h"
#include "secret/key_room.h"

typedef struct ss_subset ss_subset;

typedef struct ss_subset_options
{
    ss_snapshot *snapshot;
    ss_key_room *keys;
    const char *folder; /* of the run, for a file that goes with it */
    size_t jobs;        /* at least 1 */
    const ss_watch *watch;
} ss_subset_options;

/*
 * Of a plan that has one.  SS_EREFUSED when nobody is chosen, SS_EMEND when the file of those to be left out is not as it
 * should be or the source refuses the condition.
 */
ss_code ss_subset_choose(const ss_plan *plan, const ss_subset_options *options, ss_arena *arena,
                         ss_subset **subset, ss_error *err);

/* The rows of a table, a partition's too, that has rows; NULL: all of them. */
const ss_row_choice *ss_subset_rows(const ss_subset *subset, size_t table);

typedef struct ss_subset_counts /* of a table, with its partitions */
{
    uint64_t source;   /* rows at the source */
    uint64_t taken;    /* of them in the subset */
    uint64_t needed;   /* of those, that are there because others refer to them */
    uint64_t left_out; /* belong to those who are to be left out, or must refer to what does */
    uint64_t cut;      /* taken with a reference less, to a row that is not taken */
} ss_subset_counts;

/* Of a table that is no partition; false: it is taken whole, unread. */
bool ss_subset_count(const ss_subset *subset, size_t table, ss_subset_counts *counts);

/* Lines of the file of those to be left out, and how many of them are nobody of the source. */
void ss_subset_asked(const ss_subset *subset, size_t *lines, size_t *unknown);

/*
 * Would the source take the condition of where:?  SS_EMEND when it does not; the snapshot's own connection asks, and no row
 * is read.
 */
ss_code ss_subset_try_condition(const ss_plan *plan, ss_snapshot *snapshot, ss_arena *scratch,
                                ss_error *err);

/* A keyed digest of the file of those to be left out, in arena; NULL: the policy names none. */
ss_code ss_subset_digest(const ss_plan *plan, ss_key_room *keys, ss_arena *arena,
                         const char **digest, ss_error *err);

#endif
