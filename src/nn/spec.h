/*
 * spec.h - what a family's config says about its forward pass: data that
 * encoder.c runs.  families/ fill it, nn/ reads it; nobody changes it later.
 */
#ifndef NN_SPEC_H
#define NN_SPEC_H

#include "kernels/kernels.h"

enum attention_kind {
    ATTENTION_PLAIN, /* softmax(q k^T / sqrt d) v */
};

enum position_kind {
    POSITION_INDEX, /* row t for token t */
    POSITION_NONE
};

enum pooling {
    POOLING_FIRST, /* the first token's row */
};

struct spec {
    const char *family;
    size_t layers, hidden, heads, head_width, intermediate;
    size_t vocabulary;  /* rows of the word table */
    size_t positions;   /* rows of the position table; 0: none */
    size_t token_types; /* rows of the type table; 0: none */
    size_t embedding;   /* width of the tables; hidden unless projected */
    size_t labels;      /* 0: as many as the classifier has rows */
    float epsilon;      /* of every layer norm */
    enum attention_kind attention;
    enum position_kind position;
    enum activation feedforward_activation;
    enum pooling pooling;
    bool head_dense; /* a [hidden][hidden] layer before the classifier */
    enum activation head_activation;
};

/* The longest sequence that the position table allows; 0: no limit. */
static inline size_t spec_token_limit(const struct spec *spec)
{
    return spec->position == POSITION_INDEX ? spec->positions : 0;
}

#endif
