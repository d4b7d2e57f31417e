#include "families/family.h"

#include <string.h>

/* Rotary angles of one kind of layer: its entry in the new format's
 * rope_parameters, or the old format's key. */
static float read_theta(const struct config *config, const char *layer_type,
                        const char *old_key, double fallback,
                        struct error *error)
{
    const double least = 1, most = 1e30; /* the base of a power */
    double theta = config_real(config, old_key, least, most, fallback, error);
    struct config parameters = {
        .path = config->path,
        .root = config_object(config, "rope_parameters", error),
    };
    struct config entry = {
        .path = config->path,
        .root = config_object(&parameters, layer_type, error),
    };
    if (entry.root == NULL)
        return (float)theta;

    char quoted[TEXT_QUOTE_BYTES];
    const char *type = config_text(&entry, "rope_type", "default", error);
    if (strcmp(type, "default") != 0)
        error_set(error, "%s: rope_type '%s': default is supported",
                  config->path, text_quote(slice_of(type), quoted));
    theta = config_real(&entry, "rope_theta", least, most, theta, error);
    return (float)theta;
}

static bool is_local_type(const struct config *config, const json_t *layer_type,
                          struct error *error)
{
    const char *name = json_string_value(layer_type);
    bool is_local = name != NULL && strcmp(name, "sliding_attention") == 0;
    if (!is_local && (name == NULL || strcmp(name, "full_attention") != 0))
        error_set(error,
                  "%s: layer_types: full_attention and sliding_attention were "
                  "expected",
                  config->path);
    return is_local;
}

/* A list of every layer's kind; in the old format, every nth is global. */
static void read_windows(const struct config *config, struct spec *spec,
                         struct error *error)
{
    const json_t *types = json_object_get(config->root, "layer_types");
    size_t every = config_size(config, "global_attn_every_n_layers", 3, error);
    bool is_listed = types != NULL && !json_is_null(types);
    spec->window.reach =
        config_count(config, "local_attention", 128, error) / 2;
    if (spec->layers > SPEC_LOCAL_LAYERS)
        error_set(error, "%s: num_hidden_layers: at most %d are supported",
                  config->path, SPEC_LOCAL_LAYERS);
    else if (is_listed && json_array_size(types) != spec->layers)
        error_set(error,
                  "%s: layer_types: an entry for each layer was expected",
                  config->path);
    for (size_t i = 0; i < spec->layers && !error->set; i++)
        spec->window.is_local[i] =
            is_listed ? is_local_type(config, json_array_get(types, i), error)
                      : i % every != 0;
}

static void read_pooling(const struct config *config, struct spec *spec,
                         struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    const char *name = config_text(config, "classifier_pooling", "cls", error);
    if (strcmp(name, "mean") == 0)
        spec->pooling = POOLING_MEAN;
    else if (strcmp(name, "cls") != 0)
        error_set(error,
                  "%s: classifier_pooling '%s': cls or mean was "
                  "expected",
                  config->path, text_quote(slice_of(name), quoted));
    spec->has_head_dense = spec->has_head_norm = true;
    spec->head_activation =
        family_activation(config, "classifier_activation", "gelu", error);
    spec->lacks_head_bias =
        !config_flag(config, "classifier_bias", false, error);
}

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    static const struct family_sizes base = {50368, 768, 22, 12, 1152};
    static const char local_key[] = "local_rope_theta";
    family_read_sizes(config, &base, spec, error);
    spec->sequence_limit =
        config_size(config, "max_position_embeddings", 8192, error);
    spec->epsilon = config_epsilon(config, "norm_eps", 1e-5, error);
    spec->position = POSITION_NONE;
    spec->norm_place = NORM_BEFORE;
    spec->lacks_first_norm = true;
    spec->projection = PROJECTION_BY_PART;
    spec->attention = ATTENTION_ROTARY;
    spec->rotary.theta = read_theta(config, "full_attention",
                                    "global_rope_theta", 160000, error);
    /* null is not absent here: it means the angles of the global layers. */
    bool is_one = json_is_null(json_object_get(config->root, local_key));
    spec->rotary.local_theta =
        read_theta(config, "sliding_attention", local_key,
                   is_one ? (double)spec->rotary.theta : 10000, error);
    spec->gate = GATE_FIRST_ACTIVE;
    spec->feedforward_activation =
        family_activation(config, "hidden_activation", "gelu", error);
    spec->lacks_norm_bias = !config_flag(config, "norm_bias", false, error);
    spec->lacks_head_norm_bias = spec->lacks_norm_bias;
    spec->lacks_attention_bias =
        !config_flag(config, "attention_bias", false, error);
    spec->lacks_feedforward_bias =
        !config_flag(config, "mlp_bias", false, error);
    read_windows(config, spec, error);
    read_pooling(config, spec, error);
    if (spec->hidden / spec->heads % 2 != 0)
        error_set(error,
                  "%s: heads of %zu columns: rotary positions need an even "
                  "number",
                  config->path, spec->hidden / spec->heads);
}

#define LAYER "model.layers.%zu."

const struct family family_modernbert = {
    .model_type = "modernbert",
    .read_config = read_config,
    .names =
        {
            .prefix = "model.",
            .modules =
                {
                    [SLOT_WORD] = "model.embeddings.tok_embeddings",
                    [SLOT_EMBEDDING_NORM] = "model.embeddings.norm",
                    [SLOT_PROJECTIONS] = LAYER "attn.Wqkv",
                    [SLOT_ATTENTION_OUT] = LAYER "attn.Wo",
                    [SLOT_ATTENTION_NORM] = LAYER "attn_norm",
                    [SLOT_FEEDFORWARD_IN] = LAYER "mlp.Wi",
                    [SLOT_FEEDFORWARD_OUT] = LAYER "mlp.Wo",
                    [SLOT_FEEDFORWARD_NORM] = LAYER "mlp_norm",
                    [SLOT_FINAL_NORM] = "model.final_norm",
                    [SLOT_HEAD_DENSE] = "head.dense",
                    [SLOT_HEAD_NORM] = "head.norm",
                    [SLOT_HEAD_OUT] = "classifier",
                },
        },
};
