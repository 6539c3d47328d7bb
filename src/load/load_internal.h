/* For load/ only: what the files of data loading share. */
#ifndef SS_LOAD_INTERNAL_H
#define SS_LOAD_INTERNAL_H

#include <stdatomic.h>

#include "base/pool.h"
#include "load/data.h"
#include "rows/copy.h"

/* Which attempt made each row of a table: 0 unless said. */
typedef struct ss_attempts
{
    uint64_t *rows; /* sorted */
    uint32_t *attempts;
    size_t n;
    size_t capacity;
    bool
        moved; /* rows that were made again stand behind the others: no longer in the order of numbers */
} ss_attempts;

uint32_t ss_attempts_get(const ss_attempts *a, uint64_t row);
/* One more for each of rows, which ascend; returns the largest new number. */
uint32_t ss_attempts_bump(ss_attempts *a, const uint64_t *rows, size_t n);
void ss_attempts_done(void *a);

/* How often one row is made again before it is given up. */
#define SS_ATTEMPTS_MAX 1000

typedef struct ss_load_worker
{
    ss_arena *arena;
    ss_arena *scratch; /* of one table */
    ss_pg *reader;
    ss_pg *loader;
} ss_load_worker;

typedef struct ss_loading /* of several tables at once */
{
    ss_load *load;
    const size_t *tables; /* largest first */
    ss_load_worker *workers;
    atomic_uint_fast64_t rows;
    uint64_t rows_total;
} ss_loading;

/* Connect the worker: to NAME__next, and to the source where it reads. */
ss_code ss_load_open_worker(const ss_loading *loading, ss_load_worker *worker, bool reads,
                            ss_error *err);

/* So many more rows of the table are done. */
void ss_load_tell(ss_loading *loading, const char *stage, const ss_table *table, uint64_t rows);

/* Run job, whose argument is the loading, over its n tables with the load's number of workers. */
ss_code ss_load_run(ss_loading *loading, size_t n, ss_job *job, ss_arena *arena, ss_error *err);

/* n tables, in place, the largest first: the last to end should be a small one. */
size_t *ss_load_largest_first(const ss_load *load, size_t *tables, size_t n);

/* A loader's session on NAME__next. */
ss_code ss_load_session(const ss_load *load, ss_arena *arena, ss_pg **pg, ss_error *err);

/* "schema"."table" in arena. */
char *ss_load_name(const ss_table *table, ss_arena *arena);

/* The transferred columns of a made table, for a writer; *format receives the COPY format. */
ss_copy_column *ss_load_columns(const ss_load *load, size_t table, const size_t *columns, size_t n,
                                ss_copy_format *format, ss_arena *arena);

/* "(\"a\", \"b\")" of those columns; "" when there are none. */
char *ss_load_column_list(const ss_table *table, const size_t *columns, size_t n, ss_arena *arena);

/* Was this CHECK dropped before the rows were made, and is it to be added again? */
bool ss_load_check_is_off(const ss_load *load, const ss_table *table, const ss_check *check,
                          ss_arena *arena);

/*
 * What a row must satisfy by itself, as the server would judge it: expressions over the table's own
 * columns that are true or NULL for a good row.  Numbered from 1 in verdicts; 0 is a good row.
 */
#define SS_RULE_TYPES 1 /* domains, type modifiers, generated columns; always the first */

typedef struct ss_row_rules
{
    const char **names; /* names[i]: of rule i + 1, for people */
    const char **sql;   /* sql[0] is NULL */
    size_t n;
    size_t capacity;
} ss_row_rules;

/* The rules of a made table: CHECKs, NOT NULL, partition bounds, expressions of indexes. */
ss_code ss_load_row_rules(const ss_load *load, size_t table, ss_pg *pg, ss_row_rules *rules,
                          ss_arena *arena, ss_error *err);

/* "CASE WHEN NOT (...) THEN 2 ... ELSE 0 END" over the table's columns. */
char *ss_load_verdict(const ss_row_rules *rules, ss_arena *arena);

/* Did the server refuse a row, and not break, run out of something or misunderstand? */
bool ss_load_row_refused(const ss_error *err);

/*
 * A sieve: rows of one table made again and again, in a staging table, until the server's row rules
 * let them through.  It owns temporary tables of its session:
 *
 *     sandseed_raw   the candidates, in base types, numbered in the order in which they came
 *     sandseed_rows  where each row of the table stands (only once it is mapped)
 *     sandseed_bad   the numbers of rows that break a rule
 *
 * Which attempt of a row gets through depends on values alone, so the result does not depend on the
 * number of jobs.
 */
#define SS_SIEVE_ROWS 16384 /* candidates at once */

typedef struct ss_sieve
{
    ss_load *load;
    ss_pg *pg;
    ss_arena *arena;   /* of the table */
    ss_arena *scratch; /* of one statement's text and result */
    size_t index;
    const ss_table *table;
    const ss_row_source *source;
    ss_attempts *attempts;
    ss_load_table *done;
    size_t worker;
    const char *name; /* "schema"."table" */
    const char *only; /* "ONLY ", or "" where rows stand in partitions */
    const char *list; /* the transferred columns: "a", "b" */
    const char *row;  /* one of sandseed_raw r as a row of the table */
    ss_row_rules rules;
    const char *verdict;
    bool careful; /* an expression raised: judged row by row from now on */
    bool mapped;  /* sandseed_rows is filled */
    bool opened;
    ss_batch *batch;
    ss_copy_column *columns;
    ss_copy_format format;
    uint32_t *numbers; /* attempts of a batch */
    uint64_t *rows;    /* of the last sieving, ascending */
    uint64_t *places;  /* where they are in sandseed_raw */
    size_t n;
    uint64_t *left; /* rows not through yet, and which of rows they are */
    size_t *which;
    uint64_t last;  /* number of the last candidate */
    uint64_t ahead; /* rows that are to be sieved after those of now */
} ss_sieve;

ss_code ss_sieve_open(ss_sieve *sieve, ss_load *load, size_t table, size_t worker, ss_pg *pg,
                      ss_arena *arena, ss_error *err);
/* Drop what it has on the server. */
ss_code ss_sieve_close(ss_sieve *sieve, ss_error *err);

/* Make rows, which ascend, n <= SS_SIEVE_ROWS, until all are through.  SS_EGATE naming the rule when they do not get. */
ss_code ss_sieve_rows(ss_sieve *sieve, const uint64_t *rows, size_t n, ss_error *err);
/* The same for the rows of sandseed_bad, with one more attempt each, in place of what stands there. */
ss_code ss_sieve_replace_bad(ss_sieve *sieve, const char *rule, ss_error *err);
/* SS_EGATE: n rows cannot be made that satisfy rule. */
ss_code ss_sieve_give_up(const ss_sieve *sieve, const char *rule, uint64_t n, ss_error *err);
/* Empty the table and fill it with all rows through the sieve. */
ss_code ss_sieve_reload(ss_sieve *sieve, ss_error *err);
/* Fill sandseed_rows. */
ss_code ss_sieve_map(ss_sieve *sieve, ss_error *err);
/* An expression that gives the verdict over the rows of FROM [ONLY] table; judged carefully after a raise. */
ss_code ss_sieve_be_careful(ss_sieve *sieve, ss_error *err);
const char *ss_sieve_verdict_in_place(const ss_sieve *sieve);

/* Judge the rules over several rows, and make rows again, until all hold. */
ss_code ss_load_judge_sets(ss_sieve *sieve, ss_error *err);
/* Rows that a view cannot compute are made again. */
ss_code ss_load_repair_views(ss_load *load, ss_arena *arena, ss_error *err);

/* The error for a materialised view that the server refuses to compute over the rows made; err holds the refusal. */
ss_code ss_load_view_refused(const char *schema, const char *name, ss_arena *arena, ss_error *err);

/* Does this table's data come from a row source?  Partitions follow their root. */
bool ss_load_is_made(const ss_load *load, size_t table);

#endif
