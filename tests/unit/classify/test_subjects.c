/* Whose rows a schema's tables hold, by names, types and what is asked of values. */
#include "classify/subjects.h"

#include <stdio.h>

#include "support/catalog_builder.h"
#include "unit/check.h"

typedef struct fixture
{
    ss_arena *arena;
    ss_builder b;
    const ss_subject_proposal *all;
    /* what values say */
    size_t values, found;
    bool silent;
    size_t asked;
} fixture;

static fixture
set_up(void)
{
    fixture f = {.arena = ss_arena_new(NULL), .values = 100, .found = 100};

    f.b = builder_new(f.arena);
    return f;
}

/* A table with a primary key id, and columns: names with blanks between, each an int4. */
static size_t
table(fixture *f, const char *name, const char *columns)
{
    const size_t t = builder_table(&f->b, "public", name);
    char *list = ss_strdup(f->arena, columns), *rest = list;

    (void) builder_column(&f->b, t, "id", "int4", true);
    (void) builder_key(&f->b, t, "pkey", "id", true);
    for (char *word; (word = strtok_r(rest, " ", &rest)) != NULL;)
        (void) builder_column(&f->b, t, word, "int4", false);
    return t;
}

static bool
answer(void *arg, const ss_table *child, const ss_column *column, const ss_table *parent,
       const ss_column *key, ss_inclusion *inclusion)
{
    fixture *f = arg;

    (void) child;
    (void) column;
    (void) parent;
    (void) key;
    f->asked++;
    *inclusion = (ss_inclusion){f->values, f->found};
    return !f->silent;
}

static void
find(fixture *f)
{
    f->asked = 0;
    f->all = ss_classify_subjects(builder_done(&f->b), answer, f, f->arena);
}

/* "self", "a, b" or "" */
static const char *
subject(const fixture *f, size_t t)
{
    ss_buf out = {0};
    const char *text;

    if (f->all[t].self)
        return "self";
    for (size_t i = 0; i < f->all[t].ncolumns; i++)
        ss_buf_printf(&out, "%s%s", i == 0 ? "" : ", ",
                      f->b.tables[t].columns[f->all[t].columns[i]].name);
    text = ss_strdup(f->arena, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}

static const char *
references(const fixture *f, size_t t, const char *column)
{
    for (size_t i = 0; i < f->all[t].nsoft; i++)
    {
        if (strcmp(f->b.tables[t].columns[f->all[t].soft[i].column].name, column) == 0)
            return f->all[t].soft[i].references;
    }
    return NULL;
}

static void
declared_keys_lead_to_people(void **state)
{
    fixture f = set_up();
    const size_t customer = table(&f, "customer", ""), orders = table(&f, "orders", "customer_id"),
                 item = table(&f, "item", "order_id product_id"),
                 product = table(&f, "product", "");

    (void) state;
    (void) builder_foreign_key(&f.b, orders, "customer_id", customer, "id");
    (void) builder_foreign_key(&f.b, item, "order_id", orders, "id");
    (void) builder_foreign_key(&f.b, item, "product_id", product, "id");
    find(&f);
    assert_string_equal(subject(&f, customer), "self");
    assert_string_equal(subject(&f, orders), "customer_id");
    assert_string_equal(subject(&f, item), "order_id");
    assert_string_equal(subject(&f, product), "");
    assert_int_equal(f.asked, 0);
    ss_arena_free(f.arena);
}

static void
so_do_keys_that_nobody_declared(void **state)
{
    fixture f = set_up();
    const size_t user = table(&f, "app_users", ""), event = table(&f, "event", "user_id"),
                 line = table(&f, "event_line", "event_id"),
                 deal = table(&f, "deal", "selling_user_id product_id"),
                 tag = table(&f, "tag", "created_by"), product = table(&f, "product", "");

    (void) state;
    find(&f);
    assert_string_equal(subject(&f, user), "self");
    assert_string_equal(subject(&f, event), "user_id");
    assert_string_equal(references(&f, event, "user_id"), "public.app_users.id");
    assert_string_equal(subject(&f, line), "event_id");
    assert_string_equal(references(&f, line, "event_id"), "public.event.id");
    assert_string_equal(subject(&f, deal), "selling_user_id");
    assert_string_equal(subject(&f, tag), "created_by");
    /* what leads to nobody is not asked for */
    assert_null(references(&f, deal, "product_id"));
    assert_string_equal(subject(&f, product), "");
    assert_int_equal(f.asked, 4);
    ss_arena_free(f.arena);
}

static void
values_decide(void **state)
{
    fixture f = set_up();
    const size_t event = table(&f, "event", "user_id tag"), user = table(&f, "users", "");

    (void) state;
    (void) user;
    f.found = 95; /* orphans */
    find(&f);
    assert_string_equal(subject(&f, event), "user_id");
    f.found = 94;
    find(&f);
    assert_string_equal(subject(&f, event), "");
    f.values = 19; /* few: all of them */
    f.found = 18;
    find(&f);
    assert_string_equal(subject(&f, event), "");
    f.found = 19;
    find(&f);
    assert_string_equal(subject(&f, event), "user_id");
    f.values = f.found = 0; /* an empty table: its name */
    find(&f);
    assert_string_equal(subject(&f, event), "user_id");
    f.silent = true;
    find(&f);
    assert_string_equal(subject(&f, event), "user_id");
    assert_non_null(strstr(f.all[event].soft[0].why, "no values were looked at"));
    ss_arena_free(f.arena);
}

static void
types_and_names_must_fit(void **state)
{
    fixture f = set_up();
    const size_t user = table(&f, "users", ""), note = table(&f, "note", "owner_type owner_id"),
                 text = table(&f, "text", ""), device = table(&f, "device", "user_id"),
                 reading = table(&f, "reading", "device_id");
    const ss_subject_proposal *p;

    (void) state;
    (void) user;
    (void) builder_column(&f.b, text, "user_id", "text", false);
    (void) builder_column(&f.b, text, "user_at", "date", false);
    find(&f);
    assert_string_equal(subject(&f, text), "");
    /* which table it is stands beside it */
    p = &f.all[note];
    assert_string_equal(subject(&f, note), "");
    assert_int_equal(p->nsoft, 1);
    assert_null(p->soft[0].references);
    assert_non_null(strstr(p->soft[0].why, "owner_type"));
    /* by way of a table */
    assert_string_equal(subject(&f, device), "user_id");
    assert_string_equal(subject(&f, reading), "device_id");
    ss_arena_free(f.arena);
}

static void
who_is_of_people(void **state)
{
    fixture f = set_up();
    const size_t user = table(&f, "users", ""), profile = table(&f, "user_profile", "user_id"),
                 member = table(&f, "team_users", "user_id team_id"),
                 employee = table(&f, "employee", "manager_id"),
                 customer = table(&f, "customer", "account_manager_id"),
                 passenger = table(&f, "passenger", "flight_id"), flight = table(&f, "flight", ""),
                 doctor = table(&f, "doctor", ""), patient = table(&f, "patient", "doctor_id"),
                 address = table(&f, "user_address", "user_id"),
                 client = table(&f, "oauth_client", "");

    (void) state;
    (void) builder_foreign_key(&f.b, employee, "manager_id", employee, "id");
    (void) builder_foreign_key(&f.b, customer, "account_manager_id", employee, "id");
    (void) builder_foreign_key(&f.b, passenger, "flight_id", flight, "id");
    find(&f);
    assert_string_equal(subject(&f, user), "self");
    assert_string_equal(subject(&f, profile), "user_id");
    assert_string_equal(subject(&f, member), "user_id");
    assert_string_equal(subject(&f, employee), "self");
    assert_string_equal(subject(&f, customer), "self");
    assert_string_equal(subject(&f, doctor), "self");
    assert_string_equal(subject(&f, patient), "self");
    assert_string_equal(subject(&f, address), "user_id");
    /* one who flies often has many rows; a program is nobody */
    assert_string_equal(subject(&f, passenger), "");
    assert_string_equal(subject(&f, client), "");
    ss_arena_free(f.arena);
}

static void
one_person_may_have_several_rows(void **state)
{
    fixture f = set_up();
    /* the users are somewhere else */
    const size_t member = table(&f, "team_users", "user_id team_id");
    const size_t customer = builder_table(&f.b, "public", "customer"),
                 visitor = builder_table(&f.b, "public", "student"),
                 contact = builder_table(&f.b, "public", "contact");

    (void) state;
    (void) builder_column(&f.b, customer, "tenant_id", "int4", true);
    (void) builder_column(&f.b, customer, "id", "int4", true);
    (void) builder_key(&f.b, customer, "pkey", "tenant_id id", true);
    (void) builder_column(&f.b, visitor, "class_id", "int4", true);
    (void) builder_column(&f.b, visitor, "term_no", "int4", true);
    (void) builder_key(&f.b, visitor, "pkey", "class_id term_no", true);
    (void) builder_column(&f.b, contact, "name", "text", true);
    find(&f);
    assert_string_equal(subject(&f, member), "");
    assert_string_equal(subject(&f, customer), "self");
    assert_string_equal(subject(&f, visitor), "");
    assert_string_equal(subject(&f, contact), "self");
    ss_arena_free(f.arena);
}

/* A table of people whose key is of these two columns. */
static size_t
keyed(fixture *f, const char *name, const char *a, const char *b, const char *type_of_b)
{
    const size_t t = builder_table(&f->b, "public", name);

    (void) builder_column(&f->b, t, a, "int4", true);
    (void) builder_column(&f->b, t, b, type_of_b, true);
    (void) builder_key(&f->b, t, "pkey", ss_strf(f->arena, "%s %s", a, b), true);
    return t;
}

static void
versions_of_one_are_not_several(void **state)
{
    fixture f = set_up();
    const size_t dated = keyed(&f, "customer", "id", "valid_from", "date"),
                 numbered = keyed(&f, "patient", "id", "version_no", "int4"),
                 translated = keyed(&f, "contact", "id", "language_id", "int4"),
                 listed = keyed(&f, "student", "student_id", "no", "int4"),
                 counted = keyed(&f, "borrower", "id", "visit_no", "int4"),
                 of_firms = keyed(&f, "worker", "id", "company_no", "int4"),
                 of_tenants = keyed(&f, "member", "mandant", "id", "text"),
                 loose = builder_table(&f.b, "public", "driver"),
                 parted = builder_table(&f.b, "public", "voter"),
                 single = builder_table(&f.b, "public", "donor");

    (void) state;
    builder_column(&f.b, loose, "id", "int4", true)->n_distinct = -0.2;
    /* how many rows partitions have together, PostgreSQL does not know before 14 */
    builder_column(&f.b, parted, "id", "int4", true)->n_distinct = 3;
    f.b.tables[parted].reltuples = 0;
    builder_column(&f.b, single, "id", "int4", true)->n_distinct = -1;
    find(&f);
    assert_string_equal(subject(&f, dated), "");
    assert_string_equal(subject(&f, numbered), "");
    assert_string_equal(subject(&f, translated), "");
    assert_string_equal(subject(&f, listed), "");
    assert_string_equal(subject(&f, counted), "");
    assert_string_equal(subject(&f, of_firms), "self");
    assert_string_equal(subject(&f, of_tenants), "self");
    /* without a key, as the planner knows them */
    assert_string_equal(subject(&f, loose), "");
    assert_string_equal(subject(&f, parted), "");
    assert_string_equal(subject(&f, single), "self");
    ss_arena_free(f.arena);
}

/* Rows that a number of their own tells apart, too: that has another one says nothing of whose they are. */
static void
nor_are_they_where_rows_are_numbered(void **state)
{
    fixture f = set_up();
    const size_t contact = table(&f, "contact", "code"), staff = table(&f, "staff", "code lang"),
                 adult = table(&f, "adult", "code"), doctor = table(&f, "doctor", "site code");
    ss_exclusion none_at_once = {.name = "x", .ncolumns = 2};

    (void) state;
    (void) builder_column(&f.b, contact, "since", "date", true);
    (void) builder_key(&f.b, contact, "other", "code since", false);
    (void) builder_key(&f.b, staff, "other", "code lang", false);
    (void) builder_column(&f.b, adult, "born", "date", true);
    (void) builder_key(&f.b, adult, "other", "code born", false);
    (void) builder_key(&f.b, doctor, "other", "site code", false);
    find(&f);
    assert_string_equal(subject(&f, contact), "");
    assert_string_equal(subject(&f, staff), "");
    assert_string_equal(subject(&f, adult), "self");
    assert_string_equal(subject(&f, doctor), "self");
    /* no two versions at once */
    (void) builder_column(&f.b, doctor, "valid", "text", true);
    none_at_once.attnums = builder_attnums(&f.b, doctor, "code valid", &none_at_once.ncolumns);
    f.b.tables[doctor].exclusions = &none_at_once;
    f.b.tables[doctor].nexclusions = 1;
    find(&f);
    assert_string_equal(subject(&f, doctor), "");
    ss_arena_free(f.arena);
}

/* A schema for each tenant, and more of them than tables of one name are thought of. */
static void
tenants_have_their_own_people(void **state)
{
    enum
    {
        TENANTS = 30
    };

    fixture f = set_up();
    size_t customer[TENANTS] = {0}, orders[TENANTS] = {0};
    char of_last[80];

    (void) state;
    for (size_t i = 0; i < TENANTS; i++)
    {
        const char *schema = ss_strf(f.arena, "tenant_%02zu", i);

        customer[i] = builder_table(&f.b, schema, "app_users");
        (void) builder_column(&f.b, customer[i], "user_id", "int4", true);
        (void) builder_key(&f.b, customer[i], "pkey", "user_id", true);
        orders[i] = builder_table(&f.b, schema, "orders");
        (void) builder_column(&f.b, orders[i], "user_id", "int4", true);
        (void) builder_column(&f.b, orders[i], "approved_by", "int4", true);
    }
    find(&f);
    (void) snprintf(of_last, sizeof of_last, "tenant_%02d.app_users.user_id", TENANTS - 1);
    assert_string_equal(subject(&f, customer[TENANTS - 1]), "self");
    assert_int_equal(f.all[customer[TENANTS - 1]].nsoft, 0);
    assert_string_equal(references(&f, orders[TENANTS - 1], "user_id"), of_last);
    assert_string_equal(references(&f, orders[TENANTS - 1], "approved_by"), of_last);
    assert_string_equal(references(&f, orders[0], "user_id"), "tenant_00.app_users.user_id");
    ss_arena_free(f.arena);
}

/* Whom created_by may mean: users, staff and others, each once. */
static void
all_roles_are_thought_of(void **state)
{
    fixture f = set_up();
    const size_t review = table(&f, "review", "created_by");

    (void) state;
    (void) table(&f, "users", "");
    (void) table(&f, "staff", "");
    (void) table(&f, "customer", "");
    f.found = 0; /* it is none of them, and each is asked */
    find(&f);
    assert_int_equal(f.asked, 3);
    assert_string_equal(subject(&f, review), "");
    ss_arena_free(f.arena);
}

static void
who_made_the_parent_is_not_behind_its_children(void **state)
{
    fixture f = set_up();
    const size_t user = table(&f, "users", ""), country = table(&f, "country", "created_by"),
                 city = table(&f, "city", "country_id");

    (void) state;
    (void) builder_foreign_key(&f.b, country, "created_by", user, "id");
    (void) builder_foreign_key(&f.b, city, "country_id", country, "id");
    find(&f);
    assert_string_equal(subject(&f, country), "created_by");
    assert_string_equal(subject(&f, city), "");
    ss_arena_free(f.arena);
}

static void
two_tables_may_be_each_others(void **state)
{
    fixture f = set_up();
    const size_t person = table(&f, "person", "user_id"), user = table(&f, "users", "person_id");

    (void) state;
    (void) builder_foreign_key(&f.b, person, "user_id", user, "id");
    (void) builder_foreign_key(&f.b, user, "person_id", person, "id");
    find(&f);
    assert_true(f.all[person].self != f.all[user].self);
    assert_true(f.all[person].ncolumns + f.all[user].ncolumns == 1);
    ss_arena_free(f.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_keys_lead_to_people),
        cmocka_unit_test(so_do_keys_that_nobody_declared),
        cmocka_unit_test(values_decide),
        cmocka_unit_test(types_and_names_must_fit),
        cmocka_unit_test(who_is_of_people),
        cmocka_unit_test(one_person_may_have_several_rows),
        cmocka_unit_test(versions_of_one_are_not_several),
        cmocka_unit_test(nor_are_they_where_rows_are_numbered),
        cmocka_unit_test(tenants_have_their_own_people),
        cmocka_unit_test(all_roles_are_thought_of),
        cmocka_unit_test(who_made_the_parent_is_not_behind_its_children),
        cmocka_unit_test(two_tables_may_be_each_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
