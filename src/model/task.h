/*
 * task.h - what a model's outputs mean: labels, activation, limits.
 *
 * Rules: the reference's CrossEncoder (sentence-transformers), read from
 * config.json, config_sentence_transformers.json and tokenizer_config.json.
 */
#ifndef MODEL_TASK_H
#define MODEL_TASK_H

#include "base/memory.h"
#include "model/config.h"

enum output_activation {
    OUTPUT_IDENTITY,
    OUTPUT_SIGMOID,
    OUTPUT_SOFTMAX,
    OUTPUT_TANH,
    OUTPUT_RELU
};

struct task {
    size_t labels;
    const char **label_names; /* [labels]; "LABEL_1" where config has none,
                                 '?' for control bytes */
    enum output_activation activation; /* by the model's own rule */
    const char *activation_source;     /* the key that said so, or "default" */
    struct arena memory;
};

/* Labels of config.json: num_labels, else id2label, else 0 (unsaid). */
size_t task_config_labels(const struct config *config, struct error *error);

/* `labels` is the head's number of rows, which must agree with the config.
 * Raw scores are not squashed unless the config says so. */
bool task_open(struct task *task, const struct config *config, size_t labels,
               bool has_raw_scores, struct error *error);
void task_close(struct task *task);

const char *output_activation_name(enum output_activation activation);
/* Applies it to the labels of one pair, in place; double inside. */
void output_activate(enum output_activation activation, size_t labels,
                     float *outputs);

/* The logarithm of one label's softmax. */
float output_log_share(size_t labels, const float *logits, size_t label);

#endif
