/*
 * codecs_tool CONNINFO LABEL: decodes every value of a table and encodes it again.
 *
 * For each column: the wire form made from machine form is the server's, byte for byte; the text
 * form is the server's own ::text; and the text form read back gives the same wire form.
 */
#include <stdio.h>
#include <string.h>

#include "catalog/read.h"
#include "rows/copy.h"

static size_t failures;

static void
claim(bool ok, const char *what, const char *column, uint64_t row)
{
    if (ok)
        return;
    if (failures++ < 40)
        printf("FAILED: %s: column %s, row %llu\n", what, column, (unsigned long long) row + 1);
}

static int
give_up(const ss_error *err)
{
    for (size_t i = 0; i < err->depth; i++)
        fprintf(stderr, "%s\n", err->line[i]);
    return 1;
}

static ss_code
check_column(ss_pg *wire_pg, ss_pg *text_pg, const ss_catalog *catalog, const ss_table *table,
             const ss_column *column, ss_arena *arena, ss_error *err)
{
    const size_t type = ss_catalog_base_type(catalog, column->type);
    const ss_codec *codec = ss_codec_find(catalog, column->type);
    ss_copy_column as = {.type = {catalog, type, column->typmod},
                         .codec = codec,
                         .form = SS_FORM_WIRE,
                         .label = column->name};
    ss_copy_column text_as = {.form = SS_FORM_TEXT, .label = column->name};
    ss_form text_form = SS_FORM_TEXT;
    ss_form wire_form = SS_FORM_WIRE;
    ss_batch *wire = ss_batch_new(arena, &wire_form, 1);
    ss_batch *text = ss_batch_new(arena, &text_form, 1);
    ss_batch *machine;
    ss_batch *again; /* from text */
    ss_buf sql = {0};
    ss_buf out = {0};
    ss_code code;

    if (codec == NULL || codec->from_binary == NULL)
    {
        claim(false, "there is a binary codec", column->name, 0);
        return SS_OK;
    }
    machine = ss_batch_new(arena, &codec->form, 1);
    again = ss_batch_new(arena, &codec->form, 1);
    text_as.codec = ss_codec_all(&(size_t){0})[0];
    for (size_t n = 0, i = 0; i < (ss_codec_all(&n), n); i++)
        if (strcmp(ss_codec_all(&n)[i]->name, "text") == 0)
            text_as.codec = ss_codec_all(&n)[i];
    text_as.type = as.type;

    for (int format = 0; format < 2; format++)
    {
        ss_copy_reader *reader;

        ss_buf_clear(&sql);
        ss_buf_puts(&sql, "COPY (SELECT ");
        /* format() calls the type's output function; a cast may do something else */
        ss_buf_puts(&sql, format == 0 ? "t." : "CASE WHEN num_nulls(t.");
        ss_pg_ident(&sql, column->name);
        if (format == 1)
        {
            ss_buf_puts(&sql, ") = 0 THEN format('%s', t.");
            ss_pg_ident(&sql, column->name);
            ss_buf_puts(&sql, ") END");
        }
        ss_buf_printf(&sql, " FROM %s AS t ORDER BY t.id) TO STDOUT (FORMAT binary)",
                      ss_pg_qualified(arena, table->schema, table->name));
        code = ss_pg_copy_out(format == 0 ? wire_pg : text_pg, ss_buf_text(&sql), err);
        reader = ss_copy_reader_new(arena, format == 0 ? wire_pg : text_pg, SS_COPY_BINARY,
                                    format == 0 ? &as : &text_as, 1);
        if (code == SS_OK)
            code = ss_copy_read(reader, format == 0 ? wire : text, err);
        while (code == SS_OK && (format == 0 ? wire : text)->nrows > 0)
        {
            static ss_batch *rest;
            rest = ss_batch_new(arena, format == 0 ? &wire_form : &text_form, 1);
            code = ss_copy_read(reader, rest, err);
            if (rest->nrows == 0)
                break;
        }
        if (code != SS_OK)
            return code;
    }
    claim(wire->nrows > 0 && wire->nrows == text->nrows, "as many rows", column->name, 0);
    for (size_t r = 0; r < wire->nrows; r++)
    {
        size_t n;
        size_t m;
        const unsigned char *bytes = ss_column_bytes(&wire->columns[0], r, &n);
        const unsigned char *want = ss_column_bytes(&text->columns[0], r, &m);

        if (wire->columns[0].null[r])
        {
            ss_column_put_null(&machine->columns[0], r);
            ss_column_put_null(&again->columns[0], r);
            claim(text->columns[0].null[r], "NULL in both", column->name, r);
            continue;
        }
        if (codec->from_binary(&as.type, bytes, n, &machine->columns[0], r, err) != SS_OK)
            return err->code;
        ss_buf_clear(&out);
        if (codec->to_binary(&as.type, &machine->columns[0], r, &out, err) != SS_OK)
            return err->code;
        claim(out.len == n && memcmp(ss_buf_text(&out), bytes, n) == 0, "the same wire form",
              column->name, r);
        ss_buf_clear(&out);
        if (codec->to_text(&as.type, &machine->columns[0], r, &out, err) != SS_OK)
            return err->code;
        claim(out.len == m && memcmp(ss_buf_text(&out), want, m) == 0, "the server's text",
              column->name, r);
        if (codec->from_text(&as.type, ss_buf_text(&out), out.len, &again->columns[0], r, err) !=
            SS_OK)
            return ss_note(err, "row %zu", r + 1);
        ss_buf_clear(&out);
        if (codec->to_binary(&as.type, &again->columns[0], r, &out, err) != SS_OK)
            return err->code;
        claim(out.len == n && memcmp(ss_buf_text(&out), bytes, n) == 0,
              "the same wire form from text", column->name, r);
    }
    ss_buf_done(&sql);
    ss_buf_done(&out);
    return SS_OK;
}

int
main(int argc, char **argv)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_arena *scratch = ss_arena_new(NULL);
    ss_error err = {0};
    ss_endpoint endpoint;
    ss_pg *wire;
    ss_pg *text;
    ss_catalog *catalog;
    const ss_table *table;

    if (argc != 3)
        return 2;
    if (ss_endpoint_parse(argv[1], NULL, 0, arena, &endpoint, &err) != SS_OK ||
        ss_pg_open(arena, &endpoint, &(ss_pg_options){0}, NULL, &wire, &err) != SS_OK ||
        ss_pg_open(arena, &endpoint, &(ss_pg_options){0}, NULL, &text, &err) != SS_OK ||
        ss_catalog_read(wire, arena, scratch, &catalog, &err) != SS_OK)
        return give_up(&err);
    table = ss_catalog_find(catalog, argv[2]);
    if (table == NULL)
        return 2;
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (check_column(wire, text, catalog, table, &table->columns[c], scratch, &err) != SS_OK)
        {
            printf("column %s\n", table->columns[c].name);
            (void) give_up(&err);
            err = (ss_error){0};
            failures++;
        }
        ss_arena_reset(scratch);
    }
    printf("%zu columns, %zu failures\n", table->ncolumns, failures);
    ss_arena_free(scratch);
    ss_arena_free(arena);
    return failures > 0;
}
