/*
 * The variables of a table's model of dependence: what a row has, and what is known before it is drawn.
 *
 * A row with children has a latent class, drawn first, which carries what its columns and its children have to do
 * with each other; how many children it has is drawn after its columns.  A child knows its parent's columns and
 * class, how many siblings there are, its place among them and the columns of the one before.
 *
 * Of a child that has a time the distance to the one before, of the first one that to its parent's, come before the time
 * itself, which follows from them; then how long before the end of the table that is; then what the row of each further
 * reference is like, its second parent.  In a table that refers to itself a row knows its level and the row above it.  So all that a
 * row is drawn from can be had again from its parents' rows and the siblings before it.
 */
#ifndef SS_MODEL_VARIABLE_H
#define SS_MODEL_VARIABLE_H

#include "base/arena.h"
#include "model/book.h"

typedef enum ss_variable_kind
{
    SS_VARIABLE_CLASS,    /* of the row; drawn first */
    SS_VARIABLE_COLUMN,   /* of the row; drawn */
    SS_VARIABLE_CHILDREN, /* how many rows refer to it by one reference; drawn last */
    SS_VARIABLE_PARENT,   /* a column of the row's parent; given, as all below */
    SS_VARIABLE_PARENT_CLASS,
    SS_VARIABLE_SIBLINGS, /* how many rows its parent has, in the parent's codes */
    SS_VARIABLE_POSITION, /* of the row among them, from 0; the last code is all places from there on */
    SS_VARIABLE_PREVIOUS, /* a column of the sibling before; the last code: it is the first */
    SS_VARIABLE_LEVEL, /* in a table that refers to itself; the last code but one is all levels from there on, the last: in or below a circle */
    SS_VARIABLE_ABOVE, /* a column of the row that it refers to; the last code: none */
    SS_VARIABLE_GAP, /* from the time of the sibling before to the row's; NULL: it is the first; drawn, as all below */
    SS_VARIABLE_OFFSET, /* from a time of a parent: of the owner's first child alone, else NULL; of any child of a second parent */
    SS_VARIABLE_AGE, /* from the row's time to the end of the table's, of rows in the last bin; NULL: earlier */
    SS_VARIABLE_SAME, /* 0: another second parent than the sibling before; 1: the same; 2: no matter */
    SS_VARIABLE_SECOND_CLASS, /* of the second parent; the last code: there is none */
    SS_VARIABLE_SECOND,       /* a column of it; the same */
} ss_variable_kind;

#define SS_NVARIABLE_KINDS (SS_VARIABLE_SECOND + 1)
#define SS_VARIABLE_LEVELS 16 /* that are told apart */

typedef struct ss_variable
{
    ss_variable_kind kind;
    const ss_book *book; /* COLUMN, CHILDREN, GAP, OFFSET, AGE: their own; of others NULL */
    size_t
        column; /* COLUMN, PREVIOUS, ABOVE, GAP, OFFSET, AGE: of the table; PARENT, SECOND: of the parent */
    const char *
        reference; /* CHILDREN: the child's constraint, in table; of others the row's own; NULL: CLASS, COLUMN, PREVIOUS, GAP, AGE */
    const char *table; /* CHILDREN: label of the child */
    const char *name;  /* PARENT, SECOND: the column's; OFFSET: of the parent's column */
    int64_t end;       /* AGE: in the column's units */
    uint32_t ncodes, nordered;
} ss_variable;

/* What of a variable is told; by kind. */
typedef struct ss_variable_parts
{
    const char *word; /* in model.json */
    bool given, column, name, reference, table, book, end;
} ss_variable_parts;

const ss_variable_parts *ss_variable_parts_of(ss_variable_kind kind);

/* Is it known before the row is drawn? */
bool ss_variable_is_given(const ss_variable *variable);

/* "segment", "class", "children of orders", "parent's segment" ... */
char *ss_variable_name(const ss_variable *variable, const char *const *names, ss_arena *arena);

#endif
