#include "families/family.h"

/* Its own key, or the name that other families have for it. */
static size_t size_of(const struct config *config, const char *key,
                      const char *other_key, size_t fallback,
                      struct error *error)
{
    bool is_other = !config_has(config, key) && config_has(config, other_key);
    return config_size(config, is_other ? other_key : key, fallback, error);
}

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    spec->vocabulary = config_size(config, "vocab_size", 30522, error);
    spec->hidden = size_of(config, "dim", "hidden_size", 768, error);
    spec->layers = size_of(config, "n_layers", "num_hidden_layers", 6, error);
    spec->heads = size_of(config, "n_heads", "num_attention_heads", 12, error);
    spec->intermediate =
        size_of(config, "hidden_dim", "intermediate_size", 3072, error);
    spec->positions =
        config_size(config, "max_position_embeddings", 512, error);
    spec->epsilon = 1e-12f;
    spec->feedforward_activation =
        family_activation(config, "activation", "gelu", error);
    spec->has_head_dense = true;
    spec->head_activation = ACTIVATION_RELU;
}

#define LAYER "distilbert.transformer.layer.%zu."

const struct family family_distilbert = {
    .model_type = "distilbert",
    .read_config = read_config,
    .names =
        {
            .prefix = "distilbert.",
            .modules =
                {
                    [SLOT_WORD] = "distilbert.embeddings.word_embeddings",
                    [SLOT_POSITION] =
                        "distilbert.embeddings.position_embeddings",
                    [SLOT_EMBEDDING_NORM] = "distilbert.embeddings.LayerNorm",
                    [SLOT_QUERY] = LAYER "attention.q_lin",
                    [SLOT_KEY] = LAYER "attention.k_lin",
                    [SLOT_VALUE] = LAYER "attention.v_lin",
                    [SLOT_ATTENTION_OUT] = LAYER "attention.out_lin",
                    [SLOT_ATTENTION_NORM] = LAYER "sa_layer_norm",
                    [SLOT_FEEDFORWARD_IN] = LAYER "ffn.lin1",
                    [SLOT_FEEDFORWARD_OUT] = LAYER "ffn.lin2",
                    [SLOT_FEEDFORWARD_NORM] = LAYER "output_layer_norm",
                    [SLOT_HEAD_DENSE] = "pre_classifier",
                    [SLOT_HEAD_OUT] = "classifier",
                },
        },
};
