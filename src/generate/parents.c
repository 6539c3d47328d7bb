/*
 * Parents: which row of its parent a child belongs to.
 *
 * Every parent p of a reference gets a weight w(p), drawn from the fitted fan-out at position p of
 * the reference's stream.  With W their sum and N children, child i's point is floor(i * W / N), and
 * its first parent is the one whose interval of weights holds that point: exactly N children, fan-out
 * as fitted, siblings next to each other.  Other parents hold a random point.  Of kept parents the model may know how
 * often each is referred to: then that is its weight.
 */
#include <string.h>

#include "generate/generate_internal.h"

/* Weights are multiplied in these steps. */
#define BOOST_ONE  16
#define BOOST_MOST (1U << 20)

/* --- weights ------------------------------------------------------------------------------------ */

/* The weight that a random word means: a draw from the fan-out's cells. */
static uint64_t
weight_of(const made_reference *r, uint64_t word)
{
    const ss_cell *cell = ss_generate_draw_cell(&r->children, word);

    return cell == NULL ? 1 : (uint64_t) cell->number;
}

/* The same of this parent, where one of those that are alike may have a child. */
static uint64_t
drawn_weight(generator *g, size_t worker, const made_reference *r, uint64_t parent, uint64_t word)
{
    if (!ss_generate_is_chosen(r, parent))
        return 0;
    if (r->in_runs)
        return ss_generate_begins_run(g, worker, &g->tables[r->r->parent], r->alike, r->nalike,
                                      parent);
    return r->anybody ? 1 : r->told != NULL ? r->told[parent] : weight_of(r, word);
}

/* How many different children a parent can have, where they must differ in another reference. */
static uint64_t
room_of(generator *g, size_t worker, const made_table *t, const made_reference *r, uint64_t parent)
{
    uint64_t most = r->distinct ? r->most : UINT64_MAX;

    if (r->decides)
    {
        const uint64_t leaves = ss_generate_leaves(g, worker, t, r, parent);

        most = leaves < most ? leaves : most;
    }
    return most;
}

/* The parent that has the least room for its weight. */
typedef struct tightness
{
    uint64_t room, weight;
} tightness;

/*
 * Sums of the weights of one block's parents: sums[i] is what comes before its i-th.  tightest: NULL,
 * or what it was before this block.
 */
static void
fill_block(generator *g, size_t worker, const made_table *t, const made_reference *r,
           uint64_t block, cursor *c, tightness *tightest)
{
    uint64_t words[FAN_BLOCK];
    const uint64_t first = block * FAN_BLOCK;
    const size_t n = r->parents - first < FAN_BLOCK ? (size_t) (r->parents - first) : FAN_BLOCK;

    ss_stream_words(&r->weights, first, n, words);
    c->block = block;
    c->sums[0] = 0;
    for (size_t i = 0; i < n; i++)
    {
        const uint64_t drawn = drawn_weight(g, worker, r, first + i, words[i]);
        const uint64_t wanted = drawn == 0 ? 0 : (drawn * r->boost + BOOST_ONE - 1) / BOOST_ONE;
        const uint64_t room = wanted == 0 ? 0 : room_of(g, worker, t, r, first + i);
        const uint64_t weight = wanted < room ? wanted : room;

        if (tightest != NULL && weight > 0 &&
            (wide) room * tightest->weight < (wide) tightest->room * weight)
            *tightest = (tightness){room, weight};
        c->sums[i + 1] = c->sums[i] + weight;
    }
    for (size_t i = n; i < FAN_BLOCK; i++)
        c->sums[i + 1] = c->sums[i];
}

/* All weights.  Returns how many rows fit: a parent gets at most ceil(weight * rows / all weights). */
static uint64_t
sum_up(generator *g, const made_table *t, made_reference *r)
{
    const uint64_t blocks = (r->parents + FAN_BLOCK - 1) / FAN_BLOCK;
    tightness tightest = {UINT64_MAX, 1};
    wide most;
    cursor c;

    for (uint64_t b = 0; b < blocks; b++)
    {
        fill_block(g, 0, t, r, b, &c, &tightest);
        r->sums[b + 1] = r->sums[b] + c.sums[FAN_BLOCK];
    }
    r->weight = r->sums[blocks];
    most = (wide) tightest.room / tightest.weight >= UINT64_MAX / 2
               ? UINT64_MAX
               : (wide) r->weight * tightest.room / tightest.weight;
    return most > UINT64_MAX ? UINT64_MAX : (uint64_t) most;
}

/*
 * Children must differ in other references, or in columns that count them: of combinations there are so
 * many.  A nullable reference to an empty table is NULL throughout, which differs from itself.
 */
static void
find_room(const made_table *t, made_reference *r)
{
    r->most = t->sibling_room > 0 ? t->sibling_room : UINT64_MAX;
    for (size_t key = 1; key <= t->table->nkeys; key++)
    {
        uint64_t combinations = 1;
        bool any = false;

        for (size_t k = 0; k < t->nreferences; k++)
        {
            made_reference *other = &t->references[k];

            if (other->role != ROLE_WITHIN || other->group != key || other->parents == 0)
                continue;
            other->divisor = combinations;
            combinations = combinations > UINT64_MAX / other->parents
                               ? UINT64_MAX
                               : combinations * other->parents;
            any = any || other->nshared == 0;
        }
        if (any && combinations < r->most)
            r->most = combinations;
    }
    r->distinct = r->most < UINT64_MAX;
}

void
ss_generate_weigh(generator *g, made_table *t, made_reference *r)
{
    const uint64_t blocks = (r->parents + FAN_BLOCK - 1) / FAN_BLOCK;
    uint64_t fit, before;

    r->sums = ss_alloc(g->arena, (size_t) blocks + 1, sizeof *r->sums);
    r->boost = BOOST_ONE;
    if (r->role == ROLE_FIRST)
        find_room(t, r);
    fit = sum_up(g, t, r);
    /* Nobody had children when it was fitted, or all draws were 0: everybody may. */
    if (r->weight == 0 && r->parents > 0)
    {
        r->anybody = true;
        fit = sum_up(g, t, r);
    }
    /* And where nobody leaves a row what it needs, the server says so. */
    if (r->weight == 0 && r->parents > 0)
    {
        r->decides = false;
        fit = sum_up(g, t, r);
    }
    if (r->role != ROLE_FIRST)
        return;
    /* Parents that are full pass their children on to those that are not. */
    for (before = 0; fit < t->rows && r->weight > before && r->boost < BOOST_MOST;)
    {
        before = r->weight;
        r->boost += r->boost / 4 > BOOST_ONE ? r->boost / 4 : BOOST_ONE;
        fit = sum_up(g, t, r);
    }
    if (t->rows > fit)
        t->rows = fit;
}

void
ss_generate_pair(const generator *g, const made_table *t, made_reference *r)
{
    const ss_fan_out *f = r->fan_out;

    ss_permutation_init(&r->permutation, g->input->seed, r->name, t->rows == 0 ? 1 : t->rows);
    ss_permutation_tabulate(&r->permutation, g->arena);
    r->weight = t->rows;
    if (f != NULL && f->count > 0)
        r->weight =
            (uint64_t) ((wide) t->rows * (f->count - (f->nulls < f->count ? f->nulls : f->count)) /
                        f->count);
    if (r->weight > r->parents)
        r->weight = r->parents;
}

/* The weights of this block, which the worker keeps until it needs another one's. */
static const cursor *
block_of(generator *g, size_t worker, const made_table *t, const made_reference *r, uint64_t block)
{
    cursor *c = &g->cursors[worker][r->number];

    if (c->block != block)
        fill_block(g, worker, t, r, block, c, NULL);
    return c;
}

/* The parent whose interval of weights holds point; *before: the sum of all weights before it. */
static uint64_t
parent_at(generator *g, size_t worker, const made_table *t, const made_reference *r, uint64_t point,
          uint64_t *before)
{
    const uint64_t blocks = (r->parents + FAN_BLOCK - 1) / FAN_BLOCK;
    const size_t block = ss_generate_last_at_most(r->sums, (size_t) blocks + 1, point);
    const cursor *c = block_of(g, worker, t, r, block);
    size_t i;

    i = ss_generate_last_at_most(c->sums, FAN_BLOCK + 1, point - r->sums[block]);
    *before = r->sums[block] + c->sums[i];
    return block * FAN_BLOCK + i;
}

static uint64_t
first_point(const made_table *t, const made_reference *r, uint64_t row)
{
    return (uint64_t) ((wide) row * r->weight / t->rows);
}

/* The smallest row whose point is not before this one. */
static uint64_t
row_at(const made_table *t, const made_reference *r, uint64_t point)
{
    return r->weight == 0 ? 0 : (uint64_t) (((wide) point * t->rows + r->weight - 1) / r->weight);
}

uint64_t
ss_generate_ordinal(generator *g, size_t worker, const made_table *t, uint64_t row)
{
    const made_reference *r = &t->references[t->first];
    uint64_t before;

    /* Without a parent every row is the next one. */
    if (r->weight == 0)
        return row;
    (void) parent_at(g, worker, t, r, first_point(t, r, row), &before);
    return row - row_at(t, r, before);
}

/* The weights of all parents before this one. */
static uint64_t
weight_before(generator *g, size_t worker, const made_table *t, const made_reference *r,
              uint64_t parent)
{
    const uint64_t block = parent / FAN_BLOCK;

    if (parent >= r->parents)
        return r->weight;
    return r->sums[block] + block_of(g, worker, t, r, block)->sums[parent % FAN_BLOCK];
}

uint64_t
ss_generate_rows_before(generator *g, size_t worker, const made_table *t, const made_reference *r,
                        uint64_t parent)
{
    return row_at(t, r, weight_before(g, worker, t, r, parent));
}

/* --- roles -------------------------------------------------------------------------------------- */

enum drawn
{
    DRAWN_NULL,
    DRAWN_OTHER,
    DRAWN_WITHIN,
    DRAWN_SELF,
};

static void
stream_of(const generator *g, const made_reference *r, enum drawn what, uint32_t attempt,
          ss_stream *stream)
{
    static const char *const uses[] = {" null", " other", " within", " self"};
    char name[600];
    size_t n = strlen(r->name), m = strlen(uses[what]);

    if (n > sizeof name - m - 1)
        n = sizeof name - m - 1;
    memcpy(name, r->name, n);
    memcpy(name + n, uses[what], m + 1);
    ss_stream_init(stream, g->input->seed, name, attempt);
}

void
ss_generate_streams(const generator *g, made_reference *r)
{
    for (enum drawn what = DRAWN_NULL; what <= DRAWN_SELF; what++)
        stream_of(g, r, what, 0, &r->draws[what]);
    ss_stream_init(&r->weights, g->input->seed, r->name, 0);
}

static uint64_t
draw(const generator *g, const made_reference *r, enum drawn what, uint64_t row, uint32_t attempt)
{
    ss_stream stream;

    if (attempt == 0)
        return ss_stream_word(&r->draws[what], row);
    stream_of(g, r, what, attempt, &stream);
    return ss_stream_word(&stream, row);
}

static bool
is_null(const generator *g, const made_reference *r, uint64_t row, uint32_t attempt)
{
    if (!r->nullable)
        return false;
    if (r->role == ROLE_NULL || r->parents == 0 || (r->role == ROLE_SELF && row == 0))
        return true;
    if (r->role == ROLE_ONE_TO_ONE)
        return ss_permute(&r->permutation, row) >= r->weight;
    if (attempt >= DESPERATE_ATTEMPT)
        return draw(g, r, DRAWN_NULL, row, attempt) < UINT64_MAX / 4;
    if (r->fan_out == NULL || r->fan_out->nulls == 0 || r->fan_out->count == 0)
        return false;
    return ss_below(draw(g, r, DRAWN_NULL, row, attempt), r->fan_out->count) < r->fan_out->nulls;
}

/* Of the parents that agree with what other references made. */
static bool
agreeing_parent(generator *g, size_t worker, const made_table *t, const made_reference *r,
                uint64_t row, uint32_t attempt, uint64_t *parent)
{
    uint64_t low, high, from, to, first, before, at;

    ss_generate_candidates(g, worker, t, r, row, attempt, &low, &high);
    if (low >= high)
        return false;
    attempt = r->referenced ? 0 : attempt;
    if (r->role == ROLE_WITHIN && attempt == 0 &&
        ss_generate_parent(g, worker, t, &t->references[t->first], row, 0, &first))
    {
        at = low + (draw(g, r, DRAWN_WITHIN, first, 0) % (high - low) +
                    ss_generate_ordinal(g, worker, t, row)) %
                       (high - low);
        *parent = ss_generate_candidate(r, at);
        return true;
    }
    if (r->sums != NULL && r->order == NULL)
    {
        from = weight_before(g, worker, t, r, low);
        to = weight_before(g, worker, t, r, high);
        if (to > from)
        {
            *parent = parent_at(g, worker, t, r,
                                from + ss_below(draw(g, r, DRAWN_OTHER, row, attempt), to - from),
                                &before);
            return true;
        }
    }
    at = low + ss_below(draw(g, r, DRAWN_OTHER, row, attempt), high - low);
    *parent = ss_generate_candidate(r, at);
    return true;
}

bool
ss_generate_parent(generator *g, size_t worker, const made_table *t, const made_reference *r,
                   uint64_t row, uint32_t attempt, uint64_t *parent)
{
    uint64_t before, first = 0;

    if (r->role == ROLE_NULL || r->parents == 0)
        return false;
    if (r->nshared > 0)
        return agreeing_parent(g, worker, t, r, row, attempt, parent);
    if (r->referenced)
        attempt = 0;
    switch (r->role)
    {
    case ROLE_FIRST:
        *parent = parent_at(g, worker, t, r, first_point(t, r, row), &before);
        return true;
    case ROLE_OTHER:
        *parent = parent_at(g, worker, t, r,
                            ss_below(draw(g, r, DRAWN_OTHER, row, attempt), r->weight), &before);
        return true;
    case ROLE_ONE_TO_ONE:
        *parent = r->nullable ? ss_permute(&r->permutation, row) % r->parents
                              : ss_permute(&r->permutation, row % r->parents);
        if (r->chosen != NULL)
            *parent = r->chosen[*parent];
        return true;
    case ROLE_WITHIN:
        /* A row that is made again takes its chance; the first time they differ by construction. */
        if (attempt > 0)
        {
            *parent = ss_below(draw(g, r, DRAWN_OTHER, row, attempt), r->parents);
            return true;
        }
        (void) ss_generate_parent(g, worker, t, &t->references[t->first], row, 0, &first);
        *parent =
            ss_permute(&r->permutation, (draw(g, r, DRAWN_WITHIN, first, 0) % r->parents +
                                         ss_generate_ordinal(g, worker, t, row) /
                                             (r->divisor == 0 ? 1 : r->divisor) % r->parents) %
                                            r->parents);
        return true;
    case ROLE_SELF:
        *parent = row == 0 ? 0 : ss_below(draw(g, r, DRAWN_SELF, row, attempt), row);
        return true;
    case ROLE_NULL:
        return false;
    }
    return false;
}

int64_t
ss_generate_count(generator *g, size_t worker, const made_table *t, const made_column *c,
                  uint64_t row)
{
    const int64_t step = c->multiple > 0 ? c->multiple : 1,
                  first = c->has_low && c->low > 1 ? (c->low - 1) / step + 1 : 1;

    return ((int64_t) ss_generate_ordinal(g, worker, t, row) + first) * step;
}

void
ss_generate_key_at(generator *g, size_t worker, const made_table *t, const made_column *c,
                   uint64_t row, uint32_t attempt, value *v)
{
    ss_generate_key(c, c->of_siblings ? ss_generate_ordinal(g, worker, t, row) : row, attempt, v);
}

/* --- values ------------------------------------------------------------------------------------- */

static void
from_list(const ss_key_list *keys, uint64_t row, size_t part, value *v)
{
    const char *text = keys->texts[row * keys->ncolumns + part];
    size_t n = text == NULL ? 0 : strlen(text);

    *v = (value){.null = text == NULL, .form = SS_FORM_TEXT, .kept = text, .n = n};
}

/* What the column's marginal says of this row, as text: who points to it may be of another type. */
static void
fixed_value(generator *g, size_t worker, const made_column *c, uint64_t row, value *v)
{
    fixed_buffer *buffer = &g->fixed[worker];
    ss_batch_column *out = &buffer->batch->columns[c->codec->form];
    ss_error ignored;

    ss_batch_clear(buffer->batch);
    ss_buf_clear(&buffer->text);
    *v = (value){.null = true};
    if (ss_generate_value(c, ss_stream_word(&c->stream, row), 0, out, 0, &ignored) != SS_OK ||
        out->null[0] || c->codec->to_text(&c->codec_type, out, 0, &buffer->text, &ignored) != SS_OK)
        return;
    *v = (value){.form = SS_FORM_TEXT, .kept = ss_buf_text(&buffer->text), .n = buffer->text.len};
}

void
ss_generate_parent_key(generator *g, size_t worker, const made_reference *r, size_t part,
                       uint64_t parent, int depth, value *v)
{
    if (r->keys != NULL)
        from_list(r->keys, parent, part, v);
    else
        ss_generate_key_of(g, worker, &g->tables[r->r->parent], r->r->parent_columns[part], parent,
                           depth + 1, v);
}

void
ss_generate_reference(generator *g, size_t worker, const made_table *t, size_t column, uint64_t row,
                      uint32_t attempt, bool present, int depth, value *v)
{
    const made_column *c = &t->columns[column];
    const made_reference *r = &t->references[c->reference];
    uint64_t parent = 0;

    /* A first row has nobody before it, whatever a pattern says. */
    if (r->role == ROLE_SELF && row == 0)
        present = false;
    /* Of a composite key only what may be NULL is: the rest keeps a parent's values (MATCH SIMPLE). */
    if (depth > HOPS_MAX ||
        (!present && c->nullable && is_null(g, r, row, r->referenced ? 0 : attempt)) ||
        !ss_generate_parent(g, worker, t, r, row, attempt, &parent))
        *v = (value){.null = true};
    else
        ss_generate_parent_key(g, worker, r, c->part, parent, depth, v);
}

void
ss_generate_key_of(generator *g, size_t worker, const made_table *t, size_t column, uint64_t row,
                   int depth, value *v)
{
    const made_column *c = &t->columns[column];

    switch (c->by)
    {
    case MADE_REFERENCE:
        ss_generate_reference(g, worker, t, column, row, 0, false, depth, v);
        return;
    case MADE_KEY:
        ss_generate_key_at(g, worker, t, c, row, 0, v);
        return;
    case MADE_ORDINAL:
        *v = (value){.form = SS_FORM_I64, .i64 = ss_generate_count(g, worker, t, c, row)};
        return;
    case MADE_FIXED:
        fixed_value(g, worker, c, row, v);
        return;
    case MADE_BY_SERVER:
    case MADE_NULL:
    case MADE_CONSTANT:
    case MADE_MARGINAL:
    case MADE_TOGETHER:
        *v = (value){.null = true};
        return;
    }
}
