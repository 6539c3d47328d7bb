#include "rows/widest.h"

#include "base/text.h"
#include "rows/copy.h"

static const char *
widest_column(ss_pg *pg, const ss_table *table, ss_arena *scratch)
{
    ss_pg_result *sizes;
    ss_buf sql = {0};
    uint64_t widest = 0;
    const char *name = NULL;
    ss_error ignored;

    ss_buf_puts(&sql, "SELECT 0");
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        ss_buf_puts(&sql, ", pg_catalog.max(pg_catalog.pg_column_size(");
        ss_pg_ident(&sql, table->columns[c].name);
        ss_buf_puts(&sql, "))");
    }
    ss_buf_printf(&sql, " FROM ONLY %s", ss_pg_qualified(scratch, table->schema, table->name));
    /* A look that takes longer would hold the table's lock for longer than one range. */
    if (ss_pg_exec(pg, "ROLLBACK; SET statement_timeout = '10s'", &ignored) == SS_OK &&
        ss_pg_query(pg, scratch, ss_buf_text(&sql), 0, NULL, &sizes, &ignored) == SS_OK)
    {
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            const char *text = ss_pg_value(sizes, 0, c + 1);
            uint64_t size;

            if (text == NULL || !ss_parse_u64(text, &size) || size <= widest)
                continue;
            widest = size;
            name = ss_printable(scratch, table->columns[c].name);
        }
    }
    ss_buf_done(&sql);
    return name;
}

ss_code
ss_note_widest_column(ss_pg *pg, const ss_table *table, ss_error *err)
{
    ss_arena *scratch;
    const char *name;

    if (!ss_copy_is_unsendable(err))
        return err->code;
    scratch = ss_arena_new(NULL);
    name = widest_column(pg, table, scratch);
    if (name != NULL)
        (void) ss_note(err, "its largest value is in column %s", name);
    ss_arena_free(scratch);
    return err->code;
}
