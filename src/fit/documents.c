/* Which paths documents have (JSON, hstore), and of which type: k people's, to a depth of three keys. */
#include <jansson.h>
#include <string.h>

#include "base/buf.h"
#include "fit/habits_internal.h"

#define DEPTH        3
#define ELEMENTS_MAX 32 /* of an array that are looked at */

/* Paths of each depth apart: keys that are data make too many below, and not above. */
typedef struct walk
{
    ss_mentions *depths[DEPTH + 1];
    size_t row;
    ss_buf path;
} walk;

static const char *
type_name(const json_t *json)
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

static void
mention(walk *w, size_t depth, const char *type)
{
    const size_t length = w->path.len;

    ss_buf_printf(&w->path, " %s", type);
    ss_mentions_add(w->depths[depth], w->row, ss_buf_text(&w->path), w->path.len);
    w->path.len = length;
}

/* As paths of SQL/JSON have it: quoted unless it is a plain word. */
static void
put_key(ss_buf *path, const char *key, size_t n)
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
walk_json(walk *w, json_t *json, size_t depth)
{
    const size_t length = w->path.len;
    const char *key;
    json_t *value;
    size_t i;

    mention(w, depth, type_name(json));
    if (depth == DEPTH || length > SS_HABIT_TEXT_MAX)
        return;
    json_object_foreach(json, key, value)
    {
        put_key(&w->path, key, strlen(key));
        walk_json(w, value, depth + 1);
        w->path.len = length;
    }
    json_array_foreach(json, i, value)
    {
        if (i == ELEMENTS_MAX)
            break;
        ss_buf_puts(&w->path, "[*]");
        walk_json(w, value, depth + 1);
        w->path.len = length;
    }
}

static void
look_at_json(walk *w, const char *text, size_t n)
{
    json_t *json = json_loadb(text, n, JSON_DECODE_ANY, NULL);

    /* A number of more digits than an integer holds. */
    if (json == NULL)
        json = json_loadb(text, n, JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, NULL);
    if (json == NULL)
        return;
    ss_buf_puts(&w->path, "$");
    walk_json(w, json, 0);
    json_decref(json);
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

/* "key"=>"value", "key"=>NULL */
static void
look_at_hstore(walk *w, const char *text, size_t n)
{
    ss_buf key = {0}, value = {0};

    ss_buf_puts(&w->path, "$");
    mention(w, 0, "object");
    for (size_t at = 0; hstore_string(text, n, &at, &key);)
    {
        bool null;

        at += 2;
        null = !hstore_string(text, n, &at, &value);
        at += null ? 4 : 0;
        at += 2;
        put_key(&w->path, ss_buf_text(&key), key.len);
        mention(w, 1, null ? "null" : "string");
        w->path.len = 1;
    }
    ss_buf_done(&key);
    ss_buf_done(&value);
}

void
ss_fit_documents(const ss_habit_rows *rows, ss_habits *h)
{
    const bool json = ss_type_is(rows->type, "json") || ss_type_is(rows->type, "jsonb");
    walk w = {0};
    const char *text;
    size_t n;

    for (size_t d = 0; d <= DEPTH; d++)
        w.depths[d] = ss_mentions_new(rows);
    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (!ss_habit_text(rows, r, &text, &n))
            continue;
        w.row = r;
        w.path.len = 0;
        if (json)
            look_at_json(&w, text, n);
        else
            look_at_hstore(&w, text, n);
    }
    for (size_t d = 0; d <= DEPTH; d++)
    {
        ss_mentions_tell(w.depths[d], &h->told[SS_HABIT_PATHS]);
        ss_mentions_free(w.depths[d]);
    }
    ss_habit_sort(&h->told[SS_HABIT_PATHS]);
    ss_buf_done(&w.path);
}
