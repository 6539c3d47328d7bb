/*
 * Text keys that CHECKs judge.  Keys do not take turns as other texts do, for others point to them: which way
 * of making them lets most pass is tried on the server before a row is made.
 */
#include "base/try.h"
#include "generate/generate_internal.h"

#define TRIED 32 /* keys of each way */

static bool
may_be_key(const made_table *t, const made_column *c)
{
    if (c->marginal->kind == SS_MARGINAL_KEY)
        return true;
    for (size_t k = 0; k < t->table->nkeys; k++)
    {
        if (ss_attnums_hold(t->table->keys[k].attnums, t->table->keys[k].ncolumns,
                            c->column->attnum))
            return true;
    }
    return false;
}

/* Some of the keys that this way makes, as texts; returns how many, and sets how many rows could have one. */
static size_t
make_some(const made_table *t, made_column c, const char **texts, uint64_t *rows, ss_arena *arena)
{
    const size_t n = t->rows < TRIED ? t->rows : TRIED;
    uint64_t most;

    if (!ss_generate_key_init(&c, t->g->input->seed, t->rows, &most, arena))
        return 0;
    *rows = most < t->rows ? most : t->rows;
    for (size_t i = 0; i < n; i++)
    {
        value v;

        ss_generate_key(&c, t->rows / n * i, 0, &v);
        texts[i] = ss_strndup(arena, (const char *) v.bytes, v.n);
    }
    return n;
}

/* The first of those by which most rows get a valid key. */
static ss_code
choose_way(const made_table *t, made_column *c, const key_way *ways, size_t n, ss_arena *arena,
           ss_error *err)
{
    const ss_generate_input *in = t->g->input;
    uint64_t best = 0;
    size_t chosen = 0;

    for (size_t w = 0; w < n; w++)
    {
        const char *texts[TRIED];
        bool passes[TRIED];
        uint64_t rows = 0, passed = 0;
        size_t made;

        c->way = ways[w];
        made = make_some(t, *c, texts, &rows, arena);
        SS_TRY(in->judge(in->arg, t->index, (size_t) (c - t->columns), texts, made, passes, err));
        for (size_t i = 0; i < made; i++)
            passed += passes[i];
        if (made == 0 || passed * rows / made <= best)
            continue;
        best = passed * rows / made;
        chosen = w;
    }
    c->way = ways[chosen];
    return SS_OK;
}

ss_code
ss_generate_try_keys(made_table *t, ss_error *err)
{
    key_way ways[KEY_WAYS_MAX];
    ss_code code = SS_OK;

    for (size_t i = 0; i < t->table->ncolumns && code == SS_OK; i++)
    {
        made_column *c = &t->columns[i];
        ss_arena *arena;
        size_t n;

        if (c->type == NULL || !ss_type_is_text(c->type))
            continue;
        n = ss_generate_key_ways(c, ways);
        c->way = ways[0];
        if (n == 1 || t->rows == 0 || c->ndeclared > 0 || c->by != MADE_MARGINAL ||
            !may_be_key(t, c))
            continue;
        arena = ss_arena_new(t->g->arena);
        code = choose_way(t, c, ways, n, arena, err);
        ss_arena_free(arena);
    }
    return code;
}
