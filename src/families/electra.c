#include "families/family.h"

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    family_read_bert(config, spec, error);
    spec->hidden = config_size(config, "hidden_size", 256, error);
    spec->heads = config_size(config, "num_attention_heads", 4, error);
    spec->intermediate = config_size(config, "intermediate_size", 1024, error);
    spec->embedding = config_size(config, "embedding_size", 128, error);
    /* The head's, whatever hidden_act says. */
    spec->head_activation = ACTIVATION_GELU;
}

#define LAYER "electra.encoder.layer.%zu."

const struct family family_electra = {
    .model_type = "electra",
    .read_config = read_config,
    .names =
        {
            .prefix = "electra.",
            .modules =
                {
                    [SLOT_WORD] = "electra.embeddings.word_embeddings",
                    [SLOT_POSITION] = "electra.embeddings.position_embeddings",
                    [SLOT_TOKEN_TYPE] =
                        "electra.embeddings.token_type_embeddings",
                    [SLOT_EMBEDDING_NORM] = "electra.embeddings.LayerNorm",
                    [SLOT_EMBEDDING_PROJECTION] = "electra.embeddings_project",
                    [SLOT_QUERY] = LAYER "attention.self.query",
                    [SLOT_KEY] = LAYER "attention.self.key",
                    [SLOT_VALUE] = LAYER "attention.self.value",
                    [SLOT_ATTENTION_OUT] = LAYER "attention.output.dense",
                    [SLOT_ATTENTION_NORM] = LAYER "attention.output.LayerNorm",
                    [SLOT_FEEDFORWARD_IN] = LAYER "intermediate.dense",
                    [SLOT_FEEDFORWARD_OUT] = LAYER "output.dense",
                    [SLOT_FEEDFORWARD_NORM] = LAYER "output.LayerNorm",
                    [SLOT_HEAD_DENSE] = "classifier.dense",
                    [SLOT_HEAD_OUT] = "classifier.out_proj",
                },
        },
};
