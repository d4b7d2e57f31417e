#include "model/safetensors_write.h"

#include "base/json.h"

#include <stdio.h>
#include <string.h>

static bool append_text(struct buffer *header, const char *text,
                        struct error *error)
{
    return buffer_append(header, text, strlen(text), error);
}

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
           append_text(header, text, error);
}

static bool make_header(struct buffer *header, const struct tensor *list,
                        size_t count, struct error *error)
{
    uint64_t offset = 0;
    bool fine =
        append_text(header, "{\"__metadata__\":{\"format\":\"pt\"}", error);
    for (size_t i = 0; fine && i < count; i++) {
        fine = append_text(header, ",", error) &&
               append_entry(header, &list[i], offset, error);
        offset += list[i].bytes;
    }
    fine = fine && append_text(header, "}", error);
    /* Data starts at a multiple of 64, so that a mapping can be used. */
    while (fine && (header->length + 8) % 64 != 0)
        fine = append_text(header, " ", error);
    return fine;
}

static bool write_header(int descriptor, const struct buffer *header,
                         const char *path, struct error *error)
{
    char length[8];
    for (int i = 0; i < 8; i++)
        length[i] = (char)((uint64_t)header->length >> (8 * i) & 0xFF);
    return file_write(descriptor, length, sizeof length, path, error) &&
           file_write(descriptor, header->bytes, header->length, path, error);
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
    bool fine = make_header(&header, list, count, error) &&
                file_create(&file, path, error);
    if (fine) {
        fine = write_header(file.descriptor, &header, path, error) &&
               write_tensors(file.descriptor, path, list, count, fill, context,
                             error) &&
               file_commit(&file, error);
        file_abandon(&file);
    }
    buffer_free(&header);
    return fine;
}
