/*
 * The report of a run: what was done with every column, what was measured, what was not tested.
 *
 * run fills an ss_report from what the stages hand back; this folder turns it into JSON (the record)
 * and into text for the end of the run.  Nothing in it is a cell's value: names, classes,
 * treatments, counts and times.  It prints evidence and never adjudicates (design 5.12).
 */
#ifndef SS_REPORT_REPORT_H
#define SS_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>
#include <sandseed/finding.h>

#include "base/arena.h"

#define SS_REPORT_SCHEMA_VERSION 1

/* A count of source rows that is not said. */
#define SS_REPORT_UNKNOWN UINT64_MAX

typedef struct ss_report_column ss_report_column;

struct ss_report_column /* or one path of a document */
{
    const char *name;
    const char *type; /* NULL of a path */
    const char *class;
    const char *treatment; /* what was done */
    const char *decided;   /* what the policy says; more than was done where too few stand behind */
    const char *kind;      /* or NULL */
    const char *why;       /* or NULL */
    const char *signed_by; /* or NULL */
    bool undecided;
    bool pseudonyms;    /* were put in place of its values: */
    uint64_t values;    /* so many that were not NULL */
    uint64_t fallbacks; /* of them not of the kind, and replaced by something that tells less */
    const ss_report_column *paths;
    size_t npaths;
};

typedef struct ss_report_subset /* of one table: rows */
{
    uint64_t source;
    uint64_t taken;
    uint64_t needed;   /* of those, that are there because others refer to them */
    uint64_t left_out; /* as people asked */
    uint64_t cut;      /* taken with a reference less */
} ss_report_subset;

typedef struct ss_report_table
{
    const char *label;
    const char *mode;
    const char *why;        /* or NULL */
    const char *signed_by;  /* or NULL */
    const char *shape_only; /* why nothing but shapes was learnt, or NULL */
    uint64_t learnt_one_in; /* of so many people one was read (learn_rows), or 0: all */
    bool estimate;          /* source_rows is one */
    uint64_t source_rows;   /* or SS_REPORT_UNKNOWN */
    uint64_t planned_rows;
    uint64_t rows;    /* in the sandbox */
    uint64_t repairs; /* rows made again because the server judged them invalid */
    double seconds;
    const ss_report_subset *subset; /* NULL: the whole of it was read, or nothing */
    const ss_report_column *columns;
    size_t ncolumns;
} ss_report_table;

typedef struct ss_report_evidence
{
    const char *object;
    const char *text;
} ss_report_evidence;

typedef struct ss_report_gate
{
    const char *name;
    bool passed;
    const char *summary;
    const ss_report_evidence *evidence;
    size_t nevidence;
} ss_report_gate;

typedef struct ss_report_stripped
{
    const char *what;
    const char *object;
    const char *why;
} ss_report_stripped;

typedef struct ss_report_stage
{
    const char *name;
    double seconds;
} ss_report_stage;

typedef struct
    ss_report_key /* of the run, or of the model that it opened: names and a fingerprint, never the key */
{
    const char *from;
    const char *sandbox;
    const char *epoch;
    const char *fingerprint; /* NULL: there was none */
} ss_report_key;

typedef struct ss_report
{
    const char *id;           /* 128 random bits, hex */
    const char *generated_at; /* RFC 3339, UTC */
    const char *command;      /* "refresh", "generate" */
    const char *result;       /* "published", "kept-next", "failed" */
    const ss_error *failure;  /* of a failed run; or NULL */
    const char *policy_file;
    const char *policy_digest;
    const char *model;        /* folder that the sandbox was generated from, or NULL */
    const char *model_digest; /* of its model.json */
    const char *source;       /* label */
    int source_version;
    const char *source_security;
    const char *source_role; /* what it could do: "reads", "can write", "superuser", ... */
    const char *target;
    int target_version;
    const char *target_security;
    bool same_cluster;
    uint64_t people;  /* k */
    const char *seed; /* "random", "given" */
    ss_report_key key;
    const char *subset_of;     /* the table of the people chosen; NULL: all are there */
    size_t asked_to_leave_out; /* people */
    size_t asked_unknown;      /* of them nobody of the source */
    size_t undecided;
    const ss_report_table *tables;
    size_t ntables;
    const ss_report_gate *gates;
    size_t ngates;
    const ss_report_stripped *stripped;
    size_t nstripped;
    const char *const *security_definer; /* functions that travelled */
    size_t nsecurity_definer;
    const ss_finding *findings;
    size_t nfindings;
    const char *const *notes; /* sentences: locale substituted, settings left out, stand-in roles */
    size_t nnotes;
    const ss_report_stage *stages;
    size_t nstages;
    double seconds;
    const char *files;   /* the folder that was written, or NULL */
    const char *connect; /* the line that looks around, or NULL */
    const char *stop;    /* the command that stops a private server, or NULL */
} ss_report;

/* A count that may be one person's: it is not said. */
bool ss_report_is_small(uint64_t n);

/* The record: one JSON object with stable order, malloc()ed, to be freed by the caller. */
char *ss_report_json(const ss_report *report);

/* The closing lines for people, malloc()ed. */
char *ss_report_text(const ss_report *report);

#endif
