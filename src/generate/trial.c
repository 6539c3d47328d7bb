/*
 * What others point to and CHECKs judge.  It does not take turns as other values do: which way of making text keys
 * lets most pass is tried on the server before a row is made, and of other values which ones pass.
 */
#include "base/try.h"
#include "generate/generate_internal.h"

#define TRIED 32  /* keys of each way */
#define DRAWN 512 /* values, of which rows have those that pass */
#define ROWS_TRIED                                                                                 \
    (UINT64_C(1) << 16) /* of a larger table they are not: all of them are held in memory */
#define KEYS_TRIED 16   /* for each row */

static bool
may_be_key(const made_table *t, const made_column *c)
{
    if (ss_marginal_is_key(c->marginal->kind))
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

/* A value of a column that is made on trial, as text. */
typedef struct printer
{
    ss_batch *batch;
    ss_buf text;
} printer;

static ss_code
print_cell(printer *p, const made_column *c, const char **text, ss_arena *arena, ss_error *err)
{
    ss_buf_clear(&p->text);
    SS_TRY(c->codec->to_text(&c->codec_type, &p->batch->columns[0], 0, &p->text, err));
    *text = ss_strdup(arena, ss_buf_text(&p->text));
    return SS_OK;
}

/* Values as the column has them at so many attempts. */
static ss_code
print_values(printer *p, const made_table *t, const made_column *c, uint32_t attempts,
             const char **texts, size_t n, ss_arena *arena, ss_error *err)
{
    ss_stream stream;

    ss_stream_init(&stream, t->g->input->seed, ss_strf(arena, "%s allowed", c->name), 0);
    for (size_t i = 0; i < n; i++)
    {
        ss_batch_clear(p->batch);
        SS_TRY(ss_generate_present(c, ss_stream_word(&stream, i), (uint32_t) i % attempts,
                                   &p->batch->columns[0], 0, err));
        SS_TRY(print_cell(p, c, &texts[i], arena, err));
    }
    return SS_OK;
}

/* So many keys of all. */
static ss_code
print_keys(printer *p, const made_column *c, const char **texts, size_t n, ss_arena *arena,
           ss_error *err)
{
    for (size_t i = 0; i < n; i++)
    {
        value v;

        ss_batch_clear(p->batch);
        ss_generate_key(c, c->permutation.n / n * i, 0, &v);
        SS_TRY(ss_generate_put_value(c, &v, &p->batch->columns[0], 0, err));
        SS_TRY(print_cell(p, c, &texts[i], arena, err));
    }
    return SS_OK;
}

/* Leaves of the texts those that pass; *n: how many. */
static ss_code
leave_allowed(const made_table *t, const made_column *c, const char **texts, size_t *n,
              ss_error *err)
{
    const ss_generate_input *in = t->g->input;
    bool passes[DRAWN];
    size_t left = 0;

    for (size_t first = 0; first < *n; first += DRAWN)
    {
        const size_t some = *n - first < DRAWN ? *n - first : DRAWN;

        SS_TRY(in->judge(in->arg, t->index, (size_t) (c - t->columns), texts + first, some, passes,
                         err));
        for (size_t i = 0; i < some; i++)
        {
            if (passes[i])
                texts[left++] = texts[first + i];
        }
    }
    *n = left;
    return SS_OK;
}

static void
allow(const made_table *t, made_column *c, const char *const *texts, size_t n)
{
    c->allowed = ss_alloc(t->g->arena, n + 1, sizeof *c->allowed);
    for (size_t i = 0; i < n; i++)
        c->allowed[i] = ss_strdup(t->g->arena, texts[i]);
    c->nallowed = n;
}

/* As attempt 0 makes it or, where none of these pass, as later ones do. */
static ss_code
try_values(made_table *t, made_column *c, printer *p, ss_arena *scratch, ss_error *err)
{
    const char **texts = ss_alloc(scratch, DRAWN, sizeof *texts);
    size_t n = DRAWN;

    SS_TRY(print_values(p, t, c, 1, texts, n, scratch, err));
    SS_TRY(leave_allowed(t, c, texts, &n, err));
    if (n == 0)
    {
        n = DRAWN;
        SS_TRY(print_values(p, t, c, DESPERATE_ATTEMPT, texts, n, scratch, err));
        SS_TRY(leave_allowed(t, c, texts, &n, err));
    }
    allow(t, c, texts, n);
    return SS_OK;
}

/* Where some of its keys pass, but not all, more are made, and the rows have those that do. */
static ss_code
try_keys(made_table *t, made_column *c, printer *p, ss_arena *scratch, ss_error *err)
{
    made_column more = *c;
    size_t n = 0;
    uint64_t most = 0;

    for (uint64_t keys = t->rows; n < t->rows && keys <= t->rows * KEYS_TRIED; keys *= 2)
    {
        const char **texts;

        if (!ss_generate_key_init(&more, t->g->input->seed, keys, &most, scratch))
            return SS_OK;
        texts = ss_alloc(scratch, (size_t) more.permutation.n, sizeof *texts);
        if (keys == t->rows)
        {
            const size_t some = more.permutation.n < DRAWN ? (size_t) more.permutation.n : DRAWN;

            n = some;
            SS_TRY(print_keys(p, &more, texts, n, scratch, err));
            SS_TRY(leave_allowed(t, c, texts, &n, err));
            if (n == some || n == 0)
                return SS_OK;
        }
        n = (size_t) more.permutation.n;
        SS_TRY(print_keys(p, &more, texts, n, scratch, err));
        SS_TRY(leave_allowed(t, c, texts, &n, err));
        if (n >= t->rows || most <= keys || keys * 2 > t->rows * KEYS_TRIED)
            allow(t, c, texts, n < t->rows ? n : (size_t) t->rows);
        if (most <= keys)
            break;
    }
    t->rows = c->nallowed > 0 && t->rows > c->nallowed ? c->nallowed : t->rows;
    return SS_OK;
}

ss_code
ss_generate_try_referenced(made_table *t, ss_error *err)
{
    ss_code code = SS_OK;

    for (size_t i = 0; i < t->table->ncolumns && code == SS_OK; i++)
    {
        made_column *c = &t->columns[i];
        const bool key = c->by == MADE_KEY && c->referenced && !c->digit && !c->of_siblings &&
                         c->divisor <= 1 && c->ndeclared == 0 && t->rows <= ROWS_TRIED;
        ss_arena *scratch;
        printer p = {0};

        if ((c->by != MADE_FIXED && !key) || t->rows == 0 || !has_check(t, c))
            continue;
        scratch = ss_arena_new(t->g->arena);
        p.batch = ss_batch_new(scratch, &c->codec->form, 1);
        code = key ? try_keys(t, c, &p, scratch, err) : try_values(t, c, &p, scratch, err);
        ss_buf_done(&p.text);
        ss_arena_free(scratch);
        if (code != SS_OK)
            return ss_note(err, "while trying values of %s", c->name);
    }
    return code;
}
