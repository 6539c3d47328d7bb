/* Edits of a file that people own: what comes in, where, and that nothing else changes. */
#include <stdlib.h>
#include <unistd.h>

#include "unit/policy/policy_text.h"

#include "base/file.h"
#include "policy/write.h"

typedef struct editing
{
    ss_arena *arena;
    char *file;
    ss_policy_changes changes;
} editing;

static editing
file_of(const char *text)
{
    editing e = {.arena = ss_arena_new(NULL)};
    ss_error err;
    int fd;

    e.file = ss_strdup(e.arena, "/tmp/ss_policy_XXXXXX");
    fd = mkstemp(e.file);
    assert_true(fd >= 0);
    (void) close(fd);
    assert_int_equal(ss_file_write(e.file, text, strlen(text), 0600, &err), SS_OK);
    return e;
}

static void
done(editing *e)
{
    (void) unlink(e->file);
    ss_arena_free(e->arena);
}

static const char *
text_of(editing *e)
{
    ss_error err;
    char *text;
    size_t n;

    assert_int_equal(ss_file_read(e->file, 1 << 20, e->arena, &text, &n, &err), SS_OK);
    return text;
}

/* plan FILE, everything undecided; how many entries came in */
static size_t
plan(editing *e, const ss_catalog *catalog)
{
    const ss_proposal **proposals = ss_alloc(e->arena, catalog->ntables + 1, sizeof *proposals);
    ss_error err;
    size_t n = 0;

    e->changes = (ss_policy_changes){0};
    for (size_t t = 0; t < catalog->ntables; t++)
        proposals[t] = ss_alloc(e->arena, catalog->tables[t].ncolumns + 1, sizeof(ss_proposal));
    assert_int_equal(ss_policy_update(e->file,
                                      &(ss_new_policy){.catalog = catalog, .proposals = proposals},
                                      e->arena, &e->changes, &err),
                     SS_OK);
    for (size_t i = 0; i < e->changes.n; i++)
        n += e->changes.list[i].kind == SS_CHANGE_TABLE ||
             e->changes.list[i].kind == SS_CHANGE_COLUMN;
    return n;
}

static void
sign(editing *e, const ss_catalog *catalog, const char *pattern)
{
    ss_error err;

    e->changes = (ss_policy_changes){0};
    assert_int_equal(ss_policy_sign(e->file, catalog,
                                    &(ss_policy_signing){.by = "a. khan",
                                                         .date = "2026-11-23",
                                                         .why = "read it",
                                                         .patterns = &pattern,
                                                         .npatterns = 1},
                                    e->arena, &e->changes, &err),
                     SS_OK);
}

static size_t
count(const editing *e, ss_change_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < e->changes.n; i++)
        n += e->changes.list[i].kind == kind;
    return n;
}

static bool
told(const editing *e, ss_change_kind kind, const char *object)
{
    for (size_t i = 0; i < e->changes.n; i++)
    {
        if (e->changes.list[i].kind == kind && strcmp(e->changes.list[i].object, object) == 0)
            return true;
    }
    return false;
}

#define TABLES                                                                                     \
    "tables:\n"                                                                                    \
    "  public.country: {mode: empty}   # later\n"                                                  \
    "  public.person: {mode: synthesise, columns: {id: {class: key}, email: {class: secret}}}\n"   \
    "  public.orders:\n"                                                                           \
    "    mode: synthesise\n"                                                                       \
    "    columns:\n"                                                                               \
    "      id:  {class: key} # mine\n"                                                             \
    "      person_id: {class: key}\n"                                                              \
    "      state: {class: 'non-personal'}\n"                                                       \
    "      total: {class: quasi-identifier}\n"

static void
rules_say_what_they_cover(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    editing e = file_of(HEAD "rules:\n"
                             "  - {match: '*.active', class: non-personal}  # a flag\n"
                             "  - match: '*.email'\n"
                             "    class: secret   # never\n"
                             "  - {type: nothing, class: secret}\n" TABLES);
    const char *first;
    const ss_plan *p;

    (void) state;
    assert_int_equal(plan(&e, builder_done(&b)), 0);
    first = text_of(&e);
    assert_non_null(
        strstr(first, "{match: '*.active', class: non-personal, matched: 1, digest: \""));
    assert_non_null(strstr(first, "  # a flag\n"));
    assert_non_null(strstr(first, "  - match: '*.email'\n    matched: 1\n    digest: \""));
    assert_non_null(strstr(first, "\"\n    class: secret   # never\n"));
    assert_non_null(strstr(first, "  - {type: nothing, class: secret}\n"));
    assert_non_null(strstr(first, TABLES));
    assert_true(told(&e, SS_CHANGE_RULE, "*.active"));
    assert_true(told(&e, SS_CHANGE_COVERED, "public.person.active"));
    assert_int_equal(plan(&e, builder_done(&b)), 0);
    assert_string_equal(first, text_of(&e)); /* a second run changes no byte */
    assert_int_equal(e.changes.n, 0);
    p = resolve(arena, builder_done(&b), first);
    assert_int_equal(decision(p, PERSON, "active")->class, SS_CLASS_NON_PERSONAL);
    assert_int_equal(p->undecided, 0);

    /* A column more: told, and covered from the next plan on. */
    (void) builder_column(&b, ORDERS, "active", "bool", false);
    p = resolve(arena, builder_done(&b), first);
    assert_int_equal(decision(p, PERSON, "active")->class, SS_CLASS_NON_PERSONAL);
    assert_int_equal(decision(p, ORDERS, "active")->class, SS_CLASS_UNDECIDED);
    assert_int_equal(plan(&e, builder_done(&b)), 0);
    assert_non_null(strstr(text_of(&e), "matched: 2, digest: \""));
    assert_true(told(&e, SS_CHANGE_COVERED, "public.orders.active"));
    assert_false(told(&e, SS_CHANGE_COVERED, "public.person.active"));
    p = resolve(arena, builder_done(&b), text_of(&e));
    assert_int_equal(decision(p, ORDERS, "active")->class, SS_CLASS_NON_PERSONAL);
    done(&e);
    ss_arena_free(arena);
}

static void
columns_come_in_where_they_belong(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    editing e = file_of(HEAD TABLES);
    const char *text;

    (void) state;
    (void) builder_column(&b, ORDERS, "note", "text", false);
    assert_int_equal(plan(&e, builder_done(&b)), 2);
    text = text_of(&e);
    /* in braces, where the table is */
    assert_non_null(strstr(text, "email: {class: secret}, active: {class: undecided}}}\n"));
    assert_non_null(strstr(text, "      total: {class: quasi-identifier}\n      note:"));
    assert_true(told(&e, SS_CHANGE_COLUMN, "public.orders.note"));
    assert_int_equal(plan(&e, builder_done(&b)), 0);
    assert_runs(resolve(arena, builder_done(&b), text));
    done(&e);

    /* A kept table that names columns names them all; one that names none is signed as a whole. */
    e = file_of(HEAD "tables:\n  public.orders: {mode: empty}\n  public.country: {mode: keep}\n"
                     "  public.person:\n    mode: keep\n    columns:\n      id: {class: key}\n");
    assert_int_equal(plan(&e, builder_done(&b)), 2);
    assert_non_null(strstr(text_of(&e), "  public.country: {mode: keep}\n"));
    assert_true(told(&e, SS_CHANGE_COLUMN, "public.person.active"));
    done(&e);

    e = file_of(HEAD "tables:\n  public.orders: {mode: empty}\n  public.gone: {mode: empty}\n"
                     "  public.country: {mode: empty}\n"
                     "  public.person: {mode: synthesise, columns: {was: {class: key}}}\n");
    assert_int_equal(plan(&e, builder_done(&b)), 3);
    assert_true(told(&e, SS_CHANGE_VANISHED, "public.gone"));
    assert_true(told(&e, SS_CHANGE_VANISHED, "public.person.was"));
    done(&e);
    ss_arena_free(arena);
}

static void
a_signature_is_put_in_and_replaced(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    editing e = file_of(HEAD "require_signoff: all\n"
                             "rules:\n  - {match: '*.active', class: non-personal, signed: {by: x, "
                             "covers: 01d01d01}} # r\n"
                             "tables:\n  public.country: {mode: keep} # c\n"
                             "  public.orders: {mode: empty}\n"
                             "  public.person:\n    mode: pseudonymise\n    columns:\n"
                             "      id: {class: key}\n"
                             "      email: {class: direct-identifier} # e\n");
    const char *text;

    (void) state;
    sign(&e, builder_done(&b), "public.country");
    sign(&e, builder_done(&b), "public.person.*");
    assert_stops(resolve(arena, builder_done(&b), text_of(&e)), "public.person.active",
                 "did not match it when plan last wrote");
    sign(&e, builder_done(&b), "*.active");
    assert_int_equal(count(&e, SS_CHANGE_RULE), 1);
    assert_true(told(&e, SS_CHANGE_COVERED, "public.person.active"));
    sign(&e, builder_done(&b), "*.active");
    assert_int_equal(e.changes.n, 1); /* it covers no more than it did */
    text = text_of(&e);
    assert_non_null(
        strstr(text, "signed: {by: a. khan, date: 2026-11-23, why: read it, covers: \""));
    assert_null(strstr(text, "01d01d01"));
    assert_non_null(strstr(text, "\"} # r\n"));
    assert_non_null(strstr(text, "}} # c\n"));
    assert_non_null(strstr(text, "}} # e\n"));
    assert_runs(resolve(arena, builder_done(&b), text));

    /* More columns than were signed: the rule is unsigned again once plan covers them. */
    (void) builder_column(&b, COUNTRY, "active", "bool", false);
    (void) plan(&e, builder_done(&b));
    assert_stops(resolve(arena, builder_done(&b), text_of(&e)), "public.person.active",
                 "not signed");
    assert_stops(resolve(arena, builder_done(&b), text_of(&e)), "public.country",
                 "no longer covers");
    done(&e);
    ss_arena_free(arena);
}

/* Whoever signed a rule has seen types and modes: values of another kind, or real ones, were not signed. */
static void
a_rules_signature_ends_with_a_retype_and_another_mode(void **state)
{
    static const char entry[] = "  public.person: {mode: pseudonymise, columns: {id: {class: key}, "
                                "email: {class: direct-identifier}}}\n";
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    editing e = file_of(
        ss_strf(arena,
                HEAD "rules:\n  - {match: '*.active', class: quasi-identifier, treatment: keep}\n"
                     "tables:\n  public.country: {mode: empty}\n  public.orders: {mode: empty}\n"
                     "%s",
                entry));
    const char *text, *at;

    (void) state;
    sign(&e, builder_done(&b), "*.active");
    text = text_of(&e);
    assert_runs(resolve(arena, builder_done(&b), text));
    b.parts[PERSON].columns[2].type_text = "text";
    assert_stops(resolve(arena, builder_done(&b), text), "public.person.active", "must be signed");
    b.parts[PERSON].columns[2].type_text = "bool";
    assert_runs(resolve(arena, builder_done(&b), text));
    done(&e);

    e = file_of(HEAD "rules:\n  - {match: '*.active', class: quasi-identifier}\n"
                     "tables:\n  public.country: {mode: empty}\n  public.orders: {mode: empty}\n"
                     "  public.person: {mode: synthesise, columns: {id: {class: non-personal}, "
                     "email: {class: non-personal}}}\n");
    sign(&e, builder_done(&b), "*.active");
    text = text_of(&e);
    assert_runs(resolve(arena, builder_done(&b), text));
    at = strstr(text, "synthesise");
    assert_stops(
        resolve(arena, builder_done(&b),
                ss_strf(arena, "%.*skeep%s", (int) (at - text), text, at + strlen("synthesise"))),
        "public.person", "must be signed");
    done(&e);
    ss_arena_free(arena);
}

/* Names and rules' own patterns may hold stars. */
static void
what_is_named_itself_is_signed_alone(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    const size_t star = builder_table(&b, "public", "*"),
                 other = builder_table(&b, "public", "A b");
    editing e = file_of(HEAD "rules:\n  - {match: 'public.*.active', class: non-personal}\n"
                             "  - {match: 'public.*', class: non-personal}\n"
                             "tables:\n  'public.\"*\"': {mode: keep}\n"
                             "  'public.\"A b\"': {mode: keep}\n"
                             "  public.person: {mode: keep}\n");

    (void) state;
    (void) builder_column(&b, star, "id", "int4", true);
    (void) builder_column(&b, other, "id", "int4", true);
    sign(&e, builder_done(&b), "public.\"*\"");
    assert_int_equal(e.changes.n, 1);
    assert_true(told(&e, SS_CHANGE_TABLE, "public.\"*\""));
    sign(&e, builder_done(&b), "public.*");
    assert_int_equal(count(&e, SS_CHANGE_RULE), 1);
    assert_int_equal(count(&e, SS_CHANGE_TABLE), 0);
    assert_int_equal(count(&e, SS_CHANGE_COLUMN), 0);
    assert_true(told(&e, SS_CHANGE_RULE, "public.*"));
    sign(&e, builder_done(&b), "public.\"?*\"");
    assert_int_equal(e.changes.n, 2);
    done(&e);
    ss_arena_free(arena);
}

/* The table would have a place, its files have none. */
static void
where_one_thing_finds_no_place_nothing_is_changed(void **state)
{
    static const char text[] =
        HEAD "csv: {public.a: {columns: {x: text}}}\n"
             "tables:\n  public.a: {mode: synthesise, columns: {x: {class: key}}}\n";
    const ss_csv_typed x = {.name = "x", .type = "text"};
    const ss_csv_table files[] = {{.label = "public.a", .columns = &x, .ncolumns = 1},
                                  {.label = "public.b", .columns = &x, .ncolumns = 1}};
    const ss_proposal none[1] = {{0}};
    const ss_proposal *const proposals[] = {none, none};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    ss_error err = {0};
    editing e = file_of(text);

    (void) state;
    (void) builder_table(&b, "public", "a");
    (void) builder_table(&b, "public", "b");
    (void) builder_column(&b, 0, "x", "text", false);
    (void) builder_column(&b, 1, "x", "text", false);
    assert_int_equal(ss_policy_update(e.file,
                                      &(ss_new_policy){.catalog = builder_done(&b),
                                                       .proposals = proposals,
                                                       .csv = files,
                                                       .ncsv = 2},
                                      e.arena, &e.changes, &err),
                     SS_EMEND);
    assert_non_null(strstr(err.line[0], "nothing can be added to csv: in braces"));
    assert_string_equal(text_of(&e), text);
    done(&e);
    ss_arena_free(arena);
}

/* Of several lines, in the middle and at the end of an entry. */
static void
a_signature_in_a_block_is_replaced(void **state)
{
    static const char old[] = "    signed:\n      by: x\n      covers: 01d01d01\n      why: |\n"
                              "        two\n        lines\n\n";
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        editing e = file_of(ss_strf(arena, HEAD "tables:\n  public.country:\n%s    mode: keep\n%s",
                                    i == 0 ? old : "", i == 0 ? "" : old));

        sign(&e, builder_done(&b), "public.country");
        assert_null(strstr(text_of(&e), "01d01d01"));
        assert_null(strstr(text_of(&e), "lines"));
        assert_string_equal(
            resolve(arena, builder_done(&b), text_of(&e))->tables[COUNTRY].signed_by, "a. khan");
        done(&e);
    }
    ss_arena_free(arena);
}

static void
a_pattern_that_nothing_matches_is_refused(void **state)
{
    static const char text[] =
        HEAD "schema: {text: {table public.x: {keep: {email: 1}, why: ours}}}\n"
             "rules:\n  - {match: 'nothing.*', class: secret}\n"
             "tables:\n  public.country: {mode: keep, columns: {code: {class: key}}}\n";
    /* A table's signature covers its columns; nothing is there to be signed of the others. */
    static const char *const asked[][2] = {{"public.country", "public.country.code"},
                                           {"public.country", "public.contry"},
                                           {"public.country", "nothing.*"},
                                           {"public.country", "table public.x"}};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++)
    {
        editing e = file_of(text);
        ss_error err = {0};
        const ss_code code = ss_policy_sign(e.file, builder_done(&b),
                                            &(ss_policy_signing){.by = "me",
                                                                 .date = "2026-11-23",
                                                                 .why = "so",
                                                                 .patterns = asked[i],
                                                                 .npatterns = 2},
                                            e.arena, &e.changes, &err);

        assert_int_equal(code, i == 0 ? SS_OK : SS_EMEND);
        if (i > 0)
        {
            assert_non_null(strstr(err.line[0], asked[i][1]));
            assert_string_equal(text_of(&e), text);
        }
        done(&e);
    }
    ss_arena_free(arena);
}

static void
a_new_policy_names_every_column(void **state)
{
    static const ss_proposal person[] = {{.class = SS_CLASS_KEY},
                                         {.class = SS_CLASS_UNDECIDED},
                                         {.class = SS_CLASS_NON_PERSONAL, .why = "boolean"}};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", "person");
    const ss_proposal *proposals[] = {person};
    const char *why[] = {NULL};
    const ss_plan *p;
    ss_buf out = {0};

    (void) state;
    (void) builder_column(&b, t, "id", "int4", true);
    (void) builder_column(&b, t, "email", "text", true);
    (void) builder_column(&b, t, "active", "bool", true);
    ss_policy_write(&(ss_new_policy){.catalog = builder_done(&b),
                                     .mode = SS_MODE_KEEP,
                                     .source = "dbname=x",
                                     .proposals = proposals,
                                     .keep_why = why,
                                     .empty_why = why},
                    &out);
    assert_non_null(strstr(ss_buf_text(&out), "active:"));
    p = resolve(arena, builder_done(&b), ss_buf_text(&out));
    assert_int_equal(p->nstops, 1);
    assert_stops(p, "public.person", "1 column of a keep table is undecided");
    ss_buf_done(&out);
    ss_arena_free(arena);
}

/* Names as odd as can be, in a comment and in a reference: what is written is read as it was meant. */
static void
whose_the_rows_are_is_written(void **state)
{
    static const ss_proposal none[] = {{.class = SS_CLASS_KEY}, {.class = SS_CLASS_UNDECIDED}};
    const ss_proposal *const proposals[] = {none, none};
    const size_t led_by[] = {1};
    const char *why[] = {NULL, NULL};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t people = builder_table(&b, "public", "Peo\n.ple\"#"),
                 visit = builder_table(&b, "public", "visit");
    ss_buf key = {0}, out = {0};
    const ss_plan *p;

    (void) state;
    (void) builder_column(&b, people, "a.\"id:x", "int4", true);
    (void) builder_column(&b, people, "note", "text", true);
    (void) builder_key(&b, people, "pkey", "a.\"id:x", true);
    (void) builder_column(&b, visit, "id", "int4", true);
    (void) builder_column(&b, visit, "who: [#1], \"x\"", "int8", false);
    ss_buf_printf(&key, "%s.", b.tables[people].label);
    ss_text_ident(&key, "a.\"id:x");
    ss_policy_write(
        &(ss_new_policy){
            .catalog = builder_done(&b),
            .source = "dbname=x",
            .proposals = proposals,
            .subjects = (ss_subject_proposal[]){{.self = true, .why = "named\nsubject: none"},
                                                {.columns = led_by,
                                                 .ncolumns = 1,
                                                 .soft = &(ss_soft_proposal){1, ss_buf_text(&key),
                                                                             "named \"so\"\n"},
                                                 .nsoft = 1,
                                                 .why = b.tables[people].label}},
            .keep_why = why,
            .empty_why = why},
        &out);
    p = resolve(arena, builder_done(&b), ss_buf_text(&out));
    assert_runs(p);
    assert_true(p->tables[people].subject_self);
    assert_int_equal(p->tables[visit].nroutes, 1);
    assert_true(p->tables[visit].routes[0].to_people);
    ss_buf_done(&key);
    ss_buf_done(&out);
    ss_arena_free(arena);
}

/* Words of YAML in any case, quotes, and what editors hide. */
static void
a_scalar_is_read_as_it_was(void **state)
{
    static const char *const texts[] = {"No",
                                        "NULL",
                                        "yes",
                                        "a\"b\\c",
                                        "a\tb\r\n",
                                        "\x7f",
                                        "a\xC2\x85"
                                        "b",
                                        "\xE2\x80\xA8",
                                        "\xE2\x80\xAE",
                                        "\xE2\x81\xA9",
                                        "\xC3\xBC b",
                                        "",
                                        "a ",
                                        "#"};

    (void) state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_buf out = {0};
        ss_error err;
        ss_yaml *root;

        ss_buf_puts(&out, "a: ");
        ss_policy_put_scalar(&out, texts[i]);
        assert_int_equal(ss_yaml_parse("p.yaml", ss_buf_text(&out), out.len, arena, &root, &err),
                         SS_OK);
        assert_string_equal(root->values[0]->text, texts[i]);
        assert_true(root->values[0]->quoted || texts[i][0] == (char) 0xC3);
        ss_buf_done(&out);
        ss_arena_free(arena);
    }
}

static void
tables_without_rows_are_proposed_empty(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    const ss_catalog *catalog;
    const char *const *why;

    (void) state;
    (void) builder_column(&b, PERSON, "odd", "pg_lsn", true);
    catalog = builder_done(&b);
    why = ss_policy_why_empty(catalog, NULL, arena);
    assert_non_null(strstr(why[PERSON], "type that is not known"));
    assert_null(why[ORDERS]); /* its key may be NULL */
    assert_null(why[COUNTRY]);
    b.parts[ORDERS].columns[1].not_null = true;
    why = ss_policy_why_empty(catalog, NULL, arena);
    assert_non_null(strstr(why[ORDERS], "public.person is empty"));
    /* What people have decided is not proposed, nor does anything follow from it. */
    why = ss_policy_why_empty(
        catalog, policy_of(arena, HEAD "tables:\n  public.person: {mode: synthesise}\n"), arena);
    assert_null(why[PERSON]);
    assert_null(why[ORDERS]);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_say_what_they_cover),
        cmocka_unit_test(columns_come_in_where_they_belong),
        cmocka_unit_test(a_signature_is_put_in_and_replaced),
        cmocka_unit_test(a_rules_signature_ends_with_a_retype_and_another_mode),
        cmocka_unit_test(what_is_named_itself_is_signed_alone),
        cmocka_unit_test(where_one_thing_finds_no_place_nothing_is_changed),
        cmocka_unit_test(a_signature_in_a_block_is_replaced),
        cmocka_unit_test(a_pattern_that_nothing_matches_is_refused),
        cmocka_unit_test(a_new_policy_names_every_column),
        cmocka_unit_test(whose_the_rows_are_is_written),
        cmocka_unit_test(a_scalar_is_read_as_it_was),
        cmocka_unit_test(tables_without_rows_are_proposed_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
