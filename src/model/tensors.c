#include "model/tensors.h"

static const struct {
    const char *name;
    size_t bytes;
} types[] = {
    [TENSOR_F32] = {"F32", 4},   [TENSOR_F16] = {"F16", 2},
    [TENSOR_BF16] = {"BF16", 2}, [TENSOR_I8] = {"I8", 1},
    [TENSOR_F64] = {"F64", 8},   [TENSOR_U8] = {"U8", 1},
    [TENSOR_I32] = {"I32", 4},   [TENSOR_U32] = {"U32", 4},
    [TENSOR_U64] = {"U64", 8},   [TENSOR_OTHER] = {"other", 0},
};

size_t tensor_element_bytes(enum tensor_type type)
{
    return types[type].bytes;
}

double tensor_elements(const struct tensor *tensor)
{
    return tensor->type < TENSOR_WEIGHT_TYPES
               ? (double)tensor->bytes / (double)types[tensor->type].bytes
               : 0;
}

const char *tensor_type_name(enum tensor_type type)
{
    return types[type].name;
}

bool tensors_add(struct tensors *tensors, const struct tensor *tensor,
                 const char *path, struct error *error)
{
    if (slice_map_get(&tensors->by_name, tensor->name) >= 0) {
        char quoted[TEXT_QUOTE_BYTES];
        return error_set(error, "%s: tensor '%s' is there twice", path,
                         text_quote(tensor->name, quoted));
    }
    char *name = arena_copy(&tensors->names, tensor->name.bytes,
                            tensor->name.length, error);
    if (name == NULL ||
        !memory_grow((void **)&tensors->list, &tensors->capacity,
                     tensors->count + 1, sizeof *tensors->list, error))
        return false;

    struct tensor *added = &tensors->list[tensors->count];
    *added = *tensor;
    added->name.bytes = name;
    return slice_map_put(&tensors->by_name, added->name,
                         (int32_t)tensors->count++, error);
}

bool tensors_keep_file(struct tensors *tensors, struct file file,
                       struct error *error)
{
    if (!memory_grow((void **)&tensors->files, &tensors->file_capacity,
                     tensors->file_count + 1, sizeof *tensors->files, error)) {
        file_release(&file);
        return false;
    }
    tensors->files[tensors->file_count++] = file;
    return true;
}

void *tensors_new_copy(struct tensors *tensors, size_t bytes,
                       struct error *error)
{
    if (!memory_grow((void **)&tensors->copies, &tensors->copy_capacity,
                     tensors->copy_count + 1, sizeof *tensors->copies, error))
        return NULL;
    void *copy = memory_new(bytes, 1, error);
    if (copy != NULL)
        tensors->copies[tensors->copy_count++] = copy;
    return copy;
}

bool tensors_take_bytes(struct tensors *tensors, struct tensors *other,
                        struct error *error)
{
    size_t files = tensors->file_count + other->file_count;
    size_t copies = tensors->copy_count + other->copy_count;
    if (!memory_grow((void **)&tensors->files, &tensors->file_capacity, files,
                     sizeof *tensors->files, error) ||
        !memory_grow((void **)&tensors->copies, &tensors->copy_capacity, copies,
                     sizeof *tensors->copies, error))
        return false;
    for (size_t i = 0; i < other->file_count; i++)
        tensors->files[tensors->file_count++] = other->files[i];
    for (size_t i = 0; i < other->copy_count; i++)
        tensors->copies[tensors->copy_count++] = other->copies[i];
    other->file_count = other->copy_count = 0;
    return true;
}

const struct tensor *tensors_find(const struct tensors *tensors,
                                  struct slice name)
{
    int32_t at = slice_map_get(&tensors->by_name, name);
    return at < 0 ? NULL : &tensors->list[at];
}

void tensors_free(struct tensors *tensors)
{
    for (size_t i = 0; i < tensors->file_count; i++)
        file_release(&tensors->files[i]);
    memory_free(tensors->files);
    for (size_t i = 0; i < tensors->copy_count; i++)
        memory_free(tensors->copies[i]);
    memory_free(tensors->copies);
    memory_free(tensors->list);
    slice_map_free(&tensors->by_name);
    arena_free(&tensors->names);
    *tensors = (struct tensors){0};
}
