#include "rows/copy.h"

#include "rows/rows_internal.h"

/* COPY BINARY starts with these, flags and the length of a header extension. */
static const unsigned char signature[11] = {'P',  'G',  'C',  'O',  'P', 'Y',
                                            '\n', 0xFF, '\r', '\n', 0};

#define HEADER      (sizeof signature + 8)
#define BATCH_BYTES ((size_t) 16 << 20)
#define CHUNK       ((size_t) 64 << 10) /* what is worth a call of the sender */
#define TICK_ROWS   4096

struct ss_copy_reader
{
    ss_pg *pg;
    ss_copy_format format;
    const ss_copy_column *columns;
    size_t ncolumns;
    const unsigned char *data; /* what is left of the message read last */
    size_t len;
    uint64_t row; /* number of the next row, from 0 */
    bool started; /* the header has been read */
    bool ended;   /* the trailer has been read */
    bool done;    /* the statement is over: asking again would be an error */
    ss_buf text;  /* one unescaped field */
};

struct ss_copy_writer
{
    ss_pg *pg;
    ss_copy_format format;
    const ss_copy_column *columns;
    size_t ncolumns;
    bool started;
    /* Where rows go first; NULL: they go at once. */
    ss_shuffle *shuffle;
    ss_sorter *sorter;
    const size_t *sorted_by;
    size_t nsorted_by;
    ss_buf out;
    ss_buf text; /* one field before it is escaped */
};

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

/* What the caller promised: a column that is decoded has a codec that can do the format. */
static ss_code
columns_check(ss_copy_format format, const ss_copy_column *columns, size_t ncolumns, ss_error *err)
{
    for (size_t c = 0; c < ncolumns; c++)
        if (columns[c].form != SS_FORM_WIRE &&
            (columns[c].codec == NULL || columns[c].codec->form != columns[c].form ||
             (format == SS_COPY_BINARY && columns[c].codec->from_binary == NULL)))
            return ss_fail(err, SS_EBUG, "column %s cannot be transferred in this format",
                           columns[c].label == NULL ? "?" : columns[c].label);
    return SS_OK;
}

bool
ss_copy_is_unsendable(const ss_error *err)
{
    return err->code != SS_EINTERRUPTED &&
           (strcmp(err->sqlstate, "54000") == 0 || strcmp(err->sqlstate, "XX000") == 0 ||
            strcmp(err->sqlstate, "53200") == 0);
}

/* The server could not put a row into one message: name the table that it is in. */
static ss_code
explain_unsendable(ss_error *err, const ss_copy_column *columns, size_t ncolumns, uint64_t row)
{
    if (!ss_copy_is_unsendable(err))
        return err->code;
    if (ncolumns > 0 && columns[0].label != NULL)
    {
        /* The label without its last part, which may be quoted. */
        const char *label = columns[0].label;
        size_t cut = strlen(label);
        bool quoted = false;

        for (size_t i = 0; label[i] != '\0'; i++)
        {
            quoted ^= label[i] == '"';
            if (label[i] == '.' && !quoted)
                cut = i;
        }
        (void) ss_note(err, "while the server was sending row %llu of table %.*s",
                       (unsigned long long) row + 1, (int) (cut > 300 ? 300 : cut), label);
    }
    else
        (void) ss_note(err, "while the server was sending row %llu", (unsigned long long) row + 1);
    return ss_hint(err, "The server cannot send rows of a gigabyte or more.  In a table of mode "
                        "synthesise, treatment nullify leaves a column unread; mode empty leaves "
                        "the table's rows out.");
}

static ss_code
column_note(ss_error *err, const ss_copy_column *column, uint64_t row)
{
    return ss_note(err, "column %s, row %llu", column->label == NULL ? "?" : column->label,
                   (unsigned long long) row + 1);
}

ss_copy_reader *
ss_copy_reader_new(ss_arena *arena, ss_pg *pg, ss_copy_format format, const ss_copy_column *columns,
                   size_t ncolumns)
{
    ss_copy_reader *reader = ss_alloc(arena, 1, sizeof *reader);

    reader->pg = pg;
    reader->format = format;
    reader->columns = columns;
    reader->ncolumns = ncolumns;
    ss_buf_defer(arena, &reader->text);
    return reader;
}

/* --- reading ----------------------------------------------------------------------------------- */

static ss_code
put_wire(ss_batch_column *column, size_t r, const unsigned char *data, size_t n, ss_error *err)
{
    if (!ss_buf_fits(&column->bytes, n) && !ss_buf_try_reserve(&column->bytes, n))
        return ss_fail(err, SS_ERETRY, "not enough memory for a value of %zu bytes", n);
    ss_buf_append(&column->bytes, data, n);
    column->null[r] = 0;
    column->end[r] = column->bytes.len;
    return SS_OK;
}

static ss_code
framing(const ss_copy_reader *reader, ss_error *err)
{
    return ss_fail(
        err, SS_EMEND, "malformed COPY data at row %llu%s%s", (unsigned long long) reader->row + 1,
        reader->ncolumns > 0 && reader->columns[0].label != NULL ? ", column " : "",
        reader->ncolumns > 0 && reader->columns[0].label != NULL ? reader->columns[0].label : "");
}

static ss_code
header_read(const unsigned char **data, size_t *n, ss_error *err)
{
    uint32_t extension;

    if (*n < HEADER || memcmp(*data, signature, sizeof signature) != 0 ||
        (ss_get_u32(*data + sizeof signature) >> 16) != 0)
        return ss_fail(err, SS_EMEND, "the data do not begin like COPY BINARY");
    extension = ss_get_u32(*data + sizeof signature + 4);
    if (extension > *n - HEADER)
        return ss_fail(err, SS_EMEND, "malformed header of COPY BINARY");
    *data += HEADER + extension;
    *n -= HEADER + extension;
    return SS_OK;
}

/* One tuple from the message. */
static ss_code
tuple_read(ss_copy_reader *reader, ss_batch *batch, size_t *bytes, ss_error *err)
{
    const unsigned char *p = reader->data;
    const unsigned char *end = p + reader->len;
    const size_t r = batch->nrows;

    if (reader->len < 2)
        return framing(reader, err);
    if (ss_get_u16(p) == UINT16_MAX)
    {
        reader->ended = true;
        reader->len = 0;
        return SS_OK;
    }
    if (ss_get_u16(p) != reader->ncolumns)
        return framing(reader, err);
    p += 2;
    for (size_t c = 0; c < reader->ncolumns; c++)
    {
        const ss_copy_column *column = &reader->columns[c];
        ss_batch_column *to = &batch->columns[c];
        ss_code code;
        uint32_t n;

        if (end - p < 4)
            return framing(reader, err);
        n = ss_get_u32(p);
        p += 4;
        if (n == UINT32_MAX)
        {
            ss_column_put_null(to, r);
            continue;
        }
        if (n > (size_t) (end - p))
            return framing(reader, err);
        if (column->form == SS_FORM_WIRE)
            code = put_wire(to, r, p, n, err);
        else
            code = column->codec->from_binary(&column->type, p, n, to, r, err);
        if (code != SS_OK)
            return column_note(err, column, reader->row);
        p += n;
        *bytes += n;
    }
    reader->len = (size_t) (end - p);
    reader->data = p;
    batch->nrows++;
    reader->row++;
    return SS_OK;
}

/* COPY TEXT's escapes undone; false when the field ends inside one. */
static bool
unescape(const unsigned char *p, size_t n, ss_buf *out)
{
    ss_buf_clear(out);
    ss_buf_reserve(out, n);
    for (size_t i = 0; i < n; i++)
    {
        unsigned char c = p[i];

        if (c == '\\')
        {
            if (++i == n)
                return false;
            c = p[i];
            switch (c)
            {
            case 'b':
                c = '\b';
                break;
            case 'f':
                c = '\f';
                break;
            case 'n':
                c = '\n';
                break;
            case 'r':
                c = '\r';
                break;
            case 't':
                c = '\t';
                break;
            case 'v':
                c = '\v';
                break;
            default:
                break;
            }
        }
        out->data[out->len++] = c;
    }
    out->data[out->len] = '\0';
    return true;
}

static ss_code
field_read(ss_copy_reader *reader, const ss_copy_column *column, ss_batch_column *to, size_t r,
           const unsigned char *p, size_t n, ss_error *err)
{
    if (n == 2 && p[0] == '\\' && p[1] == 'N')
    {
        ss_column_put_null(to, r);
        return SS_OK;
    }
    if (column->form == SS_FORM_WIRE)
        return put_wire(to, r, p, n, err);
    if (n == 0 || memchr(p, '\\', n) == NULL)
        return column->codec->from_text(&column->type, (const char *) p, n, to, r, err);
    if (!unescape(p, n, &reader->text))
        return ss_fail(err, SS_EMEND, "malformed COPY text");
    return column->codec->from_text(&column->type, (const char *) reader->text.data,
                                    reader->text.len, to, r, err);
}

/* One line from the message. */
static ss_code
line_read(ss_copy_reader *reader, ss_batch *batch, size_t *bytes, ss_error *err)
{
    const unsigned char *p = reader->data;
    const unsigned char *end = memchr(p, '\n', reader->len);
    const size_t r = batch->nrows;

    if (end == NULL)
        return framing(reader, err);
    if (end - p == 2 && p[0] == '\\' && p[1] == '.')
    {
        reader->ended = true;
        reader->len = 0;
        return SS_OK;
    }
    *bytes += (size_t) (end - p);
    for (size_t c = 0; c < reader->ncolumns; c++)
    {
        const unsigned char *tab = memchr(p, '\t', (size_t) (end - p));
        const unsigned char *stop = tab == NULL ? end : tab;

        if ((tab == NULL) != (c + 1 == reader->ncolumns))
            return framing(reader, err);
        if (field_read(reader, &reader->columns[c], &batch->columns[c], r, p, (size_t) (stop - p),
                       err) != SS_OK)
            return column_note(err, &reader->columns[c], reader->row);
        p = stop < end ? stop + 1 : end;
    }
    if (reader->ncolumns == 0 && p != end)
        return framing(reader, err);
    reader->len -= (size_t) (end + 1 - reader->data);
    reader->data = end + 1;
    batch->nrows++;
    reader->row++;
    return SS_OK;
}

ss_code
ss_copy_read(ss_copy_reader *reader, ss_batch *batch, ss_error *err)
{
    size_t bytes = 0;

    ss_batch_clear(batch);
    batch->first_row = reader->row;
    if (!reader->started)
        SS_TRY(columns_check(reader->format, reader->columns, reader->ncolumns, err));
    while (!reader->done && batch->nrows < SS_BATCH_ROWS && bytes < BATCH_BYTES)
    {
        while (reader->len == 0)
        {
            const bool over = reader->ended;

            if (ss_pg_copy_row(reader->pg, &reader->data, &reader->len, err) != SS_OK)
                return explain_unsendable(err, reader->columns, reader->ncolumns, reader->row);
            if (reader->data == NULL)
            {
                if (reader->format == SS_COPY_BINARY && !over)
                    return ss_fail(err, SS_ERETRY,
                                   "the data end before the trailer of COPY BINARY");
                reader->len = 0;
                reader->done = true;
                return SS_OK;
            }
            if (over && reader->len > 0)
                return framing(reader, err);
            if (reader->format == SS_COPY_BINARY && !reader->started)
                SS_TRY(header_read(&reader->data, &reader->len, err));
            reader->started = true;
        }
        if (reader->format == SS_COPY_BINARY)
            SS_TRY(tuple_read(reader, batch, &bytes, err));
        else
            SS_TRY(line_read(reader, batch, &bytes, err));
    }
    return SS_OK;
}

/* --- writing ----------------------------------------------------------------------------------- */

ss_copy_writer *
ss_copy_writer_new(ss_arena *arena, ss_pg *pg, ss_copy_format format, const ss_copy_column *columns,
                   size_t ncolumns)
{
    ss_copy_writer *writer = ss_alloc(arena, 1, sizeof *writer);

    writer->pg = pg;
    writer->format = format;
    writer->columns = columns;
    writer->ncolumns = ncolumns;
    ss_buf_defer(arena, &writer->out);
    ss_buf_defer(arena, &writer->text);
    return writer;
}

static ss_code
flush(ss_copy_writer *writer, ss_error *err)
{
    if (writer->out.len > 0)
        SS_TRY(ss_pg_copy_put(writer->pg, writer->out.data, writer->out.len, err));
    ss_buf_clear(&writer->out);
    return SS_OK;
}

/* Do rows go somewhere first? */
static bool
waits(const ss_copy_writer *writer)
{
    return writer->shuffle != NULL || writer->sorter != NULL;
}

/* Bytes as they are; large ones are not gathered first. */
static ss_code
put_raw(ss_copy_writer *writer, const unsigned char *data, size_t n, ss_error *err)
{
    if (n < CHUNK || waits(writer))
    {
        if (!ss_buf_fits(&writer->out, n) && !ss_buf_try_reserve(&writer->out, n))
            return ss_fail(err, SS_ERETRY, "not enough memory for a value of %zu bytes", n);
        ss_buf_append(&writer->out, data, n);
        return SS_OK;
    }
    SS_TRY(flush(writer, err));
    return ss_pg_copy_put(writer->pg, data, n, err);
}

void
ss_copy_escape(const unsigned char *p, size_t n, ss_buf *out)
{
    ss_buf_reserve(out, n * 2);
    for (size_t i = 0; i < n; i++)
    {
        static const char letters[] = "btnvfr"; /* 8 .. 13 */
        const unsigned char c = p[i];

        if (c == '\\' || (c >= '\b' && c <= '\r'))
        {
            out->data[out->len++] = '\\';
            out->data[out->len++] = c == '\\' ? c : (unsigned char) letters[c - '\b'];
        }
        else
            out->data[out->len++] = c;
    }
    out->data[out->len] = '\0';
}

static ss_code
value_write(ss_copy_writer *writer, const ss_copy_column *column, const ss_batch_column *from,
            size_t r, ss_error *err)
{
    const unsigned char *data;
    size_t start;
    size_t n;

    if (writer->format == SS_COPY_BINARY)
    {
        if (from->null[r])
        {
            ss_buf_put_u32(&writer->out, UINT32_MAX);
            return SS_OK;
        }
        if (column->form == SS_FORM_WIRE)
        {
            data = ss_column_bytes(from, r, &n);
            if (n > INT32_MAX)
                return ss_fail(err, SS_EMEND, "value too long for COPY BINARY");
            ss_buf_put_u32(&writer->out, (uint32_t) n);
            return put_raw(writer, data, n, err);
        }
        start = ss_len_begin(&writer->out);
        SS_TRY(column->codec->to_binary(&column->type, from, r, &writer->out, err));
        return ss_len_end(&writer->out, start, err);
    }
    if (from->null[r])
    {
        ss_buf_append(&writer->out, "\\N", 2);
        return SS_OK;
    }
    if (column->form == SS_FORM_WIRE)
    {
        data = ss_column_bytes(from, r, &n);
        return put_raw(writer, data, n, err);
    }
    ss_buf_clear(&writer->text);
    SS_TRY(column->codec->to_text(&column->type, from, r, &writer->text, err));
    ss_copy_escape(writer->text.data, writer->text.len, &writer->out);
    return SS_OK;
}

static void
header_write(ss_copy_writer *writer)
{
    if (writer->format == SS_COPY_BINARY && !writer->started)
    {
        ss_buf_append(&writer->out, signature, sizeof signature);
        ss_buf_put_u64(&writer->out, 0);
    }
    writer->started = true;
}

static ss_code
row_write(ss_copy_writer *writer, const ss_batch *batch, size_t r, ss_error *err)
{
    if (writer->format == SS_COPY_BINARY)
        ss_buf_put_u16(&writer->out, (uint16_t) writer->ncolumns);
    for (size_t c = 0; c < writer->ncolumns; c++)
    {
        if (c > 0 && writer->format == SS_COPY_TEXT)
            ss_buf_putc(&writer->out, '\t');
        if (value_write(writer, &writer->columns[c], &batch->columns[c], r, err) != SS_OK)
            return column_note(err, &writer->columns[c], batch->first_row + r);
    }
    if (writer->format == SS_COPY_TEXT)
        ss_buf_putc(&writer->out, '\n');
    return SS_OK;
}

/* A word of the value in row r: less where the value is less, as far as its first bytes tell. */
static uint64_t
sort_word(const ss_batch_column *column, size_t r)
{
    const unsigned char *bytes;
    uint64_t word = 0;
    size_t n;

    if (column->null[r])
        return UINT64_MAX;
    if (column->form == SS_FORM_I64)
        return (uint64_t) column->i64[r] ^ UINT64_C(1) << 63;
    if (column->form == SS_FORM_F64)
        return 0;
    bytes = ss_column_bytes(column, r, &n);
    for (size_t i = 0; i < sizeof word; i++)
        word = word << 8 | (i < n ? bytes[i] : 0);
    return word;
}

/* Of all bytes of the row; FNV-1a. */
static uint64_t
row_word(const ss_buf *row)
{
    uint64_t word = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < row->len; i++)
        word = (word ^ row->data[i]) * UINT64_C(0x100000001b3);
    return word;
}

static ss_code
set_aside(ss_copy_writer *writer, const ss_batch *batch, size_t r, ss_error *err)
{
    const ss_buf *row = &writer->out;
    ss_sort_key key = {0};

    if (writer->shuffle != NULL)
        return ss_shuffle_add(writer->shuffle, row->data, row->len, err);
    for (size_t i = 0; i < writer->nsorted_by && i + 1 < SS_SORT_WORDS; i++)
        key.words[i] = sort_word(&batch->columns[writer->sorted_by[i]], r);
    /* No two rows have the same whole number as their key. */
    if (writer->nsorted_by > 1 || batch->columns[writer->sorted_by[0]].form != SS_FORM_I64)
        key.words[SS_SORT_WORDS - 1] = row_word(row);
    return ss_sorter_add(writer->sorter, &key, row->data, row->len, err);
}

ss_code
ss_copy_write(ss_copy_writer *writer, const ss_batch *batch, ss_error *err)
{
    if (!writer->started)
        SS_TRY(columns_check(writer->format, writer->columns, writer->ncolumns, err));
    header_write(writer);
    if (waits(writer))
        SS_TRY(flush(writer, err)); /* the header goes first in any case */
    for (size_t r = 0; r < batch->nrows; r++)
    {
        SS_TRY(row_write(writer, batch, r, err));
        if (waits(writer))
        {
            SS_TRY(set_aside(writer, batch, r, err));
            ss_buf_clear(&writer->out);
        }
        else if (writer->out.len >= CHUNK)
            SS_TRY(flush(writer, err));
    }
    return SS_OK;
}

void
ss_copy_writer_shuffle(ss_copy_writer *writer, ss_shuffle *shuffle)
{
    writer->shuffle = shuffle;
}

void
ss_copy_writer_sort(ss_copy_writer *writer, ss_sorter *sorter, const size_t *columns, size_t n)
{
    writer->sorter = sorter;
    writer->sorted_by = columns;
    writer->nsorted_by = n;
}

static ss_code
put_row(void *arg, const void *row, size_t n, ss_error *err)
{
    ss_copy_writer *writer = arg;

    if (writer->out.len + n > CHUNK)
        SS_TRY(flush(writer, err));
    if (n >= CHUNK)
        return ss_pg_copy_put(writer->pg, row, n, err);
    ss_buf_append(&writer->out, row, n);
    return SS_OK;
}

ss_code
ss_copy_write_end(ss_copy_writer *writer, ss_error *err)
{
    header_write(writer);
    if (writer->shuffle != NULL)
        SS_TRY(ss_shuffle_drain(writer->shuffle, put_row, writer, err));
    if (writer->sorter != NULL)
        SS_TRY(ss_sorter_drain(writer->sorter, put_row, writer, err));
    if (writer->format == SS_COPY_BINARY)
        ss_buf_put_u16(&writer->out, UINT16_MAX);
    return flush(writer, err);
}

/* --- passing ----------------------------------------------------------------------------------- */

static ss_code
pass(ss_pg *source, ss_pg *target, const ss_copy_part *part,
     ss_code (*tick)(void *arg, uint64_t rows, ss_error *err), void *arg, ss_buf *chunk,
     uint64_t *rows, ss_error *err)
{
    const ss_copy_format format = part->format;
    bool started = format == SS_COPY_TEXT;
    bool ended = false;
    uint64_t ticked = 0;

    for (;;)
    {
        const unsigned char *data;
        const unsigned char *body;
        size_t n;
        size_t left;

        if (ss_pg_copy_row(source, &data, &n, err) != SS_OK)
            return explain_unsendable(err, NULL, 0, *rows);
        if (data == NULL)
            break;
        body = data;
        left = n;
        if (!started)
            SS_TRY(header_read(&body, &left, err));
        started = true;
        if (left > 0)
        {
            if (ended)
                return ss_fail(err, SS_EMEND, "data after the trailer of COPY BINARY");
            if (format == SS_COPY_BINARY && left >= 2 && ss_get_u16(body) == UINT16_MAX)
                ended = true;
            else
                ++*rows;
        }
        /* Of several parts the first brings the header, the last the trailer. */
        if (!part->first)
        {
            data = body;
            n = left;
        }
        if (ended && !part->last)
            n -= left;
        /* Large rows are not gathered: our process would hold them once more. */
        if (chunk->len > 0 && (n >= CHUNK / 2 || chunk->len + n > 2 * CHUNK))
        {
            SS_TRY(ss_pg_copy_put(target, chunk->data, chunk->len, err));
            ss_buf_clear(chunk);
        }
        if (n >= CHUNK / 2)
            SS_TRY(ss_pg_copy_put(target, data, n, err));
        else
            ss_buf_append(chunk, data, n);
        if (chunk->len >= CHUNK)
        {
            SS_TRY(ss_pg_copy_put(target, chunk->data, chunk->len, err));
            ss_buf_clear(chunk);
        }
        if (tick != NULL && *rows - ticked >= TICK_ROWS)
        {
            SS_TRY(tick(arg, *rows, err));
            ticked = *rows;
        }
    }
    if (format == SS_COPY_BINARY && !ended)
        return ss_fail(err, SS_ERETRY, "the data end before the trailer of COPY BINARY");
    if (chunk->len > 0)
        SS_TRY(ss_pg_copy_put(target, chunk->data, chunk->len, err));
    if (tick != NULL && *rows != ticked)
        SS_TRY(tick(arg, *rows, err));
    return SS_OK;
}

ss_code
ss_copy_pass(ss_pg *source, ss_pg *target, const ss_copy_part *part,
             ss_code (*tick)(void *arg, uint64_t rows, ss_error *err), void *arg, uint64_t *rows,
             ss_error *err)
{
    ss_buf chunk = {0};
    uint64_t passed = 0;
    ss_code code;

    ss_buf_reserve(&chunk, 2 * CHUNK);
    code = pass(source, target, part, tick, arg, &chunk, &passed, err);
    ss_buf_done(&chunk);
    if (rows != NULL)
        *rows = passed;
    return code;
}
