#include "nn/encoder.h"

#include "base/clock.h"
#include "nn/convolution.h"
#include "nn/layer.h"
#include "nn/load.h"

#include <string.h>

struct encoder {
    struct spec spec;
    struct weights weights;
    const struct kernels *kernels;
    enum precision precision;
    struct arena memory;
};

const char *const stage_names[STAGE_COUNT] = {
    [STAGE_EMBED] = "embed",   [STAGE_PROJECT] = "project",
    [STAGE_ATTEND] = "attend", [STAGE_FEEDFORWARD] = "feed-forward",
    [STAGE_NORM] = "norm",     [STAGE_HEAD] = "head",
};

void forward_lap(struct forward *forward, enum stage stage, uint64_t *since)
{
    uint64_t now = clock_nanoseconds();
    forward->workspace->stage_nanoseconds[stage] += now - *since;
    *since = now;
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
                       const struct layer_buffers *buffers,
                       const float *convolved, float *x, float *pooled)
{
    const struct spec *spec = forward->spec;
    const struct layer *layers = forward->weights->layers;
    size_t tokens = batch_tokens(forward->batch);
    size_t sequences = forward->batch->sequences;
    bool is_first_only = spec->pooling == POOLING_FIRST;
    size_t whole = spec->layers - (is_first_only ? 1 : 0);

    layer_enter(forward, tokens, x, buffers);
    for (size_t i = 0; i < whole; i++) {
        if (!layer_run(forward, &layers[i], buffers, x))
            return false;
        if (i == 0 && convolved != NULL) {
            join_convolution(forward, tokens, convolved, x);
            layer_enter(forward, tokens, x, buffers);
        }
    }
    if (is_first_only) {
        if (!layer_run_first(forward, &layers[whole], buffers, x, pooled))
            return false;
        if (whole == 0 && convolved != NULL) {
            gather_first(forward, convolved, buffers->context);
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
    float *x = forward_take(forward, tokens, hidden), *convolved = NULL;
    float *pooled = forward_take(forward, forward->batch->sequences, hidden);
    struct layer_buffers buffers;
    if (spec->convolution.taps > 0)
        convolved = forward_take(forward, tokens, hidden);
    if (!layer_take_buffers(forward, &buffers))
        return false;

    uint64_t since = clock_nanoseconds();
    if (!embed_run(forward, x) ||
        (convolved != NULL && !convolution_run(forward, x, convolved)))
        return false;
    forward_lap(forward, STAGE_EMBED, &since);
    if (!run_layers(forward, &buffers, convolved, x, pooled))
        return false;
    since = clock_nanoseconds();
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
        .gemm = &encoder->kernels->gemm[encoder->precision],
        .products = &encoder->kernels->attention[encoder->precision],
        .batch = batch,
        .workspace = workspace,
        .error = error,
    };
    arena_reset(&workspace->arena);
    return batch->sequences == 0 || run_batch(&forward, logits);
}

/* Whether the precision is there, and exact at the widths of the spec. */
static bool check_precision(const struct spec *spec,
                            const struct encoder_source *source,
                            struct error *error)
{
    const struct kernels *kernels = source->kernels;
    const struct gemm *gemm = &kernels->gemm[source->precision];
    const char *name = precision_names[source->precision];
    size_t widest =
        spec->hidden > spec->intermediate ? spec->hidden : spec->intermediate;
    if (gemm->name == NULL) {
        char offered[PRECISION_LIST_BYTES];
        kernels_list_precisions(kernels, offered);
        return error_set(error,
                         "--precision %s: the kernels \"%s\" of this CPU have "
                         "no such products: use one of %s",
                         name, kernels->name, offered);
    }
    return gemm->most_inputs == 0 || widest <= gemm->most_inputs ||
           error_set(error,
                     "%s: layers of %zu inputs: --precision %s has exact sums "
                     "up to %zu: use --precision f32",
                     source->directory, widest, name, gemm->most_inputs);
}

struct encoder *encoder_open(const struct spec *spec,
                             const struct encoder_source *source,
                             struct error *error)
{
    if (!check_precision(spec, source, error))
        return NULL;
    struct encoder *encoder = memory_new(1, sizeof *encoder, error);
    if (encoder == NULL)
        return NULL;
    encoder->spec = *spec;
    encoder->kernels = source->kernels;
    encoder->precision = source->precision;
    if (load_weights(&encoder->weights, &encoder->spec, source,
                     &encoder->memory, error))
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
    if (tokens > limit)
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
