/*
 * One edit of a policy file that people own: text is put at places that the YAML parser reported, and nothing else is touched.
 *
 * plan brings a file up to date by it (update.c), sign puts signatures in (sign.c).
 */
#ifndef SS_POLICY_EDIT_H
#define SS_POLICY_EDIT_H

#include "policy/policy_internal.h"
#include "policy/write.h"

typedef struct ss_edit
{
    size_t at;     /* byte where text is put */
    size_t remove; /* bytes that go */
    const char *text;
} ss_edit;

typedef struct ss_editing
{
    const char *file;
    char *text;
    size_t n;
    size_t *marks;        /* the byte of every MARKth character */
    const char *line_end; /* as the file has them */
    bool ended;           /* the last line has its end by now */
    ss_arena *arena;
    ss_yaml *root;
    ss_policy *policy;
    ss_edit *edits;
    size_t nedits;
    size_t capacity;
    ss_arena *result; /* of changes */
    ss_policy_changes *changes;
} ss_editing;

/* Read the file, which stays as it is until ss_edit_finish(); the caller frees e->arena, whatever becomes of it. */
ss_code ss_edit_begin(ss_editing *e, const char *file, ss_arena *result, ss_policy_changes *changes,
                      ss_error *err);

/* Write the file with all edits, unless it would be no policy then, or has changed meanwhile. */
ss_code ss_edit_finish(ss_editing *e, ss_error *err);

/* libyaml counts characters; files are edited in bytes. */
size_t ss_edit_byte_of(const ss_editing *e, size_t character);

/* The byte behind the last one of a node; a text in a block ends for YAML where the next line begins. */
size_t ss_edit_end_of(const ss_editing *e, const ss_yaml *node);

/* Put text, whose lines end with a line feed, in the place of remove bytes. */
void ss_edit_add(ss_editing *e, size_t at, size_t remove, const char *text);

/* Whole lines behind the entry of a block whose value is behind. */
void ss_edit_add_lines(ss_editing *e, const ss_yaml *behind, const char *text);

/* Behind the last value of a map in braces. */
void ss_edit_put_in_braces(ss_editing *e, const ss_yaml *map, const char *text);

/* A rule's value: replaced, or added. */
void ss_edit_put_value(ss_editing *e, const ss_yaml *map, const char *key, const char *value);

/* How far in the entries of a map in a block stand, whose first key may have a ? before it. */
size_t ss_edit_indent_of(const ss_editing *e, const ss_yaml *map);

/* How far in the entries of a section of the top level stand; section: NULL where it is not there. */
size_t ss_edit_entries_by(const ss_editing *e, const ss_yaml *section);

/* New entries of a section of the top level, and its head where it is not there yet. */
ss_code ss_edit_insert_entries(ss_editing *e, const char *key, const char *head, const char *text,
                               ss_error *err);

/* What the caller of plan or sign is told. */
void ss_edit_note(ss_editing *e, ss_policy_change change);

/* What rule i matches by now, where that is not what stands in the file; what it covers from now on is told. */
void ss_edit_put_covered(ss_editing *e, size_t i, const ss_rule_columns *columns, bool is_signed);

/* Does the file itself say what becomes of text i?  Its own come first, its base's behind them. */
bool ss_edit_owns_text(const ss_editing *e, size_t i);

/* Of one of the file's own. */
const ss_yaml *ss_edit_text_entry(const ss_editing *e, size_t i);

#endif
