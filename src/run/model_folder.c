#include "run/model_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/file.h"
#include "base/leftovers.h"
#include "base/lock.h"
#include "base/memory_file.h"
#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"
#include "catalog/read.h"
#include "secret/digest.h"
#include "secret/token.h"

#define FILE_LIMIT (size_t)(512U << 20)
#define PIECE      65536

bool
ss_model_folder_is(const char *folder)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const bool is = ss_path_exists(ss_path_join(scratch, folder, SS_MODEL_JSON));

    ss_arena_free(scratch);
    return is;
}

/* Of an encrypted one the header must do: its key may be another one, or be destroyed. */
static bool
holds_a_model(const char *folder, ss_arena *scratch)
{
    const ss_model_store store = ss_model_store_plain(folder);
    ss_sealed_header header;
    ss_model_file file;
    const char *digest;
    ss_error ignored;
    bool sealed;

    return ss_sealed_look(ss_path_join(scratch, folder, SS_MODEL_JSON), &header, &sealed,
                          &ignored) == SS_OK &&
           (sealed || ss_model_folder_read(&store, scratch, &file, &digest, &ignored) == SS_OK);
}

/* Nothing but what fit wrote: everything in the folder goes when it is replaced. */
static bool
is_only_ours(const char *folder, ss_arena *scratch)
{
    static const char *const names[] = {".", "..", SS_MODEL_JSON, SS_MODEL_SCHEMA,
                                        SS_MODEL_REFERENCE};
    DIR *dir = opendir(folder);
    bool ours = dir != NULL;

    for (const struct dirent *e; ours && (e = readdir(dir)) != NULL;)
    {
        bool known = false;

        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
            known = known || strcmp(e->d_name, names[i]) == 0;
        ours = known;
    }
    if (dir != NULL)
        (void) closedir(dir);
    return ours && holds_a_model(folder, scratch);
}

/*
 * What a fit that was killed left beside the folder: MODEL.part-ID, unfinished or already replaced, and, on file
 * systems that cannot exchange names, MODEL.old-ID, which is the model when MODEL itself is not there.
 */
static void
mend_leftovers(const char *folder, ss_arena *scratch)
{
    static const char *const marks[] = {".part-", ".old-"};
    const char *slash = strrchr(folder, '/');
    const char *name = slash == NULL ? folder : slash + 1;
    const char *parent =
        slash == NULL ? "." : ss_strf(scratch, "%.*s/", (int) (slash - folder), folder);
    DIR *dir = opendir(parent);
    ss_error ignored;

    for (const struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;)
    {
        for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        {
            const char *start = ss_strf(scratch, "%s%s", name, marks[i]);
            const char *path = ss_path_join(scratch, parent, e->d_name);
            int fd;

            if (strncmp(e->d_name, start, strlen(start)) != 0 ||
                !ss_secret_is_id(e->d_name + strlen(start)))
                continue;
            /* Whoever writes it has its lock. */
            fd = ss_lock_take(path, O_RDONLY | O_DIRECTORY);
            if (fd < 0)
                continue;
            if (i == 1 && !ss_path_exists(folder))
                (void) rename(path, folder);
            else
                (void) ss_folder_remove(path, &ignored);
            (void) close(fd);
        }
    }
    if (dir != NULL)
        (void) closedir(dir);
}

ss_code
ss_model_folder_claim(const char *folder, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);

    if (!ss_path_exists(folder))
        mend_leftovers(folder, scratch);
    /* rmdir takes an empty folder and nothing else. */
    const bool taken =
        !ss_path_exists(folder) || is_only_ours(folder, scratch) || rmdir(folder) == 0;

    if (taken)
        mend_leftovers(folder, scratch);
    ss_arena_free(scratch);
    if (taken)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "\"%s\" exists and is no model, or holds more than one",
                   folder);
    return ss_hint(err, "Give -o a folder that is not there yet, or an older model to replace.");
}

/* --- reference rows ----------------------------------------------------------------------------- */

/* A file name for a table: letters, digits and a few signs as they are, the rest as %XX. */
static const char *
file_name(const ss_table *table, ss_arena *arena)
{
    ss_buf name = {0};
    const char *copy;

    ss_buf_puts(&name, SS_MODEL_REFERENCE "/");
    for (size_t part = 0; part < 2; part++)
    {
        const char *text = part == 0 ? table->schema : table->name;

        for (const unsigned char *c = (const unsigned char *) text; *c != '\0'; c++)
        {
            if ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '_' || *c == '-')
                ss_buf_putc(&name, (char) *c);
            else
                ss_buf_printf(&name, "%%%02X", *c);
        }
        ss_buf_puts(&name, part == 0 ? "." : ".copy");
    }
    /* Names of 63 bytes, threefold, twice, are too long for a file. */
    if (name.len > 200)
    {
        ss_buf_clear(&name);
        ss_buf_printf(&name, SS_MODEL_REFERENCE "/%s.copy",
                      ss_digest(arena, table->label, strlen(table->label)));
    }
    copy = ss_strdup(arena, ss_buf_text(&name));
    ss_buf_done(&name);
    return copy;
}

/* "schema"."table" ("a", "b"): what COPY names; columns that the server makes are left out. */
static const char *
copy_name(const ss_table *table, ss_arena *arena)
{
    ss_buf text = {0};
    const char *copy;
    size_t n = 0;

    ss_buf_puts(&text, ss_pg_qualified(arena, table->schema, table->name));
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (table->columns[c].generated != SS_GENERATED_NOT)
            continue;
        ss_buf_puts(&text, n++ == 0 ? " (" : ", ");
        ss_pg_ident(&text, table->columns[c].name);
    }
    ss_buf_puts(&text, n == 0 ? "" : ")");
    copy = ss_strdup(arena, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static ss_code
copy_rows(ss_pg *pg, ss_model_sink *to, ss_digester *digester, const ss_watch *watch, ss_error *err)
{
    for (;;)
    {
        const unsigned char *data;
        size_t n;

        SS_TRY(ss_pg_copy_row(pg, &data, &n, err));
        if (data == NULL)
            return SS_OK;
        ss_digest_add(digester, data, n);
        SS_TRY(ss_model_sink_put(to, data, n, err));
        SS_TRY(ss_check_interrupt(watch, err));
    }
}

/* The rows of one kept table into its file. */
static ss_code
save_rows(const ss_build *b, const ss_model_store *store, ss_pg *pg, const ss_table *table,
          ss_model_entry *entry, ss_error *err)
{
    ss_digester *digester = ss_digest_begin(b->arena);
    ss_model_sink *to;
    ss_code code;

    entry->reference = file_name(table, b->arena);
    code = ss_model_store_create(store, entry->reference, b->arena, &to, err);
    if (code == SS_OK)
        code = ss_pg_copy_out(
            pg, ss_strf(b->arena, "COPY %s TO STDOUT", copy_name(table, b->arena)), err);
    if (code == SS_OK)
        code = copy_rows(pg, to, digester, b->watch, err);
    if (code == SS_OK)
        code = ss_model_sink_end(to, err);
    entry->digest = ss_digest_end(digester, b->arena);
    if (code != SS_OK)
        return ss_note(err, "while writing the reference rows of %s", table->label);
    return SS_OK;
}

/* --- writing ------------------------------------------------------------------------------------ */

/* What was written to the descriptor, from its beginning. */
static ss_code
put_descriptor(ss_model_sink *to, int fd, ss_arena *scratch, ss_error *err)
{
    unsigned char *piece = ss_alloc(scratch, PIECE, 1);
    off_t at = 0;

    for (;;)
    {
        const ssize_t n = pread(fd, piece, PIECE, at);

        if (n < 0)
            return ss_fail(err, SS_ERETRY, "could not read a file in memory: %s", strerror(errno));
        if (n == 0)
            return ss_model_sink_end(to, err);
        SS_TRY(ss_model_sink_put(to, piece, (size_t) n, err));
        at += n;
    }
}

static ss_code
write_schema(const ss_build *b, const ss_model_store *store, int schema, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(b->arena);
    ss_model_sink *to;
    ss_code code = ss_model_store_create(store, SS_MODEL_SCHEMA, scratch, &to, err);

    if (code == SS_OK)
        code = put_descriptor(to, schema, scratch, err);
    ss_arena_free(scratch);
    return code;
}

static ss_code
write_json(const ss_build *b, const ss_model_store *store, const ss_buf *text, ss_error *err)
{
    ss_model_sink *to;

    SS_TRY(ss_model_store_create(store, SS_MODEL_JSON, b->arena, &to, err));
    SS_TRY(ss_model_sink_put(to, ss_buf_text(text), text->len, err));
    return ss_model_sink_end(to, err);
}

static ss_code
fill(const ss_build *b, const ss_model_store *store, const ss_endpoint *shelf, int schema,
     ss_model_file *file, ss_error *err)
{
    const ss_pg_options options = {.application_name = "sandseed fit"};
    ss_buf text = {0};
    ss_pg *pg = NULL;
    ss_code code;

    SS_TRY(ss_folder_make(ss_path_join(b->arena, store->folder, SS_MODEL_REFERENCE), 0700, err));
    SS_TRY(write_schema(b, store, schema, err));
    for (size_t e = 0; e < file->nentries; e++)
    {
        ss_model_entry *entry = &file->entries[e];
        const ss_table *table = &b->source->catalog->tables[e];

        if (entry->plan.mode != SS_MODE_KEEP || !ss_table_has_rows(table))
            continue;
        if (pg == NULL)
            SS_TRY(ss_pg_open(b->arena, shelf, &options, b->watch, &pg, err));
        SS_TRY(save_rows(b, store, pg, table, entry, err));
    }
    ss_pg_close(pg);
    code = ss_model_file_write(file, &text, err);
    if (code == SS_OK)
        code = write_json(b, store, &text, err);
    ss_buf_done(&text);
    return code;
}

static ss_code
put_in_place(const char *part, const char *folder, const char *old, ss_error *err)
{
    if (ss_path_exists(folder))
        return ss_folder_exchange(part, folder, old, err);
    if (rename(part, folder) != 0)
        return ss_fail(err, SS_EMEND, "could not rename \"%s\" to \"%s\": %s", part, folder,
                       strerror(errno));
    return SS_OK;
}

ss_code
ss_model_folder_write(const ss_build *b, const char *folder, const ss_endpoint *shelf, int schema,
                      ss_model_file *file, ss_error *err)
{
    const char *part = ss_strf(b->arena, "%s.part-%s", folder, b->id);
    const char *old = ss_strf(b->arena, "%s.old-%s", folder, b->id);
    const ss_leftover unfinished = {.folder = part};
    const ss_report_key *key = &b->report.key;
    ss_model_store store;
    ss_error ignored;
    ss_code code;
    int lock = -1;

    SS_TRY(ss_model_folder_claim(folder, err));
    SS_TRY(ss_model_store_new(part, b->keys, key->sandbox, key->epoch, key->fingerprint, b->arena,
                              &store, err));
    /* Rows of kept tables are in it; when it has been exchanged, the model that goes. */
    ss_leftover_add(&unfinished);
    code = ss_folder_make(part, 0700, err);
    if (code == SS_OK)
        lock = ss_lock_take(part, O_RDONLY | O_DIRECTORY);
    if (code == SS_OK && lock < 0)
        code = ss_fail(err, SS_ERETRY, "another run writes \"%s\"", folder);
    if (code == SS_OK)
        code = fill(b, &store, shelf, schema, file, err);
    /* Whatever somebody put there meanwhile stays. */
    if (code == SS_OK)
        code = ss_model_folder_claim(folder, err);
    if (code == SS_OK)
        code = put_in_place(part, folder, old, err);
    if (lock >= 0)
        (void) close(lock);
    (void) ss_folder_remove(part, &ignored);
    ss_leftover_take_back(&unfinished);
    if (code == SS_OK)
        (void) ss_folder_remove(old, &ignored);
    if (code != SS_OK)
        return ss_note(err, "while writing the model");
    return SS_OK;
}

/* --- reading ------------------------------------------------------------------------------------ */

ss_code
ss_model_folder_read(const ss_model_store *store, ss_arena *result, ss_model_file *file,
                     const char **digest, ss_error *err)
{
    char *text;
    size_t n;

    SS_TRY(ss_model_store_read_all(store, SS_MODEL_JSON, FILE_LIMIT, result, &text, &n, err));
    *digest = ss_digest(result, text, n);
    return ss_model_file_read(ss_path_join(result, store->folder, SS_MODEL_JSON), text, n, result,
                              file, err);
}

static ss_code
append_piece(void *fd, const unsigned char *data, size_t n, ss_error *err)
{
    return ss_memory_file_append(*(const int *) fd, data, n, err);
}

ss_code
ss_model_folder_archive(const ss_model_store *store, ss_arena *arena, ss_model_archive *archive,
                        ss_error *err)
{
    *archive = (ss_model_archive){.file = ss_path_join(arena, store->folder, SS_MODEL_SCHEMA)};
    if (!store->sealed)
        return SS_OK;
    archive->file = SS_ARCHIVE_NAMELESS;
    SS_TRY(ss_memory_file(arena, &archive->descriptor, err));
    return ss_model_store_read(store, SS_MODEL_SCHEMA, append_piece, &archive->descriptor, err);
}

/* Rows on their way from a file into a COPY that is open. */
typedef struct sending
{
    const ss_build *b;
    ss_pg *pg;
    ss_digester *digester;
} sending;

static ss_code
send_piece(void *arg, const unsigned char *data, size_t n, ss_error *err)
{
    const sending *s = arg;

    ss_digest_add(s->digester, data, n);
    SS_TRY(ss_pg_copy_put(s->pg, data, n, err));
    return ss_check_interrupt(s->b->watch, err);
}

/* The file's bytes, when they are those that fit wrote. */
static ss_code
send_file(const ss_build *b, ss_pg *pg, const ss_model_store *store, const ss_model_entry *entry,
          ss_error *err)
{
    sending s = {.b = b, .pg = pg, .digester = ss_digest_begin(b->arena)};

    SS_TRY(ss_model_store_read(store, entry->reference, send_piece, &s, err));
    if (strcmp(ss_digest_end(s.digester, b->arena), entry->digest) == 0)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "\"%s\" is not what fit wrote",
                   ss_path_join(b->arena, store->folder, entry->reference));
    return ss_hint(err, "Make the model again: sandseed fit.");
}

static ss_code
load_rows(const ss_build *b, const ss_model_store *store, const ss_catalog *catalog,
          const ss_model_file *file, ss_pg *pg, ss_error *err)
{
    for (size_t e = 0; e < file->nentries; e++)
    {
        const ss_model_entry *entry = &file->entries[e];
        const char *label = file->model->tables[e].label;
        const ss_table *table = ss_catalog_find(catalog, label);
        uint64_t rows;
        ss_code code;

        if (entry->reference == NULL)
            continue;
        if (table == NULL)
            return ss_fail(err, SS_EMEND, "%s: model.json and schema.dump do not fit", label);
        code = ss_pg_copy_in(
            pg, ss_strf(b->arena, "COPY %s FROM STDIN", copy_name(table, b->arena)), err);
        if (code == SS_OK)
        {
            code = send_file(b, pg, store, entry, err);
            if (code == SS_OK)
                code = ss_pg_copy_end(pg, &rows, err);
            else
                ss_pg_copy_abort(pg);
        }
        if (code != SS_OK)
            return ss_note(err, "while loading the reference rows of %s", label);
    }
    return SS_OK;
}

ss_code
ss_model_folder_populate(ss_pg *pg, const ss_model_name *names, size_t n, ss_error *err)
{
    /*
     * A REFRESH would run the view over tables that are empty here, which some cannot bear.  Ours is a
     * private server that goes with the run, and nothing reads the views in it.
     */
    for (size_t i = 0; i < n; i++)
    {
        ss_buf sql = {0};
        ss_code code;

        ss_buf_puts(&sql, "UPDATE pg_catalog.pg_class c SET relispopulated = true FROM "
                          "pg_catalog.pg_namespace n WHERE n.oid = c.relnamespace AND "
                          "c.relkind = 'm' AND n.nspname = ");
        ss_pg_literal(&sql, names[i].schema);
        ss_buf_puts(&sql, " AND c.relname = ");
        ss_pg_literal(&sql, names[i].name);
        code = ss_pg_exec(pg, ss_buf_text(&sql), err);
        ss_buf_done(&sql);
        SS_TRY(code);
    }
    return SS_OK;
}

ss_code
ss_model_folder_restore(const ss_build *b, const ss_model_store *store, const ss_model_file *file,
                        const ss_model_archive *archive, const ss_endpoint *shelf, ss_error *err)
{
    const ss_pg_options options = {.application_name = "sandseed generate"};
    ss_arena *scratch = ss_arena_new(b->arena);
    ss_restore_options restore = {.section = "pre-data", .create = true};
    ss_programs programs;
    ss_catalog *catalog;
    ss_pg *pg;

    SS_TRY(ss_programs_find(b->options->pg_bindir, file->server_version, b->folder, b->arena,
                            &programs, err));
    programs.archive = archive->descriptor;
    SS_TRY(ss_restore(&programs, shelf, "postgres", archive->file, &restore, b->watch, err));
    SS_TRY(ss_pg_open(scratch, shelf, &options, b->watch, &pg, err));
    SS_TRY(ss_catalog_read(pg, scratch, scratch, &catalog, err));
    SS_TRY(load_rows(b, store, catalog, file, pg, err));
    restore = (ss_restore_options){.section = "post-data", .jobs = b->jobs};
    SS_TRY(ss_restore(&programs, shelf, shelf->dbname, archive->file, &restore, b->watch, err));
    SS_TRY(ss_model_folder_populate(pg, file->populated, file->npopulated, err));
    ss_pg_close(pg);
    ss_arena_free(scratch);
    return SS_OK;
}
