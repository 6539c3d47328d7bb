/*
 * The policy as data: class, treatment and reason for every column, fixed in a YAML file that a
 * person signs (docs/policy.md).
 *
 * ss_policy_read() parses and checks the file by itself; ss_policy_resolve() holds it against a
 * catalog and gives every table and column its decision, or a list of findings that say why not.
 */
#ifndef SS_POLICY_POLICY_H
#define SS_POLICY_POLICY_H

#include <sandseed/error.h>
#include <sandseed/finding.h>

#include "catalog/catalog.h"
#include "catalog/references.h"
#include "pg/endpoint.h"
#include "policy/csv_tables.h"
#include "policy/path.h"
#include "secret/key_source.h"

typedef enum ss_class
{
    SS_CLASS_UNDECIDED,
    SS_CLASS_DIRECT_IDENTIFIER,
    SS_CLASS_QUASI_IDENTIFIER,
    SS_CLASS_SPECIAL_CATEGORY,
    SS_CLASS_SECRET,
    SS_CLASS_KEY,
    SS_CLASS_FREE_TEXT,
    SS_CLASS_NON_PERSONAL,
} ss_class;

#define SS_NCLASSES (SS_CLASS_NON_PERSONAL + 1)

typedef enum ss_treatment
{
    SS_TREAT_DEFAULT, /* not said: that of class and mode; never in a resolved column */
    SS_TREAT_SYNTHESISE,
    SS_TREAT_SHAPE,
    SS_TREAT_PSEUDONYMISE,
    SS_TREAT_GENERALISE,
    SS_TREAT_KEEP,
    SS_TREAT_CONSTANT,
    SS_TREAT_NULLIFY,
    SS_TREAT_REDACT, /* free text, with what is found in it replaced */
} ss_treatment;

#define SS_NTREATMENTS (SS_TREAT_REDACT + 1)

typedef enum ss_mode
{
    SS_MODE_SYNTHESISE,
    SS_MODE_PSEUDONYMISE,
    SS_MODE_KEEP,
    SS_MODE_EMPTY,
} ss_mode;

#define SS_NMODES (SS_MODE_EMPTY + 1)

/* The words of the file, by the numbers above; a treatment of DEFAULT is never written. */
extern const char *const ss_class_names[SS_NCLASSES];
extern const char *const ss_treatment_names[SS_NTREATMENTS];
extern const char *const ss_mode_names[SS_NMODES];

const char *ss_class_name(ss_class c); /* as in the file: "direct-identifier" */
/* Which of two classes asks for more care: the higher one, of what is both. */
int ss_class_care(ss_class c);
const char *ss_treatment_name(ss_treatment t);
const char *ss_mode_name(ss_mode m);

typedef struct ss_place /* in the policy file */
{
    const char *file;
    size_t line;   /* from 1 */
    size_t column; /* from 1 */
    size_t depth;  /* how many files include that one, each by base: of the next */
} ss_place;

typedef struct ss_signature
{
    const char *by; /* NULL: not signed */
    const char *date;
    const char *why;
    const char *covers; /* digest, 8 hex digits */
} ss_signature;

typedef struct ss_policy_column ss_policy_column;

struct ss_policy_column /* as the file has it; or one path of a column's */
{
    const char *name; /* of a path: as ss_path has its text */
    ss_place place;
    ss_class class;
    ss_treatment treatment;
    const char *kind;   /* or NULL */
    const char *to;     /* generalise */
    const char *value;  /* constant */
    uint32_t days;      /* of kinds that move dates: the farthest; 0: not said */
    const char *locale; /* of kinds that pick names and places; NULL: not said */
    const char *why;
    const char *references_table; /* references: a key that nobody declared; label, or NULL */
    const char *references_column;
    ss_signature signature;        /* never of a path: its column's covers it */
    const ss_policy_column *paths; /* of documents; sorted by name */
    size_t npaths;
};

typedef struct ss_policy_table
{
    const char *label; /* schema.table, quoted as in SQL */
    ss_place place;
    ss_mode mode;
    const char *why;
    const char **subject; /* "self", "none" or foreign-key columns */
    size_t nsubject;
    const char *rows;       /* "10%", "5000", or NULL */
    uint64_t learn_rows;    /* that fit reads at most, about; 0: not said */
    const char **rules_off; /* names of rules that fit is not to tell */
    size_t nrules_off;
    const ss_policy_column *columns;
    size_t ncolumns;
    size_t nown;    /* the first of them stand in the file itself, the others in its base */
    size_t deepest; /* place.depth of the deepest file that names the table */
    ss_signature signature;
} ss_policy_table;

typedef struct ss_policy_rule
{
    const char *match; /* glob over schema.table.column; or NULL */
    const char *domain;
    const char *type;
    ss_place place;
    ss_class class;
    ss_treatment treatment;
    const char *kind;
    const char *to;
    const char *value;
    const char *why;
    size_t matched;     /* columns, when plan last wrote it */
    const char *digest; /* of their sorted names; NULL: plan has not written it yet */
    ss_signature signature;
} ss_policy_rule;

typedef enum ss_signoff
{
    SS_SIGNOFF_PERSONAL_KEEP,
    SS_SIGNOFF_NONE,
    SS_SIGNOFF_ALL,
} ss_signoff;

#define SS_NSIGNOFFS (SS_SIGNOFF_ALL + 1)
extern const char *const ss_signoff_names[SS_NSIGNOFFS];

typedef struct ss_access /* a role of the target that is let in at every publish */
{
    const char *role;
    bool read_only;
} ss_access;

typedef struct ss_policy_key /* what pseudonyms are made with */
{
    ss_key_source source; /* has none of its members when --key is to say it */
    const char *sandbox;
    const char *epoch; /* NULL: the current one of the key file */
} ss_policy_key;

typedef struct ss_policy_link_member
{
    const char *table; /* label */
    const char *column;
    const char *path; /* within a document: "$.customer_id"; or NULL */
} ss_policy_link_member;

typedef struct ss_policy_link /* columns whose equal values stay equal, beyond the foreign keys */
{
    const char *name;
    ss_place place;
    const ss_policy_link_member *members;
    size_t n;
} ss_policy_link;

typedef struct ss_policy_subset /* which people a sandbox is about */
{
    ss_place place;
    const char *of;        /* label of their table */
    const char *rows;      /* so many of them, "10%" or "5000"; NULL: all */
    const char *where;     /* of those that this holds for, SQL over the table's columns; or NULL */
    const char *leave_out; /* absolute path of a file with the keys of those who are not; or NULL */
} ss_policy_subset;

typedef struct ss_extension_rule
{
    const char *name;
    bool strip;
} ss_extension_rule;

/* What is done with the text of one object of the schema that looks personal (schema: text:). */
typedef enum ss_text_fate
{
    SS_TEXT_UNDECIDED,
    SS_TEXT_STRIP, /* comments */
    SS_TEXT_KEEP,
    SS_TEXT_REPLACE,
} ss_text_fate;

typedef struct ss_text_rule
{
    const char *object; /* as ss_suspect has it */
    ss_place place;
    ss_text_fate fate;
    size_t counts[SS_TEXT_NKINDS]; /* KEEP: so many of each kind, and no more */
    const char *digest;            /* KEEP: of the text that is kept; NULL: not written yet */
    const char *with;              /* REPLACE */
    const char *why;               /* KEEP */
    ss_signature signature;        /* KEEP, REPLACE */
} ss_text_rule;

/* What a policy comes to for a text in which something was found. */
typedef enum ss_text_verdict
{
    SS_TEXT_DECIDED,  /* it may travel, is replaced or left out */
    SS_TEXT_OPEN,     /* nobody has decided */
    SS_TEXT_MORE,     /* the policy keeps less than is in it */
    SS_TEXT_UNBOUND,  /* kept, and nothing says which text that was */
    SS_TEXT_CHANGED,  /* another one was kept */
    SS_TEXT_UNSIGNED, /* decided, but not by whom it must be */
} ss_text_verdict;

typedef struct ss_policy
{
    const char *file;
    const char *base_digest;   /* of the texts of all files that base: includes; NULL: none */
    const char *source;        /* endpoint texts; may be NULL when the command line gives them */
    const char *source_folder; /* of the file that names it: relative paths start there */
    const char *target;
    const char *target_folder;
    const char *output;        /* absolute */
    const char *schema_source; /* endpoint that reads the schema, or NULL */
    size_t people;             /* k, default 11 */
    const char *rows;          /* default NULL: 100 % */
    uint64_t learn_rows;       /* of tables that do not say it; 0: all */

    enum
    {
        SS_ON_NEW_STOP,
        SS_ON_NEW_EMPTY, /* tables */
        SS_ON_NEW_SHAPE, /* columns */
        SS_ON_NEW_NULLIFY,
    } on_new_table, on_new_column;

    const ss_extension_rule *extensions;
    size_t nextensions;
    const ss_text_rule *texts;
    size_t ntexts;
    bool texts_decided;     /* of a model: what its schema holds was decided when it was made */
    bool locale_substitute; /* schema: {locale: substitute} */
    bool owners_stand_in;   /* schema: {owners: stand-in} */
    bool owners_skip;       /* schema: {owners: skip} */
    int wait_s;             /* when_in_use.wait, default 0 */
    bool then_terminate;    /* else keep-next */
    bool keep_previous;     /* default false */
    int max_snapshot_age_s; /* 0: no limit */
    size_t jobs;            /* 0: the machine's cores */
    const ss_access *access;
    size_t naccess;
    ss_signoff require_signoff;
    const struct ss_lock *lock; /* what plan last saw of the source (lock.h); or NULL */
    const ss_policy_key *key;   /* or NULL */
    const ss_policy_link *links;
    size_t nlinks;
    const ss_policy_subset *subset; /* or NULL */
    const ss_csv_table *csv; /* a source of CSV files without a schema.sql: their types and keys */
    size_t ncsv;
    const ss_policy_rule *rules;
    size_t nrules;
    const ss_policy_table *tables;
    size_t ntables;
    size_t nown_csv, nown_rules, nown_tables; /* the first of them stand in the file itself */
} ss_policy;

/*
 * Read and check file, and what its base: includes; messages name file, line, column and the nearest known word.  What
 * the file itself says goes before its base: docs/policy.md section 7.
 */
ss_code ss_policy_read(const char *file, ss_arena *result, ss_policy **policy, ss_error *err);

/* --- held against a catalog -------------------------------------------------------------------- */

typedef struct ss_path_decision ss_path_decision;

typedef struct ss_decision /* one column, or one path of a document, resolved */
{
    ss_class class;
    ss_treatment treatment; /* never DEFAULT */
    const char *kind;
    const char *to;
    const char *value;
    uint32_t days;      /* as in ss_policy_column */
    const char *locale; /* likewise */
    const char *why;
    const char *references; /* schema.table.column, a key that nobody declared; or NULL */
    size_t group;   /* index of its link group in the plan; SS_NONE: it is not pseudonymised */
    bool undecided; /* in the file or by absence: runs as shape, and is counted */
    bool personal;  /* may be about a person: keys too, unless they are integers or uuids */
    bool by_table;  /* of a kept table: by its signature alone, nothing says a class */
    bool is_key;    /* of the primary key or of any foreign key: made by the key machinery */
    const char *signed_by;         /* NULL: not signed, or no longer covered */
    const ss_signature *signature; /* of its entry or rule, whether it covers it or not; or NULL */
    bool lacks_signature; /* require_signoff wants a signature, and none covers it, nor its table */
    const ss_policy_rule *rule; /* that decided it, or NULL */
    ss_path_decision *
        paths; /* of a document, which has treatment shape: no value leaves as it is but by these */
    size_t npaths;
    const ss_path_set *path_set; /* of them */
} ss_decision;

struct ss_path_decision
{
    ss_path path;
    ss_decision decision;
};

/* Does something that reveals nothing stand in the place of all that is at a state of the set, objects and lists too? */
bool ss_paths_replace_whole(const ss_path_decision *paths, const ss_path_set *set, uint32_t state);

/*
 * One way from a table's rows to people: a reference of the table, declared or said by the policy, then one of
 * its parent, and so on.
 * It ends at a table with subject: self; where no chain of the first key does, after that key alone, whose
 * values are counted then.
 */
typedef struct ss_route
{
    const ss_reference *const *hops;
    size_t nhops;
    bool to_people;
} ss_route;

#define SS_ROUTES_MAX 16 /* of one table; with more, nobody is counted and nothing learnt */

typedef struct ss_table_plan /* parallel to catalog->tables */
{
    ss_mode mode;
    const char *why;
    const char *signed_by;         /* NULL: not signed, or no longer covered */
    const ss_signature *signature; /* of its entry, whether it covers it or not; or NULL */
    size_t added;        /* one that does not would, but for this column; SS_NONE: not known */
    const char *rows;    /* table's, else policy's, else NULL */
    uint64_t learn_rows; /* the same; 0: all */
    const char *const *rules_off; /* names of rules that fit is not to tell */
    size_t nrules_off;
    bool subject_self;
    bool subject_none;
    const size_t *subject_columns; /* the table's columns that the policy names */
    size_t nsubject_columns;
    const ss_reference
        *soft; /* references that the policy says and nobody declared, of one column each */
    size_t nsoft;
    const ss_route
        *routes; /* none: its rows are counted; of a table that is not made those to people alone */
    size_t nroutes;
    bool uncounted; /* nobody can be counted: every column is learnt as a shape, with no count */
    const ss_decision *columns; /* parallel to table->columns */
    size_t undecided;           /* how many of them */
    const bool *reads;          /* likewise: does a run read the column's values? */
    bool reads_rows;            /* a run reads its rows */
    bool reads_places;          /* by ctid, in ranges of pages */
    size_t
        counts_by; /* none is read: the column whose right lets its rows be counted, else SS_NONE */
} ss_table_plan;

/* Does a run read anything of the table? */
bool ss_table_plan_reads(const ss_table_plan *plan, const ss_table *table);

typedef struct ss_rule_column /* that a rule matches */
{
    const char *label;  /* schema.table.column */
    const char *digest; /* of the label */
    size_t table;       /* index into the catalog's */
    size_t column;      /* index into the table's */
    bool covered;       /* it matched already when plan last wrote the rule */
} ss_rule_column;

typedef struct ss_rule_columns
{
    ss_rule_column *list; /* sorted by label */
    size_t n;
    const char *digest; /* of them all, 8 hex digits: what plan writes */
    bool is_signed;     /* as the file has the rule */
    size_t gone;        /* covered columns that have vanished, where the lock file tells of them */
} ss_rule_columns;

typedef struct ss_link_member
{
    size_t table;  /* index into the catalog's: a root, where it has partitions */
    size_t column; /* index into the table's */
    size_t path;   /* index into its decision's; SS_NONE: the column itself */
} ss_link_member;

/* Columns that get the same pseudonym for the same value: a key, all that refers to it, what the policy links; or one column. */
typedef struct ss_link_group
{
    const char
        *name; /* of the column that the others refer to; of links: that are no keys, theirs */
    const ss_link_member *members; /* by table and column */
    size_t n;
    const char *kind; /* that the policy says, or NULL */
} ss_link_group;

typedef struct ss_plan
{
    const ss_policy *policy;
    const ss_catalog *catalog;
    const struct ss_leaf_types *leaf_types; /* of what stands in documents (leaves.h) */
    const ss_table_plan *tables;            /* ntables of the catalog; a partition has its root's */
    const ss_rule_columns *rules;           /* parallel to the policy's: what each matches by now */
    const ss_link_group *groups;
    size_t ngroups;
    const struct ss_subset_plan *subset; /* subset.h; NULL: whole tables are copied */
    size_t undecided;                    /* columns */
    ss_finding *findings;                /* what stops and what warns, in file order */
    size_t nfindings;
    size_t nstops;
} ss_plan;

/* Never fails on what it finds: look at nstops (design 5.1; policy.md sections 3 and 4). */
ss_code ss_policy_resolve(const ss_policy *policy, const ss_catalog *catalog, ss_arena *result,
                          ss_plan **plan, ss_error *err);

/* schema.table.column, each quoted as in SQL, in result. */
const char *ss_policy_label(const char *table_label, const char *column, ss_arena *result);

/* What people call a rule: its pattern, "domain:NAME" or "type:NAME". */
const char *ss_policy_rule_name(const ss_policy_rule *rule, ss_arena *result);

/* The command that signs an object of the file (a table, a column, a rule's name, a text), for a shell; in result. */
const char *ss_policy_sign_command(const char *file, const char *object, ss_arena *result);

/* What the policy says of a text of the schema; NULL: nothing. */
const ss_text_rule *ss_policy_text_rule(const ss_policy *policy, const char *object);

/* Does the policy let the text travel as it is, have it replaced or left out; and if not, why? */
ss_text_verdict ss_policy_text_judge(const ss_policy *policy, const ss_suspect *suspect);

/* Does the signature cover the rule, and the text as it is now?  suspect: that text; NULL: it is not known. */
bool ss_policy_text_is_signed(const ss_text_rule *rule, const ss_suspect *suspect);

/* A comment can be left out without harm; and is, where the policy says nothing of it. */
bool ss_policy_text_is_comment(const char *object);

/* Is it such that replacing a part of it would make rows invalid: an enum type? */
bool ss_policy_text_is_type(const char *object);

/* "1 email, 2 phone"; in result. */
const char *ss_policy_text_found(const size_t counts[SS_TEXT_NKINDS], ss_arena *result);

/* What is wrong with a text that is not decided, behind "it holds ..., and "; and what mends it, in result. */
const char *ss_policy_text_wrong(ss_text_verdict verdict);
const char *ss_policy_text_mend(const ss_policy *policy, const ss_suspect *suspect,
                                ss_text_verdict verdict, ss_arena *result);

/* Does any table have mode pseudonymise? */
bool ss_plan_pseudonymises(const ss_plan *plan);

#endif
