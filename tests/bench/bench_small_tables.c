/*
 * What engines of dependence tell of small tables with many codes, of which no node has k people alone.
 *
 *     bench_small_tables [TABLES]
 *
 * A made-up table: a class of 14, a category of 66 codes and an ordered column of 66 that go by it, one of 10 codes that goes by
 * the category.  Means over so many tables (20): nats of a row of other people above independence, and for each column the total
 * variation between its shares in the table and in 50,000 rows that are drawn.  Independence is the control: what its
 * marginals lack is what k people and rounding cost in any case.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rand/stream.h"
#include "stats/engine.h"
#include "stats/gsl.h"

#define K       11
#define D       4
#define CLASSES 14
#define CODES   66
#define JUDGES  10000
#define DRAWN   50000

static const uint32_t ncodes[D] = {CLASSES, CODES, CODES, 10}, nordered[D] = {0, 0, CODES, 0};

typedef struct person
{
    uint64_t hash;
    uint16_t codes[D];
} person;

/* The smaller the code the more frequent, by 1 / (2 + code). */
static uint16_t
frequent(uint64_t *s)
{
    const double u = (double) ss_below(ss_unfold(s), 1 << 20) / (1 << 20);

    return (uint16_t) (2 * pow((CODES + 2) / 2.0, u) - 2);
}

static void
draw_row(uint64_t *s, uint16_t *codes)
{
    uint64_t spread = 0;

    codes[0] = (uint16_t) (frequent(s) % CLASSES);
    codes[1] = frequent(s);
    if (ss_below(ss_unfold(s), 10) < 6)
        codes[1] = (uint16_t) ((codes[1] + codes[0] * 17) % CODES);
    for (unsigned i = 0; i < 4; i++)
        spread += ss_below(ss_unfold(s), 10);
    codes[2] = (uint16_t) ((uint64_t) codes[0] * 2 + spread);
    codes[3] =
        ss_below(ss_unfold(s), 2) == 0 ? codes[1] % 10 : (uint16_t) ss_below(ss_unfold(s), 10);
}

/* each: rows of a person, half of which are the person's first again in all but one column. */
static ss_coded_table
make(uint64_t *s, size_t n, size_t each, ss_arena *arena)
{
    ss_coded_table t = {.n = n, .d = D, .npaths = 1};
    uint64_t *subjects = ss_alloc(arena, n, sizeof *subjects);
    uint16_t first[D] = {0};

    t.columns = ss_alloc(arena, D, sizeof *t.columns);
    for (size_t c = 0; c < D; c++)
        t.columns[c] = (ss_coded_column){.ncodes = ncodes[c],
                                         .nordered = nordered[c],
                                         .codes = ss_alloc(arena, n, sizeof(uint16_t))};
    for (size_t r = 0; r < n; r++)
    {
        uint16_t codes[D];
        const size_t other = (size_t) ss_below(ss_unfold(s), D);

        draw_row(s, codes);
        subjects[r] = r % each == 0 ? ss_unfold(s) | 1 : subjects[r - 1];
        if (r % each == 0)
            memcpy(first, codes, sizeof first);
        else if (ss_below(ss_unfold(s), 2) == 0)
        {
            for (size_t c = 0; c < D; c++)
                codes[c] = c == other ? codes[c] : first[c];
        }
        for (size_t c = 0; c < D; c++)
            t.columns[c].codes[r] = codes[c];
    }
    t.subjects = subjects;
    return t;
}

typedef struct figures
{
    double nats, tvd[D];
} figures;

static double
tvd(const ss_coded_table *a, const ss_coded_table *b, size_t c)
{
    double share[CODES] = {0}, sum = 0;

    for (size_t r = 0; r < a->n; r++)
        share[a->columns[c].codes[r]] += 1.0 / (double) a->n;
    for (size_t r = 0; r < b->n; r++)
        share[b->columns[c].codes[r]] -= 1.0 / (double) b->n;
    for (size_t i = 0; i < CODES; i++)
        sum += fabs(share[i]) / 2;
    return sum;
}

static figures
judge(const ss_engine *engine, const ss_coded_table *all, const ss_coded_table *judges)
{
    const ss_engine_options o = {.people = {.k = K, .npaths = 1}, .least_rows = 50};
    ss_arena *arena = ss_arena_new(NULL);
    uint32_t *told = ss_alloc(arena, all->n, sizeof *told);
    uint32_t *held = ss_alloc(arena, all->n, sizeof *held);
    ss_coded_table *drawn = ss_coded_like(all, DRAWN, arena);
    const size_t nwords = DRAWN * (D + (engine->nclasses != NULL ? 1 : 0));
    uint64_t *words = ss_alloc(arena, nwords, sizeof *words), state = 5;
    size_t ntold = 0, nheld = 0;
    void *structure, *model;
    ss_tally *tally;
    ss_error err;
    figures f = {0};

    for (uint32_t r = 0; r < all->n; r++)
    {
        if (all->subjects[r] / 2 % 20 < 3)
            held[nheld++] = r;
        else
            told[ntold++] = r;
    }
    if (engine->learn(ss_coded_select(all, told, ntold, arena),
                      ss_coded_select(all, held, nheld, arena), &o, arena, &structure,
                      &err) != SS_OK)
        exit(1);
    tally = ss_tally_new(engine->ncells(structure), &o.people);
    ss_engine_count(engine, structure, all, tally);
    engine->settle(structure, tally, arena, &model);
    f.nats = ss_engine_loglik(engine, model, judges);
    for (size_t i = 0; i < nwords; i++)
        words[i] = ss_unfold(&state);
    drawn->n = DRAWN;
    engine->draw(model, drawn, words);
    for (size_t c = 0; c < D; c++)
        f.tvd[c] = tvd(all, drawn, c);
    ss_tally_free(tally);
    ss_arena_free(arena);
    return f;
}

#define ENGINES 4

static void
run(size_t rows, size_t each, size_t tables)
{
    static const ss_engine *const engines[ENGINES] = {&ss_engine_independence, &ss_engine_trees,
                                                      &ss_engine_chow_liu, &ss_engine_classes};
    figures sums[ENGINES] = {{0}};
    uint64_t state = 3;

    for (size_t t = 0; t < tables; t++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        const ss_coded_table all = make(&state, rows, each, arena);
        const ss_coded_table judges = make(&state, JUDGES, each, arena);
        double nats = 0;

        for (size_t e = 0; e < ENGINES; e++)
        {
            const figures f = judge(engines[e], &all, &judges);

            nats = e == 0 ? f.nats : nats;
            sums[e].nats += (f.nats - nats) / (double) tables;
            for (size_t c = 0; c < D; c++)
                sums[e].tvd[c] += f.tvd[c] / (double) tables;
        }
        ss_arena_free(arena);
    }
    for (size_t e = 0; e < ENGINES; e++)
    {
        (void) printf("%6zu %6zu  %-14s %9.3f", rows, each, engines[e]->name, sums[e].nats);
        for (size_t c = 0; c < D; c++)
            (void) printf(" %9.3f", sums[e].tvd[c]);
        (void) printf("\n");
    }
}

int
main(int argc, char **argv)
{
    const size_t tables = argc > 1 ? (size_t) strtoull(argv[1], NULL, 10) : 20;
    static const size_t rows[] = {500, 1500, 5000}, each[] = {1, 5};

    ss_stats_init();
    (void) printf("%6s %6s  %-14s %9s %9s %9s %9s %9s\n", "rows", "each", "engine", "gain", "class",
                  "category", "ordered", "ten");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    {
        for (size_t j = 0; j < sizeof each / sizeof *each; j++)
            run(rows[i], each[j], tables);
    }
    return 0;
}
