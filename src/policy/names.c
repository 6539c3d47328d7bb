/* The words of the policy file for classes, treatments and modes, and the names of columns. */
#include "base/text.h"
#include "policy/policy_internal.h"

static const char *const classes[] = {
    "undecided", "direct-identifier", "quasi-identifier", "special-category", "secret",
    "key",       "free-text",         "non-personal"};
static const char *const treatments[] = {"default",    "synthesise", "shape",    "pseudonymise",
                                         "generalise", "keep",       "constant", "nullify"};
static const char *const modes[] = {"synthesise", "pseudonymise", "keep", "empty"};

const char *
ss_class_name(ss_class c)
{
    return classes[c];
}

const char *
ss_treatment_name(ss_treatment t)
{
    return treatments[t];
}

const char *
ss_mode_name(ss_mode m)
{
    return modes[m];
}

const char *
ss_policy_label(const char *table_label, const char *column, ss_arena *result)
{
    ss_buf out = {0};
    const char *copy;

    ss_buf_puts(&out, table_label);
    ss_buf_putc(&out, '.');
    ss_text_ident(&out, column);
    copy = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}
