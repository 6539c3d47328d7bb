/* What a policy comes to for a text of the schema in which something was found. */
#include "unit/policy/policy_text.h"

#define KEEP   "keep: {email: 1}, why: ours"
#define SIGNED "{%s, signed: {by: a.khan, covers: \"%s\"}}"

static ss_text_verdict
judge(ss_arena *arena, const char *signoff, const char *object, const char *entry)
{
    const char *text =
        ss_strf(arena, HEAD "require_signoff: %s\nschema: {text: {%s%s%s}}\n", signoff,
                entry == NULL ? "" : object, entry == NULL ? "" : ": ", entry == NULL ? "" : entry);
    ss_suspect suspect = {.object = object, .place = "query", .digest = "00c0ffee"};

    suspect.counts[SS_TEXT_EMAIL] = 1;
    return ss_policy_text_judge(policy_of(arena, text), &suspect);
}

static void
nobody_has_decided_until_somebody_says_so(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_int_equal(judge(arena, "none", "view public.a", NULL), SS_TEXT_OPEN);
    assert_int_equal(judge(arena, "none", "view public.a", "undecided"), SS_TEXT_OPEN);
    assert_int_equal(judge(arena, "none", "view public.a", "{replace: x}"), SS_TEXT_DECIDED);
    assert_int_equal(judge(arena, "none", "comment on view public.a", NULL), SS_TEXT_DECIDED);
    assert_int_equal(judge(arena, "all", "comment on view public.a", NULL), SS_TEXT_DECIDED);
    assert_int_equal(judge(arena, "all", "comment on view public.a", "strip"), SS_TEXT_DECIDED);
    assert_int_equal(judge(arena, "none", "comment on view public.a", "undecided"), SS_TEXT_OPEN);
    ss_arena_free(arena);
}

static void
what_is_kept_is_this_text_and_no_other(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_int_equal(judge(arena, "none", "view public.a", "{" KEEP "}"), SS_TEXT_UNBOUND);
    assert_int_equal(judge(arena, "none", "view public.a", "{" KEEP ", digest: 00c0ffee}"),
                     SS_TEXT_DECIDED);
    assert_int_equal(judge(arena, "none", "view public.a", "{" KEEP ", digest: 00c0ffef}"),
                     SS_TEXT_CHANGED);
    assert_int_equal(
        judge(arena, "none", "view public.a", "{keep: {email: 0}, why: x, digest: 00c0ffee}"),
        SS_TEXT_MORE);
    assert_int_equal(judge(arena, "none", "comment on view public.a", "{" KEEP "}"),
                     SS_TEXT_UNBOUND);
    ss_arena_free(arena);
}

static void
it_is_signed_where_it_must_be(void **state)
{
    static const char kept[] = KEEP ", digest: 00c0ffee";
    ss_arena *arena = ss_arena_new(NULL);
    const ss_policy *p = policy_of(arena, HEAD "schema: {text: {view public.a: {" KEEP "}}}\n");
    const char *covers = ss_policy_cover_text(&p->texts[0], "00c0ffee", arena);
    const char *of_another = ss_policy_cover_text(&p->texts[0], "00c0ffef", arena);

    (void) state;
    assert_int_equal(judge(arena, "personal-keep", "view public.a", ss_strf(arena, "{%s}", kept)),
                     SS_TEXT_UNSIGNED);
    assert_int_equal(
        judge(arena, "personal-keep", "view public.a", ss_strf(arena, SIGNED, kept, covers)),
        SS_TEXT_DECIDED);
    assert_int_equal(
        judge(arena, "personal-keep", "view public.a", ss_strf(arena, SIGNED, kept, of_another)),
        SS_TEXT_UNSIGNED);
    assert_int_equal(judge(arena, "personal-keep", "view public.a", "{replace: x}"),
                     SS_TEXT_DECIDED);
    assert_int_equal(judge(arena, "all", "view public.a", "{replace: x}"), SS_TEXT_UNSIGNED);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_has_decided_until_somebody_says_so),
        cmocka_unit_test(what_is_kept_is_this_text_and_no_other),
        cmocka_unit_test(it_is_signed_where_it_must_be),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
