/*
 * The model: the fitted statistics of a source, aggregates only.
 *
 * Every count has at least k people behind it (or what the table is counted by) and is rounded to a
 * multiple of 5; no cell below k is stored, its mass goes to the rest (design 5.7).  Values of declared lists (enum labels,
 * booleans) are all alive; a rarer one has count 0 and is generated at a small fixed rate.
 */
#ifndef SS_MODEL_MODEL_H
#define SS_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sandseed/error.h>

#include "base/arena.h"
#include "catalog/roles.h"
#include "model/dependence.h"
#include "model/mapping.h"
#include "model/rule.h"
#include "policy/control.h"

#define SS_MODEL_VERSION 1
#define SS_NO_NUMBER     INT64_MIN

typedef enum ss_marginal_kind
{
    SS_MARGINAL_NONE,       /* the server makes it */
    SS_MARGINAL_NULL,       /* nullify */
    SS_MARGINAL_CONSTANT,   /* constant */
    SS_MARGINAL_CATEGORIES, /* declared values, or values with k behind them; the rest by shape */
    SS_MARGINAL_NUMBER,     /* quantiles in grid units */
    SS_MARGINAL_SHAPE,      /* length and alphabet, digits and sign, decade: no value learnt */
    SS_MARGINAL_KEY,        /* keys and references: nothing learnt but the null share */
    SS_MARGINAL_REFERENCE,  /* to a kept table: those of its keys that k people's rows refer to */
} ss_marginal_kind;

/* Is the column's value that of a key, here or of another table? */
static inline bool
ss_marginal_is_key(ss_marginal_kind kind)
{
    return kind == SS_MARGINAL_KEY || kind == SS_MARGINAL_REFERENCE;
}

/* Is what is told of it a list of texts? */
static inline bool
ss_marginal_has_texts(ss_marginal_kind kind)
{
    return kind == SS_MARGINAL_CATEGORIES || kind == SS_MARGINAL_REFERENCE;
}

typedef struct ss_cell
{
    int64_t
        number; /* the value, a length, a mask, a code; or SS_NO_NUMBER when text is the value */
    const char *text; /* or NULL */
    uint64_t count;   /* 0: declared, fewer than k */
} ss_cell;

typedef struct ss_cells
{
    ss_cell *cells; /* ascending by number, then text */
    size_t n;
    uint64_t total; /* of their counts */
} ss_cells;

/* Which cell is of that number, or of that text of n bytes (none of them 0), among cells that are all of numbers, or of texts; n: none. */
size_t ss_cells_find_number(const ss_cells *cells, int64_t number);
size_t ss_cells_find_text(const ss_cells *cells, const char *text, size_t n);

/* The cell with most rows after before (NULL: of all), of those with as many the first; NULL: there is none. */
const ss_cell *ss_cells_next_most(const ss_cells *cells, const ss_cell *before);

#define SS_TAIL_STEP 50 /* what once and slope are rounded to */

/* Of values that are in no cell. */
typedef struct ss_tail
{
    uint64_t values; /* different ones, to two digits; 0: nothing is told of them */
    uint64_t once;   /* of a thousand of them, those that one row has */
    uint64_t slope;  /* n^-(slope/1000) of them have n rows; 0: not told */
} ss_tail;

typedef struct ss_habits ss_habits; /* model/habits.h */

typedef struct ss_marginal
{
    const char *column;
    ss_marginal_kind kind;
    uint64_t nulls; /* of count */
    uint64_t count;
    const char *constant; /* text form */
    ss_cells values;      /* categories; of numbers the atoms, in grid units */
    uint64_t rest;        /* rows with none of these values */
    bool sampled;         /* there were too many: values, shares and points are those of a sample */
    ss_tail tail;
    int scale;       /* numbers: value = unit / 10^scale */
    int64_t step;    /* dates and times: value = unit * step */
    int64_t *points; /* numbers: ascending; about equal shares of the rest lie between neighbours */
    size_t npoints;
    ss_cells lengths;   /* shape of text: characters */
    ss_cells alphabets; /* shape of text: masks of character classes */
    ss_cells codes;     /* shape of numbers and dates */
    ss_habits *habits;  /* of a column that is learnt, or NULL */
} ss_marginal;

typedef struct ss_fan_out /* children per parent of one foreign key */
{
    const char *constraint; /* the first of those with the same columns and parent */
    uint64_t nulls;         /* of count child rows */
    uint64_t count;
    ss_cells children; /* number: children; count: parents that have so many */
    bool sampled;      /* parents of the sample alone were counted: their shares are told */
    ss_cells levels;   /* of a key to the table itself: how far below a row that refers to none, or
                          SS_VARIABLE_LEVELS: in or below a circle; count: rows */
} ss_fan_out;

/* A number that follows from others in every row: a sum, or a product rounded to its own scale. */
typedef struct ss_derived
{
    size_t target; /* indices into the table's columns */
    size_t terms[3];
    size_t nterms; /* 2 or 3; a product has 2 */
    bool product;
} ss_derived;

/*
 * Columns that one CHECK names, or several that overlap: what they do together.  A pattern has one
 * word per column, divided by blanks: "-" NULL, "*" any value, "?" any value or NULL, "#2" the declared value 2, "=text" a
 * category (blanks, '%' and control characters as %20 ...), "@1" a number or time that is the
 * smallest of those in the pattern which can be compared, "@2" the next, equal ones with the same rank.
 */
typedef struct ss_joint
{
    size_t *columns; /* indices into the table's columns, ascending */
    size_t ncolumns;
    ss_cells patterns;
    ss_marginal
        *gaps; /* parallel to columns: distance to the next smaller one, in the column's units */
    ss_derived *derived;
    size_t nderived;
} ss_joint;

typedef enum ss_counted /* what a table's numbers were counted by, besides its rows */
{
    SS_COUNTED_ROWS, /* alone: the policy says that they are about nobody, or nothing of theirs is personal */
    SS_COUNTED_PEOPLE,  /* who have subject: self */
    SS_COUNTED_KEYS,    /* values of foreign keys, of which not all lead to such people */
    SS_COUNTED_NOTHING, /* nobody knows whose they are: no number is stored */
} ss_counted;

#define SS_MODEL_HALVED_MOST 40

typedef struct ss_model_table
{
    const char *label;
    uint64_t rows;
    ss_counted counted;
    ss_control_state control; /* of a table of people: is somebody set aside? */
    unsigned
        halved; /* rows of one person in 2^halved were read: every count is an estimate; 0: of all */
    ss_role role;    /* among the other tables */
    bool shape_only; /* fewer than 50 subjects, or counted by nothing */
    ss_marginal
        *columns; /* parallel to the catalog table's; NULL when the table is not synthesised */
    size_t ncolumns;
    ss_fan_out *references; /* parallel to ss_table_references() */
    size_t nreferences;
    ss_joint *joints; /* disjoint sets of columns */
    size_t njoints;
    ss_rule *rules; /* that hold in every row */
    size_t nrules;
    ss_mapping *mappings; /* in the order that they are applied in */
    size_t nmappings;
    ss_dependence *dependence; /* NULL: there was too little to learn from */
    double seconds;            /* that fitting it took: known to fit alone, in no file */
} ss_model_table;

typedef struct ss_model
{
    uint64_t people;        /* k */
    ss_model_table *tables; /* parallel to the catalog's */
    size_t ntables;
} ss_model;

/* Bits of an alphabet mask. */
#define SS_ALPHABET_LOWER 1
#define SS_ALPHABET_UPPER 2
#define SS_ALPHABET_DIGIT 4
#define SS_ALPHABET_SPACE 8
#define SS_ALPHABET_PUNCT 16
#define SS_ALPHABET_OTHER 32 /* beyond ASCII */
#define SS_ALPHABET_EMAIL 64 /* one @ with a dot behind it */

#endif
