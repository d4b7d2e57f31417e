/*
 * test_passages.c - windows of a long text: every token, in the right place,
 * however long the text is; and what becomes of their logits.
 */
#include "base/memory.h"
#include "rank/passages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct tokenizer *tokenizer;
static struct tokenizer_scratch scratch;

static int open_tokenizer(void **state)
{
    (void)state;
    char path[4096];
    struct error error = {0};
    const char *source = getenv("top_srcdir");
    snprintf(path, sizeof path, "%s/tests/golden/bert", source ? source : ".");
    tokenizer = tokenizer_open(path, &error);
    assert_string_equal(error.text, "");
    return 0;
}

static int close_tokenizer(void **state)
{
    (void)state;
    tokenizer_scratch_free(&scratch);
    tokenizer_close(tokenizer);
    return 0;
}

/* Words with accents, blanks and ideographs between them. */
static struct slice make_text(size_t words, struct buffer *text)
{
    static const char *const some[] = {"report ",
                                       "a bug, ",
                                       "the  disk is full. ",
                                       "R\xC3\xA9sum\xC3\xA9 ",
                                       "x\n",
                                       "\xE4\xB8\xAD ",
                                       "unaffordableness ",
                                       "42 "};
    struct error error = {0};
    for (size_t i = 0; i < words; i++) {
        const char *word = some[(i * 2654435761u >> 8) % 8];
        assert_true(buffer_append(text, word, strlen(word), &error));
    }
    return buffer_slice(text);
}

/* The windows of the text against those of its tokens, all at once. */
static void assert_windows(struct slice text, size_t length, size_t stride)
{
    struct token_list ids = {0};
    struct span_list spans = {0};
    struct error error = {0};
    struct passages passages = {0};
    struct passage passage;
    bool is_whole;
    assert_true(tokenizer_encode_spans(tokenizer, &scratch, text, &ids, &spans,
                                       NULL, &error));
    passages_open(&passages, tokenizer, &scratch, text, SIZE_MAX);
    assert_true(passages_look(&passages, length, &is_whole, &error));
    assert_int_equal(is_whole, ids.count <= length);

    size_t number = 0, begin = 0;
    passages_begin(&passages, length, stride);
    do {
        assert_true(passages_next(&passages, &passage, &error));
        size_t count = ids.count < length ? ids.count : length;
        bool is_last = begin + length >= ids.count;
        if (is_last)
            begin = ids.count - count;
        assert_int_equal(passage.number, number++);
        assert_int_equal(passage.is_last, is_last);
        assert_int_equal(passage.tokens.count, count);
        assert_memory_equal(passage.tokens.ids, ids.ids + begin,
                            count * sizeof *ids.ids);
        assert_memory_equal(passage.spans, spans.spans + begin,
                            count * sizeof *spans.spans);
        assert_int_equal(passage.span.begin, spans.spans[begin].begin);
        assert_int_equal(passage.span.end, spans.spans[begin + count - 1].end);
        begin += stride;
    } while (!passage.is_last);
    assert_int_equal(passages_tokens(&passages), ids.count);
    passages_free(&passages);
    token_list_free(&ids);
    span_list_free(&spans);
}

static void windows_cover_all_tokens(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct slice all = make_text(60, &text);
    for (size_t words = 4; words < all.length; words += 41)
        for (size_t length = 1; length < 20; length += 3)
            for (size_t stride = 1; stride <= length; stride += 2) {
                struct slice some = {all.bytes, words};
                /* no cut within a character */
                while (some.length < all.length &&
                       ((unsigned char)some.bytes[some.length] & 0xC0) == 0x80)
                    some.length++;
                assert_windows(some, length, stride);
            }
    buffer_free(&text);
}

/* Beyond what is encoded at once. */
static void a_text_in_several_pieces_has_the_same_windows(void **state)
{
    (void)state;
    struct buffer text = {0};
    struct slice all = make_text(400000, &text);
    assert_true(all.length > 3 << 20);
    size_t cut = tokenizer_cut(tokenizer, all, 1 << 20);
    assert_in_range(cut, 1 << 20, (1 << 20) + 1000);
    assert_windows(all, 500, 250);
    assert_windows(all, 37, 37);
    buffer_free(&text);
}

static float first_logit(const void *context, const float *logits)
{
    (void)context;
    return logits[0];
}

static size_t fold(enum aggregate how, const float *logits, size_t count,
                   float *result)
{
    return passages_fold(how, logits, count, 2, first_logit, NULL, result);
}

static void logits_are_folded_as_asked(void **state)
{
    (void)state;
    const float logits[] = {1, 10, 4, 20, 4, 30, 2, 40};
    float result[2];
    assert_int_equal(fold(AGGREGATE_MAX, logits, 4, result), 1);
    assert_true(result[0] == 4 && result[1] == 20);
    assert_int_equal(fold(AGGREGATE_FIRST, logits, 4, result), 0);
    assert_true(result[0] == 1 && result[1] == 10);
    assert_int_equal(fold(AGGREGATE_MEAN, logits, 4, result), 1);
    assert_true(result[0] == 2.75F && result[1] == 25);
    assert_int_equal(fold(AGGREGATE_TOP2, logits, 4, result), 1);
    assert_true(result[0] == 4 && result[1] == 25);
    assert_int_equal(fold(AGGREGATE_TOP2, logits, 2, result), 1);
    assert_true(result[0] == 2.5F && result[1] == 15);
    assert_int_equal(fold(AGGREGATE_TOP2, logits, 1, result), 0);
    assert_true(result[0] == 1 && result[1] == 10);
}

static void nan_is_below_all(void **state)
{
    (void)state;
    const float logits[] = {NAN, 1, -5, 2, NAN, 3, -9, 4};
    float result[2];
    assert_int_equal(fold(AGGREGATE_MAX, logits, 4, result), 1);
    assert_true(result[0] == -5 && result[1] == 2);
    assert_int_equal(fold(AGGREGATE_TOP2, logits, 4, result), 1);
    assert_true(result[0] == -7 && result[1] == 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_cover_all_tokens),
        cmocka_unit_test(a_text_in_several_pieces_has_the_same_windows),
        cmocka_unit_test(logits_are_folded_as_asked),
        cmocka_unit_test(nan_is_below_all),
    };
    return cmocka_run_group_tests(tests, open_tokenizer, close_tokenizer);
}
