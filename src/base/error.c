#include <sandseed/error.h>

#include <stdarg.h>
#include <stdio.h>

static void push(ss_error *err, const char *fmt, va_list ap) SS_PRINTF(2, 0);

static void
push(ss_error *err, const char *fmt, va_list ap)
{
    if (err->depth < SS_ERROR_DEPTH)
        (void) vsnprintf(err->line[err->depth++], SS_ERROR_TEXT, fmt, ap);
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
        (void) vsnprintf(err->hint, sizeof err->hint, fmt, ap);
        va_end(ap);
    }
    return err->code;
}
