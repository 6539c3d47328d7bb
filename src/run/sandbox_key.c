#include "run/sandbox_key.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"

bool
ss_sandbox_key_is_given(const ss_options *o)
{
    return o->key != NULL || o->key_fd != 0 || o->passphrase_file != NULL;
}

static bool
says_where(const ss_key_source *source)
{
    return source->command != NULL || source->has_fd || source->file != NULL;
}

/* What options say goes before what stands in source. */
static ss_code
put_options(const ss_options *o, ss_key_source *source, ss_error *err)
{
    if (o->key != NULL && o->key_fd != 0)
        return ss_fail(err, SS_EMEND, "a key comes from --key or from --key-fd, not from both");
    if (o->key != NULL)
        *source = (ss_key_source){.file = o->key};
    if (o->key_fd != 0)
        *source = (ss_key_source){.has_fd = true, .fd = o->key_fd};
    if (o->passphrase_file != NULL)
        source->passphrase_file = o->passphrase_file;
    return SS_OK;
}

/* Where the key is; options say it instead of the policy. */
static ss_code
source_of(const ss_options *o, const ss_policy *policy, ss_key_source *source, ss_error *err)
{
    if (policy->key == NULL)
    {
        (void) ss_fail(err, SS_EREFUSED,
                       "%s pseudonymises and has no key: without one no pseudonym is made",
                       policy->file);
        return ss_hint(err, "Make one (sandseed key new -o FILE), and say in the policy: key: "
                            "{file: FILE, sandbox: NAME}.");
    }
    *source = policy->key->source;
    SS_TRY(put_options(o, source, err));
    if (says_where(source))
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "key: of %s does not say where the key is", policy->file);
    return ss_hint(err, "Say --key FILE, or in the policy one of command:, fd: and file:.");
}

static ss_code
missing(const ss_sandbox_key *key, const ss_keyring *ring, const char *sandbox, const char *epoch,
        ss_error *err)
{
    if (sandbox == NULL)
    {
        (void) ss_fail(err, SS_EMEND,
                       "nothing says of which sandbox the key is to be: %s is of any", key->from);
        return ss_hint(err, "Say key: {sandbox: NAME} in the policy, or give the key of one "
                            "sandbox (sandseed key new --from FILE --sandbox NAME).");
    }
    if (epoch == NULL && ring->entries[0].epoch == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "%s is a bare key, which has no epoch of its own", key->from);
        return ss_hint(err, "Say epoch: in key: of the policy.");
    }
    (void) ss_fail(err, SS_EMEND, "%s has no key for sandbox %s%s%s", key->from, sandbox,
                   epoch == NULL ? "" : " in epoch ", epoch == NULL ? "" : epoch);
    return ss_hint(err, "sandseed key show tells which it has.");
}

static const ss_keyring_entry *
find(const ss_keyring *ring, const char *sandbox, const char *epoch)
{
    if (sandbox != NULL)
        return ss_keyring_find(ring, sandbox, epoch);
    return ring->entries[0].sandbox != NULL ? &ring->entries[0] : NULL;
}

/* ring, which goes with scratch, is wiped with it. */
static ss_code
derive(const char *sandbox, const char *epoch, const ss_keyring *ring, ss_arena *arena,
       ss_arena *scratch, ss_sandbox_key *key, ss_error *err)
{
    const ss_keyring_entry *e = find(ring, sandbox, epoch);
    char fingerprint[SS_FINGERPRINT + 1];
    unsigned char *derived;

    if (e == NULL)
        return missing(key, ring, sandbox, epoch, err);
    key->sandbox = ss_strdup(arena, sandbox != NULL ? sandbox : e->sandbox);
    key->epoch = ss_strdup(arena, e->epoch != NULL ? e->epoch : epoch);
    SS_TRY(ss_locked_new(scratch, SS_KEY_BYTES, &derived, err));
    if (e->sandbox != NULL)
        memcpy(derived, e->key, SS_KEY_BYTES);
    else
        ss_key_of_sandbox(derived, e->key, key->sandbox, key->epoch);
    SS_TRY(ss_key_room_new(derived, arena, &key->room, err));
    ss_key_room_fingerprint(key->room, fingerprint);
    key->fingerprint = ss_strdup(arena, fingerprint);
    return SS_OK;
}

static ss_code
read_and_derive(const ss_key_source *source, const char *sandbox, const char *epoch,
                const ss_watch *watch, ss_arena *arena, ss_sandbox_key *key, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(arena);
    ss_keyring *ring;
    ss_code code;

    *key = (ss_sandbox_key){.from = ss_key_source_label(source, arena)};
    code = ss_key_source_read(source, watch, scratch, &ring, err);
    if (code == SS_OK)
        code = derive(sandbox, epoch, ring, arena, scratch, key, err);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_sandbox_key_open(const ss_options *options, const ss_policy *policy, const ss_watch *watch,
                    ss_arena *arena, ss_sandbox_key *key, ss_error *err)
{
    ss_key_source source;

    SS_TRY(source_of(options, policy, &source, err));
    return read_and_derive(&source, policy->key->sandbox, policy->key->epoch, watch, arena, key,
                           err);
}

ss_code
ss_sandbox_key_open_given(const ss_options *options, const char *sandbox, const char *epoch,
                          const ss_watch *watch, ss_arena *arena, ss_sandbox_key *key,
                          ss_error *err)
{
    ss_key_source source = {0};

    SS_TRY(put_options(options, &source, err));
    if (!says_where(&source))
        return ss_fail(err, SS_EMEND,
                       "--passphrase-file is given, and no --key FILE that it opens");
    return read_and_derive(&source, sandbox, epoch, watch, arena, key, err);
}
