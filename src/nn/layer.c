/*
 * x stays float32 from layer to layer.  Where the layers' products are of
 * another precision, buffers->input holds what they read of it, made by
 * whatever changes x, row by row, while the row is in the L1 cache.
 */
#include "nn/layer.h"

#include "base/clock.h"
#include "nn/attention.h"
#include "nn/feedforward.h"

#include <string.h>

/* Rows that go through the feed-forward at a time: what it widens them to need
 * not hold a long text, and stays in the caches. */
enum { ROW_BLOCK = 64 };

/*
 * Texts that pass a whole layer together have at least so many tokens: their
 * queries, keys and values are still in L2 when attention reads them.  With
 * fewer rows the weights would be fetched too often.
 */
enum { GROUP_TOKENS = 64 };

bool layer_take_buffers(struct forward *forward, struct layer_buffers *buffers)
{
    const struct spec *spec = forward->spec;
    size_t tokens = batch_tokens(forward->batch), hidden = spec->hidden;
    size_t columns = spec_feedforward_rows(spec), wide = spec->intermediate;
    size_t rows = tokens < ROW_BLOCK ? tokens : ROW_BLOCK;
    *buffers = (struct layer_buffers){
        .projected = forward_take(forward, tokens, 3 * hidden),
        .context = forward_take(forward, tokens, hidden),
        .wide =
            forward_take(forward, rows, columns > hidden ? columns : hidden),
        .input = forward_take_rows(forward, tokens, hidden),
        .inner =
            forward_take_rows(forward, rows, wide > hidden ? wide : hidden),
        .start = arena_take(&forward->workspace->arena,
                            forward->batch->sequences + 1,
                            sizeof *buffers->start, forward->error),
    };
    if (spec->norm_place == NORM_BEFORE)
        buffers->normed = forward_take(forward, tokens, hidden);
    return !forward->error->set;
}

/* Rows `at` .. of buffers->input. */
static void *input_room(const struct forward *forward,
                        const struct layer_buffers *buffers, size_t at)
{
    if (buffers->input == NULL)
        return NULL;
    return (char *)buffers->input +
           at * prepared_bytes(forward->gemm, forward->spec->hidden);
}

/* Rows `at` .. of a sub-layer's input u, as its products read it. */
static struct operand input_of(const struct forward *forward,
                               const struct layer_buffers *buffers, size_t at,
                               const float *u)
{
    size_t hidden = forward->spec->hidden;
    if (buffers->input == NULL)
        return operand_f32(u, hidden);
    return (struct operand){input_room(forward, buffers, at),
                            prepared_bytes(forward->gemm, hidden)};
}

/* Prepares rows `at` .. of the input. */
static void prepare_input(struct forward *forward, size_t rows, const float *u,
                          const struct layer_buffers *buffers, size_t at)
{
    size_t hidden = forward->spec->hidden;
    operand_prepare(forward->gemm, rows, hidden, u, hidden,
                    input_room(forward, buffers, at));
}

void layer_enter(struct forward *forward, size_t rows, const float *x,
                 const struct layer_buffers *buffers)
{
    if (forward->spec->norm_place == NORM_AFTER)
        prepare_input(forward, rows, x, buffers, 0);
}

/* What a sub-layer reads: x, which is prepared already, or with NORM_BEFORE
 * its norm, if it has one. */
static const float *enter(struct forward *forward, const struct norm *norm,
                          size_t rows, const float *x,
                          const struct layer_buffers *buffers, size_t at)
{
    const struct spec *spec = forward->spec;
    if (spec->norm_place == NORM_AFTER)
        return x;
    if (norm->weight == NULL) {
        prepare_input(forward, rows, x, buffers, at);
        return x;
    }
    norm_prepare(forward->kernels, forward->gemm, norm, rows, spec->hidden, x,
                 NULL, spec->epsilon, buffers->normed,
                 input_room(forward, buffers, at));
    return buffers->normed;
}

/* x = x + change, and with NORM_AFTER the norm of it, prepared. */
static void leave(struct forward *forward, const struct norm *norm, size_t rows,
                  const float *change, float *x,
                  const struct layer_buffers *buffers, size_t at)
{
    const struct spec *spec = forward->spec;
    if (spec->norm_place == NORM_AFTER)
        norm_prepare(forward->kernels, forward->gemm, norm, rows, spec->hidden,
                     change, x, spec->epsilon, x,
                     input_room(forward, buffers, at));
    else
        forward->kernels->sum_f32(rows * spec->hidden, x, change, NULL, x);
}

/* The attention's change: with a second norm, x is added to it twice. */
static void leave_attention(struct forward *forward, const struct layer *layer,
                            size_t rows, float *change, float *x,
                            const struct layer_buffers *buffers, size_t at)
{
    const struct spec *spec = forward->spec;
    const struct norm *last = &layer->attention_norm;
    if (spec->has_second_norm) {
        norm_run(forward->kernels, last, rows, spec->hidden, change, x,
                 spec->epsilon, change);
        last = &layer->second_norm;
    }
    leave(forward, last, rows, change, x, buffers, at);
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

/* Query of `asking`, which are first tokens or all, key and value of all
 * tokens; then attention. */
static bool attend(struct forward *forward, const struct layer *layer,
                   struct operand u, struct operand asking, bool first_only,
                   const struct layer_buffers *buffers)
{
    size_t tokens = batch_tokens(forward->batch);
    size_t hidden = forward->spec->hidden, stride = 3 * hidden;
    float *projected = buffers->projected;
    uint64_t since = clock_nanoseconds();
    struct attention_input input = {
        .layer = layer,
        .layer_number = (size_t)(layer - forward->weights->layers),
        .query = projected,
        .query_stride = stride,
        .key = projected + hidden,
        .value = projected + 2 * hidden,
        .stride = stride,
        .first_only = first_only,
    };
    size_t rows = first_only ? forward->batch->sequences : tokens;

    linear_run(&layer->query, rows, asking, ACTIVATION_NONE, input.query,
               stride);
    linear_run(&layer->key, tokens, u, ACTIVATION_NONE, input.key, stride);
    linear_run(&layer->value, tokens, u, ACTIVATION_NONE, input.value, stride);
    norm_projected(forward, &layer->query_norm, rows, input.query, stride);
    norm_projected(forward, &layer->key_norm, tokens, input.key, stride);
    forward_lap(forward, STAGE_PROJECT, &since);
    bool fine = attention_run(forward, &input, buffers->context);
    forward_lap(forward, STAGE_ATTEND, &since);
    return fine;
}

/* From the context of rows `at` .. to their new x. */
static void finish_rows(struct forward *forward, const struct layer *layer,
                        size_t at, size_t rows,
                        const struct layer_buffers *buffers, float *x)
{
    size_t hidden = forward->spec->hidden;
    float *context = buffers->context + at * hidden;
    float *mixed = buffers->wide; /* free until the feed-forward */
    uint64_t since = clock_nanoseconds();

    linear_run(&layer->attention_out, rows,
               operand_prepare(forward->gemm, rows, hidden, context, hidden,
                               buffers->inner),
               ACTIVATION_NONE, mixed, hidden);
    forward_lap(forward, STAGE_PROJECT, &since);
    leave_attention(forward, layer, rows, mixed, x, buffers, at);
    const float *v =
        enter(forward, &layer->feedforward_norm, rows, x, buffers, at);
    forward_lap(forward, STAGE_NORM, &since);

    feedforward_run(forward, layer, rows, input_of(forward, buffers, at, v),
                    buffers->wide, buffers->inner, context);
    forward_lap(forward, STAGE_FEEDFORWARD, &since);
    leave(forward, &layer->feedforward_norm, rows, context, x, buffers, at);
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
        finish_rows(forward, layer, at, height, buffers, x + at * hidden);
    }
}

static bool run_texts(struct forward *forward, const struct layer *layer,
                      const struct layer_buffers *buffers, float *x)
{
    size_t tokens = batch_tokens(forward->batch);
    const float *u =
        enter(forward, &layer->attention_norm, tokens, x, buffers, 0);
    struct operand input = input_of(forward, buffers, 0, u);
    if (!attend(forward, layer, input, input, false, buffers))
        return false;
    finish_layer(forward, layer, tokens, buffers, x);
    return true;
}

/* Text `first` and as many behind it as a group takes, as a batch whose starts
 * are written to `start`. */
static struct batch group_of(const struct batch *all, size_t first,
                             size_t *start)
{
    size_t at = all->start[first], texts = 0;
    start[0] = 0;
    while (first + texts < all->sequences && start[texts] < GROUP_TOKENS) {
        texts++;
        start[texts] = all->start[first + texts] - at;
    }
    return (struct batch){.sequences = texts,
                          .start = start,
                          .ids = all->ids + at,
                          .types = all->types + at};
}

bool layer_run(struct forward *forward, const struct layer *layer,
               const struct layer_buffers *buffers, float *x)
{
    const struct batch *all = forward->batch;
    bool fine = attention_room_of(forward) != NULL; /* for the longest text */
    struct batch group;
    for (size_t s = 0; fine && s < all->sequences; s += group.sequences) {
        size_t at = all->start[s];
        struct layer_buffers own = *buffers;
        own.input = input_room(forward, buffers, at);
        group = group_of(all, s, buffers->start);
        forward->batch = &group;
        fine = run_texts(forward, layer, &own, x + at * forward->spec->hidden);
        forward->batch = all;
    }
    return fine;
}

void gather_first(const struct forward *forward, const float *x, float *first)
{
    const struct batch *batch = forward->batch;
    size_t hidden = forward->spec->hidden;
    for (size_t s = 0; s < batch->sequences; s++)
        memcpy(first + s * hidden, x + batch->start[s] * hidden,
               hidden * sizeof *first);
}

static bool attend_folded(struct forward *forward, const struct layer *layer,
                          const float *u, struct operand asking,
                          const struct layer_buffers *buffers)
{
    size_t rows = forward->batch->sequences, hidden = forward->spec->hidden;
    uint64_t since = clock_nanoseconds();
    linear_run(&layer->query, rows, asking, ACTIVATION_NONE, buffers->projected,
               hidden);
    forward_lap(forward, STAGE_PROJECT, &since);
    bool fine =
        attention_first_run(forward, u, buffers->projected, buffers->context);
    forward_lap(forward, STAGE_ATTEND, &since);
    return fine;
}

bool layer_run_first(struct forward *forward, const struct layer *layer,
                     const struct layer_buffers *buffers, const float *x,
                     float *first)
{
    size_t rows = forward->batch->sequences, hidden = forward->spec->hidden;
    float *first_rows = forward_take(forward, rows, hidden);
    void *room = forward_take_rows(forward, rows, hidden);
    if (forward->error->set)
        return false;

    const float *u = enter(forward, &layer->attention_norm,
                           batch_tokens(forward->batch), x, buffers, 0);
    gather_first(forward, x, first);
    gather_first(forward, u, first_rows);
    struct operand asking =
        operand_prepare(forward->gemm, rows, hidden, first_rows, hidden, room);
    bool fine = forward->weights->has_first_token
                    ? attend_folded(forward, layer, u, asking, buffers)
                    : attend(forward, layer, input_of(forward, buffers, 0, u),
                             asking, true, buffers);
    if (fine)
        finish_layer(forward, layer, rows, buffers, first);
    return fine;
}
