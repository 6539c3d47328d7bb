#include "base/xml.h"

#include <limits.h>
#include <string.h>

bool
ss_xml_is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* <?xml version="1.0"?> in front: where what follows begins. */
static size_t
behind_declaration(const char *text, size_t n)
{
    const char *end = n > 6 && memcmp(text, "<?xml", 5) == 0 && ss_xml_is_blank(text[5])
                          ? memchr(text, '>', n)
                          : NULL;

    return end == NULL ? 0 : (size_t) (end - text) + 1;
}

bool
ss_xml_read(XML_Parser parser, const char *text, size_t n)
{
    static const char open[] = "<r>", shut[] = "</r>";
    const size_t skip = behind_declaration(text, n);

    /* Within an element a document type is an error of syntax. */
    return n <= INT_MAX && XML_Parse(parser, open, sizeof open - 1, 0) == XML_STATUS_OK &&
           XML_Parse(parser, text + skip, (int) (n - skip), 0) == XML_STATUS_OK &&
           XML_Parse(parser, shut, sizeof shut - 1, 1) == XML_STATUS_OK;
}
