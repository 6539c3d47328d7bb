#include "classify/compound.h"

#include <string.h>

#define WORD_MAX  40
#define PARTS_MAX 4

/* What column names are made of, in the languages of the recognisers; with blanks around. */
static const char vocabulary[] =
    " account acct activity address admin adresse agent alias amount anrede apellido apellidos "
    "approved area article artist "
    "assigned auth author badge balance bank benutzer beruf bill billing birth blocked body brand "
    "browser building "
    "business calle call card category cell changed charge check church city civil clave client "
    "cliente clientes code codigo "
    "comment commune company compte confirmed contact count country county created credit currency "
    "customer data date "
    "datum day debit default deleted delivery department description device diagnosis digest "
    "direccion display district doc "
    "document domain driver edad email emergency employee employer enabled end entity entry error "
    "event expiry expires exp "
    "external family father fax fecha field file first flag foto from full gebruiker geburt "
    "geburts gender given google grade "
    "group guest hash height hire history holder home host house iban identifier image income "
    "index info initials insurance "
    "invoice issue item job kennwort key kind konto kunde kunden label language last lat latitude "
    "leave legal length letter "
    "level license licence line link list local locale location login logged logo lon longitude "
    "mail maiden manager marital "
    "medical member message middle mobile mode modified month mother mobil nachname nacimiento "
    "naissance name national nationality "
    "nick nom nombre notes note number numero nummer occupation office old order original other "
    "owner page parent partner pass "
    "passport password passwd patient pay payment person personal persona phone photo picture "
    "place plz port position post "
    "postal postcode previous price primary private profile provider public query rate real reason "
    "receiver recipient ref "
    "reference region registered relation religion remote reply reset result review reviewer role "
    "salary salt score secret "
    "sender sent serial service session sex shipping short sign signature social sort source staff "
    "start state status step "
    "store strasse street student subject suburb supervisor surname survey system tax telefon "
    "telefono telephone template text "
    "thumb time timestamp title token total town transaction type unit update updated url usage "
    "user usuario valid value vendor "
    "verified version view visit vorname web website weight work year zip zone ";

/* Too short to stand in the middle of a word. */
static const char at_ends[] = " id ip no nr by at to ";

static bool
holds(const char *list, const char *word, size_t n)
{
    char wanted[WORD_MAX + 3] = " ";

    memcpy(wanted + 1, word, n);
    memcpy(wanted + 1 + n, " ", 2);
    return strstr(list, wanted) != NULL;
}

/* Into the fewest parts; how many, 0: it is not made of known words.  ends: of each part. */
static size_t
take_apart(const char *word, size_t n, size_t ends[PARTS_MAX])
{
    size_t parts[WORD_MAX + 1] = {0}, before[WORD_MAX + 1] = {0}, count;

    for (size_t end = 2; end <= n; end++)
    {
        for (size_t start = 0; start + 2 <= end; start++)
        {
            const size_t length = end - start;
            const bool known =
                length > 2 ? holds(vocabulary, word + start, length)
                           : (start == 0 || end == n) && holds(at_ends, word + start, length);

            if (!known || (start > 0 && parts[start] == 0) ||
                (parts[end] != 0 && parts[end] <= parts[start] + 1))
                continue;
            parts[end] = parts[start] + 1;
            before[end] = start;
        }
    }
    count = parts[n];
    if (count < 2 || count > PARTS_MAX)
        return 0;
    for (size_t i = count, end = n; i > 0; i--)
    {
        ends[i - 1] = end;
        end = before[end];
    }
    return count;
}

ss_words
ss_compound_split(ss_words words, ss_arena *result)
{
    const char **list = ss_alloc(result, PARTS_MAX * words.n + 1, sizeof *list);
    size_t n = 0;

    for (size_t i = 0; i < words.n; i++)
    {
        const size_t length = strlen(words.list[i]);
        size_t ends[PARTS_MAX], start = 0;
        const size_t parts =
            length < 5 || length > WORD_MAX || holds(vocabulary, words.list[i], length)
                ? 0
                : take_apart(words.list[i], length, ends);

        if (parts == 0)
            list[n++] = words.list[i];
        for (size_t k = 0; k < parts; k++)
        {
            list[n++] = ss_strndup(result, words.list[i] + start, ends[k] - start);
            start = ends[k];
        }
    }
    return (ss_words){.list = list, .n = n};
}
