/* Normal scores in whole numbers: against GSL's quantiles, from end to end. */
#include "unit/check.h"

#include <math.h>

#include <gsl/gsl_cdf.h>

#include "stats/normal_score.h"

static void
it_is_the_quantile_and_never_descends(void **state)
{
    int32_t last = INT32_MIN;

    (void) state;
    for (uint64_t u = 0; u <= UINT32_MAX; u += u < 5000 || u > UINT32_MAX - 5000 ? 1 : 4001)
    {
        const int32_t score = ss_normal_score((uint32_t) u);
        const double truth = gsl_cdf_ugaussian_Pinv(((double) u + 0.5) / 4294967296.0);

        assert_true(fabs(score - truth * SS_NORMAL_ONE) < 1);
        assert_true(score >= last);
        last = score;
        assert_int_equal(ss_normal_score(UINT32_MAX - (uint32_t) u), -score);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_the_quantile_and_never_descends)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
