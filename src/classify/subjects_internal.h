/* Subjects and soft references share this: what is found of every table, and what tables are called (soft.c). */
#ifndef SS_CLASSIFY_SUBJECTS_INTERNAL_H
#define SS_CLASSIFY_SUBJECTS_INTERNAL_H

#include "base/map.h"
#include "catalog/references.h"
#include "classify/about.h"
#include "classify/subjects.h"

#define SS_CANDIDATES 3  /* parents that are looked at for one column */
#define SS_NAMESAKES  24 /* tables of one name that are thought of, and as many of one schema */
#define SS_CALLED     18 /* its name and its last word, each with what may be their singulars */

typedef enum ss_named_by
{
    SS_NAMED_BY_ROLE = 1, /* created_by: somebody */
    SS_NAMED_BY_PART = 2, /* request_id, of notification_request */
    SS_NAMED_BY_LAST = 3, /* billing_customer_id, of customer */
    SS_NAMED_BY_NAME = 4, /* customer_id, of app_customer */
    SS_NAMED_EXACT = 5,   /* of customer */
} ss_named_by;

typedef struct ss_candidate /* a reference that nobody declared */
{
    size_t column;
    size_t parent, key;
    ss_named_by strength;
    bool taken;
    const char *why;
} ss_candidate;

typedef struct ss_subject_edge /* a reference of a table, declared or taken for one */
{
    size_t parent;
    size_t column; /* by which the policy names it */
    bool doing;    /* created_by: who did something, not whose the row is */
    bool belongs;  /* user_id of a profile: the row is its parent's */
    const ss_candidate *soft;
} ss_subject_edge;

typedef struct ss_subject_node /* of one table */
{
    ss_candidate *candidates;
    size_t ncandidates;
    const ss_reference *declared;
    size_t ndeclared;
    ss_subject_edge *edges;
    size_t nedges;
    const char *
        *polymorphic; /* per column: what says which table it refers to; NULL for all: none */
    const char *names[SS_CALLED]; /* what it is called, as a key to it may name it */
    size_t nnames;
    bool people; /* may be a table of people */
    bool self;
    bool reaches; /* people, over who or what its rows belong to */
    size_t owner; /* the table of people that its own rows are of, or SS_NONE */
} ss_subject_node;

typedef struct ss_namesakes
{
    size_t tables[SS_NAMESAKES];
    size_t n;
} ss_namesakes;

typedef struct ss_subjects
{
    const ss_catalog *catalog;
    const ss_about *about;
    ss_words *names; /* of the tables */
    ss_subject_node *nodes;
    /* By name, and by name and schema ("appuser/public"). */
    ss_map *by_whole; /* "appuser": those of that name */
    ss_map *by_last;  /* "user": those whose last word it is */
    ss_map *by_key;   /* "customerno": those with a key of that name */
    ss_map *by_role;  /* "users": those of people who may have done something */
    size_t *people;   /* tables that may be of people */
    size_t npeople;
    ss_ask_inclusion *ask;
    void *arg;
    ss_arena *result;
} ss_subjects;

/* The words from `from` on and before `to`, without anything between. */
const char *ss_soft_join(const ss_words *words, size_t from, size_t to, ss_arena *result);

/* What is left of a key's name without the words that say that it is one: "fk_user", "user_id", "userid" -> user. */
ss_words ss_soft_stem(const ss_words *words, ss_arena *result);

/* Without what says only that it is a table: "user_entity". */
ss_words ss_soft_name(const ss_table *table, ss_arena *result);

/* What most tables begin with ("mdl", "wp") names none of them. */
void ss_soft_drop_prefix(ss_subjects *f);

/* Does plan say whose its rows are? */
bool ss_soft_is_proposed(const ss_table *table);

/* The n-th column of the table that is a key by itself, the primary key first; or SS_NONE. */
size_t ss_soft_key_column(const ss_table *table, size_t n);

/* Fill by_whole, by_last, by_key and people. */
void ss_soft_list_names(ss_subjects *f);

/* Is the table of that name, or its last word? */
bool ss_soft_is_named(const ss_subjects *f, const char *name, size_t table);

/* Fill by_role, of the tables of people. */
void ss_soft_list_users(ss_subjects *f);

/* Add the candidates for column c of table t, the strongest first. */
void ss_soft_look_at(ss_subjects *f, size_t t, size_t c);

#endif
