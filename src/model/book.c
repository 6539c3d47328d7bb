#include "model/book.h"

#include "stats/bins.h"

static bool
has_other(const ss_book *book)
{
    return book->kind == SS_BOOK_CATEGORIES || book->kind == SS_BOOK_BINS;
}

uint32_t
ss_book_ncodes(const ss_book *book)
{
    return book->nvalues + has_other(book) + book->nulls;
}

uint32_t
ss_book_nordered(const ss_book *book)
{
    return book->kind == SS_BOOK_BINS ? book->nvalues : 0;
}

uint32_t
ss_book_other(const ss_book *book)
{
    return book->nvalues;
}

uint32_t
ss_book_null(const ss_book *book)
{
    return book->nvalues + has_other(book);
}

uint32_t
ss_book_bin(const ss_book *book, int64_t unit)
{
    const ss_bins bins = {book->upper, book->spike, book->nvalues};

    return ss_bins_code(&bins, unit);
}

int64_t
ss_book_least(const ss_book *book, uint32_t bin)
{
    while (bin > 0 && book->spike[bin - 1])
        bin--;
    return bin == 0 ? INT64_MIN : book->upper[bin - 1] + 1;
}
