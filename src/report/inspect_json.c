/* sandseed inspect for machines: the whole catalog, in the catalog's order. */
#include <string.h>

#include "base/text.h"
#include "report/inspect.h"

#define SS_INSPECT_SCHEMA_VERSION 1

/* Names are UTF-8, but for those of a database in SQL_ASCII: what is not, is escaped. */
static json_t *
string(const char *text)
{
    json_t *value;
    ss_arena *scratch;

    if (text == NULL)
        return json_null();
    value = json_string(text);
    if (value != NULL)
        return value;
    scratch = ss_arena_new(NULL);
    value = json_string(ss_printable(scratch, text));
    ss_arena_free(scratch);
    return value;
}

static void
set(json_t *object, const char *key, json_t *value)
{
    (void) json_object_set_new(object, key, value);
}

static void
set_count(json_t *object, const char *key, uint64_t n)
{
    set(object, key, json_integer((json_int_t) n));
}

static json_t *
strings(const char *const *list, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        (void) json_array_append_new(array, string(list[i]));
    return array;
}

/* Names of a table's columns; null for an expression. */
static json_t *
columns_of(const ss_table *table, const int16_t *attnums, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
    {
        const ss_column *column = ss_table_attribute(table, attnums[i]);

        (void) json_array_append_new(array, string(column == NULL ? NULL : column->name));
    }
    return array;
}

static json_t *
label(const ss_catalog *c, size_t table)
{
    return table == SS_NONE ? json_null() : string(c->tables[table].label);
}

static const char *
type_kind(ss_type_kind kind)
{
    switch (kind)
    {
    case SS_TYPE_BASE:
        return "base";
    case SS_TYPE_ENUM:
        return "enum";
    case SS_TYPE_DOMAIN:
        return "domain";
    case SS_TYPE_COMPOSITE:
        return "composite";
    case SS_TYPE_ARRAY:
        return "array";
    case SS_TYPE_RANGE:
        return "range";
    case SS_TYPE_MULTIRANGE:
        return "multirange";
    case SS_TYPE_PSEUDO:
        return "pseudo";
    }
    return "base";
}

static const char *
table_kind(ss_table_kind kind)
{
    switch (kind)
    {
    case SS_TABLE_ORDINARY:
        return "table";
    case SS_TABLE_PARTITIONED:
        return "partitioned";
    case SS_TABLE_FOREIGN:
        return "foreign";
    }
    return "table";
}

static json_t *
type_name(const ss_catalog *c, size_t type)
{
    ss_buf text = {0};
    json_t *value;

    if (type == SS_NONE)
        return json_null();
    ss_text_ident(&text, c->types[type].schema);
    ss_buf_putc(&text, '.');
    ss_text_ident(&text, c->types[type].name);
    value = string(ss_buf_text(&text));
    ss_buf_done(&text);
    return value;
}

static json_t *
type_json(const ss_catalog *c, const ss_type *t)
{
    json_t *o = json_object();

    set(o, "schema", string(t->schema));
    set(o, "name", string(t->name));
    set(o, "kind", json_string(type_kind(t->kind)));
    set(o, "extension", string(t->extension));
    set(o, "base", type_name(c, t->base));
    if (t->kind == SS_TYPE_DOMAIN)
    {
        set(o, "not_null", json_boolean(t->not_null));
        set(o, "checks", strings(t->checks, t->nchecks));
        set(o, "default", string(t->default_expr));
    }
    if (t->kind == SS_TYPE_ENUM)
        set(o, "labels", strings(t->labels, t->nlabels));
    if (t->kind == SS_TYPE_COMPOSITE)
    {
        json_t *fields = json_array();

        for (size_t i = 0; i < t->nfields; i++)
            (void) json_array_append_new(fields,
                                         json_pack("{s:o, s:o}", "name", string(t->fields[i].name),
                                                   "type", type_name(c, t->fields[i].type)));
        set(o, "fields", fields);
    }
    return o;
}

static json_t *
column_json(const ss_catalog *c, const ss_column *column)
{
    json_t *o = json_object();

    set(o, "name", string(column->name));
    set(o, "type", string(column->type_text));
    set(o, "type_name", type_name(c, column->type));
    set(o, "base_type", type_name(c, ss_catalog_base_type(c, column->type)));
    set(o, "not_null", json_boolean(column->not_null));
    set(o, "identity",
        column->identity == SS_IDENTITY_NOT
            ? json_null()
            : json_string(column->identity == SS_IDENTITY_ALWAYS ? "always" : "by default"));
    set(o, "generated",
        column->generated == SS_GENERATED_NOT
            ? json_null()
            : json_string(column->generated == SS_GENERATED_VIRTUAL ? "virtual" : "stored"));
    set(o, "default", string(column->default_expr));
    set(o, "sequence",
        column->sequence == SS_NONE ? json_null() : string(c->sequences[column->sequence].name));
    set(o, "collation", string(column->collation));
    set(o, "comment", string(column->comment));
    set(o, "null_frac", column->null_frac < 0 ? json_null() : json_real(column->null_frac));
    set(o, "n_distinct", column->n_distinct == 0 ? json_null() : json_real(column->n_distinct));
    return o;
}

static json_t *
keys_json(const ss_table *t)
{
    json_t *array = json_array();

    for (size_t i = 0; i < t->nkeys; i++)
    {
        const ss_key *k = &t->keys[i];
        json_t *o = json_object();

        set(o, "name", string(k->name));
        set(o, "definition", string(k->definition));
        set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        set(o, "primary", json_boolean(k->primary));
        set(o, "constraint", json_boolean(k->constraint));
        set(o, "partial", json_boolean(k->partial));
        set(o, "expression", json_boolean(k->expression));
        set(o, "nulls_not_distinct", json_boolean(k->nulls_not_distinct));
        set(o, "deferrable", json_boolean(k->deferrable));
        set(o, "valid", json_boolean(k->valid));
        (void) json_array_append_new(array, o);
    }
    return array;
}

static json_t *
foreign_keys_json(const ss_catalog *c, const ss_table *t)
{
    json_t *array = json_array();

    for (size_t i = 0; i < t->nforeign_keys; i++)
    {
        const ss_foreign_key *k = &c->foreign_keys[t->foreign_keys[i]];
        json_t *o = json_object();

        set(o, "name", string(k->name));
        set(o, "definition", string(k->definition));
        set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        set(o, "references", label(c, k->parent));
        set(o, "referenced_columns",
            columns_of(&c->tables[k->parent], k->parent_attnums, k->ncolumns));
        set(o, "match", json_string(k->match == 'f' ? "full" : "simple"));
        set(o, "deferrable", json_boolean(k->deferrable));
        set(o, "initially_deferred", json_boolean(k->deferred));
        set(o, "valid", json_boolean(k->validated));
        set(o, "inherited", json_boolean(k->inherited));
        (void) json_array_append_new(array, o);
    }
    return array;
}

static json_t *
checks_json(const ss_table *t)
{
    json_t *array = json_array();

    for (size_t i = 0; i < t->nchecks; i++)
    {
        const ss_check *k = &t->checks[i];
        json_t *o = json_object();

        set(o, "name", string(k->name));
        set(o, "definition", string(k->definition));
        set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        set(o, "valid", json_boolean(k->validated));
        set(o, "no_inherit", json_boolean(k->no_inherit));
        set(o, "inherited", json_boolean(k->inherited));
        (void) json_array_append_new(array, o);
    }
    return array;
}

static json_t *
exclusions_json(const ss_table *t)
{
    json_t *array = json_array();

    for (size_t i = 0; i < t->nexclusions; i++)
    {
        const ss_exclusion *k = &t->exclusions[i];
        json_t *o = json_object();

        set(o, "name", string(k->name));
        set(o, "definition", string(k->definition));
        set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        set(o, "deferrable", json_boolean(k->deferrable));
        (void) json_array_append_new(array, o);
    }
    return array;
}

static json_t *
table_json(const ss_catalog *c, const ss_table *t)
{
    json_t *o = json_object(), *columns = json_array(), *inherits = json_array();

    set(o, "table", string(t->label));
    set(o, "schema", string(t->schema));
    set(o, "name", string(t->name));
    set(o, "kind", json_string(table_kind(t->kind)));
    set(o, "owner", string(t->owner));
    set(o, "extension", string(t->extension));
    set(o, "extension_config", json_boolean(t->extension_config));
    set(o, "unlogged", json_boolean(t->unlogged));
    set(o, "row_security", json_boolean(t->row_security));
    set(o, "force_row_security", json_boolean(t->force_row_security));
    set(o, "readable", json_boolean(t->readable));
    set(o, "rows_visible", json_boolean(t->rows_visible));
    set(o, "partition_of", t->is_partition ? label(c, t->partition_parent) : json_null());
    set(o, "partition_key", string(t->partition_key));
    set(o, "partition_bound", string(t->partition_bound));
    for (size_t i = 0; i < t->ninherits; i++)
        (void) json_array_append_new(inherits, label(c, t->inherits[i]));
    set(o, "inherits", inherits);
    set(o, "estimated_rows",
        t->reltuples < 0 ? json_null() : json_integer((json_int_t) t->reltuples));
    set(o, "bytes", json_integer((json_int_t) t->bytes));
    set_count(o, "triggers", t->ntriggers);
    set_count(o, "policies", t->npolicies);
    set(o, "comment", string(t->comment));
    for (size_t i = 0; i < t->ncolumns; i++)
        (void) json_array_append_new(columns, column_json(c, &t->columns[i]));
    set(o, "columns", columns);
    set(o, "keys", keys_json(t));
    set(o, "foreign_keys", foreign_keys_json(c, t));
    set(o, "checks", checks_json(t));
    set(o, "exclusions", exclusions_json(t));
    return o;
}

static json_t *
sequence_json(const ss_catalog *c, const ss_sequence *s)
{
    json_t *o = json_object();
    const ss_column *column =
        s->table == SS_NONE ? NULL : ss_table_attribute(&c->tables[s->table], s->attnum);

    set(o, "schema", string(s->schema));
    set(o, "name", string(s->name));
    set(o, "type", string(s->type));
    set(o, "table", label(c, s->table));
    set(o, "column", string(column == NULL ? NULL : column->name));
    set(o, "start", json_integer((json_int_t) s->start));
    set(o, "increment", json_integer((json_int_t) s->increment));
    set(o, "min", json_integer((json_int_t) s->min));
    set(o, "max", json_integer((json_int_t) s->max));
    set(o, "cycle", json_boolean(s->cycle));
    set(o, "readable", json_boolean(s->readable));
    return o;
}

static json_t *
database_json(const ss_catalog *c)
{
    json_t *o = json_object();

    set(o, "name", string(c->database));
    set(o, "encoding", string(c->encoding));
    set(o, "collate", string(c->collate));
    set(o, "ctype", string(c->ctype));
    set(o, "locale_provider", string(c->locale_provider));
    set(o, "locale", string(c->icu_locale));
    set(o, "bytes", c->bytes < 0 ? json_null() : json_integer((json_int_t) c->bytes));
    return o;
}

static json_t *
summary_json(const ss_catalog *c)
{
    const ss_inspect_totals n = ss_inspect_count(c);
    json_t *o = json_object();

    set_count(o, "schemas", n.schemas);
    set_count(o, "tables", n.tables);
    set_count(o, "partitions", n.partitions);
    set_count(o, "columns", n.columns);
    set_count(o, "estimated_rows", n.rows);
    set_count(o, "tables_without_estimate", n.unknown_rows);
    set_count(o, "bytes", n.bytes);
    set_count(o, "primary_keys", n.primary_keys);
    set_count(o, "foreign_keys", n.foreign_keys);
    set_count(o, "views", c->nviews);
    set_count(o, "sequences", c->nsequences);
    set_count(o, "functions", c->nfunctions);
    set_count(o, "triggers", c->ntriggers);
    set_count(o, "extensions", c->nextensions);
    return o;
}

static json_t *
notes_json(const ss_catalog *c)
{
    ss_arena *scratch = ss_arena_new(NULL);
    json_t *array = json_array();
    size_t n;
    const ss_inspect_note *notes = ss_inspect_notes(c, scratch, &n);

    for (size_t i = 0; i < n; i++)
    {
        json_t *o = json_object();

        set(o, "kind", json_string(notes[i].kind));
        set(o, "text", json_string(notes[i].text));
        set_count(o, "count", notes[i].count);
        set(o, "objects",
            notes[i].objects == NULL ? json_null() : strings(notes[i].objects, notes[i].count));
        (void) json_array_append_new(array, o);
    }
    ss_arena_free(scratch);
    return array;
}

json_t *
ss_inspect_json(const ss_inspect *inspect)
{
    const ss_catalog *c = inspect->catalog;
    json_t *root = json_object(), *tables = json_array(), *types = json_array(),
           *sequences = json_array(), *views = json_array(), *extensions = json_array();

    set_count(root, "inspect", SS_INSPECT_SCHEMA_VERSION);
    set(root, "source", string(inspect->source));
    set_count(root, "server_version", (uint64_t) c->server_version);
    set(root, "security", string(inspect->security));
    set(root, "role", string(inspect->role));
    set(root, "database", database_json(c));
    set(root, "summary", summary_json(c));
    set(root, "notes", notes_json(c));
    for (size_t i = 0; i < c->ntables; i++)
        (void) json_array_append_new(tables, table_json(c, &c->tables[i]));
    set(root, "tables", tables);
    for (size_t i = 0; i < c->ntypes; i++)
        (void) json_array_append_new(types, type_json(c, &c->types[i]));
    set(root, "types", types);
    for (size_t i = 0; i < c->nsequences; i++)
        (void) json_array_append_new(sequences, sequence_json(c, &c->sequences[i]));
    set(root, "sequences", sequences);
    for (size_t i = 0; i < c->nviews; i++)
    {
        const ss_view *v = &c->views[i];
        json_t *o = json_object();

        set(o, "schema", string(v->schema));
        set(o, "name", string(v->name));
        set(o, "materialised", json_boolean(v->materialised));
        set(o, "populated", v->materialised ? json_boolean(v->populated) : json_null());
        set(o, "comment", string(v->comment));
        (void) json_array_append_new(views, o);
    }
    set(root, "views", views);
    for (size_t i = 0; i < c->nextensions; i++)
    {
        json_t *o = json_object();

        set(o, "name", string(c->extensions[i].name));
        set(o, "version", string(c->extensions[i].version));
        set(o, "schema", string(c->extensions[i].schema));
        (void) json_array_append_new(extensions, o);
    }
    set(root, "extensions", extensions);
    set(root, "roles", strings(c->roles, c->nroles));
    set(root, "security_definer_functions", strings(c->security_definer, c->nsecurity_definer));
    return root;
}
