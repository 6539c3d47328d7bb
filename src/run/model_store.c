#include "run/model_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "secret/prf.h"

#define FILES_PURPOSE "model files" /* of the sandbox's key; docs/keys.md lists them */
#define NAMES_PURPOSE "model names"
#define PIECE         65536

ss_model_store
ss_model_store_plain(const char *folder)
{
    return (ss_model_store){.folder = folder};
}

static ss_code
take_keys(ss_key_room *keys, ss_model_store *store, ss_error *err)
{
    SS_TRY(ss_key_room_purpose(keys, FILES_PURPOSE, &store->files_key, err));
    SS_TRY(ss_key_room_purpose(keys, NAMES_PURPOSE, &store->names_key, err));
    store->sealed = true;
    return SS_OK;
}

ss_code
ss_model_store_new(const char *folder, ss_key_room *keys, const char *sandbox, const char *epoch,
                   const char *fingerprint, ss_arena *arena, ss_model_store *store, ss_error *err)
{
    ss_sealed_header *h = &store->header;

    *store = ss_model_store_plain(folder);
    if (keys == NULL)
        return SS_OK;
    (void) snprintf(h->model, sizeof h->model, "%s", ss_secret_id(arena));
    (void) snprintf(h->sandbox, sizeof h->sandbox, "%s", sandbox);
    (void) snprintf(h->epoch, sizeof h->epoch, "%s", epoch);
    (void) snprintf(h->fingerprint, sizeof h->fingerprint, "%s", fingerprint);
    return take_keys(keys, store, err);
}

/* --- opening ------------------------------------------------------------------------------------ */

/* Is the file encrypted as model.json is?  One that is not there says nothing. */
static ss_code
compare(const ss_model_store *store, const char *path, ss_error *err)
{
    ss_sealed_header header;
    bool sealed;

    if (!ss_path_exists(path))
        return SS_OK;
    SS_TRY(ss_sealed_look(path, &header, &sealed, err));
    if (sealed == store->sealed)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "\"%s\" is %sencrypted, and model.json beside it is%s", path,
                   sealed ? "" : "not ", sealed ? " not" : "");
    return ss_hint(err, "Nobody but fit writes into a model: make it again.");
}

static ss_code
compare_references(const ss_model_store *store, ss_arena *scratch, ss_error *err)
{
    const char *folder = ss_path_join(scratch, store->folder, SS_MODEL_REFERENCE);
    DIR *dir = opendir(folder);
    ss_code code = SS_OK;

    for (const struct dirent *e; dir != NULL && code == SS_OK && (e = readdir(dir)) != NULL;)
    {
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            code = compare(store, ss_path_join(scratch, folder, e->d_name), err);
    }
    if (dir != NULL)
        (void) closedir(dir);
    return code;
}

static ss_code
look(ss_model_store *store, ss_arena *scratch, ss_error *err)
{
    const char *path = ss_path_join(scratch, store->folder, SS_MODEL_JSON);

    if (!ss_path_exists(path) && strstr(store->folder, "://") != NULL)
        return ss_fail(err, SS_EMEND, "a model's folder is wanted, not a connection string");
    if (!ss_path_exists(path))
    {
        (void) ss_fail(err, SS_EMEND, "there is no model in \"%s\"", store->folder);
        return ss_hint(err, "Make one: sandseed fit policy.yaml -o %s.", store->folder);
    }
    SS_TRY(ss_sealed_look(path, &store->header, &store->sealed, err));
    SS_TRY(compare(store, ss_path_join(scratch, store->folder, SS_MODEL_SCHEMA), err));
    return compare_references(store, scratch, err);
}

static ss_code
unlock(const ss_options *o, const ss_watch *watch, ss_arena *arena, ss_model_store *store,
       ss_sandbox_key *key, ss_error *err)
{
    const ss_sealed_header *h = &store->header;

    if (!ss_sandbox_key_is_given(o))
    {
        (void) ss_fail(err, SS_EREFUSED,
                       "the model in \"%s\" is encrypted, under key %s of sandbox %s, epoch %s, "
                       "and no key is given",
                       store->folder, h->fingerprint, h->sandbox, h->epoch);
        return ss_hint(err, "Say --key FILE, or --key-fd N where no file holds the key.");
    }
    if (ss_sandbox_key_open_given(o, h->sandbox, h->epoch, watch, arena, key, err) != SS_OK)
        return ss_note(err,
                       "while opening the model in \"%s\", which is encrypted under key %s of "
                       "sandbox %s, epoch %s",
                       store->folder, h->fingerprint, h->sandbox, h->epoch);
    if (strcmp(key->fingerprint, h->fingerprint) != 0)
    {
        (void) ss_fail(err, SS_EMEND,
                       "the model in \"%s\" is encrypted under key %s of sandbox %s, epoch %s, and "
                       "that of %s is %s",
                       store->folder, h->fingerprint, h->sandbox, h->epoch, key->from,
                       key->fingerprint);
        return ss_hint(err, "Give the key that it was made with.  Where that was destroyed, nobody "
                            "opens the model any more: make another one (sandseed fit).");
    }
    return take_keys(key->room, store, err);
}

ss_code
ss_model_store_open(const char *folder, const ss_options *options, const ss_watch *watch,
                    ss_arena *arena, ss_model_store *store, ss_sandbox_key *key, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(arena);
    ss_code code;

    *store = ss_model_store_plain(folder);
    *key = (ss_sandbox_key){0};
    code = look(store, scratch, err);
    ss_arena_free(scratch);
    SS_TRY(code);
    if (store->sealed)
        return unlock(options, watch, arena, store, key, err);
    if (!ss_sandbox_key_is_given(options))
        return SS_OK;
    /* Who expects an encrypted model is not content with what anybody can have put there. */
    (void) ss_fail(err, SS_EMEND, "the model in \"%s\" is not encrypted, and a key is given",
                   folder);
    return ss_hint(err, "Leave the key out, if the model is what you expect.");
}

/* --- files -------------------------------------------------------------------------------------- */

static const char *
path_of(const ss_model_store *store, const char *name, ss_arena *arena)
{
    uint64_t hash[2];

    if (!store->sealed || strncmp(name, SS_MODEL_REFERENCE "/", sizeof SS_MODEL_REFERENCE) != 0)
        return ss_path_join(arena, store->folder, name);
    ss_prf(store->names_key, name, strlen(name), hash);
    return ss_strf(arena, "%s/" SS_MODEL_REFERENCE "/%016llx%016llx", store->folder,
                   (unsigned long long) hash[0], (unsigned long long) hash[1]);
}

static ss_code
failed(const char *doing, const char *path, ss_error *err)
{
    return ss_fail(err, SS_ERETRY, "could not %s \"%s\": %s", doing, path, strerror(errno));
}

struct ss_model_sink
{
    ss_sealed_writer *sealed; /* or NULL */
    const char *path;
    FILE *plain; /* NULL: ended */
};

static void
close_plain(void *arg)
{
    const ss_model_sink *sink = arg;

    if (sink->plain != NULL)
        (void) fclose(sink->plain);
}

static ss_code
create_plain(ss_model_sink *sink, ss_arena *arena, ss_error *err)
{
    const int fd = open(sink->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return failed("write", sink->path, err);
    sink->plain = fdopen(fd, "w");
    if (sink->plain == NULL)
    {
        (void) failed("write", sink->path, err);
        (void) close(fd);
        return err->code;
    }
    ss_arena_defer(arena, close_plain, sink);
    return SS_OK;
}

ss_code
ss_model_store_create(const ss_model_store *store, const char *name, ss_arena *arena,
                      ss_model_sink **sink, ss_error *err)
{
    ss_model_sink *s = ss_alloc(arena, 1, sizeof *s);

    s->path = path_of(store, name, arena);
    if (store->sealed)
        SS_TRY(ss_sealed_create(s->path, name, &store->header, store->files_key, arena, &s->sealed,
                                err));
    else
        SS_TRY(create_plain(s, arena, err));
    *sink = s;
    return SS_OK;
}

ss_code
ss_model_sink_put(ss_model_sink *sink, const void *data, size_t n, ss_error *err)
{
    if (sink->sealed != NULL)
        return ss_sealed_add(sink->sealed, data, n, err);
    return fwrite(data, 1, n, sink->plain) == n ? SS_OK : failed("write", sink->path, err);
}

ss_code
ss_model_sink_end(ss_model_sink *sink, ss_error *err)
{
    FILE *plain = sink->plain;
    ss_code code = SS_OK;

    if (sink->sealed != NULL)
        return ss_sealed_end(sink->sealed, err);
    if (fflush(plain) != 0 || fsync(fileno(plain)) != 0)
        code = failed("write", sink->path, err);
    sink->plain = NULL;
    if (fclose(plain) != 0 && code == SS_OK)
        code = failed("write", sink->path, err);
    return code;
}

static ss_code
read_sealed(const ss_model_store *store, const char *name, ss_arena *scratch, ss_model_taker *take,
            void *arg, ss_error *err)
{
    ss_sealed_reader *reader;

    SS_TRY(ss_sealed_open(path_of(store, name, scratch), name, &store->header, store->files_key,
                          scratch, &reader, err));
    for (;;)
    {
        const unsigned char *data;
        size_t n;

        SS_TRY(ss_sealed_next(reader, &data, &n, err));
        if (data == NULL)
            return SS_OK;
        SS_TRY(take(arg, data, n, err));
    }
}

static ss_code
read_plain(const ss_model_store *store, const char *name, ss_arena *scratch, ss_model_taker *take,
           void *arg, ss_error *err)
{
    const char *path = path_of(store, name, scratch);
    unsigned char *piece = ss_alloc(scratch, PIECE, 1);
    FILE *from = fopen(path, "re");
    ss_code code = SS_OK;
    size_t n;

    if (from == NULL)
        return ss_fail(err, SS_EMEND, "could not open \"%s\": %s", path, strerror(errno));
    while (code == SS_OK && (n = fread(piece, 1, PIECE, from)) > 0)
        code = take(arg, piece, n, err);
    if (code == SS_OK && ferror(from))
        code = failed("read", path, err);
    (void) fclose(from);
    return code;
}

ss_code
ss_model_store_read(const ss_model_store *store, const char *name, ss_model_taker *take, void *arg,
                    ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_code code = store->sealed ? read_sealed(store, name, scratch, take, arg, err)
                                       : read_plain(store, name, scratch, take, arg, err);

    ss_arena_free(scratch);
    return code;
}

static ss_code
read_all_sealed(const ss_model_store *store, const char *name, size_t limit, ss_arena *scratch,
                ss_arena *result, char **text, size_t *n, ss_error *err)
{
    const char *path = path_of(store, name, scratch);
    ss_sealed_reader *reader;
    char *all;
    size_t at = 0;

    SS_TRY(ss_sealed_open(path, name, &store->header, store->files_key, scratch, &reader, err));
    if (ss_sealed_size(reader) > limit)
        return ss_fail(err, SS_EMEND, "\"%s\" is larger than %zu bytes", path, limit);
    all = ss_alloc(result, ss_sealed_size(reader) + 1, 1);
    for (;;)
    {
        const unsigned char *data;
        size_t more;

        SS_TRY(ss_sealed_next(reader, &data, &more, err));
        if (data == NULL)
            break;
        memcpy(all + at, data, more);
        at += more;
    }
    *text = all;
    *n = at;
    return SS_OK;
}

ss_code
ss_model_store_read_all(const ss_model_store *store, const char *name, size_t limit,
                        ss_arena *result, char **text, size_t *n, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_code code =
        store->sealed ? read_all_sealed(store, name, limit, scratch, result, text, n, err)
                      : ss_file_read(path_of(store, name, scratch), limit, result, text, n, err);

    ss_arena_free(scratch);
    return code;
}
