/*
 * test_tokenizer.c - directories of small files become pipelines: which file
 * wins and what the classes add.
 */
#include "tokenizers.h"

#include "text/packed.h"

static struct tokenizer *open_fine(const struct file_text *files)
{
    struct error error = {0};
    struct tokenizer *tokenizer = open_files(files, &error);
    assert_string_equal(error.text, "");
    assert_non_null(tokenizer);
    return tokenizer;
}

/* The ids of a text, as numbers with blanks between. */
static void assert_ids(const struct tokenizer *tokenizer, const char *text,
                       const char *want)
{
    struct tokenizer_scratch scratch = {0};
    struct token_list ids = {0};
    struct error error = {0};
    char got[256] = "";
    assert_true(tokenizer_encode(tokenizer, &scratch, slice_of(text), &ids,
                                 NULL, &error));
    for (size_t i = 0; i < ids.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%d",
                 i > 0 ? " " : "", (int)ids.ids[i]);
    assert_string_equal(got, want);
    token_list_free(&ids);
    tokenizer_scratch_free(&scratch);
}

static void vocab_txt_alone_is_bert_uncased(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", bert_vocabulary},
        {"config.json", "{\"model_type\": \"bert\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer,
               "a A b\xC3\xA9"
               "c",
               "5 5 9 10");
    assert_ids(tokenizer,
               "a\xE4\xB8\xAD"
               "b",
               "5 11 6");
    assert_ids(tokenizer, "a [SEP] [sep]", "5 3 1 1 1");
    assert_ids(tokenizer, "", "");
    assert_ids(tokenizer, " \t", "");
    assert_non_null(tokenizer_token(tokenizer, 12).bytes);
    assert_null(tokenizer_token(tokenizer, 13).bytes);
    assert_int_equal(tokenizer_limit(tokenizer), SIZE_MAX);
    assert_true(tokenizer_gives_types(tokenizer));
    assert_true(slice_is(tokenizer_token(tokenizer, 10), "##c"));
    assert_null(tokenizer_token(tokenizer, 13).bytes);
    assert_string_equal(tokenizer_description(tokenizer),
                        "WordPiece, lower case, strip accents, from vocab.txt");
    tokenizer_close(tokenizer);
}

static void tokenizer_config_chooses_the_options(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", bert_vocabulary},
        {"tokenizer_config.json",
         "{\"do_lower_case\": false, \"tokenize_chinese_chars\": false, "
         "\"strip_accents\": true, \"tokenizer_class\": \"BertTokenizerFast\", "
         "\"model_max_length\": 128, \"model_input_names\": [\"input_ids\"]}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a A b\xC3\xA9", "5 7 9");
    assert_ids(tokenizer, "a\xE4\xB8\xAD", "5 12");
    assert_int_equal(tokenizer_limit(tokenizer), 128);
    assert_false(tokenizer_gives_types(tokenizer));
    tokenizer_close(tokenizer);
}

static void lines_may_end_as_anywhere(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", "[PAD]\r\n[UNK]\r[CLS]\n[SEP]\r\n\r\na \r\nb"},
        {"config.json", "{\"model_type\": \"bert\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a b", "1 6"); /* "a " keeps its blank */
    /* [MASK] is new: it comes after seven different strings, "" too */
    assert_true(slice_is(tokenizer_token(tokenizer, 7), "[MASK]"));
    assert_non_null(tokenizer_token(tokenizer, 7).bytes);
    assert_null(tokenizer_token(tokenizer, 8).bytes);
    tokenizer_close(tokenizer);
}

static const char bert_json[] =
    "{\"truncation\": {\"max_length\": 1}, \"added_tokens\": ["
    "{\"id\": 9, \"content\": \"new\", \"normalized\": true},"
    "{\"id\": 5, \"content\": \"<m>\", \"lstrip\": true, \"special\": true}],"
    "\"normalizer\": {\"type\": \"BertNormalizer\", \"lowercase\": false},"
    "\"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}, " BERT_MODEL "}";

/* tokenizer.json wins over vocab.txt; new tokens get the next free id. */
static void tokenizer_json_wins(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", bert_vocabulary},
        {"tokenizer.json", bert_json},
        {"tokenizer_config.json",
         "{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a A", "3 4");
    assert_ids(tokenizer, "a <m> anew", "3 5 3 6");
    assert_non_null(tokenizer_token(tokenizer, 6).bytes);
    assert_null(tokenizer_token(tokenizer, 7).bytes);
    assert_true(slice_is(tokenizer_token(tokenizer, 6), "new"));
    assert_string_equal(tokenizer_description(tokenizer),
                        "WordPiece, from tokenizer.json");
    tokenizer_close(tokenizer);
}

/* In BERT's class an absent do_lower_case means true, whatever the file. */
static void the_config_has_the_last_word_on_bert(void **state)
{
    (void)state;
    struct file_text files[] = {
        {"tokenizer.json", bert_json},
        {"tokenizer_config.json", "{\"tokenizer_class\": \"BertTokenizer\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a A NEW", "3 3 6");
    tokenizer_close(tokenizer);

    files[1].text = "{\"tokenizer_class\": \"BertTokenizer\", "
                    "\"do_lower_case\": false}";
    tokenizer = open_fine(files);
    assert_ids(tokenizer, "a A NEW", "3 4 0");
    tokenizer_close(tokenizer);
}

#define ADDED_JSON(lower)                                                      \
    "{\"added_tokens\": [{\"content\": \"Ab\", \"normalized\": true}],"        \
    "\"normalizer\": {\"type\": \"BertNormalizer\", \"lowercase\": " lower     \
    "},"                                                                       \
    "\"pre_tokenizer\": {\"type\": \"BertPreTokenizer\"}, " BERT_MODEL "}"

/*
 * Contents of normalised added tokens go through the file's own normaliser,
 * texts through the changed one: ids by tokenizers 0.22.2.  So it is of packed
 * ones.
 */
static void added_tokens_are_spelled_as_the_file_says(void **state)
{
    (void)state;
    static const struct {
        const char *json, *config, *ids; /* of "Ab ab AB" */
    } cases[] = {
        {ADDED_JSON("false"), "{\"do_lower_case\": false}", "6 0 0"},
        {ADDED_JSON("false"), "{\"do_lower_case\": true}", "0 0 0"},
        {ADDED_JSON("true"), "{\"do_lower_case\": false}", "0 6 0"},
        {ADDED_JSON("true"), "{\"do_lower_case\": true}", "6 6 6"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct file_text files[] = {
            {"tokenizer.json", cases[i].json},
            {"tokenizer_config.json", cases[i].config},
            {"config.json", "{\"model_type\": \"bert\"}"},
            {NULL, NULL}};
        struct tokenizer *tokenizer = open_fine(files);
        assert_ids(tokenizer, "Ab ab AB", cases[i].ids);

        struct tensors tables = {0};
        struct error error = {0};
        json_t *stages = tokenizer_pack(tokenizer, &tables, &error);
        struct tokenizer *mapped =
            tokenizer_map(stages, &tables, "file", &error);
        assert_string_equal(error.text, "");
        assert_ids(mapped, "Ab ab AB", cases[i].ids);
        tokenizer_close(mapped);
        json_decref(stages);
        tensors_free(&tables);
        tokenizer_close(tokenizer);
    }
}

/* A chain's do_lower_case lowers the text before anything looks at it. */
static void a_chain_may_lower_the_text_first(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"tokenizer.json", bert_json},
        {"tokenizer_config.json",
         "{\"tokenizer_class\": \"BertTokenizer\", \"do_lower_case\": false}"},
        {"config_sentence_transformers.json",
         "{\"model_type\": \"CrossEncoder\"}"},
        {"sentence_bert_config.json", "{\"do_lower_case\": true}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a A <M>", "3 3 5");
    tokenizer_close(tokenizer);
}

static void added_tokens_decoder_replaces_flags(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"tokenizer.json", bert_json},
        {"tokenizer_config.json",
         "{\"tokenizer_class\": \"BertTokenizer\", \"added_tokens_decoder\": {"
         "\"5\": {\"content\": \"<m>\", \"special\": true},"
         "\"90\": {\"content\": \"two\"}, \"11\": {\"content\": \"one\"}}}"},
        /* not read: added_tokens_decoder is there */
        {"special_tokens_map.json", "{\"mask_token\": \"A\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    /* 6 was taken by "new"; then by the order of the written ids */
    assert_ids(tokenizer, "one two A", "7 8 3");
    /* <m> has lost its lstrip, which shows in nothing here but the ids */
    assert_ids(tokenizer, "a <m>", "3 5");
    tokenizer_close(tokenizer);
}

static void special_tokens_map_names_tokens(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", "<u>\n<c>\n<s>\na\n"},
        {"tokenizer_config.json", "{\"unk_token\": \"nothing\"}"},
        {"special_tokens_map.json",
         "{\"unk_token\": \"<u>\", \"cls_token\": {\"content\": \"<c>\", "
         "\"rstrip\": true}, \"sep_token\": \"<s>\", \"pad_token\": \"<u>\", "
         "\"mask_token\": \"<u>\", \"additional_special_tokens\": [\"+x\", "
         "{\"content\": \"yy\", \"lstrip\": true}, \"+y\"]}"},
        {"added_tokens.json", "{\"zz\": 7, \"yy\": 5}"},
        {"config.json", "{\"model_type\": \"electra\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a<c> ?<s>", "3 1 0 2");
    assert_ids(tokenizer, "yyzz", "4 5");
    assert_ids(tokenizer, "+x+y", "6 7");
    tokenizer_close(tokenizer);
}

#define BYTE_LEVEL                                                             \
    "\"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": "      \
    "true},"

static void byte_level_bpe_comes_from_two_files(void **state)
{
    (void)state;
    struct file_text files[] = {
        {"vocab.json", "{\"<s>\": 0, \"</s>\": 1, \"<unk>\": 2, \"<pad>\": 3, "
                       "\"<mask>\": 4, \"a\": 5, \"b\": 6, \"\\u0120\": 7, "
                       "\"ab\": 8, \"\\u0120ab\": 9, \"'\": 10, \"s\": 11}"},
        {"merges.txt", "#version: 0.2\na b\r\n\xC4\xA0 ab\n' s"},
        {"config.json", "{\"model_type\": \"roberta\"}"},
        {"tokenizer_config.json", "{\"add_prefix_space\": false}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "ab ab", "8 9");
    /* the last line has no end and does not count */
    assert_ids(tokenizer, "ab's", "8 10 11");
    assert_ids(tokenizer, "a <mask> b", "5 4 7 6");
    assert_false(tokenizer_gives_types(tokenizer));
    tokenizer_close(tokenizer);

    files[3].text = "{\"add_prefix_space\": true}";
    tokenizer = open_fine(files);
    assert_ids(tokenizer, "ab</s>ab", "9 1 9");
    tokenizer_close(tokenizer);
}

/* The config's add_prefix_space, absent or not, replaces that of the file. */
static void prefix_space_is_the_config_s(void **state)
{
    (void)state;
    struct file_text files[] = {
        {"tokenizer.json",
         "{" BYTE_LEVEL "\"model\": {\"merges\": [[\"\xC4\xA0\", \"a\"]], "
         "\"vocab\": {\"a\": 0, \"\\u0120\": 1, \"\\u0120a\": 2}}}"},
        {"tokenizer_config.json", "{}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "a a", "0 2");
    tokenizer_close(tokenizer);

    files[1].text = "{\"add_prefix_space\": true}";
    tokenizer = open_fine(files);
    assert_ids(tokenizer, "a a", "2 2");
    tokenizer_close(tokenizer);
}

static void unigram_comes_from_tokenizer_json(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"tokenizer.json",
         "{\"normalizer\": {\"type\": \"Sequence\", \"normalizers\": ["
         "{\"type\": \"NFKC\"}, {\"type\": \"Replace\", \"pattern\": "
         "{\"Regex\": \" {2,}\"}, \"content\": \" \"}]},"
         "\"pre_tokenizer\": {\"type\": \"Sequence\", \"pretokenizers\": ["
         "{\"type\": \"WhitespaceSplit\"}, {\"type\": \"Metaspace\", "
         "\"replacement\": \"\\u2581\", \"add_prefix_space\": true}]},"
         "\"post_processor\": null,"
         "\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": "
         "[[\"<unk>\", 0], [\"\\u2581\", -1], [\"fi\", -2.5], [\"f\", -3], "
         "[\"i\", -3e0]]}}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    assert_ids(tokenizer, "\xEF\xAC\x81  fi?", "1 2 1 2 0");
    tokenizer_close(tokenizer);
}

/* Pieces of a SentencePiece model as bytes of protobuf. */
static void put_sentencepiece(const struct directory *directory,
                              const char *name)
{
    static const unsigned char model[] =
        "\x0A\x0E\x0A\x05<unk>\x15\0\0\0\0\x18\x02"
        "\x0A\x0C\x0A\x03<s>\x15\0\0\0\0\x18\x03"
        "\x0A\x0D\x0A\x04</s>\x15\0\0\0\0\x18\x03"
        "\x0A\x0A\x0A\x03\xE2\x96\x81\x15\0\0\x80\xBF"
        "\x0A\x08\x0A\x01"
        "a\x15\0\0\0\xC0"
        "\x0A\x0A\x0A\x01"
        "b\x15\0\0\0\xC0\x18\x04"
        "\x12\x05\x18\x01\xC0\x02\0";
    directory_put_bytes(directory, name, model, sizeof model - 1);
}

static void sentencepiece_models_get_their_class_s_ids(void **state)
{
    (void)state;
    static const struct {
        const char *class, *file, *want, *unknown;
    } cases[] = {
        {"XLMRobertaTokenizer", "sentencepiece.bpe.model", "4 5 6", "4 3"},
        {"CamembertTokenizer", "sentencepiece.bpe.model", "7 8 9", "7 3"},
        {"DebertaV2Tokenizer", "spm.model", "3 4 5", "3 0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct directory directory;
        struct error error = {0};
        char config[128];
        directory_make(&directory);
        put_sentencepiece(&directory, cases[i].file);
        snprintf(config, sizeof config, "{\"tokenizer_class\": \"%s\"}",
                 cases[i].class);
        directory_put(&directory, "tokenizer_config.json", config);
        struct tokenizer *tokenizer = tokenizer_open(directory.path, &error);
        directory_remove(&directory);
        assert_string_equal(error.text, "");
        assert_ids(tokenizer, "ab", cases[i].want);
        assert_ids(tokenizer, "?", cases[i].unknown);
        tokenizer_close(tokenizer);
    }
}

static void broken_utf8_is_counted(void **state)
{
    (void)state;
    const struct file_text files[] = {
        {"vocab.txt", bert_vocabulary},
        {"config.json", "{\"model_type\": \"bert\"}"},
        {NULL, NULL}};
    struct tokenizer *tokenizer = open_fine(files);
    struct tokenizer_scratch scratch = {0};
    struct token_list ids = {0};
    struct error error = {0};
    size_t invalid = 1;
    assert_true(tokenizer_encode(tokenizer, &scratch,
                                 slice_of("a\xFF \xE2\x82"
                                          "b"),
                                 &ids, &invalid, &error));
    assert_int_equal(invalid, 3);
    assert_int_equal(ids.count, 2); /* BERT deletes U+FFFD */
    assert_int_equal(ids.ids[1], 6);
    token_list_free(&ids);
    tokenizer_scratch_free(&scratch);
    tokenizer_close(tokenizer);
}

static void absurd_limits_count_as_none(void **state)
{
    (void)state;
    static const char *const limits[] = {
        "1e30", "1000000000000000019884624838656", "null"};
    for (size_t i = 0; i < 3; i++) {
        char config[128];
        snprintf(config, sizeof config,
                 "{\"tokenizer_class\": \"BertTokenizer\", "
                 "\"model_max_length\": %s}",
                 limits[i]);
        const struct file_text files[] = {{"vocab.txt", bert_vocabulary},
                                          {"tokenizer_config.json", config},
                                          {NULL, NULL}};
        struct tokenizer *tokenizer = open_fine(files);
        assert_int_equal(tokenizer_limit(tokenizer), SIZE_MAX);
        tokenizer_close(tokenizer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vocab_txt_alone_is_bert_uncased),
        cmocka_unit_test(tokenizer_config_chooses_the_options),
        cmocka_unit_test(lines_may_end_as_anywhere),
        cmocka_unit_test(tokenizer_json_wins),
        cmocka_unit_test(the_config_has_the_last_word_on_bert),
        cmocka_unit_test(added_tokens_are_spelled_as_the_file_says),
        cmocka_unit_test(a_chain_may_lower_the_text_first),
        cmocka_unit_test(added_tokens_decoder_replaces_flags),
        cmocka_unit_test(special_tokens_map_names_tokens),
        cmocka_unit_test(byte_level_bpe_comes_from_two_files),
        cmocka_unit_test(prefix_space_is_the_config_s),
        cmocka_unit_test(unigram_comes_from_tokenizer_json),
        cmocka_unit_test(sentencepiece_models_get_their_class_s_ids),
        cmocka_unit_test(broken_utf8_is_counted),
        cmocka_unit_test(absurd_limits_count_as_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
