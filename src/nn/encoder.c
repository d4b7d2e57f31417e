#include "nn/encoder.h"

#include "nn/attention.h"
#include "nn/convolution.h"
#include "nn/feedforward.h"
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

/* Rows that go through the feed-forward at a time: what it widens them to need
 * not hold a long text, and stays in the caches. */
enum { ROW_BLOCK = 1024 };

/* Blocks that every layer uses anew. */
struct layer_buffers {
    float *normed;    /* [tokens][hidden]: a sub-layer's input, NORM_BEFORE */
    float *projected; /* [tokens][3 hidden]: query, key, value */
    float *context;   /* [tokens][hidden] */
    float *wide; /* [ROW_BLOCK][spec_feedforward_rows, or hidden if more] */
    float *convolved; /* [tokens][hidden]; NULL: not of this spec */
};

/* What a sub-layer reads: x, or with NORM_BEFORE its norm. */
static const float *enter(struct forward *forward, const struct norm *norm,
                          size_t rows, const float *x, float *normed)
{
    const struct spec *spec = forward->spec;
    if (spec->norm_place == NORM_AFTER || norm->weight == NULL)
        return x;
    norm_run(forward->kernels, norm, rows, spec->hidden, x, NULL, spec->epsilon,
             normed);
    return normed;
}

/* x = x + change, and with NORM_AFTER the norm of it. */
static void leave(struct forward *forward, const struct norm *norm, size_t rows,
                  const float *change, float *x)
{
    const struct spec *spec = forward->spec;
    if (spec->norm_place == NORM_AFTER)
        norm_run(forward->kernels, norm, rows, spec->hidden, change, x,
                 spec->epsilon, x);
    else
        forward->kernels->sum_f32(rows * spec->hidden, x, change, NULL, x);
}

/* The attention's change: with a second norm, x is added to it twice. */
static void leave_attention(struct forward *forward, const struct layer *layer,
                            size_t rows, float *change, float *x)
{
    const struct spec *spec = forward->spec;
    if (!spec->has_second_norm) {
        leave(forward, &layer->attention_norm, rows, change, x);
        return;
    }
    norm_run(forward->kernels, &layer->attention_norm, rows, spec->hidden,
             change, x, spec->epsilon, change);
    norm_run(forward->kernels, &layer->second_norm, rows, spec->hidden, change,
             x, spec->epsilon, x);
}

/* Query or key of all heads together. */
static void norm_projected(const struct forward *forward,
                           const struct norm *norm, size_t rows, float *x,
                           size_t stride)
{
    size_t hidden = forward->spec->hidden;
    for (size_t row = 0; norm->weight != NULL && row < rows; row++)
        norm_run(forward->kernels, norm, 1, hidden, x + row * stride, NULL,
                 forward->spec->epsilon, x + row * stride);
}

/* Query of the rows that are wanted, key and value of all; then attention. */
static bool attend(struct forward *forward, const struct layer *layer,
                   const float *u, const float *first_rows,
                   const struct layer_buffers *buffers)
{
    const struct kernels *kernels = forward->kernels;
    size_t tokens = batch_tokens(forward->batch);
    size_t hidden = forward->spec->hidden, stride = 3 * hidden;
    float *projected = buffers->projected;
    uint64_t since = forward_clock();
    struct attention_input input = {
        .layer = layer,
        .layer_number = (size_t)(layer - forward->weights->layers),
        .query = projected,
        .query_stride = stride,
        .key = projected + hidden,
        .value = projected + 2 * hidden,
        .stride = stride,
        .first_only = first_rows != NULL,
    };
    size_t rows = first_rows ? forward->batch->sequences : tokens;

    linear_run(kernels, &layer->query, rows, first_rows ? first_rows : u,
               hidden, ACTIVATION_NONE, input.query, stride);
    linear_run(kernels, &layer->key, tokens, u, hidden, ACTIVATION_NONE,
               input.key, stride);
    linear_run(kernels, &layer->value, tokens, u, hidden, ACTIVATION_NONE,
               input.value, stride);
    norm_projected(forward, &layer->query_norm, rows, input.query, stride);
    norm_projected(forward, &layer->key_norm, tokens, input.key, stride);
    forward_lap(forward, STAGE_PROJECT, &since);
    bool fine = attention_run(forward, &input, buffers->context);
    forward_lap(forward, STAGE_ATTEND, &since);
    return fine;
}

/* From the context of some rows to their new x. */
static void finish_rows(struct forward *forward, const struct layer *layer,
                        size_t rows, const struct layer_buffers *buffers,
                        float *context, float *x)
{
    size_t hidden = forward->spec->hidden;
    uint64_t since = forward_clock();

    float *mixed = buffers->wide; /* free until the feed-forward */
    linear_run(forward->kernels, &layer->attention_out, rows, context, hidden,
               ACTIVATION_NONE, mixed, hidden);
    forward_lap(forward, STAGE_PROJECT, &since);
    leave_attention(forward, layer, rows, mixed, x);
    const float *v =
        enter(forward, &layer->feedforward_norm, rows, x, buffers->normed);
    forward_lap(forward, STAGE_NORM, &since);

    feedforward_run(forward, layer, rows, v, buffers->wide, context);
    forward_lap(forward, STAGE_FEEDFORWARD, &since);
    leave(forward, &layer->feedforward_norm, rows, context, x);
    forward_lap(forward, STAGE_NORM, &since);
}

/* From the context of `rows` rows to their new x, in blocks of equal height. */
static void finish_layer(struct forward *forward, const struct layer *layer,
                         size_t rows, const struct layer_buffers *buffers,
                         float *x)
{
    size_t hidden = forward->spec->hidden;
    size_t blocks = (rows + ROW_BLOCK - 1) / ROW_BLOCK;
    for (size_t at = 0, height; at < rows; at += height, blocks--) {
        height = (rows - at + blocks - 1) / blocks;
        finish_rows(forward, layer, height, buffers,
                    buffers->context + at * hidden, x + at * hidden);
    }
}

static bool run_layer(struct forward *forward, const struct layer *layer,
                      const struct layer_buffers *buffers, float *x)
{
    size_t tokens = batch_tokens(forward->batch);
    const float *u =
        enter(forward, &layer->attention_norm, tokens, x, buffers->normed);
    if (!attend(forward, layer, u, NULL, buffers))
        return false;
    finish_layer(forward, layer, tokens, buffers, x);
    return true;
}

static void gather_first(const struct forward *forward, const float *x,
                         float *first)
{
    const struct batch *batch = forward->batch;
    size_t hidden = forward->spec->hidden;
    for (size_t s = 0; s < batch->sequences; s++)
        memcpy(first + s * hidden, x + batch->start[s] * hidden,
               hidden * sizeof *first);
}

static bool attend_folded(struct forward *forward, const struct layer *layer,
                          const float *u, const float *first_rows,
                          const struct layer_buffers *buffers)
{
    size_t rows = forward->batch->sequences, hidden = forward->spec->hidden;
    uint64_t since = forward_clock();
    linear_run(forward->kernels, &layer->query, rows, first_rows, hidden,
               ACTIVATION_NONE, buffers->projected, hidden);
    forward_lap(forward, STAGE_PROJECT, &since);
    bool fine =
        attention_first_run(forward, u, buffers->projected, buffers->context);
    forward_lap(forward, STAGE_ATTEND, &since);
    return fine;
}

/* The last layer for the first tokens, all that the head reads of it:
 * first[sequences][hidden]. */
static bool run_last_layer(struct forward *forward, const struct layer *layer,
                           const struct layer_buffers *buffers, const float *x,
                           float *first)
{
    size_t rows = forward->batch->sequences;
    float *first_rows = forward_take(forward, rows, forward->spec->hidden);
    if (first_rows == NULL)
        return false;

    const float *u = enter(forward, &layer->attention_norm,
                           batch_tokens(forward->batch), x, buffers->normed);
    gather_first(forward, x, first);
    gather_first(forward, u, first_rows);
    bool fine = forward->weights->has_first_token
                    ? attend_folded(forward, layer, u, first_rows, buffers)
                    : attend(forward, layer, u, first_rows, buffers);
    if (fine)
        finish_layer(forward, layer, rows, buffers, first);
    return fine;
}

static void pool_mean(const struct forward *forward, const float *x,
                      float *pooled)
{
    const struct batch *batch = forward->batch;
    size_t hidden = forward->spec->hidden;
    for (size_t s = 0; s < batch->sequences; s++) {
        float *sum = pooled + s * hidden;
        size_t tokens = batch->start[s + 1] - batch->start[s];
        memset(sum, 0, hidden * sizeof *sum);
        for (size_t t = batch->start[s]; t < batch->start[s + 1]; t++)
            forward->kernels->sum_f32(hidden, sum, x + t * hidden, NULL, sum);
        for (size_t i = 0; i < hidden; i++)
            sum[i] /= (float)tokens;
    }
}

static void run_final_norm(struct forward *forward, size_t rows, float *x)
{
    const struct norm *norm = &forward->weights->final_norm;
    if (norm->weight != NULL)
        norm_run(forward->kernels, norm, rows, forward->spec->hidden, x, NULL,
                 forward->spec->epsilon, x);
}

/* After the first layer: the convolution of what went into it joins x. */
static void join_convolution(const struct forward *forward, size_t rows,
                             const float *convolved, float *x)
{
    norm_run(forward->kernels, &forward->weights->convolution_norm, rows,
             forward->spec->hidden, convolved, x, forward->spec->epsilon, x);
}

/* THE loop: x through all layers, pooled[sequences][hidden] out of the last. */
static bool run_layers(struct forward *forward,
                       const struct layer_buffers *buffers, float *x,
                       float *pooled)
{
    const struct spec *spec = forward->spec;
    const struct layer *layers = forward->weights->layers;
    size_t tokens = batch_tokens(forward->batch);
    size_t sequences = forward->batch->sequences;
    bool is_first_only = spec->pooling == POOLING_FIRST;
    size_t whole = spec->layers - (is_first_only ? 1 : 0);

    for (size_t i = 0; i < whole; i++) {
        if (!run_layer(forward, &layers[i], buffers, x))
            return false;
        if (i == 0 && buffers->convolved != NULL)
            join_convolution(forward, tokens, buffers->convolved, x);
    }
    if (is_first_only) {
        if (!run_last_layer(forward, &layers[whole], buffers, x, pooled))
            return false;
        if (whole == 0 && buffers->convolved != NULL) {
            gather_first(forward, buffers->convolved, buffers->context);
            join_convolution(forward, sequences, buffers->context, pooled);
        }
        run_final_norm(forward, sequences, pooled);
        return true;
    }
    run_final_norm(forward, tokens, x);
    pool_mean(forward, x, pooled);
    return true;
}

static bool run_batch(struct forward *forward, float *logits)
{
    const struct spec *spec = forward->spec;
    size_t tokens = batch_tokens(forward->batch), hidden = spec->hidden;
    size_t columns = spec_feedforward_rows(spec);
    size_t rows = tokens < ROW_BLOCK ? tokens : ROW_BLOCK;
    float *x = forward_take(forward, tokens, hidden);
    float *pooled = forward_take(forward, forward->batch->sequences, hidden);
    struct layer_buffers buffers = {
        .projected = forward_take(forward, tokens, 3 * hidden),
        .context = forward_take(forward, tokens, hidden),
        .wide =
            forward_take(forward, rows, columns > hidden ? columns : hidden),
    };
    if (spec->norm_place == NORM_BEFORE)
        buffers.normed = forward_take(forward, tokens, hidden);
    if (spec->convolution.taps > 0)
        buffers.convolved = forward_take(forward, tokens, hidden);
    if (forward->error->set)
        return false;

    uint64_t since = forward_clock();
    if (!embed_run(forward, x) ||
        (buffers.convolved != NULL &&
         !convolution_run(forward, x, buffers.convolved)))
        return false;
    forward_lap(forward, STAGE_EMBED, &since);
    if (!run_layers(forward, &buffers, x, pooled))
        return false;
    since = forward_clock();
    if (!head_run(forward, pooled, logits))
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
    return batch->sequences == 0 || run_batch(&forward, logits);
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
    if (tokens == 0)
        return error_set(error, "no tokens: the model takes at least one");
    if (limit > 0 && tokens > limit)
        return error_set(error, "%zu tokens: the model takes %zu at most",
                         tokens, limit);
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

/* Multiplications of one layer for n tokens, `rows` of which go through all
 * of it; the others are keys and values only. */
static double layer_operations(const struct spec *spec, size_t layer, double n,
                               double rows)
{
    double h = (double)spec->hidden, wide = (double)spec->intermediate;
    double terms = 2 + (spec->relative.content_to_position ? 1 : 0) +
                   (spec->relative.position_to_content ? 1 : 0);
    double seen = n, reach = (double)spec->window.reach;
    if (spec_is_local(spec, layer) && 2 * reach + 1 < n)
        seen = rows < n ? reach + 1 : 2 * reach + 1;
    double transform = h * wide + h * (double)spec_feedforward_rows(spec);
    return 2 * n * h * h + rows * (2 * h * h + terms * seen * h + transform);
}

double encoder_operations(const struct encoder *encoder, size_t tokens)
{
    const struct spec *spec = &encoder->spec;
    double n = (double)tokens, h = (double)spec->hidden;
    size_t last = spec->layers - 1;
    double rows = spec->pooling == POOLING_FIRST ? 1 : n;
    double sum = layer_operations(spec, last, n, rows);
    if (encoder->weights.has_first_token)
        sum += 2 * (1 - n) * h * h + 2 * n * h * ((double)spec->heads - 1);
    for (size_t i = 0; i < last; i++)
        sum += layer_operations(spec, i, n, n);
    sum += n * h * h * (double)spec->convolution.taps;
    double columns = (double)spec_output_columns(spec);
    sum += (spec->has_head_dense ? h * columns : 0) +
           columns * (double)spec->labels;
    return 2 * sum;
}

void workspace_free(struct workspace *workspace)
{
    arena_free(&workspace->arena);
}
