#include "classify/about.h"

#include <string.h>

#include "base/map.h"
#include "catalog/people.h"
#include "classify/compound.h"
#include "classify/lexicon.h"
#include "classify/recogniser.h"

/* Rows about health, whatever the columns are called. */
static const char HEALTH[] =
    "allerg*|diagnos*|condition|conditions|medication*|prescription*|immuni*|vaccin*|encounter*|"
    "observation*|obs|procedure|procedures|procedure occurrence|"
    "*occurrence|lab result*|lab order*|symptom*|careplan*|care plan*|imaging*|surger*|patient "
    "visit*|drug "
    "exposure*|measurement|measurements|device exposure*|supplies|devices "
    "used|implant*|"
    "medical*|health record*|clinical*|hospitali*|treatment*|therap*|disability|disabilities|sick "
    "leave*|sickness*|krankmeldung*";

/* The same where a column names patients. */
static const char MAYBE_HEALTH[] =
    "device|devices|claim|claims|visit|visits|appointment*|result*|sample*|referral*|"
    "test|tests|note|notes|episode*|admission*|stay|stays|event|events";

/* What people log in by elsewhere. */
static const char IDENTITIES[] =
    "authorizations|authentications|associated account|associated accounts|social account|social "
    "accounts|oauth account|oauth "
    "accounts|linked account|linked accounts|identities|federated identity|external login|external "
    "logins|user identity|user accounts|userinfo";

/* Rows about what people did and when. */
static const char DONE[] =
    "watchdog|flood|page view|page "
    "views|submission*|*submissions|quiz*|attempt*|*attempts|grade|grades|"
    "line item|line items|cart|carts|basket*|shipment*|carton*|attendance*|enrollment*|enrolment*|"
    "review|reviews|*review|*reviews|comment|comments|rating|ratings|*alarm|feedback|"
    "log|logs|*log|audit*|history|activity|activities|event|events|login*|"
    "visit|visits|view|views|click*|search*|order|orders|order line*|order item*|*order|invoice*|"
    "purchase*|sale|sales|transaction*|payment*|booking*|reservation*|rental*|trip|trips|ride|"
    "rides|call|calls|bestellung*|rechnung*|commande*|facture*|pedido*|factura*|ordini|fattur*";

/* Accounts and cards: whose, says no name. */
static const char BANK[] =
    "bank account|bank accounts|bankaccount*|bank detail|bank details|rib|credit card|credit "
    "cards|creditcard*|payment method|payment methods|payment token|payment tokens|payment "
    "card|payment cards|sepa mandate|sepa mandates|mandate|mandates|cuentasbco*|cuentas "
    "bancarias|bankverbindung*|ibans|cards";

/* Rows that open something. */
static const char SECRETS[] = "token|tokens|*token|*tokens|api key|api keys|access key|access keys|"
                              "recovery|password request|password requests|reset "
                              "request*|secret|secrets|credential|credentials|password|passwords";

/* What is somebody's in a table of its own. */
static const char PLACES[] = "address|addresses|*address|adresse*|*adresse|direccion*|indirizz*|"
                             "adres|adressen|location|locations|contact info*";

/* How many bytes of their names most columns share: "OX", "cust_"; two are left of every name. */
static size_t
shared_prefix(const ss_table *table, const char **of)
{
    size_t best = 0;

    *of = "";
    for (size_t first = 0; first < table->ncolumns && first < 3 && table->ncolumns >= 4; first++)
    {
        const char *name = table->columns[first].name;

        for (size_t n = strlen(name); n > best && n >= 2; n--)
        {
            size_t share = 0;

            for (size_t c = 0; c < table->ncolumns; c++)
                share += strncmp(table->columns[c].name, name, n) == 0 &&
                         strlen(table->columns[c].name) >= n + 2;
            /* A word of most of them, or letters of all. */
            if (share == table->ncolumns ||
                (name[n - 1] == '_' && share >= 4 && share * 3 >= table->ncolumns * 2))
            {
                best = n;
                *of = name;
                break;
            }
        }
    }
    return best;
}

/* The last word of the table's name as one of its rows is called: "comments" comment, "categories" category. */
static bool
is_row_of(const ss_words *table, const char *word)
{
    const char *last = table->n == 0 ? "" : table->list[table->n - 1];
    const size_t n = strlen(last), w = strlen(word);

    return w >= 3 && (strcmp(last, word) == 0 ||
                      (n == w + 1 && last[w] == 's' && strncmp(last, word, w) == 0) ||
                      (n == w + 2 && strcmp(last + w - 1, "ies") == 0 && word[w - 1] == 'y' &&
                       strncmp(last, word, w - 1) == 0));
}

typedef struct found /* kinds that tell what a table is about */
{
    bool given_name, birth, email;
} found;

static found
find_kinds(const ss_catalog *catalog, const ss_table *table, const ss_words *rest)
{
    found f = {0};

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const char letter = ss_recogniser_letter(catalog, table->columns[c].type);
        ss_pattern pattern;
        const ss_recogniser *r = ss_recognise(&rest[c], letter, false, false, &pattern);

        f.given_name = f.given_name || (r != NULL && strcmp(r->kind, "given-name") == 0);
        f.birth = f.birth || (r != NULL && strcmp(r->kind, "date-of-birth") == 0);
        f.email = f.email || (r != NULL && strcmp(r->kind, "email") == 0);
    }
    return f;
}

static void
look_at(const ss_catalog *catalog, const ss_table *table, const ss_words *name, ss_about *about,
        ss_arena *result)
{
    const char *of;
    const size_t prefix = shared_prefix(table, &of);
    ss_words *names = ss_alloc(result, table->ncolumns + 1, sizeof *names);
    ss_words *rest = ss_alloc(result, table->ncolumns + 1, sizeof *rest);
    found kinds;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const char *column = table->columns[c].name;

        names[c] = ss_words_of(column, result);
        rest[c] = strncmp(column, of, prefix) == 0 && strlen(column) >= prefix + 2
                      ? ss_words_of(column + prefix, result)
                      : names[c];
        if (rest[c].n > 1 && is_row_of(name, rest[c].list[0]))
            rest[c] = (ss_words){rest[c].list + 1, rest[c].n - 1};
        rest[c] = ss_compound_split(rest[c], result);
    }
    about->table = *name;
    about->names = names;
    about->rest = rest;
    kinds = find_kinds(catalog, table, rest);
    about->given_name = kinds.given_name;
    about->birth = kinds.birth;
    about->people = ss_people_are(name) ||
                    /* Whom they are elsewhere. */
                    ss_words_find(name, IDENTITIES).n > 0 || about->given_name || about->birth;
    about->place = ss_words_find(name, PLACES).n > 0;
    about->bank = ss_words_find(name, BANK).n > 0;
    about->secrets = ss_words_find(name, SECRETS).n > 0;
    /* Who is written to is somebody. */
    about->theirs = about->people || about->bank || kinds.email;
    for (size_t c = 0; c < table->ncolumns && !about->theirs; c++)
        about->theirs = (rest[c].n == 1 && strcmp(rest[c].list[0], "uid") == 0) ||
                        ss_people_are_behind(&rest[c]) ||
                        (ss_people_are_doing(&rest[c]) &&
                         ss_recogniser_letter(catalog, table->columns[c].type) == 't');
}

static bool
names_patients(const ss_table *table, const ss_words *names)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        if (ss_words_find(&names[c], "patient*|paciente*|paziente*").n > 0)
            return true;
    }
    return false;
}

/* "order_id" of a table "spree_orders", which no key declares: the word before the last one. */
static const char *
refers_to(const ss_words *name)
{
    const char *last = name->n < 2 ? "" : name->list[name->n - 1];

    return strcmp(last, "id") == 0 || strcmp(last, "uuid") == 0 ? name->list[name->n - 2] : NULL;
}

/* rows: tables whose rows are theirs, by what one of their rows is called. */
static void
make_theirs(ss_about *about, ss_map *rows, ss_arena *result)
{
    const ss_words *name = &about->table;
    const char *last = name->n == 0 ? "" : name->list[name->n - 1];
    const size_t length = strlen(last);

    about->theirs = true;
    if (length < 3)
        return;
    (void) ss_map_put(rows, last, about);
    if (last[length - 1] == 's')
        (void) ss_map_put(rows, ss_strndup(result, last, length - 1), about);
}

static bool
refers_to_theirs(const ss_table *table, const ss_about *about, const ss_map *rows)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const char *row = refers_to(&about->names[c]);

        if (row != NULL && ss_map_get(rows, row) != NULL)
            return true;
    }
    return false;
}

static void
follow_keys(const ss_catalog *catalog, ss_about *all, ss_arena *result)
{
    ss_map *rows = ss_map_new(result);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        if (all[t].theirs)
            make_theirs(&all[t], rows, result);
    }
    for (bool more = true; more;)
    {
        more = false;
        for (size_t t = 0; t < catalog->ntables; t++)
        {
            if (all[t].theirs || !refers_to_theirs(&catalog->tables[t], &all[t], rows))
                continue;
            make_theirs(&all[t], rows, result);
            more = true;
        }
        for (size_t k = 0; k < catalog->nforeign_keys; k++)
        {
            ss_about *child = &all[catalog->foreign_keys[k].table],
                     *parent = &all[catalog->foreign_keys[k].parent];
            const bool leads = !child->theirs && parent->theirs;
            /* Where people are, is theirs. */
            const bool lives = parent->place && !parent->theirs && child->people;

            if (!leads && !lives)
                continue;
            make_theirs(leads ? child : parent, rows, result);
            more = true;
        }
    }
}

static void
list_kinds(const ss_catalog *catalog, const ss_table *table, ss_about *about, ss_arena *result)
{
    const char **list = ss_alloc(result, table->ncolumns + 1, sizeof *list);
    size_t n = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        ss_pattern pattern;
        const ss_recogniser *r =
            ss_recognise(&about->rest[c], ss_recogniser_letter(catalog, table->columns[c].type),
                         about->people, about->theirs, &pattern);
        size_t i = 0;

        while (r != NULL && i < n && strcmp(list[i], r->kind) != 0)
            i++;
        if (r != NULL && i == n)
            list[n++] = r->kind;
    }
    about->kinds = list;
    about->nkinds = n;
}

static bool
is_among(const char *meaning, const char *list)
{
    const size_t n = strlen(meaning);

    for (const char *at = list; (at = strstr(at, meaning)) != NULL; at += n)
    {
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
            return true;
    }
    return false;
}

static bool
any_means(const ss_words *words, const char *list)
{
    for (size_t i = 0; i < words->n; i++)
    {
        const ss_meanings m = ss_lexicon_meanings(words->list[i]);

        for (size_t k = 0; k < m.n; k++)
        {
            if (is_among(m.of[k], list))
                return true;
        }
    }
    return false;
}

static void
list_meanings(const ss_table *table, ss_about *about, ss_arena *result)
{
    const char **list = NULL;
    size_t n = 0, capacity = 0, folk = 0, sick = 0;

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const ss_words *w = &about->rest[c];

        folk += any_means(w, "given family fullname birth sex marital kin salutation nationality");
        sick += any_means(w, "body disease drug care reproduction disability");
        about->person_key =
            about->person_key || (any_means(w, "person") && any_means(w, "id number code"));
        for (size_t i = 0; i < w->n; i++)
        {
            const ss_meanings m = ss_lexicon_meanings(w->list[i]);

            for (size_t k = 0; k < m.n; k++)
            {
                size_t at = 0;

                while (at < n && strcmp(list[at], m.of[k]) != 0)
                    at++;
                if (at < n)
                    continue;
                list = ss_grow(result, list, n, &capacity, sizeof *list);
                list[n++] = m.of[k];
            }
        }
    }
    about->meanings = list;
    about->nmeanings = n;
    about->folk = folk >= 3;
    about->sick = sick >= 2;
}

const ss_about *
ss_classify_about(const ss_catalog *catalog, ss_arena *result)
{
    ss_about *all = ss_alloc(result, catalog->ntables + 1, sizeof *all);
    ss_words *names = ss_alloc(result, catalog->ntables + 1, sizeof *names);

    for (size_t t = 0; t < catalog->ntables; t++)
    {
        names[t] = ss_words_of(catalog->tables[t].name, result);
        look_at(catalog, &catalog->tables[t], &names[t], &all[t], result);
    }
    follow_keys(catalog, all, result);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        all[t].done = all[t].theirs && ss_words_find(&names[t], DONE).n > 0;
        all[t].health = all[t].theirs && (ss_words_find(&names[t], HEALTH).n > 0 ||
                                          (ss_words_find(&names[t], MAYBE_HEALTH).n > 0 &&
                                           names_patients(&catalog->tables[t], all[t].rest)));
        list_kinds(catalog, &catalog->tables[t], &all[t], result);
        list_meanings(&catalog->tables[t], &all[t], result);
    }
    return all;
}
