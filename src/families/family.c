#include "families/family.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Rows of one model_type: the one that answers for some of it comes first. */
static const struct family *const families[] = {
    &family_jina,       &family_bert,        &family_electra,
    &family_roberta,    &family_xlm_roberta, &family_camembert,
    &family_distilbert, &family_bert_cat,    &family_deberta,
    &family_deberta_v2, &family_modernbert,
};
enum { FAMILIES = sizeof families / sizeof *families };

/* Names of the reference's ACT2FN; some are other ways to one function. */
static const struct {
    const char *name;
    enum activation activation;
} activations[] = {
    {"gelu", ACTIVATION_GELU},
    {"gelu_python", ACTIVATION_GELU},
    {"gelu_new", ACTIVATION_GELU_TANH},
    {"gelu_fast", ACTIVATION_GELU_TANH},
    {"gelu_accurate", ACTIVATION_GELU_TANH},
    {"gelu_python_tanh", ACTIVATION_GELU_TANH},
    {"gelu_pytorch_tanh", ACTIVATION_GELU_TANH},
    {"relu", ACTIVATION_RELU},
    {"silu", ACTIVATION_SILU},
    {"swish", ACTIVATION_SILU},
    {"tanh", ACTIVATION_TANH},
    {"quick_gelu", ACTIVATION_QUICK_GELU},
};

enum activation family_activation(const struct config *config, const char *key,
                                  const char *fallback, struct error *error)
{
    const char *name = config_text(config, key, fallback, error);
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strcmp(name, activations[i].name) == 0)
            return activations[i].activation;
    char quoted[TEXT_QUOTE_BYTES];
    error_set(error,
              "%s: %s '%s': gelu, gelu_new, relu, silu, tanh or quick_gelu "
              "was expected",
              config->path, key, text_quote(slice_of(name), quoted));
    return ACTIVATION_NONE;
}

void family_read_sizes(const struct config *config,
                       const struct family_sizes *defaults, struct spec *spec,
                       struct error *error)
{
    const struct {
        const char *key;
        size_t fallback, *size;
    } rows[] = {
        {"vocab_size", defaults->vocabulary, &spec->vocabulary},
        {"hidden_size", defaults->hidden, &spec->hidden},
        {"num_hidden_layers", defaults->layers, &spec->layers},
        {"num_attention_heads", defaults->heads, &spec->heads},
        {"intermediate_size", defaults->intermediate, &spec->intermediate},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        *rows[i].size =
            config_size(config, rows[i].key, rows[i].fallback, error);
}

static void refuse(const struct config *config, const char *model_type,
                   struct error *error)
{
    char supported[256] = "", quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0, at = 0; i < FAMILIES && at < sizeof supported; i++)
        if (families[i]->answers == NULL)
            at +=
                (size_t)snprintf(supported + at, sizeof supported - at, "%s%s",
                                 at > 0 ? ", " : "", families[i]->model_type);
    error_at(error, config->path, config_line(config, "model_type"),
             "model_type '%s': supported are %s",
             text_quote(slice_of(model_type), quoted), supported);
}

/* What follows from the sizes. */
static void derive(const struct config *config, struct spec *spec,
                   struct error *error)
{
    if (error->set)
        return;
    if (spec->hidden % spec->heads != 0)
        error_set(error,
                  "%s: hidden size %zu is no multiple of %zu attention heads",
                  config->path, spec->hidden, spec->heads);
    spec->head_width = spec->hidden / spec->heads;
    if (spec->embedding == 0)
        spec->embedding = spec->hidden;
    if (spec->head_rows == 0)
        spec->head_rows = spec->hidden;
    if (spec->head_epsilon == 0)
        spec->head_epsilon = spec->epsilon;
    if (spec->score_scale == 0)
        spec->score_scale = 1 / sqrtf((float)spec->head_width);
}

static const struct family *find_row(const struct config *config,
                                     struct error *error)
{
    const char *model_type = config_text(config, "model_type", "", error);
    for (size_t i = 0; i < FAMILIES && !error->set; i++) {
        const struct family *family = families[i];
        if (strcmp(family->model_type, model_type) == 0 &&
            (family->answers == NULL || family->answers(config)))
            return family;
    }
    refuse(config, model_type, error);
    return NULL;
}

bool architecture_find(struct architecture *architecture,
                       const struct config *config, struct error *error)
{
    const struct family *family = find_row(config, error);
    if (family == NULL)
        return false;
    *architecture = (struct architecture){
        .family = family,
        .spec.family = family->name ? family->name : family->model_type,
        .names = family->names,
    };
    family->read_config(config, &architecture->spec, error);
    family_read_chain(config, architecture, error);
    if (family->read_tensors == NULL)
        derive(config, &architecture->spec, error);
    return !error->set;
}

bool architecture_complete(struct architecture *architecture,
                           const struct config *config,
                           const struct tensors *tensors, struct error *error)
{
    if (architecture->family->read_tensors == NULL)
        return true;
    architecture->family->read_tensors(config, tensors, architecture, error);
    derive(config, &architecture->spec, error);
    return !error->set;
}
