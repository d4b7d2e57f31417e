/*
 * Head by head: keys are transposed once for a head, so that scores are a
 * product with unit stride.  A block of queries meets the keys it may see a
 * block at a time, its softmax taken in parts (Milakov and Gimelshein,
 * "Online normalizer calculation for softmax", 2018): memory grows with the
 * longest text, not with its square, and scores never leave the L2 cache.
 */
#include "nn/attention.h"

#include <math.h>
#include <string.h>

/*
 * A block's scores, of 96 rows over 512 keys or of more rows over fewer, stay
 * in L2 beside 128 KiB of keys or values of 64 columns.  Queries that see a few
 * keys around them only are taken in low blocks: a block's keys are those of
 * its first and last query.
 */
enum {
    QUERY_BLOCK = 256,
    LOCAL_QUERY_BLOCK = 16,
    KEY_BLOCK = 512,
    BLOCK_SCORES = 198 << 8 /* 96 rows of 528 */
};

static const struct attention_rules attention_plain = {0};

static const struct attention_rules *const rules[] = {
    [ATTENTION_PLAIN] = &attention_plain,
    [ATTENTION_DISENTANGLED] = &attention_disentangled,
    [ATTENTION_ROTARY] = &attention_rotary,
    [ATTENTION_ALIBI] = &attention_alibi,
};

const struct attention_rules *attention_rules_of(const struct spec *spec)
{
    return rules[spec->attention];
}

/* One head of the text whose tokens start at `start`; its query rows start at
 * first_row and are `rows`. */
struct head_task {
    size_t head, start, tokens, first_row, rows;
    size_t reach; /* a query sees keys at most this far */
};

static size_t lesser(size_t a, size_t b)
{
    return a < b ? a : b;
}

/*** operands ***/

size_t attention_words(const struct forward *forward, size_t elements)
{
    size_t pair = forward->products->pair;
    return (elements + pair - 1) / pair;
}

/* A head's keys, turned, and its values. */
static void take_keys(const struct forward *forward,
                      const struct attention_input *input,
                      const struct head_task *task, struct attention_room *room)
{
    const struct attention_products *products = forward->products;
    size_t d = forward->spec->head_width, words = attention_words(forward, d);
    size_t place = task->start * input->stride + task->head * d;

    room->keys = input->key + place;
    room->key_stride = input->stride;
    room->values = input->value + place;
    room->value_stride = input->stride;
    if (products->pair > 1) {
        products->pair_columns(task->tokens, d, room->keys, input->stride,
                               room->paired_keys, words);
        room->keys = room->paired_keys;
        room->key_stride = words;
        products->pair_rows(task->tokens, d, room->values, input->stride,
                            room->paired_values, d);
        room->values = room->paired_values;
        room->value_stride = d;
    }
    forward->kernels->transpose_f32(task->tokens, words, room->keys,
                                    room->key_stride, room->columns,
                                    room->column_stride);
}

static void take_queries(const struct forward *forward,
                         const struct score_block *block,
                         struct attention_room *room)
{
    size_t d = forward->spec->head_width;

    room->queries = block->query;
    room->query_stride = block->input->query_stride;
    if (forward->products->pair == 1)
        return;
    room->query_stride = attention_words(forward, d);
    forward->products->pair_columns(block->rows, d, block->query,
                                    block->input->query_stride,
                                    room->paired_queries, room->query_stride);
    room->queries = room->paired_queries;
}

/*** scores and weights ***/

/*
 * Softmax of a row's keys from `low` to before `high`, which it sees; the other
 * weights are zero.  Where nothing is seen the row is left as it is.
 */
static void weigh_some(const struct forward *forward,
                       const struct score_block *block, size_t row, size_t low,
                       size_t high, struct attention_room *room)
{
    const struct attention_products *products = forward->products;
    float *scores = block->scores + row * block->score_stride;
    float *weights = room->weights + row * room->weight_stride;
    size_t words = attention_words(forward, block->keys);
    if (high <= low) {
        memset(weights, 0, words * sizeof *weights);
        room->shrink[row] = 1;
        return;
    }
    size_t first = low / products->pair, past = attention_words(forward, high);
    for (size_t key = first * products->pair; key < low; key++)
        scores[key] = -INFINITY;
    low = first * products->pair;
    memset(weights, 0, first * sizeof *weights);
    products->softmax_part(1, high - low, forward->spec->score_scale,
                           scores + low, block->score_stride, room->most + row,
                           room->sum + row, room->shrink + row, weights + first,
                           room->weight_stride);
    memset(weights + past, 0, (words - past) * sizeof *weights);
}

static void weigh_window(const struct forward *forward,
                         const struct score_block *block, size_t reach,
                         struct attention_room *room)
{
    for (size_t i = 0; i < block->rows; i++) {
        size_t query = block->first_query + i;
        size_t low = query > reach ? query - reach : 0;
        size_t high = query + reach + 1; /* past the last */
        size_t end = block->first_key + block->keys;
        low = low > block->first_key ? lesser(low, end) - block->first_key : 0;
        high =
            high > block->first_key ? lesser(high, end) - block->first_key : 0;
        weigh_some(forward, block, i, low, high, room);
    }
}

/* Whether every query of the block sees every key of it. */
static bool is_whole(const struct score_block *block, size_t reach)
{
    size_t last_query = block->first_query + block->rows - 1;
    size_t last_key = block->first_key + block->keys - 1;
    return last_key <= block->first_query + reach &&
           last_query <= block->first_key + reach;
}

/* One block of queries and keys: their scores become weights. */
static void weigh(struct forward *forward, const struct score_block *block,
                  size_t reach, struct attention_room *room)
{
    const struct attention_products *products = forward->products;
    const struct attention_rules *rule = attention_rules_of(forward->spec);

    products->matmul(block->rows, block->keys,
                     attention_words(forward, forward->spec->head_width),
                     room->queries, room->query_stride,
                     room->columns + block->first_key, room->column_stride,
                     block->scores, block->score_stride);
    if (rule->adjust != NULL)
        rule->adjust(forward, block);
    room->weight_stride =
        products->pair == 1
            ? block->score_stride
            : row_distance(attention_words(forward, block->keys));
    if (!is_whole(block, reach)) {
        weigh_window(forward, block, reach, room);
        return;
    }
    products->softmax_part(block->rows, block->keys, forward->spec->score_scale,
                           block->scores, block->score_stride, room->most,
                           room->sum, room->shrink, room->weights,
                           room->weight_stride);
}

/* Rows `at` .. of the task: their keys block by block, then the division. */
static void attend_rows(struct forward *forward,
                        const struct attention_input *input,
                        const struct head_task *task, size_t at, size_t rows,
                        struct attention_room *room, float *context)
{
    const struct kernels *kernels = forward->kernels;
    size_t hidden = forward->spec->hidden, d = forward->spec->head_width;
    size_t column = task->head * d;
    size_t pair = forward->products->pair;
    size_t key = at > task->reach ? (at - task->reach) / pair * pair : 0;
    size_t end = lesser(at + rows + task->reach, task->tokens);
    float *out = context + (task->first_row + at) * hidden + column;
    struct score_block block = {
        .input = input,
        .head = task->head,
        .tokens = task->tokens,
        .first_query = at,
        .rows = rows,
        .query = input->query + (task->first_row + at) * input->query_stride +
                 column,
        .scores = room->scores,
    };

    take_queries(forward, &block, room);
    for (size_t i = 0; i < rows; i++) {
        room->most[i] = -INFINITY;
        room->sum[i] = 0;
    }
    for (bool is_first = true; key < end; key += block.keys, is_first = false) {
        block.first_key = key;
        block.keys = lesser(end - key, KEY_BLOCK);
        block.score_stride = row_distance(block.keys);
        weigh(forward, &block, task->reach, room);
        forward->products->matmul(
            rows, d, attention_words(forward, block.keys), room->weights,
            room->weight_stride, room->values + key / pair * room->value_stride,
            room->value_stride, is_first ? out : room->part,
            is_first ? hidden : d);
        if (!is_first)
            kernels->scale_rows_f32(rows, d, room->shrink, room->part, d, out,
                                    hidden);
    }
    for (size_t i = 0; i < rows; i++)
        room->shrink[i] = 1 / room->sum[i];
    kernels->scale_rows_f32(rows, d, room->shrink, NULL, 0, out, hidden);
}

/* Blocks are as few as may be, and of nearly equal height. */
static size_t block_rows(const struct head_task *task)
{
    size_t most = LOCAL_QUERY_BLOCK;
    if (task->reach >= task->tokens)
        most = lesser(QUERY_BLOCK,
                      BLOCK_SCORES /
                          row_distance(lesser(task->tokens, KEY_BLOCK)));
    size_t blocks = (task->rows + most - 1) / most;
    return (task->rows + blocks - 1) / blocks;
}

static void attend_head(struct forward *forward,
                        const struct attention_input *input,
                        const struct head_task *task,
                        struct attention_room *room, float *context)
{
    size_t height = block_rows(task);

    take_keys(forward, input, task, room);
    for (size_t at = 0; at < task->rows; at += height)
        attend_rows(forward, input, task, at, lesser(task->rows - at, height),
                    room, context);
}

struct attention_room *attention_room_of(struct forward *forward)
{
    const struct attention_rules *rule = attention_rules_of(forward->spec);
    size_t longest = batch_longest(forward->batch);
    size_t d = forward->spec->head_width;
    if (forward->attention_room != NULL)
        return forward->attention_room;

    struct attention_room *room =
        arena_take(&forward->workspace->arena, 1, sizeof *room, forward->error);
    if (room == NULL)
        return NULL;
    *room = (struct attention_room){
        .columns = forward_take(forward, attention_words(forward, d),
                                row_distance(longest)),
        .column_stride = row_distance(longest),
        .scores = forward_take(forward, 1, BLOCK_SCORES),
        .part = forward_take(forward, QUERY_BLOCK, d),
        .most = forward_take(forward, QUERY_BLOCK, 1),
        .sum = forward_take(forward, QUERY_BLOCK, 1),
        .shrink = forward_take(forward, QUERY_BLOCK, 1),
    };
    room->weights = room->scores;
    if (forward->products->pair > 1) {
        room->paired_keys =
            forward_take(forward, longest, attention_words(forward, d));
        room->paired_values =
            forward_take(forward, attention_words(forward, longest), d);
        room->paired_queries =
            forward_take(forward, QUERY_BLOCK, attention_words(forward, d));
        room->weights = forward_take(forward, 1, BLOCK_SCORES);
    }
    if (forward->error->set ||
        (rule->open != NULL && !rule->open(forward, room)))
        return NULL;
    return forward->attention_room = room;
}

bool attention_run(struct forward *forward, const struct attention_input *input,
                   float *context)
{
    const struct spec *spec = forward->spec;
    const struct batch *batch = forward->batch;
    const struct attention_rules *rule = attention_rules_of(spec);
    struct attention_room *room = attention_room_of(forward);
    if (room == NULL)
        return false;
    if (rule->prepare != NULL)
        rule->prepare(forward, input);

    for (size_t s = 0; s < batch->sequences; s++) {
        struct head_task task = {
            .start = batch->start[s],
            .tokens = batch->start[s + 1] - batch->start[s],
        };
        task.first_row = input->first_only ? s : task.start;
        task.rows = input->first_only ? 1 : task.tokens;
        task.reach = lesser(spec_reach(spec, input->layer_number), task.tokens);
        for (task.head = 0; task.head < spec->heads; task.head++)
            attend_head(forward, input, &task, room, context);
    }
    return true;
}
