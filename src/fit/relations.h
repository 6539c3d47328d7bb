/*
 * Rows and their relatives: what a table's rows have to do with their parent's, their siblings' and their children's.
 *
 * A table's owner is the table that its rows hang on: by the first way to people, else by the first reference.  Of rows whose
 * whole family is in the samples it is known how many children they have and of which latent class they are
 * (stats/latent_class.h), by their columns and what their children are like.
 */
#ifndef SS_FIT_RELATIONS_H
#define SS_FIT_RELATIONS_H

#include "fit/distincts.h"
#include "fit/kept.h"
#include "fit/totals.h"
#include "model/variable.h"

/* Children of the rows of an owner, as far as whole families are in the samples. */
typedef struct ss_fit_families
{
    const ss_fit_kept *owner; /* NULL: too few, or none */
    size_t reference;         /* the child's, to the owner */
    const uint32_t *children; /* of each row of the owner's sample */
    const bool *usable;       /* the same: is its family whole? */
} ss_fit_families;

/* Of a table that refers to itself. */
typedef struct ss_fit_levels
{
    size_t reference;
    const uint16_t
        *of; /* of each row of the sample, in codes of SS_VARIABLE_LEVEL; NULL: it does not */
} ss_fit_levels;

typedef struct ss_fit_variables
{
    ss_variable *variables;
    size_t n;
    ss_coded_table rows; /* n columns, in the order of the sample */
    ss_people people;    /* who must stand behind what is told of them */
    uint64_t *who;
    ss_fit_families families;   /* that its rows are the children in */
    ss_fit_totals totals;       /* what its rows seem to hold of their children */
    ss_fit_distincts distincts; /* what seems to differ between siblings */
    ss_fit_levels levels;
    bool related; /* there are more than its own columns: rows of the sample alone have them */
} ss_fit_variables;

/*
 * kept: by table of the catalog, NULL where nothing is kept.  *variables: the same; what the model keeps of them lives in
 * result, all else in scratch.
 */
void ss_fit_relate(const ss_catalog *catalog, ss_fit_kept *const *kept, ss_arena *result,
                   ss_arena *scratch, ss_fit_variables ***variables);

#endif
