/* base: one policy goes before another, and each file stays its own. */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/policy/policy_text.h"

#include "base/file.h"
#include "policy/write.h"

typedef struct files
{
    ss_arena *arena;
    char *folder;
} files;

static files
files_new(void)
{
    files f = {.arena = ss_arena_new(NULL)};

    f.folder = ss_strdup(f.arena, "/tmp/ss_base_XXXXXX");
    assert_non_null(mkdtemp(f.folder));
    assert_int_equal(mkdir(ss_path_join(f.arena, f.folder, "team"), 0700), 0);
    return f;
}

static void
files_done(files *f)
{
    assert_true(ss_folder_erase(f->folder));
    ss_arena_free(f->arena);
}

static void
put(files *f, const char *name, const char *text)
{
    ss_error err;

    text = ss_strf(f->arena, "sandseed: 1\n%s", text);
    assert_int_equal(
        ss_file_write(ss_path_join(f->arena, f->folder, name), text, strlen(text), 0600, &err),
        SS_OK);
}

static ss_policy *
read_one(files *f, const char *name)
{
    ss_policy *policy = NULL;
    ss_error err;

    if (ss_policy_read(ss_path_join(f->arena, f->folder, name), f->arena, &policy, &err) != SS_OK)
        fail_msg("%s", err.line[0]);
    return policy;
}

static void
assert_ends(const char *text, const char *end)
{
    assert_non_null(text);
    if (strlen(text) < strlen(end) || strcmp(text + strlen(text) - strlen(end), end) != 0)
        fail_msg("%s does not end with %s", text, end);
}

static void
keys_of_the_file_go_before_those_of_its_base(void **state)
{
    files f = files_new();
    ss_policy *p;

    (void) state;
    put(&f, "team/shop.yaml",
        "source: cluster:./live\noutput: ./out\npeople: 20\njobs: 3\n"
        "on_change: {new_table: empty, new_column: shape}\naccess: {a: read-only, b: read-only}\n"
        "schema: {text: {view public.a: {replace: x}}}\n");
    put(&f, "mine.yaml",
        "base: team/shop.yaml\ntarget: cluster:./box\npeople: 30\non_change: {new_column: "
        "nullify}\n"
        "access: {c: read-write}\nschema: {owners: skip}\n");
    p = read_one(&f, "mine.yaml");
    assert_int_equal(p->people, 30);
    assert_int_equal(p->jobs, 3);
    /* a key as a whole */
    assert_int_equal(p->on_new_table, SS_ON_NEW_STOP);
    assert_int_equal(p->on_new_column, SS_ON_NEW_NULLIFY);
    assert_int_equal(p->naccess, 1);
    /* relative paths start at the file that has them */
    assert_ends(p->source_folder, "/team/");
    assert_ends(p->output, "/team/out");
    assert_null(strstr(p->target_folder, "team"));

    put(&f, "team/shop.yaml", "people: 20\n");
    assert_ends(read_one(&f, "mine.yaml")->output, "/sandseed-out");
    assert_null(strstr(read_one(&f, "mine.yaml")->output, "team"));
    files_done(&f);
}

static void
entries_of_texts_are_joined_by_object(void **state)
{
    static const char *const objects[] = {"view public.b", "view public.c", "view public.a"};
    files f = files_new();
    ss_policy *p;

    (void) state;
    put(&f, "team/shop.yaml",
        "schema: {owners: skip, text: {view public.a: {replace: x}, view public.b: {replace: "
        "x}}}\n");
    put(&f, "mine.yaml",
        "base: team/shop.yaml\n"
        "schema: {text: {view public.b: {replace: y}, view public.c: {replace: y}}}\n");
    p = read_one(&f, "mine.yaml");
    assert_false(p->owners_skip);
    assert_int_equal(p->ntexts, 3);
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(p->texts[i].object, objects[i]);
    assert_int_equal(p->texts[0].fate, SS_TEXT_REPLACE);
    assert_ends(p->texts[1].place.file, "/mine.yaml");
    assert_ends(p->texts[2].place.file, "/team/shop.yaml");

    put(&f, "mine.yaml", "base: team/shop.yaml\nschema: {locale: substitute}\n");
    assert_int_equal(read_one(&f, "mine.yaml")->ntexts, 2);
    files_done(&f);
}

static void
tables_and_columns_are_joined_by_name(void **state)
{
    files f = files_new();
    ss_policy *p;
    const ss_policy_table *t;

    (void) state;
    put(&f, "team/shop.yaml",
        "tables:\n"
        "  public.country: {mode: keep, why: list}\n"
        "  public.person:\n    mode: synthesise\n    subject: self\n    rows: 10%\n"
        "    signed: {by: me, covers: 01234567}\n"
        "    columns: {id: {class: key}, email: {class: direct-identifier, kind: email}}\n");
    put(&f, "mine.yaml",
        "base: team/shop.yaml\ntables:\n"
        "  public.orders: {mode: empty}\n"
        "  '\"public\".person':\n    rows: 5%\n"
        "    columns: {email: {class: secret}, active: {class: non-personal}}\n");
    p = read_one(&f, "mine.yaml");
    assert_int_equal(p->ntables, 3);
    assert_int_equal(p->nown_tables, 2);
    t = &p->tables[1];
    assert_string_equal(t->label, "public.person");
    assert_int_equal(t->mode, SS_MODE_SYNTHESISE);
    assert_string_equal(t->subject[0], "self");
    assert_string_equal(t->rows, "5%");
    assert_string_equal(t->signature.by, "me");
    assert_int_equal(t->ncolumns, 3);
    assert_int_equal(t->nown, 2);
    assert_int_equal(t->columns[0].class, SS_CLASS_SECRET);
    assert_null(t->columns[0].kind);
    assert_string_equal(t->columns[2].name, "id");
    assert_ends(t->place.file, "/mine.yaml");
    assert_ends(t->columns[2].place.file, "/team/shop.yaml");
    assert_ends(p->tables[2].place.file, "/team/shop.yaml");

    put(&f, "mine.yaml", "base: team/shop.yaml\ntables: {public.person: {mode: empty}}\n");
    assert_int_equal(read_one(&f, "mine.yaml")->tables[0].ncolumns, 0);
    files_done(&f);
}

/* As the file decides together with its base, which says `base` in its rules. */
static const ss_plan *
plan_with(files *f, const ss_catalog *catalog, const char *base, const char *mine)
{
    ss_plan *plan;
    ss_error err;

    put(f, "team/shop.yaml",
        ss_strf(
            f->arena,
            "source: dbname=x\nrules: [%s]\ntables:\n  public.country: {mode: empty}\n"
            "  public.orders: {mode: empty}\n  public.person: {mode: synthesise, subject: self, "
            "columns: {id: {class: key}, email: {class: direct-identifier}}}\n",
            base));
    put(f, "mine.yaml", ss_strf(f->arena, "base: team/shop.yaml\nrules: [%s]\n", mine));
    assert_int_equal(ss_policy_resolve(read_one(f, "mine.yaml"), catalog, f->arena, &plan, &err),
                     SS_OK);
    return plan;
}

static void
of_two_rules_as_special_that_of_the_file_wins(void **state)
{
    files f = files_new();
    ss_builder b = shop(f.arena);
    const ss_catalog *catalog = builder_done(&b);
    const ss_plan *plan;

    (void) state;
    plan = plan_with(&f, catalog, "{match: '*.active', class: free-text}",
                     "{match: '*.active', class: secret}");
    assert_runs(plan);
    assert_int_equal(decision(plan, PERSON, "active")->class, SS_CLASS_SECRET);
    plan = plan_with(&f, catalog, "{match: '*.person.active', class: free-text}",
                     "{match: '*.active', class: secret}");
    assert_int_equal(decision(plan, PERSON, "active")->class, SS_CLASS_FREE_TEXT);
    plan = plan_with(&f, catalog, "{match: '*.person.active', class: free-text}",
                     "{match: '*.email', class: secret}");
    assert_int_equal(decision(plan, PERSON, "email")->class, SS_CLASS_DIRECT_IDENTIFIER);
    /* in one file they disagree */
    plan = plan_with(&f, catalog,
                     "{match: '*.active', class: free-text}, {match: 'p*active', class: secret}",
                     "{match: '*.email', class: secret}");
    assert_stops(plan, "public.person.active", "two rules disagree");
    files_done(&f);
}

static void
a_signature_covers_what_both_files_decide(void **state)
{
    files f = files_new();
    ss_builder b = shop(f.arena);
    const ss_catalog *catalog = builder_done(&b);
    const ss_table *person = &catalog->tables[PERSON];
    static const char entry[] = "tables:\n  public.person: {mode: synthesise, subject: self, %s"
                                "columns: {id: {class: key}, email: {class: direct-identifier}, "
                                "active: {class: non-personal}}}\n";
    const char *covers;
    ss_policy *p;
    ss_plan *plan;
    ss_error err;

    (void) state;
    put(&f, "team/shop.yaml", ss_strf(f.arena, entry, ""));
    p = read_one(&f, "team/shop.yaml");
    covers = ss_policy_cover_table(p, catalog, &p->tables[0], person, f.arena);
    put(&f, "team/shop.yaml",
        ss_strf(f.arena, entry, ss_strf(f.arena, "signed: {by: me, covers: '%s'}, ", covers)));
    put(&f, "mine.yaml", "base: team/shop.yaml\n");
    assert_int_equal(ss_policy_resolve(read_one(&f, "mine.yaml"), catalog, f.arena, &plan, &err),
                     SS_OK);
    assert_string_equal(plan->tables[PERSON].signed_by, "me");
    put(&f, "mine.yaml",
        "base: team/shop.yaml\ntables: {public.person: {columns: {active: {class: secret}}}}\n");
    assert_int_equal(ss_policy_resolve(read_one(&f, "mine.yaml"), catalog, f.arena, &plan, &err),
                     SS_OK);
    assert_null(plan->tables[PERSON].signed_by);
    assert_non_null(find(plan, SS_FINDING_WARNS, "public.person", "no longer covers"));
    files_done(&f);
}

/* Who signs a rule in a base signs it for the modes that stand there, and for any where none does. */
static void
a_rules_signature_covers_the_modes_in_sight(void **state)
{
    static const char person[] = "tables: {public.person: {mode: %s, subject: self}}\n";
    files f = files_new();
    ss_builder b = shop(f.arena);
    const ss_catalog *catalog = builder_done(&b);
    ss_policy_changes changes = {0};
    ss_plan *plan;
    ss_error err;

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        const bool in_base = i == 0;

        put(&f, "team/shop.yaml",
            ss_strf(f.arena, "rules:\n  - {match: '*.email', class: non-personal}\n%s",
                    in_base ? ss_strf(f.arena, person, "synthesise") : ""));
        assert_int_equal(
            ss_policy_sign(ss_path_join(f.arena, f.folder, "team/shop.yaml"), catalog,
                           &(ss_policy_signing){.by = "me",
                                                .date = "2026-11-23",
                                                .why = "so",
                                                .patterns = (const char *[]){"*.email"},
                                                .npatterns = 1},
                           f.arena, &changes, &err),
            SS_OK);
        put(&f, "mine.yaml",
            ss_strf(f.arena, "base: team/shop.yaml\n%s",
                    in_base ? "tables: {public.person: {columns: {active: {class: key}}}, "
                              "public.orders: {mode: keep}}\n"
                            : ss_strf(f.arena, person, "synthesise")));
        assert_int_equal(
            ss_policy_resolve(read_one(&f, "mine.yaml"), catalog, f.arena, &plan, &err), SS_OK);
        assert_string_equal(plan->tables[PERSON].columns[1].signed_by, "me");
        put(&f, "mine.yaml",
            ss_strf(f.arena, "base: team/shop.yaml\n%s", ss_strf(f.arena, person, "pseudonymise")));
        assert_int_equal(
            ss_policy_resolve(read_one(&f, "mine.yaml"), catalog, f.arena, &plan, &err), SS_OK);
        if (in_base)
            assert_null(plan->tables[PERSON].columns[1].signed_by);
        else
            assert_string_equal(plan->tables[PERSON].columns[1].signed_by, "me");
    }
    files_done(&f);
}

static void
the_digest_tells_what_bases_say(void **state)
{
    files f = files_new();
    const char *before, *deeper;

    (void) state;
    put(&f, "team/all.yaml", "people: 20\n");
    put(&f, "team/shop.yaml", "base: all.yaml\n");
    put(&f, "mine.yaml", "base: team/shop.yaml\n");
    assert_null(read_one(&f, "team/all.yaml")->base_digest);
    before = read_one(&f, "mine.yaml")->base_digest;
    assert_string_equal(before, read_one(&f, "mine.yaml")->base_digest);
    assert_int_equal(read_one(&f, "mine.yaml")->people, 20);
    put(&f, "team/all.yaml", "people: 21\n");
    deeper = read_one(&f, "mine.yaml")->base_digest;
    assert_string_not_equal(before, deeper);
    put(&f, "team/shop.yaml", "base: all.yaml\njobs: 2\n");
    assert_string_not_equal(deeper, read_one(&f, "mine.yaml")->base_digest);
    files_done(&f);
}

static void
files_include_one_another_only_so_deep(void **state)
{
    files f = files_new();
    ss_policy *policy;
    ss_error err = {0};
    bool said = false;

    (void) state;
    put(&f, "0.yaml", "people: 20\n");
    for (int i = 1; i <= 9; i++)
        put(&f, ss_strf(f.arena, "%d.yaml", i), ss_strf(f.arena, "base: %d.yaml\n", i - 1));
    assert_int_equal(read_one(&f, "8.yaml")->people, 20);
    assert_int_equal(
        ss_policy_read(ss_path_join(f.arena, f.folder, "9.yaml"), f.arena, &policy, &err),
        SS_EMEND);
    for (size_t i = 0; i < err.depth; i++)
        said = said || strstr(err.line[i], "1.yaml:2:7: base: more than 8 files") != NULL;
    assert_true(said);
    files_done(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_of_the_file_go_before_those_of_its_base),
        cmocka_unit_test(entries_of_texts_are_joined_by_object),
        cmocka_unit_test(tables_and_columns_are_joined_by_name),
        cmocka_unit_test(of_two_rules_as_special_that_of_the_file_wins),
        cmocka_unit_test(a_signature_covers_what_both_files_decide),
        cmocka_unit_test(a_rules_signature_covers_the_modes_in_sight),
        cmocka_unit_test(the_digest_tells_what_bases_say),
        cmocka_unit_test(files_include_one_another_only_so_deep),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
