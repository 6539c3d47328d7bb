#include <stdio.h>

int
main(void)
{
    (void) puts("sandseed " SS_VERSION);
    return 0;
}
