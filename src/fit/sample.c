#include "fit/sample.h"

#include <stdlib.h>
#include <string.h>

#include "base/order.h"

#define TEXT_MOST (SS_COUNTER_TEXT_MAX + 1) /* one byte more tells that there were more */

#define CHUNK ((size_t) 1 << 20)

/*
 * One row as it waits to be chosen for good, its record behind it: npaths hashes; then of each column a byte, 1 for NULL,
 * and unless it is NULL the number, or two bytes of length and the text.
 */
typedef struct entry
{
    uint64_t who, weight;
    size_t length;
} entry;

/* Entries one behind the other, none of them across two chunks. */
typedef struct chunk
{
    unsigned char *data;
    size_t used, room;
} chunk;

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
    ss_arena *arena; /* of chunks, whose blocks go from table to table */
    chunk *chunks;
    size_t nchunks, capacity, at; /* which is filled; those behind it are empty */
    size_t n, bytes;              /* entries, and their records' bytes */
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
                      .most_bytes = most_bytes,
                      .arena = ss_arena_new(NULL)};
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

void
ss_sampler_free(ss_sampler *s)
{
    if (s == NULL)
        return;
    ss_arena_free(s->arena);
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

/* Where the next entry goes, with room for a record of so many bytes. */
static unsigned char *
make_room(ss_sampler *s, size_t bytes)
{
    chunk *c;

    while (s->at < s->nchunks &&
           s->chunks[s->at].room - s->chunks[s->at].used < sizeof(entry) + bytes)
        s->at++;
    if (s->at == s->nchunks)
    {
        s->chunks = ss_grow(s->arena, s->chunks, s->nchunks, &s->capacity, sizeof *s->chunks);
        c = &s->chunks[s->nchunks++];
        c->used = 0;
        c->room = sizeof(entry) + bytes > CHUNK ? sizeof(entry) + bytes : CHUNK;
        c->data = ss_alloc(s->arena, c->room, 1);
    }
    c = &s->chunks[s->at];
    return c->data + c->used;
}

/* What stands where there was room for it is one more. */
static void
add_entry(ss_sampler *s, const entry *e)
{
    chunk *c = &s->chunks[s->at];

    memcpy(c->data + c->used, e, sizeof *e);
    c->used += sizeof *e + e->length;
    s->n++;
    s->bytes += e->length;
}

static entry
entry_at(const unsigned char *at)
{
    entry e;

    memcpy(&e, at, sizeof e);
    return e;
}

/*
 * Only the rows of those who are chosen, one behind the other: each goes to where it was, or before.  What is left of the
 * others is written over, or wiped with the arena.
 */
static void
compact(ss_sampler *s)
{
    const size_t n = s->nchunks;

    s->at = s->n = s->bytes = 0;
    for (size_t i = 0; i < n; i++)
    {
        chunk *from = &s->chunks[i];
        const size_t used = from->used;

        from->used = 0;
        for (size_t at = 0; at < used;)
        {
            const unsigned char *p = from->data + at;
            const entry e = entry_at(p);

            at += sizeof e + e.length;
            if (!chosen(s, e.who))
                continue;
            memmove(make_room(s, e.length) + sizeof e, p + sizeof e, e.length);
            add_entry(s, &e);
        }
    }
}

/* Half as many people, until their rows fit. */
static void
halve(ss_sampler *s)
{
    while (s->n > s->most_rows || s->bytes > s->most_bytes)
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
        const size_t most = s->most[c] > TEXT_MOST ? s->most[c] : TEXT_MOST;
        size_t n = 0;

        if (s->forms[c] == SS_FORM_TEXT)
            (void) ss_column_bytes(&batch->columns[c], row, &n);
        bytes += n > most ? most : n;
    }
    return bytes;
}

/* Behind p, with room_of() bytes; most: of each column, or NULL.  Returns its length. */
static size_t
put_record(const ss_sampler *s, const ss_batch *batch, const uint64_t *subjects, size_t row,
           const uint16_t *most, unsigned char *to)
{
    unsigned char *p = to;

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
    return (size_t) (p - to);
}

/* Whose the row is: its own, the first path's; 0: nobody's. */
static uint64_t
who_of(const ss_sampler *s, const ss_fit_reading *reading, size_t row)
{
    if (s->nself > 0)
        return ss_hash_of_key(&s->key, reading->batch, s->self, s->nself, row);
    return s->npaths == 0 ? 0 : reading->behind.subjects[row * s->npaths];
}

void
ss_sampler_add(ss_sampler *s, const ss_fit_reading *reading)
{
    for (size_t row = 0; row < reading->batch->nrows; row++)
    {
        const ss_batch *batch = reading->batch;
        const uint64_t *subjects = reading->behind.subjects + row * s->npaths;
        entry e = {.who = who_of(s, reading, row), .weight = reading->behind.weights[row]};
        unsigned char *record;

        if (e.who != 0 && !chosen(s, e.who))
            continue;
        record = make_room(s, room_of(s, batch, row)) + sizeof e;
        if (e.who == 0)
        {
            /* By all that it holds, not by what is kept of it: else rows that are alike there came all or none. */
            e.length = put_record(s, batch, subjects, row, NULL, record);
            e.who = ss_hash(&s->key, record, e.length);
            if (s->limited)
                e.length = 0;
        }
        if (!chosen(s, e.who))
            continue;
        if (e.length == 0)
            e.length = put_record(s, batch, subjects, row, s->most, record);
        add_entry(s, &e);
    }
    halve(s);
}

void
ss_sampler_merge(ss_sampler *into, const ss_sampler *from)
{
    into->halved = into->halved > from->halved ? into->halved : from->halved;
    for (size_t i = 0; i < from->nchunks; i++)
    {
        const chunk *c = &from->chunks[i];

        for (size_t at = 0; at < c->used;)
        {
            const entry e = entry_at(c->data + at);

            memcpy(make_room(into, e.length) + sizeof e, c->data + at + sizeof e, e.length);
            add_entry(into, &e);
            at += sizeof e + e.length;
        }
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

/* Where the entries are, and hashes of what they hold. */
static void
list_entries(const ss_sampler *s, const unsigned char **places, uint64_t *hashes)
{
    size_t n = 0;

    for (size_t i = 0; i < s->nchunks; i++)
    {
        const chunk *c = &s->chunks[i];

        for (size_t at = 0; at < c->used;)
        {
            const entry e = entry_at(c->data + at);

            places[n] = c->data + at;
            hashes[n++] = ss_hash(&s->key, c->data + at + sizeof e, e.length);
            at += sizeof e + e.length;
        }
    }
}

/* Entries by whose they are, then by their rows' hashes. */
static void
order_entries(const unsigned char *const *places, const uint64_t *hashes, size_t n,
              ss_ranked *order)
{
    for (size_t i = 0; i < n; i++)
        order[i] = (ss_ranked){entry_at(places[i]).who, i};
    ss_sort_ranked(order, n);
    for (size_t first = 0, last; first < n; first = last)
    {
        const uint64_t who = order[first].key;

        for (last = first; last < n && order[last].key == who;)
            last++;
        order_rows_of_one(order + first, last - first, hashes);
    }
}

static void
read_record(const ss_sampler *s, const unsigned char *p, size_t r, ss_sample *out)
{
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
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t *hashes = ss_alloc(scratch, n + 1, sizeof *hashes);
    const unsigned char **places = ss_alloc(scratch, n + 1, sizeof(unsigned char *));
    ss_ranked *order = ss_alloc(scratch, n + 1, sizeof *order);

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
    list_entries(s, places, hashes);
    order_entries(places, hashes, n, order);
    for (size_t r = 0; r < n; r++)
    {
        const unsigned char *place = places[order[r].of];
        const entry e = entry_at(place);

        read_record(s, place + sizeof e, r, out);
        out->weights[r] = e.weight;
        out->who[r] = e.who;
        out->row[r] = hashes[order[r].of];
    }
    ss_arena_free(scratch);
    ss_arena_reset(s->arena);
    s->chunks = NULL;
    s->nchunks = s->capacity = s->at = s->n = s->bytes = 0;
    return out;
}
