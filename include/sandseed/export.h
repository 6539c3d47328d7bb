/* Symbol visibility and compiler hints used in public headers. */
#ifndef SS_EXPORT_H
#define SS_EXPORT_H

#if defined(__GNUC__) || defined(__clang__)
#define SS_EXPORT            __attribute__((visibility("default")))
#define SS_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define SS_MUST_CHECK        __attribute__((warn_unused_result))
#else
#define SS_EXPORT
#define SS_PRINTF(fmt, args)
#define SS_MUST_CHECK
#endif

#endif
