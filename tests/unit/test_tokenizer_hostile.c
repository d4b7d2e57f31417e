/*
 * test_tokenizer_hostile.c - what is said of tokenizer files that are broken,
 * missing or of a kind that is not supported.
 */
#include "tokenizers.h"

/* File, text, message behind the directory's path. */
#define DOUBLING "{\"type\": \"ByteLevel\"}"
static const char *const broken[][3] = {
    {"vocab.txt", "[UNK]\n[CLS]\n\xFF\n", "vocab.txt:3: not UTF-8"},
    {"vocab.txt", "",
     "vocab.txt: no unknown token '[UNK]' in the "
     "vocabulary"},
    {"tokenizer_config.json", "{\"do_lower_case\": 1}",
     "tokenizer_config.json: do_lower_case: true or false was expected"},
    {"tokenizer_config.json", "{\"model_max_length\": \"x\"}",
     "tokenizer_config.json: model_max_length: a number from 1 was expected"},
    {"tokenizer_config.json", "{\"unk_token\": 5}",
     "tokenizer_config.json: unk_token: a string or an object was expected"},
    {"tokenizer_config.json", "{\"mask_token\": {\"lstrip\": true}}",
     "tokenizer_config.json: an added token: {\"content\": text, "
     "\"lstrip\": true or false, ...} was expected"},
    {"tokenizer_config.json",
     "{\"added_tokens_decoder\": {\"x\": {\"content\": \"a\"}}}",
     "tokenizer_config.json: added_tokens_decoder: a number was expected in "
     "place of 'x'"},
    {"added_tokens.json", "{\"x\": \"y\"}",
     "added_tokens.json: an id was expected for 'x'"},
    {"tokenizer.json", "{}", "tokenizer.json: no model"},
    {"tokenizer.json", "{\"model\": {\"type\": \"WordLevel\"}}",
     "tokenizer.json: model type 'WordLevel' is not supported: WordPiece, "
     "BPE and Unigram are"},
    {"tokenizer.json", "{\"model\": {\"type\": \"BPE\"}}",
     "tokenizer.json: model: vocab: tokens with ids were expected for a BPE"},
    {"tokenizer.json", "{\"model\": {\"type\": \"BPE\", \"vocab\": []}}",
     "tokenizer.json: model: vocab: tokens with ids were expected for a BPE"},
    {"tokenizer.json", "{\"model\": {\"vocab\": {\"a\": 4194304}}}",
     "tokenizer.json:1: a token id was expected at byte 27, '4194304}}}' "
     "found"},
    {"tokenizer.json", "{\"model\": {\"vocab\": {\"a\": 1, \"b\": 1}}}",
     "tokenizer.json: token 'b': id 1 is given twice"},
    {"tokenizer.json",
     "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": "
     "[\"a a\"]}}",
     "tokenizer.json: merge rule 'a' 'a': both and what they make were "
     "expected "
     "in the vocabulary"},
    {"tokenizer.json",
     "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, "
     "\"end_of_word_suffix\": \"</w>\"}}",
     "tokenizer.json: model: end_of_word_suffix '</w>' is not supported"},
    {"tokenizer.json",
     "{\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, "
     "\"dropout\": 0.1}}",
     "tokenizer.json: model: dropout is not supported"},
    {"tokenizer.json",
     "{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\", 0]]}}",
     "tokenizer.json: model: unk_id: the id of a piece was expected"},
    {"tokenizer.json",
     "{\"model\": {\"type\": \"Unigram\", \"unk_id\": 1, \"vocab\": "
     "[[\"a\", 0]]}}",
     "tokenizer.json: model: the unknown piece has id 1 of 1 pieces"},
    {"tokenizer.json", "{\"model\": {\"vocab\": [[\"a\", 0, 1]]}}",
     "tokenizer.json:1: ']' was expected at byte 30, ' 1]]}}' found"},
    {"tokenizer.json", "{\"model\": {\"vocab\": [[\"a\"]]}}",
     "tokenizer.json:1: a pair of piece and score was expected at byte 27, "
     "']}}' found"},
    {"tokenizer.json", "{\"normalizer\": {\"type\": \"Nmt\"}, " BERT_MODEL "}",
     "tokenizer.json: normalizer 'Nmt' is not supported"},
    {"tokenizer.json", "{\"normalizer\": [], " BERT_MODEL "}",
     "tokenizer.json: normalizer: an object with a type was expected"},
    {"tokenizer.json",
     "{\"normalizer\": {\"type\": \"Replace\", \"pattern\": {\"Regex\": "
     "\"a|b\"}, \"content\": \"\"}, " BERT_MODEL "}",
     "tokenizer.json: regular expression 'a|b' is not supported: a "
     "character or \\s, with + or {n,}, is"},
    {"tokenizer.json",
     "{\"normalizer\": {\"type\": \"Precompiled\", "
     "\"precompiled_charsmap\": \"AAAA\"}, " BERT_MODEL "}",
     "tokenizer.json: the character map is damaged: its trie has 0 bytes "
     "of 3"},
    {"tokenizer.json",
     "{\"pre_tokenizer\": {\"type\": \"UnicodeScripts\"}, " BERT_MODEL "}",
     "tokenizer.json: pre_tokenizer 'UnicodeScripts' is not supported"},
    {"tokenizer.json",
     "{\"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"String\": "
     "\"x\"}, \"behavior\": \"Gone\"}, " BERT_MODEL "}",
     "tokenizer.json: behavior 'Gone' is not supported"},
    {"tokenizer.json",
     "{\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": "
     "[{\"SpecialToken\": {\"id\": \"X\", \"type_id\": 0}}]}, " BERT_MODEL "}",
     "tokenizer.json: post_processor: no ids for a special token of the "
     "template"},
    {"tokenizer.json",
     "{\"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": "
     "[]}, " BERT_MODEL "}",
     "tokenizer.json: post_processor: single: each text once was expected"},
    {"tokenizer.json",
     "{\"post_processor\": {\"type\": \"BertProcessing\", \"cls\": [\"a\", "
     "-1]}, " BERT_MODEL "}",
     "tokenizer.json: post_processor: a token id was expected"},
    {"tokenizer.json",
     "{\"pre_tokenizer\": {\"type\": \"Metaspace\", \"replacement\": "
     "\"__\"}, " BERT_MODEL "}",
     "tokenizer.json: Metaspace: prepend_scheme 'always', 'first' or 'never' "
     "was expected, and a replacement of one character"},
    {"tokenizer.json",
     "{\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": "
     "[" DOUBLING ", " DOUBLING ", " DOUBLING ", " DOUBLING ", " DOUBLING
     ", " DOUBLING ", " DOUBLING "]}, " BERT_MODEL "}",
     "tokenizer.json: more than 256 pre-tokenizers, or some that make more "
     "than 64 bytes of one"},
    {"tokenizer.json", "{\"added_tokens\": [{\"content\": 1}], " BERT_MODEL "}",
     "tokenizer.json: an added token: {\"content\": text, \"lstrip\": true "
     "or false, ...} was expected"},
};

/* What stands behind the directory's path in the message. */
static void assert_refused(const char *name, const char *text,
                           const char *message)
{
    const struct file_text files[] = {
        {"config.json", "{\"model_type\": \"bert\"}"},
        {"vocab.txt", bert_vocabulary},
        {name, text},
        {NULL, NULL}};
    struct error error = {0};
    assert_null(open_files(files, &error));
    const char *behind = strstr(error.text, "/tmp/xenc-test-");
    assert_ptr_equal(behind, error.text);
    assert_string_equal(behind + strlen("/tmp/xenc-test-XXXXXX/"), message);
}

static void broken_files_are_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
        assert_refused(broken[i][0], broken[i][1], broken[i][2]);
}

/* A protocol buffer of one piece, which has two bytes. */
static void pieces_are_utf8(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"tokenizer_config.json",
         "{\"tokenizer_class\": \"DebertaV2Tokenizer\"}"},
        {"spm.model", "\x0A\x04\x0A\x02<\xBC"},
        {NULL, NULL}};
    struct error error = {0};
    assert_null(open_files(files, &error));
    assert_string_equal(strstr(error.text, "spm.model"),
                        "spm.model: piece 0: not UTF-8");
}

static void missing_files_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *type, *message;
    } cases[] = {
        {"bert", "no tokenizer: tokenizer.json or vocab.txt was expected"},
        {"roberta", "no tokenizer: tokenizer.json or vocab.json was expected"},
        {"xlm-roberta", "no tokenizer: tokenizer.json or "
                        "sentencepiece.bpe.model was expected"},
        {"deberta-v2",
         "no tokenizer: tokenizer.json or spm.model was expected"},
        {"modernbert", "no tokenizer: tokenizer.json was expected"},
        {"gpt2", "no tokenizer: tokenizer.json was expected"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char config[64];
        snprintf(config, sizeof config, "{\"model_type\": \"%s\"}",
                 cases[i].type);
        const struct file_text files[] = {{"config.json", config},
                                          {NULL, NULL}};
        struct error error = {0};
        assert_null(open_files(files, &error));
        assert_string_equal(strstr(error.text, "no tokenizer"),
                            cases[i].message);
    }
}

static void classes_without_files_are_named(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", bert_vocabulary},
        {"tokenizer_config.json",
         "{\"tokenizer_class\": \"BertJapaneseTokenizer\"}"},
        {NULL, NULL}};
    struct error error = {0};
    assert_null(open_files(files, &error));
    assert_string_equal(strstr(error.text, "no tokenizer"),
                        "no tokenizer.json, without which class "
                        "'BertJapaneseTokenizer' is not supported");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_files_are_named),
        cmocka_unit_test(pieces_are_utf8),
        cmocka_unit_test(missing_files_are_named),
        cmocka_unit_test(classes_without_files_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
