/* The words of the policy file for classes, treatments and modes, and the names of columns. */
#include <string.h>

#include "base/text.h"
#include "policy/policy_internal.h"
#include "policy/write.h"

const char *const ss_class_names[SS_NCLASSES] = {
    "undecided", "direct-identifier", "quasi-identifier", "special-category", "secret",
    "key",       "free-text",         "non-personal"};
const char *const ss_treatment_names[SS_NTREATMENTS] = {"default",      "synthesise", "shape",
                                                        "pseudonymise", "generalise", "keep",
                                                        "constant",     "nullify",    "redact"};
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

/* As a shell takes it apart again; quoted where it must be, or always. */
static void
put_word(ss_buf *out, const char *text, bool always)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:@%,";

    if (!always && text[0] != '\0' && text[strspn(text, plain)] == '\0')
    {
        ss_buf_puts(out, text);
        return;
    }
    ss_buf_putc(out, '\'');
    for (; *text != '\0'; text++)
        ss_buf_puts(out, *text == '\'' ? "'\\''" : (const char[]){*text, '\0'});
    ss_buf_putc(out, '\'');
}

const char *
ss_policy_sign_command(const char *file, const char *object, ss_arena *result)
{
    char *pattern = ss_strdup(result, object);
    ss_buf out = {0};
    const char *copy;

    /* What cannot be shown is matched by a glob. */
    if (strcmp(ss_printable(result, object), object) != 0)
    {
        for (char *c = pattern; *c != '\0'; c++)
        {
            if (*c < 0x20 || *c > 0x7E)
                *c = '?';
        }
    }
    ss_buf_puts(&out, "sandseed sign ");
    put_word(&out, ss_printable(result, file), false);
    ss_buf_puts(&out, " --by NAME --why TEXT ");
    put_word(&out, pattern, true);
    copy = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}
