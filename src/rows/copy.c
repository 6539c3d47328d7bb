#include "rows/copy.h"

#include <string.h>

#include "base/try.h"
#include "rows/rows_internal.h"

#define BATCH_BYTES (16U << 20) /* a batch ends when its columns hold this much */
#define CHUNK_BYTES (256U << 10) /* sent at once; larger rows go by themselves */
#define TICK_ROWS   4096

static const unsigned char signature[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
#define SIGNATURE_BYTES 19 /* 11 of signature, 4 of flags, 4 of extension length; the last NUL is C's */

ss_copy_format
ss_copy_format_of(const ss_catalog *catalog, const size_t *types, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        const ss_codec *codec = ss_codec_find(catalog, types[i]);

        if (codec == NULL || codec->from_binary == NULL || ss_codec_holds_oids(catalog, types[i]))
            return SS_COPY_TEXT;
    }
    return SS_COPY_BINARY;
}

/* --- reading ------------------------------------------------------------------------------------ */

struct ss_copy_reader
{
    ss_pg *pg;
    ss_copy_format format;
    const ss_copy_column *columns;
    size_t ncolumns;
    uint64_t row; /* read so far */
    bool begun;
    bool ended;
    ss_buf field; /* of COPY text, unescaped */
};

static void
reader_done(void *arg)
{
    ss_buf_done(&((ss_copy_reader *) arg)->field);
}

ss_copy_reader *
ss_copy_reader_new(ss_arena *arena, ss_pg *pg, ss_copy_format format,
                   const ss_copy_column *columns, size_t ncolumns)
{
    ss_copy_reader *reader = ss_alloc(arena, 1, sizeof *reader);

    *reader = (ss_copy_reader){
        .pg = pg, .format = format, .columns = columns, .ncolumns = ncolumns};
    ss_arena_defer(arena, reader_done, reader);
    return reader;
}

static ss_code
in_row(const ss_copy_reader *reader, const ss_copy_column *column, ss_error *err)
{
    return ss_note(err, "in row %llu of what was read of %s",
                   (unsigned long long) reader->row + 1, column->label);
}

static ss_code
malformed(ss_error *err)
{
    return ss_fail(err, SS_ERETRY, "the server sent malformed COPY data");
}

/* One binary tuple: int16 field count, then length and bytes of each. */
static ss_code
take_binary(ss_copy_reader *reader, const unsigned char *data, size_t len, ss_batch *batch,
            ss_error *err)
{
    const size_t r = batch->nrows;
    size_t at = 2;

    if (len < 2 || ss_wire_u16(data) != reader->ncolumns)
        return malformed(err);
    for (size_t c = 0; c < reader->ncolumns; c++)
    {
        const ss_copy_column *column = &reader->columns[c];
        uint32_t n;

        if (len - at < 4)
            return malformed(err);
        n = ss_wire_u32(data + at);
        at += 4;
        if (n == UINT32_MAX)
        {
            ss_column_put_null(&batch->columns[c], r);
            continue;
        }
        if (n > len - at)
            return malformed(err);
        if (column->form == SS_FORM_WIRE)
            ss_column_put_bytes(&batch->columns[c], r, data + at, n);
        else if (column->codec->from_binary(&column->type, data + at, n, &batch->columns[c], r,
                                            err) != SS_OK)
            return in_row(reader, column, err);
        at += n;
    }
    return at == len ? SS_OK : malformed(err);
}

static int
octal(const unsigned char *at, const unsigned char *end, size_t *used)
{
    int v = 0;

    *used = 0;
    while (at < end && *at >= '0' && *at <= '7' && *used < 3)
    {
        v = v * 8 + (*at++ - '0');
        (*used)++;
    }
    return v & 0xFF;
}

/* A COPY text field without its escapes.  Source: CopyReadAttributesText(), copyfromparse.c. */
static void
unescape(const unsigned char *at, const unsigned char *end, ss_buf *out)
{
    static const char letters[] = "bfnrtv", controls[] = "\b\f\n\r\t\v";

    ss_buf_clear(out);
    ss_buf_reserve(out, (size_t) (end - at));
    while (at < end)
    {
        const unsigned char *back = memchr(at, '\\', (size_t) (end - at));
        const char *letter;

        if (back == NULL || back + 1 >= end)
        {
            ss_buf_append(out, at, (size_t) (end - at));
            return;
        }
        ss_buf_append(out, at, (size_t) (back - at));
        at = back + 1;
        letter = *at == '\0' ? NULL : strchr(letters, *at);
        if (*at >= '0' && *at <= '7')
        {
            size_t used;

            ss_buf_putc(out, (char) octal(at, end, &used));
            at += used;
            continue;
        }
        ss_buf_putc(out, letter != NULL ? controls[letter - letters] : (char) *at);
        at++;
    }
}

static ss_code
take_text(ss_copy_reader *reader, const unsigned char *data, size_t len, ss_batch *batch,
          ss_error *err)
{
    const size_t r = batch->nrows;
    const unsigned char *at = data, *end = data + len;

    if (len > 0 && end[-1] == '\n')
        end--;
    for (size_t c = 0; c < reader->ncolumns; c++)
    {
        const ss_copy_column *column = &reader->columns[c];
        const unsigned char *tab = memchr(at, '\t', (size_t) (end - at));
        const unsigned char *stop = tab == NULL ? end : tab;
        const size_t n = (size_t) (stop - at);

        if ((tab == NULL) != (c + 1 == reader->ncolumns))
            return malformed(err);
        if (n == 2 && at[0] == '\\' && at[1] == 'N')
            ss_column_put_null(&batch->columns[c], r);
        else if (column->form == SS_FORM_WIRE)
            ss_column_put_bytes(&batch->columns[c], r, at, n);
        else
        {
            unescape(at, stop, &reader->field);
            if (column->codec->from_text(&column->type, ss_buf_text(&reader->field),
                                         reader->field.len, &batch->columns[c], r, err) != SS_OK)
                return in_row(reader, column, err);
        }
        at = stop + (tab != NULL);
    }
    return SS_OK;
}

static size_t
batch_bytes(const ss_batch *batch)
{
    size_t n = 0;

    for (size_t c = 0; c < batch->ncolumns; c++)
        n += batch->columns[c].bytes.len;
    return n;
}

ss_code
ss_copy_read(ss_copy_reader *reader, ss_batch *batch, ss_error *err)
{
    batch->first_row = reader->row;
    while (!reader->ended && batch->nrows < SS_BATCH_ROWS)
    {
        const unsigned char *data;
        size_t len;

        SS_TRY(ss_pg_copy_row(reader->pg, &data, &len, err));
        if (data == NULL)
        {
            reader->ended = true;
            break;
        }
        if (reader->format == SS_COPY_TEXT)
            SS_TRY(take_text(reader, data, len, batch, err));
        else
        {
            /* The header comes before the first tuple, in the same message or its own. */
            if (!reader->begun)
            {
                if (len < SIGNATURE_BYTES || memcmp(data, signature, 11) != 0)
                    return malformed(err);
                reader->begun = true;
                data += SIGNATURE_BYTES;
                len -= SIGNATURE_BYTES;
                if (len == 0)
                    continue;
            }
            if (len == 2 && ss_wire_u16(data) == UINT16_MAX)
                continue; /* the trailer */
            SS_TRY(take_binary(reader, data, len, batch, err));
        }
        batch->nrows++;
        reader->row++;
        if (batch_bytes(batch) > BATCH_BYTES)
            break;
    }
    return SS_OK;
}

/* --- writing ------------------------------------------------------------------------------------ */

struct ss_copy_writer
{
    ss_pg *pg;
    ss_copy_format format;
    const ss_copy_column *columns;
    size_t ncolumns;
    bool begun;
    ss_buf chunk;
    ss_buf field;
};

static void
writer_done(void *arg)
{
    ss_copy_writer *writer = arg;

    ss_buf_done(&writer->chunk);
    ss_buf_done(&writer->field);
}

ss_copy_writer *
ss_copy_writer_new(ss_arena *arena, ss_pg *pg, ss_copy_format format,
                   const ss_copy_column *columns, size_t ncolumns)
{
    ss_copy_writer *writer = ss_alloc(arena, 1, sizeof *writer);

    *writer = (ss_copy_writer){
        .pg = pg, .format = format, .columns = columns, .ncolumns = ncolumns};
    ss_arena_defer(arena, writer_done, writer);
    return writer;
}

static ss_code
send_chunk(ss_copy_writer *writer, ss_error *err)
{
    SS_TRY(ss_pg_copy_put(writer->pg, writer->chunk.data, writer->chunk.len, err));
    ss_buf_clear(&writer->chunk);
    return SS_OK;
}

static ss_code
put_binary(ss_copy_writer *writer, const ss_batch *batch, size_t r, ss_error *err)
{
    ss_buf *out = &writer->chunk;

    ss_buf_put_u16(out, (uint16_t) writer->ncolumns);
    for (size_t c = 0; c < writer->ncolumns; c++)
    {
        const ss_copy_column *column = &writer->columns[c];
        const ss_batch_column *values = &batch->columns[c];
        const size_t length_at = out->len;
        size_t n;

        if (values->null[r])
        {
            ss_buf_put_u32(out, UINT32_MAX);
            continue;
        }
        ss_buf_put_u32(out, 0);
        if (column->form == SS_FORM_WIRE)
        {
            const unsigned char *data = ss_column_bytes(values, r, &n);

            ss_buf_append(out, data, n);
        }
        else if (column->codec->to_binary(&column->type, values, r, out, err) != SS_OK)
            return ss_note(err, "in a row made for %s", column->label);
        n = out->len - length_at - 4;
        if (n > INT32_MAX)
            return ss_fail(err, SS_EMEND, "a value of %s is larger than 2 GB", column->label);
        for (size_t i = 0; i < 4; i++)
            out->data[length_at + i] = (unsigned char) (n >> (24 - 8 * i));
    }
    return SS_OK;
}

static void
escape(const unsigned char *data, size_t n, ss_buf *out)
{
    static const char controls[] = "\b\f\n\r\t\v\\", letters[] = "bfnrtv\\";
    size_t from = 0;

    ss_buf_reserve(out, n + 16);
    for (size_t i = 0; i < n; i++)
    {
        const char *control;

        if (data[i] > '\r' && data[i] != '\\')
            continue;
        control = data[i] == '\0' ? NULL : strchr(controls, data[i]);
        if (control == NULL)
            continue;
        ss_buf_append(out, data + from, i - from);
        ss_buf_putc(out, '\\');
        ss_buf_putc(out, letters[control - controls]);
        from = i + 1;
    }
    ss_buf_append(out, data + from, n - from);
}

static ss_code
put_text(ss_copy_writer *writer, const ss_batch *batch, size_t r, ss_error *err)
{
    ss_buf *out = &writer->chunk;

    for (size_t c = 0; c < writer->ncolumns; c++)
    {
        const ss_copy_column *column = &writer->columns[c];
        const ss_batch_column *values = &batch->columns[c];

        if (c > 0)
            ss_buf_putc(out, '\t');
        if (values->null[r])
            ss_buf_puts(out, "\\N");
        else if (column->form == SS_FORM_WIRE)
        {
            size_t n;
            const unsigned char *data = ss_column_bytes(values, r, &n);

            ss_buf_append(out, data, n);
        }
        else
        {
            ss_buf_clear(&writer->field);
            if (column->codec->to_text(&column->type, values, r, &writer->field, err) != SS_OK)
                return ss_note(err, "in a row made for %s", column->label);
            escape((const unsigned char *) ss_buf_text(&writer->field), writer->field.len, out);
        }
    }
    ss_buf_putc(out, '\n');
    return SS_OK;
}

ss_code
ss_copy_write(ss_copy_writer *writer, const ss_batch *batch, ss_error *err)
{
    for (size_t r = 0; r < batch->nrows; r++)
    {
        if (writer->format == SS_COPY_TEXT)
            SS_TRY(put_text(writer, batch, r, err));
        else
        {
            if (!writer->begun)
                ss_buf_append(&writer->chunk, signature, SIGNATURE_BYTES);
            writer->begun = true;
            SS_TRY(put_binary(writer, batch, r, err));
        }
        if (writer->chunk.len >= CHUNK_BYTES)
            SS_TRY(send_chunk(writer, err));
    }
    return SS_OK;
}

ss_code
ss_copy_write_end(ss_copy_writer *writer, ss_error *err)
{
    if (writer->format == SS_COPY_BINARY)
    {
        if (!writer->begun)
            ss_buf_append(&writer->chunk, signature, SIGNATURE_BYTES);
        ss_buf_put_u16(&writer->chunk, UINT16_MAX);
    }
    return send_chunk(writer, err);
}

/* --- passing ------------------------------------------------------------------------------------ */

ss_code
ss_copy_pass(ss_pg *source, ss_pg *target, ss_copy_format format,
             ss_code (*tick)(void *arg, uint64_t rows, ss_error *err), void *arg, uint64_t *rows,
             ss_error *err)
{
    ss_buf chunk = {0};
    uint64_t n = 0;
    ss_code code;

    (void) format; /* both formats are passed on message by message, header and trailer included */
    for (;;)
    {
        const unsigned char *data;
        size_t len;

        code = ss_pg_copy_row(source, &data, &len, err);
        if (code != SS_OK || data == NULL)
            break;
        if (chunk.len + len > CHUNK_BYTES && chunk.len > 0)
        {
            code = ss_pg_copy_put(target, chunk.data, chunk.len, err);
            ss_buf_clear(&chunk);
        }
        if (code == SS_OK && len > CHUNK_BYTES)
            code = ss_pg_copy_put(target, data, len, err);
        else
            ss_buf_append(&chunk, data, len);
        if (code == SS_OK && ++n % TICK_ROWS == 0 && tick != NULL)
            code = tick(arg, n, err);
        if (code != SS_OK)
            break;
    }
    if (code == SS_OK && chunk.len > 0)
        code = ss_pg_copy_put(target, chunk.data, chunk.len, err);
    ss_buf_done(&chunk);
    *rows = n;
    return code;
}
