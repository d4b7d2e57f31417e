/*
 * test_vocabulary.c - strings and ids, both ways, and the marks of prefixes.
 */
#include "text/vocabulary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct vocabulary make(const char *const *tokens, size_t count)
{
    struct vocabulary vocabulary = {0};
    struct error error = {0};
    for (size_t i = 0; i < count; i++)
        assert_true(vocabulary_add(&vocabulary, (int32_t)i, slice_of(tokens[i]),
                                   &error));
    assert_true(vocabulary_build(&vocabulary, true, &error));
    return vocabulary;
}

static int32_t find(const struct vocabulary *vocabulary, const char *token)
{
    return vocabulary_find(vocabulary, slice_of(token));
}

static void strings_and_ids_find_each_other(void **state)
{
    (void)state;
    static const char *const tokens[] = {
        "a", "b", "ab", "eight888", "nine99999", "a much longer token", "##ing",
    };
    struct vocabulary vocabulary = make(tokens, 7);
    for (int32_t id = 0; id < 7; id++) {
        assert_int_equal(find(&vocabulary, tokens[id]), id);
        assert_true(slice_is(vocabulary_token(&vocabulary, id), tokens[id]));
    }
    assert_int_equal(find(&vocabulary, "ba"), -1);
    assert_int_equal(find(&vocabulary, "eight88"), -1);
    assert_int_equal(find(&vocabulary, "a much longer tokem"), -1);
    assert_int_equal(find(&vocabulary, ""), -1);
    assert_null(vocabulary_token(&vocabulary, 7).bytes);
    assert_null(vocabulary_token(&vocabulary, -1).bytes);
    assert_int_equal(vocabulary.distinct, 7);
    vocabulary_free(&vocabulary);
}

static void a_repeated_string_belongs_to_the_later_id(void **state)
{
    (void)state;
    static const char *const tokens[] = {"x", "y", "x", "", "y"};
    struct vocabulary vocabulary = make(tokens, 5);
    assert_int_equal(find(&vocabulary, "x"), 2);
    assert_int_equal(find(&vocabulary, "y"), 4);
    assert_true(slice_is(vocabulary_token(&vocabulary, 0), "x"));
    assert_int_equal(vocabulary.distinct, 3); /* "" is one */
    assert_int_equal(vocabulary.count, 5);
    vocabulary_free(&vocabulary);
}

static void nul_is_a_byte_like_any_other(void **state)
{
    (void)state;
    struct vocabulary vocabulary = {0};
    struct error error = {0};
    assert_true(
        vocabulary_add(&vocabulary, 0, (struct slice){"a\0", 2}, &error));
    assert_true(vocabulary_add(&vocabulary, 1, (struct slice){"a", 1}, &error));
    assert_true(vocabulary_build(&vocabulary, true, &error));
    assert_int_equal(vocabulary_find(&vocabulary, (struct slice){"a\0", 2}), 0);
    assert_int_equal(vocabulary_find(&vocabulary, (struct slice){"a", 1}), 1);
    vocabulary_free(&vocabulary);
}

/* Short strings that differ in the number of NULs alone share a key. */
static void the_number_of_nuls_counts(void **state)
{
    (void)state;
    struct vocabulary vocabulary = {0};
    struct error error = {0};
    char token[8] = {0};
    for (int32_t id = 0; id < 26 * 8; id++) {
        token[0] = (char)('a' + id / 8);
        assert_true(vocabulary_add(&vocabulary, id,
                                   (struct slice){token, (size_t)id % 8 + 1},
                                   &error));
    }
    assert_true(vocabulary_build(&vocabulary, false, &error));
    for (int32_t id = 0; id < 26 * 8; id++) {
        token[0] = (char)('a' + id / 8);
        struct slice slice = {token, (size_t)id % 8 + 1};
        assert_int_equal(vocabulary_find(&vocabulary, slice), id);
    }
    vocabulary_free(&vocabulary);
}

static void ids_end_at_the_limit(void **state)
{
    (void)state;
    struct vocabulary vocabulary = {0};
    struct error error = {0};
    assert_false(
        vocabulary_add(&vocabulary, VOCABULARY_LIMIT, slice_of("x"), &error));
    assert_string_equal(error.text,
                        "token id 4194304 is out of range: 0 to 4194303");
    error = (struct error){0};
    assert_false(vocabulary_add(&vocabulary, -1, slice_of("x"), &error));
    vocabulary_free(&vocabulary);
}

/* Marks may say too much, never too little. */
static void marks_show_where_strings_end_and_go_on(void **state)
{
    (void)state;
    static const char *const tokens[] = {"re", "rerank", "\xC3\xA4h"};
    struct vocabulary vocabulary = make(tokens, 3);
    const struct {
        const char *text;
        unsigned marks;
    } cases[] = {
        {"r", MARK_GOES_ON},
        {"re", MARK_ENDS | MARK_GOES_ON},
        {"reran", MARK_GOES_ON},
        {"rerank", MARK_ENDS},
        {"\xC3\xA4", MARK_GOES_ON},
        {"\xC3", 0},
        {"x", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct vocabulary_walk walk = VOCABULARY_START;
        vocabulary_walk(&walk, slice_of(cases[i].text));
        assert_int_equal(vocabulary_marks(&vocabulary, vocabulary_hash(&walk)),
                         cases[i].marks);
    }
    vocabulary_free(&vocabulary);
}

static void many_strings_stay_apart(void **state)
{
    (void)state;
    enum { COUNT = 20000 };
    struct vocabulary vocabulary = {0};
    struct error error = {0};
    char token[32];
    for (int32_t i = 0; i < COUNT; i++) {
        snprintf(token, sizeof token, i % 2 ? "t%d" : "token %d", (int)i);
        assert_true(vocabulary_add(&vocabulary, i, slice_of(token), &error));
    }
    assert_true(vocabulary_build(&vocabulary, false, &error));
    for (int32_t i = 0; i < COUNT; i++) {
        snprintf(token, sizeof token, i % 2 ? "t%d" : "token %d", (int)i);
        assert_int_equal(find(&vocabulary, token), i);
        snprintf(token, sizeof token, i % 2 ? "u%d" : "tokem %d", (int)i);
        assert_int_equal(find(&vocabulary, token), -1);
    }
    vocabulary_free(&vocabulary);
}

/* Tokens that were chosen for the place that they fall into, in a table that
 * is half full of them. */
static void strings_made_to_collide_are_refused(void **state)
{
    (void)state;
    enum { COUNT = 8192, PLACES = 64 };
    struct vocabulary vocabulary = {0};
    struct error error = {0};
    int32_t id = 0;
    for (unsigned i = 0; id < COUNT; i++) {
        char token[16];
        int length = snprintf(token, sizeof token, "%u", i);
        struct vocabulary_walk walk = VOCABULARY_START;
        vocabulary_walk(&walk, (struct slice){token, (size_t)length});
        if (vocabulary_hash(&walk) >> 32 < UINT32_MAX / PLACES)
            assert_true(
                vocabulary_add(&vocabulary, id++, slice_of(token), &error));
    }
    assert_false(vocabulary_build(&vocabulary, false, &error));
    assert_string_equal(error.text,
                        "more than 1000 tokens fall into one place of the "
                        "vocabulary: they were chosen so");
    vocabulary_free(&vocabulary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_and_ids_find_each_other),
        cmocka_unit_test(a_repeated_string_belongs_to_the_later_id),
        cmocka_unit_test(nul_is_a_byte_like_any_other),
        cmocka_unit_test(the_number_of_nuls_counts),
        cmocka_unit_test(ids_end_at_the_limit),
        cmocka_unit_test(marks_show_where_strings_end_and_go_on),
        cmocka_unit_test(many_strings_stay_apart),
        cmocka_unit_test(strings_made_to_collide_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
