/* Is each file a model?  read_model FILE... */
#include <stdio.h>

#include "base/file.h"
#include "model/file.h"

int
main(int argc, char **argv)
{
    int status = 0;

    for (int i = 1; i < argc; i++)
    {
        ss_arena *arena = ss_arena_new(NULL);
        ss_model_file file;
        ss_error err = {0};
        char *text;
        size_t n;

        if (ss_file_read(argv[i], (size_t) 1 << 26, arena, &text, &n, &err) != SS_OK ||
            ss_model_file_read(argv[i], text, n, arena, &file, &err) != SS_OK)
        {
            (void) printf("%s: %s\n", argv[i], err.line[0]);
            status = 1;
        }
        ss_arena_free(arena);
    }
    return status;
}
