/*
 * Vertices of a graph, next the one that most people connect with those that were visited: an order of maximum adjacency, in which
 * k people are as many as more (Henzinger, Noe and Schulz 2019, Journal of Experimental Algorithmics 23).
 */
#ifndef SS_STATS_ADJACENCY_H
#define SS_STATS_ADJACENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define SS_ADJACENCY_NONE UINT32_MAX

typedef struct ss_adjacency
{
    uint32_t k;
    uint32_t *reached; /* of each vertex: people who connect it with those that were visited */
    bool *visited;
    uint32_t *heads, *entries,
        *next; /* by reached, k at most: stacks of vertices, old entries among them */
    uint32_t nentries, top;
} ss_adjacency;

/* npushes: at most; it lives in arena. */
ss_adjacency ss_adjacency_new(uint32_t nvertices, size_t npushes, uint32_t k, ss_arena *arena);

/* v is there, or more people reach it than before. */
void ss_adjacency_push(ss_adjacency *a, uint32_t v);

/* The vertex that most people reach, which is visited from now on, or SS_ADJACENCY_NONE: all were. */
uint32_t ss_adjacency_pop(ss_adjacency *a);

#endif
