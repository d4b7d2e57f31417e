#include "model/task.h"

#include "base/memory.h"
#include "model/modules.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* torch.nn classes without arguments that a config may name. */
static const struct {
    const char *name;
    const char *class_name;
} activations[] = {
    [OUTPUT_IDENTITY] = {"identity", "Identity"},
    [OUTPUT_SIGMOID] = {"sigmoid", "Sigmoid"},
    [OUTPUT_SOFTMAX] = {"softmax", NULL}, /* needs an argument: ours only */
    [OUTPUT_TANH] = {"tanh", "Tanh"},
    [OUTPUT_RELU] = {"relu", "ReLU"},
};
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

const char *output_activation_name(enum output_activation activation)
{
    return activations[activation].name;
}

size_t task_config_labels(const struct config *config, struct error *error)
{
    const json_t *names = config_object(config, "id2label", error);
    return config_count(config, "num_labels", json_object_size(names), error);
}

/* A copy in one line: labels are printed beside records and to terminals. */
static const char *label_name(struct task *task, struct slice name,
                              struct error *error)
{
    char *copy = arena_copy(&task->memory, name.bytes, name.length, error);
    for (size_t i = 0; copy != NULL && i < name.length; i++)
        if (text_is_control(copy[i]))
            copy[i] = '?';
    return copy;
}

static bool read_labels(struct task *task, const struct config *config,
                        struct error *error)
{
    const json_t *names = json_object_get(config->root, "id2label");
    task->label_names = arena_take(&task->memory, task->labels,
                                   sizeof *task->label_names, error);
    if (task->label_names == NULL)
        return false;
    for (size_t i = 0; i < task->labels; i++) {
        char key[24], fallback[32];
        snprintf(key, sizeof key, "%zu", i);
        snprintf(fallback, sizeof fallback, "LABEL_%zu", i);
        const json_t *said = json_object_get(names, key);
        if (said != NULL && !json_is_string(said))
            return error_set(error, "%s: id2label: '%s' has no name in quotes",
                             config->path, key);
        struct slice name = said ? json_slice(said) : slice_of(fallback);
        task->label_names[i] = label_name(task, name, error);
        if (task->label_names[i] == NULL)
            return false;
    }
    return true;
}

/* A dotted torch class -> activation.  Paths outside torch count as unsaid, as
 * in the reference, which would need to run foreign code for them. */
static bool find_activation(const struct config *config, const char *path,
                            bool *found, enum output_activation *activation,
                            struct error *error)
{
    *found = path != NULL && strncmp(path, "torch.", 6) == 0;
    if (!*found)
        return true;
    const char *class_name = strrchr(path, '.') + 1;
    for (size_t i = 0; i < ACTIVATIONS; i++)
        if (activations[i].class_name != NULL &&
            strcmp(class_name, activations[i].class_name) == 0) {
            *activation = (enum output_activation)i;
            return true;
        }
    char quoted[TEXT_QUOTE_BYTES];
    return error_set(error,
                     "%s: activation '%s': Identity, Sigmoid, Tanh and ReLU "
                     "of torch.nn are supported",
                     config->path, text_quote(slice_of(path), quoted));
}

/* A chain of modules may say it in its own file, before config.json. */
static bool read_chain_activation(struct task *task,
                                  const struct config *config, bool *found,
                                  struct error *error)
{
    *found = false;
    if (config->modules == NULL)
        return true;
    const struct config *settings = &config->modules->settings;
    const char *path = config_text(settings, "activation_fn", NULL, error);
    task->activation_source = "config_sentence_transformers.json";
    return find_activation(settings, path, found, &task->activation, error);
}

/*
 * CrossEncoder's order: the key in "sentence_transformers" (a null there ends
 * the search), the key of old versions, else Sigmoid for one label.
 */
static bool read_activation(struct task *task, const struct config *config,
                            bool has_raw_scores, struct error *error)
{
    static const char old_key[] = "sbert_ce_default_activation_function",
                      new_key[] = "activation_fn";
    struct config section = {
        .path = config->path,
        .root = config_object(config, "sentence_transformers", error),
    };
    bool is_said = json_object_get(section.root, new_key) != NULL;
    const char *path = config_text(is_said ? &section : config,
                                   is_said ? new_key : old_key, NULL, error);
    bool found;
    if (!read_chain_activation(task, config, &found, error) || found)
        return !error->set;
    if (!find_activation(config, path, &found, &task->activation, error))
        return false;
    if (found) {
        task->activation_source =
            is_said ? "sentence_transformers.activation_fn" : old_key;
        return true;
    }
    bool is_squashed = task->labels == 1 && !has_raw_scores;
    task->activation = is_squashed ? OUTPUT_SIGMOID : OUTPUT_IDENTITY;
    task->activation_source = has_raw_scores ? "default of the architecture"
                              : is_squashed  ? "default for one label"
                                             : "default for labels";
    return !error->set;
}

/* Of a chain the last module decides; config.json is its body's. */
static bool has_chain_head(const struct config *config)
{
    return config->modules != NULL && config->modules->has_head;
}

bool task_open(struct task *task, const struct config *config, size_t labels,
               bool has_raw_scores, struct error *error)
{
    *task = (struct task){.labels = labels};
    size_t said =
        has_chain_head(config) ? 0 : task_config_labels(config, error);
    if (said != 0 && said != labels)
        error_set(error,
                  "%s: %zu labels, but the classifier has %zu rows: config "
                  "and weights are not of one model",
                  config->path, said, labels);
    if (!error->set && read_labels(task, config, error) &&
        read_activation(task, config, has_raw_scores, error))
        return true;
    task_close(task);
    return false;
}

void task_close(struct task *task)
{
    arena_free(&task->memory);
    *task = (struct task){0};
}

/* log of the sum of exponentials, the maximum taken out first. */
static double log_sum(size_t labels, const float *logits)
{
    double most = logits[0], sum = 0;
    for (size_t i = 1; i < labels; i++)
        most = fmax(most, logits[i]);
    for (size_t i = 0; i < labels; i++)
        sum += exp(logits[i] - most);
    return most + log(sum);
}

float output_log_share(size_t labels, const float *logits, size_t label)
{
    return (float)(logits[label] - log_sum(labels, logits));
}

static void softmax(size_t labels, float *outputs)
{
    double total = log_sum(labels, outputs);
    for (size_t i = 0; i < labels; i++)
        outputs[i] = (float)exp(outputs[i] - total);
}

void output_activate(enum output_activation activation, size_t labels,
                     float *outputs)
{
    if (activation == OUTPUT_SOFTMAX) {
        softmax(labels, outputs);
        return;
    }
    for (size_t i = 0; i < labels; i++) {
        double x = outputs[i];
        if (activation == OUTPUT_SIGMOID)
            outputs[i] = (float)(1 / (1 + exp(-x)));
        else if (activation == OUTPUT_TANH)
            outputs[i] = (float)tanh(x);
        else if (activation == OUTPUT_RELU)
            outputs[i] = x < 0 ? 0 : outputs[i]; /* nan stays nan */
    }
}
