/* What documents hold, as JSON: what is read is written again, and what breaks the rule of k, or fits nothing, is refused. */
#include "unit/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "model/document.h"

#define K 11

/* An order has items, a visit has none; counters' keys are data. */
static const char sound[] =
    "[{\"path\": \"$\", \"type\": \"object\", \"count\": 100, \"keys\": [\".items\", \".kind\"], "
    "\"variants\": {\"cells\": [[2, 40], [3, 60]]}, \"by\": \".kind\", "
    "\"decides\": {\"cells\": [[1, 60], [1024, 40]]}},"
    " {\"path\": \"$.counters\", \"type\": \"object\", \"count\": 70, "
    "\"marginal\": {\"kind\": \"shape\", \"count\": 140, \"nulls\": 0, \"lengths\": [[8, 140]], "
    "\"alphabets\": [[1, 140]]}, "
    "\"habits\": {\"counted\": \"sample\", \"letter_case\": {\"cells\": [[1, 140]]}}, "
    "\"sizes\": {\"cells\": [[2, 70]]}},"
    " {\"path\": \"$.counters.*\", \"type\": \"null\", \"count\": 30},"
    " {\"path\": \"$.counters.*\", \"type\": \"number\", \"count\": 110, "
    "\"marginal\": {\"kind\": \"quantiles\", \"count\": 110, \"nulls\": 0, \"scale\": 2, "
    "\"values\": [[100, 50], [250, 60]]}},"
    " {\"path\": \"$.items\", \"type\": \"array\", \"count\": 60, "
    "\"sizes\": {\"cells\": [[0, 20], [3, 25]], \"rest\": 15}},"
    " {\"path\": \"$.items[*]\", \"type\": \"boolean\", \"count\": 75, "
    "\"marginal\": {\"kind\": \"declared\", \"count\": 75, \"nulls\": 0, \"values\": [[0, 75], [1, "
    "\"<k\"]]}},"
    " {\"path\": \"$.kind\", \"type\": \"string\", \"count\": 100, "
    "\"marginal\": {\"kind\": \"categories\", \"count\": 100, \"nulls\": 0, \"values\": "
    "[[\"order\", "
    "60], [\"visit\", 40]], \"lengths\": [[5, 100]], \"alphabets\": [[1, 100]]}}]";

static ss_code
read_text(const char *text, ss_arena *arena, const ss_document **document, ss_error *err)
{
    json_t *json = json_loads(text, 0, NULL);
    ss_code code;

    assert_non_null(json);
    code = ss_document_from_json(json, K, arena, document, err);
    json_decref(json);
    return code;
}

static void
what_is_read_is_written(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_document *d = NULL;
    json_t *again, *json = json_loads(sound, 0, NULL);
    ss_error err;

    (void) state;
    assert_int_equal(read_text(sound, arena, &d, &err), SS_OK);
    assert_int_equal(d->n, 7);
    assert_int_equal(d->nodes[0].variants.cells.cells[1].number, 3);
    assert_string_equal(d->nodes[0].by, ".kind");
    assert_int_equal(d->nodes[1].marginal->habits->told[SS_HABIT_LETTER_CASE].cells.n, 1);
    assert_int_equal(d->nodes[3].marginal->scale, 2);
    assert_int_equal(d->nodes[4].sizes.rest, 15);
    assert_int_equal(ss_document_ncounts(d), 30);
    again = ss_document_json(d);
    assert_true(json_equal(json, again));
    json_decref(again);
    json_decref(json);
    ss_arena_free(arena);
}

/* The first from in it replaced. */
static void
refused(const char *from, const char *to, const char *says)
{
    const char *at = strstr(sound, from);
    const size_t n = sizeof sound + strlen(to);
    ss_arena *arena = ss_arena_new(NULL);
    const ss_document *d = NULL;
    char *bad = malloc(n);
    ss_error err;

    assert_non_null(at);
    (void) snprintf(bad, n, "%.*s%s%s", (int) (at - sound), sound, to, at + strlen(from));
    assert_int_equal(read_text(bad, arena, &d, &err), SS_EMEND);
    assert_null(d);
    if (strstr(err.line[0], says) == NULL)
        fail_msg("\"%s\" should say \"%s\"", err.line[0], says);
    for (size_t i = 0; i < err.depth; i++)
        assert_null(strstr(err.line[i], "visit"));
    free(bad);
    ss_arena_free(arena);
}

static void
what_fewer_than_k_have_is_refused(void **state)
{
    (void) state;
    refused("\"count\": 100", "\"count\": 5", "with k behind it");
    refused("\"count\": 100", "\"count\": 101", "with k behind it");
    refused("\"count\": 100", "\"count\": \"100\"", "with k behind it");
    refused("[2, 40]", "[2, 5]", "fewer than k");
    refused("[2, 40]", "[2, \"<k\"]", "fewer than k");
    refused("[1024, 40]", "[1024, 5]", "fewer than k");
    refused("\"rest\": 15", "\"rest\": 5", "with k behind it");
    refused("[0, 20]", "[0, 21]", "multiple of 5");
    refused("[\"visit\", 40]", "[\"visit\", 5]", "fewer than k");
    refused("[100, 50]", "[100, \"<k\"]", "fewer than k");
    refused("[1, 140]", "[1, 5]", "fewer than k");
}

static void
what_fits_nothing_is_refused(void **state)
{
    (void) state;
    refused("\"$.kind\"", "\"kind\"", "no path");
    refused("\"$.kind\"", "\"$.ki\\nnd\"", "no path");
    refused("\"type\": \"object\"", "\"type\": \"integer\"", "none of the known ones");
    refused("\"type\": \"object\"", "\"type\": \"object\", \"time\": \"date\"", "not of numbers");
    refused("\"type\": \"number\"", "\"type\": \"number\", \"time\": \"noon\"", "no type of times");
    refused("\"type\": \"null\"", "\"type\": \"number\"", "not in order");
    refused("\"path\": \"$.items\"", "\"path\": \"$.zebra\"", "not in order");
    refused("\"kind\": \"categories\"", "\"kind\": \"shape\"", "another type");
    refused("\"kind\": \"declared\"", "\"kind\": \"quantiles\"", "fewer than k");
    refused("\"kind\": \"shape\"", "\"kind\": \"key\"", "not one of its type");
    refused("\"type\": \"array\"", "\"type\": \"boolean\"", "is of arrays and objects");
    refused("[\".items\", \".kind\"]", "[\".kind\", \".items\"]", "in order");
    refused("[\".items\", \".kind\"]", "[\"items\", \".kind\"]", "in order");
    refused("[\".items\", \".kind\"]", "[]", "none of its values");
    refused("\"keys\": [\".items\", \".kind\"], ", "", "no keys");
    refused("[3, 60]", "[4, 60]", "none of its values");
    refused("[3, 60]", "[-3, 60]", "not in order");
    refused("[1, 60]", "[2, 60]", "no such variant");
    refused("[1024, 40]", "[2048, 40]", "no such value");
    refused("\"by\": \".kind\", ", "", "is not named");
    refused("\"by\": \".kind\"", "\"by\": \".items\"", "is no text");
    refused("\"by\": \".kind\"", "\"by\": \".other\"", "none of the keys");
    refused("\"counted\": \"sample\",", "\"counted\": \"sample\", \"document\": [],",
            "a document within a document");
    refused("\"sizes\"", "\"seizes\"", "no model has");
    refused("\"habits\"", "\"habit\"", "no model has");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_read_is_written),
        cmocka_unit_test(what_fewer_than_k_have_is_refused),
        cmocka_unit_test(what_fits_nothing_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
