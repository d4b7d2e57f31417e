#include "nn/loader.h"

#include <stdio.h>
#include <string.h>

/* By its full name, or without the prefix that bare encoders lack. */
static const struct tensor *find(const struct loader *loader, const char *name)
{
    const struct tensor *tensor = tensors_find(loader->tensors, slice_of(name));
    size_t length = strlen(loader->names->prefix);
    if (tensor == NULL && strncmp(name, loader->names->prefix, length) == 0)
        tensor = tensors_find(loader->tensors, slice_of(name + length));
    return tensor;
}

/* Old checkpoints call a norm's parts gamma and beta. */
const struct tensor *loader_find(const struct loader *loader, enum slot slot,
                                 const char *part, char name[SLOT_NAME_BYTES])
{
    static const char *const old_parts[][2] = {{".weight", ".gamma"},
                                               {".bias", ".beta"}};
    slot_name(loader->names, slot, loader->layer, part, name);
    const struct tensor *tensor = find(loader, name);
    for (size_t i = 0; tensor == NULL && i < 2; i++) {
        char old_name[SLOT_NAME_BYTES];
        if (strcmp(part, old_parts[i][0]) != 0)
            continue;
        slot_name(loader->names, slot, loader->layer, old_parts[i][1],
                  old_name);
        tensor = find(loader, old_name);
    }
    return tensor;
}

bool loader_missing(const struct loader *loader, enum slot slot,
                    const char *name)
{
    if (slot == SLOT_HEAD_OUT || slot == SLOT_HEAD_DENSE)
        return error_set(loader->error,
                         "%s: no classifier weights (%s): this is a body or "
                         "an embedding model, not a cross-encoder",
                         loader->directory, name);
    return error_set(loader->error,
                     "%s: no tensor %s: the %s architecture needs it",
                     loader->directory, name, loader->spec->family);
}

static bool has_shape(const struct loader *loader, const struct tensor *tensor,
                      const char *name, size_t rows, size_t columns)
{
    bool is_vector = columns == 0;
    if (tensor->dimensions == (is_vector ? 1 : 2) && tensor->shape[0] == rows &&
        (is_vector || tensor->shape[1] == columns))
        return true;

    char found[80] = "";
    for (size_t i = 0, at = 0;
         i < tensor->dimensions && i < TENSOR_DIMENSIONS && at < sizeof found;
         i++)
        at += (size_t)snprintf(found + at, sizeof found - at, "%s%llu",
                               i > 0 ? ", " : "",
                               (unsigned long long)tensor->shape[i]);
    if (is_vector)
        return error_set(loader->error,
                         "%s: tensor %s has shape [%s]: config.json makes it "
                         "[%zu]",
                         loader->directory, name, found, rows);
    return error_set(loader->error,
                     "%s: tensor %s has shape [%s]: config.json makes it "
                     "[%zu, %zu]",
                     loader->directory, name, found, rows, columns);
}

static bool element_of(const struct loader *loader, const struct tensor *tensor,
                       const char *name, enum element *element)
{
    static const enum element elements[] = {[TENSOR_F32] = ELEMENT_F32,
                                            [TENSOR_F16] = ELEMENT_F16,
                                            [TENSOR_BF16] = ELEMENT_BF16,
                                            [TENSOR_I8] = ELEMENT_I8};
    if (tensor->type == TENSOR_OTHER)
        return error_set(loader->error,
                         "%s: tensor %s: element type F32, F16, BF16 or I8 "
                         "was expected",
                         loader->directory, name);
    *element = elements[tensor->type];
    return true;
}

static const float *vector_of(struct loader *loader,
                              const struct tensor *tensor, const char *name,
                              size_t width);

/* An I8 matrix has a float32 scale for each row in "NAME.scale". */
static bool scales_of(struct loader *loader, const char *name, size_t rows,
                      const float **scales)
{
    char scale_name[SLOT_NAME_BYTES + 8];
    snprintf(scale_name, sizeof scale_name, "%s.scale", name);
    const struct tensor *tensor = find(loader, scale_name);
    if (tensor == NULL)
        return error_set(loader->error,
                         "%s: tensor %s has 8-bit rows: their scales were "
                         "expected in %s",
                         loader->directory, name, scale_name);
    if (!has_shape(loader, tensor, scale_name, rows, 0))
        return false;
    *scales = vector_of(loader, tensor, scale_name, rows);
    return *scales != NULL;
}

static bool is_usable_in_place(const struct tensor *tensor)
{
    return tensor->type == TENSOR_F32 &&
           (uintptr_t)tensor->data % _Alignof(float) == 0;
}

/* Rows of any element type -> float32 in a block of the given arena. */
static const float *widen(struct loader *loader, struct arena *arena,
                          const struct tensor *tensor, enum element element,
                          const float *scales, size_t rows, size_t columns)
{
    float *out = arena_take(arena, rows * columns, sizeof *out, loader->error);
    if (out == NULL)
        return NULL;
    size_t row_bytes = columns * tensor_element_bytes(tensor->type);
    for (size_t row = 0; row < rows; row++)
        loader->kernels->widen_f32[element](
            columns, (const char *)tensor->data + row * row_bytes,
            scales ? scales[row] : 1, out + row * columns);
    return out;
}

static const float *vector_of(struct loader *loader,
                              const struct tensor *tensor, const char *name,
                              size_t width)
{
    enum element element = ELEMENT_F32;
    if (!element_of(loader, tensor, name, &element))
        return NULL;
    if (is_usable_in_place(tensor))
        return tensor->data;
    if (element == ELEMENT_I8) {
        error_set(loader->error, "%s: tensor %s: a vector is never 8-bit",
                  loader->directory, name);
        return NULL;
    }
    return widen(loader, loader->memory, tensor, element, NULL, 1, width);
}

static bool loader_vector(struct loader *loader, enum slot slot,
                          const char *part, const float **out)
{
    size_t width = slot_shape(loader->spec, slot).rows;
    char name[SLOT_NAME_BYTES];
    const struct tensor *tensor = loader_find(loader, slot, part, name);
    if (tensor == NULL)
        return loader_missing(loader, slot, name);
    if (!has_shape(loader, tensor, name, width, 0))
        return false;
    *out = vector_of(loader, tensor, name, width);
    return *out != NULL;
}

bool loader_bias(struct loader *loader, enum slot slot, const float **bias)
{
    return !slot_shape(loader->spec, slot).has_bias ||
           loader_vector(loader, slot, ".bias", bias);
}

bool loader_norm(struct loader *loader, enum slot slot, struct norm *norm)
{
    return slot_shape(loader->spec, slot).rows == 0 ||
           (loader_vector(loader, slot, ".weight", &norm->weight) &&
            loader_bias(loader, slot, &norm->bias));
}

/* A matrix as float32: in place, or widened into the arena. */
const float *loader_matrix(struct loader *loader, enum slot slot,
                           struct arena *arena)
{
    struct slot_shape shape = slot_shape(loader->spec, slot);
    size_t rows = shape.rows, columns = shape.columns;
    char name[SLOT_NAME_BYTES];
    enum element element = ELEMENT_F32;
    const float *scales = NULL;
    const struct tensor *tensor = loader_find(loader, slot, ".weight", name);
    if (tensor == NULL) {
        loader_missing(loader, slot, name);
        return NULL;
    }
    if (!has_shape(loader, tensor, name, rows, columns) ||
        !element_of(loader, tensor, name, &element) ||
        (element == ELEMENT_I8 && !scales_of(loader, name, rows, &scales)))
        return NULL;
    if (is_usable_in_place(tensor))
        return tensor->data;
    return widen(loader, arena, tensor, element, scales, rows, columns);
}

static const void *pack(struct loader *loader, size_t outputs, size_t inputs,
                        const float *matrix)
{
    const struct gemm_f32 *gemm = &loader->kernels->gemm_f32;
    size_t bytes = gemm->packed_bytes(outputs, inputs);
    if (bytes == 0)
        return matrix;
    void *packed = arena_take(loader->memory, bytes, 1, loader->error);
    if (packed != NULL)
        gemm->pack(outputs, inputs, matrix, packed);
    return packed;
}

/* Packs what was loaded, and lets go of the loaded form if it is not used. */
static bool finish_linear(struct loader *loader, const float *matrix,
                          struct linear *linear)
{
    if (matrix != NULL)
        linear->packed = pack(loader, linear->outputs, linear->inputs, matrix);
    arena_reset(&loader->scratch);
    return linear->packed != NULL;
}

/* Where a matrix is put that pack() gets: it stays only if nothing is packed.
 */
static struct arena *matrix_arena(struct loader *loader, size_t outputs,
                                  size_t inputs)
{
    return loader->kernels->gemm_f32.packed_bytes(outputs, inputs) > 0
               ? &loader->scratch
               : loader->memory;
}

bool loader_linear(struct loader *loader, enum slot slot, struct linear *linear)
{
    struct slot_shape shape = slot_shape(loader->spec, slot);
    *linear = (struct linear){.inputs = shape.columns, .outputs = shape.rows};
    return shape.rows == 0 ||
           (finish_linear(
                loader,
                loader_matrix(loader, slot,
                              matrix_arena(loader, shape.rows, shape.columns)),
                linear) &&
            loader_bias(loader, slot, &linear->bias));
}

bool loader_table(struct loader *loader, enum slot slot,
                  struct embedding *table)
{
    struct slot_shape shape = slot_shape(loader->spec, slot);
    size_t rows = shape.rows;
    char name[SLOT_NAME_BYTES];
    *table = (struct embedding){.rows = rows, .width = shape.columns};
    if (rows == 0)
        return true;
    const struct tensor *tensor = loader_find(loader, slot, ".weight", name);
    if (tensor == NULL)
        return loader_missing(loader, slot, name);
    table->data = tensor->data;
    return has_shape(loader, tensor, name, rows, table->width) &&
           element_of(loader, tensor, name, &table->element) &&
           (table->element != ELEMENT_I8 ||
            scales_of(loader, name, rows, &table->scales));
}
