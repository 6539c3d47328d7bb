#include "policy/csv_tables.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/try.h"
#include "policy/policy_internal.h"

#define NOT_NULL "not null"

/* --- writing ------------------------------------------------------------------------------------ */

static void
put_list(ss_buf *out, const char *const *names, size_t n)
{
    ss_buf_putc(out, '[');
    for (size_t i = 0; i < n; i++)
    {
        ss_buf_puts(out, i == 0 ? "" : ", ");
        ss_policy_put_scalar(out, names[i]);
    }
    ss_buf_putc(out, ']');
}

void
ss_csv_typed_write(const ss_csv_typed *column, ss_buf *out)
{
    ss_buf type = {0};

    ss_buf_puts(&type, column->type);
    if (column->not_null)
        ss_buf_puts(&type, " " NOT_NULL);
    ss_policy_put_scalar(out, column->name);
    ss_buf_puts(out, ": ");
    ss_policy_put_scalar(out, ss_buf_text(&type));
    ss_buf_done(&type);
}

void
ss_csv_table_write(const ss_csv_table *t, size_t by, ss_buf *out)
{
    const int in = (int) by;

    ss_buf_printf(out, "%*s", in, "");
    ss_policy_put_scalar(out, t->label);
    ss_buf_puts(out, ":\n");
    if (t->key.ncolumns > 0)
    {
        ss_buf_printf(out, "%*skey: ", in + 2, "");
        put_list(out, t->key.columns, t->key.ncolumns);
        ss_buf_putc(out, '\n');
    }
    for (size_t i = 0; i < t->nuniques; i++)
    {
        if (i == 0)
            ss_buf_printf(out, "%*sunique: [", in + 2, "");
        else
            ss_buf_puts(out, ", ");
        if (t->uniques[i].ncolumns == 1)
            ss_policy_put_scalar(out, t->uniques[i].columns[0]);
        else
            put_list(out, t->uniques[i].columns, t->uniques[i].ncolumns);
    }
    ss_buf_puts(out, t->nuniques == 0 ? "" : "]\n");
    if (t->nreferences > 0)
        ss_buf_printf(out, "%*sreferences:\n", in + 2, "");
    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_csv_reference *r = &t->references[i];
        ss_buf to = {0};

        ss_text_ident(&to, r->schema);
        ss_buf_putc(&to, '.');
        ss_text_ident(&to, r->table);
        ss_buf_putc(&to, '.');
        ss_text_ident(&to, r->to);
        ss_buf_printf(out, "%*s", in + 4, "");
        ss_policy_put_scalar(out, r->column);
        ss_buf_puts(out, ": ");
        ss_policy_put_scalar(out, ss_buf_text(&to));
        ss_buf_putc(out, '\n');
        ss_buf_done(&to);
    }
    ss_buf_printf(out, "%*scolumns:\n", in + 2, "");
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        ss_buf_printf(out, "%*s", in + 4, "");
        ss_csv_typed_write(&t->columns[i], out);
        ss_buf_putc(out, '\n');
    }
}

const ss_csv_table *
ss_csv_table_find(const ss_csv_table *tables, size_t n, const char *label)
{
    for (size_t i = 0; i < n; i++)
    {
        if (strcmp(tables[i].label, label) == 0)
            return &tables[i];
    }
    return NULL;
}

bool
ss_csv_table_has(const ss_csv_table *table, const char *column)
{
    for (size_t i = 0; table != NULL && i < table->ncolumns; i++)
    {
        if (strcmp(table->columns[i].name, column) == 0)
            return true;
    }
    return false;
}

/* --- reading ------------------------------------------------------------------------------------ */

typedef struct reading
{
    const char *file;
    ss_arena *result;
    ss_error *err;
} reading;

static ss_csv_place
place(const reading *r, const ss_yaml *at)
{
    return (ss_csv_place){.file = r->file, .line = at->line, .column = at->column};
}

static ss_code
word(const reading *r, const ss_yaml *at, const char *what, const char **text)
{
    SS_TRY(ss_yaml_scalar(r->file, at, what, text, r->err));
    if ((*text)[0] == '\0')
        return ss_yaml_fail(r->file, at, r->err, "%s is empty", what);
    return SS_OK;
}

/* Names between dots, quoted as SQL has them.  0: they are not that, or more than max. */
static size_t
split_names(const reading *r, const char *text, const char **names, size_t max)
{
    size_t n = 0;

    for (;;)
    {
        ss_buf name = {0};
        bool good = true;

        if (*text == '"')
        {
            for (text++; *text != '\0' && (*text != '"' || text[1] == '"'); text++)
            {
                text += *text == '"';
                ss_buf_putc(&name, *text);
            }
            good = *text == '"';
            text += good;
        }
        else
        {
            while (*text != '\0' && *text != '.')
                ss_buf_putc(&name, *text++);
        }
        good = good && name.len > 0 && n < max;
        if (good)
            names[n++] = ss_strdup(r->result, ss_buf_text(&name));
        ss_buf_done(&name);
        if (!good || (*text != '.' && *text != '\0'))
            return 0;
        if (*text++ == '\0')
            return n;
    }
}

/*
 * Part of a CREATE TABLE of a throw-away server, run by a role that owns nothing else: it only has to stay
 * within its column.
 */
static bool
is_type(const char *text)
{
    int depth = 0;

    if (text[0] == '\0')
        return false;
    for (const char *c = text; *c != '\0'; c++)
    {
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') ||
              strchr("_ (),[].\"", *c) != NULL))
            return false;
        depth += *c == '(' ? 1 : *c == ')' ? -1 : 0;
        if (depth < 0 || (*c == ',' && depth == 0))
            return false;
    }
    return depth == 0 && (strchr("_\"", text[0]) != NULL || (text[0] >= 'a' && text[0] <= 'z') ||
                          (text[0] >= 'A' && text[0] <= 'Z'));
}

static ss_code
read_columns(const reading *r, const ss_yaml *map, ss_csv_table *t)
{
    ss_csv_typed *columns;

    if (map->kind != SS_YAML_MAP || map->n == 0)
        return ss_yaml_fail(r->file, map, r->err, "columns must be a map of names and types");
    columns = ss_alloc(r->result, map->n, sizeof *columns);
    for (size_t i = 0; i < map->n; i++)
    {
        const ss_yaml *at = map->values[i];
        const char *text = NULL;
        size_t n;

        SS_TRY(word(r, at, "a type", &text));
        n = strlen(text);
        columns[i] = (ss_csv_typed){.name = map->keys[i]->text, .place = place(r, at)};
        if (n > sizeof NOT_NULL && text[n - sizeof NOT_NULL] == ' ' &&
            strcasecmp(text + n - strlen(NOT_NULL), NOT_NULL) == 0)
        {
            columns[i].not_null = true;
            n -= sizeof NOT_NULL;
        }
        columns[i].type = ss_strndup(r->result, text, n);
        if (!is_type(columns[i].type))
        {
            (void) ss_yaml_fail(r->file, at, r->err, "column \"%.60s\" has no type of SQL",
                                ss_printable(r->result, columns[i].name));
            return ss_hint(r->err, "For example: integer not null, \"numeric(10,2)\", text, "
                                   "timestamptz.");
        }
    }
    t->columns = columns;
    t->ncolumns = map->n;
    return SS_OK;
}

static ss_code
known_column(const reading *r, const ss_yaml *at, const char *name, const ss_csv_table *t)
{
    const char **names = ss_alloc(r->result, t->ncolumns, sizeof *names);
    const char *near;

    for (size_t i = 0; i < t->ncolumns; i++)
    {
        names[i] = t->columns[i].name;
        if (strcmp(names[i], name) == 0)
            return SS_OK;
    }
    near = ss_nearest(name, names, t->ncolumns);
    return ss_yaml_fail(r->file, at, r->err, "%s has no column \"%.60s\" here%s%s%s",
                        ss_printable(r->result, t->label), ss_printable(r->result, name),
                        near == NULL ? "" : "; did you mean \"", near == NULL ? "" : near,
                        near == NULL ? "" : "\"?");
}

/* One name, or a list of them. */
static ss_code
read_key(const reading *r, const ss_yaml *at, const char *what, const ss_csv_table *t,
         ss_csv_key *key)
{
    const size_t n = at->kind == SS_YAML_LIST ? at->n : 1;

    if (at->kind == SS_YAML_MAP || n == 0)
        return ss_yaml_fail(r->file, at, r->err, "%s must be a list of columns", what);
    *key = (ss_csv_key){.place = place(r, at)};
    key->columns = ss_alloc(r->result, n, sizeof *key->columns);
    for (size_t i = 0; i < n; i++)
    {
        const ss_yaml *one = at->kind == SS_YAML_LIST ? at->values[i] : at;

        SS_TRY(word(r, one, what, &key->columns[i]));
        SS_TRY(known_column(r, one, key->columns[i], t));
    }
    key->ncolumns = n;
    return SS_OK;
}

static ss_code
read_uniques(const reading *r, const ss_yaml *list, ss_csv_table *t)
{
    ss_csv_key *uniques;

    if (list->kind != SS_YAML_LIST)
        return ss_yaml_fail(r->file, list, r->err, "unique must be a list of columns");
    uniques = ss_alloc(r->result, list->n + 1, sizeof *uniques);
    for (size_t i = 0; i < list->n; i++)
        SS_TRY(read_key(r, list->values[i], "unique", t, &uniques[i]));
    t->uniques = uniques;
    t->nuniques = list->n;
    return SS_OK;
}

static ss_code
read_references(const reading *r, const ss_yaml *map, ss_csv_table *t)
{
    ss_csv_reference *references;

    if (map->kind != SS_YAML_MAP)
        return ss_yaml_fail(r->file, map, r->err,
                            "references must be a map of columns and what they refer to");
    references = ss_alloc(r->result, map->n + 1, sizeof *references);
    for (size_t i = 0; i < map->n; i++)
    {
        const char *text = NULL, *names[3] = {0};

        SS_TRY(known_column(r, map->keys[i], map->keys[i]->text, t));
        SS_TRY(word(r, map->values[i], "a reference", &text));
        if (split_names(r, text, names, 3) != 3)
            return ss_yaml_fail(r->file, map->values[i], r->err,
                                "a reference names schema.table.column, quoted as in SQL");
        references[i] = (ss_csv_reference){.column = map->keys[i]->text,
                                           .schema = names[0],
                                           .table = names[1],
                                           .to = names[2],
                                           .place = place(r, map->values[i])};
    }
    t->references = references;
    t->nreferences = map->n;
    return SS_OK;
}

static ss_code
read_table(const reading *r, const ss_yaml *key, const ss_yaml *map, ss_csv_table *t)
{
    static const char *const keys[] = {"key", "unique", "references", "columns"};
    const ss_yaml *at;
    const char *names[2];
    ss_buf label = {0};

    *t = (ss_csv_table){.place = place(r, key)};
    if (split_names(r, key->text, names, 2) != 2)
        return ss_yaml_fail(r->file, key, r->err,
                            "\"%.100s\" is no table: one is named schema.table, quoted as in SQL",
                            ss_printable(r->result, key->text));
    t->schema = names[0];
    t->name = names[1];
    ss_text_ident(&label, t->schema);
    ss_buf_putc(&label, '.');
    ss_text_ident(&label, t->name);
    t->label = ss_strdup(r->result, ss_buf_text(&label));
    ss_buf_done(&label);
    SS_TRY(ss_yaml_known_keys(r->file, map, "a table's files", keys, 4, r->err));
    if ((at = ss_yaml_get(map, "columns")) == NULL)
        return ss_yaml_fail(r->file, key, r->err, "a table's files need columns:");
    SS_TRY(read_columns(r, at, t));
    if ((at = ss_yaml_get(map, "key")) != NULL)
        SS_TRY(read_key(r, at, "key", t, &t->key));
    if ((at = ss_yaml_get(map, "unique")) != NULL)
        SS_TRY(read_uniques(r, at, t));
    if ((at = ss_yaml_get(map, "references")) != NULL)
        SS_TRY(read_references(r, at, t));
    return SS_OK;
}

ss_code
ss_csv_tables_from_yaml(const char *file, const ss_yaml *map, ss_arena *result,
                        const ss_csv_table **tables, size_t *n, ss_error *err)
{
    const reading r = {.file = file, .result = result, .err = err};
    const ss_csv_table *first;
    ss_csv_table *list;

    if (map->kind != SS_YAML_MAP)
        return ss_yaml_fail(file, map, err, "csv must be a map of tables");
    list = ss_alloc(result, map->n + 1, sizeof *list);
    for (size_t i = 0; i < map->n; i++)
    {
        SS_TRY(read_table(&r, map->keys[i], map->values[i], &list[i]));
        first = ss_csv_table_find(list, i, list[i].label);
        if (first != NULL)
            return ss_yaml_fail(file, map->keys[i], err,
                                "the table %s stands here twice, first in line %zu",
                                ss_printable(result, list[i].label), first->place.line);
    }
    *tables = list;
    *n = map->n;
    return SS_OK;
}
