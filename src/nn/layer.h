/*
 * layer.h - one layer of the encoder: attention, feed-forward, and the norms
 * around them.  Private to nn/.
 */
#ifndef NN_LAYER_H
#define NN_LAYER_H

#include "nn/forward.h"

/* Blocks that every layer uses anew. */
struct layer_buffers {
    float *normed;    /* [tokens][hidden]: a sub-layer's input, NORM_BEFORE */
    float *projected; /* [tokens][3 hidden]: query, key, value */
    float *context;   /* [tokens][hidden] */
    float *wide;      /* [a block][spec_feedforward_rows, or hidden if more] */
    /* Rows prepared for the layer's products; NULL where these read float32:
     * [tokens] of hidden, a sub-layer's input; [a block] of intermediate or
     * hidden, what goes into the second product of a sub-layer. */
    void *input, *inner;
    size_t *start; /* of a group's texts */
};

bool layer_take_buffers(struct forward *forward, struct layer_buffers *buffers);

/* Before the first layer, and when x was changed between two: buffers->input
 * becomes what x is to the next layer's products. */
void layer_enter(struct forward *forward, size_t rows, const float *x,
                 const struct layer_buffers *buffers);

/* x[tokens][hidden] in place, and buffers->input with it. */
bool layer_run(struct forward *forward, const struct layer *layer,
               const struct layer_buffers *buffers, float *x);

/* The last layer for the first tokens, all that the head reads of it:
 * first[sequences][hidden]. */
bool layer_run_first(struct forward *forward, const struct layer *layer,
                     const struct layer_buffers *buffers, const float *x,
                     float *first);

/* The rows of x that belong to first tokens. */
void gather_first(const struct forward *forward, const float *x, float *first);

#endif
