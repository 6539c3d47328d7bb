/* What is read of a table whose rows are changed, and how they are written: in which order, and where. */
#include <string.h>

#include "policy/ways.h"
#include "pseudonymise/document.h"

bool
ss_pseudonyms_reroute(const ss_pseudonyms *p, const ss_table *table)
{
    const ss_table_plan *plan = &p->plan->tables[ss_catalog_index(p->plan->catalog, table)];

    for (size_t i = 0; i < table->npartition_columns; i++)
    {
        const ss_column *key = ss_table_attribute(table, table->partition_attnums[i]);

        /* An expression may be about any column. */
        if (key == NULL ||
            plan->columns[ss_table_index(table, key->attnum)].treatment != SS_TREAT_KEEP)
            return true;
    }
    return false;
}

/* May a row belong to another partition afterwards? */
static bool
moves(const ss_pseudonyms *p, const ss_table *table)
{
    while (table->is_partition)
    {
        table = &p->plan->catalog->tables[table->partition_parent];
        if (ss_pseudonyms_reroute(p, table))
            return true;
    }
    return false;
}

/* --- what is read --------------------------------------------------------------------------------- */

static ss_copy_column
copy_column(const ss_pseudonyms *p, const ss_table *table, size_t c, bool decoded)
{
    const ss_catalog *catalog = p->plan->catalog;
    const ss_column *column = &table->columns[c];
    const ss_codec *codec = ss_codec_find(catalog, column->type);

    return (ss_copy_column){.type = {catalog, ss_catalog_base_type(catalog, column->type),
                                     ss_catalog_typmod(catalog, column)},
                            .codec = codec,
                            .form = codec != NULL && decoded ? codec->form : SS_FORM_WIRE,
                            .label = ss_pseudonyms_label(p, table, c)};
}

static bool
asks_for_subjects(const ss_table_steps *t)
{
    for (size_t i = 0; i < t->nsteps && t->subject_table != NULL; i++)
    {
        const ss_step *s = &t->steps[i];

        if (s->act == SS_STEP_KIND && s->kind != NULL &&
            (s->kind->by_subject || (s->about.document != NULL && s->about.document->by_subject) ||
             (s->kind->uses_subject && s->about.alone && s->about.distinct)))
            return true;
    }
    return false;
}

/* What tells a table's rows apart, as text: its primary key, or else where the row lies. */
static const char *
row_sql(ss_pseudonyms *p, ss_table_steps *t)
{
    const ss_key *key = t->table->nkeys > 0 ? &t->table->keys[0] : NULL;
    ss_buf sql = {0};
    const char *copy;

    t->row_group = t->table->label;
    if (key == NULL || !key->primary)
        return SS_TABLE_ALIAS ".ctid::pg_catalog.text";
    t->row_group = ss_table_root(p->plan->catalog, t->table)->label;
    for (size_t i = 0; i < key->ncolumns; i++)
        ss_buf_printf(
            &sql, "%s%s", i == 0 ? "ROW(" : ", ",
            ss_way_column(SS_TABLE_ALIAS, ss_table_attribute(t->table, key->attnums[i]), p->arena));
    copy = ss_strf(p->arena, "%s)::pg_catalog.text", ss_buf_text(&sql));
    ss_buf_done(&sql);
    return copy;
}

/* Shapes are drawn by it, and dates and places of a row that is nobody's are moved by it. */
static bool
wants_row(const ss_table_steps *t)
{
    for (size_t i = 0; i < t->nsteps; i++)
    {
        const ss_step *s = &t->steps[i];

        if (s->act != SS_STEP_KIND || s->kind == NULL)
            continue;
        if (s->kind == &ss_kind_shape || s->kind == &ss_kind_document ||
            s->kind == &ss_kind_redact ||
            (s->kind->by_row && s->about.keyed_rows && !ss_rows_are_owned(t)))
            return true;
    }
    return false;
}

/* What a column is read as: of what is padded, without the blanks that it has for its width alone. */
static const char *
read_sql(const ss_pseudonyms *p, const ss_table *table, const char *alias, const ss_step *s)
{
    const ss_column *column = &table->columns[s->column];
    const size_t base = ss_catalog_base_type(p->plan->catalog, column->type);
    const char *sql = ss_way_column(alias, column, p->arena);

    if (s->act == SS_STEP_KIND && base != SS_NONE &&
        ss_type_is(&p->plan->catalog->types[base], "bpchar"))
        return ss_strf(p->arena, "%s::pg_catalog.text", sql);
    return sql;
}

/*
 * Rows are written in the order of their primary key, where that begins with a pseudonym: it tells no more than the key, and
 * indexes of what is sorted are built sooner.  In the order of a key that is kept rows might stand as they came in.
 */
static void
order_rows(ss_table_steps *t, ss_arena *arena)
{
    const ss_key *key = t->table->nkeys > 0 ? &t->table->keys[0] : NULL;
    size_t *order;

    if (key == NULL || !key->primary || key->deferrable)
        return;
    order = ss_alloc(arena, key->ncolumns, sizeof *order);
    for (size_t i = 0; i < key->ncolumns; i++)
    {
        const size_t column = ss_table_index(t->table, key->attnums[i]);
        size_t s = 0;

        while (s < t->nsteps && t->steps[s].column != column)
            s++;
        /* A generated column is the server's. */
        if (s == t->nsteps ||
            (i == 0 && (t->steps[s].act != SS_STEP_KIND || t->steps[s].kind == NULL)))
            return;
        order[i] = s;
    }
    t->change.order = order;
    t->change.norder = key->ncolumns;
}

/* One more expression of text is selected: which of what is read it is. */
static size_t
read_text(const ss_pseudonyms *p, const ss_table_steps *t, ss_row_change *c, ss_copy_column *in,
          const char *sql, ss_buf *select)
{
    const ss_codec *text = ss_codec_named("text");

    ss_buf_printf(select, "%s%s", c->nin == 0 ? "" : ", ", sql);
    in[c->nin] = (ss_copy_column){.codec = text,
                                  .form = text->form,
                                  .type = {.catalog = p->plan->catalog, .typmod = -1},
                                  .label = t->table->label};
    return c->nin++;
}

/* What says whose names a row has: read once, however many columns ask for it. */
static void
read_locales(const ss_pseudonyms *p, ss_table_steps *t, ss_copy_column *in, ss_buf *select)
{
    for (size_t i = 0; i < t->nsteps; i++)
    {
        ss_step *s = &t->steps[i];

        if (s->locale_column == SS_NONE || s->kind == NULL)
            continue;
        for (size_t k = 0; k < i && s->locale_in == SS_NONE; k++)
        {
            if (t->steps[k].locale_column == s->locale_column)
                s->locale_in = t->steps[k].locale_in;
        }
        if (s->locale_in == SS_NONE)
            s->locale_in =
                read_text(p, t, &t->change, in,
                          ss_strf(p->arena, "%s::pg_catalog.text",
                                  ss_way_column(SS_TABLE_ALIAS,
                                                &t->table->columns[s->locale_column], p->arena)),
                          select);
    }
}

/* What texts are searched for, as text; of people's columns also as their kinds read them, since these are made here once more. */
static void
read_own(const ss_pseudonyms *p, ss_table_steps *t, ss_copy_column *in, size_t *types,
         size_t *ntypes, ss_buf *select)
{
    ss_row_change *c = &t->change;

    for (size_t i = 0; i < t->npeople; i++)
        t->people[i].subject_in = read_text(p, t, c, in, t->people[i].subject, select);
    for (size_t i = 0; i < t->nown; i++)
    {
        ss_own_column *own = &t->own[i];
        const ss_step *s = own->step;
        const bool others = own->people != SS_NONE;
        const ss_table *table = others ? t->people[own->people].steps->table : t->table;
        const char *alias = others ? t->people[own->people].alias : SS_TABLE_ALIAS;

        own->in = read_text(p, t, c, in,
                            ss_strf(p->arena, "%s::pg_catalog.text",
                                    ss_way_column(alias, &table->columns[s->column], p->arena)),
                            select);
        if (!others || s->act != SS_STEP_KIND || s->kind == NULL || s->kind == &ss_kind_shape)
            continue;
        ss_buf_printf(select, ", %s", read_sql(p, table, alias, s));
        own->value_in = c->nin;
        in[c->nin++] = copy_column(p, table, s->column, true);
        types[(*ntypes)++] = table->columns[s->column].type;
        if (s->locale_column != SS_NONE)
            own->locale_in = read_text(
                p, t, c, in,
                ss_strf(p->arena, "%s::pg_catalog.text",
                        ss_way_column(alias, &table->columns[s->locale_column], p->arena)),
                select);
    }
}

void
ss_pseudonyms_write_change(ss_pseudonyms *p, ss_table_steps *t)
{
    const ss_catalog *catalog = p->plan->catalog;
    ss_copy_column *in = ss_alloc(p->arena, 3 * (t->nsteps + t->nown + 1) + t->npeople, sizeof *in),
                   *out = ss_alloc(p->arena, t->nsteps + 1, sizeof *out);
    size_t *columns = ss_alloc(p->arena, t->nsteps + 1, sizeof *columns),
           *types = ss_alloc(p->arena, t->nsteps + t->nown + 1, sizeof *types), ntypes = 0;
    ss_row_change *c = &t->change;
    ss_buf select = {0};

    for (size_t i = 0; i < t->nsteps; i++)
    {
        ss_step *s = &t->steps[i];
        const bool decoded = s->act == SS_STEP_KIND || s->act == SS_STEP_CONSTANT;

        columns[c->nout] = s->column;
        out[c->nout++] = copy_column(p, t->table, s->column, decoded);
        if (s->act != SS_STEP_NULL)
            types[ntypes++] = t->table->columns[s->column].type;
        if (s->act != SS_STEP_PASS && s->act != SS_STEP_KIND)
            continue;
        ss_buf_printf(&select, "%s%s", c->nin == 0 ? "" : ", ",
                      read_sql(p, t->table, SS_TABLE_ALIAS, s));
        s->in = c->nin;
        in[c->nin++] = copy_column(p, t->table, s->column, decoded);
    }
    c->joins = "";
    if (asks_for_subjects(t))
        t->subject_in = read_text(p, t, c, in, t->subject, &select);
    if (t->subject_in != SS_NONE || t->npeople > 0)
        c->joins = t->joins;
    if (wants_row(t))
        t->row_in = read_text(p, t, c, in, row_sql(p, t), &select);
    read_locales(p, t, in, &select);
    read_own(p, t, in, types, &ntypes, &select);
    c->format = ss_copy_format_of(catalog, types, ntypes);
    c->select = ss_strdup(p->arena, ss_buf_text(&select));
    ss_buf_done(&select);
    c->in = in;
    c->columns = columns;
    c->out = out;
    c->moves = moves(p, t->table);
    order_rows(t, p->arena);
    ss_change_init(t);
}
