#include "run/evidence.h"

#include <string.h>

#include "base/text.h"
#include "classify/column.h"

static bool
looks_personal(const ss_proposal *p)
{
    return p->confidence >= SS_CONFIDENCE_MEDIUM &&
           (p->class == SS_CLASS_DIRECT_IDENTIFIER || p->class == SS_CLASS_SPECIAL_CATEGORY ||
            p->class == SS_CLASS_SECRET || p->class == SS_CLASS_QUASI_IDENTIFIER);
}

/* Somebody said that the values are nobody's, and they leave. */
static bool
leaves_as_nobodys(const ss_table_plan *t, const ss_column *column, const ss_decision *d)
{
    return (t->mode == SS_MODE_KEEP || t->mode == SS_MODE_PSEUDONYMISE) &&
           column->generated == SS_GENERATED_NOT && !d->undecided &&
           (d->treatment == SS_TREAT_KEEP || d->treatment == SS_TREAT_GENERALISE) &&
           (d->class == SS_CLASS_NON_PERSONAL || d->class == SS_CLASS_KEY);
}

static ss_finding
finding_of(const ss_plan *plan, const ss_table *table, const ss_table_plan *t, size_t c,
           const ss_proposal *evidence, ss_arena *arena)
{
    const ss_decision *d = &t->columns[c];
    const char *label =
        ss_printable(arena, ss_policy_label(table->label, table->columns[c].name, arena));
    const bool is_signed = d->signed_by != NULL || t->signed_by != NULL;
    /* A kept table is signed as a whole, a column without an entry where its rule is. */
    const char *object = t->mode == SS_MODE_KEEP ? table->label
                         : d->rule != NULL
                             ? ss_policy_rule_name(d->rule, arena)
                             : ss_policy_label(table->label, table->columns[c].name, arena);
    ss_finding f = {.severity = SS_FINDING_STOPS,
                    .code = SS_EREFUSED,
                    .what = SS_WHAT_PERSONAL_KEEP,
                    .about = "policy",
                    .object = label,
                    .place = "",
                    .mend = ss_strf(arena, "%s, or class it %s",
                                    ss_policy_sign_command(plan->policy->file, object, arena),
                                    ss_class_name(evidence->class))};

    f.text = ss_strf(arena, "it leaves with its values as %s, and looks like %s%s%s%s",
                     ss_class_name(d->class), ss_class_name(evidence->class),
                     evidence->why == NULL ? "" : " (",
                     evidence->why == NULL ? "" : ss_printable(arena, evidence->why),
                     evidence->why == NULL ? "" : ")");
    if (is_signed)
    {
        f.severity = SS_FINDING_INFO;
        f.code = SS_OK;
        f.text = ss_strf(arena, "%s: signed by %s", f.text,
                         ss_printable(arena, d->signed_by != NULL ? d->signed_by : t->signed_by));
        f.mend = "";
    }
    else if (plan->policy->require_signoff == SS_SIGNOFF_NONE)
    {
        f.severity = SS_FINDING_WARNS;
        f.code = SS_OK;
    }
    return f;
}

void
ss_evidence_judge(ss_plan *plan, ss_arena *arena)
{
    const ss_catalog *catalog = plan->catalog;
    const ss_classified *const *columns = NULL;
    size_t capacity = plan->nfindings;
    ss_finding *list = ss_alloc(arena, capacity + 1, sizeof *list);

    if (plan->nfindings > 0)
        memcpy(list, plan->findings, plan->nfindings * sizeof *list);
    for (size_t i = 0; i < catalog->ntables; i++)
    {
        const ss_table *table = &catalog->tables[i];
        const ss_table_plan *t = &plan->tables[i];

        if (table->is_partition)
            continue;
        for (size_t c = 0; c < table->ncolumns; c++)
        {
            if (!leaves_as_nobodys(t, &table->columns[c], &t->columns[c]))
                continue;
            if (columns == NULL)
                columns = ss_classify_columns(catalog, NULL, arena);
            if (!looks_personal(&columns[i][c].proposal))
                continue;
            list = ss_grow(arena, list, plan->nfindings, &capacity, sizeof *list);
            list[plan->nfindings] = finding_of(plan, table, t, c, &columns[i][c].proposal, arena);
            plan->nstops += list[plan->nfindings].severity == SS_FINDING_STOPS;
            plan->nfindings++;
        }
    }
    plan->findings = list;
}
