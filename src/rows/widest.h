/* Which column makes a row too large to be sent. */
#ifndef SS_ROWS_WIDEST_H
#define SS_ROWS_WIDEST_H

#include "catalog/catalog.h"
#include "pg/pg.h"

/*
 * Reading a table failed with err: should it be that the server cannot send a row, add to err the name of the column
 * that holds the table's largest value (as stored; no value is fetched).  Ends pg's transaction then.  Returns err's
 * code.
 */
ss_code ss_note_widest_column(ss_pg *pg, const ss_table *table, ss_error *err);

#endif
