/*
 * test_modules.c - which directories are a chain of modules, and what the
 * chain's own files say.  What is refused is in tests/bad/modules_*.
 */
#include "directory.h"

#include "model/modules.h"

#define TRANSFORMER                                                            \
    "{\"path\": \"\", \"type\": \"sentence_transformers.models.Transformer\"}"

static const char ours[] = "{\"model_type\": \"CrossEncoder\"}";

static struct config open_config(const struct directory *directory)
{
    struct error error = {0};
    struct config config;
    if (!config_open(&config, directory->path, &error))
        fail_msg("%s", error.text);
    return config;
}

static size_t limit_of(const struct config *config)
{
    return config_token_limit(config, 64, 100);
}

static void no_chain_without_its_files(void **state)
{
    struct directory directory;
    (void)state;
    directory_make(&directory);
    directory_put(&directory, "config.json", "{}");
    struct config config = open_config(&directory);
    assert_null(config.modules);
    assert_int_equal(limit_of(&config), 64);
    config_close(&config);

    /* An embedding model's. */
    directory_put(&directory, "modules.json", "[" TRANSFORMER "]");
    config = open_config(&directory);
    assert_null(config.modules);
    config_close(&config);
    directory_put(&directory, "config_sentence_transformers.json",
                  "{\"model_type\": \"SentenceTransformer\"}");
    config = open_config(&directory);
    assert_null(config.modules);
    config_close(&config);

    directory_remove(&directory);
}

static void a_body_that_classifies(void **state)
{
    struct directory directory;
    (void)state;
    directory_make(&directory);
    directory_put(&directory, "config.json", "{}");
    directory_put(&directory, "modules.json", "[" TRANSFORMER "]");
    directory_put(&directory, "config_sentence_transformers.json", ours);
    directory_put(&directory, "sentence_bert_config.json",
                  "{\"transformer_task\": \"sequence-classification\", "
                  "\"max_seq_length\": 300}");
    struct config config = open_config(&directory);
    assert_non_null(config.modules);
    assert_false(config.modules->has_head);
    assert_int_equal(config.modules->count, 1);
    assert_int_equal(limit_of(&config), 300);
    config_close(&config);

    /* Without its file the body gives hidden states, and config.json and the
     * tokenizer say how many tokens. */
    directory_put(&directory, "sentence_bert_config.json",
                  "{\"max_seq_length\": null}");
    config = open_config(&directory);
    assert_true(config.modules->has_head);
    assert_int_equal(limit_of(&config), 64);
    config_close(&config);
    directory_remove(&directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_chain_without_its_files),
        cmocka_unit_test(a_body_that_classifies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
