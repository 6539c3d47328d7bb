/*
 * Values that nobody expects, through every kind and its treatments, in every type that they take, in keys and out of them, in
 * columns of any width: what is made is not the value, has no part of it but what the kind says that it keeps, is text, and
 * fits.
 */
#include "unit/check.h"

#include <malloc.h>

#include <sodium.h>

#include "pseudonymise/kind.h"
#include "support/catalog_builder.h"

#define PART 4 /* letters and digits in a row that are a part of a value */
#define KEYS 3 /* under one key they may be the same by chance */

static const char *const texts[] = {
    "canary",
    "Canary Birdwood",
    "CANARY, BIRDWOOD",
    " canary ",
    "\tcanary\n",
    "  Canary.Birdwood@Birdcage.org  ",
    "canary@birdcage.org",
    "@birdcage.org",
    "canary@",
    "C\xc3\xa4n\xc3\xa4ry",
    "\xc3\x84\xc3\x96\xc3\x9c\xc3\x84\xc3\x96\xc3\x9c",
    "\xd0\xba\xd0\xb0\xd0\xbd\xd0\xb0\xd1\x80\xd0\xb5\xd0\xb9\xd0\xba\xd0\xb0",
    "\xe9\x87\x91\xe4\xb8\x9d\xe9\x9b\x80\xe9\xb8\x9f\xe9\xb8\x9f",
    "\xf0\x9f\x90\xa4\xf0\x9f\x90\xa5\xf0\x9f\x90\xa6\xf0\x9f\x90\xa7",
    "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81",
    "\x01\x02\x1b[31mcanary\x7f",
    "canary\xc2\xa0",
    "\xef\xbb\xbf"
    "canary",
    "?",
    "--",
    "c",
    "ca",
    "c4n",
    "c4n4",
    "7",
    "73",
    "7301",
    "-73019846",
    "73019846",
    "00073019846",
    "7301984625738",
    "+73019846257",
    "(07301) 984 625",
    "00447301984625",
    "+44 (0)7301 984625",
    "+1 202 730 1984 x6257",
    "+999 73019846",
    "4730198462573017",
    "4012888888881881",
    "4012 8888 8888 1881 canary",
    "GB82 WEST 1234 5698 7654 32",
    "gb82west12345698765432",
    "Gb82West12345698765432",
    "XX82WEST12345698765432",
    "GB82WEST123456987654321234567890123456789",
    "943 476 5919",
    "9434765919canary",
    "AB123456C",
    "Ab123456c",
    "131052-308T",
    "1EG4-TE5-MK73",
    "192.168.73.19",
    "192.168.73.19/24",
    "192.168.73.019",
    "192.168.73.19/999",
    "::ffff:192.168.73.19",
    "2001:db8:7301:9846:2573:1984:7301:9846/127",
    "fe80::7301:9846%eth0",
    "00:1b:44:73:01:98",
    "001b44730198",
    "73:01",
    "http://canary.birdcage.org/of/birdwood?who=canary#birdwood",
    "https://canary:birdwood@birdcage.org:8443/",
    "HTTPS://CANARY.ORG",
    "ftp://[2001:db8::7301]:21/canary",
    "http://",
    "http:///canary/birdwood",
    "http://canary.org:73019846/birdwood",
    "javascript:canary()",
    "canary://birdwood/cage",
    "https://canary.org/////////////////////////////////////////////",
    "AKIACANARYBIRDWOOD73",
    "eyJhbGciOiJIUzI1NiJ9.eyJjYW5hcnkiOjF9.c4n4ry-_",
    "5f4dcc3b5aa765d61d8327deb882cf99",
    "$2b$10$canarycanarycanarycanacanarycanarycanarycanarycanaryc",
    "$canary$birdwood",
    "canary$birdwood$cage",
    "{CANARY}birdwood",
    "SW1A 1AA",
    "sw1a1aa",
    "73019-8462",
    "550e8400-e29b-41d4-a716-446655441984",
    "{\"canary\": \"birdwood\"}",
    "'; DROP TABLE canary; --",
    "\\N",
    "\\.",
    "NULL",
    "NaN",
    "-infinity"};
static const char *const wholes[] = {"1",
                                     "-1",
                                     "7",
                                     "12345",
                                     "-12345",
                                     "32767",
                                     "-32768",
                                     "2147483647",
                                     "-2147483648",
                                     "9223372036854775807",
                                     "-9223372036854775808",
                                     "4012888888881881",
                                     "9434765919",
                                     "447301984625",
                                     "12027301984",
                                     "73019846257",
                                     "490154203237518"};
static const char *const numbers[] = {"1.00",
                                      "7.5",
                                      "-7301.98",
                                      "NaN",
                                      "Infinity",
                                      "-Infinity",
                                      "73019846257301984625730198462573",
                                      "-73019846257301984625730198462573.01",
                                      "0.000000000000000000000000000073019846",
                                      "00073019846",
                                      "9999999999999999999"};
static const char *const floats[] = {"7301.9846",    "-7301.9846", "NaN",     "Infinity",
                                     "1e-320",       "5e-324",     "1.7e308", "9.9999999e37",
                                     "3.4028235e38", "1e-45",      "0.37"};
static const char *const days[] = {"2026-03-29",    "infinity",      "-infinity",
                                   "4714-11-24 BC", "0001-01-01 BC", "0001-01-01",
                                   "1900-02-28",    "5874897-12-31", "1582-10-15"};
static const char *const moments[] = {"2026-03-29 02:30:00.123456",
                                      "infinity",
                                      "-infinity",
                                      "4714-11-24 00:00:00 BC",
                                      "4714-11-24 00:00:00.000001 BC",
                                      "294276-12-31 23:59:59.999999",
                                      "0001-01-01 00:00:00 BC",
                                      "1999-12-31 23:59:59.999999"};
static const char *const addresses[] = {"192.168.73.19",  "192.168.73.19/1", "192.168.73.19/31",
                                        "2001:db8::7301", "fe80::/10",       "255.255.255.255"};
static const char *const networks[] = {"10.20.0.0/16", "128.0.0.0/1", "2001:db8::/32",
                                       "192.168.73.19/32"};
static const char *const uuids[] = {"550e8400-e29b-41d4-a716-446655441984",
                                    "00000000-0000-0000-0000-000000000001"};
static const char *const devices[] = {"00:1b:44:73:01:98", "02:1b:44:73:01:98",
                                      "ff:ff:ff:ff:ff:fe"};
static const char *const devices8[] = {"00:1b:44:ff:fe:73:01:98"};
static const char *const moneys[] = {"$7,301.98", "-$92,233,720,368,547,758.08",
                                     "$92,233,720,368,547,758.07", "$0.01"};

#define LIST(of) of, sizeof(of) / sizeof *(of)

static const struct
{
    const char *type;
    bool text;
    const char *const *values;
    size_t n;
} types[] = {{"text", true, LIST(texts)},           {"bpchar", true, LIST(texts)},
             {"citext", true, LIST(texts)},         {"name", true, LIST(texts)},
             {"int2", false, LIST(wholes)},         {"int4", false, LIST(wholes)},
             {"int8", false, LIST(wholes)},         {"numeric", false, LIST(wholes)},
             {"numeric", false, LIST(numbers)},     {"float4", false, LIST(floats)},
             {"float8", false, LIST(floats)},       {"money", false, LIST(moneys)},
             {"date", false, LIST(days)},           {"timestamp", false, LIST(moments)},
             {"timestamptz", false, LIST(moments)}, {"inet", false, LIST(addresses)},
             {"cidr", false, LIST(networks)},       {"uuid", false, LIST(uuids)},
             {"macaddr", false, LIST(devices)},     {"macaddr8", false, LIST(devices8)}};

#define NTYPES (sizeof types / sizeof types[0])

/* What a kind keeps, as docs/pseudonyms.md says. */
static const struct
{
    const char *kind;
    size_t part;                  /* letters and digits in a row */
    const char *same[5];          /* values that it leaves */
} kept[] = {{"url", 5, {NULL}},   /* a port */
            {"phone", 6, {NULL}}, /* 00 and a country */
            {"money", PART, {"1", "-1", "$0.01", "5e-324"}},
            {"income", PART, {"1", "-1", "$0.01", "5e-324"}},
            {"measure", PART, {"1", "-1", "$0.01", "5e-324"}},
            {"date-shift",
             PART,
             {"4714-11-24 BC", "4714-11-24 00:00:00 BC", "4714-11-24 00:00:00.000001 BC"}},
            {"date-shift-weeks",
             PART,
             {"4714-11-24 BC", "4714-11-24 00:00:00 BC", "4714-11-24 00:00:00.000001 BC"}},
            {"date-of-birth",
             PART,
             {"0001-01-01", "0001-01-01 BC", "0001-01-01 00:00:00 BC", "4714-11-24 BC",
              "4714-11-24 00:00:00 BC"}},
            {"ip-address", PART, {"128.0.0.0/1"}}, /* there is no other network but zero */
            {"shape", PART, {"--", "2001:db8::/32"}}};

static size_t
part_of(const char *kind)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
    {
        if (strcmp(kept[i].kind, kind) == 0)
            return kept[i].part;
    }
    return PART;
}

static bool
may_stay(const char *kind, const char *value)
{
    static const char *const nobodys[] = {"NaN", "Infinity", "-Infinity", "infinity", "-infinity"};

    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
    {
        for (size_t v = 0; v < 5 && strcmp(kept[i].kind, kind) == 0; v++)
        {
            if (kept[i].same[v] != NULL && strcmp(kept[i].same[v], value) == 0)
                return true;
        }
    }
    for (size_t i = 0; i < sizeof nobodys / sizeof nobodys[0]; i++)
    {
        if (strcmp(nobodys[i], value) == 0)
            return true;
    }
    return false;
}

/* --- a column ------------------------------------------------------------------------------------- */

typedef struct column
{
    ss_arena *arena;
    const ss_kind *kind;
    const char *type;
    size_t limit;
    ss_kind_column about;
    void *states[KEYS];
} column;

/* false: the kind does not take it. */
static bool
column_new(column *c, const ss_kind *kind, const char *type, bool own, size_t limit)
{
    static const unsigned char keys[KEYS][SS_KEY_BYTES] = {{1}, {2}, {3}};
    ss_builder b;
    ss_error err;

    *c = (column){.arena = ss_arena_new(NULL), .kind = kind, .type = type, .limit = limit};
    b = builder_new(c->arena);
    c->about = (ss_kind_column){.catalog = b.catalog,
                                .type = {b.catalog, builder_type(&b, type, SS_TYPE_BASE), -1},
                                .group = "group",
                                .limit = limit,
                                .low = INT64_MIN,
                                .high = INT64_MAX,
                                .unique = own,
                                .alone = true,
                                .has_subject = true};
    b.types[c->about.type.type].schema = "pg_catalog";
    if (strcmp(type, "citext") == 0)
        b.types[c->about.type.type].extension = "citext";
    if (strcmp(type, "int2") == 0)
        c->about.low = INT16_MIN, c->about.high = INT16_MAX;
    if (strcmp(type, "int4") == 0)
        c->about.low = INT32_MIN, c->about.high = INT32_MAX;
    c->about.codec = ss_codec_find(b.catalog, c->about.type.type);
    assert_non_null(c->about.codec);
    if (kind->refusal(&c->about, c->arena) != NULL)
        return false;
    for (size_t k = 0; k < KEYS; k++)
    {
        ss_key_room *room;

        assert_int_equal(ss_key_room_new(keys[k], c->arena, &room, &err), SS_OK);
        assert_int_equal(kind->open(&c->about, room, c->arena, &c->states[k], &err), SS_OK);
    }
    return true;
}

static bool
is_part(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c >= 0x80;
}

static int
small(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

/* The longest run of letters and digits, zeros alone apart, that stands in both, whatever their case. */
static size_t
common(const char *value, const char *made)
{
    size_t most = 0;

    for (const char *a = value; *a != '\0'; a++)
    {
        for (const char *b = made; *b != '\0'; b++)
        {
            size_t n = 0;
            bool zeros = true;

            for (; is_part((unsigned char) a[n]) &&
                   small((unsigned char) a[n]) == small((unsigned char) b[n]);
                 n++)
                zeros = zeros && a[n] == '0';
            most = n > most && !zeros ? n : most;
        }
    }
    return most;
}

/* Characters of UTF-8; SIZE_MAX: it is none. */
static size_t
characters(const char *text)
{
    size_t n = 0;

    for (const unsigned char *c = (const unsigned char *) text; *c != '\0'; n++)
    {
        const size_t length = *c < 0x80 ? 1 : *c < 0xC2 ? 0 : *c < 0xE0 ? 2 : *c < 0xF0 ? 3 : 4;

        for (size_t i = 1; i < length; i++)
        {
            if ((c[i] & 0xC0) != 0x80)
                return SIZE_MAX;
        }
        if (length == 0)
            return SIZE_MAX;
        c += length;
    }
    return n;
}

/* What stands for the value under a key; NULL: it is none of the type, or is refused, without a part of it in the message. */
static const char *
make(const column *c, size_t key, const char *value, ss_arena *scratch)
{
    const ss_codec *codec = c->about.codec;
    const ss_form forms[3] = {codec->form, codec->form, codec->form};
    ss_batch *batch = ss_batch_new(scratch, forms, 3);
    const uint64_t row = 1, subject = 77;
    const ss_kind_rows rows = {.n = 1, .in = &batch->columns[0], .row = &row, .subject = &subject};
    ss_kind_counts counts = {0};
    ss_buf out = {0};
    const char *made = NULL;
    ss_error err;
    ss_code code;

    if (codec->from_text(&c->about.type, value, strlen(value), &batch->columns[0], 0, &err) !=
        SS_OK)
        return NULL;
    code = ss_kind_apply(c->kind, c->states[key], &rows, &batch->columns[1], &counts, &err);
    if (code != SS_OK)
    {
        assert_int_equal(code, SS_EREFUSED);
        assert_true(common(value, err.line[0]) < PART);
        return NULL;
    }
    /* The server takes it. */
    assert_int_equal(codec->to_text(&c->about.type, &batch->columns[1], 0, &out, &err), SS_OK);
    made = ss_strdup(scratch, ss_buf_text(&out));
    ss_buf_done(&out);
    if (codec->from_text(&c->about.type, made, strlen(made), &batch->columns[2], 0, &err) != SS_OK)
        fail_msg("%s, %s: not of the type: %s", c->kind->name, c->type, made);
    return made;
}

/* --- laws ----------------------------------------------------------------------------------------- */

static void
judge(const column *c, const char *value)
{
    const bool is_url = strcmp(c->kind->name, "url") == 0;
    const char *behind = is_url ? strstr(value, "://") : NULL,
               *of = behind == NULL ? value : behind;
    /* Decades, years and months are what is kept of dates. */
    const bool date = strncmp(c->type, "date", 4) == 0 || strncmp(c->type, "time", 4) == 0;
    const size_t part = date ? SIZE_MAX : part_of(c->kind->name);
    size_t same = 0, parts = 0, made_ones = 0;
    ss_arena *scratch = ss_arena_new(NULL);

    for (size_t k = 0; k < KEYS; k++)
    {
        const char *made = make(c, k, value, scratch);

        if (made == NULL)
            continue;
        made_ones++;
        if (characters(made) > c->limit)
            fail_msg("%s, %s of %zu: %s: %s", c->kind->name, c->type, c->limit, value, made);
        same += strcmp(made, value) == 0;
        parts += part != SIZE_MAX && strncmp(made, "2001:db8:", 9) != 0 &&
                 common(of, is_url ? made + strcspn(made, ":") : made) >= part;
    }
    if (made_ones > 0 && same == made_ones && !may_stay(c->kind->name, value))
        fail_msg("%s, %s of %zu: %s stays", c->kind->name, c->type, c->limit, value);
    if (made_ones > 0 && parts == made_ones && same < made_ones)
        fail_msg("%s, %s of %zu: a part of %s stays", c->kind->name, c->type, c->limit, value);
    ss_arena_free(scratch);
}

static void
judge_type(const ss_kind *kind, size_t t)
{
    static const size_t limits[] = {SIZE_MAX, 13, 1, 3, 5, 8, 10, 12, 15, 17, 20, 34, 63};
    const size_t nlimits = !types[t].text ? 1 : t == 0 ? sizeof limits / sizeof limits[0] : 2;

    for (size_t i = 0; i < 2 * nlimits; i++)
    {
        const size_t limit = limits[i / 2];
        column c;

        if (column_new(&c, kind, types[t].type, i % 2 == 1, limit))
        {
            for (size_t v = 0; v < types[t].n; v++)
            {
                if (!types[t].text || characters(types[t].values[v]) <= limit)
                    judge(&c, types[t].values[v]);
            }
        }
        ss_arena_free(c.arena);
    }
}

static void
no_value_comes_through(void **state)
{
    size_t n;
    const ss_kind *const *all = ss_kind_all(&n);

    (void) state;
    for (size_t t = 0; t < NTYPES; t++)
    {
        for (size_t i = 0; i < n; i++)
            judge_type(all[i], t);
        judge_type(&ss_kind_shape, t);
    }
    for (size_t t = 0; types[t].text; t++)
        judge_type(&ss_kind_known_password, t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_value_comes_through)};

    /* Millions of arenas at the end of the heap: where changing its size is slow, giving each back takes minutes. */
    (void) mallopt(M_TRIM_THRESHOLD, 64 << 20);
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
