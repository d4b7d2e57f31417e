/*
 * test_verdict.c - from logits to the score and the label that are printed.
 */
#include "cli/scoring/verdict.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

static const char *names[] = {"no", "maybe", "yes", "1"};

static struct task task_of(size_t labels, enum output_activation activation)
{
    return (struct task){.labels = labels,
                         .label_names = names,
                         .activation = activation,
                         .activation_source = "test"};
}

static struct options options_of(const char *label,
                                 enum score_activation activation)
{
    return (struct options){
        .command = &command_score, .label = label, .activation = activation};
}

static struct verdict_rule rule_of(const struct task *task, const char *label,
                                   enum score_activation activation,
                                   bool needs_one)
{
    struct error error = {0};
    struct verdict_rule rule;
    struct options options = options_of(label, activation);
    if (!verdict_rule_make(&rule, &options, task, needs_one, &error))
        fail_msg("%s", error.text);
    return rule;
}

static void assert_refused(size_t labels, const char *label,
                           enum score_activation activation, bool needs_one,
                           const char *wanted)
{
    struct error error = {0};
    struct verdict_rule rule;
    struct task task = task_of(labels, OUTPUT_IDENTITY);
    struct options options = options_of(label, activation);
    assert_false(verdict_rule_make(&rule, &options, &task, needs_one, &error));
    assert_string_equal(error.text, wanted);
}

static bool is_near(float found, double wanted)
{
    return fabs((double)found - wanted) < 1e-6;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static const float logits[4] = {1.5f, -0.25f, 0.75f, 1.5f};

static double share(size_t labels, size_t label)
{
    double sum = 0;
    for (size_t i = 0; i < labels; i++)
        sum += exp((double)logits[i]);
    return exp((double)logits[label]) / sum;
}

static double score(const struct task *task, const char *label,
                    enum score_activation activation, bool needs_one)
{
    struct verdict_rule rule = rule_of(task, label, activation, needs_one);
    float scores[4] = {0};
    assert_int_equal(verdict_scores(&rule), 1);
    verdict_score(&rule, logits, scores);
    return (double)scores[0];
}

static void one_label(void **state)
{
    (void)state;
    double x = (double)logits[0];
    struct task raw = task_of(1, OUTPUT_IDENTITY);
    struct task squashed = task_of(1, OUTPUT_SIGMOID);
    assert_true(score(&raw, NULL, SCORE_ACTIVATION_AUTO, true) == x);
    assert_true(score(&squashed, NULL, SCORE_ACTIVATION_NONE, false) == x);
    assert_true(
        is_near((float)score(&squashed, NULL, SCORE_ACTIVATION_AUTO, true),
                sigmoid(x)));
    assert_true(is_near(
        (float)score(&raw, NULL, SCORE_ACTIVATION_SIGMOID, false), sigmoid(x)));
}

/* Two labels: the second is "relevant"; raw logits become its share. */
static void rerankers_of_two_labels(void **state)
{
    (void)state;
    struct task raw = task_of(2, OUTPUT_IDENTITY);
    struct task squashed = task_of(2, OUTPUT_SIGMOID);
    assert_true(is_near((float)score(&raw, NULL, SCORE_ACTIVATION_AUTO, true),
                        share(2, 1)));
    assert_true(is_near((float)score(&raw, "no", SCORE_ACTIVATION_AUTO, true),
                        share(2, 0)));
    assert_true(score(&raw, NULL, SCORE_ACTIVATION_NONE, true) ==
                (double)logits[1]);
    assert_true(
        is_near((float)score(&squashed, NULL, SCORE_ACTIVATION_AUTO, true),
                sigmoid((double)logits[1])));
}

static void several_labels_give_all_scores(void **state)
{
    (void)state;
    struct task raw = task_of(3, OUTPUT_IDENTITY);
    struct verdict_rule rule =
        rule_of(&raw, NULL, SCORE_ACTIVATION_AUTO, false);
    float scores[3];
    assert_int_equal(verdict_scores(&rule), 3);
    verdict_score(&rule, logits, scores);
    assert_memory_equal(scores, logits, sizeof scores);
    rule = rule_of(&raw, NULL, SCORE_ACTIVATION_SOFTMAX, false);
    verdict_score(&rule, logits, scores);
    for (size_t i = 0; i < 3; i++)
        assert_true(is_near(scores[i], share(3, i)));
}

static void labels_by_name_then_by_number(void **state)
{
    (void)state;
    struct task task = task_of(4, OUTPUT_IDENTITY);
    assert_int_equal(rule_of(&task, "yes", 0, true).label, 2);
    assert_int_equal(rule_of(&task, "0", 0, true).label, 0);
    assert_int_equal(rule_of(&task, "1", 0, true).label, 3); /* its name */
    struct task three = task_of(3, OUTPUT_IDENTITY);
    assert_int_equal(rule_of(&three, "1", 0, true).label, 1);
}

static void what_cannot_be(void **state)
{
    (void)state;
    static const char *const labels[] = {
        "3", "-1", " 1", "+1", "1x", "0x1", "", "99999999999999999999"};
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        char wanted[128];
        snprintf(wanted, sizeof wanted,
                 "--label '%s': this model has no, maybe, yes", labels[i]);
        assert_refused(3, labels[i], SCORE_ACTIVATION_AUTO, false, wanted);
    }
    assert_refused(3, NULL, SCORE_ACTIVATION_AUTO, true,
                   "score: this model has 3 labels (no, maybe, yes): use "
                   "'xenc classify', or choose one with --label");
    assert_refused(1, NULL, SCORE_ACTIVATION_SOFTMAX, false,
                   "--activation softmax: this model has one label, whose "
                   "share is always 1: sigmoid gives a probability");
}

static void records_without_logits(void **state)
{
    (void)state;
    struct task task = task_of(3, OUTPUT_IDENTITY);
    struct verdict_rule rule =
        rule_of(&task, NULL, SCORE_ACTIVATION_AUTO, false);
    float numbers[3] = {0};
    verdict_score(&rule, NULL, numbers);
    for (size_t i = 0; i < 3; i++)
        assert_true(isnan(numbers[i]));
    memset(numbers, 0, sizeof numbers);
    verdict_probabilities(&rule, NULL, numbers);
    for (size_t i = 0; i < 3; i++)
        assert_true(isnan(numbers[i]));
    assert_int_equal(verdict_label(&rule, NULL), 0);
}

static void labels_and_probabilities(void **state)
{
    (void)state;
    struct task task = task_of(4, OUTPUT_IDENTITY);
    struct verdict_rule rule =
        rule_of(&task, NULL, SCORE_ACTIVATION_AUTO, false);
    float found[4];
    assert_int_equal(verdict_label(&rule, logits), 0); /* first of equals */
    verdict_probabilities(&rule, logits, found);
    for (size_t i = 0; i < 4; i++)
        assert_true(is_near(found[i], share(4, i)));
    rule = rule_of(&task, "maybe", SCORE_ACTIVATION_AUTO, false);
    assert_int_equal(verdict_label(&rule, logits), 1);

    struct task one = task_of(1, OUTPUT_IDENTITY);
    rule = rule_of(&one, NULL, SCORE_ACTIVATION_AUTO, false);
    verdict_probabilities(&rule, logits, found);
    assert_true(is_near(found[0], sigmoid((double)logits[0])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_label),
        cmocka_unit_test(rerankers_of_two_labels),
        cmocka_unit_test(several_labels_give_all_scores),
        cmocka_unit_test(labels_by_name_then_by_number),
        cmocka_unit_test(what_cannot_be),
        cmocka_unit_test(records_without_logits),
        cmocka_unit_test(labels_and_probabilities),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
