/*
 * weights.h - a model's weights as the forward pass wants them.
 *
 * Pointers lead into the checkpoint's mapping where float32 can be used in
 * place, else into the encoder's arena (widened or packed).  Read-only after
 * load.
 */
#ifndef NN_WEIGHTS_H
#define NN_WEIGHTS_H

#include "kernels/kernels.h"

/* y[rows][outputs] = x[rows][inputs] . w[outputs][inputs]^T + bias */
struct linear {
    size_t inputs, outputs;
    const struct gemm *gemm;
    const void *packed; /* for gemm */
    const float *bias;  /* [outputs] or NULL */
};

struct norm {
    const float *weight, *bias; /* [width]; bias may be NULL */
};

/* A table of rows as stored; rows are widened when they are looked up. */
struct embedding {
    size_t rows, width;
    enum element element;
    const char *data;
    const float *scales; /* [rows] for ELEMENT_I8 */
};

/* Relative positions as keys and as queries of one layer, transposed:
 * [hidden][2 span] at `stride`, a column for each distance.  The keys' columns
 * fall from distance span - 1 to -span, the queries' rise.  NULL: not of this
 * spec. */
struct relative {
    const float *keys, *queries;
    size_t stride;
};

struct layer {
    struct linear query, key, value, attention_out;
    struct relative relative;
    struct norm query_norm, key_norm;        /* no weight: the identity */
    struct norm attention_norm, second_norm; /* the same */
    struct linear feedforward_in, feedforward_out;
    struct norm feedforward_norm;
};

/* What the last layer of a plain encoder needs of its key and value
 * projections when only the first token asks (attention_first.c). */
struct first_token {
    const float *key;              /* [outputs][inputs], as published */
    const float *value_transposed; /* [inputs][outputs] */
    const float *value_bias;       /* [outputs] or NULL */
};

struct weights {
    struct embedding word, position, token_type;
    struct norm embedding_norm;
    struct linear embedding_projection; /* outputs 0: none */
    struct linear convolution; /* of taps x hidden inputs; outputs 0: none */
    struct norm convolution_norm;
    struct layer *layers;
    bool has_first_token; /* the last layer has no key and value of its own */
    struct first_token first_token;
    struct norm final_norm; /* no weight: none */
    struct linear head_dense, head_out;
    struct norm head_norm;
};

#endif
