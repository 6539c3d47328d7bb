#include "run/findings.h"

#include <string.h>

#include "base/text.h"
#include "report/json_text.h"

static const char *const words[] = {"note", "warns", "stops"};

const char *const ss_what_names[] = {[SS_WHAT_TARGET] = "target",
                                     [SS_WHAT_UNDECIDED] = "undecided",
                                     [SS_WHAT_NEW] = "new",
                                     [SS_WHAT_VANISHED] = "vanished",
                                     [SS_WHAT_MISSPELT] = "misspelt",
                                     [SS_WHAT_UNSIGNED] = "unsigned",
                                     [SS_WHAT_PERSONAL_KEEP] = "personal-keep",
                                     [SS_WHAT_PERSONAL_TEXT] = "personal-text",
                                     [SS_WHAT_CUT_LINK] = "cut-link",
                                     [SS_WHAT_NOT_UNIQUE] = "not-unique",
                                     [SS_WHAT_UNFIT] = "unfit",
                                     [SS_WHAT_NO_PATH] = "no-path",
                                     [SS_WHAT_RETYPED] = "retyped",
                                     [SS_WHAT_WIDENED] = "widened",
                                     [SS_WHAT_NEW_LABEL] = "new-label",
                                     [SS_WHAT_NEW_VALUE] = "new-value",
                                     [SS_WHAT_RULE] = "rule",
                                     [SS_WHAT_RIGHTS] = "rights",
                                     [SS_WHAT_KEY] = "key",
                                     [SS_WHAT_LEFT_OUT] = "left-out"};

void
ss_findings_text(const ss_finding *findings, size_t n, ss_buf *out)
{
    for (int severity = SS_FINDING_STOPS; severity >= SS_FINDING_INFO; severity--)
    {
        for (size_t i = 0; i < n; i++)
        {
            const ss_finding *f = &findings[i];

            if ((int) f->severity != severity)
                continue;
            ss_buf_printf(out, "%s  %-13s  %s%s%s", words[severity], ss_what_names[f->what],
                          f->object, f->object[0] != '\0' ? ": " : "", f->text);
            if (f->place != NULL && f->place[0] != '\0')
                ss_buf_printf(out, " (%s)", f->place);
            ss_buf_putc(out, '\n');
            if (f->mend != NULL && f->mend[0] != '\0')
                ss_buf_printf(out, "       mend: %s\n", f->mend);
        }
    }
}

static json_t *
text_or_null(const char *text)
{
    return text == NULL || text[0] == '\0' ? json_null() : ss_json_text(text);
}

json_t *
ss_findings_json(const ss_finding *findings, size_t n)
{
    json_t *list = json_array();

    for (size_t i = 0; i < n; i++)
    {
        const ss_finding *f = &findings[i];

        (void) json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:i, s:s, s:o, s:o, s:o, s:o}", "severity", words[f->severity],
                      "what", ss_what_names[f->what], "exit", (int) f->code, "about", f->about,
                      "object", text_or_null(f->object), "place", text_or_null(f->place), "text",
                      ss_json_text(f->text), "mend", text_or_null(f->mend)));
    }
    return list;
}

ss_code
ss_findings_code(const ss_finding *findings, size_t n, ss_error *err)
{
    /* What must be mended counts before what may pass by itself. */
    static const ss_code worst_first[] = {SS_EBUG, SS_EGATE, SS_EREFUSED, SS_EMEND, SS_ERETRY};
    const ss_finding *first = NULL;
    size_t stops = 0;
    ss_code code = SS_OK;

    for (size_t i = 0; i < n; i++)
    {
        if (findings[i].severity != SS_FINDING_STOPS)
            continue;
        stops++;
    }
    for (size_t k = 0; k < sizeof worst_first / sizeof worst_first[0] && first == NULL; k++)
    {
        for (size_t i = 0; i < n && first == NULL; i++)
        {
            if (findings[i].severity == SS_FINDING_STOPS && findings[i].code == worst_first[k])
                first = &findings[i];
        }
        code = worst_first[k];
    }
    if (first == NULL)
        return SS_OK;
    (void) ss_fail(err, code, "%s%s%s%s%.200s", first->place != NULL ? first->place : "",
                   first->place != NULL && first->place[0] != '\0' ? ": " : "", first->object,
                   first->object[0] != '\0' ? ": " : "", first->text);
    if (stops > 1)
        (void) ss_note(err, "%zu things stop this, the first", stops);
    if (first->mend != NULL && first->mend[0] != '\0')
        (void) ss_hint(err, "%s", first->mend);
    return code;
}

static ss_code
fail_unknown(const char *word, size_t n, ss_error *err)
{
    ss_buf known = {0};
    ss_arena *scratch = ss_arena_new(NULL);

    for (int w = 0; w < SS_NWHATS; w++)
        ss_buf_printf(&known, "%s, ", ss_what_names[w]);
    (void) ss_fail(err, SS_EMEND, "--fail-on: unknown word \"%.40s\": one of %sany",
                   ss_printable(scratch, ss_strf(scratch, "%.*s", (int) n, word)),
                   ss_buf_text(&known));
    ss_arena_free(scratch);
    ss_buf_done(&known);
    return err->code;
}

ss_code
ss_fail_on_parse(const char *list, bool fail_on[SS_NWHATS], ss_error *err)
{
    for (const char *at = list; at != NULL;)
    {
        const size_t n = strcspn(at, ",");
        const bool any = n == strlen("any") && strncmp(at, "any", n) == 0;
        bool found = false;

        for (int w = 0; w < SS_NWHATS; w++)
        {
            if (any || (strlen(ss_what_names[w]) == n && strncmp(at, ss_what_names[w], n) == 0))
                found = fail_on[w] = true;
        }
        if (!found)
            return fail_unknown(at, n, err);
        at = at[n] == ',' ? at + n + 1 : NULL;
    }
    return SS_OK;
}
