/*
 * What tables are about: people, what is theirs, what ails them, where they live.  From names and keys.
 */
#ifndef SS_CLASSIFY_ABOUT_H
#define SS_CLASSIFY_ABOUT_H

#include "catalog/catalog.h"
#include "classify/words.h"

typedef struct ss_about /* one table */
{
    bool people; /* its rows are people */
    bool
        theirs; /* a chain of keys, declared or by name, leads to people; rows that are people, too */
    bool health;           /* theirs, and about what ails them */
    bool place;            /* addresses, of whomever */
    bool done;             /* theirs, and what they did: logs, visits, orders */
    const ss_words *names; /* of each column */
    const ss_words
        *rest; /* the same without what all columns of the table begin with: of OXFNAME "fname" */
} ss_about;

/* Of every table of the catalog, in result. */
const ss_about *ss_classify_about(const ss_catalog *catalog, ss_arena *result);

/* user_id, userid, fk_user, customer_no, created by a user: does a column of that name lead to people, declared or not? */
bool ss_about_leads_to_people(const ss_words *name);

#endif
