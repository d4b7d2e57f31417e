/*
 * test_top.c - the best N against a sorted list of all, and groups of them.
 */
#include "rank/groups.h"
#include "rank/top.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESULTS = 400 };

struct result {
    float score;
    uint64_t index;
};

/* Few values, so that ties are many; nan and infinities among them. */
static float some_score(unsigned *seed)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY, -0.0f, 0.0f};
    *seed = *seed * 1103515245u + 12345u;
    unsigned draw = *seed >> 16 & 63;
    return draw < 5 ? odd[draw] : (float)(draw % 9) / 4 - 1;
}

/* The order in words: numbers before nan, larger first, then input order. */
static int compare(const void *left, const void *right)
{
    const struct result *a = left, *b = right;
    if (isnan(a->score) != isnan(b->score))
        return isnan(a->score) ? 1 : -1;
    if (a->score > b->score)
        return -1;
    if (a->score < b->score)
        return 1;
    return a->index < b->index ? -1 : 1;
}

static void offer(struct top *top, struct result result)
{
    struct error error = {0};
    char text[32];
    float logits[2] = {(float)result.index, -1};
    int length = snprintf(text, sizeof text, "record %d", (int)result.index);
    struct record_facts facts = {.bytes = {text, (size_t)length},
                                 .group = {text, 3},
                                 .query = {text + 3, 2},
                                 .index = result.index,
                                 .is_scored = !isnan(result.score)};
    assert_true(top_offer(top, result.score, &facts,
                          facts.is_scored ? logits : NULL, 2, &error));
    memset(text, '#', sizeof text); /* what is kept is a copy */
}

static void assert_kept(const struct kept *kept, struct result wanted)
{
    char text[32];
    snprintf(text, sizeof text, "record %d", (int)wanted.index);
    assert_int_equal(kept->facts.index, wanted.index);
    assert_true(slice_is(kept->facts.bytes, text));
    assert_true(slice_is(kept->facts.group, "rec"));
    assert_true(slice_is(kept->facts.query, "or"));
    assert_int_equal(isnan(kept->score), isnan(wanted.score));
    if (isnan(wanted.score)) {
        assert_null(kept->logits);
        return;
    }
    assert_true(kept->score == wanted.score);
    assert_true(kept->logits[0] == (float)wanted.index);
    assert_true(kept->logits[1] == -1);
}

static void check_best(size_t best, unsigned seed)
{
    struct result results[RESULTS];
    struct top top = {.best = best};
    for (size_t i = 0; i < RESULTS; i++) {
        results[i] = (struct result){some_score(&seed), i};
        offer(&top, results[i]);
    }
    qsort(results, RESULTS, sizeof *results, compare);
    assert_true(top.bytes >= top.count * sizeof *top.list);
    top_sort(&top);
    size_t wanted = best > 0 && best < RESULTS ? best : RESULTS;
    assert_int_equal(top.count, wanted);
    for (size_t i = 0; i < wanted; i++)
        assert_kept(&top.list[i], results[i]);
    top_free(&top);
    assert_int_equal(top.count, 0);
    assert_int_equal(top.best, best);
}

static void the_best_of_many(void **state)
{
    (void)state;
    static const size_t bests[] = {
        0, 1, 2, 3, 10, 100, RESULTS - 1, RESULTS, RESULTS + 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof bests / sizeof *bests; i++)
        for (unsigned seed = 1; seed <= 20; seed++)
            check_best(bests[i], seed);
}

/* Only what is kept takes memory: N places for any number of offers. */
static void memory_grows_with_n(void **state)
{
    (void)state;
    struct top top = {.best = 4};
    for (size_t i = 0; i < 1000; i++)
        offer(&top, (struct result){(float)i, i});
    assert_true(top.capacity < 16);
    top_sort(&top);
    assert_kept(&top.list[0], (struct result){999, 999});
    top_free(&top);
}

static void empty_ones(void **state)
{
    (void)state;
    struct top top = {.best = 3};
    top_sort(&top);
    top_free(&top);
    struct groups groups = {.best = 3};
    groups_free(&groups);
}

static void groups_keep_their_own(void **state)
{
    (void)state;
    enum { GROUPS = 300 };
    struct error error = {0};
    struct groups groups = {.best = 2};
    for (unsigned i = 0; i < 5 * GROUPS; i++) {
        char key[32];
        int length = snprintf(key, sizeof key, "g%u", i * 7 % GROUPS);
        struct top *top =
            groups_find(&groups, (struct slice){key, (size_t)length}, &error);
        assert_non_null(top);
        offer(top, (struct result){(float)i, i});
        memset(key, '#', sizeof key);
    }
    assert_int_equal(groups.count, GROUPS);
    for (unsigned i = 0; i < GROUPS; i++) {
        struct top *top = &groups.list[i]; /* in order of appearance */
        top_sort(top);
        assert_int_equal(top->count, 2);
        assert_int_equal(top->list[0].facts.index, i + 4 * GROUPS);
        assert_int_equal(top->list[1].facts.index, i + 3 * GROUPS);
    }
    assert_ptr_equal(groups_find(&groups, slice_of("g7"), &error),
                     &groups.list[1]);
    assert_non_null(groups_find(&groups, (struct slice){"", 0}, &error));
    assert_int_equal(groups.count, GROUPS + 1);
    groups_free(&groups);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_of_many),
        cmocka_unit_test(memory_grows_with_n),
        cmocka_unit_test(empty_ones),
        cmocka_unit_test(groups_keep_their_own),
    };
    return cmocka_run_group_tests_name("top", tests, NULL, NULL);
}
