#include "model/safetensors.h"

#include "base/json.h"

#include <string.h>

enum {
    PREFIX_BYTES = 8,
    HEADER_LIMIT_BYTES = 100 << 20 /* the reference's own limit */
};

static uint64_t little_endian_64(const char *bytes)
{
    uint64_t value = 0;
    for (int i = PREFIX_BYTES - 1; i >= 0; i--)
        value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static enum tensor_type type_of(const json_t *name)
{
    struct slice text = json_slice(name);
    for (enum tensor_type type = TENSOR_F32; type < TENSOR_OTHER; type++)
        if (slice_is(text, tensor_type_name(type)))
            return type;
    return TENSOR_OTHER;
}

static bool read_count(const json_t *value, uint64_t *count)
{
    if (!json_is_integer(value) || json_integer_value(value) < 0)
        return false;
    *count = (uint64_t)json_integer_value(value);
    return true;
}

/* Fills the shape; *elements is its product.  False when it is no shape. */
static bool read_shape(const json_t *shape, struct tensor *tensor,
                       uint64_t *elements)
{
    tensor->dimensions = json_array_size(shape);
    if (!json_is_array(shape))
        return false;
    *elements = 1;
    for (size_t i = 0; i < tensor->dimensions; i++) {
        uint64_t count;
        if (!read_count(json_array_get(shape, i), &count) ||
            __builtin_mul_overflow(*elements, count, elements))
            return false;
        if (i < TENSOR_DIMENSIONS)
            tensor->shape[i] = count;
    }
    return true;
}

static bool add_entry(struct tensors *tensors, const char *path,
                      struct slice name, const json_t *entry, struct slice data,
                      struct error *error)
{
    struct tensor tensor = {.name = name,
                            .type = type_of(json_object_get(entry, "dtype"))};
    const json_t *offsets = json_object_get(entry, "data_offsets");
    uint64_t elements, begin, end;
    char quoted[TEXT_QUOTE_BYTES];
    text_quote(name, quoted);

    if (!read_shape(json_object_get(entry, "shape"), &tensor, &elements) ||
        json_array_size(offsets) != 2 ||
        !read_count(json_array_get(offsets, 0), &begin) ||
        !read_count(json_array_get(offsets, 1), &end))
        return error_set(error,
                         "%s: tensor '%s' has no dtype, shape and "
                         "data_offsets: the file is damaged",
                         path, quoted);
    if (begin > end || end > data.length)
        return error_set(error,
                         "%s: tensor '%s' lies at bytes %llu to %llu of %zu: "
                         "the file is damaged or was cut",
                         path, quoted, (unsigned long long)begin,
                         (unsigned long long)end, data.length);

    size_t width = tensor_element_bytes(tensor.type);
    if (tensor.dimensions > TENSOR_DIMENSIONS)
        tensor.type = TENSOR_OTHER;
    else if (width > 0 &&
             (elements > SIZE_MAX / width || elements * width != end - begin))
        return error_set(error,
                         "%s: tensor '%s' has %llu bytes for %llu elements of "
                         "%s: the file is damaged",
                         path, quoted, (unsigned long long)(end - begin),
                         (unsigned long long)elements,
                         tensor_type_name(tensor.type));
    tensor.data = data.bytes + begin;
    tensor.bytes = (size_t)(end - begin);
    return tensors_add(tensors, &tensor, path, error);
}

/* The largest end of any tensor: what the file must hold after the header. */
static uint64_t promised_bytes(json_t *header)
{
    uint64_t most = 0;
    const char *name;
    json_t *entry;
    json_object_foreach(header, name, entry)
    {
        uint64_t end = 0;
        const json_t *offsets = json_object_get(entry, "data_offsets");
        if (read_count(json_array_get(offsets, 1), &end) && end > most)
            most = end;
    }
    return most;
}

static bool add_entries(struct tensors *tensors, const char *path,
                        json_t *header, struct slice data, size_t file_bytes,
                        struct error *error)
{
    uint64_t promised = promised_bytes(header);
    if (promised > data.length)
        return error_set(
            error,
            "%s: header says %llu bytes, file has %zu: download was cut, "
            "run 'xenc verify' or copy again",
            path, (unsigned long long)(file_bytes - data.length + promised),
            file_bytes);

    const char *name;
    json_t *entry;
    json_object_foreach(header, name, entry)
    {
        if (strcmp(name, "__metadata__") == 0)
            continue;
        if (!add_entry(tensors, path, slice_of(name), entry, data, error))
            return false;
    }
    return true;
}

/* What a clone has in place of a large file until it is fetched. */
static bool is_pointer(const struct file *file)
{
    static const char start[] = "version https://git-lfs.github.com/spec/";
    return file->length >= sizeof start - 1 &&
           memcmp(file->bytes, start, sizeof start - 1) == 0;
}

bool safetensors_read_header(struct tensors *tensors, const char *path,
                             json_t **header, struct error *error)
{
    struct file file;
    if (!file_map(&file, path, error))
        return false;
    if (!tensors_keep_file(tensors, file, error))
        return false;
    if (file.length < PREFIX_BYTES)
        return error_set(error,
                         "%s: %zu bytes: a safetensors file was expected", path,
                         file.length);
    if (is_pointer(&file))
        return error_set(error,
                         "%s: a git-lfs pointer, not the file: 'git lfs pull' "
                         "in its directory brings it",
                         path);

    uint64_t length = little_endian_64(file.bytes);
    if (length > HEADER_LIMIT_BYTES || length > file.length - PREFIX_BYTES)
        return error_set(error,
                         "%s: header of %llu bytes in a file of %zu: not a "
                         "safetensors file, or it was cut",
                         path, (unsigned long long)length, file.length);

    struct slice text = {file.bytes + PREFIX_BYTES, (size_t)length};
    struct slice data = {text.bytes + text.length,
                         file.length - PREFIX_BYTES - text.length};
    *header = json_parse(text, path, 0, error);
    if (*header == NULL)
        return false;
    bool fine =
        json_is_object(*header)
            ? add_entries(tensors, path, *header, data, file.length, error)
            : error_set(error, "%s: header is not a JSON object", path);
    if (!fine) {
        json_decref(*header);
        *header = NULL;
    }
    return fine;
}

bool safetensors_read(struct tensors *tensors, const char *path,
                      struct error *error)
{
    json_t *header;
    if (!safetensors_read_header(tensors, path, &header, error))
        return false;
    json_decref(header);
    return true;
}

size_t safetensors_header_bytes(const struct file *file)
{
    return PREFIX_BYTES + (size_t)little_endian_64(file->bytes);
}
