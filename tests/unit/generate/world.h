/*
 * A small schema and its model by hand, for tests of the generator without a server.
 *
 * Tests add tables, columns, keys and references, set what was learnt, and read the generated
 * cells as text.
 */
#ifndef SS_TEST_GENERATE_WORLD_H
#define SS_TEST_GENERATE_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "generate/generate.h"
#include "rows/codec.h"

enum
{
    T_BOOL,
    T_INT2,
    T_INT4,
    T_INT8,
    T_FLOAT4,
    T_FLOAT8,
    T_NUMERIC,
    T_TEXT,
    T_VARCHAR,
    T_BPCHAR,
    T_NAME,
    T_UUID,
    T_BYTEA,
    T_DATE,
    T_TIME,
    T_TIMESTAMP,
    T_TIMESTAMPTZ,
    T_INET,
    T_MACADDR,
    T_BIT,
    T_INTERVAL,
    T_JSONB,
    T_MOOD,
    T_MOODS,
    T_RANGE,
    T_PAIR,
    T_WORD,
    WORLD_TYPES
};

#define WORLD_BUILT_IN(id, text)                                                                   \
    [id] = {.oid = 100 + (id),                                                                     \
            .schema = "pg_catalog",                                                                \
            .name = text,                                                                          \
            .kind = SS_TYPE_BASE,                                                                  \
            .base = SS_NONE,                                                                       \
            .delimiter = ','}

static const char *world_labels[] = {"sad", "ok", "happy"};
static const ss_type_field world_fields[] = {{"a", T_INT4, -1}, {"b", T_TEXT, -1}};
static const ss_type world_types[WORLD_TYPES] = {
    WORLD_BUILT_IN(T_BOOL, "bool"),
    WORLD_BUILT_IN(T_INT2, "int2"),
    WORLD_BUILT_IN(T_INT4, "int4"),
    WORLD_BUILT_IN(T_INT8, "int8"),
    WORLD_BUILT_IN(T_FLOAT4, "float4"),
    WORLD_BUILT_IN(T_FLOAT8, "float8"),
    WORLD_BUILT_IN(T_NUMERIC, "numeric"),
    WORLD_BUILT_IN(T_TEXT, "text"),
    WORLD_BUILT_IN(T_VARCHAR, "varchar"),
    WORLD_BUILT_IN(T_BPCHAR, "bpchar"),
    WORLD_BUILT_IN(T_NAME, "name"),
    WORLD_BUILT_IN(T_UUID, "uuid"),
    WORLD_BUILT_IN(T_BYTEA, "bytea"),
    WORLD_BUILT_IN(T_DATE, "date"),
    WORLD_BUILT_IN(T_TIME, "time"),
    WORLD_BUILT_IN(T_TIMESTAMP, "timestamp"),
    WORLD_BUILT_IN(T_TIMESTAMPTZ, "timestamptz"),
    WORLD_BUILT_IN(T_INET, "inet"),
    WORLD_BUILT_IN(T_MACADDR, "macaddr"),
    WORLD_BUILT_IN(T_BIT, "bit"),
    WORLD_BUILT_IN(T_INTERVAL, "interval"),
    WORLD_BUILT_IN(T_JSONB, "jsonb"),
    [T_MOOD] = {.oid = 20001,
                .schema = "public",
                .name = "mood",
                .kind = SS_TYPE_ENUM,
                .base = SS_NONE,
                .labels = world_labels,
                .nlabels = 3},
    [T_MOODS] = {.oid = 20002,
                 .schema = "public",
                 .name = "_mood",
                 .kind = SS_TYPE_ARRAY,
                 .base = T_MOOD,
                 .delimiter = ','},
    [T_RANGE] = {.oid = 139,
                 .schema = "pg_catalog",
                 .name = "int4range",
                 .kind = SS_TYPE_RANGE,
                 .base = T_INT4},
    [T_PAIR] = {.oid = 20003,
                .schema = "public",
                .name = "pair",
                .kind = SS_TYPE_COMPOSITE,
                .base = SS_NONE,
                .fields = world_fields,
                .nfields = 2},
    [T_WORD] = {.oid = 20004,
                .schema = "public",
                .name = "word",
                .kind = SS_TYPE_DOMAIN,
                .base = T_VARCHAR,
                .base_typmod = 9,
                .not_null = true},
};

#define WORLD_TABLES  16
#define WORLD_COLUMNS 8
#define WORLD_ROWS    20000

typedef struct world
{
    ss_arena *arena;
    ss_catalog catalog;
    ss_table tables[WORLD_TABLES];
    ss_column columns[WORLD_TABLES][WORLD_COLUMNS];
    ss_key keys[WORLD_TABLES][4];
    ss_check checks[WORLD_TABLES][8];
    ss_foreign_key references[16];
    size_t of_table[WORLD_TABLES][16]; /* indices into references */
    ss_model model;
    ss_model_table learnt[WORLD_TABLES];
    ss_marginal marginals[WORLD_TABLES][WORLD_COLUMNS];
    ss_fan_out fan_outs[WORLD_TABLES][8];
    ss_table_plan plans[WORLD_TABLES];
    ss_key_list kept[WORLD_TABLES];
    char demanded; /* CHECKs let texts pass that hold this character; 0: all */
    ss_error err;
    const ss_row_source *const *sources;
} world;

static inline world *
world_new(void)
{
    ss_arena *arena = ss_arena_new(NULL);
    world *w = ss_alloc(arena, 1, sizeof *w);

    w->arena = arena;
    w->catalog = (ss_catalog){.types = world_types,
                              .ntypes = WORLD_TYPES,
                              .tables = w->tables,
                              .foreign_keys = w->references};
    w->model = (ss_model){.people = 11, .tables = w->learnt};
    return w;
}

static inline size_t
add_table(world *w, const char *name, uint64_t rows)
{
    const size_t t = w->catalog.ntables++;

    w->model.ntables++;
    w->tables[t] = (ss_table){.schema = "public",
                              .name = name,
                              .label = ss_strf(w->arena, "public.%s", name),
                              .kind = SS_TABLE_ORDINARY,
                              .partition_parent = SS_NONE,
                              .columns = w->columns[t],
                              .keys = w->keys[t],
                              .foreign_keys = w->of_table[t],
                              .checks = w->checks[t]};
    w->learnt[t] = (ss_model_table){.label = w->tables[t].label,
                                    .rows = rows,
                                    .columns = w->marginals[t],
                                    .references = w->fan_outs[t]};
    w->plans[t] = (ss_table_plan){.mode = SS_MODE_SYNTHESISE};
    return t;
}

/* A column of which only the null share is known; returns its marginal, to say more. */
static inline ss_marginal *
add_column(world *w, size_t t, const char *name, size_t type, int32_t typmod, bool not_null)
{
    const size_t c = w->tables[t].ncolumns++;

    w->learnt[t].ncolumns++;
    w->columns[t][c] = (ss_column){.name = name,
                                   .attnum = (int16_t) (c + 1),
                                   .type = type,
                                   .typmod = typmod,
                                   .type_text = world_types[type].name,
                                   .not_null = not_null,
                                   .sequence = SS_NONE};
    w->marginals[t][c] =
        (ss_marginal){.column = name,
                      .kind = SS_MARGINAL_SHAPE,
                      .count = 1000,
                      .nulls = not_null ? 0 : 200,
                      .step = type == T_TIMESTAMP || type == T_TIMESTAMPTZ ? 1000000 : 1,
                      .scale = type == T_NUMERIC && typmod >= 4 ? (typmod - 4) & 0x7FF : 0};
    return &w->marginals[t][c];
}

static inline const int16_t *
attnums(world *w, const char *list, size_t *n)
{
    int16_t *out = ss_alloc(w->arena, strlen(list) + 1, sizeof *out);

    for (*n = 0; list[*n] != '\0'; (*n)++)
        out[*n] = (int16_t) (list[*n] - '0');
    return out;
}

/* columns: one digit each, attnums. */
static inline void
add_key(world *w, size_t t, bool primary, const char *columns)
{
    ss_key *key = &w->keys[t][w->tables[t].nkeys++];

    *key = (ss_key){.name = "a_key", .primary = primary, .constraint = true, .valid = true};
    key->attnums = attnums(w, columns, &key->ncolumns);
}

static inline void
add_check(world *w, size_t t, const char *column, const char *definition)
{
    ss_check *check = &w->checks[t][w->tables[t].nchecks++];

    *check = (ss_check){.name = "a_check", .definition = definition, .validated = true};
    check->attnums = attnums(w, column, &check->ncolumns);
}

/* Of t, by its first column. */
static inline void
add_partition(world *w, size_t t, const char *bound)
{
    const size_t part = add_table(w, "part", 0);

    w->tables[t].partition_attnums = attnums(w, "1", &w->tables[t].npartition_columns);
    w->tables[part].is_partition = true;
    w->tables[part].partition_parent = t;
    w->tables[part].partition_bound = bound;
}

/* Returns the fan-out, to say more. */
static inline ss_fan_out *
add_reference(world *w, size_t child, const char *columns, size_t parent,
              const char *parent_columns)
{
    ss_foreign_key *fk = &w->references[w->catalog.nforeign_keys];

    w->of_table[child][w->tables[child].nforeign_keys++] = w->catalog.nforeign_keys++;
    *fk = (ss_foreign_key){.name = ss_strf(w->arena, "fk_%zu", w->catalog.nforeign_keys),
                           .table = child,
                           .parent = parent,
                           .validated = true,
                           .match = 's'};
    fk->attnums = attnums(w, columns, &fk->ncolumns);
    fk->parent_attnums = attnums(w, parent_columns, &fk->ncolumns);
    return &w->fan_outs[child][w->learnt[child].nreferences++];
}

static inline ss_cells
cells_of(world *w, size_t n, const int64_t *numbers, const uint64_t *counts)
{
    ss_cells cells = {.cells = ss_alloc(w->arena, n, sizeof *cells.cells), .n = n};

    for (size_t i = 0; i < n; i++)
    {
        cells.cells[i] = (ss_cell){.number = numbers[i], .count = counts[i]};
        cells.total += counts[i];
    }
    return cells;
}

static inline ss_code
world_keys(void *arg, size_t table, const size_t *columns, size_t ncolumns, ss_key_list *list,
           ss_error *err)
{
    const world *w = arg;

    (void) columns;
    (void) ncolumns;
    (void) err;
    *list = w->kept[table];
    return SS_OK;
}

static inline ss_code
world_judge(void *arg, size_t table, size_t column, const char *const *texts, size_t n,
            bool *passes, ss_error *err)
{
    const world *w = arg;

    (void) table;
    (void) column;
    (void) err;
    for (size_t i = 0; i < n; i++)
        passes[i] = w->demanded == '\0' || strchr(texts[i], w->demanded) != NULL;
    return SS_OK;
}

static inline ss_code
world_make(world *w, unsigned char seed)
{
    ss_generate_input input = {.catalog = &w->catalog,
                               .model = &w->model,
                               .tables = w->plans,
                               .jobs = 2,
                               .keys = world_keys,
                               .judge = world_judge,
                               .arg = w,
                               .seed = {seed}};

    return ss_generate_sources(&input, w->arena, &w->sources, &w->err);
}

/* The text of each cell of the table, NULL for NULL: nrows x ncolumns, row major. */
typedef struct cells
{
    size_t nrows, ncolumns;
    const char **texts;
} cells;

static inline const char *
cell(const cells *c, size_t row, size_t column)
{
    return c->texts[row * c->ncolumns + column];
}

/* Rows first, first + 1, ... or rows[i], at this attempt, as text. */
static inline cells
world_rows(world *w, size_t t, size_t worker, uint64_t first, const uint64_t *rows, size_t n,
           uint32_t attempt)
{
    const ss_row_source *s = w->sources[t];
    ss_batch *batch = ss_batch_new(w->arena, s->forms, s->ncolumns);
    uint32_t *attempts = ss_alloc(w->arena, n + 1, sizeof *attempts);
    cells out = {.nrows = n, .ncolumns = s->ncolumns};
    ss_buf text = {0};

    for (size_t i = 0; i < n; i++)
        attempts[i] = attempt;
    out.texts = ss_alloc(w->arena, n * s->ncolumns + 1, sizeof *out.texts);
    assert_int_equal(
        s->make(s->arg, worker, first, rows, attempt == 0 ? NULL : attempts, n, batch, &w->err),
        SS_OK);
    for (size_t c = 0; c < s->ncolumns; c++)
    {
        const ss_column *column = &w->tables[t].columns[s->columns[c]];
        const ss_codec *codec = ss_codec_find(&w->catalog, column->type);
        const ss_codec_type type = {&w->catalog, ss_catalog_base_type(&w->catalog, column->type),
                                    column->typmod};

        for (size_t r = 0; r < n; r++)
        {
            if (batch->columns[c].null[r])
                continue;
            ss_buf_clear(&text);
            assert_int_equal(codec->to_text(&type, &batch->columns[c], r, &text, &w->err), SS_OK);
            out.texts[r * s->ncolumns + c] = ss_strdup(w->arena, ss_buf_text(&text));
        }
    }
    ss_buf_done(&text);
    return out;
}

/* The whole table, in batches. */
static inline cells
world_table(world *w, size_t t)
{
    const ss_row_source *s = w->sources[t];
    cells all = {.nrows = s->nrows, .ncolumns = s->ncolumns};

    all.texts = ss_alloc(w->arena, all.nrows * all.ncolumns + 1, sizeof *all.texts);
    for (uint64_t first = 0; first < s->nrows; first += SS_BATCH_ROWS)
    {
        const size_t n =
            s->nrows - first > SS_BATCH_ROWS ? SS_BATCH_ROWS : (size_t) (s->nrows - first);
        const cells part = world_rows(w, t, 0, first, NULL, n, 0);

        memcpy(all.texts + first * all.ncolumns, part.texts, n * all.ncolumns * sizeof *all.texts);
    }
    return all;
}

static inline bool
same_text(const char *a, const char *b)
{
    return (a == NULL && b == NULL) || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

#endif
