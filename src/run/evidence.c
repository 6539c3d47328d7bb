#include "run/evidence.h"

#include <string.h>

#include "base/text.h"
#include "classify/about.h"
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

/* path: of the column's document; NULL: the column itself. */
static ss_finding
finding_of(const ss_plan *plan, const ss_table *table, const ss_table_plan *t, size_t c,
           const ss_path_decision *path, const ss_proposal *evidence, ss_arena *arena)
{
    const ss_decision *d = &t->columns[c];
    const char *column =
        ss_printable(arena, ss_policy_label(table->label, table->columns[c].name, arena));
    const char *label = path == NULL
                            ? column
                            : ss_strf(arena, "%s:%s", column, ss_printable(arena, path->path.text));
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
                     ss_class_name(path == NULL ? d->class : path->decision.class),
                     ss_class_name(evidence->class), evidence->why == NULL ? "" : " (",
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

typedef struct judging
{
    ss_plan *plan;
    ss_arena *arena;
    ss_finding *list;
    size_t capacity;
    const ss_classified *const *columns; /* NULL until somebody asks, as about is */
    const ss_about *about;
} judging;

static void
add(judging *j, ss_finding f)
{
    j->list = ss_grow(j->arena, j->list, j->plan->nfindings, &j->capacity, sizeof *j->list);
    j->list[j->plan->nfindings++] = f;
    j->plan->nstops += f.severity == SS_FINDING_STOPS;
}

static void
judge_column(judging *j, size_t t, size_t c)
{
    const ss_table *table = &j->plan->catalog->tables[t];
    const ss_table_plan *plan = &j->plan->tables[t];

    if (!leaves_as_nobodys(plan, &table->columns[c], &plan->columns[c]))
        return;
    if (j->columns == NULL)
        j->columns = ss_classify_columns(j->plan->catalog, NULL, j->arena);
    if (looks_personal(&j->columns[t][c].proposal))
        add(j, finding_of(j->plan, table, plan, c, NULL, &j->columns[t][c].proposal, j->arena));
}

/* By the name of its last key. */
static void
judge_path(judging *j, size_t t, size_t c, const ss_path_decision *p)
{
    const ss_table *table = &j->plan->catalog->tables[t];
    const ss_table_plan *plan = &j->plan->tables[t];
    const char *key = NULL;
    ss_proposal looks;

    for (size_t i = 0; i < p->path.nsteps; i++)
        key = p->path.steps[i].kind == SS_PATH_KEY ? p->path.steps[i].key : key;
    if (key == NULL || p->path.of_keys ||
        !leaves_as_nobodys(plan, &table->columns[c], &p->decision))
        return;
    if (j->about == NULL)
        j->about = ss_classify_about(j->plan->catalog, j->arena);
    looks = ss_classify_key(j->plan->catalog, j->about, t, c, key, j->arena);
    if (looks_personal(&looks))
        add(j, finding_of(j->plan, table, plan, c, p, &looks, j->arena));
}

void
ss_evidence_judge(ss_plan *plan, ss_arena *arena)
{
    const ss_catalog *catalog = plan->catalog;
    judging j = {.plan = plan, .arena = arena, .capacity = plan->nfindings};

    j.list = ss_alloc(arena, j.capacity + 1, sizeof *j.list);
    if (plan->nfindings > 0)
        memcpy(j.list, plan->findings, plan->nfindings * sizeof *j.list);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        for (size_t c = 0; c < catalog->tables[t].ncolumns && !catalog->tables[t].is_partition; c++)
        {
            const ss_decision *d = &plan->tables[t].columns[c];

            judge_column(&j, t, c);
            for (size_t i = 0; i < d->npaths; i++)
                judge_path(&j, t, c, &d->paths[i]);
        }
    }
    plan->findings = j.list;
}
