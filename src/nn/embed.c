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

bool embed_run(struct forward *forward, float *x)
{
    const struct weights *weights = forward->weights;
    const struct kernels *kernels = forward->kernels;
    const struct batch *batch = forward->batch;
    size_t width = forward->spec->embedding;
    float *room = forward_take(forward, 3, width);
    if (room == NULL)
        return false;

    for (size_t s = 0; s < batch->sequences; s++) {
        for (size_t t = batch->start[s]; t < batch->start[s + 1]; t++) {
            const float *word =
                table_row(kernels, &weights->word, (size_t)batch->ids[t], room);
            const float *type =
                table_row(kernels, &weights->token_type,
                          (size_t)batch->types[t], room + width);
            const float *position =
                table_row(kernels, &weights->position, t - batch->start[s],
                          room + 2 * width);
            kernels->sum_f32(width, word, type, position, x + t * width);
        }
    }
    norm_run(kernels, &weights->embedding_norm, batch_tokens(batch), width, x,
             NULL, forward->spec->epsilon, x);
    return true;
}
