/* For the files of rules only: candidates, and columns as rules see them. */
#ifndef SS_FIT_RULES_INTERNAL_H
#define SS_FIT_RULES_INTERNAL_H

#include "base/wide.h"
#include "fit/rules.h"
#include "stats/cardinality.h"
#include "stats/cells.h"

#define SUPPORT_PEOPLE  50   /* a rule of fewer is none */
#define SCREEN_ROWS     4000 /* on which most candidates fall */
#define SHUFFLED        769 /* rows between a value and the one that it is held against as if by chance */
#define CHANCE_SHARE    100  /* one row in so many would break a rule by chance, at least */
#define VALUES_SEEN     1024 /* of a determinant's, whose people are counted */
#define EXCEPTION_SHARE 1000 /* of the rows, at most so many parts break a dependency */

/* A column as rules see it: its values as numbers that are equal when they are. */
typedef struct rule_view
{
    size_t column;
    const ss_fit_column *c;
    bool value; /* its values may be compared with others */
    bool told;  /* or at least which are the same: keys, too */
    bool nulls; /* which are NULL may be told together with others */
    bool number, time;
    bool used; /* a rule is about it */
    size_t at;
    uint8_t *null;
    uint64_t *id;   /* of values */
    int64_t *units; /* of numbers and times */
    bool *known;    /* are there units? */
} rule_view;

typedef struct pair
{
    uint64_t a, b;
} pair;

/* Which b the first a was met with. */
typedef struct rule_firsts
{
    pair *slots; /* a 0: empty */
    size_t capacity, n;
} rule_firsts;

/*
 * How many rows each determinant has with each value: of those that a dependency does not hold for, the fewest are the
 * exceptions, whatever the order in which rows come.
 */
typedef struct together
{
    uint64_t a, b, weight; /* a 0: empty */
} together;

typedef struct rule_pairs
{
    together *slots;
    size_t capacity, n;
} rule_pairs;

typedef struct rule_candidate
{
    ss_rule rule;     /* columns are places among the views */
    rule_firsts map;  /* of NULL_BY: b is 1 NULL, 2 not */
    rule_pairs pairs; /* of a dependency */
    ss_cardinality
        *determinant; /* the same: a fair sample of its values, with the people behind each */
    ss_crowd *holds;
    ss_crowd *other;  /* of rules about NULL: those for whom there is a value */
    ss_crowd *silent; /* those of whose rows it says nothing */
    uint64_t rows;
    bool broken;
} rule_candidate;

struct ss_fit_rules
{
    const ss_sample *sample;
    const ss_fit_who *who;
    ss_hash_key key;
    rule_view *views;
    size_t nviews;
    rule_candidate *list;
    size_t n, capacity;
    rule_view *batch; /* the same of a batch */
    ss_arena *arena;
};

/* rules.c */
rule_candidate *ss_rules_add_candidate(ss_fit_rules *s, ss_rule_kind kind, const size_t *columns,
                                       size_t n);
/* The row that a row is held against as if by chance. */
size_t ss_rules_partner(size_t r, size_t n);

/* rules_pairs.c */
/* What a has been with before, or b, which it is with from now on. */
uint64_t ss_rules_look_up(rule_firsts *m, uint64_t a, uint64_t b);
/* False: there are too many different ones. */
bool ss_rules_count_pair(rule_pairs *m, uint64_t a, uint64_t b, uint64_t weight);
/* Rows whose value is not the one that most rows of their determinant have. */
uint64_t ss_rules_exceptions(const rule_pairs *m);

/* rules_depend.c */
/* One number for the values of one column, or of two, in a row; 0: there is none. */
uint64_t ss_rules_determinant(const rule_view *a, const rule_view *b, size_t r);
/* The same, evenly spread over 64 bits. */
uint64_t ss_rules_spread(uint64_t determinant);
void ss_rules_find_dependencies(ss_fit_rules *s);

/* rules_rows.c */
/* A number, or a time as it is, not in its grid: a second holds many orders. */
ss_wide ss_rules_compared(const rule_view *v, const ss_batch_column *values, size_t r);
int ss_rules_common_scale(const rule_view *a, const rule_view *b);
/* Is the first column the sum or product of the others, in row r, those but the second as in row o? */
bool ss_rules_adds_up(const rule_view *views, const ss_rule *rule, size_t r, size_t o);
/* Do all terms stand in row r, and more than one of them says something (not 0; of a product not 1)? */
bool ss_rules_says_something(const rule_view *views, const ss_rule *rule, size_t r, bool *present);
/* Does the longer text in row r begin with the shorter one in row o? */
bool ss_rules_begin(const ss_batch_column *longer, const ss_batch_column *shorter, size_t r,
                    size_t o);
/* Orders, equal columns, sums, products, what is NULL together, beginnings of texts. */
void ss_rules_find_in_rows(ss_fit_rules *s);

#endif
