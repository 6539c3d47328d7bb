#include "policy/path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/text.h"

#define KEYS       "keyvalue().key"
#define STATES_MAX 20000
#define FEW_EDGES  6 /* that are looked through one by one */

/* --- texts ---------------------------------------------------------------------------------------- */

static bool
ends_key(char c)
{
    return c == '\0' || strchr(".[]\"*()'\\", c) != NULL || (unsigned char) c <= ' ';
}

/* The key at *p, in quotes or bare; its bytes in name.  NULL: there is none. */
static bool
read_key(const char **p, ss_buf *name)
{
    if (**p != '"')
    {
        while (!ends_key(**p))
            ss_buf_putc(name, *(*p)++);
        return name->len > 0;
    }
    for ((*p)++; **p != '\0' && (**p != '"' || (*p)[1] == '"'); (*p)++)
    {
        *p += **p == '"';
        ss_buf_putc(name, **p);
    }
    if (**p != '"')
        return false;
    (*p)++;
    return true;
}

/* The step at *p, which is behind the path's steps so far. */
static const char *
read_step(const char **p, ss_arena *result, ss_path_step *step)
{
    ss_buf name = {0};
    const char *wrong = NULL;

    *step = (ss_path_step){.kind = SS_PATH_KEY};
    if (strncmp(*p, "[*]", 3) == 0)
    {
        step->kind = SS_PATH_ELEMENT;
        *p += 3;
        return NULL;
    }
    if (**p == '[')
        return "of a list only [*], all its elements, can be meant";
    if (**p != '.')
        return "behind $ come .key, [*], .*, .** and .keyvalue().key";
    (*p)++;
    if (strncmp(*p, KEYS, strlen(KEYS)) == 0)
    {
        step->kind = SS_PATH_KEYS;
        *p += strlen(KEYS);
        return **p == '\0' ? NULL : "nothing can follow keyvalue().key";
    }
    if (**p == '*')
    {
        step->kind = (*p)[1] == '*' ? SS_PATH_DEEP : SS_PATH_ANY_KEY;
        *p += step->kind == SS_PATH_DEEP ? 2 : 1;
        return NULL;
    }
    if (!read_key(p, &name))
        wrong = "a key is missing, or its closing quote";
    else if (!ss_utf8_valid(name.data, name.len, NULL))
        wrong = "it is no UTF-8";
    step->key = ss_strndup(result, ss_buf_text(&name), name.len);
    step->n = name.len;
    ss_buf_done(&name);
    return wrong;
}

void
ss_path_put(const ss_path_step *steps, size_t n, ss_buf *out)
{
    ss_buf_putc(out, '$');
    for (size_t i = 0; i < n; i++)
    {
        switch (steps[i].kind)
        {
        case SS_PATH_KEY:
            ss_buf_putc(out, '.');
            if (steps[i].n == 0)
                ss_buf_puts(out, "\"\"");
            else
                ss_text_ident(out, steps[i].key);
            break;
        case SS_PATH_ELEMENT:
            ss_buf_puts(out, "[*]");
            break;
        case SS_PATH_ANY_KEY:
            ss_buf_puts(out, ".*");
            break;
        case SS_PATH_DEEP:
            ss_buf_puts(out, ".**");
            break;
        case SS_PATH_KEYS:
            ss_buf_puts(out, "." KEYS);
            break;
        }
    }
}

const char *
ss_path_parse(const char *text, ss_arena *result, ss_path *path)
{
    ss_path_step steps[SS_PATH_STEPS_MAX], *kept;
    const char *p = text, *wrong;
    ss_buf out = {0};
    size_t n = 0;

    if (*p++ != '$')
        return "a path begins with $, the document";
    while (*p != '\0')
    {
        if (n == SS_PATH_STEPS_MAX)
            return "it has too many steps";
        wrong = read_step(&p, result, &steps[n]);
        if (wrong != NULL)
            return wrong;
        /* .**.** is .** */
        n += n == 0 || steps[n].kind != SS_PATH_DEEP || steps[n - 1].kind != SS_PATH_DEEP;
    }
    kept = ss_alloc(result, n + 1, sizeof *kept);
    memcpy(kept, steps, n * sizeof *kept);
    ss_path_put(kept, n, &out);
    *path = (ss_path){.text = ss_strdup(result, ss_buf_text(&out)),
                      .steps = kept,
                      .nsteps = n,
                      .of_keys = n > 0 && kept[n - 1].kind == SS_PATH_KEYS};
    ss_buf_done(&out);
    return NULL;
}

/* --- sets of paths -------------------------------------------------------------------------------- */

typedef struct place /* within a path: its steps so far */
{
    uint32_t path, at;
} place;

typedef struct places /* all that a state stands for, sorted */
{
    place *list;
    size_t n;
} places;

typedef struct building
{
    const ss_path *const *paths;
    size_t npaths;
    ss_arena *result, *scratch;
    ss_path_state *states;
    places *of; /* each state */
    size_t n, states_capacity, of_capacity;
    place *room;     /* for those that are gathered */
    uint32_t *first; /* of each path: the number of its first place among all places */
    ss_buf name;     /* of the state that is looked for */
    ss_map *known;   /* states by what they stand for */
    ss_path_tie *ties;
    size_t nties, ties_capacity;
    bool too_many;
} building;

static const ss_path_step *
step_at(const building *b, place p)
{
    return p.at < b->paths[p.path]->nsteps ? &b->paths[p.path]->steps[p.at] : NULL;
}

static int
compare_places(const void *a, const void *b)
{
    const place *x = a, *y = b;

    if (x->path != y->path)
        return x->path < y->path ? -1 : 1;
    return x->at < y->at ? -1 : x->at > y->at;
}

/* Places come in order: from one of a path lead its own number and the next two, and those before it have been followed. */
static void
add_place(const building *b, places *to, place p)
{
    const ss_path_step *step = step_at(b, p);

    if (to->n > 0 && compare_places(&p, &to->list[to->n - 1]) <= 0)
        return;
    to->list[to->n++] = p;
    /* .** is of nothing, too */
    if (step != NULL && step->kind == SS_PATH_DEEP)
        add_place(b, to, (place){p.path, p.at + 1});
}

/* So that no byte of it is 0. */
static void
put_number(ss_buf *out, uint32_t n)
{
    char digits[4];

    for (size_t i = 0; i < sizeof digits; i++, n /= 255)
        digits[i] = (char) (1 + n % 255);
    ss_buf_append(out, digits, sizeof digits);
}

/* The state that stands for these places, which may be a new one. */
static uint32_t
state_of(building *b, const places *of)
{
    uintptr_t known;

    if (of->n == 0)
        return SS_PATH_NOWHERE;
    ss_buf_clear(&b->name);
    for (size_t i = 0; i < of->n; i++)
        put_number(&b->name, b->first[of->list[i].path] + of->list[i].at);
    known = (uintptr_t) ss_map_get(b->known, ss_buf_text(&b->name));
    if (known != 0)
        return (uint32_t) known;
    if (b->n == STATES_MAX)
    {
        b->too_many = true;
        return SS_PATH_NOWHERE;
    }
    (void) ss_map_put(b->known, ss_strdup(b->scratch, ss_buf_text(&b->name)),
                      (void *) (uintptr_t) b->n);
    b->of = ss_grow(b->scratch, b->of, b->n, &b->of_capacity, sizeof *b->of);
    b->of[b->n] = (places){.list = ss_alloc(b->scratch, of->n, sizeof *of->list), .n = of->n};
    memcpy(b->of[b->n].list, of->list, of->n * sizeof *of->list);
    return (uint32_t) b->n++;
}

/* By a key that paths name, any other one (key: NULL), or an element. */
static uint32_t
follow(building *b, const places *from, const ss_path_step *key, bool element)
{
    places to = {.list = b->room};

    for (size_t i = 0; i < from->n; i++)
    {
        const place here = from->list[i], next = {here.path, here.at + 1};
        const ss_path_step *step = step_at(b, here);

        if (step == NULL)
            continue;
        if (step->kind == SS_PATH_DEEP)
            add_place(b, &to, here);
        else if (element ? step->kind == SS_PATH_ELEMENT
                         : step->kind == SS_PATH_ANY_KEY ||
                               (step->kind == SS_PATH_KEY && key != NULL && step->n == key->n &&
                                memcmp(step->key, key->key, key->n) == 0))
            add_place(b, &to, next);
    }
    return state_of(b, &to);
}

static int
compare_edges(const void *a, const void *b)
{
    const ss_path_edge *x = a, *y = b;

    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return memcmp(x->key, y->key, x->n);
}

static size_t
count(const ss_path *path, ss_path_step_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < path->nsteps; i++)
        n += path->steps[i].kind == kind;
    return n;
}

/* Less than 0: a is more special. */
static int
compare_special(const ss_path *a, const ss_path *b)
{
    const size_t deep_a = count(a, SS_PATH_DEEP), deep_b = count(b, SS_PATH_DEEP);
    const size_t any_a = count(a, SS_PATH_ANY_KEY), any_b = count(b, SS_PATH_ANY_KEY);

    if (deep_a != deep_b)
        return deep_a < deep_b ? -1 : 1;
    if (any_a != any_b)
        return any_a < any_b ? -1 : 1;
    return a->nsteps > b->nsteps ? -1 : a->nsteps < b->nsteps;
}

static void
add_tie(building *b, ss_path_tie tie)
{
    for (size_t i = 0; i < b->nties; i++)
    {
        if (b->ties[i].one == tie.one && b->ties[i].other == tie.other)
            return;
    }
    b->ties = ss_grow(b->result, b->ties, b->nties, &b->ties_capacity, sizeof *b->ties);
    b->ties[b->nties++] = tie;
}

/* Of a place: does its path end here, or are the keys here its? */
static bool
is_meant(const building *b, place p, bool keys)
{
    const ss_path_step *step = step_at(b, p);

    return keys ? step != NULL && step->kind == SS_PATH_KEYS : step == NULL;
}

/* The most special path that ends here, or whose keys are meant here. */
static uint32_t
most_special(building *b, const places *of, bool keys)
{
    uint32_t best = SS_PATH_NONE;

    for (size_t i = 0; i < of->n; i++)
    {
        if (is_meant(b, of->list[i], keys) &&
            (best == SS_PATH_NONE ||
             compare_special(b->paths[of->list[i].path], b->paths[best]) < 0))
            best = of->list[i].path;
    }
    for (size_t i = 0; i < of->n; i++)
    {
        if (is_meant(b, of->list[i], keys) && of->list[i].path != best &&
            compare_special(b->paths[of->list[i].path], b->paths[best]) == 0)
            add_tie(b, (ss_path_tie){best, of->list[i].path});
    }
    return best;
}

static void
build_state(building *b, size_t index)
{
    const places of = b->of[index];
    ss_path_state s = {.wild = SS_PATH_NONE, .via = of.list[0].path, .via_at = of.list[0].at};
    ss_path_edge *edges = ss_alloc(b->result, of.n + 1, sizeof *edges);

    for (size_t i = 0; i < of.n; i++)
    {
        const ss_path_step *step = step_at(b, of.list[i]);
        bool known = false;

        if (step == NULL)
            continue;
        if ((step->kind == SS_PATH_ANY_KEY || step->kind == SS_PATH_DEEP) && s.wild == SS_PATH_NONE)
        {
            s.wild = of.list[i].path;
            s.wild_at = of.list[i].at + (step->kind == SS_PATH_DEEP);
        }
        if (step->kind != SS_PATH_KEY)
            continue;
        for (size_t k = 0; k < s.nedges; k++)
            known =
                known || (edges[k].n == step->n && memcmp(edges[k].key, step->key, step->n) == 0);
        if (!known)
            edges[s.nedges++] =
                (ss_path_edge){.key = step->key, .n = step->n, .to = follow(b, &of, step, false)};
    }
    qsort(edges, s.nedges, sizeof *edges, compare_edges);
    s.edges = edges;
    s.other = follow(b, &of, NULL, false);
    s.element = follow(b, &of, NULL, true);
    s.path = most_special(b, &of, false);
    s.keys = most_special(b, &of, true);
    b->states[index] = s;
}

const ss_path_set *
ss_path_set_new(const ss_path *const *paths, size_t n, ss_arena *result)
{
    building b = {.paths = paths,
                  .npaths = n,
                  .result = result,
                  .scratch = ss_arena_new(NULL),
                  .n = SS_PATH_ROOT};
    ss_path_set *set = NULL;
    ss_path_state *states;
    places root = {0};
    size_t places_max = 1;

    b.known = ss_map_new(b.scratch);
    b.first = ss_alloc(b.scratch, n + 1, sizeof *b.first);
    ss_buf_defer(b.scratch, &b.name);
    for (size_t i = 0; i < n; i++)
    {
        b.first[i] = (uint32_t) places_max;
        places_max += paths[i]->nsteps + 1;
    }
    b.room = ss_alloc(b.scratch, places_max, sizeof *b.room);
    root.list = b.room;
    for (size_t i = 0; i < n; i++)
        add_place(&b, &root, (place){(uint32_t) i, 0});
    b.states = ss_grow(b.scratch, b.states, 0, &b.states_capacity, sizeof *b.states);
    b.of = ss_grow(b.scratch, b.of, 0, &b.of_capacity, sizeof *b.of);
    b.states[SS_PATH_NOWHERE] =
        (ss_path_state){.path = SS_PATH_NONE, .keys = SS_PATH_NONE, .wild = SS_PATH_NONE};
    (void) state_of(&b, &root);
    for (size_t i = SS_PATH_ROOT; i < b.n && !b.too_many; i++)
    {
        b.states = ss_grow(b.scratch, b.states, i, &b.states_capacity, sizeof *b.states);
        build_state(&b, i);
    }
    if (!b.too_many && n > 0)
    {
        set = ss_alloc(result, 1, sizeof *set);
        states = ss_alloc(result, b.n, sizeof *states);
        memcpy(states, b.states, b.n * sizeof *states);
        *set = (ss_path_set){.states = states, .nstates = b.n, .ties = b.ties, .nties = b.nties};
    }
    ss_arena_free(b.scratch);
    return set;
}

uint32_t
ss_path_next(const ss_path_set *set, uint32_t state, const char *key, size_t n, bool *named)
{
    const ss_path_state *s = &set->states[state];
    size_t low = 0, high = s->nedges;

    while (high - low > FEW_EDGES)
    {
        const size_t middle = low + (high - low) / 2;
        const ss_path_edge *e = &s->edges[middle];
        const int order = e->n != n ? (e->n < n ? -1 : 1) : memcmp(e->key, key, n);

        if (order <= 0)
            low = middle;
        else
            high = middle;
    }
    for (; low < high; low++)
    {
        if (s->edges[low].n == n && memcmp(s->edges[low].key, key, n) == 0)
        {
            *named = true;
            return s->edges[low].to;
        }
    }
    *named = false;
    return s->other;
}
