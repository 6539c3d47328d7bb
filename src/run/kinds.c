#include "run/kinds.h"

#include <string.h>

#include "pseudonymise/kind.h"
#include "report/layout.h"
#include "run/result_internal.h"

#define NAME_WIDTH 22
#define WORD_WIDTH 11

static const struct
{
    ss_guarantee guarantee;
    const char *word;
    const char *text;
} guarantees[] = {
    {SS_BIJECTIVE, "bijective", "one for one among the values of its form"},
    {SS_UNIQUE, "unique", "no two values share a pseudonym: it may stand in keys"},
    {SS_UNIQUE_CASE, "case", "nor do two that differ in more than case, by lower()"},
    {SS_JOINS, "joins", "the same value has the same pseudonym in all columns that are linked"},
    {SS_FORMAT, "form", "of the value's form: readers take it, check digits are right"},
    {SS_LENGTH, "length", "as long as the value"},
    {SS_ORDER, "order", "the values of one person keep their order"},
    {SS_PREFIX, "prefix", "what two values begin with in common is as long afterwards"}};

#define NGUARANTEES (sizeof guarantees / sizeof guarantees[0])

static void
write_text(const ss_kind *kind, ss_layout *layout)
{
    ss_buf line = {0};
    size_t n = 0;

    ss_layout_cell(layout, kind->name, NAME_WIDTH, false);
    ss_layout_text(layout, kind->summary, NAME_WIDTH);
    ss_layout_end(layout);
    ss_buf_printf(&line, "%s:", kind->types);
    for (size_t i = 0; i < NGUARANTEES; i++)
    {
        if ((kind->guarantees & guarantees[i].guarantee) != 0)
            ss_buf_printf(&line, "%s %s", n++ > 0 ? "," : "", guarantees[i].word);
    }
    if (kind->by_subject)
        ss_buf_puts(&line, n > 0 ? ", by subject" : " by subject");
    if (kind->standard != NULL)
        ss_buf_printf(&line, " (%s)", kind->standard);
    ss_layout_line(layout, NAME_WIDTH, NAME_WIDTH, ss_buf_text(&line));
    ss_buf_done(&line);
}

static void
write_legend(ss_layout *layout)
{
    ss_layout_line(layout, 0, 0, "");
    ss_layout_line(layout, 0, 0,
                   "Of values that are of the kind; others are replaced as well, and counted:");
    for (size_t i = 0; i < NGUARANTEES; i++)
        ss_layout_fact(layout, 2, guarantees[i].word, WORD_WIDTH, guarantees[i].text);
    ss_layout_fact(layout, 2, "by subject", WORD_WIDTH,
                   "depends on whose row it is, not on the value alone");
}

static json_t *
kind_json(const ss_kind *kind)
{
    json_t *types = json_array(), *held = json_array();

    for (const char *t = kind->types; *t != '\0';)
    {
        const size_t n = strcspn(t, " ");

        (void) json_array_append_new(types, json_stringn(t, n));
        t += n + strspn(t + n, " ");
    }
    for (size_t i = 0; i < NGUARANTEES; i++)
    {
        if ((kind->guarantees & guarantees[i].guarantee) != 0)
            (void) json_array_append_new(held, json_string(guarantees[i].word));
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:b, s:s?, s:s}", "kind", kind->name, "summary",
                     kind->summary, "types", types, "guarantees", held, "by_subject",
                     kind->by_subject, "standard", kind->standard, "version", kind->version);
}

ss_code
ss_plan_list_kinds(const ss_options *o, ss_result *result, ss_error *err)
{
    json_t *list = json_array();
    ss_buf text = {0};
    ss_layout layout = ss_layout_of(&text, o->width);
    size_t n;
    const ss_kind *const *all = ss_kind_all(&n);

    if (o->source != NULL || o->target != NULL || o->output != NULL || o->mode != NULL ||
        o->grants != NULL || o->no_rows)
    {
        json_decref(list);
        return ss_fail(err, SS_EMEND, "plan --list-kinds takes no other option");
    }
    for (size_t i = 0; i < n; i++)
    {
        write_text(all[i], &layout);
        (void) json_array_append_new(list, kind_json(all[i]));
    }
    write_legend(&layout);
    ss_result_set(result, &text, json_pack("{s:s, s:o}", "command", "plan", "kinds", list));
    ss_buf_done(&text);
    return SS_OK;
}
