#include "model/habits.h"

#include <string.h>

#include "base/try.h"
#include "model/document.h"
#include "model/json_parts.h"
#include "model/statistics_json.h"
#include "stats/people.h"

typedef struct kind
{
    const char *name;
    bool texts;
    int64_t least, most;
} kind;

static const kind KINDS[] = {
#define SS_HABIT(id, name, texts, least, most) {name, texts, least, most},
#include "model/habits.def"
#undef SS_HABIT
};

bool
ss_habits_allowed(ss_class class, ss_treatment treatment)
{
    return treatment == SS_TREAT_SYNTHESISE &&
           (class == SS_CLASS_QUASI_IDENTIFIER || class == SS_CLASS_SPECIAL_CATEGORY ||
            class == SS_CLASS_NON_PERSONAL);
}

bool
ss_habit_has_several(ss_habit habit)
{
    return habit == SS_HABIT_CHARACTERS || habit == SS_HABIT_ELEMENT_VALUES ||
           habit == SS_HABIT_PATHS;
}

size_t
ss_habits_ncounts(const ss_habits *h)
{
    size_t n = 0;

    for (size_t i = 0; h != NULL && i < SS_NHABITS; i++)
        n += h->told[i].cells.n + (h->told[i].rest > 0);
    return n + (h == NULL ? 0 : ss_document_ncounts(h->document));
}

/* Whose rows the counts are. */
#define ALL    "all"
#define SAMPLE "sample"

/* --- writing ------------------------------------------------------------------------------------ */

json_t *
ss_habit_told_json(const ss_habit_told *told)
{
    json_t *out = json_pack("{s:o}", "cells", ss_cells_json(&told->cells));

    if (out == NULL || told->rest == 0 ||
        json_object_set_new(out, "rest", json_integer((json_int_t) told->rest)) == 0)
        return out;
    json_decref(out);
    return NULL;
}

json_t *
ss_habits_json(const ss_habits *h)
{
    json_t *out = json_pack("{s:s}", "counted", h->sampled ? SAMPLE : ALL);
    int failed = out == NULL;

    if (h->zone != NULL)
        failed = failed || json_object_set_new(out, "zone", json_string(h->zone));
    if (h->place != 0)
        failed = failed || json_object_set_new(out, "place", ss_integer_json(h->place));
    for (size_t i = 0; i < SS_NHABITS && !failed; i++)
    {
        if (h->told[i].cells.n > 0)
            failed = json_object_set_new(out, KINDS[i].name, ss_habit_told_json(&h->told[i]));
    }
    if (h->document != NULL)
        failed = failed || json_object_set_new(out, "document", ss_document_json(h->document));
    if (!failed)
        return out;
    json_decref(out);
    return NULL;
}

/* --- reading ------------------------------------------------------------------------------------ */

static bool
is_template(const char *text)
{
    size_t n = 0;

    for (const char *p = text; *p != '\0'; p++, n++)
    {
        if (*p < ' ' || *p > '~')
            return false;
        if (*p != '\\')
            continue;
        p++;
        if (*p == '\0' || strchr(SS_TEMPLATE_CLASSES, *p) == NULL)
            return false;
    }
    return n > 0 && n <= SS_TEMPLATE_MAX;
}

static bool
is_plain(const char *text)
{
    size_t n = 0;

    for (; text[n] != '\0'; n++)
    {
        if ((unsigned char) text[n] < ' ')
            return false;
    }
    return n <= SS_HABIT_TEXT_MAX;
}

static bool
may_be_told(const kind *k, const ss_cell *c)
{
    if (!k->texts)
        return c->number >= k->least && c->number <= k->most;
    return k == &KINDS[SS_HABIT_TEMPLATES] ? is_template(c->text) : is_plain(c->text);
}

static ss_code
check_cells(const kind *k, const ss_cells *cells, ss_error *err)
{
    for (size_t i = 0; i < cells->n; i++)
    {
        const ss_cell *c = &cells->cells[i], *before = i == 0 ? NULL : c - 1;

        if (!may_be_told(k, c))
            return ss_fail(err, SS_EMEND, "\"%s\", cell %zu: this is none of its values", k->name,
                           i + 1);
        if (before != NULL &&
            (k->texts ? strcmp(before->text, c->text) >= 0 : before->number >= c->number))
            return ss_fail(err, SS_EMEND, "\"%s\" is not in order", k->name);
    }
    return SS_OK;
}

ss_code
ss_habit_told_from_json(json_t *json, bool texts, uint64_t least, ss_arena *result,
                        ss_habit_told *told, ss_error *err)
{
    static const char *const keys[] = {"cells", "rest"};
    const json_t *rest = json_object_get(json, "rest");

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    SS_TRY(ss_cells_from_json(json, "cells", texts, least, result, &told->cells, err));
    if (told->cells.n == 0)
        return ss_fail(err, SS_EMEND, "it has no cells");
    if (rest != NULL && (!json_is_integer(rest) || json_integer_value(rest) < (json_int_t) least ||
                         json_integer_value(rest) % 5 != 0))
        return ss_fail(err, SS_EMEND, "\"rest\" is no multiple of 5 with k behind it");
    told->rest = (uint64_t) json_integer_value(rest);
    return SS_OK;
}

static ss_code
told_from_json(const kind *k, json_t *json, uint64_t least, ss_arena *result, ss_habit_told *told,
               ss_error *err)
{
    SS_TRY(ss_habit_told_from_json(json, k->texts, least, result, told, err));
    return check_cells(k, &told->cells, err);
}

ss_code
ss_habits_from_json(json_t *json, uint64_t people, ss_arena *result, ss_habits **habits,
                    ss_error *err)
{
    const char *keys[SS_NHABITS + 4] = {"counted", "zone", "place", "document"};
    const char *counted = json_string_value(json_object_get(json, "counted"));
    const char *zone = json_string_value(json_object_get(json, "zone"));
    const json_t *place = json_object_get(json, "place");
    json_t *document = json_object_get(json, "document");
    ss_habits *h = ss_alloc(result, 1, sizeof *h);

    *h = (ss_habits){0};
    for (size_t i = 0; i < SS_NHABITS; i++)
        keys[4 + i] = KINDS[i].name;
    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof keys[0], err));
    if (counted == NULL || (strcmp(counted, ALL) != 0 && strcmp(counted, SAMPLE) != 0))
        return ss_fail(err, SS_EMEND, "\"counted\" is none of the known words");
    h->sampled = strcmp(counted, SAMPLE) == 0;
    if (json_object_get(json, "zone") != NULL)
    {
        if (zone == NULL || strcmp(zone, "UTC") != 0)
            return ss_fail(err, SS_EMEND, "\"zone\" is not UTC");
        h->zone = "UTC";
    }
    if (place != NULL && (!ss_integer_from_json(place, &h->place) || h->place <= 0))
        return ss_fail(err, SS_EMEND, "\"place\" is not a unit");
    for (size_t i = 0; i < SS_NHABITS; i++)
    {
        json_t *one = json_object_get(json, KINDS[i].name);

        if (one != NULL && told_from_json(&KINDS[i], one, ss_people_least(people), result,
                                          &h->told[i], err) != SS_OK)
            return ss_note(err, "in \"%s\"", KINDS[i].name);
    }
    if ((h->told[SS_HABIT_ENDINGS].cells.n > 0) != (h->place > 0))
        return ss_fail(err, SS_EMEND, "endings without their place, or a place without them");
    if (document != NULL &&
        ss_document_from_json(document, people, result, &h->document, err) != SS_OK)
        return ss_note(err, "in \"document\"");
    *habits = h;
    return SS_OK;
}
