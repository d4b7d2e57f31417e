/*
 * forward.h - what the files of the forward pass share: one batch on its way
 * through one encoder.  Private to nn/.
 *
 * Activations are [tokens][hidden] unless said otherwise.  Blocks come from
 * the workspace's arena and live until the batch is done.
 */
#ifndef NN_FORWARD_H
#define NN_FORWARD_H

#include "nn/batch.h"
#include "nn/linear.h"
#include "nn/spec.h"

struct forward {
    const struct spec *spec;
    const struct weights *weights;
    const struct kernels *kernels;
    const struct gemm *gemm;                   /* of the layers' products */
    const struct attention_products *products; /* of attention, beside these */
    const struct batch *batch;
    struct workspace *workspace;
    /* attention.c's, from a batch's first layer to its last */
    struct attention_room *attention_room;
    struct error *error;
};

static inline float *forward_take(struct forward *forward, size_t rows,
                                  size_t columns)
{
    size_t count;
    if (__builtin_mul_overflow(rows, columns, &count)) {
        error_set(forward->error, "out of memory: a batch is too large");
        return NULL;
    }
    return arena_take(&forward->workspace->arena, count, sizeof(float),
                      forward->error);
}

/* Room for rows prepared for the layers' products; none where these read
 * float32. */
static inline void *forward_take_rows(struct forward *forward, size_t rows,
                                      size_t width)
{
    size_t bytes = prepared_bytes(forward->gemm, width);
    if (bytes == 0)
        return NULL;
    return arena_take(&forward->workspace->arena, rows, bytes, forward->error);
}

/* Time since *since (clock_nanoseconds) goes to a stage; *since moves to now.
 */
void forward_lap(struct forward *forward, enum stage stage, uint64_t *since);

/* x = norm(word + type + position), projected to hidden: embed.c */
bool embed_run(struct forward *forward, float *x);

/* logits[sequences][labels] of pooled[sequences][hidden]: head.c */
bool head_run(struct forward *forward, const float *pooled, float *logits);

#endif
