/* Who somebody is: names, birth, sex, family, work. */
#include "catalog/names_of_people.h"
#include "classify/recogniser.h"

#define OF_THINGS                                                                                  \
    "school|state|country|city|region|zone|bank|county|province|department|position|job|file*|"    \
    "host*|domain|table|column|event|class|module|index|schema|database|group|role|product|"       \
    "article|item|tag|plugin|"                                                                     \
    "company|store|shop|server|device|app|client "                                                 \
    "id|key|type|pattern|attribute|algo|option|style|theme|template|format|flag|"                  \
    "verified|estimated|count|id|concept id|number of|nr|enabled|visible|show*|search|sort|order"

static const ss_recogniser list[] = {
    {"given-name", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "other names|othernames|first name|firstname|*fname|fname|given name|givenname|forename|first "
     "names|middle "
     "name|middlename|second name|vorname|"
     "*vorname|prenom|prenoms|nombre de pila|primer nombre|segundo nombre|nome "
     "proprio|voornaam|roepnaam|preferred name|given",
     "first|middle|nombres|nickname", OF_THINGS "|kana order", ss_is_person_name, SS_PROOF_NONE},
    {"family-name", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "last name|lastname|*lname|lname|family name|familyname|family name 2|surname|maiden "
     "name|maiden|birth name|nachname|*nachname|"
     "familienname|geburtsname|nom de famille|nom de "
     "naissance|apellido|apellidos|apellido*|cognome|achternaam|familienaam|"
     "mother maiden*",
     "last|nom", OF_THINGS "|prefix|suffix|last update*|last login", ss_is_person_name,
     SS_PROOF_NONE},
    {"salutation", SS_CLASS_QUASI_IDENTIFIER, "t",
     "name prefix|name suffix|family name prefix|family name "
     "suffix|initials|salutation|anrede|civilite|civility|sal|*sal|honorific*",
     "prefix|suffix|title|titel|titre", OF_THINGS "|job*|page|post|short|seo|meta", NULL,
     SS_PROOF_NONE},
    {"person-name", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "sort name|external user|greeting display|postal greeting*|email greeting*|addressee "
     "display|to be contacted|by name|full name|user fullname|person name|contact name|contact "
     "person|customer "
     "name|patient "
     "name|employee name|user full name|author name|"
     "owner name|account holder|card holder*|cardholder*|holder name|legal name|recipient "
     "name|beneficiary name|composer|"
     "ansprechpartner|nombre completo|nom complet|nome completo|volledige "
     "naam|kontoinhaber|display name|displayname|"
     "author|reviewer|reviewer "
     "name|proprio|owner|uploader|submitter|reporter|approver|signatory|sign name|nombre "
     "cliente|client nom|kundenname|"
     "realname|real name|signer name|emergency contact name|next of kin",
     "name|nombre|naam|nome|razonsocial|razon social|denominazione|ragione sociale",
     OF_THINGS "|provider display*", ss_is_person_name, SS_PROOF_NONE},
    {"person-name", SS_CLASS_DIRECT_IDENTIFIER, "t", NULL, NULL, NULL, ss_is_person_name,
     SS_PROOF_NAMES},
    {"user-name", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "user name|username|sender|creator|login|login name|loginname|login "
     "id|loginid|user login|screen "
     "name|screenname|nick|nickname|nick name|"
     "user nicename|nicename|handle|benutzername|nom d utilisateur|nomutilisateur|nombre de "
     "usuario|gebruikersnaam|skype|icq|aim|msn|yahoo|"
     "jabber*|jabberid|googleplus|google "
     "plus|snapchat|youtube|tiktok|wechat|discord|mastodon|xing|viadeo|reddit|pinterest|threema|"
     "viber|viber id|socialnetworks|social networks|social links|social "
     "media|whatsapp|telegram|twitter*|facebook*|linkedin*|instagram*|github|google "
     "plus|username lower|lower name|sam account*|"
     "upn name|principal name|logon name|logonname",
     "nick",
     "last*|count|type|date|time|at|on|fail*|attempt*|enabled|attribute*|pattern|from|max*|min*|"
     "required|theme|icon|"
     "label|button*|session*|provider|url|uri|method|first login|current login",
     NULL, SS_PROOF_NONE},
    {"date-of-birth", SS_CLASS_QUASI_IDENTIFIER, "dmti",
     "date of birth|birth date|birthdate|birthday|birth day|birth datetime|birth "
     "time|birthtime|dob|d o b|born|born on|year of birth|"
     "month of birth|day of birth|birth year|birthyear|geburtsdatum|geburtstag|geboren|date de "
     "naissance|datenaissance|naissance|"
     "date naissance|fecha de nacimiento|fecha nacimiento|fechanacimiento|nacimiento|data di "
     "nascita|data nascita|nascita|"
     "geboortedatum|geboorte datum|*birth|*birthdate",
     NULL, "estimated|place*|city|country|weight|concept id|show*", NULL, SS_PROOF_NONE},
    {"age", SS_CLASS_QUASI_IDENTIFIER, "nit", "age|alter|edad|eta|leeftijd|age group|age range",
     NULL, "max*|min*|page|limit|days", NULL, SS_PROOF_NONE},
    {"sex", SS_CLASS_QUASI_IDENTIFIER, "tieb",
     "pronoun|pronouns|sex|gender|geschlecht|sexe|sexo|sesso|geslacht|genre de la personne|gender "
     "concept id|gender "
     "source*|sex code",
     NULL, "orientation", NULL, SS_PROOF_NONE},
    {"marital-status", SS_CLASS_QUASI_IDENTIFIER, "tie",
     "marital|marital status|maritalstatus|civil status|familienstand|situation familiale|etat "
     "civil|estado civil|stato civile|"
     "burgerlijke staat|relationship|number of children|dependents|spouse name|household "
     "size|relation|relation to*|accommodation*|pregnancy*",
     NULL, "id", NULL, SS_PROOF_NONE},
    {"nationality", SS_CLASS_QUASI_IDENTIFIER, "tie",
     "nationality|citizenship|nationalite|nationalitat|staatsangehorigkeit|nacionalidad|"
     "nazionalita|cittadinanza|nationaliteit|"
     "native country|country of birth|birth country|place of birth|birthplace|birth "
     "place|geburtsort|lieu de naissance",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"language", SS_CLASS_QUASI_IDENTIFIER, "tiej", NULL,
     "language|lang|locale|sprache|langue|idioma|lingua|taal|langcode|default lang|preferred "
     "language|mother tongue|timezone|time zone",
     NULL, NULL, SS_PROOF_NONE},
    {"job-title", SS_CLASS_QUASI_IDENTIFIER, "tie",
     "job title|jobtitle|job|occupation|profession|position "
     "title|poste|beruf|cargo|puesto|oficio|professione|mestiere|functie|"
     "beroep|jobtit|military service|military*|veteran*|education|education "
     "num|degree|workclass|qualification|grade level|employment "
     "status|work status",
     "designation|position|title|role title|specialty|speciality",
     "id|queue|run|status id|code id|sort|name pattern", NULL, SS_PROOF_NONE},
    {"employer", SS_CLASS_QUASI_IDENTIFIER, "t",
     "institute|university name|college|major|employer|arbeitgeber|employeur|empleador|datore di "
     "lavoro|werkgever|school name|university",
     "company|company "
     "name|department|institution|organisation|organization|*company|firma|societe|empresa|azienda|"
     "bedrijf|unit name|office",
     "id|type|size|count|organizationnode", NULL, SS_PROOF_NONE},
    {"working-time", SS_CLASS_QUASI_IDENTIFIER, "nite",
     "hours per week|working hours|work hours|weekly hours|wochenstunden|vacation "
     "hours|overtime*|holiday*|nb holiday|absence*|fehltage|working time|employment type|contract "
     "type",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"income", SS_CLASS_QUASI_IDENTIFIER, "nite",
     "salary|income|wage|wages|gehalt|einkommen|lohn|salaire|revenu|salario|sueldo|ingresos|"
     "reddito|stipendio|loon|inkomen|"
     "net worth|capital gain|capital loss|pay rate|hourly rate|bonus amount|demographics|pay "
     "frequency|payfrequency",
     "rate|thm|tjm", "tax*|exchange*|vat*|discount*|interest*", NULL, SS_PROOF_NONE},
    {"image", SS_CLASS_DIRECT_IDENTIFIER, "txj",
     "avatar|avatar url|photo|photo url|profile picture|profile image|profile photo|picture "
     "of|portrait|passfoto|foto|gravatar|signature image|"
     "face image|selfie",
     "picture|image|thumbnail", "alt|id|size|width|height|count|updated*|type|style|email", NULL,
     SS_PROOF_NONE},
    {"biometric", SS_CLASS_SPECIAL_CATEGORY, "tx",
     "fingerprint template|fingerprints|iris*|face template|faceprint|voiceprint|biometric*", NULL,
     "enabled", NULL, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_person = {list, sizeof list / sizeof list[0]};
