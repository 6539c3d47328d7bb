#include <sandseed/error.h>

#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"

/* Names come from databases: no line of an error holds what a terminal or a log would obey. */
static void show(char *to, const char *fmt, va_list ap) SS_PRINTF(2, 0);

static void
show(char *to, const char *fmt, va_list ap)
{
    char text[SS_ERROR_TEXT];

    (void) vsnprintf(text, sizeof text, fmt, ap);
    ss_text_show(to, SS_ERROR_TEXT, text);
}

static void push(ss_error *err, const char *fmt, va_list ap) SS_PRINTF(2, 0);

static void
push(ss_error *err, const char *fmt, va_list ap)
{
    if (err->depth < SS_ERROR_DEPTH)
        show(err->line[err->depth++], fmt, ap);
}

ss_code
ss_fail(ss_error *err, ss_code code, const char *fmt, ...)
{
    va_list ap;

    *err = (ss_error){.code = code};
    va_start(ap, fmt);
    push(err, fmt, ap);
    va_end(ap);
    return code;
}

ss_code
ss_note(ss_error *err, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    push(err, fmt, ap);
    va_end(ap);
    return err->code;
}

ss_code
ss_hint(ss_error *err, const char *fmt, ...)
{
    va_list ap;

    if (err->hint[0] == '\0')
    {
        va_start(ap, fmt);
        show(err->hint, fmt, ap);
        va_end(ap);
    }
    return err->code;
}
