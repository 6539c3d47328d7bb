/*
 * XML as documents: an element is an object of its attributes (@name), the elements in it, those of one name as a list, and its text
 * (#text), where there is any; or that text alone, where there is nothing else.  Names are as they are written.
 */
#include <string.h>

#include "base/buf.h"
#include "base/xml.h"
#include "fit/documents_internal.h"

#define NESTED_MAX 128

typedef struct element
{
    json_t *object;
    ss_buf text; /* without that of the elements in it */
} element;

typedef struct reading
{
    XML_Parser parser;
    element open[NESTED_MAX + 1]; /* the first is the document */
    size_t depth;                 /* how many are open */
    size_t used;                  /* how many have been */
    bool stopped;                 /* since one is too deep */
    ss_buf name;
    json_t *document;
} reading;

static void XMLCALL
element_begins(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    reading *r = arg;
    element *e;

    (void) name;
    r->stopped = r->stopped || r->depth > NESTED_MAX;
    if (r->stopped)
    {
        (void) XML_StopParser(r->parser, XML_FALSE);
        return;
    }
    e = &r->open[r->depth++];
    r->used = r->used > r->depth ? r->used : r->depth;
    e->object = json_object();
    ss_buf_clear(&e->text);
    for (size_t i = 0; attributes[i] != NULL; i += 2)
    {
        ss_buf_clear(&r->name);
        ss_buf_printf(&r->name, "@%s", attributes[i]);
        (void) json_object_set_new(e->object, ss_buf_text(&r->name),
                                   json_string(attributes[i + 1]));
    }
}

/* What it is, a new reference; blanks around its text are layout. */
static json_t *
value_of(element *e)
{
    const char *text = ss_buf_text(&e->text);
    size_t from = 0, to = e->text.len;
    json_t *object = e->object, *string;

    while (from < to && ss_xml_is_blank(text[from]))
        from++;
    while (to > from && ss_xml_is_blank(text[to - 1]))
        to--;
    string = json_stringn(text + from, to - from);
    e->object = NULL;
    if (json_object_size(object) == 0)
    {
        json_decref(object);
        return string;
    }
    if (to > from)
        (void) json_object_set_new(object, "#text", string);
    else
        json_decref(string);
    return object;
}

static void
put_element(json_t *object, const char *name, json_t *value)
{
    json_t *before = json_object_get(object, name);

    if (before == NULL)
        (void) json_object_set_new(object, name, value);
    else if (json_is_array(before))
        (void) json_array_append_new(before, value);
    else
        (void) json_object_set_new(object, name, json_pack("[O, o]", before, value));
}

static void XMLCALL
element_ends(void *arg, const XML_Char *name)
{
    reading *r = arg;
    json_t *value;

    /* The parser may still hear of what it has read. */
    if (r->stopped)
        return;
    value = value_of(&r->open[--r->depth]);
    if (r->depth == 0)
        r->document = value;
    else
        put_element(r->open[r->depth - 1].object, name, value);
}

static void XMLCALL
characters(void *arg, const XML_Char *text, int n)
{
    reading *r = arg;

    if (!r->stopped)
        ss_buf_append(&r->open[r->depth - 1].text, text, (size_t) n);
}

json_t *
ss_document_read_xml(const char *text, size_t n)
{
    reading r = {.parser = XML_ParserCreate("UTF-8")};
    bool good;

    if (r.parser == NULL)
        ss_out_of_memory();
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, element_begins, element_ends);
    XML_SetCharacterDataHandler(r.parser, characters);
    good = ss_xml_read(r.parser, text, n);
    XML_ParserFree(r.parser);
    for (size_t i = 0; i < r.used; i++)
    {
        json_decref(r.open[i].object);
        ss_buf_done(&r.open[i].text);
    }
    ss_buf_done(&r.name);
    if (good)
        return r.document;
    json_decref(r.document);
    return NULL;
}
