/* SS_TRY: pass a failure up unchanged.  Use a plain if to add context. */
#ifndef SS_BASE_TRY_H
#define SS_BASE_TRY_H

#include <sandseed/error.h>

#define SS_TRY(call)                                                                               \
    do                                                                                             \
    {                                                                                              \
        const ss_code ss_try_code = (call);                                                        \
        if (ss_try_code != SS_OK)                                                                  \
            return ss_try_code;                                                                    \
    } while (0)

#endif
