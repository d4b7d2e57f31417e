/*
 * A chain of modules (model/modules.h) as the head of a spec: Pooling, then
 * Dense alone, Dense and Dense, or Dense, LayerNorm and Dense.
 */
#include "families/family.h"

#include "model/modules.h"

#include <string.h>

/* torch.nn classes; Dense has Tanh where the config says nothing. */
static const struct {
    const char *class_name;
    enum activation activation;
} activations[] = {
    {"Identity", ACTIVATION_NONE}, {"GELU", ACTIVATION_GELU},
    {"ReLU", ACTIVATION_RELU},     {"SiLU", ACTIVATION_SILU},
    {"Tanh", ACTIVATION_TANH},
};

static enum activation read_activation(const struct config *config,
                                       struct error *error)
{
    const char *path = config_text(config, "activation_function",
                                   "torch.nn.modules.activation.Tanh", error);
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
        if (strncmp(path, "torch.", 6) == 0 &&
            strcmp(dot + 1, activations[i].class_name) == 0)
            return activations[i].activation;
    char quoted[TEXT_QUOTE_BYTES];
    error_set(error,
              "%s: activation_function '%s': Identity, GELU, ReLU, SiLU and "
              "Tanh of torch.nn are supported",
              config->path, text_quote(slice_of(path), quoted));
    return ACTIVATION_NONE;
}

static void require_text(const struct config *config, const char *key,
                         const char *fallback, const char *wanted,
                         struct error *error)
{
    const char *value = config_text(config, key, fallback, error);
    char quoted[TEXT_QUOTE_BYTES];
    if (strcmp(value, wanted) != 0)
        error_set(error, "%s: %s '%s': '%s' was expected", config->path, key,
                  text_quote(slice_of(value), quoted), wanted);
}

/* Rows and activation of a Dense whose output is given a name. */
static size_t read_dense(const struct config *config, const char *output,
                         enum activation *activation, bool *lacks_bias,
                         struct error *error)
{
    static const char embedding[] = "sentence_embedding";
    require_text(config, "module_input_name", embedding, embedding, error);
    require_text(config, "module_output_name", embedding, output, error);
    if (config_flag(config, "use_residual", false, error))
        error_set(error, "%s: use_residual is not supported", config->path);
    *activation = read_activation(config, error);
    *lacks_bias = !config_flag(config, "bias", true, error);
    return config_size(config, "out_features", 0, error);
}

/* The form of old versions: a flag for each mode, none set for the mean. */
static const char *flagged_pooling(const struct config *config,
                                   struct error *error)
{
    static const char *const flags[][2] = {
        {"pooling_mode_cls_token", "cls"},
        {"pooling_mode_mean_tokens", "mean"},
        {"pooling_mode_max_tokens", "max"},
        {"pooling_mode_mean_sqrt_len_tokens", "mean_sqrt_len_tokens"},
        {"pooling_mode_weightedmean_tokens", "weightedmean"},
        {"pooling_mode_lasttoken", "lasttoken"},
    };
    const char *mode = NULL;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (config_flag(config, flags[i][0], false, error))
            mode = mode == NULL ? flags[i][1] : "several modes";
    return mode != NULL ? mode : "mean";
}

static void read_pooling(const struct config *config, struct spec *spec,
                         struct error *error)
{
    const json_t *value = json_object_get(config->root, "pooling_mode");
    if (json_is_array(value))
        value = json_array_size(value) == 1 ? json_array_get(value, 0) : NULL;
    const char *mode = json_string_value(value);
    if (mode == NULL)
        mode = config_has(config, "pooling_mode")
                   ? "several modes"
                   : flagged_pooling(config, error);
    char quoted[TEXT_QUOTE_BYTES];
    spec->pooling = POOLING_FIRST;
    if (strcmp(mode, "mean") == 0)
        spec->pooling = POOLING_MEAN;
    else if (strcmp(mode, "cls") != 0)
        error_set(error, "%s: pooling_mode '%s': cls and mean are supported",
                  config->path, text_quote(slice_of(mode), quoted));
}

static bool has_form(const struct modules *modules)
{
    static const enum module_kind longest[] = {MODULE_TRANSFORMER,
                                               MODULE_POOLING, MODULE_DENSE,
                                               MODULE_LAYER_NORM, MODULE_DENSE};
    size_t count = modules->count, most = sizeof longest / sizeof *longest;
    if (count < 3 || count > most)
        return false;
    for (size_t i = 0; i + 1 < count; i++)
        if (modules->list[i].kind != longest[i])
            return false;
    return modules->list[count - 1].kind == MODULE_DENSE;
}

void family_read_chain(const struct config *config,
                       struct architecture *architecture, struct error *error)
{
    const struct modules *modules = config->modules;
    struct spec *spec = &architecture->spec;
    const char **names = architecture->names.modules;
    if (modules == NULL || !modules->has_head || error->set)
        return;
    if (!has_form(modules)) {
        error_set(error,
                  "%s: after Transformer and Pooling, Dense or Dense, Dense "
                  "or Dense, LayerNorm, Dense was expected",
                  modules->path);
        return;
    }

    const struct module *list = modules->list;
    const struct module *last = &list[modules->count - 1];
    read_pooling(&list[1].config, spec, error);
    spec->has_head_dense = last != &list[2];
    if (spec->has_head_dense) {
        names[SLOT_HEAD_DENSE] = list[2].weights;
        spec->head_rows =
            read_dense(&list[2].config, "sentence_embedding",
                       &spec->head_activation, &spec->lacks_head_bias, error);
    }
    spec->has_head_norm =
        spec->has_head_dense && list[3].kind == MODULE_LAYER_NORM;
    if (spec->has_head_norm) {
        names[SLOT_HEAD_NORM] = list[3].weights;
        spec->lacks_head_norm_bias = false;
        spec->head_epsilon = 1e-5f; /* torch.nn.LayerNorm's */
    }
    names[SLOT_HEAD_OUT] = last->weights;
    read_dense(&last->config, "scores", &spec->output_activation,
               &spec->lacks_output_bias, error);
}
