#include "nn/load.h"

#include "nn/convolution.h"
#include "nn/loader.h"
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

/* Rows of one of query, key and value out of a matrix of all three. */
static const float *part_of(struct loader *loader, const float *fused,
                            size_t part, size_t columns, struct arena *arena)
{
    const struct spec *spec = loader->spec;
    size_t count = spec->hidden * columns, of_head = spec->head_width * columns;
    if (spec->projection == PROJECTION_BY_PART)
        return fused + part * count;
    float *rows = arena_take(arena, count, sizeof *rows, loader->error);
    for (size_t head = 0; rows != NULL && head < spec->heads; head++)
        memcpy(rows + head * of_head, fused + (3 * head + part) * of_head,
               of_head * sizeof *rows);
    return rows;
}

static bool load_fused_projections(struct loader *loader, struct layer *layer)
{
    struct linear *const parts[] = {&layer->query, &layer->key, &layer->value};
    size_t hidden = loader->spec->hidden;
    struct arena *arena = loader_matrix_arena(loader, hidden, hidden);
    bool is_in_place = loader->spec->projection == PROJECTION_BY_PART;
    const float *fused = loader_matrix(loader, SLOT_PROJECTIONS,
                                       is_in_place ? arena : &loader->scratch);
    const float *bias = NULL;
    if (fused == NULL || !loader_bias(loader, SLOT_PROJECTIONS, &bias))
        return false;

    for (size_t i = 0; i < 3; i++) {
        *parts[i] = (struct linear){.inputs = hidden, .outputs = hidden};
        const float *matrix = part_of(loader, fused, i, hidden, arena);
        if (!loader_pack(loader, matrix, parts[i]))
            return false;
        if (bias != NULL)
            parts[i]->bias = part_of(loader, bias, i, 1, loader->memory);
    }
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
    return loader_bias(loader, SLOT_VALUE, &first->value_bias) &&
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

static bool load_layers(struct loader *loader, struct weights *weights)
{
    const struct spec *spec = loader->spec;
    weights->layers = arena_take(loader->memory, spec->layers,
                                 sizeof *weights->layers, loader->error);
    if (weights->layers == NULL)
        return false;
    weights->has_first_token = can_fold(spec);
    for (loader->layer = 0; loader->layer < spec->layers; loader->layer++) {
        struct layer *layer = &weights->layers[loader->layer];
        bool is_first_only =
            weights->has_first_token && loader->layer + 1 == spec->layers;
        if (!load_layer(loader, layer) ||
            !(is_first_only
                  ? load_first_token(loader, layer, &weights->first_token)
                  : load_projections(loader, layer)) ||
            !relative_load(loader, &layer->relative))
            return false;
    }
    return true;
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

bool load_weights(struct weights *weights, struct spec *spec,
                  const struct slot_names *names, const struct tensors *tensors,
                  const struct kernels *kernels, const char *directory,
                  struct arena *memory, struct error *error)
{
    struct loader loader = {
        .spec = spec,
        .names = names,
        .tensors = tensors,
        .kernels = kernels,
        .directory = directory,
        .memory = memory,
        .error = error,
    };
    bool fine = count_labels(&loader, spec) &&
                load_embeddings(&loader, weights) &&
                convolution_load(&loader, weights) && relative_open(&loader) &&
                load_layers(&loader, weights) && load_head(&loader, weights);
    arena_free(&loader.scratch);
    arena_free(&loader.shared);
    return fine;
}
