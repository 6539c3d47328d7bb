/* sandseed inspect for people: summary, what to reckon with, tables by schema, columns by table. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "catalog/references.h"
#include "forms/text.h"
#include "report/inspect.h"
#include "report/json_text.h"
#include "report/layout.h"

enum
{
    OBJECTS_SHOWN = 8,  /* of a note */
    LIST_SHOWN = 40,    /* of views, of sequences */
    DEFAULT_SHOWN = 48, /* columns of a default's expression */
    ROWS_WIDTH = 13,
    BYTES_WIDTH = 10,
    COUNT_WIDTH = 5,
    CONFIDENCE_WIDTH = 6,
    PATH_INDENT = 2,
    SHORT_NAME = 10,
    NARROW = 60, /* below it, a table's line has rows and columns only */
};

typedef struct writer
{
    const ss_inspect *inspect;
    const ss_catalog *catalog;
    ss_arena *scratch;
    ss_layout l;
    const ss_reference **references; /* per table; NULL for partitions */
    size_t *nreferences;
    size_t *referenced; /* references to this table */
} writer;

static const char *
safe(const writer *w, const char *text)
{
    return ss_printable(w->scratch, text);
}

/* What people wrote into the schema, without what looks personal in it. */
static const char *
written(const writer *w, const char *text)
{
    return safe(w, ss_text_replace(text, SS_LOOKS_PERSONAL, w->scratch));
}

static void
heading(writer *w, const char *text)
{
    ss_layout_end(&w->l);
    ss_layout_line(&w->l, 0, 2, text);
}

/* --- summary ------------------------------------------------------------------------------------ */

static void
fact(writer *w, const char *name, const char *text)
{
    ss_layout_fact(&w->l, 2, name, 12, text);
}

/* "14 personal (4 direct-identifier, 10 free-text), 1 secret, 3 key, 9 non-personal, 2 undecided" */
static const char *
classes_text(writer *w, const ss_inspect_classes *n)
{
    static const ss_class personal[] = {SS_CLASS_DIRECT_IDENTIFIER, SS_CLASS_QUASI_IDENTIFIER,
                                        SS_CLASS_SPECIAL_CATEGORY, SS_CLASS_FREE_TEXT},
                          others[] = {SS_CLASS_SECRET, SS_CLASS_KEY, SS_CLASS_NON_PERSONAL,
                                      SS_CLASS_UNDECIDED};
    const char *separator = " (";
    ss_buf text = {0};
    const char *copy;

    ss_buf_printf(&text, "%zu personal", n->personal);
    for (size_t i = 0; i < sizeof personal / sizeof personal[0]; i++)
    {
        if (n->of[personal[i]] == 0 && personal[i] != SS_CLASS_SPECIAL_CATEGORY)
            continue;
        ss_buf_printf(&text, "%s%zu %s", separator, n->of[personal[i]], ss_class_name(personal[i]));
        separator = ", ";
    }
    ss_buf_putc(&text, ')');
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
    {
        if (n->of[others[i]] > 0 || others[i] == SS_CLASS_UNDECIDED)
            ss_buf_printf(&text, ", %zu %s", n->of[others[i]], ss_class_name(others[i]));
    }
    copy = ss_strdup(w->scratch, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
summary(writer *w, const ss_inspect *inspect)
{
    const ss_catalog *c = w->catalog;
    const ss_inspect_totals n = ss_inspect_count(c);
    const ss_inspect_classes classes = ss_inspect_count_classes(inspect, true);
    ss_arena *s = w->scratch;

    ss_layout_line(&w->l, 0, 2,
                   ss_strf(s, "Database %s at %s", safe(w, c->database), safe(w, inspect->source)));
    fact(w, "server",
         ss_strf(s, "PostgreSQL %d.%d, %s, %s (%s)%s%s", c->server_version / 10000,
                 c->server_version % 10000, c->encoding,
                 safe(w, c->icu_locale != NULL ? c->icu_locale : c->collate), c->locale_provider,
                 inspect->security == NULL ? "" : "; connection: ",
                 inspect->security == NULL ? "" : safe(w, inspect->security)));
    if (inspect->role != NULL)
        fact(w, "role", inspect->role);
    fact(w, "tables",
         ss_strf(s, "%zu in %zu schema%s, with %s%s column%s", n.tables, n.schemas,
                 ss_layout_plural(n.schemas),
                 n.partitions == 0 ? ""
                                   : ss_strf(s, "%zu partition%s and ", n.partitions,
                                             ss_layout_plural(n.partitions)),
                 ss_text_count(s, n.columns), ss_layout_plural(n.columns)));
    fact(w, "rows",
         ss_strf(s, "%s%s%s; %s",
                 n.rows == 0 && n.unknown_rows > 0
                     ? ""
                     : ss_strf(s, "about %s", ss_text_count(s, n.rows)),
                 n.rows == 0 || n.unknown_rows == 0 ? "" : ", and ",
                 n.unknown_rows == 0 ? ""
                                     : ss_strf(s, "unknown of %zu table%s never analysed",
                                               n.unknown_rows, ss_layout_plural(n.unknown_rows)),
                 c->bytes < 0
                     ? ss_text_bytes(s, n.bytes)
                     : ss_strf(s, "the database takes %s", ss_text_bytes(s, (uint64_t) c->bytes))));
    fact(w, "classes",
         ss_strf(s, "%s; told by %s", classes_text(w, &classes),
                 inspect->rows_seen ? "names, declarations and a sample of rows"
                                    : "names and declarations alone"));
    fact(w, "keys", ss_strf(s, "%zu primary, %zu foreign", n.primary_keys, n.foreign_keys));
    fact(w, "also",
         ss_strf(s, "%zu view%s, %zu sequence%s, %zu function%s, %zu trigger%s, %zu extension%s",
                 c->nviews, ss_layout_plural(c->nviews), c->nsequences,
                 ss_layout_plural(c->nsequences), c->nfunctions, ss_layout_plural(c->nfunctions),
                 c->ntriggers, ss_layout_plural(c->ntriggers), c->nextensions,
                 ss_layout_plural(c->nextensions)));
}

static void
notes(writer *w)
{
    size_t n;
    const ss_inspect_note *list = ss_inspect_notes(w->catalog, w->scratch, &n);

    if (n == 0)
        return;
    heading(w, "To reckon with");
    for (size_t i = 0; i < n; i++)
    {
        const ss_inspect_note *note = &list[i];
        const size_t shown = note->count < OBJECTS_SHOWN ? note->count : OBJECTS_SHOWN;

        ss_layout_to(&w->l, 2);
        ss_layout_text(&w->l, ss_strf(w->scratch, "- %s: %zu", note->text, note->count), 4);
        ss_layout_end(&w->l);
        if (note->objects == NULL)
            continue;
        ss_layout_to(&w->l, 6);
        for (size_t k = 0; k < shown; k++)
            ss_layout_text(&w->l,
                           ss_strf(w->scratch, "%s%s%s", k > 0 ? " " : "",
                                   safe(w, note->objects[k]), k + 1 < shown ? "," : ""),
                           6);
        if (note->count > shown)
            ss_layout_text(&w->l, ss_strf(w->scratch, " and %zu more", note->count - shown), 6);
        ss_layout_end(&w->l);
    }
}

/* --- tables, one line each ---------------------------------------------------------------------- */

static void
remark(ss_buf *to, const char *text)
{
    if (to->len > 0)
        ss_buf_puts(to, ", ");
    ss_buf_puts(to, text);
}

static void
table_remarks(writer *w, const ss_table *t, size_t partitions, ss_buf *to)
{
    ss_buf_clear(to);
    if (t->kind == SS_TABLE_FOREIGN)
        remark(to, "foreign");
    if (!t->readable && t->kind != SS_TABLE_FOREIGN)
        remark(to, "unreadable");
    if (t->row_security)
        remark(to, t->rows_visible ? "row security" : "rows hidden");
    if (t->kind == SS_TABLE_PARTITIONED)
        remark(to,
               ss_strf(w->scratch, "%zu partition%s", partitions, ss_layout_plural(partitions)));
    if (t->unlogged)
        remark(to, "unlogged");
    if (t->extension != NULL)
        remark(to, ss_strf(w->scratch, "of %s", safe(w, t->extension)));
    if (t->ninherits > 0)
        remark(to, "inherits");
    if (t->ntriggers > 0)
        remark(to,
               ss_strf(w->scratch, "%zu trigger%s", t->ntriggers, ss_layout_plural(t->ntriggers)));
    if (t->kind != SS_TABLE_FOREIGN && (t->nkeys == 0 || !t->keys[0].primary))
        remark(to, "no key");
}

static void
table_line(writer *w, const ss_table *t, size_t name_width, ss_buf *remarks)
{
    const size_t index = ss_catalog_index(w->catalog, t);
    uint64_t rows, bytes;
    size_t partitions;
    const bool known = ss_inspect_size(w->catalog, t, &rows, &bytes, &partitions);
    ss_layout *l = &w->l;

    table_remarks(w, t, partitions, remarks);
    ss_layout_to(l, 2);
    ss_layout_cell(l, safe(w, t->name), name_width, false);
    ss_layout_cell(l,
                   known       ? ss_text_count(w->scratch, rows)
                   : rows == 0 ? "?"
                               : ss_strf(w->scratch, "%s+", ss_text_count(w->scratch, rows)),
                   ROWS_WIDTH, true);
    if (l->width >= NARROW)
        ss_layout_cell(l, ss_text_bytes(w->scratch, bytes), BYTES_WIDTH, true);
    ss_layout_cell(l, ss_strf(w->scratch, "%zu", t->ncolumns), COUNT_WIDTH, true);
    if (l->width >= NARROW)
    {
        ss_layout_cell(l, ss_strf(w->scratch, "%zu", w->nreferences[index]), COUNT_WIDTH, true);
        ss_layout_cell(l, ss_strf(w->scratch, "%zu", w->referenced[index]), COUNT_WIDTH, true);
    }
    ss_layout_to(l, l->at + 2);
    ss_layout_text(l, ss_buf_text(remarks), l->at);
    ss_layout_end(l);
}

static void
table_lines(writer *w)
{
    const ss_catalog *c = w->catalog;
    const size_t figures =
        2 + ROWS_WIDTH + COUNT_WIDTH + (w->l.width < NARROW ? 0 : BYTES_WIDTH + 2 * COUNT_WIDTH);
    const size_t most = w->l.width > figures + 22 ? w->l.width - figures - 12 : 10;
    const char *schema = NULL;
    size_t width = 8;
    ss_buf remarks = {0};

    for (size_t i = 0; i < c->ntables; i++)
    {
        const size_t wide = ss_text_width(safe(w, c->tables[i].name));

        if (!c->tables[i].is_partition && wide > width)
            width = wide < most ? wide : most;
    }
    for (size_t i = 0; i < c->ntables; i++)
    {
        const ss_table *t = &c->tables[i];

        if (t->is_partition)
            continue;
        if (schema == NULL || strcmp(schema, t->schema) != 0)
        {
            heading(w, ss_strf(w->scratch, "Schema %s", safe(w, t->schema)));
            ss_layout_to(&w->l, 2);
            ss_layout_cell(&w->l, "table", width, false);
            ss_layout_cell(&w->l, "rows", ROWS_WIDTH, true);
            if (w->l.width >= NARROW)
                ss_layout_cell(&w->l, "size", BYTES_WIDTH, true);
            ss_layout_cell(&w->l, "cols", COUNT_WIDTH, true);
            if (w->l.width >= NARROW)
            {
                ss_layout_cell(&w->l, "out", COUNT_WIDTH, true);
                ss_layout_cell(&w->l, "in", COUNT_WIDTH, true);
            }
            ss_layout_end(&w->l);
        }
        schema = t->schema;
        table_line(w, t, width, &remarks);
    }
    if (schema != NULL)
        ss_layout_line(
            &w->l, 2, 2,
            "rows: the planner's estimates, ? where there is none; out, in: foreign keys to and "
            "from tables");
    ss_buf_done(&remarks);
}

/* --- columns ------------------------------------------------------------------------------------ */

/* (a, b) of a table's columns */
static const char *
column_list(writer *w, const ss_table *t, const int16_t *attnums, size_t n)
{
    ss_buf text = {0};
    const char *copy;

    ss_buf_putc(&text, '(');
    for (size_t i = 0; i < n; i++)
    {
        const ss_column *column = ss_table_attribute(t, attnums[i]);

        ss_buf_puts(&text, i > 0 ? ", " : "");
        if (column == NULL)
            ss_buf_puts(&text, "...");
        else
            ss_text_ident(&text, column->name);
    }
    ss_buf_putc(&text, ')');
    copy = safe(w, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static const char *
reference_text(writer *w, const ss_reference *r)
{
    const ss_table *parent = &w->catalog->tables[r->parent];
    ss_buf text = {0};
    const char *copy;

    ss_buf_printf(&text, "-> %s (", parent->label);
    for (size_t i = 0; i < r->ncolumns; i++)
    {
        ss_buf_puts(&text, i > 0 ? ", " : "");
        ss_text_ident(&text, parent->columns[r->parent_columns[i]].name);
    }
    ss_buf_putc(&text, ')');
    copy = safe(w, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static const char *
shortened(writer *w, const char *text)
{
    const char *printable = written(w, text);

    if (ss_text_width(printable) <= DEFAULT_SHOWN)
        return printable;
    return ss_strf(w->scratch, "%.*s...", (int) ss_text_fit(printable, DEFAULT_SHOWN - 3),
                   printable);
}

static const char *
type_remark(writer *w, size_t type)
{
    const ss_catalog *c = w->catalog;
    const ss_type *t;

    if (type == SS_NONE)
        return NULL;
    t = &c->types[type];
    if (t->kind == SS_TYPE_ENUM)
        return ss_strf(w->scratch, "enum of %zu", t->nlabels);
    if (t->kind == SS_TYPE_DOMAIN)
    {
        const size_t base = ss_catalog_base_type(c, type);
        bool not_null = false, checked = false;

        for (size_t d = type; d != SS_NONE && c->types[d].kind == SS_TYPE_DOMAIN;
             d = c->types[d].base)
        {
            not_null = not_null || c->types[d].not_null;
            checked = checked || c->types[d].nchecks > 0;
        }
        return ss_strf(w->scratch, "domain over %s%s%s",
                       base == SS_NONE ? "?" : safe(w, c->types[base].name),
                       not_null ? " not null" : "", checked ? " with a check" : "");
    }
    if (t->kind == SS_TYPE_COMPOSITE)
        return ss_strf(w->scratch, "composite of %zu", t->nfields);
    return NULL;
}

/* What the keys say about a column by itself. */
static void
key_remarks(const ss_table *t, const ss_column *column, ss_buf *to)
{
    bool unique = false;

    for (size_t k = 0; k < t->nkeys; k++)
    {
        const ss_key *key = &t->keys[k];

        for (size_t i = 0; i < key->ncolumns; i++)
        {
            if (key->attnums[i] != column->attnum)
                continue;
            if (key->primary)
                remark(to, key->ncolumns == 1 ? "primary key" : "in primary key");
            else if (key->ncolumns == 1 && key->valid && !key->partial)
                unique = true;
        }
    }
    if (unique)
        remark(to, "unique");
}

/* Its type, and what the catalog says besides. */
static void
column_facts(writer *w, const ss_table *t, size_t index, ss_buf *to)
{
    const ss_column *column = &t->columns[index];
    const size_t table = ss_catalog_index(w->catalog, t);
    const char *of_type = type_remark(w, column->type);

    ss_buf_clear(to);
    remark(to, safe(w, column->type_text));
    key_remarks(t, column, to);
    if (column->not_null && !ss_table_primary_key_holds(t, column->attnum))
        remark(to, "not null");
    for (size_t i = 0; i < w->nreferences[table]; i++)
    {
        const ss_reference *r = &w->references[table][i];

        if (r->ncolumns == 1 && r->columns[0] == index)
            remark(to, reference_text(w, r));
    }
    if (of_type != NULL)
        remark(to, of_type);
    if (column->identity != SS_IDENTITY_NOT)
        remark(to, column->identity == SS_IDENTITY_ALWAYS ? "identity always" : "identity");
    else if (column->generated != SS_GENERATED_NOT)
        remark(to, ss_strf(w->scratch, "generated%s %s",
                           column->generated == SS_GENERATED_VIRTUAL ? " virtual" : "",
                           column->default_expr == NULL ? "" : shortened(w, column->default_expr)));
    else if (column->sequence != SS_NONE && column->default_expr != NULL)
        remark(to, "serial");
    else if (column->default_expr != NULL && strncmp(column->default_expr, "nextval(", 8) == 0)
        remark(to, "default nextval");
    else if (column->default_expr != NULL)
        remark(to, ss_strf(w->scratch, "default %s", shortened(w, column->default_expr)));
    if (column->collation != NULL)
        remark(to, ss_strf(w->scratch, "collate %s", safe(w, column->collation)));
    if (column->null_frac >= 0.005)
        remark(to, ss_strf(w->scratch, "%.0f %% null", floor(column->null_frac * 100 + 0.5)));
}

/* Keys, references and rules that one column's line cannot say. */
static void
table_constraints(writer *w, const ss_table *t)
{
    const size_t index = ss_catalog_index(w->catalog, t);
    ss_arena *s = w->scratch;

    if (t->partition_key != NULL)
        ss_layout_line(&w->l, 4, 6, ss_strf(s, "partitioned by %s", written(w, t->partition_key)));
    for (size_t i = 0; i < t->ninherits; i++)
    {
        if (t->inherits[i] != SS_NONE)
            ss_layout_line(
                &w->l, 4, 6,
                ss_strf(s, "inherits %s", safe(w, w->catalog->tables[t->inherits[i]].label)));
    }
    for (size_t k = 0; k < t->nkeys; k++)
    {
        const ss_key *key = &t->keys[k];
        const char *invalid = key->valid ? "" : " (invalid)";

        if (key->expression || key->partial)
            ss_layout_line(&w->l, 4, 6,
                           ss_strf(s, "unique: %s%s", written(w, key->definition), invalid));
        else if (key->ncolumns > 1 || !key->valid || key->deferrable)
            ss_layout_line(&w->l, 4, 6,
                           ss_strf(s, "%s %s%s%s%s", key->primary ? "primary key" : "unique",
                                   column_list(w, t, key->attnums, key->ncolumns),
                                   key->nulls_not_distinct ? " nulls not distinct" : "",
                                   key->deferrable ? " deferrable" : "", invalid));
    }
    for (size_t i = 0; i < w->nreferences[index]; i++)
    {
        const ss_reference *r = &w->references[index][i];
        ss_buf columns = {0};

        for (size_t k = 0; r->ncolumns > 1 && k < r->ncolumns; k++)
        {
            ss_buf_puts(&columns, k > 0 ? ", " : "(");
            ss_text_ident(&columns, t->columns[r->columns[k]].name);
        }
        if (r->ncolumns > 1)
            ss_layout_line(
                &w->l, 4, 6,
                ss_strf(s, "%s) %s", safe(w, ss_buf_text(&columns)), reference_text(w, r)));
        ss_buf_done(&columns);
    }
    for (size_t k = 0; k < t->nexclusions; k++)
        ss_layout_line(&w->l, 4, 6, written(w, t->exclusions[k].definition));
    for (size_t k = 0; k < t->nchecks; k++)
    {
        if (!t->checks[k].inherited)
            ss_layout_line(&w->l, 4, 6, written(w, t->checks[k].definition));
    }
}

/* How wide the cells of a table's columns are. */
typedef struct cells
{
    size_t name, class;
} cells;

static void
widen(size_t *width, const char *text, size_t more)
{
    const size_t wide = ss_text_width(text) + more;

    *width = wide > *width ? wide : *width;
}

static cells
measure(writer *w, const ss_table *t, const ss_classified *columns)
{
    const size_t half = w->l.width / 2;
    size_t others, most;
    cells n = {.name = 4};

    for (size_t i = 0; i < t->ncolumns; i++)
    {
        const ss_classified *c = &columns[i];

        if (!ss_inspect_shows(w->inspect, t, i))
            continue;
        widen(&n.name, safe(w, t->columns[i].name), 0);
        widen(&n.class, ss_class_name(c->proposal.class), 0);
        for (size_t k = 0; k < c->npaths; k++)
        {
            widen(&n.name, safe(w, c->paths[k].path), PATH_INDENT);
            widen(&n.class, ss_class_name(c->paths[k].proposal.class), 0);
        }
    }
    /* A few long names do not push the evidence of all the others into the right half. */
    others = 4 + 2 + n.class + 2 + CONFIDENCE_WIDTH + 2;
    most = half > others + SHORT_NAME ? half - others : w->l.width * 30 / 100;
    n.name = n.name < most ? n.name : most;
    return n;
}

/* "kind: evidence | facts"; facts: what the catalog says. */
static void
evidence(writer *w, const ss_proposal *p, const char *facts)
{
    ss_buf text = {0};

    if (p->kind != NULL)
        ss_buf_puts(&text, safe(w, p->kind));
    if (p->kind != NULL && p->why != NULL)
        ss_buf_puts(&text, ": ");
    if (p->why != NULL)
        ss_buf_puts(&text, safe(w, p->why));
    if (facts[0] != '\0')
        ss_buf_printf(&text, "%s%s", text.len == 0 ? "" : " | ", facts);
    ss_layout_text(&w->l, ss_buf_text(&text), w->l.at);
    ss_layout_end(&w->l);
    ss_buf_done(&text);
}

/* Class, confidence and evidence, which stands below them where there is no room beside. */
static void
proposal(writer *w, const cells *n, const ss_proposal *p, const char *facts)
{
    ss_layout *l = &w->l;
    const char *confidence =
        p->class == SS_CLASS_UNDECIDED ? "" : ss_confidence_names[p->confidence];

    if (l->width < NARROW)
    {
        ss_layout_text(l, ss_strf(w->scratch, "  %s %s", ss_class_name(p->class), confidence), 8);
        ss_layout_end(l);
        ss_layout_to(l, 8);
        evidence(w, p, facts);
        return;
    }
    ss_layout_to(l, l->at + 2);
    ss_layout_cell(l, ss_class_name(p->class), n->class, false);
    ss_layout_to(l, l->at + 2);
    ss_layout_cell(l, confidence, CONFIDENCE_WIDTH, false);
    ss_layout_to(l, l->at + 2);
    if (l->at > l->width / 2)
    {
        ss_layout_end(l);
        ss_layout_to(l, 8);
    }
    evidence(w, p, facts);
}

static void
column_lines(writer *w, const ss_table *t, const cells *n, size_t index, ss_buf *facts)
{
    const ss_classified *c = &w->inspect->columns[ss_catalog_index(w->catalog, t)][index];

    column_facts(w, t, index, facts);
    ss_layout_to(&w->l, 4);
    ss_layout_cell(&w->l, safe(w, t->columns[index].name), n->name, false);
    proposal(w, n, &c->proposal, ss_buf_text(facts));
    for (size_t k = 0; k < c->npaths; k++)
    {
        ss_layout_to(&w->l, 4 + PATH_INDENT);
        ss_layout_cell(&w->l, safe(w, c->paths[k].path), n->name - PATH_INDENT, false);
        proposal(w, n, &c->paths[k].proposal, "");
    }
}

/* What is known of a table as a whole, above its columns. */
static void
table_facts(writer *w, const ss_table *t)
{
    uint64_t rows, bytes;
    size_t partitions;
    const bool known = ss_inspect_size(w->catalog, t, &rows, &bytes, &partitions);

    heading(w, ss_strf(w->scratch, "%s, %s, %s", safe(w, t->label),
                       known       ? ss_strf(w->scratch, "about %s row%s",
                                             ss_text_count(w->scratch, rows), ss_layout_plural(rows))
                       : rows == 0 ? "never analysed"
                                   : ss_strf(w->scratch, "more than %s rows",
                                             ss_text_count(w->scratch, rows)),
                       ss_text_bytes(w->scratch, bytes)));
    if (t->comment != NULL)
        ss_layout_line(&w->l, 2, 2, ss_strf(w->scratch, "\"%s\"", written(w, t->comment)));
}

/* Whose rows they are. */
static void
table_subject(writer *w, const ss_table *t)
{
    const ss_subject_proposal *s = &w->inspect->subjects[ss_catalog_index(w->catalog, t)];
    ss_buf text = {0};

    if (!s->self && s->ncolumns == 0)
        return;
    ss_buf_puts(&text, s->self ? "people: a row is one" : "people: by ");
    for (size_t i = 0; i < s->ncolumns; i++)
        ss_buf_printf(&text, "%s%s",
                      i > 0     ? ", "
                      : s->self ? ", and by "
                                : "",
                      safe(w, t->columns[s->columns[i]].name));
    if (s->why != NULL)
        ss_buf_printf(&text, "; %s", safe(w, s->why));
    ss_layout_line(&w->l, 2, 4, ss_buf_text(&text));
    ss_buf_done(&text);
}

static void
table_block(writer *w, const ss_table *t, ss_buf *remarks)
{
    const size_t index = ss_catalog_index(w->catalog, t);
    const cells n = measure(w, t, w->inspect->columns[index]);

    table_facts(w, t);
    table_subject(w, t);
    for (size_t i = 0; i < t->ncolumns; i++)
    {
        if (ss_inspect_shows(w->inspect, t, i))
            column_lines(w, t, &n, i, remarks);
    }
    if (w->inspect->classes == NULL)
        table_constraints(w, t);
}

/* --- the rest ----------------------------------------------------------------------------------- */

static const char *
qualified(writer *w, const char *schema, const char *name)
{
    ss_buf text = {0};
    const char *copy;

    ss_text_ident(&text, schema);
    ss_buf_putc(&text, '.');
    ss_text_ident(&text, name);
    copy = safe(w, ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
more(writer *w, size_t count)
{
    if (count > LIST_SHOWN)
        ss_layout_line(&w->l, 2, 2,
                       ss_strf(w->scratch, "and %zu more, which --json lists", count - LIST_SHOWN));
}

static void
others(writer *w)
{
    const ss_catalog *c = w->catalog;
    size_t unowned = 0;

    if (c->nviews > 0)
        heading(w, "Views");
    for (size_t i = 0; i < c->nviews && i < LIST_SHOWN; i++)
    {
        const ss_view *v = &c->views[i];

        ss_layout_line(&w->l, 2, 6,
                       ss_strf(w->scratch, "%s%s", qualified(w, v->schema, v->name),
                               !v->materialised ? ""
                               : v->populated   ? " (materialised)"
                                                : " (materialised, not populated)"));
    }
    more(w, c->nviews);
    for (size_t i = 0; i < c->nsequences; i++)
    {
        if (c->sequences[i].table != SS_NONE)
            continue;
        if (unowned == 0)
            heading(w, "Sequences that no column owns");
        if (unowned++ < LIST_SHOWN)
            ss_layout_line(&w->l, 2, 6, qualified(w, c->sequences[i].schema, c->sequences[i].name));
    }
    more(w, unowned);
    if (c->nextensions > 0)
        heading(w, "Extensions");
    for (size_t i = 0; i < c->nextensions; i++)
        ss_layout_line(&w->l, 2, 6,
                       ss_strf(w->scratch, "%s %s in %s", safe(w, c->extensions[i].name),
                               safe(w, c->extensions[i].version),
                               safe(w, c->extensions[i].schema)));
    if (c->nroles > 0)
        heading(w, "Roles that own something, are granted something or are named by policies");
    for (size_t i = 0; i < c->nroles; i++)
        ss_layout_line(&w->l, 2, 6, safe(w, c->roles[i]));
}

/* How much of it that was. */
static void
shown(writer *w)
{
    const ss_inspect_classes n = ss_inspect_count_classes(w->inspect, false);

    if (n.tables == 0)
        heading(w, w->inspect->nglobs > 0
                       ? "Nothing matches. Patterns of --table are held against schema.table: "
                         "'public.*', 'public.order?'."
                       : "Nothing matches.");
    else
        heading(w, ss_strf(w->scratch, "Shown: %zu table%s, %s column%s: %s", n.tables,
                           ss_layout_plural(n.tables), ss_text_count(w->scratch, n.columns),
                           ss_layout_plural(n.columns), classes_text(w, &n)));
}

void
ss_inspect_text(const ss_inspect *inspect, size_t width, ss_buf *out)
{
    const ss_catalog *c = inspect->catalog;
    ss_arena *scratch = ss_arena_new(NULL);
    writer w = {.inspect = inspect,
                .catalog = c,
                .scratch = scratch,
                .l = ss_layout_of(out, width),
                .references = ss_alloc(scratch, c->ntables + 1, sizeof *w.references),
                .nreferences = ss_alloc(scratch, c->ntables + 1, sizeof *w.nreferences),
                .referenced = ss_alloc(scratch, c->ntables + 1, sizeof *w.referenced)};
    ss_buf remarks = {0};

    for (size_t i = 0; i < c->ntables; i++)
    {
        if (c->tables[i].is_partition)
            continue;
        w.references[i] = ss_table_references(c, i, scratch, &w.nreferences[i]);
        for (size_t k = 0; k < w.nreferences[i]; k++)
            w.referenced[w.references[i][k].parent]++;
    }
    summary(&w, inspect);
    if (!ss_inspect_filters(inspect))
    {
        notes(&w);
        table_lines(&w);
        others(&w);
    }
    for (size_t i = 0; i < c->ntables; i++)
    {
        if (!c->tables[i].is_partition && ss_inspect_shows_table(inspect, &c->tables[i]))
            table_block(&w, &c->tables[i], &remarks);
    }
    if (ss_inspect_filters(inspect))
        shown(&w);
    ss_buf_done(&remarks);
    ss_arena_free(scratch);
}
