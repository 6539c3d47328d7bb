#include "classify/recogniser.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

static const ss_recogniser_family *const families[] = {
#define FAMILY(name) &ss_recognisers_##name,
#include "classify/families.def"
#undef FAMILY
};

char
ss_recogniser_letter(const ss_catalog *catalog, size_t type)
{
    static const struct
    {
        const char *name;
        char letter;
    } known[] = {{"bool", 'b'},      {"int2", 'i'},        {"int4", 'i'},     {"int8", 'i'},
                 {"oid", 'i'},       {"numeric", 'n'},     {"float4", 'n'},   {"float8", 'n'},
                 {"money", 'n'},     {"date", 'd'},        {"time", 'm'},     {"timetz", 'm'},
                 {"timestamp", 'm'}, {"timestamptz", 'm'}, {"interval", 'n'}, {"uuid", 'u'},
                 {"inet", 'a'},      {"cidr", 'a'},        {"macaddr", 'a'},  {"macaddr8", 'a'},
                 {"bytea", 'x'},     {"json", 'j'},        {"jsonb", 'j'},    {"hstore", 'j'},
                 {"xml", 'j'},       {"text", 't'},        {"varchar", 't'},  {"bpchar", 't'},
                 {"name", 't'},      {"char", 't'},        {"citext", 't'}};

    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    if (t == NULL)
        return '?';
    if (t->kind == SS_TYPE_ENUM)
        return 'e';
    if (t->kind == SS_TYPE_ARRAY)
        return ss_recogniser_letter(catalog, t->base);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    {
        if (strcmp(t->name, known[i].name) == 0)
            return known[i].letter;
    }
    return '?';
}

const ss_recogniser *
ss_recognise(const ss_words *words, char letter, bool people, bool theirs, ss_pattern *pattern)
{
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
    {
        for (size_t i = 0; i < families[f]->n; i++)
        {
            const ss_recogniser *r = &families[f]->list[i];

            if (strchr(r->types, letter) == NULL)
                continue;
            *pattern = ss_words_find(words, r->names);
            if (pattern->n == 0 && (r->class == SS_CLASS_DIRECT_IDENTIFIER ? people : theirs))
                *pattern = ss_words_find(words, r->theirs);
            if (pattern->n > 0 && ss_words_find(words, r->unless).n == 0)
                return r;
        }
    }
    return NULL;
}

static const ss_recogniser *forms[SS_FORMS_MAX];
static size_t nforms;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
list_forms(void)
{
    for (size_t f = 0; f < sizeof families / sizeof families[0]; f++)
    {
        for (size_t i = 0; i < families[f]->n; i++)
        {
            if (families[f]->list[i].accepts == NULL)
                continue;
            assert(nforms < SS_FORMS_MAX);
            forms[nforms++] = &families[f]->list[i];
        }
    }
}

const ss_recogniser *const *
ss_recogniser_forms(size_t *n)
{
    (void) pthread_once(&once, list_forms);
    *n = nforms;
    return forms;
}
