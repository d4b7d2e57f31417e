#include "cli/bench/shapes.h"

#include <stdio.h>
#include <string.h>

static const struct recipe bert = {
    .model_type = "bert",
    .architecture = "BertForSequenceClassification",
    .keys = "\"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 0",
    .tokenizer_keys =
        "\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": true",
};

static const struct recipe electra_base = {
    .model_type = "electra",
    .architecture = "ElectraForSequenceClassification",
    .keys = "\"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 0, "
            "\"embedding_size\": 768",
    .tokenizer_keys =
        "\"tokenizer_class\": \"ElectraTokenizer\", \"do_lower_case\": true",
};

static const char *const distilbert_sizes[] = {"n_layers", "dim", "n_heads",
                                               "hidden_dim"};

static const struct recipe distilbert = {
    .model_type = "distilbert",
    .architecture = "DistilBertForSequenceClassification",
    .size_keys = distilbert_sizes,
    .keys = "\"activation\": \"gelu\", \"pad_token_id\": 0",
    .tokenizer_keys = "\"tokenizer_class\": \"DistilBertTokenizer\", "
                      "\"do_lower_case\": true",
};

/* Row 0 and the padding's row of the position table are nobody's. */
#define ROBERTA_KEYS                                                           \
    "\"type_vocab_size\": 1, \"layer_norm_eps\": 1e-5, "                       \
    "\"hidden_act\": \"gelu\", \"pad_token_id\": 1, "                          \
    "\"bos_token_id\": 0, \"eos_token_id\": 2"

static const struct recipe roberta = {
    .model_type = "roberta",
    .architecture = "RobertaForSequenceClassification",
    .keys = ROBERTA_KEYS,
    .tokenizer_keys = "\"tokenizer_class\": \"RobertaTokenizer\"",
    .tokenizer = bench_tokenizer_roberta,
    .unused_positions = 2,
};

static const struct recipe xlm_roberta = {
    .model_type = "xlm-roberta",
    .architecture = "XLMRobertaForSequenceClassification",
    .keys = ROBERTA_KEYS,
    .tokenizer_keys = "\"tokenizer_class\": \"XLMRobertaTokenizer\"",
    .tokenizer = bench_tokenizer_xlm_roberta,
    .unused_positions = 2,
};

static const struct recipe deberta = {
    .model_type = "deberta",
    .architecture = "DebertaForSequenceClassification",
    .keys = "\"type_vocab_size\": 0, \"layer_norm_eps\": 1e-7, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 3, "
            "\"relative_attention\": true, "
            "\"pos_att_type\": [\"c2p\", \"p2c\"], "
            "\"position_biased_input\": false, "
            "\"max_relative_positions\": -1",
    .tokenizer_keys = "\"tokenizer_class\": \"DebertaTokenizer\"",
    .tokenizer = bench_tokenizer_modernbert,
};

static const struct recipe deberta_v3 = {
    .model_type = "deberta-v2",
    .architecture = "DebertaV2ForSequenceClassification",
    .keys = "\"type_vocab_size\": 0, \"layer_norm_eps\": 1e-7, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 0, "
            "\"relative_attention\": true, \"position_buckets\": 256, "
            "\"norm_rel_ebd\": \"layer_norm\", \"share_att_key\": true, "
            "\"pos_att_type\": [\"p2c\", \"c2p\"], "
            "\"position_biased_input\": false, "
            "\"max_relative_positions\": -1",
    .tokenizer_keys = "\"tokenizer_class\": \"DebertaV2Tokenizer\"",
    .tokenizer = bench_tokenizer_deberta,
};

static const struct recipe modernbert = {
    .model_type = "modernbert",
    .architecture = "ModernBertForSequenceClassification",
    .keys = "\"pad_token_id\": 3, \"cls_token_id\": 1, "
            "\"sep_token_id\": 2, \"bos_token_id\": 1, "
            "\"eos_token_id\": 2, \"norm_eps\": 1e-5, "
            "\"local_attention\": 128, \"global_attn_every_n_layers\": 3, "
            "\"global_rope_theta\": 160000.0, "
            "\"local_rope_theta\": 10000.0",
    .tokenizer_keys =
        "\"tokenizer_class\": \"PreTrainedTokenizerFast\", "
        "\"model_input_names\": [\"input_ids\", \"attention_mask\"]",
    .tokenizer = bench_tokenizer_modernbert,
};

static const struct recipe jina = {
    .model_type = "bert",
    .architecture = "JinaBertForSequenceClassification",
    .keys = "\"type_vocab_size\": 2, \"layer_norm_eps\": 1e-12, "
            "\"hidden_act\": \"gelu\", \"pad_token_id\": 1, "
            "\"position_embedding_type\": \"alibi\", "
            "\"feed_forward_type\": \"geglu\"",
    .tokenizer_keys = "\"tokenizer_class\": \"RobertaTokenizer\"",
    .tokenizer = bench_tokenizer_roberta,
};

/* Names as in the field's comparisons.  The ettin models are those of their
 * chains, here with ModernBERT's own head, which computes the same. */
static const struct shape shapes[] = {
    {"tinybert-l2", &bert, 2, 128, 2, 512, 30522, 512},
    {"tinybert-l4", &bert, 4, 312, 12, 1200, 30522, 512},
    {"tinybert-l6", &bert, 6, 768, 12, 3072, 30522, 512},
    {"minilm-l2", &bert, 2, 384, 12, 1536, 30522, 512},
    {"minilm-l4", &bert, 4, 384, 12, 1536, 30522, 512},
    {"minilm-l6", &bert, 6, 384, 12, 1536, 30522, 512},
    {"minilm-l12", &bert, 12, 384, 12, 1536, 30522, 512},
    {"bert-base", &bert, 12, 768, 12, 3072, 30522, 512},
    {"bert-large", &bert, 24, 1024, 16, 4096, 30522, 512},
    {"bert-multilingual", &bert, 12, 768, 12, 3072, 105879, 512},
    {"electra-base", &electra_base, 12, 768, 12, 3072, 30522, 512},
    {"distilbert", &distilbert, 6, 768, 12, 3072, 30522, 512},
    {"distilroberta", &roberta, 6, 768, 12, 3072, 50265, 514},
    {"roberta-base", &roberta, 12, 768, 12, 3072, 50265, 514},
    {"roberta-large", &roberta, 24, 1024, 16, 4096, 50265, 514},
    {"mminilm-l12", &xlm_roberta, 12, 384, 12, 1536, 250002, 514},
    {"xlmr-base", &xlm_roberta, 12, 768, 12, 3072, 250002, 514},
    {"xlmr-large", &xlm_roberta, 24, 1024, 16, 4096, 250002, 514},
    {"bge-v2-m3", &xlm_roberta, 24, 1024, 16, 4096, 250002, 8194},
    {"deberta-base", &deberta, 12, 768, 12, 3072, 50265, 512},
    {"deberta-v3-xsmall", &deberta_v3, 12, 384, 6, 1536, 128100, 512},
    {"deberta-v3-small", &deberta_v3, 6, 768, 12, 3072, 128100, 512},
    {"deberta-v3-base", &deberta_v3, 12, 768, 12, 3072, 128100, 512},
    {"deberta-v3-large", &deberta_v3, 24, 1024, 16, 4096, 128100, 512},
    {"modernbert-base", &modernbert, 22, 768, 12, 1152, 50368, 8192},
    {"ettin-17m", &modernbert, 7, 256, 4, 384, 50368, 7999},
    {"ettin-32m", &modernbert, 10, 384, 6, 576, 50368, 7999},
    {"ettin-68m", &modernbert, 19, 512, 8, 768, 50368, 7999},
    {"ettin-150m", &modernbert, 22, 768, 12, 1152, 50368, 7999},
    {"ettin-400m", &modernbert, 28, 1024, 16, 2624, 50368, 7999},
    {"ettin-1b", &modernbert, 28, 1792, 28, 3840, 50368, 7999},
    {"jina-tiny", &jina, 4, 384, 12, 1536, 61056, 8192},
    {"jina-turbo", &jina, 6, 384, 12, 1536, 61056, 8192},
};
enum { SHAPES = sizeof shapes / sizeof *shapes };

const struct shape *shape_find(const char *name, struct error *error)
{
    char names[600] = "", quoted[TEXT_QUOTE_BYTES];
    for (size_t i = 0, at = 0; i < SHAPES; i++) {
        if (strcmp(shapes[i].name, name) == 0)
            return &shapes[i];
        if (at < sizeof names)
            at += (size_t)snprintf(names + at, sizeof names - at, "%s%s",
                                   i > 0 ? ", " : "", shapes[i].name);
    }
    error_set(error, "--make '%s': shapes are %s",
              text_quote(slice_of(name), quoted), names);
    return NULL;
}
