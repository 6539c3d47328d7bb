/*
 * What tables are about: people, what is theirs, what ails them, where they live.  From names and keys.
 */
#ifndef SS_CLASSIFY_ABOUT_H
#define SS_CLASSIFY_ABOUT_H

#include "catalog/catalog.h"
#include "catalog/words.h"

typedef struct ss_about /* one table */
{
    bool people;            /* its rows are people */
    bool given_name, birth; /* it has a column of given names, of dates of birth */
    bool
        theirs; /* a chain of keys, declared or by name, leads to people; rows that are people, too */
    bool health;              /* theirs, and about what ails them */
    bool place;               /* addresses, of whomever */
    bool bank;                /* accounts and cards */
    bool secrets;             /* tokens, keys, passwords */
    bool done;                /* theirs, and what they did: logs, visits, orders */
    ss_words table;           /* its name */
    const char *const *kinds; /* that its columns are named as, each once */
    size_t nkinds;
    const char *const *meanings; /* of its columns' words, each once */
    size_t nmeanings;
    bool folk;             /* three columns or more whose words are about people */
    bool sick;             /* two or more about bodies and what ails them */
    bool person_key;       /* one that is a person's key by its words */
    const ss_words *names; /* of each column */
    const ss_words
        *rest; /* the same without what all columns of the table begin with: of OXFNAME "fname" */
} ss_about;

/* Of every table of the catalog, in result. */
const ss_about *ss_classify_about(const ss_catalog *catalog, ss_arena *result);

#endif
