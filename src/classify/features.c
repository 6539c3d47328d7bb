#include "classify/features.h"

#include <string.h>

#include "classify/lexicon.h"

#define GRAMS_MIN 3
#define GRAMS_MAX 5

typedef struct taking
{
    ss_feature_fn *take;
    void *to;
    ss_buf *text;
} taking;

static void
take(const taking *t, const char *from, const char *what, const char *with)
{
    ss_buf_clear(t->text);
    ss_buf_puts(t->text, from);
    ss_buf_putc(t->text, ':');
    ss_buf_puts(t->text, what);
    if (with != NULL)
    {
        ss_buf_putc(t->text, '|');
        ss_buf_puts(t->text, with);
    }
    t->take(t->to, ss_buf_text(t->text), t->text->len);
}

/* The letters of its words, 3 to 5 at a time, with where they begin and end: "^pho", "one_n", "mbe", "er$". */
static void
take_letters(const taking *t, const ss_words *words)
{
    enum
    {
        LONGEST = 96
    };

    char joined[LONGEST + 2] = "^", gram[GRAMS_MAX + 1];
    size_t length = 1;

    for (size_t i = 0; i < words->n; i++)
    {
        const size_t n = strlen(words->list[i]);

        if (length + n + 1 > LONGEST)
            break;
        if (i > 0)
            joined[length++] = '_';
        memcpy(joined + length, words->list[i], n);
        length += n;
    }
    joined[length++] = '$';
    for (size_t n = GRAMS_MIN; n <= GRAMS_MAX; n++)
    {
        for (size_t i = 0; i + n <= length; i++)
        {
            memcpy(gram, joined + i, n);
            gram[n] = '\0';
            take(t, "letters", gram, NULL);
        }
    }
}

static void
take_name(const taking *t, const ss_words *name, const char *type)
{
    for (size_t i = 0; i < name->n; i++)
    {
        take(t, "word", name->list[i], NULL);
        take(t, "word", name->list[i], type);
        if (i + 1 < name->n)
            take(t, "words", name->list[i], name->list[i + 1]);
    }
    if (name->n == 0)
        return;
    take(t, "first", name->list[0], NULL);
    take(t, "last", name->list[name->n - 1], NULL);
    take(t, "last", name->list[name->n - 1], type);
    take(t, "length", name->n == 1 ? "1" : name->n == 2 ? "2" : "more", type);
}

/* What its words are about, each and side by side. */
static void
take_meanings(const taking *t, const ss_named *l, const char *type)
{
    const ss_about *a = l->about;
    ss_meanings before = {0}, last = {0};

    for (size_t i = 0; i < l->name->n; i++)
    {
        last = ss_lexicon_meanings(l->name->list[i]);
        for (size_t k = 0; k < last.n; k++)
        {
            take(t, "means", last.of[k], NULL);
            take(t, "means", last.of[k], type);
            for (size_t j = 0; j < before.n; j++)
                take(t, "mean", before.of[j], last.of[k]);
        }
        if (last.n == 0)
            take(t, "means", "unknown", type);
        before = last;
    }
    for (size_t k = 0; k < last.n; k++)
    {
        take(t, "last means", last.of[k], NULL);
        take(t, "last means", last.of[k], type);
    }
    for (size_t i = 0; i < a->table.n; i++)
    {
        const ss_meanings of_table = ss_lexicon_meanings(a->table.list[i]);

        for (size_t j = 0; j < of_table.n; j++)
        {
            take(t, "table means", of_table.of[j], NULL);
            take(t, "table means", of_table.of[j], type);
            for (size_t k = 0; k < last.n; k++)
                take(t, "table means", of_table.of[j], last.of[k]);
        }
    }
}

static void
take_kinds(const taking *t, const ss_named *l, const char *last, const char *type)
{
    const ss_words last_word = {&last, l->name->n > 0};
    ss_pattern pattern;
    const ss_recogniser *anyway = ss_recognise(l->name, l->letter, true, true, &pattern),
                        *by_last = ss_recognise(&last_word, l->letter, true, true, &pattern);

    take(t, "kind", l->r == NULL ? "none" : l->r->kind, NULL);
    take(t, "class", l->r == NULL ? "none" : ss_class_name(l->r->class), type);
    take(t, "kind of people", anyway == NULL ? "none" : anyway->kind, NULL);
    if (by_last != NULL)
        take(t, "kind of last", by_last->kind, NULL);
}

/* What the table is about, by itself and with the last word, the type and the kind. */
static void
take_about(const taking *t, const ss_named *l, const char *last, const char *type)
{
    const ss_about *a = l->about;
    const ss_meanings last_means = ss_lexicon_meanings(last);

    const struct
    {
        const char *name;
        bool is;
    } sorts[] = {{"people", a->people},
                 {"theirs", a->theirs},
                 {"health", a->health},
                 {"place", a->place},
                 {"bank", a->bank},
                 {"secrets", a->secrets},
                 {"done", a->done},
                 {"nobody", !a->theirs},
                 {"folk", a->folk},
                 {"sick", a->sick},
                 {"person key", a->person_key}};

    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++)
    {
        if (!sorts[i].is)
            continue;
        take(t, "about", sorts[i].name, NULL);
        take(t, "about", sorts[i].name, type);
        if (l->name->n > 0)
            take(t, "in", sorts[i].name, last);
        for (size_t k = 0; k < last_means.n; k++)
            take(t, "in meaning", sorts[i].name, last_means.of[k]);
        if (l->r != NULL)
            take(t, "kind in", sorts[i].name, l->r->kind);
    }
    for (size_t i = 0; i < a->table.n; i++)
    {
        take(t, "table", a->table.list[i], NULL);
        take(t, "table", a->table.list[i], type);
        if (l->name->n > 0)
            take(t, "table", a->table.list[i], last);
    }
    for (size_t i = 0; i < a->nkinds; i++)
        take(t, "beside", a->kinds[i], NULL);
    for (size_t i = 0; i < a->nmeanings; i++)
        take(t, "beside means", a->meanings[i], NULL);
}

static void
take_keys(const taking *t, const ss_named *l, const char *type)
{
    if (l->primary)
        take(t, "key", "primary", type);
    if (!l->foreign)
        return;
    take(t, "key", "foreign", type);
    for (size_t k = 0; k < l->table->nforeign_keys; k++)
    {
        const ss_foreign_key *fk = &l->catalog->foreign_keys[l->table->foreign_keys[k]];
        const ss_words *parent;

        if (!ss_attnums_hold(fk->attnums, fk->ncolumns, l->column->attnum))
            continue;
        parent = &l->all[fk->parent].table;
        for (size_t i = 0; i < parent->n; i++)
        {
            const ss_meanings means = ss_lexicon_meanings(parent->list[i]);

            take(t, "refers to", parent->list[i], NULL);
            for (size_t m = 0; m < means.n; m++)
                take(t, "refers to what means", means.of[m], NULL);
        }
    }
}

void
ss_features_each(const ss_named *l, ss_feature_fn *fn, void *to, ss_buf *work)
{
    const taking t = {fn, to, work};
    const char type[] = {l->letter, '\0'};
    const char *last = l->name->n == 0 ? "" : l->name->list[l->name->n - 1];

    take(&t, "type", type, NULL);
    if (l->letter == 't')
        take(&t, "text", l->open ? "open" : l->column->typmod <= 16 ? "short" : "long", NULL);
    take_name(&t, l->name, type);
    take_letters(&t, l->name);
    take_meanings(&t, l, type);
    take_kinds(&t, l, last, type);
    take_about(&t, l, last, type);
    take_keys(&t, l, type);
}
