/*
 * test_blend.c - terms, BM25 by hand, and its blend with a model's scores.
 */
#include "rank/blend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

/* The counts of a text: "length weight:found ..." of each term of the query. */
static void assert_counts(const char *query, const char *text,
                          const uint32_t *want, size_t count)
{
    struct blend blend = {0};
    struct error error = {0};
    struct slice counts;
    assert_true(
        blend_count(&blend, slice_of(query), slice_of(text), &counts, &error));
    assert_int_equal(counts.length, count * sizeof *want);
    assert_memory_equal(counts.bytes, want, counts.length);
    /* again, with the query in memory */
    assert_true(
        blend_count(&blend, slice_of(query), slice_of(text), &counts, &error));
    assert_memory_equal(counts.bytes, want, counts.length);
    blend_free(&blend);
}
#define COUNTS(query, text, ...)                                               \
    assert_counts(query, text, (const uint32_t[]){__VA_ARGS__},                \
                  sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static void terms_are_words_in_lower_case(void **state)
{
    (void)state;
    COUNTS("disk Disk full", "The DISK, the disk!", 4, 2, 2, 1, 0);
    COUNTS("\xC3\x89t\xC3\xA9", "\xC3\xA9t\xC3\xA9 ete", 2, 1, 1);
    COUNTS("+++", "a + b", 2);
    COUNTS("", "a", 1);
    COUNTS("a", "", 0, 1, 0);
    COUNTS("\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87", 2, 1, 1);
}

static void identifiers_count_as_themselves_and_their_parts(void **state)
{
    (void)state;
    COUNTS("max", "maxRetry max_retry MAX", 7, 1, 3);
    COUNTS("maxRetry", "max retry", 2, 1, 0, 1, 1, 1, 1);
    COUNTS("server", "HTTPServer2 http", 5, 1, 1);
    COUNTS("retry", "_retry_", 2, 1, 1);
}

/* Three texts of 2, 4 and 6 terms; the query's two terms are in two and one. */
static void bm25_is_what_a_hand_computes(void **state)
{
    (void)state;
    static const char *const texts[] = {"a x", "a a b x", "x x x x x x"};
    struct blend blend = {0};
    struct error error = {0};
    struct slice counts[4];
    char kept[3][64];
    float scores[4];
    for (size_t i = 0; i < 3; i++) {
        struct slice found;
        assert_true(blend_count(&blend, slice_of("a b"), slice_of(texts[i]),
                                &found, &error));
        memcpy(kept[i], found.bytes, found.length);
        counts[i] = (struct slice){kept[i], found.length};
    }
    counts[3] = (struct slice){"", 0};
    assert_true(blend_bm25(counts, 4, &blend.lists, scores, &error));

    double idf_a = log(1 + (3 - 2 + 0.5) / (2 + 0.5));
    double idf_b = log(1 + (3 - 1 + 0.5) / (1 + 0.5));
    double first = idf_a * 1 / (1 + 0.9 * (0.6 + 0.4 * 2 / 4.0));
    double second = idf_a * 2 / (2 + 0.9) + idf_b * 1 / (1 + 0.9);
    assert_true(fabs((double)scores[0] - first) < 1e-6);
    assert_true(fabs((double)scores[1] - second) < 1e-6);
    assert_true(scores[2] == 0);
    assert_true(isnan(scores[3]));
    blend_free(&blend);
}

static void scores_are_mixed_in_standard_deviations(void **state)
{
    (void)state;
    const float model[] = {1, 3, NAN, 5}, bm25[] = {9, 9, 1, 0};
    float mixed[4];
    double step = sqrt(8.0 / 3), low = sqrt(18.0);
    blend_scores(model, bm25, 4, 0.25, mixed);
    assert_true(fabs((double)mixed[0] - (0.75 * -2 / step + 0.25 * 3 / low)) <
                1e-6);
    assert_true(fabs((double)mixed[1] - (0.25 * 3 / low)) < 1e-6);
    assert_true(isnan(mixed[2]));
    assert_true(fabs((double)mixed[3] - (0.75 * 2 / step + 0.25 * -6 / low)) <
                1e-6);

    const float same[] = {2, 2};
    blend_scores(same, model, 2, 0.5, mixed);
    assert_true(mixed[0] == -0.5F && mixed[1] == 0.5F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(terms_are_words_in_lower_case),
        cmocka_unit_test(identifiers_count_as_themselves_and_their_parts),
        cmocka_unit_test(bm25_is_what_a_hand_computes),
        cmocka_unit_test(scores_are_mixed_in_standard_deviations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
