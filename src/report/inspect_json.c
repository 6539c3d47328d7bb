/* sandseed inspect for machines: the whole catalog, in the catalog's order. */
#include <string.h>

#include "base/text.h"
#include "report/inspect.h"
#include "report/json_text.h"

#define SS_INSPECT_SCHEMA_VERSION 1

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
        (void) json_array_append_new(array, ss_json_text(list[i]));
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

    set(o, "schema", ss_json_text(t->schema));
    set(o, "name", ss_json_text(t->name));
    set(o, "kind", json_string(type_kind(t->kind)));
    set(o, "extension", ss_json_text(t->extension));
    set(o, "base", type_name(c, t->base));
    if (t->kind == SS_TYPE_DOMAIN)
    {
        set(o, "not_null", json_boolean(t->not_null));
        set(o, "checks", strings(t->checks, t->nchecks));
        set(o, "default", ss_json_text(t->default_expr));
    }
    if (t->kind == SS_TYPE_ENUM)
        set(o, "labels", strings(t->labels, t->nlabels));
    if (t->kind == SS_TYPE_COMPOSITE)
    {
        json_t *fields = json_array();

        for (size_t i = 0; i < t->nfields; i++)
            (void) json_array_append_new(fields, json_pack("{s:o, s:o}", "name",
                                                           ss_json_text(t->fields[i].name), "type",
                                                           type_name(c, t->fields[i].type)));
        set(o, "fields", fields);
    }
    return o;
}

static void
set_proposal(json_t *o, const ss_proposal *p)
{
    set(o, "class", json_string(ss_class_name(p->class)));
    set(o, "kind", ss_json_text(p->kind));
    set(o, "confidence",
        p->class == SS_CLASS_UNDECIDED ? json_null()
                                       : json_string(ss_confidence_names[p->confidence]));
    set(o, "why", ss_json_text(p->why));
}

static json_t *
paths_json(const ss_classified *classified)
{
    json_t *array = json_array();

    for (size_t i = 0; i < classified->npaths; i++)
    {
        json_t *o = json_object();

        set(o, "path", ss_json_text(classified->paths[i].path));
        set_proposal(o, &classified->paths[i].proposal);
        (void) json_array_append_new(array, o);
    }
    return array;
}

static json_t *
column_json(const ss_catalog *c, const ss_column *column, const ss_classified *classified)
{
    json_t *o = json_object();

    set(o, "name", ss_json_text(column->name));
    set(o, "type", ss_json_text(column->type_text));
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
    set(o, "default", ss_json_text(column->default_expr));
    set(o, "sequence",
        column->sequence == SS_NONE ? json_null()
                                    : ss_json_text(c->sequences[column->sequence].name));
    set(o, "collation", ss_json_text(column->collation));
    set(o, "comment", ss_json_text(column->comment));
    set(o, "null_frac", column->null_frac < 0 ? json_null() : json_real(column->null_frac));
    set(o, "n_distinct", column->n_distinct == 0 ? json_null() : json_real(column->n_distinct));
    set_proposal(o, &classified->proposal);
    set(o, "paths", paths_json(classified));
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

        set(o, "name", ss_json_text(k->name));
        set(o, "definition", ss_json_text(k->definition));
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

        set(o, "name", ss_json_text(k->name));
        set(o, "definition", ss_json_text(k->definition));
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

        set(o, "name", ss_json_text(k->name));
        set(o, "definition", ss_json_text(k->definition));
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

        set(o, "name", ss_json_text(k->name));
        set(o, "definition", ss_json_text(k->definition));
        set(o, "columns", columns_of(t, k->attnums, k->ncolumns));
        set(o, "deferrable", json_boolean(k->deferrable));
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

    set(o, "table", ss_json_text(t->label));
    set(o, "schema", ss_json_text(t->schema));
    set(o, "name", ss_json_text(t->name));
    set(o, "kind", json_string(table_kind(t->kind)));
    set(o, "owner", ss_json_text(t->owner));
    set(o, "extension", ss_json_text(t->extension));
    set(o, "extension_config", json_boolean(t->extension_config));
    set(o, "unlogged", json_boolean(t->unlogged));
    set(o, "row_security", json_boolean(t->row_security));
    set(o, "force_row_security", json_boolean(t->force_row_security));
    set(o, "readable", json_boolean(t->readable));
    set(o, "rows_visible", json_boolean(t->rows_visible));
    set(o, "partition_of", t->is_partition ? label(c, t->partition_parent) : json_null());
    set(o, "partition_key", ss_json_text(t->partition_key));
    set(o, "partition_bound", ss_json_text(t->partition_bound));
    for (size_t i = 0; i < t->ninherits; i++)
        (void) json_array_append_new(inherits, label(c, t->inherits[i]));
    set(o, "inherits", inherits);
    set(o, "estimated_rows",
        t->reltuples < 0 ? json_null() : json_integer((json_int_t) t->reltuples));
    set(o, "bytes", json_integer((json_int_t) t->bytes));
    set_count(o, "triggers", t->ntriggers);
    set_count(o, "policies", t->npolicies);
    set(o, "comment", ss_json_text(t->comment));
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        if (ss_inspect_shows(inspect, t, i))
            (void) json_array_append_new(columns, column_json(c, &t->columns[i], &classified[i]));
    }
    set(o, "subject", subject_json(&inspect->subjects[ss_catalog_index(c, t)], t));
    set(o, "subject_why", ss_json_text(inspect->subjects[ss_catalog_index(c, t)].why));
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

    set(o, "schema", ss_json_text(s->schema));
    set(o, "name", ss_json_text(s->name));
    set(o, "type", ss_json_text(s->type));
    set(o, "table", label(c, s->table));
    set(o, "column", ss_json_text(column == NULL ? NULL : column->name));
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

    set(o, "name", ss_json_text(c->database));
    set(o, "encoding", ss_json_text(c->encoding));
    set(o, "collate", ss_json_text(c->collate));
    set(o, "ctype", ss_json_text(c->ctype));
    set(o, "locale_provider", ss_json_text(c->locale_provider));
    set(o, "locale", ss_json_text(c->icu_locale));
    set(o, "bytes", c->bytes < 0 ? json_null() : json_integer((json_int_t) c->bytes));
    return o;
}

static json_t *
classes_json(const ss_inspect_classes *n)
{
    json_t *o = json_object();

    for (int i = 0; i < SS_NCLASSES; i++)
        set_count(o, ss_class_name((ss_class) i), n->of[i]);
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
    const ss_inspect_classes all = ss_inspect_count_classes(inspect, true),
                             shown = ss_inspect_count_classes(inspect, false);
    json_t *root = json_object(), *tables = json_array(), *types = json_array(),
           *sequences = json_array(), *views = json_array(), *extensions = json_array();

    set_count(root, "inspect", SS_INSPECT_SCHEMA_VERSION);
    set(root, "source", ss_json_text(inspect->source));
    set_count(root, "server_version", (uint64_t) c->server_version);
    set(root, "security", ss_json_text(inspect->security));
    set(root, "role", ss_json_text(inspect->role));
    set(root, "database", database_json(c));
    set(root, "summary", summary_json(c));
    set(root, "rows_seen", json_boolean(inspect->rows_seen));
    set(root, "classified", classes_json(&all));
    set(root, "shown", classes_json(&shown));
    set(root, "notes", notes_json(c));
    for (size_t i = 0; i < c->ntables; i++)
    {
        if (ss_inspect_shows_table(inspect, &c->tables[i]))
            (void) json_array_append_new(tables, table_json(inspect, &c->tables[i]));
    }
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

        set(o, "schema", ss_json_text(v->schema));
        set(o, "name", ss_json_text(v->name));
        set(o, "materialised", json_boolean(v->materialised));
        set(o, "populated", v->materialised ? json_boolean(v->populated) : json_null());
        set(o, "comment", ss_json_text(v->comment));
        (void) json_array_append_new(views, o);
    }
    set(root, "views", views);
    for (size_t i = 0; i < c->nextensions; i++)
    {
        json_t *o = json_object();

        set(o, "name", ss_json_text(c->extensions[i].name));
        set(o, "version", ss_json_text(c->extensions[i].version));
        set(o, "schema", ss_json_text(c->extensions[i].schema));
        (void) json_array_append_new(extensions, o);
    }
    set(root, "extensions", extensions);
    set(root, "roles", strings(c->roles, c->nroles));
    set(root, "security_definer_functions", strings(c->security_definer, c->nsecurity_definer));
    return root;
}
