/* Tables and what belongs to them. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "catalog/read_internal.h"

extern const char ss_sql_catalog_checks[], ss_sql_catalog_columns[], ss_sql_catalog_expressions[],
    ss_sql_catalog_foreign_keys[], ss_sql_catalog_inherits[], ss_sql_catalog_keys[],
    ss_sql_catalog_search_vectors[], ss_sql_catalog_tables[];

static const char *
label_of(ss_catalog_reader *r, const char *schema, const char *name)
{
    ss_buf label = {0};
    const char *copy;

    ss_text_ident(&label, schema);
    ss_buf_putc(&label, '.');
    ss_text_ident(&label, name);
    copy = ss_strdup(r->result, ss_buf_text(&label));
    ss_buf_done(&label);
    return copy;
}

static ss_code
read_tables(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_tables, &d, "tables"));
    r->tables = ss_alloc(r->result, d.n + 1, sizeof *r->tables);
    r->table_oids = ss_alloc(r->scratch, d.n + 1, sizeof *r->table_oids);
    r->c->tables = r->tables;
    r->c->ntables = d.n;
    for (; d.row < d.n; d.row++)
    {
        ss_table *t = &r->tables[d.row];

        *t = (ss_table){.oid = (ss_oid) ss_row_number(&d, 0),
                        .schema = ss_row_text(&d, 1),
                        .name = ss_row_text(&d, 2),
                        .kind = (ss_table_kind) ss_row_letter(&d, 3),
                        .owner = ss_row_text(&d, 4),
                        .extension = ss_row_text(&d, 5),
                        .extension_config = ss_row_flag(&d, 6),
                        .unlogged = ss_row_flag(&d, 7),
                        .row_security = ss_row_flag(&d, 8),
                        .force_row_security = ss_row_flag(&d, 9),
                        .readable = ss_row_flag(&d, 10),
                        .rows_visible = ss_row_flag(&d, 11),
                        .is_partition = ss_row_flag(&d, 12),
                        .partition_parent = SS_NONE,
                        .partition_key = ss_row_text(&d, 13),
                        .partition_bound = ss_row_text(&d, 15),
                        .reltuples = ss_row_real(&d, 16, -1),
                        .relpages = ss_row_number(&d, 17),
                        .bytes = ss_row_number(&d, 18),
                        .filenode = (ss_oid) ss_row_number(&d, 19),
                        .comment = ss_row_text(&d, 20),
                        .ntriggers = (size_t) ss_row_number(&d, 21),
                        .npolicies = (size_t) ss_row_number(&d, 22),
                        .places_readable = ss_row_flag(&d, 23)};
        t->partition_attnums = ss_row_attnums(&d, 14, &t->npartition_columns);
        t->lockable = t->readable;
        t->label = label_of(r, t->schema, t->name);
        /* Before PostgreSQL 14 a table that was never analysed says 0 tuples. */
        if (t->reltuples == 0 && t->relpages > 0)
            t->reltuples = -1;
        r->table_oids[d.row] = (ss_by_oid){t->oid, d.row};
    }
    qsort(r->table_oids, d.n, sizeof *r->table_oids, ss_catalog_compare_oids);
    return SS_OK;
}

static void
take_column(ss_catalog_reader *r, ss_rows *d, ss_column *column)
{
    *column = (ss_column){.name = ss_row_text(d, 1),
                          .attnum = (int16_t) ss_row_number(d, 2),
                          .type = ss_catalog_find_type(r, (ss_oid) ss_row_number(d, 3)),
                          .typmod = (int32_t) ss_row_number(d, 4),
                          .type_text = ss_row_must(d, 5),
                          .collation = ss_row_text(d, 6),
                          .not_null = ss_row_flag(d, 7),
                          .identity = (ss_identity) ss_row_letter(d, 8),
                          .generated = (ss_generated) ss_row_letter(d, 9),
                          .default_expr = ss_row_text(d, 10),
                          .sequence = SS_NONE,
                          .comment = ss_row_text(d, 11),
                          .null_frac = ss_row_real(d, 12, -1),
                          .n_distinct = ss_row_real(d, 13, 0),
                          .readable = ss_row_flag(d, 14),
                          .attcollation = ss_row_text(d, 15),
                          .labels = ss_row_text(d, 16),
                          .folds = ss_row_flag(d, 17)};
}

/* How many of the next rows belong to the same table as this one. */
static size_t
run_length(const ss_rows *d, size_t column)
{
    const int64_t oid = ss_row_number(d, column);
    ss_rows ahead = *d;

    while (ahead.row < d->n && ss_row_number(&ahead, column) == oid)
        ahead.row++;
    return ahead.row - d->row;
}

static ss_code
read_columns(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_columns, &d, "columns"));
    while (d.row < d.n)
    {
        const size_t table = ss_row_table(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_column *columns = ss_alloc(r->result, n, sizeof *columns);

        for (size_t i = 0; i < n; i++, d.row++)
            take_column(r, &d, &columns[i]);
        if (table != SS_NONE)
        {
            r->tables[table].columns = columns;
            r->tables[table].ncolumns = n;
        }
    }
    return ss_rows_complete(&d, "columns", r->err);
}

static ss_code
read_keys(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_keys, &d, "keys"));
    while (d.row < d.n)
    {
        const size_t table = ss_row_table(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_key *keys = ss_alloc(r->result, n, sizeof *keys);

        for (size_t i = 0; i < n; i++, d.row++)
        {
            keys[i] = (ss_key){.name = ss_row_text(&d, 1),
                               .definition = ss_row_must(&d, 2),
                               .primary = ss_row_flag(&d, 4),
                               .constraint = ss_row_flag(&d, 5),
                               .partial = ss_row_flag(&d, 6),
                               .expression = ss_row_flag(&d, 7),
                               .nulls_not_distinct = ss_row_flag(&d, 8),
                               .deferrable = ss_row_flag(&d, 9),
                               .valid = ss_row_flag(&d, 10)};
            keys[i].attnums = ss_row_attnums(&d, 3, &keys[i].ncolumns);
        }
        if (table != SS_NONE)
        {
            r->tables[table].keys = keys;
            r->tables[table].nkeys = n;
        }
    }
    return ss_rows_complete(&d, "keys", r->err);
}

static ss_code
read_checks(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_checks, &d, "checks"));
    while (d.row < d.n)
    {
        const size_t table = ss_row_table(r, &d, 1);
        const size_t n = run_length(&d, 1);
        ss_check *checks = ss_alloc(r->result, n, sizeof *checks);
        ss_exclusion *exclusions = ss_alloc(r->result, n, sizeof *exclusions);
        size_t nchecks = 0, nexclusions = 0;

        for (size_t i = 0; i < n; i++, d.row++)
        {
            if (ss_row_letter(&d, 0) == 'c')
            {
                ss_check *k = &checks[nchecks++];

                *k = (ss_check){.name = ss_row_text(&d, 2),
                                .definition = ss_row_must(&d, 3),
                                .expression = ss_row_must(&d, 4),
                                .validated = ss_row_flag(&d, 6),
                                .no_inherit = ss_row_flag(&d, 7),
                                .inherited = ss_row_flag(&d, 8)};
                k->attnums = ss_row_attnums(&d, 5, &k->ncolumns);
            }
            else
            {
                ss_exclusion *x = &exclusions[nexclusions++];

                *x = (ss_exclusion){.name = ss_row_text(&d, 2),
                                    .definition = ss_row_must(&d, 3),
                                    .partial = ss_row_flag(&d, 11),
                                    .deferrable = ss_row_flag(&d, 9)};
                x->attnums = ss_row_attnums(&d, 5, &x->ncolumns);
                x->operators = ss_row_operators(&d, 10, x->ncolumns);
            }
        }
        if (table != SS_NONE)
        {
            r->tables[table].checks = checks;
            r->tables[table].nchecks = nchecks;
            r->tables[table].exclusions = exclusions;
            r->tables[table].nexclusions = nexclusions;
        }
    }
    return ss_rows_complete(&d, "checks", r->err);
}

static ss_code
read_expressions(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_expressions, &d, "expressions of indexes"));
    while (d.row < d.n)
    {
        const size_t table = ss_row_table(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_expression *list = ss_alloc(r->result, n, sizeof *list);

        for (size_t i = 0; i < n; i++, d.row++)
            list[i] = (ss_expression){.name = ss_row_text(&d, 1),
                                      .predicate = ss_row_text(&d, 2),
                                      .expression = ss_row_text(&d, 3)};
        if (table != SS_NONE)
        {
            r->tables[table].expressions = list;
            r->tables[table].nexpressions = n;
        }
    }
    return ss_rows_complete(&d, "expressions of indexes", r->err);
}

/* What the trigger is given: "fulltext\npg_catalog.english\ntitle\n", of a table that has such columns; false: it has not. */
static bool
take_search_vector(const ss_catalog_reader *r, const ss_table *table, char *given,
                   ss_search_vector *v)
{
    static const char end[] = "\n";
    int16_t *sources = ss_alloc(r->result, strlen(given) / strlen(end) + 1, sizeof *sources);
    char *next;

    v->attnums = sources;
    for (size_t i = 0; (next = strstr(given, end)) != NULL; i++, given = next + strlen(end))
    {
        const ss_column *column;

        *next = '\0';
        column = ss_table_column(table, given);
        if (i == 1)
        {
            v->configuration = ss_strdup(r->result, given);
            if (v->by_column && column == NULL)
                return false;
            continue;
        }
        if (column == NULL)
            return false;
        if (i == 0)
            v->attnum = column->attnum;
        else
            sources[v->ncolumns++] = column->attnum;
    }
    return v->ncolumns > 0;
}

static ss_code
read_search_vectors(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_search_vectors, &d, "triggers that fill search vectors"));
    while (d.row < d.n)
    {
        const size_t table = ss_row_table(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_search_vector *list = ss_alloc(r->result, n, sizeof *list);
        size_t taken = 0;

        for (size_t i = 0; i < n; i++, d.row++)
        {
            ss_search_vector v = {.by_column = ss_row_flag(&d, 1)};

            if (table != SS_NONE &&
                take_search_vector(r, &r->tables[table], ss_strdup(r->scratch, ss_row_must(&d, 2)),
                                   &v))
                list[taken++] = v;
        }
        if (table != SS_NONE)
        {
            r->tables[table].search_vectors = list;
            r->tables[table].nsearch_vectors = taken;
        }
    }
    return ss_rows_complete(&d, "triggers that fill search vectors", r->err);
}

/* Fill tables' lists of foreign keys: count, allocate, fill, as child or as parent. */
static void
index_foreign_keys(ss_catalog_reader *r, bool as_child)
{
    const ss_catalog *c = r->c;
    size_t *counts = ss_alloc(r->scratch, c->ntables + 1, sizeof *counts);
    size_t **lists = ss_alloc(r->scratch, c->ntables + 1, sizeof *lists);

    for (size_t i = 0; i < c->nforeign_keys; i++)
        counts[as_child ? r->foreign_keys[i].table : r->foreign_keys[i].parent]++;
    for (size_t t = 0; t < c->ntables; t++)
    {
        lists[t] = ss_alloc(r->result, counts[t] + 1, sizeof **lists);
        counts[t] = 0;
    }
    for (size_t i = 0; i < c->nforeign_keys; i++)
    {
        const size_t t = as_child ? r->foreign_keys[i].table : r->foreign_keys[i].parent;

        lists[t][counts[t]++] = i;
    }
    for (size_t t = 0; t < c->ntables; t++)
    {
        if (as_child)
        {
            r->tables[t].foreign_keys = lists[t];
            r->tables[t].nforeign_keys = counts[t];
        }
        else
        {
            r->tables[t].referenced_by = lists[t];
            r->tables[t].nreferenced_by = counts[t];
        }
    }
}

static ss_code
read_foreign_keys(ss_catalog_reader *r)
{
    size_t n = 0;
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_foreign_keys, &d, "foreign keys"));
    r->foreign_keys = ss_alloc(r->result, d.n + 1, sizeof *r->foreign_keys);
    for (; d.row < d.n; d.row++)
    {
        ss_foreign_key *k = &r->foreign_keys[n];

        *k = (ss_foreign_key){.name = ss_row_text(&d, 0),
                              .definition = ss_row_must(&d, 1),
                              .table = ss_row_table(r, &d, 2),
                              .parent = ss_row_table(r, &d, 3),
                              .deferrable = ss_row_flag(&d, 6),
                              .deferred = ss_row_flag(&d, 7),
                              .validated = ss_row_flag(&d, 8),
                              .match = ss_row_letter(&d, 9),
                              .inherited = ss_row_flag(&d, 10)};
        k->attnums = ss_row_attnums(&d, 4, &k->ncolumns);
        k->parent_attnums = ss_row_attnums(&d, 5, &k->ncolumns);
        if (k->table != SS_NONE && k->parent != SS_NONE)
            n++;
    }
    r->c->foreign_keys = r->foreign_keys;
    r->c->nforeign_keys = n;
    index_foreign_keys(r, true);
    index_foreign_keys(r, false);
    return ss_rows_complete(&d, "foreign keys", r->err);
}

static ss_code
read_inherits(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_inherits, &d, "inheritance"));
    while (d.row < d.n)
    {
        const size_t child = ss_row_table(r, &d, 0);
        const size_t rows = run_length(&d, 0);
        size_t *parents = ss_alloc(r->result, rows, sizeof *parents), n = 0;

        /* A parent of information_schema is none of the catalog's. */
        for (size_t i = 0; i < rows; i++, d.row++)
        {
            parents[n] = ss_row_table(r, &d, 1);
            n += parents[n] != SS_NONE;
        }
        if (child == SS_NONE || n == 0)
            continue;
        if (r->tables[child].is_partition)
            r->tables[child].partition_parent = parents[0];
        else
        {
            r->tables[child].inherits = parents;
            r->tables[child].ninherits = n;
        }
    }
    return SS_OK;
}

ss_code
ss_catalog_read_tables(ss_catalog_reader *r)
{
    SS_TRY(read_tables(r));
    SS_TRY(read_columns(r));
    SS_TRY(read_keys(r));
    SS_TRY(read_checks(r));
    SS_TRY(read_expressions(r));
    SS_TRY(read_search_vectors(r));
    SS_TRY(read_foreign_keys(r));
    return read_inherits(r);
}
