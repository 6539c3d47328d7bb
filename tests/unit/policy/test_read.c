/* What a policy may say, and where a message points. */
#include "unit/policy/policy_text.h"

typedef struct refused
{
    const char *text; /* after HEAD: begins in line 3 */
    const char *place;
    const char *says;
} refused;

#define ENTRY(entry)                                                                               \
    "tables:\n  public.t:\n    mode: synthesise\n    columns:\n      a: " entry "\n"
#define RULE(rule) "rules:\n  - " rule "\n"

static const refused cases[] = {
    {"poeple: 11\n", "3:1", "unknown key \"poeple\"; did you mean \"people\"?"},
    {"people: 1\n", "3:9", "from 3 to 10000"},
    {"on_change: {new_table: keep}\n", "3:24", "unknown word for a new table"},
    {"on_change: {new_column: keep}\n", "3:25", "unknown word for a new column"},
    {"require_signoff: some\n", "3:18", "unknown word for require_signoff"},
    {"tables: {t: {mode: keep}}\n", "3:10", "schema.table"},
    {"tables: {public.t: {mode: keep, subject: [a_id, none]}}\n", "3:49", "none stands alone"},
    {"tables: {public.t: {}}\n", "3:10", "has no mode"},
    {"tables: {public.t: {mode: keeep}}\n", "3:27", "did you mean \"keep\"?"},
    {"tables: {public.t: {mode: empty, columns: {}}}\n", "3:43", "no columns section"},
    {ENTRY("{clas: key}"), "7:11", "did you mean \"class\"?"},
    {ENTRY("{class: secrets}"), "7:18", "did you mean \"secret\"?"},
    {ENTRY("{treatment: shape}"), "7:7", "has no class"},
    {ENTRY("{class: key, treatment: hash}"), "7:34", "unknown treatment \"hash\""},
    {ENTRY("{class: secret, treatment: constant}"), "7:10", "needs a value"},
    {ENTRY("{class: secret, value: x}"), "7:33", "goes with treatment: constant"},
    {ENTRY("{class: secret, treatment: constant, value: null}"), "7:54", "value is nothing"},
    {ENTRY("{class: secret, treatment: constant, value: }"), "7:54", "value is nothing"},
    {ENTRY("{class: secret, treatment: shape, to: 10}"), "7:48", "goes with treatment: generalise"},
    {ENTRY("{class: key, why: yes}"), "7:28", "word of YAML itself"},
    {ENTRY("{class: key, signed: {by: me}}"), "7:31", "needs by and covers"},
    {ENTRY("{class: key, class: key}"), "7:23", "stands here twice"},
    /* What an editor shows as a comment, YAML would read as lines. */
    {"people: 11 # a\xC2\x85jobs: 1\n", "3:15", "editors do not"},
    {"people: 11 # a\xE2\x80\xA8jobs: 1\n", "3:15", "editors do not"},
    {"people: 11 # a\xE2\x80\xA9jobs: 1\n", "3:15", "editors do not"},
    {"people: 11 # a\rjobs: 1\n", "3:15", "a carriage return alone"},
    {"people: 11 # a\xE2\x80\xAEjobs: 1\n", "3:15", "turns the direction"},
    {"people: 11 # a\xE2\x81\xA6jobs: 1\n", "3:15", "turns the direction"},
    {RULE("{match: '*', domain: d, class: key}"), "4:5", "one of match:, domain:, type:"},
    {RULE("{class: key}"), "4:5", "one of match:, domain:, type:"},
    {RULE("{match: '*'}"), "4:5", "needs a class"},
    {RULE("{match: '*', class: key, matched: many}"), "4:39", "whole number"},
    {RULE("{match: '*', class: key, value: 3}"), "4:37", "goes with treatment: constant"},
    {ENTRY("{class: key, treatment: keep}"), "7:34", "a synthesise table takes no keep"},
    {ENTRY("{class: undecided, treatment: synthesise}"), "7:40", "takes no treatment that reveals"},
    {ENTRY("{class: key, signed: {by: me, covers: 12345}}"), "7:48", "8 hexadecimal digits"},
    {ENTRY("{paths: all}"), "7:18", "must be a map"},
    {"tables: {public.t: {mode: empty}, '\"public\".t': {mode: empty}}\n", "3:35",
     "stands here twice, first in line 3"},
    {"people: '11'\n", "3:9", "without quotes"},
    {"---\npeople: 11\n", "3:1", "a second document begins here"},
    {"rows: 1e1%\n", "3:7", "a share such as 10%"},
    {"output: \xFF\n", "3:9", "a policy is UTF-8"},
    {"schema_source: dbname=x password=hunter2\n", "3:16", "schema_source"},
};

static void
what_is_wrong_has_its_place(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        const char *place = ss_strf(arena, "p.yaml:%s: ", cases[i].place);
        bool said = false, placed = false;
        ss_policy *policy;
        ss_error err;

        assert_int_equal(read_text(arena, ss_strf(arena, HEAD "%s", cases[i].text), &policy, &err),
                         SS_EMEND);
        for (size_t l = 0; l < err.depth; l++)
        {
            said = said || strstr(err.line[l], cases[i].says) != NULL;
            placed = placed || strncmp(err.line[l], place, strlen(place)) == 0;
            assert_null(strstr(err.line[l], "hunter2"));
        }
        if (!said || !placed)
            fail_msg("%s: %s (expected %s%s)", cases[i].text, err.line[0], place, cases[i].says);
        ss_arena_free(arena);
    }
}

static void
what_a_policy_says_is_read(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_policy *p = policy_of(
        arena,
        HEAD "schema_source: service=owner\n"
             "on_change: {new_table: empty, new_column: nullify}\n"
             "rules: [{match: '*.*.at', class: non-personal, matched: 2, digest: '00c0ffee'}]\n"
             "tables:\n  'public.\"Order.Line\"':\n    mode: keep\n    subject: [a, b]\n"
             "    signed: {by: me, date: 2026-11-23, covers: '12345678'}\n"
             "    columns: {a: {class: secret, treatment: keep}}\n"
             "  public.b:\n    mode: synthesise\n"
             "    columns: {a: {class: secret, treatment: constant, value: ''}}\n");

    (void) state;
    assert_string_equal(p->schema_source, "service=owner");
    assert_int_equal(p->on_new_table, SS_ON_NEW_EMPTY);
    assert_int_equal(p->on_new_column, SS_ON_NEW_NULLIFY);
    assert_int_equal(p->rules[0].matched, 2);
    assert_string_equal(p->rules[0].digest, "00c0ffee");
    assert_string_equal(p->tables[0].label, "public.\"Order.Line\"");
    assert_int_equal(p->tables[0].nsubject, 2);
    assert_string_equal(p->tables[0].signature.covers, "12345678");
    assert_string_equal(p->tables[1].columns[0].value, "");
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_wrong_has_its_place),
        cmocka_unit_test(what_a_policy_says_is_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
