/*
 * Text in columns for people: cells that line up, running text that wraps, nothing wider than the
 * terminal.
 *
 * A line is made of cells from left to right and may end in running text.  A cell that is too long
 * for its place keeps all its text: it takes the line for itself, and what follows stands below, in
 * its own column.  Names of a database go in through ss_printable().
 */
#ifndef SS_REPORT_LAYOUT_H
#define SS_REPORT_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SS_LAYOUT_NARROWEST 40
#define SS_LAYOUT_DEFAULT   80

typedef struct ss_layout
{
    ss_buf *out;
    size_t width;
    size_t at; /* the column that the next character goes to */
} ss_layout;

/* width 0: the default; below the narrowest: that. */
ss_layout ss_layout_of(ss_buf *out, size_t width);

/* Go to that column, unless the line is there already. */
void ss_layout_to(ss_layout *layout, size_t column);

/* text in a cell of that width; right: aligned to its right end. */
void ss_layout_cell(ss_layout *layout, const char *text, size_t width, bool right);

/*
 * Running text from here on: broken at blanks where that is possible, further lines starting at column
 * indent.
 */
void ss_layout_text(ss_layout *layout, const char *text, size_t indent);

/* A line of running text from that column on, and one of a name in a cell of that width with the text behind it. */
void ss_layout_line(ss_layout *layout, size_t column, size_t indent, const char *text);
void ss_layout_fact(ss_layout *layout, size_t column, const char *name, size_t width,
                    const char *text);

/* "s", unless it is one. */
const char *ss_layout_plural(size_t n);

/* End the line; blanks at its end go. */
void ss_layout_end(ss_layout *layout);

#endif
