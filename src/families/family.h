/*
 * family.h - one row for each architecture: which model_type it answers to,
 * how its config becomes a spec, what its tensors are called.  Data only.
 *
 * Source of every row: the architecture's class in the transformers library.
 */
#ifndef FAMILIES_FAMILY_H
#define FAMILIES_FAMILY_H

#include "model/config.h"
#include "model/tensors.h"
#include "nn/slots.h"
#include "nn/spec.h"

struct architecture;

struct family {
    const char *model_type;
    const char *name; /* in messages; NULL: the model_type */
    /* Whether this row is the one of its model_type; NULL: it is. */
    bool (*answers)(const struct config *config);
    /* Fills a zeroed spec; error->set tells. */
    void (*read_config)(const struct config *config, struct spec *spec,
                        struct error *error);
    /* What the config leaves unsaid, sizes and names; NULL: nothing. */
    void (*read_tensors)(const struct config *config,
                         const struct tensors *tensors,
                         struct architecture *architecture,
                         struct error *error);
    bool has_raw_scores; /* by default no activation, though one label */
    struct slot_names names;
};

extern const struct family family_bert, family_electra, family_roberta,
    family_xlm_roberta, family_camembert, family_distilbert, family_deberta,
    family_deberta_v2, family_modernbert, family_jina, family_bert_cat;

/* Sizes by the keys that most families have for them, or their defaults. */
struct family_sizes {
    size_t vocabulary, hidden, layers, heads, intermediate;
};
void family_read_sizes(const struct config *config,
                       const struct family_sizes *defaults, struct spec *spec,
                       struct error *error);

/* The keys that BERT and its descendants share; a row adds what differs. */
void family_read_bert(const struct config *config, struct spec *spec,
                      struct error *error);
/* The same with any position_embedding_type. */
void family_read_bert_sizes(const struct config *config, struct spec *spec,
                            struct error *error);

/* Names of modules that several families have from BERT, by the body's. */
#define FAMILY_BERT_ATTENTION_NAMES(body)                                      \
    [SLOT_WORD] = body "embeddings.word_embeddings",                           \
    [SLOT_TOKEN_TYPE] = body "embeddings.token_type_embeddings",               \
    [SLOT_EMBEDDING_NORM] = body "embeddings.LayerNorm",                       \
    [SLOT_QUERY] = body "encoder.layer.%zu.attention.self.query",              \
    [SLOT_KEY] = body "encoder.layer.%zu.attention.self.key",                  \
    [SLOT_VALUE] = body "encoder.layer.%zu.attention.self.value",              \
    [SLOT_ATTENTION_OUT] = body "encoder.layer.%zu.attention.output.dense",    \
    [SLOT_ATTENTION_NORM] =                                                    \
        body "encoder.layer.%zu.attention.output.LayerNorm"
#define FAMILY_BERT_NAMES(body)                                                \
    FAMILY_BERT_ATTENTION_NAMES(body),                                         \
        [SLOT_POSITION] = body "embeddings.position_embeddings",               \
        [SLOT_FEEDFORWARD_IN] = body "encoder.layer.%zu.intermediate.dense",   \
        [SLOT_FEEDFORWARD_OUT] = body "encoder.layer.%zu.output.dense",        \
        [SLOT_FEEDFORWARD_NORM] = body "encoder.layer.%zu.output.LayerNorm"

/* A family's row with the spec and the names of one model directory. */
struct architecture {
    const struct family *family;
    struct spec spec;
    struct slot_names names; /* may point into the config's modules */
};

/*
 * From config.json and modules.json; false with the list of what is supported
 * when no row answers.  The spec of a family with read_tensors is not whole
 * before architecture_complete.
 */
bool architecture_find(struct architecture *architecture,
                       const struct config *config, struct error *error);
bool architecture_complete(struct architecture *architecture,
                           const struct config *config,
                           const struct tensors *tensors, struct error *error);

/* Lets the config's modules take the place of the family's head: chain.c */
void family_read_chain(const struct config *config,
                       struct architecture *architecture, struct error *error);

/* hidden_act and its like -> enum; an unknown name is an error. */
enum activation family_activation(const struct config *config, const char *key,
                                  const char *fallback, struct error *error);

#endif
