/* What a schema's text holds, in a dump, in pg_restore's list and in a database's comment: any bytes. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "load/archive_text.h"
#include "load/target.h"
#include "pg/program_output.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool
is_short(const void *arg, const char *role)
{
    (void) arg;
    return strlen(role) < 4;
}

static void
take_apart(const char *statement, size_t len, ss_arena *arena)
{
    size_t lost = 0;

    (void) ss_archive_text_begins(statement, len, "CREATE POLICY");
    (void) ss_archive_text_without_options(statement, len, arena);
    (void) ss_archive_text_name_after(statement, len, "ON", arena);
    (void) ss_archive_text_grantee(statement, len, arena);
    (void) ss_archive_text_new_owner(statement, len, arena);
    (void) ss_archive_text_default_for(statement, len, arena);
    (void) ss_archive_text_policy(statement, len, is_short, NULL, &lost, arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    const char *text = ss_strndup(arena, (const char *) data, n);
    const char *p = text, *statement = NULL;
    ss_archive_entry *entries = NULL;
    ss_marker marker;
    ss_buf dump = {0};
    size_t len = 0;

    while (ss_archive_text_next(&p, &statement, &len))
        take_apart(statement, len, arena);
    ss_archive_parse_list(text, arena, &entries, &len);
    (void) ss_program_failure_of(text);
    (void) ss_program_version(text);
    (void) ss_marker_parse(text, &marker);
    ss_buf_puts(&dump, text);
    ss_dump_strip_restrict(&dump);
    ss_buf_done(&dump);
    ss_arena_free(arena);
    return 0;
}
