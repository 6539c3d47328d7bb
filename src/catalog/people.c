#include "catalog/people.h"

#include <string.h>

/* What people, and those who stand for them, are called. */
static const char PEOPLE[] =
    "user|users|*user|*users|person|persons|people|personne*|persona|personas|individual*|customer|"
    "customers|customer entity|client|clients|kunde|kunden|cliente|clientes|klant*|"
    "patient|patients|employee|employees|mitarbeiter*|empleado*|dipendent*|medewerker*|salarie*|"
    "staff|member|members|mitglied*|adherent|adherents|contact|contacts|contacto|contactos|"
    "socpeople|subscriber|subscribers|student|students|pupil|pupils|eleve*|schueler*|alumno*|"
    "teacher|teachers|author|authors|actor|actors|artist person|doctor|doctors|physician*|"
    "practitioner*|guest|guests|visitor|visitors|passenger*|driver|drivers|owner|owners|applicant*|"
    "candidate*|lead|leads|participant*|attendee*|player|players|donor*|resident*|tenant person|"
    "worker|workers|agent|agents|agentes|profile|profiles|adult|societe|usuario*|utente|utenti|"
    "gebruiker*|benutzer*|signup*|registrant*|citizen*|voter*|borrower*|cardholder*|beneficiar*|"
    "caller*|affiliate*|pseudonym|pseudonyms|partner "
    "person|tutor*|coach*|nurse*|midwi*|therapist*|clinician*|provider person|"
    "recruit*|referee*|witness*|suspect*|prisoner*|inmate*|tenant contact|householder*|parent "
    "person|guardian*";

/* What comes behind when a table holds no more than that of them. */
static const char OF_PEOPLE[] =
    "data|info|infos|detail|details|entity|entities|record|records|master|field|extra|base|"
    "modification|modifications|attribute|attributes|directory";

/* Keys that name people in one word. */
static const char PEOPLE_KEYS[] =
    "userid|*userid|personid|memberid|customerid|patientid|employeeid|clientid|contactid|studentid|"
    "businessentityid|idcontacto|codcliente|codagente|idagente";

/* Who did something, or has it. */
static const char DOING[] = "created by|creator|updated by|updater|modified by|changed by|edited "
                            "by|deleted by|approved by|approver|assigned to|"
                            "assignee|assigned by|owned by|owner id|author "
                            "id|editor|reviewer|reporter|handled by|sent by|sender|recipient|"
                            "receiver|uploaded by|uploader|requested by|requester|submitted "
                            "by|submitter|invited by|create uid|write uid|"
                            "created user|manager|supervisor|responsible|sales rep|support "
                            "rep|poster|doer|committer|buyer|seller";

bool
ss_people_are(const ss_words *table)
{
    size_t n = table->n;

    /* users_field_data, customer_info */
    while (n > 1 && ss_words_find(&(ss_words){table->list + n - 1, 1}, OF_PEOPLE).n > 0)
        n--;
    if (n == 0)
        return false;
    return ss_words_find(&(ss_words){table->list + n - 1, 1}, PEOPLE).n > 0 ||
           /* Not "identity_provider". */
           (table->n == 1 && ss_words_find(table, "provider|providers").n > 0);
}

bool
ss_people_are_behind(const ss_words *column)
{
    if (ss_words_find(column, PEOPLE_KEYS).n > 0)
        return true;
    return column->n > 1 && ss_words_find(column, PEOPLE).n > 0 &&
           ss_words_find(column, "id|uuid|no|nr|fk|by|source value").n > 0;
}

bool
ss_people_are_doing(const ss_words *column)
{
    /* retired_by */
    return ss_words_find(column, DOING).n > 0 ||
           (column->n > 1 && strcmp(column->list[column->n - 1], "by") == 0);
}

bool
ss_people_key_type(const ss_catalog *catalog, size_t type)
{
    const size_t base = ss_catalog_base_type(catalog, type);
    const ss_type *t = base == SS_NONE ? NULL : &catalog->types[base];

    return t != NULL && (ss_type_is_integer(t) || ss_type_is_text(t) || ss_type_is(t, "uuid") ||
                         ss_type_is(t, "numeric"));
}
