/* sandseed key new | show | rotate | destroy. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sandseed/commands.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/text.h"
#include "base/try.h"
#include "run/result_internal.h"
#include "secret/key_source.h"
#include "secret/sign.h"
#include "secret/token.h"

/* What one command works with; it goes at the end of it, keys and all. */
typedef struct keeping
{
    const ss_options *o;
    const ss_watch *watch;
    ss_arena *arena;
    ss_keyring *ring;
    char now[SS_CLOCK_UTC];
    int fd; /* of the locked file; -1: none */
} keeping;

/* --- names and passphrases ------------------------------------------------------------------------ */

/* Of an epoch that nobody named: "2026q4". */
static const char *
quarter(const char *now, ss_arena *arena)
{
    const int month = (now[5] - '0') * 10 + (now[6] - '0');

    return ss_strf(arena, "%.4sq%d", now, (month + 2) / 3);
}

static ss_code
check_name(const char *what, const char *name, ss_error *err)
{
    if (ss_key_name_is_good(name))
        return SS_OK;
    return ss_fail(err, SS_EMEND, "--%s takes at most %d letters, digits, '.', '_' and '-'", what,
                   SS_KEY_NAME);
}

/* The text of the ring, under its passphrase if it has one: what the file is to hold. */
static ss_code
text_of(const keeping *k, const ss_keyring *ring, const unsigned char *passphrase,
        size_t npassphrase, const void **text, size_t *n, ss_error *err)
{
    const char *sealed;
    unsigned char *plain;

    SS_TRY(ss_keyring_print(ring, k->arena, &plain, n, err));
    *text = plain;
    if (passphrase == NULL)
        return SS_OK;
    SS_TRY(ss_keyring_seal(plain, *n, passphrase, npassphrase, k->arena, &sealed, err));
    *text = sealed;
    *n = strlen(sealed);
    return SS_OK;
}

static ss_code
read_ring(keeping *k, const char *file, ss_error *err)
{
    const ss_key_source source = {.file = file, .passphrase_file = k->o->passphrase_file};

    SS_TRY(ss_key_source_read(&source, k->watch, k->arena, &k->ring, err));
    return SS_OK;
}

/* --- results --------------------------------------------------------------------------------------- */

/* An epoch of the ring: nothing of its key but its fingerprint and the public half of what signs. */
static ss_code
describe_entry(const keeping *k, const ss_keyring_entry *e, ss_buf *text, json_t *list,
               ss_error *err)
{
    char fingerprint[SS_FINGERPRINT + 1];
    const char *public_key;
    json_t *entry;

    ss_key_fingerprint(fingerprint, e->key);
    SS_TRY(ss_sign_public_key(e->key, k->arena, &public_key, err));
    ss_buf_printf(text, "epoch %s", e->epoch == NULL ? "as the policy says" : e->epoch);
    if (e->sandbox != NULL)
        ss_buf_printf(text, " of sandbox %s alone", e->sandbox);
    if (e->created != NULL)
        ss_buf_printf(text, ", made %s", e->created);
    ss_buf_printf(text, "\n  fingerprint  %s\n  signs as     %s\n", fingerprint, public_key);
    entry = json_pack("{s:s?, s:s?, s:s?, s:s, s:s}", "epoch", e->epoch, "sandbox", e->sandbox,
                      "created", e->created, "fingerprint", fingerprint, "public_key", public_key);
    (void) json_array_append_new(list, entry);
    return SS_OK;
}

static ss_code
describe(const keeping *k, const char *command, const char *file, const ss_keyring *ring,
         const char *ending, ss_result *result, ss_error *err)
{
    json_t *list = json_array();
    ss_buf text = {0};
    ss_code code = SS_OK;

    for (size_t i = 0; i < ring->n && code == SS_OK; i++)
        code = describe_entry(k, &ring->entries[i], &text, list, err);
    ss_buf_puts(&text, ending);
    if (code == SS_OK)
        ss_result_set(
            result, &text,
            json_pack("{s:s, s:s, s:O}", "command", command, "file", file, "epochs", list));
    json_decref(list);
    ss_buf_done(&text);
    return code;
}

/* --- new ------------------------------------------------------------------------------------------- */

/* The key of one sandbox in one epoch, for who shall not hold more. */
static ss_code
derive(keeping *k, const char *epoch, ss_keyring **ring, ss_error *err)
{
    const ss_options *o = k->o;
    const ss_keyring_entry *from;
    ss_keyring *one = ss_alloc(k->arena, 1, sizeof *one);
    unsigned char *key;

    SS_TRY(check_name("sandbox", o->sandbox, err));
    SS_TRY(read_ring(k, o->from, err));
    from = ss_keyring_find(k->ring, NULL, epoch);
    if (from == NULL)
        return ss_fail(err, SS_EMEND, "\"%s\" has no key of %s%s", o->from,
                       epoch == NULL ? "an epoch with a name: say --epoch" : "epoch ",
                       epoch == NULL ? "" : epoch);
    if (epoch == NULL)
        epoch = from->epoch;
    SS_TRY(ss_locked_new(k->arena, SS_KEY_BYTES, &key, err));
    ss_key_of_sandbox(key, from->key, o->sandbox, epoch);
    one->entries = ss_alloc(k->arena, 1, sizeof *one->entries);
    one->entries[0] =
        (ss_keyring_entry){.sandbox = o->sandbox, .epoch = epoch, .created = k->now, .key = key};
    one->n = 1;
    *ring = one;
    return SS_OK;
}

static ss_code
new_passphrase(const keeping *k, unsigned char **passphrase, size_t *n, ss_error *err)
{
    const ss_options *o = k->o;
    unsigned char *again;
    size_t nagain;

    *passphrase = NULL;
    *n = 0;
    if (o->passphrase && o->passphrase_file != NULL)
        return ss_fail(err, SS_EMEND, "--passphrase and --passphrase-file: one of the two");
    if (!o->passphrase && (o->passphrase_file == NULL || o->from != NULL))
        return SS_OK;
    SS_TRY(ss_passphrase_get(o->passphrase_file, "Passphrase of the new key: ", k->watch, k->arena,
                             passphrase, n, err));
    if (!o->passphrase)
        return SS_OK;
    SS_TRY(ss_passphrase_get(NULL, "The same again: ", k->watch, k->arena, &again, &nagain, err));
    if (nagain != *n || memcmp(again, *passphrase, *n) != 0)
        return ss_fail(err, SS_EMEND, "the two are not the same");
    return SS_OK;
}

static ss_code
make(keeping *k, ss_result *result, ss_error *err)
{
    const ss_options *o = k->o;
    unsigned char *passphrase;
    size_t npassphrase, n;
    ss_keyring *ring;
    const void *text;

    if (o->output == NULL)
        return ss_fail(err, SS_EMEND, "key new needs -o FILE");
    if ((o->sandbox == NULL) != (o->from == NULL))
        return ss_fail(err, SS_EMEND, "--from FILE and --sandbox NAME go together");
    if (ss_path_exists(o->output))
        return ss_fail(err, SS_EMEND, "\"%s\" is there already", o->output);
    if (o->epoch != NULL)
        SS_TRY(check_name("epoch", o->epoch, err));
    SS_TRY(new_passphrase(k, &passphrase, &npassphrase, err));
    if (o->from != NULL)
        SS_TRY(derive(k, o->epoch, &ring, err));
    else
        SS_TRY(ss_keyring_add(&(ss_keyring){0},
                              o->epoch != NULL ? o->epoch : quarter(k->now, k->arena), k->now,
                              k->arena, &ring, err));
    SS_TRY(text_of(k, ring, passphrase, npassphrase, &text, &n, err));
    SS_TRY(ss_file_write_new(o->output, text, n, err));
    return describe(
        k, "key new", o->output, ring,
        ss_strf(k->arena,
                "Written to %s, for you alone.  Whoever loses it makes other pseudonyms "
                "from then on; whoever\nhas it can undo them.  Keep a copy where the "
                "sandbox's users cannot get at it.\n",
                ss_printable(k->arena, o->output)),
        result, err);
}

/* --- show ------------------------------------------------------------------------------------------ */

static ss_code
show(keeping *k, ss_result *result, ss_error *err)
{
    SS_TRY(read_ring(k, k->o->key, err));
    return describe(k, "key show", k->o->key, k->ring, "", result, err);
}

/* --- rotate, destroy ------------------------------------------------------------------------------- */

static void
close_file(void *arg)
{
    (void) close(*(int *) arg);
}

/* Nobody else changes it until the command ends. */
static ss_code
lock_file(keeping *k, ss_error *err)
{
    const char *file = k->o->key;

    k->fd = ss_lock_take(file, O_RDWR);
    if (k->fd < 0 && errno == EWOULDBLOCK)
        return ss_fail(err, SS_ERETRY, "another command changes \"%s\"", file);
    if (k->fd < 0)
        return ss_fail(err, SS_EMEND, "could not open \"%s\": %s", file, strerror(errno));
    ss_arena_defer(k->arena, close_file, &k->fd);
    return SS_OK;
}

/* The ring of a file that is to be changed, and its passphrase: NULL when it has none. */
static ss_code
open_ring(keeping *k, unsigned char **passphrase, size_t *n, ss_error *err)
{
    unsigned char begin[64];
    ssize_t got;

    SS_TRY(lock_file(k, err));
    got = pread(k->fd, begin, sizeof begin, 0);
    *passphrase = NULL;
    *n = 0;
    if (got > 0 && ss_keyring_is_sealed(begin, (size_t) got))
        SS_TRY(ss_passphrase_get(
            k->o->passphrase_file,
            ss_strf(k->arena, "Passphrase of %s: ", ss_printable(k->arena, k->o->key)), k->watch,
            k->arena, passphrase, n, err));
    SS_TRY(read_ring(k, k->o->key, err));
    if (k->ring->entries[0].epoch == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "\"%s\" holds a bare key, which has no epochs", k->o->key);
        return ss_hint(err, "Change it where it is kept, and say another epoch: in the policy.");
    }
    return SS_OK;
}

static ss_code
rotate(keeping *k, ss_result *result, ss_error *err)
{
    const ss_options *o = k->o;
    unsigned char *passphrase;
    size_t npassphrase, n;
    const char *epoch;
    ss_keyring *ring;
    const void *text;

    SS_TRY(open_ring(k, &passphrase, &npassphrase, err));
    epoch = o->epoch != NULL ? o->epoch : quarter(k->now, k->arena);
    SS_TRY(check_name("epoch", epoch, err));
    for (size_t i = 0; i < k->ring->n; i++)
    {
        if (k->ring->entries[i].sandbox != NULL)
        {
            (void) ss_fail(err, SS_EMEND, "\"%s\" holds the key of one sandbox", o->key);
            return ss_hint(err, "Rotate the key that it was derived from, and derive it again.");
        }
        if (strcmp(k->ring->entries[i].epoch, epoch) == 0)
        {
            (void) ss_fail(err, SS_EMEND, "\"%s\" has a key of epoch %s already", o->key, epoch);
            return ss_hint(err, "Say --epoch NAME.");
        }
    }
    SS_TRY(ss_keyring_add(k->ring, epoch, k->now, k->arena, &ring, err));
    SS_TRY(text_of(k, ring, passphrase, npassphrase, &text, &n, err));
    SS_TRY(ss_file_write(o->key, text, n, 0600, err));
    return describe(k, "key rotate", o->key, ring,
                    ss_strf(k->arena,
                            "Policies without epoch: use %s from the next run on; epoch: %s keeps "
                            "the old one as long as both are\nwanted.  sandseed key destroy ends "
                            "that.\n",
                            epoch, ring->entries[1].epoch),
                    result, err);
}

/* What is left of the ring without that epoch. */
static ss_keyring *
without(const keeping *k, const ss_keyring_entry *gone)
{
    ss_keyring *rest = ss_alloc(k->arena, 1, sizeof *rest);

    rest->entries = ss_alloc(k->arena, k->ring->n, sizeof *rest->entries);
    for (size_t i = 0; i < k->ring->n; i++)
    {
        if (&k->ring->entries[i] != gone)
            rest->entries[rest->n++] = k->ring->entries[i];
    }
    return rest;
}

static json_t *
record_of(const keeping *k, const ss_keyring_entry *gone, const char *fingerprint,
          const char *public_key)
{
    return json_pack(
        "{s:s, s:i, s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:s, s:s, s:s}", "record",
        "sandseed key destroyed", "schema_version", 1, "file", k->o->key, "epoch", gone->epoch,
        "created", gone->created, "sandbox", gone->sandbox, "fingerprint", fingerprint,
        "destroyed_at", k->now, "by", k->o->by, "why", k->o->why, "public_key", public_key, "note",
        "Linking by this key is no longer possible with what this file held.  Copies elsewhere "
        "(backups, key stores, other hosts, the blocks of a flash disk) were not reached.  "
        "Anonymity still needs its own assessment.");
}

/* Written before the key goes: nothing can sign it after. */
static ss_code
write_record(const keeping *k, const ss_keyring_entry *gone, const char *file, ss_error *err)
{
    char fingerprint[SS_FINGERPRINT + 1];
    const char *public_key, *signature;
    const char *const beside = ss_strf(k->arena, "%s.minisig", file);
    char *text;
    json_t *record;
    ss_code code;

    if (ss_path_exists(beside))
        return ss_fail(err, SS_EMEND, "\"%s\" is there already", beside);
    ss_key_fingerprint(fingerprint, gone->key);
    SS_TRY(ss_sign_public_key(gone->key, k->arena, &public_key, err));
    record = record_of(k, gone, fingerprint, public_key);
    text = record == NULL ? NULL : json_dumps(record, JSON_INDENT(2));
    json_decref(record);
    if (text == NULL)
        return ss_fail(err, SS_EMEND, "a name of the record is not UTF-8");
    code = ss_sign(
        gone->key, text, strlen(text),
        ss_strf(k->arena, "destroyed %s epoch %s fingerprint %s", k->now, gone->epoch, fingerprint),
        k->arena, &signature, err);
    if (code == SS_OK)
        code = ss_file_write_new(file, text, strlen(text), err);
    if (code == SS_OK && ss_file_write_new(beside, signature, strlen(signature), err) != SS_OK)
    {
        code = err->code;
        (void) unlink(file);
    }
    free(text);
    return code;
}

/* What the old file held, where the disk writes in place. */
static void
overwrite(int fd)
{
    unsigned char noise[4096];
    struct stat st;

    if (fstat(fd, &st) != 0)
        return;
    for (off_t at = 0; at < st.st_size; at += (off_t) sizeof noise)
    {
        const off_t left = st.st_size - at;

        ss_secret_random(noise, sizeof noise);
        (void) !pwrite(fd, noise, left < (off_t) sizeof noise ? (size_t) left : sizeof noise, at);
    }
    (void) fsync(fd);
}

static bool
is_blank(const char *text)
{
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static const ss_keyring_entry *
entry_of(const keeping *k)
{
    for (size_t i = 0; i < k->ring->n; i++)
    {
        if (strcmp(k->ring->entries[i].epoch, k->o->epoch) == 0)
            return &k->ring->entries[i];
    }
    return NULL;
}

static ss_code
destroy(keeping *k, ss_result *result, ss_error *err)
{
    const ss_options *o = k->o;
    unsigned char *passphrase;
    size_t npassphrase, n;
    const ss_keyring_entry *gone;
    const ss_keyring *rest;
    const char *record;
    const void *text;

    if (is_blank(o->by) || is_blank(o->why) || o->epoch == NULL)
        return ss_fail(err, SS_EMEND, "key destroy needs --epoch NAME, --by NAME and --why TEXT");
    SS_TRY(open_ring(k, &passphrase, &npassphrase, err));
    gone = entry_of(k);
    if (gone == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "\"%s\" has no key of epoch %.64s", o->key,
                       ss_printable(k->arena, o->epoch));
        return ss_hint(err, "sandseed key show tells which it has.");
    }
    rest = without(k, gone);
    record = o->output != NULL ? o->output
                               : ss_strf(k->arena, "%s.destroyed-%s.json", o->key, gone->epoch);
    if (rest->n > 0)
        SS_TRY(text_of(k, rest, passphrase, npassphrase, &text, &n, err));
    SS_TRY(write_record(k, gone, record, err));
    if (rest->n > 0)
        SS_TRY(ss_file_write(o->key, text, n, 0600, err));
    else if (unlink(o->key) != 0)
        return ss_fail(err, SS_EMEND, "could not delete \"%s\": %s", o->key, strerror(errno));
    overwrite(k->fd);
    ss_path_sync(o->key);
    return describe(k, "key destroy", o->key, rest,
                    ss_strf(k->arena,
                            "Epoch %s of %s is destroyed; the record is %s, its signature beside "
                            "it.  Copies elsewhere\n(backups, key stores, other hosts, the blocks "
                            "of a flash disk) were not reached.\n",
                            o->epoch, ss_printable(k->arena, o->key),
                            ss_printable(k->arena, record)),
                    result, err);
}

/* --- the commands ---------------------------------------------------------------------------------- */

static ss_code
keep(ss_code (*act)(keeping *k, ss_result *result, ss_error *err), const ss_options *options,
     const ss_watch *watch, ss_result *result, ss_error *err)
{
    keeping k = {.o = options, .watch = watch, .arena = ss_arena_new(NULL), .fd = -1};
    ss_code code;

    ss_clock_utc(k.now);
    code = act(&k, result, err);
    ss_arena_free(k.arena);
    return code;
}

#define SS_KEY_COMMAND(verb, act)                                                                  \
    ss_code ss_command_key_##verb(const ss_options *options, const ss_watch *watch,                \
                                  ss_result *result, ss_error *err)                                \
    {                                                                                              \
        return keep(act, options, watch, result, err);                                             \
    }

SS_KEY_COMMAND(new, make)
SS_KEY_COMMAND(show, show)
SS_KEY_COMMAND(rotate, rotate)
SS_KEY_COMMAND(destroy, destroy)
