/*
 * test_config.c - keys of config.json: defaults, limits, one clear sentence
 * for a value that is not what it should be.
 */
#include "model/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char directory[64], path[80];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/xenc-test-config-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/config.json", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(directory);
}

static void put(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static struct config open_config(const char *text)
{
    struct config config;
    struct error error = {0};
    put(text);
    if (!config_open(&config, directory, &error))
        fail_msg("%s", error.text);
    return config;
}

static const char numbers[] =
    "{\"zero\": 0, \"one\": 1, \"most\": 16777216, \"more\": 16777217,"
    " \"minus\": -1, \"real\": 2.0, \"text\": \"3\", \"yes\": true,"
    " \"none\": null, \"list\": [1], \"least\": -9223372036854775808,"
    " \"tiny\": 1e-12, \"huge\": 1e308}";

typedef size_t getter(const struct config *config, const char *key,
                      size_t fallback, struct error *error);

static void assert_size(getter *get, const char *key, size_t fallback,
                        size_t wanted)
{
    struct error error = {0};
    struct config config = open_config(numbers);
    assert_int_equal(get(&config, key, fallback, &error), wanted);
    if (error.set)
        fail_msg("%s: %s", key, error.text);
    config_close(&config);
}

static void assert_no_size(getter *get, const char *key, const char *wanted)
{
    struct error error = {0};
    struct config config = open_config(numbers);
    char message[256];
    assert_int_equal(get(&config, key, 7, &error), 7);
    snprintf(message, sizeof message, "%s: %s: %s", path, key, wanted);
    assert_string_equal(error.text, message);
    config_close(&config);
}

static void sizes(void **state)
{
    (void)state;
    static const char wanted[] =
        "a whole number from 1 to 16777216 was expected";
    static const char *const others[] = {"zero", "minus", "more", "real",
                                         "text", "yes",   "list", "least",
                                         "tiny", "huge"};
    assert_size(config_size, "one", 7, 1);
    assert_size(config_size, "most", 7, 16777216);
    assert_size(config_size, "none", 7, 7);
    assert_size(config_size, "absent", 7, 7);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_no_size(config_size, others[i], wanted);
}

static void counts_may_be_zero(void **state)
{
    (void)state;
    assert_size(config_count, "zero", 7, 0);
    assert_size(config_count, "absent", 0, 0);
    assert_no_size(config_count, "minus",
                   "a whole number from 0 to 16777216 was expected");
}

static void below_one_may_mean_the_fallback(void **state)
{
    (void)state;
    assert_size(config_positive, "minus", 7, 7);
    assert_size(config_positive, "zero", 7, 7);
    assert_size(config_positive, "one", 7, 1);
    assert_no_size(config_positive, "more",
                   "a whole number from 1 to 16777216 was expected");
}

static void required_keys(void **state)
{
    (void)state;
    struct error error = {0};
    struct config config = open_config(numbers);
    char message[256];
    config_size(&config, "absent", 0, &error);
    snprintf(message, sizeof message,
             "%s: no absent: the architecture needs it", path);
    assert_string_equal(error.text, message);
    config_size(&config, "minus", 0, &error); /* the first error stays */
    assert_string_equal(error.text, message);
    config_close(&config);
}

static void other_kinds(void **state)
{
    (void)state;
    struct error error = {0};
    struct config config = open_config(numbers);
    assert_true(config_real(&config, "tiny", 0, 1, 1, &error) == 1e-12);
    assert_true(config_real(&config, "one", 1, 1, 2, &error) == 1);
    assert_true(config_real(&config, "none", 0, 1, 2, &error) == 2);
    assert_true(config_flag(&config, "yes", false, &error));
    assert_true(config_flag(&config, "absent", true, &error));
    assert_string_equal(config_text(&config, "text", "x", &error), "3");
    assert_null(config_text(&config, "none", NULL, &error));
    assert_true(config_has(&config, "zero"));
    assert_false(config_has(&config, "none"));
    assert_false(config_has(&config, "absent"));
    assert_false(error.set);

    struct error real = {0}, less = {0}, more = {0}, flag = {0}, text = {0};
    assert_true(config_real(&config, "text", -1, 1e30, 2, &real) == 2);
    assert_non_null(strstr(real.text,
                           ": text: "
                           "a number from -1 to 1e+30 was expected"));
    assert_true(config_real(&config, "one", 1.5, 2, 3, &less) == 3);
    assert_true(less.set);
    assert_true(config_real(&config, "one", 0, 0.5, 3, &more) == 3);
    assert_true(more.set);
    assert_true(config_flag(&config, "one", true, &flag));
    assert_non_null(strstr(flag.text, ": one: true or false was expected"));
    assert_string_equal(config_text(&config, "one", "x", &text), "x");
    assert_non_null(strstr(text.text, ": one: a string was expected"));
    config_close(&config);
}

static void files_that_are_none(void **state)
{
    (void)state;
    struct config config;
    struct error error = {0}, broken = {0};
    unlink(path);
    assert_false(config_open(&config, directory, &error));
    assert_non_null(strstr(error.text, ": no config.json: "));
    put("{\"a\": }");
    assert_false(config_open(&config, directory, &broken));
    assert_non_null(strstr(broken.text, "config.json:1: not JSON: "));
    config_close(&config);
}

/* The smaller of both limits, either of which may be none. */
static void limits(void **state)
{
    (void)state;
    static const struct {
        size_t positions, tokenizer, wanted;
    } cases[] = {
        {512, SIZE_MAX, 512},
        {514, 512, 512},
        {96, 512, 96},
        {SIZE_MAX, 512, 512},
        {SIZE_MAX, SIZE_MAX, SIZE_MAX},
    };
    const struct config config = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(
            config_token_limit(&config, cases[i].positions, cases[i].tokenizer),
            cases[i].wanted);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes),
        cmocka_unit_test(counts_may_be_zero),
        cmocka_unit_test(below_one_may_mean_the_fallback),
        cmocka_unit_test(required_keys),
        cmocka_unit_test(other_kinds),
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests_name("config", tests, make_directory,
                                       remove_directory);
}
