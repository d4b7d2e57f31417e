/*
 * ALiBi (Press et al. 2022, arXiv:2108.12409), both ways as in JinaBERT: a
 * score falls with the distance of its query and key, in each head at another
 * slope.
 */
#include "nn/attention.h"

#include <math.h>

/* What is added to a score that is not yet scaled: [heads][2 longest - 1], by
 * key less query, from 1 - longest. */
struct alibi_room {
    float *bias;
    size_t longest; /* text */
};

/*
 * The slopes of n heads, n a power of two, fall from 2^(-8 / n) to 2^-8.  The
 * heads beyond the largest power of two get every other slope of twice as
 * many heads.
 */
static double slope_of(size_t head, size_t heads)
{
    size_t power = 1;
    while (power * 2 <= heads)
        power *= 2;
    if (head < power)
        return exp2(-8.0 * (double)(head + 1) / (double)power);
    return exp2(-4.0 * (double)(2 * (head - power) + 1) / (double)power);
}

static bool open_room(struct forward *forward, struct attention_room *room)
{
    const struct spec *spec = forward->spec;
    size_t longest = batch_longest(forward->batch), width = 2 * longest - 1;
    struct alibi_room *alibi = arena_take(&forward->workspace->arena, 1,
                                          sizeof *alibi, forward->error);
    float *bias = forward_take(forward, spec->heads, width);
    if (alibi == NULL || bias == NULL)
        return false;

    *alibi = (struct alibi_room){bias, longest};
    room->of_kind = alibi;
    for (size_t head = 0; head < spec->heads; head++) {
        float fall = (float)slope_of(head, spec->heads) / spec->score_scale;
        for (size_t far = 0; far < longest; far++) {
            float *middle = bias + head * width + longest - 1;
            middle[far] = *(middle - far) = -fall * (float)far;
        }
    }
    return true;
}

/* A head's bias of a query's own place; keys lie to both sides. */
static const float *bias_of(const struct forward *forward, size_t head)
{
    const struct alibi_room *room = forward->attention_room->of_kind;
    return room->bias + head * (2 * room->longest - 1) + room->longest - 1;
}

static void add_bias(struct forward *forward, const struct score_block *block)
{
    const float *middle = bias_of(forward, block->head);
    for (size_t i = 0; i < block->rows; i++) {
        float *row = block->scores + i * block->score_stride;
        const float *bias =
            middle + block->first_key - (block->first_query + i);
        forward->kernels->sum_f32(block->keys, row, bias, NULL, row);
    }
}

static void add_first_bias(const struct forward *forward, size_t tokens,
                           float *scores)
{
    for (size_t head = 0; head < forward->spec->heads; head++) {
        float *row = scores + head * tokens;
        forward->kernels->sum_f32(tokens, row, bias_of(forward, head), NULL,
                                  row);
    }
}

const struct attention_rules attention_alibi = {
    .open = open_room,
    .adjust = add_bias,
    .adjust_first = add_first_bias,
};
