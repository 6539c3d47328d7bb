#include "model/variable.h"

#include "base/text.h"

bool
ss_variable_is_given(const ss_variable *v)
{
    switch (v->kind)
    {
    case SS_VARIABLE_CLASS:
    case SS_VARIABLE_COLUMN:
    case SS_VARIABLE_CHILDREN:
        return false;
    case SS_VARIABLE_PARENT:
    case SS_VARIABLE_PARENT_CLASS:
    case SS_VARIABLE_SIBLINGS:
    case SS_VARIABLE_POSITION:
    case SS_VARIABLE_PREVIOUS:
        return true;
    }
    return true;
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
        return ss_strf(arena, "rows of %s", v->table);
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
    }
    return NULL;
}
