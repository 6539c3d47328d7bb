#include "rows/csv.h"

#include <csv.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/try.h"
#include "rows/copy.h"
#include "rows/csv_infer.h"
#include "rows/rows_internal.h"

#define READ_BYTES ((size_t) 64 << 10)
#define FIELDS_MAX 4096                 /* more columns than a table of PostgreSQL can have */
#define RECORD_MAX ((uint64_t) 1 << 30) /* more than a row of PostgreSQL can take */

#define HINT_QUOTES                                                                                \
    "A field with a quote in it stands in quotes itself, and the quote is written twice."
#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define TOO_MANY        "more fields than a table can have columns"
#define HINT_DELIMITER  "A field that holds the delimiter or a line end stands in quotes."
#define GROWTH          ((size_t) 128) /* libcsv's MEM_BLK_SIZE */
#define HINT_LINES      "Lines end with a line feed, or with a carriage return and a line feed."
#define HINT_CONVERT    "Convert the file to UTF-8, for example with iconv."

/*
 * libcsv takes the fields apart.  It does not tell NULL from "", drops blank lines and lets NUL
 * through, so the same bytes pass a small state machine first: inside quotes or not, which field
 * has quotes, where the record ends.
 */
struct ss_csv_reader
{
    ss_arena *arena;
    const char *path; /* printable */
    ss_csv_options options;
    int fd;                /* -1: memory */
    unsigned char *buffer; /* read from fd, or the memory */
    size_t len;
    size_t at;
    bool end_of_file;
    bool over;

    struct csv_parser parser;
    uint64_t line;     /* of the byte at */
    uint64_t start;    /* of the record */
    uint64_t bytes;    /* of the record so far */
    bool inside;       /* quotes */
    bool quoted_now;   /* the field being read has quotes */
    bool carriage;     /* the byte before was a carriage return outside quotes */
    size_t tracked;    /* fields seen by the state machine */
    bool *quoted;      /* FIELDS_MAX */
    size_t nfields;    /* given by libcsv */
    size_t *field_end; /* FIELDS_MAX */
    ss_buf text;
    bool complete; /* libcsv ended the record */

    ss_csv_field *fields; /* FIELDS_MAX */
    ss_csv_record record;
    size_t expected; /* fields of each record; 0 not known yet */
    const char **header;
};

static int
no_space(unsigned char c)
{
    (void) c;
    return 0;
}

static void
on_field(void *field, size_t n, void *arg)
{
    ss_csv_reader *reader = arg;

    if (reader->nfields < FIELDS_MAX)
    {
        ss_buf_append(&reader->text, field, n);
        reader->field_end[reader->nfields++] = reader->text.len;
    }
}

static void
on_record(int c, void *arg)
{
    ss_csv_reader *reader = arg;

    (void) c;
    reader->complete = true;
}

static void
reader_done(void *arg)
{
    ss_csv_reader *reader = arg;

    csv_free(&reader->parser);
    ss_buf_done(&reader->text);
    if (reader->fd >= 0)
        (void) close(reader->fd);
}

/* A whole line or record is wrong. */
static ss_code
refuse(const ss_csv_reader *reader, uint64_t line, ss_error *err, const char *what,
       const char *hint)
{
    (void) ss_fail(err, SS_EMEND, "%s, line %llu: %s", reader->path, (unsigned long long) line,
                   what);
    return ss_hint(err, "%s", hint);
}

/* The field'th field (from 0) is.  Its column is named when there surely is a header, its value never. */
static ss_code
refuse_field(const ss_csv_reader *reader, uint64_t line, size_t field, ss_error *err,
             const char *what, const char *hint)
{
    if (reader->header != NULL && !reader->options.unsure_header && field < reader->expected)
        (void) ss_fail(err, SS_EMEND, "%s, line %llu, column %s: %s", reader->path,
                       (unsigned long long) line,
                       ss_printable(reader->arena, reader->header[field]), what);
    else
        (void) ss_fail(err, SS_EMEND, "%s, line %llu, field %zu: %s", reader->path,
                       (unsigned long long) line, field + 1, what);
    return ss_hint(err, "%s", hint);
}

static ss_code
fill(ss_csv_reader *reader, ss_error *err)
{
    ssize_t n;

    if (reader->fd < 0)
    {
        reader->end_of_file = true;
        return SS_OK;
    }
    do
        n = read(reader->fd, reader->buffer, READ_BYTES);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return ss_fail(err, SS_ERETRY, "could not read %s: %s", reader->path, strerror(errno));
    reader->at = 0;
    reader->len = (size_t) n;
    reader->end_of_file = n == 0;
    return SS_OK;
}

/* One byte through the state machine; *ends: it ends the record. */
static ss_code
track(ss_csv_reader *reader, unsigned char c, bool *ends, ss_error *err)
{
    *ends = false;
    if (c == '\0')
        return refuse_field(reader, reader->line, reader->tracked, err, "a NUL byte",
                            "No text holds one; a file in UTF-16 does: convert it to UTF-8, for "
                            "example with iconv.");
    if (reader->carriage && c != '\n')
        return refuse(reader, reader->line, err, "a carriage return without a line feed",
                      HINT_LINES);
    if (reader->bytes == RECORD_MAX)
        return refuse(reader, reader->start, err, "the record that begins here is over 1 GB",
                      "Is a quote never closed?");
    if (c == '"')
    {
        reader->inside = !reader->inside;
        reader->quoted_now = true;
    }
    else if (!reader->inside)
    {
        if (c == '\n')
        {
            if (reader->bytes == (reader->carriage ? 1 : 0))
                return refuse(reader, reader->line, err, "a blank line",
                              reader->expected == 1
                                  ? "Delete it; a NULL here needs a word, as in csv:DIR?null=NA."
                                  : "Delete it.");
            *ends = true;
        }
        reader->carriage = c == '\r';
        if (c == '\n' || c == (unsigned char) reader->options.delimiter)
        {
            if (reader->tracked == FIELDS_MAX)
                return refuse(reader, reader->start, err, TOO_MANY, HINT_DELIMITER);
            reader->quoted[reader->tracked++] = reader->quoted_now;
            reader->quoted_now = false;
        }
    }
    reader->bytes++;
    return SS_OK;
}

static ss_code
feed(ss_csv_reader *reader, const unsigned char *data, size_t n, ss_error *err)
{
    /* By itself libcsv grows by GROWTH at a time: the time for a large field would grow with its square. */
    const size_t grow = csv_get_buffer_size(&reader->parser) / 4;

    if (grow > GROWTH)
        csv_set_blk_size(&reader->parser, grow);
    if (csv_parse(&reader->parser, data, n, on_field, on_record, reader) == n)
        return SS_OK;
    if (csv_error(&reader->parser) == CSV_ENOMEM || csv_error(&reader->parser) == CSV_ETOOBIG)
        return ss_fail(err, SS_ERETRY, "not enough memory for a field of %s, line %llu",
                       reader->path, (unsigned long long) reader->line);
    return refuse_field(reader, reader->start, reader->nfields, err,
                        "a quote that neither opens nor closes the field", HINT_QUOTES);
}

/* The last record may lack its line feed. */
static ss_code
finish(ss_csv_reader *reader, ss_error *err)
{
    reader->over = true;
    if (reader->inside)
        return refuse_field(reader, reader->start, reader->tracked, err,
                            "a quote opens the field and none closes it", HINT_QUOTES);
    if (reader->carriage)
        return refuse(reader, reader->line, err, "a carriage return without a line feed",
                      HINT_LINES);
    if (reader->bytes == 0)
        return SS_OK;
    if (reader->tracked == FIELDS_MAX)
        return refuse(reader, reader->start, err, TOO_MANY, HINT_DELIMITER);
    reader->quoted[reader->tracked++] = reader->quoted_now;
    if (csv_fini(&reader->parser, on_field, on_record, reader) != 0)
        return refuse_field(reader, reader->start, reader->nfields, err,
                            "a quote that neither opens nor closes the field", HINT_QUOTES);
    return SS_OK;
}

static ss_code
check_text(const ss_csv_reader *reader, size_t i, ss_error *err)
{
    const ss_csv_field *field = &reader->fields[i];
    size_t bad;

    if (ss_utf8_valid(field->data, field->n, &bad))
        return SS_OK;
    return refuse_field(reader, reader->start, i, err,
                        ss_strf(reader->arena, "not UTF-8, at byte %zu of the field", bad + 1),
                        HINT_CONVERT);
}

static ss_code
give(ss_csv_reader *reader, ss_error *err)
{
    const char *token = reader->options.null_token;
    size_t start = 0;

    if (reader->nfields != reader->tracked || !reader->complete)
        return ss_fail(err, SS_EBUG, "%s, line %llu: a record that cannot be taken apart",
                       reader->path, (unsigned long long) reader->start);
    if (reader->expected == 0)
        reader->expected = reader->nfields;
    if (reader->nfields != reader->expected)
        return refuse(reader, reader->start, err,
                      ss_strf(reader->arena, "%zu field%s instead of %zu", reader->nfields,
                              reader->nfields == 1 ? "" : "s", reader->expected),
                      HINT_DELIMITER);
    for (size_t i = 0; i < reader->nfields; i++)
    {
        ss_csv_field *field = &reader->fields[i];

        field->data = (const unsigned char *) ss_buf_text(&reader->text) + start;
        field->n = reader->field_end[i] - start;
        field->null = !reader->quoted[i] && field->n == strlen(token) &&
                      memcmp(field->data, token, field->n) == 0;
        start = reader->field_end[i];
        SS_TRY(check_text(reader, i, err));
    }
    reader->record = (ss_csv_record){
        .fields = reader->fields, .nfields = reader->nfields, .line = reader->start};
    return SS_OK;
}

ss_code
ss_csv_read(ss_csv_reader *reader, const ss_csv_record **record, ss_error *err)
{
    bool ends = false;

    *record = NULL;
    reader->start = reader->line;
    reader->bytes = 0;
    reader->tracked = reader->nfields = 0;
    ss_buf_clear(&reader->text);
    reader->quoted_now = reader->carriage = reader->complete = false;
    while (!ends && !reader->over)
    {
        size_t from;

        if (reader->at == reader->len)
        {
            SS_TRY(fill(reader, err));
            if (reader->end_of_file)
            {
                SS_TRY(finish(reader, err));
                break;
            }
        }
        from = reader->at;
        while (reader->at < reader->len && !ends)
        {
            const unsigned char c = reader->buffer[reader->at];

            SS_TRY(track(reader, c, &ends, err));
            reader->at++;
            if (c == '\n' && !ends)
                reader->line++;
        }
        SS_TRY(feed(reader, reader->buffer + from, reader->at - from, err));
        if (ends)
            reader->line++;
    }
    if (reader->bytes == 0)
        return SS_OK;
    SS_TRY(give(reader, err));
    *record = &reader->record;
    return SS_OK;
}

/* Is the only field of a header several with another delimiter between them? */
static bool
holds_delimiter(const ss_csv_field *field)
{
    for (size_t i = 0; i < field->n; i++)
        if (strchr(",;\t|", field->data[i]) != NULL)
            return true;
    return false;
}

/*
 * Is it data, taken for a header?  Then one row's values would become names: of columns in the policy, in
 * messages, in the sandbox.
 */
static bool
looks_like_value(const ss_csv_field *field)
{
    const char *type = ss_csv_type_of(field->data, field->n);

    return memchr(field->data, '@', field->n) != NULL ||
           (strcmp(type, "text") != 0 && strcmp(type, "boolean") != 0);
}

static ss_code
check_name(const ss_csv_reader *reader, const ss_csv_record *record, size_t i, ss_error *err)
{
    const ss_csv_field *field = &record->fields[i];
    const bool plain = !reader->options.any_header && !reader->quoted[i];

    if (plain && record->nfields == 1 && holds_delimiter(field))
        return refuse(reader, 1, err, "one field only, with what looks like another delimiter",
                      "Say so, as in csv:DIR?delimiter=semicolon; a name that holds one stands in "
                      "quotes.");
    if (field->n == 0)
        return refuse_field(reader, 1, i, err, "the header has no name here",
                            "Every column needs a name; csv:DIR?header=none reads the first line "
                            "as data.");
    if (plain && looks_like_value(field))
        return refuse_field(reader, 1, i, err, "the header has a value here, not a name",
                            "csv:DIR?header=none reads the first line as data; a name that looks "
                            "like a value stands in quotes, or say header=first-line.");
    return SS_OK;
}

static ss_code
header_read(ss_csv_reader *reader, ss_error *err)
{
    const ss_csv_record *record;
    const char **header;

    SS_TRY(ss_csv_read(reader, &record, err));
    if (record == NULL)
        return refuse(reader, 1, err, "the file is empty, it has not even a header",
                      "An empty table is a header alone.");
    header = ss_alloc(reader->arena, record->nfields, sizeof *header);
    for (size_t i = 0; i < record->nfields; i++)
    {
        SS_TRY(check_name(reader, record, i, err));
        header[i] =
            ss_strndup(reader->arena, (const char *) record->fields[i].data, record->fields[i].n);
        for (size_t k = 0; k < i; k++)
            if (strcmp(header[i], header[k]) == 0)
                return refuse(
                    reader, 1, err,
                    ss_strf(reader->arena, "fields %zu and %zu have the same name", k + 1, i + 1),
                    "Rename one; csv:DIR?header=none reads the first line as data.");
    }
    reader->header = header;
    return SS_OK;
}

static ss_code
start_reading(ss_csv_reader *reader, ss_error *err)
{
    if (reader->len == 0)
        SS_TRY(fill(reader, err));
    if (reader->len >= 2 &&
        (memcmp(reader->buffer, "\xFF\xFE", 2) == 0 || memcmp(reader->buffer, "\xFE\xFF", 2) == 0))
        return refuse(reader, 1, err, "UTF-16, not UTF-8", HINT_CONVERT);
    if (reader->len >= 3 && memcmp(reader->buffer, BYTE_ORDER_MARK, 3) == 0)
        reader->at = 3;
    return reader->options.no_header ? SS_OK : header_read(reader, err);
}

static ss_code
reader_new(ss_arena *arena, const char *path, const ss_csv_options *options, ss_csv_reader **out,
           ss_error *err)
{
    ss_csv_reader *reader = ss_alloc(arena, 1, sizeof *reader);

    reader->arena = arena;
    reader->path = ss_printable(arena, path);
    reader->fd = -1;
    if (options != NULL)
        reader->options = *options;
    if (reader->options.delimiter == '\0')
        reader->options.delimiter = ',';
    if (reader->options.null_token == NULL)
        reader->options.null_token = "";
    if (strchr("\"\r\n", reader->options.delimiter) != NULL ||
        (unsigned char) reader->options.delimiter >= 0x80)
        return ss_fail(err, SS_EMEND, "a delimiter of CSV is one ASCII character, no quote");
    if (csv_init(&reader->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return ss_fail(err, SS_EBUG, "could not start libcsv");
    csv_set_space_func(&reader->parser, no_space);
    csv_set_delim(&reader->parser, (unsigned char) reader->options.delimiter);
    ss_arena_defer(arena, reader_done, reader);
    reader->line = 1;
    reader->quoted = ss_alloc(arena, FIELDS_MAX, sizeof *reader->quoted);
    reader->field_end = ss_alloc(arena, FIELDS_MAX, sizeof *reader->field_end);
    reader->fields = ss_alloc(arena, FIELDS_MAX, sizeof *reader->fields);
    *out = reader;
    return SS_OK;
}

ss_code
ss_csv_open(ss_arena *arena, const char *path, const ss_csv_options *options,
            ss_csv_reader **reader, ss_error *err)
{
    ss_csv_reader *r;

    SS_TRY(reader_new(arena, path, options, &r, err));
    r->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0)
        return ss_fail(err, SS_EMEND, "could not open %s: %s", r->path, strerror(errno));
    r->buffer = ss_alloc(arena, READ_BYTES, 1);
    SS_TRY(start_reading(r, err));
    *reader = r;
    return SS_OK;
}

ss_code
ss_csv_open_memory(ss_arena *arena, const char *label, const void *data, size_t n,
                   const ss_csv_options *options, ss_csv_reader **reader, ss_error *err)
{
    ss_csv_reader *r;

    SS_TRY(reader_new(arena, label, options, &r, err));
    r->buffer = (unsigned char *) (uintptr_t) data;
    r->len = n;
    SS_TRY(start_reading(r, err));
    *reader = r;
    return SS_OK;
}

const char *const *
ss_csv_header(const ss_csv_reader *reader, size_t *n)
{
    *n = reader->header == NULL ? 0 : reader->expected;
    return reader->header;
}

void
ss_csv_to_copy_text(const ss_csv_record *record, ss_buf *out)
{
    for (size_t i = 0; i < record->nfields; i++)
    {
        if (i > 0)
            ss_buf_putc(out, '\t');
        if (record->fields[i].null)
            ss_buf_append(out, "\\N", 2);
        else
            ss_copy_escape(record->fields[i].data, record->fields[i].n, out);
    }
    ss_buf_putc(out, '\n');
}

/* One byte of COPY text that stands behind a backslash. */
static unsigned char
unescape(unsigned char c)
{
    switch (c)
    {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    case 'v':
        return '\v';
    default:
        return c;
    }
}

bool
ss_csv_from_copy_text(const unsigned char *line, size_t len, size_t n,
                      const ss_csv_options *options, ss_buf *value, ss_buf *out)
{
    const char delimiter = options == NULL || options->delimiter == '\0' ? ',' : options->delimiter;
    const unsigned char *end = line + len;
    const size_t before = out->len;

    if (end > line && end[-1] == '\n')
        end--;
    for (size_t i = 0; i < n; i++)
    {
        const bool null = end - line >= 2 && line[0] == '\\' && line[1] == 'N';

        ss_buf_clear(value);
        for (; line < end && *line != '\t'; line++)
        {
            if (*line == '\\' && line + 1 < end)
                ss_buf_putc(value, (char) unescape(*++line));
            else
                ss_buf_putc(value, (char) *line);
        }
        line += line < end;
        if (i > 0)
            ss_buf_putc(out, delimiter);
        ss_csv_write_field(out, ss_buf_text(value), value->len, null, options);
    }
    if (out->len == before)
        return false;
    ss_buf_putc(out, '\n');
    return true;
}

static void
put_quoted(ss_buf *out, const char *p, size_t n)
{
    ss_buf_putc(out, '"');
    for (size_t i = 0; i < n; i++)
    {
        if (p[i] == '"')
            ss_buf_putc(out, '"');
        ss_buf_putc(out, p[i]);
    }
    ss_buf_putc(out, '"');
}

void
ss_csv_write_field(ss_buf *out, const void *data, size_t n, bool null,
                   const ss_csv_options *options)
{
    const char *p = data;
    const char *word = options == NULL || options->null_token == NULL ? "" : options->null_token;
    const char delimiter = options == NULL || options->delimiter == '\0' ? ',' : options->delimiter;
    bool quote = n == 0 || (n == strlen(word) && memcmp(data, word, n) == 0);

    if (null)
    {
        ss_buf_puts(out, word);
        return;
    }
    /* At the beginning of a file a byte order mark would not be read as part of the value. */
    quote = quote || (n >= 3 && memcmp(p, BYTE_ORDER_MARK, 3) == 0);
    for (size_t i = 0; i < n && !quote; i++)
        quote = p[i] == '"' || p[i] == '\n' || p[i] == '\r' || p[i] == delimiter || p[i] == ' ';
    if (quote)
        put_quoted(out, p, n);
    else
        ss_buf_append(out, data, n);
}

void
ss_csv_write_name(ss_buf *out, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    const size_t n = strlen(name);

    if (name[strspn(name, plain)] != '\0' || strspn(name, plain + 53) > 0)
        put_quoted(out, name, n);
    else
        ss_buf_puts(out, name);
}
