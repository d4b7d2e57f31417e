/*
 * The last layer's attention, plain or with ALiBi, of which only the first
 * token's row is read.
 *
 * With one query q a sequence, keys and values need not be projected for every
 * token: q . (W_k x + b_k) = (W_k^T q) . x + a constant that softmax does not
 * see, and sum p_j (W_v x_j + b_v) = W_v (sum p_j x_j) + b_v as the p_j sum
 * to one.  That is 2 H^2 + 2 A T H multiplications a sequence (A heads, T
 * tokens, H hidden) in place of 2 T H^2 + 2 T H: fewer for any T > 1, as heads
 * are far fewer than H.
 */
#include "nn/attention.h"

/* Sequences at a time: their [heads][hidden] rows of 12 x 384 stay in L2. */
enum { SEQUENCE_BLOCK = 16 };

struct first_buffers {
    float *asked;   /* [SEQUENCE_BLOCK][heads][hidden]: W_k^T q */
    float *mixed;   /* [SEQUENCE_BLOCK][heads][hidden]: sum p_j x_j */
    float *columns; /* [hidden][tokens]: x transposed */
    float *scores;  /* [heads][tokens] */
};

static void attend_sequence(const struct forward *forward, size_t tokens,
                            const float *x, const float *asked, float *mixed,
                            const struct first_buffers *buffers)
{
    const struct kernels *kernels = forward->kernels;
    const struct spec *spec = forward->spec;
    const struct attention_rules *rules = attention_rules_of(spec);
    size_t hidden = spec->hidden, heads = spec->heads;

    kernels->transpose_f32(tokens, hidden, x, hidden, buffers->columns, tokens);
    kernels->matmul_f32(heads, tokens, hidden, asked, hidden, buffers->columns,
                        tokens, buffers->scores, tokens);
    if (rules->adjust_first != NULL)
        rules->adjust_first(forward, tokens, buffers->scores);
    kernels->softmax_f32(heads, tokens, spec->score_scale, buffers->scores,
                         tokens);
    kernels->matmul_f32(heads, hidden, tokens, buffers->scores, tokens, x,
                        hidden, mixed, hidden);
}

static void attend_block(const struct forward *forward, size_t first,
                         size_t count, const float *x, const float *query,
                         float *context, const struct first_buffers *buffers)
{
    const struct kernels *kernels = forward->kernels;
    const struct spec *spec = forward->spec;
    const struct first_token *weights = &forward->weights->first_token;
    const size_t *start = forward->batch->start;
    size_t hidden = spec->hidden, d = spec->head_width;
    size_t stride = spec->heads * hidden;

    for (size_t head = 0; head < spec->heads; head++)
        kernels->matmul_f32(count, hidden, d, query + head * d, hidden,
                            weights->key + head * d * hidden, hidden,
                            buffers->asked + head * hidden, stride);
    for (size_t i = 0; i < count; i++) {
        size_t s = first + i;
        attend_sequence(forward, start[s + 1] - start[s], x + start[s] * hidden,
                        buffers->asked + i * stride,
                        buffers->mixed + i * stride, buffers);
    }
    for (size_t head = 0; head < spec->heads; head++)
        kernels->matmul_f32(count, d, hidden, buffers->mixed + head * hidden,
                            stride, weights->value_transposed + head * d,
                            hidden, context + head * d, hidden);
    kernels->activation_f32[ACTIVATION_NONE](count, hidden, weights->value_bias,
                                             context, hidden);
}

bool attention_first_run(struct forward *forward, const float *x,
                         const float *queries, float *context)
{
    const struct spec *spec = forward->spec;
    const struct batch *batch = forward->batch;
    size_t hidden = spec->hidden, longest = batch_longest(batch);
    size_t wide = SEQUENCE_BLOCK * spec->heads;
    struct first_buffers buffers = {
        .asked = forward_take(forward, wide, hidden),
        .mixed = forward_take(forward, wide, hidden),
        .columns = forward_take(forward, hidden, longest),
        .scores = forward_take(forward, spec->heads, longest),
    };
    if (forward->error->set || attention_room_of(forward) == NULL)
        return false;

    for (size_t s = 0; s < batch->sequences; s += SEQUENCE_BLOCK) {
        size_t left = batch->sequences - s;
        attend_block(forward, s, left < SEQUENCE_BLOCK ? left : SEQUENCE_BLOCK,
                     x, queries + s * hidden, context + s * hidden, &buffers);
    }
    return true;
}
