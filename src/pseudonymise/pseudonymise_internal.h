/*
 * For pseudonymise/ only: what its parts hand each other.
 *
 *     kind.h, kinds.def    what can be put in place of a value; a file each
 *     columns.c            which of them every link group and column gets
 *     reading.c            what is read of a table for it, and in which order it is written
 *     plan.c               all tables, and what is told of them
 *     subject.c            whose a row is
 *     constraints.c        what the schema demands of the rows, and whether it holds for rows so changed
 *     examples.c           what the server is asked of them
 *     shape_holds.c        which CHECKs shapes certainly meet
 *     coarse_holds.c       which CHECKs coarser values, and earlier dates, certainly meet
 *     degrees_hold.c       which of them bound degrees
 *     redact_plan.c        what redacted texts are searched for
 *     search_vectors.c     what becomes of columns of tsvector
 *     change.c             batches of rows, changed
 *     document.h           documents, path by path
 *     propose.c            what plan proposes
 */
#ifndef SS_PSEUDONYMISE_INTERNAL_H
#define SS_PSEUDONYMISE_INTERNAL_H

#include <stdatomic.h>

#include "pseudonymise/pseudonymise.h"

typedef struct ss_tally /* of a column, over all partitions and workers */
{
    atomic_uint_fast64_t values;
    atomic_uint_fast64_t fallbacks;
} ss_tally;

typedef enum ss_step_act
{
    SS_STEP_PASS,     /* as it is, unread */
    SS_STEP_NULL,     /* not read */
    SS_STEP_CONSTANT, /* not read */
    SS_STEP_KIND,
} ss_step_act;

typedef struct ss_document_ways ss_document_ways;

typedef struct ss_step /* what is done with one column */
{
    ss_step_act act;
    size_t column;        /* of the table's */
    size_t in;            /* of what is read; SS_NONE: nothing is */
    size_t locale_column; /* of the table's, which says whose names a row has; SS_NONE: none does */
    size_t locale_in;     /* of what is read, as text */
    const char *value;    /* of a constant: its text */
    const ss_kind *kind;  /* SS_STEP_KIND */
    ss_kind_column about; /* SS_STEP_KIND */
    ss_tally *tally;      /* SS_STEP_KIND */
} ss_step;

/* A column of the row, or of the people whose row it is, that redacted texts are searched for. */
typedef struct ss_own_column
{
    const ss_step *step;
    size_t people;    /* of the table's; SS_NONE: the row's own */
    size_t in;        /* of what is read: its value as text */
    size_t value_in;  /* of the people's: as the kind reads it; SS_NONE: nothing stands for it */
    size_t locale_in; /* of the people's, as in ss_step */
} ss_own_column;

typedef struct ss_people /* to whom a way from a table leads */
{
    const struct ss_table_steps *steps; /* of their table */
    const char *alias;                  /* by which it is joined */
    const char *subject;                /* expression of text that tells them apart */
    size_t subject_in;
} ss_people;

typedef struct ss_table_steps
{
    ss_pseudonyms *of;
    const ss_table *table;
    const ss_table_plan *plan;
    ss_step *steps;
    size_t nsteps;
    const char *subject_table; /* label of the table of those whose rows they are; NULL: nobody's */
    const size_t
        *subject_columns; /* of the table's, that tell them apart; none: a joined table's do */
    size_t nsubject_columns;
    const char *subject; /* expression of text that tells them apart; NULL: nobody's */
    const char *joins;   /* what it needs to be joined, and people do; or "" */
    size_t subject_in;   /* column of what is read that tells it, as text; SS_NONE: nobody asks */
    size_t
        row_in; /* column of what is read that tells which row it is, unread bytes; SS_NONE: none does */
    ss_own_column *own; /* what redacted texts are searched for; none where no text is */
    size_t nown;
    ss_people *people; /* whose columns these are, too; none where no text is redacted */
    size_t npeople;
    const char *row_group; /* whose key makes words of it */
    ss_row_change change;
} ss_table_steps;

typedef struct ss_group_kind /* parallel to the plan's link groups */
{
    const ss_kind *kind; /* NULL: none fits, which has been told */
    size_t limit;        /* as in ss_kind_column */
    int64_t low, high;
    ss_bounds *bounds; /* of its columns of whole numbers */
    size_t nbounds, bounds_capacity;
    bool unique;
    bool folds;   /* values that differ in case, say, are equal in one of its columns */
    bool by_type; /* of paths alone, and no kind is said: each value's type tells */
    size_t type;  /* of its columns, domains peeled off; SS_NONE: it has none but paths */
} ss_group_kind;

struct ss_pseudonyms
{
    ss_plan *plan;
    ss_arena *arena;
    size_t capacity; /* of the plan's findings */
    ss_group_kind *groups;
    ss_table_steps **tables; /* parallel to the catalog's; NULL: its rows pass as they are */
    ss_key_room *keys;       /* NULL until they are opened */
    ss_pseudonym_trial *trials;
    size_t ntrials, trials_capacity;
};

/* A finding of the plan; object is made printable. */
void ss_pseudonyms_find(ss_pseudonyms *p, ss_severity severity, ss_what what, const char *object,
                        const char *mend, const char *fmt, ...) SS_PRINTF(6, 7);

/* By what the column's group says it, with that group's limits. */
ss_kind_column ss_about_group(const ss_pseudonyms *p, const ss_table_steps *t, size_t group);

/* The numbers that a column takes, whole by value at least; false: they are no such numbers, or any. */
bool ss_column_bounds(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                      int64_t *low, int64_t *high);

/* One of its columns takes whole numbers from low to high. */
void ss_group_bound(const ss_pseudonyms *p, ss_group_kind *group, int64_t low, int64_t high);

/* schema.table.column */
const char *ss_pseudonyms_label(const ss_pseudonyms *p, const ss_table *table, size_t column);

/* The step of a column, by its index in the table; NULL: the server makes it. */
const ss_step *ss_step_of(const ss_table_steps *t, size_t column);

/* Is the expression lower() or upper() of the column, and nothing else? */
bool ss_is_folded(const char *expression, const ss_column *column, ss_arena *scratch);

/* May the key's expressions be about that column? */
bool ss_key_computes(const ss_table *table, const ss_key *key, const char *column);

/* Does it take its values from a sequence?  Such a number is unique by itself, in a key of several columns as well. */
bool ss_is_numbered(const ss_column *column);

/*
 * Does a shape meet a CHECK of its column, or VALUE, that its value meets: of length, of not being empty, of the kind of a
 * document?  *limit is narrowed to what it lets a text have.
 */
bool ss_shape_meets(const ss_type *type, const char *definition, const char *name, size_t *limit);

/* Does a comparison of two columns (" <= ") hold as it did, since both are made coarser and bands keep order? */
bool ss_coarse_order_holds(const ss_step *left, const char *operator, const ss_step * right);

/* Does a CHECK that bounds dates or moments by literals, or by now, hold for the beginnings of their bands, or earlier ones? */
bool ss_date_bounds_hold(const ss_step *s, const char *definition, const char *name,
                         ss_arena *scratch);

/*
 * Does a CHECK that bounds numbers hold for degrees that are moved, or for numbers that are made coarser?  Clauses about other
 * columns are passed over: they are judged as these are treated.
 */
bool ss_degrees_hold(const ss_step *s, const char *definition, const char *name, ss_arena *scratch);

/*
 * Columns whose values are looked for in the table's redacted texts, once the columns of all tables are decided; that not all is
 * found is told.
 */
void ss_redact_plan(ss_pseudonyms *p, ss_table_steps *t);

/* Once all tables are planned: what is found in a text gets the pseudonym that it has in a column of its kind. */
void ss_redact_link(ss_pseudonyms *p);

/* The kinds of pseudonyms that redact puts into texts; *n of them. */
const ss_kind *ss_redact_kind(size_t i);
#define SS_REDACT_KINDS_MAX 40

/* A tsvector that the server does not generate. */
bool ss_is_search_vector(const ss_catalog *catalog, const ss_column *column);

/* Which of a table's are empty, or hold words that should not be there: that is told. */
void ss_pseudonyms_judge_vectors(ss_pseudonyms *p, const ss_table_steps *t);

/* Do the columns that a partitioned table's rows find their partition by change? */
bool ss_pseudonyms_reroute(const ss_pseudonyms *p, const ss_table *table);

/* Keys, exclusions, CHECKs and partitions of a table whose steps are known: what cannot hold is told. */
void ss_pseudonyms_judge_constraints(ss_pseudonyms *p, const ss_table_steps *t);

/* Whose each row is: sets what is said of the table's subject. */
void ss_subject_find(ss_table_steps *t, const char *alias);

/*
 * All people to whom ways from the table lead, for texts that are redacted; once the columns of all tables are decided.
 */
void ss_subject_people(ss_table_steps *t, const char *alias);

/* Is every row certainly somebody's? */
bool ss_rows_are_owned(const ss_table_steps *t);

/* The functions of a row change. */
void ss_change_init(ss_table_steps *t);

/* A link group's kind, and what is done with a column, whatever speaks against it being told. */
void ss_pseudonyms_decide_group(ss_pseudonyms *p, size_t group);
void ss_pseudonyms_decide_column(ss_pseudonyms *p, ss_table_steps *t, const ss_decision *d,
                                 ss_step *s);

/* What statements call the table whose rows they read. */
#define SS_TABLE_ALIAS "t"

/* The change of a table whose columns are decided, and what its redacted texts are searched for. */
void ss_pseudonyms_write_change(ss_pseudonyms *p, ss_table_steps *t);

#endif
