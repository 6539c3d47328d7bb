/* qsort_r() */
#define _GNU_SOURCE

#include "rows/sorter.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/nameless.h"
#include "base/try.h"

#define MERGE_BYTES  ((size_t) 4 << 20) /* of all runs that are merged together */
#define MERGE_RUNS   256 /* at once: where there are more, some of them become one first */
#define WRITE_BYTES  ((size_t) 1 << 18)
#define FORGET_BYTES (UINT64_C(1) << 20) /* of a run, read: their room in the file is given back */

typedef struct head /* of a row, before its bytes */
{
    ss_sort_key key;
    uint64_t n;
} head;

typedef struct entry
{
    uint64_t word; /* the key's first */
    size_t at;     /* in rows */
} entry;

typedef struct run
{
    uint64_t at, end; /* in the file */
    uint64_t there;   /* from here on: what is before it was given back */
    ss_buf part;      /* what is read of it and not yet put */
    size_t from;      /* in part: behind the next row's head */
    head next;
} run;

struct ss_sorter
{
    ss_nameless *file;
    size_t run_bytes;
    ss_buf rows;            /* each behind its head */
    entry *entries, *other; /* as many: where they are sorted to */
    size_t n, capacity;
    ss_buf out; /* of the run that is being written */
    run *runs;
    size_t nruns, run_capacity;
    run *heap[MERGE_RUNS]; /* the one with the least row first */
    size_t nheap;
    ss_buf row; /* that is put */
};

static void
done(void *arg)
{
    ss_sorter *s = arg;

    for (size_t i = 0; i < s->nruns; i++)
        ss_buf_done(&s->runs[i].part);
    free(s->runs);
    free(s->entries);
    free(s->other);
    ss_buf_done(&s->rows);
    ss_buf_done(&s->out);
    ss_buf_done(&s->row);
}

ss_sorter *
ss_sorter_new(ss_arena *arena, const char *folder, size_t run_bytes)
{
    ss_sorter *s = ss_alloc(arena, 1, sizeof *s);

    s->run_bytes = run_bytes;
    s->file =
        ss_nameless_new(arena, folder,
                        "Rows are put in order there: it needs as much room as the tables that "
                        "are copied at once.");
    ss_arena_defer(arena, done, s);
    return s;
}

/* --- in ------------------------------------------------------------------------------------------- */

static int
compare_keys(const ss_sort_key *a, const ss_sort_key *b)
{
    for (size_t i = 0; i < SS_SORT_WORDS; i++)
    {
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    }
    return 0;
}

static head
head_at(const ss_sorter *s, size_t at)
{
    head h;

    memcpy(&h, s->rows.data + at, sizeof h);
    return h;
}

/* By the first word, a byte at a time, the last first; bytes that all have are left out. */
static void
sort_by_words(ss_sorter *s)
{
    for (unsigned shift = 0; shift < 64; shift += 8)
    {
        size_t counts[257] = {0};
        entry *held;

        for (size_t i = 0; i < s->n; i++)
            counts[(s->entries[i].word >> shift & 255) + 1]++;
        if (s->n > 0 && counts[(s->entries[0].word >> shift & 255) + 1] == s->n)
            continue;
        for (size_t i = 1; i < 257; i++)
            counts[i] += counts[i - 1];
        for (size_t i = 0; i < s->n; i++)
            s->other[counts[s->entries[i].word >> shift & 255]++] = s->entries[i];
        held = s->entries;
        s->entries = s->other;
        s->other = held;
    }
}

static int
compare_entries(const void *a, const void *b, void *sorter)
{
    const head x = head_at(sorter, ((const entry *) a)->at);
    const head y = head_at(sorter, ((const entry *) b)->at);

    return compare_keys(&x.key, &y.key);
}

static void
sort_entries(ss_sorter *s)
{
    sort_by_words(s);
    for (size_t i = 0, n; i < s->n; i += n)
    {
        for (n = 1; i + n < s->n && s->entries[i + n].word == s->entries[i].word;)
            n++;
        if (n > 1)
            qsort_r(s->entries + i, n, sizeof *s->entries, compare_entries, s);
    }
}

static ss_code
write_out(ss_sorter *s, ss_error *err)
{
    SS_TRY(ss_nameless_append(s->file, s->out.data, s->out.len, err));
    ss_buf_clear(&s->out);
    return SS_OK;
}

static void
add_run(ss_sorter *s, uint64_t at)
{
    if (s->nruns == s->run_capacity)
    {
        s->run_capacity = 2 * s->run_capacity + 16;
        s->runs = realloc(s->runs, s->run_capacity * sizeof *s->runs);
        if (s->runs == NULL)
            ss_out_of_memory();
    }
    s->runs[s->nruns++] = (run){.at = at, .end = ss_nameless_end(s->file), .there = at};
}

static ss_code
write_run(ss_sorter *s, ss_error *err)
{
    const uint64_t at = ss_nameless_end(s->file);

    sort_entries(s);
    for (size_t i = 0; i < s->n; i++)
    {
        const size_t row = s->entries[i].at, n = sizeof(head) + head_at(s, row).n;

        if (!ss_buf_try_reserve(&s->out, n))
            return ss_fail(err, SS_ERETRY, "not enough memory for a row of %zu bytes", n);
        ss_buf_append(&s->out, s->rows.data + row, n);
        if (s->out.len >= WRITE_BYTES)
            SS_TRY(write_out(s, err));
    }
    SS_TRY(write_out(s, err));
    add_run(s, at);
    s->n = 0;
    /* What a large row took goes back. */
    if (s->rows.capacity > 2 * s->run_bytes)
        ss_buf_done(&s->rows);
    if (s->out.capacity > 2 * s->run_bytes)
        ss_buf_done(&s->out);
    ss_buf_clear(&s->rows);
    return SS_OK;
}

ss_code
ss_sorter_add(ss_sorter *s, const ss_sort_key *key, const void *row, size_t n, ss_error *err)
{
    const head h = {.key = *key, .n = n};

    if (s->rows.len > 0 && s->rows.len + n > s->run_bytes)
        SS_TRY(write_run(s, err));
    if (!ss_buf_fits(&s->rows, n + sizeof h) && !ss_buf_try_reserve(&s->rows, n + sizeof h))
        return ss_fail(err, SS_ERETRY, "not enough memory for a row of %zu bytes", n);
    if (s->n == s->capacity)
    {
        s->capacity = 2 * s->capacity + 4096;
        s->entries = realloc(s->entries, s->capacity * sizeof *s->entries);
        s->other = realloc(s->other, s->capacity * sizeof *s->other);
        if (s->entries == NULL || s->other == NULL)
            ss_out_of_memory();
    }
    s->entries[s->n++] = (entry){.word = key->words[0], .at = s->rows.len};
    ss_buf_append(&s->rows, &h, sizeof h);
    ss_buf_append(&s->rows, row, n);
    return SS_OK;
}

/* --- out ------------------------------------------------------------------------------------------ */

/* Or else rows would be in the file once for each time that they are merged. */
static void
forget(const ss_sorter *s, run *r)
{
    ss_nameless_forget(s->file, r->there, r->at - r->there);
    r->there = r->at;
}

/* n bytes of the run, from what was read of it ahead, which is a part of the usual size. */
static ss_code
take(const ss_sorter *s, run *r, unsigned char *bytes, size_t n, ss_error *err)
{
    const size_t usual = MERGE_BYTES / MERGE_RUNS;
    const size_t here = r->part.len - r->from < n ? r->part.len - r->from : n;
    size_t want = usual;

    if (here > 0)
        memcpy(bytes, r->part.data + r->from, here);
    r->from += here;
    bytes += here;
    n -= here;
    if (n >= usual)
    {
        r->at += n;
        return ss_nameless_read(s->file, r->at - n, bytes, n, err);
    }
    if (n == 0)
        return SS_OK;
    if (want > r->end - r->at)
        want = (size_t) (r->end - r->at);
    if (want < n)
        return ss_fail(err, SS_EBUG, "a run of rows ends within a row");
    ss_buf_clear(&r->part);
    ss_buf_reserve(&r->part, want);
    SS_TRY(ss_nameless_read(s->file, r->at, r->part.data, want, err));
    r->at += want;
    r->part.len = want;
    memcpy(bytes, r->part.data, n);
    r->from = n;
    return SS_OK;
}

/* The head of a run's next row: rows themselves, which may be large, wait in the file.  false in *there: there is none. */
static ss_code
next_head(const ss_sorter *s, run *r, bool *there, ss_error *err)
{
    *there = r->at < r->end || r->from < r->part.len;
    return *there ? take(s, r, (unsigned char *) &r->next, sizeof r->next, err) : SS_OK;
}

static void
sink(ss_sorter *s, size_t at)
{
    for (;;)
    {
        size_t least = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < s->nheap; child++)
        {
            if (compare_keys(&s->heap[child]->next.key, &s->heap[least]->next.key) < 0)
                least = child;
        }
        if (least == at)
            return;
        run *held = s->heap[at];

        s->heap[at] = s->heap[least];
        s->heap[least] = held;
        at = least;
    }
}

/* What is done with a row of the merged runs. */
typedef ss_code put_row(ss_sorter *s, void *arg, const head *h, const void *row, ss_error *err);

/* n runs from that one on, MERGE_RUNS at most. */
static ss_code
merge(ss_sorter *s, run *runs, size_t n, put_row *put, void *arg, ss_error *err)
{
    bool there;

    s->nheap = 0;
    for (size_t i = 0; i < n; i++)
    {
        SS_TRY(next_head(s, &runs[i], &there, err));
        if (there)
            s->heap[s->nheap++] = &runs[i];
    }
    for (size_t i = s->nheap / 2; i > 0; i--)
        sink(s, i - 1);
    while (s->nheap > 0)
    {
        run *r = s->heap[0];

        ss_buf_clear(&s->row);
        if (!ss_buf_try_reserve(&s->row, r->next.n))
            return ss_fail(err, SS_ERETRY, "not enough memory for a row of %zu bytes",
                           (size_t) r->next.n);
        SS_TRY(take(s, r, s->row.data, r->next.n, err));
        SS_TRY(put(s, arg, &r->next, s->row.data, err));
        SS_TRY(next_head(s, r, &there, err));
        if (!there || r->at - r->there >= FORGET_BYTES)
            forget(s, r);
        if (!there)
        {
            ss_buf_done(&r->part);
            s->heap[0] = s->heap[--s->nheap];
        }
        sink(s, 0);
    }
    return SS_OK;
}

static ss_code
put_in_run(ss_sorter *s, void *arg, const head *h, const void *row, ss_error *err)
{
    (void) arg;
    if (!ss_buf_try_reserve(&s->out, sizeof *h + h->n))
        return ss_fail(err, SS_ERETRY, "not enough memory for a row of %zu bytes", (size_t) h->n);
    ss_buf_append(&s->out, h, sizeof *h);
    ss_buf_append(&s->out, row, h->n);
    return s->out.len >= WRITE_BYTES ? write_out(s, err) : SS_OK;
}

/* The first runs become one behind all others, until there are few enough. */
static ss_code
merge_first(ss_sorter *s, ss_error *err)
{
    while (s->nruns > MERGE_RUNS)
    {
        const uint64_t at = ss_nameless_end(s->file);

        SS_TRY(merge(s, s->runs, MERGE_RUNS, put_in_run, NULL, err));
        SS_TRY(write_out(s, err));
        s->nruns -= MERGE_RUNS;
        memmove(s->runs, s->runs + MERGE_RUNS, s->nruns * sizeof *s->runs);
        add_run(s, at);
    }
    return SS_OK;
}

typedef struct putting
{
    ss_code (*put)(void *arg, const void *row, size_t n, ss_error *err);
    void *arg;
} putting;

static ss_code
put_out(ss_sorter *s, void *arg, const head *h, const void *row, ss_error *err)
{
    const putting *p = arg;

    (void) s;
    return p->put(p->arg, row, h->n, err);
}

ss_code
ss_sorter_drain(ss_sorter *s, ss_code (*put)(void *arg, const void *row, size_t n, ss_error *err),
                void *arg, ss_error *err)
{
    if (s->nruns > 0)
    {
        putting p = {put, arg};

        SS_TRY(write_run(s, err));
        ss_buf_done(&s->rows);
        SS_TRY(merge_first(s, err));
        return merge(s, s->runs, s->nruns, put_out, &p, err);
    }
    sort_entries(s);
    for (size_t i = 0; i < s->n; i++)
    {
        const size_t at = s->entries[i].at;

        SS_TRY(put(arg, s->rows.data + at + sizeof(head), head_at(s, at).n, err));
    }
    return SS_OK;
}
