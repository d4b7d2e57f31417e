/*
 * pairs.h - a file of labelled pairs with what a model, or the file
 * itself, says of them.
 */
#ifndef CLI_EVAL_PAIRS_H
#define CLI_EVAL_PAIRS_H

#include "cli/options/options.h"
#include "eval/figures.h"

/* What follows from a task. */
enum pair_kind { PAIRS_CORRELATE, PAIRS_BINARY, PAIRS_MULTICLASS };

struct pair_data {
    enum pair_kind kind;
    size_t count, capacity;
    double *gold;     /* [count] PAIRS_CORRELATE */
    bool *positive;   /* [count] PAIRS_BINARY */
    uint32_t *labels; /* [count] PAIRS_MULTICLASS */

    size_t classes;      /* 1 unless PAIRS_MULTICLASS */
    struct slice *names; /* [classes] */
    float *scores;       /* [count][classes]; activated unless classes > 1 */
    float *logits;       /* [count] PAIRS_BINARY of a model, else NULL */
    size_t score_count, score_capacity, logit_capacity;
    bool are_probabilities; /* every score is from 0 to 1 */

    size_t dropped; /* rows of other splits, or without a gold label */
    struct arena texts;
};

/* The pairs of FILE scored by the model, or with the scores that it has. */
bool eval_pairs_open(struct pair_data *pairs, const struct options *options,
                     const char *path, struct error *error);
void eval_pairs_close(struct pair_data *pairs);

/* All measures of the task. */
bool eval_pairs_figures(const struct pair_data *pairs, struct figures *figures,
                        struct error *error);
/* Values of each pair whose means are the measures that can be compared. */
bool eval_pairs_evaluation(const struct pair_data *pairs,
                           struct evaluation *evaluation, struct error *error);

#endif
