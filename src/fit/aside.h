/* Rows of the control subjects (policy/control.h), who enter nothing: which they are. */
#ifndef SS_FIT_ASIDE_H
#define SS_FIT_ASIDE_H

#include "base/watch.h"
#include "pg/pg.h"
#include "policy/control.h"
#include "policy/ways.h"
#include "rows/copy.h"
#include "stats/people.h"

typedef struct
    ss_fit_aside_way /* to people of whom some are set aside; or the rows are people themselves */
{
    const ss_control_table *of;
    const size_t *at; /* where of's columns are in a batch; NULL: who it is is known already, */
    size_t path;      /* as the subject of this path */
} ss_fit_aside_way;

typedef struct ss_fit_aside
{
    const ss_control *control;
    ss_fit_aside_way *ways;
    size_t n;
    uint64_t *people; /* of one row, of each way */
} ss_fit_aside;

/* A batch that is being planned: n columns, and what is asked for them. */
typedef struct ss_fit_asked
{
    ss_copy_column *columns;
    ss_form *forms;
    size_t *types;
    size_t n;
    ss_buf sql;
} ss_fit_asked;

/* Room for so many columns. */
void ss_fit_asked_init(ss_fit_asked *asked, size_t most, ss_arena *arena);
void ss_fit_asked_done(ss_fit_asked *asked);
/* One more column of a table, by this expression, in machine form, so that somebody's key is the same in every table. */
size_t ss_fit_ask_column(ss_fit_asked *asked, const ss_catalog *catalog, size_t table,
                         size_t column, const char *sql, ss_arena *arena);

/* One more column, a text, which the caller asks for before all others; label: of the table that it is about. */
void ss_fit_ask_text(ss_fit_asked *asked, const char *label);

/* No way yet, of so many and the rows themselves. */
void ss_fit_aside_init(ss_fit_aside *aside, const ss_control *control, size_t most,
                       ss_arena *arena);
/* One way more, if somebody on it is set aside; keys: as of ss_control_on(). */
void ss_fit_aside_add(ss_fit_aside *aside, const ss_way *way, const size_t *keys, ss_arena *arena);
/* The same of a route that we follow ourselves (fit/hops.h), to the subjects of a path. */
void ss_fit_aside_add_path(ss_fit_aside *aside, const ss_route *route, size_t path);

/*
 * All ways from a table's rows, called ways->alias, with what has to be asked for them.  Room that asked needs: ss_fit_aside_room().
 */
size_t ss_fit_aside_room(const ss_catalog *catalog, size_t table, const ss_ways *ways);
void ss_fit_aside_ask(ss_fit_aside *aside, const ss_catalog *catalog, const ss_control *control,
                      size_t table, const ss_ways *ways, ss_fit_asked *asked, ss_arena *arena);

/*
 * Does the row stay: is none of its people set aside?  subjects: of its paths, NULL where none was added.  *share: what it then counts for, of SS_WHOLE.  Rows of whom fewer people could
 * have been set aside count for less, as if as many had been; so all are short of the table's by the same share.
 */
bool ss_fit_aside_stays(const ss_fit_aside *aside, const ss_batch *batch, size_t row,
                        const uint64_t *subjects, uint64_t *share);

/* A row that stays. */
typedef void ss_fit_aside_take(void *arg, const ss_batch *batch, size_t row);

/* Those rows that stay of what sql, a COPY in text of what was asked, has. */
ss_code ss_fit_aside_read(const ss_fit_aside *aside, const ss_fit_asked *asked, const char *sql,
                          ss_pg *pg, const ss_watch *watch, ss_fit_aside_take *take, void *arg,
                          ss_arena *arena, ss_error *err);

#endif
