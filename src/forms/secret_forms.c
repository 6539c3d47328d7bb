#include "forms/secret_forms.h"

#include <string.h>

static bool
begins(const char *text, size_t n, const char *start)
{
    const size_t length = strlen(start);

    return n > length && memcmp(text, start, length) == 0;
}

static bool
begins_as_one_of(const char *text, size_t n, const char *const *starts)
{
    for (; *starts != NULL; starts++)
    {
        if (begins(text, n, *starts))
            return true;
    }
    return false;
}

bool
ss_is_password_hash(const char *text, size_t n)
{
    static const char *const starts[] = {"$1$",
                                         "$2a$",
                                         "$2b$",
                                         "$2x$",
                                         "$2y$",
                                         "$5$",
                                         "$6$",
                                         "$7$",
                                         "$y$",
                                         "$gy$",
                                         "$argon2",
                                         "$scrypt$",
                                         "$pbkdf2",
                                         "$P$",
                                         "$H$",
                                         "$S$",
                                         "$apr1$",
                                         "pbkdf2_sha256$",
                                         "pbkdf2_sha1$",
                                         "argon2$",
                                         "bcrypt$",
                                         "bcrypt_sha256$",
                                         "scrypt$",
                                         "scrypt:",
                                         "pbkdf2:",
                                         "{SSHA}",
                                         "{SHA}",
                                         "{SSHA512}",
                                         "{CRYPT}",
                                         "{bcrypt}",
                                         "SCRAM-SHA-256$",
                                         NULL};

    return n >= 20 && begins_as_one_of(text, n, starts);
}

bool
ss_is_jwt(const char *text, size_t n)
{
    size_t dots = 0, part = 0;

    /* {" in base64 */
    if (!begins(text, n, "eyJ"))
        return false;
    for (size_t i = 0; i < n; i++)
    {
        const char c = text[i];

        if (c == '.')
        {
            /* An unsigned one has an empty third part. */
            if (part == 0)
                return false;
            dots++;
            part = 0;
            continue;
        }
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_' || c == '='))
            return false;
        part++;
    }
    return dots == 2;
}

bool
ss_is_pem(const char *text, size_t n)
{
    return begins(text, n, "-----BEGIN ");
}

bool
ss_is_api_key(const char *text, size_t n)
{
    static const char *const starts[] = {
        "sk_live_", "sk_test_", "rk_live_", "pk_live_", "whsec_",      "AKIA",   "ASIA",
        "ghp_",     "gho_",     "ghu_",     "ghs_",     "github_pat_", "glpat-", "xoxb-",
        "xoxp-",    "xoxa-",    "AIza",     "ya29.",    "SG.",         "npm_",   "dop_v1_",
        "shpat_",   "sk-ant-",  "sk-proj-", "hf_",      "pypi-",       NULL};

    if (n < 16 || !begins_as_one_of(text, n, starts))
        return false;
    return memchr(text, ' ', n) == NULL;
}
