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
    spec->sequence_limit = spec->positions;
    spec->epsilon = 1e-12f;
    spec->feedforward_activation =
        family_activation(config, "activation", "gelu", error);
    spec->has_head_dense = true;
    spec->head_activation = ACTIVATION_RELU;
}

#define DISTILBERT_NAMES(body)                                                 \
    [SLOT_WORD] = body "embeddings.word_embeddings",                           \
    [SLOT_POSITION] = body "embeddings.position_embeddings",                   \
    [SLOT_EMBEDDING_NORM] = body "embeddings.LayerNorm",                       \
    [SLOT_QUERY] = body "transformer.layer.%zu.attention.q_lin",               \
    [SLOT_KEY] = body "transformer.layer.%zu.attention.k_lin",                 \
    [SLOT_VALUE] = body "transformer.layer.%zu.attention.v_lin",               \
    [SLOT_ATTENTION_OUT] = body "transformer.layer.%zu.attention.out_lin",     \
    [SLOT_ATTENTION_NORM] = body "transformer.layer.%zu.sa_layer_norm",        \
    [SLOT_FEEDFORWARD_IN] = body "transformer.layer.%zu.ffn.lin1",             \
    [SLOT_FEEDFORWARD_OUT] = body "transformer.layer.%zu.ffn.lin2",            \
    [SLOT_FEEDFORWARD_NORM] = body "transformer.layer.%zu.output_layer_norm"

const struct family family_distilbert = {
    .model_type = "distilbert",
    .read_config = read_config,
    .names =
        {
            .prefix = "distilbert.",
            .modules = {DISTILBERT_NAMES("distilbert."),
                        [SLOT_HEAD_DENSE] = "pre_classifier",
                        [SLOT_HEAD_OUT] = "classifier"},
        },
};

/*
 * BERT_Cat (Hofstaetter et al. 2020, arXiv:2010.02666): a DistilBERT whose
 * config.json has no sizes, with one linear layer on the first token.
 */
static void read_cat_config(const struct config *config, struct spec *spec,
                            struct error *error)
{
    (void)config, (void)error;
    spec->sequence_limit = 512; /* of every DistilBERT */
    spec->epsilon = 1e-12f;
    spec->feedforward_activation = ACTIVATION_GELU;
}

/* Rows and columns of a matrix; zeros where there is no such matrix. */
static void read_shape(const struct architecture *architecture,
                       const struct tensors *tensors, enum slot slot,
                       size_t *rows, size_t *columns)
{
    const struct tensor *tensor =
        slot_tensor(&architecture->names, tensors, slot, 0, ".weight");
    *rows = *columns = 0;
    if (tensor == NULL || tensor->dimensions != 2 ||
        tensor->shape[0] > CONFIG_SIZE_LIMIT ||
        tensor->shape[1] > CONFIG_SIZE_LIMIT)
        return;
    *rows = (size_t)tensor->shape[0];
    *columns = (size_t)tensor->shape[1];
}

static void read_cat_tensors(const struct config *config,
                             const struct tensors *tensors,
                             struct architecture *architecture,
                             struct error *error)
{
    enum { HEAD_WIDTH = 64 }; /* of every DistilBERT */
    struct spec *spec = &architecture->spec;
    size_t width;
    read_shape(architecture, tensors, SLOT_WORD, &spec->vocabulary,
               &spec->hidden);
    read_shape(architecture, tensors, SLOT_POSITION, &spec->positions, &width);
    read_shape(architecture, tensors, SLOT_FEEDFORWARD_IN, &spec->intermediate,
               &width);
    while (slot_tensor(&architecture->names, tensors, SLOT_QUERY, spec->layers,
                       ".weight") != NULL)
        spec->layers++;
    spec->heads = spec->hidden / HEAD_WIDTH;
    if (spec->vocabulary == 0 || spec->positions == 0 || spec->layers == 0 ||
        spec->intermediate == 0 || spec->hidden % HEAD_WIDTH != 0 ||
        spec->heads == 0)
        error_set(error,
                  "%s: model_type 'BERT_Cat': weights of a DistilBERT named "
                  "bert_model.* were expected",
                  config->path);
}

const struct family family_bert_cat = {
    .model_type = "BERT_Cat",
    .read_config = read_cat_config,
    .read_tensors = read_cat_tensors,
    .has_raw_scores = true,
    .names =
        {
            .prefix = "bert_model.",
            .modules =
                {DISTILBERT_NAMES("bert_model."), [SLOT_HEAD_OUT] =
                                                      "_classification_layer"},
        },
};
