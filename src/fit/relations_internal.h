/* For the files of relations only: a table among its relatives. */
#ifndef SS_FIT_RELATIONS_INTERNAL_H
#define SS_FIT_RELATIONS_INTERNAL_H

#include "fit/relations.h"

#define ROWS_MIN 500 /* fewer rows with whole families: the table goes without relatives */
#define NOWHERE  UINT32_MAX

/* Variables are drawn in this order. */
typedef enum ss_rank
{
    RANK_CLASS,
    RANK_GAP,  /* and the offset of the first */
    RANK_WHEN, /* the time that these decide */
    RANK_AGE,
    RANK_SECOND, /* what second parents are like */
    RANK_COLUMN,
    RANK_CHILDREN,
} ss_rank;

/* A number of each row of a sample, where it is known. */
typedef struct ss_numbers
{
    int64_t *units;
    bool *known;
} ss_numbers;

/* How far a row's time is from another one; book NULL: that says nothing. */
typedef struct ss_distance
{
    const ss_book *book;
    uint16_t *codes; /* of each row */
    size_t from;     /* column of the parent */
    int64_t end;     /* of the table, where it is the distance to that */
} ss_distance;

/* The row that a further reference leads to. */
typedef struct ss_second
{
    size_t reference; /* of the child */
    uint32_t *parent; /* of each row */
    uint32_t *turn;   /* its place among those that refer to the same row */
    uint32_t *counts; /* of each row of the parent; NULL: not all of its children are known */
    ss_book *book;    /* of counts */
    uint16_t *same;   /* as the sibling before has; NULL: that is as chance has it */
    ss_distance offset;
} ss_second;

typedef struct ss_referrer /* a second reference, seen from its parent */
{
    size_t child, second;
} ss_referrer;

/* One table among its relatives. */
typedef struct ss_relative
{
    const ss_fit_kept *k; /* NULL: nothing is known of it */
    size_t owner;         /* its reference to the table that it hangs on; SS_NONE: to none */
    uint32_t *parent;     /* of each row: the owner's row, or NOWHERE */
    uint32_t *position;   /* among its siblings */
    uint32_t *previous;   /* the sibling before, or NOWHERE */
    size_t *children;     /* tables that hang on it */
    size_t nchildren, capacity;
    uint32_t **counts; /* of each of them: rows that a row has */
    ss_book **books;   /* the codes of these counts */
    bool *usable;      /* rows whose whole family is there */
    size_t nusable;
    ss_fit_totals totals;
    uint16_t *class; /* of usable rows; NULL: there are none */
    uint32_t nclasses;
    ss_distance gap, offset, age;
    size_t self;     /* its reference to itself, where above is not NULL */
    uint32_t *above; /* of each row: the one that it refers to */
    uint16_t *level; /* in codes of SS_VARIABLE_LEVEL */
    uint32_t *below; /* rows that refer to it */
    ss_book *below_book;
    ss_fit_distincts distincts;
    ss_second *seconds;
    size_t nseconds;
    ss_referrer *referrers;
    size_t nreferrers, referrers_capacity;
    bool done;
} ss_relative;

typedef struct ss_relations
{
    const ss_catalog *catalog;
    ss_relative *members; /* by table */
    ss_arena *result, *scratch;
} ss_relations;

/* Do they lead to the same rows, by the same columns? */
bool ss_relations_same_hop(const ss_reference *a, const ss_reference *b);

/*
 * Are people behind the rows that the reference leads to among those behind a row of k: by one of its ways to people, or since there
 * is nobody behind them?  Of others nothing is told with the row: k people who all have the same one would tell of that one.
 */
bool ss_relations_tells_people(const ss_relations *f, const ss_fit_kept *k,
                               const ss_reference *reference);

/* Each row's parent by one of its references. */
uint32_t *ss_relations_parents(const ss_relations *f, const ss_fit_kept *child, size_t reference);

/* Each row's parent, its place among its siblings; how many children each parent has. */
void ss_relations_join(ss_relations *f, ss_relative *child, uint32_t *counts);

/* Codes of numbers: bins, those that k people have by themselves; inside: and how they are spread in them. */
ss_book *ss_relations_book(const ss_relations *f, const ss_fit_kept *k, const ss_numbers *numbers,
                           uint32_t intervals, bool inside);
ss_book *ss_relations_book_of_counts(const ss_relations *f, const ss_fit_kept *k,
                                     const uint32_t *counts, bool *usable);

/* Of a child that is joined: what the times of its siblings and of its parent say of its own. */
void ss_relations_gaps(const ss_relations *f, ss_relative *m, const uint32_t *counts);

/* Of any child: what a time of the parent says; which: of the rows. */
ss_distance ss_relations_offset(const ss_relations *f, const ss_fit_kept *k, size_t reference,
                                const uint32_t *parent, const bool *which);

/* Whether rows of the last days differ from those before them. */
void ss_relations_age(const ss_relations *f, ss_relative *m);

/* Do the columns of by, which are more, hold those of ref: is its row known by the other one's? */
bool ss_relations_implied(const ss_reference *ref, const ss_reference *by);

/* Of a table that refers to itself, and is all in its sample. */
void ss_relations_levels(ss_relations *f, ss_relative *m);

/* How much two variables of n rows have to do with each other: by what chi-squared, a row, is above its mean; 0 where that is not far. */
double ss_relations_association(const uint16_t *a, uint32_t na, const uint16_t *b, uint32_t nb,
                                size_t n, ss_arena *scratch);

/* Of a table whose owner is known: what its further references lead to. */
void ss_relations_seconds(ss_relations *f, size_t table);

/* Which rows have all of their children in the samples. */
void ss_relations_usable(ss_relations *f, ss_relative *m);

/* Of a table whose children are joined, or those that have it as their second parent. */
void ss_relations_classes(ss_relations *f, ss_relative *m);

/* Of a table whose relatives have their classes. */
ss_fit_variables *ss_relations_variables(ss_relations *f, const ss_relative *m);

#endif
