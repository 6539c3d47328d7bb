#include "run/csv_target.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/leftovers.h"
#include "base/lock.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "rows/csv.h"
#include "run/csv_files.h"

#define MARKER      ".sandseed"
#define WRITE_BYTES ((size_t) 256 << 10)

extern const char ss_sql_run_csv_tables[];
extern const char ss_sql_run_csv_roles[];

struct ss_csv_target
{
    ss_arena *arena;
    const ss_endpoint *folder;
    const char *live;     /* DIR */
    const char *next;     /* DIR.next */
    const char *previous; /* DIR.previous */
    const char *shown;    /* DIR, for messages */
    const char *run_id;
    int fd;    /* of DIR.next, locked; -1 */
    bool made; /* DIR.next is this run's */
    ss_leftover unfinished;
};

/* --- whose folder is it? ------------------------------------------------------------------------ */

typedef enum standing
{
    ABSENT,
    EMPTY,
    OURS,
    FOREIGN,
} standing;

static standing
look_at(const char *path, ss_arena *scratch)
{
    const char *marker = ss_path_join(scratch, path, MARKER);
    const struct dirent *entry;
    bool empty = true;
    struct stat st;
    DIR *dir;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? ABSENT : FOREIGN;
    if (!S_ISDIR(st.st_mode))
        return FOREIGN;
    if (lstat(marker, &st) == 0 && S_ISREG(st.st_mode))
        return OURS;
    dir = opendir(path);
    if (dir == NULL)
        return FOREIGN;
    while ((entry = readdir(dir)) != NULL && empty)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    (void) closedir(dir);
    return empty ? EMPTY : FOREIGN;
}

static ss_code
refuse_foreign(const ss_csv_target *t, const char *path, ss_error *err)
{
    struct stat st;

    if (look_at(path, t->arena) != FOREIGN)
        return SS_OK;
    if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return ss_fail(err, SS_EREFUSED, "\"%s\" is not a folder", ss_printable(t->arena, path));
    (void) ss_fail(err, SS_EREFUSED,
                   "\"%s\" is not sandseed's: it is not empty and has no %s in it",
                   ss_printable(t->arena, path), MARKER);
    return ss_hint(err, "Choose an empty or a new folder.");
}

/* Is one of two paths the other, or within it? */
static bool
overlap(const char *a, const char *b)
{
    const size_t n = strlen(a), m = strlen(b), shorter = n < m ? n : m;

    return strncmp(a, b, shorter) == 0 &&
           (n == m || (n < m ? b : a)[shorter] == '/' || a[shorter - 1] == '/');
}

static ss_code
refuse_source(const ss_csv_target *t, const char *source, ss_error *err)
{
    const char *const ours[] = {t->live, t->next, t->previous};

    for (size_t i = 0; i < 3 && source != NULL; i++)
    {
        if (overlap(ours[i], source))
            return ss_fail(err, SS_EREFUSED, "the target \"%s\" and the source \"%s\" overlap",
                           ss_printable(t->arena, ours[i]), ss_printable(t->arena, source));
    }
    return SS_OK;
}

/* Such a folder would be taken for one of another target's, and replaced with it. */
static ss_code
refuse_side_name(const ss_csv_target *t, ss_error *err)
{
    static const char *const endings[] = {".next", ".previous"};

    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
    {
        const size_t n = strlen(t->live), m = strlen(endings[i]);

        if (n < m || strcmp(t->live + n - m, endings[i]) != 0)
            continue;
        (void) ss_fail(err, SS_EREFUSED, "the target \"%s\" ends in \"%s\"", t->shown, endings[i]);
        return ss_hint(
            err, "Choose another name: DIR.next and DIR.previous belong to the target csv:DIR, "
                 "whose next run replaces them.");
    }
    return SS_OK;
}

/* --- opening ------------------------------------------------------------------------------------ */

/* Hold DIR.next: whoever has its lock may fill and rename it. */
static ss_code
hold_next(ss_csv_target *t, ss_error *err)
{
    if (mkdir(t->next, 0700) != 0 && errno != EEXIST)
        return ss_fail(err, SS_EMEND, "could not make the folder \"%s\": %s",
                       ss_printable(t->arena, t->next), strerror(errno));
    t->fd = ss_lock_take(t->next, O_RDONLY | O_DIRECTORY);
    if (t->fd < 0 && errno == EWOULDBLOCK)
        return ss_fail(err, SS_ERETRY, "another run writes \"%s\"", t->shown);
    if (t->fd < 0)
        return ss_fail(err, SS_EMEND, "could not lock the folder \"%s\": %s",
                       ss_printable(t->arena, t->next), strerror(errno));
    t->made = true;
    return SS_OK;
}

/* Delete the files in a folder of ours, but for the marker. */
static ss_code
empty_ours(const ss_csv_target *t, const char *path, ss_error *err)
{
    DIR *dir = opendir(path);
    const struct dirent *entry;
    ss_code code = SS_OK;

    if (dir == NULL)
        return ss_fail(err, SS_EMEND, "could not read the folder \"%s\": %s",
                       ss_printable(t->arena, path), strerror(errno));
    while (code == SS_OK && (entry = readdir(dir)) != NULL)
    {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            strcmp(entry->d_name, MARKER) != 0 && unlinkat(dirfd(dir), entry->d_name, 0) != 0)
            code = ss_fail(err, SS_EMEND, "could not delete \"%s\" in \"%s\": %s",
                           ss_printable(t->arena, entry->d_name), ss_printable(t->arena, path),
                           strerror(errno));
    }
    (void) closedir(dir);
    return code;
}

/* The marker goes last: what a crash leaves of the folder is still known for ours. */
static ss_code
remove_ours(const ss_csv_target *t, const char *path, ss_error *err)
{
    ss_error ignored;

    (void) empty_ours(t, path, &ignored);
    return ss_folder_remove(path, err);
}

static ss_code
write_marker(const ss_csv_target *t, ss_error *err)
{
    const char *text = ss_strf(t->arena, "{\"sandseed\": 1, \"run\": \"%s\"}\n", t->run_id);

    return ss_file_write(ss_path_join(t->arena, t->next, MARKER), text, strlen(text), 0600, err);
}

/* A publishing in steps (ss_folder_exchange) that was cut short: yesterday's folder gets its name back. */
static ss_code
mend_publishing(const ss_csv_target *t, ss_error *err)
{
    if (look_at(t->live, t->arena) != ABSENT || look_at(t->previous, t->arena) != OURS ||
        look_at(t->next, t->arena) != OURS)
        return SS_OK;
    if (rename(t->previous, t->live) == 0)
        return SS_OK;
    return ss_fail(err, SS_EMEND, "could not rename \"%s\" to \"%s\": %s",
                   ss_printable(t->arena, t->previous), t->shown, strerror(errno));
}

static void
close_deferred(void *target)
{
    ss_csv_target *t = target;

    ss_leftover_take_back(&t->unfinished);
    if (t->fd >= 0)
        (void) close(t->fd);
    t->fd = -1;
}

ss_code
ss_csv_target_open(const ss_endpoint *folder, const char *source, const char *run_id,
                   ss_arena *arena, ss_csv_target **target, ss_error *err)
{
    ss_csv_target *t = ss_alloc(arena, 1, sizeof *t);
    ss_endpoint *copy = ss_alloc(arena, 1, sizeof *copy);
    char *parent = ss_strdup(arena, folder->folder);
    char *slash = strrchr(parent, '/');

    *copy = *folder;
    *t = (ss_csv_target){.arena = arena,
                         .folder = copy,
                         .live = folder->folder,
                         .next = ss_strf(arena, "%s.next", folder->folder),
                         .previous = ss_strf(arena, "%s.previous", folder->folder),
                         .shown = ss_printable(arena, folder->folder),
                         .run_id = run_id,
                         .fd = -1};
    if (slash == NULL || slash[1] == '\0')
        return ss_fail(err, SS_EREFUSED, "\"%s\" cannot be a target", t->shown);
    SS_TRY(refuse_side_name(t, err));
    SS_TRY(refuse_source(t, source, err));
    SS_TRY(refuse_foreign(t, t->live, err));
    SS_TRY(refuse_foreign(t, t->next, err));
    SS_TRY(refuse_foreign(t, t->previous, err));
    if (slash != parent)
    {
        *slash = '\0';
        SS_TRY(ss_folder_make(parent, 0700, err));
    }
    ss_arena_defer(arena, close_deferred, t);
    SS_TRY(hold_next(t, err));
    *target = t;
    SS_TRY(mend_publishing(t, err));
    t->unfinished = (ss_leftover){.folder = t->next};
    ss_leftover_add(&t->unfinished);
    SS_TRY(empty_ours(t, t->next, err)); /* of what a crash left in it */
    return write_marker(t, err);
}

/* --- writing ------------------------------------------------------------------------------------ */

typedef struct writing
{
    const ss_csv_target *t;
    ss_pg *pg;
    const ss_watch *watch;
    ss_arena *scratch;
    ss_csv_options options;
    uint64_t rows;
} writing;

typedef struct output
{
    const char *path;
    int fd;
    ss_buf text;
    ss_buf value; /* one field */
} output;

static ss_code
flush_to(output *o, const writing *w, ss_error *err)
{
    size_t done = 0;

    while (done < o->text.len)
    {
        const ssize_t n = write(o->fd, o->text.data + done, o->text.len - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return ss_fail(err, SS_ERETRY, "could not write \"%s\": %s",
                           ss_printable(w->scratch, o->path), strerror(errno));
        done += (size_t) n;
    }
    ss_buf_clear(&o->text);
    return ss_check_interrupt(w->watch, err);
}

static ss_code
write_rows(writing *w, output *o, const char *label, size_t ncolumns, ss_error *err)
{
    for (;;)
    {
        const unsigned char *row;
        size_t n;

        SS_TRY(ss_pg_copy_row(w->pg, &row, &n, err));
        if (row == NULL)
            return SS_OK;
        if (!ss_csv_from_copy_text(row, n, ncolumns, &w->options, &o->value, &o->text))
        {
            (void) ss_fail(err, SS_EMEND,
                           "table %s has one column and a NULL in it: that would be a "
                           "blank line",
                           ss_printable(w->scratch, label));
            return ss_hint(err, "Say a word for NULL: csv:DIR?null=\\N.");
        }
        w->rows++;
        if (o->text.len >= WRITE_BYTES)
        {
            const ss_progress progress = {"write the files", label, w->rows, 0};

            SS_TRY(flush_to(o, w, err));
            ss_report_progress(w->watch, &progress);
        }
    }
}

static ss_code
write_file(writing *w, const char *label, const char *sql, const char *const *columns, size_t n,
           output *o, ss_error *err)
{
    o->fd = open(o->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (o->fd < 0)
        return ss_fail(err, SS_EMEND, "could not make \"%s\": %s",
                       ss_printable(w->scratch, o->path), strerror(errno));
    for (size_t i = 0; i < n && !w->options.no_header; i++)
    {
        if (i > 0)
            ss_buf_putc(&o->text, w->options.delimiter);
        ss_csv_write_name(&o->text, columns[i]);
    }
    ss_buf_puts(&o->text, w->options.no_header ? "" : "\n");
    SS_TRY(ss_pg_copy_out(w->pg, sql, err));
    SS_TRY(write_rows(w, o, label, n, err));
    SS_TRY(flush_to(o, w, err));
    if (fsync(o->fd) != 0)
        return ss_fail(err, SS_ERETRY, "could not write \"%s\": %s",
                       ss_printable(w->scratch, o->path), strerror(errno));
    return SS_OK;
}

/* A table without a column that a file could hold: it may have no rows, for they would be lost. */
static ss_code
check_columnless(const writing *w, const char *from, const char *label, ss_error *err)
{
    const char *any;

    SS_TRY(ss_pg_value_of(w->pg, w->scratch,
                          ss_strf(w->scratch, "SELECT EXISTS (SELECT FROM %s)", from), &any, err));
    if (any == NULL || any[0] != 't')
        return SS_OK;
    return ss_fail(err, SS_EMEND, "table %s has rows, but no column that a file could hold",
                   ss_printable(w->scratch, label));
}

static ss_code
write_table(writing *w, const char *schema, const char *name, bool partitioned,
            const char *const *columns, size_t n, ss_error *err)
{
    const char *qualified = ss_pg_qualified(w->scratch, schema, name);
    const char *from = ss_strf(w->scratch, "%s%s", partitioned ? "" : "ONLY ", qualified);
    output o = {
        .path = ss_path_join(w->scratch, w->t->next, ss_csv_file_name(w->scratch, schema, name)),
        .fd = -1};
    ss_buf sql = {0};
    ss_code code;

    if (n == 0)
        return check_columnless(w, from, qualified, err);
    ss_buf_puts(&sql, "COPY (SELECT ");
    for (size_t i = 0; i < n; i++)
    {
        ss_buf_puts(&sql, i == 0 ? "" : ", ");
        ss_pg_ident(&sql, columns[i]);
    }
    ss_buf_printf(&sql, " FROM %s) TO STDOUT", from);
    code = write_file(w, qualified, ss_buf_text(&sql), columns, n, &o, err);
    if (o.fd >= 0 && close(o.fd) != 0 && code == SS_OK)
        code = ss_fail(err, SS_ERETRY, "could not write \"%s\": %s",
                       ss_printable(w->scratch, o.path), strerror(errno));
    ss_buf_done(&sql);
    ss_buf_done(&o.text);
    ss_buf_done(&o.value);
    return code;
}

static ss_code
write_tables(writing *w, ss_error *err)
{
    ss_pg_result *result;
    const char **columns;
    size_t rows;

    SS_TRY(ss_pg_query(w->pg, w->scratch, ss_sql_run_csv_tables, 0, NULL, &result, err));
    rows = ss_pg_rows(result);
    columns = ss_alloc(w->scratch, rows + 1, sizeof *columns);
    for (size_t i = 0; i < rows;)
    {
        const char *schema = ss_pg_value(result, i, 0), *name = ss_pg_value(result, i, 1);
        const bool partitioned = ss_pg_value(result, i, 2)[0] == 't';
        size_t n = 0;

        for (; i < rows && strcmp(ss_pg_value(result, i, 0), schema) == 0 &&
               strcmp(ss_pg_value(result, i, 1), name) == 0;
             i++)
        {
            if (ss_pg_value(result, i, 3) != NULL)
                columns[n++] = ss_pg_value(result, i, 3);
        }
        SS_TRY(write_table(w, schema, name, partitioned, columns, n, err));
    }
    return SS_OK;
}

static ss_code
write_schema(const writing *w, const ss_programs *programs, const ss_endpoint *server,
             const char *dbname, ss_error *err)
{
    ss_pg_result *roles;
    ss_buf dump = {0}, text = {0};
    ss_code code;

    SS_TRY(ss_pg_query(w->pg, w->scratch, ss_sql_run_csv_roles, 0, NULL, &roles, err));
    for (size_t i = 0; i < ss_pg_rows(roles); i++)
        ss_buf_printf(&text, "-- sandseed role: %s\n",
                      ss_csv_name_encode(w->scratch, ss_pg_value(roles, i, 0)));
    code = ss_dump_portable(programs, server, dbname, w->watch, &dump, err);
    if (code == SS_OK)
    {
        ss_buf_append(&text, dump.data, dump.len);
        code = ss_file_write(ss_path_join(w->scratch, w->t->next, SS_CSV_SCHEMA), text.data,
                             text.len, 0600, err);
    }
    ss_buf_done(&dump);
    ss_buf_done(&text);
    return code;
}

ss_code
ss_csv_target_write(ss_csv_target *t, const ss_programs *programs, const ss_endpoint *server,
                    const char *dbname, const ss_watch *watch, ss_error *err)
{
    const ss_pg_options options = {.dbname = dbname};
    writing w = {.t = t,
                 .watch = watch,
                 .scratch = ss_arena_new(NULL),
                 .options = ss_csv_options_of(t->folder)};
    ss_code code = ss_pg_open(w.scratch, server, &options, watch, &w.pg, err);

    /* Rows in the order in which they were loaded: the same sandbox makes the same bytes. */
    if (code == SS_OK)
        code = ss_pg_exec(
            w.pg, "SET max_parallel_workers_per_gather = 0; SET synchronize_seqscans = off", err);
    if (code == SS_OK)
        code = write_schema(&w, programs, server, dbname, err);
    if (code == SS_OK)
        code = write_tables(&w, err);
    if (code == SS_OK && fsync(t->fd) != 0)
        code = ss_fail(err, SS_ERETRY, "could not write \"%s\": %s",
                       ss_printable(w.scratch, t->next), strerror(errno));
    ss_arena_free(w.scratch);
    return code;
}

/* --- publishing --------------------------------------------------------------------------------- */

/*
 * Tonight's folder gets the name DIR at once, yesterday's the name DIR.next; *yesterday, the lock on it, keeps other
 * runs from taking it for theirs to fill.
 */
static ss_code
exchange(ss_csv_target *t, int *yesterday, ss_error *err)
{
    *yesterday = ss_lock_take(t->live, O_RDONLY | O_DIRECTORY);
    if (*yesterday < 0)
        return ss_fail(err, errno == EWOULDBLOCK ? SS_ERETRY : SS_EMEND,
                       "could not lock the folder \"%s\": %s", t->shown, strerror(errno));
    SS_TRY(remove_ours(t, t->previous, err));
    return ss_folder_exchange(t->next, t->live, t->previous, err);
}

/* The new one is published: what cannot be cleared away is no failure of the run. */
static void
put_away(const ss_csv_target *t, bool keep_previous, const ss_watch *watch)
{
    ss_error ignored;

    if (keep_previous && rename(t->next, t->previous) != 0)
        ss_notice(
            watch, SS_WARNING, "\"%s\", the sandbox of before, could not be kept as \"%s\": %s",
            ss_printable(t->arena, t->next), ss_printable(t->arena, t->previous), strerror(errno));
    else if (!keep_previous && remove_ours(t, t->next, &ignored) != SS_OK)
        ss_notice(watch, SS_WARNING, "\"%s\", the sandbox of before, could not be removed",
                  ss_printable(t->arena, t->next));
}

ss_code
ss_csv_target_publish(ss_csv_target *t, bool keep_previous, const ss_watch *watch, ss_error *err)
{
    const standing live = look_at(t->live, t->arena);
    int yesterday = -1;
    ss_code code = SS_OK;

    /* They may have changed since the run began. */
    SS_TRY(refuse_foreign(t, t->live, err));
    SS_TRY(refuse_foreign(t, t->previous, err));
    /* From here on DIR.next may be yesterday's. */
    ss_leftover_take_back(&t->unfinished);
    if (live == OURS)
        code = exchange(t, &yesterday, err);
    else if (rename(t->next, t->live) != 0)
        code = ss_fail(err, errno == EBUSY || errno == ENOSPC ? SS_ERETRY : SS_EMEND,
                       "could not rename \"%s\" to \"%s\": %s", ss_printable(t->arena, t->next),
                       t->shown, strerror(errno));
    if (code == SS_OK)
    {
        ss_path_sync(t->live);
        close_deferred(t); /* it is DIR by now, which the next run locks */
        t->made = false;
        if (live == OURS)
            put_away(t, keep_previous, watch);
    }
    if (yesterday >= 0)
        (void) close(yesterday);
    return code;
}

const char *
ss_csv_target_folder(const ss_csv_target *t)
{
    return t->shown;
}

void
ss_csv_target_abandon(ss_csv_target *t)
{
    ss_error ignored;

    if (t == NULL || !t->made)
        return;
    (void) remove_ours(t, t->next, &ignored);
    /* Right behind: the next run may make it again. */
    ss_leftover_take_back(&t->unfinished);
}
