#include "run/csv_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"

#define SUFFIX         ".csv"
#define NAME_MAX_BYTES 63 /* of an identifier */

/* --- names -------------------------------------------------------------------------------------- */

static bool
is_plain(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c >= 0x80 || c == '_' || c == '-' || c == '$' || c == ' ';
}

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
                                  : -1;
}

char *
ss_csv_name_encode(ss_arena *arena, const char *name)
{
    ss_buf out = {0};
    char *text;

    for (const unsigned char *c = (const unsigned char *) name; *c != '\0'; c++)
    {
        if (is_plain(*c))
            ss_buf_putc(&out, (char) *c);
        else
            ss_buf_printf(&out, "%%%02X", *c);
    }
    text = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}

char *
ss_csv_name_decode(ss_arena *arena, const char *text, size_t n)
{
    char *name = ss_alloc(arena, n + 1, 1);
    size_t length = 0, bad;

    for (size_t i = 0; i < n; i++)
    {
        int high, low;

        if (text[i] != '%')
        {
            name[length++] = text[i];
            continue;
        }
        if (i + 2 >= n || (high = hex_digit(text[i + 1])) < 0 ||
            (low = hex_digit(text[i + 2])) < 0 || high * 16 + low == 0)
            return NULL;
        name[length++] = (char) (high * 16 + low);
        i += 2;
    }
    if (length == 0 || length > NAME_MAX_BYTES ||
        !ss_utf8_valid((const unsigned char *) name, length, &bad))
        return NULL;
    return name;
}

char *
ss_csv_file_name(ss_arena *arena, const char *schema, const char *table)
{
    return ss_strf(arena, "%s.%s" SUFFIX, ss_csv_name_encode(arena, schema),
                   ss_csv_name_encode(arena, table));
}

ss_csv_options
ss_csv_options_of(const ss_endpoint *folder)
{
    return (ss_csv_options){.delimiter = folder->csv_delimiter,
                            .no_header = folder->csv_no_header,
                            .any_header = folder->csv_any_header,
                            .null_token = folder->csv_null};
}

/* --- the folder --------------------------------------------------------------------------------- */

static ss_code
understand(const ss_endpoint *folder, const char *name, ss_arena *result, ss_csv_file *file,
           ss_error *err)
{
    const size_t n = strlen(name) - strlen(SUFFIX);
    const char *dot = memchr(name, '.', n);
    const char *table = dot == NULL ? name : dot + 1;
    ss_buf label = {0};
    struct stat st;

    *file = (ss_csv_file){.path = ss_path_join(result, folder->folder, name), .schema = "public"};
    if (dot != NULL)
        file->schema = ss_csv_name_decode(result, name, (size_t) (dot - name));
    file->table = ss_csv_name_decode(result, table, (size_t) (name + n - table));
    if (file->schema == NULL || file->table == NULL ||
        memchr(table, '.', (size_t) (name + n - table)))
    {
        (void) ss_fail(err, SS_EMEND, "%s: this name says no table",
                       ss_printable(result, file->path));
        return ss_hint(err,
                       "Name it SCHEMA.TABLE.csv, each of at most 63 bytes, with %%2E for a dot "
                       "within a name.");
    }
    if (stat(file->path, &st) != 0 || !S_ISREG(st.st_mode))
        return ss_fail(err, SS_EMEND, "%s is not a file that can be read",
                       ss_printable(result, file->path));
    ss_text_ident(&label, file->schema);
    ss_buf_putc(&label, '.');
    ss_text_ident(&label, file->table);
    file->label = ss_strdup(result, ss_buf_text(&label));
    ss_buf_done(&label);
    return SS_OK;
}

/* Would a person take it for a table of this folder?  Then it is not passed over in silence. */
static bool
looks_like_a_table(const char *name)
{
    static const char *const suffixes[] = {".csv",     ".csv.gz", ".csv.zip", ".csv.zst",
                                           ".csv.bz2", ".csv.xz", ".tsv"};
    const size_t n = strlen(name);

    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++)
    {
        const size_t m = strlen(suffixes[i]);

        if (n > m && strcasecmp(name + n - m, suffixes[i]) == 0)
            return true;
    }
    return false;
}

static int
by_label(const void *a, const void *b)
{
    return strcmp(((const ss_csv_file *) a)->label, ((const ss_csv_file *) b)->label);
}

static ss_code
walk(const ss_endpoint *folder, DIR *dir, ss_arena *result, ss_csv_files *found, ss_error *err)
{
    ss_csv_file *files = NULL;
    size_t capacity = 0;
    const struct dirent *entry;

    while ((entry = readdir(dir)) != NULL)
    {
        const char *name = entry->d_name;
        const size_t n = strlen(name);

        if (name[0] == '.')
            continue;
        if (strcmp(name, SS_CSV_SCHEMA) == 0)
            found->schema_sql = ss_path_join(result, folder->folder, name);
        else if (n > strlen(SUFFIX) && strcmp(name + n - strlen(SUFFIX), SUFFIX) == 0)
        {
            files = ss_grow(result, files, found->n, &capacity, sizeof *files);
            SS_TRY(understand(folder, name, result, &files[found->n], err));
            found->n++;
        }
        else if (looks_like_a_table(name))
        {
            (void) ss_fail(err, SS_EMEND, "%s is not read: tables are files named *.csv",
                           ss_printable(result, ss_path_join(result, folder->folder, name)));
            return ss_hint(err, "Unpack or rename it, or put it elsewhere.");
        }
    }
    if (found->n > 0)
        qsort(files, found->n, sizeof *files, by_label);
    found->files = files;
    return SS_OK;
}

ss_code
ss_csv_files_find(const ss_endpoint *folder, ss_arena *result, ss_csv_files *found, ss_error *err)
{
    DIR *dir = opendir(folder->folder);
    ss_code code;

    *found = (ss_csv_files){0};
    if (dir == NULL)
        return ss_fail(err, SS_EMEND, "could not read the folder \"%s\": %s",
                       ss_printable(result, folder->folder), strerror(errno));
    code = walk(folder, dir, result, found, err);
    (void) closedir(dir);
    SS_TRY(code);
    if (found->n == 0 && found->schema_sql == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "the folder \"%s\" holds no file named *.csv",
                       ss_printable(result, folder->folder));
        return ss_hint(err,
                       "Name the folder whose files are tables: TABLE.csv or SCHEMA.TABLE.csv.");
    }
    for (size_t i = 1; i < found->n; i++)
    {
        if (strcmp(found->files[i - 1].label, found->files[i].label) == 0)
            return ss_fail(err, SS_EMEND, "%s and %s are the same table",
                           ss_printable(result, found->files[i - 1].path),
                           ss_printable(result, found->files[i].path));
    }
    return SS_OK;
}
