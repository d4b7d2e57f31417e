#include "families/family.h"

#include <string.h>

/* Other values change the equations; the reference stopped reading the key and
 * computes wrong scores for them in silence, so they are refused here. */
static void check_position_type(const struct config *config,
                                struct error *error)
{
    const char *type =
        config_text(config, "position_embedding_type", "absolute", error);
    if (strcmp(type, "absolute") == 0)
        return;
    char quoted[TEXT_QUOTE_BYTES];
    error_set(error, "%s: position_embedding_type '%s': absolute is supported",
              config->path, text_quote(slice_of(type), quoted));
}

void family_read_bert_sizes(const struct config *config, struct spec *spec,
                            struct error *error)
{
    spec->vocabulary = config_size(config, "vocab_size", 30522, error);
    spec->hidden = config_size(config, "hidden_size", 768, error);
    spec->layers = config_size(config, "num_hidden_layers", 12, error);
    spec->heads = config_size(config, "num_attention_heads", 12, error);
    spec->intermediate = config_size(config, "intermediate_size", 3072, error);
    spec->positions =
        config_size(config, "max_position_embeddings", 512, error);
    spec->sequence_limit = spec->positions;
    spec->token_types = config_size(config, "type_vocab_size", 2, error);
    spec->epsilon = config_epsilon(config, "layer_norm_eps", 1e-12, error);
    spec->feedforward_activation =
        family_activation(config, "hidden_act", "gelu", error);
    spec->has_head_dense = true;
    /* The pooler's, whatever hidden_act says. */
    spec->head_activation = ACTIVATION_TANH;
}

void family_read_bert(const struct config *config, struct spec *spec,
                      struct error *error)
{
    check_position_type(config, error);
    family_read_bert_sizes(config, spec, error);
}

#define LAYER "bert.encoder.layer.%zu."

const struct family family_bert = {
    .model_type = "bert",
    .read_config = family_read_bert,
    .names =
        {
            .prefix = "bert.",
            .modules =
                {
                    [SLOT_WORD] = "bert.embeddings.word_embeddings",
                    [SLOT_POSITION] = "bert.embeddings.position_embeddings",
                    [SLOT_TOKEN_TYPE] = "bert.embeddings.token_type_embeddings",
                    [SLOT_EMBEDDING_NORM] = "bert.embeddings.LayerNorm",
                    [SLOT_QUERY] = LAYER "attention.self.query",
                    [SLOT_KEY] = LAYER "attention.self.key",
                    [SLOT_VALUE] = LAYER "attention.self.value",
                    [SLOT_ATTENTION_OUT] = LAYER "attention.output.dense",
                    [SLOT_ATTENTION_NORM] = LAYER "attention.output.LayerNorm",
                    [SLOT_FEEDFORWARD_IN] = LAYER "intermediate.dense",
                    [SLOT_FEEDFORWARD_OUT] = LAYER "output.dense",
                    [SLOT_FEEDFORWARD_NORM] = LAYER "output.LayerNorm",
                    [SLOT_HEAD_DENSE] = "bert.pooler.dense",
                    [SLOT_HEAD_OUT] = "classifier",
                },
        },
};
