/*
 * Who is chosen: a keyed function of the person's primary key gives a uniform word, and those of the smallest words are
 * taken.  So it is the same people every night, whoever comes or goes; without the key nobody can tell who, nor see to it that
 * somebody is.
 */
#include <math.h>
#include <stdlib.h>

#include "base/order.h"
#include "policy/amount.h"
#include "secret/prf.h"
#include "subset/subset_internal.h"

#define BUCKETS 65536

ss_person
ss_subset_person(const unsigned char *key, const unsigned char *const *texts, const size_t *lengths,
                 size_t n)
{
    ss_buf message = {0};
    ss_person person;

    for (size_t i = 0; i < n; i++)
    {
        ss_buf_put_u32(&message, (uint32_t) lengths[i]);
        ss_buf_append(&message, texts[i], lengths[i]);
    }
    ss_prf(key, message.data, message.len, person.words);
    ss_buf_done(&message);
    return person;
}

static bool
may_be_chosen(const uint64_t *row)
{
    return (row[0] & (SS_ROW_OUT | SS_ROW_MATCHES)) == SS_ROW_MATCHES;
}

/* How many may be chosen, by the first 16 bits of their words. */
static uint64_t
count_people(const ss_subset *s, uint64_t *buckets)
{
    uint64_t n = 0;

    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; m->subset->part == SS_SUBSET_CHOSEN && r < m->n; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (!may_be_chosen(row))
                continue;
            buckets[*ss_row_person(m, row) >> 48]++;
            n++;
        }
    }
    return n;
}

/* The word of the wanted-th of them, wanted being from 1 to their number. */
static uint64_t
word_of_rank(const ss_subset *s, const uint64_t *buckets, uint64_t wanted)
{
    ss_arena *scratch = ss_arena_new(NULL);
    uint64_t below = 0, n = 0, word, *words;
    size_t b = 0;

    while (below + buckets[b] < wanted)
        below += buckets[b++];
    words = ss_alloc(scratch, (size_t) buckets[b], sizeof *words);
    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; m->subset->part == SS_SUBSET_CHOSEN && r < m->n; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (may_be_chosen(row) && *ss_row_person(m, row) >> 48 == b)
                words[n++] = *ss_row_person(m, row);
        }
    }
    qsort(words, (size_t) n, sizeof *words, ss_compare_u64);
    word = words[wanted - below - 1];
    ss_arena_free(scratch);
    return word;
}

/* The greatest word that is chosen: of a share the same whatever others there are, of a count that of the last. */
static uint64_t
greatest(const ss_subset *s, const uint64_t *buckets, uint64_t people)
{
    ss_amount amount;

    if (s->subset->policy->rows == NULL || !ss_amount_parse(s->subset->policy->rows, &amount))
        return UINT64_MAX;
    if (amount.is_share)
        return amount.share >= 100 ? UINT64_MAX : (uint64_t) ldexp(amount.share / 100, 64);
    return amount.rows == 0       ? 0
           : amount.rows < people ? word_of_rank(s, buckets, amount.rows)
                                  : UINT64_MAX;
}

ss_code
ss_subset_take_people(ss_subset *s, ss_error *err)
{
    uint64_t *buckets = ss_alloc(s->arena, BUCKETS, sizeof *buckets);
    const uint64_t people = count_people(s, buckets), most = greatest(s, buckets, people);
    uint64_t taken = 0;

    for (size_t i = 0; i < s->nmembers; i++)
    {
        const ss_member *m = &s->members[i];

        for (uint64_t r = 0; m->subset->part == SS_SUBSET_CHOSEN && r < m->n; r++)
        {
            uint64_t *row = ss_member_row(m, r);

            if (!may_be_chosen(row) || *ss_row_person(m, row) > most)
                continue;
            row[0] |= SS_ROW_TAKEN;
            taken++;
        }
    }
    if (taken > 0)
        return SS_OK;
    (void) ss_fail(err, SS_EREFUSED, "subset: nobody of %s is chosen",
                   s->plan->catalog->tables[s->subset->of].label);
    return ss_hint(err, people == 0 ? "where: of the subset holds for nobody, or all are to be "
                                      "left out."
                                    : "Say more rows: in the subset: of a small table a share may "
                                      "come to nobody; a count does not.");
}
