/* What the files of habits share: the rows of one column, and how counts of them are told. */
#ifndef SS_FIT_HABITS_INTERNAL_H
#define SS_FIT_HABITS_INTERNAL_H

#include "fit/habits.h"
#include "stats/tally.h"

typedef struct ss_habit_rows
{
    const ss_fit_column *column;
    const ss_type *type;
    const ss_marginal *marginal;
    const ss_sample *sample;
    const ss_batch_column *values;
    ss_people people;
    const ss_fit_terms *terms;
    const ss_hash_key *key;
    ss_arena *result, *scratch;
    size_t most;     /* bytes of a text in the sample: one that has as many was cut */
    uint64_t weight; /* of the sample's rows that are not NULL, and of documents are whole */
    uint64_t rows;   /* that these stand for */
} ss_habit_rows;

/* Row r's text; false: it is NULL, or of documents was cut. */
bool ss_habit_text(const ss_habit_rows *rows, size_t r, const char **text, size_t *n);

/* Row r of the sample in a cell of the tally. */
void ss_habit_add(const ss_habit_rows *rows, ss_tally *tally, uint32_t cell, size_t r);

/* So many of the table's rows does that weight of the sample stand for. */
uint64_t ss_habit_scaled(const ss_habit_rows *rows, uint64_t weight);

/*
 * A tally of all rows: its first n cells, which are told under these numbers (NULL: their own places) where they have k people; all others
 * together, where they have k.  What fewer have follows the rest: no difference shows it.
 */
void ss_habit_tell(const ss_habit_rows *rows, const ss_tally *tally, const int64_t *numbers,
                   size_t n, ss_habit_told *told);

/* Its first two cells are without and with: nothing where fewer than k people have it. */
void ss_habit_tell_share(const ss_habit_rows *rows, const ss_tally *tally, ss_habit_told *told);

/*
 * Texts that many values may share, or have several of: which of them k people have, and how many rows.  Of more different
 * ones than SS_MENTIONS_MAX none is told.
 */
#define SS_MENTIONS_MAX 1024

typedef struct ss_mentions ss_mentions;

ss_mentions *ss_mentions_new(const ss_habit_rows *rows);
void ss_mentions_free(ss_mentions *mentions);

/* Row r has it; once is as good as twice, and rows come one after the other.  What the model may not hold is left out. */
void ss_mentions_add(ss_mentions *mentions, size_t r, const char *text, size_t n);

/* Those with k people join told's cells, which are to be in order at last. */
void ss_mentions_tell(const ss_mentions *mentions, ss_habit_told *told);
void ss_habit_sort(ss_habit_told *told);

/* Lengths as they are told, coarser the longer; nothing that is looked at is longer than SS_DOCUMENT_MOST. */
typedef struct ss_sizes
{
    ss_tally *tally;
    int64_t *numbers; /* ascending */
    size_t n;
} ss_sizes;

ss_sizes ss_habit_sizes_new(const ss_habit_rows *rows);
void ss_habit_add_size(const ss_habit_rows *rows, const ss_sizes *sizes, int64_t size, size_t r);
void ss_habit_tell_sizes(const ss_habit_rows *rows, const ss_sizes *sizes, ss_habit_told *told);

/* One file each. */
void ss_fit_calendar(const ss_habit_rows *rows, ss_habits *habits);
void ss_fit_steps(const ss_habit_rows *rows, ss_habits *habits);
void ss_fit_text_habits(const ss_habit_rows *rows, ss_habits *habits);
void ss_fit_templates(const ss_habit_rows *rows, ss_habits *habits);
void ss_fit_documents(const ss_habit_rows *rows, ss_habits *habits);
void ss_fit_compound(const ss_habit_rows *rows, ss_habits *habits);

#endif
