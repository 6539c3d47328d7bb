#include "run/csv_describe.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/try.h"
#include "rows/csv_infer.h"

#define CHECK_EVERY     4096 /* records between two looks at the watch */
#define NAME_BYTES      63
#define ROWS_FOR_UNIQUE 100 /* fewer different values may be different by chance */

/* --- from one file ------------------------------------------------------------------------------ */

typedef struct describing
{
    const ss_endpoint *folder;
    const ss_policy *policy;
    const ss_watch *watch;
    ss_arena *result;
    ss_arena *scratch; /* of one file */
} describing;

static ss_code
fail_at(ss_csv_place place, ss_error *err, const char *what, const char *name)
{
    return ss_fail(err, SS_EMEND, "%s:%zu:%zu: %s%s", place.file, place.line, place.column, what,
                   name);
}

/* column1, column2, ...: what a file without a header has for names. */
static const char *const *
invented_names(ss_arena *arena, size_t n)
{
    const char **names = ss_alloc(arena, n + 1, sizeof *names);

    for (size_t i = 0; i < n; i++)
        names[i] = ss_strf(arena, "column%zu", i + 1);
    return names;
}

static ss_code
check_names(const describing *d, const ss_csv_file *file, const char *const *names, size_t n,
            ss_error *err)
{
    for (size_t i = 0; i < n; i++)
    {
        if (strlen(names[i]) > NAME_BYTES)
            return ss_fail(err, SS_EMEND, "%s, line 1: the name of field %zu has over 63 bytes",
                           ss_printable(d->scratch, file->path), i + 1);
    }
    return SS_OK;
}

/*
 * A first line of words may be data: what stands in it and below it, in the same column, is more likely a value than a
 * name.  As a name it would show a person's value in the policy, the report and the sandbox.  Names of the policy have
 * been looked at by a person.
 */
static ss_code
check_header(const describing *d, const ss_csv_file *file, const ss_csv_table *known,
             const ss_csv_column *columns, size_t n, ss_error *err)
{
    for (size_t i = 0; i < n; i++)
    {
        if (columns[i].name_again == 0 || ss_csv_table_has(known, columns[i].name))
            continue;
        (void) ss_fail(
            err, SS_EMEND,
            "%s, line 1, field %zu: what should be a column's name is a value of it in line %llu",
            ss_printable(d->scratch, file->path), i + 1,
            (unsigned long long) columns[i].name_again);
        return ss_hint(
            err, "csv:DIR?header=none reads the first line as data, csv:DIR?header=first-line as a "
                 "header, whatever it looks like.  A header that comes twice in a file is to be "
                 "taken out.");
    }
    return SS_OK;
}

/* Which of several columns that could be the primary key is it?  n: none. */
static size_t
choose_key(const ss_csv_file *file, const ss_csv_column *columns, size_t n)
{
    static const char *const types[] = {"integer", "bigint", "uuid", "text"};
    size_t best = n;
    int score = 0;

    for (size_t i = 0; i < n; i++)
    {
        const char *name = columns[i].name;
        const size_t length = strlen(name), stem = strlen(file->table);
        bool fits = columns[i].unique == SS_CSV_UNIQUE && columns[i].not_null;
        bool known = false;
        int s;

        for (size_t t = 0; t < 4; t++)
            known = known || strcmp(columns[i].type, types[t]) == 0;
        fits = fits && known;
        s = strcasecmp(name, "id") == 0 ? 4
            : length > 2 && stem >= length - 3 && strcasecmp(name + length - 2, "id") == 0 &&
                    strncasecmp(name, file->table, length - 3) == 0
                ? 3
            : i == 0 && length > 1 && strcasecmp(name + length - 2, "id") == 0 ? 2
            : i == 0                                                           ? 1
                                                                               : 0;
        if (fits && s > score)
        {
            best = i;
            score = s;
        }
    }
    return best;
}

static ss_csv_key
one_column_key(ss_arena *arena, const char *name)
{
    ss_csv_key key = {.columns = ss_alloc(arena, 1, sizeof *key.columns), .ncolumns = 1};

    key.columns[0] = ss_strdup(arena, name);
    return key;
}

static void
describe_keys(const describing *d, const ss_csv_file *file, const ss_csv_column *columns, size_t n,
              uint64_t rows, ss_csv_table *table)
{
    const size_t chosen = choose_key(file, columns, n);
    ss_csv_key *uniques = ss_alloc(d->result, n + 1, sizeof *uniques);

    if (chosen < n)
        table->key = one_column_key(d->result, columns[chosen].name);
    for (size_t i = 0; i < n && rows >= ROWS_FOR_UNIQUE; i++)
    {
        const char *type = columns[i].type;

        if (i != chosen && columns[i].unique == SS_CSV_UNIQUE && columns[i].not_null &&
            (strcmp(type, "integer") == 0 || strcmp(type, "bigint") == 0 ||
             strcmp(type, "uuid") == 0 || strcmp(type, "text") == 0))
            uniques[table->nuniques++] = one_column_key(d->result, columns[i].name);
    }
    table->uniques = uniques;
}

/* Columns of the policy's entry first, in its order; then what it does not know. */
static ss_code
merge(const describing *d, const ss_csv_file *file, const ss_csv_table *known,
      const ss_csv_column *columns, size_t n, ss_csv_table *table, ss_error *err)
{
    ss_csv_typed *all = ss_alloc(d->result, known->ncolumns + n + 1, sizeof *all);
    size_t count = 0;

    *table = *known;
    for (size_t i = 0; i < known->ncolumns; i++)
    {
        size_t k = 0;

        while (k < n && strcmp(columns[k].name, known->columns[i].name) != 0)
            k++;
        if (k == n)
        {
            (void) fail_at(known->columns[i].place, err, "the file has no column ",
                           ss_printable(d->scratch, known->columns[i].name));
            (void) ss_note(err, "%s", ss_printable(d->scratch, file->path));
            return ss_hint(err, "Put the column back, or delete it from the policy.");
        }
        all[count++] = known->columns[i];
    }
    for (size_t k = 0; k < n; k++)
    {
        if (!ss_csv_table_has(known, columns[k].name))
            all[count++] = (ss_csv_typed){.name = ss_strdup(d->result, columns[k].name),
                                          .type = columns[k].type,
                                          .not_null = columns[k].not_null};
    }
    table->columns = all;
    table->ncolumns = count;
    return SS_OK;
}

static void
take_over(const describing *d, const ss_csv_file *file, const ss_csv_column *columns, size_t n,
          uint64_t rows, ss_csv_table *table)
{
    ss_csv_typed *all = ss_alloc(d->result, n + 1, sizeof *all);

    *table = (ss_csv_table){.schema = file->schema,
                            .name = file->table,
                            .label = file->label,
                            .columns = all,
                            .ncolumns = n};
    describe_keys(d, file, columns, n, rows, table);
    for (size_t i = 0; i < n; i++)
        all[i] = (ss_csv_typed){.name = ss_strdup(d->result, columns[i].name),
                                .type = columns[i].type,
                                .not_null = columns[i].not_null};
}

/* Does the policy know every column of the file?  Then its rows need not be read. */
static bool
knows_all(const ss_csv_table *known, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
    {
        if (!ss_csv_table_has(known, names[i]))
            return false;
    }
    return true;
}

static ss_code
infer(const describing *d, ss_csv_reader *reader, const ss_csv_file *file, const char *const *names,
      size_t n, const ss_csv_record *record, const ss_csv_column **columns, uint64_t *rows,
      ss_error *err)
{
    ss_csv_infer *infer = ss_csv_infer_new(d->scratch, names, n);

    if (record == NULL)
        SS_TRY(ss_csv_read(reader, &record, err));
    while (record != NULL)
    {
        ss_csv_infer_add(infer, record);
        if (++*rows % CHECK_EVERY == 0)
        {
            const ss_progress progress = {"look at the files", file->label, *rows, 0};

            SS_TRY(ss_check_interrupt(d->watch, err));
            ss_report_progress(d->watch, &progress);
        }
        SS_TRY(ss_csv_read(reader, &record, err));
    }
    *columns = ss_csv_infer_end(infer, d->scratch);
    return SS_OK;
}

static ss_code
describe_file(const describing *d, const ss_csv_file *file, const ss_csv_table *known,
              ss_csv_table *table, ss_error *err)
{
    ss_csv_options options = ss_csv_options_of(d->folder);
    const ss_csv_record *record = NULL;
    const ss_csv_column *columns;
    const char *const *names;
    ss_csv_reader *reader;
    uint64_t rows = 0;
    size_t n;

    options.unsure_header = !options.any_header;
    SS_TRY(ss_csv_open(d->scratch, file->path, &options, &reader, err));
    names = ss_csv_header(reader, &n);
    if (options.no_header && known != NULL)
    {
        *table = *known;
        return SS_OK;
    }
    if (options.no_header)
    {
        SS_TRY(ss_csv_read(reader, &record, err));
        if (record == NULL)
            return ss_fail(err, SS_EMEND, "%s is empty: nothing says its columns",
                           ss_printable(d->scratch, file->path));
        n = record->nfields;
        names = invented_names(d->scratch, n);
    }
    SS_TRY(check_names(d, file, names, n, err));
    if (known != NULL && knows_all(known, names, n))
    {
        ss_csv_column *plain = ss_alloc(d->scratch, n + 1, sizeof *plain);

        for (size_t i = 0; i < n; i++)
            plain[i].name = names[i];
        return merge(d, file, known, plain, n, table, err);
    }
    SS_TRY(infer(d, reader, file, names, n, record, &columns, &rows, err));
    if (!options.no_header && !options.any_header)
        SS_TRY(check_header(d, file, known, columns, n, err));
    if (known != NULL)
        return merge(d, file, known, columns, n, table, err);
    take_over(d, file, columns, n, rows, table);
    return SS_OK;
}

/* Of files that nobody has looked at through a policy yet. */
static void
tell_of_headers(const describing *d, size_t files)
{
    if (files == 0 || d->folder->csv_no_header || d->folder->csv_any_header)
        return;
    ss_notice(
        d->watch, SS_INFO,
        "%s: the first line of %s is taken as a header; if it is data, say csv:DIR?header=none",
        d->folder->label, files == 1 ? "the file" : ss_strf(d->result, "each of %zu files", files));
}

static ss_code
every_entry_has_its_file(const ss_csv_files *files, const ss_endpoint *folder,
                         const ss_policy *policy, ss_error *err)
{
    for (size_t t = 0; policy != NULL && t < policy->ncsv; t++)
    {
        size_t f = 0;

        while (f < files->n && strcmp(files->files[f].label, policy->csv[t].label) != 0)
            f++;
        if (f < files->n)
            continue;
        (void) fail_at(policy->csv[t].place, err, "there is no file for this table in ",
                       folder->folder);
        return ss_hint(err, "Put the file back (an empty table is a header alone), or delete the "
                            "table from the policy.");
    }
    return SS_OK;
}

ss_code
ss_csv_describe(const ss_endpoint *folder, const ss_csv_files *files, const ss_policy *policy,
                const ss_watch *watch, ss_arena *result, ss_csv_description *out, ss_error *err)
{
    describing d = {.folder = folder, .policy = policy, .watch = watch, .result = result};
    size_t unknown = 0;

    SS_TRY(every_entry_has_its_file(files, folder, policy, err));
    *out = (ss_csv_description){.tables = ss_alloc(result, files->n + 1, sizeof *out->tables),
                                .described = ss_alloc(result, files->n + 1, sizeof(bool)),
                                .n = files->n};
    for (size_t i = 0; i < files->n; i++)
    {
        const ss_csv_table *known =
            policy == NULL ? NULL
                           : ss_csv_table_find(policy->csv, policy->ncsv, files->files[i].label);
        ss_code code;

        d.scratch = ss_arena_new(result);
        code = describe_file(&d, &files->files[i], known, &out->tables[i], err);
        ss_arena_free(d.scratch);
        SS_TRY(code);
        out->described[i] = known != NULL;
        unknown += known == NULL;
    }
    tell_of_headers(&d, unknown);
    return SS_OK;
}
