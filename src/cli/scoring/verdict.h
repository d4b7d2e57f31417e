/*
 * verdict.h - logits -> what a user reads: score, probability, label, by the
 * model's rule or the options --activation and --label.
 */
#ifndef CLI_SCORING_VERDICT_H
#define CLI_SCORING_VERDICT_H

#include "cli/options/options.h"
#include "model/task.h"

struct verdict_rule {
    const struct task *task;
    enum output_activation activation;
    bool has_label; /* one label is the score; else all are */
    size_t label;
    bool gives_best;     /* the most probable label's score is the score */
    bool is_independent; /* a label's probability is a sigmoid of its own */
};

/*
 * `needs_one`: the command wants one score a record (rerank, --min).  Then a
 * model of two labels gives the second, as published rerankers mean it; more
 * labels need --label.
 */
bool verdict_rule_make(struct verdict_rule *rule, const struct options *options,
                       const struct task *task, bool needs_one,
                       struct error *error);

/* Scores one record gives: 1, or all labels. */
size_t verdict_scores(const struct verdict_rule *rule);

/* scores[verdict_scores] of logits[labels]; nan for NULL logits. */
void verdict_score(const struct verdict_rule *rule, const float *logits,
                   float *scores);
/* What one score rises with, before an activation flattens it: far from 0 a
 * sigmoid is 1 for many texts that differ.  nan for NULL logits. */
float verdict_order(const struct verdict_rule *rule, const float *logits);
/* What a text is judged by among others when there may be no one score: as
 * verdict_order, else the most probable label's log probability.  `rule` is a
 * struct verdict_rule. */
float verdict_worth(const void *rule, const float *logits);
/* probabilities[labels]: sigmoid of one label or of independent ones, softmax
 * of several. */
void verdict_probabilities(const struct verdict_rule *rule, const float *logits,
                           float *probabilities);
/* The chosen label, or the one with the highest logit. */
size_t verdict_label(const struct verdict_rule *rule, const float *logits);

/* "no, maybe, yes", as much of it as there is room for. */
void verdict_list_labels(const struct task *task, char *out, size_t room);

#endif
