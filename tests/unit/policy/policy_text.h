/*
 * Policies as text in a test, and a small shop to hold them against: person (id, email, active),
 * orders (id, person_id -> person, state, total), country (code, name).
 */
#ifndef SS_TESTS_POLICY_TEXT_H
#define SS_TESTS_POLICY_TEXT_H

#include "unit/check.h"

#include "policy/policy_internal.h"
#include "support/catalog_builder.h"

#define HEAD "sandseed: 1\nsource: dbname=x\n"

enum
{
    COUNTRY,
    ORDERS,
    PERSON,
};

static inline ss_builder
shop(ss_arena *arena)
{
    ss_builder b = builder_new(arena);

    (void) builder_table(&b, "public", "country");
    (void) builder_table(&b, "public", "orders");
    (void) builder_table(&b, "public", "person");
    (void) builder_column(&b, COUNTRY, "code", "text", true);
    (void) builder_column(&b, COUNTRY, "name", "text", true);
    (void) builder_key(&b, COUNTRY, "country_pkey", "code", true);
    (void) builder_column(&b, PERSON, "id", "int4", true);
    (void) builder_column(&b, PERSON, "email", "text", true);
    (void) builder_column(&b, PERSON, "active", "bool", true);
    (void) builder_key(&b, PERSON, "person_pkey", "id", true);
    (void) builder_column(&b, ORDERS, "id", "int4", true);
    (void) builder_column(&b, ORDERS, "person_id", "int4", false);
    (void) builder_column(&b, ORDERS, "state", "text", false);
    (void) builder_column(&b, ORDERS, "total", "numeric", false);
    (void) builder_key(&b, ORDERS, "orders_pkey", "id", true);
    (void) builder_foreign_key(&b, ORDERS, "person_id", PERSON, "id");
    return b;
}

static inline ss_code
read_text(ss_arena *arena, const char *text, ss_policy **policy, ss_error *err)
{
    ss_yaml *root;

    *err = (ss_error){0};
    if (ss_yaml_parse("p.yaml", text, strlen(text), arena, &root, err) != SS_OK)
        return err->code;
    return ss_policy_from_yaml("p.yaml", root, arena, policy, err);
}

/* The policy must be well-formed. */
static inline ss_policy *
policy_of(ss_arena *arena, const char *text)
{
    ss_policy *policy = NULL;
    ss_error err;

    if (read_text(arena, text, &policy, &err) != SS_OK)
        fail_msg("%s", err.line[0]);
    return policy;
}

static inline const ss_plan *
resolve(ss_arena *arena, const ss_catalog *catalog, const char *text)
{
    ss_plan *plan;
    ss_error err;

    assert_int_equal(ss_policy_resolve(policy_of(arena, text), catalog, arena, &plan, &err), SS_OK);
    return plan;
}

/* The finding of that severity on object whose text holds part; NULL: there is none. */
static inline const ss_finding *
find(const ss_plan *plan, ss_severity severity, const char *object, const char *part)
{
    for (size_t i = 0; i < plan->nfindings; i++)
    {
        const ss_finding *f = &plan->findings[i];

        if (f->severity == severity && strcmp(f->object, object) == 0 &&
            strstr(f->text, part) != NULL)
            return f;
    }
    return NULL;
}

static inline void
print_findings(const ss_plan *plan)
{
    for (size_t i = 0; i < plan->nfindings; i++)
        print_message("%d %s: %s\n", (int) plan->findings[i].severity, plan->findings[i].object,
                      plan->findings[i].text);
}

#define assert_stops(plan, object, part)                                                           \
    do                                                                                             \
    {                                                                                              \
        if (find(plan, SS_FINDING_STOPS, object, part) == NULL)                                    \
        {                                                                                          \
            print_findings(plan);                                                                  \
            fail_msg("nothing stops %s with \"%s\"", object, part);                                \
        }                                                                                          \
    } while (0)

#define assert_runs(plan)                                                                          \
    do                                                                                             \
    {                                                                                              \
        if ((plan)->nstops > 0)                                                                    \
        {                                                                                          \
            print_findings(plan);                                                                  \
            fail_msg("it stops");                                                                  \
        }                                                                                          \
    } while (0)

static inline const ss_decision *
decision(const ss_plan *plan, size_t table, const char *column)
{
    const ss_table *t = &plan->catalog->tables[table];

    return &plan->tables[table].columns[ss_table_column(t, column) - t->columns];
}

#endif
