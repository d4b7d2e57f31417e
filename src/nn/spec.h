/*
 * spec.h - what a family's config says about its forward pass: data that
 * encoder.c runs.  families/ fill it, nn/ reads it; nobody changes it later.
 * A zero is the rule of BERT, so that a family says only what differs.
 */
#ifndef NN_SPEC_H
#define NN_SPEC_H

#include "kernels/kernels.h"

enum attention_kind {
    ATTENTION_PLAIN,        /* softmax(q k^T / sqrt d) v */
    ATTENTION_DISENTANGLED, /* and scores of content with relative position */
    ATTENTION_ROTARY,       /* query and key turned by their positions */
    ATTENTION_ALIBI         /* scores less a slope times the distance */
};

enum position_kind {
    POSITION_INDEX,         /* row t for token t */
    POSITION_AFTER_PADDING, /* pad_id + how many tokens up to here are not
                               pad_id; pad_id itself for those that are */
    POSITION_NONE
};

/* Layers whose tokens see only those at most `reach` tokens away. */
enum { SPEC_LOCAL_LAYERS = 256 };
struct window_spec {
    size_t reach;
    bool is_local[SPEC_LOCAL_LAYERS];
};

enum norm_place {
    NORM_AFTER, /* x = norm(x + f(x)) */
    NORM_BEFORE /* x = x + f(norm(x)), and a norm after the last layer */
};

/* A gated feed-forward has two halves of `intermediate`; one of them goes
 * through the activation and the other multiplies it. */
enum gate { GATE_NONE, GATE_FIRST_ACTIVE, GATE_SECOND_ACTIVE };

enum pooling {
    POOLING_FIRST, /* the first token's row: the last layer makes no other */
    POOLING_MEAN
};

/* How query, key and value matrices lie in the file. */
enum projection_form {
    PROJECTION_SEPARATE,
    PROJECTION_BY_PART, /* one matrix: all of query, of key, of value */
    PROJECTION_BY_HEAD  /* one matrix: query, key, value of each head in turn */
};

/*
 * ATTENTION_DISENTANGLED (DeBERTa): a table has a row for each distance
 * i - j of query i to key j, from -span to span - 1; farther ones share the
 * end rows.  A query meets its keys' rows as keys ("c2p"), a key its queries'
 * rows as queries ("p2c").
 */
struct relative_spec {
    size_t span;
    /* 0: a distance has its own row.  Else those beyond buckets / 2 share
     * rows, ever more of them, so that buckets end at the distance `reach`. */
    size_t buckets, reach;
    bool content_to_position, position_to_content;
    bool shares_projections; /* rows become keys and queries as words do */
    bool lacks_key_bias;     /* of a projection of their own */
    bool has_norm;           /* of the table's rows */
};

/* ATTENTION_ROTARY: token t's pair of columns m is turned by the angle
 * t / theta^(2 m / head_width). */
struct rotary_spec {
    float theta, local_theta; /* of layers that see all, or a window */
};

/* DeBERTa v2: x = norm(x + activation(convolution of the embeddings)) after
 * the first layer. */
struct convolution_spec {
    size_t taps;   /* neighbouring tokens, odd; 0: none */
    size_t groups; /* of channels that do not mix */
    enum activation activation;
};

struct spec {
    const char *family;
    size_t layers, hidden, heads, head_width, intermediate;
    size_t vocabulary;     /* rows of the word table */
    size_t positions;      /* rows of the position table; 0: none */
    size_t sequence_limit; /* tokens that it was made for */
    size_t token_types;    /* rows of the type table; 0: none */
    size_t embedding;      /* width of the tables; hidden unless projected */
    size_t labels;         /* 0: as many as the classifier has rows */
    float epsilon;         /* of every layer norm */

    enum attention_kind attention;
    float score_scale; /* of query . key, before softmax: 1 / sqrt d, mostly */
    struct relative_spec relative;
    struct rotary_spec rotary;
    enum projection_form projection;
    /* Query and value biases are vectors of their own, the key has none. */
    bool has_split_bias;
    enum position_kind position;
    int32_t pad_id; /* for POSITION_AFTER_PADDING */
    struct window_spec window;
    enum norm_place norm_place;
    bool lacks_first_norm; /* NORM_BEFORE: the first layer's attention */
    enum activation feedforward_activation;
    enum gate gate;
    bool has_query_norm;  /* of query and key before they are heads */
    bool has_second_norm; /* NORM_AFTER: x = norm2(x + norm(x + attention)) */
    struct convolution_spec convolution;

    enum pooling pooling;
    bool has_head_dense; /* [head_rows][hidden] before the classifier */
    size_t head_rows;
    enum activation head_activation;
    bool has_head_norm; /* after that activation */
    float head_epsilon;
    enum activation output_activation; /* of the classifier's rows */

    bool lacks_norm_bias, lacks_attention_bias, lacks_feedforward_bias;
    bool lacks_gate_bias; /* of the feed-forward's first matrix */
    bool lacks_head_bias; /* of head_dense */
    bool lacks_head_norm_bias, lacks_output_bias;
    bool lacks_projection_bias; /* of the embedding projection */
    bool projects_before_norm;  /* the embeddings */
};

/* The longest sequence that has a row in the position table for each of its
 * tokens; SIZE_MAX: there is no such table. */
static inline size_t spec_token_limit(const struct spec *spec)
{
    if (spec->position == POSITION_NONE || spec->positions == 0)
        return SIZE_MAX;
    size_t before =
        spec->position == POSITION_AFTER_PADDING ? (size_t)spec->pad_id + 1 : 0;
    return spec->positions > before ? spec->positions - before : 0;
}

static inline bool spec_is_local(const struct spec *spec, size_t layer)
{
    return layer < SPEC_LOCAL_LAYERS && spec->window.is_local[layer];
}

/* How far a token of a layer sees. */
static inline size_t spec_reach(const struct spec *spec, size_t layer)
{
    return spec_is_local(spec, layer) ? spec->window.reach : SIZE_MAX;
}

/* Columns of the classifier. */
static inline size_t spec_output_columns(const struct spec *spec)
{
    return spec->has_head_dense ? spec->head_rows : spec->hidden;
}

/* Rows of the feed-forward's first matrix. */
static inline size_t spec_feedforward_rows(const struct spec *spec)
{
    return spec->intermediate * (spec->gate == GATE_NONE ? 1 : 2);
}

#endif
