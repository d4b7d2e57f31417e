/*
 * test_scorer.c - texts in, logits out: in input order, and the same ones for
 * any number of workers, any company and any pause.
 */
#include "cli/model.h"
#include "rank/scorer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RECORDS = 3000, TEXT_BYTES = 300 };
/* Nothing: each row goes its own way in each of our own products. */
static const double tolerance = 0;

static struct model model;
static char first[RECORDS][TEXT_BYTES], second[RECORDS][TEXT_BYTES];
static float alone[RECORDS];

/* What came out: the number of records and whether all were as `alone`. */
struct outcome {
    uint64_t records;
    double worst;
};

static bool check(void *context, const struct record_facts *facts,
                  const float *logits, struct error *error)
{
    struct outcome *outcome = context;
    (void)error;
    assert_int_equal(facts->index, outcome->records);
    assert_int_equal(facts->line, facts->index + 1);
    assert_true(slice_is(facts->bytes, second[facts->index]));
    assert_int_equal(logits == NULL, facts->index % 100 == 50);
    if (logits != NULL)
        outcome->worst =
            fmax(outcome->worst, fabs((double)(*logits - alone[facts->index])));
    outcome->records++;
    return true;
}

static bool keep(void *context, const struct record_facts *facts,
                 const float *logits, struct error *error)
{
    (void)context, (void)error;
    alone[facts->index] = *logits;
    return true;
}

static bool stop(void *context, const struct record_facts *facts,
                 const float *logits, struct error *error)
{
    (void)context, (void)logits;
    return facts->index < 10 || error_set(error, "enough");
}

static struct scorer *open_scorer(int workers, size_t limit, scorer_emit *emit,
                                  void *context)
{
    struct error error = {0};
    struct scorer_options options = {.workers = workers, .token_limit = limit};
    struct scorer *scorer = scorer_open(model.encoder, model.tokenizer,
                                        &options, emit, context, &error);
    assert_non_null(scorer);
    return scorer;
}

static enum scorer_status add(struct scorer *scorer, size_t i,
                              struct error *error)
{
    struct record_facts facts = {
        .bytes = slice_of(second[i]), .file = "in", .line = i + 1, .index = i};
    return scorer_add(scorer, &facts, slice_of(first[i]), slice_of(second[i]),
                      error);
}

static void add_or_pass(struct scorer *scorer, size_t i)
{
    struct error error = {0};
    struct record_facts facts = {
        .bytes = slice_of(second[i]), .line = i + 1, .index = i};
    if (i % 100 == 50)
        assert_true(scorer_add_unscored(scorer, &facts, &error));
    else if (add(scorer, i, &error) != SCORER_FINE)
        fail_msg("%s", error.text);
}

static void make_texts(void)
{
    static const char *const words[] = {"how", "report", "bug",  "the",
                                        "a",   "list",   "mail", "xyzzy"};
    unsigned seed = 1;
    for (size_t i = 0; i < RECORDS; i++) {
        snprintf(first[i], TEXT_BYTES, "query %zu", i / 500);
        second[i][0] = '\0';
        for (size_t left = i * 7 % 40; left > 0; left--) {
            seed = seed * 1103515245u + 12345u;
            strcat(second[i], words[seed >> 16 & 7]);
            strcat(second[i], " ");
        }
    }
}

/* Each record by a scorer of its own, which remembers no other. */
static void score_alone(void)
{
    struct error error = {0};
    for (size_t i = 0; i < RECORDS; i++) {
        struct scorer *scorer = open_scorer(1, 96, keep, NULL);
        assert_int_equal(add(scorer, i, &error), SCORER_FINE);
        assert_true(scorer_drain(scorer, &error));
        scorer_close(scorer);
    }
}

static int open_model(enum precision precision)
{
    const char *root = getenv("top_srcdir");
    char directory[4096];
    struct error error = {0};
    struct options options = {.model = directory, .precision = precision};
    snprintf(directory, sizeof directory, "%s/tests/golden/bert",
             root ? root : ".");
    if (!model_open(&model, &options, &error)) {
        fprintf(stderr, "%s\n", error.text);
        return -1;
    }
    make_texts();
    score_alone();
    return 0;
}

static int open_f32(void **state)
{
    (void)state;
    return open_model(PRECISION_F32);
}

static int close_model(void **state)
{
    (void)state;
    model_close(&model);
    return 0;
}

static void run(int workers, size_t pause)
{
    struct error error = {0};
    struct outcome outcome = {0, 0};
    struct scorer *scorer = open_scorer(workers, 96, check, &outcome);
    for (size_t i = 0; i < RECORDS; i++) {
        add_or_pass(scorer, i);
        if (i % pause == pause - 1)
            assert_true(scorer_drain(scorer, &error));
    }
    assert_true(scorer_drain(scorer, &error));
    assert_true(scorer_drain(scorer, &error)); /* nothing is left */
    assert_int_equal(outcome.records, RECORDS);
    assert_int_equal(scorer_counts(scorer)->records, RECORDS);
    assert_int_equal(scorer_counts(scorer)->damaged, 0);
    if (outcome.worst > tolerance)
        fail_msg("%d workers: a score differs by %g", workers, outcome.worst);
    scorer_close(scorer);
}

static void any_number_of_workers(void **state)
{
    (void)state;
    for (int workers = 1; workers <= 5; workers++)
        run(workers, RECORDS);
}

static void any_pause(void **state)
{
    (void)state;
    run(1, 1);
    run(3, 7);
    run(2, 101);
}

static bool count(void *context, const struct record_facts *facts,
                  const float *logits, struct error *error)
{
    (void)facts, (void)logits, (void)error;
    ++*(uint64_t *)context;
    return true;
}

static void cuts_are_counted(void **state)
{
    (void)state;
    struct error error = {0};
    uint64_t records = 0;
    struct scorer *scorer = open_scorer(2, 10, count, &records);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(add(scorer, i, &error), SCORER_FINE);
    assert_true(scorer_drain(scorer, &error));
    const struct scorer_counts *counts = scorer_counts(scorer);
    assert_true(counts->cut > 20 && counts->cut < 40);
    assert_true(counts->longest_tokens > 40);
    assert_true(counts->tokens <= 40 * 10);
    assert_int_equal(counts->invalid_utf8, 0);
    scorer_close(scorer);
}

static void pairs_seen_before_run_once(void **state)
{
    (void)state;
    struct error error = {0};
    uint64_t records = 0;
    struct scorer *scorer = open_scorer(2, 96, count, &records);
    for (size_t i = 0; i < 40; i++) {
        struct record_facts facts = {.bytes = {"x", 1}, .index = i};
        assert_int_equal(scorer_add(scorer, &facts, slice_of(first[0]),
                                    slice_of(second[1 + i % 5]), &error),
                         SCORER_FINE);
    }
    assert_int_equal(records, 0);
    assert_true(scorer_drain(scorer, &error));
    assert_int_equal(records, 40);
    assert_int_equal(scorer_counts(scorer)->sequences, 5);
    scorer_close(scorer);
}

static void bad_records_have_their_place(void **state)
{
    (void)state;
    struct error error = {0};
    struct scorer *scorer = open_scorer(1, 2, keep, NULL);
    assert_int_equal(add(scorer, 7, &error), SCORER_BAD_RECORD);
    assert_int_equal(strncmp(error.text, "in:8: ", 6), 0);
    assert_int_equal(scorer_counts(scorer)->records, 0);
    scorer_close(scorer);
}

static void a_failed_emit_stops(void **state)
{
    (void)state;
    struct error error = {0};
    struct scorer *scorer = open_scorer(2, 96, stop, NULL);
    for (size_t i = 0; i < 30; i++)
        assert_int_equal(add(scorer, i, &error), SCORER_FINE);
    assert_false(scorer_drain(scorer, &error));
    assert_string_equal(error.text, "enough");
    scorer_close(scorer);
    scorer_close(NULL);
}

/* What holds for float32 holds for the other precisions. */
static void in_any_company(enum precision precision)
{
    model_close(&model);
    assert_int_equal(open_model(precision), 0);
    any_number_of_workers(NULL);
    any_pause(NULL);
}

static void int8_in_any_company(void **state)
{
    (void)state;
    in_any_company(PRECISION_INT8);
}

static void bf16_in_any_company(void **state)
{
    (void)state;
    if (model.kernels->gemm[PRECISION_BF16].name == NULL)
        skip(); /* not on this CPU */
    in_any_company(PRECISION_BF16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_workers),
        cmocka_unit_test(any_pause),
        cmocka_unit_test(cuts_are_counted),
        cmocka_unit_test(pairs_seen_before_run_once),
        cmocka_unit_test(bad_records_have_their_place),
        cmocka_unit_test(a_failed_emit_stops),
        cmocka_unit_test(int8_in_any_company),
        cmocka_unit_test(bf16_in_any_company),
    };
    return cmocka_run_group_tests_name("scorer", tests, open_f32, close_model);
}
