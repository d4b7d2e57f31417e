/*
 * softmax(q k^T / sqrt d) v, head by head.  Keys are transposed once for a
 * head, so that scores are a product with unit stride; a block of queries
 * meets all keys, so memory grows with the longest text, not with its square.
 */
#include "nn/forward.h"

#include <math.h>

/* 64 rows of scores over 512 keys are 128 KiB: they stay in L2. */
enum { QUERY_BLOCK = 64 };

struct head_buffers {
    float *keys;   /* [head_width][tokens] */
    float *scores; /* [QUERY_BLOCK][tokens] */
};

static void attend_head(const struct forward *forward, size_t tokens,
                        const float *query, float *context,
                        const struct head_buffers *buffers)
{
    const struct kernels *kernels = forward->kernels;
    size_t hidden = forward->spec->hidden, d = forward->spec->head_width;
    size_t stride = 3 * hidden;
    const float *key = query + hidden, *value = query + 2 * hidden;
    float scale = 1 / sqrtf((float)d);

    kernels->transpose_f32(tokens, d, key, stride, buffers->keys, tokens);
    for (size_t at = 0; at < tokens; at += QUERY_BLOCK) {
        size_t rows = tokens - at < QUERY_BLOCK ? tokens - at : QUERY_BLOCK;
        kernels->matmul_f32(rows, tokens, d, query + at * stride, stride,
                            buffers->keys, tokens, buffers->scores, tokens);
        kernels->softmax_f32(rows, tokens, scale, buffers->scores, tokens);
        kernels->matmul_f32(rows, d, tokens, buffers->scores, tokens, value,
                            stride, context + at * hidden, hidden);
    }
}

bool attention_plain_run(struct forward *forward, const float *projected,
                         float *context)
{
    const struct spec *spec = forward->spec;
    const struct batch *batch = forward->batch;
    size_t longest = batch_longest(batch);
    struct head_buffers buffers = {
        .keys = forward_take(forward, spec->head_width, longest),
        .scores = forward_take(forward, QUERY_BLOCK, longest),
    };
    if (buffers.keys == NULL || buffers.scores == NULL)
        return false;

    for (size_t s = 0; s < batch->sequences; s++) {
        size_t start = batch->start[s];
        for (size_t head = 0; head < spec->heads; head++) {
            size_t column = head * spec->head_width;
            attend_head(forward, batch->start[s + 1] - start,
                        projected + start * 3 * spec->hidden + column,
                        context + start * spec->hidden + column, &buffers);
        }
    }
    return true;
}
