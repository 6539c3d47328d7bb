#include "model/variable.h"

#include "base/text.h"

static const ss_variable_parts parts[] = {
    [SS_VARIABLE_CLASS] = {"class"},
    [SS_VARIABLE_COLUMN] = {"column", .column = true, .book = true},
    [SS_VARIABLE_CHILDREN] = {"children", .reference = true, .table = true, .book = true},
    [SS_VARIABLE_PARENT] = {"parent", .given = true, .name = true, .reference = true},
    [SS_VARIABLE_PARENT_CLASS] = {"parent-class", .given = true, .reference = true},
    [SS_VARIABLE_SIBLINGS] = {"siblings", .given = true, .reference = true},
    [SS_VARIABLE_POSITION] = {"position", .given = true, .reference = true},
    [SS_VARIABLE_PREVIOUS] = {"previous", .given = true, .column = true},
    [SS_VARIABLE_LEVEL] = {"level", .given = true, .reference = true},
    [SS_VARIABLE_ABOVE] = {"above", .given = true, .column = true, .reference = true},
    [SS_VARIABLE_GAP] = {"gap", .column = true, .book = true},
    [SS_VARIABLE_OFFSET] = {"offset", .column = true, .name = true, .reference = true,
                            .book = true},
    [SS_VARIABLE_AGE] = {"age", .column = true, .book = true, .end = true},
    [SS_VARIABLE_SAME] = {"same", .reference = true},
    [SS_VARIABLE_SECOND_CLASS] = {"second-class", .reference = true},
    [SS_VARIABLE_SECOND] = {"second", .name = true, .reference = true},
};

const ss_variable_parts *
ss_variable_parts_of(ss_variable_kind kind)
{
    return &parts[kind];
}

bool
ss_variable_is_given(const ss_variable *v)
{
    return parts[v->kind].given;
}

char *
ss_variable_name(const ss_variable *v, const char *const *names, ss_arena *arena)
{
    switch (v->kind)
    {
    case SS_VARIABLE_CLASS:
        return ss_strdup(arena, "class");
    case SS_VARIABLE_COLUMN:
        return ss_strdup(arena, names[v->column]);
    case SS_VARIABLE_CHILDREN:
        return ss_strf(arena, "rows of %s by %s", v->table, v->reference);
    case SS_VARIABLE_PARENT:
        return ss_strf(arena, "parent's %s", v->name);
    case SS_VARIABLE_PARENT_CLASS:
        return ss_strdup(arena, "parent's class");
    case SS_VARIABLE_SIBLINGS:
        return ss_strdup(arena, "siblings");
    case SS_VARIABLE_POSITION:
        return ss_strdup(arena, "position");
    case SS_VARIABLE_PREVIOUS:
        return ss_strf(arena, "previous %s", names[v->column]);
    case SS_VARIABLE_LEVEL:
        return ss_strf(arena, "level by %s", v->reference);
    case SS_VARIABLE_ABOVE:
        return ss_strf(arena, "%s of the row above", names[v->column]);
    case SS_VARIABLE_GAP:
        return ss_strf(arena, "gap of %s to the previous row's", names[v->column]);
    case SS_VARIABLE_OFFSET:
        return ss_strf(arena, "%s after %s by %s", names[v->column], v->name, v->reference);
    case SS_VARIABLE_AGE:
        return ss_strf(arena, "%s before the end", names[v->column]);
    case SS_VARIABLE_SAME:
        return ss_strf(arena, "same row by %s as the previous one", v->reference);
    case SS_VARIABLE_SECOND_CLASS:
        return ss_strf(arena, "class by %s", v->reference);
    case SS_VARIABLE_SECOND:
        return ss_strf(arena, "%s by %s", v->name, v->reference);
    }
    return NULL;
}
