/* What is looked for in the texts that are redacted, and which columns' pseudonyms stand there. */
#include <string.h>

#include "pseudonymise/pseudonymise_internal.h"

static bool
is_redacted(const ss_step *s)
{
    return s->act == SS_STEP_KIND && s->kind == &ss_kind_redact;
}

/* Is the row's value in that column to be looked for in its texts? */
static bool
is_looked_for(const ss_table_steps *t, const ss_step *s)
{
    const bool replaced = s->act == SS_STEP_KIND && s->kind != NULL && s->kind != &ss_kind_shape &&
                          s->kind != &ss_kind_redact;

    switch (t->plan->columns[s->column].class)
    {
    case SS_CLASS_DIRECT_IDENTIFIER:
        return s->act != SS_STEP_PASS && !is_redacted(s);
    case SS_CLASS_KEY:
    case SS_CLASS_QUASI_IDENTIFIER:
        return replaced && (s->kind != &ss_kind_generalise ||
                            ss_type_is(&s->about.catalog->types[s->about.type.type], "date"));
    case SS_CLASS_UNDECIDED:
    case SS_CLASS_SPECIAL_CATEGORY:
    case SS_CLASS_SECRET:
    case SS_CLASS_FREE_TEXT:
    case SS_CLASS_NON_PERSONAL:
        return false;
    }
    return false;
}

static void
look_for(ss_table_steps *t, const ss_table_steps *in, size_t people)
{
    for (size_t i = 0; i < in->nsteps; i++)
    {
        const ss_step *s = &in->steps[i];

        if (is_looked_for(in, s) && (people == SS_NONE || s->kind != &ss_kind_document))
            t->own[t->nown++] = (ss_own_column){.step = s,
                                                .people = people,
                                                .in = SS_NONE,
                                                .value_in = SS_NONE,
                                                .locale_in = SS_NONE};
    }
}

void
ss_redact_plan(ss_pseudonyms *p, ss_table_steps *t)
{
    size_t n = t->nsteps;
    bool any = false;

    for (size_t i = 0; i < t->nsteps; i++)
    {
        if (!is_redacted(&t->steps[i]))
            continue;
        any = true;
        if (!t->table->is_partition)
            ss_pseudonyms_find(
                p, SS_FINDING_WARNS, SS_WHAT_PERSONAL_KEEP,
                ss_pseudonyms_label(p, t->table, t->steps[i].column),
                "treatment: shape, where nobody may be recognised",
                "its texts leave, with what is found of people in them replaced: how "
                "much is not found nobody knows");
    }
    if (!any)
        return;
    ss_subject_people(t, SS_TABLE_ALIAS);
    for (size_t i = 0; i < t->npeople; i++)
        n += t->people[i].steps->nsteps;
    t->own = ss_alloc(p->arena, n + 1, sizeof *t->own);
    look_for(t, t, SS_NONE);
    for (size_t i = 0; i < t->npeople; i++)
        look_for(t, t->people[i].steps, i);
}

/* The first column of the kind, in the table itself or in that of the people whose rows they are, or else in any. */
static const ss_step *
column_of_kind(const ss_pseudonyms *p, const ss_table_steps *t, const ss_kind *kind)
{
    const ss_step *other = NULL;

    for (size_t i = 0; i < p->plan->catalog->ntables; i++)
    {
        const ss_table_steps *in = p->tables[i];

        for (size_t k = 0; in != NULL && k < in->nsteps; k++)
        {
            const ss_step *s = &in->steps[k];

            if (s->act != SS_STEP_KIND || s->kind != kind)
                continue;
            if (in == t)
                return s;
            if (other == NULL ||
                (t->subject_table != NULL && strcmp(in->table->label, t->subject_table) == 0))
                other = s;
        }
    }
    return other;
}

static void
link_step(const ss_pseudonyms *p, const ss_table_steps *t, ss_step *s)
{
    const ss_kind_column **found = ss_alloc(p->arena, SS_REDACT_KINDS_MAX, sizeof *found);
    const ss_kind *kind;

    for (size_t i = 0; (kind = ss_redact_kind(i)) != NULL; i++)
    {
        const ss_step *of = kind->by_subject ? NULL : column_of_kind(p, t, kind);
        ss_kind_column *about = ss_alloc(p->arena, 1, sizeof *about);

        /* Written as text, whatever the column's type. */
        if (of != NULL)
        {
            *about = of->about;
            if (!ss_type_is_text(&about->catalog->types[about->type.type]))
                about->limit = SIZE_MAX;
            about->type = s->about.type;
            about->codec = s->about.codec;
        }
        if (of == NULL || kind->refusal(about, p->arena) != NULL)
            *about = (ss_kind_column){.catalog = s->about.catalog,
                                      .type = s->about.type,
                                      .codec = s->about.codec,
                                      .group = "",
                                      .limit = SIZE_MAX,
                                      .low = INT64_MIN,
                                      .high = INT64_MAX,
                                      .alone = true,
                                      .locale = s->about.locale};
        found[i] = about;
    }
    s->about.found = found;
}

void
ss_redact_link(ss_pseudonyms *p)
{
    for (size_t i = 0; i < p->plan->catalog->ntables; i++)
    {
        for (size_t k = 0; p->tables[i] != NULL && k < p->tables[i]->nsteps; k++)
        {
            if (is_redacted(&p->tables[i]->steps[k]))
                link_step(p, p->tables[i], &p->tables[i]->steps[k]);
        }
    }
}
