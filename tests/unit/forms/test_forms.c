/* Forms and check digits of identifiers: published examples, the same with a digit changed, and how many random ones pass. */
#include <math.h>

#include "forms/contact.h"
#include "forms/device.h"
#include "forms/europe.h"
#include "forms/money.h"
#include "forms/north_america.h"
#include "forms/secret_forms.h"
#include "forms/uk.h"
#include "unit/check.h"

typedef bool form(const char *text, size_t n);

typedef struct examples
{
    const char *name;
    form *is;
    const char *right[10], *wrong[10];
} examples;

#define OF(is) #is, is

static const examples all[] = {
    {OF(ss_is_nhs_number),
     {"943 476 5919", "9434765919", "943-476-5919"},
     {"9434765918", "943476591", "0000000000", "94347659199", "943476591O", ""}},
    {OF(ss_is_nino),
     {"AB123456C", "ab 12 34 56 c", "JG121316A"},
     {"QQ123456C", "BG123456A", "AO123456C", "AB123456E", "AB12345C", "AB1234567"}},
    {OF(ss_is_utr), {"1955839661", "1955839661K", "19558 39661"}, {"2955839661", "195583966", "K"}},
    {OF(ss_is_gb_vat),
     {"980780684", "GB 980 7806 84", "GB980780684001", "GD499", "HA500"},
     {"802311781", "GD500", "HA499", "GB98078068", "000000000"}},
    {OF(ss_is_company_number),
     {"01234567", "SC123456", "ni012345", "OC300001"},
     {"1234567", "XX123456", "SC12345A", "012345678"}},
    {OF(ss_is_sort_code), {"08-99-99"}, {"089999", "08-99-9", "08/99/99", "2008-9-9"}},
    {OF(ss_is_gb_driving_licence),
     {"MORGA657054SM9IJ", "MORGA 657054 SM9IJ 35", "JONES710238HA9ZZ"},
     {"MORGA667054SM9IJ", "MORGA657324SM9IJ", "M9RGA657054SM9IJ", "MORGA657054SM9I", "MORGA65705"}},
    {OF(ss_is_gb_vehicle),
     {"AB51 ABC", "ab02abc", "A123 BCD", "BCD 123A", "ABZ 1234"},
     {"AB50 ABC", "AB00ABC", "ABCDEFG", "AB512ABC", "1234567"}},
    {OF(ss_is_upn), {"B801200005001"}, {"A801200005001", "B80120000500", "I801200005001"}},
    {OF(ss_is_gb_postcode),
     {"SW1A 1AA", "M1 1AE", "B33 8TH", "CR2 6XH", "DN55 1PT", "EC1A 1BB", "W1A 0AX", "GIR 0AA",
      "sw1a1aa"},
     {"Q1 1AA", "M1 1CE", "SW1A-1AA", "12345", "ABCDE", "M1"}},
    {OF(ss_is_de_idnr),
     {"36 574 261 809", "86095742719"},
     {"36574261890", "06574261809", "11111111111", "3657426180"}},
    {OF(ss_is_fr_nir),
     {"2 95 10 99 126 111 93", "295109912611193"},
     {"295109912611199", "595109912611193", "295139912611193", "29510991261119"}},
    {OF(ss_is_es_dni),
     {"54362315-K", "54362315k", "X-2482300W"},
     {"54362315Z", "X2482300A", "5436231K", "A2482300W"}},
    {OF(ss_is_it_codice_fiscale),
     {"RCCMNL83S18D969H", "rccmnl83s18d969h"},
     {"RCCMNL83S18D969G", "RCCMNL83G18D969H", "RCCMNL83S18D96H", "RCCMNL8AS18D969H"}},
    {OF(ss_is_nl_bsn), {"1112.22.333", "111222333"}, {"111252333", "11122233", "000000000"}},
    {OF(ss_is_be_nn),
     {"85.07.30-033 28", "85073003328", "17073003384"},
     {"85073003327", "85153003328", "8507300332"}},
    {OF(ss_is_pl_pesel), {"44051401359"}, {"44051401358", "44131401359", "4405140135"}},
    {OF(ss_is_se_personnummer),
     {"880320-0016", "8803200016", "198803200016", "880320+0016"},
     {"880320-0018", "881320-0016", "178803200016", "8803+200016"}},
    {OF(ss_is_dk_cpr), {"211062-5629", "2110625629"}, {"511062-5629", "211362-5629", "211062562"}},
    {OF(ss_is_fi_hetu),
     {"131052-308T"},
     {"131052-308U", "131352-308T", "131052 308T", "131052-30T"}},
    {OF(ss_is_ie_pps),
     {"6433435F", "6433435FT", "6433435OA"},
     {"6433435E", "643343F", "6433435FZ", "6433435"}},
    {OF(ss_is_ssn),
     {"536-90-4399", "536904399"},
     {"000-12-3456", "666-12-3456", "912-12-3456", "536-00-4399", "536-90-0000", "536-90-439"}},
    {OF(ss_is_itin), {"912-90-3456"}, {"912-89-3456", "812-90-3456", "912-49-3456"}},
    {OF(ss_is_npi), {"1234567893"}, {"1234567894", "3234567893", "123456789"}},
    {OF(ss_is_mbi), {"1EG4-TE5-MK73", "1eg4te5mk73"}, {"0EG4TE5MK73", "1SG4TE5MK73", "1EG4TE5MK7"}},
    {OF(ss_is_aba), {"111000025"}, {"112000025", "11100002", "000000000"}},
    {OF(ss_is_zip), {"90210", "90210-1234"}, {"9021", "90210 1234", "9021O", "902101234"}},
    {OF(ss_is_iban),
     {"GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "NO93 8601 1117 947"},
     {"GB82WEST12345698765433", "GB82WEST1234569876543", "XX82WEST12345698765432",
      "DE8937040044053201300", ""}},
    {OF(ss_is_bic),
     {"DEUTDEFF", "DEUTDEFF500", "nwbk gb 2l", "NWBKGB20XXX"},
     {"DEUTXXFF", "DEUTDEF", "DEUTDEFF5", "DEUTDEFF5000", "KATALOGE"}},
    {OF(ss_is_payment_card),
     {"4111 1111 1111 1111", "5555555555554444", "378282246310005", "6011111111111117",
      "3530111333300000", "30569309025904", "2223000048400011"},
     {"4111111111111112", "1593475200000", "0000000000000000", "9111111111111111",
      "411111111111111"}},
    {OF(ss_is_ip_address),
     {"192.0.2.1", "2001:db8::1", "192.0.2.0/24", "::1"},
     {"1.2.3", "256.0.0.1", "1.2.3.4.5", "192.0.2.1/x", "1.2.3-rc1", "12:34"}},
    {OF(ss_is_mac_address),
     {"00:1b:63:84:45:e6", "00-1B-63-84-45-E6", "001b.6384.45e6"},
     {"00:1b:63:84:45", "00:1b-63:84:45:e6", "00:1g:63:84:45:e6", "001b638445e6"}},
    {OF(ss_is_imei),
     {"490154203237518", "35-209900-176148-1"},
     {"490154203237517", "49015420323751"}},
    {OF(ss_is_uuid),
     {"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"},
     {"f81d4fae7dec11d0a76500a0c91e6bf6", "f81d4fae-7dec-11d0-a765-00a0c91e6bg6"}},
    {OF(ss_is_password_hash),
     {"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
      "$argon2id$v=19$m=65536,t=3,p=4$c29tZQ$x", "pbkdf2_sha256$600000$salt$hashhashhash",
      "{SSHA}0123456789abcdef=="},
     {"$2b$", "$20 and more than that", "hunter2hunter2hunter2", ""}},
    {OF(ss_is_jwt),
     {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."},
     {"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0", "eyJ.a b.c", "abc.def.ghi", "eyJ..a"}},
    {OF(ss_is_pem), {"-----BEGIN RSA PRIVATE KEY-----"}, {"-----BEGIN", "BEGIN RSA PRIVATE KEY"}},
    {OF(ss_is_api_key),
     {"AKIAIOSFODNN7EXAMPLE", "sk_test_0123456789abcdef", "ghp_0123456789abcdefghij"},
     {"AKIA", "sk_live_ with blanks in it", "market_sk_live_0123"}},
    {OF(ss_is_email),
     {"anna@example.org", "o'brien+tag@mail.example.co.uk", "käthe@bücher.example",
      "a@xn--bcher-kva.example"},
     {"root@localhost", "anna@example", "anna@@example.org", "anna example.org", "@example.org",
      "a@b.c", "anna@-x.org", "x@1.2.3.4", "anna.@example.org"}},
    {OF(ss_is_phone),
     {"+44 20 7946 0018", "+49 (0)30 123456", "020 7946 0018", "(555) 234-5678", "555-234-5678",
      "00 44 20 79460018", "+1 555 234 5678 x12", "06 12 34 56 78"},
     {"1593475200000", "2024-01-31", "5552345678", "12345", "0000000000", "+0 123 4567",
      "10.12.2024", "1.2.3.4", "call me"}},
    {OF(ss_is_url),
     {"https://example.org/u/anna", "HTTP://x.org"},
     {"example.org", "https://", "https://a b.org/x", "mailto:a@b.org"}},
};

static void
published_examples(void **state)
{
    (void) state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
    {
        for (const char *const *t = all[i].right; *t != NULL; t++)
        {
            if (!all[i].is(*t, strlen(*t)))
                fail_msg("%s should take %s", all[i].name, *t);
        }
        for (const char *const *t = all[i].wrong; *t != NULL; t++)
        {
            if (all[i].is(*t, strlen(*t)))
                fail_msg("%s should not take %s", all[i].name, *t);
        }
    }
}

/* Where the standard says so.  (Of a UTR two remainders share a check digit.) */
static void
one_wrong_digit_is_seen(void **state)
{
    static const struct
    {
        form *is;
        const char *text;
    } cases[] = {{ss_is_nhs_number, "9434765919"}, {ss_is_de_idnr, "36574261809"},
                 {ss_is_nl_bsn, "111222333"},      {ss_is_npi, "1234567893"},
                 {ss_is_aba, "111000025"},         {ss_is_imei, "490154203237518"},
                 {ss_is_pl_pesel, "44051401359"},  {ss_is_payment_card, "4111111111111111"}};

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        char text[32];
        const size_t n = strlen(cases[i].text);

        for (size_t at = 1; at < n; at++)
        {
            for (char c = '0'; c <= '9'; c++)
            {
                memcpy(text, cases[i].text, n + 1);
                text[at] = c;
                if (c != cases[i].text[at] && cases[i].is(text, n))
                    fail_msg("%s passes", text);
            }
        }
    }
}

static uint64_t
next(uint64_t *state)
{
    /* SplitMix64: G. Steele and others, OOPSLA 2014. */
    uint64_t z = *state += 0x9e3779b97f4a7c15;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

/* A check digit says little of one value: how many of random digits pass, as measured elsewhere too. */
static void
random_digits_pass_at_known_rates(void **state)
{
    static const struct
    {
        form *is;
        size_t digits;
        double rate;
    } cases[] = {{ss_is_nhs_number, 10, 1 / 11.0},
                 {ss_is_utr, 10, 0.099},
                 {ss_is_gb_vat, 9, 0.029},
                 {ss_is_npi, 10, 0.02},
                 {ss_is_aba, 9, 0.1},
                 {ss_is_imei, 15, 0.1},
                 {ss_is_nl_bsn, 9, 1 / 11.0}};

    enum
    {
        DRAWS = 200000
    };

    (void) state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    {
        uint64_t seed = i;
        size_t passed = 0;
        double error = 0;

        for (size_t d = 0; d < DRAWS; d++)
        {
            char text[20];

            for (size_t k = 0; k < cases[i].digits; k++)
                text[k] = (char) ('0' + next(&seed) % 10);
            passed += cases[i].is(text, cases[i].digits);
        }
        error = sqrt(cases[i].rate * (1 - cases[i].rate) / DRAWS);
        assert_true(fabs((double) passed / DRAWS - cases[i].rate) < 5 * error + 0.001);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_examples),
        cmocka_unit_test(one_wrong_digit_is_seen),
        cmocka_unit_test(random_digits_pass_at_known_rates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
