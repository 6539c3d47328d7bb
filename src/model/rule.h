/*
 * Rules of one table: what holds in every row, found and not guessed.
 *
 * A rule has a name that people read and that rules_off of the policy takes: "city -> country_code",
 * "ordered_at <= shipped_at", "total = net + tax", "shipped_at is null by status".
 */
#ifndef SS_MODEL_RULE_H
#define SS_MODEL_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <sandseed/error.h>

#include "base/arena.h"

#define SS_RULE_COLUMNS 4

typedef enum ss_rule_kind
{
    SS_RULE_DEPENDENCY, /* columns[0], or [0] and [1] together, decide the last */
    SS_RULE_EQUAL,      /* [0] = [1] */
    SS_RULE_ORDER,      /* [0] <= [1] */
    SS_RULE_SUM,        /* [0] = [1] + [2] (+ [3]) */
    SS_RULE_PRODUCT,    /* [0] = [1] x [2], rounded to [0]'s decimals */
    SS_RULE_NULL_BY,    /* whether [0] is NULL is decided by [1]'s value */
    SS_RULE_NULL_WITH,  /* [0] is NULL exactly where [1] is */
    SS_RULE_NULL_XOR,   /* [0] is NULL exactly where [1] is not */
    SS_RULE_PREFIX,     /* [1] begins with [0] */
    SS_RULE_DISTINCT,   /* no two rows with the same parent have the same [0] (.. [3]) */
    SS_RULE_TOTAL,      /* [0] = the sum of a column of its children (+ [1]), where it has some */
    SS_RULE_COUNT,      /* [0] = how many children it has */
    SS_RULE_FIRST,      /* [0] = the least of a column of its children, where it has some */
    SS_RULE_LAST,       /* [0] = the greatest */
    SS_RULE_BEFORE,     /* [0] <= a column of each of its children */
    SS_RULE_AFTER,      /* [0] >= it */
} ss_rule_kind;

#define SS_NRULE_KINDS (SS_RULE_AFTER + 1)

typedef struct ss_rule
{
    ss_rule_kind kind;
    size_t columns[SS_RULE_COLUMNS]; /* of the table */
    size_t ncolumns;
    const char *table;     /* of children: label */
    const char *reference; /* their constraint; DISTINCT: to the parent */
    const char *of;        /* their column; NULL: COUNT */
    uint64_t rows;         /* for which it says something, rounded */
    bool exceptions;       /* of a dependency: a few rows break it, one in a thousand at most */
} ss_rule;

/* "city -> country_code"; names: of the table's columns. */
char *ss_rule_name(const ss_rule *rule, const char *const *names, ss_arena *arena);

/* A new reference; NULL when text is not UTF-8 or memory is short. */
json_t *ss_rule_json(const ss_rule *rule, const char *const *names);
ss_code ss_rule_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                          ss_arena *result, ss_rule *rule, ss_error *err);

#endif
