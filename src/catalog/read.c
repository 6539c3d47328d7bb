#include "catalog/read.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "secret/digest.h"

extern const char ss_sql_catalog_database[], ss_sql_catalog_tables[], ss_sql_catalog_columns[],
    ss_sql_catalog_types[], ss_sql_catalog_type_parts[], ss_sql_catalog_keys[],
    ss_sql_catalog_checks[], ss_sql_catalog_expressions[], ss_sql_catalog_foreign_keys[],
    ss_sql_catalog_inherits[], ss_sql_catalog_sequences[], ss_sql_catalog_views[],
    ss_sql_catalog_extensions[], ss_sql_catalog_roles[], ss_sql_catalog_security_definer[],
    ss_sql_catalog_texts[], ss_sql_catalog_search_vectors[];

/* Indices by oid, sorted for bsearch. */
typedef struct by_oid
{
    ss_oid oid;
    size_t index;
} by_oid;

typedef struct reader
{
    ss_pg *pg;
    ss_arena *result;
    ss_arena *scratch;
    ss_catalog *c;
    ss_table *tables; /* the writable side of c->tables, and so on */
    ss_type *types;
    ss_sequence *sequences;
    ss_foreign_key *foreign_keys;
    by_oid *table_oids;
    by_oid *type_oids;
    ss_error *err;
} reader;

/* One result set and where we are in it. */
typedef struct rows
{
    const ss_pg_result *res;
    size_t n;
    size_t row;
    size_t gaps; /* texts that should have been there */
    ss_arena *result;
} rows;

static const char *
text(const rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);

    return value == NULL ? NULL : ss_strdup(r->result, value);
}

/*
 * Text that is never NULL, unless its object was dropped after our snapshot: the server's functions that
 * write definitions look at what is there now.  The gap is noticed by complete().
 */
static const char *
must(rows *r, size_t column)
{
    const char *value = text(r, column);

    r->gaps += value == NULL;
    return value == NULL ? "" : value;
}

static bool
flag(const rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);

    return value != NULL && value[0] == 't';
}

static int64_t
number(const rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    int64_t n = 0;

    return value != NULL && ss_parse_i64(value, &n) ? n : 0;
}

static double
real(const rows *r, size_t column, double otherwise)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    double d;

    return value != NULL && ss_parse_double(value, &d) ? d : otherwise;
}

static char
letter(const rows *r, size_t column)
{
    const char *value = ss_pg_value(r->res, r->row, column);

    return value == NULL ? '\0' : value[0];
}

/* "1 2 3" -> attnums; NULL and "" give none. */
static const int16_t *
attnums(const rows *r, size_t column, size_t *n)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    int16_t *list;

    *n = 0;
    if (value == NULL || value[0] == '\0')
        return NULL;
    list = ss_alloc(r->result, strlen(value) / 2 + 1, sizeof *list);
    while (*value != '\0')
    {
        char *end;

        list[(*n)++] = (int16_t) strtol(value, &end, 10);
        value = *end == ' ' ? end + 1 : end;
    }
    return list;
}

/* "= &&" -> n operators; NULL when they are not so many. */
static const char *const *
operators(const rows *r, size_t column, size_t n)
{
    const char *value = ss_pg_value(r->res, r->row, column);
    const char **list = ss_alloc(r->result, n + 1, sizeof *list);
    size_t i = 0;

    for (; value != NULL && *value != '\0' && i < n; i++)
    {
        const size_t length = strcspn(value, " ");

        list[i] = ss_strndup(r->result, value, length);
        value += length + (value[length] == ' ');
    }
    return i == n && value != NULL && *value == '\0' ? list : NULL;
}

static ss_code
run(reader *r, const char *sql, rows *d, const char *what)
{
    ss_pg_result *res;

    if (ss_pg_query(r->pg, r->scratch, sql, 0, NULL, &res, r->err) != SS_OK)
        return ss_note(r->err, "while reading the catalog (%s)", what);
    *d = (rows){.res = res, .n = ss_pg_rows(res), .result = r->result};
    return SS_OK;
}

/* Nothing was dropped while we read it. */
static ss_code
complete(const rows *d, const char *what, ss_error *err)
{
    if (d->gaps == 0)
        return SS_OK;
    (void) ss_fail(err, SS_ERETRY, "the schema changed while it was being read (%s)", what);
    return ss_hint(err, "Run it again when no migration is under way.");
}

static int
compare_oids(const void *a, const void *b)
{
    const ss_oid x = ((const by_oid *) a)->oid, y = ((const by_oid *) b)->oid;

    return (x > y) - (x < y);
}

static size_t
find_oid(const by_oid *list, size_t n, ss_oid oid)
{
    const by_oid key = {.oid = oid};
    const by_oid *found = n == 0 ? NULL : bsearch(&key, list, n, sizeof *list, compare_oids);

    return found == NULL ? SS_NONE : found->index;
}

static size_t
table_of(const reader *r, const rows *d, size_t column)
{
    return find_oid(r->table_oids, r->c->ntables, (ss_oid) number(d, column));
}

static size_t
type_of(const reader *r, ss_oid oid)
{
    return find_oid(r->type_oids, r->c->ntypes, oid);
}

/* --- the parts ---------------------------------------------------------------------------------- */

static ss_code
read_database(reader *r)
{
    ss_catalog *c = r->c;
    rows d;

    SS_TRY(run(r, ss_sql_catalog_database, &d, "database"));
    if (d.n != 1)
        return ss_fail(r->err, SS_ERETRY, "the database is gone");
    c->server_version = ss_pg_server_version(r->pg);
    c->database = text(&d, 0);
    c->encoding = text(&d, 1);
    c->collate = text(&d, 2);
    c->ctype = text(&d, 3);
    c->locale_provider = text(&d, 4);
    c->icu_locale = text(&d, 5);
    c->bytes = number(&d, 6);
    c->nfunctions = (size_t) number(&d, 7);
    c->ntriggers = (size_t) number(&d, 8);
    c->nevent_triggers = (size_t) number(&d, 9);
    c->npublications = (size_t) number(&d, 10);
    c->nlarge_objects = (size_t) number(&d, 11);
    c->nsubscriptions = (size_t) number(&d, 12);
    return SS_OK;
}

static ss_type_kind
kind_of(char typtype, bool is_array)
{
    switch (typtype)
    {
    case 'e':
        return SS_TYPE_ENUM;
    case 'd':
        return SS_TYPE_DOMAIN;
    case 'c':
        return SS_TYPE_COMPOSITE;
    case 'r':
        return SS_TYPE_RANGE;
    case 'm':
        return SS_TYPE_MULTIRANGE;
    case 'p':
        return SS_TYPE_PSEUDO;
    default:
        return is_array ? SS_TYPE_ARRAY : SS_TYPE_BASE;
    }
}

static ss_code
read_types(reader *r)
{
    ss_oid *bases;
    rows d;

    SS_TRY(run(r, ss_sql_catalog_types, &d, "types"));
    r->types = ss_alloc(r->result, d.n + 1, sizeof *r->types);
    r->type_oids = ss_alloc(r->scratch, d.n + 1, sizeof *r->type_oids);
    bases = ss_alloc(r->scratch, d.n + 1, sizeof *bases);
    r->c->types = r->types;
    r->c->ntypes = d.n;
    for (; d.row < d.n; d.row++)
    {
        ss_type *t = &r->types[d.row];

        *t = (ss_type){.oid = (ss_oid) number(&d, 0),
                       .schema = text(&d, 1),
                       .name = text(&d, 2),
                       .extension = text(&d, 3),
                       .kind = kind_of(letter(&d, 4), flag(&d, 5)),
                       .base = SS_NONE,
                       .base_typmod = (int32_t) number(&d, 7),
                       .not_null = flag(&d, 8),
                       .delimiter = letter(&d, 9),
                       .category = letter(&d, 10),
                       .default_expr = text(&d, 11)};
        bases[d.row] = (ss_oid) number(&d, 6);
        r->type_oids[d.row] = (by_oid){t->oid, d.row};
    }
    qsort(r->type_oids, d.n, sizeof *r->type_oids, compare_oids);
    for (size_t i = 0; i < d.n; i++)
    {
        if (bases[i] != 0)
            r->types[i].base = type_of(r, bases[i]);
    }
    return SS_OK;
}

/* Labels, fields and CHECKs come sorted by type: take each run at once. */
static void
take_parts(reader *r, rows *d, ss_type *t, size_t n)
{
    const char kind = letter(d, 0);
    const char **texts = ss_alloc(r->result, n, sizeof *texts);
    ss_type_field *fields = kind == 'c' ? ss_alloc(r->result, n, sizeof *fields) : NULL;

    for (size_t i = 0; i < n; i++, d->row++)
    {
        texts[i] = must(d, 2);
        if (fields != NULL)
            fields[i] = (ss_type_field){.name = texts[i],
                                        .type = type_of(r, (ss_oid) number(d, 3)),
                                        .typmod = (int32_t) number(d, 4)};
    }
    if (kind == 'e')
    {
        t->labels = texts;
        t->nlabels = n;
    }
    else if (kind == 'd')
    {
        t->checks = texts;
        t->nchecks = n;
    }
    else
    {
        t->fields = fields;
        t->nfields = n;
    }
}

static ss_code
read_type_parts(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_type_parts, &d, "parts of types"));
    while (d.row < d.n)
    {
        const ss_oid oid = (ss_oid) number(&d, 1);
        const size_t type = type_of(r, oid);
        rows ahead = d;

        while (ahead.row < d.n && (ss_oid) number(&ahead, 1) == oid)
            ahead.row++;
        if (type != SS_NONE)
            take_parts(r, &d, &r->types[type], ahead.row - d.row);
        d.row = ahead.row;
    }
    return complete(&d, "types", r->err);
}

static const char *
label_of(reader *r, const char *schema, const char *name)
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
read_tables(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_tables, &d, "tables"));
    r->tables = ss_alloc(r->result, d.n + 1, sizeof *r->tables);
    r->table_oids = ss_alloc(r->scratch, d.n + 1, sizeof *r->table_oids);
    r->c->tables = r->tables;
    r->c->ntables = d.n;
    for (; d.row < d.n; d.row++)
    {
        ss_table *t = &r->tables[d.row];

        *t = (ss_table){.oid = (ss_oid) number(&d, 0),
                        .schema = text(&d, 1),
                        .name = text(&d, 2),
                        .kind = (ss_table_kind) letter(&d, 3),
                        .owner = text(&d, 4),
                        .extension = text(&d, 5),
                        .extension_config = flag(&d, 6),
                        .unlogged = flag(&d, 7),
                        .row_security = flag(&d, 8),
                        .force_row_security = flag(&d, 9),
                        .readable = flag(&d, 10),
                        .rows_visible = flag(&d, 11),
                        .is_partition = flag(&d, 12),
                        .partition_parent = SS_NONE,
                        .partition_key = text(&d, 13),
                        .partition_bound = text(&d, 15),
                        .reltuples = real(&d, 16, -1),
                        .relpages = number(&d, 17),
                        .bytes = number(&d, 18),
                        .filenode = (ss_oid) number(&d, 19),
                        .comment = text(&d, 20),
                        .ntriggers = (size_t) number(&d, 21),
                        .npolicies = (size_t) number(&d, 22),
                        .places_readable = flag(&d, 23)};
        t->partition_attnums = attnums(&d, 14, &t->npartition_columns);
        t->lockable = t->readable;
        t->label = label_of(r, t->schema, t->name);
        /* Before PostgreSQL 14 a table that was never analysed says 0 tuples. */
        if (t->reltuples == 0 && t->relpages > 0)
            t->reltuples = -1;
        r->table_oids[d.row] = (by_oid){t->oid, d.row};
    }
    qsort(r->table_oids, d.n, sizeof *r->table_oids, compare_oids);
    return SS_OK;
}

static void
take_column(reader *r, rows *d, ss_column *column)
{
    *column = (ss_column){.name = text(d, 1),
                          .attnum = (int16_t) number(d, 2),
                          .type = type_of(r, (ss_oid) number(d, 3)),
                          .typmod = (int32_t) number(d, 4),
                          .type_text = must(d, 5),
                          .collation = text(d, 6),
                          .not_null = flag(d, 7),
                          .identity = (ss_identity) letter(d, 8),
                          .generated = (ss_generated) letter(d, 9),
                          .default_expr = text(d, 10),
                          .sequence = SS_NONE,
                          .comment = text(d, 11),
                          .null_frac = real(d, 12, -1),
                          .n_distinct = real(d, 13, 0),
                          .readable = flag(d, 14),
                          .attcollation = text(d, 15),
                          .labels = text(d, 16),
                          .folds = flag(d, 17)};
}

/* How many of the next rows belong to the same table as this one. */
static size_t
run_length(const rows *d, size_t column)
{
    const int64_t oid = number(d, column);
    rows ahead = *d;

    while (ahead.row < d->n && number(&ahead, column) == oid)
        ahead.row++;
    return ahead.row - d->row;
}

static ss_code
read_columns(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_columns, &d, "columns"));
    while (d.row < d.n)
    {
        const size_t table = table_of(r, &d, 0);
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
    return complete(&d, "columns", r->err);
}

static ss_code
read_keys(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_keys, &d, "keys"));
    while (d.row < d.n)
    {
        const size_t table = table_of(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_key *keys = ss_alloc(r->result, n, sizeof *keys);

        for (size_t i = 0; i < n; i++, d.row++)
        {
            keys[i] = (ss_key){.name = text(&d, 1),
                               .definition = must(&d, 2),
                               .primary = flag(&d, 4),
                               .constraint = flag(&d, 5),
                               .partial = flag(&d, 6),
                               .expression = flag(&d, 7),
                               .nulls_not_distinct = flag(&d, 8),
                               .deferrable = flag(&d, 9),
                               .valid = flag(&d, 10)};
            keys[i].attnums = attnums(&d, 3, &keys[i].ncolumns);
        }
        if (table != SS_NONE)
        {
            r->tables[table].keys = keys;
            r->tables[table].nkeys = n;
        }
    }
    return complete(&d, "keys", r->err);
}

static ss_code
read_checks(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_checks, &d, "checks"));
    while (d.row < d.n)
    {
        const size_t table = table_of(r, &d, 1);
        const size_t n = run_length(&d, 1);
        ss_check *checks = ss_alloc(r->result, n, sizeof *checks);
        ss_exclusion *exclusions = ss_alloc(r->result, n, sizeof *exclusions);
        size_t nchecks = 0, nexclusions = 0;

        for (size_t i = 0; i < n; i++, d.row++)
        {
            if (letter(&d, 0) == 'c')
            {
                ss_check *k = &checks[nchecks++];

                *k = (ss_check){.name = text(&d, 2),
                                .definition = must(&d, 3),
                                .expression = must(&d, 4),
                                .validated = flag(&d, 6),
                                .no_inherit = flag(&d, 7),
                                .inherited = flag(&d, 8)};
                k->attnums = attnums(&d, 5, &k->ncolumns);
            }
            else
            {
                ss_exclusion *x = &exclusions[nexclusions++];

                *x = (ss_exclusion){.name = text(&d, 2),
                                    .definition = must(&d, 3),
                                    .partial = flag(&d, 11),
                                    .deferrable = flag(&d, 9)};
                x->attnums = attnums(&d, 5, &x->ncolumns);
                x->operators = operators(&d, 10, x->ncolumns);
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
    return complete(&d, "checks", r->err);
}

static ss_code
read_expressions(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_expressions, &d, "expressions of indexes"));
    while (d.row < d.n)
    {
        const size_t table = table_of(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_expression *list = ss_alloc(r->result, n, sizeof *list);

        for (size_t i = 0; i < n; i++, d.row++)
            list[i] = (ss_expression){
                .name = text(&d, 1), .predicate = text(&d, 2), .expression = text(&d, 3)};
        if (table != SS_NONE)
        {
            r->tables[table].expressions = list;
            r->tables[table].nexpressions = n;
        }
    }
    return complete(&d, "expressions of indexes", r->err);
}

/* What the trigger is given: "fulltext\000pg_catalog.english\000title\000" of a table that has such columns; false: it has not. */
static bool
take_search_vector(const reader *r, const ss_table *table, char *given, ss_search_vector *v)
{
    static const char end[] = "\\000";
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
read_search_vectors(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_search_vectors, &d, "triggers that fill search vectors"));
    while (d.row < d.n)
    {
        const size_t table = table_of(r, &d, 0);
        const size_t n = run_length(&d, 0);
        ss_search_vector *list = ss_alloc(r->result, n, sizeof *list);
        size_t taken = 0;

        for (size_t i = 0; i < n; i++, d.row++)
        {
            ss_search_vector v = {.by_column = flag(&d, 1)};

            if (table != SS_NONE &&
                take_search_vector(r, &r->tables[table], ss_strdup(r->scratch, must(&d, 2)), &v))
                list[taken++] = v;
        }
        if (table != SS_NONE)
        {
            r->tables[table].search_vectors = list;
            r->tables[table].nsearch_vectors = taken;
        }
    }
    return complete(&d, "triggers that fill search vectors", r->err);
}

/* Fill tables' lists of foreign keys: count, allocate, fill, as child or as parent. */
static void
index_foreign_keys(reader *r, bool as_child)
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
read_foreign_keys(reader *r)
{
    size_t n = 0;
    rows d;

    SS_TRY(run(r, ss_sql_catalog_foreign_keys, &d, "foreign keys"));
    r->foreign_keys = ss_alloc(r->result, d.n + 1, sizeof *r->foreign_keys);
    for (; d.row < d.n; d.row++)
    {
        ss_foreign_key *k = &r->foreign_keys[n];

        *k = (ss_foreign_key){.name = text(&d, 0),
                              .definition = must(&d, 1),
                              .table = table_of(r, &d, 2),
                              .parent = table_of(r, &d, 3),
                              .deferrable = flag(&d, 6),
                              .deferred = flag(&d, 7),
                              .validated = flag(&d, 8),
                              .match = letter(&d, 9),
                              .inherited = flag(&d, 10)};
        k->attnums = attnums(&d, 4, &k->ncolumns);
        k->parent_attnums = attnums(&d, 5, &k->ncolumns);
        if (k->table != SS_NONE && k->parent != SS_NONE)
            n++;
    }
    r->c->foreign_keys = r->foreign_keys;
    r->c->nforeign_keys = n;
    index_foreign_keys(r, true);
    index_foreign_keys(r, false);
    return complete(&d, "foreign keys", r->err);
}

static ss_code
read_inherits(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_inherits, &d, "inheritance"));
    while (d.row < d.n)
    {
        const size_t child = table_of(r, &d, 0);
        const size_t n = run_length(&d, 0);
        size_t *parents = ss_alloc(r->result, n, sizeof *parents);

        for (size_t i = 0; i < n; i++, d.row++)
            parents[i] = table_of(r, &d, 1);
        if (child == SS_NONE)
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

static ss_code
read_sequences(reader *r)
{
    rows d;

    SS_TRY(run(r, ss_sql_catalog_sequences, &d, "sequences"));
    r->sequences = ss_alloc(r->result, d.n + 1, sizeof *r->sequences);
    r->c->sequences = r->sequences;
    r->c->nsequences = d.n;
    for (; d.row < d.n; d.row++)
    {
        ss_sequence *s = &r->sequences[d.row];

        *s = (ss_sequence){.schema = text(&d, 0),
                           .name = text(&d, 1),
                           .table = table_of(r, &d, 2),
                           .attnum = (int16_t) number(&d, 3),
                           .oid = (ss_oid) number(&d, 4),
                           .start = number(&d, 5),
                           .increment = number(&d, 6),
                           .min = number(&d, 7),
                           .max = number(&d, 8),
                           .cycle = flag(&d, 9),
                           .type = text(&d, 10),
                           .readable = flag(&d, 11)};
        if (s->table != SS_NONE)
        {
            /* Columns are const for everybody else; this is where they are still being made. */
            const ss_table *t = &r->tables[s->table];
            ss_column *columns = ss_alloc(r->result, t->ncolumns + 1, sizeof *columns);

            if (t->ncolumns > 0)
                memcpy(columns, t->columns, t->ncolumns * sizeof *columns);
            for (size_t i = 0; i < t->ncolumns; i++)
            {
                if (columns[i].attnum == s->attnum)
                    columns[i].sequence = d.row;
            }
            r->tables[s->table].columns = columns;
        }
    }
    return SS_OK;
}

static ss_code
read_views(reader *r)
{
    ss_view *views;
    rows d;

    SS_TRY(run(r, ss_sql_catalog_views, &d, "views"));
    views = ss_alloc(r->result, d.n + 1, sizeof *views);
    r->c->views = views;
    r->c->nviews = d.n;
    for (; d.row < d.n; d.row++)
        views[d.row] = (ss_view){.oid = (ss_oid) number(&d, 0),
                                 .schema = text(&d, 1),
                                 .name = text(&d, 2),
                                 .materialised = flag(&d, 3),
                                 .populated = flag(&d, 4),
                                 .comment = text(&d, 5)};
    return SS_OK;
}

static ss_code
read_extensions(reader *r)
{
    ss_extension *extensions;
    rows d;

    SS_TRY(run(r, ss_sql_catalog_extensions, &d, "extensions"));
    extensions = ss_alloc(r->result, d.n + 1, sizeof *extensions);
    r->c->extensions = extensions;
    r->c->nextensions = d.n;
    for (; d.row < d.n; d.row++)
        extensions[d.row] =
            (ss_extension){.name = text(&d, 0), .version = text(&d, 1), .schema = text(&d, 2)};
    return SS_OK;
}

static ss_code
read_names(reader *r, const char *sql, const char *what, const char ***names, size_t *n)
{
    rows d;

    SS_TRY(run(r, sql, &d, what));
    *names = ss_alloc(r->result, d.n + 1, sizeof **names);
    *n = d.n;
    for (; d.row < d.n; d.row++)
        (*names)[d.row] = text(&d, 0);
    return SS_OK;
}

static void
end_digest(const reader *r, ss_suspect *suspect, ss_digester *found)
{
    if (suspect != NULL)
        suspect->digest = ss_strf(r->result, "%.8s", ss_digest_end(found, r->scratch));
}

/* Only what was found in them stays: function bodies alone may be megabytes. */
static ss_code
read_texts(reader *r)
{
    ss_suspect *list = NULL, *last = NULL;
    ss_digester *found = NULL;
    size_t n = 0, capacity = 0;
    rows d;

    SS_TRY(run(r, ss_sql_catalog_texts, &d, "texts of the schema"));
    for (; d.row < d.n; d.row++)
    {
        const char *object = ss_pg_value(d.res, d.row, 0), *place = ss_pg_value(d.res, d.row, 1);
        const char *text = ss_pg_value(d.res, d.row, 2);
        size_t counts[SS_TEXT_NKINDS] = {0};

        if (object == NULL || ss_text_scan(text, strlen(text), NULL, 0, counts) == 0)
            continue;
        if (last == NULL || strcmp(last->object, object) != 0)
        {
            end_digest(r, last, found);
            found = ss_digest_begin(r->scratch);
            list = ss_grow(r->result, list, n, &capacity, sizeof *list);
            last = &list[n++];
            *last = (ss_suspect){.object = ss_strdup(r->result, object),
                                 .place = ss_strdup(r->result, place)};
        }
        /* With the byte behind each, so that no two lists give the same. */
        ss_digest_add(found, place, strlen(place) + 1);
        ss_digest_add(found, text, strlen(text) + 1);
        for (size_t k = 0; k < SS_TEXT_NKINDS; k++)
            last->counts[k] += counts[k];
    }
    end_digest(r, last, found);
    r->c->suspects = list;
    r->c->nsuspects = n;
    return SS_OK;
}

ss_code
ss_catalog_read(ss_pg *pg, ss_arena *result, ss_arena *scratch, ss_catalog **catalog, ss_error *err)
{
    ss_catalog *c = ss_alloc(result, 1, sizeof *c);
    reader r = {.pg = pg, .result = result, .scratch = scratch, .c = c, .err = err};

    SS_TRY(read_database(&r));
    SS_TRY(read_types(&r));
    SS_TRY(read_type_parts(&r));
    SS_TRY(read_tables(&r));
    SS_TRY(read_columns(&r));
    SS_TRY(read_keys(&r));
    SS_TRY(read_checks(&r));
    SS_TRY(read_expressions(&r));
    SS_TRY(read_search_vectors(&r));
    SS_TRY(read_foreign_keys(&r));
    SS_TRY(read_inherits(&r));
    SS_TRY(read_sequences(&r));
    SS_TRY(read_views(&r));
    SS_TRY(read_extensions(&r));
    SS_TRY(read_names(&r, ss_sql_catalog_roles, "roles", &c->roles, &c->nroles));
    SS_TRY(read_names(&r, ss_sql_catalog_security_definer, "functions", &c->security_definer,
                      &c->nsecurity_definer));
    SS_TRY(read_texts(&r));
    *catalog = c;
    return SS_OK;
}
