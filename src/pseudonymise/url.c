/*
 * Addresses of pages: scheme, port and where the slashes stand stay; the host is a keyed label below a domain that is reserved
 * for examples (RFC 2606), and each part behind it a keyed token of at most its own length.  The last one, which is of the whole
 * address, is as long as telling addresses apart takes.  Who it is that logs in is left out.
 */
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/contact.h"
#include "pseudonymise/identifier.h"
#include "pseudonymise/kind_text.h"
#include "secret/prf.h"

#define LABEL     8 /* characters of a host's name, where a path follows */
#define ROOM      512
#define PORT_MAX  5
#define SHORT_URL 32 /* of https://, a token and a domain */

static const char *const domains[] = {".example.com", ".example.org", ".example.net"};

typedef struct urls
{
    const ss_kind_column *column;
    const unsigned char *key, *part_key, *host_key;
    ss_buf folded, whole;
} urls;

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    if (!ss_type_is_text(&c->catalog->types[c->type.type]))
        return "it takes text";
    if (c->limit < SHORT_URL)
        return ss_strf(result, "the shortest has %d characters, and the column takes %zu",
                       SHORT_URL, c->limit);
    return NULL;
}

static ss_code
open_urls(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    urls *s = ss_alloc(arena, 1, sizeof *s);

    s->column = c;
    ss_buf_defer(arena, &s->folded);
    ss_buf_defer(arena, &s->whole);
    *state = s;
    SS_TRY(ss_key_room_use(keys, c->group, "url", "1", "whole", &s->key, err));
    SS_TRY(ss_key_room_use(keys, c->group, "url", "1", "part", &s->part_key, err));
    return ss_key_room_use(keys, c->group, "url", "1", "host", &s->host_key, err);
}

static bool
is_sign(char c)
{
    return c == '/' || c == '?' || c == '#' || c == '&' || c == '=';
}

typedef struct made /* what is written so far */
{
    char text[ROOM];
    size_t n;
    bool full;
} made;

static void
add(made *m, const char *text, size_t n)
{
    m->full = m->full || n > ROOM - m->n;
    if (m->full)
        return;
    memcpy(m->text + m->n, text, n);
    m->n += n;
}

static void
add_token(made *m, uint64_t word, size_t n)
{
    char token[SS_TOKEN];

    ss_kind_base32(word, n < SS_TOKEN ? n : SS_TOKEN, token);
    add(m, token, n < SS_TOKEN ? n : SS_TOKEN);
}

static void
add_host(urls *s, made *m, const char *host, size_t n, bool alone, const uint64_t whole[2])
{
    const char *at = memchr(host, '@', n), *port;
    ss_kind_inner name;
    size_t nport = 0;
    const char *folded;
    uint64_t words[2];

    for (const char *next = at; next != NULL;
         next = memchr(at + 1, '@', n - (size_t) (at + 1 - host)))
        at = next;
    if (at != NULL)
    {
        n -= (size_t) (at + 1 - host);
        host = at + 1;
    }
    for (port = host + n; port > host && port[-1] >= '0' && port[-1] <= '9';)
        port--;
    if (port > host && port[-1] == ':' && host + n - port <= PORT_MAX)
        nport = (size_t) (host + n - port) + 1;
    name = ss_kind_inner_of((const unsigned char *) host, n - nport, SIZE_MAX);
    folded = ss_kind_fold(name.text, name.n, &s->folded);
    ss_prf(s->host_key, folded, name.n, words);
    if (alone)
        add_token(m, whole[0], SS_TOKEN);
    else
        add_token(m, words[0], LABEL);
    add(m, domains[words[1] % 3], strlen(domains[0]));
    add(m, host + n - nport, nport);
}

/* What stands behind the host: signs as they are, and a token for what is between them. */
static void
add_path(const urls *s, made *m, const char *path, size_t n, const uint64_t whole[2])
{
    size_t last = n;

    while (last > 0 && is_sign(path[last - 1]))
        last--;
    for (size_t i = 0, end; i < n; i = end)
    {
        uint64_t words[2];

        end = i + 1;
        if (is_sign(path[i]))
        {
            add(m, path + i, 1);
            continue;
        }
        while (end < n && !is_sign(path[end]))
            end++;
        ss_prf(s->part_key, path + i, end - i, words);
        if (end == last)
            add_token(m, whole[0], SS_TOKEN);
        else
            add_token(m, words[0], end - i);
    }
}

static ss_code
replace(void *state, const ss_kind_rows *rows, size_t r, const unsigned char *value, size_t n,
        ss_batch_column *out, ss_kind_counts *counts, ss_error *err)
{
    urls *s = state;
    const char *text = s->column->folds ? ss_kind_fold(value, n, &s->whole) : (const char *) value;
    const char *scheme_end;
    const bool is_url = ss_is_url(text, n);
    made m = {.n = 0};
    uint64_t whole[2];

    (void) rows;
    (void) err;
    ss_prf(s->key, text, n, whole);
    if (is_url)
    {
        const char *host, *path, *end = text + n;
        bool alone = true;

        scheme_end = memchr(text, ':', n);
        host = scheme_end + strlen("://");
        for (path = host; path < end && !is_sign(*path);)
            path++;
        for (const char *c = path; c < end && alone; c++)
            alone = is_sign(*c);
        add(&m, text, (size_t) (host - text));
        add_host(s, &m, host, (size_t) (path - host), alone, whole);
        add_path(s, &m, path, (size_t) (end - path), whole);
    }
    if (!is_url || m.full || m.n > s->column->limit)
    {
        counts->fallbacks += !is_url;
        m = (made){.n = 0};
        add(&m, "https://", strlen("https://"));
        add_token(&m, whole[0], SS_TOKEN);
        add(&m, domains[whole[1] % 3], strlen(domains[0]));
    }
    ss_column_put_bytes(out, r, m.text, m.n);
    return SS_OK;
}

const ss_kind ss_kind_url = {
    .name = "url",
    .summary = "an address below example.com, .org or .net with as many parts, each a token",
    .standard = "RFC 2606",
    .version = "1",
    .guarantees = SS_UNIQUE | SS_UNIQUE_CASE | SS_JOINS | SS_FORMAT,
    .types = "text varchar char citext name",
    .refusal = refusal,
    .open = open_urls,
    .replace = replace,
};
