#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Small allocations share a block.  Under a sanitizer each gets its own, so an
 * overrun of one allocation into the next is still seen.
 */
#ifdef SS_SANITIZED
#define BLOCK_BYTES 0
#else
#define BLOCK_BYTES 8192
#endif

typedef struct block
{
    struct block *next;
    size_t used;
    size_t capacity;
    alignas(max_align_t) unsigned char data[];
} block;

typedef struct deferred
{
    struct deferred *next;
    void (*fn)(void *);
    void *arg;
} deferred;

struct ss_arena
{
    ss_arena *parent;
    ss_arena *sibling;
    ss_arena *children;
    deferred *deferred;
    block *blocks; /* newest first; only the newest has room */
};

static void (*out_of_memory)(void);

/* Public: include/sandseed/commands.h, which base does not read. */
SS_EXPORT void ss_on_out_of_memory(void (*handler)(void));

void
ss_on_out_of_memory(void (*handler)(void))
{
    out_of_memory = handler;
}

_Noreturn void
ss_out_of_memory(void)
{
    if (out_of_memory != NULL)
        out_of_memory();
    abort();
}

void *
ss_must(void *p)
{
    if (p == NULL)
        ss_out_of_memory();
    return p;
}

/* Through a pointer that the compiler must read, so that it cannot leave the call out. */
static void *(*const volatile set_bytes)(void *, int, size_t) = memset;

void
ss_wipe(void *data, size_t n)
{
    if (n > 0)
        (void) set_bytes(data, 0, n);
}

ss_arena *
ss_arena_new(ss_arena *parent)
{
    ss_arena *arena = calloc(1, sizeof *arena);

    if (arena == NULL)
        ss_out_of_memory();
    if (parent != NULL)
    {
        arena->parent = parent;
        arena->sibling = parent->children;
        parent->children = arena;
    }
    return arena;
}

void
ss_arena_reset(ss_arena *arena)
{
    for (ss_arena *child = arena->children, *next; child != NULL; child = next)
    {
        next = child->sibling;
        ss_arena_reset(child);
        free(child);
    }
    arena->children = NULL;

    for (deferred *d = arena->deferred; d != NULL; d = d->next)
        d->fn(d->arg);
    arena->deferred = NULL;

    for (block *b = arena->blocks, *next; b != NULL; b = next)
    {
        next = b->next;
        ss_wipe(b->data, b->used);
        free(b);
    }
    arena->blocks = NULL;
}

void
ss_arena_free(ss_arena *arena)
{
    if (arena == NULL)
        return;

    if (arena->parent != NULL)
    {
        ss_arena **link = &arena->parent->children;

        while (*link != arena)
            link = &(*link)->sibling;
        *link = arena->sibling;
    }
    ss_arena_reset(arena);
    free(arena);
}

void *
ss_try_alloc(ss_arena *arena, size_t n, size_t size)
{
    const size_t align = alignof(max_align_t);

    if (size != 0 && n > (SIZE_MAX / 2) / size)
        return NULL;

    const size_t bytes = (n * size + align - 1) / align * align;
    block *b = arena->blocks;

    if (b == NULL || b->capacity - b->used < bytes)
    {
        const size_t capacity = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;

        b = calloc(1, sizeof *b + capacity);
        if (b == NULL)
            return NULL;
        b->capacity = capacity;
        b->next = arena->blocks;
        arena->blocks = b;
    }
    b->used += bytes;
    return b->data + b->used - bytes;
}

void *
ss_alloc(ss_arena *arena, size_t n, size_t size)
{
    void *p = ss_try_alloc(arena, n, size);

    if (p == NULL)
        ss_out_of_memory();
    return p;
}

void
ss_arena_defer(ss_arena *arena, void (*fn)(void *), void *arg)
{
    deferred *d = ss_alloc(arena, 1, sizeof *d);

    *d = (deferred){.next = arena->deferred, .fn = fn, .arg = arg};
    arena->deferred = d;
}

char *
ss_strndup(ss_arena *arena, const char *text, size_t n)
{
    char *copy = ss_alloc(arena, n + 1, 1);

    if (n > 0)
        memcpy(copy, text, n);
    return copy;
}

char *
ss_strdup(ss_arena *arena, const char *text)
{
    return ss_strndup(arena, text, strlen(text));
}

char *
ss_strf(ss_arena *arena, const char *fmt, ...)
{
    va_list ap, again;
    char *text;
    int n;

    va_start(ap, fmt);
    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    text = ss_alloc(arena, (size_t) (n < 0 ? 0 : n) + 1, 1);
    if (n > 0)
        (void) vsnprintf(text, (size_t) n + 1, fmt, again);
    va_end(again);
    return text;
}

void *
ss_grow(ss_arena *arena, void *list, size_t count, size_t *capacity, size_t size)
{
    void *bigger;

    if (count < *capacity)
        return list;
    *capacity = *capacity == 0 ? 8 : *capacity * 2;
    bigger = ss_alloc(arena, *capacity, size);
    if (count > 0)
        memcpy(bigger, list, count * size);
    return bigger;
}
