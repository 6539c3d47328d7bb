/* Laws that every kind of pseudonym obeys, over the table of kinds; and what is made of values of each. */
#include "unit/check.h"

#include <stdlib.h>
#include <strings.h>

#include <sodium.h>

#include "pseudonymise/kind.h"
#include "rows/batch.h"
#include "support/catalog_builder.h"
#include "unit/pseudonymise/kind_samples.h"

#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
#define SLOWER 10 /* so many times fewer values there */
#else
#define SLOWER 1
#endif

enum
{
    MANY = 100000 / SLOWER,
    FEWER = 20000 / SLOWER, /* of a second type */
};

static const unsigned char keys[2][SS_KEY_BYTES] = {{3, 1, 4, 1, 5, 9}, {2, 7, 1, 8, 2, 8}};

/* --- a column, and one value through it ------------------------------------------------------------ */

typedef struct column
{
    ss_arena *arena;
    const ss_kind *kind;
    ss_kind_column about;
    void *state;
    ss_batch *in, *out;
    ss_kind_counts counts;
    ss_error err;
} column;

/* Of the first of the types, with names between blanks; key: of the two above; own: it is in a key. */
static void
column_about(column *c, const char *kind, const char *type, bool own, size_t limit)
{
    ss_builder b;
    ss_form form;

    *c = (column){.arena = ss_arena_new(NULL), .kind = ss_kind_find(kind)};
    assert_non_null(c->kind);
    b = builder_new(c->arena);
    c->about = (ss_kind_column){.catalog = b.catalog,
                                .type = {b.catalog, builder_type(&b, type, SS_TYPE_BASE), -1},
                                .group = "group",
                                .limit = limit,
                                .low = INT64_MIN,
                                .high = INT64_MAX,
                                .unique = own,
                                .alone = true,
                                .values = 1000};
    b.types[c->about.type.type].schema = "pg_catalog";
    if (strcmp(type, "citext") == 0)
        b.types[c->about.type.type].extension = "citext";
    c->about.codec = ss_codec_find(b.catalog, c->about.type.type);
    assert_non_null(c->about.codec);
    if (strcmp(type, "int2") == 0)
        c->about.low = INT16_MIN, c->about.high = INT16_MAX;
    if (strcmp(type, "int4") == 0)
        c->about.low = INT32_MIN, c->about.high = INT32_MAX;
    form = c->about.codec->form;
    c->in = ss_batch_new(c->arena, &form, 1);
    c->out = ss_batch_new(c->arena, &form, 1);
}

static void
column_open(column *c, const unsigned char *key)
{
    ss_key_room *room;

    assert_int_equal(ss_key_room_new(key, c->arena, &room, &c->err), SS_OK);
    assert_int_equal(c->kind->open(&c->about, room, c->arena, &c->state, &c->err), SS_OK);
}

/* Is there such a column?  It is opened under the key. */
static bool
column_new(column *c, const char *kind, const char *type, bool own, int key)
{
    column_about(c, kind, type, own, SIZE_MAX);
    if (c->kind->refusal(&c->about, c->arena) != NULL)
    {
        ss_arena_free(c->arena);
        return false;
    }
    column_open(c, keys[key]);
    return true;
}

static void
column_free(column *c)
{
    ss_arena_free(c->arena);
}

/* What stands for the value: into made, which holds SAMPLE_MAX; its code. */
static ss_code
try_value(column *c, const char *value, char *made)
{
    const ss_kind_rows rows = {.n = 1, .in = &c->in->columns[0]};
    ss_batch_column *out = &c->out->columns[0];
    ss_code code;

    ss_batch_clear(c->in);
    ss_batch_clear(c->out);
    if (rows.in->form == SS_FORM_I64)
        ss_column_put_i64(&c->in->columns[0], 0, strtoll(value, NULL, 10));
    else
        ss_column_put_bytes(&c->in->columns[0], 0, value, strlen(value));
    code = ss_kind_apply(c->kind, c->state, &rows, out, &c->counts, &c->err);
    if (code != SS_OK)
        return code;
    assert_false(out->null[0]);
    if (rows.in->form == SS_FORM_I64)
        (void) snprintf(made, SAMPLE_MAX, "%lld", (long long) out->i64[0]);
    else
    {
        assert_true(out->bytes.len < SAMPLE_MAX);
        if (out->bytes.len > 0)
            memcpy(made, out->bytes.data, out->bytes.len);
        made[out->bytes.len] = '\0';
    }
    return SS_OK;
}

static void
made_of(column *c, const char *value, char *made)
{
    if (try_value(c, value, made) != SS_OK)
        fail_msg("%s: %s", c->kind->name, c->err.line[0]);
}

/* Walks types of a sample: f for each and, where it may be, both ways. */
static void
each_column(void (*f)(column *c, const kind_sample *s, bool own, const char *type))
{
    for (size_t i = 0; i < NKIND_SAMPLES; i++)
    {
        const kind_sample *s = &kind_samples[i];
        size_t n;

        for (const char *at = s->types; *at != '\0'; at += n + strspn(at + n, " "))
        {
            char type[16] = "";

            n = strcspn(at, " ");
            memcpy(type, at, n);
            for (int own = 0; own < 2; own++)
            {
                column c;

                if (!column_new(&c, s->kind, type, own, 0))
                {
                    assert_true(own && s->keyless);
                    continue;
                }
                assert_false(own && s->keyless);
                f(&c, s, own, type);
                column_free(&c);
            }
        }
    }
}

static bool
begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* --- laws ------------------------------------------------------------------------------------------ */

static void
null_and_nothing_stay(column *c, const kind_sample *s, bool own, const char *type)
{
    const ss_kind_rows rows = {.n = 1, .in = &c->in->columns[0]};
    char made[SAMPLE_MAX];

    (void) s;
    (void) own;
    ss_batch_clear(c->in);
    ss_batch_clear(c->out);
    ss_column_put_null(&c->in->columns[0], 0);
    assert_int_equal(
        ss_kind_apply(c->kind, c->state, &rows, &c->out->columns[0], &c->counts, &c->err), SS_OK);
    assert_true(c->out->columns[0].null[0]);
    if (strcmp(type, "text") != 0 && strcmp(type, "varchar") != 0)
        return;
    made_of(c, "", made);
    assert_string_equal(made, "");
    made_of(c, "   ", made);
    assert_string_equal(made, "   ");
}

static void
same_in_same_out(column *c, const kind_sample *s, bool own, const char *type)
{
    uint64_t next = s->first, other_next = s->first;
    char value[SAMPLE_MAX], made[SAMPLE_MAX], again[SAMPLE_MAX];
    int same = 0;
    column other;

    assert_true(column_new(&other, s->kind, type, own, 1));
    for (int i = 0; i < 50; i++)
    {
        sample_next(s, &next, value);
        made_of(c, value, made);
        made_of(c, value, again);
        assert_string_equal(made, again);
        sample_next(s, &other_next, value);
        made_of(&other, value, again);
        same += strcmp(made, again) == 0;
        if (strcmp(made, value) == 0)
            same += 10;
    }
    /* Of 100 sort codes one may be the same by chance; of the others none. */
    if (same > 2)
        fail_msg("%s (%s): %d", s->kind, type, same);
    column_free(&other);
}

static int
compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
two_values_never_share(column *c, const kind_sample *s, bool own, const char *type)
{
    const bool first = begins(s->types, type);
    const size_t n = s->count > 0 ? s->count : first ? MANY : FEWER;
    char(*all)[SAMPLE_MAX];
    uint64_t next = s->first;

    if (!own)
        return;
    all = calloc(n, sizeof *all);
    for (size_t i = 0; i < n; i++)
    {
        char value[SAMPLE_MAX];

        sample_next(s, &next, value);
        made_of(c, value, all[i]);
    }
    qsort(all, n, sizeof *all, compare);
    for (size_t i = 1; i < n; i++)
    {
        if (strcmp(all[i], all[i - 1]) == 0)
            fail_msg("%s (%s)", s->kind, type);
    }
    assert_true((c->kind->guarantees & SS_UNIQUE) != 0);
    if (c->counts.fallbacks > 0)
        fail_msg("%s (%s): %llu", s->kind, type, (unsigned long long) c->counts.fallbacks);
    free(all);
}

/* Of a number, as long as it has to be. */
static const char *
padded(const char *made, size_t n, char *room)
{
    if (strlen(made) >= n)
        return made;
    (void) snprintf(room, 2 * SAMPLE_MAX, "%0*d%s", (int) (n - strlen(made)), 0, made);
    return room;
}

static void
check_digits_are_right_or_wrong_on_purpose(column *c, const kind_sample *s, bool own,
                                           const char *type)
{
    uint64_t next = s->first;

    (void) type;
    for (int i = 0; i < 90; i++)
    {
        char value[SAMPLE_MAX], made[SAMPLE_MAX], room[2 * SAMPLE_MAX];
        const char *whole;

        sample_next(s, &next, value);
        made_of(c, value, made);
        whole = padded(made, strlen(value), room);
        if (s->right != NULL && s->right(whole) != !(own && s->wrong))
            fail_msg("%s (%s)%s: %s", s->kind, type, own ? " of its own" : "", whole);
        if (!own && s->reserved != NULL)
            assert_memory_equal(whole, s->reserved, strlen(s->reserved));
        if ((c->kind->guarantees & SS_LENGTH) != 0)
            assert_int_equal(strlen(whole), strlen(value));
        assert_string_not_equal(made, value);
    }
}

/* In every length that is not refused whatever is made fits, of values that are none of the kind, too. */
static void
limits_hold(column *unused, const kind_sample *s, bool own, const char *type)
{
    static const char *const odd[] = {"n/a", "?", "Jane Doe's own",
                                      "\xc3\x89milie, who asked that we leave her number out"};

    (void) unused;
    for (size_t limit = 1; strcmp(type, "text") == 0 && limit < 45; limit++)
    {
        uint64_t next = s->first;
        column c;

        column_about(&c, s->kind, type, own, limit);
        if (c.kind->refusal(&c.about, c.arena) == NULL)
        {
            column_open(&c, keys[0]);
            for (int i = 0; i < 20; i++)
            {
                char value[SAMPLE_MAX], made[SAMPLE_MAX];
                const char *v = i < 4 ? odd[i] : value;

                sample_next(s, &next, value);
                if (strlen(v) > limit)
                    continue;
                if (try_value(&c, v, made) == SS_OK && strlen(made) > limit)
                    fail_msg("%s: %zu of %zu", s->kind, strlen(made), limit);
            }
        }
        column_free(&c);
    }
}

/* What is not of the kind is replaced all the same, and counted. */
static void
other_values_are_never_passed_on(column *c, const kind_sample *s, bool own, const char *type)
{
    static const char *const odd[] = {"see notes", "Jane Doe", "\xc3\x89milie", "X-1", "12"};
    char made[SAMPLE_MAX], again[SAMPLE_MAX];

    (void) own;
    for (size_t i = 0; i < 5 && strcmp(type, "text") == 0; i++)
    {
        made_of(c, odd[i], made);
        made_of(c, odd[i], again);
        assert_string_equal(made, again);
        assert_string_not_equal(made, odd[i]);
    }
    if (strcmp(type, "text") == 0 && s->right != NULL)
        assert_int_equal(c->counts.fallbacks, 10);
}

/* A value, or part of one, written in some way; or anything: by a generator that is the same every time. */
static void
scribble(const kind_sample *s, uint64_t *next, uint64_t *random, char to[SAMPLE_MAX])
{
    static const char signs[] = "0123456789 -./()+:@ABCxyz%&?#=_\n\xc3\xa9";
    char value[SAMPLE_MAX];
    size_t n = 0;

    sample_next(s, next, value);
    for (const char *c = value; *c != '\0' && n + 3 < SAMPLE_MAX / 2; c++)
    {
        const uint64_t draw =
            (*random = *random * 6364136223846793005U + 1442695040888963407U) >> 33;

        if (draw % 16 == 0)
            to[n++] = signs[draw / 16 % (sizeof signs - 1)];
        if (draw % 64 == 1)
            to[n++] = ' ';
        if (draw % 128 == 2)
            continue;
        to[n++] = (char) (draw % 32 == 3 && *c >= 'A' && *c <= 'Z'   ? *c - 'A' + 'a'
                          : draw % 32 == 3 && *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A'
                                                                     : *c);
    }
    to[n] = '\0';
}

typedef struct pair
{
    char value[SAMPLE_MAX], made[SAMPLE_MAX];
} pair;

static int
compare_made(const void *a, const void *b)
{
    return strcmp(((const pair *) a)->made, ((const pair *) b)->made);
}

/* However they are written, of the kind or not: no two share one in a key, and none is passed on. */
static void
scribbles_never_share(column *c, const kind_sample *s, bool own, const char *type)
{
    enum
    {
        SCRIBBLES = 4000
    };

    pair *all = calloc(SCRIBBLES, sizeof *all);
    uint64_t next = s->first, random = 1;
    int same = 0;

    for (size_t i = 0; strcmp(type, "text") == 0 && i < SCRIBBLES; i++)
    {
        if (s->count > 0 && i % s->count == 0)
            next = s->first;
        scribble(s, &next, &random, all[i].value);
        made_of(c, all[i].value, all[i].made);
        same += strcmp(all[i].value, all[i].made) == 0 &&
                strspn(all[i].value, " ") < strlen(all[i].value);
    }
    qsort(all, SCRIBBLES, sizeof *all, compare_made);
    for (size_t i = 1; own && i < SCRIBBLES; i++)
    {
        if (strcmp(all[i].made, all[i - 1].made) == 0 &&
            strcmp(all[i].value, all[i - 1].value) != 0)
            fail_msg("%s: %s and %s: %s", s->kind, all[i].value, all[i - 1].value, all[i].made);
    }
    /* By chance: of a code of two or three letters and digits. */
    if (same > 40 || (same > 0 && s->right != NULL))
        fail_msg("%s: %d", s->kind, same);
    free(all);
}

static void
laws(void **state)
{
    (void) state;
    each_column(null_and_nothing_stay);
    each_column(same_in_same_out);
    each_column(two_values_never_share);
    each_column(check_digits_are_right_or_wrong_on_purpose);
    each_column(limits_hold);
    each_column(other_values_are_never_passed_on);
    each_column(scribbles_never_share);
}

/* --- every kind ------------------------------------------------------------------------------------ */

static void
the_table_is_whole(void **state)
{
    size_t n;
    const ss_kind *const *all = ss_kind_all(&n);

    (void) state;
    for (size_t i = 0; i < n; i++)
    {
        assert_ptr_equal(ss_kind_find(all[i]->name), all[i]);
        assert_true(strlen(all[i]->summary) > 0 && strlen(all[i]->types) > 0);
        assert_non_null(all[i]->version);
        assert_true(all[i]->refusal != NULL && all[i]->open != NULL);
        assert_true((all[i]->apply != NULL) != (all[i]->replace != NULL)); /* one of the two */
    }
}

/* Is the word one of the list? */
static bool
lists(const char *list, const char *word)
{
    const size_t n = strlen(word);

    for (const char *at = strstr(list, word); at != NULL; at = strstr(at + 1, word))
    {
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

/* A kind takes the types that it lists for people, and none that it does not. */
static void
types_are_those_listed(void **state)
{
    static const char *const types[] = {
        "bool",   "int2",    "int4",      "int8",        "oid",      "money",   "float4",
        "float8", "numeric", "text",      "varchar",     "char",     "citext",  "name",
        "json",   "jsonb",   "uuid",      "bytea",       "date",     "time",    "timetz",
        "inet",   "cidr",    "timestamp", "timestamptz", "interval", "macaddr", "macaddr8",
        "bit",    "xml",     "tsvector",  "point"};
    size_t n;
    const ss_kind *const *all = ss_kind_all(&n);

    (void) state;
    for (size_t i = 0; i < n; i++)
    {
        for (size_t t = 0; t < sizeof types / sizeof types[0]; t++)
        {
            const bool padded =
                strcmp(types[t], "char") == 0; /* for people; the catalog's is one byte */
            /* Numbers of nine digits fit into less than what is listed. */
            const bool narrow = strcmp(types[t], "int4") == 0 && lists(all[i]->types, "int8");
            const bool listed = lists(all[i]->types, types[t]);
            bool taken;
            column c;

            column_about(&c, all[i]->name, padded ? "bpchar" : types[t], false, SIZE_MAX);
            c.about.has_subject = true;
            taken = c.kind->refusal(&c.about, c.arena) == NULL;
            if (taken != listed && !(taken && narrow))
                fail_msg("%s and %s", all[i]->name, types[t]);
            column_free(&c);
        }
    }
}

/* Numbers in columns of numbers, of the kind and not, never share one, either. */
static void
numbers_of_both_sorts_never_share(void **state)
{
    static const char *const kinds[] = {"utr", "nl-bsn", "de-idnr"};

    (void) state;
    for (size_t k = 0; k < 3; k++)
    {
        char(*all)[SAMPLE_MAX] = calloc(20000, sizeof *all);
        column c;

        assert_true(column_new(&c, kinds[k], "int8", true, 0));
        for (size_t i = 0; i < 20000; i++)
        {
            char value[SAMPLE_MAX];

            (void) snprintf(value, sizeof value, "%llu", i < 10000 ? i + 1ULL : 1234567000ULL + i);
            made_of(&c, value, all[i]);
        }
        qsort(all, 20000, sizeof *all, compare);
        for (size_t i = 1; i < 20000; i++)
            assert_string_not_equal(all[i], all[i - 1]);
        assert_true(c.counts.fallbacks > 0);
        free(all);
        column_free(&c);
    }
}

/* --- how they are written --------------------------------------------------------------------------- */

/* The letters and digits of both are the same. */
static bool
same_number(const char *a, const char *b)
{
    static const char signs[] = " -./()+:";

    for (;; a++, b++)
    {
        a += strspn(a, signs);
        b += strspn(b, signs);
        if ((*a | 32) != (*b | 32))
            return false;
        if (*a == '\0')
            return true;
    }
}

static void
layouts_stay(void **state)
{
    static const struct
    {
        const char *kind, *plain, *written;
    } ways[] = {{"nhs-number", "9434765919", "943 476 5919"},
                {"nino", "AB123456C", "ab 12 34 56 c"},
                {"payment-card", "4012888888881881", "4012-8888-8888-1881"},
                {"iban", "GB29NWBK60161331926819", "GB29 NWBK 6016 1331 9268 19"},
                {"iban", "GB29NWBK60161331926819", "gb29nwbk60161331926819"},
                {"bic", "NWBKGB2L", "nwbk gb 2l"},
                {"utr", "1955839661", "19558 39661"},
                {"es-dni", "54362315K", "54.362.315-K"},
                {"fr-nir", "253072B07300470", "2 53 07 2B 073 004 70"},
                {"mac-address", "001b44113ab7", "00:1b:44:11:3a:b7"},
                {"mac-address", "001b44113ab7", "001b.4411.3ab7"},
                {"phone", "+442079460958", "+44 (20) 7946-0958"},
                {"phone", "00442079460958", "+44 2079460958"}};

    (void) state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
    {
        for (int own = 0; own < 2; own++)
        {
            char a[SAMPLE_MAX], b[SAMPLE_MAX];
            const char *digits = a;
            column c;

            assert_true(column_new(&c, ways[i].kind, "text", own, 0));
            made_of(&c, ways[i].plain, a);
            made_of(&c, ways[i].written, b);
            if (ways[i].plain[0] == '0' && strcmp(ways[i].kind, "phone") == 0)
                digits += 2;
            if (!same_number(digits, b))
                fail_msg("%s: %s, %s", ways[i].kind, a, b);
            if (strcmp(ways[i].kind, "phone") != 0)
            {
                for (size_t k = 0; ways[i].written[k] != '\0'; k++)
                {
                    if (strchr(" -./:", ways[i].written[k]) != NULL)
                        assert_int_equal(b[k], ways[i].written[k]);
                }
            }
            assert_int_equal(c.counts.fallbacks, 0);
            column_free(&c);
        }
    }
}

/* --- telephone numbers ------------------------------------------------------------------------------ */

static void
no_telephone_rings(void **state)
{
    static const struct
    {
        const char *value, *shared, *own;
    } ways[] = {{"+447712345678", "+447700900", "+444"},
                {"07712 345678", "07700 900", "04"},
                {"+44 20 7123 4567", "+44 20 7946 0", "+44 4"},
                {"020 7123 4567", "020 7946 0", "04"},
                {"+44 1223 123456", "+44 1632 960", "+44 4"},
                {"01223 123456", "02079 460", "04"},
                {"+44 (0)20 7123 4567", "+44 (0)20 7946 0", "+44 (0)4"},
                {"004915112345678",
                 "0049"
                 "00",
                 "0049"
                 "00"},
                {"+33 6 12 34 56 78", "+33 0 0", "+33 00"},
                {"+39 06 1234567", "+39 00 ", "+39 00"},
                {"06 12 34 56 78", "+441632960", "+28"},
                {"5551234", "+441632960", "+28"}};

    char made[SAMPLE_MAX];
    column c;

    (void) state;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
    {
        assert_true(column_new(&c, "phone", "text", false, 0));
        made_of(&c, ways[i].value, made);
        if (!begins(made, ways[i].shared))
            fail_msg("%s: %s", ways[i].value, made);
        column_free(&c);
        assert_true(column_new(&c, "phone", "text", true, 0));
        made_of(&c, ways[i].value, made);
        if (!begins(made, ways[i].own))
            fail_msg("%s: %s", ways[i].value, made);
        assert_int_equal(c.counts.fallbacks, 0);
        column_free(&c);
    }
    assert_true(column_new(&c, "phone", "text", false, 0));
    made_of(&c, "(415) 555-2671", made);
    assert_true(made[0] == '(' && begins(made + 4, ") 555-01"));
    made_of(&c, "+1 415 555 2671", made);
    assert_true(begins(made, "+1 ") && begins(made + 6, " 555 01"));
    column_free(&c);
}

/* --- addresses of networks -------------------------------------------------------------------------- */

static unsigned
ip_of(const char *text)
{
    unsigned a, b, c, d;

    assert_int_equal(sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d), 4);
    return a << 24 | b << 16 | c << 8 | d;
}

static int
common_bits(unsigned a, unsigned b)
{
    int n = 0;

    while (n < 32 && ((a ^ b) >> (31 - n) & 1) == 0)
        n++;
    return n;
}

static void
prefixes_are_kept(void **state)
{
    column c;

    (void) state;
    assert_true(column_new(&c, "ip-prefix", "inet", true, 0));
    for (unsigned i = 0; i < 2000; i++)
    {
        const unsigned a = i * 2654435761U,
                       b = a ^ (1U << i % 32) ^ (i * 40503U & ((1U << i % 32) - 1));
        char x[SAMPLE_MAX], y[SAMPLE_MAX], made_x[SAMPLE_MAX], made_y[SAMPLE_MAX];

        (void) snprintf(x, sizeof x, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
        (void) snprintf(y, sizeof y, "%u.%u.%u.%u", b >> 24, b >> 16 & 255, b >> 8 & 255, b & 255);
        made_of(&c, x, made_x);
        made_of(&c, y, made_y);
        assert_int_equal(common_bits(a, b), common_bits(ip_of(made_x), ip_of(made_y)));
    }
    column_free(&c);
}

static void
lengths_of_prefixes_stay(void **state)
{
    char made[SAMPLE_MAX], other[SAMPLE_MAX];
    column c;

    (void) state;
    assert_true(column_new(&c, "ip-address", "cidr", true, 0));
    made_of(&c, "10.20.0.0/16", made);
    assert_non_null(strstr(made, ".0.0/16"));
    made_of(&c, "2001:db8::/32", made);
    assert_non_null(strstr(made, "::/32"));
    made_of(&c, "0.0.0.0/0", made);
    assert_string_equal(made, "0.0.0.0/0");
    column_free(&c);
    assert_true(column_new(&c, "ip-address", "inet", true, 0));
    made_of(&c, "10.20.30.40/24", made);
    made_of(&c, "10.20.30.41/24", other);
    assert_string_not_equal(made, other);
    assert_int_equal(common_bits(ip_of(made), ip_of(other)) >= 24, 1);
    made_of(&c, "::", made);
    assert_string_equal(made, "::");
    column_free(&c);
}

/* Numbers are the same addresses as texts. */
static void
addresses_may_be_numbers(void **state)
{
    char made[SAMPLE_MAX], number[SAMPLE_MAX];
    column c;

    (void) state;
    assert_true(column_new(&c, "ip-address", "inet", true, 0));
    made_of(&c, "192.0.2.1", made);
    column_free(&c);
    assert_true(column_new(&c, "ip-address", "int8", true, 0));
    made_of(&c, "3221225985", number);
    assert_int_equal(strtoll(number, NULL, 10), ip_of(made));
    assert_int_equal(try_value(&c, "4294967296", number), SS_EREFUSED);
    made_of(&c, "0", number);
    assert_string_equal(number, "0");
    column_free(&c);
    assert_true(column_new(&c, "ip-address", "int4", true, 0));
    made_of(&c, "-1073741311", number);
    assert_int_equal((uint32_t) strtoll(number, NULL, 10), ip_of(made));
    column_free(&c);
}

/* However a numeric is written, one that is whole is that number; one that is not has no pseudonym. */
static void
numerics_are_whole_by_value(void **state)
{
    static const char *const odd[] = {"12.50", "0.5", "NaN", "Infinity", "10000000000000000000",
                                      "1e5"};
    char made[SAMPLE_MAX], other[SAMPLE_MAX];
    column c;

    (void) state;
    assert_true(column_new(&c, "integer", "numeric", true, 0));
    made_of(&c, "120", made);
    made_of(&c, "120.0", other);
    assert_string_equal(made, other);
    made_of(&c, "120.00000000000000000000000000", other);
    assert_string_equal(made, other);
    made_of(&c, "0.00", other);
    assert_string_equal(other, "0");
    made_of(&c, "-120.0", other);
    assert_int_equal(other[0], '-');
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        assert_int_equal(try_value(&c, odd[i], other), SS_EREFUSED);
    column_free(&c);
}

/* More forms than are kept at once: each code has the same pseudonym when it comes again, and no two share one. */
static void
codes_of_many_forms_stay_what_they_are(void **state)
{
    enum
    {
        FORMS = 729 /* of six characters */
    };

    char(*made)[SAMPLE_MAX] = calloc(FORMS, sizeof *made);
    column c;

    (void) state;
    assert_true(column_new(&c, "code", "text", true, 0));
    for (size_t i = 0; i < 3 * FORMS; i++)
    {
        char value[7] = "", again[SAMPLE_MAX];

        for (size_t k = 0, left = i % FORMS; k < 6; k++, left /= 3)
            value[k] = "7Kk"[left % 3];
        made_of(&c, value, again);
        if (i < FORMS)
            memcpy(made[i], again, sizeof again);
        assert_string_equal(made[i % FORMS], again);
        for (size_t k = 0; k < 6; k++)
            assert_int_equal(value[k] == '7', again[k] <= '9');
    }
    free(made);
    column_free(&c);
}

/* Where values that differ in case are equal, so are their pseudonyms. */
static void
equal_values_stay_equal_where_case_tells_nothing(void **state)
{
    static const char *const values[][4] = {
        {"nino", "AB123456C", "ab123456c", "Ab123456C"},
        {"nino", "No number", "NO NUMBER", "no number"},
        {"iban", "GB82WEST12345698765432", "gb82west12345698765432", "Gb82West12345698765432"},
        {"url", "http://Canary.org/Of", "HTTP://CANARY.ORG/OF", "http://canary.org/of"},
        {"ip-address", "2001:db8::7301:AB", "2001:DB8::7301:AB", "2001:db8::7301:ab"},
        {"mac-address", "00:1B:44:AB:CD:EF", "00:1b:44:ab:cd:ef", "00:1B:44:ab:CD:ef"}};

    (void) state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
    {
        char made[3][SAMPLE_MAX];
        column c;

        column_about(&c, values[i][0], "citext", true, SIZE_MAX);
        c.about.folds = true;
        column_open(&c, keys[0]);
        for (size_t v = 0; v < 3; v++)
            made_of(&c, values[i][v + 1], made[v]);
        assert_int_equal(strcasecmp(made[0], made[1]), 0);
        assert_int_equal(strcasecmp(made[0], made[2]), 0);
        column_free(&c);
    }
}

/* A narrow column has too few names for many to be told apart in a key. */
static void
few_names_do_for_few_values(void **state)
{
    static const struct
    {
        uint64_t values;
        size_t limit;
        bool own, taken;
    } claims[] = {{10000, 8, true, true},      {1000000, 8, true, false},
                  {1000000, 8, false, true},   {1000000, 10, true, true},
                  {30000000, 11, true, false}, {30000000, 12, true, true}};

    (void) state;
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++)
    {
        column c;

        column_about(&c, "user-name", "text", claims[i].own, claims[i].limit);
        c.about.values = claims[i].values;
        assert_int_equal(c.kind->refusal(&c.about, c.arena) == NULL, claims[i].taken);
        column_free(&c);
    }
}

/* Names and addresses that differ in outer blanks or in case alone stay apart, in columns that have no room for blanks, too. */
static void
blanks_and_capitals_stay_apart(void **state)
{
    static const char *const kinds[] = {"user-name", "email"};
    static const size_t limits[] = {8, 12, 13, 14, 19, 24, 25, 26, 40};
    static const char *const values[] = {"bob",  " bob", "bob ",    " bob ", "bob  ", "Bob",
                                         "Bob ", "BOB",  "BOB    ", " BOB",  "\tbob", "bob\n"};

    enum
    {
        VALUES = sizeof values / sizeof values[0]
    };

    (void) state;
    for (size_t k = 0; k < 2; k++)
    {
        for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++)
        {
            char made[VALUES][SAMPLE_MAX];
            column c;

            column_about(&c, kinds[k], "text", true, limits[l]);
            for (size_t i = 0; c.kind->refusal(&c.about, c.arena) == NULL && i < VALUES; i++)
            {
                if (i == 0)
                    column_open(&c, keys[0]);
                made_of(&c, values[i], made[i]);
                assert_in_range(strlen(made[i]), 1, limits[l]);
                for (size_t j = 0; j < i; j++)
                    assert_string_not_equal(made[i], made[j]);
                if (strcmp(values[i], "BOB") == 0)
                    assert_int_equal(strcspn(made[i], "abcdefghijklmnopqrstuvwxyz"),
                                     strcspn(made[i], "@") + (k == 1));
            }
            column_free(&c);
        }
    }
}

/* Nor do check digits that the modulus takes and no account has. */
static void
check_digits_of_one_remainder_stay_apart(void **state)
{
    static const char *const pairs[][2] = {{"GB97NWBK60161300000082", "GB00NWBK60161300000082"},
                                           {"GB98NWBK60161300000064", "GB01NWBK60161300000064"},
                                           {"GB02NWBK60161300000046", "GB99NWBK60161300000046"}};
    column c;

    (void) state;
    assert_true(column_new(&c, "iban", "text", true, 0));
    for (size_t i = 0; i < 3; i++)
    {
        char made[SAMPLE_MAX], other[SAMPLE_MAX];

        made_of(&c, pairs[i][0], made);
        made_of(&c, pairs[i][1], other);
        assert_int_equal(strlen(made), 22);
        assert_string_not_equal(made, other);
    }
    column_free(&c);
}

/* Another spelling of the same address does not get the same text. */
static void
spellings_stay_apart(void **state)
{
    char made[SAMPLE_MAX], other[SAMPLE_MAX];
    column c;

    (void) state;
    assert_true(column_new(&c, "ip-address", "text", true, 0));
    made_of(&c, "2001:db8::1", made);
    made_of(&c, "2001:DB8:0::1", other);
    assert_string_not_equal(made, other);
    column_free(&c);
}

/* --- known answers ---------------------------------------------------------------------------------- */

/* Whoever changes one of these changes the kind's version. */
static void
answers_are_those_of_the_version(void **state)
{
    static const struct
    {
        const char *kind, *type;
        bool own;
        const char *value, *made;
    } known[] = {

#include "unit/pseudonymise/known_answers.def"
    };

    (void) state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    {
        char made[SAMPLE_MAX];
        column c;

        assert_true(column_new(&c, known[i].kind, known[i].type, known[i].own, 0));
        made_of(&c, known[i].value, made);
        if (strcmp(made, known[i].made) != 0)
            print_message("    {\"%s\", \"%s\", %s, \"%s\", \"%s\"},\n", known[i].kind,
                          known[i].type, known[i].own ? "true" : "false", known[i].value, made);
        if (getenv("SHOW_ANSWERS") == NULL)
            assert_string_equal(made, known[i].made);
        column_free(&c);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_is_whole),
        cmocka_unit_test(types_are_those_listed),
        cmocka_unit_test(laws),
        cmocka_unit_test(numbers_of_both_sorts_never_share),
        cmocka_unit_test(layouts_stay),
        cmocka_unit_test(no_telephone_rings),
        cmocka_unit_test(prefixes_are_kept),
        cmocka_unit_test(lengths_of_prefixes_stay),
        cmocka_unit_test(addresses_may_be_numbers),
        cmocka_unit_test(spellings_stay_apart),
        cmocka_unit_test(numerics_are_whole_by_value),
        cmocka_unit_test(equal_values_stay_equal_where_case_tells_nothing),
        cmocka_unit_test(codes_of_many_forms_stay_what_they_are),
        cmocka_unit_test(few_names_do_for_few_values),
        cmocka_unit_test(blanks_and_capitals_stay_apart),
        cmocka_unit_test(check_digits_of_one_remainder_stay_apart),
        cmocka_unit_test(answers_are_those_of_the_version),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
