/*
 * JinaBERT: BERT with ALiBi in place of position rows and a gated
 * feed-forward.  Published in two variants under one model_type, told apart by
 * their tensors.  Source: jinaai/jina-bert-implementation and
 * jinaai/jina-bert-v2-qk-post-norm.
 */
#include "families/family.h"

#include <string.h>

static bool answers(const struct config *config)
{
    struct error error = {0};
    const char *type =
        config_text(config, "position_embedding_type", "", &error);
    return strcmp(type, "alibi") == 0;
}

static void read_config(const struct config *config, struct spec *spec,
                        struct error *error)
{
    family_read_bert_sizes(config, spec, error);
    spec->positions = 0;
    spec->position = POSITION_NONE;
    spec->attention = ATTENTION_ALIBI;
    spec->gate = GATE_FIRST_ACTIVE;
    spec->lacks_gate_bias = true;
    /* The gate's, whatever hidden_act says. */
    const char *type = config_text(config, "feed_forward_type", "", error);
    spec->feedforward_activation =
        strcmp(type, "reglu") == 0 ? ACTIVATION_RELU : ACTIVATION_GELU;
    char quoted[TEXT_QUOTE_BYTES];
    if (strcmp(type, "geglu") != 0 && strcmp(type, "reglu") != 0)
        error_set(error,
                  "%s: feed_forward_type '%s': geglu and reglu are supported",
                  config->path, text_quote(slice_of(type), quoted));
}

#define LAYER "bert.encoder.layer.%zu."

/* Modules of the later variant that the first has not, or calls otherwise. */
static const struct {
    enum slot slot;
    const char *name;
} later_names[] = {
    {SLOT_QUERY_NORM, LAYER "attention.self.layer_norm_q"},
    {SLOT_KEY_NORM, LAYER "attention.self.layer_norm_k"},
    {SLOT_SECOND_NORM, LAYER "layer_norm_1"},
    {SLOT_FEEDFORWARD_IN, LAYER "mlp.up_gated_layer"},
    {SLOT_FEEDFORWARD_OUT, LAYER "mlp.down_layer"},
    {SLOT_FEEDFORWARD_NORM, LAYER "layer_norm_2"},
};

/* The later variant norms queries and keys, adds the attention's input twice
 * and activates the other half of the gate. */
static void read_tensors(const struct config *config,
                         const struct tensors *tensors,
                         struct architecture *architecture, struct error *error)
{
    struct spec *spec = &architecture->spec;
    struct slot_names names = architecture->names;
    (void)config, (void)error;
    for (size_t i = 0; i < sizeof later_names / sizeof *later_names; i++)
        names.modules[later_names[i].slot] = later_names[i].name;
    if (slot_tensor(&names, tensors, SLOT_FEEDFORWARD_IN, 0, ".weight") == NULL)
        return;
    architecture->names = names;
    spec->has_query_norm = spec->has_second_norm = true;
    spec->gate = GATE_SECOND_ACTIVE;
}

const struct family family_jina = {
    .model_type = "bert",
    .name = "jina-bert",
    .answers = answers,
    .read_config = read_config,
    .read_tensors = read_tensors,
    .names =
        {
            .prefix = "bert.",
            .modules =
                {
                    FAMILY_BERT_ATTENTION_NAMES("bert."),
                    [SLOT_FEEDFORWARD_IN] = LAYER "mlp.gated_layers",
                    [SLOT_FEEDFORWARD_OUT] = LAYER "mlp.wo",
                    [SLOT_FEEDFORWARD_NORM] = LAYER "mlp.layernorm",
                    [SLOT_HEAD_DENSE] = "bert.pooler.dense",
                    [SLOT_HEAD_OUT] = "classifier",
                },
        },
};
