/*
 * tokenizer_class.h - the tokenizer classes of the reference, a row of data
 * each: which files they read, their special tokens, template and options.
 */
#ifndef TEXT_TOKENIZER_CLASS_H
#define TEXT_TOKENIZER_CLASS_H

#include "base/text.h"

#include <stdbool.h>

/* In the order in which the reference registers them. */
enum special_name {
    SPECIAL_BOS,
    SPECIAL_EOS,
    SPECIAL_UNK,
    SPECIAL_SEP,
    SPECIAL_PAD,
    SPECIAL_CLS,
    SPECIAL_MASK,
    SPECIAL_COUNT
};
extern const char *const special_keys[SPECIAL_COUNT]; /* "bos_token", ... */

/* How the vocabulary is laid out where there is no tokenizer.json. */
enum vocabulary_files {
    FILES_JSON_ONLY,
    FILES_WORDPIECE,   /* vocab.txt */
    FILES_BYTE_BPE,    /* vocab.json, merges.txt */
    FILES_XLM_ROBERTA, /* sentencepiece.bpe.model, ids moved by one */
    FILES_CAMEMBERT,   /* the same, ids moved by four */
    FILES_DEBERTA_V2   /* spm.model, ids as they are */
};

/* Flags of special tokens that a class gives to plain strings. */
enum { MASK_LSTRIP = 1, MASK_NORMALIZED = 2, UNK_NORMALIZED = 4 };

struct tokenizer_class {
    const char *name;        /* without "Fast" */
    const char *model_types; /* of config.json, between blanks */
    enum vocabulary_files files;
    const char *specials[SPECIAL_COUNT]; /* NULL: none */
    unsigned flags;
    bool two_separators; /* A </s> </s> B, and token types 0 */
    bool gives_types;
    /* do_lower_case, strip_accents and, but for MPNet, the ideographs of
     * tokenizer_config.json replace those of tokenizer.json. */
    bool has_bert_options, has_chinese_option;
};

/* The class of this name, "Fast" or not; the JSON-only one when unknown. */
const struct tokenizer_class *tokenizer_class_named(struct slice name);
/* The class registered for a model_type; NULL when unknown. */
const struct tokenizer_class *tokenizer_class_for(struct slice model_type);

#endif
