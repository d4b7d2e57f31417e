#include "cli/scoring/verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void verdict_list_labels(const struct task *task, char *out, size_t room)
{
    out[0] = '\0';
    for (size_t i = 0, at = 0; i < task->labels && at < room; i++)
        at += (size_t)snprintf(out + at, room - at, "%s%s", i > 0 ? ", " : "",
                               task->label_names[i]);
}

/* A label by its name, or by its number when no name is so. */
static bool find_label(const struct task *task, const char *wanted,
                       size_t *label, struct error *error)
{
    for (size_t i = 0; i < task->labels; i++)
        if (strcmp(task->label_names[i], wanted) == 0) {
            *label = i;
            return true;
        }
    char *end;
    unsigned long number = strtoul(wanted, &end, 10);
    if (*wanted >= '0' && *wanted <= '9' && *end == '\0' &&
        number < task->labels) {
        *label = number;
        return true;
    }
    char names[256], quoted[TEXT_QUOTE_BYTES];
    verdict_list_labels(task, names, sizeof names);
    return error_set(error, "--label '%s': this model has %s",
                     text_quote(slice_of(wanted), quoted), names);
}

static bool choose_label(struct verdict_rule *rule,
                         const struct options *options, bool needs_one,
                         struct error *error)
{
    const struct task *task = rule->task;
    rule->has_label = true;
    if (options->label != NULL)
        return find_label(task, options->label, &rule->label, error);
    if (task->labels == 1)
        return true;
    if (needs_one && task->labels == 2) {
        rule->label = 1;
        return true;
    }
    rule->has_label = false;
    if (!needs_one)
        return true;
    char names[256];
    verdict_list_labels(task, names, sizeof names);
    return error_set(error,
                     "%s: this model has %zu labels (%s): use 'xenc "
                     "classify', or choose one with --label",
                     options->command->name, task->labels, names);
}

static bool choose_activation(struct verdict_rule *rule,
                              enum score_activation asked, struct error *error)
{
    const struct task *task = rule->task;
    switch (asked) {
    case SCORE_ACTIVATION_NONE:
        rule->activation = OUTPUT_IDENTITY;
        return true;
    case SCORE_ACTIVATION_SIGMOID:
        rule->activation = OUTPUT_SIGMOID;
        return true;
    case SCORE_ACTIVATION_SOFTMAX:
        rule->activation = OUTPUT_SOFTMAX;
        return task->labels > 1 ||
               error_set(error, "--activation softmax: this model has one "
                                "label, whose share is always 1: sigmoid "
                                "gives a probability");
    case SCORE_ACTIVATION_AUTO:
        break;
    }
    /* One of several raw logits says little: its share of all is the score. */
    rule->activation = rule->has_label && task->labels > 1 &&
                               task->activation == OUTPUT_IDENTITY
                           ? OUTPUT_SOFTMAX
                           : task->activation;
    return true;
}

bool verdict_rule_make(struct verdict_rule *rule, const struct options *options,
                       const struct task *task, bool needs_one,
                       struct error *error)
{
    *rule = (struct verdict_rule){.task = task};
    return choose_label(rule, options, needs_one, error) &&
           choose_activation(rule, options->activation, error);
}

size_t verdict_scores(const struct verdict_rule *rule)
{
    return rule->has_label || rule->gives_best ? 1 : rule->task->labels;
}

static void fill_nan(float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        numbers[i] = NAN;
}

void verdict_score(const struct verdict_rule *rule, const float *logits,
                   float *scores)
{
    size_t labels = rule->task->labels;
    if (logits == NULL) {
        fill_nan(scores, verdict_scores(rule));
        return;
    }
    size_t label = verdict_label(rule, logits);
    if (!rule->has_label && !rule->gives_best) {
        memcpy(scores, logits, labels * sizeof *scores);
        output_activate(rule->activation, labels, scores);
    } else if (rule->activation == OUTPUT_SOFTMAX) {
        *scores = expf(output_log_share(labels, logits, label));
    } else {
        *scores = logits[label];
        output_activate(rule->activation, 1, scores);
    }
}

float verdict_order(const struct verdict_rule *rule, const float *logits)
{
    if (logits == NULL)
        return NAN;
    return rule->activation == OUTPUT_SOFTMAX
               ? output_log_share(rule->task->labels, logits, rule->label)
               : logits[rule->label];
}

float verdict_worth(const void *rule, const float *logits)
{
    const struct verdict_rule *made = rule;
    if (made->has_label)
        return verdict_order(made, logits);
    return output_log_share(made->task->labels, logits,
                            verdict_label(made, logits));
}

void verdict_probabilities(const struct verdict_rule *rule, const float *logits,
                           float *probabilities)
{
    size_t labels = rule->task->labels;
    if (logits == NULL) {
        fill_nan(probabilities, labels);
        return;
    }
    bool is_sigmoid = labels == 1 || rule->is_independent;
    memcpy(probabilities, logits, labels * sizeof *probabilities);
    output_activate(is_sigmoid ? OUTPUT_SIGMOID : OUTPUT_SOFTMAX, labels,
                    probabilities);
}

size_t verdict_label(const struct verdict_rule *rule, const float *logits)
{
    size_t best = rule->has_label ? rule->label : 0;
    if (rule->has_label || logits == NULL)
        return best;
    for (size_t i = 1; i < rule->task->labels; i++)
        if (logits[i] > logits[best])
            best = i;
    return best;
}
