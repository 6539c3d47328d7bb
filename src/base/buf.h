/*
 * Byte buffers that grow: text being written, COPY data being gathered.
 *
 * An ss_buf lives outside the arenas because it is reused for millions of rows.  {0} is an empty
 * buffer.  data is followed by a NUL byte whenever it is not NULL, so text can be read in place.
 */
#ifndef SS_BASE_BUF_H
#define SS_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <sandseed/export.h>

#include "base/arena.h"

typedef struct ss_buf
{
    unsigned char *data;
    size_t len;
    size_t capacity; /* without the closing NUL */
    size_t used;     /* the most that len was when it was cleared: what there is to wipe */
} ss_buf;

/* What a few bytes are appended by stands here, since it is called for every field of every row. */

/* Make room for n more bytes; ends the process when there is no memory (see base/arena.h). */
void ss_buf_reserve(ss_buf *buf, size_t n);

/* The same for lengths that the data dictate: false when there is no memory, buf as it was. */
SS_MUST_CHECK int ss_buf_try_reserve(ss_buf *buf, size_t n);

/* True when n more bytes fit as it is, without a reserve. */
static inline int
ss_buf_fits(const ss_buf *buf, size_t n)
{
    return buf->data != NULL && n <= buf->capacity - buf->len;
}

static inline void
ss_buf_append(ss_buf *buf, const void *data, size_t n)
{
    if (n == 0)
        return;
    if (!ss_buf_fits(buf, n))
        ss_buf_reserve(buf, n);
    memcpy(buf->data + buf->len, data, n);
    buf->len += n;
    buf->data[buf->len] = '\0';
}

void ss_buf_puts(ss_buf *buf, const char *text);
void ss_buf_putc(ss_buf *buf, char c);
void ss_buf_printf(ss_buf *buf, const char *fmt, ...) SS_PRINTF(2, 3);

/* Big-endian integers, as PostgreSQL's binary formats have them. */
static inline void
ss_buf_put_u16(ss_buf *buf, uint16_t v)
{
    const unsigned char bytes[] = {(unsigned char) (v >> 8), (unsigned char) v};

    ss_buf_append(buf, bytes, sizeof bytes);
}

static inline void
ss_buf_put_u32(ss_buf *buf, uint32_t v)
{
    const unsigned char bytes[] = {(unsigned char) (v >> 24), (unsigned char) (v >> 16),
                                   (unsigned char) (v >> 8), (unsigned char) v};

    ss_buf_append(buf, bytes, sizeof bytes);
}

static inline void
ss_buf_put_u64(ss_buf *buf, uint64_t v)
{
    ss_buf_put_u32(buf, (uint32_t) (v >> 32));
    ss_buf_put_u32(buf, (uint32_t) v);
}

/* The text so far, "" when nothing was written.  Valid until the next write. */
const char *ss_buf_text(const ss_buf *buf);

/* Empty it, keep the memory. */
void ss_buf_clear(ss_buf *buf);

/* Forget all but the first n bytes; all but the last. */
void ss_buf_keep_first(ss_buf *buf, size_t n);
void ss_buf_keep_last(ss_buf *buf, size_t n);

/* Free the memory, overwriting it first: buffers hold rows of production. */
void ss_buf_done(ss_buf *buf);

/* Done with the arena; buf must live as long. */
void ss_buf_defer(ss_arena *arena, ss_buf *buf);

#endif
