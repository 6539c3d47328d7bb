/*
 * Writing policy files: a whole new one, and edits of one that people own.
 *
 * Edits insert text at places that the YAML parser reported and never re-emit what stands there.
 */
#ifndef SS_POLICY_WRITE_H
#define SS_POLICY_WRITE_H

#include "base/buf.h"
#include "policy/policy.h"

/* How much speaks for a class; the order is that of strength. */
typedef enum ss_confidence
{
    SS_CONFIDENCE_LOW,    /* its type, and what its table is about */
    SS_CONFIDENCE_MEDIUM, /* its name, its comment */
    SS_CONFIDENCE_HIGH,   /* its values, a declared key, or what people have stated */
} ss_confidence;

extern const char *const ss_confidence_names[]; /* "low", "medium", "high" */

typedef struct ss_path_proposal ss_path_proposal;

/* What classification proposes for one column, or one path of a document. */
typedef struct ss_proposal
{
    ss_class class;
    ss_confidence confidence;
    bool stated;                   /* by people, in the database itself */
    ss_treatment treatment;        /* DEFAULT: that of class and mode */
    const char *kind;              /* "email"; or NULL */
    const char *why;               /* one sentence: the evidence; or NULL */
    const ss_path_proposal *paths; /* of a document that is proposed path by path */
    size_t npaths;
} ss_proposal;

/* A reference that nobody declared. */
typedef struct ss_soft_proposal
{
    size_t column;          /* of the table */
    const char *references; /* schema.table.column, quoted as in SQL; NULL: to no single table */
    const char *why;
} ss_soft_proposal;

/* Whose the rows of one table are. */
typedef struct ss_subject_proposal
{
    bool self;
    const size_t *columns; /* that lead to people */
    size_t ncolumns;
    bool
        astray; /* other columns are named as keys to people are, and lead nowhere: why tells of them */
    const ss_soft_proposal *soft;
    size_t nsoft;
    const char *why; /* of self, or where the columns lead to; NULL: nothing leads to people */
} ss_subject_proposal;

struct ss_path_proposal /* what is in a document, path by path */
{
    const char *path;
    ss_proposal proposal;
};

typedef struct ss_classified /* one column */
{
    ss_proposal proposal;
    const ss_path_proposal
        *paths; /* of documents that were looked at: parallel to those of values */
    size_t npaths;
    const char *const *empty; /* paths at which nothing stood but NULL */
    size_t nempty;
    bool open; /* there are more: keys are data, or documents that could not be looked at */
} ss_classified;

typedef struct ss_new_policy
{
    const ss_catalog *catalog;
    ss_mode mode;
    const char *source;                  /* as given; without a password */
    const char *target;                  /* or NULL: a private server beside the policy */
    const ss_proposal *const *proposals; /* per table and column */
    const ss_subject_proposal *subjects; /* per table */
    const char *const *keep_why;  /* per table: why it is proposed as keep; NULL: it is not */
    const char *const *empty_why; /* per table: why no rows can be made for it; NULL: they can */
    const ss_csv_table *csv;      /* the source is CSV files without a schema: what was inferred */
    size_t ncsv;
} ss_new_policy;

/*
 * Why plan proposes tables as empty, per table; NULL where it does not: no rows can be made for them, or they must
 * refer to such a table.  policy: what is decided already, or NULL.
 */
const char *const *ss_policy_why_empty(const ss_catalog *catalog, const ss_policy *policy,
                                       ss_arena *result);

/* The text of a new policy. */
void ss_policy_write(const ss_new_policy *new_policy, ss_buf *out);

/* What an edit did to a file. */
typedef enum ss_change_kind
{
    SS_CHANGE_TABLE,    /* came in, or was signed */
    SS_CHANGE_COLUMN,   /* likewise */
    SS_CHANGE_RULE,     /* says anew what it covers, or was signed */
    SS_CHANGE_COVERED,  /* a column that a rule covers from now on, by plan or by a signature */
    SS_CHANGE_TEXT,     /* a text of the schema that looks personal came in, or was signed */
    SS_CHANGE_DIGEST,   /* of one that is kept, which had none */
    SS_CHANGE_CSV,      /* a table or column of CSV files came in */
    SS_CHANGE_VANISHED, /* nothing was done: the source does not have it any more */
} ss_change_kind;

typedef struct ss_policy_change
{
    ss_change_kind kind;
    const char *object; /* schema.table[.column], or a rule's name */
    const char *rule;   /* COVERED: by which; else NULL */
    const char *covers; /* the digest that was signed, or NULL */
    size_t n;           /* RULE: columns that it covers */
    const char *place;  /* VANISHED: file:line:column where it stands */
} ss_policy_change;

typedef struct ss_policy_changes
{
    ss_policy_change *list;
    size_t n;
    size_t capacity;
} ss_policy_changes;

typedef struct ss_policy_signing
{
    const char *by;
    const char *date;
    const char *why;
    const char *const *
        patterns; /* globs over schema.table, schema.table.column, rules' own patterns and objects of
                      texts */
    size_t npatterns;
} ss_policy_signing;

/*
 * Both edit what stands in file itself, never its base; decisions, and so digests, are those of both together.
 *
 * Sign the tables, columns, rules and texts of the schema (kept or replaced) that match one of the patterns and
 * whose entries are in the file.  A rule says from then on that it covers what it matches in catalog, from which the
 * digests are made; of a text that is kept the digest is that of now.  A pattern that no entry matches is an error,
 * and nothing is signed.  Replaces the file whole.  Appends to changes, in result.  SS_EMEND where a pattern matches entries of
 * the base alone.
 */
ss_code ss_policy_sign(const char *file, const ss_catalog *catalog,
                       const ss_policy_signing *signing, ss_arena *result,
                       ss_policy_changes *changes, ss_error *err);

/*
 * Bring file up to date with the catalog: tables and columns that neither it nor one of its rules names
 * are inserted, with class and why from what is proposed for a new policy (its catalog, proposals, subjects and csv count), every
 * rule says what it covers, and a text that is kept and has no digest gets it; one that has another is left as it is.  Of
 * CSV files likewise what the csv: section does not describe.  All of it or, where an error is told, nothing.
 */
ss_code ss_policy_update(const char *file, const ss_new_policy *new_policy, ss_arena *result,
                         ss_policy_changes *changes, ss_error *err);

#endif
