#include "unit/check.h"

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/text.h"
#include "pseudonymise/locale.h"
#include "pseudonymise/locale_files.h"
#include "pseudonymise/locale_of.h"
#include "rand/stream.h"

#define WORDS 20000

/* --- the files, read by another hand --------------------------------------------------------- */

typedef struct item
{
    const char *where; /* in the file's text */
    char *field[4];    /* missing ones are NULL */
} item;

typedef struct items
{
    item *list;
    size_t n;
} items;

static items
section_of(size_t file, const char *section, ss_arena *arena)
{
    const char *text = ss_locale_file_texts[file];
    char *head = ss_strf(arena, "\n[%s]\n", section);
    const char *at = strstr(text, head);
    items found = {0};
    size_t capacity = 0;

    if (at == NULL)
        return found;
    for (at += strlen(head); *at != '\0' && *at != '\n';)
    {
        const size_t length = strcspn(at, "\n");
        char *line = ss_strndup(arena, at, length), *save = NULL;
        item *i;
        size_t f = 0;

        found.list = ss_grow(arena, found.list, found.n, &capacity, sizeof *found.list);
        i = &found.list[found.n++];
        i->where = at;
        for (char *p = strtok_r(line, "\t", &save); p != NULL; p = strtok_r(NULL, "\t", &save))
        {
            assert_true(f < 4);
            i->field[f++] = p;
        }
        at += length + (at[length] == '\n');
    }
    return found;
}

static uint64_t
weight_of(const char *text)
{
    uint64_t w = 0;

    assert_non_null(text);
    assert_true(ss_parse_u64(text, &w));
    assert_true(w >= 1);
    return w;
}

static const ss_locale *
locale_of(size_t file)
{
    const ss_locale *l = ss_locale_find(ss_locale_file_names[file]);

    assert_non_null(l);
    assert_string_equal(ss_locale_name(l), ss_locale_file_names[file]);
    return l;
}

typedef struct wanted
{
    const char *section;
    size_t least;
    size_t weight; /* the field that it stands in */
} wanted;

static const wanted sections[] = {
    {"given female", 300, 1}, {"given male", 300, 1},     {"family", 800, 1},
    {"places", 100, 3},       {"street lines", 1, 1},     {"street stems", 100, 1},
    {"street endings", 5, 1}, {"street forms", 5, 1},     {"company stems", 100, 1},
    {"company forms", 5, 1},  {"company endings", 10, 1},
};

/* The first test of a file; the others take it for granted. */
static void
sections_are_there_and_well_formed(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    assert_true(ss_locale_file_count >= 10);
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const char *text = ss_locale_file_texts[f];

        assert_true(f == 0 || strcmp(ss_locale_file_names[f - 1], ss_locale_file_names[f]) < 0);
        assert_true(text[0] == '#');
        assert_non_null(strstr(text, "# Licence: "));
        assert_non_null(strstr(text, "Compiled 20"));
        assert_true(ss_utf8_valid((const unsigned char *) text, strlen(text), NULL));
        for (const char *at = text; *at != '\0';)
        {
            uint32_t point;

            at += ss_utf8_point(at, &point);
            if (point == '\n' || point == '\t')
                continue;
            assert_false(ss_utf8_deceptive(point));
            assert_false(point >= 0x300 && point < 0x370); /* composed where it can be */
            assert_false(point == 0xA0 || point == 0xFFFD);
        }
        for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++)
        {
            const items is = section_of(f, sections[s].section, arena);

            assert_true(is.n >= sections[s].least);
            for (size_t i = 0; i < is.n; i++)
            {
                const char *name = is.list[i].field[0];
                const size_t n = strlen(name);

                assert_true(n > 0 && name[n - 1] != ' ' && name[0] != ' ');
                assert_null(strstr(name, "  "));
                (void) weight_of(is.list[i].field[sections[s].weight]);
                if (i > 0)
                {
                    const int order = strcmp(is.list[i - 1].field[0], name);

                    /* Springfield, Illinois and Springfield, Missouri */
                    assert_true(order < 0 ||
                                (order == 0 && s == 3 &&
                                 strcmp(is.list[i - 1].field[1], is.list[i].field[1]) != 0));
                }
            }
        }
        assert_int_equal(section_of(f, "regions", arena).n == 0,
                         strstr(text, "\n[regions]\n") == NULL);
        ss_arena_reset(arena);
    }
    ss_arena_free(arena);
}

static size_t
count(const char *text, char c)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == c;
    return n;
}

static void
only_forms_lines_and_postcodes_are_patterns(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++)
        {
            const char *section = sections[s].section;
            const items is = section_of(f, section, arena);
            const size_t stars =
                strstr(section, "forms") != NULL || strstr(section, "lines") != NULL;

            for (size_t i = 0; i < is.n; i++)
            {
                assert_int_equal(count(is.list[i].field[0], '*'), stars);
                assert_null(strpbrk(is.list[i].field[0], "#@"));
                if (strcmp(section, "street lines") != 0)
                    assert_null(strpbrk(is.list[i].field[0], "{}"));
            }
        }
        ss_arena_reset(arena);
    }
    ss_arena_free(arena);
}

static void
all_texts_are_short_enough(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        size_t longest[sizeof sections / sizeof sections[0]] = {0};

        for (size_t s = 0; s < sizeof sections / sizeof sections[0]; s++)
        {
            const items is = section_of(f, sections[s].section, arena);

            for (size_t i = 0; i < is.n; i++)
            {
                const size_t n = strlen(is.list[i].field[0]);

                longest[s] = n > longest[s] ? n : longest[s];
            }
        }
        assert_true(longest[4] + longest[5] + longest[6] + longest[7] <= SS_LOCALE_TEXT_MAX);
        assert_true(longest[8] + longest[9] + longest[10] <= SS_LOCALE_TEXT_MAX);
        ss_arena_reset(arena);
    }
    ss_arena_free(arena);
}

/* --- picks ---------------------------------------------------------------------------------- */

static const char *
pick(const ss_locale *l, size_t what, uint64_t u)
{
    size_t n;

    switch (what)
    {
    case 0:
        return ss_locale_given(l, SS_SEX_FEMALE, u, &n);
    case 1:
        return ss_locale_given(l, SS_SEX_MALE, u, &n);
    case 2:
        return ss_locale_family(l, SS_SEX_MALE, u, &n);
    default:
        return ss_locale_city(l, ss_locale_place(l, u), &n);
    }
}

/*
 * Pearson's chi-square over cells of at least 8 expected picks.  The seed is fixed; with another one of the 40 would be
 * six standard deviations off, by the tail of chi-square at about a thousand degrees, once in ten million runs.
 */
static void
picks_hit_the_weights(void **state)
{
    static const char *const what[] = {"given female", "given male", "family", "places"};
    const size_t npicks = 200000;
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t seed = 7;

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const ss_locale *l = locale_of(f);
        const char *text = ss_locale_file_texts[f];

        for (size_t w = 0; w < 4; w++)
        {
            const items is = section_of(f, what[w], arena);
            uint32_t *hits = ss_alloc(arena, strlen(text), sizeof *hits);
            double total = 0, chi = 0, pooled_expected = 0, pooled_hits = 0, cells = 0;

            for (size_t i = 0; i < npicks; i++)
                hits[pick(l, w, ss_unfold(&seed)) - text]++;
            for (size_t i = 0; i < is.n; i++)
                total += (double) weight_of(is.list[i].field[w == 3 ? 3 : 1]);
            for (size_t i = 0; i < is.n; i++)
            {
                pooled_expected +=
                    (double) npicks * (double) weight_of(is.list[i].field[w == 3 ? 3 : 1]) / total;
                pooled_hits += hits[is.list[i].where - text];
                hits[is.list[i].where - text] = 0;
                if (pooled_expected < 8)
                    continue;
                chi += (pooled_hits - pooled_expected) * (pooled_hits - pooled_expected) /
                       pooled_expected;
                cells++;
                pooled_expected = pooled_hits = 0;
            }
            assert_true(cells > 50);
            assert_true(fabs(chi - (cells - 1)) < 6 * sqrt(2 * (cells - 1)));
            for (size_t i = 0; i < strlen(text); i++)
                assert_int_equal(hits[i], 0); /* nothing else was picked */
        }
        ss_arena_reset(arena);
    }
    ss_arena_free(arena);
}

static void
women_bear_their_form(void **state)
{
    static const struct
    {
        const char *locale, *man, *woman;
    } cases[] = {
        {"pl", "Kowalski", "Kowalska"},     {"pl", "Nowak", "Nowak"},
        {"pl", "Zawadzki", "Zawadzka"},     {"ru", "Иванов", "Иванова"},
        {"ru", "Вишневский", "Вишневская"}, {"ru", "Шевченко", "Шевченко"},
        {"de", "Schmidt", "Schmidt"},
    };

    (void) state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
    {
        const ss_locale *l = ss_locale_find(cases[c].locale);
        uint64_t seed = c;
        size_t man, woman, seen = 0;

        for (size_t i = 0; i < 40 * WORDS && seen == 0; i++)
        {
            const uint64_t u = ss_unfold(&seed);
            const char *m = ss_locale_family(l, SS_SEX_MALE, u, &man);
            const char *w = ss_locale_family(l, SS_SEX_FEMALE, u, &woman);

            if (man != strlen(cases[c].man) || memcmp(m, cases[c].man, man) != 0)
                continue;
            assert_int_equal(woman, strlen(cases[c].woman));
            assert_memory_equal(w, cases[c].woman, woman);
            seen++;
        }
        assert_int_equal(seen, 1);
    }
}

/*
 * FNV-1a of what a thousand words make.  Where it differs, pseudonyms made before differ from those made from now on: the
 * kinds that are made of locales want another version, and the line here the new sum.
 */
static const struct
{
    const char *locale;
    uint64_t sum;
} sums[] = {
    {"de", 0x45C1306FE5EE3849}, {"en-GB", 0xBA19AEBC54BE6444}, {"en-US", 0x34003CA8AEA171CF},
    {"es", 0x515CD45D9D1468B6}, {"fr", 0xA048893CDFF400BF},    {"it", 0x0C64F44233472CD1},
    {"ja", 0x56C8AA64DE86E6D5}, {"nl", 0x84896EE61DD6850B},    {"pl", 0x1616677B009ED2B7},
    {"ru", 0x98C76754FCD03C69},
};

static void
sum_up(uint64_t *sum, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        *sum = (*sum ^ (unsigned char) text[i]) * 0x100000001B3U;
}

static void
the_same_words_choose_the_same_everywhere(void **state)
{
    size_t missing = 0;

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const ss_locale *l = locale_of(f);
        uint64_t seed = 23, sum = 0xCBF29CE484222325U, expected = 0;

        for (size_t i = 0; i < 1000; i++)
        {
            char out[SS_LOCALE_TEXT_MAX];
            const uint64_t u = ss_unfold(&seed);
            const size_t place = ss_locale_place(l, u);
            size_t n;
            const char *text = ss_locale_given(l, (ss_sex) (i % 2), u, &n);

            sum_up(&sum, text, n);
            text = ss_locale_family(l, (ss_sex) (i % 2), u, &n);
            sum_up(&sum, text, n);
            text = ss_locale_city(l, place, &n);
            sum_up(&sum, text, n);
            sum_up(&sum, out, ss_locale_postcode(l, place, u, out, sizeof out));
            sum_up(&sum, out, ss_locale_street(l, u, out, sizeof out));
            sum_up(&sum, out, ss_locale_company(l, u, out, sizeof out));
        }
        for (size_t s = 0; s < sizeof sums / sizeof sums[0]; s++)
        {
            if (strcmp(sums[s].locale, ss_locale_name(l)) == 0)
                expected = sums[s].sum;
        }
        if (sum != expected)
        {
            print_error("{\"%s\", 0x%016" PRIX64 "},\n", ss_locale_name(l), sum);
            missing++;
        }
    }
    assert_int_equal(missing, 0);
}

/* --- texts ---------------------------------------------------------------------------------- */

typedef size_t make(const ss_locale *l, uint64_t u, char *out, size_t room);

static size_t
make_postcode(const ss_locale *l, uint64_t u, char *out, size_t room)
{
    return ss_locale_postcode(l, ss_locale_place(l, ~u), u, out, room);
}

static void
texts_stay_within_their_room(void **state)
{
    static make *const makes[] = {ss_locale_street, ss_locale_company, make_postcode};
    uint64_t seed = 11;

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const ss_locale *l = locale_of(f);

        for (size_t m = 0; m < 3; m++)
        {
            for (size_t i = 0; i < WORDS; i++)
            {
                char out[SS_LOCALE_TEXT_MAX + 1], again[SS_LOCALE_TEXT_MAX + 1];
                const uint64_t u = ss_unfold(&seed);
                const size_t n = makes[m](l, u, out, SS_LOCALE_TEXT_MAX), room = u % (n + 1);

                assert_true(n > 2 && n <= SS_LOCALE_TEXT_MAX);
                assert_true(ss_utf8_valid((const unsigned char *) out, n, NULL));
                out[n] = '\0';
                assert_null(strpbrk(out, "*@#{}"));
                memset(again, '!', sizeof again);
                assert_int_equal(makes[m](l, u, again, room), n);
                for (size_t k = room; k < sizeof again; k++)
                    assert_int_equal(again[k], '!');
                assert_int_equal(makes[m](l, u, again, n), n);
                assert_memory_equal(out, again, n);
            }
        }
    }
}

static int
compare_texts(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void
streets_and_companies_are_many(void **state)
{
    static make *const makes[] = {ss_locale_street, ss_locale_company};
    static char made[WORDS][SS_LOCALE_TEXT_MAX + 1];
    uint64_t seed = 13;

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        for (size_t m = 0; m < 2; m++)
        {
            size_t different = 1;

            for (size_t i = 0; i < WORDS; i++)
            {
                const size_t n =
                    makes[m](locale_of(f), ss_unfold(&seed), made[i], SS_LOCALE_TEXT_MAX);

                made[i][n] = '\0';
            }
            qsort(made, WORDS, sizeof made[0], compare_texts);
            for (size_t i = 1; i < WORDS; i++)
                different += strcmp(made[i - 1], made[i]) != 0;
            assert_true(different > WORDS / 2);
        }
    }
}

/* The country of a new locale wants a line here, unless it has one. */
static const struct
{
    const char *country, *form;
} postcodes[] = {
    /* Royal Mail: no C I K M O V in the last two; the area is one or two letters. */
    {"GB", "^[A-Z]{1,2}[0-9]{1,2} [0-9][ABD-HJLNP-UW-Z]{2}$"},
    {"US", "^[0-9]{5}$"},
    {"DE", "^(0[1-9]|[1-9][0-9])[0-9]{3}$"},
    {"FR", "^(0[1-9]|[1-8][0-9]|9[0-5])[0-9]{3}$"},
    {"ES", "^(0[1-9]|[1-4][0-9]|5[0-2])[0-9]{3}$"},
    {"IT", "^[0-9]{5}$"},
    /* PostNL: no F I O Q U Y, and none of SA, SD and SS */
    {"NL", "^[1-9][0-9]{3} [A-EGHJ-NPRTVWXZ]{2}$"},
    {"PL", "^[0-9]{2}-[0-9]{3}$"},
    {"RU", "^[1-6][0-9]{5}$"},
    {"JP", "^[0-9]{3}-[0-9]{4}$"},
};

/* What the regions' postcodes begin with. */
static const struct
{
    const char *locale, *region, *begins;
} regions[] = {
    {"en-US", "Alabama", "3[56]"},
    {"en-US", "Alaska", "99[5-9]"},
    {"en-US", "Arizona", "8[56]"},
    {"en-US", "Arkansas", "7[12]"},
    {"en-US", "California", "9[0-6]"},
    {"en-US", "Colorado", "8[01]"},
    {"en-US", "Connecticut", "06"},
    {"en-US", "Delaware", "19[7-9]"},
    {"en-US", "District of Columbia", "20[0-5]"},
    {"en-US", "Florida", "3[234]"},
    {"en-US", "Georgia", "3[019]"},
    {"en-US", "Hawaii", "96[78]"},
    {"en-US", "Idaho", "83[2-8]"},
    {"en-US", "Illinois", "6[0-2]"},
    {"en-US", "Indiana", "4[67]"},
    {"en-US", "Iowa", "5[0-2]"},
    {"en-US", "Kansas", "6[67]"},
    {"en-US", "Kentucky", "4[0-2]"},
    {"en-US", "Louisiana", "7[01]"},
    {"en-US", "Maine", "0(39|4)"},
    {"en-US", "Maryland", "2(0[6-9]|1)"},
    {"en-US", "Massachusetts", "0(1|2[0-7])"},
    {"en-US", "Michigan", "4[89]"},
    {"en-US", "Minnesota", "5[56]"},
    {"en-US", "Mississippi", "3(8[6-9]|9[0-7])"},
    {"en-US", "Missouri", "6[3-5]"},
    {"en-US", "Montana", "59"},
    {"en-US", "Nebraska", "6[89]"},
    {"en-US", "Nevada", "89"},
    {"en-US", "New Hampshire", "03"},
    {"en-US", "New Jersey", "0[78]"},
    {"en-US", "New Mexico", "8[78]"},
    {"en-US", "New York", "1[0-4]"},
    {"en-US", "North Carolina", "2[78]"},
    {"en-US", "North Dakota", "58"},
    {"en-US", "Ohio", "4[345]"},
    {"en-US", "Oklahoma", "7[34]"},
    {"en-US", "Oregon", "97"},
    {"en-US", "Pennsylvania", "1[5-9]"},
    {"en-US", "Rhode Island", "02[89]"},
    {"en-US", "South Carolina", "29"},
    {"en-US", "South Dakota", "57"},
    {"en-US", "Tennessee", "3[78]"},
    {"en-US", "Texas", "7[5-9]"},
    {"en-US", "Utah", "84"},
    {"en-US", "Vermont", "05"},
    {"en-US", "Virginia", "2(0|2|3|4[0-6])"},
    {"en-US", "Washington", "9(8|9[0-4])"},
    {"en-US", "West Virginia", "2(4[7-9]|5|6)"},
    {"en-US", "Wisconsin", "5[34]"},
    {"en-US", "Wyoming", "8(2|3[01])"},
    {"es", "A Coruña", "15"},
    {"es", "Alicante", "03"},
    {"es", "Asturias", "33"},
    {"es", "Barcelona", "08"},
    {"es", "Bizkaia", "48"},
    {"es", "Cantabria", "39"},
    {"es", "Gipuzkoa", "20"},
    {"es", "Illes Balears", "07"},
    {"es", "La Rioja", "26"},
    {"es", "Las Palmas", "35"},
    {"es", "Madrid", "28"},
    {"es", "Murcia", "30"},
    {"es", "Málaga", "29"},
    {"es", "Navarra", "31"},
    {"es", "Santa Cruz de Tenerife", "38"},
    {"es", "Sevilla", "41"},
    {"es", "Valencia", "46"},
    {"es", "Zaragoza", "50"},
    {"fr", "Auvergne-Rhône-Alpes", "(01|03|07|15|26|38|42|43|63|69|73|74)"},
    {"fr", "Bourgogne-Franche-Comté", "(21|25|39|58|70|71|89|90)"},
    {"fr", "Bretagne", "(22|29|35|56)"},
    {"fr", "Centre-Val de Loire", "(18|28|36|37|41|45)"},
    {"fr", "Corse", "20"},
    {"fr", "Grand Est", "(08|10|51|52|54|55|57|67|68|88)"},
    {"fr", "Hauts-de-France", "(02|59|60|62|80)"},
    {"fr", "Normandie", "(14|27|50|61|76)"},
    {"fr", "Nouvelle-Aquitaine", "(16|17|19|23|24|33|40|47|64|79|86|87)"},
    {"fr", "Occitanie", "(09|11|12|30|31|32|34|46|48|65|66|81|82)"},
    {"fr", "Pays de la Loire", "(44|49|53|72|85)"},
    {"fr", "Provence-Alpes-Côte d'Azur", "(04|05|06|13|83|84)"},
    {"fr", "Île-de-France", "(75|77|78|9[1-5])"},
    {"pl", "dolnośląskie", "(5|67)"},
    {"pl", "lubelskie", "2[0-4]"},
    {"pl", "mazowieckie", "(0|26)"},
    {"pl", "małopolskie", "3[0-4]"},
    {"pl", "podkarpackie", "3[5-9]"},
    {"pl", "podlaskie", "1[5-9]"},
    {"pl", "pomorskie", "(76|8)"},
    {"pl", "wielkopolskie", "6[0-4]"},
    {"pl", "zachodniopomorskie", "7"},
    {"pl", "łódzkie", "9"},
    {"pl", "śląskie", "4[0-4]"},
};

static bool
matches(const char *form, const char *text)
{
    regex_t compiled;
    int found;

    assert_int_equal(regcomp(&compiled, form, REG_EXTENDED | REG_NOSUB), 0);
    found = regexec(&compiled, text, 0, NULL, 0);
    regfree(&compiled);
    return found == 0;
}

static void
postcodes_are_the_countrys_and_the_regions(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    uint64_t seed = 17;
    size_t held = 0;

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const ss_locale *l = locale_of(f);
        size_t n;
        const char *code = ss_strndup(arena, ss_locale_country_code(l, &n), 2), *form = NULL;

        assert_int_equal(n, 2);
        for (size_t p = 0; p < sizeof postcodes / sizeof postcodes[0]; p++)
        {
            if (strcmp(postcodes[p].country, code) == 0)
                form = postcodes[p].form;
        }
        assert_non_null(form);
        for (size_t place = 0; place < ss_locale_places(l); place++)
        {
            const char *region = ss_locale_region(l, place, &n), *begins = NULL;

            region = ss_strndup(arena, region, n);
            for (size_t r = 0; r < sizeof regions / sizeof regions[0]; r++)
            {
                if (strcmp(regions[r].locale, ss_locale_name(l)) == 0 &&
                    strcmp(regions[r].region, region) == 0)
                    begins = ss_strf(arena, "^%s", regions[r].begins);
            }
            if (strcmp(ss_locale_name(l), "en-US") == 0 || strcmp(ss_locale_name(l), "fr") == 0)
                assert_non_null(begins);
            held += begins != NULL;
            for (size_t i = 0; i < 20; i++)
            {
                char out[SS_LOCALE_TEXT_MAX + 1];

                out[ss_locale_postcode(l, place, ss_unfold(&seed), out, SS_LOCALE_TEXT_MAX)] = '\0';
                if (!matches(form, out) || (begins != NULL && !matches(begins, out)))
                    fail_msg("%s, %s: %s", ss_locale_name(l), region, out);
            }
        }
        ss_arena_reset(arena);
    }
    assert_true(held > 350);
    ss_arena_free(arena);
}

static void
each_of_a_citys_postcodes_is_made(void **state)
{
    static const char *const areas[] = {"^E1?[0-9] ",     "^N[12]?[0-9] ",  "^NW1?[0-9] ",
                                        "^SE[12]?[0-9] ", "^SW[12]?[0-9] ", "^W1?[0-9] "};
    const ss_locale *l = ss_locale_find("en-GB");
    size_t london = 0, n, seen[6] = {0};
    uint64_t seed = 19;

    (void) state;
    while (strncmp(ss_locale_city(l, london, &n), "London\t", 7) != 0)
        london++;
    for (size_t i = 0; i < 600; i++)
    {
        char out[SS_LOCALE_TEXT_MAX + 1];
        size_t held = 0;

        out[ss_locale_postcode(l, london, ss_unfold(&seed), out, SS_LOCALE_TEXT_MAX)] = '\0';
        for (size_t a = 0; a < 6; a++)
        {
            const bool is = matches(areas[a], out);

            seen[a] += is;
            held += is;
        }
        assert_int_equal(held, 1);
    }
    for (size_t a = 0; a < 6; a++)
        assert_in_range(seen[a], 50, 150);
}

static void
places_have_their_region(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);

    (void) state;
    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const ss_locale *l = locale_of(f);
        const items places = section_of(f, "places", arena);
        const items codes = section_of(f, "regions", arena);
        size_t different = 0, n;

        assert_int_equal(ss_locale_places(l), places.n);
        for (size_t i = 0; i < places.n; i++)
        {
            const char *city = ss_locale_city(l, i, &n), *code;
            size_t seen = 0;

            assert_int_equal(n, strlen(places.list[i].field[0]));
            assert_memory_equal(city, places.list[i].field[0], n);
            assert_memory_equal(ss_locale_region(l, i, &n), places.list[i].field[1],
                                strlen(places.list[i].field[1]));
            assert_int_equal(n, strlen(places.list[i].field[1]));
            for (size_t k = 0; k < i; k++)
                seen += strcmp(places.list[k].field[1], places.list[i].field[1]) == 0;
            different += seen == 0;
            code = ss_locale_region_code(l, i, &n);
            seen = 0;
            for (size_t k = 0; k < codes.n; k++)
            {
                if (strcmp(codes.list[k].field[0], places.list[i].field[1]) != 0)
                    continue;
                assert_int_equal(n, strlen(codes.list[k].field[1]));
                assert_memory_equal(code, codes.list[k].field[1], n);
                seen++;
            }
            assert_int_equal(seen, codes.n > 0);
            assert_int_equal(n > 0, codes.n > 0);
        }
        assert_true(different >= 10);
        assert_true(codes.n == 0 || codes.n == different);
        assert_non_null(ss_locale_country(l, &n));
        assert_true(n > 3);
        ss_arena_reset(arena);
    }
    ss_arena_free(arena);
}

static void
names_and_addresses_are_written_as_there(void **state)
{
    static const struct
    {
        const char *locale, *given, *family, *full;
    } names[] = {
        {"en-GB", "Jane", "Doe", "Jane Doe"},
        {"ja", "花子", "山田", "山田 花子"},
        {"ru", "Анна", "Иванова", "Иванова Анна"},
    };

    const ss_locale *us = ss_locale_find("en-US");
    const char street[] = "14 Alderwick Rd", code[] = "90001";
    char out[200], expected[200];
    size_t n, ncity;
    const char *city = ss_locale_city(us, 0, &ncity);

    (void) state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
    {
        n = ss_locale_full_name(ss_locale_find(names[i].locale),
                                (ss_locale_part){names[i].given, strlen(names[i].given)},
                                (ss_locale_part){names[i].family, strlen(names[i].family)}, out,
                                sizeof out);
        assert_int_equal(n, strlen(names[i].full));
        assert_memory_equal(out, names[i].full, n);
    }
    (void) snprintf(expected, sizeof expected, "%s, %.*s, SD %s", street, (int) ncity, city, code);
    n = ss_locale_region_code(us, 0, &n) == NULL ? 0 : n;
    assert_int_equal(n, 2);
    memcpy(strstr(expected, "SD"), ss_locale_region_code(us, 0, &n), 2);
    n = ss_locale_address(us, 0, (ss_locale_part){street, strlen(street)},
                          (ss_locale_part){code, strlen(code)}, out, sizeof out);
    assert_int_equal(n, strlen(expected));
    assert_memory_equal(out, expected, n);
    /* what is put in is no format */
    n = ss_locale_full_name(us, (ss_locale_part){"{family}", 8}, (ss_locale_part){"x", 1}, out,
                            sizeof out);
    assert_int_equal(n, 10);
    assert_memory_equal(out, "{family} x", n);
    assert_int_equal(
        ss_locale_full_name(us, (ss_locale_part){"a", 1}, (ss_locale_part){"b", 1}, NULL, 0), 3);
}

/* --- looking up ----------------------------------------------------------------------------- */

static void
sex_of_a_name_is_found(void **state)
{
    static const struct
    {
        const char *locale, *name;
        int sex;
    } cases[] = {
        {"es", "JOSÉ", SS_SEX_MALE},
        {"es", "jose", SS_SEX_MALE},
        {"es", "MARÍA CARMEN", SS_SEX_FEMALE},
        {"fr", "françoise", SS_SEX_FEMALE},
        {"fr", "FRANCOISE", SS_SEX_FEMALE},
        {"pl", "ŁUKASZ", SS_SEX_MALE},
        {"ru", "НАТАЛЬЯ", SS_SEX_FEMALE},
        {"ru", "дмитрий", SS_SEX_MALE},
        {"ru", "Алена", SS_SEX_FEMALE},
        {"ru", "АЛЁНА", SS_SEX_FEMALE},
        {"ru", "Фёдор", SS_SEX_MALE},
        {"ru", "ФЕДОР", SS_SEX_MALE},
        {"ja", "美咲", SS_SEX_FEMALE},
        {"de", "Jürgen", SS_SEX_MALE},
        {"it", "Andrea", SS_SEX_MALE},
        {"de", "Andrea", SS_SEX_FEMALE},
        {"de", "", -1},
        {"de", "Qwertz", -1},
        {"de", "Ann", -1},
        {"ru", "\xD0", -1},
    };

    ss_arena *arena = ss_arena_new(NULL);
    char longest[400];

    (void) state;
    for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++)
        assert_int_equal(
            ss_locale_sex_of(ss_locale_find(cases[c].locale), cases[c].name, strlen(cases[c].name)),
            cases[c].sex);
    memset(longest, 'a', sizeof longest);
    for (size_t n = 0; n < sizeof longest; n++)
        assert_int_equal(ss_locale_sex_of(ss_locale_find("de"), longest, n), -1);

    for (size_t f = 0; f < ss_locale_file_count; f++)
    {
        const items of[2] = {section_of(f, "given female", arena),
                             section_of(f, "given male", arena)};

        for (int sex = 0; sex < 2; sex++)
        {
            size_t same = 0;

            for (size_t i = 0; i < of[sex].n; i++)
            {
                const char *name = of[sex].list[i].field[0];
                const int found = ss_locale_sex_of(locale_of(f), name, strlen(name));

                assert_true(found == SS_SEX_FEMALE || found == SS_SEX_MALE);
                same += found == sex;
            }
            /* the others have it as well, more often */
            assert_true(same > of[sex].n * 9 / 10);
        }
        ss_arena_reset(arena);
    }
    ss_arena_free(arena);
}

static void
locales_are_found_by_name(void **state)
{
    static const char *const unknown[] = {"",      "xx",    "en",     "d",   "de-",    "-DE",
                                          "de-AT", "de_DE", "de-DEU", "ru-", "en-GB-x"};
    size_t n;
    const char *const *names = ss_locale_names(&n);

    (void) state;
    assert_int_equal(n, ss_locale_file_count);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(ss_locale_name(ss_locale_find(names[i])), names[i]);
    assert_ptr_equal(ss_locale_find("de-DE"), ss_locale_find("de"));
    assert_ptr_equal(ss_locale_find("DE-de"), ss_locale_find("de"));
    assert_ptr_equal(ss_locale_find("en-gb"), ss_locale_find("en-GB"));
    assert_ptr_equal(ss_locale_find("ja-JP"), ss_locale_find("ja"));
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++)
        assert_null(ss_locale_find(unknown[i]));
}

static void *
find_all(void *found)
{
    for (size_t f = 0; f < ss_locale_file_count; f++)
        ((const ss_locale **) found)[f] = ss_locale_find(ss_locale_file_names[f]);
    return NULL;
}

/* The first test: nothing has been read yet. */
static void
threads_read_each_once(void **state)
{
    pthread_t threads[4];
    const ss_locale *found[4][64] = {0};

    (void) state;
    assert_true(ss_locale_file_count <= 64);
    for (size_t t = 0; t < 4; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, find_all, found[t]), 0);
    for (size_t t = 0; t < 4; t++)
        assert_int_equal(pthread_join(threads[t], NULL), 0);
    for (size_t t = 0; t < 4; t++)
        assert_memory_equal(found[t], found[0], sizeof found[0]);
}

/* --- what columns say ------------------------------------------------------------------------ */

static void
countries_and_tags_have_a_locale(void **state)
{
    static const struct
    {
        const char *text, *locale;
    } cases[] = {{"GB", "en-GB"},
                 {"uk", "en-GB"},
                 {"United States", "en-US"},
                 {" USA ", "en-US"},
                 {"DEU", "de"},
                 {"AT", "de"},
                 {"Germany", "de"},
                 {"España", "es"},
                 {"Россия", "ru"},
                 {"日本", "ja"},
                 {"de_AT.UTF-8", "de"},
                 {"en_US", "en-US"},
                 {"en-AU", "en-GB"},
                 {"fr-BE", "fr"},
                 {"ja", "ja"},
                 {"pl_PL@euro", "pl"},
                 {"CH", NULL},
                 {"pt-BR", NULL},
                 {"Atlantis", NULL},
                 {"", NULL},
                 {"|", NULL},
                 {"a name that is longer than any country has", NULL}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        const ss_locale *l = ss_locale_of(cases[i].text, strlen(cases[i].text));

        if ((l == NULL) != (cases[i].locale == NULL) ||
            (l != NULL && strcmp(ss_locale_name(l), cases[i].locale) != 0))
            fail_msg("%s", cases[i].text);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_read_each_once),
        cmocka_unit_test(sections_are_there_and_well_formed),
        cmocka_unit_test(only_forms_lines_and_postcodes_are_patterns),
        cmocka_unit_test(all_texts_are_short_enough),
        cmocka_unit_test(picks_hit_the_weights),
        cmocka_unit_test(women_bear_their_form),
        cmocka_unit_test(the_same_words_choose_the_same_everywhere),
        cmocka_unit_test(texts_stay_within_their_room),
        cmocka_unit_test(streets_and_companies_are_many),
        cmocka_unit_test(postcodes_are_the_countrys_and_the_regions),
        cmocka_unit_test(each_of_a_citys_postcodes_is_made),
        cmocka_unit_test(places_have_their_region),
        cmocka_unit_test(names_and_addresses_are_written_as_there),
        cmocka_unit_test(sex_of_a_name_is_found),
        cmocka_unit_test(locales_are_found_by_name),
        cmocka_unit_test(countries_and_tags_have_a_locale),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
