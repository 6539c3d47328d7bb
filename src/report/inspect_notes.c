/* What of a catalog a sandbox has to reckon with, and the figures that text and JSON share. */
#include <string.h>

#include "base/buf.h"
#include "base/text.h"
#include "report/inspect.h"
#include "rows/codec.h"

/* --- figures ------------------------------------------------------------------------------------ */

bool
ss_inspect_size(const ss_catalog *catalog, const ss_table *table, uint64_t *rows, uint64_t *bytes,
                size_t *partitions)
{
    double sum = 0;
    bool known = true;

    *bytes = 0;
    *partitions = 0;
    if (table->kind != SS_TABLE_PARTITIONED)
    {
        *bytes = table->bytes > 0 ? (uint64_t) table->bytes : 0;
        *rows = table->reltuples > 0 ? (uint64_t) table->reltuples : 0;
        return table->reltuples >= 0;
    }
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *t = &catalog->tables[i];
        const ss_table *above = t;

        while (above != table && above->is_partition && above->partition_parent != SS_NONE)
            above = &catalog->tables[above->partition_parent];
        if (above != table || t == table)
            continue;
        (*partitions)++;
        if (t->kind == SS_TABLE_PARTITIONED)
            continue;
        *bytes += t->bytes > 0 ? (uint64_t) t->bytes : 0;
        known = known && t->reltuples >= 0;
        sum += t->reltuples > 0 ? t->reltuples : 0;
    }
    *rows = (uint64_t) sum;
    return known;
}

ss_inspect_totals
ss_inspect_count(const ss_catalog *catalog)
{
    ss_inspect_totals n = {0};
    const char *schema = NULL;

    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *t = &catalog->tables[i];

        if (schema == NULL || strcmp(schema, t->schema) != 0)
            n.schemas++;
        schema = t->schema;
        n.bytes += t->bytes > 0 ? (uint64_t) t->bytes : 0;
        if (t->kind != SS_TABLE_PARTITIONED)
        {
            n.unknown_rows += t->reltuples < 0;
            n.rows += t->reltuples > 0 ? (uint64_t) t->reltuples : 0;
        }
        if (t->is_partition)
        {
            n.partitions++;
            continue;
        }
        n.tables++;
        n.columns += t->ncolumns;
        n.primary_keys += t->nkeys > 0 && t->keys[0].primary;
    }
    for (size_t i = 0; i < catalog->nforeign_keys; i++)
        n.foreign_keys += !catalog->foreign_keys[i].inherited;
    return n;
}

/* --- notes -------------------------------------------------------------------------------------- */

typedef struct notes
{
    const ss_catalog *catalog;
    ss_arena *result;
    ss_inspect_note *list;
    size_t n, capacity;
    const char **objects; /* of the note being gathered */
    size_t nobjects, room;
} notes;

static void
add(notes *w, const char *object)
{
    w->objects = ss_grow(w->result, w->objects, w->nobjects, &w->room, sizeof *w->objects);
    w->objects[w->nobjects++] = object;
}

/* label.name, as SQL would write it */
static const char *
member(notes *w, const ss_table *table, const char *name)
{
    ss_buf text = {0};
    const char *copy;

    ss_buf_puts(&text, table->label);
    ss_buf_putc(&text, '.');
    ss_text_ident(&text, name);
    copy = ss_strdup(w->result, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
put(notes *w, const char *kind, const char *text, size_t count, const char *const *objects)
{
    if (count == 0)
        return;
    w->list = ss_grow(w->result, w->list, w->n, &w->capacity, sizeof *w->list);
    w->list[w->n++] = (ss_inspect_note){kind, text, count, objects};
}

/* What was added since the last call becomes a note, if it is anything. */
static void
gathered(notes *w, const char *kind, const char *text)
{
    put(w, kind, text, w->nobjects, w->objects);
    w->objects = NULL;
    w->nobjects = w->room = 0;
}

typedef bool test(const ss_table *table);

static bool
is_unreadable(const ss_table *t)
{
    return !t->readable && t->kind != SS_TABLE_FOREIGN;
}

static bool
is_hidden(const ss_table *t)
{
    return t->row_security && !t->rows_visible;
}

static bool
is_secured(const ss_table *t)
{
    return t->row_security;
}

static bool
is_foreign(const ss_table *t)
{
    return t->kind == SS_TABLE_FOREIGN;
}

static bool
is_unlogged(const ss_table *t)
{
    return t->unlogged && t->kind == SS_TABLE_ORDINARY;
}

static bool
is_extensions(const ss_table *t)
{
    return t->extension != NULL;
}

static bool
is_inherited(const ss_table *t)
{
    return t->ninherits > 0;
}

static bool
has_triggers(const ss_table *t)
{
    return t->ntriggers > 0;
}

static bool
has_no_key(const ss_table *t)
{
    return t->kind != SS_TABLE_FOREIGN && !t->is_partition &&
           (t->nkeys == 0 || !t->keys[0].primary);
}

static void
tables_that(notes *w, test *applies, const char *kind, const char *text)
{
    for (size_t i = 0; i < w->catalog->ntables; i++)
    {
        const ss_table *t = &w->catalog->tables[i];

        /* What is said of a partitioned table is not said again of its partitions. */
        if (applies(t) && !(t->is_partition && applies(ss_table_root(w->catalog, t))))
            add(w, t->label);
    }
    gathered(w, kind, text);
}

static void
unknown_types(notes *w)
{
    for (size_t i = 0; i < w->catalog->ntables; i++)
    {
        const ss_table *t = &w->catalog->tables[i];

        for (size_t c = 0; c < t->ncolumns && !t->is_partition; c++)
        {
            if (t->columns[c].type == SS_NONE ||
                ss_codec_find(w->catalog, t->columns[c].type) == NULL)
                add(w, member(w, t, t->columns[c].name));
        }
    }
    gathered(
        w, "unknown-type",
        "columns of a type that sandseed does not read: nullify, constant or a keep of their own");
}

/* Foreign keys whose parent cannot come before the child. */
static void
cycles(notes *w)
{
    const ss_catalog *c = w->catalog;
    ss_arena *scratch = ss_arena_new(NULL);
    size_t *order = ss_alloc(scratch, c->ntables + 1, sizeof *order);
    size_t *place = ss_alloc(scratch, c->ntables + 1, sizeof *place);

    ss_catalog_parents_first(c, order, scratch);
    for (size_t i = 0; i < c->ntables; i++)
        place[order[i]] = i;
    for (size_t i = 0; i < c->nforeign_keys; i++)
    {
        const ss_foreign_key *k = &c->foreign_keys[i];
        const ss_table *child = ss_table_root(c, &c->tables[k->table]);
        const ss_table *parent = ss_table_root(c, &c->tables[k->parent]);

        if (!k->inherited && place[ss_catalog_index(c, parent)] > place[ss_catalog_index(c, child)])
            add(w, member(w, &c->tables[k->table], k->name));
    }
    ss_arena_free(scratch);
    gathered(w, "foreign-key-cycle", "foreign keys that close a cycle");
}

static void
constraints(notes *w)
{
    const ss_catalog *c = w->catalog;

    for (size_t i = 0; i < c->ntables; i++)
    {
        const ss_table *t = &c->tables[i];

        for (size_t k = 0; k < t->nchecks; k++)
        {
            if (!t->checks[k].validated && !t->checks[k].inherited)
                add(w, member(w, t, t->checks[k].name));
        }
        for (size_t k = 0; k < t->nforeign_keys; k++)
        {
            const ss_foreign_key *fk = &c->foreign_keys[t->foreign_keys[k]];

            if (!fk->validated && !fk->inherited)
                add(w, member(w, t, fk->name));
        }
    }
    gathered(w, "not-valid-constraint",
             "constraints that are NOT VALID; rows of the source may break them");
    for (size_t i = 0; i < c->ntables; i++)
    {
        const ss_table *t = &c->tables[i];

        for (size_t k = 0; k < t->nkeys; k++)
        {
            if (!t->keys[k].valid)
                add(w, member(w, t, t->keys[k].name));
        }
    }
    gathered(w, "invalid-index", "invalid unique indexes; what they name may repeat");
    for (size_t i = 0; i < c->ntables; i++)
    {
        const ss_table *t = &c->tables[i];

        for (size_t k = 0; k < t->nexclusions && !t->is_partition; k++)
            add(w, member(w, t, t->exclusions[k].name));
    }
    gathered(w, "exclusion-constraint", "exclusion constraints");
}

const ss_inspect_note *
ss_inspect_notes(const ss_catalog *c, ss_arena *result, size_t *n)
{
    notes w = {.catalog = c, .result = result};

    tables_that(
        &w, is_unreadable, "unreadable-table",
        "tables that this role cannot read; pg_dump needs SELECT on every one, also on those "
        "that stay empty");
    tables_that(
        &w, is_hidden, "hidden-rows",
        "tables whose row security hides rows from this role; it needs BYPASSRLS or to own them");
    unknown_types(&w);
    tables_that(&w, is_foreign, "foreign-table", "foreign tables; their rows are kept elsewhere");
    put(&w, "large-object", "large objects; they do not travel", c->nlarge_objects, NULL);
    put(&w, "subscription", "subscriptions; they do not travel", c->nsubscriptions, NULL);
    put(&w, "publication", "publications; they do not travel", c->npublications, NULL);
    put(&w, "event-trigger", "event triggers; they do not travel", c->nevent_triggers, NULL);
    cycles(&w);
    constraints(&w);
    tables_that(&w, has_triggers, "trigger",
                "tables with triggers; they travel, and loading never fires them");
    tables_that(&w, is_secured, "row-security", "tables with row security; its policies travel");
    put(&w, "security-definer", "functions that run with their owner's rights; they travel",
        c->nsecurity_definer, c->security_definer);
    tables_that(&w, is_extensions, "extension-table", "tables of extensions");
    tables_that(&w, is_inherited, "inheritance", "tables that inherit from others");
    tables_that(&w, is_unlogged, "unlogged-table", "unlogged tables");
    tables_that(&w, has_no_key, "no-primary-key", "tables without a primary key");
    *n = w.n;
    return w.list;
}
