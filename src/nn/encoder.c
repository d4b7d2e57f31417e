#include "nn/encoder.h"

#include "nn/forward.h"
#include "nn/load.h"

#include <string.h>
#include <time.h>

struct encoder {
    struct spec spec;
    struct weights weights;
    const struct kernels *kernels;
    struct arena memory;
};

const char *const stage_names[STAGE_COUNT] = {
    [STAGE_EMBED] = "embed",   [STAGE_PROJECT] = "project",
    [STAGE_ATTEND] = "attend", [STAGE_FEEDFORWARD] = "feed-forward",
    [STAGE_NORM] = "norm",     [STAGE_HEAD] = "head",
};

uint64_t forward_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void forward_lap(struct forward *forward, enum stage stage, uint64_t *since)
{
    uint64_t now = forward_clock();
    forward->workspace->stage_nanoseconds[stage] += now - *since;
    *since = now;
}

/* Blocks that every layer uses anew. */
struct layer_buffers {
    float *projected; /* [tokens][3 hidden]: query, key, value */
    float *context;   /* [tokens][hidden] */
    float *wide;      /* [tokens][intermediate] */
};

/* x = norm(x + attention), then x = norm(x + feed-forward), for `rows` rows
 * whose context is known. */
static void finish_layer(struct forward *forward, const struct layer *layer,
                         size_t rows, float *context, float *wide, float *x)
{
    const struct kernels *kernels = forward->kernels;
    const struct spec *spec = forward->spec;
    size_t hidden = spec->hidden;
    uint64_t since = forward_clock();

    float *mixed = wide; /* [rows][hidden], free until the feed-forward */
    linear_run(kernels, &layer->attention_out, rows, context, hidden,
               ACTIVATION_NONE, mixed, hidden);
    forward_lap(forward, STAGE_PROJECT, &since);
    norm_run(kernels, &layer->attention_norm, rows, hidden, mixed, x,
             spec->epsilon, x);
    forward_lap(forward, STAGE_NORM, &since);

    linear_run(kernels, &layer->feedforward_in, rows, x, hidden,
               spec->feedforward_activation, wide, spec->intermediate);
    linear_run(kernels, &layer->feedforward_out, rows, wide, spec->intermediate,
               ACTIVATION_NONE, context, hidden);
    forward_lap(forward, STAGE_FEEDFORWARD, &since);
    norm_run(kernels, &layer->feedforward_norm, rows, hidden, context, x,
             spec->epsilon, x);
    forward_lap(forward, STAGE_NORM, &since);
}

static bool run_layer(struct forward *forward, const struct layer *layer,
                      const struct layer_buffers *buffers, float *x)
{
    const struct linear *projections[] = {&layer->query, &layer->key,
                                          &layer->value};
    size_t tokens = batch_tokens(forward->batch),
           hidden = forward->spec->hidden;
    uint64_t since = forward_clock();

    for (size_t i = 0; i < 3; i++)
        linear_run(forward->kernels, projections[i], tokens, x, hidden,
                   ACTIVATION_NONE, buffers->projected + i * hidden,
                   3 * hidden);
    forward_lap(forward, STAGE_PROJECT, &since);
    if (!attention_plain_run(forward, buffers->projected, buffers->context))
        return false;
    forward_lap(forward, STAGE_ATTEND, &since);
    finish_layer(forward, layer, tokens, buffers->context, buffers->wide, x);
    return true;
}

/* The last layer for the rows that the head reads: first[sequences][hidden]. */
static bool run_last_layer(struct forward *forward, const struct layer *layer,
                           const struct layer_buffers *buffers, const float *x,
                           float *first)
{
    const struct batch *batch = forward->batch;
    size_t hidden = forward->spec->hidden;
    uint64_t since = forward_clock();
    for (size_t s = 0; s < batch->sequences; s++)
        memcpy(first + s * hidden, x + batch->start[s] * hidden,
               hidden * sizeof *first);
    if (!attention_first_run(forward, &layer->query, x, first,
                             buffers->context))
        return false;
    forward_lap(forward, STAGE_ATTEND, &since);
    finish_layer(forward, layer, batch->sequences, buffers->context,
                 buffers->wide, first);
    return true;
}

/* THE loop. */
static bool run_layers(struct forward *forward, float *logits)
{
    const struct spec *spec = forward->spec;
    const struct layer *layers = forward->weights->layers;
    size_t tokens = batch_tokens(forward->batch), hidden = spec->hidden;
    size_t widest = spec->intermediate > hidden ? spec->intermediate : hidden;
    float *x = forward_take(forward, tokens, hidden);
    float *first = forward_take(forward, forward->batch->sequences, hidden);
    struct layer_buffers buffers = {
        .projected = forward_take(forward, tokens, 3 * hidden),
        .context = forward_take(forward, tokens, hidden),
        .wide = forward_take(forward, tokens, widest),
    };
    if (forward->error->set)
        return false;

    uint64_t since = forward_clock();
    if (!embed_run(forward, x))
        return false;
    forward_lap(forward, STAGE_EMBED, &since);
    for (size_t i = 0; i + 1 < spec->layers; i++)
        if (!run_layer(forward, &layers[i], &buffers, x))
            return false;

    if (!run_last_layer(forward, &layers[spec->layers - 1], &buffers, x, first))
        return false;
    since = forward_clock();
    if (!head_run(forward, first, logits))
        return false;
    forward_lap(forward, STAGE_HEAD, &since);
    return true;
}

bool encoder_run(const struct encoder *encoder, struct workspace *workspace,
                 const struct batch *batch, float *logits, struct error *error)
{
    struct forward forward = {
        .spec = &encoder->spec,
        .weights = &encoder->weights,
        .kernels = encoder->kernels,
        .batch = batch,
        .workspace = workspace,
        .error = error,
    };
    arena_reset(&workspace->arena);
    return batch->sequences == 0 || run_layers(&forward, logits);
}

struct encoder *encoder_open(const struct spec *spec,
                             const struct slot_names *names,
                             const struct tensors *tensors,
                             const struct kernels *kernels,
                             const char *directory, struct error *error)
{
    struct encoder *encoder = memory_new(1, sizeof *encoder, error);
    if (encoder == NULL)
        return NULL;
    encoder->spec = *spec;
    encoder->kernels = kernels;
    if (load_weights(&encoder->weights, &encoder->spec, names, tensors, kernels,
                     directory, &encoder->memory, error))
        return encoder;
    encoder_close(encoder);
    return NULL;
}

void encoder_close(struct encoder *encoder)
{
    if (encoder == NULL)
        return;
    arena_free(&encoder->memory);
    memory_free(encoder);
}

const struct spec *encoder_spec(const struct encoder *encoder)
{
    return &encoder->spec;
}

bool encoder_accepts(const struct encoder *encoder, const int32_t *ids,
                     const int32_t *types, size_t tokens, struct error *error)
{
    const struct spec *spec = &encoder->spec;
    size_t limit = spec_token_limit(spec);
    if (tokens == 0 || (limit > 0 && tokens > limit))
        return error_set(error, "%zu tokens: the model takes 1 to %zu", tokens,
                         limit);
    for (size_t t = 0; t < tokens; t++)
        if (ids[t] < 0 || (size_t)ids[t] >= spec->vocabulary || types[t] < 0 ||
            (spec->token_types > 0 && (size_t)types[t] >= spec->token_types))
            return error_set(error,
                             "token id %d, type %d: the model has %zu rows "
                             "and %zu types: tokenizer and weights are not of "
                             "one model",
                             (int)ids[t], (int)types[t], spec->vocabulary,
                             spec->token_types);
    return true;
}

double encoder_operations(const struct encoder *encoder, size_t tokens)
{
    const struct spec *spec = &encoder->spec;
    double n = (double)tokens, h = (double)spec->hidden;
    double wide = (double)spec->intermediate, heads = (double)spec->heads;
    double full = n * (4 * h * h + 2 * h * wide) + 2 * n * n * h;
    double last = 4 * h * h + 2 * h * wide + 2 * heads * n * h;
    double head = (spec->head_dense ? h * h : 0) + h * (double)spec->labels;
    return 2 * ((double)(spec->layers - 1) * full + last + head);
}

void workspace_free(struct workspace *workspace)
{
    arena_free(&workspace->arena);
}
