#include "nn/loader.h"

#include "nn/loader_packed.h"

#include <stdio.h>
#include <string.h>

static const struct tensor *find(const struct loader *loader, const char *name)
{
    return slot_tensor_named(loader->names, loader->tensors, name);
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
    bool is_head = slot == SLOT_HEAD_OUT || slot == SLOT_HEAD_DENSE;
    if (is_head && strcmp(strrchr(name, '.'), ".weight") == 0)
        return error_set(loader->error,
                         "%s: no classifier weights (%s): this is a body or "
                         "an embedding model, not a cross-encoder",
                         loader->directory, name);
    return error_set(loader->error,
                     "%s: no tensor %s: the %s architecture needs it",
                     loader->directory, name, loader->spec->family);
}

static void print_shape(char out[80], size_t dimensions, const uint64_t *shape)
{
    out[0] = '\0';
    for (size_t i = 0, at = 0;
         i < dimensions && i < TENSOR_DIMENSIONS && at < 80; i++)
        at += (size_t)snprintf(out + at, 80 - at, "%s%llu", i > 0 ? ", " : "",
                               (unsigned long long)shape[i]);
}

bool loader_has_shape(const struct loader *loader, const struct tensor *tensor,
                      const char *name, size_t rows, size_t columns,
                      size_t taps)
{
    const uint64_t wanted[3] = {rows, columns, taps};
    size_t dimensions = columns == 0 ? 1 : taps == 0 ? 2 : 3;
    if (tensor->dimensions == dimensions &&
        memcmp(tensor->shape, wanted, dimensions * sizeof *wanted) == 0)
        return true;

    char found[80], expected[80];
    print_shape(found, tensor->dimensions, tensor->shape);
    print_shape(expected, dimensions, wanted);
    return error_set(loader->error,
                     "%s: tensor %s has shape [%s]: config.json makes it [%s]",
                     loader->directory, name, found, expected);
}

static bool element_of(const struct loader *loader, const struct tensor *tensor,
                       const char *name, enum element *element)
{
    static const enum element elements[] = {[TENSOR_F32] = ELEMENT_F32,
                                            [TENSOR_F16] = ELEMENT_F16,
                                            [TENSOR_BF16] = ELEMENT_BF16,
                                            [TENSOR_I8] = ELEMENT_I8};
    if (tensor->type >= TENSOR_WEIGHT_TYPES)
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
    if (!loader_has_shape(loader, tensor, scale_name, rows, 0, 0))
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

bool loader_vector(struct loader *loader, enum slot slot, const char *part,
                   const float **out)
{
    size_t width = slot_shape(loader->spec, slot).rows;
    char name[SLOT_NAME_BYTES];
    const struct tensor *tensor = loader_find(loader, slot, part, name);
    if (tensor == NULL)
        return loader_missing(loader, slot, name);
    if (!loader_has_shape(loader, tensor, name, width, 0, 0))
        return false;
    *out = vector_of(loader, tensor, name, width);
    return *out != NULL && loader_list_table(loader, name, width, 0, *out);
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

/* A slot's weight, its shape and type checked; NULL on error. */
static const struct tensor *weight_of(struct loader *loader, enum slot slot,
                                      enum element *element,
                                      const float **scales)
{
    struct slot_shape shape = slot_shape(loader->spec, slot);
    char name[SLOT_NAME_BYTES];
    const struct tensor *tensor = loader_find(loader, slot, ".weight", name);
    *scales = NULL;
    if (tensor == NULL) {
        loader_missing(loader, slot, name);
        return NULL;
    }
    if (!loader_has_shape(loader, tensor, name, shape.rows, shape.columns,
                          shape.taps) ||
        (tensor->layout == NULL &&
         !element_of(loader, tensor, name, element)) ||
        (*element == ELEMENT_I8 &&
         !scales_of(loader, name, shape.rows, scales)))
        return NULL;
    return tensor;
}

const float *loader_matrix(struct loader *loader, enum slot slot,
                           struct arena *arena)
{
    struct slot_shape shape = slot_shape(loader->spec, slot);
    size_t columns = shape.columns * (shape.taps > 0 ? shape.taps : 1);
    enum element element = ELEMENT_F32;
    const float *scales;
    const struct tensor *tensor = weight_of(loader, slot, &element, &scales);
    if (tensor == NULL)
        return NULL;
    if (tensor->layout != NULL)
        return loader_unpack(loader, tensor, arena);
    if (is_usable_in_place(tensor))
        return tensor->data;
    return widen(loader, arena, tensor, element, scales, shape.rows, columns);
}

/*
 * What is float32 at any precision.  The head's rows are few, its errors are
 * the score's; the embedding projection and the convolution are small parts of
 * the few models that have them, and all layers read what they make.
 */
static bool stays_f32(enum slot slot)
{
    return slot == SLOT_HEAD_DENSE || slot == SLOT_HEAD_OUT ||
           slot == SLOT_EMBEDDING_PROJECTION || slot == SLOT_CONVOLUTION;
}

bool loader_weights(struct loader *loader, enum slot slot,
                    const struct linear *linear, struct matrix *matrix)
{
    enum element element = ELEMENT_F32;
    const float *scales;
    const struct tensor *tensor = weight_of(loader, slot, &element, &scales);
    *matrix = (struct matrix){.data = NULL};
    slot_name(loader->names, slot, loader->layer, ".weight", matrix->name);
    if (tensor == NULL)
        return false;
    if (tensor->layout != NULL)
        return loader_open_packed(loader, tensor, linear, matrix);
    if (element == ELEMENT_I8 && linear->gemm->pack_i8 != NULL) {
        matrix->data = tensor->data;
        matrix->element_bytes = 1;
        matrix->scales = scales;
        return true;
    }
    /* In a packed file small matrices stay the quarter that they are. */
    if (element == ELEMENT_I8 && stays_f32(slot)) {
        matrix->name[0] = '\0';
        if (!loader_list_stored(loader, slot))
            return false;
    }
    matrix->data =
        loader_matrix(loader, slot, loader_matrix_arena(loader, linear));
    matrix->element_bytes = sizeof(float);
    return matrix->data != NULL;
}

bool loader_pack(struct loader *loader, const struct matrix *matrix,
                 struct linear *linear)
{
    size_t outputs = linear->outputs, inputs = linear->inputs;
    const struct gemm *gemm = linear->gemm;
    size_t bytes = gemm->packed_bytes(outputs, inputs);
    linear->packed = matrix->data;
    if (bytes == 0 || matrix->is_packed)
        return loader_list_packed(loader, matrix->name, linear);
    void *packed = arena_take(loader->memory, bytes, 1, loader->error);
    linear->packed = packed;
    if (packed == NULL)
        return false;
    if (matrix->scales != NULL)
        gemm->pack_i8(outputs, inputs, matrix->data, matrix->scales, packed);
    else
        gemm->pack(outputs, inputs, matrix->data, packed);
    return loader_list_packed(loader, matrix->name, linear);
}

struct linear loader_product(const struct loader *loader, enum slot slot,
                             size_t outputs, size_t inputs)
{
    enum precision precision =
        stays_f32(slot) ? PRECISION_F32 : loader->precision;
    return (struct linear){.inputs = inputs,
                           .outputs = outputs,
                           .gemm = &loader->kernels->gemm[precision]};
}

struct arena *loader_matrix_arena(struct loader *loader,
                                  const struct linear *linear)
{
    return linear->gemm->packed_bytes(linear->outputs, linear->inputs) > 0
               ? &loader->scratch
               : loader->memory;
}

bool loader_linear(struct loader *loader, enum slot slot, struct linear *linear)
{
    struct slot_shape shape = slot_shape(loader->spec, slot);
    struct matrix matrix;
    *linear = loader_product(loader, slot, shape.rows, shape.columns);
    if (shape.rows == 0)
        return true;
    bool fine = loader_weights(loader, slot, linear, &matrix) &&
                loader_pack(loader, &matrix, linear);
    arena_reset(&loader->scratch);
    return fine && loader_bias(loader, slot, &linear->bias);
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
    return loader_has_shape(loader, tensor, name, rows, table->width, 0) &&
           element_of(loader, tensor, name, &table->element) &&
           (table->element != ELEMENT_I8 ||
            scales_of(loader, name, rows, &table->scales)) &&
           loader_list_stored(loader, slot);
}
