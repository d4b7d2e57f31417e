/*
 * test_window.c - plans: distinct sequences once, packed by length, answers
 * found again by every record that asked.
 */
#include "rank/window.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { LABELS = 3 };

static void add(struct window *window, const int32_t *ids, const int32_t *types,
                size_t tokens)
{
    struct error error = {0};
    size_t at = window->ids.count;
    struct record_facts facts = {.bytes = {"record", 6},
                                 .index = window->count,
                                 .tokens = tokens,
                                 .is_scored = tokens > 0};
    for (size_t i = 0; i < tokens; i++) {
        assert_true(token_list_append(&window->ids, ids[i], &error));
        assert_true(token_list_append(&window->types, types[i], &error));
    }
    assert_true(window_add(window, &facts, PART_ONLY, at, &error));
}

/* The answer of a sequence is a sum that names its ids and types in order. */
static float answer(const int32_t *ids, const int32_t *types, size_t tokens,
                    size_t label)
{
    uint32_t sum = (uint32_t)(label + 1);
    for (size_t i = 0; i < tokens; i++)
        sum = sum * 31 + (uint32_t)ids[i] * 2 + (uint32_t)types[i];
    return (float)(sum & 0xFFFFF);
}

static void run_batches(struct window *window)
{
    for (size_t b = 0; b < window->batch_count; b++) {
        const struct batch *batch = &window->batches[b];
        float *logits = window->logits + window->batch_first[b] * LABELS;
        for (size_t s = 0; s < batch->sequences; s++)
            for (size_t label = 0; label < LABELS; label++)
                logits[s * LABELS + label] =
                    answer(batch->ids + batch->start[s],
                           batch->types + batch->start[s],
                           batch->start[s + 1] - batch->start[s], label);
    }
}

static void assert_answers(const struct window *window)
{
    for (size_t i = 0; i < window->count; i++) {
        const struct window_item *item = &window->items[i];
        if (!item->facts.is_scored)
            continue;
        const float *logits = window_logits(window, item, LABELS);
        for (size_t label = 0; label < LABELS; label++)
            assert_true(logits[label] ==
                        answer(window->ids.ids + item->first_token,
                               window->types.ids + item->first_token,
                               item->facts.tokens, label));
    }
}

/* Batches within the limit, sequences from long to short, none lost. */
static void assert_plan(const struct window *window, size_t limit,
                        size_t distinct)
{
    size_t sequences = 0, last = SIZE_MAX;
    for (size_t b = 0; b < window->batch_count; b++) {
        const struct batch *batch = &window->batches[b];
        assert_int_equal(window->batch_first[b], sequences);
        assert_true(batch->sequences > 0);
        assert_true(batch_tokens(batch) <= limit || batch->sequences == 1);
        assert_int_equal(batch->start[0], 0);
        for (size_t s = 0; s < batch->sequences; s++) {
            size_t tokens = batch->start[s + 1] - batch->start[s];
            assert_true(tokens <= last);
            last = tokens;
        }
        sequences += batch->sequences;
    }
    assert_int_equal(sequences, distinct);
    assert_int_equal(window->sequences, distinct);
}

static void plan_and_check(struct window *window, size_t limit, size_t workers,
                           size_t distinct)
{
    struct error error = {0};
    assert_true(window_plan(window, LABELS, limit, workers, &error));
    assert_plan(window, limit, distinct);
    run_batches(window);
    assert_answers(window);
}

/* 1 + i % lengths tokens, of `kinds` sorts; every seventh has no score.
 * Returns how many sequences are distinct. */
static size_t fill(struct window *window, size_t records, size_t lengths,
                   size_t kinds)
{
    static bool seen[64][64];
    size_t distinct = 0;
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < records; i++) {
        int32_t ids[64], types[64];
        size_t tokens = i % 7 == 6 ? 0 : 1 + i * 5 % lengths,
               kind = i / 3 % kinds;
        for (size_t t = 0; t < tokens; t++) {
            ids[t] = (int32_t)(t * 3 + kind);
            types[t] = (int32_t)(t > tokens / 2);
        }
        add(window, ids, types, tokens);
        distinct += tokens > 0 && !seen[tokens - 1][kind];
        if (tokens > 0)
            seen[tokens - 1][kind] = true;
    }
    return distinct;
}

static void every_sequence_once(void **state)
{
    (void)state;
    static const size_t limits[] = {1, 10, 64, 512, SIZE_MAX};
    struct window window = {0};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++)
        for (size_t workers = 1; workers <= 5; workers += 2) {
            size_t distinct = fill(&window, 500, 37, 11);
            assert_true(distinct > 100 && distinct < 407);
            plan_and_check(&window, limits[i], workers, distinct);
            window_reset(&window);
            assert_int_equal(window.count + window.ids.count, 0);
        }
    window_free(&window);
}

static void types_make_a_difference(void **state)
{
    (void)state;
    static const int32_t ids[] = {5, 6, 7}, a[] = {0, 0, 1}, b[] = {0, 1, 1};
    struct window window = {0};
    for (int i = 0; i < 4; i++) {
        add(&window, ids, a, 3);
        add(&window, ids, b, 3);
    }
    struct error error = {0};
    assert_true(window_plan(&window, LABELS, 64, 1, &error));
    run_batches(&window);
    assert_answers(&window);
    assert_true(window.sequences >= 2);
    window_free(&window);
}

/* Few pairs are spread over the workers, so that none is idle. */
static void a_small_window_is_shared_out(void **state)
{
    (void)state;
    for (size_t workers = 1; workers <= 8; workers++) {
        struct window window = {0};
        int32_t ids[10] = {0}, types[10] = {0};
        for (int32_t i = 0; i < 16; i++) {
            ids[0] = i;
            add(&window, ids, types, 10);
        }
        plan_and_check(&window, 512, workers, 16);
        assert_true(window.batch_count >= workers);
        window_free(&window);
    }
}

static void nothing_to_score(void **state)
{
    (void)state;
    struct window window = {0};
    plan_and_check(&window, 512, 2, 0);
    assert_int_equal(window.batch_count, 0);
    window_reset(&window);
    for (int i = 0; i < 5; i++)
        add(&window, NULL, NULL, 0);
    plan_and_check(&window, 512, 2, 0);
    assert_int_equal(window.batch_count, 0);
    window_free(&window);
}

static void records_are_copied(void **state)
{
    (void)state;
    struct error error = {0};
    struct window window = {0};
    char text[] = "bytesgroupquery";
    struct record_facts facts = {
        .bytes = {text, 5}, .group = {text + 5, 5}, .query = {text + 10, 5}};
    assert_true(window_add(&window, &facts, PART_ONLY, 0, &error));
    memset(text, '#', sizeof text);
    const struct record_facts *kept = &window.items[0].facts;
    assert_true(slice_is(kept->bytes, "bytes"));
    assert_true(slice_is(kept->group, "group"));
    assert_true(slice_is(kept->query, "query"));
    assert_int_equal(window.record_bytes, 15);
    window_free(&window);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_sequence_once),
        cmocka_unit_test(types_make_a_difference),
        cmocka_unit_test(a_small_window_is_shared_out),
        cmocka_unit_test(nothing_to_score),
        cmocka_unit_test(records_are_copied),
    };
    return cmocka_run_group_tests_name("window", tests, NULL, NULL);
}
