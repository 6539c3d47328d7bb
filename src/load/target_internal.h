/* What the files about the target share and nobody else needs. */
#ifndef SS_LOAD_TARGET_INTERNAL_H
#define SS_LOAD_TARGET_INTERNAL_H

#include "load/target.h"

/* Letters, digits, ".:_-", 1 to SS_MARKER_WORD_MAX bytes. */
bool ss_marker_word_valid(const char *word);

/* A new maintenance connection of the target's server; watch may be NULL. */
ss_code ss_target_maintenance(const ss_target *target, ss_arena *arena, const ss_watch *watch,
                              ss_pg **pg, ss_error *err);

/* How many sessions other than ours are in db. */
ss_code ss_target_sessions(ss_target *target, const ss_target_db *db, size_t *n, ss_error *err);

/* End every session in db that our role may end, ours excepted. */
ss_code ss_target_terminate(ss_target *target, const ss_target_db *db, ss_error *err);

/* Let people into NAME again, where a run that died in the middle of publishing left it shut. */
ss_code ss_target_reopen_live(ss_target *target, ss_error *err);

/* "database \"NAME\"" for messages, escaped, in the target's arena. */
const char *ss_target_label(const ss_target *target, const char *name);

/* Is an SQLSTATE (or none) a server's way to say that it has no such locale or encoding? */
bool ss_target_is_locale_refusal(const ss_error *err);

/* Does the target's server know this collation provider of databases ("libc", "icu", "builtin")? */
bool ss_target_knows_provider(const ss_target *target, const char *provider);

/* A GUC's list of names as literals: public, "My Schema" -> 'public', 'My Schema'. */
void ss_target_name_list(ss_buf *sql, const char *value);

/* Does a database setting look like a secret or an address, by its name or its value? */
bool ss_target_setting_is_private(const char *name, const char *value);

#endif
