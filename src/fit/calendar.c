/* When times fall: weekday, hour, day and month, and how finely they are written. */
#include "base/divide.h"
#include "fit/habits_internal.h"
#include "rows/codec.h"

#define SATURDAY INT64_C(5) /* 2000-01-01, counted from Monday */
#define SECOND   INT64_C(1000000)
#define MINUTE   (60 * SECOND)
#define HOUR     (60 * MINUTE)

/* Years of other times are sentinels': they would be this column's Mondays. */
#define FIRST_YEAR 1901
#define LAST_YEAR  2199

#define NGRANULARITIES (SS_AT_MICROSECOND + 1)

#define UNIX_EPOCH (INT64_C(-10957) * SS_DAY_US) /* what a zero is as a time */

typedef struct calendar
{
    ss_tally *hours, *days, *ends, *months, *granularity;
} calendar;

static ss_granularity
granularity_of(int64_t us)
{
    static const int64_t multiples[] = {SS_DAY_US,  HOUR,   30 * MINUTE, 15 * MINUTE, 10 * MINUTE,
                                        5 * MINUTE, MINUTE, SECOND,      1000};
    size_t i = 0;

    while (i < sizeof multiples / sizeof multiples[0] && us % multiples[i] != 0)
        i++;
    return (ss_granularity) i;
}

/* Is the day after it the first of a month? */
static bool
is_month_end(int64_t day)
{
    int64_t year, month, of_month;

    ss_civil_of_days(day + 1, &year, &month, &of_month);
    return of_month == 1;
}

/* Is there a time that is no sentinel?  *day since 2000-01-01, *us since its midnight. */
static bool
split(const ss_habit_rows *rows, int64_t value, bool date, int64_t *day, int64_t *us)
{
    *day = *us = 0;
    if (value == INT64_MIN || value == INT64_MAX)
        return false;
    *day = date ? value : ss_floor_div(value, SS_DAY_US);
    *us = date ? 0 : value - *day * SS_DAY_US;
    return !rows->column->is_time || *day * SS_DAY_US + *us != UNIX_EPOCH;
}

/* A time that is a sentinel is in the last cell of each, which is told of with the rest. */
static void
add(const ss_habit_rows *rows, const calendar *c, bool date, size_t r)
{
    int64_t day, us, year = 0, month, of_month, weekday;
    const bool real = split(rows, rows->values->i64[r], date, &day, &us);

    if (!rows->column->is_time)
    {
        ss_habit_add(rows, c->hours, (uint32_t) (us < SS_DAY_US ? us / HOUR : 23), r);
        ss_habit_add(rows, c->granularity, granularity_of(us), r);
        return;
    }
    if (real && day >= SS_DAY_FIRST && day <= SS_MOMENT_DAY_LAST)
        ss_civil_of_days(day, &year, &month, &of_month);
    if (year < FIRST_YEAR || year > LAST_YEAR)
    {
        ss_habit_add(rows, c->hours, date ? 7 : 168, r);
        ss_habit_add(rows, c->days, 31, r);
        ss_habit_add(rows, c->ends, 2, r);
        ss_habit_add(rows, c->months, 12, r);
        ss_habit_add(rows, c->granularity, NGRANULARITIES, r);
        return;
    }
    weekday = day + SATURDAY - 7 * ss_floor_div(day + SATURDAY, 7);
    ss_habit_add(rows, c->hours, (uint32_t) (date ? weekday : weekday * 24 + us / HOUR), r);
    ss_habit_add(rows, c->days, (uint32_t) of_month - 1, r);
    ss_habit_add(rows, c->ends, is_month_end(day), r);
    ss_habit_add(rows, c->months, (uint32_t) month - 1, r);
    ss_habit_add(rows, c->granularity, granularity_of(us), r);
}

void
ss_fit_calendar(const ss_habit_rows *rows, ss_habits *h)
{
    const bool date = ss_type_is(rows->type, "date"), dated = rows->column->is_time;
    const size_t nhours = date ? 7 : dated ? 168 : 24;
    const calendar c = {.hours = ss_tally_new(nhours + 1, &rows->people),
                        .days = ss_tally_new(31 + 1, &rows->people),
                        .ends = ss_tally_new(2 + 1, &rows->people),
                        .months = ss_tally_new(12 + 1, &rows->people),
                        .granularity = ss_tally_new(NGRANULARITIES + 1, &rows->people)};
    int64_t hours[168], ordinals[31];

    for (int64_t i = 0; i < 168; i++)
        hours[i] = 100 * (i / 24 + 1) + i % 24;
    for (int64_t i = 0; i < 31; i++)
        ordinals[i] = i + 1;
    for (size_t r = 0; r < rows->sample->n; r++)
    {
        if (!rows->values->null[r])
            add(rows, &c, date, r);
    }
    if (ss_type_is(rows->type, "timestamptz"))
        h->zone = "UTC";
    if (!dated)
        ss_habit_tell(rows, c.hours, NULL, nhours, &h->told[SS_HABIT_HOURS]);
    else if (date)
        ss_habit_tell(rows, c.hours, ordinals, nhours, &h->told[SS_HABIT_WEEKDAYS]);
    else
        ss_habit_tell(rows, c.hours, hours, nhours, &h->told[SS_HABIT_WEEKDAY_HOURS]);
    if (dated)
    {
        ss_habit_tell(rows, c.days, ordinals, 31, &h->told[SS_HABIT_MONTH_DAYS]);
        ss_habit_tell(rows, c.months, ordinals, 12, &h->told[SS_HABIT_MONTHS]);
        ss_habit_tell_share(rows, c.ends, &h->told[SS_HABIT_MONTH_ENDS]);
    }
    if (!date)
        ss_habit_tell(rows, c.granularity, NULL, NGRANULARITIES, &h->told[SS_HABIT_GRANULARITY]);
    ss_tally_free(c.hours);
    ss_tally_free(c.days);
    ss_tally_free(c.ends);
    ss_tally_free(c.months);
    ss_tally_free(c.granularity);
}
