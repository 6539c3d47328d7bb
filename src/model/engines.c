#include "model/engines.h"

#include <string.h>

const ss_model_engine ss_model_engines[] = {
#define ENGINE(engine, form, most, first)                                                          \
    {&ss_engine_##engine, &ss_engine_form_##form, most, first},
#include "model/engines.def"
#undef ENGINE
};

const size_t ss_nmodel_engines = sizeof ss_model_engines / sizeof *ss_model_engines;

const ss_engine *
ss_engine_named(const char *name)
{
    for (size_t e = 0; e < ss_nmodel_engines && name != NULL; e++)
    {
        if (strcmp(ss_model_engines[e].engine->name, name) == 0)
            return ss_model_engines[e].engine;
    }
    return NULL;
}
