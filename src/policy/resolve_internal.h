/*
 * For resolve*.c only: the policy held against a catalog, column by column (resolve_column.c), keys and
 * exclusions (resolve_keys.c), paths of documents (resolve_paths.c), where modes meet at foreign keys (resolve_modes.c), what is
 * linked (resolve_links.c), what a subset takes (resolve_subset.c), what a run reads (resolve_reading.c), table by
 * table and all together (resolve.c).
 */
#ifndef SS_POLICY_RESOLVE_INTERNAL_H
#define SS_POLICY_RESOLVE_INTERNAL_H

#include "policy/policy_internal.h"

typedef struct ss_resolving
{
    const ss_policy *policy;
    const ss_catalog *catalog;
    ss_arena *result;
    ss_plan *plan;
    ss_table_plan *tables;           /* the writable side of plan->tables */
    ss_decision **decisions;         /* and of each of their columns */
    const ss_policy_table **entries; /* of each table; NULL: not named */
    const char **gone; /* labels of the policy's tables that the source does not have */
    size_t ngone;
    bool **
        soft_keys; /* per table and column: is it what a soft reference refers to?  NULL: none is */
    ss_rule_columns *rules; /* what each rule matches and covers */
    size_t told;     /* undecided columns of the table at hand that have a finding of their own */
    bool lapsed;     /* the signature of the table at hand stops it */
    size_t capacity; /* of findings */
} ss_resolving;

/* With more names that are gone a whole schema has been renamed, which is nobody's slip. */
#define SS_MISSPELT_MAX 50

/* One more finding; object is printable afterwards.  place: in the policy's file, or NULL. */
void ss_resolve_add(ss_resolving *r, ss_severity severity, ss_code code, ss_what what,
                    const char *object, const ss_place *place, const char *mend, const char *fmt,
                    ...) SS_PRINTF(8, 9);

#define STOP(what, ...)                                                                            \
    ss_resolve_add(r, SS_FINDING_STOPS, SS_EREFUSED, SS_WHAT_##what, __VA_ARGS__)
#define MALFORMED(what, ...)                                                                       \
    ss_resolve_add(r, SS_FINDING_STOPS, SS_EMEND, SS_WHAT_##what, __VA_ARGS__)
#define WARN(what, ...) ss_resolve_add(r, SS_FINDING_WARNS, SS_OK, SS_WHAT_##what, __VA_ARGS__)

/* "schema.table.column" */
const char *ss_resolve_label(const ss_resolving *r, const ss_table *table, const char *column);

/* What mends a finding: the command that signs label, in the file of place, or the one that brings a new table or column in. */
const char *ss_resolve_sign(const ss_resolving *r, const ss_place *place, const char *label);
const char *ss_resolve_plan(const ss_resolving *r);

/* Column c of a table that t plans: its decision.  entry: of the table in the policy, or NULL. */
void ss_resolve_column(ss_resolving *r, const ss_table *table, ss_table_plan *t,
                       const ss_policy_table *entry, size_t c, ss_decision *d);

/* The paths that a column's entry names, and so its class and its treatment. */
void ss_resolve_paths(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                      const ss_policy_column *e, const ss_column *column, const char *label,
                      ss_decision *d);

/* schema.table.column:path */
const char *ss_resolve_path_label(const ss_resolving *r, const char *label, const char *path);

/* Does a value of somebody's leave by one of them: kept, or made coarser? */
bool ss_paths_leave(const ss_decision *d);

/* What a class comes to in a table of the mode, where nothing else is said. */
ss_treatment ss_resolve_default(ss_mode mode, ss_class class);

/* What a run reads of every table, and what of it the source's role may not. */
void ss_resolve_reading(ss_resolving *r);

/* Keys and exclusions of the table that cannot hold for its rows, its columns being decided. */
void ss_resolve_keys(ss_resolving *r, const ss_table *table, const ss_table_plan *t,
                     const ss_place *place);

/* What looks personal in the schema's own text and is not decided. */
void ss_resolve_texts(ss_resolving *r);

/* The references that the table's entry says and nobody declared. */
void ss_resolve_soft(ss_resolving *r, const ss_table *table, ss_table_plan *t,
                     const ss_policy_table *entry);

/* Which columns are linked, and whether they are treated alike; all columns being decided, and where modes meet. */
void ss_resolve_links(ss_resolving *r);

/* Does nobody say whose the table's rows are, although something speaks of people: a key, or what it holds? */
typedef enum ss_untold
{
    SS_TOLD,
    SS_UNTOLD_KEY,
    SS_UNTOLD_PEOPLE,
} ss_untold;

ss_untold ss_resolve_untold(ss_resolving *r, const ss_table *table, const ss_table_plan *t);

/* Which rows a subset takes; modes and ways to people being decided. */
void ss_resolve_subset(ss_resolving *r);

/* What a foreign key makes of the modes of its two tables, all columns being decided. */
void ss_resolve_foreign_key(ss_resolving *r, const ss_foreign_key *fk);

#endif
