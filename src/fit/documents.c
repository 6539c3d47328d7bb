/* Which paths documents have (JSON, hstore, XML, arrays, composites, ranges), and of which type: k people's, to a depth of three keys. */
#include "fit/documents_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/order.h"
#include "base/text.h"

#define OBJECTS_MAX 64   /* that are looked at for keys that are data */
#define KEYS_MAX    4096 /* different ones of an object, of more all are data */
#define NAMED_MAX   128  /* keys of an object that are not data */
#define RARE_MIN    32   /* of fewer different keys none is data */
#define RARE_PART   20   /* nor where fewer than one in so many stands under a rare one */
#define NO_PATH     0    /* no hash is */
#define KEYS_EACH   512  /* by which one person says what keys an object has */

/* --- reading ------------------------------------------------------------------------------------ */

const char *
ss_document_type(const json_t *json)
{
    switch (json_typeof(json))
    {
    case JSON_OBJECT:
        return "object";
    case JSON_ARRAY:
        return "array";
    case JSON_STRING:
        return "string";
    case JSON_INTEGER:
        return "integer";
    case JSON_REAL:
        return "number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "boolean";
    case JSON_NULL:
        return "null";
    }
    return "null";
}

/* A quoted string of hstore's text from at on, without its quotes and escapes; false: there is none. */
static bool
hstore_string(const char *text, size_t n, size_t *at, ss_buf *string)
{
    string->len = 0;
    if (*at >= n || text[*at] != '"')
        return false;
    for (++*at; *at < n && text[*at] != '"'; ++*at)
    {
        *at += text[*at] == '\\' && *at + 1 < n;
        ss_buf_putc(string, text[*at]);
    }
    ++*at;
    return *at <= n;
}

/* "key"=>"value", "key"=>NULL: an object of texts. */
static json_t *
read_hstore(const char *text, size_t n)
{
    json_t *object = json_object();
    ss_buf key = {0}, value = {0};

    for (size_t at = 0; object != NULL && hstore_string(text, n, &at, &key);)
    {
        bool null;

        at += 2;
        null = !hstore_string(text, n, &at, &value);
        at += null ? 4 : 0;
        at += 2;
        (void) json_object_set_new(object, ss_buf_text(&key),
                                   null ? json_null()
                                        : json_stringn(ss_buf_text(&value), value.len));
    }
    ss_buf_done(&key);
    ss_buf_done(&value);
    return object;
}

bool
ss_document_is_tree(const ss_type *type)
{
    return ss_type_is(type, "json") || ss_type_is(type, "jsonb") || ss_type_is(type, "xml") ||
           (type->extension != NULL && strcmp(type->name, "hstore") == 0);
}

json_t *
ss_document_read_tree(const ss_type *type, const char *text, size_t n)
{
    json_t *document;

    if (type->extension != NULL)
        return read_hstore(text, n);
    if (ss_type_is(type, "xml"))
        return ss_document_read_xml(text, n);
    document = json_loadb(text, n, JSON_DECODE_ANY, NULL);
    /* A number of more digits than an integer holds. */
    return document != NULL ? document
                            : json_loadb(text, n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
}

size_t
ss_document_depth(const ss_type *type)
{
    return ss_type_is(type, "xml") ? SS_DOCUMENT_DEEPEST : SS_DOCUMENT_DEPTH;
}

json_t *
ss_document_read(const ss_habit_rows *rows, size_t r)
{
    const char *text;
    size_t n;

    if (!ss_habit_text(rows, r, &text, &n))
        return NULL;
    return ss_document_is_tree(rows->type)
               ? ss_document_read_tree(rows->type, text, n)
               : ss_document_read_typed(rows->column->catalog, rows->type, text, n);
}

/* --- walking ------------------------------------------------------------------------------------ */

/* As paths of SQL/JSON have it. */
void
ss_document_put_key(ss_buf *path, const char *key, size_t n)
{
    bool plain = n > 0 && !(key[0] >= '0' && key[0] <= '9');

    for (size_t i = 0; i < n; i++)
        plain = plain && ((key[i] >= 'a' && key[i] <= 'z') || (key[i] >= 'A' && key[i] <= 'Z') ||
                          (key[i] >= '0' && key[i] <= '9') || key[i] == '_');
    ss_buf_puts(path, plain ? "." : ".\"");
    for (size_t i = 0; i < n; i++)
    {
        if (key[i] == '"' || key[i] == '\\')
            ss_buf_putc(path, '\\');
        ss_buf_putc(path, key[i]);
    }
    if (!plain)
        ss_buf_putc(path, '"');
}

static void
walk_value(ss_document_walk *w, json_t *json, size_t depth, size_t in, const char *pooled, size_t r)
{
    const ss_spot spot = {.row = r, .depth = depth, .value = json, .in = in, .key = pooled};
    const size_t length = w->path.len, here = w->visit(w, &spot);
    const bool object = json_is_object(json);
    uint64_t path;
    const char *key;
    json_t *value;
    size_t i;

    if (depth == ss_document_depth(w->rows->type) || length > SS_HABIT_TEXT_MAX)
        return;
    path = object ? ss_hash(w->rows->key, ss_buf_text(&w->path), length) : 0;
    json_object_foreach(json, key, value)
    {
        const size_t n = strlen(key);
        const ss_key_use use = ss_data_keys_use(w->keys, path, ss_hash(w->rows->key, key, n));

        if (use == SS_KEY_RARE)
            continue;
        if (use == SS_KEY_DATA)
            ss_buf_puts(&w->path, ".*");
        else
            ss_document_put_key(&w->path, key, n);
        walk_value(w, value, depth + 1, here, use == SS_KEY_DATA ? key : NULL, r);
        w->path.len = length;
    }
    json_array_foreach(json, i, value)
    {
        if (i == SS_DOCUMENT_ELEMENTS)
            break;
        ss_buf_puts(&w->path, "[*]");
        walk_value(w, value, depth + 1, here, NULL, r);
        w->path.len = length;
    }
}

void
ss_document_walk_row(ss_document_walk *w, json_t *document, size_t r)
{
    w->path.len = 0;
    ss_buf_puts(&w->path, "$");
    walk_value(w, document, 0, SIZE_MAX, NULL, r);
}

/* --- keys that are data --------------------------------------------------------------------------- */

typedef struct object
{
    uint64_t path;
    size_t depth;
    ss_counter *counter; /* of its keys; NULL: they are known */
    bool data;           /* are those data that have no name? */
    uint64_t who;        /* whose the last row was, and how many keys of theirs were counted */
    size_t counted;
    uint64_t *named; /* hashes of those that are not data, ascending */
    size_t nnamed;
} object;

struct ss_data_keys
{
    object objects[OBJECTS_MAX + 1]; /* first those that are known */
    size_t n;
};

/* Its place, or keys->n. */
static size_t
find_object(const ss_data_keys *keys, uint64_t path)
{
    size_t i = 0;

    while (i < keys->n && keys->objects[i].path != path)
        i++;
    return i;
}

ss_key_use
ss_data_keys_use(const ss_data_keys *keys, uint64_t path, uint64_t key)
{
    const size_t at = find_object(keys, path);
    const object *o = &keys->objects[at];

    if (at == keys->n || o->counter != NULL ||
        (o->nnamed > 0 && bsearch(&key, o->named, o->nnamed, sizeof key, ss_compare_u64) != NULL))
        return SS_KEY_NAMED;
    return o->data ? SS_KEY_DATA : SS_KEY_RARE;
}

static size_t
count_keys(ss_document_walk *w, const ss_spot *spot)
{
    ss_data_keys *keys = w->arg;
    const ss_sample *s = w->rows->sample;
    const uint64_t *subjects = s->subjects + spot->row * s->npaths;
    const ss_people *people = &w->rows->people;
    const uint64_t path = ss_hash(w->rows->key, ss_buf_text(&w->path), w->path.len);
    const size_t at = find_object(keys, path), most = w->rows->column->who->cells;
    object *o = &keys->objects[at];
    const char *key;
    json_t *value;

    if (!json_is_object(spot->value) || spot->depth == ss_document_depth(w->rows->type))
        return 0;
    if (at == OBJECTS_MAX)
        return 0;
    if (at == keys->n)
    {
        keys->n++;
        *o = (object){.path = path,
                      .depth = spot->depth,
                      .counter = ss_counter_new(SS_COUNTER_TEXTS, most < KEYS_MAX ? most : KEYS_MAX,
                                                people->k, people->npaths, people->may_be_empty)};
    }
    if (o->counter == NULL)
        return 0;
    if (subjects[0] == 0 || subjects[0] != o->who)
        o->counted = 0;
    o->who = subjects[0];
    json_object_foreach(spot->value, key, value)
    {
        const size_t n = strlen(key);

        if (n <= SS_COUNTER_TEXT_MAX && o->counted++ < KEYS_EACH)
            ss_counter_add_text(o->counter, key, n, ss_hash(w->rows->key, key, n), subjects,
                                s->weights[spot->row]);
    }
    return 0;
}

/*
 * Keys are data where more are common than anybody writes down, or many that few people have, who are k together.  Common ones
 * beside those keep their names.
 */
static bool
are_data(const ss_habit_rows *rows, object *o)
{
    uint64_t rare = 0, all = 0;
    size_t n, enough = 0;
    ss_count *list;
    bool data;

    if (ss_counter_overflowed(o->counter))
    {
        /* There was no room for as many as are data: nobody knows. */
        if (rows->column->who->cells < KEYS_MAX)
            o->path = NO_PATH;
        return o->path != NO_PATH;
    }
    list = ss_counter_list(o->counter, &n);
    o->named = ss_alloc(rows->scratch, n + 1, sizeof *o->named);
    o->nnamed = 0;
    for (size_t i = 0; i < n; i++)
    {
        all += list[i].count;
        if (!list[i].enough)
        {
            rare += list[i].count;
            continue;
        }
        o->named[enough++] = ss_hash(rows->key, list[i].text, list[i].text_length);
        list[i].count = 0;
    }
    data = enough > NAMED_MAX || (n - enough >= RARE_MIN && RARE_PART * rare > all &&
                                  ss_counter_enough_together(o->counter, list, n));
    if (enough <= NAMED_MAX)
        o->nnamed = enough;
    qsort(o->named, o->nnamed, sizeof *o->named, ss_compare_u64);
    free(list);
    return data;
}

/*
 * Of the objects that were counted, those of the least depth at which keys are data are known now: what lies below is to be
 * counted again.  False: there are none, and all are known.
 */
static bool
take_data_keys(const ss_habit_rows *rows, ss_data_keys *keys, size_t known)
{
    size_t depth = SIZE_MAX, n = known;

    for (size_t i = known; i < keys->n; i++)
    {
        object *o = &keys->objects[i];

        o->data = are_data(rows, o);
        ss_counter_free(o->counter);
        o->counter = NULL;
        if (o->data && o->depth < depth)
            depth = o->depth;
    }
    for (size_t i = known; i < keys->n && depth < SIZE_MAX; i++)
    {
        if (keys->objects[i].data && keys->objects[i].depth == depth)
            keys->objects[n++] = keys->objects[i];
    }
    if (depth < SIZE_MAX)
        keys->n = n;
    return depth < SIZE_MAX;
}

static ss_data_keys *
find_data_keys(const ss_habit_rows *rows)
{
    ss_data_keys *keys = ss_alloc(rows->scratch, 1, sizeof *keys);
    ss_document_walk w = {.rows = rows, .keys = keys, .visit = count_keys, .arg = keys};
    size_t known;

    do
    {
        known = keys->n;
        for (size_t r = 0; r < rows->sample->n; r++)
        {
            json_t *document = ss_document_read(rows, r);

            if (document != NULL)
                ss_document_walk_row(&w, document, r);
            json_decref(document);
        }
    } while (take_data_keys(rows, keys, known));
    ss_buf_done(&w.path);
    return keys;
}

/* --- paths -------------------------------------------------------------------------------------- */

static size_t
mention(ss_document_walk *w, const ss_spot *spot)
{
    ss_mentions **depths = w->arg;
    const size_t length = w->path.len;

    ss_buf_printf(&w->path, " %s", ss_document_type(spot->value));
    ss_mentions_add(depths[spot->depth], spot->row, ss_buf_text(&w->path), w->path.len);
    w->path.len = length;
    return 0;
}

/* Where nobody is asked whose rows are, each is its own person's, however many values it has at one place. */
static ss_habit_rows
with_subjects(const ss_habit_rows *rows, ss_sample *sample)
{
    ss_habit_rows own = *rows;

    if (rows->people.npaths > 0)
        return own;
    *sample = *rows->sample;
    sample->npaths = 1;
    sample->subjects = ss_alloc(rows->scratch, sample->n + 1, sizeof *sample->subjects);
    for (size_t r = 0; r < sample->n; r++)
        sample->subjects[r] = r + 1;
    own.sample = sample;
    own.people.npaths = 1;
    own.people.may_be_empty = NULL;
    return own;
}

void
ss_fit_documents(const ss_habit_rows *all, ss_habits *h)
{
    ss_sample sample;
    ss_habit_rows rows = with_subjects(all, &sample);
    ss_mentions *depths[SS_DOCUMENT_DEEPEST + 1]; /* apart: too many below are not too many above */
    ss_tally *unread = ss_tally_new(2, &rows.people);
    const ss_data_keys *keys = find_data_keys(&rows);
    ss_document_walk w = {.rows = &rows, .keys = keys, .visit = mention, .arg = depths};

    for (size_t d = 0; d <= SS_DOCUMENT_DEEPEST; d++)
        depths[d] = ss_mentions_new(&rows);
    for (size_t r = 0; r < rows.sample->n; r++)
    {
        json_t *document = ss_document_read(&rows, r);

        if (!rows.values->null[r])
            ss_habit_add(&rows, unread, document == NULL, r);
        if (document != NULL)
            ss_document_walk_row(&w, document, r);
        json_decref(document);
    }
    /* Those that can be read stand for all. */
    rows.weight = ss_tally_weight(unread, 0);
    for (size_t d = 0; d <= SS_DOCUMENT_DEEPEST; d++)
    {
        ss_mentions_tell(depths[d], &h->told[SS_HABIT_PATHS]);
        ss_mentions_free(depths[d]);
    }
    ss_habit_sort(&h->told[SS_HABIT_PATHS]);
    if (ss_tally_weight(unread, 1) > 0)
    {
        ss_habit_rows both = rows;

        both.weight += ss_tally_weight(unread, 1);
        ss_habit_tell_share(&both, unread, &h->told[SS_HABIT_UNREAD]);
    }
    ss_tally_free(unread);
    h->document = ss_fit_nodes(&rows, keys, &h->told[SS_HABIT_PATHS]);
    ss_buf_done(&w.path);
}
