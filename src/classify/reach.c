/* How people are reached: addresses of mail, telephone numbers, pages. */
#include "classify/recogniser.h"
#include "forms/contact.h"

#define SETTINGS                                                                                   \
    "verified|confirmed|enabled|sent|count|id|type|format|template|digest|stop|private|notif*|"    \
    "preference*|promotion|at|date|status|"                                                        \
    "constraint valid|optin|opt "                                                                  \
    "in|subscribed|attribute*|pattern|display|maildisplay|interval|required|bounce*|queue|header|" \
    "subject|body|text|code sent|host|port|server|lang|alt|frequency|validated|valid"

static const ss_recogniser list[] = {
    {"email", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "email|e mail|mail|*email|emailaddress|email address|mail "
     "address|*mailaddress|courriel|correo|correo electronico|posta elettronica|"
     "e mail adresse|emailadresse|mailadresse|normalized email|lower email|email from|email "
     "to|email change|recipient|to address|"
     "from address|reply to|cc|bcc|addressee",
     NULL, SETTINGS "|token*|change token*|avatar type", ss_is_email, SS_PROOF_FORM},
    {"phone", SS_CLASS_DIRECT_IDENTIFIER, "t", NULL, NULL, NULL, ss_is_written_phone,
     SS_PROOF_FORM},
    {"contact-details", SS_CLASS_DIRECT_IDENTIFIER, "jt",
     "contact info|contact details|*contactinfo|contact "
     "data|contactdetails|kontaktdaten|coordonnees",
     "info|identity data|profile data|user info|userinfo|raw info", "id|type|count|status", NULL,
     SS_PROOF_NONE},
    {"phone", SS_CLASS_DIRECT_IDENTIFIER, "tni",
     "sms * number|sms number|reminder number|phone|*phone|telephone|tel|telephone number|phone "
     "number|phonenumber|phone 1|phone "
     "2|mobile|mobil|cell|cell phone|cellular|fax|"
     "*fax|*fon|telefon*|telefono*|movil|cellulare|portable|gsm|handy|handynummer|"
     "mobilnummer|telefoon*|mobiel|msisdn|phone pro|phone perso|"
     "phone mobile|contact number|landline|rufnummer|sms number",
     NULL, SETTINGS "|token*|change token*|type id|os|model|app*|version|headphone", ss_is_phone,
     SS_PROOF_NONE},
    {"url", SS_CLASS_DIRECT_IDENTIFIER, "t",
     "user url|profile url|personal website|homepage|home page|web site|webseite|site web|sitio "
     "web|sito web|blog",
     "website|url|web|page url",
     "base|root|help*|icon|logo|uri|host|callback|redirect*|image*|avatar*|admin*|management*|"
     "custom url|uploaded*",
     ss_is_url, SS_PROOF_NONE},
};

const ss_recogniser_family ss_recognisers_contact = {list, sizeof list / sizeof list[0]};
