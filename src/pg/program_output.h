/*
 * What PostgreSQL's programs print, understood without passing it on.
 *
 * pg_dump, pg_restore and initdb quote values, statements and connection strings on their stderr.
 * The functions here take such text and give back only what is ours to say: a version, the number
 * of an archive entry, a line of a fixed table.  For pg/ only; pure functions, so that tests can feed them samples.
 */
#ifndef SS_PG_PROGRAM_OUTPUT_H
#define SS_PG_PROGRAM_OUTPUT_H

#include <stdbool.h>

#include <sandseed/error.h>

#include "base/buf.h"
#include "pg/programs.h"

/* "pg_dump (PostgreSQL) 15.20 (Debian ...)" -> 150020; "18beta1" -> 180000; 0 when it is none. */
int ss_program_version(const char *text);

/* What a failure's text means. */
typedef struct ss_program_failure
{
    ss_code code;
    const char *text;     /* constant; NULL when the text is not known */
    const char *hint;     /* constant, "" when none */
    const char *sqlstate; /* where the text is as good as one; else "" */
    int dump_id;          /* of the archive entry at fault; 0 unknown */
} ss_program_failure;

ss_program_failure ss_program_failure_of(const char *stderr_text);

/* The entries of pg_restore --list's output; their text lives in result. */
void ss_archive_parse_list(const char *text, ss_arena *result, ss_archive_entry **entries,
                           size_t *n);

/*
 * Take the lines \restrict TOKEN and \unrestrict TOKEN out of a plain dump: newer programs write a
 * token of chance into each, and no two dumps would be equal.  Only lines with the first line's token go.
 */
void ss_dump_strip_restrict(ss_buf *text);

#endif
