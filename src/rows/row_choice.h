/*
 * A row choice: which rows of a table are read at all, by where they lie in the snapshot.
 *
 * The subset implements it; load asks for them, as many at once as it likes.  May be asked from any thread.
 */
#ifndef SS_ROWS_ROW_CHOICE_H
#define SS_ROWS_ROW_CHOICE_H

#include <stddef.h>
#include <stdint.h>

#define SS_ROW_PAGE(place) ((uint32_t) ((place) >> 16)) /* of ctid */
#define SS_ROW_ITEM(place) ((uint32_t) ((place) &0xffff))

typedef struct ss_row_choice ss_row_choice;

typedef struct ss_row_cursor /* all zero: at the beginning */
{
    size_t round; /* of the choice's own */
    uint64_t row;
} ss_row_cursor;

struct ss_row_choice
{
    const void *arg;

    /*
     * The next rows, at most most of them, into places; returns how many, 0 at the end.  *cut: ncut columns of theirs, indices
     * into the catalog table's, that are read as NULL.
     */
    size_t (*next)(const ss_row_choice *choice, ss_row_cursor *cursor, uint64_t *places,
                   size_t most, const size_t **cut, size_t *ncut);
};

#endif
