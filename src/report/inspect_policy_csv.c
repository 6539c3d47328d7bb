/* The policy's columns for a spreadsheet: RFC 4180, header first. */
#include <string.h>

#include "base/text.h"
#include "report/inspect_policy.h"

/* A spreadsheet computes a cell that begins so, and a name of the source or a policy's text may. */
static bool
looks_like_formula(const char *text)
{
    static const char *const wide[] = {"\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d",
                                       "\xef\xbc\xa0"}; /* the same of East Asian widths */
    bool looks = text[0] != '\0' && strchr("=+-@\t\r", text[0]) != NULL;

    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        looks = looks || strncmp(text, wide[i], strlen(wide[i])) == 0;
    return looks;
}

void
ss_csv_cell(ss_buf *out, const char *text)
{
    const bool quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (quoted)
        ss_buf_putc(out, '"');
    if (looks_like_formula(text))
        ss_buf_putc(out, '\'');
    for (; *text != '\0'; text++)
    {
        if (*text == '"')
            ss_buf_putc(out, '"');
        ss_buf_putc(out, *text);
    }
    if (quoted)
        ss_buf_putc(out, '"');
}

static const char *
yes_or_no(bool yes)
{
    return yes ? "yes" : "no";
}

void
ss_policy_page_csv(const ss_policy_page *page, ss_buf *out)
{
    ss_arena *scratch = ss_arena_new(NULL);

    ss_buf_puts(out, "table,column,type,class,kind,treatment,to,why,rule,signed_by,signed_date,"
                     "covered,personal,leaves_with_values\r\n");
    for (size_t i = 0; i < page->ncolumns; i++)
    {
        const ss_page_column *c = &page->columns[i];
        const ss_decision *d = c->decision;
        const char *const cells[] = {c->table->label,
                                     c->name,
                                     c->path != NULL ? NULL : c->column->type_text,
                                     c->class,
                                     d->kind,
                                     c->treatment,
                                     d->to,
                                     d->why,
                                     d->rule == NULL ? NULL : ss_policy_rule_name(d->rule, scratch),
                                     c->signature == NULL ? NULL : c->signature->by,
                                     c->signature == NULL ? NULL : c->signature->date,
                                     c->signature == NULL ? NULL : yes_or_no(c->covered),
                                     c->class == NULL ? NULL : yes_or_no(d->personal),
                                     yes_or_no(c->leaves)};

        for (size_t k = 0; k < sizeof cells / sizeof cells[0]; k++)
        {
            if (k > 0)
                ss_buf_putc(out, ',');
            if (cells[k] != NULL)
                ss_csv_cell(out, ss_printable(scratch, cells[k]));
        }
        ss_buf_puts(out, "\r\n");
        ss_arena_reset(scratch);
    }
    ss_arena_free(scratch);
}
