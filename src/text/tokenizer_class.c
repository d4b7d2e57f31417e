#include "text/tokenizer_class.h"

#include <string.h>

/*
 * What the reference's Python classes say in code.  It matters where there is
 * no tokenizer.json, and for the options that a class writes over one.
 */

const char *const special_keys[SPECIAL_COUNT] = {
    "bos_token", "eos_token", "unk_token",  "sep_token",
    "pad_token", "cls_token", "mask_token",
};

#define BERT_SPECIALS                                                          \
    {                                                                          \
        [SPECIAL_UNK] = "[UNK]", [SPECIAL_SEP] = "[SEP]",                      \
        [SPECIAL_PAD] = "[PAD]", [SPECIAL_CLS] = "[CLS]",                      \
        [SPECIAL_MASK] = "[MASK]",                                             \
    }

#define ROBERTA_SPECIALS                                                       \
    {                                                                          \
        "<s>", "</s>", "<unk>", "</s>", "<pad>", "<s>", "<mask>",              \
    }
#define DEBERTA_SPECIALS                                                       \
    {                                                                          \
        "[CLS]", "[SEP]", "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]",        \
    }

static const struct tokenizer_class classes[] = {
    {
        .name = "BertTokenizer",
        .model_types = " bert nomic_bert ",
        .files = FILES_WORDPIECE,
        .specials = BERT_SPECIALS,
        .gives_types = true,
        .has_bert_options = true,
        .has_chinese_option = true,
    },
    {
        .name = "ElectraTokenizer",
        .model_types = " electra ",
        .files = FILES_WORDPIECE,
        .specials = BERT_SPECIALS,
        .gives_types = true,
        .has_bert_options = true,
        .has_chinese_option = true,
    },
    {
        .name = "DistilBertTokenizer",
        .model_types = " distilbert ",
        .files = FILES_WORDPIECE,
        .specials = BERT_SPECIALS,
        .has_bert_options = true,
        .has_chinese_option = true,
    },
    {
        /* BERT's text, RoBERTa's special tokens. */
        .name = "MPNetTokenizer",
        .model_types = " mpnet ",
        .files = FILES_WORDPIECE,
        .specials = {"<s>", "</s>", "[UNK]", "</s>", "<pad>", "<s>", "<mask>"},
        .flags = MASK_LSTRIP,
        .two_separators = true,
        .has_bert_options = true,
    },
    {
        .name = "RobertaTokenizer",
        .model_types = " roberta ",
        .files = FILES_BYTE_BPE,
        .specials = ROBERTA_SPECIALS,
        .flags = MASK_LSTRIP,
        .two_separators = true,
    },
    {
        /* RoBERTa's vocabulary with BERT's special tokens. */
        .name = "DebertaTokenizer",
        .model_types = " deberta ",
        .files = FILES_BYTE_BPE,
        .specials = DEBERTA_SPECIALS,
        .flags = MASK_LSTRIP | MASK_NORMALIZED,
        .gives_types = true,
    },
    {
        .name = "XLMRobertaTokenizer",
        .model_types = " xlm-roberta gte jina_embeddings_v3 ",
        .files = FILES_XLM_ROBERTA,
        .specials = ROBERTA_SPECIALS,
        .flags = MASK_LSTRIP,
        .two_separators = true,
    },
    {
        .name = "CamembertTokenizer",
        .model_types = " camembert ",
        .files = FILES_CAMEMBERT,
        .specials = ROBERTA_SPECIALS,
        .flags = MASK_LSTRIP,
        .two_separators = true,
    },
    {
        .name = "DebertaV2Tokenizer",
        .model_types = " deberta-v2 ",
        .files = FILES_DEBERTA_V2,
        .specials = DEBERTA_SPECIALS,
        .flags = UNK_NORMALIZED,
        .gives_types = true,
    },
    {
        /* tokenizer.json alone says everything.  Stays last. */
        .name = "PreTrainedTokenizer",
        .model_types = " modernbert ",
        .files = FILES_JSON_ONLY,
        .gives_types = true,
    },
};
enum { CLASS_COUNT = sizeof classes / sizeof *classes };

/* The files name the fast class or the slow one; both mean the fast one. */
static bool is_named(const struct tokenizer_class *class, struct slice name)
{
    size_t length = strlen(class->name);
    if (name.length < length || memcmp(name.bytes, class->name, length) != 0)
        return false;
    name.bytes += length;
    name.length -= length;
    return name.length == 0 || slice_is(name, "Fast");
}

const struct tokenizer_class *tokenizer_class_named(struct slice name)
{
    for (size_t i = 0; i < CLASS_COUNT; i++)
        if (is_named(&classes[i], name))
            return &classes[i];
    return &classes[CLASS_COUNT - 1];
}

const struct tokenizer_class *tokenizer_class_for(struct slice model_type)
{
    for (size_t i = 0; i < CLASS_COUNT; i++) {
        const char *types = classes[i].model_types;
        for (const char *at = types; *at != '\0'; at++) {
            size_t length = strcspn(at + 1, " ");
            if (*at == ' ' && length > 0 &&
                slice_equal(model_type, (struct slice){at + 1, length}))
                return &classes[i];
        }
    }
    return NULL;
}
