/* Names and texts as parts of statements; declared in pg/pg.h. */
#include <string.h>

#include "base/text.h"
#include "pg/pg.h"

/*
 * The connection speaks UTF-8 and names come from its catalog, so doubling the quote is what
 * PQescapeIdentifier does; invalid UTF-8, which it would refuse (CVE-2025-1094), becomes a name
 * that cannot exist.
 */
static void
quoted(ss_buf *sql, const char *text, char quote)
{
    const size_t n = strlen(text);

    if (!ss_utf8_valid((const unsigned char *) text, n, NULL))
        text = "invalid UTF-8";
    ss_buf_putc(sql, quote);
    for (; *text != '\0'; text++)
    {
        if (*text == quote)
            ss_buf_putc(sql, quote);
        ss_buf_putc(sql, *text);
    }
    ss_buf_putc(sql, quote);
}

void
ss_pg_ident(ss_buf *sql, const char *name)
{
    quoted(sql, name, '"');
}

void
ss_pg_literal(ss_buf *sql, const char *text)
{
    /* standard_conforming_strings is on: a backslash is a backslash. */
    quoted(sql, text, '\'');
}

char *
ss_pg_qualified(ss_arena *arena, const char *schema, const char *name)
{
    ss_buf sql = {0};
    char *text;

    ss_pg_ident(&sql, schema);
    ss_buf_putc(&sql, '.');
    ss_pg_ident(&sql, name);
    text = ss_strdup(arena, ss_buf_text(&sql));
    ss_buf_done(&sql);
    return text;
}
