/*
 * DeBERTa, and the one architecture of DeBERTa v2 and v3.
 */
#include "families/family.h"

#include <math.h>
#include <string.h>
#include <strings.h>

/* Cuts the next word off a list of words "a|b"; spaces do not count. */
static struct slice next_word(struct slice *rest)
{
    return text_trim(text_cut(rest, '|'));
}

static bool is_word(struct slice word, const char *name)
{
    return word.length == strlen(name) &&
           strncasecmp(word.bytes, name, word.length) == 0;
}

static void refuse_word(const struct config *config, const char *key,
                        struct slice word, const char *supported,
                        struct error *error)
{
    char quoted[TEXT_QUOTE_BYTES];
    error_at(error, config->path, config_line(config, key),
             "%s '%s': supported are %s", key, text_quote(word, quoted),
             supported);
}

/* pos_att_type: which products with relative positions there are. */
struct terms {
    bool content_to_position, position_to_content;
    size_t words; /* a word twice is two */
};

static void add_term(const struct config *config, struct slice word,
                     struct terms *terms, struct error *error)
{
    if (is_word(word, "c2p"))
        terms->content_to_position = true;
    else if (is_word(word, "p2c"))
        terms->position_to_content = true;
    else
        refuse_word(config, "pos_att_type", word, "c2p and p2c", error);
    terms->words++;
}

/* A list of words, or one string of them. */
static struct terms read_terms(const struct config *config, struct error *error)
{
    const json_t *value = json_object_get(config->root, "pos_att_type");
    struct terms terms = {0};
    if (json_is_array(value))
        for (size_t i = 0; i < json_array_size(value); i++) {
            const char *word = json_string_value(json_array_get(value, i));
            add_term(config, slice_of(word ? word : ""), &terms, error);
        }
    else if (config_has(config, "pos_att_type")) {
        struct slice rest =
            slice_of(config_text(config, "pos_att_type", "", error));
        while (rest.bytes != NULL)
            add_term(config, next_word(&rest), &terms, error);
    }
    return terms;
}

/* A size that only one value makes work with the others. */
static void check_size(const struct config *config, const char *key,
                       size_t wanted, struct error *error)
{
    size_t size = config_size(config, key, wanted, error);
    if (size != wanted)
        error_set(error, "%s: %s %zu: the other sizes make it %zu",
                  config->path, key, size, wanted);
}

static void read_sizes(const struct config *config,
                       const struct family_sizes *defaults, struct spec *spec,
                       struct error *error)
{
    family_read_sizes(config, defaults, spec, error);
    spec->token_types = config_count(config, "type_vocab_size", 0, error);
    spec->embedding =
        config_size(config, "embedding_size", spec->hidden, error);
    check_size(config, "pooler_hidden_size", spec->hidden, error);
}

/* All but relative attention, which is of two forms. */
static void read_common(const struct config *config,
                        const struct family_sizes *defaults, struct spec *spec,
                        struct error *error)
{
    read_sizes(config, defaults, spec, error);
    if (config_flag(config, "talking_head", false, error))
        error_set(error,
                  "%s: talking_head: attention whose heads mix is not "
                  "supported",
                  config->path);
    spec->sequence_limit =
        config_size(config, "max_position_embeddings", 512, error);
    spec->position = POSITION_NONE;
    if (config_flag(config, "position_biased_input", true, error)) {
        spec->position = POSITION_INDEX;
        spec->positions = spec->sequence_limit;
    }
    spec->projects_before_norm = true;
    spec->lacks_projection_bias = true;
    spec->epsilon = config_epsilon(config, "layer_norm_eps", 1e-7, error);
    spec->feedforward_activation =
        family_activation(config, "hidden_act", "gelu", error);
    spec->has_head_dense = true;
    spec->head_activation =
        family_activation(config, "pooler_hidden_act", "gelu", error);
}

/* `factor`: scores are sums of so many products, or counted as such. */
static void read_relative(const struct config *config, struct terms terms,
                          size_t factor, struct spec *spec, struct error *error)
{
    struct relative_spec *relative = &spec->relative;
    size_t head_width = spec->hidden / spec->heads;
    spec->score_scale = 1 / sqrtf((float)head_width * (float)factor);
    if (!config_flag(config, "relative_attention", false, error) ||
        terms.words == 0)
        return;

    spec->attention = ATTENTION_DISENTANGLED;
    relative->content_to_position = terms.content_to_position;
    relative->position_to_content = terms.position_to_content;
    relative->reach = config_positive(config, "max_relative_positions",
                                      spec->sequence_limit, error);
    relative->span = relative->reach;
}

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    static const struct family_sizes defaults = {50265, 768, 12, 12, 3072};
    struct terms terms = read_terms(config, error);
    read_common(config, &defaults, spec, error);
    read_relative(config, terms, 1 + terms.words, spec, error);
    spec->relative.lacks_key_bias = true;
    spec->projection = PROJECTION_BY_HEAD;
    spec->has_split_bias = true;
}

/* Distances beyond half the buckets have a logarithmic scale that ends at
 * `reach`.  One that ends where it begins divides by the logarithm of 1, of
 * which the reference makes another row on each processor. */
static void read_bucket_count(const struct config *config,
                              struct relative_spec *relative,
                              struct error *error)
{
    size_t buckets = config_positive(config, "position_buckets", 0, error);
    relative->buckets = buckets;
    if (buckets == 0)
        return;
    relative->span = buckets;
    if (buckets == 1)
        error_set(error, "%s: position_buckets: 2 or more were expected",
                  config->path);
    else if (relative->reach == buckets / 2 + 1)
        error_set(error,
                  "%s: position_buckets %zu: any max_relative_positions but "
                  "%zu was expected",
                  config->path, buckets, relative->reach);
}

/* Rows of the table may be buckets of distances; they may be normed, and
 * projected by the matrices of words. */
static void read_table(const struct config *config,
                       struct relative_spec *relative, struct error *error)
{
    struct slice rest =
        slice_of(config_text(config, "norm_rel_ebd", "none", error));
    while (rest.bytes != NULL) {
        struct slice word = next_word(&rest);
        if (is_word(word, "layer_norm"))
            relative->has_norm = true;
        else if (!is_word(word, "none"))
            refuse_word(config, "norm_rel_ebd", word, "layer_norm and none",
                        error);
    }
    relative->shares_projections =
        config_flag(config, "share_att_key", false, error);
    read_bucket_count(config, relative, error);
}

static void read_convolution(const struct config *config, struct spec *spec,
                             struct error *error)
{
    struct convolution_spec *convolution = &spec->convolution;
    convolution->taps = config_positive(config, "conv_kernel_size", 0, error);
    if (convolution->taps == 0)
        return;
    convolution->groups = config_size(config, "conv_groups", 1, error);
    convolution->activation =
        family_activation(config, "conv_act", "tanh", error);
    if (convolution->taps % 2 == 0)
        error_set(error, "%s: conv_kernel_size %zu: an odd number was expected",
                  config->path, convolution->taps);
    if (spec->hidden % convolution->groups != 0)
        error_set(error,
                  "%s: hidden size %zu is no multiple of conv_groups "
                  "%zu",
                  config->path, spec->hidden, convolution->groups);
}

static void read_config_v2(const struct config *config, struct spec *spec,
                           struct error *error)
{
    static const struct family_sizes defaults = {128100, 1536, 24, 24, 6144};
    struct terms terms = read_terms(config, error);
    size_t factor = 1u + terms.content_to_position + terms.position_to_content;
    read_common(config, &defaults, spec, error);
    check_size(config, "attention_head_size", spec->hidden / spec->heads,
               error);
    read_relative(config, terms, factor, spec, error);
    if (spec->attention == ATTENTION_DISENTANGLED)
        read_table(config, &spec->relative, error);
    read_convolution(config, spec, error);
}

#define LAYER "deberta.encoder.layer.%zu."

/* Of both; each adds its projections. */
#define SHARED_NAMES                                                           \
    [SLOT_WORD] = "deberta.embeddings.word_embeddings",                        \
    [SLOT_POSITION] = "deberta.embeddings.position_embeddings",                \
    [SLOT_TOKEN_TYPE] = "deberta.embeddings.token_type_embeddings",            \
    [SLOT_EMBEDDING_NORM] = "deberta.embeddings.LayerNorm",                    \
    [SLOT_EMBEDDING_PROJECTION] = "deberta.embeddings.embed_proj",             \
    [SLOT_RELATIVE] = "deberta.encoder.rel_embeddings",                        \
    [SLOT_ATTENTION_OUT] = LAYER "attention.output.dense",                     \
    [SLOT_ATTENTION_NORM] = LAYER "attention.output.LayerNorm",                \
    [SLOT_FEEDFORWARD_IN] = LAYER "intermediate.dense",                        \
    [SLOT_FEEDFORWARD_OUT] = LAYER "output.dense",                             \
    [SLOT_FEEDFORWARD_NORM] = LAYER "output.LayerNorm",                        \
    [SLOT_HEAD_DENSE] = "pooler.dense", [SLOT_HEAD_OUT] = "classifier"

const struct family family_deberta = {
    .model_type = "deberta",
    .read_config = read_config,
    .names =
        {
            .prefix = "deberta.",
            .modules =
                {
                    SHARED_NAMES,
                    [SLOT_PROJECTIONS] = LAYER "attention.self.in_proj",
                    [SLOT_QUERY_BIAS] = LAYER "attention.self.q_bias",
                    [SLOT_VALUE_BIAS] = LAYER "attention.self.v_bias",
                    [SLOT_RELATIVE_KEY] = LAYER "attention.self.pos_proj",
                    [SLOT_RELATIVE_QUERY] = LAYER "attention.self.pos_q_proj",
                },
        },
};

const struct family family_deberta_v2 = {
    .model_type = "deberta-v2",
    .read_config = read_config_v2,
    .names =
        {
            .prefix = "deberta.",
            .modules =
                {
                    SHARED_NAMES,
                    [SLOT_QUERY] = LAYER "attention.self.query_proj",
                    [SLOT_KEY] = LAYER "attention.self.key_proj",
                    [SLOT_VALUE] = LAYER "attention.self.value_proj",
                    [SLOT_RELATIVE_NORM] = "deberta.encoder.LayerNorm",
                    [SLOT_RELATIVE_KEY] = LAYER "attention.self.pos_key_proj",
                    [SLOT_RELATIVE_QUERY] =
                        LAYER "attention.self.pos_query_proj",
                    [SLOT_CONVOLUTION] = "deberta.encoder.conv.conv",
                    [SLOT_CONVOLUTION_NORM] = "deberta.encoder.conv.LayerNorm",
                },
        },
};
