/* sandseed sign: decisions of a policy, signed off. */
#include <string.h>

#include <sandseed/commands.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "policy/write.h"
#include "run/policy_source.h"
#include "run/result_internal.h"

#define LISTED 50 /* entries that people are told of */

static bool
is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static ss_code
sign(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_result *result, ss_error *err)
{
    ss_policy *policy;
    ss_source source;
    ss_buf text = {0};
    char date[SS_CLOCK_UTC];
    ss_policy_changes changes = {0};
    size_t signed_entries = 0;

    if (is_blank(o->by) || is_blank(o->why))
        return ss_fail(err, SS_EMEND, "sign needs --by NAME and --why TEXT");
    if (o->npatterns == 0)
        return ss_fail(err, SS_EMEND, "sign needs a PATTERN of what is signed");
    ss_clock_utc(date);
    date[strlen("2026-11-25")] = '\0';
    SS_TRY(ss_policy_open(o, watch, arena, &policy, &source, err));
    SS_TRY(ss_policy_sign(o->policy, source.catalog,
                          &(ss_policy_signing){.by = o->by,
                                               .date = date,
                                               .why = o->why,
                                               .patterns = o->patterns,
                                               .npatterns = o->npatterns},
                          arena, &changes, err));
    for (size_t i = 0; i < changes.n; i++)
        signed_entries += changes.list[i].kind != SS_CHANGE_COVERED;
    ss_buf_printf(&text, "Signed %zu %s of %s.\n", signed_entries,
                  signed_entries == 1 ? "entry" : "entries", ss_printable(arena, o->policy));
    for (size_t i = 0, told = 0; i < changes.n; i++)
    {
        const ss_policy_change *c = &changes.list[i];

        /* Whoever read the file has not seen that the rule matches it: all of them are told. */
        if (c->kind == SS_CHANGE_COVERED)
            ss_buf_printf(&text, "covered   %s, by the rule \"%s\"\n",
                          ss_printable(arena, c->object), ss_printable(arena, c->rule));
        else if (told++ < LISTED)
            ss_buf_printf(&text, "signed    %s\n", ss_printable(arena, c->object));
    }
    if (signed_entries > LISTED)
        ss_buf_printf(&text, "and %zu more; --json lists all.\n", signed_entries - LISTED);
    ss_result_set(result, &text,
                  json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "command", "sign", "policy",
                            o->policy, "by", o->by, "date", date, "why", o->why, "signed",
                            ss_policy_changes_json(&changes)));
    ss_buf_done(&text);
    return SS_OK;
}

ss_code
ss_command_sign(const ss_options *options, const ss_watch *watch, ss_result *result, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_code code = sign(options, watch, arena, result, err);

    ss_arena_free(arena);
    return code;
}
