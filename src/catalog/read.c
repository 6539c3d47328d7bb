#include "catalog/read_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"
#include "secret/digest.h"

extern const char ss_sql_catalog_database[], ss_sql_catalog_extensions[], ss_sql_catalog_roles[],
    ss_sql_catalog_security_definer[], ss_sql_catalog_sequences[], ss_sql_catalog_texts[],
    ss_sql_catalog_type_parts[], ss_sql_catalog_types[], ss_sql_catalog_views[];

static ss_code
read_database(ss_catalog_reader *r)
{
    ss_catalog *c = r->c;
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_database, &d, "database"));
    if (d.n != 1)
        return ss_fail(r->err, SS_ERETRY, "the database is gone");
    c->server_version = ss_pg_server_version(r->pg);
    c->database = ss_row_text(&d, 0);
    c->encoding = ss_row_text(&d, 1);
    c->collate = ss_row_text(&d, 2);
    c->ctype = ss_row_text(&d, 3);
    c->locale_provider = ss_row_text(&d, 4);
    c->icu_locale = ss_row_text(&d, 5);
    c->bytes = ss_row_number(&d, 6);
    c->nfunctions = (size_t) ss_row_number(&d, 7);
    c->ntriggers = (size_t) ss_row_number(&d, 8);
    c->nevent_triggers = (size_t) ss_row_number(&d, 9);
    c->npublications = (size_t) ss_row_number(&d, 10);
    c->nlarge_objects = (size_t) ss_row_number(&d, 11);
    c->nsubscriptions = (size_t) ss_row_number(&d, 12);
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
read_types(ss_catalog_reader *r)
{
    ss_oid *bases;
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_types, &d, "types"));
    r->types = ss_alloc(r->result, d.n + 1, sizeof *r->types);
    r->type_oids = ss_alloc(r->scratch, d.n + 1, sizeof *r->type_oids);
    bases = ss_alloc(r->scratch, d.n + 1, sizeof *bases);
    r->c->types = r->types;
    r->c->ntypes = d.n;
    for (; d.row < d.n; d.row++)
    {
        ss_type *t = &r->types[d.row];

        *t = (ss_type){.oid = (ss_oid) ss_row_number(&d, 0),
                       .schema = ss_row_text(&d, 1),
                       .name = ss_row_text(&d, 2),
                       .extension = ss_row_text(&d, 3),
                       .kind = kind_of(ss_row_letter(&d, 4), ss_row_flag(&d, 5)),
                       .base = SS_NONE,
                       .base_typmod = (int32_t) ss_row_number(&d, 7),
                       .not_null = ss_row_flag(&d, 8),
                       .delimiter = ss_row_letter(&d, 9),
                       .category = ss_row_letter(&d, 10),
                       .default_expr = ss_row_text(&d, 11)};
        bases[d.row] = (ss_oid) ss_row_number(&d, 6);
        r->type_oids[d.row] = (ss_by_oid){t->oid, d.row};
    }
    qsort(r->type_oids, d.n, sizeof *r->type_oids, ss_catalog_compare_oids);
    for (size_t i = 0; i < d.n; i++)
    {
        if (bases[i] != 0)
            r->types[i].base = ss_catalog_find_type(r, bases[i]);
    }
    return SS_OK;
}

/* Labels, fields and CHECKs come sorted by type: take each run at once. */
static void
take_parts(ss_catalog_reader *r, ss_rows *d, ss_type *t, size_t n)
{
    const char kind = ss_row_letter(d, 0);
    const char **texts = ss_alloc(r->result, n, sizeof *texts);
    ss_type_field *fields = kind == 'c' ? ss_alloc(r->result, n, sizeof *fields) : NULL;

    for (size_t i = 0; i < n; i++, d->row++)
    {
        texts[i] = ss_row_must(d, 2);
        if (fields != NULL)
            fields[i] =
                (ss_type_field){.name = texts[i],
                                .type = ss_catalog_find_type(r, (ss_oid) ss_row_number(d, 3)),
                                .typmod = (int32_t) ss_row_number(d, 4)};
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
read_type_parts(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_type_parts, &d, "parts of types"));
    while (d.row < d.n)
    {
        const ss_oid oid = (ss_oid) ss_row_number(&d, 1);
        const size_t type = ss_catalog_find_type(r, oid);
        ss_rows ahead = d;

        while (ahead.row < d.n && (ss_oid) ss_row_number(&ahead, 1) == oid)
            ahead.row++;
        if (type != SS_NONE)
            take_parts(r, &d, &r->types[type], ahead.row - d.row);
        d.row = ahead.row;
    }
    return ss_rows_complete(&d, "types", r->err);
}

static ss_code
read_sequences(ss_catalog_reader *r)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_sequences, &d, "sequences"));
    r->sequences = ss_alloc(r->result, d.n + 1, sizeof *r->sequences);
    r->c->sequences = r->sequences;
    r->c->nsequences = d.n;
    for (; d.row < d.n; d.row++)
    {
        ss_sequence *s = &r->sequences[d.row];

        *s = (ss_sequence){.schema = ss_row_text(&d, 0),
                           .name = ss_row_text(&d, 1),
                           .table = ss_row_table(r, &d, 2),
                           .attnum = (int16_t) ss_row_number(&d, 3),
                           .oid = (ss_oid) ss_row_number(&d, 4),
                           .start = ss_row_number(&d, 5),
                           .increment = ss_row_number(&d, 6),
                           .min = ss_row_number(&d, 7),
                           .max = ss_row_number(&d, 8),
                           .cycle = ss_row_flag(&d, 9),
                           .type = ss_row_text(&d, 10),
                           .readable = ss_row_flag(&d, 11)};
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
read_views(ss_catalog_reader *r)
{
    ss_view *views;
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_views, &d, "views"));
    views = ss_alloc(r->result, d.n + 1, sizeof *views);
    r->c->views = views;
    r->c->nviews = d.n;
    for (; d.row < d.n; d.row++)
        views[d.row] = (ss_view){.oid = (ss_oid) ss_row_number(&d, 0),
                                 .schema = ss_row_text(&d, 1),
                                 .name = ss_row_text(&d, 2),
                                 .materialised = ss_row_flag(&d, 3),
                                 .populated = ss_row_flag(&d, 4),
                                 .comment = ss_row_text(&d, 5)};
    return SS_OK;
}

static ss_code
read_extensions(ss_catalog_reader *r)
{
    ss_extension *extensions;
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_extensions, &d, "extensions"));
    extensions = ss_alloc(r->result, d.n + 1, sizeof *extensions);
    r->c->extensions = extensions;
    r->c->nextensions = d.n;
    for (; d.row < d.n; d.row++)
        extensions[d.row] = (ss_extension){.name = ss_row_text(&d, 0),
                                           .version = ss_row_text(&d, 1),
                                           .schema = ss_row_text(&d, 2)};
    return SS_OK;
}

static ss_code
read_names(ss_catalog_reader *r, const char *sql, const char *what, const char ***names, size_t *n)
{
    ss_rows d;

    SS_TRY(ss_rows_run(r, sql, &d, what));
    *names = ss_alloc(r->result, d.n + 1, sizeof **names);
    *n = d.n;
    for (; d.row < d.n; d.row++)
        (*names)[d.row] = ss_row_text(&d, 0);
    return SS_OK;
}

static void
end_digest(const ss_catalog_reader *r, ss_suspect *suspect, ss_digester *found)
{
    if (suspect != NULL)
        suspect->digest = ss_strf(r->result, "%.8s", ss_digest_end(found, r->scratch));
}

/* Only what was found in them stays: function bodies alone may be megabytes. */
static ss_code
read_texts(ss_catalog_reader *r)
{
    ss_suspect *list = NULL, *last = NULL;
    ss_digester *found = NULL;
    size_t n = 0, capacity = 0;
    ss_rows d;

    SS_TRY(ss_rows_run(r, ss_sql_catalog_texts, &d, "texts of the schema"));
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
    ss_catalog_reader r = {.pg = pg, .result = result, .scratch = scratch, .c = c, .err = err};

    SS_TRY(read_database(&r));
    SS_TRY(read_types(&r));
    SS_TRY(read_type_parts(&r));
    SS_TRY(ss_catalog_read_tables(&r));
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
