/*
 * Who is chosen: a keyed function of the person's primary key gives a uniform word, and those of the smallest words are
 * taken.  So it is the same people every night, whoever comes or goes; without the key nobody can tell who, nor see to it that
 * somebody is.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "base/try.h"
#include "forms/text.h"
#include "policy/amount.h"
#include "secret/prf.h"
#include "secret/private_file.h"
#include "subset/subset_internal.h"

#define FILE_MOST   ((size_t) 1 << 28)
#define KEY_COLUMNS 32 /* of an index of PostgreSQL, at most */
#define BUCKETS     65536

ss_person
ss_subset_person(const unsigned char *key, const unsigned char *const *texts, const size_t *lengths,
                 size_t n)
{
    ss_buf message = {0};
    ss_person person;

    for (size_t i = 0; i < n; i++)
    {
        ss_buf_put_u32(&message, (uint32_t) lengths[i]);
        ss_buf_append(&message, texts[i], lengths[i]);
    }
    ss_prf(key, message.data, message.len, person.words);
    ss_buf_done(&message);
    return person;
}

/* --- those who are to be left out ----------------------------------------------------------------- */

typedef struct asking
{
    const ss_subset *s;
    const char *label;
    const ss_table *people;
    ss_arena *arena;
    ss_person *list;
    size_t n, capacity;
} asking;

static ss_code
bad_line(const asking *a, size_t line, const char *why, ss_error *err)
{
    (void) ss_fail(err, SS_EMEND, "line %zu of \"%s\" is no key of %s: %s", line, a->label,
                   ss_printable(a->arena, a->people->label), why);
    return ss_hint(err,
                   "A line is a primary key as PostgreSQL writes it, with tabs between columns.");
}

/* A field as PostgreSQL writes a value of the column, where it is known how; the same bytes otherwise. */
static const char *
canonical(const asking *a, const ss_column *column, unsigned char *field, size_t *n)
{
    const ss_type *type =
        &a->s->plan->catalog->types[ss_catalog_base_type(a->s->plan->catalog, column->type)];

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

            field[i] = c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c;
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
    const ss_key *key = a->s->subset->identity;
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
        why = canonical(a, ss_table_attribute(a->people, key->attnums[i]), text, &lengths[i]);
        if (why != NULL)
            return bad_line(a, line, why, err);
        text += n + (tab != NULL);
        length -= n + (tab != NULL);
    }
    a->list = ss_grow(a->arena, a->list, a->n, &a->capacity, sizeof *a->list);
    a->list[a->n++] = ss_subset_person(a->s->key, fields, lengths, key->ncolumns);
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

static int
compare_people(const void *a, const void *b)
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
    qsort(a->list, a->n, sizeof *a->list, compare_people);
    for (size_t i = 0; i < a->n; i++)
    {
        if (n == 0 || compare_people(&a->list[n - 1], &a->list[i]) != 0)
            a->list[n++] = a->list[i];
    }
    a->n = n;
}

ss_code
ss_subset_read_asked(const ss_subset *s, ss_person **list, size_t *n, ss_error *err)
{
    const char *path = s->subset->policy->leave_out;
    asking a = {.s = s,
                .label = ss_printable(s->arena, path == NULL ? "" : path),
                .people = &s->plan->catalog->tables[s->subset->of],
                .arena = s->arena};
    ss_buf text = {0};
    ss_code code;

    *list = NULL;
    *n = 0;
    if (path == NULL)
        return SS_OK;
    code = read_file(path, a.label, &text, err);
    for (size_t at = 0, line = 1; at < text.len && code == SS_OK; line++)
    {
        const unsigned char *end = memchr(text.data + at, '\n', text.len - at);
        const size_t next = end == NULL ? text.len : (size_t) (end - text.data) + 1;
        size_t length = next - at - (end != NULL);

        if (length > 0 && text.data[at + length - 1] == '\r')
            length--;
        if (length > 0)
            code = add_line(&a, text.data + at, length, line, err);
        at = next;
    }
    ss_wipe(text.data, text.len);
    ss_buf_done(&text);
    if (code != SS_OK)
        return ss_note(err, "while reading who is to be left out");
    sort_people(&a);
    *list = a.list;
    *n = a.n;
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

/* --- those who are chosen ------------------------------------------------------------------------- */

static bool
may_be_chosen(const uint64_t *row)
{
    return (row[0] & (SS_ROW_OUT | SS_ROW_MATCHES)) == SS_ROW_MATCHES;
}

static int
compare_words(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *) a, y = *(const uint64_t *) b;

    return x < y ? -1 : x > y;
}

/* How many may be chosen, by the first 16 bits of their words. */
static uint64_t
count_people(const ss_subset *s, uint64_t *buckets)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; m->subset->part == SS_SUBSET_CHOSEN && r < m->n; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (!may_be_chosen(row))
                continue;
            buckets[*ss_row_person(m, row) >> 48]++;
            n++;
        }
    }
    return n;
}

/* The word of the wanted-th of them, wanted being from 1 to their number. */
static uint64_t
word_of_rank(const ss_subset *s, const uint64_t *buckets, uint64_t wanted)
{
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t below = 0, n = 0, word, *words;
    size_t b = 0;

    while (below + buckets[b] < wanted)
        below += buckets[b++];
    words = ss_alloc(scratch, (size_t) buckets[b], sizeof *words);
    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; m->subset->part == SS_SUBSET_CHOSEN && r < m->n; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (may_be_chosen(row) && *ss_row_person(m, row) >> 48 == b)
                words[n++] = *ss_row_person(m, row);
        }
    }
    qsort(words, (size_t) n, sizeof *words, compare_words);
    word = words[wanted - below - 1];
    ss_arena_free(scratch);
    return word;
}

/* The greatest word that is chosen: of a share the same whatever others there are, of a count that of the last. */
static uint64_t
greatest(const ss_subset *s, const uint64_t *buckets, uint64_t people)
{
    ss_amount amount;

    if (s->subset->policy->rows == NULL || !ss_amount_parse(s->subset->policy->rows, &amount))
        return UINT64_MAX;
    if (amount.is_share)
        return amount.share >= 100 ? UINT64_MAX : (uint64_t) ldexp(amount.share / 100, 64);
    return amount.rows == 0       ? 0
           : amount.rows < people ? word_of_rank(s, buckets, amount.rows)
                                  : UINT64_MAX;
}

ss_code
ss_subset_take_people(ss_subset *s, ss_error *err)
{
    uint64_t *buckets = ss_alloc(s->arena, BUCKETS, sizeof *buckets);
    const uint64_t people = count_people(s, buckets), most = greatest(s, buckets, people);
    uint64_t taken = 0;

    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; m->subset->part == SS_SUBSET_CHOSEN && r < m->n; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (!may_be_chosen(row) || *ss_row_person(m, row) > most)
                continue;
            row[0] |= SS_ROW_TAKEN;
            taken++;
        }
    }
    if (taken > 0)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "subset: nobody of %s is chosen",
                   s->plan->catalog->tables[s->subset->of].label);
    return ss_hint(err, people == 0 ? "where: of the subset holds for nobody, or all are to be "
                                      "left out."
                                    : "Say more rows: in the subset: of a small table a share may "
                                      "come to nobody; a count does not.");
}
