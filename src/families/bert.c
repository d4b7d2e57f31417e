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
    static const struct family_sizes base = {30522, 768, 12, 12, 3072};
    family_read_sizes(config, &base, spec, error);
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

const struct family family_bert = {
    .model_type = "bert",
    .read_config = family_read_bert,
    .names =
        {
            .prefix = "bert.",
            .modules =
                {
                    FAMILY_BERT_NAMES("bert."),
                    [SLOT_HEAD_DENSE] = "bert.pooler.dense",
                    [SLOT_HEAD_OUT] = "classifier",
                },
        },
};
