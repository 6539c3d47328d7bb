/*
 * XML in documents: written anew, element by element, as a parser sees it.
 *
 * Comments and processing instructions are left out, since nobody could name what is in them; CDATA becomes text, and so do entities.
 * A document type makes it one that cannot be read.
 */
#include <string.h>

#include "base/xml.h"
#include "pseudonymise/document.h"

typedef struct reading
{
    ss_scanning *s;
    const ss_document_ways *d;
    XML_Parser parser;
    uint32_t stack[SS_SCAN_DEPTH +
                   1]; /* states of the elements that are open; the first is the document's */
    size_t depth;
    size_t skipped; /* the depth from which on all is left out; 0: nothing */
    ss_buf text;    /* of the innermost element, so far */
    ss_buf name;
    ss_scan scan;
} reading;

static void
stop(reading *r, ss_scan scan)
{
    r->scan = scan;
    (void) XML_StopParser(r->parser, XML_FALSE);
}

static void
put_escaped(reading *r, const unsigned char *text, size_t n, bool attribute)
{
    ss_buf_clear(&r->name);
    ss_put_xml_text(&r->name, text, n, attribute);
    ss_scan_put(r->s, r->name.data, r->name.len);
}

/* A value of the state: text of an element, or an attribute's.  false: nothing was put, since it is nobody's to name. */
static bool
put_value(reading *r, uint32_t state, const unsigned char *text, size_t n, bool attribute)
{
    const uint32_t path = r->d->set->states[state].path;
    const ss_treatment treatment =
        path == SS_PATH_NONE ? SS_TREAT_KEEP : ss_scan_decision(r->s, path)->treatment;

    if (path == SS_PATH_NONE)
    {
        stop(r, ss_scan_unknown(r->s, state, "", 0));
        return false;
    }
    if (attribute && treatment == SS_TREAT_KEEP)
        ss_scan_put(r->s, "\"", 1);
    if (treatment == SS_TREAT_KEEP)
        put_escaped(r, text, n, attribute);
    else if (treatment != SS_TREAT_NULLIFY)
        (void) ss_scan_text(r->s, path, text, n,
                            attribute ? SS_WRITE_XML_ATTRIBUTE : SS_WRITE_XML_TEXT);
    if (attribute && treatment == SS_TREAT_KEEP)
        ss_scan_put(r->s, "\"", 1);
    if (attribute && treatment == SS_TREAT_NULLIFY)
        ss_scan_put(r->s, "\"\"", 2);
    return true;
}

/* What has been read of the innermost element's text; blanks around it stay. */
static void
put_text(reading *r)
{
    const unsigned char *text = r->text.data;
    size_t from = 0, to = r->text.len;

    if (r->skipped > 0 || to == 0 || r->scan != SS_SCAN_DONE)
    {
        ss_buf_clear(&r->text);
        return;
    }
    while (from < to && ss_xml_is_blank((char) text[from]))
        from++;
    while (to > from && ss_xml_is_blank((char) text[to - 1]))
        to--;
    put_escaped(r, text, from, false);
    if (to > from && put_value(r, r->stack[r->depth - 1], text + from, to - from, false))
        put_escaped(r, text + to, r->text.len - to, false);
    ss_buf_clear(&r->text);
}

static void
put_attributes(reading *r, uint32_t state, const XML_Char **attributes)
{
    for (size_t i = 0; attributes[i] != NULL && r->scan == SS_SCAN_DONE; i += 2)
    {
        const char *value = attributes[i + 1];
        uint32_t below = state;
        bool replaced = false;
        ss_scan scan;

        ss_scan_put(r->s, " ", 1);
        ss_scan_put(r->s, attributes[i], strlen(attributes[i]));
        ss_scan_put(r->s, "=", 1);
        ss_buf_clear(&r->name);
        ss_buf_printf(&r->name, "@%s", attributes[i]);
        scan = ss_scan_key(r->s, &below, r->name.data, r->name.len, SS_WRITE_BARE, &replaced);
        if (scan != SS_SCAN_DONE)
            stop(r, scan);
        else
            (void) put_value(r, below, (const unsigned char *) value, strlen(value), true);
    }
}

static void XMLCALL
element_begins(void *arg, const XML_Char *name, const XML_Char **attributes)
{
    reading *r = arg;
    uint32_t state;
    bool replaced = false;
    ss_scan scan;

    if (r->scan != SS_SCAN_DONE)
        return;
    if (r->depth == 0) /* the one around it */
    {
        r->depth = 1;
        return;
    }
    put_text(r);
    if (r->depth > SS_SCAN_DEPTH)
    {
        stop(r, SS_SCAN_BROKEN);
        return;
    }
    state = r->stack[r->depth - 1];
    /* One thing stands for all that is in the element around it. */
    if (r->skipped == 0 && r->d->whole[state])
        r->skipped = r->depth;
    if (r->skipped == 0 && r->scan == SS_SCAN_DONE)
    {
        scan = ss_scan_key(r->s, &state, (const unsigned char *) name, strlen(name), SS_WRITE_BARE,
                           &replaced);
        if (scan != SS_SCAN_DONE)
        {
            stop(r, scan);
            return;
        }
        ss_scan_put(r->s, "<", 1);
        ss_scan_put(r->s, name, strlen(name));
        if (!r->d->whole[state])
            put_attributes(r, state, attributes);
        ss_scan_put(r->s, ">", 1);
    }
    r->stack[r->depth++] = state;
}

static void XMLCALL
element_ends(void *arg, const XML_Char *name)
{
    reading *r = arg;

    if (r->scan != SS_SCAN_DONE)
        return;
    put_text(r);
    r->depth--;
    if (r->depth == 0)
        return;
    if (r->skipped > 0)
    {
        r->skipped = r->depth == r->skipped ? 0 : r->skipped;
        return;
    }
    ss_scan_put(r->s, "</", 2);
    ss_scan_put(r->s, name, strlen(name));
    ss_scan_put(r->s, ">", 1);
}

static void XMLCALL
characters(void *arg, const XML_Char *text, int n)
{
    reading *r = arg;

    if (n > 0)
        ss_buf_append(&r->text, text, (size_t) n);
}

ss_scan
ss_scan_xml(ss_scanning *s, unsigned level, size_t at, size_t n, uint32_t state)
{
    const unsigned char *text = ss_scan_bytes(s, level) + at;
    reading r = {.s = s, .d = ss_scan_document(s), .parser = XML_ParserCreate("UTF-8")};
    bool good;

    if (r.parser == NULL)
        ss_out_of_memory();
    r.stack[0] = state;
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, element_begins, element_ends);
    XML_SetCharacterDataHandler(r.parser, characters);
    good = ss_xml_read(r.parser, (const char *) text, n);
    XML_ParserFree(r.parser);
    ss_buf_done(&r.text);
    ss_buf_done(&r.name);
    if (r.scan != SS_SCAN_DONE)
        return r.scan;
    return good ? SS_SCAN_DONE : SS_SCAN_BROKEN;
}
