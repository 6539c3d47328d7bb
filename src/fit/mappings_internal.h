/* A table's mappings while they are found and counted (mappings.c), and told (mappings_told.c). */
#ifndef SS_FIT_MAPPINGS_INTERNAL_H
#define SS_FIT_MAPPINGS_INTERNAL_H

#include "fit/mappings.h"

typedef struct ss_fit_mapping
{
    ss_mapping told; /* all but its tokens */
    const size_t *rules;
    size_t nrules; /* candidates that it was made of */
    ss_token *tokens;
    uint32_t *parent;
    uint32_t n;      /* tokens that are listed, the first all rows */
    uint32_t *slots; /* by hash: a token, or 0 */
    uint64_t *hashes;
    size_t mask;
    ss_tally *tally;
} ss_fit_mapping;

struct ss_fit_mappings
{
    const ss_fit_rules *rules;
    const ss_fit_column *columns;
    size_t ncolumns;
    const size_t *at;
    ss_hash_key key;
    ss_people people;
    ss_arena *arena;
    ss_fit_mapping *list;
    size_t n, capacity;
    bool *follows;  /* by column of the table */
    uint64_t **ids; /* of columns in a mapping, of a batch: 0 no value that may be told */
    bool *in_some;  /* is the column in a mapping? */
};

#endif
