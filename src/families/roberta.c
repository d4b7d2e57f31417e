/*
 * RoBERTa, and the models that are RoBERTa with another vocabulary.
 */
#include "families/family.h"

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    family_read_bert(config, spec, error);
    spec->position = POSITION_AFTER_PADDING;
    spec->pad_id = (int32_t)config_count(config, "pad_token_id", 1, error);
    /* The first token has the row after the padding's. */
    if (!error->set && spec->positions <= (size_t)spec->pad_id + 1)
        error_set(error,
                  "%s: pad_token_id %d leaves no position of %zu to tokens",
                  config->path, (int)spec->pad_id, spec->positions);
}

#define ROBERTA_NAMES                                                          \
    {                                                                          \
        .prefix = "roberta.",                                                  \
        .modules = {                                                           \
            FAMILY_BERT_NAMES("roberta."),                                     \
            [SLOT_HEAD_DENSE] = "classifier.dense",                            \
            [SLOT_HEAD_OUT] = "classifier.out_proj",                           \
        },                                                                     \
    }

const struct family family_roberta = {
    .model_type = "roberta",
    .read_config = read_config,
    .names = ROBERTA_NAMES,
};

const struct family family_xlm_roberta = {
    .model_type = "xlm-roberta",
    .read_config = read_config,
    .names = ROBERTA_NAMES,
};

const struct family family_camembert = {
    .model_type = "camembert",
    .read_config = read_config,
    .names = ROBERTA_NAMES,
};
