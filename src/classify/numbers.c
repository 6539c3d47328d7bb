/* Numbers that states, banks and makers give to people, their accounts and their things. */
#include "classify/device.h"
#include "classify/europe.h"
#include "classify/money.h"
#include "classify/north_america.h"
#include "classify/recogniser.h"
#include "classify/uk.h"

#define DIRECT SS_CLASS_DIRECT_IDENTIFIER

static const ss_recogniser uk[] = {
    {"nhs-number", DIRECT, "tn", "nhs|nhs number|nhs no|nhsnumber|chi number", NULL, "trust|code",
     ss_is_nhs_number, true},
    {"nino", DIRECT, "t",
     "nino|ni number|ni no|national insurance*|national insurance number|ninumber", NULL, NULL,
     ss_is_nino, true},
    {"utr", DIRECT, "tn", "utr|unique taxpayer*|tax reference|tax ref", NULL, NULL, ss_is_utr,
     true},
    {"sort-code", DIRECT, "t",
     "sort code|sortcode|bank code|blz|bankleitzahl|code banque|code guichet|agencia|entidad|cta "
     "entidad|cta agencia|*agencia|*entidad",
     NULL, NULL, ss_is_sort_code, true},
    {"driving-licence", DIRECT, "tn",
     "driving licence*|driving license*|drivers|driver licence|driver license|drivers "
     "license|driver license number|licence number|license number|"
     "fuhrerschein*|permis de conduire|dvla*",
     NULL, "expir*|type|software", ss_is_gb_driving_licence, true},
    {"passport", DIRECT, "tn",
     "passport|passport number|passport "
     "no|passportnumber|reisepass*|passeport|pasaporte|passaporto|paspoort*",
     NULL, "expir*|country|type", NULL, false},
    {"vehicle-registration", DIRECT, "t",
     "vrm|vrn|number plate|license plate|licence plate|plate number|vehicle "
     "registration|kennzeichen|immatriculation|matricula|targa|kenteken",
     NULL, NULL, ss_is_gb_vehicle, true},
    {"upn", DIRECT, "t", "upn|unique pupil number", NULL, NULL, ss_is_upn, true},
    {"vat-number", SS_CLASS_NON_PERSONAL, "t",
     "vat number|vat no|vatnumber|vat id|vatid|vat reg*|ustid|ust id|*ustid|umsatzsteuer id|tva "
     "intra|partita iva|btw nummer|company number|companynumber|"
     "registration number|siren|siret|handelsregister*|kvk*|duns",
     NULL, "rate|status|check*|checked", ss_is_gb_vat, true},
};

static const ss_recogniser europe[] = {
    {"national-id", DIRECT, "tn",
     "national id|nationalid|national id number|nationalidnumber|national number|identity "
     "number|identity card*|id card*|personal id|personalausweis*|"
     "ausweisnummer|steuer id|steuerid|steueridentifikationsnummer|steuernummer|tax id|taxid|tax "
     "number|tin|sozialversicherungsnummer|sv nummer|"
     "securite sociale|num secu|nir|insee number|dni|nie|nif|cifnif|cif|codice "
     "fiscale|codicefiscale|bsn|burgerservicenummer|sofinummer|rijksregister*|niss|pesel|"
     "personnummer|personnr|cpr|cpr number|hetu|henkilotunnus|pps|ppsn|curp|cpf|cnp|soc sec "
     "id|social insurance*|sin number|aadhaar|pan number",
     NULL, "country|type|tipo*|status|issue*|expir*", NULL, false},
};

static const ss_recogniser north_america[] = {
    {"ssn", DIRECT, "tn",
     "ssn|social security|social security number|socialsecuritynumber|ssn last*", NULL, NULL,
     ss_is_ssn, false},
    {"itin", DIRECT, "tn", "itin", NULL, NULL, ss_is_itin, true},
    {"national-id", DIRECT, "tn",
     "npi|mbi|medicare*|medicaid*|dea|memberid|member id number|insurance number|policy holder "
     "id|health insurance number|versichertennummer|krankenversicherungsnummer",
     NULL, NULL, ss_is_npi, true},
};

static const ss_recogniser money[] = {
    {"iban", DIRECT, "t", "iban|iban prefix|iban number", NULL, NULL, ss_is_iban, true},
    {"bank-account", DIRECT, "tn",
     "bank account|bank account number|bankaccount|account number|accountnumber|account no|acct "
     "no|acct number|kontonummer|konto nr|kontonr|numero de compte|cuenta bancaria|cuenta|"
     "ctacuenta|conto corrente|rekeningnummer|bankrekening",
     NULL, "type|status|id|balance|codigo*", NULL, false},
    {"payment-card", DIRECT, "tn",
     "card number|cardnumber|credit card|creditcard|credit card number|debit "
     "card|pan|kreditkarte*|carte bancaire|tarjeta*|carta di credito|cc number|ccnumber|card no",
     NULL, "type|brand|expir*|exp*|id|last*|count|text", ss_is_payment_card, true},
    {"payment-card", SS_CLASS_QUASI_IDENTIFIER, "tn",
     "last 4|card last*|last four|card brand|card type|card expir*|exp month|exp "
     "year|cvv|cvc|swift|bic|bank name",
     NULL, NULL, NULL, false},
};

static const ss_recogniser device[] = {
    {"ip-address", DIRECT, "ta",
     "ip|ip address|ipaddress|ip addr|client ip|remote ip|remote addr|remote address|ipv "
     "4|ipv 6|user ip|first ip|last ip|firstip|lastip|*ip address|adresse ip|direccion ip|host ip",
     NULL, "version|count|enabled|restriction*|whitelist*|allow*|range type|port", ss_is_ip_address,
     false},
    {"mac-address", DIRECT, "ta", "mac|mac address|macaddress|mac addr", NULL, NULL,
     ss_is_mac_address, true},
    {"imei", DIRECT, "tn", "imei|imsi|iccid|meid", NULL, NULL, ss_is_imei, true},
    {"device-id", DIRECT, "tu",
     "device id|deviceid|device uuid|device identifier|hardware id|serial number "
     "device|udid|udi|device token|push token|pushkey|"
     "advertising id|idfa|gaid|aaid|android id|installation id|fingerprint|browser "
     "fingerprint|device fingerprint|web authn credential|public key|cookie id|visitor id|client "
     "fingerprint",
     NULL, "type|count|profile*|verify*", NULL, false},
    {"external-id", DIRECT, "tn",
     "external id|externalid|*external id|provider uid|provider user id|google id|facebook "
     "id|twitter id|apple id|microsoft id|github id|linkedin id|oauth id|openid|open "
     "id|saml*|sub|subject id|"
     "stripe customer*|customer ref|paypal*|federated user id|federated username|ldap dn|dn|ad "
     "guid|employee number|employee no|matricule|personalnummer|staff number|"
     "student number|matriculation number|membership number|member number|loyalty "
     "number|idnumber|identifier|payment transaction id|trans id|*transid|*payid|ref ext|family "
     "source "
     "value|person source value",
     NULL, "type|name|count", NULL, false},
    {"", SS_CLASS_QUASI_IDENTIFIER, "t",
     "user agent|useragent|browser|ua string|referrer|referer|http user agent|device name|device "
     "model|os version",
     NULL, "flow*|enabled|security*|headers", NULL, false},
};

const ss_recogniser_family ss_recognisers_uk = {uk, sizeof uk / sizeof uk[0]};
const ss_recogniser_family ss_recognisers_europe = {europe, sizeof europe / sizeof europe[0]};
const ss_recogniser_family ss_recognisers_north_america = {
    north_america, sizeof north_america / sizeof north_america[0]};
const ss_recogniser_family ss_recognisers_money = {money, sizeof money / sizeof money[0]};
const ss_recogniser_family ss_recognisers_device = {device, sizeof device / sizeof device[0]};
