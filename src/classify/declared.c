#include "classify/declared.h"

#include <string.h>

/* Kinds by what their lists hold; words of the languages that names are known in. */
static const struct
{
    const char *kind;
    ss_class class;
    const char *labels;
} lists[] = {
    {"religion", SS_CLASS_SPECIAL_CATEGORY,
     "christian*|catholic*|protestant*|muslim*|islam*|jewish|judaism|hindu*|buddhis*|sikh*|atheis*|"
     "agnostic|orthodox|evangelisch|katholisch|romisch katholisch|musulman*|juif|catholique|"
     "catolico|cattolico|moslim|konfessionslos"},
    {"ethnicity", SS_CLASS_SPECIAL_CATEGORY,
     "white british|asian|african|african american|caucasian|hispanic|latino|latina|native "
     "american|pacific islander|mixed race|roma|black african|black caribbean"},
    {"sexuality", SS_CLASS_SPECIAL_CATEGORY,
     "heterosexual|homosexual|bisexual|gay|lesbian|asexual|pansexual|hetero|straight"},
    {"politics", SS_CLASS_SPECIAL_CATEGORY,
     "republican|democrat|labour|conservative|liberal "
     "democrat|tory|socialist|communist|cdu|spd|afd|"
     "christian democrat"},
    {"health", SS_CLASS_SPECIAL_CATEGORY,
     "hiv*|diabet*|cancer|asthma|hypertension|pregnan*|disabled|depression|epilep*|hepatitis|covid*"
     "|"
     "a positive|o negative|b positive|ab negative|sick|sick "
     "leave|inpatient|outpatient|chemotherapy"},
    {"union", SS_CLASS_SPECIAL_CATEGORY, "union member|non union|unionised|unionized"},
    {"criminal", SS_CLASS_SPECIAL_CATEGORY,
     "felony|misdemeanor|misdemeanour|convicted|acquitted|imprisoned|on parole|on "
     "probation|arrested"},
    {"sex", SS_CLASS_QUASI_IDENTIFIER,
     "male|female|non binary|mannlich|weiblich|divers|masculin|feminin|homme|femme|maschio|femmina|"
     "hombre|mujer|masculino|femenino|man|woman|vrouw"},
    {"marital-status", SS_CLASS_QUASI_IDENTIFIER,
     "married|divorced|widowed|separated|never "
     "married|verheiratet|geschieden|verwitwet|ledig|marie|"
     "celibataire|divorce|veuf|casado|soltero|viudo|coniugato|celibe|gehuwd|ongehuwd"},
};

/* Of the labels of one list, how many are of each kind. */
typedef struct counting
{
    size_t said[sizeof lists / sizeof lists[0]], n;
} counting;

static void
count(counting *c, const char *label, ss_arena *scratch)
{
    const ss_words words = ss_words_of(label, scratch);

    c->n++;
    for (size_t i = 0; words.n > 0 && i < sizeof lists / sizeof lists[0]; i++)
        c->said[i] += ss_words_find(&words, lists[i].labels).n > 0;
}

static ss_declared
by_lists(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
         ss_arena *scratch)
{
    const size_t base = ss_catalog_base_type(catalog, column->type);
    const ss_type *type = base == SS_NONE ? NULL : &catalog->types[base];
    counting c = {0};

    for (size_t k = 0; type != NULL && type->kind == SS_TYPE_ENUM && k < type->nlabels; k++)
        count(&c, type->labels[k], scratch);
    for (size_t k = 0; k < table->nchecks; k++)
    {
        const char *definition = table->checks[k].definition, *literal;
        size_t length;

        /* 'a', 'b' of (x = ANY (ARRAY['a'::text, 'b'::text])) */
        while (ss_check_is_of(&table->checks[k], column) &&
               (literal = ss_check_next_literal(&definition, &length)) != NULL)
            count(&c, ss_strndup(scratch, literal, length), scratch);
    }
    /* Two, and a third of them: one word may mean many things. */
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
    {
        if (c.said[i] >= 2 && c.said[i] * 3 >= c.n)
            return (ss_declared){lists[i].class, lists[i].kind, "the values that it may have"};
    }
    return (ss_declared){.class = SS_CLASS_UNDECIDED};
}

/* Clause by clause: what denies a kind in a name may stand in another one. */
static ss_declared
by_comment(const char *comment, char letter, ss_arena *scratch)
{
    while (*comment != '\0')
    {
        const size_t n = strcspn(comment, ".;:,()\n");
        const ss_words words = ss_words_of(ss_strndup(scratch, comment, n), scratch);
        ss_pattern pattern;
        const ss_recogniser *r = ss_recognise(&words, letter, false, false, &pattern);

        if (r != NULL && r->class != SS_CLASS_NON_PERSONAL)
            return (ss_declared){r->class, r->kind, "its comment"};
        comment += n + (comment[n] != '\0');
    }
    return (ss_declared){.class = SS_CLASS_UNDECIDED};
}

ss_declared
ss_classify_declared(const ss_catalog *catalog, const ss_table *table, const ss_column *column,
                     char letter, ss_arena *scratch)
{
    const ss_declared listed = by_lists(catalog, table, column, scratch);

    if (listed.class != SS_CLASS_UNDECIDED || column->comment == NULL)
        return listed;
    return by_comment(column->comment, letter, scratch);
}
