#include "generate/pattern.h"

#include <string.h>

#include "base/wide.h"
#include "rand/stream.h"

#define TEXT_MOST   1000 /* bytes of a pattern */
#define DEPTH_MOST  8
#define ITEMS_MOST  400
#define WORK_MOST   4096 /* steps that make one text */
#define MORE        8    /* repetitions beyond the least that are made where there is room */
#define REPEAT_MOST 255  /* PostgreSQL's DUPMAX */
#define COUNT_MOST  (UINT64_C(1) << 40)
#define PRINTABLE   95
#define DRAWS_MOST  100 /* until a text has the length that is wanted */

__extension__ typedef unsigned __int128 wide;

static const char lower[] = "abcdefghijklmnopqrstuvwxyz", upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                  digits[] = "0123456789";

typedef struct branch branch;

/* Of one character or, where it has branches, of one of them. */
typedef struct item
{
    unsigned least, most; /* repetitions, as the pattern has it */
    unsigned from, to;    /* of which these are made */
    bool tail;            /* whatever may follow */
    size_t nchars;
    char chars[PRINTABLE];
    branch *branches;
    size_t nbranches;
    bool apart;     /* the branches: no text is of two of them, whatever follows */
    bool even;      /* numbers go round them; else all are the richest's */
    size_t richest; /* of them, in different texts */
    uint64_t count; /* different texts by number: of one repetition, with all inside made */
} item;

struct branch
{
    item *items;
    size_t n, capacity;
    size_t shortest, longest, work;
    uint64_t count;
};

struct ss_text_pattern
{
    item whole;
    bool says;
    bool fits;          /* all texts are of that length */
    size_t least, most; /* characters that CHECKs want */
    uint64_t stride;
};

typedef struct set
{
    bool has[128];
} set;

typedef struct parser
{
    const ss_pattern_kind *kind;
    const char *at;
    ss_arena *arena;
    size_t nitems;
} parser;

/* --- sets of characters ----------------------------------------------------------------------------- */

static void
add(set *s, const char *chars)
{
    for (; *chars != '\0'; chars++)
        s->has[(unsigned char) *chars] = true;
}

static void
add_range(set *s, unsigned char low, unsigned char high)
{
    for (unsigned i = low; i <= high; i++)
        s->has[i] = true;
}

/* Letters and digits that it lacks; marks where it has all of those. */
static set
all_but(const set *s)
{
    set other = {0};
    bool any = false;

    for (const char *c = "abcdefghijklmnopqrstuvwxyz0123456789"; *c != '\0'; c++)
    {
        other.has[(unsigned char) *c] = !s->has[(unsigned char) *c];
        any = any || other.has[(unsigned char) *c];
    }
    for (unsigned i = ' '; i < 127 && !any; i++)
        other.has[i] = !s->has[i];
    return other;
}

/* \d and the like; false for an escape of another kind. */
static bool
add_escape(set *s, char c)
{
    set own = {0};

    switch (c)
    {
    case 'd':
    case 'D':
        add(&own, digits);
        break;
    case 'w':
    case 'W':
        add(&own, lower);
        add(&own, upper);
        add(&own, digits);
        add(&own, "_");
        break;
    case 's':
    case 'S':
        add(&own, " ");
        break;
    default:
        /* Escaped letters and digits have meanings of their own. */
        if (c <= ' ' || c > '~' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
            (c >= 'A' && c <= 'Z'))
            return false;
        own.has[(unsigned char) c] = true;
    }
    if (c == 'D' || c == 'W' || c == 'S')
        own = all_but(&own);
    for (size_t i = 0; i < sizeof own.has; i++)
        s->has[i] = s->has[i] || own.has[i];
    return true;
}

/* [:digit:] and the like, at the colon; false for one that is not known. */
static bool
add_class(parser *p, set *s)
{
    static const struct
    {
        const char *name, *chars[3];
    } classes[] = {
        {":digit:]", {digits, "", ""}},       {":lower:]", {lower, "", ""}},
        {":upper:]", {upper, "", ""}},        {":alpha:]", {lower, upper, ""}},
        {":alnum:]", {lower, upper, digits}}, {":xdigit:]", {digits, "abcdef", ""}},
        {":space:]", {" ", "", ""}},
    };

    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++)
    {
        const size_t n = strlen(classes[i].name);

        if (strncmp(p->at, classes[i].name, n) != 0)
            continue;
        for (size_t k = 0; k < 3; k++)
            add(s, classes[i].chars[k]);
        p->at += n;
        return true;
    }
    return false;
}

/* [...], at what follows the bracket. */
static bool
parse_class(parser *p, set *s)
{
    const bool negated = *p->at == '^';
    const char *first;

    p->at += negated;
    for (first = p->at; *p->at != ']' || p->at == first;)
    {
        const unsigned char c = (unsigned char) *p->at++;

        if (c < ' ' || c > '~')
            return false;
        if (c == '[' && strchr(":.=", *p->at) != NULL)
        {
            if (!add_class(p, s))
                return false;
        }
        else if (c == '\\')
        {
            if (!add_escape(s, *p->at) || (p->at[1] == '-' && p->at[2] != ']'))
                return false;
            p->at++;
        }
        else if (*p->at == '-' && p->at[1] != ']')
        {
            const unsigned char high = (unsigned char) p->at[1];

            if (high < c || high > '~' || high == '\\' || high == '[')
                return false;
            add_range(s, c, high);
            p->at += 2;
        }
        else
            s->has[c] = true;
    }
    p->at++;
    for (unsigned c = 'A'; p->kind->fold && c <= 'Z'; c++)
        s->has[c] = s->has[c ^ 0x20] = s->has[c] || s->has[c ^ 0x20];
    if (negated)
        *s = all_but(s);
    return true;
}

/* --- parsing ------------------------------------------------------------------------------------------ */

static item *
push(parser *p, branch *b)
{
    if (++p->nitems > ITEMS_MOST)
        return NULL;
    b->items = ss_grow(p->arena, b->items, b->n, &b->capacity, sizeof *b->items);
    b->items[b->n] = (item){.least = 1, .most = 1};
    return &b->items[b->n++];
}

/* False when nothing is left of it: an @ would make addresses, and they must be nobody's. */
static bool
take_set(const parser *p, item *i, const set *s)
{
    const ss_pattern_kind *k = p->kind;

    for (unsigned c = ' '; c < 127; c++)
    {
        const bool capital = c >= 'A' && c <= 'Z', small = c >= 'a' && c <= 'z';
        /* Where case is not looked at, the wanted one will do. */
        const bool other =
            k->fold && ((capital && k->upper) || (small && k->lower)) && s->has[c ^ 0x20];

        if (c != '@' && !(capital && k->lower) && !(small && k->upper) && (s->has[c] || other))
            i->chars[i->nchars++] = (char) c;
    }
    return i->nchars > 0;
}

static bool
push_set(parser *p, branch *b, const set *s)
{
    item *i = push(p, b);

    return i != NULL && take_set(p, i, s);
}

/* Whatever may follow: a word that tells one text from another. */
static bool
push_tail(parser *p, branch *b)
{
    set s = {0};

    add(&s, p->kind->upper ? upper : lower);
    if (!push_set(p, b, &s))
        return false;
    b->items[b->n - 1].least = 0;
    b->items[b->n - 1].most = MORE;
    b->items[b->n - 1].tail = true;
    return true;
}

static bool
parse_number(parser *p, unsigned *n)
{
    const char *start = p->at;

    for (*n = 0; *p->at >= '0' && *p->at <= '9' && *n <= REPEAT_MOST; p->at++)
        *n = *n * 10 + (unsigned) (*p->at - '0');
    return p->at > start && *n <= REPEAT_MOST;
}

static bool
parse_repetition(parser *p, item *i)
{
    unsigned most = 1;

    if (*p->at == '\0' || strchr("?*+{", *p->at) == NULL)
        return true;
    i->least = *p->at == '+';
    most = *p->at == '?' ? 1 : REPEAT_MOST;
    if (*p->at++ == '{')
    {
        if (!parse_number(p, &i->least))
            return false;
        most = i->least;
        if (*p->at == ',' && *++p->at == '}')
            most = REPEAT_MOST;
        else if (p->at[-1] == ',' && !parse_number(p, &most))
            return false;
        if (*p->at++ != '}' || most < i->least)
            return false;
    }
    p->at += *p->at == '?';
    i->most = most;
    /* one after the other is an error to PostgreSQL, too */
    return *p->at == '\0' || strchr("?*+{", *p->at) == NULL;
}

static bool parse_branches(parser *p, item *group, int depth);

static bool
parse_atom(parser *p, branch *b, int depth)
{
    const char c = *p->at++;
    set s = {0};
    item *i;

    switch (c)
    {
    case '(':
        if (*p->at == '?' && *++p->at != ':')
            return false;
        p->at += *p->at == ':' && p->at[-1] == '?';
        i = push(p, b);
        if (i == NULL || depth >= DEPTH_MOST || !parse_branches(p, i, depth + 1) || *p->at != ')')
            return false;
        p->at++;
        return true;
    case '[':
        return parse_class(p, &s) && push_set(p, b, &s);
    case '\\':
        if (*p->at == '\0' || !add_escape(&s, *p->at++))
            return false;
        return push_set(p, b, &s);
    case '.':
        add(&s, p->kind->upper ? upper : lower);
        return push_set(p, b, &s);
    case ')':
    case '^':
    case '$':
    case '?':
    case '*':
    case '+':
    case '{':
        return false;
    default:
        if (c < ' ' || c > '~')
            return false;
        s.has[(unsigned char) c] = true;
        return push_set(p, b, &s);
    }
}

static size_t
times(size_t a, size_t b)
{
    return b > 0 && a > WORK_MOST / b ? WORK_MOST + 1 : a * b;
}

static uint64_t
product(uint64_t a, uint64_t b)
{
    return a > COUNT_MOST / b ? COUNT_MOST : a * b;
}

/* What one repetition of a group is. */
static branch
measure_group(item *i)
{
    branch whole = {.shortest = WORK_MOST};
    uint64_t poorest = COUNT_MOST;

    for (size_t k = 0; k < i->nbranches; k++)
    {
        const branch *b = &i->branches[k];

        whole.shortest = b->shortest < whole.shortest ? b->shortest : whole.shortest;
        whole.longest = b->longest > whole.longest ? b->longest : whole.longest;
        whole.work = b->work > whole.work ? b->work : whole.work;
        poorest = b->count < poorest ? b->count : poorest;
        if (b->count > whole.count)
        {
            whole.count = b->count;
            i->richest = k;
        }
    }
    poorest = product(poorest, i->nbranches);
    i->even = i->apart && poorest > whole.count;
    if (i->even)
        whole.count = poorest;
    i->count = whole.count;
    return whole;
}

static void
measure(branch *b)
{
    b->count = 1;
    b->shortest = b->longest = b->work = 0;
    for (size_t k = 0; k < b->n; k++)
    {
        item *i = &b->items[k];
        branch one = {.shortest = 1, .longest = 1, .work = 1};

        if (i->branches == NULL)
            i->count = i->nchars;
        else
            one = measure_group(i);
        b->shortest += times(one.shortest, i->from);
        b->longest += times(one.longest, i->to);
        b->work += times(one.work + 1, i->to);
        if (b->work > WORK_MOST)
            b->work = b->longest = WORK_MOST + 1;
        for (unsigned n = 0; n < i->to; n++)
            b->count = product(b->count, i->count);
    }
}

/* One of the alternatives; anchors stand at the ends of those outside of groups. */
static bool
parse_branch(parser *p, branch *b, int depth)
{
    bool anchored = depth > 0;

    if (depth == 0)
        p->at += *p->at == '^';
    while (*p->at != '\0' && *p->at != '|' && !(depth > 0 && *p->at == ')'))
    {
        if (depth == 0 && *p->at == '$')
        {
            p->at++;
            if (*p->at != '\0' && *p->at != '|')
                return false;
            anchored = true;
            break;
        }
        if (!parse_atom(p, b, depth) || !parse_repetition(p, &b->items[b->n - 1]))
            return false;
    }
    return anchored || push_tail(p, b);
}

/* Do they differ at a place that is as far from the beginning in both? */
static bool
differ(const branch *a, const branch *b)
{
    for (size_t k = 0; k < a->n && k < b->n; k++)
    {
        const item *x = &a->items[k], *y = &b->items[k];
        set s = {0};
        bool common = false;

        if (x->branches != NULL || y->branches != NULL || x->least != x->most ||
            y->least != y->most || x->least != y->least)
            return false;
        for (size_t i = 0; i < x->nchars; i++)
            s.has[(unsigned char) x->chars[i]] = true;
        for (size_t i = 0; i < y->nchars; i++)
            common = common || s.has[(unsigned char) y->chars[i]];
        if (!common && x->least > 0)
            return true;
    }
    return false;
}

static bool
all_differ(const item *group)
{
    for (size_t k = 1; k < group->nbranches; k++)
    {
        for (size_t i = 0; i < k; i++)
        {
            if (!differ(&group->branches[i], &group->branches[k]))
                return false;
        }
    }
    return true;
}

/* Alternatives, up to what closes them. */
static bool
parse_branches(parser *p, item *group, int depth)
{
    branch *branches = NULL;
    size_t n = 0, capacity = 0;

    do
    {
        p->at += n > 0;
        branches = ss_grow(p->arena, branches, n, &capacity, sizeof *branches);
        branches[n] = (branch){0};
        if (!parse_branch(p, &branches[n], depth))
            return false;
        n++;
    } while (*p->at == '|');
    group->branches = branches;
    group->nbranches = n;
    group->apart = all_differ(group);
    return true;
}

static bool
parse_like(parser *p, item *whole)
{
    branch *b = ss_alloc(p->arena, 1, sizeof *b);

    for (; *p->at != '\0'; p->at++)
    {
        set s = {0};

        if (*p->at == '%')
        {
            if (!push_tail(p, b))
                return false;
            continue;
        }
        if (*p->at == '_')
            add(&s, p->kind->upper ? upper : lower);
        else
        {
            p->at += *p->at == '\\';
            if (*p->at < ' ' || *p->at > '~')
                return false;
            s.has[(unsigned char) *p->at] = true;
        }
        if (!push_set(p, b, &s))
            return false;
    }
    whole->branches = b;
    whole->nbranches = 1;
    return true;
}

/*
 * What is made of it when nothing is repeated more than so often beyond what must be; full: and no less often.
 * The parser's depth bounds this one's.
 */
static void
limit(item *i, unsigned more, bool full)
{
    i->to = i->most - i->least < more ? i->most : i->least + more;
    i->from = full ? i->to : i->tail ? (i->to + 1) / 2 : i->least;
    for (size_t k = 0; k < i->nbranches; k++)
    {
        branch *b = &i->branches[k];

        for (size_t n = 0; n < b->n; n++)
            limit(&b->items[n], more, full);
        measure(b);
    }
}

/* As many repetitions as there is room for; as many as the least length takes, where a CHECK says one. */
static bool
fit(item *whole, const ss_pattern_kind *kind)
{
    const size_t most = kind->most < SS_PATTERN_LENGTH ? kind->most : SS_PATTERN_LENGTH;

    for (unsigned n = 0; n <= MORE; n++)
    {
        branch b;

        limit(whole, MORE - n, false);
        b = measure_group(whole);
        if (b.longest > 0 && b.longest <= most && b.shortest >= kind->least && b.work <= WORK_MOST)
            return true;
    }
    for (unsigned n = 0; kind->least > 0 && n <= SS_PATTERN_LENGTH; n++)
    {
        branch b;

        limit(whole, n, true);
        b = measure_group(whole);
        if (b.longest > most || b.work > WORK_MOST)
            return false;
        if (b.longest > 0 && b.shortest >= kind->least)
            return true;
    }
    return false;
}

static bool
is_fixed(const item *i)
{
    bool fixed = i->least == i->most;

    for (size_t k = 0; k < i->nbranches; k++)
    {
        for (size_t n = 0; n < i->branches[k].n; n++)
            fixed = fixed && is_fixed(&i->branches[k].items[n]);
    }
    return fixed;
}

static bool says_of_branch(const branch *b);

/* Must there be a certain character, or certain ones after each other? */
static bool
says(const item *i)
{
    bool all = i->branches != NULL;

    for (size_t k = 0; k < i->nbranches; k++)
        all = all && says_of_branch(&i->branches[k]);
    return i->least > 0 && (all || i->nchars == 1);
}

static bool
says_of_branch(const branch *b)
{
    bool tail = false, fixed = true;

    for (size_t n = 0; n < b->n; n++)
    {
        if (says(&b->items[n]))
            return true;
        tail = tail || b->items[n].tail;
        fixed = fixed && is_fixed(&b->items[n]);
    }
    return !tail && (fixed || b->n > 1);
}

const ss_text_pattern *
ss_pattern_parse(const ss_pattern_kind *kind, ss_arena *arena)
{
    parser p = {.kind = kind, .at = kind->text, .arena = arena};
    ss_text_pattern *made = ss_alloc(arena, 1, sizeof *made);
    item *whole = &made->whole;
    ss_pattern_kind any_length = *kind;
    branch size;

    any_length.least = 0;
    any_length.most = SS_PATTERN_LENGTH;
    /* "***" begins a director of its own. */
    if (strlen(kind->text) > TEXT_MOST || strncmp(kind->text, "***", 3) == 0)
        return NULL;
    *whole = (item){.least = 1, .most = 1};
    if (!(kind->like ? parse_like(&p, whole) : parse_branches(&p, whole, 0)) || *p.at != '\0')
        return NULL;
    made->fits = fit(whole, kind);
    if (!made->fits)
    {
        if (!fit(whole, &any_length))
            return NULL;
        size = measure_group(whole);
        if (size.shortest > kind->most || size.longest < kind->least)
            return NULL;
    }
    made->says = says(whole);
    made->least = kind->least;
    made->most = kind->most;
    made->stride = (uint64_t) ((wide) whole->count * 618034 / 1000000) | 1;
    while (ss_common_divisor(made->stride, whole->count) != 1)
        made->stride++;
    return made;
}

/* --- texts -------------------------------------------------------------------------------------------- */

typedef struct writing
{
    bool by_chance;
    uint64_t state;
    char *out;
    size_t n;
} writing;

static void write_branch(writing *w, const branch *b, uint64_t number);

/* number: below the item's count; nothing by chance. */
static void
write_once(writing *w, const item *i, uint64_t number)
{
    const size_t n = i->branches == NULL ? i->nchars : i->nbranches;
    size_t drawn = i->richest;

    if (w->by_chance)
        drawn = (size_t) ss_below(ss_unfold(&w->state), n);
    else if (i->branches == NULL)
        drawn = (size_t) number;
    else if (i->even)
    {
        drawn = (size_t) (number % n);
        number /= n;
    }
    if (i->branches != NULL)
        write_branch(w, &i->branches[drawn], number);
    else
        w->out[w->n++] = i->chars[drawn];
}

static void
write_branch(writing *w, const branch *b, uint64_t number)
{
    for (size_t k = 0; k < b->n; k++)
    {
        const item *i = &b->items[k];
        unsigned n = i->to;

        if (w->by_chance)
            n = i->from + (unsigned) ss_below(ss_unfold(&w->state), i->to - i->from + 1);
        for (; n > 0; n--)
        {
            write_once(w, i, number % i->count);
            number /= i->count;
        }
    }
}

bool
ss_pattern_says(const ss_text_pattern *p)
{
    return p->says;
}

uint64_t
ss_pattern_count(const ss_text_pattern *p)
{
    return p->fits ? p->whole.count : 0;
}

size_t
ss_pattern_draw(const ss_text_pattern *p, uint64_t u, char *out)
{
    writing w = {.by_chance = true, .state = u, .out = out};

    for (unsigned i = 0; i < DRAWS_MOST; i++)
    {
        w.n = 0;
        write_once(&w, &p->whole, 0);
        if (w.n >= p->least && w.n <= p->most)
            return w.n;
    }
    /* A CHECK's refusal is mended for all rows at once, that of a type's length row by row. */
    return w.n < p->most ? w.n : p->most;
}

size_t
ss_pattern_number(const ss_text_pattern *p, uint64_t number, char *out)
{
    writing w = {.out = out};

    /* Neighbours would have all but their first characters in common. */
    write_once(&w, &p->whole, (uint64_t) ((wide) number * p->stride % p->whole.count));
    return w.n;
}
