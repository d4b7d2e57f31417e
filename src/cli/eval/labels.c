#include "cli/eval/labels.h"

#include "cli/scoring/verdict.h"
#include "io/numbers.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool eval_labels_open(struct eval_labels *labels, const struct options *options,
                      struct error *error)
{
    *labels = (struct eval_labels){.options = options};
    if (options->eval.labels == NULL)
        return true;
    struct slice rest = slice_of(options->eval.labels);
    while (rest.bytes != NULL) {
        if (!memory_grow((void **)&labels->given, &labels->given_capacity,
                         labels->given_count + 1, sizeof *labels->given, error))
            return false;
        labels->given[labels->given_count++] = text_cut(&rest, ',');
    }
    return true;
}

void eval_labels_close(struct eval_labels *labels)
{
    memory_free(labels->given);
}

bool eval_labels_of_model(struct eval_labels *labels, const struct task *task,
                          struct error *error)
{
    labels->model = task;
    labels->classes = task->labels;
    return task->labels > 1 ||
           error_set(error,
                     "this model has one label, %s: a task with several "
                     "needs a model with as many",
                     task->label_names[0]);
}

static bool same_letters(struct slice text, const char *word)
{
    return text.length == strlen(word) &&
           strncasecmp(text.bytes, word, text.length) == 0;
}

/* The name that --labels has for a number; other texts are names. */
static struct slice named(const struct eval_labels *labels, struct slice text)
{
    double number;
    if (labels->given_count == 0 || !number_read(text, &number))
        return text;
    for (size_t i = 0; i < labels->given_count; i++)
        if (number == (double)i)
            return labels->given[i];
    return text;
}

static bool is_one_of(struct slice text, const char *const *words)
{
    for (; *words != NULL; words++)
        if (same_letters(text, *words))
            return true;
    return false;
}

bool eval_label_is_yes(const struct eval_labels *labels, struct slice text,
                       bool *is_yes, struct error *error)
{
    static const char *const yes[] = {"entailment", "duplicate", "yes", "true",
                                      NULL};
    static const char *const no[] = {"not_entailment", "not_duplicate", "no",
                                     "false", NULL};
    char quoted[TEXT_QUOTE_BYTES];
    struct slice name = named(labels, text);
    double number;
    text_quote(text, quoted);
    *is_yes = is_one_of(name, yes);
    if (*is_yes || is_one_of(name, no))
        return true;
    if (!number_read(name, &number))
        return error_set(error, "label '%s': 0 or 1 was expected", quoted);
    *is_yes = number == 1;
    return labels->options->eval.task != EVAL_QNLI ||
           error_set(error,
                     "label '%s': entailment or not_entailment was expected; "
                     "--labels entailment,not_entailment names 0 and 1",
                     quoted);
}

static bool unknown_label(const struct eval_labels *labels, struct slice text,
                          struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES], names[256];
    double number;
    text_quote(text, quoted);
    if (labels->model == NULL)
        return error_set(error,
                         "label '%s': a number from 0 to %zu was expected, or "
                         "one of the names of --labels",
                         quoted, labels->classes - 1);
    verdict_list_labels(labels->model, names, sizeof names);
    return error_set(error, "label '%s': this model has %s%s", quoted, names,
                     number_read(text, &number)
                         ? "; --labels NAME,NAME,... says what 0, 1, ... mean"
                         : "");
}

bool eval_label_find(const struct eval_labels *labels, struct slice text,
                     uint32_t *label, struct error *error)
{
    double number;
    struct slice name = named(labels, text);
    if (labels->model == NULL) {
        for (size_t i = 0; i < labels->given_count; i++)
            if (slice_equal(labels->given[i], name) && i < labels->classes) {
                *label = (uint32_t)i;
                return true;
            }
        if (!number_read(name, &number) || !(number >= 0) ||
            number >= (double)labels->classes ||
            number != (double)(uint32_t)number)
            return unknown_label(labels, text, error);
        *label = (uint32_t)number;
        return true;
    }
    for (size_t i = 0; i < labels->model->labels; i++)
        if (same_letters(name, labels->model->label_names[i])) {
            *label = (uint32_t)i;
            return true;
        }
    return unknown_label(labels, text, error);
}

bool eval_label_name(const struct eval_labels *labels, size_t label,
                     struct arena *arena, struct slice *name,
                     struct error *error)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", label);
    struct slice source = labels->model != NULL
                              ? slice_of(labels->model->label_names[label])
                          : label < labels->given_count ? labels->given[label]
                                                        : slice_of(number);
    *name = (struct slice){
        arena_copy(arena, source.bytes, source.length, error), source.length};
    return name->bytes != NULL;
}
