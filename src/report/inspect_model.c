#include "report/inspect_model.h"

#include <string.h>

#include "base/text.h"
#include "model/habits.h"
#include "model/statistics_json.h"
#include "report/histogram.h"
#include "report/inspect_habits.h"
#include "report/json_text.h"
#include "report/layout.h"
#include "stats/people.h"

enum
{
    NAME_WIDTH = 28,
    TYPE_WIDTH = 20,
    MODE_WIDTH = 12,
};

/* Counts in the file, each of which was held against k. */
static size_t
counts_of_marginal(const ss_marginal *m)
{
    return m->values.n + m->lengths.n + m->alphabets.n + m->codes.n +
           (m->npoints > 0 ? m->npoints + 1 : 0) + (m->tail.values > 0) + 2 +
           ss_habits_ncounts(m->habits);
}

static size_t
counts_of_table(const ss_model_table *t)
{
    size_t n = 0;

    for (size_t c = 0; c < t->ncolumns; c++)
        n += counts_of_marginal(&t->columns[c]);
    for (size_t i = 0; i < t->nreferences; i++)
        n += t->references[i].children.n + t->references[i].levels.n + 2;
    for (size_t i = 0; i < t->njoints; i++)
    {
        n += t->joints[i].patterns.n;
        for (size_t c = 0; c < t->joints[i].ncolumns; c++)
            n += t->joints[i].gaps[c].kind == SS_MARGINAL_NONE
                     ? 0
                     : counts_of_marginal(&t->joints[i].gaps[c]);
    }
    for (size_t i = 0; i < t->nmappings; i++)
        n += t->mappings[i].ntokens + (t->mappings[i].rest > 0);
    return n + t->nrules + (t->dependence == NULL ? 0 : ss_dependence_ncounts(t->dependence));
}

/* Synthetic tables that were counted so; shapes: only those, or only the others. */
static size_t
tables_counted(const ss_model *model, ss_counted by, bool shapes)
{
    size_t n = 0;

    for (size_t t = 0; t < model->ntables; t++)
        n += model->tables[t].columns != NULL && model->tables[t].counted == by &&
             model->tables[t].shape_only == shapes;
    return n;
}

/* "12 tables" */
static const char *
tables_text(ss_arena *scratch, size_t n)
{
    return ss_strf(scratch, "%zu table%s", n, n == 1 ? "" : "s");
}

/* What stands behind the counts, as far as a model shows it. */
static void
put_counted(ss_layout *l, const ss_model *m, ss_arena *scratch)
{
    size_t shapes = 0;

    for (ss_counted by = SS_COUNTED_ROWS; by <= SS_COUNTED_NOTHING; by++)
        shapes += tables_counted(m, by, true);
    ss_layout_text(
        l,
        ss_strf(scratch,
                "Behind them stand, as fit counted: people in %s; values of foreign keys, not all "
                "of which lead to people, in %s; rows alone, where the policy names no people, in "
                "%s.",
                tables_text(scratch, tables_counted(m, SS_COUNTED_PEOPLE, false)),
                tables_text(scratch, tables_counted(m, SS_COUNTED_KEYS, false)),
                tables_text(scratch, tables_counted(m, SS_COUNTED_ROWS, false))),
        2);
    ss_layout_end(l);
    if (shapes == 0)
        return;
    ss_layout_text(
        l,
        ss_strf(scratch,
                "Of %s nothing but shapes was learnt: fewer than 50 subjects, or (%zu of "
                "them) nobody knows whose they are.",
                tables_text(scratch, shapes), tables_counted(m, SS_COUNTED_NOTHING, true)),
        2);
    ss_layout_end(l);
}

static size_t
declared_below(const ss_model *model)
{
    size_t n = 0;

    for (size_t t = 0; t < model->ntables; t++)
    {
        for (size_t c = 0; c < model->tables[t].ncolumns; c++)
        {
            const ss_cells *values = &model->tables[t].columns[c].values;

            for (size_t i = 0; i < values->n; i++)
                n += values->cells[i].count == 0;
        }
    }
    return n;
}

/* Of 605 rows 30 NULL: "5 %". */
static void
put_nulls(ss_buf *out, uint64_t nulls, uint64_t count)
{
    if (nulls == 0 || count == 0)
        return;
    ss_buf_printf(out, "; %.0f %% NULL", 100.0 * (double) nulls / (double) count);
}

/* "; ~430 other values, 35 % of them once, falling as n^-2.05" */
static void
put_tail(ss_buf *out, const ss_marginal *m)
{
    if (m->tail.values == 0)
        return;
    ss_buf_printf(out, "; ~%.0f %svalues", (double) m->tail.values,
                  m->values.n > 0 ? "other " : "different ");
    if (m->tail.once > 0)
        ss_buf_printf(out, ", %.0f %% of them once", (double) m->tail.once / 10);
    if (m->tail.slope > 0)
        ss_buf_printf(out, ", falling as n^-%.2f", (double) m->tail.slope / 1000);
}

/* Values that a column has besides many others. */
static void
put_sampled(ss_buf *out, const ss_marginal *m)
{
    if (m->sampled)
        ss_buf_puts(out, " (too many to count each: shares are of a sample)");
}

/* What a marginal learnt, in words. */
static void
put_marginal(ss_buf *out, const ss_marginal *m)
{
    switch (m->kind)
    {
    case SS_MARGINAL_NONE:
        ss_buf_puts(out, "made by the server");
        return;
    case SS_MARGINAL_NULL:
        ss_buf_puts(out, "always NULL");
        return;
    case SS_MARGINAL_CONSTANT:
        ss_buf_puts(out, "the policy's constant");
        return;
    case SS_MARGINAL_KEY:
        ss_buf_puts(out, "made as keys are: no value learnt");
        break;
    case SS_MARGINAL_REFERENCE:
        ss_buf_printf(out, "%zu rows of the kept table, the rest any other", m->values.n);
        break;
    case SS_MARGINAL_CATEGORIES:
        if (strcmp(ss_marginal_kind_name(m), "declared") == 0)
            ss_buf_printf(out, "the %zu declared values", m->values.n);
        else
            ss_buf_printf(out, "%zu values, the rest by shape", m->values.n);
        put_sampled(out, m);
        break;
    case SS_MARGINAL_NUMBER:
        ss_buf_printf(out, "%zu quantiles, %zu single values", m->npoints, m->values.n);
        put_sampled(out, m);
        break;
    case SS_MARGINAL_SHAPE:
        ss_buf_puts(out, "shape: no value learnt");
        break;
    }
    put_tail(out, m);
    put_nulls(out, m->nulls, m->count);
    ss_inspect_habits(out, m);
}

static void
put_columns(ss_layout *l, const ss_model_entry *e, const ss_model_table *t, ss_arena *scratch)
{
    for (size_t c = 0; c < e->ncolumns; c++)
    {
        const ss_decision *d = &e->plan.columns[c];
        ss_buf what = {0};

        ss_buf_printf(&what, "%s; ", d->undecided ? "undecided" : ss_class_name(d->class));
        if (t->columns != NULL)
            put_marginal(&what, &t->columns[c]);
        else
            ss_buf_puts(&what, ss_treatment_name(d->treatment));
        ss_layout_to(l, 2);
        ss_layout_cell(l, ss_printable(scratch, e->columns[c]), NAME_WIDTH - 2, false);
        ss_layout_to(l, NAME_WIDTH + 1);
        ss_layout_cell(l, ss_printable(scratch, e->types[c]), TYPE_WIDTH, false);
        ss_layout_to(l, NAME_WIDTH + TYPE_WIDTH + 2);
        /* Paths, keys and elements are texts of the source. */
        ss_layout_text(l, ss_printable(scratch, ss_buf_text(&what)), NAME_WIDTH + TYPE_WIDTH + 2);
        ss_layout_end(l);
        ss_buf_done(&what);
        if (t->columns != NULL)
            ss_histograms_of_column(l, &t->columns[c], e->types[c], scratch);
    }
}

static void
put_references(ss_layout *l, const ss_model_table *t, ss_arena *scratch)
{
    for (size_t i = 0; i < t->nreferences; i++)
    {
        const ss_fan_out *f = &t->references[i];
        ss_buf what = {0};

        ss_buf_printf(&what, "children per parent, %zu counts%s", f->children.n,
                      f->sampled ? " of the sample" : "");
        if (f->levels.n > 0)
            ss_buf_printf(&what, "; rows by level, %zu counts", f->levels.n);
        put_nulls(&what, f->nulls, f->count);
        ss_layout_to(l, 2);
        ss_layout_cell(l, ss_printable(scratch, f->constraint), NAME_WIDTH + TYPE_WIDTH - 1, false);
        ss_layout_to(l, NAME_WIDTH + TYPE_WIDTH + 2);
        ss_layout_text(l, ss_buf_text(&what), NAME_WIDTH + TYPE_WIDTH + 2);
        ss_layout_end(l);
        ss_buf_done(&what);
        ss_histogram_of_children(l, f, scratch);
    }
}

/* By which engine the columns were learnt together, and how much that tells of people it had not seen. */
static void
put_dependence(ss_layout *l, const ss_dependence *d)
{
    const ss_engine_score *own = ss_dependence_score(d, d->engine);
    const ss_engine_score *alone = ss_dependence_score(d, &ss_engine_independence);
    ss_buf what = {0};

    ss_buf_printf(&what, "%zu variables together by %s, %zu counts%s", d->n, d->engine->name,
                  ss_dependence_ncounts(d), d->sampled ? " of the sample" : "");
    if (own != NULL && alone != NULL)
        ss_buf_printf(&what,
                      "; a row of people held out is %.2f nats likelier than by columns alone",
                      (double) (own->millinats - alone->millinats) / 1000);
    for (size_t i = 0; i < d->nscores; i++)
        ss_buf_printf(&what, "%s%s %.2f, %u%s",
                      i == 0 ? "; judged by them (nats a row; of 100 drawn rows, how many are told "
                               "from theirs, where 50 is chance): "
                             : "; ",
                      d->scores[i].engine->name, (double) d->scores[i].millinats / 1000,
                      (unsigned) d->scores[i].detector,
                      d->scores[i].given_up ? " (from a few rows, and given up)" : "");
    ss_layout_to(l, 2);
    ss_layout_cell(l, "dependence", NAME_WIDTH - 2, false);
    ss_layout_to(l, NAME_WIDTH + TYPE_WIDTH + 2);
    ss_layout_text(l, ss_buf_text(&what), NAME_WIDTH + TYPE_WIDTH + 2);
    ss_layout_end(l);
    ss_buf_done(&what);
}

/* Numbers that go together inside of their bins too. */
static void
put_beside(ss_layout *l, const ss_model_entry *e, const ss_dependence *d, ss_arena *scratch)
{
    for (size_t i = 0; i < d->n; i++)
    {
        const ss_book *b = d->variables[i].book;

        if (b == NULL || b->rho == 0)
            continue;
        ss_layout_to(l, 2);
        ss_layout_cell(l, "inside of bins", NAME_WIDTH - 2, false);
        ss_layout_to(l, NAME_WIDTH + 1);
        ss_layout_text(l,
                       ss_strf(scratch, "%s with %s, correlation %s.%03d",
                               ss_printable(scratch, e->columns[b->column]),
                               ss_printable(scratch, e->columns[b->beside]), b->rho < 0 ? "-" : "",
                               b->rho < 0 ? -b->rho : b->rho),
                       NAME_WIDTH + 1);
        ss_layout_end(l);
    }
}

/* What is drawn of a row besides its columns: how it stands to others. */
static void
put_between_rows(ss_layout *l, const ss_model_entry *e, const ss_dependence *d, ss_arena *scratch)
{
    ss_buf what = {0};

    for (size_t i = 0; i < d->n; i++)
    {
        const ss_variable *v = &d->variables[i];

        if (v->kind == SS_VARIABLE_COLUMN || ss_variable_is_given(v))
            continue;
        ss_buf_printf(&what, "%s%s", what.len == 0 ? "" : "; ",
                      ss_printable(scratch, ss_variable_name(v, e->columns, scratch)));
    }
    if (what.len > 0)
    {
        ss_layout_to(l, 2);
        ss_layout_cell(l, "between rows", NAME_WIDTH - 2, false);
        ss_layout_to(l, NAME_WIDTH + TYPE_WIDTH + 2);
        ss_layout_text(l, ss_buf_text(&what), NAME_WIDTH + TYPE_WIDTH + 2);
        ss_layout_end(l);
    }
    ss_buf_done(&what);
}

static void
put_rules(ss_layout *l, const ss_model_entry *e, const ss_model_table *t, ss_arena *scratch)
{
    for (size_t i = 0; i < t->nrules; i++)
    {
        const ss_rule *rule = &t->rules[i];

        ss_layout_to(l, 2);
        ss_layout_cell(l, "rule", NAME_WIDTH - 2, false);
        ss_layout_to(l, NAME_WIDTH + 1);
        ss_layout_text(l,
                       ss_strf(scratch, "%s (~%s rows%s)",
                               ss_printable(scratch, ss_rule_name(rule, e->columns, scratch)),
                               ss_text_count(scratch, rule->rows),
                               rule->exceptions ? ", a few exceptions" : ""),
                       NAME_WIDTH + 1);
        ss_layout_end(l);
    }
}

/* Where not all rows were read, what counts are. */
static const char *
share_text(const ss_model_table *t, ss_arena *scratch)
{
    if (t->halved == 0)
        return "";
    return ss_strf(scratch, "; all counts are estimates, from one of %llu %s", 1ULL << t->halved,
                   t->counted == SS_COUNTED_PEOPLE ? "people" : "keys");
}

/* "postcode decides city and country: 812 values told, rarer ones follow city, country" */
static void
put_mapping(ss_buf *out, const ss_mapping *m, const char *const *names)
{
    const size_t told = ss_mapping_told(m);

    ss_buf_puts(out, names[m->columns[0]]);
    if (m->ndeterminants == 2)
        ss_buf_printf(out, " and %s", names[m->columns[1]]);
    ss_buf_puts(out, m->ndeterminants == 2 ? " decide " : " decides ");
    for (size_t i = m->ndeterminants; i < m->ncolumns; i++)
        ss_buf_printf(out, "%s%s",
                      i == m->ndeterminants  ? ""
                      : i + 1 == m->ncolumns ? " and "
                                             : ", ",
                      names[m->columns[i]]);
    ss_buf_printf(out, ": %zu %s%s told", told, m->ndeterminants == 2 ? "pair" : "value",
                  told == 1 ? "" : "s");
    if (m->exceptions)
        ss_buf_puts(out, ", with a few exceptions");
    for (size_t i = 1; i < m->nlevels; i++)
        ss_buf_printf(out, "%s%s", i == 1 ? ", rarer ones follow " : ", then ",
                      names[m->columns[m->levels[i]]]);
    if (m->rest > 0)
        ss_buf_printf(out, ", %.0f rows nothing", (double) m->rest);
}

static void
put_mappings(ss_layout *l, const ss_model_entry *e, const ss_model_table *t, ss_arena *scratch)
{
    for (size_t i = 0; i < t->nmappings; i++)
    {
        ss_buf what = {0};

        put_mapping(&what, &t->mappings[i], e->columns);
        ss_layout_to(l, 2);
        ss_layout_cell(l, "mapping", NAME_WIDTH - 2, false);
        ss_layout_to(l, NAME_WIDTH + 1);
        ss_layout_text(l, ss_printable(scratch, ss_buf_text(&what)), NAME_WIDTH + 1);
        ss_layout_end(l);
        ss_buf_done(&what);
    }
}

static json_t *
mappings_json(const ss_model_entry *e, const ss_model_table *t)
{
    json_t *list = json_array();

    for (size_t i = 0; i < t->nmappings; i++)
    {
        ss_buf what = {0};

        put_mapping(&what, &t->mappings[i], e->columns);
        (void) json_array_append_new(
            list, json_pack("{s:s, s:I, s:I}", "learnt", ss_buf_text(&what), "told",
                            (json_int_t) ss_mapping_told(&t->mappings[i]), "tokens",
                            (json_int_t) t->mappings[i].ntokens));
        ss_buf_done(&what);
    }
    return list;
}

/* Of a table of people: who is set aside for the privacy tests. */
static const char *
control_text(const ss_model_table *t, ss_arena *scratch)
{
    if (t->control == SS_CONTROL_NONE)
        return "";
    return t->control == SS_CONTROL_SET_ASIDE
               ? ss_strf(scratch, "; one person in %d is set aside for the privacy tests",
                         SS_CONTROL_ONE_IN)
               : ss_strf(scratch, "; nobody is set aside for the privacy tests (%s)",
                         ss_control_state_name(t->control));
}

static void
put_table(ss_layout *l, const ss_model_entry *e, const ss_model_table *t, ss_arena *scratch)
{
    ss_layout_end(l);
    ss_layout_cell(l, ss_printable(scratch, t->label), NAME_WIDTH, false);
    ss_layout_to(l, NAME_WIDTH + 1);
    ss_layout_cell(l, ss_mode_name(e->plan.mode), MODE_WIDTH, false);
    ss_layout_to(l, NAME_WIDTH + MODE_WIDTH + 2);
    if (t->columns != NULL)
        ss_layout_text(l,
                       ss_strf(scratch, "~%s rows, counted by %s; role: %s%s%s%s",
                               ss_text_count(scratch, t->rows), ss_counted_name(t->counted),
                               ss_role_name(t->role), t->shape_only ? "; shapes only" : "",
                               share_text(t, scratch), control_text(t, scratch)),
                       NAME_WIDTH + MODE_WIDTH + 2);
    else if (e->reference != NULL)
        ss_layout_text(l, ss_strf(scratch, "verbatim in %s", ss_printable(scratch, e->reference)),
                       NAME_WIDTH + MODE_WIDTH + 2);
    ss_layout_end(l);
    put_columns(l, e, t, scratch);
    put_references(l, t, scratch);
    put_rules(l, e, t, scratch);
    put_mappings(l, e, t, scratch);
    if (t->dependence == NULL)
        return;
    put_dependence(l, t->dependence);
    put_beside(l, e, t->dependence, scratch);
    put_between_rows(l, e, t->dependence, scratch);
}

static size_t
total_counts(const ss_model *model)
{
    size_t n = 0;

    for (size_t t = 0; t < model->ntables; t++)
        n += counts_of_table(&model->tables[t]);
    return n;
}

void
ss_inspect_model_text(const ss_model_file *file, const char *folder, size_t width, ss_buf *out)
{
    ss_arena *scratch = ss_arena_new(NULL);
    ss_layout l = ss_layout_of(out, width);
    const size_t below = declared_below(file->model);

    ss_layout_text(&l,
                   ss_strf(scratch, "Model in %s, learnt from %s (PostgreSQL %d) by %s",
                           ss_printable(scratch, folder), ss_printable(scratch, file->source),
                           file->server_version / 10000, ss_printable(scratch, file->policy_file)),
                   2);
    ss_layout_end(&l);
    ss_layout_text(
        &l,
        ss_strf(scratch,
                "%s counts were checked: each is a multiple of 5, and none is below %zu, which %zu "
                "are rounded to.",
                ss_text_count(scratch, total_counts(file->model)),
                (size_t) ss_people_least(file->model->people), (size_t) file->model->people),
        2);
    ss_layout_end(&l);
    put_counted(&l, file->model, scratch);
    if (below > 0)
    {
        ss_layout_text(&l,
                       ss_strf(scratch,
                               "%zu value%s that the schema itself declares %s rarer, and it says "
                               "\"<k\" of %s and nothing more.",
                               below, below == 1 ? "" : "s", below == 1 ? "is" : "are",
                               below == 1 ? "it" : "them"),
                       2);
        ss_layout_end(&l);
    }
    for (size_t t = 0; t < file->nentries; t++)
        put_table(&l, &file->entries[t], &file->model->tables[t], scratch);
    ss_arena_free(scratch);
}

/* The column whose value inside of its bin goes with this one's, and the correlation; or NULL. */
static json_t *
beside_json(const ss_model_entry *e, const ss_dependence *d, size_t column)
{
    for (size_t i = 0; d != NULL && i < d->n; i++)
    {
        const ss_book *b = d->variables[i].book;

        if (b != NULL && b->rho != 0 && b->column == column)
            return json_pack("{s:s, s:f}", "column", e->columns[b->beside], "correlation",
                             (double) b->rho / 1000);
    }
    return NULL;
}

/* What is learnt together. */
static json_t *
variables_json(const ss_model_entry *e, const ss_dependence *d)
{
    ss_arena *scratch = ss_arena_new(NULL);
    json_t *list = json_array();

    for (size_t i = 0; i < d->n; i++)
        (void) json_array_append_new(
            list,
            json_pack("{s:s, s:b}", "name", ss_variable_name(&d->variables[i], e->columns, scratch),
                      "given", (int) ss_variable_is_given(&d->variables[i])));
    ss_arena_free(scratch);
    return list;
}

json_t *
ss_inspect_model_json(const ss_model_file *file, const char *folder)
{
    json_t *tables = json_array();

    for (size_t t = 0; t < file->nentries; t++)
    {
        const ss_model_entry *e = &file->entries[t];
        const ss_model_table *m = &file->model->tables[t];
        json_t *columns = json_array();
        json_t *table;

        for (size_t c = 0; c < e->ncolumns; c++)
        {
            ss_buf what = {0};

            if (m->columns != NULL)
                put_marginal(&what, &m->columns[c]);
            (void) json_array_append_new(
                columns,
                json_pack("{s:s, s:s, s:s, s:s, s:b, s:s, s:o*}", "name", e->columns[c], "type",
                          e->types[c], "class", ss_class_name(e->plan.columns[c].class),
                          "treatment", ss_treatment_name(e->plan.columns[c].treatment), "undecided",
                          e->plan.columns[c].undecided, "learnt", ss_buf_text(&what),
                          "inside_bins_with", beside_json(e, m->dependence, c)));
            ss_buf_done(&what);
        }
        table =
            json_pack("{s:s, s:s, s:I, s:o}", "table", m->label, "mode", ss_mode_name(e->plan.mode),
                      "counts", (json_int_t) counts_of_table(m), "columns", columns);
        if (m->columns != NULL)
        {
            (void) json_object_set_new(table, "rows", json_integer((json_int_t) m->rows));
            (void) json_object_set_new(table, "role", json_string(ss_role_name(m->role)));
            (void) json_object_set_new(table, "counted", json_string(ss_counted_name(m->counted)));
            (void) json_object_set_new(table, "shape_only", json_boolean(m->shape_only));
            if (m->halved > 0)
                (void) json_object_set_new(table, "one_in", json_integer(INT64_C(1) << m->halved));
            if (m->nmappings > 0)
                (void) json_object_set_new(table, "mappings", mappings_json(e, m));
            if (m->control != SS_CONTROL_NONE)
                (void) json_object_set_new(table, "control", ss_control_json(m->control));
        }
        if (m->dependence != NULL)
            (void) json_object_set_new(table, "variables", variables_json(e, m->dependence));
        if (e->reference != NULL)
            (void) json_object_set_new(table, "reference", json_string(e->reference));
        (void) json_array_append_new(tables, table);
    }
    return json_pack("{s:o, s:s, s:i, s:s, s:s, s:I, s:I, s:I, s:o}", "model", ss_json_text(folder),
                     "source", file->source, "server_version", file->server_version, "policy",
                     file->policy_file, "policy_digest", file->policy_digest, "people",
                     (json_int_t) file->model->people, "counts_checked",
                     (json_int_t) total_counts(file->model), "declared_below_k",
                     (json_int_t) declared_below(file->model), "tables", tables);
}
