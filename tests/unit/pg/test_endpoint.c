#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/endpoint.h"

typedef struct endpoint_case
{
    const char *text;
    ss_endpoint_kind kind;
    const char *dbname;
    const char *label;
} endpoint_case;

static const endpoint_case good[] = {
    {"postgresql://db.example.org:5433/shop", SS_ENDPOINT_SERVER, "shop",
     "postgresql://db.example.org:5433/shop"},
    {"postgres://reader@db.example.org/shop?connect_timeout=3", SS_ENDPOINT_SERVER, "shop",
     "postgresql://db.example.org:5432/shop"},
    {"postgresql://reader:hunter2@db.example.org/shop", SS_ENDPOINT_SERVER, "shop",
     "postgresql://db.example.org:5432/shop"},
    {"host=/run/pg user=reader password=hunter2 dbname=shop", SS_ENDPOINT_SERVER, "shop",
     "postgresql://local:5432/shop"},
    {"host=h dbname='a b'", SS_ENDPOINT_SERVER, "a b", "postgresql://h:5432/a b"},
    {"host=h user=reader", SS_ENDPOINT_SERVER, "reader", "postgresql://h:5432/"},
    {"service=prod", SS_ENDPOINT_SERVER, NULL, "service=prod"},
    {"cluster:/no/such/dir", SS_ENDPOINT_CLUSTER, "sandbox", "cluster:/no/such/dir?dbname=sandbox"},
    {"cluster:/no/such/dir?dbname=x=y", SS_ENDPOINT_CLUSTER, "x=y",
     "cluster:/no/such/dir?dbname=x=y"},
    {"cluster:dir", SS_ENDPOINT_CLUSTER, "sandbox", "cluster:/no/base/dir?dbname=sandbox"},
    {"csv:data", SS_ENDPOINT_CSV, NULL, "csv:/no/base/data"},
    {"csv:data?header=none&delimiter=tab", SS_ENDPOINT_CSV, NULL,
     "csv:/no/base/data?header=none&delimiter=tab"},
};

static void
a_person_connects_without_a_password_in_the_line(void **state)
{
    static const char *const given[][2] = {
        {"service=sandboxes dbname=shop", "service=sandboxes dbname=shop"},
        {"postgresql://loader:hunter2@h:5433/shop?sslmode=verify-full",
         "user=loader dbname=shop host=h port=5433 sslmode=verify-full"},
        {"host=/run/pg password=hunter2 sslpassword=hunter2 dbname='a b\\'c'",
         "dbname='a b\\'c' host=/run/pg"},
        {"host=h dbname='a\tb'", "dbname='a\tb' host=h"},
    };
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
    {
        ss_endpoint e;
        ss_error err;

        assert_int_equal(ss_endpoint_parse(given[i][0], ".", 0, arena, &e, &err), SS_OK);
        assert_string_equal(ss_endpoint_conninfo(&e, arena), given[i][1]);
    }
    ss_arena_free(arena);
}

static void
endpoints_are_understood(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
    {
        ss_endpoint e;
        ss_error err;

        assert_int_equal(ss_endpoint_parse(good[i].text, "/no/base", 0, arena, &e, &err), SS_OK);
        assert_int_equal(e.kind, good[i].kind);
        assert_string_equal(e.label, good[i].label);
        if (good[i].dbname == NULL)
            assert_null(e.dbname);
        else
            assert_string_equal(e.dbname, good[i].dbname);
    }
    ss_arena_free(arena);
}

/* Each holds the password hunter2 where it could slip out. */
static const char *const bad[] = {
    "",
    "shop",
    "csv:",
    "csv:x?header=hunter2",
    "csv:x?null=a,hunter2",
    "csv:x?delimiter=hunter2",
    "csv:?header=none",
    "cluster:",
    "cluster:/x?user=hunter2",
    "cluster:/x?dbname=",
    "postgresql://u:hunter2@h:notaport:x/db?nosuch=hunter2",
    "host=h nosuch=hunter2",
    "host=h password='hunter2",
    "u:hunter2@h/db",
    "mysql://u:hunter2@h/db",
    "//u:hunter2@h/db",
};

static void
errors_quote_no_password(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
    {
        ss_endpoint e;
        ss_error err;

        assert_int_equal(ss_endpoint_parse(bad[i], "/no/base", 0, arena, &e, &err), SS_EMEND);
        assert_null(strstr(err.line[0], "hunter2"));
        assert_null(strstr(err.hint, "hunter2"));
    }
    ss_arena_free(arena);
}

static void
a_password_is_refused_where_it_would_be_kept(void **state)
{
    static const char *const with[] = {"postgresql://u:hunter2@h/db", "host=h password=hunter2",
                                       "postgresql://h/db?password=hunter2",
                                       "postgresql://h/db?sslpassword=hunter2"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_endpoint e;
    ss_error err;

    (void) state;
    for (size_t i = 0; i < sizeof with / sizeof with[0]; i++)
    {
        assert_int_equal(ss_endpoint_parse(with[i], ".", 1, arena, &e, &err), SS_EMEND);
        assert_null(strstr(err.line[0], "hunter2"));
        assert_non_null(strstr(err.hint, ".pgpass"));
    }
    assert_int_equal(ss_endpoint_parse("host=h user=u", ".", 1, arena, &e, &err), SS_OK);
    ss_arena_free(arena);
}

/* Of what is not local a TLS certificate is asked. */
static void
only_addresses_of_this_machine_are_local(void **state)
{
    static const char *const local[] = {"",          "/run/postgresql", "@abstract", "localhost",
                                        "127.0.0.1", "127.255.3.4",     "::1"};
    static const char *const others[] = {
        "127.example.org", "127.0.0.1.example.org", "127.1",    "10.0.0.1", "::2",
        "::ffff:10.0.0.1", "localhost.example.org", "128.0.0.1"};

    (void) state;
    assert_true(ss_host_is_local(NULL));
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        assert_true(ss_host_is_local(local[i]));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(ss_host_is_local(others[i]));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(endpoints_are_understood),
        cmocka_unit_test(a_person_connects_without_a_password_in_the_line),
        cmocka_unit_test(errors_quote_no_password),
        cmocka_unit_test(a_password_is_refused_where_it_would_be_kept),
        cmocka_unit_test(only_addresses_of_this_machine_are_local),
    };

    /* What the caller's environment says about a default server is not under test. */
    (void) unsetenv("PGHOST");
    (void) unsetenv("PGPORT");
    (void) unsetenv("PGSERVICE");
    (void) unsetenv("PGDATABASE");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
