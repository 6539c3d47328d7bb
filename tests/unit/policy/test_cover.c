/* A signature covers what it was given for, and nothing else. */
#include "unit/policy/policy_text.h"

static const char *
table_digest(ss_arena *arena, const ss_catalog *catalog, const char *text)
{
    const ss_policy *p = policy_of(arena, text);

    return ss_policy_cover_table(p, catalog, &p->tables[0],
                                 ss_catalog_find(catalog, p->tables[0].label), arena);
}

static const char *
column_digest(ss_arena *arena, const ss_catalog *catalog, const char *text)
{
    const ss_policy *p = policy_of(arena, text);
    const ss_table *table = ss_catalog_find(catalog, p->tables[0].label);
    const ss_policy_column *entry = &p->tables[0].columns[0];

    return ss_policy_cover_column(catalog, &p->tables[0], entry,
                                  ss_table_column(table, entry->name), arena);
}

#define TABLE(label, mode, more)   HEAD "tables: {" label ": {mode: " mode more "}}\n"
#define COLUMN(label, mode, entry) TABLE(label, mode, ", columns: {" entry "}")

static void
a_columns_digest_is_its_own(void **state)
{
    static const char signed_one[] = COLUMN("public.person", "pseudonymise", "id: {class: key}");
    static const char *const others[] = {
        COLUMN("public.orders", "pseudonymise", "id: {class: key}"), /* the same column elsewhere */
        COLUMN("public.person", "synthesise", "id: {class: key}"),
        COLUMN("public.person", "pseudonymise", "id: {class: quasi-identifier}"),
        COLUMN("public.person", "pseudonymise", "id: {class: key, treatment: keep}"),
        COLUMN("public.person", "pseudonymise", "id: {class: key, kind: integer}"),
        COLUMN("public.person", "pseudonymise", "id: {class: key, to: 10}"),
        COLUMN("public.person", "pseudonymise", "id: {class: key, treatment: constant, value: 1}"),
        COLUMN("public.person", "pseudonymise", "id: {class: key, treatment: constant, value: 2}"),
    };
    const char *digests[9];
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    digests[0] = column_digest(arena, builder_done(&b), signed_one);
    for (size_t i = 0; i < 8; i++)
    {
        digests[i + 1] = column_digest(arena, builder_done(&b), others[i]);
        for (size_t k = 0; k <= i; k++)
            assert_string_not_equal(digests[k], digests[i + 1]);
    }
    assert_string_equal(digests[0], column_digest(arena, builder_done(&b),
                                                  COLUMN("public.person", "pseudonymise",
                                                         "id: {why: another reason, class: key}")));
    b.parts[PERSON].columns[0].type_text = "bigint";
    assert_string_not_equal(digests[0], column_digest(arena, builder_done(&b), signed_one));
    ss_arena_free(arena);
}

static void
a_tables_digest_has_all_that_decides_it(void **state)
{
    static const char *const all[] = {
        TABLE("public.person", "keep", ""),
        TABLE("public.orders", "keep", ""),
        TABLE("public.person", "empty", ""),
        TABLE("public.person", "keep", ", subject: self"),
        TABLE("public.person", "keep", ", subject: none"),
        COLUMN("public.person", "keep", "email: {class: direct-identifier}"),
        COLUMN("public.person", "keep", "email: {class: non-personal}"),
        COLUMN("public.person", "keep", "email: {class: non-personal, kind: email}"),
        COLUMN("public.person", "keep", "email: {class: non-personal, to: 3}"),
        COLUMN("public.person", "keep", "id: {class: non-personal}"),
        COLUMN("public.person", "keep", "id: {class: key}"),
        COLUMN("public.person", "keep", "id: {class: key, references: public.orders.id}"),
        COLUMN("public.person", "keep", "id: {class: key, references: public.orders.other}"),
        /* What a rule says counts like an entry, and is none. */
        TABLE("public.person", "keep", "") "rules: [{match: '*.email', class: non-personal}]\n",
        TABLE("public.person", "keep", "") "rules: [{match: '*.email', class: free-text}]\n",
    };

    enum
    {
        N = sizeof all / sizeof all[0]
    };

    const char *digests[N];
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    for (size_t i = 0; i < N; i++)
    {
        digests[i] = table_digest(arena, builder_done(&b), all[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(digests[k], digests[i]);
    }
    (void) builder_column(&b, PERSON, "passport", "text", false);
    assert_string_not_equal(digests[0], table_digest(arena, builder_done(&b), all[0]));
    ss_arena_free(arena);
}

static const char *
rule_digest(ss_arena *arena, const ss_catalog *catalog, const char *text)
{
    const ss_policy *p = policy_of(arena, text);
    ss_rule_columns columns = ss_rule_columns_of(p, &p->rules[0], catalog, arena);

    ss_rule_cover_all(&columns);
    return ss_policy_cover_rule(p, catalog, &p->rules[0], &columns, arena);
}

/* A type keeps its name when an attribute is added to it, and when a domain is made anew over something else. */
static void
a_digest_has_what_a_type_is_made_of(void **state)
{
    static const char text[] =
        COLUMN("public.person", "pseudonymise", "home: {class: non-personal}");
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);
    ss_type_field *fields = ss_alloc(arena, 2, sizeof *fields);
    const size_t composite = builder_type(&b, "address", SS_TYPE_COMPOSITE);
    const size_t domain = builder_type(&b, "street", SS_TYPE_DOMAIN);
    const size_t array = builder_type(&b, "_address", SS_TYPE_ARRAY);
    const char *digests[5];

    (void) state;
    fields[0] = (ss_type_field){.name = "street", .type = domain, .typmod = -1};
    fields[1] = (ss_type_field){
        .name = "email", .type = builder_type(&b, "text", SS_TYPE_BASE), .typmod = -1};
    b.types[composite].fields = fields;
    b.types[composite].nfields = 1;
    b.types[domain].base = builder_type(&b, "varchar", SS_TYPE_BASE);
    b.types[array].base = composite;
    builder_column(&b, PERSON, "home", "_address", false)->type_text = "public.address[]";
    digests[0] = column_digest(arena, builder_done(&b), text);
    b.types[composite].nfields = 2;
    digests[1] = column_digest(arena, builder_done(&b), text);
    b.types[domain].base = builder_type(&b, "jsonb", SS_TYPE_BASE);
    digests[2] = column_digest(arena, builder_done(&b), text);
    b.types[domain].base_typmod = 24;
    digests[3] = column_digest(arena, builder_done(&b), text);
    fields[0].name = "house";
    digests[4] = column_digest(arena, builder_done(&b), text);
    for (size_t i = 0; i < 5; i++)
    {
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(digests[k], digests[i]);
    }
    ss_arena_free(arena);
}

#define RULES(rule)       HEAD "rules: [{" rule "}]\n"
#define RULED(mode, rule) RULES(rule) "tables: {public.person: {mode: " mode "}}\n"

static void
a_rules_digest_has_its_pattern_and_its_columns(void **state)
{
    static const char *const all[] = {
        RULES("match: '*.email', class: key"),
        RULES("type: '*.email', class: key"),
        RULES("domain: '*.email', class: key"),
        RULES("match: '*.email', class: secret"),
        RULES("match: '*.email', class: key, treatment: keep"),
        /* What the class comes to is the mode's to say. */
        RULED("synthesise", "match: '*.email', class: key"),
        RULED("keep", "match: '*.email', class: key"),
    };

    enum
    {
        N = sizeof all / sizeof all[0]
    };

    const char *digests[N];
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = shop(arena);

    (void) state;
    for (size_t i = 0; i < N; i++)
    {
        digests[i] = rule_digest(arena, builder_done(&b), all[i]);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(digests[k], digests[i]);
    }
    b.parts[PERSON].columns[1].type_text = "jsonb";
    assert_string_not_equal(digests[0], rule_digest(arena, builder_done(&b), all[0]));
    b.parts[PERSON].columns[1].type_text = "text";
    assert_string_equal(digests[0], rule_digest(arena, builder_done(&b), all[0]));
    (void) builder_column(&b, ORDERS, "email", "text", false);
    assert_string_not_equal(digests[0], rule_digest(arena, builder_done(&b), all[0]));
    ss_arena_free(arena);
}

static void
a_texts_digest_has_what_is_done_with_it_and_which_it_is(void **state)
{
    static const char *const entries[] = {
        "view public.a: {keep: {email: 1}, why: ours}",
        "view public.b: {keep: {email: 1}, why: ours}",
        "view public.a: {keep: {email: 2}, why: ours}",
        "view public.a: {keep: {phone: 1}, why: ours}",
        "view public.a: {replace: x}",
        "view public.a: {replace: y}",
    };
    const char *digests[7];
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < 7; i++)
    {
        const char *text = ss_strf(arena, HEAD "schema: {text: {%s}}\n", entries[i % 6]);

        digests[i] = ss_policy_cover_text(&policy_of(arena, text)->texts[0],
                                          i < 6 ? "12345678" : "12345679", arena);
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(digests[k], digests[i]);
    }
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_columns_digest_is_its_own),
        cmocka_unit_test(a_tables_digest_has_all_that_decides_it),
        cmocka_unit_test(a_digest_has_what_a_type_is_made_of),
        cmocka_unit_test(a_rules_digest_has_its_pattern_and_its_columns),
        cmocka_unit_test(a_texts_digest_has_what_is_done_with_it_and_which_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
