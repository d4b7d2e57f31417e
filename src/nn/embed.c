#include "nn/forward.h"

/* A row of a table as float32: in place when it is stored so, else in room. */
static const float *table_row(const struct kernels *kernels,
                              const struct embedding *table, size_t row,
                              float *room)
{
    static const size_t element_bytes[ELEMENT_COUNT] = {[ELEMENT_F32] = 4,
                                                        [ELEMENT_F16] = 2,
                                                        [ELEMENT_BF16] = 2,
                                                        [ELEMENT_I8] = 1};
    if (table->rows == 0)
        return NULL;
    const char *data =
        table->data + row * table->width * element_bytes[table->element];
    if (table->element == ELEMENT_F32 && (uintptr_t)data % _Alignof(float) == 0)
        return (const float *)(const void *)data;
    kernels->widen_f32[table->element](
        table->width, data, table->scales ? table->scales[row] : 1, room);
    return room;
}

/* The row of token t whose text has `seen` tokens that are not padding up to
 * and with it (RoBERTa counts so; a text may spell the padding token). */
static size_t position_row(const struct spec *spec, size_t t, int32_t id,
                           size_t *seen)
{
    if (spec->position != POSITION_AFTER_PADDING)
        return t;
    if (id == spec->pad_id)
        return (size_t)spec->pad_id;
    return (size_t)spec->pad_id + ++*seen;
}

static void embed_text(struct forward *forward, size_t s, float *room, float *x)
{
    const struct spec *spec = forward->spec;
    const struct weights *weights = forward->weights;
    const struct kernels *kernels = forward->kernels;
    const struct batch *batch = forward->batch;
    size_t width = spec->embedding, start = batch->start[s], seen = 0;

    for (size_t t = start; t < batch->start[s + 1]; t++) {
        size_t place = position_row(spec, t - start, batch->ids[t], &seen);
        const float *word =
            table_row(kernels, &weights->word, (size_t)batch->ids[t], room);
        const float *type = table_row(kernels, &weights->token_type,
                                      (size_t)batch->types[t], room + width);
        const float *position =
            table_row(kernels, &weights->position, place, room + 2 * width);
        kernels->sum_f32(width, word, type, position, x + t * width);
    }
}

bool embed_run(struct forward *forward, float *x)
{
    const struct weights *weights = forward->weights;
    const struct batch *batch = forward->batch;
    const struct linear *projection = &weights->embedding_projection;
    size_t width = forward->spec->embedding, tokens = batch_tokens(batch);
    size_t hidden = forward->spec->hidden;
    bool is_norm_last = forward->spec->projects_before_norm;
    float *room = forward_take(forward, 3, width), *sums = x;
    if (projection->outputs > 0)
        sums = forward_take(forward, tokens, width);
    if (room == NULL || sums == NULL)
        return false;

    for (size_t s = 0; s < batch->sequences; s++)
        embed_text(forward, s, room, sums);
    if (!is_norm_last)
        norm_run(forward->kernels, &weights->embedding_norm, tokens, width,
                 sums, NULL, forward->spec->epsilon, sums);
    if (projection->outputs > 0)
        linear_run(projection, tokens, operand_f32(sums, width),
                   ACTIVATION_NONE, x, hidden);
    if (is_norm_last)
        norm_run(forward->kernels, &weights->embedding_norm, tokens, hidden, x,
                 NULL, forward->spec->epsilon, x);
    return true;
}
