/*
 * seal.h - makes the checksums of a changed packed file right again, so that
 * what lies behind them is tested.
 */
#ifndef TESTS_UNIT_SEAL_H
#define TESTS_UNIT_SEAL_H

#include "base/checksum.h"
#include "model/safetensors.h"

#include <string.h>

/* `bytes` are those of the file at `path`; they are changed, the file is not.
 * Nothing is done where its header cannot be read. */
static inline void seal_packed(struct buffer *bytes, const char *path)
{
    struct error error = {0};
    struct tensors tensors = {0};
    json_t *header = NULL;
    if (safetensors_read_header(&tensors, path, &header, &error) &&
        tensors.count > 0) {
        const struct file *file = &tensors.files[0];
        const struct tensor *last = &tensors.list[tensors.count - 1];
        size_t at = (size_t)((const char *)last->data - file->bytes);
        for (size_t i = 0; i < tensors.count && 8 * i + 8 <= last->bytes; i++) {
            const struct tensor *tensor = &tensors.list[i ? i - 1 : 0];
            uint64_t sum = i == 0
                               ? checksum_xxh64(file->bytes,
                                                safetensors_header_bytes(file))
                               : checksum_xxh64(tensor->data, tensor->bytes);
            memcpy(bytes->bytes + at + 8 * i, &sum, sizeof sum);
        }
    }
    json_decref(header);
    tensors_free(&tensors);
}

#endif
