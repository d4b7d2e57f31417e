/*
 * test_pairtasks.c - correlation, thresholds, F1: small cases by hand, with
 * ties, constants and labels that are all the same.
 */
#include "base/memory.h"
#include "eval/pairtasks.h"
#include "eval/reranking.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#define CLOSE(a, b) assert_true(fabs((double)(a) - (double)(b)) <= 1e-12)

static void correlation_of_ties(void **state)
{
    (void)state;
    struct error error = {0};
    struct correlation result;
    static const double gold[] = {1, 2, 2, 4};
    static const float scores[] = {1, 2, 4, 3}, flat[] = {2, 2, 2, 2};
    assert_true(correlate(gold, scores, 4, &result, &error));
    CLOSE(result.pearson, 2.5 / sqrt(4.75 * 5));
    CLOSE(result.spearman, 3 / sqrt(4.5 * 5));
    assert_true(correlate(gold, flat, 4, &result, &error));
    assert_true(isnan(result.pearson) && isnan(result.spearman));
}

/* The mean of a pair's shares is the correlation. */
static void shares_of_a_correlation(void **state)
{
    (void)state;
    struct error error = {0};
    struct correlation result;
    static const double gold[] = {1, 2, 2, 4, 0};
    static const float scores[] = {1, 2, 4, 3, 3};
    double pearson[5], spearman[5], sums[2] = {0};
    assert_true(correlate(gold, scores, 5, &result, &error));
    assert_true(correlation_shares(gold, scores, 5, pearson, spearman, &error));
    for (size_t i = 0; i < 5; i++) {
        sums[0] += pearson[i] / 5;
        sums[1] += spearman[i] / 5;
    }
    CLOSE(sums[0], result.pearson);
    CLOSE(sums[1], result.spearman);
}

static struct binary measured(const bool *labels, const float *scores,
                              size_t count)
{
    struct error error = {0};
    struct binary binary;
    assert_true(binary_measure(labels, scores, count, &binary, &error));
    return binary;
}

static void thresholds(void **state)
{
    (void)state;
    static const bool labels[] = {true, false, true, false};
    static const float scores[] = {.5F, .5F, .5F, .1F};
    struct binary result = measured(labels, scores, 4);
    CLOSE(result.average_precision, 2.0 / 3);
    CLOSE(result.accuracy, .75);
    CLOSE(result.accuracy_threshold, (.5F + .1F) / 2);
    CLOSE(result.f1, .8);
    CLOSE(result.precision, 2.0 / 3);
    CLOSE(result.recall, 1);
    CLOSE(result.roc_auc, .75);

    /* Nothing positive is the best: above the highest score. */
    static const bool wrong[] = {false, false, true};
    static const float falling[] = {3, 2, 1};
    result = measured(wrong, falling, 3);
    CLOSE(result.accuracy, 2.0 / 3);
    assert_true(result.accuracy_threshold == nextafterf(3, INFINITY));
    CLOSE(result.f1, .5);
    assert_true(result.f1_threshold == 1); /* the last score itself */

    /* Neighbours: their mean rounds to one of them. */
    static const bool right[] = {true, false};
    const float near[] = {nextafterf(1, 2), 1};
    result = measured(right, near, 2);
    CLOSE(result.accuracy, 1);
    assert_true(result.accuracy_threshold == near[0]);
}

static void labels_of_one_kind(void **state)
{
    (void)state;
    static const bool none[3] = {false, false, false};
    static const float scores[] = {.1F, .2F, .3F};
    struct binary result = measured(none, scores, 3);
    CLOSE(result.average_precision, 0);
    CLOSE(result.accuracy, 1);
    CLOSE(result.f1, 0);
    CLOSE(result.f1_threshold, 0);
    assert_true(isnan(result.roc_auc));
    struct binary_at at = binary_measure_at(none, scores, 3, .25F);
    CLOSE(at.accuracy, 2.0 / 3);
    CLOSE(at.correlation, 0);
}

/* A label that is neither there nor predicted is not in the mean. */
static void averages_of_labels(void **state)
{
    (void)state;
    struct error error = {0};
    struct multiclass result;
    static const uint32_t labels[] = {0, 0, 1};
    static const float logits[] = {2, 2, 0, 0, 1, 0, 0, 1, 0};
    assert_true(multiclass_measure(labels, logits, 3, 3, &result, &error));
    CLOSE(result.accuracy, 2.0 / 3);
    CLOSE(result.labels[0].precision, 1);
    CLOSE(result.labels[0].recall, .5);
    CLOSE(result.f1_macro, 2.0 / 3);
    CLOSE(result.f1_weighted, 2.0 / 3);
    assert_int_equal(result.confusion[0 * 3 + 1], 1);
    multiclass_free(&result);
}

/* Two relevant of three with one score: each has two thirds of a gain. */
static void rankings_with_ties(void **state)
{
    (void)state;
    struct scored list[] = {{1, true, 0}, {1, false, 1}, {1, true, 2}};
    struct reranking result = reranking_measure(list, 3, 10);
    double discounts = 1 + 1 / log2(3) + .5;
    CLOSE(result.ndcg, discounts * 2 / 3 / (1 + 1 / log2(3)));
    CLOSE(result.map, 2.0 / 3);
    CLOSE(result.mrr, 1); /* the last of equal ones comes first */
    result = reranking_measure(list, 0, 10);
    CLOSE(result.map, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlation_of_ties),
        cmocka_unit_test(shares_of_a_correlation),
        cmocka_unit_test(thresholds),
        cmocka_unit_test(labels_of_one_kind),
        cmocka_unit_test(averages_of_labels),
        cmocka_unit_test(rankings_with_ties),
    };
    return cmocka_run_group_tests_name("pairtasks", tests, NULL, NULL);
}
