/*
 * attention.h - self-attention of one layer, before its output projection.
 * Private to nn/.
 *
 * attention.c has the walk over texts, heads and blocks of queries; a kind of
 * attention is a row of what it does besides (attention_KIND.c).
 */
#ifndef NN_ATTENTION_H
#define NN_ATTENTION_H

#include "nn/forward.h"

/* Heads lie side by side in a row: head h owns columns h*d .. h*d+d-1. */
struct attention_input {
    const struct layer *layer;
    size_t layer_number;
    float *query; /* [tokens][hidden], or [sequences][hidden] */
    size_t query_stride;
    float *key, *value; /* [tokens][hidden] */
    size_t stride;
    bool first_only; /* queries of each sequence's first token alone */
};

/* Scores of some queries of one head with some keys of the same text, before
 * they are scaled. */
struct score_block {
    const struct attention_input *input;
    size_t head;
    size_t tokens;            /* of the text */
    size_t first_query, rows; /* tokens of the text, from 0 */
    size_t first_key, keys;
    const float *query; /* [rows][head_width] at query_stride */
    float *scores;      /* [rows][keys] at score_stride */
    size_t score_stride;
};

/* Blocks of one batch, from its first layer to its last. */
struct attention_room {
    /*
     * The products' operands, in words (struct attention_products): a head's
     * keys, [keys][words of head_width], and these transposed, its values,
     * [words of keys][head_width], a block's queries, [rows][words of
     * head_width], and its weights, [rows][words of keys].
     */
    const float *keys, *values, *queries;
    size_t key_stride, value_stride, query_stride;
    float *columns;
    size_t column_stride;
    float *weights; /* where a word has one element, they are the scores */
    size_t weight_stride;
    /* Room for pairs; else unused. */
    float *paired_keys, *paired_values, *paired_queries;
    float *scores; /* [rows][keys] of a block */
    float *part;   /* [rows][head_width]: context of one block of keys */
    float *most, *sum, *shrink; /* [rows]: see softmax_part_f32 */
    void *of_kind;              /* what a kind of attention keeps besides */
};

struct attention_rules {
    /* Once for a batch; sets room->of_kind. */
    bool (*open)(struct forward *forward, struct attention_room *room);
    /* Once for a group of texts in a layer, before any head; may change query
     * and key. */
    void (*prepare)(struct forward *forward,
                    const struct attention_input *input);
    /* Once for a block of scores, before softmax. */
    void (*adjust)(struct forward *forward, const struct score_block *block);
    /* The same for scores[heads][tokens] of a text's first token. */
    void (*adjust_first)(const struct forward *forward, size_t tokens,
                         float *scores);
};

/* Words of so many elements, as the products read them. */
size_t attention_words(const struct forward *forward, size_t elements);

/* Of the spec's kind of attention. */
const struct attention_rules *attention_rules_of(const struct spec *spec);
/* The batch's first layer makes the room for all of them; NULL on error. */
struct attention_room *attention_room_of(struct forward *forward);

extern const struct attention_rules attention_disentangled;
extern const struct attention_rules attention_rotary, attention_alibi;

/* context[rows of query][hidden] */
bool attention_run(struct forward *forward, const struct attention_input *input,
                   float *context);

/*
 * The last layer of a plain encoder of which only the first token is read:
 * context[sequences][hidden] from the layer's input x and the first tokens'
 * queries[sequences][hidden] (attention_first.c).
 */
bool attention_first_run(struct forward *forward, const float *x,
                         const float *queries, float *context);

#endif
