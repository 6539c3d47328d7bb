#include "run/sandbox_key.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"

/* Where the key is; --key says the file instead of the policy. */
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
    if (o->key != NULL)
        *source = (ss_key_source){.file = o->key};
    if (o->passphrase_file != NULL)
        source->passphrase_file = o->passphrase_file;
    if (source->command != NULL || source->has_fd || source->file != NULL)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "key: of %s does not say where the key is", policy->file);
    return ss_hint(err, "Say --key FILE, or in the policy one of command:, fd: and file:.");
}

static ss_code
missing(const ss_sandbox_key *key, const ss_keyring *ring, const char *epoch, ss_error *err)
{
    if (epoch == NULL && ring->entries[0].epoch == NULL)
    {
        (void) ss_fail(err, SS_EMEND, "%s is a bare key, which has no epoch of its own", key->from);
        return ss_hint(err, "Say epoch: in key: of the policy.");
    }
    (void) ss_fail(err, SS_EMEND, "%s has no key for sandbox %s%s%s", key->from, key->sandbox,
                   epoch == NULL ? "" : " in epoch ", epoch == NULL ? "" : epoch);
    return ss_hint(err, "sandseed key show tells which it has.");
}

/* ring, which goes with scratch, is wiped with it. */
static ss_code
derive(const ss_policy_key *wanted, const ss_keyring *ring, ss_arena *arena, ss_arena *scratch,
       ss_sandbox_key *key, ss_error *err)
{
    const ss_keyring_entry *e = ss_keyring_find(ring, wanted->sandbox, wanted->epoch);
    char fingerprint[SS_FINGERPRINT + 1];
    unsigned char *derived;

    if (e == NULL)
        return missing(key, ring, wanted->epoch, err);
    key->epoch = ss_strdup(arena, e->epoch != NULL ? e->epoch : wanted->epoch);
    SS_TRY(ss_locked_new(scratch, SS_KEY_BYTES, &derived, err));
    if (e->sandbox != NULL)
        memcpy(derived, e->key, SS_KEY_BYTES);
    else
        ss_key_of_sandbox(derived, e->key, wanted->sandbox, key->epoch);
    SS_TRY(ss_key_room_new(derived, arena, &key->room, err));
    ss_key_room_fingerprint(key->room, fingerprint);
    key->fingerprint = ss_strdup(arena, fingerprint);
    return SS_OK;
}

ss_code
ss_sandbox_key_open(const ss_options *options, const ss_policy *policy, const ss_watch *watch,
                    ss_arena *arena, ss_sandbox_key *key, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(arena);
    ss_key_source source;
    ss_keyring *ring;
    ss_code code = source_of(options, policy, &source, err);

    if (code == SS_OK)
    {
        *key = (ss_sandbox_key){.from = ss_key_source_label(&source, arena),
                                .sandbox = policy->key->sandbox};
        code = ss_key_source_read(&source, watch, scratch, &ring, err);
    }
    if (code == SS_OK)
        code = derive(policy->key, ring, arena, scratch, key, err);
    ss_arena_free(scratch);
    return code;
}
