#include "families/family.h"

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    static const struct family_sizes small = {30522, 256, 12, 4, 1024};
    family_read_bert(config, spec, error);
    family_read_sizes(config, &small, spec, error);
    spec->embedding = config_size(config, "embedding_size", 128, error);
    /* The head's, whatever hidden_act says. */
    spec->head_activation = ACTIVATION_GELU;
}

const struct family family_electra = {
    .model_type = "electra",
    .read_config = read_config,
    .names =
        {
            .prefix = "electra.",
            .modules =
                {
                    FAMILY_BERT_NAMES("electra."),
                    [SLOT_EMBEDDING_PROJECTION] = "electra.embeddings_project",
                    [SLOT_HEAD_DENSE] = "classifier.dense",
                    [SLOT_HEAD_OUT] = "classifier.out_proj",
                },
        },
};
