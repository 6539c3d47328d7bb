/*
 * Which values of columns go together, where one decides the others: postcode, city, country.
 *
 * A token is the values of columns[first] and of all behind it; first is that of its level, 0 of the finest.  The first of the
 * columns, or the first two together, decide all others.  A token of a coarser level speaks of rows that no finer one tells of: k
 * people stand behind it without them.  Whoever makes a row draws the columns that are drawn, takes a token that has
 * those values, by its rows (where nothing is drawn, any), and from it all that follow; what a token has not is invented.
 */
#ifndef SS_MODEL_MAPPING_H
#define SS_MODEL_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include <sandseed/error.h>

#include "base/arena.h"

#define SS_TOKENS_MAX          65536 /* of a table */
#define SS_MAPPING_COLUMNS_MAX 16

typedef enum ss_token_kind
{
    SS_TOKEN_NULL,
    SS_TOKEN_TEXT,
    SS_TOKEN_NUMBER, /* in units of the column's marginal; of declared values their place */
} ss_token_kind;

typedef struct ss_token_value
{
    ss_token_kind kind;
    int64_t number;
    const char *text;
} ss_token_value;

typedef struct ss_token
{
    size_t first;           /* of the mapping's columns */
    ss_token_value *values; /* of columns first .. ncolumns - 1 */
    uint64_t rows;
} ss_token;

typedef struct ss_mapping
{
    size_t *columns; /* of the table, finest first */
    size_t ncolumns;
    size_t ndeterminants; /* 1 or 2: so many of the first decide all others */
    size_t *levels;       /* first columns, ascending from 0 */
    size_t nlevels;
    size_t *drawn; /* of columns: those that the model of dependence draws */
    size_t ndrawn;
    bool exceptions; /* a few rows break it, so a determinant's value may be in several tokens */
    ss_token *tokens;
    size_t ntokens;
    uint64_t rest; /* rows of no token; 0: fewer than k people have them, or nobody */
} ss_mapping;

/* Is the column, of the table, taken from tokens alone? */
bool ss_mapping_follows(const ss_mapping *mapping, size_t column);

/* How many tokens its finest level has. */
size_t ss_mapping_told(const ss_mapping *mapping);

/* names: of the table's columns.  A new reference; NULL when text is not UTF-8 or memory is short. */
json_t *ss_mapping_json(const ss_mapping *mapping, const char *const *names);

/* SS_EMEND names what is wrong, never a value. */
ss_code ss_mapping_from_json(json_t *json, uint64_t people, const char *const *names, size_t nnames,
                             ss_arena *result, ss_mapping *mapping, ss_error *err);

#endif
