/*
 * JSON in documents: read once, in one pass, without a tree.  Numbers stay texts; of an object's keys that stand twice, as the
 * type json lets them, each is treated.
 */
#include <string.h>

#include "pseudonymise/document.h"

typedef struct frame
{
    uint32_t state;
    bool array;
} frame;

typedef struct reading
{
    ss_scanning *s;
    const ss_document_ways *d;
    unsigned level;
    const unsigned char *text; /* of the level */
    size_t at, end;
    size_t from; /* what is not yet copied */
    frame stack[SS_SCAN_DEPTH];
    size_t depth;
    size_t skipped; /* the depth from which on all has been replaced by one thing; 0: nothing */
} reading;

static void
skip_blanks(reading *r)
{
    while (r->at < r->end && (r->text[r->at] == ' ' || r->text[r->at] == '\t' ||
                              r->text[r->at] == '\n' || r->text[r->at] == '\r'))
        r->at++;
}

/* What stays until here is copied; it goes on behind. */
static void
copy_until(reading *r, size_t here, size_t behind)
{
    ss_scan_copy(r->s, r->level, r->from, here - r->from);
    r->from = behind;
}

/* --- texts ---------------------------------------------------------------------------------------- */

static bool
hex4(const unsigned char *p, uint32_t *v)
{
    *v = 0;
    for (size_t i = 0; i < 4; i++)
    {
        const unsigned char c = p[i] | 0x20;

        if (!(p[i] >= '0' && p[i] <= '9') && !(c >= 'a' && c <= 'f'))
            return false;
        *v = *v << 4 | (uint32_t) (p[i] <= '9' ? p[i] - '0' : c - 'a' + 10);
    }
    return true;
}

static void
put_point(ss_buf *out, uint32_t c)
{
    if (c == 0 || (c >= 0xD800 && c <= 0xDFFF))
        c = 0xFFFD; /* no text of the database can hold it */
    if (c < 0x80)
        ss_buf_putc(out, (char) c);
    else if (c < 0x800)
    {
        ss_buf_putc(out, (char) (0xC0 | c >> 6));
        ss_buf_putc(out, (char) (0x80 | (c & 0x3F)));
    }
    else if (c < 0x10000)
    {
        ss_buf_putc(out, (char) (0xE0 | c >> 12));
        ss_buf_putc(out, (char) (0x80 | (c >> 6 & 0x3F)));
        ss_buf_putc(out, (char) (0x80 | (c & 0x3F)));
    }
    else
    {
        ss_buf_putc(out, (char) (0xF0 | c >> 18));
        ss_buf_putc(out, (char) (0x80 | (c >> 12 & 0x3F)));
        ss_buf_putc(out, (char) (0x80 | (c >> 6 & 0x3F)));
        ss_buf_putc(out, (char) (0x80 | (c & 0x3F)));
    }
}

/* The escape behind a backslash at *at; false: it is none. */
static bool
decode_escape(const unsigned char *text, size_t end, size_t *at, ss_buf *out)
{
    static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    uint32_t c, low;
    const char *known;

    if (*at >= end)
        return false;
    known = text[*at] == '\0' ? NULL : strchr(plain, text[*at]);
    if (known != NULL)
    {
        ss_buf_putc(out, meant[known - plain]);
        (*at)++;
        return true;
    }
    if (text[*at] != 'u' || end - *at < 5 || !hex4(text + *at + 1, &c))
        return false;
    *at += 5;
    if (c >= 0xD800 && c <= 0xDBFF && end - *at >= 6 && text[*at] == '\\' && text[*at + 1] == 'u' &&
        hex4(text + *at + 2, &low) && low >= 0xDC00 && low <= 0xDFFF)
    {
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        *at += 6;
    }
    put_point(out, c);
    return true;
}

/* The text that begins at r->at, decoded: bytes of the source, or of the scan's room.  false: it is none. */
static bool
take_text(reading *r, const unsigned char **text, size_t *n)
{
    const size_t start = r->at + 1;
    ss_buf *room = NULL;
    size_t from = start, i = start;

    if (r->at >= r->end || r->text[r->at] != '"')
        return false;
    while (i < r->end && r->text[i] != '"')
    {
        if (r->text[i] < 0x20)
            return false;
        if (r->text[i] != '\\')
        {
            i++;
            continue;
        }
        if (room == NULL)
            room = ss_scan_room(r->s);
        ss_buf_append(room, r->text + from, i - from);
        i++;
        if (!decode_escape(r->text, r->end, &i, room))
            return false;
        from = i;
    }
    if (i >= r->end)
        return false;
    if (room != NULL)
        ss_buf_append(room, r->text + from, i - from);
    *text = room == NULL ? r->text + start : (const unsigned char *) ss_buf_text(room);
    *n = room == NULL ? i - start : room->len;
    r->at = i + 1;
    return true;
}

/* --- values --------------------------------------------------------------------------------------- */

static bool
take_word(reading *r, const char *word)
{
    const size_t n = strlen(word);

    if (r->end - r->at < n || memcmp(r->text + r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

static bool
take_number(reading *r)
{
    const size_t start = r->at;

    while (r->at < r->end && r->text[r->at] != '\0' &&
           strchr("+-.0123456789eE", r->text[r->at]) != NULL)
        r->at++;
    return ss_is_json_number(r->text + start, r->at - start);
}

/* A path of the state, where a value stands that is not a container. */
static ss_scan
value_at(const reading *r, uint32_t state, uint32_t *path)
{
    *path = r->d->set->states[state].path;
    return *path == SS_PATH_NONE ? ss_scan_unknown(r->s, state, "", 0) : SS_SCAN_DONE;
}

static ss_scan
scan_null(reading *r, uint32_t state, size_t start)
{
    const uint32_t path = r->d->set->states[state].path;
    const ss_decision *of = path == SS_PATH_NONE ? NULL : ss_scan_decision(r->s, path);

    if (of == NULL || of->treatment != SS_TREAT_CONSTANT)
        return SS_SCAN_DONE;
    copy_until(r, start, r->at);
    (void) ss_scan_text(r->s, path, (const unsigned char *) "", 0, SS_WRITE_JSON_TEXT);
    return SS_SCAN_DONE;
}

/* A value that is no container, at r->at. */
static ss_scan
scan_scalar(reading *r, uint32_t state)
{
    const size_t start = r->at;
    const unsigned char *text;
    bool is_text = false, is_flag = false, is_null = false, replaced;
    uint32_t path;
    size_t n = 0;

    if (r->at >= r->end)
        return SS_SCAN_BROKEN;
    switch (r->text[r->at])
    {
    case '"':
        is_text = take_text(r, &text, &n);
        if (!is_text)
            return SS_SCAN_BROKEN;
        break;
    case 't':
    case 'f':
        is_flag = take_word(r, r->text[r->at] == 't' ? "true" : "false");
        if (!is_flag)
            return SS_SCAN_BROKEN;
        break;
    case 'n':
        is_null = take_word(r, "null");
        if (!is_null)
            return SS_SCAN_BROKEN;
        break;
    default:
        if (!take_number(r))
            return SS_SCAN_BROKEN;
        break;
    }
    if (r->skipped > 0)
        return SS_SCAN_DONE;
    if (is_null)
        return scan_null(r, state, start);
    if (value_at(r, state, &path) != SS_SCAN_DONE)
        return SS_SCAN_UNKNOWN;
    if (ss_scan_decision(r->s, path)->treatment == SS_TREAT_KEEP)
        return SS_SCAN_DONE;
    copy_until(r, start, r->at);
    if (is_text)
        replaced = ss_scan_text(r->s, path, text, n, SS_WRITE_JSON_TEXT);
    else if (is_flag)
        replaced = ss_scan_flag(r->s, path, r->text[start] == 't');
    else
        replaced = ss_scan_number(r->s, path, r->text + start, r->at - start);
    if (!replaced)
        r->from = start;
    return SS_SCAN_DONE;
}

/* What stands in the place of all of an object or a list. */
static void
replace_whole(reading *r, uint32_t state, bool array)
{
    const ss_decision *of = ss_scan_decision(r->s, r->d->set->states[state].path);

    if (of->treatment == SS_TREAT_NULLIFY)
        ss_scan_put(r->s, "null", 4);
    else if (of->treatment == SS_TREAT_CONSTANT)
        (void) ss_scan_text(r->s, r->d->set->states[state].path, (const unsigned char *) "", 0,
                            SS_WRITE_JSON_TEXT);
    else
        ss_scan_put(r->s, array ? "[]" : "{}", 2);
}

/* The key at r->at and its colon; *state: that of the object, and then of the value. */
static ss_scan
scan_key(reading *r, uint32_t *state)
{
    size_t start, n;
    const unsigned char *key;
    bool replaced = false;
    ss_scan scan;

    skip_blanks(r);
    start = r->at;
    if (!take_text(r, &key, &n))
        return SS_SCAN_BROKEN;
    if (r->skipped == 0)
    {
        copy_until(r, start, r->at);
        scan = ss_scan_key(r->s, state, key, n, SS_WRITE_JSON_TEXT, &replaced);
        if (scan != SS_SCAN_DONE)
            return scan;
        if (!replaced)
            r->from = start;
    }
    skip_blanks(r);
    if (r->at >= r->end || r->text[r->at] != ':')
        return SS_SCAN_BROKEN;
    r->at++;
    return SS_SCAN_DONE;
}

/* An object or a list begins at r->at; *state: its own, then that of its first value. *empty: it ends at once. */
static ss_scan
begin(reading *r, uint32_t *state, bool *empty)
{
    const bool array = r->text[r->at] == '[';

    if (r->depth == SS_SCAN_DEPTH)
        return SS_SCAN_BROKEN;
    r->stack[r->depth++] = (frame){*state, array};
    if (r->skipped == 0 && r->d->whole[*state])
    {
        copy_until(r, r->at, r->at);
        replace_whole(r, *state, array);
        r->skipped = r->depth;
    }
    r->at++;
    skip_blanks(r);
    *empty = r->at < r->end && r->text[r->at] == (array ? ']' : '}');
    if (*empty)
        return SS_SCAN_DONE;
    if (!array)
        return scan_key(r, state);
    if (r->skipped == 0 && r->d->set->states[*state].element == SS_PATH_NOWHERE)
        return ss_scan_unknown(r->s, *state, "[*]", 3);
    *state = r->d->set->states[*state].element;
    return SS_SCAN_DONE;
}

/* The innermost object or list ends at r->at. */
static bool
finish(reading *r)
{
    if (r->depth == 0 || r->at >= r->end ||
        r->text[r->at] != (r->stack[r->depth - 1].array ? ']' : '}'))
        return false;
    r->at++;
    if (r->skipped == r->depth)
    {
        r->skipped = 0;
        r->from = r->at;
    }
    r->depth--;
    return true;
}

/* Behind a value: the next one, whose state is put, or the end of what it stands in; *more: there is a next one. */
static ss_scan
go_on(reading *r, uint32_t *state, bool *more)
{
    *more = false;
    while (r->depth > 0)
    {
        const frame *top = &r->stack[r->depth - 1];

        skip_blanks(r);
        if (r->at < r->end && r->text[r->at] == ',')
        {
            r->at++;
            *more = true;
            *state = top->state;
            if (!top->array)
                return scan_key(r, state);
            *state = r->d->set->states[*state].element;
            return SS_SCAN_DONE;
        }
        if (!finish(r))
            return SS_SCAN_BROKEN;
    }
    return SS_SCAN_DONE;
}

ss_scan
ss_scan_json(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state)
{
    reading r = {.s = s, .d = ss_scan_document(s), .level = level, .from = at, .at = at};
    bool more = true;

    r.text = ss_scan_bytes(s, level);
    r.end = at + n;
    while (more)
    {
        bool empty = false;
        ss_scan scan;

        skip_blanks(&r);
        if (r.at < r.end && (r.text[r.at] == '{' || r.text[r.at] == '['))
        {
            scan = begin(&r, &state, &empty);
            if (scan != SS_SCAN_DONE)
                return scan;
            if (!empty)
                continue;
        }
        else
        {
            scan = scan_scalar(&r, state);
            if (scan != SS_SCAN_DONE)
                return scan;
        }
        scan = go_on(&r, &state, &more);
        if (scan != SS_SCAN_DONE)
            return scan;
    }
    skip_blanks(&r);
    if (r.at != r.end)
        return SS_SCAN_BROKEN;
    copy_until(&r, r.end, r.end);
    return SS_SCAN_DONE;
}
