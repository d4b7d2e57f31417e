/*
 * targets.c - the table of targets.
 */
#include "targets.h"

#include "io/reader.h"

#include <string.h>

static const enum record_format lines = FORMAT_LINES, csv = FORMAT_CSV,
                                jsonl = FORMAT_JSONL, grep = FORMAT_GREP,
                                whole = FORMAT_FILES;

const struct fuzz_target fuzz_targets[] = {
    /* Files of models */
    {"safetensors", target_safetensors, NULL},
    {"torchfile", target_torchfile, NULL},
    {"checkpoint", target_checkpoint, NULL},
    {"packfile", target_packfile, NULL},
    {"json", target_json, NULL},
    {"config", target_config, NULL},
    {"tokenizer_json", target_vocabulary, NULL},
    {"vocab_txt", target_vocabulary, NULL},
    {"merges", target_vocabulary, NULL},
    {"sentencepiece", target_vocabulary, NULL},

    /* Texts */
    {"text_wordpiece", target_tokenize, "tests/golden/bert"},
    {"text_cased", target_tokenize, "tests/golden/bert_cased_3"},
    {"text_byte_bpe", target_tokenize, "tests/golden/roberta"},
    {"text_modernbert", target_tokenize, "tests/golden/modernbert"},
    {"text_xlmr", target_tokenize, "tests/golden/xlmr"},
    {"text_unigram", target_tokenize, "tests/golden/deberta_v3"},
    {"pair", target_pair, "tests/golden/bert"},

    /* Input */
    {"lines", target_reader, &lines},
    {"csv", target_reader, &csv},
    {"jsonl", target_reader, &jsonl},
    {"grep", target_reader, &grep},
    {"gzip", target_reader, &lines},
    {"zstd", target_reader, &whole},
    {"numbers", target_numbers, NULL},
    {"eval", target_eval, NULL},
#ifdef FUZZ_HUB
    {"hub", target_hub, NULL},
#endif
};
const size_t fuzz_target_count = sizeof fuzz_targets / sizeof *fuzz_targets;

const struct fuzz_target *fuzz_find(const char *name)
{
    for (size_t i = 0; i < fuzz_target_count; i++)
        if (strcmp(fuzz_targets[i].name, name) == 0)
            return &fuzz_targets[i];
    return NULL;
}
