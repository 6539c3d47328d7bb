/* Search vectors (tsvector) of changed tables: load makes them anew where a trigger tells of which texts; else they are empty. */
#include "pseudonymise/pseudonymise_internal.h"

bool
ss_is_search_vector(const ss_catalog *catalog, const ss_column *column)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);

    return base != SS_NONE && column->generated == SS_GENERATED_NOT &&
           ss_type_is(&catalog->types[base], "tsvector");
}

/* A text that is not the source's, among those that it is made of, or, where nobody knows these, among all. */
static const ss_column *
changed_text(const ss_table_steps *t, const ss_search_vector *v)
{
    const ss_catalog *catalog = t->of->plan->catalog;

    for (size_t i = 0; i < t->nsteps; i++)
    {
        const ss_column *column = &t->table->columns[t->steps[i].column];
        const size_t base = ss_catalog_base_type(catalog, column->type);

        if (t->steps[i].act != SS_STEP_PASS && base != SS_NONE &&
            ss_type_is_text(&catalog->types[base]) &&
            (v == NULL || ss_attnums_hold(v->attnums, v->ncolumns, column->attnum)))
            return column;
    }
    return NULL;
}

void
ss_pseudonyms_judge_vectors(ss_pseudonyms *p, const ss_table_steps *t)
{
    for (size_t i = 0; i < t->nsteps && !t->table->is_partition; i++)
    {
        const ss_step *s = &t->steps[i];
        const ss_column *column = &t->table->columns[s->column], *text;
        const ss_search_vector *v = ss_table_search_vector(t->table, column->attnum);

        if (!ss_is_search_vector(p->plan->catalog, column))
            continue;
        text = changed_text(t, v);
        if (s->act == SS_STEP_KIND && s->kind == &ss_kind_shape && v == NULL)
            ss_pseudonyms_find(p, SS_FINDING_WARNS, SS_WHAT_LEFT_OUT,
                               ss_pseudonyms_label(p, t->table, s->column),
                               "fill it in the sandbox, or make it a generated column",
                               "no trigger of tsvector_update_trigger says of which texts it is "
                               "made: it is empty in the sandbox");
        else if (s->act == SS_STEP_PASS && text != NULL)
            ss_pseudonyms_find(p, v != NULL ? SS_FINDING_STOPS : SS_FINDING_WARNS, SS_WHAT_UNFIT,
                               ss_pseudonyms_label(p, t->table, s->column), "treatment: shape",
                               "it is kept, and %s the words of %s, which is changed",
                               v != NULL ? "holds" : "may hold", text->name);
    }
}
