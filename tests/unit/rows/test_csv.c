/* CSV: what is a field, what is NULL, and what is refused with its line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "rows/csv.h"
#include "rows/csv_infer.h"

/* All records of text as COPY text in out, or the code of the first failure. */
static ss_code
read_all(const char *text, size_t n, const ss_csv_options *options, ss_buf *out, ss_error *err)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_csv_reader *reader;
    const ss_csv_record *record;
    ss_code code = ss_csv_open_memory(arena, "a.csv", text, n, options, &reader, err);

    ss_buf_clear(out);
    while (code == SS_OK)
    {
        code = ss_csv_read(reader, &record, err);
        if (code != SS_OK || record == NULL)
            break;
        ss_csv_to_copy_text(record, out);
    }
    ss_arena_free(arena);
    return code;
}

static void
reads(const char *text, const char *want)
{
    ss_buf out = {0};
    ss_error err = {0};

    assert_int_equal(read_all(text, strlen(text), NULL, &out, &err), SS_OK);
    assert_string_equal(ss_buf_text(&out), want);
    ss_buf_done(&out);
}

static void
refuses(const char *text, size_t n, const char *line)
{
    ss_buf out = {0};
    ss_error err = {0};

    assert_int_equal(read_all(text, n, NULL, &out, &err), SS_EMEND);
    assert_non_null(strstr(err.line[0], line));
    assert_null(strstr(err.line[0], "secret"));
    ss_buf_done(&out);
}

static void
fields(void **state)
{
    (void) state;
    reads("a,b\n1,2\n", "1\t2\n");
    reads("a,b\n1,2", "1\t2\n");
    reads("a,b\r\n1,2\r\n", "1\t2\n");
    reads("a,b\n,\"\"\n", "\\N\t\n");
    reads("a\n NULL \n\"x\"\n", " NULL \nx\n");
    reads("a,b\n\"x\ny\",\"say \"\"hi\"\", \\\"\n", "x\\ny\tsay \"hi\", \\\\\n");
    reads("\xEF\xBB\xBF\"a\",b\nü,\t\n", "ü\t\\t\n");
    reads("a,b\n", "");
}

static void
tokens(void **state)
{
    ss_buf out = {0};
    ss_error err = {0};
    const ss_csv_options options = {.delimiter = ';', .no_header = true, .null_token = "NULL"};
    const char text[] = "NULL;\"NULL\";;x\n";

    (void) state;
    assert_int_equal(read_all(text, strlen(text), &options, &out, &err), SS_OK);
    assert_string_equal(ss_buf_text(&out), "\\N\tNULL\t\tx\n");
    ss_buf_done(&out);
}

static void
refusals(void **state)
{
    (void) state;
    refuses("a\nsecret\n\nx\n", 12, "line 3");
    refuses("a,b\n1,2\nsecret\n", 15, "line 3");
    refuses("a,b\n1,se\0ret\n", 13, "line 2");
    refuses("a\n\"x\ny\nz", 8, "line 2");
    refuses("a\nse\"cret\n", 10, "line 2");
    refuses("a\n\"x\"secret\n", 12, "line 2");
    refuses("a\n\xFCnecret\n", 10, "line 2, column a");
    refuses("\xFF\xFE"
            "a\0",
            4, "UTF-16");
    refuses("a\nb\rc\n", 6, "line 2");
    refuses("a,a\n", 4, "same name");
    refuses("", 0, "empty");
    refuses("a,,b\n", 5, "line 1, field 2: the header has no name");
}

/* A first line that is data must not become names: they are shown, and written into the policy. */
static void
headers_that_are_data(void **state)
{
    const ss_csv_options sure = {.any_header = true};
    ss_buf out = {0};
    ss_error err = {0};

    (void) state;
    refuses("secret,41\n", 10, "line 1, field 2: the header has a value here");
    refuses("secret,1999-12-31\n", 18, "field 2");
    refuses("secret@example.org,a\n", 21, "field 1");
    refuses("id;secret\n1;2\n", 14, "another delimiter");
    reads("\"2020\",t\n1,2\n", "1\t2\n");
    assert_int_equal(read_all("2020,a@b\n1,2\n", 13, &sure, &out, &err), SS_OK);
    assert_string_equal(ss_buf_text(&out), "1\t2\n");
    ss_buf_clear(&out);
    ss_csv_write_name(&out, "2020");
    ss_csv_write_name(&out, "t_2020");
    ss_csv_write_name(&out, "a\"b");
    assert_string_equal(ss_buf_text(&out), "\"2020\"t_2020\"a\"\"b\"");
    ss_buf_done(&out);
}

static void
written(void **state)
{
    ss_buf out = {0};

    (void) state;
    ss_csv_write_field(&out, "", 0, true, NULL);
    ss_buf_putc(&out, ',');
    ss_csv_write_field(&out, "", 0, false, NULL);
    ss_buf_putc(&out, ',');
    ss_csv_write_field(&out, "a\"b", 3, false, NULL);
    ss_buf_putc(&out, ',');
    ss_csv_write_field(&out, "plain", 5, false, NULL);
    assert_string_equal(ss_buf_text(&out), ",\"\",\"a\"\"b\",plain");
    ss_buf_clear(&out);
    ss_csv_write_field(&out, "\xEF\xBB\xBF", 3, false, NULL);
    assert_string_equal(ss_buf_text(&out), "\"\xEF\xBB\xBF\"");
    ss_buf_done(&out);
}

static void
written_with_a_word_for_null(void **state)
{
    const ss_csv_options options = {.delimiter = ';', .null_token = "NA"};
    ss_buf out = {0};

    (void) state;
    ss_csv_write_field(&out, "", 0, true, &options);
    ss_buf_putc(&out, ';');
    ss_csv_write_field(&out, "NA", 2, false, &options);
    ss_buf_putc(&out, ';');
    ss_csv_write_field(&out, "a,b;", 4, false, &options);
    assert_string_equal(ss_buf_text(&out), "NA;\"NA\";\"a,b;\"");
    ss_buf_done(&out);
}

static void
from_copy_text(void **state)
{
    static const char line[] = "1\t\\N\t\ta\\tb\\nc\\\\N\n";
    static const char null[] = "\\N\n";
    const ss_csv_options word = {.null_token = "NA"};
    ss_buf value = {0}, out = {0};

    (void) state;
    assert_true(ss_csv_from_copy_text((const unsigned char *) line, sizeof line - 1, 4, NULL,
                                      &value, &out));
    assert_string_equal(ss_buf_text(&out), "1,,\"\",\"a\tb\nc\\N\"\n");
    ss_buf_clear(&out);
    assert_false(ss_csv_from_copy_text((const unsigned char *) null, sizeof null - 1, 1, NULL,
                                       &value, &out));
    assert_true(ss_csv_from_copy_text((const unsigned char *) null, sizeof null - 1, 1, &word,
                                      &value, &out));
    assert_string_equal(ss_buf_text(&out), "NA\n");
    ss_buf_done(&value);
    ss_buf_done(&out);
}

static void
inferred(void **state)
{
    static const char text[] =
        "b,i,l,n,d,ts,tz,u,zip,x,e\n"
        "t,1,3000000000,1.50,2020-02-29,2020-01-01 10:00,2020-01-01T10:00:00Z,"
        "00112233-4455-6677-8899-aabbccddeeff,00123,a,\n"
        "false,-5,1,2,0001-01-01,2020-01-01 10:00:00.5,2020-01-01 10:00+02:00,"
        "00112233-4455-6677-8899-aabbccddeef0,12345,,\n"
        "TRUE,1,2,-0.5,2020-03-01,2020-01-02 10:00,2020-01-02 10:00+00,"
        "00112233-4455-6677-8899-aabbccddeef1,12346,b,\n";
    static const char *const want[] = {"boolean", "integer",   "bigint",      "numeric",
                                       "date",    "timestamp", "timestamptz", "uuid",
                                       "text",    "text",      "text"};
    ss_arena *arena = ss_arena_new(NULL);
    ss_error err = {0};
    ss_csv_reader *reader;
    const ss_csv_record *record;
    ss_csv_infer *infer;
    const ss_csv_column *columns;
    size_t n;

    (void) state;
    assert_int_equal(ss_csv_open_memory(arena, "a", text, strlen(text), NULL, &reader, &err),
                     SS_OK);
    (void) ss_csv_header(reader, &n);
    assert_int_equal(n, 11);
    infer = ss_csv_infer_new(arena, ss_csv_header(reader, &n), n);
    while (ss_csv_read(reader, &record, &err) == SS_OK && record != NULL)
        ss_csv_infer_add(infer, record);
    columns = ss_csv_infer_end(infer, arena);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(columns[i].type, want[i]);
    assert_int_equal(columns[1].unique, SS_CSV_NOT_UNIQUE);
    assert_int_equal(columns[2].unique, SS_CSV_UNIQUE);
    assert_true(columns[8].not_null);
    assert_false(columns[9].not_null);
    ss_arena_free(arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),   cmocka_unit_test(tokens),
        cmocka_unit_test(refusals), cmocka_unit_test(headers_that_are_data),
        cmocka_unit_test(written),  cmocka_unit_test(written_with_a_word_for_null),
        cmocka_unit_test(inferred), cmocka_unit_test(from_copy_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
