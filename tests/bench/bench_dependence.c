/*
 * How well each engine of dependence knows people whom it has not seen: a table as CSV, fitted on one file, judged on
 * another.
 *
 *     bench_dependence [--rows N] [--given COLUMN] TRAIN.csv TEST.csv
 *
 * A line each: mean log-likelihood of a row of TEST in nats, with all thresholds of the model on (k = 11), how much
 * better than independence; total variation between pairs and triples of columns of TRAIN and rows that were drawn (methods: tvd-2,
 * tvd-3, a fixed 200 of them, numbers by the engine's bins); seconds; cells that are counted.
 *
 * --rows: means over ten tables of N rows of TRAIN; as many rows as TEST has are drawn, and compared with these.
 * --given: the column of that number, from 0 on, is known of a row before the others are drawn.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <csv.h>

#include "rand/stream.h"
#include "stats/bins.h"
#include "stats/engine.h"
#include "stats/gsl.h"

#define COLUMNS_MAX    64
#define K              11
#define CATEGORIES_MAX 255
#define TUPLES         200
#define TABLES         10 /* of --rows */

typedef struct table
{
    size_t n, d, capacity, at;
    char **cells; /* n x d */
    ss_arena *arena;
} table;

static double
now(void)
{
    struct timespec t;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double) t.tv_sec + (double) t.tv_nsec / 1e9;
}

/* --- reading ---------------------------------------------------------------------------------------- */

static void
on_field(void *data, size_t n, void *arg)
{
    table *t = arg;
    const char *text = data;

    while (n > 0 && *text == ' ')
    {
        text++;
        n--;
    }
    while (n > 0 && text[n - 1] == '.')
        n--; /* of the test file's last column */
    t->cells = ss_grow(t->arena, t->cells, t->at, &t->capacity, sizeof *t->cells);
    t->cells[t->at++] = ss_strndup(t->arena, text, n);
}

static void
on_row(int c, void *arg)
{
    table *t = arg;

    (void) c;
    if (t->n == 0)
        t->d = t->at;
    if (t->at < (t->n + 1) * t->d)
        t->at = t->n * t->d; /* an empty line */
    else
        t->n++;
}

static table
read_csv(const char *path, ss_arena *arena)
{
    table t = {.arena = arena};
    struct csv_parser p;
    char buffer[65536];
    FILE *f = fopen(path, "r");
    size_t got;

    if (f == NULL || csv_init(&p, CSV_APPEND_NULL) != 0)
    {
        perror(path);
        exit(1);
    }
    while ((got = fread(buffer, 1, sizeof buffer, f)) > 0)
        (void) csv_parse(&p, buffer, got, on_field, on_row, &t);
    (void) csv_fini(&p, on_field, on_row, &t);
    csv_free(&p);
    (void) fclose(f);
    return t;
}

/* --- coding ----------------------------------------------------------------------------------------- */

static bool
numeric(const table *t, size_t c)
{
    for (size_t r = 0; r < t->n; r++)
    {
        char *end;

        (void) strtoll(t->cells[r * t->d + c], &end, 10);
        if (end == t->cells[r * t->d + c] || *end != '\0')
            return false;
    }
    return true;
}

static int
by_number(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

static int
by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static void
code_numbers(const table *from, const table *t, size_t c, ss_coded_column *out, ss_arena *arena)
{
    const ss_bins_options o = {.k = K, .intervals = 64};
    int64_t *values = ss_alloc(arena, from->n + 1, sizeof *values);
    ss_bins_run *runs = ss_alloc(arena, from->n + 1, sizeof *runs);
    size_t n = 0;
    ss_bins bins;

    for (size_t r = 0; r < from->n; r++)
        values[r] = strtoll(from->cells[r * from->d + c], NULL, 10);
    qsort(values, from->n, sizeof *values, by_number);
    for (size_t r = 0; r < from->n; r++)
    {
        if (n == 0 || runs[n - 1].value != values[r])
            runs[n++].value = values[r];
        runs[n - 1].rows++;
    }
    ss_bins_make(runs, n, &o, arena, &bins);
    out->ncodes = out->nordered = bins.n;
    for (size_t r = 0; r < t->n; r++)
        out->codes[r] = (uint16_t) ss_bins_code(&bins, strtoll(t->cells[r * t->d + c], NULL, 10));
}

/* Texts that K rows have; the last code is all others. */
static void
code_texts(const table *from, const table *t, size_t c, ss_coded_column *out, ss_arena *arena)
{
    char **values = ss_alloc(arena, from->n + 1, sizeof *values);
    char *known[CATEGORIES_MAX];
    size_t n = 0, run = 0;

    for (size_t r = 0; r < from->n; r++)
        values[r] = from->cells[r * from->d + c];
    qsort(values, from->n, sizeof *values, by_text);
    for (size_t r = 0; r < from->n; r++)
    {
        run = r > 0 && strcmp(values[r], values[r - 1]) == 0 ? run + 1 : 1;
        if (run == K && n < CATEGORIES_MAX)
            known[n++] = values[r];
    }
    out->ncodes = (uint32_t) n + 1;
    for (size_t r = 0; r < t->n; r++)
    {
        out->codes[r] = (uint16_t) n;
        for (size_t i = 0; i < n; i++)
        {
            if (strcmp(known[i], t->cells[r * t->d + c]) == 0)
                out->codes[r] = (uint16_t) i;
        }
    }
}

static ss_coded_table
code(const table *from, const table *t, ss_arena *arena)
{
    ss_coded_table out = {.n = t->n, .d = t->d};

    out.columns = ss_alloc(arena, t->d, sizeof *out.columns);
    for (size_t c = 0; c < t->d; c++)
    {
        out.columns[c].codes = ss_alloc(arena, t->n + 1, sizeof *out.columns[c].codes);
        if (numeric(from, c))
            code_numbers(from, t, c, &out.columns[c], arena);
        else
            code_texts(from, t, c, &out.columns[c], arena);
    }
    return out;
}

/* --- judging ---------------------------------------------------------------------------------------- */

/* Codes brought down to ten levels: of ordered ones deciles, of others the ten most frequent and the rest. */
static void
levels(const ss_coded_column *column, const ss_coded_table *of, size_t c, uint8_t *level)
{
    uint64_t counts[SS_CODES_MAX] = {0}, before = 0;

    for (size_t r = 0; r < of->n; r++)
        counts[of->columns[c].codes[r]]++;
    for (uint32_t i = 0; i < column->ncodes; i++)
    {
        level[i] = 10;
        if (column->nordered > 0)
            level[i] = (uint8_t) ((before + counts[i] / 2) * 10 / (of->n + 1));
        before += counts[i];
    }
    for (uint8_t taken = 0; column->nordered == 0 && taken < 10; taken++)
    {
        uint32_t most = 0;

        for (uint32_t i = 1; i < column->ncodes; i++)
            most = counts[i] > counts[most] ? i : most;
        if (counts[most] == 0)
            break;
        level[most] = taken;
        counts[most] = 0;
    }
}

static double
tvd(const ss_coded_table *a, const ss_coded_table *b, uint8_t (*level)[SS_CODES_MAX],
    const size_t *tuple, size_t k)
{
    double p[11 * 11 * 11] = {0}, sum = 0;

    for (size_t r = 0; r < a->n; r++)
    {
        size_t at = 0;

        for (size_t i = 0; i < k; i++)
            at = at * 11 + level[tuple[i]][a->columns[tuple[i]].codes[r]];
        p[at] += 1.0 / (double) a->n;
    }
    for (size_t r = 0; r < b->n; r++)
    {
        size_t at = 0;

        for (size_t i = 0; i < k; i++)
            at = at * 11 + level[tuple[i]][b->columns[tuple[i]].codes[r]];
        p[at] -= 1.0 / (double) b->n;
    }
    for (size_t i = 0; i < sizeof p / sizeof *p; i++)
        sum += p[i] > 0 ? p[i] : -p[i];
    return sum / 2;
}

static double
mean_tvd(const ss_coded_table *a, const ss_coded_table *b, size_t k)
{
    static uint8_t level[COLUMNS_MAX][SS_CODES_MAX];
    uint64_t state = 42;
    double sum = 0;

    for (size_t c = 0; c < a->d; c++)
        levels(&a->columns[c], a, c, level[c]);
    for (size_t i = 0; i < TUPLES; i++)
    {
        size_t tuple[3] = {0};

        for (size_t j = 0; j < k; j++)
        {
            bool again;

            do
            {
                tuple[j] = (size_t) ss_below(ss_unfold(&state), a->d);
                again = false;
                for (size_t l = 0; l < j; l++)
                    again = again || tuple[l] == tuple[j];
            } while (again);
        }
        sum += tvd(a, b, level, tuple, k);
    }
    return sum / TUPLES;
}

/* As many rows as like has, with its given columns. */
static ss_coded_table *
draw(const ss_engine *engine, const void *model, const ss_coded_table *like, ss_arena *arena)
{
    static const unsigned char seed[SS_SEED_BYTES] = {7};
    ss_coded_table *rows = ss_coded_like(like, like->n, arena);
    const size_t nwords = like->n * (like->d + (engine->nclasses != NULL));
    uint64_t *words = ss_alloc(arena, nwords, sizeof *words);
    ss_stream stream;

    ss_stream_init(&stream, seed, engine->name, 0);
    ss_stream_words(&stream, 0, nwords, words);
    rows->n = like->n;
    for (size_t c = 0; c < like->d; c++)
    {
        if (like->columns[c].given)
            memcpy(rows->columns[c].codes, like->columns[c].codes,
                   like->n * sizeof *rows->columns[c].codes);
    }
    engine->draw(model, rows, words);
    return rows;
}

/* With SS_DUMP=FOLDER the drawn codes go there, for a detector to tell from TEST's. */
static void
dump(const char *name, const ss_coded_table *rows)
{
    const char *folder = getenv("SS_DUMP");
    char path[4096];
    FILE *f;

    if (folder == NULL)
        return;
    (void) snprintf(path, sizeof path, "%s/%s.csv", folder, name);
    f = fopen(path, "w");
    if (f == NULL)
    {
        perror(path);
        exit(1);
    }
    for (size_t r = 0; r < rows->n; r++)
    {
        for (size_t c = 0; c < rows->d; c++)
            (void) fprintf(f, "%s%u", c == 0 ? "" : ",", rows->columns[c].codes[r]);
        (void) fputc('\n', f);
    }
    (void) fclose(f);
}

typedef struct figures
{
    double nats, gain, tvd_2, tvd_3, seconds, cells;
} figures;

/* like: what rows that are drawn are compared with. */
static figures
judge(const ss_engine *engine, const ss_coded_table *train, const ss_coded_table *test,
      const ss_coded_table *like)
{
    const ss_engine_options o = {.people = {.k = K}, .least_rows = 50};
    ss_arena *arena = ss_arena_new(NULL);
    uint32_t *told = ss_alloc(arena, train->n, sizeof *told),
             *held = ss_alloc(arena, train->n, sizeof *held);
    size_t ntold = 0, nheld = 0;
    const double start = now();
    ss_coded_table *rows;
    void *structure, *model;
    ss_tally *tally;
    ss_error err;
    figures f;

    /* As fit does: a fifth of the people judge the structure, and are counted all the same. */
    for (uint32_t r = 0; r < train->n; r++)
    {
        if (r % 5 == 3)
            held[nheld++] = r;
        else
            told[ntold++] = r;
    }
    if (engine->learn(ss_coded_select(train, told, ntold, arena),
                      ss_coded_select(train, held, nheld, arena), &o, arena, &structure,
                      &err) != SS_OK)
        exit(1);
    tally = ss_tally_new(engine->ncells(structure), &o.people);
    ss_engine_count(engine, structure, train, tally);
    engine->settle(structure, tally, arena, &model);
    f = (figures){.seconds = now() - start, .cells = (double) engine->ncells(structure)};
    f.nats = ss_engine_loglik(engine, model, test);
    rows = draw(engine, model, like, arena);
    f.tvd_2 = mean_tvd(like, rows, 2);
    f.tvd_3 = mean_tvd(like, rows, 3);
    dump(engine->name, rows);
    ss_tally_free(tally);
    ss_arena_free(arena);
    return f;
}

static void
add(figures *sum, const figures *f, double nats, double times)
{
    sum->nats += f->nats / times;
    sum->gain += (f->nats - nats) / times;
    sum->tvd_2 += f->tvd_2 / times;
    sum->tvd_3 += f->tvd_3 / times;
    sum->seconds += f->seconds / times;
    sum->cells += f->cells / times;
}

/* Rows i, i + step, i + 2 step ... of t, at most n. */
static table
some(const table *t, size_t i, size_t step, size_t n, ss_arena *arena)
{
    table out = *t;

    out.n = 0;
    out.cells = ss_alloc(arena, n * t->d, sizeof *out.cells);
    for (size_t r = i; r < t->n && out.n < n; r += step)
        memcpy(out.cells + out.n++ * t->d, t->cells + r * t->d, t->d * sizeof *out.cells);
    return out;
}

#define ENGINES 5

static void
run(const table *train, const table *test, size_t n, size_t given)
{
    static const ss_engine *const engines[ENGINES] = {&ss_engine_independence, &ss_engine_trees,
                                                      &ss_engine_classes, &ss_engine_chow_liu,
                                                      &ss_engine_copula};
    const size_t times = n < train->n ? TABLES : 1;
    figures sums[ENGINES] = {{0}}, real = {0};

    for (size_t i = 0; i < times; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        const table own = some(train, i * (train->n / n) / times, train->n / n, n, arena);
        ss_coded_table a = code(&own, &own, arena), b = code(&own, test, arena);
        const figures floor = {.tvd_2 = mean_tvd(&b, &a, 2), .tvd_3 = mean_tvd(&b, &a, 3)};
        double nats = 0;

        if (given < a.d)
            a.columns[given].given = b.columns[given].given = true;
        add(&real, &floor, 0, (double) times);
        dump("test", &b);
        for (size_t e = 0; e < ENGINES; e++)
        {
            const figures f = judge(engines[e], &a, &b, times > 1 ? &b : &a);

            nats = e == 0 ? f.nats : nats;
            add(&sums[e], &f, nats, (double) times);
        }
        ss_arena_free(arena);
    }
    (void) printf("%-14s %9s %9s %8s %8s %8s %9s\n", "engine", "nats/row", "gain", "tvd-2", "tvd-3",
                  "seconds", "cells");
    (void) printf("%-14s %9s %9s %8.4f %8.4f\n", "(real)", "", "", real.tvd_2, real.tvd_3);
    for (size_t e = 0; e < ENGINES; e++)
        (void) printf("%-14s %9.4f %9.4f %8.4f %8.4f %8.2f %9.0f\n", engines[e]->name, sums[e].nats,
                      sums[e].gain, sums[e].tvd_2, sums[e].tvd_3, sums[e].seconds, sums[e].cells);
}

int
main(int argc, char **argv)
{
    ss_arena *arena = ss_arena_new(NULL);
    size_t n = SIZE_MAX, given = SIZE_MAX;
    table train, test;

    ss_stats_init();
    for (; argc > 4 && argv[1][0] == '-'; argc -= 2, argv += 2)
    {
        if (strcmp(argv[1], "--rows") == 0)
            n = (size_t) strtoull(argv[2], NULL, 10);
        else if (strcmp(argv[1], "--given") == 0)
            given = (size_t) strtoull(argv[2], NULL, 10);
        else
            break;
    }
    if (argc != 3 || n == 0)
    {
        (void) fprintf(stderr,
                       "usage: bench_dependence [--rows N] [--given COLUMN] TRAIN.csv TEST.csv\n");
        return 1;
    }
    train = read_csv(argv[1], arena);
    test = read_csv(argv[2], arena);
    if (train.d != test.d || train.d > COLUMNS_MAX || train.d < 3)
    {
        (void) fprintf(stderr, "bench_dependence: the files must have the same 3 to 64 columns\n");
        return 1;
    }
    run(&train, &test, n < train.n ? n : train.n, given);
    ss_arena_free(arena);
    return 0;
}
