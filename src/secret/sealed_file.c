/* mkostemp(): no other thread's child may inherit the file. */
#define _GNU_SOURCE

#include "secret/sealed_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"
#include "base/text.h"
#include "base/try.h"
#include "secret/locked.h"

#define MAGIC      "sandseed-sealed "
#define FIRST_LINE MAGIC "1\n"
#define HEADER_MAX 512 /* bytes; a header has 270 at most */

#define START   crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define MORE    crypto_secretstream_xchacha20poly1305_ABYTES
#define PASSED  crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
#define IS_LAST crypto_secretstream_xchacha20poly1305_TAG_FINAL

_Static_assert(SS_KEY_BYTES == crypto_secretstream_xchacha20poly1305_KEYBYTES, "keys are streams'");

/* --- the header --------------------------------------------------------------------------------- */

bool
ss_sealed_begins(const unsigned char *data, size_t n)
{
    return n >= strlen(MAGIC) && memcmp(data, MAGIC, strlen(MAGIC)) == 0;
}

static const char *
header_text(const ss_sealed_header *h, ss_arena *arena)
{
    return ss_strf(arena, FIRST_LINE "model %s\nsandbox %s epoch %s\nkey %s\n", h->model,
                   h->sandbox, h->epoch, h->fingerprint);
}

/* Where a header stands that is read word by word. */
typedef struct place
{
    const unsigned char *at, *end;
} place;

static bool
skip(place *p, const char *words)
{
    const size_t n = strlen(words);

    if ((size_t) (p->end - p->at) < n || memcmp(p->at, words, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* A word of at most room - 1 bytes, up to what ends it. */
static bool
take_word(place *p, char ends, char *word, size_t room)
{
    size_t n = 0;

    while (p->at + n < p->end && p->at[n] != (unsigned char) ends && n + 1 < room)
        n++;
    if (p->at + n == p->end || p->at[n] != (unsigned char) ends || memchr(p->at, '\0', n) != NULL)
        return false;
    memcpy(word, p->at, n);
    word[n] = '\0';
    p->at += n + 1;
    return true;
}

static bool
is_fingerprint(const char *text)
{
    return strlen(text) == SS_FINGERPRINT && strspn(text, "0123456789abcdef") == SS_FINGERPRINT;
}

bool
ss_sealed_parse(const unsigned char *data, size_t n, ss_sealed_header *h, size_t *length)
{
    place p = {.at = data, .end = data + n};

    *h = (ss_sealed_header){0};
    if (!skip(&p, FIRST_LINE "model ") || !take_word(&p, '\n', h->model, sizeof h->model) ||
        !skip(&p, "sandbox ") || !take_word(&p, ' ', h->sandbox, sizeof h->sandbox) ||
        !skip(&p, "epoch ") || !take_word(&p, '\n', h->epoch, sizeof h->epoch) ||
        !skip(&p, "key ") || !take_word(&p, '\n', h->fingerprint, sizeof h->fingerprint))
        return false;
    *length = (size_t) (p.at - data);
    return ss_secret_is_id(h->model) && ss_key_name_is_good(h->sandbox) &&
           ss_key_name_is_good(h->epoch) && is_fingerprint(h->fingerprint);
}

static ss_code
failed(const char *doing, const char *path, int number, ss_error *err)
{
    const bool retry = number == ENOSPC || number == EDQUOT || number == EIO;

    return ss_fail(err, retry ? SS_ERETRY : SS_EMEND, "could not %s \"%s\": %s", doing, path,
                   strerror(number));
}

/* n bytes, or fewer where the file ends; -1: errno says why. */
static ssize_t
read_bytes(int fd, unsigned char *to, size_t n)
{
    size_t got = 0;

    while (got < n)
    {
        const ssize_t r = read(fd, to + got, n - got);

        if (r < 0 && errno == EINTR)
            continue;
        if (r < 0)
            return -1;
        if (r == 0)
            break;
        got += (size_t) r;
    }
    return (ssize_t) got;
}

static ss_code
open_file(const char *path, int *fd, uint64_t *size, ss_error *err)
{
    struct stat st;

    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (*fd < 0)
        return failed("open", path, errno, err);
    if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
    {
        *size = (uint64_t) st.st_size;
        return SS_OK;
    }
    (void) close(*fd);
    return ss_fail(err, SS_EMEND, "\"%s\" is not a file", path);
}

/* The header, behind which fd then stands. */
static ss_code
read_header(int fd, const char *path, ss_sealed_header *header, size_t *length, bool *sealed,
            ss_error *err)
{
    unsigned char data[HEADER_MAX];
    const ssize_t n = read_bytes(fd, data, sizeof data);

    if (n < 0)
        return failed("read", path, errno, err);
    *sealed = ss_sealed_begins(data, (size_t) n);
    if (!*sealed)
        return SS_OK;
    if (!ss_sealed_parse(data, (size_t) n, header, length))
    {
        (void) ss_fail(err, SS_EMEND,
                       "\"%s\" is encrypted, and its header is malformed or of another version",
                       path);
        return ss_hint(err, "A later sandseed wrote it, or it was changed: make the model again "
                            "(sandseed fit).");
    }
    if (lseek(fd, (off_t) *length, SEEK_SET) < 0)
        return failed("read", path, errno, err);
    return SS_OK;
}

ss_code
ss_sealed_look(const char *path, ss_sealed_header *header, bool *sealed, ss_error *err)
{
    uint64_t size;
    size_t length;
    int fd;
    ss_code code;

    SS_TRY(open_file(path, &fd, &size, err));
    code = read_header(fd, path, header, &length, sealed, err);
    (void) close(fd);
    return code;
}

/* What is authenticated with the first piece. */
static const char *
associated(const ss_sealed_header *header, const char *name, ss_arena *arena, size_t *n)
{
    const char *text = ss_strf(arena, "%sfile %s\n", header_text(header, arena), name);

    *n = strlen(text);
    return text;
}

/* The stream's state holds a key. */
static ss_code
new_state(ss_arena *arena, crypto_secretstream_xchacha20poly1305_state **state, ss_error *err)
{
    unsigned char *bytes;

    SS_TRY(ss_locked_new(arena, sizeof **state, &bytes, err));
    *state = (void *) bytes;
    return SS_OK;
}

/* --- writing ------------------------------------------------------------------------------------ */

struct ss_sealed_writer
{
    ss_arena *arena;
    const char *path, *temporary;
    int fd; /* -1: closed */
    crypto_secretstream_xchacha20poly1305_state *state;
    const char *associated; /* of the next piece; NULL but for the first */
    size_t nassociated;
    unsigned char *piece;  /* what waits until it is known whether it is the last */
    size_t n;              /* bytes of it */
    unsigned char *sealed; /* room for a piece, encrypted */
};

static void
abandon(void *arg)
{
    const ss_sealed_writer *w = arg;

    if (w->fd < 0)
        return;
    (void) close(w->fd);
    (void) unlink(w->temporary);
}

static ss_code
put(const ss_sealed_writer *w, const unsigned char *data, size_t n, ss_error *err)
{
    while (n > 0)
    {
        const ssize_t written = write(w->fd, data, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return failed("write", w->path, errno, err);
        data += written;
        n -= (size_t) written;
    }
    return SS_OK;
}

ss_code
ss_sealed_create(const char *path, const char *name, const ss_sealed_header *header,
                 const unsigned char *key, ss_arena *arena, ss_sealed_writer **writer,
                 ss_error *err)
{
    ss_arena *own = ss_arena_new(arena);
    ss_sealed_writer *w = ss_alloc(own, 1, sizeof *w);
    char *temporary = ss_strf(own, "%s.XXXXXX", path);
    const char *text = header_text(header, own);
    unsigned char start[START];

    *w = (ss_sealed_writer){.arena = own,
                            .path = ss_strdup(own, path),
                            .temporary = temporary,
                            .piece = ss_alloc(own, SS_SEALED_PIECE, 1),
                            .sealed = ss_alloc(own, SS_SEALED_PIECE + MORE, 1)};
    w->associated = associated(header, name, own, &w->nassociated);
    SS_TRY(new_state(own, &w->state, err));
    w->fd = mkostemp(temporary, O_CLOEXEC);
    if (w->fd < 0)
        return failed("create a file beside", path, errno, err);
    ss_arena_defer(own, abandon, w);
    if (fchmod(w->fd, 0600) != 0)
        return failed("write", path, errno, err);
    (void) crypto_secretstream_xchacha20poly1305_init_push(w->state, start, key);
    SS_TRY(put(w, (const unsigned char *) text, strlen(text), err));
    SS_TRY(put(w, start, sizeof start, err));
    *writer = w;
    return SS_OK;
}

static ss_code
seal(ss_sealed_writer *w, unsigned char tag, ss_error *err)
{
    unsigned long long n;

    (void) crypto_secretstream_xchacha20poly1305_push(w->state, w->sealed, &n, w->piece, w->n,
                                                      (const unsigned char *) w->associated,
                                                      w->nassociated, tag);
    w->associated = NULL;
    w->nassociated = w->n = 0;
    return put(w, w->sealed, (size_t) n, err);
}

ss_code
ss_sealed_add(ss_sealed_writer *w, const void *data, size_t n, ss_error *err)
{
    const unsigned char *bytes = data;

    while (n > 0)
    {
        size_t more = SS_SEALED_PIECE - w->n;

        if (more == 0)
        {
            SS_TRY(seal(w, PASSED, err));
            more = SS_SEALED_PIECE;
        }
        more = more < n ? more : n;
        memcpy(w->piece + w->n, bytes, more);
        w->n += more;
        bytes += more;
        n -= more;
    }
    return SS_OK;
}

ss_code
ss_sealed_end(ss_sealed_writer *w, ss_error *err)
{
    SS_TRY(seal(w, IS_LAST, err));
    if (fsync(w->fd) != 0 || rename(w->temporary, w->path) != 0)
        return failed("write", w->path, errno, err);
    (void) close(w->fd);
    w->fd = -1;
    ss_path_sync(w->path);
    ss_arena_free(w->arena);
    return SS_OK;
}

/* --- reading ------------------------------------------------------------------------------------ */

struct ss_sealed_reader
{
    ss_arena *arena;
    const char *path;
    int fd;
    uint64_t size; /* of all pieces, decrypted */
    uint64_t left; /* bytes of the file */
    crypto_secretstream_xchacha20poly1305_state *state;
    const char *associated;
    size_t nassociated;
    unsigned char *sealed, *piece;
    bool ended;
};

static void
close_file(void *arg)
{
    (void) close(((const ss_sealed_reader *) arg)->fd);
}

static ss_code
refuse(const char *path, ss_error *err)
{
    (void) ss_fail(err, SS_EREFUSED,
                   "\"%s\" is not what fit wrote: it was changed or cut short, or another file is "
                   "in its place",
                   path);
    return ss_hint(err, "Make the model again: sandseed fit.");
}

static bool
equals(const ss_sealed_header *a, const ss_sealed_header *b)
{
    return strcmp(a->model, b->model) == 0 && strcmp(a->sandbox, b->sandbox) == 0 &&
           strcmp(a->epoch, b->epoch) == 0 && strcmp(a->fingerprint, b->fingerprint) == 0;
}

static ss_code
begin(ss_sealed_reader *r, const ss_sealed_header *expected, const unsigned char *key,
      uint64_t size, ss_error *err)
{
    ss_sealed_header header;
    unsigned char start[START];
    size_t length;
    bool sealed;
    ssize_t n;

    SS_TRY(read_header(r->fd, r->path, &header, &length, &sealed, err));
    if (!sealed || !equals(&header, expected))
        return refuse(r->path, err);
    n = read_bytes(r->fd, start, sizeof start);
    if (n < 0)
        return failed("read", r->path, errno, err);
    if (n < (ssize_t) sizeof start || size < length + START ||
        crypto_secretstream_xchacha20poly1305_init_pull(r->state, start, key) != 0)
        return refuse(r->path, err);
    r->left = size - length - START;
    r->size = r->left - (r->left + SS_SEALED_PIECE + MORE - 1) / (SS_SEALED_PIECE + MORE) * MORE;
    /* Of a file that is too short; the first piece will be refused. */
    if (r->size > r->left)
        r->size = 0;
    return SS_OK;
}

ss_code
ss_sealed_open(const char *path, const char *name, const ss_sealed_header *header,
               const unsigned char *key, ss_arena *arena, ss_sealed_reader **reader, ss_error *err)
{
    ss_arena *own = ss_arena_new(arena);
    ss_sealed_reader *r = ss_alloc(own, 1, sizeof *r);
    uint64_t size;

    *r = (ss_sealed_reader){.arena = own,
                            .path = ss_strdup(own, path),
                            .piece = ss_alloc(own, SS_SEALED_PIECE, 1),
                            .sealed = ss_alloc(own, SS_SEALED_PIECE + MORE, 1)};
    r->associated = associated(header, name, own, &r->nassociated);
    SS_TRY(new_state(own, &r->state, err));
    SS_TRY(open_file(path, &r->fd, &size, err));
    ss_arena_defer(own, close_file, r);
    SS_TRY(begin(r, header, key, size, err));
    *reader = r;
    return SS_OK;
}

uint64_t
ss_sealed_size(const ss_sealed_reader *r)
{
    return r->size;
}

ss_code
ss_sealed_next(ss_sealed_reader *r, const unsigned char **data, size_t *n, ss_error *err)
{
    const size_t whole = SS_SEALED_PIECE + MORE;
    const size_t wanted = r->left < whole ? (size_t) r->left : whole;
    unsigned char tag;
    unsigned long long opened;
    ssize_t got;

    *data = NULL;
    *n = 0;
    if (r->ended)
        return SS_OK;
    got = read_bytes(r->fd, r->sealed, wanted);
    if (got < 0)
        return failed("read", r->path, errno, err);
    r->left -= wanted;
    if ((size_t) got < wanted || wanted < MORE ||
        crypto_secretstream_xchacha20poly1305_pull(r->state, r->piece, &opened, &tag, r->sealed,
                                                   wanted, (const unsigned char *) r->associated,
                                                   r->nassociated) != 0 ||
        tag != (r->left == 0 ? IS_LAST : PASSED))
        return refuse(r->path, err);
    r->associated = NULL;
    r->nassociated = 0;
    r->ended = r->left == 0;
    /* Of an empty file the only piece is empty, and the end. */
    if (opened == 0)
        return SS_OK;
    *data = r->piece;
    *n = (size_t) opened;
    return SS_OK;
}

void
ss_sealed_close(ss_sealed_reader *r)
{
    if (r != NULL)
        ss_arena_free(r->arena);
}
