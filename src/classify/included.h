/*
 * Are the values of a column keys of another table?  Asked of the source's server, which answers with two counts: the values
 * stay where they are.
 *
 * A few blocks from all over the table are looked at, in a statement of a second at most, and all of it takes no longer than
 * its budget: what is not known by then, and what our role may not read, is not known.
 */
#ifndef SS_CLASSIFY_INCLUDED_H
#define SS_CLASSIFY_INCLUDED_H

#include "classify/subjects.h"
#include "pg/pg.h"

typedef struct ss_included ss_included;

ss_code ss_included_open(const ss_catalog *catalog, const ss_endpoint *source,
                         const ss_watch *watch, ss_arena *arena, ss_included **included,
                         ss_error *err);

/* An ss_ask_inclusion. */
bool ss_included_ask(void *included, const ss_table *table, const ss_column *column,
                     const ss_table *parent, const ss_column *key, ss_inclusion *answer);

/* SS_EINTERRUPTED: so was one of the questions. */
ss_code ss_included_close(ss_included *included, ss_error *err);

#endif
