/*
 * What columns do together: those that the table's CHECKs name together.
 *
 * Independent columns break a rule over several of them in most rows.  So for each set of columns
 * that CHECKs connect, fit learns which are NULL together, with which categories, in which order
 * their numbers stand and how far apart, and which number is the sum or product of others.  Rows that
 * still break a rule are repaired by the server's verdict.  Patterns are counted and stored as all
 * cells are: with k people behind each.  Of columns that run as shape nothing is learnt here.
 */
#ifndef SS_FIT_JOINT_H
#define SS_FIT_JOINT_H

#include "fit/column.h"

typedef struct ss_fit_joint ss_fit_joint;

/* The sets of a table; columns: parallel to the table's, read or not.  Freed with ss_fit_joints_done(). */
ss_fit_joint *ss_fit_joints(const ss_catalog *catalog, const ss_table *table,
                            const ss_fit_column *columns, const ss_fit_who *who, ss_arena *arena,
                            size_t *n);
void ss_fit_joints_done(ss_fit_joint *joints, size_t n);

/* The rows of a batch; at[c]: where table column c is in it, or SS_NONE. */
void ss_fit_joints_add(ss_fit_joint *joints, size_t n, const ss_batch *batch, const size_t *at,
                       const ss_fit_behind *behind, const ss_hash_key *key);

/* The rows of another part of the table, of the same sets. */
void ss_fit_joints_merge(ss_fit_joint *into, const ss_fit_joint *from, size_t n);

/* What may be stored of them; *count may be fewer. */
void ss_fit_joints_finish(const ss_fit_joint *joints, size_t n, const ss_fit_terms *terms,
                          ss_arena *result, ss_joint **list, size_t *count);

#endif
