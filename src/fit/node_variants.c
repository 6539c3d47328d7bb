/* Which keys of an object go together, and which text among them tells that. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fit/nodes.h"

#define DECIDES .25 /* of the entropy of variants: what a text tells of it that decides them */

static int
compare_masks(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *) a, y = *(const int64_t *) b;

    return (x > y) - (x < y);
}

/* The place of an object's keys among the variants that are told; SS_TALLY_NO_CELL: they are not. */
static uint32_t
variant_of(const ss_node_place *p, size_t mention)
{
    const ss_cells *told = &p->node.variants.cells;

    for (size_t i = 0; i < told->n; i++)
    {
        if (told->cells[i].number == ss_node_i64(&p->masks, mention))
            return (uint32_t) i;
    }
    return SS_TALLY_NO_CELL;
}

void
ss_node_place_tell_variants(const ss_habit_rows *mentions, ss_node_place *p)
{
    int64_t *masks = ss_alloc(mentions->scratch, p->n + 1, sizeof *masks);
    ss_tally *tally;
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++)
        masks[i] = ss_node_i64(&p->masks, i);
    qsort(masks, p->n, sizeof *masks, compare_masks);
    for (size_t i = 0; i < p->n; i++)
    {
        if (n == 0 || masks[n - 1] != masks[i])
            masks[n++] = masks[i];
    }
    if (n <= SS_VARIANTS_MOST)
    {
        tally = ss_tally_new(n, &mentions->people);
        for (size_t i = 0; i < p->n; i++)
        {
            const int64_t mask = ss_node_i64(&p->masks, i);
            const int64_t *at = bsearch(&mask, masks, n, sizeof mask, compare_masks);

            ss_habit_add(mentions, tally, (uint32_t) (at - masks), i);
        }
        ss_habit_tell(mentions, tally, masks, n, &p->node.variants);
        ss_tally_free(tally);
    }
    if (p->node.variants.cells.n == 0)
        p->node.keys = NULL;
}

/* A text's place among those that its marginal tells. */
static uint32_t
value_of(const ss_node_place *p, size_t mention)
{
    const ss_cells *told = &p->node.marginal->values;
    const size_t begin = mention == 0 ? 0 : (size_t) ss_node_i64(&p->ends, mention - 1);
    const size_t n = (size_t) ss_node_i64(&p->ends, mention) - begin;

    for (size_t i = 0; i < told->n; i++)
    {
        if (strlen(told->cells[i].text) == n &&
            memcmp(told->cells[i].text, p->bytes.data + begin, n) == 0)
            return (uint32_t) i;
    }
    return SS_TALLY_NO_CELL;
}

/* Pairs of a value and the variant beside it. */
static ss_tally *
count_pairs(const ss_habit_rows *mentions, const ss_node_place *object, const ss_node_place *leaf)
{
    const uint32_t nvariants = (uint32_t) object->node.variants.cells.n;
    ss_tally *tally = ss_tally_new(leaf->node.marginal->values.n * nvariants, &mentions->people);

    for (size_t i = 0; i < leaf->n; i++)
    {
        const uint32_t value = value_of(leaf, i), owner = ss_node_u32(&leaf->owners, i);
        const uint32_t variant = variant_of(object, owner);

        if (value != SS_TALLY_NO_CELL && variant != SS_TALLY_NO_CELL)
            ss_habit_add(mentions, tally, value * nvariants + variant, owner);
    }
    return tally;
}

/* In nats, times all. */
static double
entropy(const double *weights, size_t n, double all)
{
    double h = 0;

    for (size_t i = 0; i < n; i++)
        h -= weights[i] > 0 ? weights[i] * log(weights[i] / all) : 0;
    return h;
}

/* What part of the variants' entropy a value tells of, less what chance alone would (Miller 1955). */
static double
part_told(const ss_tally *pairs, size_t nvariants, ss_arena *scratch)
{
    const size_t ncells = ss_tally_ncells(pairs), nvalues = ncells / nvariants;
    double *cells = ss_alloc(scratch, ncells, sizeof *cells);
    double *values = ss_alloc(scratch, nvalues, sizeof *values);
    double *variants = ss_alloc(scratch, nvariants, sizeof *variants);
    double all = 0, of_variants, told;

    for (size_t c = 0; c < ncells; c++)
    {
        cells[c] = (double) ss_tally_weight(pairs, (uint32_t) c) / (double) SS_WHOLE;
        values[c / nvariants] += cells[c];
        variants[c % nvariants] += cells[c];
        all += cells[c];
    }
    of_variants = entropy(variants, nvariants, all);
    told = of_variants + entropy(values, nvalues, all) - entropy(cells, ncells, all) -
           (double) (nvalues - 1) * (double) (nvariants - 1) / 2;
    return of_variants > 0 ? told / of_variants : 0;
}

/* The text among an object's keys whose value says most of which keys there are. */
void
ss_node_place_tell_decides(const ss_nodes *ns, const ss_habit_rows *mentions, ss_node_place *object)
{
    const size_t at = (size_t) (object - ns->list), nvariants = object->node.variants.cells.n;
    const ss_node_place *best = NULL;
    ss_tally *pairs = NULL;
    double most = DECIDES;
    int64_t *numbers;

    for (size_t i = 0; i < ns->n; i++)
    {
        const ss_node_place *leaf = &ns->list[i];
        const ss_marginal *m = leaf->node.marginal;
        ss_tally *tally;
        double part;

        if (leaf->in != at || leaf->node.type != SS_NODE_STRING || leaf->bit == SS_NONE ||
            m == NULL || m->values.n < 2 || m->values.n > SS_DECIDING_MOST)
            continue;
        tally = count_pairs(mentions, object, leaf);
        part = part_told(tally, nvariants, mentions->scratch);
        if (part <= most)
        {
            ss_tally_free(tally);
            continue;
        }
        ss_tally_free(pairs);
        pairs = tally;
        best = leaf;
        most = part;
    }
    if (best == NULL)
        return;
    numbers = ss_alloc(mentions->scratch, ss_tally_ncells(pairs) + 1, sizeof *numbers);
    for (size_t c = 0; c < ss_tally_ncells(pairs); c++)
        numbers[c] = (int64_t) (c / nvariants * SS_VARIANTS_MOST + c % nvariants);
    ss_habit_tell(mentions, pairs, numbers, ss_tally_ncells(pairs), &object->node.decides);
    if (object->node.decides.cells.n > 0)
        object->node.by = object->node.keys[best->bit];
    ss_tally_free(pairs);
}
