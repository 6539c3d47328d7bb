#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FIRST_CAPACITY 256

/*
 * From here on realloc moves the block: mostly it has pages of its own, which move without a copy, and by hand a huge
 * cell would need twice its size.  Where malloc has learnt to keep such blocks (it does when they are freed) a copy may stay.
 */
#define MAPPED_BYTES (128U << 10)

/* So much of it may hold what was written. */
static size_t
touched(const ss_buf *buf)
{
    return buf->len > buf->used ? buf->len : buf->used;
}

/* realloc, but that small blocks leave nothing behind of rows in the memory that is given back. */
static unsigned char *
move(const ss_buf *buf, size_t bytes)
{
    unsigned char *data;

    if (buf->capacity >= MAPPED_BYTES)
        return realloc(buf->data, bytes);
    data = malloc(bytes);
    if (data == NULL || buf->data == NULL)
        return data;
    memcpy(data, buf->data, buf->len);
    ss_wipe(buf->data, touched(buf));
    free(buf->data);
    return data;
}

int
ss_buf_try_reserve(ss_buf *buf, size_t n)
{
    size_t capacity = buf->capacity;
    unsigned char *data;

    if (ss_buf_fits(buf, n))
        return 1;
    if (n > SIZE_MAX / 2 - buf->len - 1)
        return 0;
    if (capacity < FIRST_CAPACITY)
        capacity = FIRST_CAPACITY;
    /* Doubling keeps appends cheap; a huge cell must not cost twice its size. */
    while (capacity < buf->len + n)
        capacity = capacity > (64U << 20) ? buf->len + n : capacity * 2;
    data = move(buf, capacity + 1);
    if (data == NULL)
        return 0;
    data[buf->len] = '\0';
    buf->data = data;
    buf->capacity = capacity;
    return 1;
}

void
ss_buf_reserve(ss_buf *buf, size_t n)
{
    if (!ss_buf_try_reserve(buf, n))
        ss_out_of_memory();
}

void
ss_buf_puts(ss_buf *buf, const char *text)
{
    ss_buf_append(buf, text, strlen(text));
}

void
ss_buf_putc(ss_buf *buf, char c)
{
    ss_buf_append(buf, &c, 1);
}

void
ss_buf_printf(ss_buf *buf, const char *fmt, ...)
{
    va_list ap, again;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n > 0)
    {
        ss_buf_reserve(buf, (size_t) n);
        (void) vsnprintf((char *) buf->data + buf->len, (size_t) n + 1, fmt, again);
        buf->len += (size_t) n;
    }
    va_end(again);
}

const char *
ss_buf_text(const ss_buf *buf)
{
    return buf->data == NULL ? "" : (const char *) buf->data;
}

void
ss_buf_clear(ss_buf *buf)
{
    buf->used = touched(buf);
    buf->len = 0;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

void
ss_buf_keep_first(ss_buf *buf, size_t n)
{
    if (n >= buf->len)
        return;
    buf->used = touched(buf);
    buf->len = n;
    buf->data[n] = '\0';
}

void
ss_buf_keep_last(ss_buf *buf, size_t n)
{
    if (n >= buf->len)
        return;
    buf->used = touched(buf);
    memmove(buf->data, buf->data + buf->len - n, n);
    buf->len = n;
    buf->data[n] = '\0';
}

void
ss_buf_done(ss_buf *buf)
{
    if (buf->data != NULL)
        ss_wipe(buf->data, touched(buf));
    free(buf->data);
    *buf = (ss_buf){0};
}

static void
done(void *arg)
{
    ss_buf_done(arg);
}

void
ss_buf_defer(ss_arena *arena, ss_buf *buf)
{
    ss_arena_defer(arena, done, buf);
}
