/* model.json: what is written is read back, and a file that breaks the rule of k is refused. */
#include "unit/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "model/file.h"
#include "model/habits.h"
#include "stats/trees.h"

static ss_cell lengths[] = {{.number = 3, .count = 10}, {.number = 9, .count = 45}};
static ss_cell words[] = {{.number = SS_NO_NUMBER, .text = "gr\xC3\xBCn", .count = 15},
                          {.number = SS_NO_NUMBER, .text = "rot", .count = 40}};
static ss_cell labels[] = {{.number = 0}, {.number = 1}}; /* of a column that is not learnt */
static ss_cell children[] = {{.number = 0, .count = 25}, {.number = 2, .count = 15}};
static int64_t points[] = {-9007199254740993, 0, 5, INT64_MAX};

static ss_cell templates[] = {{.number = SS_NO_NUMBER, .text = "OR\\A-99", .count = 20},
                              {.number = SS_NO_NUMBER, .text = "hh9", .count = 15}};
static ss_cell endings[] = {{.number = 0, .count = 20}, {.number = 99, .count = 25}};
static ss_cell steps[] = {{.number = 500, .count = 35}};
static ss_habits of_texts = {
    .sampled = true,
    .zone = "UTC",
    .told = {[SS_HABIT_TEMPLATES] = {.cells = {templates, 2, 35}, .rest = 25}}};
static ss_habits of_numbers = {.place = 10,
                               .told = {[SS_HABIT_ENDINGS] = {.cells = {endings, 2, 45}},
                                        [SS_HABIT_STEPS] = {.cells = {steps, 1, 35}, .rest = 10}}};

static ss_marginal marginals[] = {
    {.column = "colour",
     .habits = &of_texts,
     .kind = SS_MARGINAL_CATEGORIES,
     .count = 60,
     .nulls = 0,
     .rest = 15,
     .step = 1,
     .values = {words, 2, 55},
     .lengths = {lengths, 2, 55}},
    {.column = "state",
     .kind = SS_MARGINAL_CATEGORIES,
     .count = 60,
     .step = 1,
     .values = {labels, 2, 0}},
    {.column = "weight",
     .habits = &of_numbers,
     .kind = SS_MARGINAL_NUMBER,
     .count = 60,
     .nulls = 15,
     .rest = 45,
     .scale = 2,
     .step = 1,
     .points = points,
     .npoints = 4},
};
static ss_cell depths[] = {{.number = 0, .count = 25}, {.number = 16, .count = 30}};
static ss_fan_out fan_out = {.constraint = "t_p_fkey",
                             .nulls = 10,
                             .count = 60,
                             .children = {children, 2, 40},
                             .levels = {depths, 2, 55}};
static ss_cell patterns[] = {{.number = SS_NO_NUMBER, .text = "- @1", .count = 20},
                             {.number = SS_NO_NUMBER, .text = "=gr%20n @1", .count = 40}};
static ss_cell digits[] = {{.number = 2, .count = 30}};
static ss_marginal gaps[] = {
    {.kind = SS_MARGINAL_NONE},
    {.kind = SS_MARGINAL_SHAPE, .count = 30, .scale = 2, .step = 1, .codes = {digits, 1, 30}}};
static size_t together[] = {0, 2};
static ss_derived derived = {.target = 2, .terms = {0, 1}, .nterms = 2, .product = true};
static ss_joint joint = {.columns = together,
                         .ncolumns = 2,
                         .patterns = {patterns, 2, 60},
                         .gaps = gaps,
                         .derived = &derived,
                         .nderived = 1};
/* "colour" by the bins of "weight". */
static const char *texts[] = {"gr\xC3\xBCn", "rot"};
static int64_t upper[] = {-5, 700, INT64_MAX};
static bool spike[] = {true, false, false};
static ss_book book_colour = {
    .kind = SS_BOOK_CATEGORIES, .column = 0, .nvalues = 2, .texts = texts};
static ss_book book_weight = {
    .kind = SS_BOOK_BINS, .column = 2, .nvalues = 3, .nulls = true, .upper = upper, .spike = spike};
static ss_book book_state = {
    .kind = SS_BOOK_DECLARED, .column = 1, .nvalues = 2, .nulls = true}; /* is not learnt */
static int64_t upper_days[] = {0, 30, INT64_MAX};
static bool spike_days[] = {true, true, false};
static ss_book book_days = {.kind = SS_BOOK_BINS,
                            .column = 2,
                            .nvalues = 3,
                            .nulls = true,
                            .upper = upper_days,
                            .spike = spike_days};
static ss_variable variables[] = {
    {.kind = SS_VARIABLE_COLUMN, .book = &book_colour, .column = 0, .ncodes = 3},
    {.kind = SS_VARIABLE_COLUMN, .book = &book_weight, .column = 2, .ncodes = 5, .nordered = 3},
    {.kind = SS_VARIABLE_PARENT,
     .name = "size",
     .reference = "t_p_fkey",
     .ncodes = 4,
     .nordered = 4},
    {.kind = SS_VARIABLE_ABOVE, .column = 2, .reference = "t_p_fkey", .ncodes = 6, .nordered = 3},
    {.kind = SS_VARIABLE_OFFSET,
     .book = &book_days,
     .column = 2,
     .name = "born",
     .reference = "t_p_fkey",
     .ncodes = 5,
     .nordered = 3},
    {.kind = SS_VARIABLE_AGE,
     .book = &book_days,
     .column = 2,
     .end = 9000,
     .ncodes = 5,
     .nordered = 3},
    {.kind = SS_VARIABLE_SECOND, .name = "brand", .reference = "t_q_fkey", .ncodes = 3},
};
static ss_tree_node of_weight[] = {{.column = SS_TREE_LEAF}};
static uint64_t low_weights[] = {0x13};
static ss_tree_node of_colour[] = {
    {.column = 1, .left = 1, .right = 2, .goes_left = low_weights},
    {.column = SS_TREE_LEAF, .left = 0},
    {.column = SS_TREE_LEAF, .left = 1},
};
static ss_told_cell weights[] = {{0, 0, 15}, {1, 2, 30}};
static ss_told_cell lows[] = {{1, 1, 25}}, highs[] = {{0, 0, 20}}, hidden[] = {{2, 2, 10}};
static ss_told told_weight[] = {{weights, 2, 15}};
static ss_told told_brand[] = {{highs, 1, 0}};
static ss_told told_colour[] = {{hidden, 1, 0}, {lows, 1, 0}, {highs, 1, 15}};
static ss_trees_target targets[] = {
    {.tree = {.target = 1, .nodes = of_weight, .nnodes = 1, .nleaves = 1, .alpha = 4},
     .ncodes = 5,
     .nordered = 3,
     .told = told_weight},
    {.tree = {.target = 0, .nodes = of_colour, .nnodes = 3, .nleaves = 2, .alpha = 16},
     .ncodes = 3,
     .told = told_colour},
    {.tree = {.target = 4, .nodes = of_weight, .nnodes = 1, .nleaves = 1, .alpha = 4},
     .ncodes = 5,
     .nordered = 3,
     .told = told_weight},
    {.tree = {.target = 5, .nodes = of_weight, .nnodes = 1, .nleaves = 1, .alpha = 4},
     .ncodes = 5,
     .nordered = 3,
     .told = told_weight},
    {.tree = {.target = 6, .nodes = of_weight, .nnodes = 1, .nleaves = 1, .alpha = 4},
     .ncodes = 3,
     .told = told_brand},
};
static ss_trees trees = {.k = 11, .n = 5, .d = 7, .targets = targets};
static ss_dependence dependence = {
    .variables = variables,
    .n = 7,
    .engine = &ss_engine_trees,
    .scores = {{&ss_engine_independence, -2500, 71}, {&ss_engine_trees, -2250, 53}},
    .nscores = 2,
    .model = &trees};
/* "weight" decides "colour". */
static size_t of_mapping[] = {2, 0}, drawn[] = {0, 2}, levels[] = {0, 1};
static ss_token_value heavy_red[] = {{.kind = SS_TOKEN_NUMBER, .number = 725},
                                     {.kind = SS_TOKEN_TEXT, .text = "rot"}},
                      no_weight[] = {{.kind = SS_TOKEN_NULL},
                                     {.kind = SS_TOKEN_TEXT, .text = "gr\xC3\xBCn"}},
                      any_green[] = {{.kind = SS_TOKEN_TEXT, .text = "gr\xC3\xBCn"}};
static ss_token tokens[] = {{0, no_weight, 15}, {0, heavy_red, 20}, {1, any_green, 10}};
static ss_mapping mapping = {.columns = of_mapping,
                             .ncolumns = 2,
                             .ndeterminants = 1,
                             .levels = levels,
                             .nlevels = 2,
                             .drawn = drawn,
                             .ndrawn = 2,
                             .tokens = tokens,
                             .ntokens = 3,
                             .rest = 35};
static ss_model_table tables[] = {
    {.label = "public.t",
     .rows = 60,
     .counted = SS_COUNTED_PEOPLE,
     .halved = 3,
     .control = SS_CONTROL_SET_ASIDE,
     .columns = marginals,
     .ncolumns = 3,
     .references = &fan_out,
     .nreferences = 1,
     .joints = &joint,
     .njoints = 1,
     .mappings = &mapping,
     .nmappings = 1,
     .dependence = &dependence},
    {.label = "public.ref"},
};
static ss_model model = {.people = 11, .tables = tables, .ntables = 2};
static const char *columns[] = {"colour", "state", "weight"};
static const char *types[] = {"text", "state", "numeric(8,2)"};
static ss_decision decisions[] = {
    {.class = SS_CLASS_NON_PERSONAL, .treatment = SS_TREAT_SYNTHESISE},
    {.class = SS_CLASS_UNDECIDED, .treatment = SS_TREAT_SHAPE, .undecided = true},
    {.class = SS_CLASS_QUASI_IDENTIFIER, .treatment = SS_TREAT_SYNTHESISE, .why = "a measure"},
};
static ss_decision kept[] = {
    {.class = SS_CLASS_NON_PERSONAL, .treatment = SS_TREAT_CONSTANT, .value = "x"}};
static ss_model_entry entries[] = {
    {.name = {"public", "t"},
     .plan = {.mode = SS_MODE_SYNTHESISE, .columns = decisions},
     .ncolumns = 3,
     .columns = columns,
     .types = types},
    {.name = {"public", "ref"},
     .plan = {.mode = SS_MODE_KEEP, .columns = kept},
     .ncolumns = 1,
     .columns = columns,
     .types = types,
     .reference = "reference/public.ref.copy",
     .digest = "00"},
};
static const char *roles[] = {"owner"};
static ss_access access_roles[] = {{"agents", true}};
static ss_policy policy = {.people = 11,
                           .access = access_roles,
                           .naccess = 1,
                           .wait_s = 600,
                           .then_terminate = true,
                           .owners_stand_in = true};
static ss_model_file file = {.model = &model,
                             .source = "postgresql://host/db",
                             .server_version = 150020,
                             .policy_file = "policy.yaml",
                             .policy_digest = "00",
                             .policy = &policy,
                             .roles = roles,
                             .nroles = 1,
                             .entries = entries,
                             .nentries = 2};

static char *
text_of(void)
{
    ss_buf text = {0};
    ss_error err;
    char *copy;

    assert_int_equal(ss_model_file_write(&file, &text, &err), SS_OK);
    copy = strdup(ss_buf_text(&text));
    ss_buf_done(&text);
    return copy;
}

static void
what_is_written_is_read_back(void **state)
{
    ss_arena *arena = ss_arena_new(NULL);
    char *text = text_of();
    ss_model_file back;
    ss_buf again = {0};
    ss_error err;
    const ss_dependence *d;
    const ss_trees *t;
    const ss_mapping *g;
    const ss_marginal *m;

    (void) state;
    assert_int_equal(ss_model_file_read("model.json", text, strlen(text), arena, &back, &err),
                     SS_OK);
    m = back.model->tables[0].columns;
    assert_string_equal(back.model->tables[0].label, "public.t");
    assert_int_equal(back.model->tables[0].rows, 60);
    assert_int_equal(back.model->tables[0].control, SS_CONTROL_SET_ASIDE);
    assert_string_equal(m[0].values.cells[0].text, "gr\xC3\xBCn");
    assert_int_equal(m[0].values.cells[0].number, SS_NO_NUMBER);
    assert_int_equal(m[0].values.total, 55);
    assert_null(m[1].values.cells[1].text);
    assert_int_equal(m[1].values.cells[1].count, 0);
    assert_int_equal(m[2].npoints, 4);
    assert_int_equal(m[2].points[0], -9007199254740993);
    assert_int_equal(m[2].points[3], INT64_MAX);
    assert_int_equal(m[2].scale, 2);
    assert_int_equal(m[2].habits->place, 10);
    assert_int_equal(m[2].habits->told[SS_HABIT_ENDINGS].cells.total, 45);
    assert_int_equal(m[2].habits->told[SS_HABIT_STEPS].rest, 10);
    assert_int_equal(ss_habits_ncounts(m[2].habits), 4);
    assert_string_equal(m[0].habits->zone, "UTC");
    assert_true(m[0].habits->sampled && !m[2].habits->sampled);
    assert_string_equal(m[0].habits->told[SS_HABIT_TEMPLATES].cells.cells[0].text, "OR\\A-99");
    assert_null(m[1].habits);
    assert_int_equal(back.model->tables[0].references[0].children.total, 40);
    assert_int_equal(back.model->tables[0].njoints, 1);
    assert_int_equal(back.model->tables[0].joints[0].columns[1], 2);
    assert_string_equal(back.model->tables[0].joints[0].patterns.cells[1].text, "=gr%20n @1");
    assert_int_equal(back.model->tables[0].joints[0].gaps[0].kind, SS_MARGINAL_NONE);
    assert_int_equal(back.model->tables[0].joints[0].gaps[1].codes.total, 30);
    assert_true(back.model->tables[0].joints[0].derived[0].product);
    assert_int_equal(back.model->tables[0].joints[0].derived[0].terms[1], 1);
    g = back.model->tables[0].mappings;
    assert_int_equal(back.model->tables[0].nmappings, 1);
    assert_int_equal(g->columns[0], 2);
    assert_int_equal(g->ndeterminants, 1);
    assert_int_equal(g->nlevels, 2);
    assert_int_equal(g->ndrawn, 2);
    assert_false(ss_mapping_follows(g, 0) || ss_mapping_follows(g, 2) || g->exceptions);
    assert_int_equal(ss_mapping_told(g), 2);
    assert_int_equal(g->tokens[0].values[0].kind, SS_TOKEN_NULL);
    assert_int_equal(g->tokens[1].values[0].number, 725);
    assert_string_equal(g->tokens[2].values[0].text, "gr\xC3\xBCn");
    assert_int_equal(g->rest, 35);
    d = back.model->tables[0].dependence;
    t = d->model;
    assert_int_equal(d->n, 7);
    assert_string_equal(d->variables[4].name, "born");
    assert_int_equal(d->variables[4].book->upper[1], 30);
    assert_int_equal(d->variables[5].end, 9000);
    assert_string_equal(d->variables[6].reference, "t_q_fkey");
    assert_int_equal(d->variables[6].ncodes, 3);
    assert_int_equal(back.model->tables[0].references[0].levels.total, 55);
    assert_int_equal(d->variables[1].book->upper[1], 700);
    assert_true(d->variables[1].book->spike[0] && d->variables[1].book->nulls);
    assert_string_equal(d->variables[0].book->texts[1], "rot");
    assert_string_equal(d->variables[2].name, "size");
    assert_int_equal(d->variables[2].nordered, 4);
    assert_int_equal(t->targets[1].tree.nodes[0].goes_left[0], 0x13);
    assert_int_equal(t->targets[1].told[2].rest, 15);
    assert_int_equal(t->targets[1].tree.nodes[2].parent, 0);
    assert_int_equal(ss_dependence_ncounts(d), 14);
    /* Left: 25 of "rot" and a row spread as the node above is. */
    assert_true(ss_below_width(t->targets[1].below, 3, 1) > UINT32_MAX / 100 * 96);
    assert_int_equal(back.entries[0].plan.undecided, 1);
    assert_string_equal(back.entries[1].plan.columns[0].value, "x");
    assert_true(back.policy->then_terminate && back.policy->owners_stand_in);
    assert_int_equal(back.policy->wait_s, 600);
    assert_true(back.policy->access[0].read_only);
    assert_int_equal(ss_model_file_write(&back, &again, &err), SS_OK);
    assert_string_equal(ss_buf_text(&again), text);
    ss_buf_done(&again);
    free(text);
    ss_arena_free(arena);
}

/* The text with the first from in it replaced; both of any length. */
static char *
changed(const char *text, const char *from, const char *to)
{
    const char *at = strstr(text, from);
    const size_t n = strlen(text) + strlen(to) + 1;
    char *copy = malloc(n);

    assert_non_null(at);
    (void) snprintf(copy, n, "%.*s%s%s", (int) (at - text), text, to, at + strlen(from));
    return copy;
}

static void
refused(const char *from, const char *to, const char *says)
{
    ss_arena *arena = ss_arena_new(NULL);
    char *text = text_of();
    char *bad = changed(text, from, to);
    ss_model_file back;
    ss_error err;

    assert_int_not_equal(ss_model_file_read("model.json", bad, strlen(bad), arena, &back, &err),
                         SS_OK);
    if (strstr(err.line[0], says) == NULL)
        fail_msg("\"%s\" should say \"%s\"", err.line[0], says);
    for (size_t i = 0; i < err.depth; i++)
        assert_null(strstr(err.line[i], "rot"));
    free(bad);
    free(text);
    ss_arena_free(arena);
}

static void
a_file_that_breaks_the_rule_of_k_is_refused(void **state)
{
    (void) state;
    refused("[\"rot\", 40]", "[\"rot\", 5]", "fewer than k");
    refused("[\"rot\", 40]", "[\"rot\", 41]", "multiple of 5");
    refused("[\"rot\", 40]", "[\"rot\", \"<k\"]", "fewer than k");
    refused("[\"rot\", 40]", "[\"rot\"]", "value with its count");
    refused("\"nulls\": 15", "\"nulls\": 5", "fewer than k");
    refused("\"nulls\": 15", "\"nulls\": 65", "more nulls than rows");
    refused("\"nulls\": 15", "\"nulls\": 55", "not NULL has fewer than k");
    refused("\"rest\": 15", "\"rest\": 5", "fewer than k");
    refused("\"counted\": \"people\"", "\"counted\": \"people\", \"shape_only\": true",
            "holds a value");
    refused("\"counted\": \"people\"", "\"counted\": \"nothing\"", "no table of shapes");
    refused("\"counted\": \"people\"", "\"counted\": \"guesses\"", "none of the known words");
    refused("\"one_in\": 8", "\"one_in\": 6", "no power of two");
    refused("\"one_in\": 8", "\"one_in\": 1", "no power of two");
    refused("\"one_in\": 8", "\"one_in\": \"8\"", "no power of two");
    refused("\"one_in\": 5", "\"one_in\": 6", "not one person in 5");
    refused("\"one_in\": 5", "\"left_out\": \"set aside\"", "none of the known words");
    refused("\"one_in\": 5", "\"left_out\": \"by mistake\"", "none of the known words");
    refused("[2, 15]", "[2, 5]", "fewer than k");
    refused("\"count\": 60,\n     \"nulls\": 10", "\"count\": 5, \"nulls\": 0", "fewer than k");
    refused("\"count\": 60,\n     \"nulls\": 10", "\"count\": 60, \"nulls\": 55",
            "not NULL has fewer");
    refused("[2, 15]", "[-2, 15]", "not in order");
    refused("[\"- @1\", 20]", "[\"- @1\", 5]", "fewer than k");
    refused("[\"- @1\", 20]", "[\"- @1\", \"<k\"]", "fewer than k");
}

static void
habits_that_break_the_rule_of_k_are_refused(void **state)
{
    (void) state;
    refused("[99, 25]", "[99, 5]", "fewer than k");
    refused("[99, 25]", "[99, 26]", "multiple of 5");
    refused("[99, 25]", "[99, \"<k\"]", "fewer than k");
    refused("[99, 25]", "[100, 25]", "none of its values");
    refused("[99, 25]", "[0, 25]", "not in order");
    refused("\"rest\": 10", "\"rest\": 5", "no multiple of 5 with k behind it");
    refused("\"rest\": 10", "\"rest\": 11", "no multiple of 5 with k behind it");
    refused("\"rest\": 10", "\"rest\": true", "no multiple of 5 with k behind it");
    refused("[500, 35]", "[\"500\", 35]", "another type");
    refused("[500, 35]", "[0, 35]", "none of its values");
    refused("[[500, 35]]", "[]", "no cells");
    refused("\"place\": 10", "\"place\": 0", "not a unit");
    refused("\"place\": 10,", "", "without their place");
    refused("\"hh9\"", "\"\\u00e4 9\"", "none of its values");
    refused("\"hh9\"", "\"h\\\\x9\"", "none of its values");
    refused("\"hh9\"", "\"OO9\"", "not in order");
    refused("\"counted\": \"sample\"", "\"counted\": \"guessed\"", "none of the known words");
    refused("\"zone\": \"UTC\"", "\"zone\": \"Mars\"", "not UTC");
    refused("\"templates\"", "\"tempers\"", "no model has");
    /* of a column that runs as shape */
    refused("\"class\": \"quasi-identifier\"", "\"class\": \"direct-identifier\"", "not learnt");
    refused("\"treatment\": \"synthesise\"", "\"treatment\": \"shape\"", "not learnt");
}

static void
a_column_tells_no_more_than_its_treatment_lets(void **state)
{
    const ss_model_table table = tables[0];
    const ss_marginal marginal = marginals[0];
    const ss_decision decision = decisions[0];
    const ss_variable variable = variables[0];

    (void) state;
    refused("[[0, \"<k\"], [1, \"<k\"]]", "[[0, 55], [1, \"<k\"]]", "not learnt tells of values");
    variables[0] =
        (ss_variable){.kind = SS_VARIABLE_COLUMN, .book = &book_state, .column = 1, .ncodes = 3};
    refused("{", "{", "variable 1 of its dependence tells of a column that is not learnt");
    variables[0] = variable;
    tables[0].nmappings = 0;
    tables[0].dependence = NULL;
    /* of "colour", without what else is told of it */
    decisions[0].treatment = SS_TREAT_SHAPE;
    marginals[0].habits = NULL;
    refused("{", "{", "a column that is not learnt tells of values");
    decisions[0] =
        (ss_decision){.class = SS_CLASS_DIRECT_IDENTIFIER, .treatment = SS_TREAT_SYNTHESISE};
    refused("{", "{", "a column that is not learnt tells of values");
    marginals[0].kind = SS_MARGINAL_SHAPE;
    marginals[0].values.n = marginals[0].rest = 0;
    refused("{", "{", "joint 1 tells of a column that is not learnt");
    decisions[0].treatment = SS_TREAT_NULLIFY;
    refused("{", "{", "not that of its treatment");
    decisions[0] = (ss_decision){.treatment = SS_TREAT_CONSTANT, .value = "x"};
    refused("{", "{", "not that of its treatment");
    marginals[0] = (ss_marginal){
        .column = "colour", .kind = SS_MARGINAL_CONSTANT, .count = 60, .step = 1, .constant = "y"};
    refused("{", "{", "not the policy's");
    tables[0] = table;
    marginals[0] = marginal;
    decisions[0] = decision;
}

static void
what_is_not_of_its_kind_is_refused(void **state)
{
    (void) state;
    refused("\"kind\": \"quantiles\"", "\"kind\": \"shape\"", "not of its kind");
    refused("\"kind\": \"quantiles\"", "\"kind\": \"none\"", "not of its kind");
    refused("\"kind\": \"quantiles\"", "\"kind\": \"quantiles\", \"codes\": [[2, 45]]",
            "not of its kind");
    refused("\"kind\": \"quantiles\"", "\"kind\": \"quantiles\", \"lengths\": [[2, 45]]",
            "not of its kind");
    refused("\"kind\": \"quantiles\"", "\"kind\": \"quantiles\", \"constant\": \"rot\"",
            "not of its kind");
    refused("\"kind\": \"declared\"", "\"kind\": \"declared\", \"alphabets\": [[2, 45]]",
            "not of its kind");
}

static void
a_table_of_shapes_holds_shapes(void **state)
{
    const ss_model_table before = tables[0];
    const ss_marginal colour = marginals[0], weight = marginals[2];

    (void) state;
    marginals[0].kind = marginals[2].kind = SS_MARGINAL_SHAPE;
    marginals[0].values.n = marginals[0].rest = marginals[2].rest = marginals[2].npoints = 0;
    marginals[0].habits = marginals[2].habits = NULL;
    tables[0].shape_only = true;
    tables[0].nmappings = 0;
    tables[0].dependence = NULL;
    refused("\"children\": [[0, 25], [2, 15]]", "\"children\": []", "a fan-out");
    tables[0].nreferences = 0;
    refused("{", "{", "what columns do together");
    refused("[[\"- @1\", 20], [\"=gr%20n @1\", 40]]", "[[\"? ?\", 10]]",
            "what columns do together");
    tables[0].njoints = 0;
    refused("\"shape_only\"",
            "\"rules\": [{\"name\": \"a\", \"kind\": \"equal\", \"columns\": [\"colour\", "
            "\"weight\"], \"rows\": 60, \"exceptions\": \"none\"}], \"shape_only\"",
            "holds rules");
    tables[0] = before;
    marginals[0] = colour;
    marginals[2] = weight;
}

/* Two classes of 70 and 55; in both "weight" and "colour" are on their own. */
static uint64_t first_class[] = {1};
static ss_told_cell classes[] = {{0, 0, 70}, {1, 1, 55}};
static ss_told told_class[] = {{classes, 2, 0}};
static ss_tree_node by_class[] = {
    {.column = 2, .left = 1, .right = 2, .goes_left = first_class},
    {.column = SS_TREE_LEAF, .left = 0},
    {.column = SS_TREE_LEAF, .left = 1},
};
static ss_told told_weights[] = {{weights, 0, 0}, {weights, 2, 15}, {weights, 1, 0}};
static ss_trees_target targets_of_classes[] = {
    {.tree = {.target = 2, .nodes = of_weight, .nnodes = 1, .nleaves = 1, .alpha = 1},
     .ncodes = 2,
     .told = told_class},
    {.tree = {.target = 1, .nodes = by_class, .nnodes = 3, .nleaves = 2, .alpha = 4},
     .ncodes = 5,
     .nordered = 3,
     .told = told_weights},
    {.tree = {.target = 0, .nodes = by_class, .nnodes = 3, .nleaves = 2, .alpha = 16},
     .ncodes = 3,
     .told = told_colour},
};
static ss_trees trees_of_classes = {.k = 11, .n = 3, .d = 3, .targets = targets_of_classes};

static void
assert_read_back(const ss_engine *engine)
{
    ss_arena *arena = ss_arena_new(NULL);
    char *text = text_of();
    ss_buf again = {0};
    ss_model_file back;
    ss_error err;

    assert_int_equal(ss_model_file_read("model.json", text, strlen(text), arena, &back, &err),
                     SS_OK);
    assert_ptr_equal(back.model->tables[0].dependence->engine, engine);
    assert_int_equal(ss_model_file_write(&back, &again, &err), SS_OK);
    assert_string_equal(ss_buf_text(&again), text);
    ss_buf_done(&again);
    free(text);
    ss_arena_free(arena);
}

static void
the_model_of_each_engine_is_read_back(void **state)
{
    const ss_dependence before = dependence;
    const ss_variable parent = variables[2];

    (void) state;
    dependence.engine = &ss_engine_chow_liu;
    assert_read_back(&ss_engine_chow_liu);
    dependence.engine = &ss_engine_independence;
    targets[1].tree.nodes = of_weight;
    targets[1].tree.nnodes = 1;
    targets[1].told = &told_colour[1];
    assert_read_back(&ss_engine_independence);
    targets[1].tree.nodes = of_colour;
    targets[1].tree.nnodes = 3;
    targets[1].told = told_colour;
    variables[2] = (ss_variable){.kind = SS_VARIABLE_CLASS, .column = SIZE_MAX, .ncodes = 2};
    dependence.n = trees_of_classes.d;
    dependence.engine = &ss_engine_classes;
    dependence.model = &trees_of_classes;
    assert_read_back(&ss_engine_classes);
    refused("[0, 0, 70]", "[0, 0, 45]", "a latent class is of fewer than 50");
    refused("\"by\": 2", "\"by\": 0", "not known before it");
    refused("\"engine\": \"classes\",\n    \"counted\"",
            "\"engine\": \"independence\",\n    \"counted\"", "more than those of their engine");
    variables[2] = parent;
    dependence = before;
}

static void
a_mapping_that_breaks_the_rule_of_k_is_refused(void **state)
{
    (void) state;
    refused("[725, \"rot\", 20]", "[725, \"rot\", 5]", "no multiple of 5 with k behind them");
    refused("[725, \"rot\", 20]", "[725, \"rot\", 21]", "no multiple of 5 with k behind them");
    refused("[725, \"rot\", 20]", "[725, \"rot\"]", "one value for each column");
    refused("[725, \"rot\", 20]", "[true, \"rot\", 20]", "no text, number or null");
    refused("[725, \"rot\", 20]", "[\"rot\", \"rot\", 20]", "not of its column's kind");
    refused("[725, \"rot\", 20]", "[725, 3, 20]", "not of its column's kind");
    refused("[725, \"rot\", 20]", "[725, \"rot\", 20], [725, \"blau\", 20]", "what they are");
    refused("[725, \"rot\", 20]", "[725, \"rot\", 20], [725, \"rot\", 20]", "what they are");
    refused("\"rest\": 35", "\"rest\": 5", "no multiple of 5 with k behind them");
    refused("\"rest\": 35", "\"left\": 35", "no model has");
    refused("\"determinants\": 1", "\"determinants\": 2", "no determinants, or too many");
    refused("\"determinants\": 1", "\"determinants\": 0", "no determinants, or too many");
    refused("\"drawn\": [\"colour\", \"weight\"]", "\"drawn\": [\"colour\"]", "drawn or follows");
    refused("\"drawn\": [\"colour\", \"weight\"],\n     \"follows\": []",
            "\"drawn\": [\"colour\"], \"follows\": [\"weight\"]", "follows and is drawn");
    refused("\"drawn\": [\"colour\", \"weight\"]", "\"drawn\": [\"colour\", \"state\"]",
            "drawn or follows");
    refused("\"columns\": [\"weight\", \"colour\"],\n     \"determinants\"",
            "\"columns\": [\"weight\", \"weight\"],\n     \"determinants\"", "a column twice");
    refused("\"exceptions\": \"none\"", "\"exceptions\": \"some\"", "neither");
    /* Of a column that runs as shape nothing may be told here either. */
    refused("\"columns\": [\"weight\", \"colour\"],\n     \"determinants\": 1,\n     \"drawn\": "
            "[\"colour\", \"weight\"]",
            "\"columns\": [\"weight\", \"state\"], \"determinants\": 1, \"drawn\": [\"state\", "
            "\"weight\"]",
            "the end of the one before");
}

static void
a_dependence_that_breaks_the_rule_of_k_is_refused(void **state)
{
    (void) state;
    refused("[1, 2, 30]", "[1, 2, 5]", "no multiple of 5 with k behind it");
    refused("[1, 2, 30]", "[1, 2, 31]", "no multiple of 5 with k behind it");
    refused("[1, 2, 30]", "[1, 3, 30]", "two codes and a count");
    refused("[1, 2, 30]", "[0, 2, 30]", "two codes and a count");
    refused("[1, 2, 30]", "[1, 2, true]", "no multiple of 5 with k behind it");
    refused("\"rest\": 15}", "\"rest\": 5}", "no multiple of 5 with k");
    refused("\"cells\": [[2, 2, 10]]", "\"cells\": [[2, 2, 10]], \"rest\": 20",
            "no leaf has a rest");
    refused("\"rest\": 15}", "\"rest\": 15, \"joined\": 1}", "no model has");
    refused("\"by\": 1", "\"by\": 0", "not known before it");
    refused("\"by\": 1", "\"by\": 6", "not known before it");
    refused("\"children\": [1, 2]", "\"children\": [0, 2]", "two later ones");
    refused("\"children\": [1, 2]", "\"children\": [2, 2]", "two later ones");
    refused("\"children\": [1, 2]", "\"children\": [1, 3]", "two later ones");
    refused("[[0, 1], [4, 4]]", "[[0, 1], [4, 5]]", "pairs of codes");
    refused("\"of\": 0", "\"of\": 2", "no variable that is drawn");
    refused("\"of\": \"parent\"", "\"of\": \"cousin\"", "none of the known words");
    refused("\"of\": \"parent\"", "\"of\": \"class\"", "missing, or of no use here");
    refused("\"codes\": 4", "\"codes\": 1", "no number of codes");
    refused("\"from\": \"born\"", "\"end\": 4", "missing, or of no use here");
    refused("\"end\": 9000", "\"from\": \"born\"", "missing, or of no use here");
    refused("\"end\": 9000", "\"end\": \"soon\"", "missing, or of no use here");
    refused("[16, 30]", "[17, 30]", "none of those that are told apart");
    refused("[16, 30]", "[16, 3]", "not a multiple of 5");
    refused("\"of\": \"above\"", "\"of\": \"level\"", "missing, or of no use here");
    refused("\"of\": \"second\"", "\"of\": \"same\"", "missing, or of no use here");
    refused("\"of\": 0", "\"of\": 1", "no variable that is drawn");
    refused("\"edges\": [-5, 700]", "\"edges\": [700, -5]", "not ascending");
    refused("\"edges\": [-5, 700]", "\"edges\": [-5, {\"integer\": \"9223372036854775807\"}]",
            "not ascending");
    refused("\"edges\": [-5, 700]", "\"edges\": [700]", "one fewer");
    refused("\"spikes\": [0]", "\"spikes\": [3]", "none of the bins");
    refused("\"kind\": \"bins\"", "\"kind\": \"categories\"", "as many as the values");
    refused("\"millinats\": -2250", "\"millinats\": 2250", "engines with what judged them");
    refused("\"detector\": 53", "\"detector\": 101", "engines with what judged them");
    refused("{\"engine\": \"trees\"", "{\"engine\": \"luck\"", "engines with what judged them");
    refused("\"engine\": \"trees\",\n    \"counted\"",
            "\"engine\": \"independence\",\n    \"counted\"", "more than those of their engine");
    refused("\"engine\": \"trees\",\n    \"counted\"", "\"engine\": \"classes\",\n    \"counted\"",
            "more than those of their engine");
    refused("\"engine\": \"trees\"", "\"engine\": \"guesses\"", "none of the known ones");
    /* Of a column that runs as shape nothing may be told here either. */
    refused("\"column\": \"weight\",\n      \"kind\"", "\"column\": \"state\",\n      \"kind\"",
            "more than its marginal");
}

static void
what_nobody_would_read_is_refused(void **state)
{
    (void) state;
    refused("\"sandseed_model\": 1", "\"sandseed_model\": 1, \"rot\": 1", "no model has");
    refused("\"server_version\"", "\"rot\": 1, \"server_version\"", "no model has");
    refused("\"file\": \"policy.yaml\"", "\"file\": \"policy.yaml\", \"rot\": 1", "no model has");
    refused("\"owners\"", "\"rot\": 1, \"owners\"", "no model has");
    refused("\"read_only\"", "\"rot\": 1, \"read_only\"", "no model has");
    refused("\"mode\": \"synthesise\"", "\"mode\": \"synthesise\", \"rot\": 1", "no model has");
    refused("\"type\": \"text\"", "\"type\": \"text\", \"rot\": 1", "no model has");
    refused("\"one_in\": 5", "\"one_in\": 5, \"rot\": 1", "no model has");
    refused("\"mode\": \"keep\"", "\"mode\": \"keep\", \"joints\": [\"rot\"]", "no model has");
    refused("\"digest\": \"00\"}", "\"digest\": \"00\", \"rot\": 1}", "no model has");
    refused("\"stripped\": []", "\"stripped\": {\"rot\": 1}", "not a list");
    refused("\"stripped\": []",
            "\"stripped\": [{\"what\": \"a\", \"object\": \"b\", \"why\": \"c\", \"rot\": 1}]",
            "no model has");
    refused("\"populated\": []",
            "\"populated\": [{\"schema\": \"a\", \"name\": \"b\", \"rot\": 1}]", "no model has");
    refused("\"counted\": \"people\"", "\"counted\": \"people\", \"rules\": {\"rot\": 1}",
            "not a list");
    refused("\"counted\": \"people\"", "\"counted\": \"people\", \"shape_only\": \"rot\"",
            "not true");
}

static void
a_file_of_another_shape_is_refused(void **state)
{
    (void) state;
    refused("\"sandseed_model\": 1", "\"sandseed_model\": 2", "version 2");
    refused("\"mode\": \"synthesise\"", "\"mode\": \"pseudonymise\"", "real rows");
    refused("\"mode\": \"keep\"", "\"mode\": \"synthesise\"", "not a file of a kept table");
    refused("reference/public.ref.copy", "../../etc/passwd", "not a file of a kept table");
    refused("reference/public.ref.copy", "/etc/passwd", "not a file of a kept table");
    refused("\"kind\": \"quantiles\"", "\"kind\": \"rows\"", "none of the known");
    refused("[[0, \"<k\"], [1, \"<k\"]]", "[[0, \"<k\"], [2, \"<k\"]]", "not told by their places");
    refused("[[3, 10], [9, 45]]", "[[-3, 10], [9, 45]]", "a length is negative");
    refused("\"scale\": 2", "\"scale\": -1", "not a number from");
    refused("\"kind\": \"quantiles\"", "\"kind\": \"quantiles\", \"rows\": [1]", "no model has");
    refused("\"column\": \"weight\"", "\"column\": \"rot\"", "does not have");
    refused("\"product\"", "\"quotient\"", "no model has");
    refused("{", "", "not JSON");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_file_that_breaks_the_rule_of_k_is_refused),
        cmocka_unit_test(habits_that_break_the_rule_of_k_are_refused),
        cmocka_unit_test(a_column_tells_no_more_than_its_treatment_lets),
        cmocka_unit_test(what_is_not_of_its_kind_is_refused),
        cmocka_unit_test(a_table_of_shapes_holds_shapes),
        cmocka_unit_test(the_model_of_each_engine_is_read_back),
        cmocka_unit_test(a_mapping_that_breaks_the_rule_of_k_is_refused),
        cmocka_unit_test(a_dependence_that_breaks_the_rule_of_k_is_refused),
        cmocka_unit_test(what_nobody_would_read_is_refused),
        cmocka_unit_test(a_file_of_another_shape_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
