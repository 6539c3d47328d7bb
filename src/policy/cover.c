/*
 * What a signature covers, as a digest: when any of it changes, the entry shows as unsigned.
 *
 * Each part is written with its length, so that no two lists give the same text.
 */
#include <string.h>

#include "base/buf.h"
#include "policy/policy_internal.h"
#include "secret/digest.h"

static void
part(ss_buf *out, const char *text)
{
    if (text == NULL)
        ss_buf_puts(out, "-;");
    else
        ss_buf_printf(out, "%zu:%s;", strlen(text), text);
}

static const char *
finish(ss_buf *out, ss_arena *result)
{
    const char *digest = ss_digest_short(result, out->data, out->len);

    ss_buf_done(out);
    return digest;
}

const char *
ss_policy_cover_column(const ss_policy_column *entry, const ss_column *column, ss_arena *result)
{
    ss_buf out = {0};

    part(&out, "column");
    part(&out, column->name);
    part(&out, column->type_text);
    part(&out, ss_class_name(entry->class));
    part(&out, ss_treatment_name(entry->treatment));
    part(&out, entry->kind);
    part(&out, entry->to);
    part(&out, entry->value);
    return finish(&out, result);
}

const char *
ss_policy_cover_table(const ss_policy_table *entry, const ss_table *table, ss_arena *result)
{
    ss_buf out = {0};

    part(&out, "table");
    part(&out, entry->label);
    part(&out, ss_mode_name(entry->mode));
    for (size_t i = 0; i < table->ncolumns; i++)
    {
        part(&out, table->columns[i].name);
        part(&out, table->columns[i].type_text);
    }
    for (size_t i = 0; i < entry->ncolumns; i++)
    {
        part(&out, entry->columns[i].name);
        part(&out, ss_class_name(entry->columns[i].class));
        part(&out, ss_treatment_name(entry->columns[i].treatment));
    }
    return finish(&out, result);
}
