/*
 * Columns that are made together: a pattern is drawn for the row, then what the pattern leaves open.
 *
 * A pattern says which of the columns are NULL, which have which category, and in which order the
 * numbers stand.  Numbers in an order start from the one that is known best and go up and down from it
 * by the fitted gaps; a number that follows from others is computed.  Everything comes from one
 * random word per row, so a row stays a pure function of its number and attempt.
 */
#include <stdlib.h>
#include <string.h>

#include "base/divide.h"
#include "base/text.h"
#include "base/wide.h"
#include "generate/generate_internal.h"

#define TRIES        8 /* for a gap that stays inside declared bounds */
#define DAY_S        INT64_C(86400)
#define INT64_DIGITS 18 /* powers of ten that it holds */

/* --- setting up --------------------------------------------------------------------------------- */

static int
hex_digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The text of "=a%20b". */
static void
take_category(pattern_word *w, const char *at, size_t n, ss_arena *arena)
{
    char *text = ss_alloc(arena, n + 1, 1);

    for (size_t i = 0; i < n; i++)
    {
        const int high = at[i] == '%' && i + 2 < n ? hex_digit(at[i + 1]) : -1;
        const int low = high >= 0 ? hex_digit(at[i + 2]) : -1;

        if (low >= 0)
            i += 2;
        text[w->n++] = low >= 0 ? (char) (high * 16 + low) : at[i];
    }
    w->text = text;
}

/* False when the text is no pattern of so many words. */
static bool
read_pattern(const char *text, size_t n, pattern_word *words, ss_arena *arena)
{
    for (size_t i = 0; i < n; i++)
    {
        const size_t length = strcspn(text, " ");
        pattern_word *w = &words[i];

        *w = (pattern_word){.kind = WORD_ANY};
        if (length == 0)
            return false;
        if (text[0] == '-')
            w->kind = WORD_NULL;
        else if (text[0] == '?')
            w->kind = WORD_FREE;
        else if (text[0] == '=')
        {
            w->kind = WORD_TEXT;
            take_category(w, text + 1, length - 1, arena);
        }
        else if (text[0] == '#' || text[0] == '@')
        {
            w->kind = text[0] == '#' ? WORD_LABEL : WORD_RANK;
            if (!ss_parse_i64(ss_strndup(arena, text + 1, length - 1), &w->number) || w->number < 0)
                return false;
        }
        text += length;
        text += *text == ' ';
    }
    return *text == '\0';
}

/* What the column can make of a word: a pattern read from a file may ask for anything. */
static bool
fits(const made_column *c, const pattern_word *w)
{
    switch (w->kind)
    {
    case WORD_NULL:
    case WORD_ANY:
    case WORD_FREE:
        return true;
    case WORD_LABEL:
        return c->family == FAMILY_LABELS &&
               w->number < (int64_t) (c->type->kind == SS_TYPE_ENUM ? c->type->nlabels : 2);
    case WORD_TEXT:
        return c->family == FAMILY_TEXT;
    case WORD_RANK:
        return ss_generate_is_ordered(c);
    }
    return false;
}

/* The members of a pattern that stand in an order, family by family, ascending; each family from its anchor. */
static void
order_words(const made_table *t, const made_joint *j, pattern *p, ss_arena *arena)
{
    p->chain = ss_alloc(arena, j->n + 1, sizeof *p->chain);
    for (size_t i = 0; i < j->n; i++)
    {
        size_t at = p->nchain;

        if (p->words[i].kind != WORD_RANK || !j->governs[i])
            continue;
        for (; at > 0; at--)
        {
            const size_t other = p->chain[at - 1];
            const family a = t->columns[j->columns[i]].family,
                         b = t->columns[j->columns[other]].family;

            if (b < a || (b == a && p->words[other].number <= p->words[i].number))
                break;
            p->chain[at] = other;
        }
        p->chain[at] = i;
        p->nchain++;
    }
}

static bool
governed_reference(const made_table *t, const made_column *c)
{
    const made_reference *r;

    if (c->by != MADE_REFERENCE || !c->nullable)
        return false;
    r = &t->references[c->reference];
    return !r->referenced && r->r->ncolumns == 1 && r->role != ROLE_ONE_TO_ONE &&
           r->role != ROLE_WITHIN;
}

static size_t
member(const made_joint *j, size_t column)
{
    for (size_t i = 0; i < j->n; i++)
    {
        if (j->columns[i] == column)
            return i;
    }
    return SS_NONE;
}

/* Rules whose columns are all made here, each after those that it builds on. */
static void
take_derived(const made_table *t, made_joint *j, ss_arena *arena)
{
    bool *done = ss_alloc(arena, j->joint->nderived + 1, sizeof *done);
    bool more = true;

    j->derived = ss_alloc(arena, j->joint->nderived + 1, sizeof *j->derived);
    while (more)
    {
        more = false;
        for (size_t d = 0; d < j->joint->nderived; d++)
        {
            ss_derived rule = j->joint->derived[d];
            bool ready = !done[d];

            rule.target = member(j, rule.target);
            ready = ready && rule.target != SS_NONE && j->governs[rule.target] &&
                    ss_generate_is_ordered(&t->columns[j->columns[rule.target]]);
            for (size_t k = 0; k < rule.nterms && ready; k++)
            {
                rule.terms[k] = member(j, rule.terms[k]);
                ready = rule.terms[k] != SS_NONE && rule.terms[k] != rule.target &&
                        j->governs[rule.terms[k]] &&
                        ss_generate_is_ordered(&t->columns[j->columns[rule.terms[k]]]);
                for (size_t o = 0; o < j->joint->nderived && ready; o++)
                    ready = done[o] || o == d ||
                            j->joint->derived[o].target != j->columns[rule.terms[k]];
            }
            if (!ready)
                continue;
            j->derived[j->nderived++] = rule;
            j->is_derived[rule.target] = true;
            done[d] = more = true;
        }
    }
}

static bool
begin_joint(made_table *t, const ss_joint *joint, size_t number, made_joint *j, ss_arena *arena)
{
    uint64_t total = 0;

    *j = (made_joint){.joint = joint, .n = joint->ncolumns, .columns = joint->columns};
    j->governs = ss_alloc(arena, j->n + 1, sizeof *j->governs);
    j->is_derived = ss_alloc(arena, j->n + 1, sizeof *j->is_derived);
    j->references = ss_alloc(arena, j->n + 1, sizeof *j->references);
    j->slots = ss_alloc(arena, j->n + 1, sizeof *j->slots);
    j->gaps = ss_alloc(arena, j->n + 1, sizeof *j->gaps);
    j->patterns = ss_alloc(arena, joint->patterns.n + 1, sizeof *j->patterns);
    j->sums = ss_alloc(arena, joint->patterns.n + 1, sizeof *j->sums);
    for (size_t i = 0; i < j->n; i++)
    {
        made_column *c = &t->columns[j->columns[i]];

        j->slots[i] = SS_NONE;
        for (size_t k = 0; k < t->source.ncolumns; k++)
        {
            if (t->transferred[k] == j->columns[i])
                j->slots[i] = k;
        }
        j->governs[i] = c->by == MADE_MARGINAL && c->codec != NULL && j->slots[i] != SS_NONE;
        j->references[i] = SS_NONE;
        if (j->slots[i] != SS_NONE && governed_reference(t, c))
        {
            j->references[i] = t->ngoverned++;
            c->governed = j->references[i];
        }
        j->gaps[i] = (made_column){.marginal = &joint->gaps[i],
                                   .family = FAMILY_NUMBER,
                                   .lowest = -INT64_MAX / 4,
                                   .highest = INT64_MAX / 4};
        ss_generate_sum_marginal(&j->gaps[i], arena);
    }
    take_derived(t, j, arena);
    for (size_t i = 0; i < joint->patterns.n; i++)
    {
        pattern *p = &j->patterns[j->npatterns];
        bool good = joint->patterns.cells[i].text != NULL;

        p->words = ss_alloc(arena, j->n + 1, sizeof *p->words);
        good = good && read_pattern(joint->patterns.cells[i].text, j->n, p->words, arena);
        for (size_t k = 0; k < j->n && good; k++)
            good = !j->governs[k] || fits(&t->columns[j->columns[k]], &p->words[k]);
        if (!good)
            continue;
        for (size_t k = 0; k < j->n; k++)
        {
            /* What follows from others has no place in an order. */
            if (j->is_derived[k] && p->words[k].kind == WORD_RANK)
                p->words[k].kind = WORD_ANY;
        }
        order_words(t, j, p, arena);
        j->sums[j->npatterns++] = total;
        total += joint->patterns.cells[i].count;
    }
    j->total = total;
    j->name = ss_strf(arena, "%s together %zu", t->table->label, number);
    ss_stream_init(&j->stream, t->g->input->seed, j->name, 0);
    return total > 0;
}

void
ss_generate_joints(made_table *t, ss_arena *arena)
{
    const ss_model_table *m = &t->g->input->model->tables[t->index];

    t->joints = ss_alloc(arena, m->njoints + 1, sizeof *t->joints);
    for (size_t i = 0; i < m->njoints; i++)
    {
        made_joint *j = &t->joints[t->njoints];

        if (!begin_joint(t, &m->joints[i], i, j, arena))
            continue;
        t->njoints++;
        for (size_t k = 0; k < j->n; k++)
        {
            if (j->governs[k])
                t->columns[j->columns[k]].by = MADE_TOGETHER;
        }
    }
}

/* --- numbers in an order ------------------------------------------------------------------------ */

/* A value of one column in the grid of another of its family; upwards when it does not fit exactly. */
static int64_t
convert(const made_column *from, const made_column *to, int64_t v, bool upwards)
{
    const bool days = from->family == FAMILY_DAY;
    int64_t up = 1, down = 1, result;

    if (days)
    {
        up = to->marginal->step > from->marginal->step ? DAY_S : 1;
        down = to->marginal->step < from->marginal->step ? DAY_S : 1;
    }
    if (!days && to->marginal->scale - from->marginal->scale > INT64_DIGITS)
        return v > 0 ? INT64_MAX / 2 : v < 0 ? -INT64_MAX / 2 : 0;
    if (!days && from->marginal->scale - to->marginal->scale > INT64_DIGITS)
        return upwards ? v > 0 : -(v < 0);
    for (int s = from->marginal->scale; s < to->marginal->scale && !days; s++)
        up *= 10;
    for (int s = to->marginal->scale; s < from->marginal->scale && !days; s++)
        down *= 10;
    if (v > INT64_MAX / 2 / up || v < -INT64_MAX / 2 / up)
        return v > 0 ? INT64_MAX / 2 : -INT64_MAX / 2;
    result = ss_floor_div(v * up, down);
    return upwards && result * down != v * up ? result + 1 : result;
}

/* What the type can hold: whether it is right is then for the CHECK to say, and mended. */
static int64_t
in_type(const made_column *c, int64_t v)
{
    return v > c->highest ? c->highest : v < c->lowest ? c->lowest : v;
}

/* A column next to another in an order: its gap away from it, inside its own bounds when that can be had. */
static int64_t
step_from(const made_column *known, const made_column *c, const made_column *gap, int64_t from,
          bool upwards, bool equal, uint64_t *state)
{
    int64_t v = 0;

    if (equal)
        return convert(known, c, from, upwards);
    for (int i = 0; i < TRIES; i++)
    {
        const uint64_t u1 = ss_unfold(state), u2 = ss_unfold(state), u3 = ss_unfold(state);
        int64_t distance = ss_generate_units(gap, u1, u2, u3);

        distance = distance < 1 ? 1 : distance;
        if (upwards)
            v = convert(known, c, from, true) + distance;
        else
            v = convert(known, c, from - distance, false);
        if (ss_generate_allows(c, v))
            return v;
    }
    return in_type(c, v);
}

/* The columns of one family in a pattern's chain, from first to last: units of each. */
static void
make_chain(const made_table *t, const made_joint *j, const pattern *p, size_t first, size_t last,
           uint64_t *state, int64_t *units)
{
    size_t anchor = first;
    const made_column *c;
    uint64_t u1, u2, u3;

    for (size_t i = first; i <= last; i++)
    {
        if (t->columns[j->columns[p->chain[i]]].marginal->kind == SS_MARGINAL_NUMBER)
        {
            anchor = i;
            break;
        }
    }
    c = &t->columns[j->columns[p->chain[anchor]]];
    u1 = ss_unfold(state);
    u2 = ss_unfold(state);
    u3 = ss_unfold(state);
    units[p->chain[anchor]] = ss_generate_units(c, u1, u2, u3);
    for (size_t i = anchor + 1; i <= last; i++)
    {
        const size_t a = p->chain[i - 1], b = p->chain[i];

        units[b] = step_from(&t->columns[j->columns[a]], &t->columns[j->columns[b]], &j->gaps[b],
                             units[a], true, p->words[a].number == p->words[b].number, state);
    }
    for (size_t i = anchor; i > first; i--)
    {
        const size_t a = p->chain[i], b = p->chain[i - 1];

        units[b] = step_from(&t->columns[j->columns[a]], &t->columns[j->columns[b]], &j->gaps[a],
                             units[a], false, p->words[a].number == p->words[b].number, state);
    }
}

/* --- derived numbers ---------------------------------------------------------------------------- */

/* units of the target; when it is too large to be computed, what it was drawn as stays. */
static void
derive(const made_table *t, const made_joint *j, const ss_derived *rule, int64_t *units)
{
    const int own = t->columns[j->columns[rule->target]].marginal->scale;
    ss_wide v = rule->product ? 1 : 0;
    int scale = rule->product ? 0 : own;

    for (size_t k = 0; k < rule->nterms && !rule->product; k++)
    {
        const int s = t->columns[j->columns[rule->terms[k]]].marginal->scale;

        scale = s > scale ? s : scale;
    }
    for (size_t k = 0; k < rule->nterms; k++)
    {
        const int s = t->columns[j->columns[rule->terms[k]]].marginal->scale;

        if (rule->product)
        {
            v *= units[rule->terms[k]];
            scale += s;
        }
        else
        {
            ss_wide term = units[rule->terms[k]];

            if (!ss_wide_shift(&term, scale - s))
                return;
            v += term;
        }
    }
    if (ss_wide_shift(&v, own - scale))
        units[rule->target] =
            in_type(&t->columns[j->columns[rule->target]], v > INT64_MAX / 2    ? INT64_MAX / 2
                                                           : v < -INT64_MAX / 2 ? -INT64_MAX / 2
                                                                                : (int64_t) v);
}

/* --- rows --------------------------------------------------------------------------------------- */

static const pattern *
draw_pattern(const made_joint *j, uint64_t u)
{
    return &j->patterns[ss_generate_last_at_most(j->sums, j->npatterns, ss_below(u, j->total))];
}

/* Units of all numbers of the row that are made here; known: which they are. */
static void
make_numbers(const made_table *t, const made_joint *j, const pattern *p, uint32_t attempt,
             uint64_t *state, int64_t *units, bool *known)
{
    for (size_t first = 0, last; first < p->nchain; first = last + 1)
    {
        const family f = t->columns[j->columns[p->chain[first]]].family;

        for (last = first;
             last + 1 < p->nchain && t->columns[j->columns[p->chain[last + 1]]].family == f;)
            last++;
        make_chain(t, j, p, first, last, state, units);
    }
    for (size_t i = 0; i < j->n; i++)
    {
        const made_column *c = &t->columns[j->columns[i]];

        known[i] = j->governs[i] && p->words[i].kind != WORD_NULL && ss_generate_is_ordered(c);
        if (known[i] && p->words[i].kind == WORD_FREE)
            known[i] = !ss_generate_is_null(c, ss_unfold(state), attempt);
        if (known[i] && p->words[i].kind != WORD_RANK)
        {
            const uint64_t u1 = ss_unfold(state), u2 = ss_unfold(state), u3 = ss_unfold(state);

            units[i] = ss_generate_units(c, u1, u2, u3);
        }
    }
    for (size_t d = 0; d < j->nderived; d++)
    {
        bool all = known[j->derived[d].target];

        for (size_t k = 0; k < j->derived[d].nterms; k++)
            all = all && known[j->derived[d].terms[k]];
        if (all)
            derive(t, j, &j->derived[d], units);
    }
}

ss_code
ss_generate_together(generator *g, size_t worker, const made_table *t, const made_joint *j,
                     const uint64_t *words, const uint32_t *attempts, size_t n, ss_batch *batch,
                     ss_error *err)
{
    joint_buffer *buffer = &g->buffers[worker];

    for (size_t r = 0; r < n; r++)
    {
        const uint32_t attempt = attempts == NULL ? 0 : attempts[r];
        uint64_t state = words[r];
        const pattern *p = draw_pattern(j, ss_unfold(&state));

        make_numbers(t, j, p, attempt, &state, buffer->units, buffer->known);
        for (size_t i = 0; i < j->n; i++)
        {
            const made_column *c = &t->columns[j->columns[i]];
            const pattern_word *w = &p->words[i];
            ss_batch_column *out = j->slots[i] == SS_NONE ? NULL : &batch->columns[j->slots[i]];
            const uint64_t u = ss_unfold(&state);

            if (j->references[i] != SS_NONE)
                buffer->nulls[j->references[i] * SS_BATCH_ROWS + r] =
                    w->kind == WORD_NULL   ? STATE_NULL
                    : w->kind == WORD_FREE ? STATE_FREE
                                           : STATE_PRESENT;
            if (!j->governs[i])
                continue;
            if (w->kind == WORD_NULL ||
                (w->kind == WORD_FREE &&
                 (ss_generate_is_ordered(c) ? !buffer->known[i]
                                            : ss_generate_is_null(c, ss_unfold(&state), attempt))))
                ss_column_put_null(out, r);
            else if (buffer->known[i])
                ss_generate_put_units(c, buffer->units[i], out, r);
            else if (w->kind == WORD_LABEL)
                ss_column_put_i64(out, r, w->number);
            else if (w->kind == WORD_TEXT)
                ss_column_put_bytes(out, r, w->text, w->n);
            else if (ss_generate_present(c, u, attempt, out, r, err) != SS_OK)
                return ss_note(err, "while making up %s", c->name);
        }
    }
    return SS_OK;
}
