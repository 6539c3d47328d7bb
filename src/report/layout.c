#include "report/layout.h"

#include <string.h>

#include "base/text.h"

ss_layout
ss_layout_of(ss_buf *out, size_t width)
{
    return (ss_layout){.out = out,
                       .width = width == 0                    ? SS_LAYOUT_DEFAULT
                                : width < SS_LAYOUT_NARROWEST ? SS_LAYOUT_NARROWEST
                                                              : width};
}

void
ss_layout_to(ss_layout *layout, size_t column)
{
    for (; layout->at < column; layout->at++)
        ss_buf_putc(layout->out, ' ');
}

void
ss_layout_end(ss_layout *layout)
{
    ss_buf *out = layout->out;

    while (out->len > 0 && out->data[out->len - 1] == ' ')
        out->len--;
    ss_buf_putc(out, '\n');
    layout->at = 0;
}

/* A word, cut wherever it must be. */
static void
put_word(ss_layout *layout, const char *word, size_t n, size_t indent)
{
    char piece[256];

    while (n > 0)
    {
        const size_t room = layout->width > layout->at ? layout->width - layout->at : 0;
        size_t take = n < sizeof piece - 1 ? n : sizeof piece - 1;

        while (take < n && take > 4 && ((unsigned char) word[take] & 0xC0) == 0x80)
            take--; /* between two characters */
        memcpy(piece, word, take);
        piece[take] = '\0';
        take = ss_text_fit(piece, room);
        piece[take] = '\0';
        if (ss_text_width(piece) > room && layout->at > indent)
        {
            ss_layout_end(layout);
            ss_layout_to(layout, indent);
            continue;
        }
        ss_buf_append(layout->out, piece, take);
        layout->at += ss_text_width(piece);
        word += take;
        n -= take;
    }
}

/* Columns that the n bytes at word take; more than limit is told as limit + 1. */
static size_t
word_width(const char *word, size_t n, size_t limit)
{
    char piece[1024];

    if (n >= sizeof piece)
        return limit + 1;
    memcpy(piece, word, n);
    piece[n] = '\0';
    return ss_text_width(piece);
}

void
ss_layout_text(ss_layout *layout, const char *text, size_t indent)
{
    if (indent > layout->width / 2)
        indent = layout->width / 2;
    while (*text != '\0')
    {
        const size_t blanks = strspn(text, " ");
        const size_t n = strcspn(text + blanks, " ");
        const size_t wide = word_width(text + blanks, n, layout->width);

        if (layout->at + blanks + wide > layout->width && layout->at > indent &&
            (wide <= layout->width - indent || layout->at + blanks >= layout->width))
        {
            ss_layout_end(layout);
            ss_layout_to(layout, indent);
        }
        else
            ss_layout_to(layout, layout->at + blanks);
        put_word(layout, text + blanks, n, indent);
        text += blanks + n;
    }
}

void
ss_layout_cell(ss_layout *layout, const char *text, size_t width, bool right)
{
    const size_t start = layout->at;
    const size_t wide = ss_text_width(text);

    if (right && wide < width)
        ss_layout_to(layout, start + width - wide);
    if (wide <= width)
    {
        ss_buf_puts(layout->out, text);
        layout->at += wide;
    }
    else
    {
        ss_layout_text(layout, text, start + 2);
        ss_layout_end(layout);
    }
    ss_layout_to(layout, start + width);
}

void
ss_layout_line(ss_layout *layout, size_t column, size_t indent, const char *text)
{
    ss_layout_to(layout, column);
    ss_layout_text(layout, text, indent);
    ss_layout_end(layout);
}

void
ss_layout_fact(ss_layout *layout, size_t column, const char *name, size_t width, const char *text)
{
    ss_layout_to(layout, column);
    ss_layout_cell(layout, name, width, false);
    ss_layout_text(layout, text, column + width);
    ss_layout_end(layout);
}

const char *
ss_layout_plural(size_t n)
{
    return n == 1 ? "" : "s";
}
