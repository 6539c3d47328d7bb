/* For the files of relations only: a table among its relatives. */
#ifndef SS_FIT_RELATIONS_INTERNAL_H
#define SS_FIT_RELATIONS_INTERNAL_H

#include "fit/relations.h"

#define ROWS_MIN 500 /* fewer rows with whole families: the table goes without relatives */
#define NOWHERE  UINT32_MAX

/* One table among its relatives. */
typedef struct ss_relative
{
    const ss_fit_kept *k; /* NULL: nothing is known of it */
    size_t owner;         /* its reference to the table that it hangs on; SS_NONE: to none */
    uint32_t *parent;     /* of each row: the owner's row, or NOWHERE */
    uint32_t *position;   /* among its siblings */
    uint32_t *previous;   /* the sibling before, or NOWHERE */
    size_t *children;     /* tables that hang on it */
    size_t nchildren, capacity;
    uint32_t **counts; /* of each of them: rows that a row has */
    ss_book **books;   /* the codes of these counts */
    bool *usable;      /* rows whose whole family is there */
    size_t nusable;
    ss_fit_totals totals;
    uint16_t *class; /* of usable rows; NULL: there are none */
    uint32_t nclasses;
    bool done;
} ss_relative;

typedef struct ss_relations
{
    const ss_catalog *catalog;
    ss_relative *members; /* by table */
    ss_arena *result, *scratch;
} ss_relations;

/* Each row's parent, its place among its siblings; how many children each parent has. */
void ss_relations_join(ss_relations *f, ss_relative *child, uint32_t *counts);

/* Codes of so many children: bins of whole numbers, those that k people have by themselves. */
ss_book *ss_relations_book(const ss_relations *f, const ss_relative *m, const uint32_t *counts);
uint16_t ss_relations_code(const ss_book *book, uint32_t count);

/* Of a table whose children are joined. */
void ss_relations_classes(ss_relations *f, ss_relative *m);

/* Of a table whose relatives have their classes. */
ss_fit_variables *ss_relations_variables(ss_relations *f, const ss_relative *m);

#endif
