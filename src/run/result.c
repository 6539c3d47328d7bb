#include <sandseed/result.h>

#include <stdlib.h>

void
ss_result_free(ss_result *result)
{
    if (result == NULL)
        return;
    free(result->text);
    free(result->json);
    *result = (ss_result){0};
}
