#include "run/csv_source.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "pg/cluster.h"
#include "run/csv_create.h"
#include "run/csv_describe.h"
#include "run/csv_files.h"
#include "run/csv_schema.h"
#include "run/throwaway.h"

#define DATABASE  "files"
#define PUT_BYTES ((size_t) 256 << 10)

extern const char ss_sql_run_csv_tables[];
extern const char ss_sql_run_csv_set_aside[];
extern const char ss_sql_run_csv_settle[];

typedef struct staging
{
    const ss_endpoint *folder;
    const ss_watch *watch;
    ss_arena *arena;
    ss_pg *pg;
    ss_csv_options options;
    const ss_csv_files *files;
    bool has_schema;
    uint64_t rows;
} staging;

/* --- the server --------------------------------------------------------------------------------- */

/* Who runs the folder's SQL may do what its own database needs, and nothing to the machine. */
static ss_code
make_database(const ss_endpoint *endpoint, const ss_watch *watch, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_pg_options options = {.dbname = "postgres"};
    ss_pg *pg;
    ss_code code = ss_pg_open(scratch, endpoint, &options, watch, &pg, err);

    if (code == SS_OK)
        code = ss_pg_exec(pg, "CREATE ROLE " SS_CLUSTER_STAGER " LOGIN BYPASSRLS", err);
    if (code == SS_OK)
        code = ss_pg_exec(
            pg, "CREATE DATABASE " DATABASE " OWNER " SS_CLUSTER_STAGER " TEMPLATE template0", err);
    ss_arena_free(scratch);
    return code;
}

/*
 * When all is loaded: everything belongs to the private server's own role, as in every other one, so that a
 * schema that is carried on from here names no role of ours.
 */
static ss_code
take_over(const ss_endpoint *endpoint, const ss_watch *watch, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_pg_options options = {0};
    ss_pg *pg;
    ss_code code = ss_pg_open(scratch, endpoint, &options, watch, &pg, err);

    if (code == SS_OK)
        code = ss_pg_exec(pg,
                          "REASSIGN OWNED BY " SS_CLUSTER_STAGER " TO CURRENT_USER; "
                          "DROP OWNED BY " SS_CLUSTER_STAGER,
                          err);
    ss_arena_free(scratch);
    return code;
}

static ss_code
connect_as_stager(staging *s, const ss_endpoint *endpoint, ss_error *err)
{
    const ss_pg_options options = {.user = SS_CLUSTER_STAGER};

    return ss_pg_open(s->arena, endpoint, &options, s->watch, &s->pg, err);
}

/* --- one file ----------------------------------------------------------------------------------- */

typedef struct target
{
    const char *schema;
    const char *name;
    const char *label;
    const char **columns; /* that a file holds */
    size_t ncolumns;
} target;

/*
 * The header names every column of the table once, in any order; without one, the order is the table's.  A name
 * that the table does not have is not quoted: where the header is missing it is a value.
 */
static ss_code
check_header(const staging *s, const ss_csv_file *file, const target *t, const char *const *header,
             size_t n, ss_error *err)
{
    const char *path = ss_printable(s->arena, file->path);
    const char *label = ss_printable(s->arena, t->label);

    for (size_t i = 0; i < n; i++)
    {
        size_t k = 0;

        while (k < t->ncolumns && strcmp(t->columns[k], header[i]) != 0)
            k++;
        if (k == t->ncolumns)
        {
            (void) ss_fail(err, SS_EMEND,
                           "%s, line 1: field %zu of the header names no column of table %s that "
                           "could be loaded",
                           path, i + 1, label);
            return ss_hint(err, "Names are compared letter by letter, blanks and capitals "
                                "included; generated columns are left out; csv:DIR?header=none "
                                "reads the first line as data.");
        }
    }
    for (size_t k = 0; k < t->ncolumns; k++)
    {
        size_t i = 0;

        while (i < n && strcmp(t->columns[k], header[i]) != 0)
            i++;
        if (i == n)
            return ss_fail(err, SS_EMEND, "%s, line 1: column %s of table %s is missing", path,
                           ss_printable(s->arena, t->columns[k]), label);
    }
    return SS_OK;
}

/* The line where the nth record (from 1) begins; 0 when it is not there any more. */
static uint64_t
line_of_record(const staging *s, const ss_csv_file *file, uint64_t nth)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_csv_record *record = NULL;
    ss_csv_reader *reader;
    ss_error ignored;
    uint64_t line = 0;

    if (ss_csv_open(scratch, file->path, &s->options, &reader, &ignored) == SS_OK)
    {
        while (nth > 0 && ss_csv_read(reader, &record, &ignored) == SS_OK && record != NULL)
            nth--;
        line = nth == 0 && record != NULL ? record->line : 0;
    }
    ss_arena_free(scratch);
    return line;
}

static ss_code
refused(const staging *s, const ss_csv_file *file, const target *t, ss_error *err)
{
    const uint64_t nth = ss_pg_copy_failed_line(s->pg);
    const char *column = ss_pg_copy_failed_column(s->pg);
    const uint64_t line = nth == 0 || err->code != SS_EMEND ? 0 : line_of_record(s, file, nth);
    const char *path = ss_printable(s->arena, file->path);
    bool known = false;

    for (size_t i = 0; i < t->ncolumns; i++)
        known = known || strcmp(t->columns[i], column) == 0;
    if (strncmp(err->sqlstate, "22", 2) == 0)
        (void) ss_hint(err, s->has_schema
                                ? "The value does not fit the column's type in schema.sql."
                                : "The value does not fit the column's type: correct the file, or "
                                  "the type in the policy's csv: section.");
    if (line == 0)
        return ss_note(err, "%s", path);
    return ss_note(err, "%s, line %llu%s%s", path, (unsigned long long) line,
                   known ? ", column " : "", known ? ss_printable(s->arena, column) : "");
}

static ss_code
put_records(staging *s, ss_csv_reader *reader, const ss_csv_file *file, const target *t,
            ss_error *err)
{
    const ss_csv_record *record;
    ss_buf text = {0};
    ss_code code = ss_csv_read(reader, &record, err);

    while (code == SS_OK && record != NULL)
    {
        if (record->nfields != t->ncolumns)
        {
            code = ss_fail(err, SS_EMEND, "%s, line %llu: %zu fields, but table %s has %zu columns",
                           ss_printable(s->arena, file->path), (unsigned long long) record->line,
                           record->nfields, ss_printable(s->arena, t->label), t->ncolumns);
            break;
        }
        ss_csv_to_copy_text(record, &text);
        s->rows++;
        if (text.len >= PUT_BYTES)
        {
            const ss_progress progress = {"load the files", t->label, s->rows, 0};

            code = ss_pg_copy_put(s->pg, text.data, text.len, err);
            ss_buf_clear(&text);
            ss_report_progress(s->watch, &progress);
        }
        if (code == SS_OK)
            code = ss_csv_read(reader, &record, err);
    }
    if (code == SS_OK && text.len > 0)
        code = ss_pg_copy_put(s->pg, text.data, text.len, err);
    ss_buf_done(&text);
    return code;
}

static ss_code
load_file_with(staging *s, ss_arena *scratch, const ss_csv_file *file, const target *t,
               ss_error *err)
{
    const char *const *names;
    ss_csv_reader *reader;
    ss_buf sql = {0};
    uint64_t rows;
    size_t n;
    ss_code code;

    SS_TRY(ss_csv_open(scratch, file->path, &s->options, &reader, err));
    names = ss_csv_header(reader, &n);
    if (names != NULL)
        SS_TRY(check_header(s, file, t, names, n, err));
    else
        names = (const char *const *) t->columns;
    ss_buf_puts(&sql, "COPY ");
    ss_pg_ident(&sql, t->schema);
    ss_buf_putc(&sql, '.');
    ss_pg_ident(&sql, t->name);
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        ss_buf_puts(&sql, i == 0 ? " (" : ", ");
        ss_pg_ident(&sql, names[i]);
    }
    ss_buf_puts(&sql, ") FROM STDIN");
    code = ss_pg_copy_in(s->pg, ss_buf_text(&sql), err);
    ss_buf_done(&sql);
    SS_TRY(code);
    code = put_records(s, reader, file, t, err);
    if (code != SS_OK)
    {
        ss_pg_copy_abort(s->pg);
        return code;
    }
    if (ss_pg_copy_end(s->pg, &rows, err) != SS_OK)
        return refused(s, file, t, err);
    return SS_OK;
}

static ss_code
load_file(staging *s, const ss_csv_file *file, const target *t, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_code code = load_file_with(s, scratch, file, t, err);

    ss_arena_free(scratch);
    return code;
}

/* --- all of them -------------------------------------------------------------------------------- */

static ss_code
read_targets(staging *s, target **targets, size_t *n, ss_error *err)
{
    ss_pg_result *result;
    target *list;

    SS_TRY(ss_pg_query(s->pg, s->arena, ss_sql_run_csv_tables, 0, NULL, &result, err));
    list = ss_alloc(s->arena, ss_pg_rows(result) + 1, sizeof *list);
    *n = 0;
    for (size_t i = 0; i < ss_pg_rows(result); i++)
    {
        const char *schema = ss_pg_value(result, i, 0), *name = ss_pg_value(result, i, 1);
        const char *column = ss_pg_value(result, i, 3);
        target *t = *n == 0 ? NULL : &list[*n - 1];

        if (t == NULL || strcmp(t->schema, schema) != 0 || strcmp(t->name, name) != 0)
        {
            ss_buf label = {0};

            t = &list[(*n)++];
            ss_text_ident(&label, schema);
            ss_buf_putc(&label, '.');
            ss_text_ident(&label, name);
            *t =
                (target){.schema = schema,
                         .name = name,
                         .label = ss_strdup(s->arena, ss_buf_text(&label)),
                         .columns = ss_alloc(s->arena, ss_pg_rows(result) - i, sizeof *t->columns)};
            ss_buf_done(&label);
        }
        if (column != NULL)
            t->columns[t->ncolumns++] = column;
    }
    *targets = list;
    return SS_OK;
}

static const ss_csv_file *
file_of(const staging *s, const target *t)
{
    for (size_t i = 0; i < s->files->n; i++)
    {
        if (strcmp(s->files->files[i].label, t->label) == 0)
            return &s->files->files[i];
    }
    return NULL;
}

static ss_code
match_files(const staging *s, const target *targets, size_t n, ss_error *err)
{
    const char *folder = ss_printable(s->arena, s->folder->folder);

    for (size_t i = 0; i < n; i++)
    {
        if (targets[i].ncolumns > 0 && file_of(s, &targets[i]) == NULL)
        {
            (void) ss_fail(err, SS_EMEND, "there is no file for table %s in \"%s\"",
                           ss_printable(s->arena, targets[i].label), folder);
            return ss_hint(err, "An empty table needs %s with a header alone.",
                           ss_printable(s->arena, ss_csv_file_name(s->arena, targets[i].schema,
                                                                   targets[i].name)));
        }
    }
    for (size_t f = 0; f < s->files->n; f++)
    {
        size_t i = 0;

        while (i < n && (targets[i].ncolumns == 0 ||
                         strcmp(targets[i].label, s->files->files[f].label) != 0))
            i++;
        if (i == n)
        {
            (void) ss_fail(err, SS_EMEND, "%s: schema.sql makes no table %s",
                           ss_printable(s->arena, s->files->files[f].path),
                           ss_printable(s->arena, s->files->files[f].label));
            return ss_hint(err,
                           "Files are named SCHEMA.TABLE.csv, with %%2E for a dot within a name.");
        }
    }
    return SS_OK;
}

/* Statements that a query gives in one of its columns. */
static ss_code
execute_all(const staging *s, ss_pg_result *statements, size_t column, ss_error *err)
{
    for (size_t i = 0; i < ss_pg_rows(statements); i++)
        SS_TRY(ss_pg_exec(s->pg, ss_pg_value(statements, i, column), err));
    return SS_OK;
}

static ss_code
load_files(staging *s, ss_error *err)
{
    ss_pg_result *aside;
    target *targets;
    size_t n;

    SS_TRY(read_targets(s, &targets, &n, err));
    SS_TRY(match_files(s, targets, n, err));
    SS_TRY(ss_pg_query(s->pg, s->arena, ss_sql_run_csv_set_aside, 0, NULL, &aside, err));
    SS_TRY(execute_all(s, aside, 0, err));
    for (size_t i = 0; i < n; i++)
    {
        if (targets[i].ncolumns > 0)
            SS_TRY(load_file(s, file_of(s, &targets[i]), &targets[i], err));
    }
    if (execute_all(s, aside, 1, err) != SS_OK)
        return ss_note(err, "the files do not fit together");
    return SS_OK;
}

static ss_code
settle(const staging *s, ss_error *err)
{
    ss_pg_result *statements;

    SS_TRY(ss_pg_query(s->pg, s->arena, ss_sql_run_csv_settle, 0, NULL, &statements, err));
    SS_TRY(execute_all(s, statements, 0, err));
    return ss_pg_exec(s->pg, "ANALYZE", err);
}

static ss_code
stage_files(staging *s, const ss_policy *policy, const char *bindir, ss_csv_description *d,
            ss_csv_stage *stage, ss_error *err)
{
    /* Of the output folder only what it keeps is used: no run may hold it yet. */
    const ss_throwaway_options options = {
        .bindir = bindir, .dbname = DATABASE, .output = policy == NULL ? NULL : policy->output};

    if (!s->has_schema)
        SS_TRY(ss_csv_describe(s->folder, s->files, policy, s->watch, s->arena, d, err));
    else if (policy != NULL && policy->ncsv > 0)
        ss_notice(s->watch, SS_WARNING,
                  "%s says types and keys: the csv: section of the policy is not used",
                  SS_CSV_SCHEMA);
    SS_TRY(ss_throwaway_start(s->arena, &options, s->watch, &stage->endpoint, err));
    stage->endpoint.label = s->folder->label;
    SS_TRY(make_database(&stage->endpoint, s->watch, err));
    if (s->has_schema)
        SS_TRY(ss_csv_run_schema(s->files->schema_sql, &stage->endpoint, s->watch, s->arena, err));
    SS_TRY(connect_as_stager(s, &stage->endpoint, err));
    if (!s->has_schema)
        SS_TRY(ss_csv_create_tables(d, s->pg, err));
    SS_TRY(load_files(s, err));
    if (!s->has_schema)
    {
        SS_TRY(ss_csv_add_references(d, s->pg, s->arena, err));
        stage->tables = d->tables;
        stage->ntables = d->n;
    }
    SS_TRY(settle(s, err));
    ss_pg_close(s->pg);
    return take_over(&stage->endpoint, s->watch, err);
}

ss_code
ss_csv_stage_files(const ss_endpoint *folder, const ss_policy *policy, const char *bindir,
                   const ss_watch *watch, ss_arena *arena, ss_csv_stage *stage, ss_error *err)
{
    ss_csv_files files;
    ss_csv_description d = {0};
    staging s = {.folder = folder,
                 .watch = watch,
                 .arena = arena,
                 .options = ss_csv_options_of(folder),
                 .files = &files};

    *stage = (ss_csv_stage){0};
    SS_TRY(ss_csv_files_find(folder, arena, &files, err));
    s.has_schema = files.schema_sql != NULL;
    if (stage_files(&s, policy, bindir, &d, stage, err) != SS_OK)
        return ss_note(err, "while reading %s", folder->label);
    ss_notice(watch, SS_DEBUG, "%s: %s rows in %zu files", folder->label,
              ss_text_count(arena, s.rows), files.n);
    return SS_OK;
}
