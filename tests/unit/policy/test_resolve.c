/* A policy held against a catalog: what is decided, what stops, what warns. */
#include "policy/lock.h"
#include "unit/policy/policy_text.h"

#include "base/text.h"

#define COUNTRY_SIGNED_OFF "  public.country: {mode: empty}\n"
#define PERSON_ALL                                                                                 \
    "  public.person:\n    mode: synthesise\n    columns:\n      id: {class: key}\n"               \
    "      email: {class: direct-identifier}\n      active: {class: non-personal}\n"
#define ORDERS_ALL                                                                                 \
    "  public.orders:\n    mode: synthesise\n    columns:\n      id: {class: key}\n"               \
    "      person_id: {class: key}\n      state: {class: non-personal}\n"                          \
    "      total: {class: quasi-identifier}\n"

/* --- where modes meet --------------------------------------------------------------------------- */

typedef enum cell
{
    RUNS,
    STOPS,
    NULLABLE, /* runs when the column may be null */
    SAID,     /* runs when it may be null and treatment: nullify says so */
    ALL_NULL, /* runs when the server's statistics know nothing but NULLs */
} cell;

/* policy.md section 3: child, parent */
static const cell cells[4][4] = {
    [SS_MODE_SYNTHESISE] = {RUNS, RUNS, RUNS, NULLABLE},
    [SS_MODE_PSEUDONYMISE] = {SAID, RUNS, RUNS, SAID},
    [SS_MODE_KEEP] = {STOPS, RUNS, RUNS, ALL_NULL},
    [SS_MODE_EMPTY] = {RUNS, RUNS, RUNS, RUNS},
};

/* Keys that are kept are signed: beside the point of most tests. */
#define UNSIGNED "require_signoff: none\n"

/* Does child -> parent run?  Whatever else a policy wants is there. */
static bool
meets(ss_mode child, ss_mode parent, bool not_null, bool said, double null_frac, char match,
      ss_treatment *treatment)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t c = builder_table(&b, "public", "child"),
                 p = builder_table(&b, "public", "parent");
    ss_column *column;
    const ss_plan *plan;
    bool runs;

    (void) builder_column(&b, p, "id", "int4", true);
    (void) builder_key(&b, p, "parent_pkey", "id", true);
    column = builder_column(&b, c, "parent_id", "int4", not_null);
    column->null_frac = null_frac;
    builder_foreign_key(&b, c, "parent_id", p, "id")->match = match;
    plan = resolve(arena, builder_done(&b),
                   ss_strf(arena,
                           HEAD UNSIGNED
                           "tables:\n  public.child: {mode: %s%s}\n  public.parent: {mode: %s%s}\n",
                           ss_mode_name(child),
                           child == SS_MODE_EMPTY ? ""
                           : said ? ", columns: {parent_id: {class: key, treatment: nullify}}"
                                  : ", columns: {parent_id: {class: key}}",
                           ss_mode_name(parent),
                           parent == SS_MODE_EMPTY ? "" : ", columns: {id: {class: key}}"));
    runs = plan->nstops == 0;
    if (treatment != NULL)
        *treatment = decision(plan, c, "parent_id")->treatment;
    ss_arena_free(arena);
    return runs;
}

static void
every_cell_of_the_table_of_modes(void **state)
{
    (void) state;
    for (int c = 0; c < 4; c++)
    {
        for (int p = 0; p < 4; p++)
        {
            const cell wanted = cells[c][p];
            const ss_mode child = (ss_mode) c, parent = (ss_mode) p;

            print_message("%s -> %s\n", ss_mode_name(child), ss_mode_name(parent));
            assert_int_equal(meets(child, parent, true, false, -1, 's', NULL), wanted == RUNS);
            assert_int_equal(meets(child, parent, false, false, -1, 's', NULL),
                             wanted == RUNS || wanted == NULLABLE);
            assert_int_equal(meets(child, parent, false, false, 1, 's', NULL),
                             wanted == RUNS || wanted == NULLABLE || wanted == ALL_NULL);
            if (child == SS_MODE_SYNTHESISE || child == SS_MODE_PSEUDONYMISE)
                assert_true(meets(child, parent, false, true, -1, 's', NULL));
        }
    }
}

static void
a_foreign_key_takes_what_its_parent_has(void **state)
{
    ss_treatment t;

    (void) state;
    assert_true(meets(SS_MODE_PSEUDONYMISE, SS_MODE_PSEUDONYMISE, true, false, -1, 's', &t));
    assert_int_equal(t, SS_TREAT_PSEUDONYMISE);
    assert_true(meets(SS_MODE_PSEUDONYMISE, SS_MODE_KEEP, true, false, -1, 's', &t));
    assert_int_equal(t, SS_TREAT_KEEP);
    assert_true(meets(SS_MODE_KEEP, SS_MODE_PSEUDONYMISE, true, false, -1, 's', &t));
    assert_int_equal(t, SS_TREAT_PSEUDONYMISE);
    assert_true(meets(SS_MODE_KEEP, SS_MODE_KEEP, true, false, -1, 's', &t));
    assert_int_equal(t, SS_TREAT_KEEP);
}

/* (a, b) -> parent, a may be null and b may not; child synthesised, parent empty. */
static size_t
stops_of_two(char match, bool domain_not_null)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t c = builder_table(&b, "public", "child"),
                 p = builder_table(&b, "public", "parent");
    size_t n;

    (void) builder_column(&b, p, "a", "int4", true);
    (void) builder_column(&b, p, "b", "int4", true);
    (void) builder_key(&b, p, "parent_pkey", "a b", true);
    if (domain_not_null)
    {
        const size_t domain = builder_type(&b, "number", SS_TYPE_DOMAIN);

        b.types[domain].base = builder_type(&b, "int4", SS_TYPE_BASE);
        b.types[domain].not_null = true;
    }
    (void) builder_column(&b, c, "a", domain_not_null ? "number" : "int4", false);
    (void) builder_column(&b, c, "b", "int4", true);
    builder_foreign_key(&b, c, "a b", p, "a b")->match = match;
    n = resolve(arena, builder_done(&b),
                HEAD
                "tables:\n  public.parent: {mode: empty}\n"
                "  public.child: {mode: synthesise, columns: {a: {class: key}, b: {class: key}}}\n")
            ->nstops;
    ss_arena_free(arena);
    return n;
}

static void
one_null_does_unless_the_match_is_full(void **state)
{
    (void) state;
    assert_int_equal(stops_of_two('s', false), 0);
    assert_int_equal(stops_of_two('f', false), 1);
    assert_int_equal(stops_of_two('s', true), 1); /* a domain that is NOT NULL */
}

static void
a_column_cannot_be_kept_and_replaced(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t c = builder_table(&b, "public", "child"), k = builder_table(&b, "public", "kept"),
                 p = builder_table(&b, "public", "replaced");

    (void) state;
    for (size_t t = k; t <= p; t++)
    {
        (void) builder_column(&b, t, "id", "int4", true);
        (void) builder_key(&b, t, "pkey", "id", true);
    }
    (void) builder_column(&b, c, "ref", "int4", true);
    (void) builder_foreign_key(&b, c, "ref", k, "id");
    (void) builder_foreign_key(&b, c, "ref", p, "id");
    assert_stops(
        resolve(arena, builder_done(&b),
                HEAD "tables:\n  public.child: {mode: pseudonymise, columns: {ref: {class: key}}}\n"
                     "  public.kept: {mode: keep, columns: {id: {class: key}}}\n"
                     "  public.replaced: {mode: pseudonymise, columns: {id: {class: key}}}\n"),
        "public.child.ref", "one of its foreign keys leads to a kept table");
    ss_arena_free(arena);
}

/* --- treatments and modes ----------------------------------------------------------------------- */

static void
every_mode_takes_its_treatments(void **state)
{
    /* By mode.  The rest the file alone shows, but for generalise of synthesise tables, which is for later. */
    static const char *const taken[] = {
        [SS_MODE_SYNTHESISE] = "synthesise shape constant nullify",
        [SS_MODE_PSEUDONYMISE] = "shape pseudonymise generalise keep constant nullify",
        [SS_MODE_KEEP] = "keep",
    };

    (void) state;
    for (int m = 0; m < 3; m++)
    {
        for (int t = SS_TREAT_SYNTHESISE; t <= SS_TREAT_NULLIFY; t++)
        {
            ss_arena *arena = ss_arena_new(NULL);
            ss_builder b = builder_new(arena);
            const size_t table = builder_table(&b, "public", "t");
            const char *word = ss_treatment_name((ss_treatment) t);
            const char *text = ss_strf(arena,
                                       HEAD "tables: {public.t: {mode: %s, columns: {a: {class: "
                                            "non-personal, treatment: %s%s}}}}\n",
                                       ss_mode_name((ss_mode) m), word,
                                       t == SS_TREAT_CONSTANT     ? ", value: 1"
                                       : t == SS_TREAT_GENERALISE ? ", to: 10"
                                                                  : "");
            ss_policy *policy;
            ss_error err;

            (void) builder_column(&b, table, "a", "int4", false);
            print_message("%s in %s\n", word, ss_mode_name((ss_mode) m));
            if (strstr(taken[m], word) != NULL)
                assert_runs(resolve(arena, builder_done(&b), text));
            else if (t == SS_TREAT_GENERALISE && m == SS_MODE_SYNTHESISE)
                assert_stops(resolve(arena, builder_done(&b), text), "public.t.a", "yet");
            else
                assert_int_equal(read_text(arena, text, &policy, &err), SS_EMEND);
            ss_arena_free(arena);
        }
    }
}

static void
quasi_identifiers_are_made_coarser_where_they_can_be(void **state)
{
    static const struct
    {
        const char *type, *kind, *to; /* NULL: they get a shape */
    } cases[] = {{"date", "date-of-birth", "year"},
                 {"text", "postcode", "outward-code"},
                 {"timestamptz", "timestamp", "month"},
                 {"int4", "age", "10"},
                 {"text", "city", NULL}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = builder_new(arena);
        const size_t table = builder_table(&b, "public", "t");
        const ss_decision *d;

        (void) builder_column(&b, table, "a", cases[i].type, false);
        d = &resolve(
                 arena, builder_done(&b),
                 ss_strf(arena,
                         HEAD
                         "require_signoff: none\ntables: {public.t: {mode: pseudonymise, columns: "
                         "{a: {class: quasi-identifier, kind: %s}}}}\n",
                         cases[i].kind))
                 ->tables[0]
                 .columns[0];
        assert_int_equal(d->treatment, cases[i].to == NULL ? SS_TREAT_SHAPE : SS_TREAT_GENERALISE);
        if (cases[i].to != NULL)
            assert_string_equal(d->to, cases[i].to);
        ss_arena_free(arena);
    }
}

static const ss_plan *
constant(ss_arena *arena, const char *type, int32_t typmod, bool key, const char *value)
{
    ss_builder b = builder_new(arena);
    const size_t table = builder_table(&b, "public", "t");

    builder_column(&b, table, "a", type, false)->typmod = typmod;
    if (key)
        (void) builder_key(&b, table, "t_a_key", "a", false);
    return resolve(arena, builder_done(&b),
                   ss_strf(arena,
                           HEAD
                           "tables: {public.t: {mode: synthesise, columns: {a: {class: secret, "
                           "treatment: constant, value: '%s'}}}}\n",
                           value));
}

static void
a_constant_fits_its_column(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_finding *f;

    (void) state;
    assert_runs(constant(arena, "int4", -1, false, "12"));
    assert_runs(constant(arena, "varchar", 4 + 3, false, "äöü"));
    assert_runs(constant(arena, "date", -1, false, "2000-02-29"));
    f = find(constant(arena, "int4", -1, false, "twelve"), SS_FINDING_STOPS, "public.t.a",
             "does not fit");
    assert_non_null(f);
    assert_int_equal(f->code, SS_EMEND);
    assert_null(strstr(f->text, "twelve"));
    assert_stops(constant(arena, "varchar", 4 + 3, false, "four"), "public.t.a", "does not fit");
    assert_stops(constant(arena, "date", -1, false, "2001-02-29"), "public.t.a", "does not fit");
    assert_stops(constant(arena, "int4", -1, true, "12"), "public.t.a", "unique");
    /* Which values a type without a codec takes, the server says. */
    assert_runs(constant(arena, "pg_lsn", -1, false, "0/1"));
    ss_arena_free(arena);
}

static void
what_a_domain_forbids_is_not_nullified(void **state)
{
    static const bool forbidden[] = {false, true};

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = builder_new(arena);
        const size_t table = builder_table(&b, "public", "t");
        const size_t domain = builder_type(&b, "number", SS_TYPE_DOMAIN);
        const ss_plan *plan;

        b.types[domain].base = builder_type(&b, "int4", SS_TYPE_BASE);
        b.types[domain].not_null = forbidden[i];
        (void) builder_column(&b, table, "a", "number", false);
        plan = resolve(arena, builder_done(&b),
                       HEAD "tables: {public.t: {mode: synthesise, columns: {a: {class: "
                            "non-personal, treatment: nullify}}}}\n");
        if (forbidden[i])
            assert_stops(plan, "public.t.a", "cannot be nullified");
        else
            assert_runs(plan);
        ss_arena_free(arena);
    }
}

static void
a_type_without_codec_is_kept_for_a_reason_of_its_own(void **state)
{
    static const struct
    {
        const char *table;
        bool runs;
    } cases[] = {
        {"{mode: keep, columns: {a: {class: non-personal, why: read}}}", true},
        {"{mode: keep, columns: {a: {class: non-personal}}}", false},
        {"{mode: keep, why: the table's reason, columns: {a: {class: non-personal}}}", false},
        {"{mode: pseudonymise, columns: {a: {class: non-personal, treatment: keep, why: read}}}",
         true},
        {"{mode: pseudonymise, columns: {a: {class: non-personal, treatment: keep}}}", false},
        {"{mode: pseudonymise, columns: {a: {class: non-personal, treatment: shape, why: read}}}",
         false},
        {"{mode: synthesise, columns: {a: {class: non-personal, why: read}}}", false},
        {"{mode: synthesise, columns: {a: {class: non-personal, treatment: nullify}}}", true},
        {"{mode: synthesise, columns: {a: {class: key, treatment: constant, value: x}}}", true},
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = builder_new(arena);
        const size_t table = builder_table(&b, "public", "t");
        const ss_plan *plan;

        (void) builder_column(&b, table, "a", "geography", false);
        plan = resolve(arena, builder_done(&b),
                       ss_strf(arena, HEAD "tables: {public.t: %s}\n", cases[i].table));
        if (cases[i].runs)
            assert_runs(plan);
        else
            assert_stops(plan, "public.t.a", "does not know the type");
        ss_arena_free(arena);
    }
}

/* --- what the policy does not name -------------------------------------------------------------- */

static void
a_new_column_stops_whatever_its_type(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    const ss_plan *plan;

    (void) state;
    (void) builder_column(&b, PERSON, "vip", "bool", false);
    builder_column(&b, PERSON, "loud", "text", false)->generated = SS_GENERATED_STORED;
    plan =
        resolve(arena, builder_done(&b), HEAD "tables:\n" COUNTRY_SIGNED_OFF ORDERS_ALL PERSON_ALL);
    assert_int_equal(plan->nstops, 1);
    assert_stops(plan, "public.person.vip", "does not name this column");
    plan = resolve(
        arena, builder_done(&b),
        HEAD
        "on_change: {new_column: nullify}\ntables:\n" COUNTRY_SIGNED_OFF ORDERS_ALL PERSON_ALL);
    assert_runs(plan);
    assert_int_equal(decision(plan, PERSON, "vip")->treatment, SS_TREAT_NULLIFY);
    plan = resolve(
        arena, builder_done(&b),
        HEAD "on_change: {new_column: shape}\ntables:\n  public.orders: {mode: "
             "empty}\n" COUNTRY_SIGNED_OFF
             "  public.person:\n    mode: pseudonymise\n    columns:\n      id: {class: key}\n"
             "      email: {class: direct-identifier}\n      active: {class: non-personal}\n");
    assert_runs(plan);
    assert_int_equal(decision(plan, PERSON, "vip")->treatment, SS_TREAT_SHAPE);
    /* A kept row leaves as it is: on_change has no say in it. */
    plan =
        resolve(arena, builder_done(&b),
                HEAD "on_change: {new_column: nullify}\nrequire_signoff: none\n"
                     "tables:\n  public.orders: {mode: empty}\n" COUNTRY_SIGNED_OFF
                     "  public.person:\n    mode: keep\n    columns:\n      id: {class: key}\n"
                     "      email: {class: non-personal}\n      active: {class: non-personal}\n");
    assert_int_equal(plan->nstops, 1);
    assert_stops(plan, "public.person.vip", "does not name this column");
    ss_arena_free(arena);
}

static void
a_kept_table_without_columns_waits_for_a_signature(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", "t");

    (void) state;
    (void) builder_column(&b, t, "on", "bool", false);
    assert_stops(resolve(arena, builder_done(&b), HEAD "tables: {public.t: {mode: keep}}\n"),
                 "public.t", "1 column of a keep table is undecided");
    ss_arena_free(arena);
}

/* --- signatures --------------------------------------------------------------------------------- */

static const char *
signed_country(ss_arena *arena, const ss_catalog *catalog, const char *top, const char *more)
{
    const char *entry = ss_strf(arena, "mode: keep%s", more);
    const ss_policy *p =
        policy_of(arena, ss_strf(arena, HEAD "tables: {public.country: {%s}}\n", entry));

    return ss_strf(arena,
                   HEAD
                   "%stables:\n  public.orders: {mode: empty}\n  public.person: {mode: empty}\n"
                   "  public.country: {%s, signed: {by: me, covers: '%s'}}\n",
                   top, entry,
                   ss_policy_cover_table(p, catalog, &p->tables[0],
                                         ss_catalog_find(catalog, "public.country"), arena));
}

static void
a_signed_table_stops_when_it_changes(void **state)
{
    static const char columns[] =
        ", columns: {code: {class: non-personal}, name: {class: non-personal}}";
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    const char *whole = signed_country(arena, builder_done(&b), "", "");
    const char *none = signed_country(arena, builder_done(&b), "require_signoff: none\n", columns);
    const char *named = signed_country(arena, builder_done(&b), "", columns);
    const ss_plan *plan;

    (void) state;
    assert_runs(resolve(arena, builder_done(&b), whole));
    assert_runs(resolve(arena, builder_done(&b), named));
    b.parts[COUNTRY].columns[1].type_text = "character varying(80)";
    plan = resolve(arena, builder_done(&b), whole);
    assert_int_equal(plan->nstops, 1);
    assert_stops(plan, "public.country", "no longer covers");
    assert_stops(resolve(arena, builder_done(&b), named), "public.country", "no longer covers");
    plan = resolve(arena, builder_done(&b), none);
    assert_runs(plan);
    assert_non_null(find(plan, SS_FINDING_WARNS, "public.country", "no longer covers"));
    assert_true(plan->tables[COUNTRY].added == SS_NONE);
    ss_arena_free(arena);
}

static void
a_column_that_came_into_a_signed_table_is_named(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    const char *text = signed_country(arena, builder_done(&b), "", "");
    const ss_plan *plan;

    (void) state;
    (void) builder_column(&b, COUNTRY, "person", "text", false);
    plan = resolve(arena, builder_done(&b), text);
    assert_int_equal(plan->tables[COUNTRY].added, 2);
    assert_stops(plan, "public.country", "the column \"person\" has come in, and nothing else");
    (void) builder_column(&b, COUNTRY, "another", "text", false);
    plan = resolve(arena, builder_done(&b), text);
    assert_true(plan->tables[COUNTRY].added == SS_NONE);
    ss_arena_free(arena);
}

static void
what_may_be_a_person_is_signed_before_it_is_kept(void **state)
{
    static const struct
    {
        const char *type, *class;
        bool personal;
    } cases[] = {{"int4", "key", true},       {"uuid", "key", true},
                 {"text", "key", true},       {"varchar", "key", true},
                 {"numeric", "key", true},    {"text", "non-personal", false},
                 {"text", "free-text", true}, {"int4", "quasi-identifier", true}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = builder_new(arena);
        const size_t t = builder_table(&b, "public", "t");
        const ss_plan *plan;

        (void) builder_column(&b, t, "a", cases[i].type, true);
        plan = resolve(arena, builder_done(&b),
                       ss_strf(arena,
                               HEAD "tables: {public.t: {mode: keep, columns: {a: {class: %s}}}}\n",
                               cases[i].class));
        assert_int_equal(decision(plan, t, "a")->personal, cases[i].personal);
        if (cases[i].personal)
            assert_stops(plan, "public.t", "must be signed");
        else
            assert_runs(plan);
        ss_arena_free(arena);
    }
}

static void
a_signature_copied_elsewhere_is_none(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t a = builder_table(&b, "public", "a"), t = builder_table(&b, "public", "b");
    const ss_policy *p;
    const char *mine;
    const ss_plan *plan;

    (void) state;
    (void) builder_column(&b, a, "x", "int4", true);
    (void) builder_column(&b, t, "x", "int4", true);
    p = policy_of(arena, HEAD "tables: {public.a: {mode: pseudonymise, columns: {x: {class: "
                              "quasi-identifier, treatment: keep}}}}\n");
    mine = ss_strf(arena, ", signed: {by: me, covers: '%s'}",
                   ss_policy_cover_column(builder_done(&b), &p->tables[0], &p->tables[0].columns[0],
                                          &b.tables[a].columns[0], arena));
    plan = resolve(arena, builder_done(&b),
                   ss_strf(arena,
                           HEAD "tables:\n  public.a: {mode: pseudonymise, columns: {x: {class: "
                                "quasi-identifier, treatment: keep%s}}}\n"
                                "  public.b: {mode: pseudonymise, columns: {x: {class: "
                                "quasi-identifier, treatment: keep%s}}}\n",
                           mine, mine));
    assert_int_equal(plan->nstops, 1);
    assert_stops(plan, "public.b.x", "must be signed");
    assert_non_null(find(plan, SS_FINDING_WARNS, "public.b.x", "no longer covers the column"));
    ss_arena_free(arena);
}

/* A finding that is no UTF-8 would be missing from the JSON of check. */
static void
a_long_name_is_cut_and_stays_utf8(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    ss_buf name = {0};
    const ss_plan *plan;

    (void) state;
    ss_buf_puts(&name, "ab");
    while (name.len < 150)
        ss_buf_puts(&name, "\xE6\x97\xA5");
    plan = resolve(arena, builder_done(&b),
                   ss_strf(arena, HEAD "rules: [{match: '%s', class: key}]\n", ss_buf_text(&name)));
    for (size_t i = 0; i < plan->nfindings; i++)
        assert_true(ss_utf8_valid((const unsigned char *) plan->findings[i].text,
                                  strlen(plan->findings[i].text), NULL));
    assert_true(plan->nfindings > 0);
    ss_buf_done(&name);
    ss_arena_free(arena);
}

/* What is not obeyed must not be believed. */
static void
a_coarser_form_that_is_not_made_stops(void **state)
{
    static const char *const modes[] = {"synthesise", "keep"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    for (size_t m = 0; m < 2; m++)
    {
        const ss_plan *plan =
            resolve(arena, builder_done(&b),
                    ss_strf(arena,
                            HEAD UNSIGNED "tables: {public.person: {mode: %s, columns: {active: "
                                          "{class: quasi-identifier, to: year}}}}\n",
                            modes[m]));

        assert_stops(plan, "public.person.active", "to: goes with treatment: generalise");
    }
    ss_arena_free(arena);
}

/* Neither what a type cannot be made coarser to, nor a password that no row is read for. */
static void
what_a_type_does_not_take_stops(void **state)
{
    static const char *const claims[][3] = {
        {"active", "{class: quasi-identifier, treatment: generalise, to: year}",
         "cannot be made coarser"},
        {"id", "{class: quasi-identifier, treatment: generalise, to: year}",
         "does not take what to: says"},
        {"id", "{class: secret, treatment: constant, value: known-password}",
         "known-password is text"},
    };
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
        assert_stops(resolve(arena, builder_done(&b),
                             ss_strf(arena,
                                     HEAD UNSIGNED "tables: {public.person: {mode: pseudonymise, "
                                                   "columns: {%s: %s}}}\n",
                                     claims[i][0], claims[i][1])),
                     ss_strf(arena, "public.person.%s", claims[i][0]), claims[i][2]);
    ss_arena_free(arena);
}

/* Where nothing names the column itself there is something else to sign; and a shell must take names as they are. */
static void
the_command_that_signs_is_one_that_does(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    const size_t odd = builder_table(&b, "public", "x'; touch y\n#");
    const ss_plan *plan;

    (void) state;
    (void) builder_column(&b, odd, "id", "int4", true);
    plan = resolve(arena, builder_done(&b),
                   HEAD "require_signoff: all\nrules: [{match: '*.email', class: free-text, "
                        "treatment: shape}]\n"
                        "on_change: {new_table: empty, new_column: shape}\n"
                        "tables:\n  \"public.\\\"x'; touch y\\n#\\\"\": {mode: synthesise}\n"
                        "  public.person: {mode: synthesise, columns: {id: {class: key}}}\n");
    assert_string_equal(find(plan, SS_FINDING_STOPS, "public.person.id", "not signed")->mend,
                        "sandseed sign p.yaml --by NAME --why TEXT 'public.person.id'");
    assert_string_equal(find(plan, SS_FINDING_STOPS, "public.person.email", "not signed")->mend,
                        "sandseed sign p.yaml --by NAME --why TEXT '*.email'");
    assert_string_equal(find(plan, SS_FINDING_STOPS, "public.person.active", "not signed")->mend,
                        "sandseed sign p.yaml --by NAME --why TEXT 'public.person'");
    assert_string_equal(
        find(plan, SS_FINDING_STOPS, "public.\"x'; touch y\\x0a#\".id", "not signed")->mend,
        "sandseed sign p.yaml --by NAME --why TEXT 'public.\"x'\\''; touch y?#\"'");
    ss_arena_free(arena);
}

/* --- rules -------------------------------------------------------------------------------------- */

/* The policy's one rule as plan would write it for the catalog as it is. */
static const char *
planned(ss_arena *arena, const ss_catalog *catalog, const char *rule)
{
    const ss_policy *p = policy_of(arena, ss_strf(arena, HEAD "rules: [{%s}]\n", rule));
    const ss_rule_columns columns = ss_rule_columns_of(p, &p->rules[0], catalog, arena);

    return ss_strf(arena, "{%s, matched: %zu, digest: '%s'}", rule, columns.n, columns.digest);
}

/* n tables t0, t1, ... of columns id and at. */
static ss_builder
many(ss_arena *arena, size_t n)
{
    ss_builder b = builder_new(arena);

    for (size_t i = 0; i < n; i++)
    {
        const size_t t = builder_table(&b, "public", ss_strf(arena, "t%zu", i));

        (void) builder_column(&b, t, "id", "int4", true);
        (void) builder_column(&b, t, "at", "timestamptz", false);
    }
    return b;
}

static const char *
many_tables(ss_arena *arena, size_t n, const char *mode, const char *rules)
{
    ss_buf out = {0};
    const char *copy;

    ss_buf_printf(&out, HEAD UNSIGNED "rules: [%s]\ntables:\n", rules);
    for (size_t i = 0; i < n; i++)
        ss_buf_printf(&out, "  public.t%zu: {mode: %s, columns: {id: {class: key}}}\n", i, mode);
    copy = ss_strdup(arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return copy;
}

static void
a_rule_decides_what_it_matched_and_no_more(void **state)
{
    static const char rule[] = "match: '*.at', class: non-personal";

    (void) state;
    for (size_t added = 0; added <= 2; added++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = many(arena, 5 + added);
        ss_builder before = many(arena, 5);
        const char *written = planned(arena, builder_done(&before), rule);
        const ss_plan *plan =
            resolve(arena, builder_done(&b), many_tables(arena, 5 + added, "synthesise", written));

        assert_runs(plan);
        for (size_t t = 0; t < 5 + added; t++)
        {
            const ss_decision *d = decision(plan, t, "at");

            assert_int_equal(d->class, t < 5 ? SS_CLASS_NON_PERSONAL : SS_CLASS_UNDECIDED);
            assert_int_equal(d->treatment, t < 5 ? SS_TREAT_SYNTHESISE : SS_TREAT_SHAPE);
            if (t >= 5)
                assert_non_null(find(plan, SS_FINDING_WARNS, ss_strf(arena, "public.t%zu.at", t),
                                     "the rule \"*.at\""));
        }
        assert_int_equal(plan->undecided, added);
        ss_arena_free(arena);
    }
}

static void
a_new_tables_columns_are_told_apart_together(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = many(arena, 5), before = many(arena, 4);
    const ss_plan *plan;

    (void) state;
    for (size_t i = 0; i < 3; i++)
        (void) builder_column(&b, 4, ss_strf(arena, "x%zu_at", i), "timestamptz", false);
    plan = resolve(
        arena, builder_done(&b),
        many_tables(arena, 5, "synthesise",
                    planned(arena, builder_done(&before), "match: '*at', class: non-personal")));
    assert_runs(plan);
    assert_int_equal(plan->undecided, 4);
    assert_int_equal(decision(plan, 0, "at")->class, SS_CLASS_NON_PERSONAL);
    ss_arena_free(arena);
}

static void
a_rule_that_plan_has_not_seen_decides_nothing(void **state)
{
    static const char rule[] = "match: '*.at', class: non-personal";
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = many(arena, 3), more = many(arena, 4);
    const ss_plan *plan =
        resolve(arena, builder_done(&b),
                many_tables(arena, 3, "synthesise", "{match: '*.at', class: non-personal}"));

    (void) state;
    assert_runs(plan);
    assert_int_equal(plan->undecided, 3);
    assert_non_null(find(plan, SS_FINDING_WARNS, "", "plan has not written yet"));
    /* Nor one whose columns went, since what is left cannot be told from what is new. */
    plan = resolve(arena, builder_done(&b),
                   many_tables(arena, 3, "synthesise", planned(arena, builder_done(&more), rule)));
    assert_int_equal(plan->undecided, 3);
    assert_non_null(find(plan, SS_FINDING_WARNS, "", "matches other columns than the 4"));
    /* What reveals nothing it may do at once. */
    plan = resolve(
        arena, builder_done(&b),
        many_tables(arena, 3, "synthesise", "{match: '*.at', class: secret, treatment: nullify}"));
    assert_int_equal(plan->undecided, 0);
    assert_int_equal(decision(plan, 2, "at")->treatment, SS_TREAT_NULLIFY);
    ss_arena_free(arena);
}

/* A rule does not take it, and the lock file has it. */
static void
add_generated(ss_builder *b)
{
    ss_column *made =
        builder_column(b, builder_table(b, "public", "made"), "at", "timestamptz", false);

    made->type_text = "timestamp with time zone";
    made->generated = SS_GENERATED_STORED;
}

/* Tables t0 to t3, and one with a column of that type; its lock file knows before. */
static const ss_plan *
with_lock(ss_arena *arena, const char *rule, const ss_catalog *before, bool lock)
{
    ss_builder b = many(arena, 4);
    ss_policy *p = policy_of(arena, many_tables(arena, 4, "keep", planned(arena, before, rule)));
    ss_buf text = {0};
    ss_lock *read;
    ss_plan *plan;
    ss_error err;

    add_generated(&b);
    ss_lock_write(before, &text);
    assert_int_equal(ss_lock_parse("p.lock", ss_buf_text(&text), text.len, arena, &read, &err),
                     SS_OK);
    ss_buf_done(&text);
    p->lock = lock ? read : NULL;
    assert_int_equal(ss_policy_resolve(p, builder_done(&b), arena, &plan, &err), SS_OK);
    return plan;
}

static void
a_column_that_vanishes_from_under_a_rule_costs_no_night(void **state)
{
    static const char *const rules[] = {"match: '*.at', class: non-personal",
                                        "type: 'timestamp*', class: non-personal"};

    (void) state;
    for (size_t i = 0; i < 2; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = many(arena, 3);
        const size_t old = builder_table(&b, "public", "old");
        const ss_catalog *before;
        const ss_plan *plan;

        builder_column(&b, old, "at", "timestamptz", false)->type_text = "timestamp with time zone";
        add_generated(&b);
        before = builder_done(&b);
        plan = with_lock(arena, rules[i], before, true);
        assert_null(find(plan, SS_FINDING_STOPS, "public.t0.at", ""));
        assert_non_null(find(plan, SS_FINDING_STOPS, "public.t3.at", "undecided: the rule"));
        assert_non_null(find(plan, SS_FINDING_WARNS, "", "1 column that the rule"));
        plan = with_lock(arena, rules[i], before, false);
        assert_non_null(find(plan, SS_FINDING_STOPS, "public.t0.at", "undecided: the rule"));
        ss_arena_free(arena);
    }
}

/* What a lock file says more, by whatever hand, covers nothing more. */
static void
a_lock_file_adds_nothing_to_a_rule(void **state)
{
    static const char rule[] = "match: '*.at', class: non-personal";
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = many(arena, 4), then = many(arena, 3);
    ss_policy *p =
        policy_of(arena, many_tables(arena, 4, "keep", planned(arena, builder_done(&then), rule)));
    const ss_catalog *now = builder_done(&b);
    ss_buf text = {0};
    ss_lock *lock;
    ss_plan *plan;
    ss_error err;

    (void) state;
    ss_lock_write(now, &text);
    assert_int_equal(ss_lock_parse("p.lock", ss_buf_text(&text), text.len, arena, &lock, &err),
                     SS_OK);
    ss_buf_done(&text);
    p->lock = lock;
    assert_int_equal(ss_policy_resolve(p, now, arena, &plan, &err), SS_OK);
    assert_null(find(plan, SS_FINDING_STOPS, "public.t0.at", ""));
    assert_non_null(find(plan, SS_FINDING_STOPS, "public.t3.at", "undecided: the rule"));
    ss_arena_free(arena);
}

static void
where_rows_are_real_an_uncovered_column_stops(void **state)
{
    static const char rule[] = "match: '*.at', class: non-personal";
    static const char *const modes[] = {"keep", "pseudonymise"};

    (void) state;
    for (size_t m = 0; m < 2; m++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = many(arena, 3), before = many(arena, 2);
        const ss_plan *plan;

        assert_runs(
            resolve(arena, builder_done(&b),
                    many_tables(arena, 3, modes[m], planned(arena, builder_done(&b), rule))));
        plan =
            resolve(arena, builder_done(&b),
                    many_tables(arena, 3, modes[m], planned(arena, builder_done(&before), rule)));
        assert_int_equal(plan->nstops, 1);
        assert_stops(plan, "public.t2.at", "the rule \"*.at\"");
        ss_arena_free(arena);
    }
}

static void
of_rules_the_more_special_wins(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = many(arena, 2);
    const ss_catalog *catalog = builder_done(&b);
    const ss_plan *plan;

    (void) state;
    plan = resolve(
        arena, catalog,
        many_tables(arena, 2, "synthesise",
                    ss_strf(arena, "%s, %s, %s",
                            planned(arena, catalog, "type: timestamptz, class: secret"),
                            planned(arena, catalog, "match: '*.at', class: non-personal"),
                            planned(arena, catalog, "match: '*.t1.at', class: quasi-identifier"))));
    assert_runs(plan);
    assert_int_equal(decision(plan, 0, "at")->class, SS_CLASS_NON_PERSONAL);
    assert_int_equal(decision(plan, 1, "at")->class, SS_CLASS_QUASI_IDENTIFIER);
    /* The column's own entry beats every rule. */
    assert_int_equal(decision(resolve(arena, catalog,
                                      many_tables(arena, 2, "synthesise",
                                                  planned(arena, catalog,
                                                          "match: 'public.t1.id', class: secret"))),
                              1, "id")
                         ->class,
                     SS_CLASS_KEY);
    plan = resolve(
        arena, catalog,
        many_tables(arena, 2, "synthesise",
                    ss_strf(arena, "%s, %s",
                            planned(arena, catalog, "match: '*.t0.*at', class: secret"),
                            planned(arena, catalog, "match: '*.t*0.at', class: non-personal"))));
    assert_stops(plan, "public.t0.at", "two rules disagree");
    assert_int_equal(find(plan, SS_FINDING_STOPS, "public.t0.at", "two rules")->code, SS_EMEND);
    plan = resolve(arena, catalog,
                   many_tables(arena, 2, "synthesise", "{match: '*.nowhere', class: secret}"));
    assert_stops(plan, "", "has never matched a column");
    plan =
        resolve(arena, catalog,
                many_tables(arena, 2, "synthesise",
                            "{match: '*.nowhere', class: secret, matched: 2, digest: '00000000'}"));
    assert_non_null(find(plan, SS_FINDING_WARNS, "", "matches no column any more"));
    ss_arena_free(arena);
}

static void
a_type_is_named_as_people_name_it(void **state)
{
    static const char *const rules[] = {"type: timestamptz", "type: 'timestamp with time zone'",
                                        "type: 'timestamp*'"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = many(arena, 1);

    (void) state;
    b.parts[0].columns[1].type_text = "timestamp(3) with time zone";
    for (size_t i = 0; i < 3; i++)
        assert_runs(
            resolve(arena, builder_done(&b),
                    many_tables(arena, 1, "synthesise",
                                planned(arena, builder_done(&b),
                                        ss_strf(arena, "%s, class: non-personal", rules[i])))));
    ss_arena_free(arena);
}

/* --- references that nobody declared -------------------------------------------------------------- */

#define EVENT(columns) "  public.event:\n    mode: synthesise\n" columns

/* The shop, and event (id, user_id, topic, person_id), which no key leads anywhere. */
static const ss_plan *
with_event(ss_arena *arena, const char *type, const char *people, const char *event)
{
    ss_builder b = shop(arena);
    const size_t t = builder_table(&b, "public", "event");

    (void) builder_column(&b, t, "id", "int4", true);
    (void) builder_column(&b, t, "user_id", type, false);
    (void) builder_column(&b, t, "topic", "text", false);
    (void) builder_key(&b, t, "event_pkey", "id", true);
    return resolve(arena, builder_done(&b),
                   ss_strf(arena,
                           HEAD "on_change: {new_column: shape}\ntables:\n" COUNTRY_SIGNED_OFF
                                "  public.orders: {mode: empty}\n"
                                "  public.person:\n    mode: synthesise\n%s    columns:\n"
                                "      id: {class: key}\n      email: {class: "
                                "direct-identifier}\n      active: {class: non-personal}\n%s",
                           people, event));
}

static const ss_table_plan *
event_of(const ss_plan *plan)
{
    return &plan->tables[3];
}

#define SELF "    subject: self\n"
#define SOFT(to)                                                                                   \
    EVENT("    columns:\n      id: {class: key}\n      user_id: {class: key, references: " to      \
          "}\n      topic: {class: quasi-identifier}\n")

static void
a_soft_reference_leads_to_people(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    const ss_plan *plan = with_event(arena, "int8", SELF, SOFT("public.person.id"));

    (void) state;
    assert_runs(plan);
    assert_int_equal(event_of(plan)->nroutes, 1);
    assert_true(event_of(plan)->routes[0].to_people);
    assert_false(event_of(plan)->uncounted);
    assert_int_equal(decision(plan, 3, "user_id")->treatment, SS_TREAT_SHAPE);
    /* and is named under subject: */
    plan = with_event(arena, "int4", SELF,
                      EVENT("    subject: [user_id]\n    columns:\n      id: {class: key}\n"
                            "      user_id: {class: key, references: public.person.id}\n"
                            "      topic: {class: quasi-identifier}\n"));
    assert_runs(plan);
    assert_int_equal(event_of(plan)->nsubject_columns, 1);
    plan = with_event(arena, "int4", SELF,
                      EVENT("    subject: self\n    columns:\n      id: {class: key}\n"
                            "      user_id: {class: key, references: public.person.id}\n"
                            "      topic: {class: quasi-identifier}\n"));
    assert_runs(plan);
    /* to nobody: its values count as keys', and what is personal is not learnt */
    plan = with_event(arena, "int4", "", SOFT("public.person.id"));
    assert_int_equal(event_of(plan)->nroutes, 1);
    assert_false(event_of(plan)->routes[0].to_people);
    assert_true(event_of(plan)->uncounted);
    ss_arena_free(arena);
}

static void
a_soft_reference_that_cannot_be_one_stops(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_stops(with_event(arena, "int4", SELF, SOFT("public.nobody.id")), "public.event.user_id",
                 "there is no table public.nobody");
    assert_stops(with_event(arena, "int4", SELF, SOFT("public.person.nr")), "public.event.user_id",
                 "no column of that name");
    assert_stops(with_event(arena, "bool", SELF, SOFT("public.person.active")),
                 "public.event.user_id", "unique by no key of its own");
    assert_stops(with_event(arena, "text", SELF, SOFT("public.person.id")), "public.event.user_id",
                 "types that cannot be compared");
    assert_stops(
        with_event(arena, "int4", SELF,
                   EVENT("    subject: user_id\n    columns:\n      id: {class: key}\n"
                         "      user_id: {class: key}\n      topic: {class: free-text}\n")),
        "public.event", "no column of the table with a foreign key or references:");
    ss_arena_free(arena);
}

static void
a_key_to_people_that_nobody_told_is_counted_by_nothing(void **state)
{
    static const char *const entries[] = {"{class: key}", "{class: non-personal}",
                                          "{class: undecided}"};
    ss_arena *arena = ss_arena_new(NULL);
    const ss_plan *plan;

    (void) state;
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++)
    {
        plan = with_event(arena, "int4", SELF,
                          ss_strf(arena,
                                  EVENT("    columns:\n      id: {class: key}\n      user_id: %s\n"
                                        "      topic: {class: non-personal}\n"),
                                  entries[i]));
        assert_true(event_of(plan)->uncounted);
        assert_non_null(
            find(plan, SS_FINDING_WARNS, "public.event.user_id", "named as keys to people are"));
    }
    /* its entry is deleted */
    plan = with_event(arena, "int4", SELF,
                      EVENT("    columns:\n      id: {class: key}\n      topic: {class: "
                            "non-personal}\n"));
    assert_true(event_of(plan)->uncounted);
    /* a person answers for it */
    plan = with_event(arena, "int4", SELF,
                      EVENT("    subject: none\n    why: machines\n    columns:\n      id: {class: "
                            "key}\n      user_id: {class: non-personal}\n      topic: {class: "
                            "non-personal}\n"));
    assert_false(event_of(plan)->uncounted);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_soft_reference_leads_to_people),
        cmocka_unit_test(a_soft_reference_that_cannot_be_one_stops),
        cmocka_unit_test(a_key_to_people_that_nobody_told_is_counted_by_nothing),
        cmocka_unit_test(every_cell_of_the_table_of_modes),
        cmocka_unit_test(a_foreign_key_takes_what_its_parent_has),
        cmocka_unit_test(one_null_does_unless_the_match_is_full),
        cmocka_unit_test(a_column_cannot_be_kept_and_replaced),
        cmocka_unit_test(every_mode_takes_its_treatments),
        cmocka_unit_test(quasi_identifiers_are_made_coarser_where_they_can_be),
        cmocka_unit_test(a_constant_fits_its_column),
        cmocka_unit_test(what_a_domain_forbids_is_not_nullified),
        cmocka_unit_test(a_type_without_codec_is_kept_for_a_reason_of_its_own),
        cmocka_unit_test(a_new_column_stops_whatever_its_type),
        cmocka_unit_test(a_kept_table_without_columns_waits_for_a_signature),
        cmocka_unit_test(a_signed_table_stops_when_it_changes),
        cmocka_unit_test(a_column_that_came_into_a_signed_table_is_named),
        cmocka_unit_test(what_may_be_a_person_is_signed_before_it_is_kept),
        cmocka_unit_test(a_signature_copied_elsewhere_is_none),
        cmocka_unit_test(a_long_name_is_cut_and_stays_utf8),
        cmocka_unit_test(a_coarser_form_that_is_not_made_stops),
        cmocka_unit_test(what_a_type_does_not_take_stops),
        cmocka_unit_test(the_command_that_signs_is_one_that_does),
        cmocka_unit_test(a_rule_decides_what_it_matched_and_no_more),
        cmocka_unit_test(a_new_tables_columns_are_told_apart_together),
        cmocka_unit_test(a_rule_that_plan_has_not_seen_decides_nothing),
        cmocka_unit_test(a_column_that_vanishes_from_under_a_rule_costs_no_night),
        cmocka_unit_test(a_lock_file_adds_nothing_to_a_rule),
        cmocka_unit_test(where_rows_are_real_an_uncovered_column_stops),
        cmocka_unit_test(of_rules_the_more_special_wins),
        cmocka_unit_test(a_type_is_named_as_people_name_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
