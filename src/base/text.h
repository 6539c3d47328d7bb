/* Text for people and files: escaping, widths, numbers, patterns.  Independent of the locale. */
#ifndef SS_BASE_TEXT_H
#define SS_BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

/*
 * text made safe for a terminal, a log line and a message: control characters, ESC, DEL, bidi
 * controls (U+202A-202E, U+2066-2069) and invalid UTF-8 become \x.. ; in arena.
 */
char *ss_printable(ss_arena *arena, const char *text);

/* Columns that text takes on a terminal (combining marks 0, East Asian wide 2). */
size_t ss_text_width(const char *text);

/* The same into to, cut to size - 1 bytes at a whole character or escape. */
void ss_text_show(char *to, size_t size, const char *text);

/*
 * How many bytes of text take at most width such columns: whole characters, marks with what they
 * combine with, and at least one character unless text is empty.
 */
size_t ss_text_fit(const char *text, size_t width);

/* Is data n bytes of valid UTF-8 (no surrogates, no overlong forms)?  *bad: offset of the first bad byte, when not NULL. */
bool ss_utf8_valid(const unsigned char *data, size_t n, size_t *bad);

/* The code point that text, which is not "", begins with; returns its bytes.  U+FFFD, one byte, where it is malformed. */
size_t ss_utf8_point(const char *text, uint32_t *point);

/* Can the character change how a terminal or a reader sees what follows?  Controls, line ends, marks of direction, what is no character. */
bool ss_utf8_deceptive(uint32_t point);

/* Does text match a glob of '*' and '?', in linear time?  Everything else is literal. */
bool ss_glob(const char *pattern, const char *text);

/* An SQL identifier as people write it: quoted only where it must be.  Appended to out. */
void ss_text_ident(ss_buf *out, const char *name);

/* The word of the list nearest to word (edit distance at most a third of its length), or NULL. */
const char *ss_nearest(const char *word, const char *const *list, size_t n);

/* Does *p begin with the word?  Then it is behind it afterwards. */
bool ss_text_take(const char **p, const char *word);

/* Whole text as a number; false when it is not one or does not fit. */
bool ss_parse_i64(const char *text, int64_t *v);
bool ss_parse_u64(const char *text, uint64_t *v);
bool ss_parse_double(const char *text, double *v);

/* 1234567 -> "1,234,567"; 287e6 -> "287 MB"; 73.4 -> "1 min 13 s"; in arena. */
char *ss_text_count(ss_arena *arena, uint64_t n);
char *ss_text_bytes(ss_arena *arena, uint64_t n);
char *ss_text_seconds(ss_arena *arena, double s);

#endif
