/*
 * test_compare.c - paired tests against values from tables and from scipy.
 *
 * The two files of the reference data, when they lie beside the source tree,
 * are per-query scores of two systems.
 */
#include "eval/compare.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define CLOSE(a, b, tolerance) assert_true(fabs((a) - (b)) <= (tolerance))

static struct comparison compared(const double *base, const double *other,
                                  size_t count)
{
    struct error error = {0};
    struct comparison comparison;
    assert_true(compare(base, other, count, 1, &comparison, &error));
    return comparison;
}

/* Differences 1, 2, 3, 4: all 16 changes of signs by hand: 2 are as far. */
static void few_queries(void **state)
{
    (void)state;
    static const double base[] = {0, 0, 0, 0}, other[] = {1, 2, 3, 4};
    struct comparison result = compared(base, other, 4);
    CLOSE(result.difference, 2.5, 1e-15);
    CLOSE(result.other, 2.5, 1e-15);
    assert_true(result.is_exact);
    CLOSE(result.p, 2.0 / 16, 0);
    /* t = 2.5 / (1.2909944 / 2); two-sided p of 3 degrees of freedom */
    CLOSE(result.t, 3.872983346207417, 1e-12);
    CLOSE(result.p_t, 0.030466291662170977, 1e-12);
    CLOSE(result.t_low, 0.4457397432391208, 1e-9);
    CLOSE(result.t_high, 4.554260256760879, 1e-9);
    assert_true(result.low >= 1 && result.low < 2.5);
    assert_true(result.high <= 4 && result.high > 2.5);
}

/* Sums of the same numbers in another order differ in their last bits. */
static void equal_sums_are_equal(void **state)
{
    (void)state;
    static const double base[] = {0, 0, 0}, other[] = {0.1, 0.2, -0.3};
    CLOSE(compared(base, other, 3).p, 1, 0);
}

static void no_difference(void **state)
{
    (void)state;
    static const double same[] = {.5, .25, 1};
    struct comparison result = compared(same, same, 3);
    CLOSE(result.p, 1, 0);
    CLOSE(result.low, 0, 0);
    CLOSE(result.high, 0, 0);
    assert_true(isnan(result.t) && isnan(result.p_t));
    result = compared(same, same + 1, 1);
    assert_true(isnan(result.p_t));
    CLOSE(result.p, 1, 0);
}

/* Above 20 queries signs are drawn: the p of a fair sign test of 40 equal
 * differences is 2 / 2^40, which no draw of 100000 finds. */
static void many_queries(void **state)
{
    (void)state;
    double base[40] = {0}, other[40];
    for (size_t i = 0; i < 40; i++)
        other[i] = 1;
    struct comparison result = compared(base, other, 40);
    assert_false(result.is_exact);
    CLOSE(result.p, 1.0 / 100001, 1e-12);
}

static void holm(void **state)
{
    (void)state;
    struct comparison a = {.p = 0.04}, b = {.p = 0.01}, c = {.p = 0.03},
                      d = {.p = 0.9};
    struct comparison *list[] = {&a, &b, &c, &d};
    compare_holm(list, 4);
    CLOSE(b.p_holm, 0.04, 1e-15);
    CLOSE(c.p_holm, 0.09, 1e-15);
    CLOSE(a.p_holm, 0.09, 1e-15); /* 0.08, but not below the one before */
    CLOSE(d.p_holm, 0.9, 1e-15);
    assert_ptr_equal(list[0], &b);
}

enum { MOST = 64 };

static size_t read_scores(const char *name, double *base, double *other)
{
    const char *shared = getenv("XENC_SHARED");
    char path[512];
    size_t count = 0;
    snprintf(path, sizeof path, "%s/evalref/%s", shared ? shared : "../shared",
             name);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return 0;
    while (count < MOST &&
           fscanf(file, "%lf %lf", &base[count], &other[count]) == 2)
        count++;
    fclose(file);
    return count;
}

static void reference_data(void **state)
{
    (void)state;
    double base[MOST], other[MOST];
    if (read_scores("sys_10.tsv", base, other) != 10)
        skip();
    struct comparison ten = compared(base, other, 10);
    CLOSE(ten.difference, 0.01233, 1e-12);
    CLOSE(ten.t, 0.3149858526800536, 1e-10);
    CLOSE(ten.p_t, 0.7599528569835928, 1e-10);
    CLOSE(ten.t_low, -0.07622127168404469, 1e-9);
    CLOSE(ten.t_high, 0.10088127168404473, 1e-9);
    CLOSE(ten.p, 0.751953125, 0);
    CLOSE(ten.low, -0.061142, 1e-9);
    CLOSE(ten.high, 0.08619075, 1e-9);

    assert_int_equal(read_scores("sys_50.tsv", base, other), 50);
    struct comparison fifty = compared(base, other, 50);
    CLOSE(fifty.t, 2.0601628158758265, 1e-10);
    CLOSE(fifty.p_t, 0.04471404892308831, 1e-10);
    CLOSE(fifty.p, 4405.0 / 100001, 1e-15);
    CLOSE(fifty.low, 0.0016133, 1e-9);
    CLOSE(fifty.high, 0.04538825, 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_queries),   cmocka_unit_test(equal_sums_are_equal),
        cmocka_unit_test(no_difference), cmocka_unit_test(many_queries),
        cmocka_unit_test(holm),          cmocka_unit_test(reference_data),
    };
    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
