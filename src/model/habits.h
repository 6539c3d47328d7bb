/*
 * Habits: how the values of a column are wont to look, which a marginal does not tell.
 *
 * When times fall and how finely they are written, on which steps numbers lie and how they end, what is odd about
 * texts and the templates that codes follow, how many elements arrays have and which keys documents.  Each habit is a list of cells, with k people behind each as
 * everywhere (design 5.7), and the rows in none of them; habits.def lists them.  They are told of columns that are
 * learnt, never of those that run by shape.
 */
#ifndef SS_MODEL_HABITS_H
#define SS_MODEL_HABITS_H

#include <jansson.h>

#include "model/model.h"
#include "policy/policy.h"

typedef enum ss_habit
{
#define SS_HABIT(id, name, texts, least, most) SS_HABIT_##id,
#include "model/habits.def"
#undef SS_HABIT
    SS_NHABITS
} ss_habit;

/* The coarsest of these that a time is a multiple of. */
typedef enum ss_granularity
{
    SS_AT_DAY, /* midnight */
    SS_AT_HOUR,
    SS_AT_HALF_HOUR,
    SS_AT_QUARTER,
    SS_AT_TEN_MINUTES,
    SS_AT_FIVE_MINUTES,
    SS_AT_MINUTE,
    SS_AT_SECOND,
    SS_AT_MILLISECOND,
    SS_AT_MICROSECOND,
} ss_granularity;

/* Of letters of ASCII. */
typedef enum ss_letter_case
{
    SS_CASE_NONE, /* no letters */
    SS_CASE_LOWER,
    SS_CASE_UPPER,
    SS_CASE_TITLE,    /* each word begins with a capital, and has no other */
    SS_CASE_SENTENCE, /* only the first of several words does */
    SS_CASE_MIXED,
} ss_letter_case;

/*
 * In a template stand A for any capital, a for any small letter, 9 for any digit, h and H for any hexadecimal digit,
 * small or capital; all else, and what a backslash precedes, for itself: "ORD-9999", "\AB9".
 */
#define SS_TEMPLATE_MAX     40 /* characters */
#define SS_TEMPLATE_CLASSES "Aa9hH\\"

/* Other texts: UTF-8 without control characters. */
#define SS_HABIT_TEXT_MAX 200

/* Characters up to here are told one by one, others by the block of 256 that they are in. */
#define SS_CHARACTERS_SINGLE 0x250

typedef struct ss_habit_told
{
    ss_cells cells;
    uint64_t rest; /* rows that are in none of them; 0: none, or fewer than k people's */
} ss_habit_told;

typedef struct ss_document ss_document; /* model/document.h */

struct ss_habits
{
    bool sampled; /* the sample was not all rows */
    const char
        *zone;     /* of weekdays and hours: "UTC", as the reader delivers timestamptz; or NULL */
    int64_t place; /* of endings: the unit that is their last digit */
    ss_habit_told told[SS_NHABITS];
    const ss_document *document; /* what documents hold, or NULL */
};

/* May they be told of a column that the policy decided so? */
bool ss_habits_allowed(ss_class class, ss_treatment treatment);

/* May a value be in several of its cells? */
bool ss_habit_has_several(ss_habit habit);

/* How many counts stand in them; habits may be NULL. */
size_t ss_habits_ncounts(const ss_habits *habits);

/* One list.  texts: its cells are of texts. */
json_t *ss_habit_told_json(const ss_habit_told *told);
ss_code ss_habit_told_from_json(json_t *json, bool texts, uint64_t least, ss_arena *result,
                                ss_habit_told *told, ss_error *err);

/* A new reference. */
json_t *ss_habits_json(const ss_habits *habits);

/* Trusting nothing.  SS_EMEND names the habit, never a value. */
ss_code ss_habits_from_json(json_t *json, uint64_t people, ss_arena *result, ss_habits **habits,
                            ss_error *err);

#endif
