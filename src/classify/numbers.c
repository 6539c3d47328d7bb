/* Numbers that states, banks and makers give to people, their accounts and their things. */
#include "classify/recogniser.h"
#include "forms/device.h"
#include "forms/europe.h"
#include "forms/money.h"
#include "forms/north_america.h"
#include "forms/uk.h"

#define DIRECT      SS_CLASS_DIRECT_IDENTIFIER
#define NOT_NUMBERS "country|type|tipo*|status|issue*|expir*"

static const ss_recogniser uk[] = {
    {"nhs-number", DIRECT, "tni", "nhs|nhs number|nhs no|nhsnumber|chi number", NULL, "trust|code",
     ss_is_nhs_number, SS_PROOF_DIGITS},
    {"nino", DIRECT, "t",
     "nino|ni number|ni no|national insurance*|national insurance number|ninumber", NULL, NULL,
     ss_is_nino, SS_PROOF_FORM},
    {"utr", DIRECT, "tni", "utr|unique taxpayer*|tax reference|tax ref", NULL, NULL, ss_is_utr,
     SS_PROOF_DIGITS},
    {"sort-code", DIRECT, "t",
     "sort code|sortcode|bank code|blz|bankleitzahl|code banque|code guichet|agencia|entidad|cta "
     "entidad|cta agencia|*agencia|*entidad",
     NULL, NULL, ss_is_sort_code, SS_PROOF_NONE},
    {"driving-licence", DIRECT, "tni",
     "driving licence*|driving license*|drivers|driver licence|driver license|drivers "
     "license|driver license number|licence number|license number|licence no|license no|license "
     "num|lice num|"
     "fuhrerschein*|permis de conduire|dvla*",
     NULL, "expir*|type|software", ss_is_gb_driving_licence, SS_PROOF_FORM},
    {"passport", DIRECT, "tni",
     "passport|passport number|passport "
     "no|passportnumber|reisepass*|passeport|pasaporte|passaporto|paspoort*",
     NULL, "expir*|country|type", NULL, SS_PROOF_NONE},
    {"vehicle-registration", DIRECT, "t",
     "vrm|vrn|number plate|license plate|licence plate|plate number|vehicle "
     "registration|kennzeichen|immatriculation|matricula|targa|kenteken",
     NULL, NULL, ss_is_gb_vehicle, SS_PROOF_NONE},
    {"upn", DIRECT, "t", "upn|unique pupil number", NULL, NULL, ss_is_upn, SS_PROOF_DIGITS},
    /* Who trades under a name of their own has one, too. */
    {"vat-number", DIRECT, "tj", NULL,
     "vat number|vat ids|taxvat|tax vat|siret|siren|vat no|vatnumber|vat id|vatid|vat "
     "reg*|ustid|ust id|*ustid|umsatzsteuer id|tva "
     "intra|partita iva|btw nummer",
     "rate|status|check*|checked", ss_is_gb_vat, SS_PROOF_NONE},
    {"company-number", SS_CLASS_NON_PERSONAL, "t",
     "vat number|vat no|vatnumber|vat id|vatid|vat reg*|ustid|ust id|*ustid|umsatzsteuer id|tva "
     "intra|partita iva|btw nummer|company number|companynumber|"
     "registration number|siren|siret|handelsregister*|kvk*|duns",
     NULL, "rate|status|check*|checked", ss_is_company_number, SS_PROOF_NONE},
};

static const ss_recogniser europe[] = {
    {"de-idnr", DIRECT, "tni",
     "steuer id|steuerid|steueridentifikationsnummer|steuer idnr|idnr|tax id de|de idnr", NULL,
     NOT_NUMBERS, ss_is_de_idnr, SS_PROOF_DIGITS},
    {"fr-nir", DIRECT, "tni",
     "nir|securite sociale|num secu|numero secu*|insee number|no secu*|numsecu", NULL, NOT_NUMBERS,
     ss_is_fr_nir, SS_PROOF_DIGITS},
    {"es-dni", DIRECT, "t", "dni|nie|nif|cifnif|cif|nif nie", NULL, NOT_NUMBERS, ss_is_es_dni,
     SS_PROOF_DIGITS},
    {"it-codice-fiscale", DIRECT, "t", "codice fiscale|codicefiscale|cod fiscale|codfiscale", NULL,
     NOT_NUMBERS, ss_is_it_codice_fiscale, SS_PROOF_FORM},
    {"nl-bsn", DIRECT, "tni", "bsn|burgerservicenummer|sofinummer|bsn nummer", NULL, NOT_NUMBERS,
     ss_is_nl_bsn, SS_PROOF_DIGITS},
    {"be-nn", DIRECT, "tni", "rijksregister*|niss|insz|registre national", NULL, NOT_NUMBERS,
     ss_is_be_nn, SS_PROOF_DIGITS},
    {"pl-pesel", DIRECT, "tni", "pesel|numer pesel", NULL, NOT_NUMBERS, ss_is_pl_pesel,
     SS_PROOF_DIGITS},
    {"se-personnummer", DIRECT, "tni", "personnummer|personnr|pnr|samordningsnummer", NULL,
     NOT_NUMBERS, ss_is_se_personnummer, SS_PROOF_DIGITS},
    /* Since 2007 a date and nothing else: of numbers that begin with a date there are many. */
    {"dk-cpr", DIRECT, "tni", "cpr|cpr number|cpr nr|cprnummer|cprnr", NULL, NOT_NUMBERS,
     ss_is_dk_cpr, SS_PROOF_NONE},
    {"fi-hetu", DIRECT, "t", "hetu|henkilotunnus", NULL, NOT_NUMBERS, ss_is_fi_hetu,
     SS_PROOF_DIGITS},
    {"ie-pps", DIRECT, "t", "pps|ppsn|pps number|pps no", NULL, NOT_NUMBERS, ss_is_ie_pps,
     SS_PROOF_DIGITS},
    {"national-id", DIRECT, "tni",
     "national id|nationalid|national id number|nationalidnumber|national number|identity "
     "number|identity card*|id card*|personal id|personalausweis*|"
     "ausweisnummer|steuernummer|tax id|taxid|tax "
     "number|tin|sozialversicherungsnummer|sv nummer|"
     "curp|cpf|cnp|soc sec "
     "id|social insurance*|sin number|sin num|aadhaar|pan number",
     NULL, NOT_NUMBERS, NULL, SS_PROOF_NONE},
};

static const ss_recogniser north_america[] = {
    {"ssn", DIRECT, "tni",
     "ssn|social security|social security number|socialsecuritynumber|ssn last*", NULL, NULL,
     ss_is_ssn, SS_PROOF_NONE},
    {"ssn", DIRECT, "t", NULL, NULL, NULL, ss_is_written_ssn, SS_PROOF_FORM},
    {"mbi", DIRECT, "t", NULL, NULL, NULL, ss_is_mbi, SS_PROOF_FORM},
    {"itin", DIRECT, "tni", "itin", NULL, NULL, ss_is_itin, SS_PROOF_NONE},
    {"national-id", DIRECT, "tni",
     "npi|mbi|medicare*|medicaid*|dea|memberid|member id number|insurance number|policy holder "
     "id|health insurance number|versichertennummer|krankenversicherungsnummer",
     NULL, NULL, ss_is_npi, SS_PROOF_DIGITS},
};

static const ss_recogniser money[] = {
    {"iban", DIRECT, "t", "iban|iban prefix|iban number", NULL, NULL, ss_is_iban, SS_PROOF_FORM},
    {"bank-account", DIRECT, "tni",
     "bank branch*|bank swift*|cheque|cheque payee|dd account|routing num|routing number|direct "
     "debit account|bank account|bank account "
     "number|bankaccount|account number|accountnumber|account no|acct "
     "no|acct number|kontonummer|konto nr|kontonr|numero de compte|cuenta bancaria|cuenta|"
     "ctacuenta|conto corrente|rekeningnummer|bankrekening",
     NULL, "type|status|id|balance|codigo*", NULL, SS_PROOF_NONE},
    {"payment-card", DIRECT, "tni",
     "card number|cardnumber|credit card|creditcard|credit card number|debit "
     "card|pan|kreditkarte*|carte bancaire|tarjeta*|carta di credito|cc number|ccnumber|card no",
     NULL, "type|brand|expir*|exp*|id|last*|count|text", ss_is_payment_card, SS_PROOF_DIGITS},
    {"payment-card", SS_CLASS_QUASI_IDENTIFIER, "tn",
     "last 4|card last*|last four|card brand|card type|card expir*|exp date|exp month|exp "
     "year|bank name",
     NULL, NULL, NULL, SS_PROOF_NONE},
    {"bic", SS_CLASS_QUASI_IDENTIFIER, "t", "swift|bic|swift code|bic code", NULL, NULL, ss_is_bic,
     SS_PROOF_NONE},
};

static const ss_recogniser device[] = {
    {"ip-address", DIRECT, "tain",
     "ip|ip last*|ip previous*|ip address|ipaddress|ip addr|client ip|remote ip|remote addr|remote "
     "address|ipv "
     "4|ipv 6|user ip|first ip|last ip|firstip|lastip|*ip address|adresse ip|direccion ip|host ip",
     NULL, "version|count|enabled|restriction*|whitelist*|allow*|range type|port", ss_is_ip_address,
     SS_PROOF_NONE},
    {"ip-address", DIRECT, "t", NULL, NULL, NULL, ss_is_plain_ip_address, SS_PROOF_FORM},
    {"mac-address", DIRECT, "tain", "mac|mac address|macaddress|mac addr", NULL, NULL,
     ss_is_mac_address, SS_PROOF_FORM},
    {"imei", DIRECT, "tni", "imei|imsi|iccid|meid", NULL, NULL, ss_is_imei, SS_PROOF_DIGITS},
    {"device-id", DIRECT, "tuj",
     "device id|deviceid|device uuid|device identifier|hardware id|serial number "
     "device|udid|udi|device token|push token|pushkey|"
     "advertising id|idfa|gaid|aaid|android id|installation id|fingerprint|browser "
     "fingerprint|device fingerprint|web authn credential|public key|cookie id|visitor id|client "
     "fingerprint",
     NULL, "type|count|profile*|verify*", NULL, SS_PROOF_NONE},
    {"external-id", DIRECT, "tni",
     "fbid|*fbid|facebookid|ldap sid|barcode|transaction id|trxn id|provider account id|identity "
     "provider id|source id|charge id|payment intent*|unique id|sis id|sis user id|sis source "
     "id|service "
     "user id|other id|mxid|matrix id|system id|systemid|legacy id|payroll id|payroll "
     "number|badge*|"
     "external id|externalid|*external id|provider uid|provider user id|google id|facebook "
     "id|twitter id|apple id|microsoft id|github id|linkedin id|oauth id|openid|open "
     "id|saml*|subject id|"
     "stripe customer*|customer ref|paypal*|federated user id|federated username|ldap dn|ad "
     "guid|employee number|employee no|matricule|personalnummer|staff number|"
     "student number|matriculation number|membership number|member number|loyalty "
     "number|idnumber|identifier|payment transaction id|trans id|*transid|*payid|ref ext|family "
     "source "
     "value|person source value",
     NULL, "type|name|count", NULL, SS_PROOF_NONE},
    {"", SS_CLASS_QUASI_IDENTIFIER, "t",
     "user agent|useragent|browser|ua string|referrer|referer|http user agent|device name|device "
     "model|os version",
     NULL, "flow*|enabled|security*|headers", NULL, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_uk = {uk, sizeof uk / sizeof uk[0]};
const ss_recogniser_family ss_recognisers_europe = {europe, sizeof europe / sizeof europe[0]};
const ss_recogniser_family ss_recognisers_north_america = {
    north_america, sizeof north_america / sizeof north_america[0]};
const ss_recogniser_family ss_recognisers_money = {money, sizeof money / sizeof money[0]};
const ss_recogniser_family ss_recognisers_device = {device, sizeof device / sizeof device[0]};
