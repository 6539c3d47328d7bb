/* What a schema declares of a column's values (declared.c): literals, as the server writes them, and partitions. */
#ifndef SS_GENERATE_DECLARED_INTERNAL_H
#define SS_GENERATE_DECLARED_INTERNAL_H

#include "generate/generate_internal.h"

/* A literal as deparsed: 5, (5)::numeric, '5'::numeric, ('5'::text)::...; false for anything else. */
bool ss_declared_number(const char *at, int scale, int64_t *units);

/* One literal in grid units, INT64_MIN and INT64_MAX being infinite; false for what is none of the column's. */
bool ss_declared_units(const made_column *c, const char *at, int64_t *units);

/* The literal whose quote is at, without its quotes; *end: where it ends. */
char *ss_declared_text(const char *at, const char **end, ss_arena *arena);

/* Makes it one of the column's declared values, and returns where it ends. */
const char *ss_declared_take_text(made_column *c, const char *at, ss_arena *arena);

/* One more range in which values may lie. */
void ss_declared_add_interval(made_column *c, int64_t low, int64_t high, ss_arena *arena);

/* Literals one after another, as in ARRAY['a'::text, 'b'::text]; at is behind the bracket. */
void ss_declared_take_list(made_column *c, const char *at, ss_arena *arena);

/*
 * Of a root that is partitioned by this one column, or whose partitions are (by region, each of them by day): what
 * their partitions take, together.
 */
void ss_declared_partitions(made_column *c, const ss_catalog *catalog, const ss_table *table,
                            ss_arena *arena);

#endif
