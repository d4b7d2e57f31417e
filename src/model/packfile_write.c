#include "model/packfile.h"

#include "base/checksum.h"
#include "base/files.h"
#include "base/memory.h"
#include "model/packfile_form.h"
#include "model/safetensors_write.h"

#include <stdio.h>
#include <stdlib.h>

/*
 * The container leaves no room between tensors.  Those whose size is a
 * multiple of 64 come first, then multiples of 32, and so on: so each begins
 * at a multiple of the power of two that its own size is a multiple of, and
 * no element lies across its alignment.
 */
static size_t alignment_of(const struct tensor *tensor)
{
    size_t alignment = 64;
    while (tensor->bytes % alignment != 0)
        alignment /= 2;
    return alignment;
}

static int by_alignment(const void *left, const void *right)
{
    const struct tensor *a = *(const struct tensor *const *)left;
    const struct tensor *b = *(const struct tensor *const *)right;
    size_t first = alignment_of(a), second = alignment_of(b);
    if (first != second)
        return first < second ? 1 : -1;
    return a < b ? -1 : a > b; /* as they were added */
}

/* The tensors in order, and behind them room for one of their checksums. */
static struct tensor *order(const struct tensors *tensors, struct error *error)
{
    size_t count = tensors->count;
    const struct tensor **at = memory_new(count, sizeof *at, error);
    struct tensor *list = memory_new(count + 1, sizeof *list, error);
    if (at == NULL || list == NULL) {
        memory_free(at);
        memory_free(list);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        at[i] = &tensors->list[i];
    qsort(at, count, sizeof *at, by_alignment);
    for (size_t i = 0; i < count; i++)
        list[i] = *at[i];
    memory_free(at);
    list[count] = (struct tensor){.name = slice_of(PACKFILE_CHECKSUMS),
                                  .type = TENSOR_U64,
                                  .dimensions = 1,
                                  .shape = {count + 1},
                                  .bytes = (count + 1) * sizeof(uint64_t)};
    return list;
}

static bool write_parts(int descriptor, const char *path,
                        const struct buffer *header, const struct tensor *list,
                        size_t count, struct error *error)
{
    bool fine =
        file_write(descriptor, header->bytes, header->length, path, error);
    for (size_t i = 0; fine && i < count; i++)
        fine = file_write(descriptor, list[i].data, list[i].bytes, path, error);
    return fine;
}

static bool write_file(const char *path, const struct buffer *header,
                       const struct tensor *list, size_t count,
                       struct error *error)
{
    struct new_file file;
    if (!file_create(&file, path, error))
        return false;
    bool fine =
        write_parts(file.descriptor, path, header, list, count, error) &&
        file_commit(&file, error);
    file_abandon(&file);
    return fine;
}

static bool write_list(const char *path, struct tensor *list, size_t count,
                       struct slice metadata, struct error *error)
{
    struct buffer header = {0};
    uint64_t *sums = memory_new(count, sizeof *sums, error);
    bool fine = sums != NULL &&
                safetensors_header(&header, metadata, list, count, error);
    if (fine) {
        sums[0] = checksum_xxh64(header.bytes, header.length);
        for (size_t i = 0; i + 1 < count; i++)
            sums[i + 1] = checksum_xxh64(list[i].data, list[i].bytes);
        list[count - 1].data = sums;
        fine = write_file(path, &header, list, count, error);
    }
    memory_free(sums);
    buffer_free(&header);
    return fine;
}

/* The metadata as text, with what says how to read the file. */
static bool print_metadata(json_t *metadata, struct buffer *out,
                           struct error *error)
{
    char version[16];
    snprintf(version, sizeof version, "%d", PACKFILE_VERSION);
    const char *const facts[][2] = {{"format", PACKFILE_FORMAT},
                                    {"version", version},
                                    {"byte_order", PACKFILE_BYTE_ORDER}};
    bool fine = true;
    for (size_t i = 0; fine && i < sizeof facts / sizeof *facts; i++)
        fine = json_object_set_new(metadata, facts[i][0],
                                   json_string(facts[i][1])) == 0;
    return fine ? json_append_value(out, metadata, true, error)
                : json_out_of_memory(error, "metadata");
}

bool packfile_write(const char *path, const struct tensors *tensors,
                    json_t *metadata, struct error *error)
{
    struct buffer text = {0};
    struct tensor *list = order(tensors, error);
    bool fine =
        list != NULL && print_metadata(metadata, &text, error) &&
        write_list(path, list, tensors->count + 1, buffer_slice(&text), error);
    memory_free(list);
    buffer_free(&text);
    return fine;
}
