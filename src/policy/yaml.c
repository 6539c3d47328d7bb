#include "policy/policy_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <yaml.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/text.h"
#include "base/try.h"

#define DEPTH_MAX 12

ss_code
ss_yaml_fail(const char *file, const ss_yaml *at, ss_error *err, const char *fmt, ...)
{
    char text[SS_ERROR_TEXT];
    va_list ap;

    va_start(ap, fmt);
    (void) vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return ss_fail(err, SS_EMEND, "%s:%zu:%zu: %s", file, at->line, at->column, text);
}

ss_code
ss_yaml_unknown(const char *file, const ss_yaml *at, const char *what, const char *const *words,
                size_t n, ss_error *err)
{
    ss_arena *scratch = ss_arena_new(NULL);
    const char *near = ss_nearest(at->text, words, n);
    ss_buf list = {0};
    ss_code code;

    (void) ss_yaml_fail(file, at, err, "unknown %s \"%.100s\"%s%s%s", what,
                        ss_printable(scratch, at->text), near == NULL ? "" : "; did you mean \"",
                        near == NULL ? "" : near, near == NULL ? "" : "\"?");
    for (size_t i = 0; i < n; i++)
        ss_buf_printf(&list, "%s%s", i == 0 ? "" : ", ", words[i]);
    code = ss_hint(err, "Known here: %s.", ss_buf_text(&list));
    ss_buf_done(&list);
    ss_arena_free(scratch);
    return code;
}

ss_code
ss_yaml_known_keys(const char *file, const ss_yaml *map, const char *what, const char *const *words,
                   size_t n, ss_error *err)
{
    if (map->kind != SS_YAML_MAP)
        return ss_yaml_fail(file, map, err, "%s must be a map of keys and values", what);
    for (size_t i = 0; i < map->n; i++)
    {
        size_t k = 0;

        while (k < n && strcmp(words[k], map->keys[i]->text) != 0)
            k++;
        if (k == n)
            return ss_yaml_unknown(file, map->keys[i], "key", words, n, err);
    }
    return SS_OK;
}

bool
ss_yaml_is_nothing(const ss_yaml *at)
{
    return at->kind == SS_YAML_SCALAR && !at->quoted && at->text[0] == '\0';
}

ss_code
ss_yaml_scalar(const char *file, const ss_yaml *at, const char *what, const char **text,
               ss_error *err)
{
    static const char *const yaml_words[] = {"null", "~",  "on",   "off",
                                             "yes",  "no", "true", "false"};

    if (at->kind != SS_YAML_SCALAR)
        return ss_yaml_fail(file, at, err, "%s must be one value", what);
    if (ss_yaml_is_nothing(at))
        return ss_yaml_fail(file, at, err, "%s is empty", what);
    for (size_t i = 0; !at->quoted && i < sizeof yaml_words / sizeof yaml_words[0]; i++)
    {
        if (strcasecmp(at->text, yaml_words[i]) == 0)
            return ss_yaml_fail(
                file, at, err,
                "%s: \"%s\" is a word of YAML itself; put it in quotes if it is meant", what,
                at->text);
    }
    *text = at->text;
    return SS_OK;
}

/* libyaml counts characters, we bytes. */
static size_t
byte_of(const char *text, size_t n, size_t character)
{
    size_t at = 0;

    for (; at < n && character > 0; character--)
    {
        at++;
        while (at < n && (text[at] & 0xC0) == 0x80)
            at++;
    }
    return at;
}

static ss_code
fail_at_byte(const char *file, const char *text, size_t byte, const char *problem, ss_error *err)
{
    size_t line = 1, column = 1;

    for (size_t i = 0; i < byte; i++)
    {
        column = text[i] == '\n' ? 1 : column + ((text[i] & 0xC0) != 0x80);
        line += text[i] == '\n';
    }
    return ss_fail(err, SS_EMEND, "%s:%zu:%zu: %s", file, line, column, problem);
}

typedef struct parser
{
    yaml_parser_t yaml;
    const char *file;
    const char *text; /* n bytes, without a byte order mark */
    size_t n;
    ss_arena *result;
    ss_error *err;
} parser;

static ss_code
next(parser *p, yaml_event_t *event)
{
    const yaml_mark_t *at = &p->yaml.problem_mark, *from = &p->yaml.context_mark;
    const char *problem;
    size_t byte;

    if (yaml_parser_parse(&p->yaml, event))
        return SS_OK;
    byte = byte_of(p->text, p->n, at->index);
    problem = p->yaml.problem == NULL ? "this is no YAML" : p->yaml.problem;
    if (p->yaml.error == YAML_READER_ERROR)
        return fail_at_byte(p->file, p->text, p->yaml.problem_offset, problem, p->err);
    if (byte < p->n && p->text[byte] == '\t')
        problem = "a tab cannot stand here: YAML is indented with blanks";
    else if (p->yaml.context != NULL && from->line < at->line)
        return ss_fail(p->err, SS_EMEND, "%s:%zu:%zu: %s %s that begins in line %zu", p->file,
                       at->line + 1, at->column + 1, problem, p->yaml.context, from->line + 1);
    return ss_fail(p->err, SS_EMEND, "%s:%zu:%zu: %s", p->file, at->line + 1, at->column + 1,
                   problem);
}

static ss_yaml *
new_node(parser *p, const yaml_event_t *event, ss_yaml_kind kind)
{
    ss_yaml *node = ss_alloc(p->result, 1, sizeof *node);

    node->kind = kind;
    node->line = event->start_mark.line + 1;
    node->column = event->start_mark.column + 1;
    node->start = event->start_mark.index;
    node->end = event->end_mark.index;
    return node;
}

static ss_code
refuse_extras(parser *p, const yaml_event_t *event, const unsigned char *anchor,
              const unsigned char *tag)
{
    if (anchor == NULL && tag == NULL)
        return SS_OK;
    return ss_fail(p->err, SS_EMEND, "%s:%zu:%zu: a policy has no anchors and no tags", p->file,
                   event->start_mark.line + 1, event->start_mark.column + 1);
}

static ss_code parse_node(parser *p, yaml_event_t *event, int depth, ss_yaml **node);

/* seen: the keys of the map by their texts. */
static ss_code
check_key(parser *p, ss_map *seen, ss_yaml *key)
{
    const ss_yaml *first;

    if (key->kind != SS_YAML_SCALAR)
        return ss_yaml_fail(p->file, key, p->err, "a key must be a word");
    first = ss_map_put(seen, key->text, key);
    if (first != NULL)
        return ss_yaml_fail(p->file, key, p->err, "\"%.100s\" stands here twice, first in line %zu",
                            ss_printable(p->result, key->text), first->line);
    return SS_OK;
}

static ss_code
parse_children(parser *p, ss_yaml *node, yaml_event_type_t close, int depth)
{
    ss_map *seen = node->kind == SS_YAML_MAP ? ss_map_new(p->result) : NULL;
    size_t keys = 0, values = 0;

    for (;;)
    {
        yaml_event_t event;
        ss_yaml *child;
        ss_code code;

        SS_TRY(next(p, &event));
        if (event.type == close)
        {
            if (node->flow)
                node->end = event.end_mark.index;
            yaml_event_delete(&event);
            return SS_OK;
        }
        code = parse_node(p, &event, depth + 1, &child);
        yaml_event_delete(&event);
        if (code != SS_OK)
            return code;
        if (node->kind == SS_YAML_MAP)
        {
            SS_TRY(check_key(p, seen, child));
            node->keys = ss_grow(p->result, node->keys, node->n, &keys, sizeof(ss_yaml *));
            node->keys[node->n] = child;
            SS_TRY(next(p, &event));
            code = parse_node(p, &event, depth + 1, &child);
            yaml_event_delete(&event);
            if (code != SS_OK)
                return code;
        }
        node->values = ss_grow(p->result, node->values, node->n, &values, sizeof(ss_yaml *));
        node->values[node->n++] = child;
        if (!node->flow && child->end > node->end)
            node->end = child->end;
    }
}

static ss_code
parse_node(parser *p, yaml_event_t *event, int depth, ss_yaml **node)
{
    if (depth > DEPTH_MAX)
        return ss_fail(p->err, SS_EMEND, "%s:%zu:%zu: nested too deeply", p->file,
                       event->start_mark.line + 1, event->start_mark.column + 1);
    switch ((int) event->type)
    {
    case YAML_SCALAR_EVENT:
        SS_TRY(refuse_extras(p, event, event->data.scalar.anchor, event->data.scalar.tag));
        if (strlen((const char *) event->data.scalar.value) != event->data.scalar.length)
            return ss_fail(p->err, SS_EMEND, "%s:%zu:%zu: a NUL character", p->file,
                           event->start_mark.line + 1, event->start_mark.column + 1);
        *node = new_node(p, event, SS_YAML_SCALAR);
        (*node)->text = ss_strdup(p->result, (const char *) event->data.scalar.value);
        (*node)->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        return SS_OK;
    case YAML_SEQUENCE_START_EVENT:
        SS_TRY(refuse_extras(p, event, event->data.sequence_start.anchor,
                             event->data.sequence_start.tag));
        *node = new_node(p, event, SS_YAML_LIST);
        (*node)->flow = event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
        return parse_children(p, *node, YAML_SEQUENCE_END_EVENT, depth);
    case YAML_MAPPING_START_EVENT:
        SS_TRY(refuse_extras(p, event, event->data.mapping_start.anchor,
                             event->data.mapping_start.tag));
        *node = new_node(p, event, SS_YAML_MAP);
        (*node)->flow = event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE;
        return parse_children(p, *node, YAML_MAPPING_END_EVENT, depth);
    default:
        return ss_fail(p->err, SS_EMEND, "%s:%zu:%zu: a policy has no aliases", p->file,
                       event->start_mark.line + 1, event->start_mark.column + 1);
    }
}

static ss_code
parse_document(parser *p, ss_yaml **root)
{
    yaml_event_t event;
    size_t line;
    ss_code code;
    int type;

    do
    {
        SS_TRY(next(p, &event));
        type = (int) event.type;
        if (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT)
            yaml_event_delete(&event);
    } while (type == YAML_STREAM_START_EVENT || type == YAML_DOCUMENT_START_EVENT);
    if (type == YAML_STREAM_END_EVENT)
    {
        yaml_event_delete(&event);
        return ss_fail(p->err, SS_EMEND, "%s:1:1: the file is empty", p->file);
    }
    code = parse_node(p, &event, 0, root);
    yaml_event_delete(&event);
    SS_TRY(code);
    do
    {
        SS_TRY(next(p, &event));
        type = (int) event.type;
        line = event.start_mark.line + 1;
        yaml_event_delete(&event);
    } while (type == YAML_DOCUMENT_END_EVENT);
    if (type != YAML_STREAM_END_EVENT)
        return ss_fail(p->err, SS_EMEND, "%s:%zu:1: a second document begins here: a policy is one",
                       p->file, line);
    return SS_OK;
}

/*
 * What YAML takes for the end of a line and editors do not show as one, and what turns the direction of what is shown:
 * who signs must see what is read.
 */
static ss_code
refuse_hidden(const char *file, const char *text, size_t n, ss_error *err)
{
    static const char hint[] =
        "Take it out; a name that holds it is written in double quotes, with "
        "\"\\u2028\" in its place, for example.";
    const bool line_feeds = memchr(text, '\n', n) != NULL;

    for (size_t at = 0; at < n; at++)
    {
        const unsigned char *c = (const unsigned char *) text + at;
        const size_t left = n - at;
        const char *problem = NULL;

        if (*c == '\r' && line_feeds && (left < 2 || c[1] != '\n'))
            problem = "a carriage return alone ends a line here, where others end with a line feed";
        else if ((*c == 0xC2 && left > 1 && c[1] == 0x85) ||
                 (*c == 0xE2 && left > 2 && c[1] == 0x80 && (c[2] == 0xA8 || c[2] == 0xA9)))
            problem = "YAML ends a line at this character, and editors do not";
        else if (*c == 0xE2 && left > 2 &&
                 ((c[1] == 0x80 && c[2] >= 0xAA && c[2] <= 0xAE) ||
                  (c[1] == 0x81 && c[2] >= 0xA6 && c[2] <= 0xA9)))
            problem = "this character turns the direction of what is shown";
        if (problem == NULL)
            continue;
        (void) fail_at_byte(file, text, at, problem, err);
        return ss_hint(err, "%s", hint);
    }
    return SS_OK;
}

size_t
ss_yaml_begins(const char *text, size_t n)
{
    return n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

ss_code
ss_yaml_parse(const char *file, const char *text, size_t n, ss_arena *result, ss_yaml **root,
              ss_error *err)
{
    const size_t mark = ss_yaml_begins(text, n);
    parser p = {.file = file, .text = text + mark, .n = n - mark, .result = result, .err = err};
    size_t bad;
    ss_code code;

    if (!ss_utf8_valid((const unsigned char *) text, n, &bad))
        return fail_at_byte(file, text, bad, "a policy is UTF-8, and this is not", err);
    SS_TRY(refuse_hidden(file, text + mark, n - mark, err));
    if (!yaml_parser_initialize(&p.yaml))
        ss_out_of_memory();
    yaml_parser_set_input_string(&p.yaml, (const unsigned char *) text + mark, n - mark);
    yaml_parser_set_encoding(&p.yaml, YAML_UTF8_ENCODING);
    code = parse_document(&p, root);
    yaml_parser_delete(&p.yaml);
    return code;
}

const ss_yaml *
ss_yaml_get(const ss_yaml *map, const char *key)
{
    for (size_t i = 0; map != NULL && map->kind == SS_YAML_MAP && i < map->n; i++)
    {
        if (strcmp(map->keys[i]->text, key) == 0)
            return map->values[i];
    }
    return NULL;
}
