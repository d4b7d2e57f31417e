/*
 * labels.h - labels of a file into yes and no, or into a model's labels:
 * by name, never by number.
 */
#ifndef CLI_EVAL_LABELS_H
#define CLI_EVAL_LABELS_H

#include "base/memory.h"
#include "cli/options/options.h"
#include "model/task.h"

struct eval_labels {
    const struct options *options;
    struct slice *given; /* --labels: names of 0, 1, ... */
    size_t given_count, given_capacity;
    const struct task *model; /* NULL: the file has scores in columns */
    size_t classes;           /* of a file with scores */
};

bool eval_labels_open(struct eval_labels *labels, const struct options *options,
                      struct error *error);
void eval_labels_close(struct eval_labels *labels);
/* A model with one label is an error. */
bool eval_labels_of_model(struct eval_labels *labels, const struct task *task,
                          struct error *error);

/* A number is yes when it is 1; qnli wants names, which mean the opposite of
 * one another in published numberings. */
bool eval_label_is_yes(const struct eval_labels *labels, struct slice text,
                       bool *is_yes, struct error *error);
/* Which of the classes the text names. */
bool eval_label_find(const struct eval_labels *labels, struct slice text,
                     uint32_t *label, struct error *error);
/* The name of a class, copied. */
bool eval_label_name(const struct eval_labels *labels, size_t label,
                     struct arena *arena, struct slice *name,
                     struct error *error);

#endif
