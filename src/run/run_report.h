/* The report of a run that builds a sandbox: filled from what the stages handed back, and written. */
#ifndef SS_RUN_RUN_REPORT_H
#define SS_RUN_RUN_REPORT_H

#include "run/build.h"

/*
 * The sandbox stands under its name: write output/report.json and output/reports/ID.json, and make the closing lines
 * the result.  A report that cannot be written is an error that says that the sandbox is published.
 */
ss_code ss_run_published(ss_build *build, ss_result *result, ss_error *err);

/*
 * The run is over with code: close the target, or abandon what stands half built; a run that got as far
 * as its gates, or whose rows could not be made valid, reports in spite of its failure.
 */
void ss_run_end(ss_build *build, ss_code code, ss_result *result, const ss_error *err);

#endif
