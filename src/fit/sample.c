#include "fit/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/pages.h"

#define TEXT_MOST   (SS_COUNTER_TEXT_MAX + 1) /* one byte more tells that there were more */
#define LARGE_BYTES ((size_t) 1 << 20)

/* One row as it waits to be chosen for good: where its record is. */
typedef struct entry
{
    uint64_t who, weight;
    size_t at, length; /* in records */
} entry;

/*
 * A record: npaths hashes; then of each column a byte, 1 for NULL, and unless it is NULL the number, or two bytes
 * of length and the text.
 */
struct ss_sampler
{
    size_t ncolumns, npaths, nself;
    ss_form *forms;
    uint16_t *most; /* bytes of a text, where limited */
    bool limited;
    size_t *self;
    ss_hash_key key;
    size_t most_rows, most_bytes;
    unsigned halved;
    ss_buf records;
    entry *entries;
    size_t n, capacity;
};

ss_sampler *
ss_sampler_new(const ss_fit_reading *reading, const size_t *self, size_t nself,
               const ss_hash_key *key, size_t most_rows, size_t most_bytes)
{
    ss_sampler *s = ss_must(calloc(1, sizeof *s));

    *s = (ss_sampler){.ncolumns = reading->n,
                      .npaths = reading->paths->n,
                      .nself = nself,
                      .key = *key,
                      .most_rows = most_rows,
                      .most_bytes = most_bytes};
    s->forms = ss_must(calloc(reading->n + 1, sizeof *s->forms));
    s->self = ss_must(calloc(nself + 1, sizeof *s->self));
    s->most = ss_must(calloc(reading->n + 1, sizeof *s->most));
    for (size_t c = 0; c < reading->n; c++)
    {
        s->forms[c] = reading->columns[c].form;
        s->most[c] = TEXT_MOST;
    }
    for (size_t i = 0; i < nself; i++)
        s->self[i] = self[i];
    return s;
}

void
ss_sampler_limit(ss_sampler *s, size_t column, size_t bytes)
{
    s->most[column] = (uint16_t) bytes;
    s->limited = true;
}

static void
forget_entries(ss_sampler *s)
{
    if (s->entries != NULL)
        ss_wipe(s->entries, s->n * sizeof *s->entries);
    free(s->entries);
    s->entries = NULL;
    s->n = s->capacity = 0;
}

void
ss_sampler_free(ss_sampler *s)
{
    if (s == NULL)
        return;
    forget_entries(s);
    ss_buf_done(&s->records);
    ss_wipe(&s->key, sizeof s->key);
    free(s->forms);
    free(s->most);
    free(s->self);
    free(s);
}

static bool
chosen(const ss_sampler *s, uint64_t who)
{
    return s->halved == 0 || who >> (64 - s->halved) == 0;
}

/* Only the rows of those who are chosen, one record behind the other. */
static void
compact(ss_sampler *s)
{
    size_t n = 0, length = 0;

    for (size_t i = 0; i < s->n; i++)
    {
        entry e = s->entries[i];

        if (!chosen(s, e.who))
            continue;
        memmove(s->records.data + length, s->records.data + e.at, e.length);
        e.at = length;
        length += e.length;
        s->entries[n++] = e;
    }
    ss_buf_keep_first(&s->records, length);
    s->n = n;
}

/* Half as many people, until their rows fit. */
static void
halve(ss_sampler *s)
{
    while (s->n > s->most_rows || s->records.len > s->most_bytes)
    {
        s->halved++;
        compact(s);
    }
}

/* Bytes that the record of a row needs, and no fewer than it takes. */
static size_t
room_of(const ss_sampler *s, const ss_batch *batch, size_t row)
{
    size_t bytes = s->npaths * sizeof(uint64_t) + s->ncolumns * (1 + sizeof(int64_t));

    for (size_t c = 0; c < s->ncolumns; c++)
    {
        size_t n = 0;

        if (s->forms[c] == SS_FORM_TEXT)
            (void) ss_column_bytes(&batch->columns[c], row, &n);
        bytes += n;
    }
    return bytes;
}

/*
 * Of a large table all that a sample may have, at once: growing in between, its records would be moved, and each page that is
 * written to for the first time costs more than what is written.
 */
static void
make_room(ss_sampler *s, size_t n)
{
    if (ss_buf_fits(&s->records, n))
        return;
    if (s->records.len < LARGE_BYTES || s->records.capacity >= s->most_bytes)
    {
        ss_buf_reserve(&s->records, n);
        return;
    }
    if (n < s->most_bytes - s->records.len)
        n = s->most_bytes - s->records.len;
    ss_buf_reserve(&s->records, n);
    ss_pages_large(s->records.data, s->records.capacity);
}

/* most: of each column, or NULL. */
static void
put_record(ss_sampler *s, const ss_batch *batch, const uint64_t *subjects, size_t row,
           const uint16_t *most)
{
    unsigned char *p;

    make_room(s, room_of(s, batch, row));
    p = s->records.data + s->records.len;
    if (s->npaths > 0)
        memcpy(p, subjects, s->npaths * sizeof *subjects);
    p += s->npaths * sizeof *subjects;
    for (size_t c = 0; c < s->ncolumns; c++)
    {
        const ss_batch_column *column = &batch->columns[c];
        const size_t bytes = most == NULL ? TEXT_MOST : most[c];
        const unsigned char *text;
        uint16_t length;
        size_t n;

        *p = column->null[row] || bytes == 0;
        if (*p++)
            continue;
        switch (s->forms[c])
        {
        case SS_FORM_I64:
            memcpy(p, &column->i64[row], sizeof column->i64[row]);
            p += sizeof column->i64[row];
            break;
        case SS_FORM_F64:
            memcpy(p, &column->f64[row], sizeof column->f64[row]);
            p += sizeof column->f64[row];
            break;
        case SS_FORM_TEXT:
            text = ss_column_bytes(column, row, &n);
            length = (uint16_t) (n > bytes ? bytes : n);
            memcpy(p, &length, sizeof length);
            memcpy(p + sizeof length, text, length);
            p += sizeof length + length;
            break;
        case SS_FORM_WIRE:
            break;
        }
    }
    *p = '\0'; /* as behind every buffer */
    s->records.len = (size_t) (p - s->records.data);
}

static uint64_t
hash_of(const ss_sampler *s, size_t at, size_t length)
{
    return ss_hash(&s->key, s->records.data + at, length);
}

/* Whose the row is: its own, the first path's; 0: nobody's. */
static uint64_t
who_of(const ss_sampler *s, const ss_fit_reading *reading, size_t row)
{
    if (s->nself > 0)
        return ss_hash_of_key(&s->key, reading->batch, s->self, s->nself, row);
    return s->npaths == 0 ? 0 : reading->behind.subjects[row * s->npaths];
}

/* By all that it holds, not by what is kept of it: else rows that are alike there came all or none. */
static uint64_t
nobodys(ss_sampler *s, const ss_batch *batch, const uint64_t *subjects, size_t row)
{
    const size_t at = s->records.len;
    uint64_t hash;

    put_record(s, batch, subjects, row, NULL);
    hash = hash_of(s, at, s->records.len - at);
    ss_buf_keep_first(&s->records, at);
    return hash;
}

void
ss_sampler_add(ss_sampler *s, const ss_fit_reading *reading)
{
    for (size_t row = 0; row < reading->batch->nrows; row++)
    {
        const uint64_t *subjects = reading->behind.subjects + row * s->npaths;
        const size_t at = s->records.len;
        uint64_t who = who_of(s, reading, row);

        if (who == 0)
            who = nobodys(s, reading->batch, subjects, row);
        if (!chosen(s, who))
            continue;
        put_record(s, reading->batch, subjects, row, s->most);
        if (s->n == s->capacity)
        {
            s->capacity = s->capacity == 0 ? SS_BATCH_ROWS : 2 * s->capacity;
            s->entries = ss_must(realloc(s->entries, s->capacity * sizeof *s->entries));
        }
        s->entries[s->n++] = (entry){who, reading->behind.weights[row], at, s->records.len - at};
    }
    halve(s);
}

void
ss_sampler_merge(ss_sampler *into, const ss_sampler *from)
{
    const size_t shift = into->records.len;

    into->halved = into->halved > from->halved ? into->halved : from->halved;
    ss_buf_append(&into->records, from->records.data, from->records.len);
    into->capacity = into->n + from->n;
    into->entries = ss_must(realloc(into->entries, (into->capacity + 1) * sizeof *into->entries));
    for (size_t i = 0; i < from->n; i++)
    {
        into->entries[into->n] = from->entries[i];
        into->entries[into->n++].at += shift;
    }
    /* Those of the side that had halved less often are still there. */
    compact(into);
    halve(into);
}

/* --- the rows in their order ------------------------------------------------------------------------ */

/* Of those who have several rows, these by what they hold. */
static void
order_rows_of_one(ss_ranked *order, size_t n, const uint64_t *hashes)
{
    if (n < 2)
        return;
    for (size_t i = 0; i < n; i++)
        order[i].key = hashes[order[i].of];
    ss_sort_ranked(order, n);
}

/* Entries by whose they are, then by their rows' hashes. */
static ss_ranked *
order_entries(const ss_sampler *s, const uint64_t *hashes)
{
    ss_ranked *order = ss_must(malloc((s->n + 1) * sizeof *order));

    for (size_t i = 0; i < s->n; i++)
        order[i] = (ss_ranked){s->entries[i].who, i};
    ss_sort_ranked(order, s->n);
    for (size_t first = 0, last; first < s->n; first = last)
    {
        const uint64_t who = order[first].key;

        for (last = first; last < s->n && order[last].key == who;)
            last++;
        order_rows_of_one(order + first, last - first, hashes);
    }
    return order;
}

static void
read_record(const ss_sampler *s, const entry *e, size_t r, ss_sample *out)
{
    const unsigned char *p = s->records.data + e->at;

    memcpy(out->subjects + r * s->npaths, p, s->npaths * sizeof *out->subjects);
    p += s->npaths * sizeof *out->subjects;
    for (size_t c = 0; c < s->ncolumns; c++)
    {
        ss_batch_column *column = &out->columns[c];
        uint16_t length;

        column->null[r] = *p++;
        if (column->end != NULL)
            column->end[r] = column->bytes.len;
        if (column->null[r])
            continue;
        switch (s->forms[c])
        {
        case SS_FORM_I64:
            memcpy(&column->i64[r], p, sizeof column->i64[r]);
            p += sizeof column->i64[r];
            break;
        case SS_FORM_F64:
            memcpy(&column->f64[r], p, sizeof column->f64[r]);
            p += sizeof column->f64[r];
            break;
        case SS_FORM_TEXT:
            memcpy(&length, p, sizeof length);
            p += sizeof length;
            ss_buf_append(&column->bytes, p, length);
            column->end[r] = column->bytes.len;
            p += length;
            break;
        case SS_FORM_WIRE:
            break;
        }
    }
}

static void
done_column(void *arg)
{
    ss_buf_done(arg);
}

ss_sample *
ss_sampler_end(ss_sampler *s, ss_arena *result)
{
    ss_sample *out = ss_alloc(result, 1, sizeof *out);
    const size_t n = s->n;
    uint64_t *hashes = ss_must(malloc((n + 1) * sizeof *hashes));
    ss_ranked *order;

    *out = (ss_sample){.n = n, .ncolumns = s->ncolumns, .npaths = s->npaths, .halved = s->halved};
    out->columns = ss_alloc(result, s->ncolumns + 1, sizeof *out->columns);
    out->subjects = ss_alloc(result, n * s->npaths + 1, sizeof *out->subjects);
    out->weights = ss_alloc(result, n + 1, sizeof *out->weights);
    out->who = ss_alloc(result, n + 1, sizeof *out->who);
    out->row = ss_alloc(result, n + 1, sizeof *out->row);
    for (size_t c = 0; c < s->ncolumns; c++)
    {
        ss_batch_column *column = &out->columns[c];

        column->form = s->forms[c];
        column->null = ss_alloc(result, n + 1, sizeof *column->null);
        if (s->forms[c] == SS_FORM_I64)
            column->i64 = ss_alloc(result, n + 1, sizeof *column->i64);
        if (s->forms[c] == SS_FORM_F64)
            column->f64 = ss_alloc(result, n + 1, sizeof *column->f64);
        if (s->forms[c] != SS_FORM_TEXT)
            continue;
        column->end = ss_alloc(result, n + 1, sizeof *column->end);
        ss_arena_defer(result, done_column, &column->bytes);
    }
    for (size_t i = 0; i < n; i++)
        hashes[i] = hash_of(s, s->entries[i].at, s->entries[i].length);
    order = order_entries(s, hashes);
    for (size_t r = 0; r < n; r++)
    {
        const entry *e = &s->entries[order[r].of];

        read_record(s, e, r, out);
        out->weights[r] = e->weight;
        out->who[r] = e->who;
        out->row[r] = hashes[order[r].of];
    }
    ss_wipe(order, n * sizeof *order);
    ss_wipe(hashes, n * sizeof *hashes);
    free(order);
    free(hashes);
    forget_entries(s);
    ss_buf_done(&s->records);
    return out;
}

bool
ss_sample_enough(const ss_sample *s, const ss_people *people, const ss_ranked *rows, size_t n,
                 uint64_t *sets)
{
    memset(sets, 0, people->npaths * people->k * sizeof *sets);
    for (size_t i = 0; i < n; i++)
    {
        ss_people_add(people, sets, s->subjects + rows[i].of * s->npaths);
        if (ss_people_full(people, sets))
            return true;
    }
    return ss_people_enough(people, sets);
}
