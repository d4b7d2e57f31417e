#include "nn/load.h"

#include "base/pool.h"
#include "nn/convolution.h"
#include "nn/loader.h"
#include "nn/loader_packed.h"
#include "nn/relative.h"

#include <string.h>

/* All of a layer but its query, key and value projections. */
static bool load_layer(struct loader *loader, struct layer *layer)
{
    bool lacks_norm = loader->spec->lacks_first_norm && loader->layer == 0;
    return loader_linear(loader, SLOT_ATTENTION_OUT, &layer->attention_out) &&
           (lacks_norm ||
            loader_norm(loader, SLOT_ATTENTION_NORM, &layer->attention_norm)) &&
           loader_norm(loader, SLOT_QUERY_NORM, &layer->query_norm) &&
           loader_norm(loader, SLOT_KEY_NORM, &layer->key_norm) &&
           loader_norm(loader, SLOT_SECOND_NORM, &layer->second_norm) &&
           loader_linear(loader, SLOT_FEEDFORWARD_IN, &layer->feedforward_in) &&
           loader_linear(loader, SLOT_FEEDFORWARD_OUT,
                         &layer->feedforward_out) &&
           loader_norm(loader, SLOT_FEEDFORWARD_NORM, &layer->feedforward_norm);
}

static const char *const part_names[] = {PART_QUERY, PART_KEY, PART_VALUE};

/* Rows of one of query, key and value out of those of all three. */
static const void *part_of(struct loader *loader, const void *fused,
                           size_t part, size_t row_bytes, struct arena *arena)
{
    const struct spec *spec = loader->spec;
    const char *rows = fused;
    size_t count = spec->hidden * row_bytes;
    size_t of_head = spec->head_width * row_bytes;
    if (fused == NULL || spec->projection == PROJECTION_BY_PART)
        return fused == NULL ? NULL : rows + part * count;
    char *gathered = arena_take(arena, count, 1, loader->error);
    for (size_t head = 0; gathered != NULL && head < spec->heads; head++)
        memcpy(gathered + head * of_head, rows + (3 * head + part) * of_head,
               of_head);
    return gathered;
}

static bool load_part(struct loader *loader, const struct matrix *fused,
                      size_t part, struct linear *linear)
{
    struct matrix matrix = *fused;
    size_t row_bytes = linear->inputs * fused->element_bytes;
    slot_name(loader->names, SLOT_PROJECTIONS, loader->layer, part_names[part],
              matrix.name);
    matrix.data = part_of(loader, fused->data, part, row_bytes,
                          loader_matrix_arena(loader, linear));
    matrix.scales = part_of(loader, fused->scales, part, sizeof *fused->scales,
                            &loader->scratch);
    return !loader->error->set && loader_pack(loader, &matrix, linear);
}

/* The three matrices: each on its own in a packed file, else out of one. */
static bool load_parts(struct loader *loader, struct linear *const parts[3])
{
    struct matrix fused;
    bool found = true;
    for (size_t i = 0; i < 3 && found; i++)
        if (!loader_find_packed(loader, SLOT_PROJECTIONS, part_names[i],
                                parts[i], &found))
            return false;
    if (found)
        return true;
    if (!loader_weights(loader, SLOT_PROJECTIONS, parts[0], &fused))
        return false;
    for (size_t i = 0; i < 3; i++)
        if (!load_part(loader, &fused, i, parts[i]))
            return false;
    return true;
}

static bool load_fused_projections(struct loader *loader, struct layer *layer)
{
    struct linear *const parts[] = {&layer->query, &layer->key, &layer->value};
    size_t hidden = loader->spec->hidden;
    const float *bias = NULL;
    struct linear whole =
        loader_product(loader, SLOT_PROJECTIONS, hidden, hidden);
    for (size_t i = 0; i < 3; i++)
        *parts[i] = whole;
    if (!load_parts(loader, parts) ||
        !loader_bias(loader, SLOT_PROJECTIONS, &bias))
        return false;
    for (size_t i = 0; i < 3; i++)
        parts[i]->bias = part_of(loader, bias, i, sizeof *bias, loader->memory);
    arena_reset(&loader->scratch);
    if (!loader->spec->has_split_bias)
        return !loader->error->set;
    return loader_vector(loader, SLOT_QUERY_BIAS, "", &layer->query.bias) &&
           loader_vector(loader, SLOT_VALUE_BIAS, "", &layer->value.bias);
}

static bool load_projections(struct loader *loader, struct layer *layer)
{
    if (loader->spec->projection != PROJECTION_SEPARATE)
        return load_fused_projections(loader, layer);
    return loader_linear(loader, SLOT_QUERY, &layer->query) &&
           loader_linear(loader, SLOT_KEY, &layer->key) &&
           loader_linear(loader, SLOT_VALUE, &layer->value);
}

/* The last layer's projections in the form that attention_first.c reads; key
 * and value are not packed for the tall product, which it never makes. */
static bool load_first_token(struct loader *loader, struct layer *layer,
                             struct first_token *first)
{
    size_t hidden = loader->spec->hidden;
    first->key = loader_matrix(loader, SLOT_KEY, loader->memory);
    const float *value = loader_matrix(loader, SLOT_VALUE, &loader->scratch);
    float *transposed = arena_take(loader->memory, hidden * hidden,
                                   sizeof *transposed, loader->error);
    if (first->key == NULL || value == NULL || transposed == NULL)
        return false;
    loader->kernels->transpose_f32(hidden, hidden, value, hidden, transposed,
                                   hidden);
    arena_reset(&loader->scratch);
    first->value_transposed = transposed;
    return loader_list_stored(loader, SLOT_KEY) &&
           loader_list_stored(loader, SLOT_VALUE) &&
           loader_bias(loader, SLOT_VALUE, &first->value_bias) &&
           loader_linear(loader, SLOT_QUERY, &layer->query);
}

/* Whether the last layer can do without keys and values of all tokens. */
static bool can_fold(const struct spec *spec)
{
    bool is_linear = spec->attention == ATTENTION_PLAIN ||
                     spec->attention == ATTENTION_ALIBI;
    return is_linear && !spec->has_query_norm &&
           spec->projection == PROJECTION_SEPARATE &&
           spec->pooling == POOLING_FIRST;
}

static bool load_whole_layer(struct loader *loader, struct weights *weights)
{
    struct layer *layer = &weights->layers[loader->layer];
    bool is_first_only =
        weights->has_first_token && loader->layer + 1 == loader->spec->layers;
    return load_layer(loader, layer) &&
           (is_first_only
                ? load_first_token(loader, layer, &weights->first_token)
                : load_projections(loader, layer)) &&
           relative_load(loader, &layer->relative);
}

/* What a worker has of its own. */
struct part {
    struct arena memory, scratch;
    struct error error;
    size_t failed; /* the layer that the error is of */
};

struct loading {
    const struct loader *loader;
    struct weights *weights;
    struct part *parts;
};

static void load_one(void *context, size_t index, int worker)
{
    const struct loading *loading = context;
    struct part *part = &loading->parts[worker];
    struct loader loader = *loading->loader;
    if (part->error.set)
        return;
    loader.layer = index;
    loader.memory = &part->memory;
    loader.scratch = part->scratch;
    loader.error = &part->error;
    if (!load_whole_layer(&loader, loading->weights))
        part->failed = index;
    part->scratch = loader.scratch;
}

/* Layers are begun in rising order: the first that fails is always the same. */
static bool join_parts(const struct loader *loader, struct part *parts,
                       int workers)
{
    const struct part *first = NULL;
    for (int i = 0; i < workers; i++) {
        struct part *part = &parts[i];
        arena_join(loader->memory, &part->memory);
        arena_free(&part->scratch);
        if (part->error.set && (first == NULL || part->failed < first->failed))
            first = part;
    }
    return first == NULL || error_pass(loader->error, &first->error);
}

/* As many as config.json says: but each has tensors of its own, so that of
 * more than there are tensors one is missing and will be named. */
static size_t layers_to_load(const struct loader *loader)
{
    size_t most = loader->tensors->count + 1;
    return loader->spec->layers < most ? loader->spec->layers : most;
}

static bool load_layers(struct loader *loader, struct weights *weights,
                        int workers)
{
    size_t layers = layers_to_load(loader);
    struct error *error = loader->error;
    struct loading loading = {.loader = loader, .weights = weights};
    weights->has_first_token = can_fold(loader->spec);
    weights->layers =
        arena_take(loader->memory, layers, sizeof *weights->layers, error);
    if (workers < 1 || loader->list != NULL) /* the list has one writer */
        workers = 1;
    if ((size_t)workers > layers)
        workers = (int)layers;
    loading.parts = memory_new((size_t)workers, sizeof *loading.parts, error);
    struct pool *pool = error->set ? NULL : pool_open(workers, error);
    if (pool != NULL) {
        pool_start(pool, layers, load_one, &loading);
        if (!pool_wait(pool))
            error_set(error, "interrupted");
        pool_close(pool);
        join_parts(loader, loading.parts, workers);
    }
    memory_free(loading.parts);
    return !error->set;
}

static bool load_embeddings(struct loader *loader, struct weights *weights)
{
    return loader_table(loader, SLOT_WORD, &weights->word) &&
           loader_table(loader, SLOT_POSITION, &weights->position) &&
           loader_table(loader, SLOT_TOKEN_TYPE, &weights->token_type) &&
           loader_norm(loader, SLOT_EMBEDDING_NORM, &weights->embedding_norm) &&
           loader_linear(loader, SLOT_EMBEDDING_PROJECTION,
                         &weights->embedding_projection);
}

/* The classifier's rows are the labels; config is checked against them. */
static bool count_labels(struct loader *loader, struct spec *spec)
{
    char name[SLOT_NAME_BYTES];
    const struct tensor *tensor =
        loader_find(loader, SLOT_HEAD_OUT, ".weight", name);
    if (tensor == NULL)
        return loader_missing(loader, SLOT_HEAD_OUT, name);
    if (tensor->dimensions != 2 || tensor->shape[0] == 0 ||
        tensor->shape[0] > spec->vocabulary)
        return error_set(loader->error,
                         "%s: tensor %s: a matrix with a row for each label "
                         "was expected",
                         loader->directory, name);
    spec->labels = (size_t)tensor->shape[0];
    return true;
}

static bool load_head(struct loader *loader, struct weights *weights)
{
    return loader_norm(loader, SLOT_FINAL_NORM, &weights->final_norm) &&
           loader_linear(loader, SLOT_HEAD_DENSE, &weights->head_dense) &&
           loader_norm(loader, SLOT_HEAD_NORM, &weights->head_norm) &&
           loader_linear(loader, SLOT_HEAD_OUT, &weights->head_out);
}

/* What a layer lacks, the loader will name. */
static bool has_8_bit_rows(const struct spec *spec,
                           const struct slot_names *names,
                           const struct tensors *tensors, size_t layer)
{
    for (enum slot slot = 0; slot < SLOT_COUNT; slot++) {
        struct slot_shape shape = slot_shape(spec, slot);
        if (shape.kind != SLOT_IS_LINEAR || !shape.is_per_layer ||
            shape.rows == 0)
            continue;
        const struct tensor *tensor =
            slot_tensor(names, tensors, slot, layer, ".weight");
        if (tensor == NULL || tensor->type != TENSOR_I8)
            return false;
    }
    return true;
}

enum precision load_stored_precision(const struct spec *spec,
                                     const struct slot_names *names,
                                     const struct tensors *tensors)
{
    for (size_t layer = 0; layer < spec->layers; layer++)
        if (!has_8_bit_rows(spec, names, tensors, layer))
            return PRECISION_F32;
    return PRECISION_INT8;
}

bool load_weights(struct weights *weights, struct spec *spec,
                  const struct encoder_source *source, struct arena *memory,
                  struct error *error)
{
    struct loader loader = {
        .spec = spec,
        .names = source->names,
        .tensors = source->tensors,
        .kernels = source->kernels,
        .precision = source->precision,
        .directory = source->directory,
        .memory = memory,
        .list = source->list,
        .error = error,
    };
    bool fine = count_labels(&loader, spec) &&
                load_embeddings(&loader, weights) &&
                convolution_load(&loader, weights) && relative_open(&loader) &&
                load_layers(&loader, weights, source->workers) &&
                load_head(&loader, weights);
    arena_free(&loader.scratch);
    arena_free(&loader.shared);
    return fine;
}
