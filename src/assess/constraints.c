#include "assess/constraints.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "base/try.h"

extern const char ss_sql_assess_count_constraints[];
extern const char ss_sql_assess_invalid_constraints[];
extern const char ss_sql_assess_invalid_indexes[];

/* --- constraints -------------------------------------------------------------------------------- */

static const ss_table *
find_table(const ss_catalog *catalog, const char *schema, const char *name)
{
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *t = &catalog->tables[i];
        if (strcmp(t->name, name) == 0 && strcmp(t->schema, schema) == 0)
            return t;
    }
    return NULL;
}

/* Is this constraint NOT VALID in the source as well? */
static bool
not_valid_in_source(const ss_catalog *catalog, const char *schema, const char *name,
                    const char *constraint)
{
    const ss_table *t = find_table(catalog, schema, name);
    for (size_t i = 0; t != NULL && i < t->nchecks; i++)
    {
        if (strcmp(t->checks[i].name, constraint) == 0)
            return !t->checks[i].validated;
    }
    for (size_t i = 0; t != NULL && i < t->nforeign_keys; i++)
    {
        const ss_foreign_key *fk = &catalog->foreign_keys[t->foreign_keys[i]];
        if (strcmp(fk->name, constraint) == 0)
            return !fk->validated;
    }
    return false;
}

/* A domain's CHECKs are known by their text only, which ends so. */
static bool
domain_not_valid_in_source(const ss_catalog *catalog, const char *schema, const char *name)
{
    for (size_t i = 0; i < catalog->ntypes; i++)
    {
        const ss_type *t = &catalog->types[i];
        if (strcmp(t->name, name) != 0 || strcmp(t->schema, schema) != 0)
            continue;
        for (size_t k = 0; k < t->nchecks; k++)
        {
            if (strstr(t->checks[k], " NOT VALID") != NULL)
                return true;
        }
    }
    return false;
}

static ss_code
check_validated(ss_pg *sandbox, const ss_catalog *catalog, ss_arena *result, ss_gate *gate,
                ss_error *err)
{
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(sandbox, result, ss_sql_assess_invalid_constraints, 0, NULL, &r, err));
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        const bool domain = ss_pg_value(r, i, 0)[0] == 'd';
        const char *schema = ss_pg_value(r, i, 1);
        const char *name = ss_pg_value(r, i, 2);
        const char *constraint = ss_pg_value(r, i, 3);
        if (name == NULL)
            continue;
        if (domain ? domain_not_valid_in_source(catalog, schema, name)
                   : not_valid_in_source(catalog, schema, name, constraint))
            continue;
        ss_gate_fail(gate, result,
                     ss_printable(result, ss_strf(result, "constraint %s on %s.%s", constraint,
                                                  schema, name)),
                     "not validated, which it is in the source");
    }
    return SS_OK;
}

static bool
index_invalid_in_source(const ss_catalog *catalog, const char *schema, const char *table,
                        const char *index)
{
    const ss_table *t = find_table(catalog, schema, table);
    for (size_t i = 0; t != NULL && i < t->nkeys; i++)
    {
        if (strcmp(t->keys[i].name, index) == 0)
            return !t->keys[i].valid;
    }
    return false;
}

static ss_code
check_indexes(ss_pg *sandbox, const ss_catalog *catalog, ss_arena *result, ss_gate *gate,
              ss_error *err)
{
    ss_pg_result *r = NULL;
    SS_TRY(ss_pg_query(sandbox, result, ss_sql_assess_invalid_indexes, 0, NULL, &r, err));
    for (size_t i = 0; i < ss_pg_rows(r); i++)
    {
        if (!index_invalid_in_source(catalog, ss_pg_value(r, i, 0), ss_pg_value(r, i, 1),
                                     ss_pg_value(r, i, 2)))
            ss_gate_fail(gate, result,
                         ss_printable(result, ss_strf(result, "index %s.%s", ss_pg_value(r, i, 0),
                                                      ss_pg_value(r, i, 2))),
                         "not valid");
    }
    return SS_OK;
}

/* What is asked about is not there: no such schema, table or column. */
static bool
is_missing(const ss_error *err)
{
    return ss_pg_is_sqlstate(err, "42P01") || ss_pg_is_sqlstate(err, "42703") ||
           ss_pg_is_sqlstate(err, "3F000");
}

/* --- sequences ---------------------------------------------------------------------------------- */

/* Integers or numeric, or a domain over one: what the loader sets sequences by. */
static bool
holds_whole_numbers(const ss_catalog *catalog, const ss_column *column)
{
    const ss_type *type = &catalog->types[ss_catalog_base_type(catalog, column->type)];

    return ss_type_is_integer(type) || ss_type_is(type, "numeric");
}

/*
 * Is the next value of seq past every value of its column?  The server compares, in numeric: values
 * never come here.
 */
static ss_code
check_sequence(ss_pg *sandbox, const ss_catalog *catalog, const ss_sequence *seq, ss_arena *result,
               ss_gate *gate, ss_error *err)
{
    const ss_table *table = &catalog->tables[seq->table];
    const ss_column *column = ss_table_attribute(table, seq->attnum);
    const char *ahead = NULL;
    /* An extension's own: CREATE EXTENSION made it, or it went with a stripped one. */
    if (column == NULL || table->extension != NULL || table->kind == SS_TABLE_FOREIGN ||
        seq->cycle || !holds_whole_numbers(catalog, column))
        return SS_OK;
    const bool up = seq->increment > 0;
    ss_buf sql = {0};
    ss_buf_printf(&sql,
                  "SELECT (m.v IS NULL OR s.last_value::pg_catalog.numeric"
                  " + CASE WHEN s.is_called THEN %" PRId64 " ELSE 0 END %s m.v",
                  seq->increment, up ? ">" : "<");
    /* At the end of its range a sequence cannot be ahead: used up is as far as it goes. */
    ss_buf_printf(&sql, " OR (s.is_called AND s.last_value = %" PRId64 "))::pg_catalog.text FROM ",
                  up ? seq->max : seq->min);
    ss_pg_ident(&sql, seq->schema);
    ss_buf_putc(&sql, '.');
    ss_pg_ident(&sql, seq->name);
    ss_buf_printf(&sql, " s CROSS JOIN (SELECT pg_catalog.%s(", up ? "max" : "min");
    ss_pg_ident(&sql, column->name);
    ss_buf_puts(&sql, ")::pg_catalog.numeric AS v FROM ");
    ss_pg_ident(&sql, table->schema);
    ss_buf_putc(&sql, '.');
    ss_pg_ident(&sql, table->name);
    /* Values that it will never give out cannot meet it. */
    ss_buf_puts(&sql, " WHERE ");
    ss_pg_ident(&sql, column->name);
    ss_buf_printf(&sql,
                  " BETWEEN '%" PRId64 "'::pg_catalog.int8 AND '%" PRId64 "'::pg_catalog.int8) m",
                  seq->min, seq->max);
    ss_code code = ss_pg_value_of(sandbox, result, ss_buf_text(&sql), &ahead, err);
    ss_buf_done(&sql);
    if (code != SS_OK && is_missing(err))
    {
        ss_gate_fail(
            gate, result,
            ss_printable(result, ss_strf(result, "sequence %s.%s", seq->schema, seq->name)),
            "it, or the column that owns it, is missing");
        return SS_OK;
    }
    if (code != SS_OK)
        return ss_note(err, "while comparing sequence %s with %s", ss_printable(result, seq->name),
                       ss_printable(result, table->label));
    gate->compared++;
    if (ahead == NULL || strcmp(ahead, "true") != 0)
        ss_gate_fail(
            gate, result,
            ss_printable(result, ss_strf(result, "sequence %s.%s", seq->schema, seq->name)),
            ss_strf(result, "not beyond the largest value of %s",
                    ss_printable(result, table->label)));
    return SS_OK;
}

ss_code
ss_assess_constraints(ss_pg *sandbox, const ss_catalog *catalog, ss_arena *result, ss_gate *gate,
                      ss_error *err)
{
    const char *count = NULL;
    uint64_t n = 0;
    SS_TRY(ss_pg_value_of(sandbox, result, ss_sql_assess_count_constraints, &count, err));
    if (count != NULL && ss_parse_u64(count, &n))
        gate->compared += n;
    SS_TRY(check_validated(sandbox, catalog, result, gate, err));
    SS_TRY(check_indexes(sandbox, catalog, result, gate, err));
    for (size_t i = 0; i < catalog->nsequences; i++)
    {
        if (catalog->sequences[i].table != SS_NONE)
            SS_TRY(check_sequence(sandbox, catalog, &catalog->sequences[i], result, gate, err));
    }
    return SS_OK;
}

/* --- row counts --------------------------------------------------------------------------------- */

ss_code
ss_assess_count(ss_pg *sandbox, const ss_table *table, ss_arena *scratch, uint64_t *rows,
                ss_error *err)
{
    const char *text;

    SS_TRY(ss_pg_value_of(sandbox, scratch,
                          ss_strf(scratch, "SELECT pg_catalog.count(*)::pg_catalog.text FROM %s%s",
                                  table->kind == SS_TABLE_PARTITIONED ? "" : "ONLY ",
                                  ss_pg_qualified(scratch, table->schema, table->name)),
                          &text, err));
    if (text == NULL || !ss_parse_u64(text, rows))
        return ss_fail(err, SS_EBUG, "the server did not count rows");
    return SS_OK;
}

ss_code
ss_assess_row_counts(ss_pg *sandbox, const ss_catalog *catalog, const uint64_t *planned,
                     ss_arena *result, ss_gate *gate, ss_error *err)
{
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *table = &catalog->tables[i];
        uint64_t rows = 0;
        ss_code code;

        if (planned[i] == SS_ROWS_ANY)
            continue;
        code = ss_assess_count(sandbox, table, result, &rows, err);
        if (code != SS_OK && is_missing(err))
        {
            ss_gate_fail(gate, result, ss_printable(result, table->label), "it is missing");
            continue;
        }
        if (code != SS_OK)
            return ss_note(err, "while counting the rows of %s",
                           ss_printable(result, table->label));
        gate->compared++;
        if (rows != planned[i])
            ss_gate_fail(
                gate, result, ss_printable(result, table->label),
                ss_strf(result, "%" PRIu64 " rows, %" PRIu64 " were planned", rows, planned[i]));
    }
    return SS_OK;
}
