#include "stats/people.h"

#include <string.h>

uint64_t
ss_part_of(uint64_t weight, uint64_t share)
{
    __extension__ typedef unsigned __int128 wide;

    return (uint64_t) ((wide) weight * share / SS_WHOLE);
}

uint64_t
ss_whole_rows(uint64_t weight)
{
    return (weight + SS_WHOLE / 2) / SS_WHOLE;
}

uint64_t
ss_people_round(uint64_t rows)
{
    return (rows + 2) / 5 * 5;
}

uint64_t
ss_people_least(uint64_t k)
{
    return ss_people_round(k);
}

/* Sets fill from the front: the last place is taken when k differ. */
void
ss_people_put(uint64_t *set, size_t k, uint64_t hash)
{
    if (hash == 0 || set[k - 1] != 0)
        return;
    for (size_t i = 0; i < k; i++)
    {
        if (set[i] == hash)
            return;
        if (set[i] == 0)
        {
            set[i] = hash;
            return;
        }
    }
}

void
ss_people_add(const ss_people *people, uint64_t *sets, const uint64_t *subjects)
{
    for (size_t p = 0; p < people->npaths; p++)
        ss_people_put(sets + p * people->k, people->k, subjects[p]);
}

bool
ss_people_enough(const ss_people *people, const uint64_t *sets)
{
    bool any = people->npaths == 0;

    for (size_t p = 0; p < people->npaths; p++)
    {
        const uint64_t *set = sets + p * people->k;

        if (set[people->k - 1] != 0)
            any = true;
        else if (set[0] != 0 || people->may_be_empty == NULL || !people->may_be_empty[p])
            return false;
    }
    return any;
}

bool
ss_people_full(const ss_people *people, const uint64_t *sets)
{
    for (size_t p = 0; p < people->npaths; p++)
    {
        if (sets[p * people->k + people->k - 1] == 0)
            return false;
    }
    return true;
}

bool
ss_people_behind(const ss_people *people, const uint64_t *subjects, const uint32_t *list, size_t n,
                 uint64_t *sets)
{
    if (n < people->k || people->npaths == 0)
        return n >= people->k;
    memset(sets, 0, people->npaths * people->k * sizeof *sets);
    for (size_t i = 0; i < n; i++)
    {
        ss_people_add(people, sets, subjects + (list == NULL ? i : list[i]) * people->npaths);
        if (i % 16 == 0 && ss_people_full(people, sets))
            return true;
    }
    return ss_people_enough(people, sets);
}
