/*
 * Models that are a tree per variable: of the engines "trees"; "independence", without any split; "chow-liu", each by one
 * other variable; and "classes", each by the latent class alone, which is the last variable and the first that is drawn.
 */
#include "base/try.h"
#include "model/engines.h"
#include "model/json_parts.h"
#include "model/told_json.h"
#include "stats/trees.h"

#define NODES_MAX   16384
#define CLASS_LEAST 50    /* design 5.7 */
#define ALPHA_MAX   16000 /* sixteenths of a row */

/* --- writing ---------------------------------------------------------------------------------------- */

/* Codes that go left, as pairs of the first and last of each run. */
static json_t *
runs_json(const uint64_t *bits, uint32_t ncodes)
{
    json_t *out = json_array();

    for (uint32_t c = 0; c < ncodes; c++)
    {
        const uint32_t first = c;

        if ((bits[c / 64] >> (c % 64) & 1) == 0)
            continue;
        while (c + 1 < ncodes && (bits[(c + 1) / 64] >> ((c + 1) % 64) & 1) != 0)
            c++;
        (void) json_array_append_new(out, json_pack("[I,I]", (json_int_t) first, (json_int_t) c));
    }
    return out;
}

static json_t *
node_json(const ss_trees_target *t, const ss_dependence *d, uint32_t n)
{
    const ss_tree_node *node = &t->tree.nodes[n];
    json_t *out = json_object();
    bool ok = out != NULL && ss_told_put(&t->told[n], out);

    if (node->column != SS_TREE_LEAF)
        ok = ok && json_object_set_new(out, "by", json_integer(node->column)) == 0 &&
             json_object_set_new(
                 out, "left", runs_json(node->goes_left, d->variables[node->column].ncodes)) == 0 &&
             json_object_set_new(
                 out, "children",
                 json_pack("[I,I]", (json_int_t) node->left, (json_int_t) node->right)) == 0;
    if (ok)
        return out;
    json_decref(out);
    return NULL;
}

static json_t *
put(const ss_dependence *d)
{
    const ss_trees *trees = d->model;
    json_t *list = json_array();

    for (size_t i = 0; i < trees->n; i++)
    {
        const ss_trees_target *t = &trees->targets[i];
        json_t *nodes = json_array();

        for (uint32_t n = 0; n < t->tree.nnodes; n++)
            (void) json_array_append_new(nodes, node_json(t, d, n));
        (void) json_array_append_new(list, json_pack("{s:I, s:I, s:o}", "of",
                                                     (json_int_t) t->tree.target, "shrinkage",
                                                     (json_int_t) t->tree.alpha, "nodes", nodes));
    }
    return list;
}

/* --- reading ---------------------------------------------------------------------------------------- */

typedef struct reading
{
    uint64_t people;
    const ss_dependence *d;
    ss_arena *result;
} reading;

static ss_code
left_from(const json_t *runs, uint32_t ncodes, uint64_t *bits, ss_error *err)
{
    for (size_t i = 0; i < json_array_size(runs); i++)
    {
        const json_t *run = json_array_get(runs, i);
        uint32_t from, to;

        if (json_array_size(run) != 2 ||
            !ss_below_from_json(json_array_get(run, 0), ncodes, &from) ||
            !ss_below_from_json(json_array_get(run, 1), ncodes, &to) || to < from)
            return ss_fail(err, SS_EMEND, "\"left\" is not a list of pairs of codes");
        for (uint32_t c = from; c <= to; c++)
            bits[c / 64] |= UINT64_C(1) << (c % 64);
    }
    return SS_OK;
}

/* drawn[c]: column c comes before this tree's. */
static ss_code
node_from(json_t *json, reading *r, ss_trees_target *t, uint32_t n, const bool *drawn,
          bool *reached, ss_error *err)
{
    static const char *const keys[] = {"cells", "rest", "by", "left", "children"};
    const json_t *by = json_object_get(json, "by"), *children = json_object_get(json, "children");
    ss_tree_node *node = &t->tree.nodes[n];

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    SS_TRY(ss_told_from_json(json, r->people, t->ncodes, t->nordered, by == NULL, r->result,
                             &t->told[n], err));
    if (n > 0 && !reached[n])
        return ss_fail(err, SS_EMEND, "a node of a tree has no parent");
    node->column = SS_TREE_LEAF;
    if (by == NULL)
    {
        node->left = t->tree.nleaves++;
        return SS_OK;
    }
    if (!ss_below_from_json(by, r->d->n, &node->column) || !drawn[node->column])
        return ss_fail(err, SS_EMEND, "a tree splits by a variable that is not known before it");
    if (json_array_size(children) != 2 ||
        !ss_below_from_json(json_array_get(children, 0), t->tree.nnodes, &node->left) ||
        !ss_below_from_json(json_array_get(children, 1), t->tree.nnodes, &node->right) ||
        node->left <= n || node->right <= n || node->left == node->right || reached[node->left] ||
        reached[node->right])
        return ss_fail(err, SS_EMEND, "\"children\" of a node are not two later ones");
    reached[node->left] = reached[node->right] = true;
    t->tree.nodes[node->left].parent = t->tree.nodes[node->right].parent = n;
    node->goes_left =
        ss_alloc(r->result, r->d->variables[node->column].ncodes / 64 + 1, sizeof *node->goes_left);
    return left_from(json_object_get(json, "left"), r->d->variables[node->column].ncodes,
                     node->goes_left, err);
}

static ss_code
tree_from(json_t *json, reading *r, ss_trees_target *t, bool *drawn, ss_error *err)
{
    static const char *const keys[] = {"of", "shrinkage", "nodes"};
    const json_t *nodes = json_object_get(json, "nodes");
    const size_t n = json_array_size(nodes);
    uint32_t alpha;
    bool *reached;

    SS_TRY(ss_only_keys(json, keys, sizeof keys / sizeof *keys, err));
    *t = (ss_trees_target){0};
    if (!ss_below_from_json(json_object_get(json, "of"), r->d->n, &t->tree.target) ||
        drawn[t->tree.target])
        return ss_fail(err, SS_EMEND,
                       "a tree is of no variable that is drawn, or of another tree's");
    if (n == 0 || n > NODES_MAX ||
        !ss_below_from_json(json_object_get(json, "shrinkage"), ALPHA_MAX, &alpha))
        return ss_fail(err, SS_EMEND, "a tree has no nodes or no shrinkage");
    t->ncodes = r->d->variables[t->tree.target].ncodes;
    t->nordered = r->d->variables[t->tree.target].nordered;
    t->tree.alpha = alpha;
    t->tree.nnodes = (uint32_t) n;
    t->tree.nodes = ss_alloc(r->result, n, sizeof *t->tree.nodes);
    t->told = ss_alloc(r->result, n, sizeof *t->told);
    reached = ss_alloc(r->result, n, sizeof *reached);
    for (uint32_t i = 0; i < n; i++)
    {
        if (node_from(json_array_get(nodes, i), r, t, i, drawn, reached, err) != SS_OK)
            return ss_note(err, "in node %u", (unsigned) i + 1);
    }
    drawn[t->tree.target] = true;
    return SS_OK;
}

/* Do all splits of the tree look at one variable; *by: which, where there is any? */
static bool
looks_at_one(const ss_tree *tree, uint32_t *by)
{
    const uint32_t first = tree->nodes[0].column;

    for (uint32_t n = 0; n < tree->nnodes; n++)
    {
        if (tree->nodes[n].column != SS_TREE_LEAF && tree->nodes[n].column != first)
            return false;
    }
    *by = first == SS_TREE_LEAF ? *by : first;
    return true;
}

/* Every class is of so many people at least. */
static ss_code
check_class(const ss_trees_target *class, ss_error *err)
{
    const ss_told *told = &class->told[0];

    for (size_t i = 0; i < told->ncells && class->tree.nnodes == 1; i++)
    {
        if (told->cells[i].rows < CLASS_LEAST)
            return ss_fail(err, SS_EMEND, "a latent class is of fewer than %d", CLASS_LEAST);
    }
    return SS_OK;
}

/* Are the trees such as the engine grows? */
static ss_code
check_engine(const ss_trees *trees, const ss_dependence *d, ss_error *err)
{
    const bool classes = d->engine->nclasses != NULL;
    const uint32_t class = (uint32_t) d->n - 1;
    bool good = !classes || (d->variables[class].kind == SS_VARIABLE_CLASS &&
                             trees->targets[0].tree.target == class);

    for (size_t t = classes ? 1 : 0; t < trees->n && d->engine != &ss_engine_trees; t++)
    {
        uint32_t by = class;

        good = good && looks_at_one(&trees->targets[t].tree, &by) && (!classes || by == class) &&
               (d->engine != &ss_engine_independence || trees->targets[t].tree.nnodes == 1);
    }
    for (size_t t = 1; t < trees->n; t++)
        good = good && d->variables[trees->targets[t].tree.target].kind != SS_VARIABLE_CLASS;
    if (!good)
        return ss_fail(err, SS_EMEND,
                       "a latent class is not drawn first, or trees split by more than those of "
                       "their engine do");
    return classes ? check_class(&trees->targets[0], err) : SS_OK;
}

static ss_code
from(const json_t *json, uint64_t people, ss_dependence *d, ss_arena *result, ss_error *err)
{
    reading reader = {people, d, result}, *r = &reader;
    ss_trees *trees = ss_alloc(r->result, 1, sizeof *trees);
    bool *drawn = ss_alloc(r->result, r->d->n + 1, sizeof *drawn);

    *trees = (ss_trees){.k = r->people, .d = r->d->n};
    for (size_t i = 0; i < r->d->n; i++)
    {
        drawn[i] = ss_variable_is_given(&r->d->variables[i]);
        trees->n += !drawn[i];
    }
    if (trees->n == 0 || json_array_size(json) != trees->n)
        return ss_fail(err, SS_EMEND, "\"trees\" are not one for each variable that is drawn");
    trees->targets = ss_alloc(r->result, trees->n + 1, sizeof *trees->targets);
    trees->of = ss_alloc(r->result, trees->d + 1, sizeof *trees->of);
    for (size_t i = 0; i < trees->d; i++)
        trees->of[i] = SIZE_MAX;
    for (size_t i = 0; i < trees->n; i++)
    {
        ss_trees_target *t = &trees->targets[i];

        if (tree_from(json_array_get(json, i), r, t, drawn, err) != SS_OK)
            return ss_note(err, "in tree %zu", i + 1);
        trees->of[t->tree.target] = i;
        t->first = (uint32_t) trees->ncells;
        trees->ncells += (size_t) t->tree.nleaves * t->ncodes;
    }
    SS_TRY(check_engine(trees, d, err));
    ss_trees_derive(trees, r->result);
    d->model = trees;
    return SS_OK;
}

static size_t
ncounts(const ss_dependence *d)
{
    const ss_trees *trees = d->model;
    size_t n = 0;

    for (size_t i = 0; i < trees->n; i++)
    {
        const ss_trees_target *t = &trees->targets[i];

        for (uint32_t k = 0; k < t->tree.nnodes; k++)
            n += t->told[k].ncells + (t->told[k].rest > 0);
    }
    return n;
}

const ss_engine_form ss_engine_form_trees = {"trees", put, from, ncounts};
