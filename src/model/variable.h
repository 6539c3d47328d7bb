/*
 * The variables of a table's model of dependence: what a row has, and what is known before it is drawn.
 *
 * A row with children has a latent class, drawn first, which carries what its columns and its children have to do
 * with each other; how many children it has is drawn after its columns.  A child knows its parent's columns and
 * class, how many siblings there are, its place among them and the columns of the one before.
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
} ss_variable_kind;

#define SS_NVARIABLE_KINDS (SS_VARIABLE_PREVIOUS + 1)

typedef struct ss_variable
{
    ss_variable_kind kind;
    const ss_book *book; /* COLUMN and CHILDREN: their own; of others NULL */
    size_t column;       /* COLUMN, PREVIOUS: of the table; PARENT: of the parent */
    const char *
        reference; /* CHILDREN: the child's constraint, in table; PARENT ... POSITION: the row's own */
    const char *table; /* CHILDREN: label of the child */
    const char *name;  /* PARENT: the column's */
    uint32_t ncodes, nordered;
} ss_variable;

/* Is it known before the row is drawn? */
bool ss_variable_is_given(const ss_variable *variable);

/* "segment", "class", "children of orders", "parent's segment" ... */
char *ss_variable_name(const ss_variable *variable, const char *const *names, ss_arena *arena);

#endif
