/*
 * zero_shot.h - labels of the user's own, by a model of entailment.
 *
 * As the reference's pipeline does it (transformers, zero-shot-classification,
 * after Yin, Hay and Roth 2019): the text is the premise, each label in the
 * template a hypothesis.  One of several labels: a softmax over the labels'
 * logits of entailment.  Independent labels, or a single one: a softmax of
 * contradiction and entailment for each, which is the sigmoid of their
 * difference.  Both are what verdict.h makes of the logits given here.
 */
#ifndef CLI_SCORING_ZERO_SHOT_H
#define CLI_SCORING_ZERO_SHOT_H

#include "cli/options/options.h"
#include "model/task.h"
#include "rank/passages.h"

struct zero_shot {
    size_t count;             /* of labels; 0: not asked for */
    struct slice *hypotheses; /* [count] */
    bool is_independent;
    size_t entailment, contradiction, model_labels;
    struct task task; /* the labels as those of a model */

    /* Of the present record: */
    float *logits;   /* [count] */
    size_t *windows; /* [count]: each one's best, from 0 */
    enum aggregate aggregate;
    float *rows, *folded; /* [windows][model_labels], [model_labels] */
    size_t row_capacity;
};

/*
 * Reads --labels and --template for a model of these labels.  Error: no label
 * of the model is one of entailment.
 */
bool zero_shot_open(struct zero_shot *zero_shot, const struct options *options,
                    const struct task *model, struct error *error);
void zero_shot_close(struct zero_shot *zero_shot);

/*
 * each[windows][count][model_labels] -> one logit a label, valid until the next
 * call; NULL when memory is short.  A label's windows become one answer by the
 * aggregate, the best one being where the label fits best.
 */
const float *zero_shot_logits(struct zero_shot *zero_shot, const float *each,
                              size_t windows, struct error *error);

#endif
