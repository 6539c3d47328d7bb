/* Password hashes, tokens and keys by the prefixes and forms that their makers document. */
#ifndef SS_FORMS_SECRET_FORMS_H
#define SS_FORMS_SECRET_FORMS_H

#include <stdbool.h>
#include <stddef.h>

/* crypt(3)'s $id$..., Argon2, scrypt, PBKDF2 as Django writes it, LDAP's {SSHA}, PHPass. */
bool ss_is_password_hash(const char *text, size_t n);

/* RFC 7519: three parts in base64url, the first of which is a JSON object. */
bool ss_is_jwt(const char *text, size_t n);

/* RFC 7468. */
bool ss_is_pem(const char *text, size_t n);

/* Keys of well-known services. */
bool ss_is_api_key(const char *text, size_t n);

#endif
