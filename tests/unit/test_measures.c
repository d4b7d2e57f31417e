/*
 * test_measures.c - measures of rankings that are written down as grades.
 */
#include "eval/measure_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

enum { U = GRADE_UNJUDGED, N = GRADE_NEGATIVE };

/* judged: all grades of 0 and more, falling */
static double value_of(const char *name, const int32_t *grades, size_t count,
                       const int32_t *judged, size_t judged_count)
{
    struct error error = {0};
    struct measure_list list = {0};
    double scratch[32];
    struct ranking ranking = {.grades = grades,
                              .count = count,
                              .judged = judged,
                              .judged_count = judged_count,
                              .scratch = scratch};
    assert_true(measures_add(&list, name, &error));
    struct measure measure = list.items[0];
    measure.level = measure.has_level ? measure.level : 1;
    double value = measure_value(&measure, &ranking);
    measures_free(&list);
    return value;
}

#define COUNT(list) (sizeof(list) / sizeof *(list))
#define VALUE(name) value_of(name, grades, COUNT(grades), judged, COUNT(judged))
#define CLOSE(a, b) assert_true(fabs((a) - (b)) <= 1e-12)

static void one_ranking(void **state)
{
    (void)state;
    static const int32_t grades[] = {U, 2, 0, N, 1, 0, 3};
    static const int32_t judged[] = {3, 2, 1, 1, 0, 0, 0};
    CLOSE(VALUE("AP"), (1 / 2.0 + 2 / 5.0 + 3 / 7.0) / 4);
    CLOSE(VALUE("AP@5"), (1 / 2.0 + 2 / 5.0) / 4);
    CLOSE(VALUE("AP(rel=2)"), (1 / 2.0 + 2 / 7.0) / 2);
    CLOSE(VALUE("RR"), 1 / 2.0);
    CLOSE(VALUE("RR(rel=3)@6"), 0);
    CLOSE(VALUE("P@10"), 3 / 10.0);
    CLOSE(VALUE("R@5"), 2 / 4.0);
    CLOSE(VALUE("Rprec"), 1 / 4.0);
    CLOSE(VALUE("Success@1"), 0);
    CLOSE(VALUE("Judged@4"), 3 / 4.0); /* a negative grade is a judgement */
    CLOSE(VALUE("SetP"), 3 / 7.0);
    CLOSE(VALUE("SetF"), 2 * (3 / 7.0) * (3 / 4.0) / (3 / 7.0 + 3 / 4.0));
    CLOSE(VALUE("num_nonrel_judged_ret"), 2);
    /* bpref: above them 0, 1 and 2 irrelevant ones of min(3, 4) */
    CLOSE(VALUE("bpref"), (1 + 1 - 1 / 3.0 + 1 - 2 / 3.0) / 4);
    CLOSE(VALUE("IPrec@0"), 3 / 7.0 > .5 ? 3 / 7.0 : .5);
    CLOSE(VALUE("IPrec@1"), 0);
    double found = 2 / log2(3) + 1 / log2(6) + 3 / log2(8);
    double best = 3 + 2 / log2(3) + 1 / log2(4) + 1 / log2(5);
    CLOSE(VALUE("nDCG"), found / best);
    CLOSE(VALUE("nDCG@2"), 2 / log2(3) / (3 + 2 / log2(3)));
    CLOSE(VALUE("nDCG(gains={1:0,2:1,3:1})@2"),
          1 / log2(3) / (1 + 1 / log2(3)));
    CLOSE(VALUE("ERR@3"), 3 / 16.0 / 2);
}

/* Recall points: 0.5 of 3 is two hits in 9.0.8 (1.5 + .9) and 2 by rounding;
 * 0.2 of 3 is one hit in both (1.5 and 0.6), 0.1 of 3 one and none. */
static void recall_points(void **state)
{
    (void)state;
    static const int32_t grades[] = {U, 1, U, 1, 1};
    static const int32_t judged[] = {1, 1, 1};
    CLOSE(VALUE("iprec_at_recall_0.10"), 3 / 5.0);
    CLOSE(VALUE("iprec_at_recall_0.50"), 3 / 5.0);
    struct ranking ranking = {
        .grades = grades, .count = 5, .judged = judged, .judged_count = 3};
    static const int32_t first[] = {1, U, U, U};
    ranking.grades = first;
    ranking.count = 4;
    struct measure point = {.recall = 0.4, .level = 1};
    /* 0.4 * 3 = 1.2: two hits by + .9, one by rounding */
    CLOSE(measure_interpolated_precision(&ranking, &point), 0);
    point.rounds_recall = true;
    CLOSE(measure_interpolated_precision(&ranking, &point), 1);
}

static void nothing_relevant(void **state)
{
    (void)state;
    static const int32_t grades[] = {0, U};
    static const int32_t judged[] = {0, 0};
    static const char *const names[] = {"AP",   "nDCG",    "Rprec", "bpref",
                                        "RR",   "R@5",     "infAP", "SetF",
                                        "SetR", "11pt_avg"};
    for (size_t i = 0; i < COUNT(names); i++)
        CLOSE(VALUE(names[i]), 0);
    CLOSE(value_of("AP", grades, 0, judged, 0), 0);
    CLOSE(value_of("SetP", grades, 0, judged, 0), 0);
}

static void lists_of_names(void **state)
{
    (void)state;
    struct error error = {0};
    struct measure_list list = {0};
    assert_true(measures_add(
        &list, "P,nDCG(gains={1:1,2:3})@10 AP, AP,ndcg_cut.5,10", &error));
    assert_int_equal(list.count, 9 + 4);
    assert_string_equal(list.items[0].name, "P_5");
    assert_string_equal(list.items[9].name, "nDCG(gains={1:1,2:3})@10");
    assert_int_equal(list.items[9].gain_count, 2);
    assert_string_equal(list.items[10].name, "AP");
    assert_string_equal(list.items[12].name, "ndcg_cut_10");
    measures_free(&list);
    assert_true(measures_add_official(&list, &error));
    assert_int_equal(list.count, 9 + 11 + 9);
    measures_free(&list);
    assert_true(measures_add_all(&list, &error));
    assert_true(list.count > 60);
    measures_free(&list);
}

static void names_that_are_none(void **state)
{
    (void)state;
    static const char *const names[] = {"",
                                        ",",
                                        "nope",
                                        "P_0",
                                        "P_",
                                        "P@",
                                        "P@x",
                                        "map_5",
                                        "IPrec@2",
                                        "IPrec",
                                        "AP(rel=x)",
                                        "AP(rel=1)x",
                                        "nDCG(",
                                        "nDCG(dcg=)",
                                        "AP(gains={})",
                                        "ndcg.1",
                                        "P@99999999999"};
    for (size_t i = 0; i < COUNT(names); i++) {
        struct error error = {0};
        struct measure_list list = {0};
        assert_false(measures_add(&list, names[i], &error));
        assert_true(strlen(error.text) > 0);
        measures_free(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_ranking),         cmocka_unit_test(recall_points),
        cmocka_unit_test(nothing_relevant),    cmocka_unit_test(lists_of_names),
        cmocka_unit_test(names_that_are_none),
    };
    return cmocka_run_group_tests_name("measures", tests, NULL, NULL);
}
