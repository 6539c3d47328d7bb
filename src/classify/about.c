#include "classify/about.h"

#include <string.h>

#include "catalog/people.h"
#include "classify/recogniser.h"

/* Rows about health, whatever the columns are called. */
static const char HEALTH[] =
    "allerg*|diagnos*|condition|conditions|medication*|prescription*|immuni*|vaccin*|encounter*|"
    "observation*|obs|procedure|procedures|procedure occurrence|"
    "lab result*|lab order*|symptom*|careplan*|care plan*|imaging*|surger*|patient visit*|drug "
    "exposure*|measurement|measurements|device exposure*|supplies|devices "
    "used|implant*|device|devices|"
    "medical*|health record*|clinical*|hospitali*|treatment*|therap*|disability|disabilities|sick "
    "leave*|sickness*|krankmeldung*";

/* The same where a column names patients. */
static const char MAYBE_HEALTH[] =
    "device|devices|claim|claims|visit|visits|appointment*|result*|sample*|referral*|"
    "test|tests|note|notes|episode*|admission*|stay|stays|event|events";

/* What people log in by elsewhere. */
static const char IDENTITIES[] =
    "associated account|associated accounts|social account|social accounts|oauth account|oauth "
    "accounts|linked account|linked accounts|identities|federated identity|external login|external "
    "logins|user identity|user accounts|userinfo";

/* Rows about what people did and when. */
static const char DONE[] =
    "log|logs|*log|audit*|history|activity|activities|event|events|login*|"
    "visit|visits|view|views|click*|search*|order|orders|order line*|order item*|*order|invoice*|"
    "purchase*|sale|sales|transaction*|payment*|booking*|reservation*|rental*|trip|trips|ride|"
    "rides|call|calls|bestellung*|rechnung*|commande*|facture*|pedido*|factura*|ordini|fattur*";

/* What is somebody's in a table of its own. */
static const char PLACES[] = "address|addresses|*address|adresse*|*adresse|direccion*|indirizz*|"
                             "adres|adressen|location|locations|contact info*";

/* How many bytes of their names all columns share: "OX", "cust_"; two are left of every name. */
static size_t
shared_prefix(const ss_table *table)
{
    size_t n = table->ncolumns < 4 ? 0 : strlen(table->columns[0].name);

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const char *name = table->columns[c].name;
        const size_t length = strlen(name);

        while (n > 0 && (n + 2 > length || strncmp(name, table->columns[0].name, n) != 0))
            n--;
    }
    return n < 2 ? 0 : n;
}

static bool
has_kind(const ss_catalog *catalog, const ss_table *table, const ss_about *about, const char *kind)
{
    for (size_t c = 0; c < table->ncolumns; c++)
    {
        const char letter = ss_recogniser_letter(catalog, table->columns[c].type);
        ss_pattern pattern;
        const ss_recogniser *r = ss_recognise(&about->rest[c], letter, false, false, &pattern);

        if (r != NULL && strcmp(r->kind, kind) == 0)
            return true;
    }
    return false;
}

static void
look_at(const ss_catalog *catalog, const ss_table *table, const ss_words *name, ss_about *about,
        ss_arena *result)
{
    const size_t prefix = shared_prefix(table);
    ss_words *names = ss_alloc(result, table->ncolumns + 1, sizeof *names);
    ss_words *rest = ss_alloc(result, table->ncolumns + 1, sizeof *rest);

    for (size_t c = 0; c < table->ncolumns; c++)
    {
        names[c] = ss_words_of(table->columns[c].name, result);
        rest[c] = prefix == 0 ? names[c] : ss_words_of(table->columns[c].name + prefix, result);
    }
    about->names = names;
    about->rest = rest;
    about->given_name = has_kind(catalog, table, about, "given-name");
    about->birth = has_kind(catalog, table, about, "date-of-birth");
    about->people = ss_people_are(name) ||
                    /* Whom they are elsewhere. */
                    ss_words_find(name, IDENTITIES).n > 0 || about->given_name || about->birth;
    about->place = ss_words_find(name, PLACES).n > 0;
    about->theirs = about->people;
    for (size_t c = 0; c < table->ncolumns && !about->theirs; c++)
        about->theirs = ss_people_are_behind(&rest[c]);
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

static void
follow_keys(const ss_catalog *catalog, ss_about *all)
{
    for (bool more = true; more;)
    {
        more = false;
        for (size_t k = 0; k < catalog->nforeign_keys; k++)
        {
            const ss_foreign_key *fk = &catalog->foreign_keys[k];

            if (!all[fk->table].theirs && all[fk->parent].theirs)
                more = all[fk->table].theirs = true;
        }
    }
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
    follow_keys(catalog, all);
    for (size_t t = 0; t < catalog->ntables; t++)
    {
        all[t].done = all[t].theirs && ss_words_find(&names[t], DONE).n > 0;
        all[t].health = all[t].theirs && (ss_words_find(&names[t], HEALTH).n > 0 ||
                                          (ss_words_find(&names[t], MAYBE_HEALTH).n > 0 &&
                                           names_patients(&catalog->tables[t], all[t].rest)));
    }
    return all;
}
