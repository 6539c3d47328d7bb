/*
 * SQL text as pg_dump writes it, taken apart: statements, and the few places in them that change.
 *
 * Only for text that pg_restore printed from an archive.  The splitter knows strings, quoted identifiers, dollar quotes, comments and
 * BEGIN ATOMIC bodies, so that nothing inside a function is ever taken for a statement.
 */
#ifndef SS_LOAD_ARCHIVE_TEXT_H
#define SS_LOAD_ARCHIVE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"

/*
 * The next statement of text at *p, without its semicolon and the comments before it; psql's
 * backslash lines are passed over.  False at the end.
 */
bool ss_archive_text_next(const char **p, const char **statement, size_t *len);

/* Does statement begin with these words (one blank between words, letters' case as given)? */
bool ss_archive_text_begins(const char *statement, size_t len, const char *words);

/*
 * CREATE SERVER, FOREIGN TABLE or FOREIGN DATA WRAPPER: without any OPTIONS (...), those of its columns
 * among them; NULL when it has none.  In result.
 */
char *ss_archive_text_without_options(const char *statement, size_t len, ss_arena *result);

/* The name that follows word outside of parentheses, unquoted, in result; NULL when there is none. */
char *ss_archive_text_name_after(const char *statement, size_t len, const char *word,
                                 ss_arena *result);

/*
 * The role a GRANT or REVOKE is for, an ALTER ... OWNER TO, or an ALTER DEFAULT PRIVILEGES FOR ROLE: the name
 * unquoted, in result; "public" for PUBLIC; NULL when there is none.
 */
char *ss_archive_text_grantee(const char *statement, size_t len, ss_arena *result);
char *ss_archive_text_new_owner(const char *statement, size_t len, ss_arena *result);
char *ss_archive_text_default_for(const char *statement, size_t len, ss_arena *result);

/*
 * CREATE POLICY: the same with only those of its TO roles for which keep says yes; *lost counts the
 * others.  NULL when no role would remain.  In result.
 */
char *ss_archive_text_policy(const char *statement, size_t len,
                             bool (*keep)(const void *arg, const char *role), const void *arg,
                             size_t *lost, ss_arena *result);

/* CREATE POLICY: where its list of roles stands, as an offset, and how long it is; 0 when it names none. */
size_t ss_archive_text_policy_roles(const char *statement, size_t len, size_t *start);

/* Does chosen say yes of a name, quoted or not, that stands in the statement, outside of strings and bodies? */
bool ss_archive_text_any_name(const char *statement, size_t len,
                              bool (*chosen)(const char *name, size_t n));

/*
 * What a comment, grant or label of the archive is about, whose tag has a kind before the name: "table app.t" for "TABLE t" in
 * schema app, "constraint c on app.t" for "CONSTRAINT c ON t"; "-" is no schema.  In result.
 */
char *ss_archive_text_subject(const char *schema, const char *tag, ss_arena *result);

#endif
