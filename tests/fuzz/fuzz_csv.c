/* CSV of any bytes: read to the end or refused. */
#include "rows/csv.h"
#include "rows/csv_infer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    ss_arena *arena = ss_arena_new(NULL);
    ss_error err;
    ss_csv_reader *reader;
    const ss_csv_record *record = NULL;
    ss_buf out = {0};
    static const char *const names[] = {"a", "b", "c"};

    if (ss_csv_open_memory(arena, "f", data, n, &(ss_csv_options){.no_header = n % 2 == 0}, &reader,
                           &err) == SS_OK)
    {
        ss_csv_infer *infer = ss_csv_infer_new(arena, names, 3);

        while (ss_csv_read(reader, &record, &err) == SS_OK && record != NULL)
        {
            ss_csv_to_copy_text(record, &out);
            ss_csv_infer_add(infer, record);
        }
        (void) ss_csv_infer_end(infer, arena);
    }
    ss_buf_done(&out);
    ss_arena_free(arena);
    return 0;
}
