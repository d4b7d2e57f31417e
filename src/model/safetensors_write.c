#include "model/safetensors_write.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* "NAME":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]} */
static bool append_entry(struct buffer *header, const struct tensor *tensor,
                         uint64_t offset, struct error *error)
{
    char text[256];
    int length = snprintf(text, sizeof text, ":{\"dtype\":\"%s\",\"shape\":[",
                          tensor_type_name(tensor->type));
    for (size_t i = 0; i < tensor->dimensions; i++)
        length +=
            snprintf(text + length, sizeof text - (size_t)length, "%s%llu",
                     i > 0 ? "," : "", (unsigned long long)tensor->shape[i]);
    snprintf(text + length, sizeof text - (size_t)length,
             "],\"data_offsets\":[%llu,%llu]}", (unsigned long long)offset,
             (unsigned long long)(offset + tensor->bytes));
    return json_append_string(header, tensor->name, error) &&
           buffer_append_text(header, text, error);
}

static bool append_entries(struct buffer *header, struct slice metadata,
                           const struct tensor *list, size_t count,
                           struct error *error)
{
    uint64_t offset = 0;
    bool fine = buffer_append_text(header, "{\"__metadata__\":", error) &&
                buffer_append(header, metadata.bytes, metadata.length, error);
    for (size_t i = 0; fine && i < count; i++) {
        fine = buffer_append_text(header, ",", error) &&
               append_entry(header, &list[i], offset, error);
        offset += list[i].bytes;
    }
    return fine && buffer_append_text(header, "}", error);
}

bool safetensors_header(struct buffer *out, struct slice metadata,
                        const struct tensor *list, size_t count,
                        struct error *error)
{
    static const char length[8] = {0};
    size_t start = out->length, at = start + sizeof length;
    bool fine = buffer_append(out, length, sizeof length, error) &&
                append_entries(out, metadata, list, count, error);
    /* Data starts at a multiple of 64, so that a mapping can be used. */
    while (fine && (out->length - start) % 64 != 0)
        fine = buffer_append_text(out, " ", error);
    for (size_t i = 0; fine && i < sizeof length; i++)
        out->bytes[start + i] =
            (char)((uint64_t)(out->length - at) >> (8 * i) & 0xFF);
    return fine;
}

static bool write_tensors(int descriptor, const char *path,
                          const struct tensor *list, size_t count,
                          safetensors_fill *fill, void *context,
                          struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        void *data = memory_new(list[i].bytes, 1, error);
        bool fine = data != NULL && fill(context, i, data, error) &&
                    file_write(descriptor, data, list[i].bytes, path, error);
        memory_free(data);
        if (!fine)
            return false;
    }
    return true;
}

bool safetensors_write(const char *path, const struct tensor *list,
                       size_t count, safetensors_fill *fill, void *context,
                       struct error *error)
{
    struct buffer header = {0};
    struct new_file file;
    bool fine = safetensors_header(&header, slice_of("{\"format\":\"pt\"}"),
                                   list, count, error) &&
                file_create(&file, path, error);
    if (fine) {
        fine = file_write(file.descriptor, header.bytes, header.length, path,
                          error) &&
               write_tensors(file.descriptor, path, list, count, fill, context,
                             error) &&
               file_commit(&file, error);
        file_abandon(&file);
    }
    buffer_free(&header);
    return fine;
}
