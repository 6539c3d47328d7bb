#include "unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "base/file.h"
#include "base/text.h"
#include "secret/sealed_file.h"

#define NAME  "model.json"
#define START crypto_secretstream_xchacha20poly1305_HEADERBYTES
#define MORE  crypto_secretstream_xchacha20poly1305_ABYTES

static const ss_sealed_header header = {.model = "0123456789abcdef0123456789abcdef",
                                        .sandbox = "shop-agents",
                                        .epoch = "2026q4",
                                        .fingerprint = "89abcdef01234567"};

typedef struct world
{
    ss_arena *arena;
    char folder[64];
    const char *path;
    unsigned char key[SS_KEY_BYTES];
    ss_error err;
} world;

static int
set_up(void **state)
{
    static world w;

    w = (world){.arena = ss_arena_new(NULL), .folder = "/tmp/ss-sealed.XXXXXX"};
    assert_non_null(mkdtemp(w.folder));
    w.path = ss_strf(w.arena, "%s/file", w.folder);
    randombytes_buf(w.key, sizeof w.key);
    *state = &w;
    return 0;
}

static int
tear_down(void **state)
{
    world *w = *state;

    (void) ss_folder_erase(w->folder);
    ss_arena_free(w->arena);
    return 0;
}

/* n bytes, given in pieces of at most step. */
static void
seal(world *w, const char *path, const char *name, const unsigned char *data, size_t n, size_t step)
{
    ss_sealed_writer *writer;

    assert_int_equal(ss_sealed_create(path, name, &header, w->key, w->arena, &writer, &w->err),
                     SS_OK);
    for (size_t at = 0; at < n; at += step)
        assert_int_equal(ss_sealed_add(writer, data + at, n - at < step ? n - at : step, &w->err),
                         SS_OK);
    assert_int_equal(ss_sealed_end(writer, &w->err), SS_OK);
}

/* What path holds, appended to out; the code of what it ended with. */
static ss_code
open_as(world *w, const char *path, const char *name, const ss_sealed_header *expected,
        const unsigned char *key, ss_buf *out)
{
    ss_arena *arena = ss_arena_new(w->arena);
    ss_sealed_reader *reader;
    const unsigned char *data;
    size_t n;
    ss_code code = ss_sealed_open(path, name, expected, key, arena, &reader, &w->err);

    while (code == SS_OK)
    {
        code = ss_sealed_next(reader, &data, &n, &w->err);
        if (code == SS_OK && data == NULL)
            break;
        if (code == SS_OK && out != NULL)
            ss_buf_append(out, (const char *) data, n);
    }
    ss_arena_free(arena);
    return code;
}

static ss_code
open_it(world *w, ss_buf *out)
{
    return open_as(w, w->path, NAME, &header, w->key, out);
}

/* Not ss_file_write(), which waits for the disk: there are a thousand of them. */
static void
write_bytes(const world *w, const char *data, size_t n)
{
    FILE *file = fopen(w->path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, n, file), n);
    assert_int_equal(fclose(file), 0);
}

static void
what_goes_in_comes_out(void **state)
{
    static const size_t sizes[] = {0,
                                   1,
                                   100,
                                   SS_SEALED_PIECE - 1,
                                   SS_SEALED_PIECE,
                                   SS_SEALED_PIECE + 1,
                                   2 * SS_SEALED_PIECE,
                                   5 * SS_SEALED_PIECE + 12345};
    world *w = *state;
    unsigned char *data = ss_alloc(w->arena, 6, SS_SEALED_PIECE);

    randombytes_buf(data, (size_t) 6 * SS_SEALED_PIECE);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
    {
        for (size_t step = 7777; step < 1000000; step *= 100)
        {
            ss_sealed_reader *reader;
            ss_buf out = {0};

            seal(w, w->path, NAME, data, sizes[i], step);
            assert_int_equal(open_it(w, &out), SS_OK);
            assert_int_equal(out.len, sizes[i]);
            if (sizes[i] > 0)
                assert_memory_equal(out.data, data, sizes[i]);
            ss_buf_done(&out);
            assert_int_equal(
                ss_sealed_open(w->path, NAME, &header, w->key, w->arena, &reader, &w->err), SS_OK);
            assert_int_equal(ss_sealed_size(reader), sizes[i]);
            ss_sealed_close(reader);
        }
    }
}

static void
the_file_is_its_owners_alone_and_appears_whole(void **state)
{
    world *w = *state;
    ss_arena *arena = ss_arena_new(w->arena);
    ss_sealed_writer *writer;
    struct stat st;

    write_bytes(w, "old", 3);
    (void) chmod(w->path, 0644);
    assert_int_equal(ss_sealed_create(w->path, NAME, &header, w->key, arena, &writer, &w->err),
                     SS_OK);
    assert_int_equal(ss_sealed_add(writer, "half", 4, &w->err), SS_OK);
    assert_int_equal(stat(w->path, &st), 0);
    assert_int_equal(st.st_size, 3);
    ss_arena_free(arena);
    /* nothing is beside it: the folder holds one file alone */
    assert_int_equal(unlink(w->path), 0);
    assert_int_equal(rmdir(w->folder), 0);
    assert_int_equal(mkdir(w->folder, 0700), 0);
    seal(w, w->path, NAME, (const unsigned char *) "all", 3, 3);
    assert_int_equal(stat(w->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void
the_header_tells_whose_it_is(void **state)
{
    world *w = *state;
    ss_sealed_header seen;
    bool sealed;

    seal(w, w->path, NAME, (const unsigned char *) "x", 1, 1);
    assert_int_equal(ss_sealed_look(w->path, &seen, &sealed, &w->err), SS_OK);
    assert_true(sealed);
    assert_string_equal(seen.model, header.model);
    assert_string_equal(seen.sandbox, header.sandbox);
    assert_string_equal(seen.epoch, header.epoch);
    assert_string_equal(seen.fingerprint, header.fingerprint);
    write_bytes(w, "{\"sandseed_model\": 1}", 21);
    assert_int_equal(ss_sealed_look(w->path, &seen, &sealed, &w->err), SS_OK);
    assert_false(sealed);
    write_bytes(w, "sandseed-sealed 2\nmodel", 23);
    assert_int_equal(ss_sealed_look(w->path, &seen, &sealed, &w->err), SS_EMEND);
    assert_non_null(strstr(w->err.line[0], "of another version"));
    assert_int_equal(ss_sealed_look(w->folder, &seen, &sealed, &w->err), SS_EMEND);
}

static void
equal_files_look_different(void **state)
{
    world *w = *state;
    char *one, *other;
    size_t n, nother;

    seal(w, w->path, NAME, (const unsigned char *) "the same text", 13, 13);
    assert_int_equal(ss_file_read(w->path, 1000, w->arena, &one, &n, &w->err), SS_OK);
    seal(w, w->path, NAME, (const unsigned char *) "the same text", 13, 13);
    assert_int_equal(ss_file_read(w->path, 1000, w->arena, &other, &nother, &w->err), SS_OK);
    assert_int_equal(n, nother);
    assert_memory_not_equal(one + n - 13 - MORE, other + n - 13 - MORE, 13 + MORE);
    for (size_t i = 0; i + 4 <= n; i++)
        assert_memory_not_equal(one + i, "text", 4);
}

static void
a_changed_byte_is_refused(void **state)
{
    world *w = *state;
    char *data;
    size_t n;

    seal(w, w->path, NAME, (const unsigned char *) "a few bytes of text", 19, 19);
    assert_int_equal(ss_file_read(w->path, 1000, w->arena, &data, &n, &w->err), SS_OK);
    for (size_t i = 0; i < n; i++)
    {
        for (int bit = 0; bit < 8; bit++)
        {
            data[i] = (char) (data[i] ^ 1 << bit);
            write_bytes(w, data, n);
            assert_int_not_equal(open_it(w, NULL), SS_OK);
            assert_null(strstr(w->err.line[0], "bytes of text"));
            data[i] = (char) (data[i] ^ 1 << bit);
        }
    }
    write_bytes(w, data, n);
    assert_int_equal(open_it(w, NULL), SS_OK);
}

static void
a_file_that_was_cut_or_has_more_is_refused(void **state)
{
    world *w = *state;
    const size_t size = 2 * SS_SEALED_PIECE + 10;
    unsigned char *plain = ss_alloc(w->arena, size, 1);
    char *data;
    size_t n;

    seal(w, w->path, NAME, (const unsigned char *) "a few bytes of text", 19, 19);
    assert_int_equal(ss_file_read(w->path, 1000, w->arena, &data, &n, &w->err), SS_OK);
    for (size_t i = 0; i < n; i++)
    {
        write_bytes(w, data, i);
        assert_int_not_equal(open_it(w, NULL), SS_OK);
    }
    write_bytes(w, "", 0);
    assert_int_equal(open_it(w, NULL), SS_EREFUSED);
    seal(w, w->path, NAME, plain, size, size);
    assert_int_equal(ss_file_read(w->path, 2 * size, w->arena, &data, &n, &w->err), SS_OK);
    /* after the first piece, after the second, in the third, and by a byte */
    for (size_t i = 0; i < 4; i++)
    {
        const size_t piece = SS_SEALED_PIECE + MORE, begin = n - 2 * piece - 10 - MORE;
        const size_t lengths[] = {begin + piece, begin + 2 * piece, begin + 2 * piece + 5, n - 1};

        write_bytes(w, data, lengths[i]);
        assert_int_equal(open_it(w, NULL), SS_EREFUSED);
        assert_non_null(strstr(w->err.line[0], "is not what fit wrote"));
    }
    data[n] = 'x'; /* where its NUL was */
    write_bytes(w, data, n + 1);
    assert_int_equal(open_it(w, NULL), SS_EREFUSED);
}

static void
pieces_keep_their_order(void **state)
{
    world *w = *state;
    const size_t size = 2 * SS_SEALED_PIECE + 10, piece = SS_SEALED_PIECE + MORE;
    unsigned char *plain = ss_alloc(w->arena, size, 1), *kept = ss_alloc(w->arena, piece, 1);
    char *data;
    size_t n, begin;

    seal(w, w->path, NAME, plain, size, size);
    assert_int_equal(ss_file_read(w->path, 2 * size, w->arena, &data, &n, &w->err), SS_OK);
    begin = n - 2 * piece - 10 - MORE;
    memcpy(kept, data + begin, piece);
    memmove(data + begin, data + begin + piece, piece);
    memcpy(data + begin + piece, kept, piece);
    write_bytes(w, data, n);
    assert_int_equal(open_it(w, NULL), SS_EREFUSED);
}

static void
a_file_opens_by_its_own_name_model_and_key_alone(void **state)
{
    world *w = *state;
    const char *other = ss_strf(w->arena, "%s/other", w->folder);
    ss_sealed_header another = header;
    unsigned char key[SS_KEY_BYTES];

    seal(w, w->path, NAME, (const unsigned char *) "one", 3, 3);
    seal(w, other, "schema.dump", (const unsigned char *) "two", 3, 3);
    assert_int_equal(open_it(w, NULL), SS_OK);
    /* one in the place of the other */
    assert_int_equal(open_as(w, other, NAME, &header, w->key, NULL), SS_EREFUSED);
    assert_int_equal(open_as(w, w->path, "schema.dump", &header, w->key, NULL), SS_EREFUSED);
    /* of another night */
    another.model[3] = 'f';
    assert_int_equal(open_as(w, w->path, NAME, &another, w->key, NULL), SS_EREFUSED);
    another = header;
    (void) snprintf(another.epoch, sizeof another.epoch, "2027q1");
    assert_int_equal(open_as(w, w->path, NAME, &another, w->key, NULL), SS_EREFUSED);
    randombytes_buf(key, sizeof key);
    assert_int_equal(open_as(w, w->path, NAME, &header, key, NULL), SS_EREFUSED);
    /* no encryption at all is no way around it */
    write_bytes(w, "one", 3);
    assert_int_equal(open_it(w, NULL), SS_EREFUSED);
}

static void
headers_are_strict(void **state)
{
#define ID  "0123456789abcdef0123456789abcdef"
#define KEY "key 89abcdef01234567\n"
    static const char *const wrong[] = {
        "",
        "sandseed-sealed 1\n",
        "sandseed-sealed 1\nmodel " ID "\nsandbox a epoch b\nkey 89abcdef0123456\n",
        "sandseed-sealed 1\nmodel " ID "\nsandbox a epoch b\nkey 89ABCDEF01234567\n",
        "sandseed-sealed 1\nmodel " ID "\nsandbox a epoch b\nkey 89abcdef01234567",
        "sandseed-sealed 1\nmodel 0123\nsandbox a epoch b\n" KEY,
        "sandseed-sealed 1\nmodel " ID "0\nsandbox a epoch b\n" KEY,
        "sandseed-sealed 1\nmodel " ID "\nsandbox  epoch b\n" KEY,
        "sandseed-sealed 1\nmodel " ID "\nsandbox a\x1b[31m epoch b\n" KEY,
        "sandseed-sealed 1\nmodel " ID "\nsandbox a epoch \n" KEY,
        "sandseed-sealed 1\nmodel " ID "\nsandbox a epoch b c\n" KEY,
        "sandseed-sealed 1 \nmodel " ID "\nsandbox a epoch b\n" KEY,
    };
    static const char right[] = "sandseed-sealed 1\nmodel " ID "\nsandbox a epoch b\n" KEY "rest";
    ss_sealed_header h;
    size_t n;

    (void) state;
    assert_true(ss_sealed_parse((const unsigned char *) right, strlen(right), &h, &n));
    assert_int_equal(n, strlen(right) - 4);
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(ss_sealed_parse((const unsigned char *) wrong[i], strlen(wrong[i]), &h, &n));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_goes_in_comes_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_file_is_its_owners_alone_and_appears_whole, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(the_header_tells_whose_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equal_files_look_different, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_changed_byte_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_that_was_cut_or_has_more_is_refused, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(pieces_keep_their_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_file_opens_by_its_own_name_model_and_key_alone, set_up,
                                        tear_down),
        cmocka_unit_test(headers_are_strict),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
