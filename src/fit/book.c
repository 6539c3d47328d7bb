#include "fit/book.h"

#include <stdlib.h>
#include <string.h>

#include "fit/inside.h"
#include "stats/bins.h"

#define INTERVALS 64

struct ss_fit_coder
{
    const ss_fit_column *column;
    const ss_book *book;
    ss_hash_key key;
    uint32_t *slots; /* of categories: 1 + code by hash, or 0 */
    size_t mask;
    size_t *lengths;
};

/* --- numbers ---------------------------------------------------------------------------------------- */

typedef struct behind /* who stands behind runs of equal values */
{
    const ss_people *people;
    const uint64_t *subjects; /* of each row */
    const uint32_t *rows;     /* by their values */
    const size_t *starts;     /* of each run, and one more */
    uint64_t *sets;
} behind;

/* Do k people have the values of n runs together? */
static bool
enough(void *arg, const size_t *runs, size_t n)
{
    const behind *b = arg;

    memset(b->sets, 0, b->people->npaths * b->people->k * sizeof *b->sets);
    for (size_t i = 0; i < n; i++)
    {
        for (size_t at = b->starts[runs[i]]; at < b->starts[runs[i] + 1]; at++)
            ss_people_add(b->people, b->sets,
                          b->subjects + (size_t) b->rows[at] * b->people->npaths);
        if (ss_people_full(b->people, b->sets))
            return true;
    }
    return ss_people_enough(b->people, b->sets);
}

void
ss_fit_book_bins(ss_fit_unit *units, size_t n, const uint64_t *subjects, const uint64_t *weights,
                 const ss_people *people, uint32_t intervals, ss_arena *result, ss_book *book)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_bins_run *runs = ss_alloc(scratch, n + 1, sizeof *runs);
    uint32_t *rows = ss_alloc(scratch, n + 1, sizeof *rows);
    size_t *starts = ss_alloc(scratch, n + 2, sizeof *starts), nruns = 0;
    uint64_t weight = 0, rows_before = 0;
    behind b = {.people = people,
                .subjects = subjects,
                .rows = rows,
                .starts = starts,
                .sets = ss_alloc(scratch, people->npaths * people->k + 1, sizeof *b.sets)};
    const ss_bins_options o = {.k = people->k, .intervals = intervals, .enough = enough, .arg = &b};
    ss_bins bins;

    ss_fit_sort_units(units, n);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t) units[i].row;
    for (size_t first = 0, last; first < n; first = last)
    {
        for (last = first; last < n && units[last].value == units[first].value;)
            last++;
        starts[nruns] = first;
        /* As they are counted: where many intervals are, one person would have many rows. */
        for (size_t i = first; i < last; i++)
            weight += weights[units[i].row];
        runs[nruns++] =
            (ss_bins_run){.value = units[first].value, .rows = ss_whole_rows(weight) - rows_before};
        rows_before = ss_whole_rows(weight);
        starts[nruns] = last;
    }
    ss_bins_make(runs, nruns, &o, result, &bins);
    book->kind = SS_BOOK_BINS;
    book->nvalues = bins.n;
    book->upper = bins.upper;
    book->spike = bins.spike;
    ss_arena_free(scratch);
}

static void
make_bins(const ss_fit_column *c, const ss_sample *s, size_t at, uint64_t most, ss_arena *result,
          ss_book *book)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const ss_fit_who *who = c->who;
    const ss_people people = {
        .k = who->k, .npaths = who->npaths, .may_be_empty = who->may_be_empty};
    ss_fit_unit *units = ss_alloc(scratch, s->n + 1, sizeof *units);
    size_t n = 0;

    for (size_t r = 0; r < s->n; r++)
    {
        if (!ss_fit_column_units(c, &s->columns[at], r, &units[n].value))
            continue;
        units[n++].row = r;
    }
    ss_fit_book_bins(units, n, s->subjects, s->weights, &people, INTERVALS, result, book);
    ss_fit_inside(units, n, s, &people, most, result, book);
    ss_arena_free(scratch);
}

/* --- texts ------------------------------------------------------------------------------------------ */

static int
by_count(const void *a, const void *b)
{
    const ss_count *x = a, *y = b;

    if (x->enough != y->enough)
        return x->enough ? -1 : 1;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    return strcmp(x->text, y->text);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static size_t
slot_of(const ss_fit_coder *coder, const unsigned char *text, size_t n)
{
    size_t i = (size_t) ss_hash(&coder->key, text, n) & coder->mask;

    for (; coder->slots[i] != 0; i = (i + 1) & coder->mask)
    {
        const uint32_t code = coder->slots[i] - 1;

        if (coder->lengths[code] == n && memcmp(coder->book->texts[code], text, n) == 0)
            break;
    }
    return i;
}

/* The most frequent of those that k people have; whole tables were counted, and the sample alone where they have too many. */
static void
make_categories(ss_fit_coder *coder, ss_book *book, ss_arena *result, ss_arena *scratch)
{
    size_t n = 0, slots = 16;
    const ss_fit_column *c = coder->column;
    ss_count *list = ss_counter_list(c->frequent != NULL ? c->frequent : c->values, &n);

    if (n > 0)
        qsort(list, n, sizeof *list, by_count);
    book->texts = ss_alloc(result, SS_FIT_BOOK_TEXTS_MAX + 1, sizeof *book->texts);
    for (size_t i = 0; i < n && list[i].enough && book->nvalues < SS_FIT_BOOK_TEXTS_MAX; i++)
    {
        /* PostgreSQL's texts hold no NUL; bytes of others may, and are no categories. */
        if (strlen(list[i].text) == list[i].text_length)
            book->texts[book->nvalues++] = ss_strndup(result, list[i].text, list[i].text_length);
    }
    free(list);
    qsort(book->texts, book->nvalues, sizeof *book->texts, by_text);
    while (slots < 4 * (size_t) book->nvalues)
        slots *= 2;
    coder->mask = slots - 1;
    coder->slots = ss_alloc(scratch, slots, sizeof *coder->slots);
    coder->lengths = ss_alloc(scratch, book->nvalues + 1, sizeof *coder->lengths);
    for (uint32_t i = 0; i < book->nvalues; i++)
    {
        coder->lengths[i] = strlen(book->texts[i]);
        coder->slots[slot_of(coder, (const unsigned char *) book->texts[i], coder->lengths[i])] =
            i + 1;
    }
}

/* --- books ------------------------------------------------------------------------------------------ */

ss_fit_coder *
ss_fit_book_make(const ss_fit_column *c, ss_marginal_kind kind, size_t column,
                 const ss_sample *sample, size_t at, uint64_t most, const ss_hash_key *key,
                 ss_arena *result, ss_arena *scratch, ss_book **book)
{
    const size_t base = ss_catalog_base_type(c->catalog, c->column->type);
    const ss_type *type = base == SS_NONE ? NULL : &c->catalog->types[base];
    ss_fit_coder *coder = ss_alloc(scratch, 1, sizeof *coder);
    ss_book *b = ss_alloc(result, 1, sizeof *b);

    *coder = (ss_fit_coder){.column = c, .book = b, .key = *key};
    *b = (ss_book){.kind = SS_BOOK_PRESENT, .column = column, .nulls = c->null_people != NULL};
    /* Of what runs as shape it is told which are NULL, and nothing of what nobody has decided. */
    if (c->values == NULL && c->decision->class == SS_CLASS_UNDECIDED)
        return NULL;
    if (c->values == NULL || kind == SS_MARGINAL_SHAPE)
        b->nvalues = 1;
    else if (c->kind == SS_MARGINAL_NUMBER)
    {
        make_bins(c, sample, at, most, result, b);
    }
    else if (c->kind == SS_MARGINAL_CATEGORIES && c->lengths == NULL && type != NULL)
    {
        b->kind = SS_BOOK_DECLARED;
        b->nvalues = type->kind == SS_TYPE_ENUM ? (uint32_t) type->nlabels : 2;
    }
    else if (ss_marginal_has_texts(c->kind) &&
             (c->frequent != NULL || !ss_counter_overflowed(c->values)))
    {
        b->kind = SS_BOOK_CATEGORIES;
        make_categories(coder, b, result, scratch);
    }
    else
        b->nvalues = 1;
    if (ss_book_ncodes(b) < 2 || ss_book_ncodes(b) > SS_CODES_MAX)
        return NULL;
    *book = b;
    return coder;
}

static uint32_t
code_of(const ss_fit_coder *coder, const ss_batch_column *values, size_t r)
{
    const ss_book *b = coder->book;
    char room[SS_FIT_NUMBER_TEXT];
    const unsigned char *text;
    int64_t units;
    size_t n, slot;

    if (values->null[r])
        return b->nulls ? ss_book_null(b) : 0;
    switch (b->kind)
    {
    case SS_BOOK_PRESENT:
        return 0;
    case SS_BOOK_DECLARED:
        return values->i64[r] >= 0 && values->i64[r] < (int64_t) b->nvalues
                   ? (uint32_t) values->i64[r]
                   : 0;
    case SS_BOOK_CATEGORIES:
        text = ss_fit_column_text(values, r, room, &n);
        slot = slot_of(coder, text, n);
        return coder->slots[slot] == 0 ? ss_book_other(b) : coder->slots[slot] - 1;
    case SS_BOOK_BINS:
        return ss_fit_column_units(coder->column, values, r, &units) ? ss_book_bin(b, units)
                                                                     : ss_book_other(b);
    }
    return 0;
}

void
ss_fit_book_codes(const ss_fit_coder *coder, const ss_batch_column *values, size_t n,
                  uint16_t *codes)
{
    for (size_t r = 0; r < n; r++)
        codes[r] = (uint16_t) code_of(coder, values, r);
}
