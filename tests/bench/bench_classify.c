/* What names, types and keys say of a database's columns, and with --rows its rows: a line each of table, column, class and reason, with tabs between.  --features: what names are weighed by, instead. */
#include <stdio.h>
#include <string.h>

#include "catalog/read.h"
#include "classify/features.h"
#include "classify/reference.h"

/* Which tables would be proposed as reference data if all were small. */
static const char *const *
reference_if_small(const ss_catalog *catalog, const ss_classified *const *columns, ss_arena *arena)
{
    ss_table *tables = ss_alloc(arena, catalog->ntables + 1, sizeof *tables);
    ss_catalog small = *catalog;

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        tables[t] = catalog->tables[t];
        tables[t].reltuples = 10;
    }
    small.tables = tables;
    return ss_classify_reference(&small, columns, arena);
}

static void
print_feature(void *to, const char *feature, size_t n)
{
    (void) to;
    (void) printf("\t%.*s", (int) n, feature);
}

static void
print_features(const ss_catalog *catalog, ss_arena *arena)
{
    const ss_about *about = ss_classify_about(catalog, arena);
    ss_buf work = {0};

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns; c++)
        {
            const ss_named l = ss_named_column(catalog, about, t, c);

            (void) printf("%s.%s\t%s", table->schema, table->name, table->columns[c].name);
            ss_features_each(&l, print_feature, NULL, &work);
            (void) putchar('\n');
        }
    }
    ss_buf_done(&work);
}

int
main(int argc, char **argv)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_endpoint endpoint;
    ss_catalog *catalog;
    ss_error err = {.code = SS_OK};
    ss_snapshot *snapshot;
    ss_sample sample;
    const ss_classified *const *columns;
    const char *const *keep;

    const bool rows = argc == 3 && strcmp(argv[2], "--rows") == 0;
    const bool features = argc == 3 && strcmp(argv[2], "--features") == 0;

    if ((argc != 2 && !rows && !features) ||
        ss_endpoint_parse(argv[1], ".", 1, arena, &endpoint, &err) != SS_OK ||
        ss_snapshot_open(arena, &endpoint, NULL, &snapshot, &err) != SS_OK ||
        ss_catalog_read(ss_snapshot_pg(snapshot), arena, arena, &catalog, &err) != SS_OK ||
        (rows && ss_sample_read(catalog, snapshot, 1, NULL, arena, &sample, &err) != SS_OK))
    {
        (void) fprintf(stderr, "usage: bench_classify CONNINFO [--rows | --features]; %s\n",
                       err.depth > 0 ? err.line[0] : "");
        return 1;
    }
    columns = ss_classify_columns(catalog, rows ? &sample : NULL, arena);
    keep = reference_if_small(catalog, columns, arena);
    if (features)
        print_features(catalog, arena);
    for (size_t t = 0; t < catalog->ntables && !features; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns; c++)
            (void) printf("%s.%s\t%s\t%s\t%s\t%s\n", table->schema, table->name,
                          table->columns[c].name, ss_class_name(columns[t][c].proposal.class),
                          columns[t][c].proposal.why == NULL ? "" : columns[t][c].proposal.why,
                          keep[t] == NULL ? "" : "keep");
    }
    ss_arena_free(arena);
    return 0;
}
