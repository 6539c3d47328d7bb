/*
 * A policy held against its source, as one page for the person who answers for it: sandseed inspect policy.yaml.
 *
 * Text, JSON and CSV say the same of the same plan: the page groups it by what an officer asks, the CSV has a line for every
 * column.  Partitions follow their root and are not told.  Nothing in them comes from a table's rows.
 */
#ifndef SS_REPORT_INSPECT_POLICY_H
#define SS_REPORT_INSPECT_POLICY_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "policy/policy.h"

/* One column as the page tells of it; or, behind its column, one path of a document. */
typedef struct ss_page_column
{
    const ss_table *table;
    const ss_column *column;
    const char *path; /* or NULL */
    const char *name; /* of the column, with the path behind a colon */
    const ss_decision *decision;
    const char
        *class; /* NULL: nobody said one, of a kept table signed as a whole or of an empty one */
    const char *treatment;         /* "nothing" of an empty table */
    const ss_signature *signature; /* of the column, else of its rule, else of its table; or NULL */
    bool covered;                  /* and it covers the column as it is */
    bool leaves; /* rows hold its value, a coarser one of it, or a pseudonym for it */
} ss_page_column;

typedef struct ss_policy_page
{
    const ss_plan *plan;
    const char *file;              /* as it was given */
    const char *source;            /* label of the endpoint that it was held against */
    const char *digest;            /* of the file's bytes, and of its base */
    const char *date;              /* of today */
    const ss_page_column *columns; /* in the catalog's order */
    size_t ncolumns;
} ss_policy_page;

/* plan as a page, in result; the texts stay the caller's. */
ss_policy_page ss_policy_page_of(const ss_plan *plan, const char *file, const char *source,
                                 const char *digest, const char *date, ss_arena *result);

/* Append the page for people; width: columns, 0 for 80. */
void ss_policy_page_text(const ss_policy_page *page, size_t width, ss_buf *out);

/* Everything that the page says and every column, but for the findings; a new reference. */
json_t *ss_policy_page_json(const ss_policy_page *page);

/*
 * Append the columns as RFC 4180 CSV, header first, one line a column.  Control characters of names are escaped, so that a line
 * is a line; a cell that a spreadsheet would take for a formula begins with an apostrophe.
 */
void ss_policy_page_csv(const ss_policy_page *page, ss_buf *out);

/* One cell of it. */
void ss_csv_cell(ss_buf *out, const char *text);

/* --- what the renderings ask ---------------------------------------------------------------------- */

/* May it be about a person?  False where nobody said a class. */
bool ss_page_is_personal(const ss_page_column *column);

/* Of a document it is its paths that are. */
bool ss_page_is_undecided(const ss_page_column *column);

/* A signature of an entry or a rule that does not cover it any more. */
bool ss_page_is_stale(const ss_page_column *column);

/* Columns that rule decides. */
size_t ss_page_decided(const ss_policy_page *page, const ss_policy_rule *rule);

#endif
