/* A column of the sample, filled by a test, and the habits that fit finds of it. */
#ifndef SS_TESTS_HABITS_FIXTURE_H
#define SS_TESTS_HABITS_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>

#include "fit/habits.h"
#include "rand/stream.h"
#include "rows/codec.h"
#include "support/catalog_builder.h"

#define K    11
#define ROWS 40000

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    ss_decision decision;
    ss_fit_who who;
    bool null_empty[1];
    ss_fit_column column;
    ss_sample sample;
    ss_batch_column values;
    ss_hash_key key;
    const ss_habits *habits;
} fixture;

static inline void
done_bytes(void *arg)
{
    ss_buf_done(arg);
}

static inline void
begin(fixture *f, const char *type, ss_form form, int scale)
{
    size_t t;

    *f = (fixture){
        .arena = ss_arena_new(NULL),
        .decision = {.class = SS_CLASS_QUASI_IDENTIFIER, .treatment = SS_TREAT_SYNTHESISE},
        .who = {.k = K, .npaths = 1, .cells = 8192},
        .key = {{7}}};
    f->who.may_be_empty = ss_alloc(f->arena, 1, sizeof(bool));
    f->b = builder_new(f->arena);
    t = builder_table(&f->b, "public", "t");
    (void) builder_column(&f->b, t, "c", type, false);
    f->b.parts[t].columns[0].typmod = scale < 0 ? -1 : (12 << 16 | scale) + 4;
    ss_fit_column_init(&f->column, builder_done(&f->b), &f->b.tables[t].columns[0], &f->decision,
                       SS_FIT_NO_KEY, &f->who, f->null_empty);
    f->values = (ss_batch_column){.form = form,
                                  .null = ss_alloc(f->arena, ROWS, 1),
                                  .i64 = ss_alloc(f->arena, ROWS, sizeof(int64_t)),
                                  .f64 = ss_alloc(f->arena, ROWS, sizeof(double)),
                                  .end = ss_alloc(f->arena, ROWS, sizeof(size_t))};
    f->sample = (ss_sample){.ncolumns = 1,
                            .npaths = 1,
                            .columns = &f->values,
                            .subjects = ss_alloc(f->arena, ROWS, sizeof(uint64_t)),
                            .weights = ss_alloc(f->arena, ROWS, sizeof(uint64_t))};
    ss_arena_defer(f->arena, done_bytes, &f->values.bytes);
}

/* Whose the next row is; 0: somebody who has no other. */
static inline size_t
row(fixture *f, uint64_t who)
{
    const size_t r = f->sample.n++;

    assert_true(r < ROWS);
    f->sample.subjects[r] = who != 0 ? who : 1000000 + r;
    f->sample.weights[r] = SS_WHOLE;
    return r;
}

static inline void
number(fixture *f, int64_t v, uint64_t who)
{
    f->values.i64[row(f, who)] = v;
}

static inline void
text(fixture *f, const char *v, uint64_t who)
{
    ss_column_put_bytes(&f->values, row(f, who), v, strlen(v));
}

/* As fit does it; values: those that k people have are told, and have no habits. */
static inline void
learn_with(fixture *f, bool values)
{
    const ss_fit_behind behind = {
        .npaths = 1, .subjects = f->sample.subjects, .weights = f->sample.weights};
    const ss_fit_terms terms = {.k = K, .rows = ss_people_round(f->sample.n)};
    ss_marginal m;

    ss_fit_column_add(&f->column, &f->values, f->sample.n, &behind, &f->key);
    ss_fit_column_finish(&f->column, &terms, f->arena, &m);
    if (!values)
        m.values.n = 0;
    f->habits = ss_fit_habits(&f->column, &m, &f->sample, 0, &terms, &f->key, f->arena);
}

static inline void
learn(fixture *f)
{
    learn_with(f, false);
}

static inline void
done(fixture *f)
{
    ss_fit_column_done(&f->column);
    ss_arena_free(f->arena);
}

static inline uint64_t
told(const fixture *f, ss_habit habit, int64_t number)
{
    const ss_cells *c = &f->habits->told[habit].cells;

    for (size_t i = 0; i < c->n; i++)
    {
        if (c->cells[i].number == number)
            return c->cells[i].count;
    }
    return 0;
}

static inline size_t
ntold(const fixture *f, ss_habit habit)
{
    return f->habits == NULL ? 0 : f->habits->told[habit].cells.n;
}

static inline uint64_t
told_text(const fixture *f, ss_habit habit, const char *text)
{
    const ss_cells *c = &f->habits->told[habit].cells;

    for (size_t i = 0; i < c->n; i++)
    {
        if (strcmp(c->cells[i].text, text) == 0)
            return c->cells[i].count;
    }
    return 0;
}

static inline uint64_t
noise(uint64_t i)
{
    static const ss_hash_key key = {{3, 1, 4}};

    return ss_hash(&key, &i, sizeof i);
}

#endif
