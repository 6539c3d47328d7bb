/*
 * What a source holds, for people and for machines: sandseed inspect.
 *
 * Both say the same of the same catalog; the JSON is complete and its order is stable, the text folds
 * what would be long (partitions under their root, defaults cut short) and fits the terminal.
 * No cell's value is in either: what rows say of a column is told by its class and the evidence for it.
 */
#ifndef SS_REPORT_INSPECT_H
#define SS_REPORT_INSPECT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "catalog/catalog.h"
#include "policy/write.h"

typedef struct ss_inspect
{
    const ss_catalog *catalog;
    const char *source;   /* label of the endpoint */
    const char *security; /* TLS as the connection states it, or NULL */
    const char *role;     /* what it may do: "reads", "can write", "superuser"; or NULL */
    const ss_classified *const *columns; /* per table and column: what they are */
    const ss_subject_proposal *subjects; /* per table: whose its rows are */
    bool rows_seen;                      /* rows were looked at for that */

    /* What to show of it. */
    const bool *classes;      /* by ss_class; NULL: all of them */
    const char *const *globs; /* over schema.table; none: every table */
    size_t nglobs;
} ss_inspect;

/* What a sandbox made of this catalog has to reckon with. */
typedef struct ss_inspect_note
{
    const char *kind;           /* stable word for machines: "unreadable-table" */
    const char *text;           /* what they are and mean: "foreign tables; ..." */
    size_t count;               /* of such objects */
    const char *const *objects; /* their labels; NULL where only the count is known */
} ss_inspect_note;

/* The notes that apply, the gravest first, in result; *n receives how many. */
const ss_inspect_note *ss_inspect_notes(const ss_catalog *catalog, ss_arena *result, size_t *n);

/* Append the text for people; width: columns, 0 for 80. */
void ss_inspect_text(const ss_inspect *inspect, size_t width, ss_buf *out);

/* The whole of it as one object, a new reference. */
json_t *ss_inspect_json(const ss_inspect *inspect);

/* --- what both renderings show and count --------------------------------------------------------- */

/* A column of a table that is shown: is its class? */
bool ss_inspect_shows(const ss_inspect *inspect, const ss_table *table, size_t column);

/* A table that one of the globs matches, with a column to show; where all is shown, also one without columns. */
bool ss_inspect_shows_table(const ss_inspect *inspect, const ss_table *table);

/* Is anything left out? */
bool ss_inspect_filters(const ss_inspect *inspect);

typedef struct ss_inspect_classes
{
    size_t tables;  /* partitions not counted */
    size_t columns; /* of those tables */
    size_t of[SS_NCLASSES];
    size_t personal; /* direct and quasi-identifiers, special categories, free text */
} ss_inspect_classes;

/* What is shown, by class; all: what there is. */
ss_inspect_classes ss_inspect_count_classes(const ss_inspect *inspect, bool all);

typedef struct ss_inspect_totals
{
    size_t schemas; /* that hold tables */
    size_t tables;  /* partitions not counted */
    size_t partitions;
    size_t columns; /* of those tables */
    size_t primary_keys;
    size_t foreign_keys; /* inherited ones not counted */
    size_t unknown_rows; /* tables without an estimate */
    uint64_t rows;       /* estimated, of the others */
    uint64_t bytes;      /* of tables, with their TOAST and maps */
} ss_inspect_totals;

ss_inspect_totals ss_inspect_count(const ss_catalog *catalog);

/* A table with its partitions: estimated rows (false: unknown), bytes, how many partitions. */
bool ss_inspect_size(const ss_catalog *catalog, const ss_table *table, uint64_t *rows,
                     uint64_t *bytes, size_t *partitions);

#endif
