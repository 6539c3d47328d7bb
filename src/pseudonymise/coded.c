/*
 * Identifiers of many makers, of whose forms no ranges are known that nobody has: as code does, or, in columns of numbers and
 * of UUIDs, as integer and uuid do.  They are kinds by name, so that policies say what a column holds.
 */
#include "base/try.h"
#include "pseudonymise/kind.h"

typedef struct coded
{
    const ss_kind *as;
    void *state;
} coded;

static const ss_kind *
as(const ss_kind_column *c)
{
    const ss_type *type = &c->catalog->types[c->type.type];

    if (ss_type_is(type, "uuid"))
        return &ss_kind_uuid;
    if (ss_type_is_integer(type) || ss_type_is(type, "numeric"))
        return &ss_kind_integer;
    return &ss_kind_code;
}

static const char *
refusal(const ss_kind_column *c, ss_arena *result)
{
    return as(c)->refusal(c, result);
}

static ss_code
open_coded(const ss_kind_column *c, ss_key_room *keys, ss_arena *arena, void **state, ss_error *err)
{
    coded *s = ss_alloc(arena, 1, sizeof *s);

    s->as = as(c);
    *state = s;
    return s->as->open(c, keys, arena, &s->state, err);
}

static ss_code
apply(void *state, const ss_kind_rows *rows, ss_batch_column *out, ss_kind_counts *counts,
      ss_error *err)
{
    const coded *s = state;

    return ss_kind_apply(s->as, s->state, rows, out, counts, err);
}

#define CODED(id, kind_name)                                                                       \
    const ss_kind ss_kind_##id = {                                                                 \
        .name = kind_name,                                                                         \
        .summary = "as code: digits for digits, letters for letters; numbers as integer",          \
        .standard = "Black and Rogaway 2002",                                                      \
        .version = "1",                                                                            \
        .guarantees = SS_UNIQUE | SS_JOINS | SS_FORMAT,                                            \
        .types = "text varchar char citext name int2 int4 int8 numeric uuid",                      \
        .refusal = refusal,                                                                        \
        .open = open_coded,                                                                        \
        .apply = apply,                                                                            \
    }

CODED(sort_code, "sort-code");
CODED(bank_account, "bank-account");
CODED(passport, "passport");
CODED(driving_licence, "driving-licence");
CODED(vehicle_registration, "vehicle-registration");
CODED(company_number, "company-number");
CODED(national_id, "national-id");
CODED(device_id, "device-id");
CODED(external_id, "external-id");
CODED(tracking_code, "tracking-code");
