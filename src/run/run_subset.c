#include "run/run_subset.h"

#include "base/text.h"
#include "base/try.h"
#include "base/watch.h"

ss_code
ss_run_judge_subset(ss_plan *plan, const ss_source *source, ss_arena *arena, ss_error *err)
{
    const ss_place *place;
    size_t capacity = plan->nfindings;
    ss_error refusal = {0};
    const ss_code code = ss_subset_try_condition(plan, source->snapshot, arena, &refusal);

    if (code == SS_OK)
        return SS_OK;
    if (code != SS_EMEND)
    {
        *err = refusal;
        return code;
    }
    place = &plan->policy->subset->place;
    plan->findings =
        ss_grow(arena, plan->findings, plan->nfindings, &capacity, sizeof *plan->findings);
    plan->findings[plan->nfindings++] = (ss_finding){
        .severity = SS_FINDING_STOPS,
        .code = SS_EMEND,
        .what = SS_WHAT_UNFIT,
        .about = "policy",
        .object = ss_printable(arena, plan->policy->subset->of),
        .place = ss_strf(arena, "%s:%zu:%zu", place->file, place->line, place->column),
        .text =
            ss_strf(arena, "subset: the source does not take the condition where: (SQLSTATE %s)",
                    refusal.sqlstate),
        .mend = "an SQL expression over the columns of the table under of:, such as \"segment = "
                "'trade'\""};
    plan->nstops++;
    return SS_OK;
}

static void
tell_unknown(ss_build *b)
{
    const char *file = b->plan->subset->policy->leave_out;

    if (b->report.asked_unknown == 0)
        return;
    ss_build_add_findings(
        b,
        &(ss_finding){.severity = SS_FINDING_WARNS,
                      .about = "source",
                      .object = ss_printable(b->arena, b->report.subset_of),
                      .place = "",
                      .mend = "look whether they are written as the keys are",
                      .text = ss_strf(b->arena,
                                      "%zu of %zu keys in %s are nobody's of the source: whoever "
                                      "was meant is not left out",
                                      b->report.asked_unknown, b->report.asked_to_leave_out,
                                      ss_printable(b->arena, file))},
        1);
}

ss_code
ss_run_choose_subset(const ss_build *b, const ss_watch *watch, ss_arena *arena, ss_subset **subset,
                     ss_error *err)
{
    const ss_subset_options options = {.snapshot = b->source->snapshot,
                                       .keys = b->keys,
                                       .folder = b->folder,
                                       .jobs = b->jobs,
                                       .watch = watch};

    return ss_subset_choose(b->plan, &options, arena, subset, err);
}

void
ss_run_tell_subset(ss_build *b, ss_subset *subset)
{
    b->subset = subset;
    b->report.subset_of = b->source->catalog->tables[b->plan->subset->of].label;
    ss_subset_asked(b->subset, &b->report.asked_to_leave_out, &b->report.asked_unknown);
    tell_unknown(b);
}

const ss_report_subset *
ss_run_subset_of(const ss_build *b, size_t table)
{
    ss_report_subset *r = ss_alloc(b->arena, 1, sizeof *r);
    ss_subset_counts counts;

    if (b->subset == NULL || !ss_subset_count(b->subset, table, &counts))
        return NULL;
    *r = (ss_report_subset){.source = counts.source,
                            .taken = counts.taken,
                            .needed = counts.needed,
                            .left_out = counts.left_out,
                            .cut = counts.cut};
    return r;
}
