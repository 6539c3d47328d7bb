#include "unit/check.h"

#include "base/text.h"
#include "report/layout.h"

static void
assert_fits(const char *text, size_t width)
{
    while (*text != '\0')
    {
        char line[4096];
        const size_t n = strcspn(text, "\n");

        assert_true(n < sizeof line);
        memcpy(line, text, n);
        line[n] = '\0';
        if (ss_text_width(line) > width)
            fail_msg("wider than %zu: %s", width, line);
        assert_true(n == 0 || line[n - 1] != ' ');
        text += n + (text[n] == '\n');
    }
}

static void
cells_line_up(void **state)
{
    ss_buf out = {0};
    ss_layout l = ss_layout_of(&out, 60);

    (void) state;
    ss_layout_cell(&l, "name", 8, false);
    ss_layout_cell(&l, "12", 5, true);
    ss_layout_end(&l);
    ss_layout_cell(&l, "\xe5\x90\x8d", 8, false); /* two columns wide */
    ss_layout_cell(&l, "3", 5, true);
    ss_layout_end(&l);
    assert_string_equal(ss_buf_text(&out), "name       12\n\xe5\x90\x8d          3\n");
    ss_buf_done(&out);
}

static void
a_long_cell_takes_a_line_of_its_own(void **state)
{
    ss_buf out = {0};
    ss_layout l = ss_layout_of(&out, 60);

    (void) state;
    ss_layout_to(&l, 2);
    ss_layout_cell(&l, "a_name_that_is_long", 8, false);
    ss_layout_cell(&l, "1", 4, true);
    ss_layout_end(&l);
    assert_string_equal(ss_buf_text(&out), "  a_name_that_is_long\n             1\n");
    ss_buf_done(&out);
}

static void
text_wraps_at_blanks(void **state)
{
    ss_buf out = {0};
    ss_layout l = ss_layout_of(&out, 40);

    (void) state;
    ss_layout_text(&l, "one two three four five six seven eight nine ten", 4);
    ss_layout_end(&l);
    assert_string_equal(ss_buf_text(&out),
                        "one two three four five six seven eight\n    nine ten\n");
    ss_buf_done(&out);
}

static void
nothing_is_wider_than_the_terminal(void **state)
{
    char word[700];
    ss_buf out = {0};

    (void) state;
    memset(word, 'x', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    /* multi-byte and wide characters where pieces are cut */
    for (size_t i = 0; i + 3 < sizeof word; i += 3)
        memcpy(word + i, i % 2 == 0 ? "\xe5\x90\x8d" : "\xe2\x82\xac", 3);
    for (size_t width = 1; width < 140; width += 7)
    {
        ss_layout l = ss_layout_of(&out, width);
        const size_t limit = l.width;

        ss_buf_clear(&out);
        ss_layout_to(&l, 4);
        ss_layout_cell(&l, word, 10, false);
        ss_layout_cell(&l, "12", 5, true);
        ss_layout_text(&l, " and some words after it, ", l.at);
        ss_layout_text(&l, word, 6);
        ss_layout_end(&l);
        assert_fits(ss_buf_text(&out), limit);
        assert_true(ss_utf8_valid(out.data, out.len, NULL));
    }
    ss_buf_done(&out);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_line_up),
        cmocka_unit_test(a_long_cell_takes_a_line_of_its_own),
        cmocka_unit_test(text_wraps_at_blanks),
        cmocka_unit_test(nothing_is_wider_than_the_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
