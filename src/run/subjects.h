/*
 * Whose rows a source holds, as plan proposes it and people are told: tables of people, and what leads to them.
 */
#ifndef SS_RUN_SUBJECTS_H
#define SS_RUN_SUBJECTS_H

#include <jansson.h>

#include "policy/write.h"
#include "run/source.h"

/* Of every table, by names, types and, unless options say otherwise, values, which stay with the source's server. */
ss_code ss_look_at_subjects(const ss_options *options, const ss_source *source,
                            const ss_watch *watch, ss_arena *arena,
                            const ss_subject_proposal **subjects, ss_error *err);

/* One line: "People: public.customer; 4 tables lead to them."  empty_why: per table, of those that stay empty; not told. */
void ss_subjects_text(const ss_catalog *catalog, const ss_subject_proposal *subjects,
                      const char *const *empty_why, ss_arena *arena, ss_buf *out);

/* Those that are of people or lead to them: table, self, columns, references, why. */
json_t *ss_subjects_json(const ss_catalog *catalog, const ss_subject_proposal *subjects);

#endif
