/* Synthetic tables in a run: what is learnt before the target is touched, and made when it stands. */
#ifndef SS_RUN_SYNTHESISE_H
#define SS_RUN_SYNTHESISE_H

#include "model/model.h"
#include "run/build.h"

typedef struct ss_synthesis
{
    const ss_model *model; /* NULL: no table is synthesised */
    unsigned char seed[32];
} ss_synthesis;

/* Fit the tables that the plan synthesises. */
ss_code ss_synthesis_learn(ss_synthesis *synthesis, ss_build *build, ss_error *err);

/* Choose the seed, and keep it in the output folder unless it was given. */
ss_code ss_synthesis_seed(ss_synthesis *synthesis, const ss_build *build, ss_error *err);

/* An ss_build_maker: arg is the synthesis. */
ss_code ss_synthesis_make(ss_build *build, void *arg, const ss_row_source *const **sources,
                          ss_error *err);

#endif
