/*
 * scorer_inside.h - the inside of a scorer, for scorer.c, which runs windows
 * and emits their records, and for those who add sequences to them.
 */
#ifndef RANK_SCORER_INSIDE_H
#define RANK_SCORER_INSIDE_H

#include "rank/runner.h"
#include "rank/scorer.h"

/* The first text of the last pair: rerank asks the same query every time. */
struct text_memory {
    struct buffer text;
    struct token_list ids;
    size_t invalid;
    bool is_filled;
};

/* The parts of the record that is being emitted. */
struct collected {
    float *logits; /* [count][labels] */
    struct span_list spans;
    size_t count, capacity;
    float *folded; /* [labels] */
};

struct scorer {
    const struct encoder *encoder;
    const struct tokenizer *tokenizer;
    struct scorer_options options;
    scorer_emit *emit;
    void *context;
    size_t labels;

    struct tokenizer_scratch scratch;
    struct text_memory first;
    struct token_list second;
    struct passages passages;
    struct scorer_counts counts;
    struct collected collected;

    struct window windows[2];
    struct window *filling, *running; /* running: NULL when idle */
    struct runner *runner;
};

/* Starts the window that is being filled when it is full. */
bool scorer_advance(struct scorer *scorer, struct error *error);

#endif
