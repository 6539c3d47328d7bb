/*
 * What others point to and CHECKs judge.  It does not take turns as other values do: which way of making text keys lets most
 * pass is tried on the server before a row is made, and of other values which ones pass.
 */
#include <string.h>

#include "base/try.h"
#include "generate/generate_internal.h"

#define TRIED 32  /* keys of each way */
#define DRAWN 512 /* values, of which rows have those that pass */

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

static bool
has_check(const made_table *t, const made_column *c)
{
    const ss_catalog *catalog = t->g->input->catalog;
    bool any = false;

    for (size_t i = 0; i < t->table->nchecks; i++)
        any = any || ss_check_is_of(&t->table->checks[i], c->column);
    for (size_t type = c->column->type;
         type != SS_NONE && catalog->types[type].kind == SS_TYPE_DOMAIN;
         type = catalog->types[type].base)
        any = any || catalog->types[type].nchecks > 0;
    return any;
}

/* Values as the column has them at so many attempts, and which of them pass. */
static ss_code
draw_values(const made_table *t, made_column *c, uint32_t attempts, ss_arena *scratch,
            ss_error *err)
{
    generator *g = t->g;
    const char **texts = ss_alloc(scratch, DRAWN, sizeof *texts);
    bool *passes = ss_alloc(scratch, DRAWN, sizeof *passes);
    ss_batch *batch = ss_batch_new(scratch, &c->codec->form, 1);
    ss_buf text = {0};
    ss_stream stream;
    ss_code code = SS_OK;

    ss_stream_init(&stream, g->input->seed, ss_strf(scratch, "%s allowed", c->name), 0);
    for (size_t i = 0; i < DRAWN && code == SS_OK; i++)
    {
        ss_batch_clear(batch);
        ss_buf_clear(&text);
        code = ss_generate_present(c, ss_stream_word(&stream, i), (uint32_t) i % attempts,
                                   &batch->columns[0], 0, err);
        if (code == SS_OK)
            code = c->codec->to_text(&c->codec_type, &batch->columns[0], 0, &text, err);
        texts[i] = ss_strdup(g->arena, ss_buf_text(&text));
    }
    ss_buf_done(&text);
    SS_TRY(code);
    SS_TRY(g->input->judge(g->input->arg, t->index, (size_t) (c - t->columns), texts, DRAWN, passes,
                           err));
    c->allowed = ss_alloc(g->arena, DRAWN, sizeof *c->allowed);
    for (size_t i = 0; i < DRAWN; i++)
    {
        if (passes[i])
            c->allowed[c->nallowed++] = texts[i];
    }
    return SS_OK;
}

ss_code
ss_generate_try_fixed(made_table *t, ss_error *err)
{
    ss_code code = SS_OK;

    for (size_t i = 0; i < t->table->ncolumns && code == SS_OK; i++)
    {
        made_column *c = &t->columns[i];
        ss_arena *scratch;

        if (c->by != MADE_FIXED || t->rows == 0 || !has_check(t, c))
            continue;
        scratch = ss_arena_new(t->g->arena);
        code = draw_values(t, c, 1, scratch, err);
        if (code == SS_OK && c->nallowed == 0)
            code = draw_values(t, c, DESPERATE_ATTEMPT, scratch, err);
        ss_arena_free(scratch);
        if (code != SS_OK)
            return ss_note(err, "while trying values of %s", c->name);
    }
    return code;
}
