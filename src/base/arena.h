/*
 * Arenas: memory that is freed together.
 *
 * Every allocation belongs to exactly one arena and there is no single free.
 * A function that returns memory takes the arena to put it in, called result;
 * one that needs working memory takes another, called scratch, which its caller
 * resets.  Things that are not memory (a PGresult, a FILE, a gsl_rng) are tied
 * to an arena with ss_arena_defer() right after they are acquired.
 *
 * Memory is wiped before it goes back: it may have held rows.  Keys and other secrets do not live in
 * arenas at all; see secret/.
 */
#ifndef SS_BASE_ARENA_H
#define SS_BASE_ARENA_H

#include <stddef.h>

#include <sandseed/export.h>

typedef struct ss_arena ss_arena;

/* A child is freed with its parent; a NULL parent makes a root. */
ss_arena *ss_arena_new(ss_arena *parent);

/* Free the children, run the deferred calls, newest first, free all memory; keep the arena. */
void ss_arena_reset(ss_arena *arena);

/* Reset, then free the arena itself.  NULL is allowed. */
void ss_arena_free(ss_arena *arena);

/* n zeroed elements.  Never NULL: running out of memory here ends the process. */
void *ss_alloc(ss_arena *arena, size_t n, size_t size);

/* n bytes of text and a NUL; text itself; formatted text: copies in the arena. */
char *ss_strndup(ss_arena *arena, const char *text, size_t n);
char *ss_strdup(ss_arena *arena, const char *text);
char *ss_strf(ss_arena *arena, const char *fmt, ...) SS_PRINTF(2, 3);

/*
 * Grow an array in an arena: room for one more element, capacity doubling.  The old array stays
 * in the arena, so this is for lists built once.
 *
 *     list = ss_grow(arena, list, count, &capacity, sizeof *list);
 *     list[count++] = element;
 */
void *ss_grow(ss_arena *arena, void *list, size_t count, size_t *capacity, size_t size);

/* What every function here does when memory is out: call the handler, then abort. */
_Noreturn void ss_out_of_memory(void);

/* p, of malloc() and its like, which is not NULL then. */
void *ss_must(void *p);

/* ss_alloc for buffers sized by the data: NULL when there is not enough memory. */
void *ss_try_alloc(ss_arena *arena, size_t n, size_t size);

/* Zero n bytes, which the compiler may not leave out. */
void ss_wipe(void *data, size_t n);

/* Call fn(arg) when the arena is reset or freed. */
void ss_arena_defer(ss_arena *arena, void (*fn)(void *), void *arg);

#endif
