/* Who is never in a sandbox: a file of primary keys, one a line, which nobody else may read. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/try.h"
#include "secret/prf.h"
#include "secret/private_file.h"
#include "subset/subset_internal.h"

#define FILE_MOST   ((size_t) 1 << 28)
#define KEY_COLUMNS 32 /* of an index of PostgreSQL, at most */

typedef struct asking
{
    const ss_asked_file *file;
    ss_arena *arena;
    ss_person *list;
    size_t n, capacity;
} asking;

static ss_code
bad_line(const asking *a, size_t line, const char *why, ss_error *err)
{
    (void) ss_fail(err, SS_EMEND, "line %zu of \"%s\" is no key of %s: %s", line, a->file->label,
                   ss_printable(a->arena, a->file->people->label), why);
    return ss_hint(err,
                   "A line is a primary key as PostgreSQL writes it, with tabs between columns.");
}

/* A field as PostgreSQL writes a value of the column, where it is known how; the same bytes otherwise. */
static const char *
canonical(const asking *a, const ss_column *column, unsigned char *field, size_t *n)
{
    const ss_catalog *catalog = a->file->catalog;
    const ss_type *type = &catalog->types[ss_catalog_base_type(catalog, column->type)];

    if (ss_type_is_integer(type))
    {
        char text[24];
        int64_t number;

        if (*n >= sizeof text)
            return "it is not a whole number";
        memcpy(text, field, *n);
        text[*n] = '\0';
        if (!ss_parse_i64(text, &number))
            return "it is not a whole number";
        *n = (size_t) snprintf((char *) field, *n + 1, "%lld", (long long) number);
        return NULL;
    }
    if (ss_type_is(type, "uuid"))
    {
        for (size_t i = 0; i < *n; i++)
        {
            const unsigned char c = field[i];
            const bool dash = i == 8 || i == 13 || i == 18 || i == 23;

            field[i] = (unsigned char) (c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
            if (dash ? c != '-' : strchr("0123456789abcdef", field[i]) == NULL || c == '\0')
                return "it is not a uuid of 36 characters";
        }
        return *n == 36 ? NULL : "it is not a uuid of 36 characters";
    }
    while (ss_type_is(type, "bpchar") && *n > 0 && field[*n - 1] == ' ')
        (*n)--;
    return NULL;
}

static ss_code
add_line(asking *a, unsigned char *text, size_t length, size_t line, ss_error *err)
{
    const ss_key *key = a->file->identity;
    const unsigned char *fields[KEY_COLUMNS];
    size_t lengths[KEY_COLUMNS];

    for (size_t i = 0; i < key->ncolumns; i++)
    {
        unsigned char *tab = i + 1 < key->ncolumns ? memchr(text, '\t', length) : NULL;
        const size_t n = tab == NULL ? length : (size_t) (tab - text);
        const char *why;

        if (i + 1 < key->ncolumns && tab == NULL)
            return bad_line(a, line, "it has too few columns", err);
        fields[i] = text;
        lengths[i] = n;
        why = canonical(a, ss_table_attribute(a->file->people, key->attnums[i]), text, &lengths[i]);
        if (why != NULL)
            return bad_line(a, line, why, err);
        text += n + (tab != NULL);
        length -= n + (tab != NULL);
    }
    a->list = ss_grow(a->arena, a->list, a->n, &a->capacity, sizeof *a->list);
    a->list[a->n++] = ss_subset_person(a->file->key, fields, lengths, key->ncolumns);
    return SS_OK;
}

static ss_code
read_file(const char *path, const char *label, ss_buf *text, ss_error *err)
{
    ss_code code = SS_OK;
    ssize_t got = 1;
    int fd;

    SS_TRY(ss_private_file_open(path, label, &fd, err));
    while (code == SS_OK && got != 0)
    {
        if (!ss_buf_try_reserve(text, 65536) || text->len > FILE_MOST)
        {
            code = ss_fail(err, SS_EMEND, "\"%s\" is too long", label);
            continue;
        }
        got = read(fd, text->data + text->len, 65536);
        if (got > 0)
            text->len += (size_t) got;
        else if (got < 0 && errno != EINTR)
            code = ss_fail(err, SS_EMEND, "could not read \"%s\": %s", label, strerror(errno));
    }
    (void) close(fd);
    return code;
}

int
ss_person_compare(const void *a, const void *b)
{
    const ss_person *x = a, *y = b;

    for (size_t i = 0; i < 2; i++)
    {
        if (x->words[i] != y->words[i])
            return x->words[i] < y->words[i] ? -1 : 1;
    }
    return 0;
}

static void
sort_people(asking *a)
{
    size_t n = 0;

    if (a->n == 0)
        return;
    qsort(a->list, a->n, sizeof *a->list, ss_person_compare);
    for (size_t i = 0; i < a->n; i++)
    {
        if (n == 0 || ss_person_compare(&a->list[n - 1], &a->list[i]) != 0)
            a->list[n++] = a->list[i];
    }
    a->n = n;
}

ss_code
ss_subset_parse_asked(const ss_asked_file *file, unsigned char *text, size_t n, ss_arena *arena,
                      ss_person **list, size_t *count, ss_error *err)
{
    asking a = {.file = file, .arena = arena};

    for (size_t at = 0, line = 1; at < n; line++)
    {
        const unsigned char *end = memchr(text + at, '\n', n - at);
        const size_t next = end == NULL ? n : (size_t) (end - text) + 1;
        size_t length = next - at - (end != NULL);

        if (length > 0 && text[at + length - 1] == '\r')
            length--;
        if (length > 0)
            SS_TRY(add_line(&a, text + at, length, line, err));
        at = next;
    }
    sort_people(&a);
    *list = a.list;
    *count = a.n;
    return SS_OK;
}

ss_code
ss_subset_read_asked(const ss_subset *s, ss_person **list, size_t *n, ss_error *err)
{
    const char *path = s->subset->policy->leave_out;
    const ss_asked_file file = {.label = ss_printable(s->arena, path == NULL ? "" : path),
                                .catalog = s->plan->catalog,
                                .people = &s->plan->catalog->tables[s->subset->of],
                                .identity = s->subset->identity,
                                .key = s->key};
    ss_buf text = {0};
    ss_code code;

    *list = NULL;
    *n = 0;
    if (path == NULL)
        return SS_OK;
    code = read_file(path, file.label, &text, err);
    if (code == SS_OK)
        code = ss_subset_parse_asked(&file, text.data, text.len, s->arena, list, n, err);
    ss_wipe(text.data, text.len);
    ss_buf_done(&text);
    if (code != SS_OK)
        return ss_note(err, "while reading who is to be left out");
    return SS_OK;
}

ss_code
ss_subset_digest(const ss_plan *plan, ss_key_room *keys, ss_arena *arena, const char **digest,
                 ss_error *err)
{
    const char *path = plan->subset == NULL ? NULL : plan->subset->policy->leave_out;
    const unsigned char *key;
    ss_buf text = {0};
    uint64_t words[2];
    ss_code code;

    *digest = NULL;
    if (path == NULL)
        return SS_OK;
    SS_TRY(ss_subset_use_key(plan, keys, "digest", &key, err));
    code = read_file(path, ss_printable(arena, path), &text, err);
    if (code == SS_OK)
    {
        ss_prf(key, text.data, text.len, words);
        *digest = ss_strf(arena, "%016llx%016llx", (unsigned long long) words[0],
                          (unsigned long long) words[1]);
    }
    ss_wipe(text.data, text.len);
    ss_buf_done(&text);
    return code;
}
