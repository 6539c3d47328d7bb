/* XML as columns hold it: content, which may have several roots or none, with a declaration before it or without. */
#ifndef SS_BASE_XML_H
#define SS_BASE_XML_H

#include <expat.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The text, put into one element more, of which the parser's handlers hear first and last.  Where that ends nothing else is
 * open.  False: it is no content, it has a document type (so no entity is declared, or read from elsewhere), or a handler stopped.
 */
bool ss_xml_read(XML_Parser parser, const char *text, size_t n);

bool ss_xml_is_blank(char c);

#endif
