/*
 * shapes.h - the published shapes that `xenc bench --make` writes: sizes,
 * and what else their config.json and tokenizer say.  Data only.
 */
#ifndef CLI_BENCH_SHAPES_H
#define CLI_BENCH_SHAPES_H

#include "cli/bench/tokenizer.h"

/* What the shapes of a family have in common. */
struct recipe {
    const char *model_type, *architecture;
    /* Keys of layers, hidden, heads and intermediate; NULL: the usual ones. */
    const char *const *size_keys;
    const char *keys;           /* of config.json, beside the sizes */
    const char *tokenizer_keys; /* of tokenizer_config.json */
    bench_tokenizer *tokenizer; /* NULL: the shipped model's vocabulary */
    int unused_positions;       /* rows that no token has */
};

struct shape {
    const char *name;
    const struct recipe *recipe;
    int layers, hidden, heads, intermediate, vocabulary, positions;
};

/* The shape of that name; NULL with the list of names. */
const struct shape *shape_find(const char *name, struct error *error);

#endif
