/*
 * Small catalogs made by hand, for tests without a server.
 *
 *     ss_builder b = builder_new(arena);
 *     const size_t person = builder_table(&b, "public", "person");
 *     builder_column(&b, person, "id", "int4", true);
 *     builder_key(&b, person, "person_pkey", "id", true);
 *     builder_foreign_key(&b, child, "person_id", person, "id");
 *     const ss_catalog *catalog = builder_done(&b);
 *
 * Tables are indexed in the order they are added; a real catalog has them by schema and name, so add
 * them that way where it matters.  Lists of columns are names with blanks between them.  What a builder
 * function does not set can be set in the struct it made (builder.tables[person].unlogged = true).
 */
#ifndef SS_TESTS_CATALOG_BUILDER_H
#define SS_TESTS_CATALOG_BUILDER_H

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "catalog/catalog.h"

enum
{
    BUILDER_TABLES = 64,
    BUILDER_COLUMNS = 64, /* of a table */
    BUILDER_TYPES = 64,
    BUILDER_LIST = 24, /* keys, checks, foreign keys of a table */
};

typedef struct ss_builder_parts /* the writable side of a table's lists */
{
    ss_column *columns;
    ss_key *keys;
    ss_check *checks;
    size_t *foreign_keys;
    size_t *referenced_by;
} ss_builder_parts;

typedef struct ss_builder
{
    ss_arena *arena;
    ss_catalog *catalog;
    ss_table *tables;
    ss_type *types;
    ss_foreign_key *foreign_keys;
    ss_sequence *sequences;
    ss_builder_parts *parts; /* of each table */
} ss_builder;

static inline ss_builder
builder_new(ss_arena *arena)
{
    ss_builder b = {.arena = arena,
                    .catalog = ss_alloc(arena, 1, sizeof(ss_catalog)),
                    .tables = ss_alloc(arena, BUILDER_TABLES, sizeof(ss_table)),
                    .types = ss_alloc(arena, BUILDER_TYPES, sizeof(ss_type)),
                    .foreign_keys = ss_alloc(arena, BUILDER_TABLES, sizeof(ss_foreign_key)),
                    .sequences = ss_alloc(arena, BUILDER_TABLES, sizeof(ss_sequence)),
                    .parts = ss_alloc(arena, BUILDER_TABLES, sizeof(ss_builder_parts))};

    *b.catalog = (ss_catalog){.server_version = 150018,
                              .database = "test",
                              .encoding = "UTF8",
                              .collate = "C.UTF-8",
                              .ctype = "C.UTF-8",
                              .locale_provider = "libc",
                              .bytes = 8 << 20,
                              .tables = b.tables,
                              .types = b.types,
                              .foreign_keys = b.foreign_keys,
                              .sequences = b.sequences};
    return b;
}

/* The type of that name, added to the catalog when it is new: a base type unless kind says otherwise. */
static inline size_t
builder_type(ss_builder *b, const char *name, ss_type_kind kind)
{
    static const struct
    {
        const char *name;
        ss_oid oid;
        char category;
    } known[] = {{"bool", 16, 'B'},        {"bytea", 17, 'U'},         {"int8", 20, 'N'},
                 {"int2", 21, 'N'},        {"int4", 23, 'N'},          {"text", 25, 'S'},
                 {"json", 114, 'U'},       {"xml", 142, 'U'},          {"float4", 700, 'N'},
                 {"float8", 701, 'N'},     {"inet", 869, 'I'},         {"varchar", 1043, 'S'},
                 {"bpchar", 1042, 'S'},    {"date", 1082, 'D'},        {"time", 1083, 'D'},
                 {"timestamp", 1114, 'D'}, {"timestamptz", 1184, 'D'}, {"numeric", 1700, 'N'},
                 {"uuid", 2950, 'U'},      {"jsonb", 3802, 'U'},       {"point", 600, 'G'},
                 {"lseg", 601, 'G'},       {"path", 602, 'G'},         {"box", 603, 'G'},
                 {"polygon", 604, 'G'},    {"line", 628, 'G'},         {"circle", 718, 'G'},
                 {"tsvector", 3614, 'U'}};

    const size_t n = b->catalog->ntypes;
    ss_type *t = &b->types[n];

    for (size_t i = 0; i < n; i++)
    {
        if (strcmp(b->types[i].name, name) == 0)
            return i;
    }
    assert(n < BUILDER_TYPES);
    *t = (ss_type){.oid = 20000 + (ss_oid) n,
                   .schema = "public",
                   .name = name,
                   .kind = kind,
                   .base = SS_NONE,
                   .base_typmod = -1,
                   .delimiter = ',',
                   .category = kind == SS_TYPE_ENUM ? 'E' : 'U'};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    {
        if (strcmp(known[i].name, name) == 0)
        {
            t->oid = known[i].oid;
            t->schema = "pg_catalog";
            t->category = known[i].category;
        }
    }
    b->catalog->ntypes++;
    return n;
}

static inline size_t
builder_table(ss_builder *b, const char *schema, const char *name)
{
    const size_t n = b->catalog->ntables++;
    ss_builder_parts *p = &b->parts[n];
    ss_buf label = {0};

    assert(n < BUILDER_TABLES);
    *p = (ss_builder_parts){
        .columns = ss_alloc(b->arena, BUILDER_COLUMNS, sizeof *p->columns),
        .keys = ss_alloc(b->arena, BUILDER_LIST, sizeof *p->keys),
        .checks = ss_alloc(b->arena, BUILDER_LIST, sizeof *p->checks),
        .foreign_keys = ss_alloc(b->arena, BUILDER_TABLES, sizeof *p->foreign_keys),
        .referenced_by = ss_alloc(b->arena, BUILDER_TABLES, sizeof *p->referenced_by)};
    ss_text_ident(&label, schema);
    ss_buf_putc(&label, '.');
    ss_text_ident(&label, name);
    b->tables[n] = (ss_table){.oid = 30000 + (ss_oid) n,
                              .filenode = 30000 + (ss_oid) n,
                              .schema = schema,
                              .name = name,
                              .label = ss_strdup(b->arena, ss_buf_text(&label)),
                              .kind = SS_TABLE_ORDINARY,
                              .owner = "owner",
                              .readable = true,
                              .lockable = true,
                              .places_readable = true,
                              .rows_visible = true,
                              .partition_parent = SS_NONE,
                              .reltuples = 1000,
                              .relpages = 10,
                              .bytes = 10 * 8192,
                              .columns = p->columns,
                              .keys = p->keys,
                              .checks = p->checks,
                              .foreign_keys = p->foreign_keys,
                              .referenced_by = p->referenced_by};
    ss_buf_done(&label);
    return n;
}

/* The column, to be changed further. */
static inline ss_column *
builder_column(ss_builder *b, size_t table, const char *name, const char *type, bool not_null)
{
    ss_table *t = &b->tables[table];
    ss_column *c = &b->parts[table].columns[t->ncolumns++];

    assert(t->ncolumns <= BUILDER_COLUMNS);
    *c = (ss_column){.name = name,
                     .attnum = (int16_t) t->ncolumns,
                     .type = builder_type(b, type, SS_TYPE_BASE),
                     .typmod = -1,
                     .type_text = type,
                     .not_null = not_null,
                     .sequence = SS_NONE,
                     .null_frac = -1,
                     .readable = true};
    return c;
}

static inline const int16_t *
builder_attnums(const ss_builder *b, size_t table, const char *names, size_t *n)
{
    int16_t *list = ss_alloc(b->arena, BUILDER_COLUMNS, sizeof *list);

    *n = 0;
    while (*names != '\0')
    {
        const size_t length = strcspn(names, " ");
        const ss_column *column =
            ss_table_column(&b->tables[table], ss_strndup(b->arena, names, length));

        assert(column != NULL);
        list[(*n)++] = column->attnum;
        names += length + strspn(names + length, " ");
    }
    return list;
}

/* A primary key or a unique constraint. */
static inline ss_key *
builder_key(ss_builder *b, size_t table, const char *name, const char *columns, bool primary)
{
    ss_table *t = &b->tables[table];
    ss_key *k = &b->parts[table].keys[t->nkeys++];

    assert(t->nkeys <= BUILDER_LIST);
    *k = (ss_key){.name = name,
                  .definition = primary ? "PRIMARY KEY (...)" : "UNIQUE (...)",
                  .primary = primary,
                  .constraint = true,
                  .valid = true};
    k->attnums = builder_attnums(b, table, columns, &k->ncolumns);
    return k;
}

static inline ss_check *
builder_check(ss_builder *b, size_t table, const char *name, const char *expression)
{
    ss_table *t = &b->tables[table];
    ss_check *k = &b->parts[table].checks[t->nchecks++];

    assert(t->nchecks <= BUILDER_LIST);
    *k = (ss_check){.name = name,
                    .definition = ss_strf(b->arena, "CHECK (%s)", expression),
                    .expression = expression,
                    .validated = true};
    return k;
}

static inline ss_foreign_key *
builder_foreign_key(ss_builder *b, size_t table, const char *columns, size_t parent,
                    const char *parent_columns)
{
    const size_t n = b->catalog->nforeign_keys++;
    ss_foreign_key *k = &b->foreign_keys[n];

    assert(n < BUILDER_TABLES);
    *k = (ss_foreign_key){.name = ss_strf(b->arena, "%s_fk%zu", b->tables[table].name, n),
                          .definition = "FOREIGN KEY ...",
                          .table = table,
                          .parent = parent,
                          .validated = true,
                          .match = 's'};
    k->attnums = builder_attnums(b, table, columns, &k->ncolumns);
    k->parent_attnums = builder_attnums(b, parent, parent_columns, &k->ncolumns);
    b->parts[table].foreign_keys[b->tables[table].nforeign_keys++] = n;
    b->parts[parent].referenced_by[b->tables[parent].nreferenced_by++] = n;
    return k;
}

/* table becomes a partition of root, which becomes partitioned by its first column. */
static inline void
builder_partition(ss_builder *b, size_t table, size_t root, const char *bound)
{
    static const int16_t first = 1;

    b->tables[root].kind = SS_TABLE_PARTITIONED;
    b->tables[root].filenode = 0;
    b->tables[root].bytes = b->tables[root].relpages = 0;
    b->tables[root].reltuples = -1;
    b->tables[root].partition_key = "RANGE (...)";
    b->tables[root].partition_attnums = &first;
    b->tables[root].npartition_columns = 1;
    b->tables[table].is_partition = true;
    b->tables[table].partition_parent = root;
    b->tables[table].partition_bound = bound;
}

static inline const ss_catalog *
builder_done(const ss_builder *b)
{
    return b->catalog;
}

#endif
