/* How many names, streets, companies and postcodes a core makes in a second, of every locale: a line each. */
#include <stdio.h>
#include <time.h>

#include "pseudonymise/locale.h"
#include "rand/stream.h"

#define TIMES 2000000

static double
seconds(void)
{
    struct timespec now;

    (void) clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + 1e-9 * (double) now.tv_nsec;
}

static size_t
family(const ss_locale *l, uint64_t u, char *out)
{
    size_t n;

    (void) out;
    return (size_t) *ss_locale_family(l, SS_SEX_FEMALE, u, &n);
}

static size_t
street(const ss_locale *l, uint64_t u, char *out)
{
    return ss_locale_street(l, u, out, SS_LOCALE_TEXT_MAX);
}

static size_t
company(const ss_locale *l, uint64_t u, char *out)
{
    return ss_locale_company(l, u, out, SS_LOCALE_TEXT_MAX);
}

static size_t
postcode(const ss_locale *l, uint64_t u, char *out)
{
    return ss_locale_postcode(l, ss_locale_place(l, u), u, out, SS_LOCALE_TEXT_MAX);
}

int
main(void)
{
    static const struct
    {
        const char *name;
        size_t (*make)(const ss_locale *, uint64_t, char *);
    } what[] = {
        {"family", family}, {"street", street}, {"company", company}, {"postcode", postcode}};

    size_t n, sum = 0;
    const char *const *names = ss_locale_names(&n);

    for (size_t i = 0; i < n; i++)
    {
        double from = seconds();
        const ss_locale *l = ss_locale_find(names[i]);
        uint64_t state = 1;
        char out[SS_LOCALE_TEXT_MAX];

        (void) printf("%-6s read %.1f ms", names[i], 1e3 * (seconds() - from));
        for (size_t w = 0; w < sizeof what / sizeof what[0]; w++)
        {
            from = seconds();
            for (int k = 0; k < TIMES; k++)
                sum += what[w].make(l, ss_unfold(&state), out);
            (void) printf(", %s %.1f M/s", what[w].name, TIMES / 1e6 / (seconds() - from));
        }
        (void) printf("\n");
    }
    return sum == 0;
}
