#include "secret/keyring.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/try.h"

#define MAGIC      "sandseed-key 1"
#define SEALED     MAGIC " argon2id "
#define SALT       crypto_pwhash_argon2id_SALTBYTES
#define NONCE      crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG        crypto_aead_xchacha20poly1305_ietf_ABYTES
#define OPS_MAX    16
#define MEM_MAX    (UINT64_C(4) << 30)
#define WORDS_MAX  6
#define DATE       "2026-10-01T08:00:00Z"
#define HEX_DIGITS (2 * SS_KEY_BYTES)

typedef struct word
{
    const unsigned char *data;
    size_t n;
} word;

bool
ss_key_name_is_good(const char *name)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const size_t n = strlen(name);

    return n >= 1 && n <= SS_KEY_NAME && strspn(name, good) == n;
}

static bool
is_word(const word *w, const char *text)
{
    return w->n == strlen(text) && memcmp(w->data, text, w->n) == 0;
}

/* Up to WORDS_MAX words of a line; one more than that when there are more. */
static size_t
split(const unsigned char *line, size_t n, word words[WORDS_MAX])
{
    size_t count = 0;

    for (size_t i = 0; i < n;)
    {
        const size_t from = i;

        while (i < n && line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
            i++;
        if (i > from && count == WORDS_MAX)
            return WORDS_MAX + 1;
        if (i > from)
            words[count++] = (word){line + from, i - from};
        while (i < n && (line[i] == ' ' || line[i] == '\t' || line[i] == '\r'))
            i++;
    }
    return count;
}

/* 64 hexadecimal digits, or base64 with or without its padding. */
static bool
decode(const word *w, unsigned char key[SS_KEY_BYTES])
{
    static const int variants[] = {
        sodium_base64_VARIANT_ORIGINAL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
        sodium_base64_VARIANT_URLSAFE, sodium_base64_VARIANT_URLSAFE_NO_PADDING};
    const char *text = (const char *) w->data, *end;
    size_t n = 0;

    if (w->n == HEX_DIGITS)
        return sodium_hex2bin(key, SS_KEY_BYTES, text, w->n, NULL, &n, NULL) == 0 &&
               n == SS_KEY_BYTES;
    if (w->n < 43 || w->n > 44)
        return false;
    for (size_t i = 0; i < sizeof variants / sizeof variants[0]; i++)
    {
        if (sodium_base642bin(key, SS_KEY_BYTES, text, w->n, NULL, &n, &end, variants[i]) == 0 &&
            n == SS_KEY_BYTES && end == text + w->n)
            return true;
    }
    return false;
}

typedef struct parsing
{
    const char *label;
    size_t line;
    ss_arena *owner;
    unsigned char *keys; /* room for each line */
    ss_keyring *ring;
    bool begun; /* MAGIC has been seen */
    ss_error *err;
} parsing;

static ss_code
wrong(const parsing *p, const char *what)
{
    return ss_fail(p->err, SS_EMEND, "%s:%zu: %s", p->label, p->line, what);
}

static ss_code
take_name(const parsing *p, const word *w, const char **name)
{
    *name = ss_strndup(p->owner, (const char *) w->data, w->n);
    return ss_key_name_is_good(*name)
               ? SS_OK
               : wrong(p, "an epoch or a sandbox is called by at most 64 letters, digits, '.', "
                          "'_' and '-'");
}

static ss_code
take_key(parsing *p, const word *w, ss_keyring_entry e)
{
    unsigned char *key = p->keys + p->ring->n * SS_KEY_BYTES;
    const char *weakness;

    if (!decode(w, key))
        return wrong(p, "a key has 32 bytes: 64 hexadecimal digits, or 43 or 44 characters of "
                        "base64");
    weakness = ss_key_weakness(key);
    if (weakness != NULL)
    {
        (void) ss_fail(p->err, SS_EMEND, "%s:%zu: this is no key: %s", p->label, p->line, weakness);
        return ss_hint(p->err, "sandseed key new makes one.");
    }
    for (size_t i = 0; i < p->ring->n; i++)
    {
        const ss_keyring_entry *other = &p->ring->entries[i];

        if (e.epoch == NULL || other->epoch == NULL)
            return wrong(p, "a bare key stands alone in its file");
        if (strcmp(other->epoch, e.epoch) == 0 &&
            strcmp(other->sandbox == NULL ? "" : other->sandbox,
                   e.sandbox == NULL ? "" : e.sandbox) == 0)
            return wrong(p, "this epoch has a key already");
        if (sodium_memcmp(other->key, key, SS_KEY_BYTES) == 0)
            return wrong(p, "this key stands here twice");
    }
    e.key = key;
    p->ring->entries[p->ring->n++] = e;
    return SS_OK;
}

static ss_code
take_line(parsing *p, const word *words, size_t n)
{
    ss_keyring_entry e = {0};
    size_t at = 0;

    if (n == 2 && is_word(&words[0], "sandseed-key"))
    {
        p->begun = is_word(&words[1], "1");
        return p->begun ? SS_OK : wrong(p, "this version of key files is not known");
    }
    if (!p->begun && n == 1)
        return take_key(p, &words[0], e);
    if (!p->begun)
        return wrong(p, "this is no key file: it holds one key, or begins with \"" MAGIC "\"");
    if (n == 6 && is_word(&words[0], "sandbox"))
    {
        SS_TRY(take_name(p, &words[1], &e.sandbox));
        at = 2;
    }
    if (n != at + 4 || !is_word(&words[at], "epoch") || words[at + 2].n != strlen(DATE))
        return wrong(p, "an entry is \"epoch NAME " DATE " KEY\", or the same behind \"sandbox "
                        "NAME\"");
    SS_TRY(take_name(p, &words[at + 1], &e.epoch));
    e.created = ss_strndup(p->owner, (const char *) words[at + 2].data, words[at + 2].n);
    if (strspn(e.created, "0123456789-:TZ") != strlen(DATE))
        return wrong(p, "the date of an entry is like " DATE);
    return take_key(p, &words[at + 3], e);
}

static size_t
count_lines(const unsigned char *text, size_t n)
{
    size_t lines = 1;

    for (size_t i = 0; i < n; i++)
        lines += text[i] == '\n';
    return lines;
}

ss_code
ss_keyring_parse(const char *label, const unsigned char *text, size_t n, ss_arena *owner,
                 ss_keyring **ring, ss_error *err)
{
    const size_t lines = count_lines(text, n);
    parsing p = {.label = label, .owner = owner, .err = err};

    p.ring = ss_alloc(owner, 1, sizeof *p.ring);
    p.ring->entries = ss_alloc(owner, lines, sizeof *p.ring->entries);
    SS_TRY(ss_locked_new(owner, lines * SS_KEY_BYTES, &p.keys, err));
    for (size_t from = 0; from < n; from++)
    {
        const size_t begin = from;
        word words[WORDS_MAX];
        size_t count;

        while (from < n && text[from] != '\n')
            from++;
        p.line++;
        count = split(text + begin, from - begin, words);
        if (count > 0 && words[0].data[0] != '#')
            SS_TRY(take_line(&p, words, count));
    }
    if (p.ring->n == 0)
        return ss_fail(err, SS_EMEND, "%s holds no key", label);
    *ring = p.ring;
    return SS_OK;
}

/* --- printing ----------------------------------------------------------------------------------- */

static const char notice[] = "# Whoever has this file can undo every pseudonym that was made with "
                             "it: keep it from those who have the\n"
                             "# sandbox.  The current epoch stands first.\n" MAGIC "\n";

/* The longest line of an entry: "sandbox NAME epoch NAME DATE KEY\n". */
#define ENTRY_TEXT (8 + SS_KEY_NAME + 7 + SS_KEY_NAME + 1 + sizeof DATE + 1 + HEX_DIGITS + 2)

ss_code
ss_keyring_print(const ss_keyring *ring, ss_arena *owner, unsigned char **text, size_t *n,
                 ss_error *err)
{
    const size_t room = sizeof notice + ring->n * ENTRY_TEXT;
    unsigned char *out;
    size_t at;

    SS_TRY(ss_locked_new(owner, room, &out, err));
    at = strlen(notice);
    memcpy(out, notice, at);
    for (size_t i = 0; i < ring->n; i++)
    {
        const ss_keyring_entry *e = &ring->entries[i];

        at += (size_t) snprintf((char *) out + at, room - at, "%s%s%sepoch %s %s ",
                                e->sandbox == NULL ? "" : "sandbox ",
                                e->sandbox == NULL ? "" : e->sandbox, e->sandbox == NULL ? "" : " ",
                                e->epoch, e->created);
        (void) sodium_bin2hex((char *) out + at, room - at, e->key, SS_KEY_BYTES);
        at += HEX_DIGITS;
        out[at++] = '\n';
    }
    *text = out;
    *n = at;
    return SS_OK;
}

/* --- under a passphrase ------------------------------------------------------------------------- */

bool
ss_keyring_is_sealed(const unsigned char *text, size_t n)
{
    return n > strlen(SEALED) && memcmp(text, SEALED, strlen(SEALED)) == 0;
}

/* Of a passphrase, into locked memory. */
static ss_code
wrapping_key(const unsigned char *passphrase, size_t n, const unsigned char salt[SALT],
             unsigned long long ops, size_t mem, ss_arena *owner, unsigned char **key,
             ss_error *err)
{
    SS_TRY(ss_locked_new(owner, crypto_aead_xchacha20poly1305_ietf_KEYBYTES, key, err));
    if (crypto_pwhash_argon2id(*key, crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
                               (const char *) passphrase, n, salt, ops, mem,
                               crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
        return ss_fail(err, SS_ERETRY, "there are not %zu MB of memory for the passphrase's key",
                       mem >> 20);
    return SS_OK;
}

ss_code
ss_keyring_seal(const unsigned char *text, size_t n, const unsigned char *passphrase,
                size_t npassphrase, ss_arena *result, const char **sealed, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(result);
    const size_t mem = crypto_pwhash_argon2id_MEMLIMIT_MODERATE;
    const unsigned long long ops = crypto_pwhash_argon2id_OPSLIMIT_MODERATE;
    const size_t whole = NONCE + n + TAG;
    unsigned char salt[SALT], *key, *box = ss_alloc(scratch, whole, 1);
    char hex[2 * SALT + 1];
    const size_t room = sodium_base64_encoded_len(whole, sodium_base64_VARIANT_ORIGINAL);
    char *base64 = ss_alloc(scratch, room, 1);
    const char *header;
    ss_code code;

    randombytes_buf(salt, sizeof salt);
    randombytes_buf(box, NONCE);
    (void) sodium_bin2hex(hex, sizeof hex, salt, sizeof salt);
    header = ss_strf(scratch, SEALED "%llu %zu %s", ops, mem, hex);
    code = wrapping_key(passphrase, npassphrase, salt, ops, mem, scratch, &key, err);
    if (code == SS_OK)
    {
        (void) crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, NULL, text, n,
                                                          (const unsigned char *) header,
                                                          strlen(header), NULL, box, key);
        (void) sodium_bin2base64(base64, room, box, whole, sodium_base64_VARIANT_ORIGINAL);
        *sealed = ss_strf(result, "%s\n%s\n", header, base64);
    }
    ss_arena_free(scratch);
    return code;
}

static bool
read_number(const word *w, uint64_t max, uint64_t *v)
{
    *v = 0;
    for (size_t i = 0; i < w->n; i++)
    {
        if (w->data[i] < '0' || w->data[i] > '9' || *v > max)
            return false;
        *v = *v * 10 + (uint64_t) (w->data[i] - '0');
    }
    return w->n > 0 && *v <= max;
}

/* What the two lines of a sealed text hold; box is in result. */
typedef struct sealed_text
{
    const unsigned char *header;
    size_t nheader;
    uint64_t ops, mem;
    unsigned char salt[SALT];
    unsigned char *box;
    size_t nbox;
} sealed_text;

static bool
read_sealed(const unsigned char *text, size_t n, ss_arena *result, sealed_text *s)
{
    const unsigned char *end = memchr(text, '\n', n);
    word words[WORDS_MAX];
    size_t got = 0, left;

    if (end == NULL)
        return false;
    s->header = text;
    s->nheader = (size_t) (end - text);
    left = n - s->nheader - 1;
    s->box = ss_alloc(result, left + 1, 1);
    return split(text, s->nheader, words) == 6 && read_number(&words[3], OPS_MAX, &s->ops) &&
           read_number(&words[4], MEM_MAX, &s->mem) &&
           s->ops >= crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE &&
           s->mem >= crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE &&
           sodium_hex2bin(s->salt, SALT, (const char *) words[5].data, words[5].n, NULL, &got,
                          NULL) == 0 &&
           got == SALT &&
           sodium_base642bin(s->box, left + 1, (const char *) end + 1, left, "\r\n ", &s->nbox,
                             NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           s->nbox > NONCE + TAG;
}

static ss_code
unseal(const sealed_text *s, const unsigned char *passphrase, size_t npassphrase, const char *label,
       ss_arena *owner, ss_arena *scratch, unsigned char **text, size_t *n, ss_error *err)
{
    unsigned char *key, *plain;
    unsigned long long got = 0;

    SS_TRY(wrapping_key(passphrase, npassphrase, s->salt, s->ops, (size_t) s->mem, scratch, &key,
                        err));
    SS_TRY(ss_locked_new(owner, s->nbox - NONCE - TAG, &plain, err));
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &got, NULL, s->box + NONCE,
                                                   s->nbox - NONCE, s->header, s->nheader, s->box,
                                                   key) != 0)
        return ss_fail(err, SS_EMEND, "%s: the passphrase is another one, or the file was changed",
                       label);
    *text = plain;
    *n = (size_t) got;
    return SS_OK;
}

ss_code
ss_keyring_unseal(const char *label, const unsigned char *sealed, size_t nsealed,
                  const unsigned char *passphrase, size_t npassphrase, ss_arena *owner,
                  unsigned char **text, size_t *n, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(owner);
    sealed_text s = {0};
    ss_code code = read_sealed(sealed, nsealed, scratch, &s)
                       ? unseal(&s, passphrase, npassphrase, label, owner, scratch, text, n, err)
                       : ss_fail(err, SS_EMEND,
                                 "%s: a file under a passphrase has two lines, and "
                                 "these are not such",
                                 label);

    ss_arena_free(scratch);
    return code;
}

/* --- entries ------------------------------------------------------------------------------------ */

const ss_keyring_entry *
ss_keyring_find(const ss_keyring *ring, const char *sandbox, const char *epoch)
{
    const ss_keyring_entry *own = NULL;

    for (size_t i = 0; i < ring->n; i++)
    {
        const ss_keyring_entry *e = &ring->entries[i];
        const bool fits =
            e->epoch == NULL ? epoch != NULL : epoch == NULL || strcmp(e->epoch, epoch) == 0;

        if (!fits || (e->sandbox != NULL && (sandbox == NULL || strcmp(e->sandbox, sandbox) != 0)))
            continue;
        if (e->sandbox != NULL)
            return e;
        if (own == NULL)
            own = e;
    }
    return own;
}

ss_code
ss_keyring_add(const ss_keyring *ring, const char *epoch, const char *created, ss_arena *owner,
               ss_keyring **more, ss_error *err)
{
    ss_keyring *longer = ss_alloc(owner, 1, sizeof *longer);
    unsigned char *key;

    SS_TRY(ss_locked_new(owner, SS_KEY_BYTES, &key, err));
    randombytes_buf(key, SS_KEY_BYTES);
    longer->entries = ss_alloc(owner, ring->n + 1, sizeof *longer->entries);
    longer->entries[0] = (ss_keyring_entry){.epoch = epoch, .created = created, .key = key};
    if (ring->n > 0)
        memcpy(longer->entries + 1, ring->entries, ring->n * sizeof *ring->entries);
    longer->n = ring->n + 1;
    *more = longer;
    return SS_OK;
}
