/*
 * Head by head: keys are transposed once for a head, so that scores are a
 * product with unit stride; a block of queries meets all keys, so memory
 * grows with the longest text, not with its square.
 */
#include "nn/attention.h"

#include <math.h>

/* 64 rows of scores over 512 keys are 128 KiB: they stay in L2. */
enum { QUERY_BLOCK = 64 };

static const struct attention_rules rules[] = {
    [ATTENTION_PLAIN] = {NULL, NULL},
};

struct head_buffers {
    float *columns; /* [head_width][tokens] */
    float *scores;  /* [QUERY_BLOCK][tokens] */
};

/* One head of the text whose tokens start at `start`; its query rows start at
 * first_row and are `rows`. */
struct head_task {
    size_t head, start, tokens, first_row, rows;
};

static void attend_head(struct forward *forward,
                        const struct attention_input *input,
                        const struct head_task *task,
                        const struct head_buffers *buffers, float *context)
{
    const struct kernels *kernels = forward->kernels;
    const struct attention_rules *rule = &rules[forward->spec->attention];
    size_t hidden = forward->spec->hidden, d = forward->spec->head_width;
    size_t column = task->head * d, tokens = task->tokens;
    const float *key = input->key + task->start * input->stride + column;
    const float *value = input->value + task->start * input->stride + column;

    kernels->transpose_f32(tokens, d, key, input->stride, buffers->columns,
                           tokens);
    for (size_t at = 0; at < task->rows; at += QUERY_BLOCK) {
        size_t left = task->rows - at, row = task->first_row + at;
        struct score_block block = {
            .input = input,
            .head = task->head,
            .tokens = tokens,
            .first_query = at,
            .rows = left < QUERY_BLOCK ? left : QUERY_BLOCK,
            .query = input->query + row * input->query_stride + column,
            .columns = buffers->columns,
            .scores = buffers->scores,
        };
        kernels->matmul_f32(block.rows, tokens, d, block.query,
                            input->query_stride, block.columns, tokens,
                            block.scores, tokens);
        if (rule->adjust != NULL)
            rule->adjust(forward, &block);
        kernels->softmax_f32(block.rows, tokens, forward->spec->score_scale,
                             block.scores, tokens);
        kernels->matmul_f32(block.rows, d, tokens, block.scores, tokens, value,
                            input->stride, context + row * hidden + column,
                            hidden);
    }
}

bool attention_run(struct forward *forward, const struct attention_input *input,
                   float *context)
{
    const struct spec *spec = forward->spec;
    const struct batch *batch = forward->batch;
    const struct attention_rules *rule = &rules[spec->attention];
    size_t longest = batch_longest(batch);
    struct head_buffers buffers = {
        .columns = forward_take(forward, spec->head_width, longest),
        .scores = forward_take(forward, QUERY_BLOCK, longest),
    };
    if (forward->error->set ||
        (rule->prepare != NULL && !rule->prepare(forward, input)))
        return false;

    for (size_t s = 0; s < batch->sequences; s++) {
        struct head_task task = {
            .start = batch->start[s],
            .tokens = batch->start[s + 1] - batch->start[s],
        };
        task.first_row = input->first_only ? s : task.start;
        task.rows = input->first_only ? 1 : task.tokens;
        for (task.head = 0; task.head < spec->heads; task.head++)
            attend_head(forward, input, &task, &buffers, context);
    }
    return true;
}
