/* The words of the policy file for classes, treatments and modes, and the names of columns. */
#include "base/text.h"
#include "policy/policy_internal.h"
#include "policy/write.h"

const char *const ss_class_names[SS_NCLASSES] = {
    "undecided", "direct-identifier", "quasi-identifier", "special-category", "secret",
    "key",       "free-text",         "non-personal"};
const char *const ss_treatment_names[SS_NTREATMENTS] = {
    "default", "synthesise", "shape", "pseudonymise", "generalise", "keep", "constant", "nullify"};
const char *const ss_confidence_names[] = {"low", "medium", "high"};
const char *const ss_signoff_names[SS_NSIGNOFFS] = {"personal-keep", "none", "all"};
const char *const ss_mode_names[SS_NMODES] = {"synthesise", "pseudonymise", "keep", "empty"};

const char *
ss_class_name(ss_class c)
{
    return ss_class_names[c];
}

int
ss_class_care(ss_class c)
{
    switch (c)
    {
    case SS_CLASS_SECRET:
        return 7;
    case SS_CLASS_SPECIAL_CATEGORY:
        return 6;
    case SS_CLASS_DIRECT_IDENTIFIER:
        return 5;
    case SS_CLASS_FREE_TEXT:
        return 4;
    case SS_CLASS_UNDECIDED:
        return 3;
    case SS_CLASS_QUASI_IDENTIFIER:
        return 2;
    case SS_CLASS_KEY:
        return 1;
    case SS_CLASS_NON_PERSONAL:
        return 0;
    }
    return 3;
}

const char *
ss_treatment_name(ss_treatment t)
{
    return ss_treatment_names[t];
}

const char *
ss_mode_name(ss_mode m)
{
    return ss_mode_names[m];
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
