#include "pseudonymise/document.h"

#include <string.h>

#include "base/text.h"
#include "base/try.h"

#define PIECES_MAX                                                                                 \
    100000 /* of the documents that are put together at once, but for one that has more */
#define PUT        UINT16_MAX /* the level of what is put by itself */
#define NESTED_MAX 40         /* values within values that are written at once */

typedef enum piece_kind
{
    PIECE_COPY,  /* n bytes of a level's text at `at` */
    PIECE_VALUE, /* the at-th of a slot */
    PIECE_OPEN,
    PIECE_CLOSE,
} piece_kind;

typedef struct piece
{
    uint8_t kind;
    uint8_t as; /* ss_writing */
    uint16_t level;
    uint32_t slot;
    size_t at, n;
} piece;

typedef struct slot /* values of one type at one path, of many documents */
{
    const ss_leaf_way *way; /* NULL until there is a value */
    void *state;
    ss_batch *in, *out;
    uint64_t *subject, *row; /* of each value's document */
    size_t n;                /* in `in` */
    ss_buf made;             /* of those that are done, one after the other */
    size_t *end;
    size_t nmade, capacity;
    ss_kind_counts counts;
} slot;

/* The source is level 0; what stands in arrays and composites has those behind. */
struct ss_scanning
{
    const ss_document_ways *d;
    const ss_kind_column *column;
    ss_key_room *keys;
    ss_arena *arena;
    const ss_kind_rows *rows;
    size_t r;                    /* the row that is read */
    const unsigned char *source; /* all documents of the batch, one after the other */
    ss_buf levels[SS_SCAN_LEVELS];
    ss_buf put, room, number;
    slot *slots;
    piece *pieces;
    size_t npieces, pieces_capacity;
    size_t ends[SS_BATCH_ROWS]; /* of each document: behind its last piece */
    size_t begins;              /* of the one that is read: its first piece */
    ss_buf unknown;             /* the path that nobody named */
    bool unknown_key;           /* or where a key stands that nobody named */
    ss_buf document;            /* that is put together */
    ss_error *err;
    ss_code code; /* of a kind that failed */
    uint64_t fallbacks;
};

/* --- what is read --------------------------------------------------------------------------------- */

const ss_document_ways *
ss_scan_document(const ss_scanning *s)
{
    return s->d;
}

const ss_decision *
ss_scan_decision(const ss_scanning *s, uint32_t path)
{
    return &s->d->decision->paths[path].decision;
}

const unsigned char *
ss_scan_bytes(const ss_scanning *s, unsigned level)
{
    return level == 0 ? s->source : (const unsigned char *) ss_buf_text(&s->levels[level]);
}

ss_buf *
ss_scan_level(ss_scanning *s, unsigned level)
{
    return level < SS_SCAN_LEVELS ? &s->levels[level] : NULL;
}

ss_buf *
ss_scan_room(ss_scanning *s)
{
    ss_buf_clear(&s->room);
    return &s->room;
}

static void
add_piece(ss_scanning *s, piece p)
{
    s->pieces = ss_grow(s->arena, s->pieces, s->npieces, &s->pieces_capacity, sizeof *s->pieces);
    s->pieces[s->npieces++] = p;
}

void
ss_scan_copy(ss_scanning *s, unsigned level, size_t at, size_t n)
{
    piece *last = s->npieces == s->begins ? NULL : &s->pieces[s->npieces - 1];

    if (n == 0)
        return;
    if (last != NULL && last->kind == PIECE_COPY && last->level == level &&
        last->at + last->n == at)
        last->n += n;
    else
        add_piece(s, (piece){.kind = PIECE_COPY, .level = (uint16_t) level, .at = at, .n = n});
}

void
ss_scan_put(ss_scanning *s, const void *text, size_t n)
{
    const size_t at = s->put.len;

    ss_buf_append(&s->put, text, n);
    ss_scan_copy(s, PUT, at, n);
}

void
ss_scan_open(ss_scanning *s)
{
    add_piece(s, (piece){.kind = PIECE_OPEN});
}

void
ss_scan_close(ss_scanning *s, ss_writing as)
{
    add_piece(s, (piece){.kind = PIECE_CLOSE, .as = (uint8_t) as});
}

ss_scan
ss_scan_unknown(ss_scanning *s, uint32_t state, const char *step, size_t n)
{
    const ss_path_state *at = &s->d->set->states[state];
    const ss_decision *d = s->d->decision;
    bool known = false;

    ss_buf_clear(&s->unknown);
    s->unknown_key = false;
    if (state != SS_PATH_NOWHERE)
        ss_path_put(d->paths[at->via].path.steps, at->via_at, &s->unknown);
    if (n == 0)
        return SS_SCAN_UNKNOWN;
    if (n == 3 && memcmp(step, "[*]", 3) == 0)
    {
        ss_buf_puts(&s->unknown, "[*]");
        return SS_SCAN_UNKNOWN;
    }
    /* A key may be data: it is told only where the policy has it in another path. */
    for (size_t i = 0; i < d->npaths; i++)
    {
        const ss_path *path = &d->paths[i].path;

        for (size_t k = 0; k < path->nsteps; k++)
            known = known || (path->steps[k].kind == SS_PATH_KEY && path->steps[k].n == n &&
                              memcmp(path->steps[k].key, step, n) == 0);
    }
    s->unknown_key = !known;
    if (!known)
        return SS_SCAN_UNKNOWN;
    ss_buf_putc(&s->unknown, '.');
    ss_buf_append(&s->unknown, step, n);
    return SS_SCAN_UNKNOWN;
}

/* --- how values are written ----------------------------------------------------------------------- */

static void
put_quoted(ss_buf *out, const unsigned char *text, size_t n, bool doubled)
{
    size_t from = 0;

    ss_buf_putc(out, '"');
    for (size_t i = 0; i < n; i++)
    {
        if (text[i] != '"' && text[i] != '\\')
            continue;
        ss_buf_append(out, text + from, i - from);
        ss_buf_putc(out, doubled ? (char) text[i] : '\\');
        from = i;
    }
    ss_buf_append(out, text + from, n - from);
    ss_buf_putc(out, '"');
}

/* false: it is none of what is wanted, and something that tells nothing stands there instead. */
static bool
write_value(ss_buf *out, ss_writing as, const unsigned char *text, size_t n)
{
    const unsigned char *blank;

    switch (as)
    {
    case SS_WRITE_BARE:
        ss_buf_append(out, text, n);
        return true;
    case SS_WRITE_JSON_TEXT:
        ss_put_json_text(out, text, n);
        return true;
    case SS_WRITE_JSON_NUMBER:
        if (!ss_is_json_number(text, n))
        {
            ss_buf_putc(out, '0');
            return false;
        }
        ss_buf_append(out, text, n);
        return true;
    case SS_WRITE_JSON_FLAG:
        ss_buf_puts(out, n > 0 && text[0] == 't' ? "true" : "false");
        return true;
    case SS_WRITE_QUOTED:
    case SS_WRITE_DOUBLED:
        put_quoted(out, text, n, as == SS_WRITE_DOUBLED);
        return true;
    case SS_WRITE_XML_TEXT:
        ss_put_xml_text(out, text, n, false);
        return true;
    case SS_WRITE_XML_ATTRIBUTE:
        ss_buf_putc(out, '"');
        ss_put_xml_text(out, text, n, true);
        ss_buf_putc(out, '"');
        return true;
    case SS_WRITE_ISO:
        blank = memchr(text, ' ', n);
        if (blank != NULL)
        {
            ss_buf_append(out, text, (size_t) (blank - text));
            ss_buf_putc(out, 'T');
            ss_buf_append(out, blank + 1, n - (size_t) (blank - text) - 1);
        }
        else
            ss_buf_append(out, text, n);
        return true;
    }
    return false;
}

/* --- values that kinds replace -------------------------------------------------------------------- */

static ss_code
begin_slot(ss_scanning *s, slot *v, const ss_leaf_way *way)
{
    const ss_form form = way->about.codec->form;
    ss_kind_column *about = ss_alloc(s->arena, 1, sizeof *about);

    *about = way->about;
    about->values = s->column->values;
    SS_TRY(way->kind->open(about, s->keys, s->arena, &v->state, s->err));
    v->in = ss_batch_new(s->arena, &form, 1);
    v->out = ss_batch_new(s->arena, &form, 1);
    v->subject = ss_alloc(s->arena, SS_BATCH_ROWS, sizeof *v->subject);
    v->row = ss_alloc(s->arena, SS_BATCH_ROWS, sizeof *v->row);
    ss_buf_defer(s->arena, &v->made);
    v->way = way;
    return SS_OK;
}

/* All that the slot holds is replaced, and put behind what is done. */
static ss_code
run_slot(ss_scanning *s, slot *v)
{
    const ss_kind_rows rows = {.n = v->n,
                               .in = &v->in->columns[0],
                               .subject = s->rows->subject == NULL ? NULL : v->subject,
                               .row = v->row};
    const ss_codec *codec = v->way->about.codec;

    if (v->n == 0)
        return SS_OK;
    SS_TRY(ss_kind_apply(v->way->kind, v->state, &rows, &v->out->columns[0], &v->counts, s->err));
    for (size_t i = 0; i < v->n; i++)
    {
        if (!v->out->columns[0].null[i])
            SS_TRY(codec->to_text(&v->way->about.type, &v->out->columns[0], i, &v->made, s->err));
        v->end = ss_grow(s->arena, v->end, v->nmade, &v->capacity, sizeof *v->end);
        v->end[v->nmade++] = v->made.len;
    }
    ss_batch_clear(v->in);
    ss_batch_clear(v->out);
    v->n = 0;
    return SS_OK;
}

/* The text behind those of the way's slot; false: its type has no such value, or a kind failed. */
static bool
add_value(ss_scanning *s, const ss_leaf_way *way, const unsigned char *text, size_t n,
          ss_writing as)
{
    slot *v = &s->slots[way->slot];
    ss_error ignored;

    if (s->code == SS_OK && v->way == NULL)
        s->code = begin_slot(s, v, way);
    if (s->code == SS_OK && v->n == SS_BATCH_ROWS)
        s->code = run_slot(s, v);
    if (s->code != SS_OK ||
        way->about.codec->from_text(&way->about.type, (const char *) text, n, &v->in->columns[0],
                                    v->n, &ignored) != SS_OK)
        return false;
    v->subject[v->n] = s->rows->subject == NULL ? 0 : s->rows->subject[s->r];
    v->row[v->n] = s->rows->row == NULL ? 0 : s->rows->row[s->r];
    /* Of two shapes in one document the second is another one. */
    if (way->kind == &ss_kind_shape)
        v->row[v->n] += s->npieces - s->begins;
    add_piece(s, (piece){.kind = PIECE_VALUE,
                         .as = (uint8_t) as,
                         .slot = (uint32_t) way->slot,
                         .at = v->nmade + v->n});
    v->n++;
    return true;
}

/* How nothing is written. */
static const char *
nothing(ss_writing as)
{
    switch (as)
    {
    case SS_WRITE_JSON_TEXT:
    case SS_WRITE_JSON_NUMBER:
    case SS_WRITE_JSON_FLAG:
        return "null";
    case SS_WRITE_QUOTED:
        return "NULL";
    case SS_WRITE_XML_ATTRIBUTE:
        return "\"\"";
    case SS_WRITE_BARE:
    case SS_WRITE_DOUBLED:
    case SS_WRITE_XML_TEXT:
    case SS_WRITE_ISO:
        return "";
    }
    return "";
}

/* false: nothing has been put. */
static bool
take(ss_scanning *s, const ss_leaf_way *way, const unsigned char *text, size_t n, ss_writing as)
{
    switch (way->act)
    {
    case SS_LEAF_PASS:
        return false;
    case SS_LEAF_NULL:
        ss_scan_put(s, nothing(as), strlen(nothing(as)));
        return true;
    case SS_LEAF_CONSTANT:
        ss_buf_clear(&s->document);
        (void) write_value(&s->document, as, (const unsigned char *) way->constant,
                           strlen(way->constant));
        ss_scan_put(s, s->document.data, s->document.len);
        return true;
    case SS_LEAF_KIND:
        return add_value(s, way, text, n, as);
    }
    return false;
}

/* Day and time by the way, what says its zone as it was. */
static bool
take_moment(ss_scanning *s, const ss_leaf_way *way, const unsigned char *text, size_t n,
            ss_writing as)
{
    const size_t before = s->npieces;
    char plain[SS_MOMENT_ROOM];
    size_t zone;
    bool iso;

    if (!ss_is_moment(text, n, plain, &zone, &iso))
        return false;
    ss_scan_open(s);
    if (!take(s, way, (const unsigned char *) plain, strlen(plain),
              iso ? SS_WRITE_ISO : SS_WRITE_BARE))
    {
        s->npieces = before;
        return false;
    }
    ss_scan_put(s, text + zone, n - zone);
    ss_scan_close(s, as);
    return true;
}

bool
ss_scan_text(ss_scanning *s, uint32_t path, const unsigned char *text, size_t n, ss_writing as)
{
    const ss_leaf_path *p = &s->d->paths[path];

    for (size_t i = 0; i < p->nreadings; i++)
    {
        const ss_leaf_way *way = &p->texts[i];
        bool taken = false;

        switch (p->readings[i])
        {
        case SS_READ_TEXT:
            if (way->act == SS_LEAF_PASS)
                return false;
            taken = take(s, way, text, n, as);
            break;
        case SS_READ_WHOLE:
            taken = ss_is_whole(text, n) && take(s, way, text, n, as);
            break;
        case SS_READ_DATE:
            taken = ss_is_day(text, n) && take(s, way, text, n, as);
            break;
        case SS_READ_MOMENT:
            taken = take_moment(s, way, text, n, as);
            break;
        case SS_READ_UUID:
            taken = n == 36 && take(s, way, text, n, as);
            break;
        }
        if (taken || s->code != SS_OK)
            return true;
    }
    return take(s, &p->other_text, text, n, as);
}

/* Without a fraction of nothing but zeros: 42.0 is 42. */
static size_t
whole_part(const unsigned char *text, size_t n)
{
    size_t to = n;

    if (memchr(text, '.', n) == NULL)
        return n;
    while (to > 0 && text[to - 1] == '0')
        to--;
    return text[to - 1] == '.' ? to - 1 : n;
}

bool
ss_scan_number(ss_scanning *s, uint32_t path, const unsigned char *text, size_t n)
{
    const ss_leaf_path *p = &s->d->paths[path];

    if (p->number.act == SS_LEAF_KIND)
    {
        ss_buf_clear(&s->number);
        if (!ss_put_plain_number(&s->number, text, n))
        {
            ss_scan_put(s, "0", 1);
            (void) atomic_fetch_add(&p->tally->values, 1);
            (void) atomic_fetch_add(&p->tally->fallbacks, 1);
            s->fallbacks++;
            return true;
        }
        text = s->number.data;
        n = p->number.whole ? whole_part(s->number.data, s->number.len) : s->number.len;
    }
    if ((!p->number.whole || ss_is_whole(text, n)) &&
        (take(s, &p->number, text, n, SS_WRITE_JSON_NUMBER) || s->code != SS_OK))
        return true;
    return p->number.act == SS_LEAF_KIND &&
           take(s, &p->other_number, text, n, SS_WRITE_JSON_NUMBER);
}

bool
ss_scan_flag(ss_scanning *s, uint32_t path, bool value)
{
    return take(s, &s->d->paths[path].flag, (const unsigned char *) (value ? "t" : "f"), 1,
                SS_WRITE_JSON_FLAG);
}

ss_scan
ss_scan_typed(ss_scanning *s, const ss_leaf_way *way, const unsigned char *text, size_t n,
              ss_writing as)
{
    return take(s, way, text, n, as) || s->code != SS_OK ? SS_SCAN_DONE : SS_SCAN_BROKEN;
}

const ss_leaf_way *
ss_document_typed(const ss_document_ways *d, uint32_t state, size_t type, int32_t typmod)
{
    const uint32_t path = d->set->states[state].path;

    for (size_t i = 0; path != SS_PATH_NONE && i < d->paths[path].ntyped; i++)
    {
        const ss_leaf_way *way = &d->paths[path].typed[i];

        if (way->as.type == type && way->as.typmod == typmod)
            return way;
    }
    return NULL;
}

ss_scan
ss_scan_key(ss_scanning *s, uint32_t *state, const unsigned char *key, size_t n, ss_writing as,
            bool *replaced)
{
    bool named;
    const uint32_t next = ss_path_next(s->d->set, *state, (const char *) key, n, &named);
    const uint32_t keys = s->d->set->states[*state].keys;

    *replaced = false;
    if (next == SS_PATH_NOWHERE || (!named && keys == SS_PATH_NONE))
        return ss_scan_unknown(s, *state, (const char *) key, n);
    if (!named)
        *replaced = ss_scan_text(s, keys, key, n, as);
    *state = next;
    return SS_SCAN_DONE;
}

/* --- documents that are put together -------------------------------------------------------------- */

static void
put_value(ss_scanning *s, const piece *p)
{
    slot *v = &s->slots[p->slot];
    const size_t from = p->at == 0 ? 0 : v->end[p->at - 1], n = v->end[p->at] - from;
    const unsigned char *made = (const unsigned char *) ss_buf_text(&v->made) + from;
    ss_writing as = (ss_writing) p->as;

    /* "07" of 42, where that is linked with texts: it joins as a text. */
    if (as == SS_WRITE_JSON_NUMBER && v->way->as.type == s->d->types->text &&
        !ss_is_json_number(made, n))
        as = SS_WRITE_JSON_TEXT;
    if (!write_value(&s->document, as, made, n))
        v->counts.fallbacks++;
}

/* What has been written since start is one value. */
static void
close_value(ss_scanning *s, size_t start, ss_writing as)
{
    ss_buf_clear(&s->room);
    ss_buf_append(&s->room, s->document.data + start, s->document.len - start);
    s->document.len = start;
    (void) write_value(&s->document, as, s->room.data, s->room.len);
}

static ss_code
put_document(ss_scanning *s, size_t from, size_t to)
{
    size_t open[NESTED_MAX], nopen = 0;

    ss_buf_clear(&s->document);
    for (size_t i = from; i < to; i++)
    {
        const piece *p = &s->pieces[i];

        switch ((piece_kind) p->kind)
        {
        case PIECE_COPY:
            ss_buf_append(&s->document,
                          (p->level == PUT ? (const unsigned char *) s->put.data
                                           : ss_scan_bytes(s, p->level)) +
                              p->at,
                          p->n);
            break;
        case PIECE_VALUE:
            put_value(s, p);
            break;
        case PIECE_OPEN:
            if (nopen == NESTED_MAX)
                return ss_fail(s->err, SS_EBUG, "values within values, too deep");
            open[nopen++] = s->document.len;
            break;
        case PIECE_CLOSE:
            close_value(s, open[--nopen], (ss_writing) p->as);
            break;
        }
    }
    return SS_OK;
}

/* Documents first to end of the batch, which have been read. */
static ss_code
put_together(ss_scanning *s, size_t first, size_t end, ss_batch_column *out)
{
    size_t from = 0;

    for (size_t i = 0; i < s->d->nslots; i++)
    {
        if (s->slots[i].way != NULL)
            SS_TRY(run_slot(s, &s->slots[i]));
    }
    for (size_t r = first; r < end; r++)
    {
        if (s->rows->in->null[r])
            ss_column_put_null(out, r);
        else
        {
            SS_TRY(put_document(s, from, s->ends[r]));
            ss_column_put_bytes(out, r, s->document.data, s->document.len);
        }
        from = s->ends[r];
    }
    for (size_t i = 0; i < s->d->nslots; i++)
    {
        ss_buf_clear(&s->slots[i].made);
        s->slots[i].nmade = 0;
    }
    for (size_t i = 0; i < SS_SCAN_LEVELS; i++)
        ss_buf_clear(&s->levels[i]);
    ss_buf_clear(&s->put);
    s->npieces = 0;
    return SS_OK;
}

/* What tells nothing but that there was a document. */
static void
put_neutral(ss_scanning *s, const unsigned char *text, size_t n)
{
    const ss_container is = s->d->container;

    s->npieces = s->begins;
    s->fallbacks++;
    while (n > 0 && (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r'))
    {
        text++;
        n--;
    }
    if (is != SS_CONTAINER_JSON)
        ss_scan_put(s, s->d->neutral, strlen(s->d->neutral));
    else if (n > 0 && (*text == '{' || *text == '['))
        ss_scan_put(s, *text == '{' ? "{}" : "[]", 2);
    else
        ss_scan_put(s, "null", 4);
}

static ss_code
read_document(ss_scanning *s)
{
    size_t n;
    const unsigned char *text = ss_column_bytes(s->rows->in, s->r, &n);
    const ss_scan scan =
        ss_scan_container(s, 0, (size_t) (text - s->source), n, SS_PATH_ROOT, &s->d->as);

    if (s->code != SS_OK)
        return s->code;
    if (scan == SS_SCAN_BROKEN)
        put_neutral(s, text, n);
    if (scan != SS_SCAN_UNKNOWN)
        return SS_OK;
    (void) ss_fail(s->err, SS_EREFUSED,
                   s->unknown_key
                       ? "a document has a key at %.200s that no path of the policy names"
                       : "a document holds something at %.200s, which no path of the policy names",
                   ss_buf_text(&s->unknown));
    return ss_hint(s->err, "Name it under paths: of the column; sandseed inspect lists the paths "
                           "that it finds.");
}

static void
count_values(ss_scanning *s, ss_kind_counts *counts)
{
    for (size_t i = 0; i < s->d->nslots; i++)
    {
        slot *v = &s->slots[i];
        uint64_t fallbacks;

        if (v->way == NULL)
            continue;
        fallbacks = v->way->is_other ? v->counts.values : v->counts.fallbacks;
        (void) atomic_fetch_add(&v->way->tally->values, v->counts.values);
        (void) atomic_fetch_add(&v->way->tally->fallbacks, fallbacks);
        s->fallbacks += fallbacks;
        v->counts = (ss_kind_counts){0};
    }
    counts->fallbacks += s->fallbacks;
    s->fallbacks = 0;
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    ss_scanning *s = state;
    size_t first = 0;

    s->rows = rows;
    s->source = (const unsigned char *) ss_buf_text(&rows->in->bytes);
    s->err = err;
    s->code = SS_OK;
    s->npieces = 0;
    for (s->r = 0; s->r < rows->n; s->r++)
    {
        s->begins = s->npieces;
        counts->values += !rows->in->null[s->r];
        if (!rows->in->null[s->r])
            SS_TRY(read_document(s));
        s->ends[s->r] = s->npieces;
        if (s->npieces < PIECES_MAX)
            continue;
        SS_TRY(put_together(s, first, s->r + 1, out));
        first = s->r + 1;
    }
    SS_TRY(put_together(s, first, rows->n, out));
    count_values(s, counts);
    return SS_OK;
}

/* --- the kind ------------------------------------------------------------------------------------- */

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    (void) c;
    (void) result;
    return NULL; /* document_plan.c has told */
}

static ss_code
open_documents(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state,
               ss_error *err)
{
    ss_scanning *s = ss_alloc(arena, 1, sizeof *s);

    if (c->document == NULL)
        return ss_fail(err, SS_EBUG, "documents without paths");
    *s = (ss_scanning){.d = c->document, .column = c, .keys = keys, .arena = arena};
    s->slots = ss_alloc(arena, s->d->nslots + 1, sizeof *s->slots);
    for (size_t i = 0; i < SS_SCAN_LEVELS; i++)
        ss_buf_defer(arena, &s->levels[i]);
    ss_buf_defer(arena, &s->put);
    ss_buf_defer(arena, &s->room);
    ss_buf_defer(arena, &s->number);
    ss_buf_defer(arena, &s->unknown);
    ss_buf_defer(arena, &s->document);
    *state = s;
    return SS_OK;
}

const ss_kind ss_kind_document = {
    .name = "document",
    .summary = "path by path",
    .version = "1",
    .types = "json jsonb hstore xml, arrays, composites",
    .refusal = refusal,
    .open = open_documents,
    .apply = apply,
};
