/* Secrets: never learnt, never shown. */
#include "classify/recogniser.h"
#include "forms/secret_forms.h"

/* Settings and times of secrets are none. */
#define ABOUT_SECRETS                                                                              \
    "id|type|uri|url|expir*|exp|count|at|date|time|timeout|lifetime|lifespan|endpoint|scope*|"     \
    "valid*|enabled|required|changed|"                                                             \
    "hint|method|alg|algo|algorithm|policy|limit|attempt*|seen|max|min|length|must|by|updated|"    \
    "created|name|"                                                                                \
    "requested|set|store|storage|add|size|role|rotation|auth method"

static const ss_recogniser list[] = {
    {"password-hash", SS_CLASS_SECRET, "tx",
     "ssha|pepper|*pepper|password|passwd|*password|*passwd|passwort|*passwort|pwd|*passhash|"
     "passphrase|passcode|pass|"
     "user pass|mot de passe|"
     "motdepasse|contrasena|wachtwoord|parola|pin|pincode|pin code|secret answer|secret "
     "data|salt|*salt|*pass crypted|"
     "password*",
     NULL, ABOUT_SECRETS, ss_is_password_hash, SS_PROOF_FORM},
    {"token", SS_CLASS_SECRET, "txj",
     "token|*token|tokens|id token|session state|one time password|subscriber "
     "confirm*|passcode|token hash|token new|token current|sid|session key|sessionkey|session "
     "id|session data|nonce|csrf|otp|totp|"
     "*secret|secret|activation key|activation code|update key|reset code|reset key|recovery "
     "code*|backup code*|auth code|"
     "authorization code|code challenge|code verifier|confirmation code|verification "
     "code|*verificode|logkey|rands|scratch hash|"
     "credential|credentials|two fa settings|cookie|magic link|remember me|cvv|cvc|cvn|cvv 2|csc",
     "*key",
     ABOUT_SECRETS "|web authn*|web|grant*|ldap sid|object "
                   "sid|public|primary|sort|foreign|object|natural|business|cache|meta|state|"
                   "translation|candidate|series|row|partition|import|attribute|avatar|image|file|"
                   "content|commit|block|email",
     ss_is_jwt, SS_PROOF_FORM},
    {"api-key", SS_CLASS_SECRET, "tx",
     "api key|apikey|api secret|private key|privatekey|consumer key|client secret|license "
     "key|licence key|signing key|"
     "encryption key|webhook secret|truncated key|access key|secret key|ssh key private",
     NULL, ABOUT_SECRETS, ss_is_api_key, SS_PROOF_FORM},
    {"pem", SS_CLASS_SECRET, "tx", "pem|private pem", NULL, ABOUT_SECRETS, ss_is_pem,
     SS_PROOF_FORM},
};

const ss_recogniser_family ss_recognisers_secret = {list, sizeof list / sizeof list[0]};
