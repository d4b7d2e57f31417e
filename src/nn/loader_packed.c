#include "nn/loader_packed.h"

#include <stdio.h>

enum { ALIGNMENT = 64 }; /* of what a product reads */

/* A matrix's layout, its size checked; false on error. */
static bool layout_of(const struct loader *loader, const struct tensor *tensor,
                      struct layout *layout)
{
    char quoted[TEXT_QUOTE_BYTES];
    size_t n = (size_t)tensor->shape[0], k = (size_t)tensor->shape[1];
    if (tensor->dimensions == 2 && layout_parse(tensor->layout, layout) &&
        tensor->bytes == layout_bytes(layout, n, k))
        return true;
    return error_set(loader->error,
                     "%s: tensor %s has %zu bytes in a layout of which they "
                     "are not: the file is damaged",
                     loader->directory, text_quote(tensor->name, quoted),
                     tensor->bytes);
}

static bool unpack_integers(struct loader *loader, const struct tensor *tensor,
                            const struct layout *layout, struct matrix *matrix)
{
    size_t n = (size_t)tensor->shape[0], k = (size_t)tensor->shape[1];
    int8_t *rows = arena_take(&loader->scratch, n, k, loader->error);
    float *scales =
        arena_take(&loader->scratch, n, sizeof *scales, loader->error);
    if (rows == NULL || scales == NULL)
        return false;
    layout_unpack_i8(layout, n, k, tensor->data, rows, scales);
    matrix->data = rows;
    matrix->element_bytes = sizeof *rows;
    matrix->scales = scales;
    return true;
}

bool loader_open_packed(struct loader *loader, const struct tensor *tensor,
                        const struct linear *linear, struct matrix *matrix)
{
    struct layout layout;
    if (!layout_of(loader, tensor, &layout))
        return false;
    if (layout_equal(&layout, &linear->gemm->layout) &&
        (uintptr_t)tensor->data % ALIGNMENT == 0) {
        matrix->data = tensor->data;
        matrix->is_packed = true;
        return true;
    }
    if (layout_is_integer(&layout) && linear->gemm->pack_i8 != NULL)
        return unpack_integers(loader, tensor, &layout, matrix);
    matrix->data =
        loader_unpack(loader, tensor, loader_matrix_arena(loader, linear));
    matrix->element_bytes = sizeof(float);
    return matrix->data != NULL;
}

bool loader_find_packed(struct loader *loader, enum slot slot, const char *part,
                        struct linear *linear, bool *found)
{
    struct matrix matrix = {.data = NULL};
    const struct tensor *tensor = loader_find(loader, slot, part, matrix.name);
    *found = tensor != NULL;
    if (tensor == NULL)
        return true;
    if (!loader_has_shape(loader, tensor, matrix.name, linear->outputs,
                          linear->inputs, 0))
        return false;
    if (tensor->layout == NULL)
        return error_set(loader->error,
                         "%s: tensor %s has no layout: the file is damaged",
                         loader->directory, matrix.name);
    bool fine = loader_open_packed(loader, tensor, linear, &matrix) &&
                loader_pack(loader, &matrix, linear);
    arena_reset(&loader->scratch);
    return fine;
}

const float *loader_unpack(struct loader *loader, const struct tensor *tensor,
                           struct arena *arena)
{
    struct layout layout;
    size_t n = (size_t)tensor->shape[0], k = (size_t)tensor->shape[1];
    if (!layout_of(loader, tensor, &layout))
        return NULL;
    float *out = arena_take(arena, n * k, sizeof *out, loader->error);
    if (out != NULL)
        layout_unpack_f32(&layout, n, k, tensor->data, out);
    return out;
}

const float *loader_find_derived(struct loader *loader, enum slot slot,
                                 const char *part, size_t rows, size_t columns)
{
    char name[SLOT_NAME_BYTES];
    const struct tensor *tensor = loader_find(loader, slot, part, name);
    if (tensor == NULL || tensor->type != TENSOR_F32 ||
        (uintptr_t)tensor->data % _Alignof(float) != 0 ||
        !loader_has_shape(loader, tensor, name, rows, columns, 0))
        return NULL;
    return tensor->data;
}

/*** what was made ***/

static bool list(struct loader *loader, struct tensor tensor)
{
    return loader->list == NULL ||
           tensors_find(loader->list, tensor.name) != NULL ||
           tensors_add(loader->list, &tensor, loader->directory, loader->error);
}

bool loader_list_table(struct loader *loader, const char *name, size_t rows,
                       size_t columns, const float *table)
{
    size_t count = rows * (columns > 0 ? columns : 1);
    return list(loader, (struct tensor){.name = slice_of(name),
                                        .type = TENSOR_F32,
                                        .dimensions = columns > 0 ? 2 : 1,
                                        .shape = {rows, columns},
                                        .data = table,
                                        .bytes = count * sizeof *table});
}

bool loader_list_derived(struct loader *loader, enum slot slot,
                         const char *part, size_t rows, size_t columns,
                         const float *table)
{
    char name[SLOT_NAME_BYTES];
    slot_name(loader->names, slot, loader->layer, part, name);
    return loader_list_table(loader, name, rows, columns, table);
}

bool loader_list_packed(struct loader *loader, const char *name,
                        const struct linear *linear)
{
    size_t n = linear->outputs, k = linear->inputs;
    size_t bytes = linear->gemm->packed_bytes(n, k);
    if (loader->list == NULL || name[0] == '\0')
        return true;
    char *text =
        tensors_new_copy(loader->list, LAYOUT_TEXT_BYTES, loader->error);
    if (text == NULL)
        return false;
    layout_print(&linear->gemm->layout, text);
    if (bytes == 0)
        bytes = layout_bytes(&linear->gemm->layout, n, k);
    return list(loader, (struct tensor){.name = slice_of(name),
                                        .type = TENSOR_U8,
                                        .dimensions = 2,
                                        .shape = {n, k},
                                        .data = linear->packed,
                                        .bytes = bytes,
                                        .layout = text});
}

bool loader_list_stored(struct loader *loader, enum slot slot)
{
    char name[SLOT_NAME_BYTES], scale_name[SLOT_NAME_BYTES + 8];
    const struct tensor *tensor = loader_find(loader, slot, ".weight", name);
    if (tensor == NULL || loader->list == NULL)
        return true;
    struct tensor stored = *tensor;
    stored.name = slice_of(name);
    snprintf(scale_name, sizeof scale_name, "%s.scale", name);
    const struct tensor *scale =
        slot_tensor_named(loader->names, loader->tensors, scale_name);
    struct tensor scales = scale != NULL ? *scale : stored;
    if (scale != NULL)
        scales.name = slice_of(scale_name);
    return list(loader, stored) && list(loader, scales);
}
