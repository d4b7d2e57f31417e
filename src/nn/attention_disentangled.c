/*
 * Disentangled attention (He et al. 2021, DeBERTa, arXiv:2006.03654): the
 * score of query i and key j is
 *     q_i . k_j  +  q_i . K[i - j]  +  k_j . Q[i - j],
 * K and Q being a layer's relative positions as keys and as queries.
 *
 * A few queries with a block of keys need the distances of one run, and so do
 * a few keys with a block of queries: each term is a product with a run of the
 * table's columns, one for a distance, only STEP - 1 more than scores in a row.
 * In such a product, [rows][distances], the distances of the next row start a
 * column earlier: read with rows one element closer together, it is aligned
 * with the scores.  Nothing is gathered but in texts so long that distances
 * share rows of the table: there a run with a column for each distance is
 * copied first, for each head: 2 d T numbers for products of d T^2.
 */
#include "nn/attention.h"

#include "nn/linear.h"
#include "nn/relative.h"

#include <string.h>

/* Queries or keys in one product: a multiple of the kernels' tiles that costs
 * few columns beyond the scores. */
enum { STEP = 8 };

/* [words of head_width][2 tokens - 1] at stride: a column for each distance in
 * a text. */
struct run {
    const float *columns;
    size_t stride;
};

/* Where the columns of the run of the longest text are in the table, and room
 * for a copy; both unused while texts are short. */
struct stretch {
    int32_t *places; /* [2 longest - 1] */
    float *copy;     /* [words of head_width][row_distance(2 longest - 1)] */
};

/* A layer's table from column `first` on, as the products read it. */
struct table {
    const float *columns; /* [heads][words of head_width][columns] at stride */
    size_t stride, first;
    float *paired; /* room for pairs; else unused */
};

struct relative_room {
    struct table keys_table, queries_table;
    struct stretch keys_stretch, queries_stretch;
    const struct layer *layer; /* whose tables are paired */
    struct run keys, queries;  /* of the text and head at work */
    size_t longest;
    float *product; /* [STEP][longest + STEP - 1] */
};

/* Distances fall along the keys' run, so that it goes with rising keys, and
 * rise along the queries'. */
static bool take_stretch(struct forward *forward, size_t longest, bool falls,
                         struct stretch *stretch)
{
    const struct relative_spec *spec = &forward->spec->relative;
    size_t width = 2 * longest - 1, last = 2 * spec->span - 1;
    stretch->copy = forward_take(
        forward, attention_words(forward, forward->spec->head_width),
        row_distance(width));
    stretch->places = arena_take(&forward->workspace->arena, width,
                                 sizeof *stretch->places, forward->error);
    if (forward->error->set)
        return false;
    for (size_t i = 0; i < width; i++) {
        ptrdiff_t off = (ptrdiff_t)i - (ptrdiff_t)(longest - 1);
        size_t row = relative_row(spec, falls ? -off : off);
        stretch->places[i] = (int32_t)(falls ? last - row : row);
    }
    return true;
}

/* The table's columns that the batch needs: what is paired of it. */
static size_t used_columns(const struct relative_spec *spec, size_t longest)
{
    return 2 * (longest <= relative_plain_tokens(spec) ? longest : spec->span);
}

static void take_table(struct forward *forward, size_t longest,
                       struct table *table)
{
    const struct spec *spec = forward->spec;
    size_t columns = used_columns(&spec->relative, longest);
    if (forward->products->pair == 1)
        return;
    table->first = spec->relative.span - columns / 2;
    table->stride = row_distance(columns);
    table->paired = forward_take(
        forward, spec->heads * attention_words(forward, spec->head_width),
        table->stride);
}

static bool open_room(struct forward *forward, struct attention_room *room)
{
    const struct relative_spec *spec = &forward->spec->relative;
    size_t longest = batch_longest(forward->batch);
    struct relative_room *relative = arena_take(
        &forward->workspace->arena, 1, sizeof *relative, forward->error);
    if (relative == NULL)
        return false;
    *relative = (struct relative_room){
        .longest = longest,
        .product = forward_take(forward, STEP, longest + STEP - 1),
    };
    room->of_kind = relative;
    take_table(forward, longest, &relative->keys_table);
    take_table(forward, longest, &relative->queries_table);
    if (longest <= relative_plain_tokens(spec))
        return !forward->error->set;
    return take_stretch(forward, longest, true, &relative->keys_stretch) &&
           take_stretch(forward, longest, false, &relative->queries_stretch);
}

static void pair_table(const struct forward *forward,
                       const struct relative *relative, const float *columns,
                       struct table *table)
{
    const struct relative_room *room = forward->attention_room->of_kind;
    const struct spec *spec = forward->spec;
    size_t d = spec->head_width, words = attention_words(forward, d);
    if (columns == NULL || table->paired == NULL) {
        table->columns = columns;
        table->stride = relative->stride;
        return;
    }
    for (size_t head = 0; head < spec->heads; head++)
        forward->products->pair_rows(
            d, used_columns(&spec->relative, room->longest),
            columns + head * d * relative->stride + table->first,
            relative->stride, table->paired + head * words * table->stride,
            table->stride);
    table->columns = table->paired;
}

static void pair_tables(struct forward *forward,
                        const struct attention_input *input)
{
    struct relative_room *room = forward->attention_room->of_kind;
    const struct relative *relative = &input->layer->relative;
    if (room->layer == input->layer)
        return;
    room->layer = input->layer;
    pair_table(forward, relative, relative->keys, &room->keys_table);
    pair_table(forward, relative, relative->queries, &room->queries_table);
}

/* A head's run for a text; the table has all distances. */
static struct run run_of_head(const struct forward *forward, size_t head,
                              size_t tokens, const struct table *table,
                              size_t first, const struct stretch *stretch)
{
    const struct relative_room *room = forward->attention_room->of_kind;
    size_t plain = relative_plain_tokens(&forward->spec->relative);
    size_t words = attention_words(forward, forward->spec->head_width);
    const float *columns = table->columns + head * words * table->stride;
    if (tokens <= plain)
        return (struct run){columns + first - table->first, table->stride};

    const int32_t *places = stretch->places + (room->longest - tokens);
    size_t width = 2 * tokens - 1, far = tokens - plain;
    size_t stride = row_distance(width);
    for (size_t row = 0; row < words; row++) {
        const float *in = columns + row * table->stride;
        float *out = stretch->copy + row * stride;
        for (size_t i = 0; i < far; i++)
            out[i] = in[places[i]];
        memcpy(out + far, in + places[far], (width - 2 * far) * sizeof *out);
        for (size_t i = width - far; i < width; i++)
            out[i] = in[places[i]];
    }
    return (struct run){stretch->copy, stride};
}

static void take_runs(const struct forward *forward,
                      const struct score_block *block)
{
    struct relative_room *room = forward->attention_room->of_kind;
    size_t first = forward->spec->relative.span - block->tokens;
    if (room->keys_table.columns != NULL)
        room->keys = run_of_head(forward, block->head, block->tokens,
                                 &room->keys_table, first, &room->keys_stretch);
    if (room->queries_table.columns != NULL)
        room->queries = run_of_head(forward, block->head, block->tokens,
                                    &room->queries_table, first + 1,
                                    &room->queries_stretch);
}

static size_t step_of(size_t left)
{
    return left < STEP ? left : STEP;
}

/* scores += q_i . K[i - j] */
static void add_content_to_position(const struct forward *forward,
                                    const struct score_block *block)
{
    const struct kernels *kernels = forward->kernels;
    const struct relative_room *room = forward->attention_room->of_kind;
    const float *columns = room->keys.columns + block->tokens +
                           block->first_key - block->first_query;
    const float *queries = forward->attention_room->queries;
    size_t stride = forward->attention_room->query_stride;
    size_t keys = block->keys;
    for (size_t at = 0, count; at < block->rows; at += count) {
        count = step_of(block->rows - at);
        size_t width = keys + count - 1;
        forward->products->matmul(
            count, width, attention_words(forward, forward->spec->head_width),
            queries + at * stride, stride, columns - at - count,
            room->keys.stride, room->product, width);
        for (size_t i = 0; i < count; i++) {
            float *row = block->scores + (at + i) * block->score_stride;
            const float *aligned = room->product + count - 1 + i * (width - 1);
            kernels->sum_f32(keys, row, aligned, NULL, row);
        }
    }
}

/* scores += k_j . Q[i - j] */
static void add_position_to_content(const struct forward *forward,
                                    const struct score_block *block)
{
    const struct kernels *kernels = forward->kernels;
    const struct relative_room *room = forward->attention_room->of_kind;
    const float *columns = room->queries.columns + block->tokens +
                           block->first_query - block->first_key;
    size_t stride = forward->attention_room->key_stride;
    const float *keys =
        forward->attention_room->keys + block->first_key * stride;
    for (size_t at = 0, count; at < block->keys; at += count) {
        count = step_of(block->keys - at);
        size_t width = block->rows + count - 1;
        forward->products->matmul(
            count, width, attention_words(forward, forward->spec->head_width),
            keys + at * stride, stride, columns - at - count,
            room->queries.stride, room->product, width);
        kernels->transpose_add_f32(count, block->rows,
                                   room->product + count - 1, width - 1,
                                   block->scores + at, block->score_stride);
    }
}

static void add_positions(struct forward *forward,
                          const struct score_block *block)
{
    if (block->first_query == 0 && block->first_key == 0)
        take_runs(forward, block);
    if (forward->spec->relative.content_to_position)
        add_content_to_position(forward, block);
    if (forward->spec->relative.position_to_content)
        add_position_to_content(forward, block);
}

const struct attention_rules attention_disentangled = {
    .open = open_room,
    .prepare = pair_tables,
    .adjust = add_positions,
};
