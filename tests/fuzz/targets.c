/*
 * targets.c - the table of targets.
 */
#include "targets.h"

#include <string.h>

static const enum record_format lines = FORMAT_LINES, csv = FORMAT_CSV,
                                jsonl = FORMAT_JSONL, grep = FORMAT_GREP,
                                whole = FORMAT_FILES;

static const struct fuzz_command
    score_lines = {(const char *const[]){"score", "--keep-going",
                                         "--max-length=12", "-cscore,line",
                                         NULL},
                   FORMAT_LINES},
    score_csv = {(const char *const[]){"score", "--csv", "-f1,2",
                                       "--keep-going", "--max-length=12", NULL},
                 FORMAT_CSV},
    score_jsonl = {(const char *const[]){"score", "--jsonl", "-fa,b",
                                         "--keep-going", "--max-length=12",
                                         NULL},
                   FORMAT_JSONL},
    /* Answers may be lists, which no record of JSON Lines is. */
    requests = {
        (const char *const[]){"rerank", "--jsonl", "--max-length=12", NULL},
        FORMAT_LINES};

const struct fuzz_target fuzz_targets[] = {
    /* Files of models */
    {"safetensors", target_safetensors, NULL},
    {"torchfile", target_torchfile, NULL},
    {"checkpoint", target_checkpoint, NULL},
    {"card", target_card, NULL},
    {"catalog", target_catalog, NULL},
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

    /* Input to output */
    {"score_lines", target_command, &score_lines},
    {"score_csv", target_command, &score_csv},
    {"score_jsonl", target_command, &score_jsonl},
    {"requests", target_command, &requests},
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
