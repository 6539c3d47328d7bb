#include "fit/habits_internal.h"

__extension__ typedef unsigned __int128 wide;

void
ss_habit_add(const ss_habit_rows *rows, ss_tally *tally, uint32_t cell, size_t r)
{
    const ss_sample *s = rows->sample;

    ss_tally_add(tally, cell, s->subjects + r * s->npaths, s->weights[r]);
}

uint64_t
ss_habit_scaled(const ss_habit_rows *rows, uint64_t weight)
{
    return rows->weight == 0 ? 0 : (uint64_t) ((wide) weight * rows->rows / rows->weight);
}

void
ss_habit_tell(const ss_habit_rows *rows, const ss_tally *tally, const int64_t *numbers, size_t n,
              ss_habit_told *told)
{
    const size_t ncells = ss_tally_ncells(tally);
    uint32_t *others = ss_alloc(rows->scratch, ncells + 1, sizeof *others);
    ss_cells *cells = &told->cells;
    uint64_t weight = 0;
    size_t nothers = 0;

    *told = (ss_habit_told){.cells = {.cells = ss_alloc(rows->result, n + 1, sizeof(ss_cell))}};
    for (uint32_t i = 0; i < ncells; i++)
    {
        weight += ss_tally_weight(tally, i);
        if (i < n && ss_tally_enough(tally, i))
            cells->cells[cells->n++] = (ss_cell){.number = numbers == NULL ? i : numbers[i],
                                                 .count = ss_tally_rows(tally, i)};
        else if (ss_tally_weight(tally, i) > 0)
            others[nothers++] = i;
    }
    if (cells->n == 0)
        return;
    if (ss_tally_enough_together(tally, others, nothers))
    {
        for (size_t i = 0; i < nothers; i++)
            told->rest += ss_tally_rows(tally, others[i]);
    }
    ss_fit_store(cells, &told->rest, ss_habit_scaled(rows, weight), rows->terms);
}

void
ss_habit_tell_share(const ss_habit_rows *rows, const ss_tally *tally, ss_habit_told *told)
{
    if (ss_tally_enough(tally, 1))
        ss_habit_tell(rows, tally, NULL, 2, told);
}

const ss_habits *
ss_fit_habits(const ss_fit_column *c, const ss_marginal *marginal, const ss_sample *sample,
              size_t at, const ss_fit_terms *terms, const ss_hash_key *key, ss_arena *result)
{
    const size_t base = ss_catalog_base_type(c->catalog, c->column->type);
    ss_habit_rows rows = {
        .column = c,
        .marginal = marginal,
        .sample = sample,
        .values = &sample->columns[at],
        .people = {.k = c->who->k, .npaths = c->who->npaths, .may_be_empty = c->who->may_be_empty},
        .terms = terms,
        .key = key,
        .result = result,
        .rows = marginal->count - marginal->nulls};
    ss_habits *h;

    if (base == SS_NONE || terms->shape_only || terms->uncounted || rows.rows == 0 ||
        !ss_habits_allowed(c->decision->class, c->decision->treatment) ||
        (c->kind != SS_MARGINAL_CATEGORIES && c->kind != SS_MARGINAL_NUMBER))
        return NULL;
    rows.type = &c->catalog->types[base];
    for (size_t r = 0; r < sample->n; r++)
        rows.weight += rows.values->null[r] ? 0 : sample->weights[r];
    h = ss_alloc(result, 1, sizeof *h);
    *h = (ss_habits){.sampled = sample->halved > 0};
    rows.scratch = ss_arena_new(NULL);
    if (c->is_time || ss_type_is(rows.type, "time"))
        ss_fit_calendar(&rows, h);
    else if (c->is_number)
        ss_fit_steps(&rows, h);
    else if (c->lengths != NULL)
    {
        ss_fit_text_habits(&rows, h);
        ss_fit_templates(&rows, h);
    }
    ss_arena_free(rows.scratch);
    return ss_habits_ncounts(h) > 0 ? h : NULL;
}
