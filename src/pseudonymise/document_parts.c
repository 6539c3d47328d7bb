/* hstore, arrays and composites in documents, as PostgreSQL writes them; and which of them a type is. */
#include <string.h>

#include "pseudonymise/document.h"

typedef struct reading
{
    ss_scanning *s;
    unsigned level;
    const unsigned char *text;
    size_t at, end;
    size_t from; /* what is not yet copied */
} reading;

static void
copy_until(reading *r, size_t here, size_t behind)
{
    ss_scan_copy(r->s, r->level, r->from, here - r->from);
    r->from = behind;
}

static bool
take(reading *r, const char *word)
{
    const size_t n = strlen(word);

    if (r->end - r->at < n || memcmp(r->text + r->at, word, n) != 0)
        return false;
    r->at += n;
    return true;
}

/* --- hstore: "key"=>"value", "key"=>NULL ---------------------------------------------------------- */

/* The quoted text at r->at, decoded: bytes of the source, or of the scan's room. */
static bool
take_quoted(reading *r, const unsigned char **text, size_t *n)
{
    const size_t start = r->at + 1;
    ss_buf *room = NULL;
    size_t i = start, from = start;

    if (r->at >= r->end || r->text[r->at] != '"')
        return false;
    for (; i < r->end && r->text[i] != '"'; i++)
    {
        if (r->text[i] != '\\')
            continue;
        if (room == NULL)
            room = ss_scan_room(r->s);
        ss_buf_append(room, r->text + from, i - from);
        from = ++i;
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

/* The value at r->at, of the state. */
static ss_scan
scan_hstore_value(reading *r, uint32_t state)
{
    const uint32_t path = ss_scan_document(r->s)->set->states[state].path;
    const size_t start = r->at;
    const unsigned char *text = (const unsigned char *) "";
    const bool null = take(r, "NULL");
    ss_treatment treatment;
    size_t n = 0;

    if (!null && !take_quoted(r, &text, &n))
        return SS_SCAN_BROKEN;
    if (path == SS_PATH_NONE)
        return null ? SS_SCAN_DONE : ss_scan_unknown(r->s, state, "", 0);
    treatment = ss_scan_decision(r->s, path)->treatment;
    if (treatment == SS_TREAT_KEEP || (null && treatment != SS_TREAT_CONSTANT))
        return SS_SCAN_DONE;
    copy_until(r, start, r->at);
    if (treatment == SS_TREAT_NULLIFY)
        ss_scan_put(r->s, "NULL", 4);
    else if (!ss_scan_text(r->s, path, text, n, SS_WRITE_QUOTED))
        r->from = start;
    return SS_SCAN_DONE;
}

ss_scan
ss_scan_hstore(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state)
{
    reading r = {.s = s, .level = level, .from = at, .at = at, .end = at + n};

    r.text = ss_scan_bytes(s, level);
    while (r.at < r.end)
    {
        const size_t start = r.at;
        const unsigned char *key;
        uint32_t below = state;
        bool replaced = false;
        ss_scan scan;
        size_t nkey;

        if (!take_quoted(&r, &key, &nkey))
            return SS_SCAN_BROKEN;
        copy_until(&r, start, r.at);
        scan = ss_scan_key(s, &below, key, nkey, SS_WRITE_QUOTED, &replaced);
        if (scan != SS_SCAN_DONE)
            return scan;
        if (!replaced)
            r.from = start;
        if (!take(&r, "=>"))
            return SS_SCAN_BROKEN;
        scan = scan_hstore_value(&r, below);
        if (scan != SS_SCAN_DONE)
            return scan;
        if (r.at < r.end && (!take(&r, ", ") || r.at == r.end))
            return SS_SCAN_BROKEN;
    }
    copy_until(&r, r.end, r.end);
    return SS_SCAN_DONE;
}

/* --- arrays and composites ------------------------------------------------------------------------ */

typedef struct word
{
    size_t start, end; /* in the text that is read */
    bool quoted;
    size_t at, n; /* decoded, in the next level's text */
} word;

/* A word up to one of the stops; doubled: "" within quotes is one. */
static ss_scan
take_word(reading *r, const char *stops, bool doubled, word *w)
{
    ss_buf *out = ss_scan_level(r->s, r->level + 1);
    bool inside = false;

    if (out == NULL)
        return SS_SCAN_BROKEN;
    *w = (word){.start = r->at, .at = out->len};
    for (; r->at < r->end; r->at++)
    {
        const char c = (char) r->text[r->at];

        if (!inside && c != '\0' && strchr(stops, c) != NULL)
            break;
        if (c == '"' && inside && doubled && r->at + 1 < r->end && r->text[r->at + 1] == '"')
            r->at++;
        else if (c == '"')
        {
            inside = !inside;
            w->quoted = true;
            continue;
        }
        else if (c == '\\')
        {
            w->quoted = true;
            if (++r->at == r->end)
                return SS_SCAN_BROKEN;
        }
        ss_buf_putc(out, (char) r->text[r->at]);
    }
    w->end = r->at;
    w->n = out->len - w->at;
    return inside ? SS_SCAN_BROKEN : SS_SCAN_DONE;
}

static bool
is_null_word(const reading *r, const word *w)
{
    return !w->quoted && w->end - w->start == 4 && (r->text[w->start] | 0x20) == 'n' &&
           (r->text[w->start + 1] | 0x20) == 'u' && (r->text[w->start + 2] | 0x20) == 'l' &&
           (r->text[w->start + 3] | 0x20) == 'l';
}

/* The word as a value of the type at a state; null: it is none.  nothing: how NULL is written here. */
static ss_scan
scan_part(reading *r, const word *w, bool null, uint32_t state, const ss_column *as,
          ss_writing writing, const char *nothing)
{
    const ss_document_ways *d = ss_scan_document(r->s);
    const ss_type *type =
        &d->types->catalog->types[ss_catalog_base_type(d->types->catalog, as->type)];
    const ss_leaf_way *way;
    ss_scan scan = SS_SCAN_DONE;

    if (ss_container_of(type) != SS_CONTAINER_NONE && !d->whole[state])
    {
        if (null)
            return SS_SCAN_DONE;
        copy_until(r, w->start, w->end);
        ss_scan_open(r->s);
        scan = ss_scan_container(r->s, r->level + 1, w->at, w->n, state, as);
        ss_scan_close(r->s, writing);
        return scan;
    }
    way = ss_document_typed(d, state, as->type, as->typmod);
    if (way == NULL)
        return null ? SS_SCAN_DONE : ss_scan_unknown(r->s, state, "", 0);
    if (way->act == SS_LEAF_PASS || (null && way->act != SS_LEAF_CONSTANT))
        return SS_SCAN_DONE;
    copy_until(r, w->start, w->end);
    if (way->act == SS_LEAF_NULL)
        ss_scan_put(r->s, nothing, strlen(nothing));
    else
        scan = ss_scan_typed(r->s, way, ss_scan_bytes(r->s, r->level + 1) + w->at, w->n, writing);
    return scan;
}

/* [0:2]={...}: where the braces begin. */
static size_t
behind_bounds(const reading *r)
{
    const unsigned char *equals = r->at < r->end && r->text[r->at] == '['
                                      ? memchr(r->text + r->at, '=', r->end - r->at)
                                      : NULL;

    return equals == NULL ? r->at : (size_t) (equals - r->text) + 1;
}

ss_scan
ss_scan_array(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state,
              const ss_column *as)
{
    const ss_document_ways *d = ss_scan_document(s);
    const ss_catalog *catalog = d->types->catalog;
    const ss_type *type = &catalog->types[ss_catalog_base_type(catalog, as->type)];
    const ss_column element = ss_leaf_column("", type->base, ss_catalog_typmod(catalog, as));
    const char stops[] = {type->delimiter, '{', '}', '\0'};
    const uint32_t below = d->set->states[state].element;
    reading r = {.s = s, .level = level, .from = at, .at = at, .end = at + n};
    size_t depth = 0;
    bool open = true; /* an element, a brace or, of an empty array, its end must come */

    r.text = ss_scan_bytes(s, level);
    r.at = behind_bounds(&r);
    while (r.at < r.end)
    {
        const char c = (char) r.text[r.at];
        ss_scan scan;
        word w;

        if (c == '{' && open)
        {
            r.at++;
            depth++;
        }
        else if (c == '}' && depth > 0)
        {
            r.at++;
            open = false;
            if (--depth == 0)
                break;
        }
        else if (c == type->delimiter && !open && depth > 0)
        {
            r.at++;
            open = true;
        }
        else if (open && depth > 0)
        {
            scan = take_word(&r, stops, false, &w);
            if (scan != SS_SCAN_DONE || w.end == w.start)
                return SS_SCAN_BROKEN;
            scan =
                scan_part(&r, &w, is_null_word(&r, &w), below, &element, SS_WRITE_QUOTED, "NULL");
            if (scan != SS_SCAN_DONE)
                return scan;
            open = false;
        }
        else
            return SS_SCAN_BROKEN;
    }
    if (r.at != r.end || depth > 0 || n == 0)
        return SS_SCAN_BROKEN;
    copy_until(&r, r.end, r.end);
    return SS_SCAN_DONE;
}

ss_scan
ss_scan_composite(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state,
                  const ss_column *as)
{
    const ss_document_ways *d = ss_scan_document(s);
    const ss_catalog *catalog = d->types->catalog;
    const ss_type *type = &catalog->types[ss_catalog_base_type(catalog, as->type)];
    reading r = {.s = s, .level = level, .from = at, .at = at, .end = at + n};

    r.text = ss_scan_bytes(s, level);
    if (!take(&r, "("))
        return SS_SCAN_BROKEN;
    for (size_t i = 0; i < type->nfields; i++)
    {
        const ss_type_field *f = &type->fields[i];
        const ss_column field = ss_leaf_column(f->name, f->type, f->typmod);
        ss_scan scan;
        bool named;
        word w;

        scan = take_word(&r, ",)", true, &w);
        if (scan == SS_SCAN_DONE)
            scan = scan_part(&r, &w, w.end == w.start,
                             ss_path_next(d->set, state, f->name, strlen(f->name), &named), &field,
                             SS_WRITE_DOUBLED, "");
        if (scan != SS_SCAN_DONE)
            return scan;
        if (!take(&r, i + 1 < type->nfields ? "," : ")"))
            return SS_SCAN_BROKEN;
    }
    if (r.at != r.end)
        return SS_SCAN_BROKEN;
    copy_until(&r, r.end, r.end);
    return SS_SCAN_DONE;
}

ss_scan
ss_scan_container(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state,
                  const ss_column *as)
{
    const ss_catalog *catalog = ss_scan_document(s)->types->catalog;

    switch (ss_container_of(&catalog->types[ss_catalog_base_type(catalog, as->type)]))
    {
    case SS_CONTAINER_NONE:
        break;
    case SS_CONTAINER_JSON:
        return ss_scan_json(s, level, at, n, state);
    case SS_CONTAINER_HSTORE:
        return ss_scan_hstore(s, level, at, n, state);
    case SS_CONTAINER_XML:
        return ss_scan_xml(s, level, at, n, state);
    case SS_CONTAINER_ARRAY:
        return ss_scan_array(s, level, at, n, state, as);
    case SS_CONTAINER_COMPOSITE:
        return ss_scan_composite(s, level, at, n, state, as);
    }
    return SS_SCAN_BROKEN;
}
