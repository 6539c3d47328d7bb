/*
 * For read*.c only: a policy's file, read: its values (read_values.c), tables, columns and rules (read_tables.c), key and links
 * (read_key.c), subset (read_subset.c), and all together (read.c).
 */
#ifndef SS_POLICY_READ_INTERNAL_H
#define SS_POLICY_READ_INTERNAL_H

#include "policy/policy_internal.h"

typedef struct ss_reading
{
    const char *file;
    ss_arena *result;
    ss_error *err;
    ss_policy *p;
    const ss_policy *base; /* what base: includes; or NULL */
    size_t depth;          /* how many files include this one */
} ss_reading;

#define SS_NWORDS(list) (sizeof(list) / sizeof((list)[0]))

/* A scalar, one of words, a whole number from min to max, a time in seconds, an amount of rows, a value or a list of them. */
ss_code ss_read_scalar(const ss_reading *r, const ss_yaml *at, const char *what, const char **text);
ss_code ss_read_word(const ss_reading *r, const ss_yaml *at, const char *what,
                     const char *const *words, size_t n, size_t *index);
ss_code ss_read_count(const ss_reading *r, const ss_yaml *at, const char *what, uint64_t min,
                      uint64_t max, uint64_t *n);
/* Rows that fit reads of a table at most, about. */
ss_code ss_read_learn_rows(const ss_reading *r, const ss_yaml *at, uint64_t *n);
ss_code ss_read_duration(const ss_reading *r, const ss_yaml *at, const char *what, int *seconds);
ss_code ss_read_rows(const ss_reading *r, const ss_yaml *at, const char **text);
ss_code ss_read_list(const ss_reading *r, const ss_yaml *at, const char *what, const char ***list,
                     size_t *n);
/* A map; and one of no other keys. */
ss_code ss_read_expect_map(const ss_reading *r, const ss_yaml *at, const char *what);
ss_code ss_read_known_keys(const ss_reading *r, const ss_yaml *map, const char *what,
                           const char *const *words, size_t n);
/* Where it stands. */
ss_place ss_read_place(const ss_reading *r, const ss_yaml *at);

/* The tables: and rules: sections, joined with those of the base. */
ss_code ss_read_tables(const ss_reading *r, const ss_yaml *map);
ss_code ss_read_rules(const ss_reading *r, const ss_yaml *list);

/* The subset: section of a file in that folder. */
ss_code ss_read_subset(const ss_reading *r, const ss_yaml *map, const char *folder);

#endif
