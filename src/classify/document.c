#include "classify/document.h"

#include <expat.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "forms/contact.h"
#include "forms/device.h"

#define DEPTH_MAX                                                                                  \
    32 /* of documents; what is deeper is not looked at, and the document counts as not well formed */

typedef struct walking
{
    ss_document_visit visit;
    void *arg;
    void *at;
    unsigned depth;
    ss_buf text; /* of the XML element that is open */
    bool failed;
} walking;

bool
ss_is_key_of_data(const char *key, size_t n)
{
    size_t digits = 0;

    for (size_t i = 0; i < n; i++)
        digits += key[i] >= '0' && key[i] <= '9';
    return digits == n || (n > 4 && digits * 2 > n) || digits >= 6 || ss_is_email(key, n) ||
           ss_is_uuid(key, n) || ss_is_mac_address(key, n);
}

/* --- JSON --------------------------------------------------------------------------------------- */

static void
walk_json(walking *w, json_t *json)
{
    const char *key;
    char number[40];
    json_t *value;
    size_t i;

    if (++w->depth > DEPTH_MAX)
        w->failed = true;
    else if (json_is_object(json))
    {
        json_object_foreach(json, key, value)
        {
            w->visit(w->arg, &w->at, SS_DOCUMENT_KEY, key, strlen(key));
            walk_json(w, value);
            w->visit(w->arg, &w->at, SS_DOCUMENT_END, NULL, 0);
        }
    }
    else if (json_is_array(json))
    {
        json_array_foreach(json, i, value)
        {
            w->visit(w->arg, &w->at, SS_DOCUMENT_ELEMENT, NULL, 0);
            walk_json(w, value);
            w->visit(w->arg, &w->at, SS_DOCUMENT_END, NULL, 0);
        }
    }
    else if (json_is_string(json))
        w->visit(w->arg, &w->at, SS_DOCUMENT_TEXT, json_string_value(json),
                 json_string_length(json));
    else if (json_is_integer(json))
    {
        (void) snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(json));
        w->visit(w->arg, &w->at, SS_DOCUMENT_NUMBER, number, strlen(number));
    }
    else if (json_is_real(json))
    {
        (void) snprintf(number, sizeof number, "%.17g", json_real_value(json));
        w->visit(w->arg, &w->at, SS_DOCUMENT_NUMBER, number, strlen(number));
    }
    else if (json_is_boolean(json))
        w->visit(w->arg, &w->at, SS_DOCUMENT_FLAG, NULL, 0);
    w->depth--;
}

static bool
walk_text_json(walking *w, const char *text, size_t n)
{
    /* The type json keeps all values of a key that stands twice; nobody would look at the first. */
    json_t *json =
        json_loadb(text, n, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);

    if (json == NULL)
        return false;
    walk_json(w, json);
    json_decref(json);
    return !w->failed;
}

/* --- hstore: "key"=>"value", "key"=>NULL --------------------------------------------------------- */

/* The quoted text at *p, without its quotes and backslashes, in out. */
static bool
quoted(const char **p, const char *end, ss_buf *out)
{
    ss_buf_clear(out);
    if (*p == end || **p != '"')
        return false;
    for ((*p)++; *p < end && **p != '"'; (*p)++)
    {
        if (**p == '\\' && ++*p == end)
            return false;
        ss_buf_putc(out, **p);
    }
    if (*p == end)
        return false;
    (*p)++;
    return true;
}

static bool
after(const char **p, const char *end, const char *word)
{
    const size_t n = strlen(word);

    if ((size_t) (end - *p) < n || memcmp(*p, word, n) != 0)
        return false;
    *p += n;
    return true;
}

static bool
walk_hstore(walking *w, const char *text, size_t n)
{
    const char *p = text, *end = text + n;

    while (p < end)
    {
        if (!quoted(&p, end, &w->text) || !after(&p, end, "=>"))
            return false;
        w->visit(w->arg, &w->at, SS_DOCUMENT_KEY, ss_buf_text(&w->text), w->text.len);
        if (!after(&p, end, "NULL"))
        {
            if (!quoted(&p, end, &w->text))
                return false;
            w->visit(w->arg, &w->at, SS_DOCUMENT_TEXT, ss_buf_text(&w->text), w->text.len);
        }
        w->visit(w->arg, &w->at, SS_DOCUMENT_END, NULL, 0);
        if (p < end && !after(&p, end, ", "))
            return false;
    }
    return true;
}

/* --- XML ---------------------------------------------------------------------------------------- */

static void
put_text(walking *w)
{
    size_t from = 0, to = w->text.len;
    const char *text = ss_buf_text(&w->text);

    while (from < to && strchr(" \t\r\n", text[from]) != NULL)
        from++;
    while (to > from && strchr(" \t\r\n", text[to - 1]) != NULL)
        to--;
    if (to > from)
    {
        w->text.data[to] = '\0';
        w->visit(w->arg, &w->at, SS_DOCUMENT_TEXT, text + from, to - from);
    }
    ss_buf_clear(&w->text);
}

static void XMLCALL
element_begins(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    walking *w = arg;

    if (++w->depth > DEPTH_MAX)
    {
        w->failed = true;
        return;
    }
    put_text(w);
    if (w->depth == 1)
        return; /* the one of walk_xml() */
    w->visit(w->arg, &w->at, SS_DOCUMENT_KEY, name, strlen(name));
    for (size_t i = 0; attributes[i] != NULL; i += 2)
    {
        ss_buf_printf(&w->text, "@%s", attributes[i]);
        w->visit(w->arg, &w->at, SS_DOCUMENT_KEY, ss_buf_text(&w->text), w->text.len);
        ss_buf_clear(&w->text);
        w->visit(w->arg, &w->at, SS_DOCUMENT_TEXT, attributes[i + 1], strlen(attributes[i + 1]));
        w->visit(w->arg, &w->at, SS_DOCUMENT_END, NULL, 0);
    }
}

static void XMLCALL
element_ends(void *arg, const XML_Char *name)
{
    walking *w = arg;

    (void) name;
    if (w->depth-- > DEPTH_MAX)
        return;
    put_text(w);
    if (w->depth == 0)
        return;
    w->visit(w->arg, &w->at, SS_DOCUMENT_END, NULL, 0);
}

static void XMLCALL
characters(void *arg, const XML_Char *text, int n)
{
    ss_buf_append(&((walking *) arg)->text, text, (size_t) n);
}

/* What stands in comments and instructions leaves with the rest. */
static void XMLCALL
comment(void *arg, const XML_Char *text)
{
    characters(arg, text, (int) strlen(text));
}

static void XMLCALL
instruction(void *arg, const XML_Char *target, const XML_Char *text)
{
    (void) target;
    characters(arg, text, (int) strlen(text));
}

/* Content of the type xml may have several roots, or none: it is put into one. */
static bool
walk_xml(walking *w, const char *text, size_t n)
{
    static const char open[] = "<r>", shut[] = "</r>";
    XML_Parser parser = XML_ParserCreate("UTF-8");
    const char *start = text;
    bool good;

    if (parser == NULL)
        ss_out_of_memory();
    if (n > 5 && memcmp(text, "<?xml", 5) == 0)
    {
        const char *end = memchr(text, '>', n);

        start = end == NULL ? text : end + 1;
    }
    XML_SetUserData(parser, w);
    XML_SetElementHandler(parser, element_begins, element_ends);
    XML_SetCharacterDataHandler(parser, characters);
    XML_SetCommentHandler(parser, comment);
    XML_SetProcessingInstructionHandler(parser, instruction);
    good = XML_Parse(parser, open, sizeof open - 1, 0) == XML_STATUS_OK &&
           XML_Parse(parser, start, (int) (n - (size_t) (start - text)), 0) == XML_STATUS_OK &&
           XML_Parse(parser, shut, sizeof shut - 1, 1) == XML_STATUS_OK;
    XML_ParserFree(parser);
    return good && !w->failed;
}

bool
ss_document_walk(ss_document kind, const char *text, size_t n, ss_document_visit visit, void *arg,
                 void *root)
{
    walking w = {.visit = visit, .arg = arg, .at = root};
    bool good = false;

    switch (kind)
    {
    case SS_DOCUMENT_JSON:
        good = walk_text_json(&w, text, n);
        break;
    case SS_DOCUMENT_HSTORE:
        good = walk_hstore(&w, text, n);
        break;
    case SS_DOCUMENT_XML:
        good = walk_xml(&w, text, n);
        break;
    }
    ss_buf_done(&w.text);
    return good;
}
