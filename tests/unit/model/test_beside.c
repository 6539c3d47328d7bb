/* What two numbers have to do with each other inside of bins: written, read back, and refused where it cannot be. */
#include "unit/check.h"

#include <stdlib.h>

#include "base/buf.h"
#include "model/dependence.h"

static const char *const names[] = {"colour", "weight", "height"};

static const char good[] =
    "{\"engine\": \"trees\", \"counted\": \"all\", \"compared\": [], \"variables\": ["
    "{\"of\": \"column\", \"column\": \"colour\", \"kind\": \"present\", \"values\": 1, \"nulls\": "
    "true},"
    "{\"of\": \"column\", \"column\": \"weight\", \"kind\": \"bins\", \"values\": 2, \"nulls\": "
    "false, \"edges\": [10], \"spikes\": [], \"family\": \"normal\", \"inside\": [[3], [20]]},"
    "{\"of\": \"column\", \"column\": \"height\", \"kind\": \"bins\", \"values\": 2, \"nulls\": "
    "false, \"edges\": [5], \"spikes\": [], \"family\": \"quantiles\", \"inside\": [[1], [9]], "
    "\"beside\": [\"weight\", -57]}], \"trees\": ["
    "{\"of\": 0, \"shrinkage\": 1, \"nodes\": [{\"cells\": [[0, 0, 20]]}]},"
    "{\"of\": 1, \"shrinkage\": 1, \"nodes\": [{\"cells\": [[0, 0, 20]]}]},"
    "{\"of\": 2, \"shrinkage\": 1, \"nodes\": [{\"cells\": [[0, 0, 20]]}]}]}";

static ss_code
read(const char *text, ss_arena *arena, ss_dependence **d, ss_error *err)
{
    json_t *json = json_loads(text, 0, NULL);
    ss_code code;

    assert_non_null(json);
    *err = (ss_error){0};
    code = ss_dependence_from_json(json, 11, names, 3, arena, d, err);
    json_decref(json);
    return code;
}

static void
it_is_read_and_written(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_dependence *d;
    ss_error err;
    json_t *back, *before = json_loads(good, 0, NULL);

    (void) state;
    assert_int_equal(read(good, arena, &d, &err), SS_OK);
    assert_int_equal(d->variables[2].book->beside, 1);
    assert_int_equal(d->variables[2].book->rho, -57);
    assert_int_equal(d->variables[1].book->rho, 0);
    back = ss_dependence_json(d, names);
    assert_true(json_equal(back, before));
    json_decref(back);
    json_decref(before);
    ss_arena_free(arena);
}

static void
refused(const char *with)
{
    static const char what[] = "[\"weight\", -57]";
    const char *at = strstr(good, what);
    ss_arena *arena = ss_arena_new(NULL);
    ss_buf text = {0};
    ss_dependence *d;
    ss_error err;

    ss_buf_printf(&text, "%.*s%s%s", (int) (at - good), good, with, at + strlen(what));
    assert_int_equal(read(ss_buf_text(&text), arena, &d, &err), SS_EMEND);
    ss_buf_done(&text);
    ss_arena_free(arena);
}

static void
what_cannot_be_is_refused(void **state)
{
    (void) state;
    refused("[\"weight\", 0]");
    refused("[\"weight\", 1000]");
    refused("[\"weight\", -1000]");
    refused("[\"weight\", 0.5]");
    refused("[\"weight\"]");
    refused("[\"weight\", 5, 5]");
    refused("[1, 5]");
    refused("\"weight\"");
    refused("[\"colour\", 5]");
    refused("[\"height\", 5]");
    refused("[\"girth\", 5]");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_read_and_written),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
