#include "classify/values.h"

#include <string.h>

#include "base/text.h"
#include "catalog/names_of_people.h"
#include "classify/document.h"

#define DIGITS_DISTINCT 50 /* distinct values that prove a kind by their check digits */
#define FORM_DISTINCT   20 /* by a form that little else has */
#define CHECKED_MAX                                                                                \
    300 /* distinct values that are held against all forms; more tell no more of shares */
#define NUMBER_MAX 80  /* bytes of the longest of those that are not held against every value */
#define PROVEN     0.8 /* of them (reference: privacy, 7.1) */
#define NAMED      0.6
#define PEOPLE_MIN 3 /* keys of an object */
#define PATHS_MAX  400
#define NODES_MAX                                                                                  \
    2000 /* with those of keys that are not named: lists and objects within one another have many shapes */
#define CHILDREN_MAX 64 /* an object with more keys than these over its rows has data for keys */
#define KEYS         "keyvalue().key" /* of SQL/JSON: keys as values */
#define REST         "$.**"           /* what is named nowhere */
#define RARE         3                /* rows: keys of fewer are not named */

typedef struct node node;

struct ss_look
{
    ss_arena *arena;
    ss_values v;
    char letter;
    ss_document document;
    int year;
    unsigned decades;
    uint64_t *seen; /* open addressing; 0 is free */
    size_t capacity;
    node *root; /* of documents */
    size_t nnodes;
    size_t beyond;   /* levels that the walk is within what has no node */
    ss_look *others; /* values there */
    bool broken;     /* a document that cannot be read: nobody knows what is in it */
};

struct node
{
    const char *key; /* NULL: the root; "*": keys that are data; "[*]": elements */
    node *parent;
    node *children, *next;
    size_t nchildren;
    size_t rows, last_row; /* that it stands in: how many, and the last */
    ss_look *look;         /* of its values */
    char letter;
};

/* FNV-1a (Fowler, Noll, Vo): within one process, over values that an attacker gains nothing by colliding. */
static uint64_t
hash(const char *text, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < n; i++)
        h = (h ^ (unsigned char) text[i]) * UINT64_C(1099511628211);
    return h == 0 ? 1 : h;
}

static bool
insert(uint64_t *set, size_t capacity, uint64_t h)
{
    size_t at = h & (capacity - 1);

    while (set[at] != 0 && set[at] != h)
        at = (at + 1) & (capacity - 1);
    if (set[at] == h)
        return false;
    set[at] = h;
    return true;
}

/* Is it new? */
static bool
note_distinct(ss_look *l, const char *text, size_t n)
{
    if (l->v.distinct * 2 >= l->capacity)
    {
        const size_t capacity = l->capacity == 0 ? 64 : l->capacity * 2;
        uint64_t *set = ss_alloc(l->arena, capacity, sizeof *set);

        for (size_t i = 0; i < l->capacity; i++)
        {
            if (l->seen[i] != 0)
                (void) insert(set, capacity, l->seen[i]);
        }
        l->seen = set;
        l->capacity = capacity;
    }
    return insert(l->seen, l->capacity, hash(text, n));
}

ss_look *
ss_look_new(ss_arena *scratch, char letter, ss_document document, int year)
{
    ss_look *l = ss_alloc(scratch, 1, sizeof *l);

    l->arena = scratch;
    l->letter = letter;
    l->document = document;
    l->year = year;
    return l;
}

static size_t
count_words(const char *text, size_t n)
{
    size_t words = 0;

    for (size_t i = 0; i < n; i++)
        words += text[i] != ' ' && (i == 0 || text[i - 1] == ' ');
    return words;
}

/* YYYY-MM-DD, and of a moment its midnight. */
static void
look_at_birth(ss_look *l, const char *text, size_t n)
{
    int year = 0;

    if (n < 10 || text[4] != '-' || text[7] != '-')
        return;
    for (size_t i = 0; i < 4; i++)
        year = year * 10 + (text[i] - '0');
    if (n > 10 && (n < 19 || memcmp(text + 10, " 00:00:00", 9) != 0))
        return;
    if (year >= l->year || year < l->year - 110)
        return;
    l->v.births++;
    l->decades |= 1U << ((l->year - year) / 10);
}

/* The first bytes of pictures (JPEG, PNG, GIF, WebP, TIFF), sound, PDF and records of ISO/IEC 19794. */
static bool
begins_as_image(const char *hex, size_t n)
{
    static const char *const starts[] = {"ffd8ff",   "89504e47", "47494638", "52494646", "49492a00",
                                         "4d4d002a", "25504446", "494433",   "4f676753", "464d5200",
                                         "46495200", "46414300", "49495200"};

    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
    {
        const size_t length = strlen(starts[i]);

        if (n >= length && memcmp(hex, starts[i], length) == 0)
            return true;
    }
    return false;
}

static void
look_at_scalar(ss_look *l, const char *text, size_t n)
{
    size_t forms;
    const ss_recogniser *const *list = ss_recogniser_forms(&forms);
    const size_t words = count_words(text, n);

    l->v.n++;
    if (n > l->v.longest)
        l->v.longest = n;
    if (!note_distinct(l, text, n))
        return;
    l->v.distinct++;
    l->v.words += words;
    if (strchr("dm", l->letter) != NULL)
        look_at_birth(l, text, n);
    else if (l->letter == 'x')
        l->v.images += begins_as_image(text, n);
    else
    {
        const bool all = l->v.checked < CHECKED_MAX;

        l->v.checked += all;
        if (l->letter == 't')
            l->v.holding += ss_text_scan(text, n, NULL, 0, l->v.hits) > 0;
        /* One e-mail address among thousands of texts counts: forms that prove by themselves are looked for in every value. */
        for (size_t i = 0; i < forms; i++)
        {
            if ((list[i]->proof == SS_PROOF_FORM || (all && n <= NUMBER_MAX)) &&
                strchr(list[i]->types, l->letter) != NULL && list[i]->accepts(text, n))
                l->v.accepted[i]++;
        }
    }
}

static double
share_of(const ss_values *v, const ss_recogniser *r, size_t i)
{
    const size_t of = r->proof == SS_PROOF_FORM ? v->distinct : v->checked;

    return of == 0 ? 0 : (double) v->accepted[i] / (double) of;
}

/* --- documents ---------------------------------------------------------------------------------- */

/* Keys are names where they are written like names. */
static bool
is_name(const char *key)
{
    const size_t n = strlen(key);
    bool letter = false;

    for (size_t i = 0; i < n; i++)
    {
        const char c = key[i];
        const bool here = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        letter = letter || here;
        if (!here && !(c >= '0' && c <= '9') && strchr("_-.:$#@", c) == NULL)
            return false;
    }
    return letter && n <= 64 && !ss_is_key_of_data(key, n);
}

/* No key of a document, but a way to say which values are meant. */
static bool
is_made_up(const char *key)
{
    return strcmp(key, "[*]") == 0 || strcmp(key, "*") == 0 || strcmp(key, KEYS) == 0;
}

/* NULL: there are too many. */
static node *
child(ss_look *l, node *parent, const char *key)
{
    node *c = parent->children;

    while (c != NULL && strcmp(c->key, key) != 0)
        c = c->next;
    if (c != NULL)
        return c;
    if (l->nnodes >= PATHS_MAX)
    {
        /* What no name is looked at of may be called anything. */
        l->v.keys_are_data = true;
        if (!is_made_up(key))
            return child(l, parent, "*");
        if (l->nnodes >= NODES_MAX)
            return NULL;
    }
    c = ss_alloc(l->arena, 1, sizeof *c);
    c->key = ss_strdup(l->arena, key);
    c->parent = parent;
    c->next = parent->children;
    parent->children = c;
    parent->nchildren++;
    l->nnodes++;
    return c;
}

/* Once a row, however often it stands there. */
static void
count_row(const ss_look *l, node *n)
{
    n->rows += n->last_row != l->v.n;
    n->last_row = l->v.n;
}

static void
look_at_other(ss_look *l, const char *text, size_t n)
{
    if (l->others == NULL)
        l->others = ss_look_new(l->arena, 't', SS_DOCUMENT_JSON, l->year);
    look_at_scalar(l->others, text, n);
}

static void
look_at_key(ss_look *l, node *at, const char *key)
{
    node *keys = child(l, at, KEYS);

    l->v.keys_are_data = true;
    if (keys == NULL)
    {
        look_at_other(l, key, strlen(key));
        return;
    }
    count_row(l, keys);
    if (keys->look == NULL)
    {
        keys->letter = 't';
        keys->look = ss_look_new(l->arena, 't', SS_DOCUMENT_JSON, l->year);
    }
    look_at_scalar(keys->look, key, strlen(key));
}

/* What has no node: its values, whatever they are called. */
static void
visit_beyond(ss_look *l, ss_document_event event, const char *text, size_t n)
{
    switch (event)
    {
    case SS_DOCUMENT_KEY:
        look_at_other(l, text, n);
        l->beyond++;
        break;
    case SS_DOCUMENT_ELEMENT:
        l->beyond++;
        break;
    case SS_DOCUMENT_END:
        l->beyond--;
        break;
    case SS_DOCUMENT_TEXT:
    case SS_DOCUMENT_NUMBER:
        look_at_other(l, text, n);
        break;
    case SS_DOCUMENT_FLAG:
        break;
    }
}

/* Of a path that holds numbers here and texts there, the texts say more, and both more than flags. */
static void
note_letter(node *n, ss_document_event event)
{
    if (event == SS_DOCUMENT_TEXT || (event == SS_DOCUMENT_NUMBER && n->letter == 'b'))
        n->letter = n->look->letter = event == SS_DOCUMENT_TEXT ? 't' : 'n';
}

static void
visit(void *arg, void **at, ss_document_event event, const char *text, size_t n)
{
    ss_look *l = arg;
    node *here = *at, *below;

    if (l->beyond > 0)
    {
        visit_beyond(l, event, text, n);
        return;
    }
    switch (event)
    {
    case SS_DOCUMENT_KEY: {
        const bool name = is_name(text) && here->nchildren < CHILDREN_MAX;

        if (!name)
            look_at_key(l, here, text);
        below = child(l, here, name ? text : "*");
        if (below == NULL)
            l->beyond = 1;
        else
        {
            count_row(l, below);
            *at = below;
        }
        break;
    }
    case SS_DOCUMENT_ELEMENT:
        below = child(l, here, "[*]");
        if (below == NULL)
            l->beyond = 1;
        else
        {
            below->rows += RARE; /* places in a list have no names of their own */
            *at = below;
        }
        break;
    case SS_DOCUMENT_END:
        *at = here->parent;
        break;
    case SS_DOCUMENT_TEXT:
    case SS_DOCUMENT_NUMBER:
    case SS_DOCUMENT_FLAG:
        if (here->look == NULL)
        {
            here->letter = event == SS_DOCUMENT_TEXT     ? 't'
                           : event == SS_DOCUMENT_NUMBER ? 'n'
                                                         : 'b';
            here->look = ss_look_new(l->arena, here->letter, SS_DOCUMENT_JSON, l->year);
        }
        note_letter(here, event);
        if (event != SS_DOCUMENT_FLAG)
            look_at_scalar(here->look, text, n);
        break;
    }
}

void
ss_look_at(ss_look *l, const char *text, size_t n)
{
    if (l->letter != 'j')
    {
        look_at_scalar(l, text, n);
        return;
    }
    if (l->root == NULL)
    {
        l->root = ss_alloc(l->arena, 1, sizeof *l->root);
        l->root->rows = RARE;
    }
    l->v.n++;
    if (n > l->v.longest)
        l->v.longest = n;
    l->beyond = 0;
    if (!ss_document_walk(l->document, text, n, visit, l, l->root))
        l->broken = true;
}

/* --- what there was to see ------------------------------------------------------------------------ */

static void
add_up(ss_values *to, const ss_values *v)
{
    to->n += v->n;
    to->distinct += v->distinct;
    to->checked += v->checked;
    for (size_t i = 0; i < SS_FORMS_MAX; i++)
        to->accepted[i] += v->accepted[i];
    to->holding += v->holding;
    for (size_t k = 0; k < SS_TEXT_NKINDS; k++)
        to->hits[k] += v->hits[k];
    to->words += v->words;
    to->longest = v->longest > to->longest ? v->longest : to->longest;
}

static void
put_path(const node *n, ss_buf *out)
{
    if (n->parent == NULL)
    {
        ss_buf_putc(out, '$');
        return;
    }
    put_path(n->parent, out);
    if (is_made_up(n->key))
        ss_buf_printf(out, "%s%s", n->key[0] == '[' ? "" : ".", n->key);
    else
    {
        ss_buf_putc(out, '.');
        ss_text_ident(out, n->key);
    }
}

static const char *
path_of(const node *n, ss_arena *result)
{
    ss_buf path = {0};
    const char *text;

    put_path(n, &path);
    text = ss_strdup(result, ss_buf_text(&path));
    ss_buf_done(&path);
    return text;
}

static const char *
last_key(const node *n)
{
    while (n->parent != NULL && is_made_up(n->key))
        n = n->parent;
    return n->parent == NULL ? "" : n->key;
}

typedef struct listing
{
    ss_arena *result;
    ss_path_values *list;
    size_t n, capacity;
    const char **empty; /* paths of no value */
    size_t nempty, empty_capacity;
    bool people; /* some of the keys are called as people are */
} listing;

static void
list_path(listing *to, const char *path, const node *n)
{
    to->list = ss_grow(to->result, to->list, to->n, &to->capacity, sizeof *to->list);
    to->list[to->n++] = (ss_path_values){.path = path,
                                         .name = ss_words_of(last_key(n), to->result),
                                         .letter = n->letter,
                                         .values = n->look->v};
}

/* "anna", "john_smith" */
static bool
is_person(const char *key)
{
    char name[65];
    const size_t n = strlen(key);

    if (is_made_up(key) || n >= sizeof name)
        return false;
    for (size_t i = 0; i <= n; i++)
        name[i] = (char) (strchr("_-.", key[i]) != NULL && key[i] != '\0' ? ' ' : key[i]);
    return ss_is_person_name(name, n);
}

/* Are most keys of the object people?  One alone may be a word as well. */
static bool
has_people_for_keys(const node *n)
{
    size_t people = 0, all = 0;

    for (const node *c = n->children; c != NULL; c = c->next)
    {
        people += is_person(c->key);
        all += !is_made_up(c->key);
    }
    return people >= PEOPLE_MIN && (double) people >= NAMED * (double) all;
}

/*
 * Depth first, in the order of keys: the same documents give the same list.  few: a key on the way there stands in few rows, or is somebody, and so
 * does all that is below it.
 */
static void
list_paths(listing *to, listing *rare, const node *n, bool few, ss_values *rest)
{
    const bool people = has_people_for_keys(n);
    const node **sorted;
    size_t count = 0;

    to->people = to->people || people;
    few = few || n->rows < RARE;
    if (n->look != NULL && few)
    {
        add_up(rest, &n->look->v);
        list_path(rare, REST, n);
    }
    else if (n->look != NULL)
        list_path(to, path_of(n, to->result), n);
    else if (n->nchildren == 0 && n->parent != NULL)
    {
        to->empty =
            ss_grow(to->result, to->empty, to->nempty, &to->empty_capacity, sizeof *to->empty);
        to->empty[to->nempty++] = path_of(n, to->result);
    }
    sorted = ss_alloc(to->result, n->nchildren + 1, sizeof *sorted);
    for (const node *c = n->children; c != NULL; c = c->next)
    {
        size_t k = count++;

        for (; k > 0 && strcmp(sorted[k - 1]->key, c->key) > 0; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = c;
    }
    for (size_t i = 0; i < count; i++)
        list_paths(to, rare, sorted[i], few || (people && is_person(sorted[i]->key)), rest);
}

ss_values
ss_look_finish(ss_look *l, ss_arena *result)
{
    listing to = {.result = result}, rare = {.result = result};
    ss_values rest = {0};

    for (unsigned d = l->decades; d != 0; d &= d - 1)
        l->v.decades++;
    if (l->root == NULL)
        return l->v;
    list_paths(&to, &rare, l->root, false, &rest);
    if (l->others != NULL)
        add_up(&rest, &l->others->v);
    if (rest.n > 0 || rare.n > 0)
    {
        to.list = ss_grow(result, to.list, to.n, &to.capacity, sizeof *to.list);
        to.list[to.n++] = (ss_path_values){.path = REST, .letter = 't', .values = rest};
    }
    l->v.paths = to.list;
    l->v.npaths = to.n;
    l->v.empty = to.empty;
    l->v.nempty = to.nempty;
    l->v.rare = rare.list;
    l->v.nrare = rare.n;
    l->v.keys_are_data = l->v.keys_are_data || l->broken || to.people;
    return l->v;
}

double
ss_values_share(const ss_values *v, const ss_recogniser *recogniser)
{
    size_t n;
    const ss_recogniser *const *list = ss_recogniser_forms(&n);

    for (size_t i = 0; i < n; i++)
    {
        if (list[i] == recogniser)
            return share_of(v, list[i], i);
    }
    return 0;
}

const ss_recogniser *
ss_values_prove(const ss_values *v, char letter, double *share)
{
    size_t n;
    const ss_recogniser *const *list = ss_recogniser_forms(&n);
    const ss_recogniser *best = NULL;

    *share = 0;
    for (size_t i = 0; i < n; i++)
    {
        const size_t wanted = list[i]->proof == SS_PROOF_DIGITS ? DIGITS_DISTINCT : FORM_DISTINCT;
        const double here = share_of(v, list[i], i);

        if (list[i]->proof == SS_PROOF_NONE || v->distinct < wanted ||
            here < (list[i]->proof == SS_PROOF_NAMES ? NAMED : PROVEN) ||
            strchr(list[i]->types, letter) == NULL || here <= *share)
            continue;
        best = list[i];
        *share = here;
    }
    return best;
}

const char *
ss_values_hold(const ss_values *v, const char *but, ss_arena *result)
{
    const char *separator = ": ", *text;
    size_t others = 0;
    ss_buf out = {0};

    for (int k = 0; k < SS_TEXT_NKINDS; k++)
        others += but == NULL || strcmp(ss_text_kind_names[k], but) != 0 ? v->hits[k] : 0;
    if (others == 0)
        return NULL;
    ss_buf_printf(&out, "%zu of %zu texts hold%s identifiers", v->holding, v->distinct,
                  v->holding == 1 ? "s" : "");
    for (int k = 0; k < SS_TEXT_NKINDS; k++)
    {
        if (v->hits[k] == 0)
            continue;
        ss_buf_printf(&out, "%s%s %zu", separator, ss_text_kind_names[k], v->hits[k]);
        separator = ", ";
    }
    text = ss_strdup(result, ss_buf_text(&out));
    ss_buf_done(&out);
    return text;
}
