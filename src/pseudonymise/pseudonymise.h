/*
 * Rows of the source under other identities: pseudonymise tables, and the columns of kept ones that refer to them.
 *
 * ss_pseudonyms_plan() says, with no key and no row, what is put in place of every column, and what speaks against it;
 * ss_pseudonyms_open() takes the key; ss_pseudonyms_change() is what load changes a table's rows by.
 */
#ifndef SS_PSEUDONYMISE_PSEUDONYMISE_H
#define SS_PSEUDONYMISE_PSEUDONYMISE_H

#include "policy/policy.h"
#include "policy/write.h"
#include "pseudonymise/kind.h"
#include "rows/row_change.h"

typedef struct ss_pseudonyms ss_pseudonyms;

/*
 * Decide every column that the plan pseudonymises, or treats in a pseudonymise table; everything lives in result.  What
 * stops, or warns, is appended to the plan's findings.
 */
ss_pseudonyms *ss_pseudonyms_plan(ss_plan *plan, ss_arena *result);

/*
 * What classification proposes for a column of a pseudonymise table: where the default treatment of its class could not run,
 * since there is no kind of pseudonym for it, or a unique key stands on it, one that can is put in its place.
 */
void ss_pseudonyms_propose(const ss_catalog *catalog, const ss_table *table,
                           const ss_column *column, ss_proposal *proposal, ss_arena *scratch);

/* Of a document of which all paths are known, and whose own name tells nothing graver: path by path. */
void ss_pseudonyms_propose_paths(const ss_catalog *catalog, const ss_column *column,
                                 const ss_classified *classified, ss_proposal *proposal,
                                 ss_arena *result);

/*
 * And of all columns of the table, list being parallel to them: a date that a CHECK compares with a date of birth is made
 * coarser as that is, and one that would stay as another that it is compared with is, since nothing else keeps their order.
 */
void ss_pseudonyms_propose_alike(const ss_catalog *catalog, const ss_table *table,
                                 ss_proposal *list, ss_arena *result);

/* Make them with the keys of that room, which outlives them. */
void ss_pseudonyms_open(ss_pseudonyms *pseudonyms, ss_key_room *keys);

/* Does the plan need a key? */
bool ss_pseudonyms_need_key(const ss_pseudonyms *pseudonyms);

/* How the rows of a table, a partition's too, are changed; NULL: they are not. */
const ss_row_change *ss_pseudonyms_change(const ss_pseudonyms *pseudonyms, size_t table);

/* A condition of the schema that the plan's pseudonyms must meet, and of which only a server can tell. */
typedef struct ss_pseudonym_trial
{
    size_t table;
    const size_t *columns; /* of the table's, that it is about: all of them are changed */
    size_t ncolumns;
    const char *name;       /* of the CHECK; NULL: what the column's domain asks */
    const char *expression; /* of the CHECK */
} ss_pseudonym_trial;

const ss_pseudonym_trial *ss_pseudonyms_trials(const ss_pseudonyms *pseudonyms, size_t *n);

/* It does not hold: that is told. */
void ss_pseudonyms_trial_failed(ss_pseudonyms *pseudonyms, const ss_pseudonym_trial *trial);

/*
 * Texts such as the column of a trial will hold, made of no row and under a key of their own; in arena.  The first third is
 * made of texts in small letters, the second of texts in both, the last of texts in capitals.
 */
#define SS_EXAMPLES 60
ss_code ss_pseudonyms_examples(const ss_pseudonyms *pseudonyms, size_t table, size_t column,
                               ss_arena *arena, const char ***texts, ss_error *err);

/* The kind of a column, and what came of its values so far; NULL: it has none. */
const ss_kind *ss_pseudonyms_kind(const ss_pseudonyms *pseudonyms, size_t table, size_t column);
ss_kind_counts ss_pseudonyms_counts(const ss_pseudonyms *pseudonyms, size_t table, size_t column);

/* Likewise of one path of a document: of its decision's. */
ss_kind_counts ss_pseudonyms_path_counts(const ss_pseudonyms *pseudonyms, size_t table,
                                         size_t column, size_t path);

#endif
