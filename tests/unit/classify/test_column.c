/* What names, types and keys tell of columns; how well on real schemas, tests/bench/classification says. */
#include "classify/column.h"

#include "support/catalog_builder.h"
#include "unit/check.h"

typedef struct expected
{
    const char *column, *type;
    ss_class class;
} expected;

/* A table of these columns, of which the first is its key; in a schema of its own. */
static void
check(const char *table, const expected *columns, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_builder b = builder_new(arena);
    const size_t t = builder_table(&b, "public", table);
    const ss_classified *all;

    for (size_t c = 0; c < n; c++)
        (void) builder_column(&b, t, columns[c].column, columns[c].type, false);
    (void) builder_key(&b, t, "pkey", columns[0].column, true);
    all = ss_classify_columns(builder_done(&b), NULL, arena)[t];
    for (size_t c = 0; c < n; c++)
    {
        const ss_proposal *p = &all[c].proposal;

        if (p->class != columns[c].class)
            fail_msg("%s.%s: %s instead of %s (%s)", table, columns[c].column,
                     ss_class_name(p->class), ss_class_name(columns[c].class),
                     p->why == NULL ? "" : p->why);
    }
    ss_arena_free(arena);
}

#define CHECK(table, ...)                                                                          \
    check(table, (const expected[]){__VA_ARGS__},                                                  \
          sizeof((const expected[]){__VA_ARGS__}) / sizeof(expected))
#define DIRECT  SS_CLASS_DIRECT_IDENTIFIER
#define QUASI   SS_CLASS_QUASI_IDENTIFIER
#define SPECIAL SS_CLASS_SPECIAL_CATEGORY
#define SECRET  SS_CLASS_SECRET
#define KEY     SS_CLASS_KEY
#define FREE    SS_CLASS_FREE_TEXT
#define NONE    SS_CLASS_NON_PERSONAL
#define UNKNOWN SS_CLASS_UNDECIDED

static void
people_in_several_languages(void **state)
{
    (void) state;
    CHECK("app_user", {"id", "int4", KEY}, {"firstName", "text", DIRECT},
          {"email", "varchar", DIRECT}, {"email_verified", "bool", NONE},
          {"password_hash", "text", SECRET}, {"date_of_birth", "date", QUASI},
          {"created_at", "timestamptz", NONE}, {"last_login_at", "timestamptz", QUASI},
          {"name", "text", DIRECT}, {"notes", "text", FREE}, {"religion", "text", SPECIAL},
          {"status", "varchar", NONE}, {"city", "text", QUASI}, {"company_id", "int4", KEY},
          {"reset_token", "text", SECRET});
    CHECK("kunde", {"KundeID", "int4", KEY}, {"Vorname", "varchar", DIRECT},
          {"Nachname", "varchar", DIRECT},
          {"Stra\xc3\x9f"
           "e",
           "varchar", DIRECT},
          {"PLZ", "varchar", QUASI}, {"Geburtsdatum", "date", QUASI},
          {"Telefonnummer", "varchar", DIRECT}, {"Bemerkung", "text", FREE},
          {"Konfession", "varchar", SPECIAL});
    CHECK("adherent", {"rowid", "int4", KEY}, {"prenom", "varchar", DIRECT},
          {"nom", "varchar", DIRECT}, {"date_naissance", "date", QUASI},
          {"code_postal", "varchar", QUASI}, {"courriel", "varchar", DIRECT});
    CHECK("oxuser", {"OXID", "bpchar", KEY}, {"OXFNAME", "varchar", DIRECT},
          {"OXLNAME", "varchar", DIRECT}, {"OXZIP", "varchar", QUASI},
          {"OXPASSSALT", "varchar", SECRET});
}

static void
things_are_not_people(void **state)
{
    (void) state;
    CHECK("product", {"id", "int4", KEY}, {"name", "varchar", NONE}, {"description", "text", NONE},
          {"price", "numeric", NONE}, {"released_on", "date", NONE}, {"stock", "int4", NONE},
          {"currency", "bpchar", NONE}, {"sku", "varchar", NONE}, {"category_id", "int4", KEY});
    /* Nobody looks into bytes. */
    CHECK("node", {"id", "int4", KEY}, {"source", "inet", UNKNOWN}, {"tags", "inet", NONE},
          {"origin", "inet", UNKNOWN}, {"v", "inet", UNKNOWN}, {"flags", "bytea", UNKNOWN});
    CHECK("country", {"code", "bpchar", KEY}, {"name", "varchar", NONE},
          {"population", "int8", NONE});
}

static void
what_is_somebodys_is_told_by_keys(void **state)
{
    (void) state;
    CHECK("orders", {"id", "int8", KEY}, {"customer_id", "int8", KEY}, {"total", "numeric", QUASI},
          {"shipped_at", "timestamptz", QUASI}, {"gift_message", "text", FREE},
          {"ip_address", "inet", DIRECT}, {"iban", "varchar", DIRECT});
    CHECK("allergies", {"id", "int8", KEY}, {"patient_id", "int8", KEY}, {"code", "text", SPECIAL},
          {"description", "text", SPECIAL});
    CHECK("event", {"id", "int8", KEY}, {"user_id", "int8", KEY}, {"payload", "jsonb", FREE});
    CHECK("batch_event", {"id", "int8", KEY}, {"created_at", "timestamptz", NONE},
          {"payload", "jsonb", FREE}, {"zq", "text", UNKNOWN});
}

/* Of a natural key what it is counts; a reference to a code list says of whom it is what the list says. */
static void
keys_that_tell(void **state)
{
    (void) state;
    CHECK("login", {"email", "text", DIRECT}, {"last_login", "timestamptz", QUASI});
    CHECK("registry", {"ssn", "int8", DIRECT}, {"active", "bool", NONE});
    /* of two words, the first of which says it by itself */
    CHECK("registry", {"nhs_number", "int8", DIRECT}, {"active", "bool", NONE});
    CHECK("registry", {"passport_no", "int8", DIRECT}, {"active", "bool", NONE});
    CHECK("charge", {"charge_id", "int8", KEY}, {"active", "bool", NONE});
    CHECK("condition_occurrence", {"condition_occurrence_id", "int8", KEY},
          {"person_id", "int8", KEY}, {"condition_concept_id", "int4", SPECIAL});
}

/* A comment adds care to a guess about somebody's health, and takes none away. */
static void
comments_take_no_care_away(void **state)
{
    static const struct
    {
        const char *column, *comment;
        ss_class class;
    } said[] = {{"symptom_place", "the city where it was noticed", SPECIAL},
                {"zq", "the city where it was noticed", QUASI},
                {"zq", "the diagnosis", SPECIAL}};

    (void) state;
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_builder b = builder_new(arena);
        const size_t t = builder_table(&b, "public", "visit");
        const ss_classified *all;

        (void) builder_column(&b, t, "patient_id", "int4", false);
        builder_column(&b, t, said[i].column, "text", false)->comment = said[i].comment;
        all = ss_classify_columns(builder_done(&b), NULL, arena)[t];
        assert_int_equal(all[1].proposal.class, said[i].class);
        ss_arena_free(arena);
    }
}

static void
words_in_one_and_what_columns_share(void **state)
{
    (void) state;
    CHECK("factura", {"idfactura", "int4", KEY}, {"nombrecliente", "varchar", DIRECT},
          {"email", "text", DIRECT});
    CHECK("app_user", {"id", "int4", KEY}, {"iplastlogin", "varchar", DIRECT},
          {"emailaddress", "text", DIRECT}, {"expmonth", "int4", QUASI},
          {"updatekey", "varchar", SECRET});
    CHECK("wp_comments", {"comment_ID", "int8", KEY}, {"comment_author", "text", DIRECT},
          {"comment_author_IP", "varchar", DIRECT}, {"comment_content", "text", FREE},
          {"user_id", "int8", KEY});
    CHECK("bank_accounts", {"id", "int4", KEY}, {"number", "varchar", DIRECT},
          {"holder_name", "varchar", DIRECT});
    CHECK("api_token", {"id", "int4", KEY}, {"value", "text", SECRET},
          {"created_at", "timestamptz", NONE});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_in_several_languages),
        cmocka_unit_test(words_in_one_and_what_columns_share),
        cmocka_unit_test(things_are_not_people),
        cmocka_unit_test(what_is_somebodys_is_told_by_keys),
        cmocka_unit_test(keys_that_tell),
        cmocka_unit_test(comments_take_no_care_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
