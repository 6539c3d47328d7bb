#include <string.h>

#include "model/model.h"

/* A value that is looked for. */
typedef struct sought
{
    const char *text; /* NULL: the number */
    size_t n;
    int64_t number;
} sought;

/* How it lies to a cell's: -1 before, 0 it is that, 1 behind. */
static int
compare(const sought *s, const ss_cell *cell)
{
    int order;

    if (s->text == NULL)
        return (s->number > cell->number) - (s->number < cell->number);
    order = strncmp(s->text, cell->text, s->n);
    return order != 0 ? order : -(cell->text[s->n] != '\0');
}

static size_t
find(const ss_cells *cells, const sought *s)
{
    size_t low = 0, high = cells->n;

    while (low < high)
    {
        const size_t middle = (low + high) / 2;
        const int order = compare(s, &cells->cells[middle]);

        if (order == 0)
            return middle;
        if (order > 0)
            low = middle + 1;
        else
            high = middle;
    }
    return cells->n;
}

size_t
ss_cells_find_number(const ss_cells *cells, int64_t number)
{
    return find(cells, &(sought){.number = number});
}

size_t
ss_cells_find_text(const ss_cells *cells, const char *text, size_t n)
{
    return find(cells, &(sought){.text = text, .n = n});
}

const ss_cell *
ss_cells_next_most(const ss_cells *cells, const ss_cell *before)
{
    const ss_cell *most = NULL;

    for (size_t i = 0; i < cells->n; i++)
    {
        const ss_cell *c = &cells->cells[i];
        const bool later =
            before == NULL || c->count < before->count || (c->count == before->count && c > before);

        if (later && (most == NULL || c->count > most->count))
            most = c;
    }
    return most;
}
