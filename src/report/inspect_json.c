/* sandseed inspect for machines: the whole catalog, in the catalog's order. */
#include <string.h>

#include "base/text.h"
#include "report/inspect.h"
#include "report/json_text.h"

#define SS_INSPECT_SCHEMA_VERSION 1

static json_t *
strings(const char *const *list, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        (void) json_array_append_new(array, ss_json_text(list[i]));
    return array;
}

static json_t *
written(const char *const *list, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++)
        (void) json_array_append_new(array, ss_json_written(list[i]));
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

        (void) json_array_append_new(array, ss_json_text(column == NULL ? NULL : column->name));
    }
    return array;
}

static json_t *
label(const ss_catalog *c, size_t table)
{
    return table == SS_NONE ? json_null() : ss_json_text(c->tables[table].label);
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
    value = ss_json_text(ss_buf_text(&text));
    ss_buf_done(&text);
    return value;
}

static json_t *
type_json(const ss_catalog *c, const ss_type *t)
{
    json_t *o = json_object();

    ss_json_set(o, "schema", ss_json_text(t->schema));
    ss_json_set(o, "name", ss_json_text(t->name));
    ss_json_set(o, "kind", json_string(type_kind(t->kind)));
    ss_json_set(o, "extension", ss_json_text(t->extension));
    ss_json_set(o, "base", type_name(c, t->base));
    if (t->kind == SS_TYPE_DOMAIN)
    {
        ss_json_set(o, "not_null", json_boolean(t->not_null));
        ss_json_set(o, "checks", written(t->checks, t->nchecks));
        ss_json_set(o, "default", ss_json_written(t->default_expr));
    }
    if (t->kind == SS_TYPE_ENUM)
        ss_json_set(o, "labels", written(t->labels, t->nlabels));
    if (t->kind == SS_TYPE_COMPOSITE)
    {
        json_t *fields = json_array();

        for (size_t i = 0; i < t->nfields; i++)
            (void) json_array_append_new(fields, json_pack("{s:o, s:o}", "name",
                                                           ss_json_text(t->fields[i].name), "type",
                                                           type_name(c, t->fields[i].type)));
        ss_json_set(o, "fields", fields);
    }
    return o;
}

static void
set_proposal(json_t *o, const ss_proposal *p)
{
    ss_json_set(o, "class", json_string(ss_class_name(p->class)));
    ss_json_set(o, "kind", ss_json_text(p->kind));
    ss_json_set(o, "confidence",
                p->class == SS_CLASS_UNDECIDED ? json_null()
                                               : json_string(ss_confidence_names[p->confidence]));
    ss_json_set(o, "why", ss_json_text(p->why));
}

static json_t *
paths_json(const ss_classified *classified)
{
    json_t *array = json_array();

    for (size_t i = 0; i < classified->npaths; i++)
    {
        json_t *o = json_object();

        ss_json_set(o, "path", ss_json_text(classified->paths[i].path));
        set_proposal(o, &classified->paths[i].proposal);
        (void) json_array_append_new(array, o);
    }
    return array;
}

static json_t *
column_json(const ss_catalog *c, const ss_column *column, const ss_classified *classified)
{
    json_t *o = json_object();

    ss_json_set(o, "name", ss_json_text(column->name));
    ss_json_set(o, "type", ss_json_text(column->type_text));
    ss_json_set(o, "type_name", type_name(c, column->type));
    ss_json_set(o, "base_type", type_name(c, ss_catalog_base_type(c, column->type)));
    ss_json_set(o, "not_null", json_boolean(column->not_null));
    ss_json_set(
        o, "identity",
        column->identity == SS_IDENTITY_NOT
            ? json_null()
            : json_string(column->identity == SS_IDENTITY_ALWAYS ? "always" : "by default"));
    ss_json_set(
        o, "generated",
        column->generated == SS_GENERATED_NOT
            ? json_null()
            : json_string(column->generated == SS_GENERATED_VIRTUAL ? "virtual" : "stored"));
    ss_json_set(o, "default", ss_json_written(column->default_expr));
    ss_json_set(o, "sequence",
                column->sequence == SS_NONE ? json_null()
                                            : ss_json_text(c->sequences[column->sequence].name));
    ss_json_set(o, "collation", ss_json_text(column->collation));
    ss_json_set(o, "comment", ss_json_written(column->comment));
    ss_json_set(o, "null_frac", column->null_frac < 0 ? json_null() : json_real(column->null_frac));
    ss_json_set(o, "n_distinct",
                column->n_distinct == 0 ? json_null() : json_real(column->n_distinct));
    set_proposal(o, &classified->proposal);
    ss_json_set(o, "paths", paths_json(classified));
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

        ss_json_set(o, "name", ss_json_text(k->name));
        ss_json_set(o, "definition", ss_json_written(k->definition));
        ss_json_set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        ss_json_set(o, "primary", json_boolean(k->primary));
        ss_json_set(o, "constraint", json_boolean(k->constraint));
        ss_json_set(o, "partial", json_boolean(k->partial));
        ss_json_set(o, "expression", json_boolean(k->expression));
        ss_json_set(o, "nulls_not_distinct", json_boolean(k->nulls_not_distinct));
        ss_json_set(o, "deferrable", json_boolean(k->deferrable));
        ss_json_set(o, "valid", json_boolean(k->valid));
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

        ss_json_set(o, "name", ss_json_text(k->name));
        ss_json_set(o, "definition", ss_json_written(k->definition));
        ss_json_set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        ss_json_set(o, "references", label(c, k->parent));
        ss_json_set(o, "referenced_columns",
                    columns_of(&c->tables[k->parent], k->parent_attnums, k->ncolumns));
        ss_json_set(o, "match", json_string(k->match == 'f' ? "full" : "simple"));
        ss_json_set(o, "deferrable", json_boolean(k->deferrable));
        ss_json_set(o, "initially_deferred", json_boolean(k->deferred));
        ss_json_set(o, "valid", json_boolean(k->validated));
        ss_json_set(o, "inherited", json_boolean(k->inherited));
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

        ss_json_set(o, "name", ss_json_text(k->name));
        ss_json_set(o, "definition", ss_json_written(k->definition));
        ss_json_set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        ss_json_set(o, "valid", json_boolean(k->validated));
        ss_json_set(o, "no_inherit", json_boolean(k->no_inherit));
        ss_json_set(o, "inherited", json_boolean(k->inherited));
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

        ss_json_set(o, "name", ss_json_text(k->name));
        ss_json_set(o, "definition", ss_json_written(k->definition));
        ss_json_set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        ss_json_set(o, "deferrable", json_boolean(k->deferrable));
        (void) json_array_append_new(array, o);
    }
    return array;
}

/* The words of the policy: self and columns. */
static json_t *
subject_json(const ss_subject_proposal *s, const ss_table *t)
{
    json_t *array = json_array();

    if (s->self)
        (void) json_array_append_new(array, json_string("self"));
    for (size_t i = 0; i < s->ncolumns; i++)
        (void) json_array_append_new(array, ss_json_text(t->columns[s->columns[i]].name));
    return array;
}

static json_t *
table_json(const ss_inspect *inspect, const ss_table *t)
{
    const ss_catalog *c = inspect->catalog;
    const ss_classified *classified = inspect->columns[ss_catalog_index(c, t)];
    json_t *o = json_object(), *columns = json_array(), *inherits = json_array();

    ss_json_set(o, "table", ss_json_text(t->label));
    ss_json_set(o, "schema", ss_json_text(t->schema));
    ss_json_set(o, "name", ss_json_text(t->name));
    ss_json_set(o, "kind", json_string(table_kind(t->kind)));
    ss_json_set(o, "owner", ss_json_text(t->owner));
    ss_json_set(o, "extension", ss_json_text(t->extension));
    ss_json_set(o, "extension_config", json_boolean(t->extension_config));
    ss_json_set(o, "unlogged", json_boolean(t->unlogged));
    ss_json_set(o, "row_security", json_boolean(t->row_security));
    ss_json_set(o, "force_row_security", json_boolean(t->force_row_security));
    ss_json_set(o, "readable", json_boolean(t->readable));
    ss_json_set(o, "rows_visible", json_boolean(t->rows_visible));
    ss_json_set(o, "partition_of", t->is_partition ? label(c, t->partition_parent) : json_null());
    ss_json_set(o, "partition_key", ss_json_written(t->partition_key));
    ss_json_set(o, "partition_bound", ss_json_written(t->partition_bound));
    for (size_t i = 0; i < t->ninherits; i++)
        (void) json_array_append_new(inherits, label(c, t->inherits[i]));
    ss_json_set(o, "inherits", inherits);
    ss_json_set(o, "estimated_rows",
                t->reltuples < 0 ? json_null() : json_integer((json_int_t) t->reltuples));
    ss_json_set(o, "bytes", json_integer((json_int_t) t->bytes));
    ss_json_set_count(o, "triggers", t->ntriggers);
    ss_json_set_count(o, "policies", t->npolicies);
    ss_json_set(o, "comment", ss_json_written(t->comment));
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        if (ss_inspect_shows(inspect, t, i))
            (void) json_array_append_new(columns, column_json(c, &t->columns[i], &classified[i]));
    }
    ss_json_set(o, "subject", subject_json(&inspect->subjects[ss_catalog_index(c, t)], t));
    ss_json_set(o, "subject_why", ss_json_text(inspect->subjects[ss_catalog_index(c, t)].why));
    ss_json_set(o, "columns", columns);
    ss_json_set(o, "keys", keys_json(t));
    ss_json_set(o, "foreign_keys", foreign_keys_json(c, t));
    ss_json_set(o, "checks", checks_json(t));
    ss_json_set(o, "exclusions", exclusions_json(t));
    return o;
}

static json_t *
sequence_json(const ss_catalog *c, const ss_sequence *s)
{
    json_t *o = json_object();
    const ss_column *column =
        s->table == SS_NONE ? NULL : ss_table_attribute(&c->tables[s->table], s->attnum);

    ss_json_set(o, "schema", ss_json_text(s->schema));
    ss_json_set(o, "name", ss_json_text(s->name));
    ss_json_set(o, "type", ss_json_text(s->type));
    ss_json_set(o, "table", label(c, s->table));
    ss_json_set(o, "column", ss_json_text(column == NULL ? NULL : column->name));
    ss_json_set(o, "start", json_integer((json_int_t) s->start));
    ss_json_set(o, "increment", json_integer((json_int_t) s->increment));
    ss_json_set(o, "min", json_integer((json_int_t) s->min));
    ss_json_set(o, "max", json_integer((json_int_t) s->max));
    ss_json_set(o, "cycle", json_boolean(s->cycle));
    ss_json_set(o, "readable", json_boolean(s->readable));
    return o;
}

static json_t *
database_json(const ss_catalog *c)
{
    json_t *o = json_object();

    ss_json_set(o, "name", ss_json_text(c->database));
    ss_json_set(o, "encoding", ss_json_text(c->encoding));
    ss_json_set(o, "collate", ss_json_text(c->collate));
    ss_json_set(o, "ctype", ss_json_text(c->ctype));
    ss_json_set(o, "locale_provider", ss_json_text(c->locale_provider));
    ss_json_set(o, "locale", ss_json_text(c->icu_locale));
    ss_json_set(o, "bytes", c->bytes < 0 ? json_null() : json_integer((json_int_t) c->bytes));
    return o;
}

static json_t *
classes_json(const ss_inspect_classes *n)
{
    json_t *o = json_object();

    for (int i = 0; i < SS_NCLASSES; i++)
        ss_json_set_count(o, ss_class_name((ss_class) i), n->of[i]);
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "tables", (json_int_t) n->tables,
                     "columns", (json_int_t) n->columns, "personal", (json_int_t) n->personal,
                     "special", (json_int_t) n->of[SS_CLASS_SPECIAL_CATEGORY], "secret",
                     (json_int_t) n->of[SS_CLASS_SECRET], "undecided",
                     (json_int_t) n->of[SS_CLASS_UNDECIDED], "classes", o);
}

static json_t *
summary_json(const ss_catalog *c)
{
    const ss_inspect_totals n = ss_inspect_count(c);
    json_t *o = json_object();

    ss_json_set_count(o, "schemas", n.schemas);
    ss_json_set_count(o, "tables", n.tables);
    ss_json_set_count(o, "partitions", n.partitions);
    ss_json_set_count(o, "columns", n.columns);
    ss_json_set_count(o, "estimated_rows", n.rows);
    ss_json_set_count(o, "tables_without_estimate", n.unknown_rows);
    ss_json_set_count(o, "bytes", n.bytes);
    ss_json_set_count(o, "primary_keys", n.primary_keys);
    ss_json_set_count(o, "foreign_keys", n.foreign_keys);
    ss_json_set_count(o, "views", c->nviews);
    ss_json_set_count(o, "sequences", c->nsequences);
    ss_json_set_count(o, "functions", c->nfunctions);
    ss_json_set_count(o, "triggers", c->ntriggers);
    ss_json_set_count(o, "extensions", c->nextensions);
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

        ss_json_set(o, "kind", json_string(notes[i].kind));
        ss_json_set(o, "text", json_string(notes[i].text));
        ss_json_set_count(o, "count", notes[i].count);
        ss_json_set(o, "objects",
                    notes[i].objects == NULL ? json_null()
                                             : strings(notes[i].objects, notes[i].count));
        (void) json_array_append_new(array, o);
    }
    ss_arena_free(scratch);
    return array;
}

json_t *
ss_inspect_json(const ss_inspect *inspect)
{
    const ss_catalog *c = inspect->catalog;
    const ss_inspect_classes all = ss_inspect_count_classes(inspect, true),
                             shown = ss_inspect_count_classes(inspect, false);
    json_t *root = json_object(), *tables = json_array(), *types = json_array(),
           *sequences = json_array(), *views = json_array(), *extensions = json_array();

    ss_json_set_count(root, "inspect", SS_INSPECT_SCHEMA_VERSION);
    ss_json_set(root, "source", ss_json_text(inspect->source));
    ss_json_set_count(root, "server_version", (uint64_t) c->server_version);
    ss_json_set(root, "security", ss_json_text(inspect->security));
    ss_json_set(root, "role", ss_json_text(inspect->role));
    ss_json_set(root, "database", database_json(c));
    ss_json_set(root, "summary", summary_json(c));
    ss_json_set(root, "rows_seen", json_boolean(inspect->rows_seen));
    ss_json_set(root, "classified", classes_json(&all));
    ss_json_set(root, "shown", classes_json(&shown));
    ss_json_set(root, "notes", notes_json(c));
    for (size_t i = 0; i < c->ntables; i++)
    {
        if (ss_inspect_shows_table(inspect, &c->tables[i]))
            (void) json_array_append_new(tables, table_json(inspect, &c->tables[i]));
    }
    ss_json_set(root, "tables", tables);
    for (size_t i = 0; i < c->ntypes; i++)
        (void) json_array_append_new(types, type_json(c, &c->types[i]));
    ss_json_set(root, "types", types);
    for (size_t i = 0; i < c->nsequences; i++)
        (void) json_array_append_new(sequences, sequence_json(c, &c->sequences[i]));
    ss_json_set(root, "sequences", sequences);
    for (size_t i = 0; i < c->nviews; i++)
    {
        const ss_view *v = &c->views[i];
        json_t *o = json_object();

        ss_json_set(o, "schema", ss_json_text(v->schema));
        ss_json_set(o, "name", ss_json_text(v->name));
        ss_json_set(o, "materialised", json_boolean(v->materialised));
        ss_json_set(o, "populated", v->materialised ? json_boolean(v->populated) : json_null());
        ss_json_set(o, "comment", ss_json_written(v->comment));
        (void) json_array_append_new(views, o);
    }
    ss_json_set(root, "views", views);
    for (size_t i = 0; i < c->nextensions; i++)
    {
        json_t *o = json_object();

        ss_json_set(o, "name", ss_json_text(c->extensions[i].name));
        ss_json_set(o, "version", ss_json_text(c->extensions[i].version));
        ss_json_set(o, "schema", ss_json_text(c->extensions[i].schema));
        (void) json_array_append_new(extensions, o);
    }
    ss_json_set(root, "extensions", extensions);
    ss_json_set(root, "roles", strings(c->roles, c->nroles));
    ss_json_set(root, "security_definer_functions",
                strings(c->security_definer, c->nsecurity_definer));
    return root;
}
