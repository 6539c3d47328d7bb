/* What names, types and keys say of a database's columns: a line each of table, column, class and reason, with tabs between. */
#include <stdio.h>

#include "catalog/read.h"
#include "classify/column.h"

int
main(int argc, char **argv)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_endpoint endpoint;
    ss_catalog *catalog;
    ss_error err = {.code = SS_OK};
    ss_pg *pg;
    const ss_classified *const *columns;

    if (argc != 2 || ss_endpoint_parse(argv[1], ".", 1, arena, &endpoint, &err) != SS_OK ||
        ss_pg_open(arena, &endpoint, &(ss_pg_options){.source = true}, NULL, &pg, &err) != SS_OK ||
        ss_catalog_read(pg, arena, arena, &catalog, &err) != SS_OK)
    {
        (void) fprintf(stderr, "usage: bench_classify CONNINFO; %s\n",
                       err.depth > 0 ? err.line[0] : "");
        return 1;
    }
    columns = ss_classify_columns(catalog, NULL, arena);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        const ss_table *table = &catalog->tables[t];

        for (size_t c = 0; c < table->ncolumns; c++)
            (void) printf("%s.%s\t%s\t%s\t%s\n", table->schema, table->name, table->columns[c].name,
                          ss_class_name(columns[t][c].proposal.class),
                          columns[t][c].proposal.why == NULL ? "" : columns[t][c].proposal.why);
    }
    ss_pg_close(pg);
    ss_arena_free(arena);
    return 0;
}
