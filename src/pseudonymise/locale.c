#include "pseudonymise/locale.h"

#include <assert.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "catalog/words.h"
#include "pseudonymise/locale_files.h"
#include "rand/stream.h"

#define FIELDS_MOST 4
#define NAME_MOST   120 /* bytes of a given name that is looked up */

typedef ss_locale_part part; /* of a locale's file */

/* One column of the alias method: of 2^32 words keep take its item, the others the other. */
typedef struct column
{
    uint32_t keep, other;
} column;

/* Items that are chosen by weight. */
typedef struct list
{
    size_t n;
    part *items;
    uint64_t *weights;
    column *columns;
    size_t items_capacity, weights_capacity;
} list;

/* Street and company names: a stem, an ending and a form that says where the two go. */
typedef struct composition
{
    list stems, endings, forms;
} composition;

/* Of a city. */
typedef struct location
{
    part region, code, postcodes;
} location;

typedef struct bearer
{
    part folded;
    uint64_t weight[2]; /* by ss_sex */
} bearer;

struct ss_locale
{
    const char *name;
    part full_name, address, country, country_code, letters;
    list given[2];
    list family;
    part *family_female; /* of the same index */
    list cities;
    location *locations; /* of the same index */
    composition street, company;
    list street_lines;
    bearer *bearers; /* in order of what they are called */
    size_t nbearers;
};

/* --- reading a file ------------------------------------------------------------------------- */

static part
part_of(const char *text)
{
    return (part){text, strlen(text)};
}

static bool
part_is(part p, const char *text)
{
    return p.n == strlen(text) && memcmp(p.text, text, p.n) == 0;
}

static bool
parts_equal(part a, part b)
{
    return a.n == b.n && memcmp(a.text, b.text, a.n) == 0;
}

/* The next line of *at, without its end. */
static bool
next_line(const char **at, part *line)
{
    const char *end;

    if (**at == '\0')
        return false;
    end = *at + strcspn(*at, "\n");
    *line = (part){*at, (size_t) (end - *at)};
    *at = end + (*end == '\n');
    return true;
}

/* Fields that are not there are empty. */
static void
split(part line, part fields[FIELDS_MOST])
{
    size_t n = 0;

    for (;;)
    {
        const char *tab = memchr(line.text, '\t', line.n);

        assert(n < FIELDS_MOST);
        fields[n++] = (part){line.text, tab == NULL ? line.n : (size_t) (tab - line.text)};
        if (tab == NULL)
            break;
        line.n -= (size_t) (tab + 1 - line.text);
        line.text = tab + 1;
    }
    while (n < FIELDS_MOST)
        fields[n++] = (part){"", 0};
}

static uint64_t
number(const char *digits, size_t n)
{
    uint64_t v = 0;

    for (size_t i = 0; i < n; i++)
    {
        assert(digits[i] >= '0' && digits[i] <= '9');
        v = v * 10 + (uint64_t) (digits[i] - '0');
    }
    return v;
}

static void
add(list *l, part item, part weight, ss_arena *arena)
{
    l->items = ss_grow(arena, l->items, l->n, &l->items_capacity, sizeof *l->items);
    l->weights = ss_grow(arena, l->weights, l->n, &l->weights_capacity, sizeof *l->weights);
    l->items[l->n] = item;
    l->weights[l->n] = number(weight.text, weight.n);
    l->n++;
}

/*
 * Walker's alias method in whole numbers, so that the same word chooses the same item everywhere (M. D. Vose, "A linear
 * algorithm for generating random numbers with a given distribution", 1991).
 */
static void
weigh(list *l, ss_arena *arena)
{
    uint64_t total = 0;
    uint64_t *left = ss_alloc(arena, l->n, sizeof *left);
    uint32_t *small = ss_alloc(arena, l->n, sizeof *small);
    uint32_t *large = ss_alloc(arena, l->n, sizeof *large);
    size_t nsmall = 0, nlarge = 0;

    l->columns = ss_alloc(arena, l->n, sizeof *l->columns);
    for (size_t i = 0; i < l->n; i++)
        total += l->weights[i];
    assert(l->n > 0 && total < UINT32_MAX);
    /* A column holds total; an item has its weight times the number of columns. */
    for (size_t i = 0; i < l->n; i++)
    {
        left[i] = l->weights[i] * l->n;
        l->columns[i] = (column){UINT32_MAX, (uint32_t) i};
        if (left[i] < total)
            small[nsmall++] = (uint32_t) i;
        else
            large[nlarge++] = (uint32_t) i;
    }
    while (nsmall > 0 && nlarge > 0)
    {
        const uint32_t s = small[--nsmall], g = large[nlarge - 1];

        l->columns[s] = (column){(uint32_t) ((left[s] << 32) / total), g};
        left[g] -= total - left[s];
        if (left[g] < total)
        {
            nlarge--;
            small[nsmall++] = g;
        }
    }
}

static size_t
choose(const list *l, uint64_t u)
{
    const size_t i = (size_t) (((u >> 32) * l->n) >> 32);
    const column c = l->columns[i];

    return (uint32_t) u < c.keep ? i : c.other;
}

/* Without accents and in lower case; out holds 3 n + 1 bytes. */
static size_t
fold(const char *name, size_t n, char *out)
{
    const size_t length = ss_words_fold(name, n, out);

    for (size_t i = 0; i + 1 < length; i++)
    {
        unsigned char *c = (unsigned char *) out + i;

        /* Cyrillic: U+0410 to U+042F have their small letters 32 on, U+0400 to U+040F 80 on; ё is written е as often. */
        if (c[0] != 0xD0 && c[0] != 0xD1)
            continue;
        if (c[0] == 0xD0 && c[1] >= 0x90 && c[1] <= 0xAF)
        {
            c[0] = c[1] < 0xA0 ? 0xD0 : 0xD1;
            c[1] = (unsigned char) (c[1] < 0xA0 ? c[1] + 0x20 : c[1] - 0x20);
        }
        else if (c[0] == 0xD0 && c[1] >= 0x80 && c[1] <= 0x8F)
        {
            c[0] = 0xD1;
            c[1] = (unsigned char) (c[1] + 0x10);
        }
        if (c[0] == 0xD1 && c[1] == 0x91)
        {
            c[0] = 0xD0;
            c[1] = 0xB5;
        }
        i++;
    }
    return length;
}

static int
compare_parts(part a, part b)
{
    const int order = memcmp(a.text, b.text, a.n < b.n ? a.n : b.n);

    return order != 0 ? order : (a.n > b.n) - (a.n < b.n);
}

static int
compare_bearers(const void *a, const void *b)
{
    return compare_parts(((const bearer *) a)->folded, ((const bearer *) b)->folded);
}

static void
index_given(ss_locale *l, ss_arena *arena)
{
    size_t n = 0, kept = 0;
    bearer *all = ss_alloc(arena, l->given[0].n + l->given[1].n, sizeof *all);

    for (int sex = 0; sex < 2; sex++)
    {
        for (size_t i = 0; i < l->given[sex].n; i++)
        {
            const part name = l->given[sex].items[i];
            char *folded = ss_alloc(arena, 3 * name.n + 1, 1);

            assert(name.n <= NAME_MOST);
            all[n].folded = (part){folded, fold(name.text, name.n, folded)};
            all[n++].weight[sex] = l->given[sex].weights[i];
        }
    }
    qsort(all, n, sizeof *all, compare_bearers);
    for (size_t i = 0; i < n; i++)
    {
        if (kept > 0 && parts_equal(all[kept - 1].folded, all[i].folded))
        {
            all[kept - 1].weight[0] += all[i].weight[0];
            all[kept - 1].weight[1] += all[i].weight[1];
        }
        else
            all[kept++] = all[i];
    }
    l->bearers = all;
    l->nbearers = kept;
}

static void
read_setting(ss_locale *l, part key, part value)
{
    if (part_is(key, "name"))
        l->full_name = value;
    else if (part_is(key, "address"))
        l->address = value;
    else if (part_is(key, "country"))
        l->country = value;
    else if (part_is(key, "code"))
        l->country_code = value;
    else
    {
        assert(part_is(key, "letters"));
        l->letters = value;
    }
}

static ss_locale *
read_locale(const char *name, const char *text, ss_arena *arena)
{
    ss_locale *l = ss_alloc(arena, 1, sizeof *l);

    const struct
    {
        const char *section;
        list *items;
    } lists[] = {
        {"[given female]", &l->given[SS_SEX_FEMALE]},
        {"[given male]", &l->given[SS_SEX_MALE]},
        {"[family]", &l->family},
        {"[places]", &l->cities},
        {"[street lines]", &l->street_lines},
        {"[street forms]", &l->street.forms},
        {"[street stems]", &l->street.stems},
        {"[street endings]", &l->street.endings},
        {"[company forms]", &l->company.forms},
        {"[company stems]", &l->company.stems},
        {"[company endings]", &l->company.endings},
    };

    list *now = NULL, regions = {0};
    part line, section = {"", 0}, fields[FIELDS_MOST], *codes = NULL;
    size_t codes_capacity = 0, locations_capacity = 0, family_capacity = 0;

    l->name = name;
    for (const char *at = text; next_line(&at, &line);)
    {
        if (line.n == 0 || line.text[0] == '#')
            continue;
        if (line.text[0] == '[')
        {
            section = line;
            now = NULL;
            for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
            {
                if (part_is(section, lists[i].section))
                    now = lists[i].items;
            }
            assert(now != NULL || part_is(section, "[locale]") || part_is(section, "[regions]"));
            continue;
        }
        split(line, fields);
        if (now == &l->cities)
        {
            l->locations =
                ss_grow(arena, l->locations, now->n, &locations_capacity, sizeof *l->locations);
            l->locations[now->n] = (location){fields[1], {"", 0}, fields[2]};
            add(now, fields[0], fields[3], arena);
        }
        else if (now == &l->family)
        {
            l->family_female =
                ss_grow(arena, l->family_female, now->n, &family_capacity, sizeof(part));
            l->family_female[now->n] = fields[2].n > 0 ? fields[2] : fields[0];
            add(now, fields[0], fields[1], arena);
        }
        else if (now != NULL)
            add(now, fields[0], fields[1], arena);
        else if (part_is(section, "[regions]"))
        {
            codes = ss_grow(arena, codes, regions.n, &codes_capacity, sizeof *codes);
            codes[regions.n] = fields[1];
            add(&regions, fields[0], part_of("1"), arena);
        }
        else
            read_setting(l, fields[0], fields[1]);
    }
    for (size_t i = 0; i < l->cities.n; i++)
    {
        for (size_t r = 0; r < regions.n; r++)
        {
            if (parts_equal(l->locations[i].region, regions.items[r]))
                l->locations[i].code = codes[r];
        }
    }
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        weigh(lists[i].items, arena);
    index_given(l, arena);
    return l;
}

/* --- finding one ---------------------------------------------------------------------------- */

/* Read at the first use and kept: what is compiled in does not change. */
static struct
{
    pthread_mutex_t lock;
    ss_arena *arena;
    ss_locale **read; /* by the index of its file; NULL: not yet */
} all = {.lock = PTHREAD_MUTEX_INITIALIZER};

static const ss_locale *
locale_of_file(size_t i)
{
    const ss_locale *found;

    (void) pthread_mutex_lock(&all.lock);
    if (all.arena == NULL)
    {
        all.arena = ss_arena_new(NULL);
        all.read = ss_alloc(all.arena, ss_locale_file_count, sizeof(ss_locale *));
    }
    if (all.read[i] == NULL)
        all.read[i] = read_locale(ss_locale_file_names[i], ss_locale_file_texts[i], all.arena);
    found = all.read[i];
    (void) pthread_mutex_unlock(&all.lock);
    return found;
}

const ss_locale *
ss_locale_find(const char *name)
{
    const char *country = strchr(name, '-');
    const size_t language = country == NULL ? 0 : (size_t) (country - name);

    for (size_t i = 0; i < ss_locale_file_count; i++)
    {
        if (strcasecmp(name, ss_locale_file_names[i]) == 0)
            return locale_of_file(i);
    }
    for (size_t i = 0; i < ss_locale_file_count && language > 0; i++)
    {
        const char *file = ss_locale_file_names[i];

        if (strlen(file) == language && strncasecmp(name, file, language) == 0)
        {
            const ss_locale *l = locale_of_file(i);

            return strlen(country + 1) == l->country_code.n &&
                           strncasecmp(country + 1, l->country_code.text, l->country_code.n) == 0
                       ? l
                       : NULL;
        }
    }
    return NULL;
}

const char *const *
ss_locale_names(size_t *n)
{
    *n = ss_locale_file_count;
    return ss_locale_file_names;
}

const char *
ss_locale_name(const ss_locale *locale)
{
    return locale->name;
}

/* --- items ---------------------------------------------------------------------------------- */

static const char *
give(part p, size_t *n)
{
    *n = p.n;
    return p.text;
}

const char *
ss_locale_given(const ss_locale *locale, ss_sex sex, uint64_t u, size_t *n)
{
    const list *l = &locale->given[sex];

    return give(l->items[choose(l, u)], n);
}

const char *
ss_locale_family(const ss_locale *locale, ss_sex sex, uint64_t u, size_t *n)
{
    const size_t i = choose(&locale->family, u);

    return give(sex == SS_SEX_FEMALE ? locale->family_female[i] : locale->family.items[i], n);
}

int
ss_locale_sex_of(const ss_locale *locale, const char *name, size_t n)
{
    char folded[3 * NAME_MOST + 1];
    bearer wanted = {0};
    const bearer *found;

    if (n > NAME_MOST)
        return -1;
    wanted.folded = (part){folded, fold(name, n, folded)};
    found = bsearch(&wanted, locale->bearers, locale->nbearers, sizeof wanted, compare_bearers);
    if (found == NULL)
        return -1;
    return found->weight[SS_SEX_MALE] > found->weight[SS_SEX_FEMALE] ? SS_SEX_MALE : SS_SEX_FEMALE;
}

size_t
ss_locale_place(const ss_locale *locale, uint64_t u)
{
    return choose(&locale->cities, u);
}

size_t
ss_locale_places(const ss_locale *locale)
{
    return locale->cities.n;
}

const char *
ss_locale_city(const ss_locale *locale, size_t place, size_t *n)
{
    return give(locale->cities.items[place], n);
}

const char *
ss_locale_region(const ss_locale *locale, size_t place, size_t *n)
{
    return give(locale->locations[place].region, n);
}

const char *
ss_locale_region_code(const ss_locale *locale, size_t place, size_t *n)
{
    return give(locale->locations[place].code, n);
}

const char *
ss_locale_country(const ss_locale *locale, size_t *n)
{
    return give(locale->country, n);
}

const char *
ss_locale_country_code(const ss_locale *locale, size_t *n)
{
    return give(locale->country_code, n);
}

/* --- texts ---------------------------------------------------------------------------------- */

typedef struct writer
{
    char *out;
    size_t room, n; /* n goes on where the room has ended */
    uint64_t state; /* of the words that u unfolds into */
    part letters;
} writer;

static void
put(writer *w, const char *text, size_t n)
{
    if (n <= w->room && w->n <= w->room - n)
        memcpy(w->out + w->n, text, n);
    w->n += n;
}

static void
put_number(writer *w, uint64_t v, size_t digits)
{
    char text[20];
    size_t at = sizeof text;

    do
    {
        text[--at] = (char) ('0' + v % 10);
        v /= 10;
    } while (v > 0 || sizeof text - at < digits);
    put(w, text + at, sizeof text - at);
}

/* "{07-12}", whose inside this is. */
static void
put_between(writer *w, part range)
{
    const char *dash = memchr(range.text, '-', range.n);
    const size_t digits = dash == NULL ? 0 : (size_t) (dash - range.text);
    uint64_t least, most;

    assert(digits > 0);
    least = number(range.text, digits);
    most = number(dash + 1, range.n - digits - 1);
    assert(least <= most);
    put_number(w, least + ss_below(ss_unfold(&w->state), most - least + 1), digits);
}

static bool
is_pattern(char c)
{
    return c == '*' || c == '#' || c == '@' || c == '{';
}

/* The first part, each '*' of which is the next. */
static void
expand(writer *w, const part *parts)
{
    const part p = parts[0];

    for (size_t i = 0; i < p.n;)
    {
        size_t plain = i;

        while (plain < p.n && !is_pattern(p.text[plain]))
            plain++;
        put(w, p.text + i, plain - i);
        i = plain;
        if (i == p.n)
            break;
        if (p.text[i] == '*')
            expand(w, parts + 1);
        else if (p.text[i] == '#')
            put_number(w, ss_below(ss_unfold(&w->state), 10), 1);
        else if (p.text[i] == '@')
            put(w, w->letters.text + ss_below(ss_unfold(&w->state), w->letters.n), 1);
        else
        {
            const char *end = memchr(p.text + i, '}', p.n - i);

            assert(end != NULL);
            put_between(w, (part){p.text + i + 1, (size_t) (end - p.text) - i - 1});
            i = (size_t) (end - p.text);
        }
        i++;
    }
}

static part
draw(const list *l, writer *w)
{
    return l->items[choose(l, ss_unfold(&w->state))];
}

/* The composed name, between lines where there are any. */
static size_t
compose(const list *lines, const composition *names, writer *w)
{
    char name[SS_LOCALE_TEXT_MAX];
    const part line = lines == NULL ? part_of("*") : draw(lines, w);
    const part form = draw(&names->forms, w);
    const part stem = draw(&names->stems, w), ending = draw(&names->endings, w);

    assert(stem.n + ending.n <= sizeof name);
    memcpy(name, stem.text, stem.n);
    memcpy(name + stem.n, ending.text, ending.n);
    expand(w, (const part[]){line, form, {name, stem.n + ending.n}});
    return w->n;
}

size_t
ss_locale_street(const ss_locale *locale, uint64_t u, char *out, size_t room)
{
    writer w = {.out = out, .room = room, .state = u};

    return compose(&locale->street_lines, &locale->street, &w);
}

size_t
ss_locale_company(const ss_locale *locale, uint64_t u, char *out, size_t room)
{
    writer w = {.out = out, .room = room, .state = u};

    return compose(NULL, &locale->company, &w);
}

size_t
ss_locale_postcode(const ss_locale *locale, size_t place, uint64_t u, char *out, size_t room)
{
    writer w = {.out = out, .room = room, .state = u, .letters = locale->letters};
    part rest = locale->locations[place].postcodes;
    const char *comma;
    uint64_t others = 1, skip;

    for (size_t i = 0; i < rest.n; i++)
        others += rest.text[i] == ',';
    skip = ss_below(ss_unfold(&w.state), others);
    while ((comma = memchr(rest.text, ',', rest.n)) != NULL && skip-- > 0)
        rest = (part){comma + 1, rest.n - (size_t) (comma + 1 - rest.text)};
    if (comma != NULL)
        rest.n = (size_t) (comma - rest.text);
    expand(&w, &rest);
    return w.n;
}

typedef struct slot
{
    const char *name; /* in its braces */
    part value;
} slot;

static size_t
fill(part format, const slot *slots, size_t nslots, char *out, size_t room)
{
    writer w = {.out = out, .room = room};

    for (size_t i = 0; i < format.n;)
    {
        size_t s = 0;

        while (s < nslots && (format.n - i < strlen(slots[s].name) ||
                              memcmp(format.text + i, slots[s].name, strlen(slots[s].name)) != 0))
            s++;
        if (s < nslots)
        {
            put(&w, slots[s].value.text, slots[s].value.n);
            i += strlen(slots[s].name);
        }
        else
            put(&w, format.text + i++, 1);
    }
    return w.n;
}

size_t
ss_locale_full_name(const ss_locale *locale, ss_locale_part given, ss_locale_part family, char *out,
                    size_t room)
{
    const slot slots[] = {{"{given}", given}, {"{family}", family}};

    return fill(locale->full_name, slots, sizeof slots / sizeof slots[0], out, room);
}

size_t
ss_locale_address(const ss_locale *locale, size_t place, ss_locale_part street,
                  ss_locale_part postcode, char *out, size_t room)
{
    const slot slots[] = {{"{street}", street},
                          {"{postcode}", postcode},
                          {"{city}", locale->cities.items[place]},
                          {"{region}", locale->locations[place].region},
                          {"{code}", locale->locations[place].code},
                          {"{country}", locale->country}};

    return fill(locale->address, slots, sizeof slots / sizeof slots[0], out, room);
}
