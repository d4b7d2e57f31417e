/*
 * test_added_tokens.c - how tokens with each flag cut a text.
 */
#include "text/added_tokens.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static struct added_tokens make(const struct added_token *tokens, size_t count,
                                const struct normalizer_list *normalizers)
{
    struct added_tokens added = {0};
    struct error error = {0};
    for (size_t i = 0; i < count; i++) {
        struct added_token token = tokens[i];
        token.id = (int32_t)i;
        assert_true(added_tokens_put(&added, token, &error));
    }
    assert_true(added_tokens_build(&added, normalizers, &error));
    return added;
}

/* Pieces in brackets and token numbers must be `want`. */
static void assert_cut(const struct added_tokens *added,
                       const struct added_matcher *matcher, const char *text,
                       const char *want)
{
    struct added_walk walk = {.text = slice_of(text)};
    const struct added_token *token;
    char got[256] = "";
    do {
        struct slice piece;
        size_t length = strlen(got);
        token = added_tokens_next(added, matcher, &walk, &piece);
        if (piece.length > 0)
            length +=
                (size_t)snprintf(got + length, sizeof got - length, "[%.*s]",
                                 (int)piece.length, piece.bytes);
        if (token != NULL)
            snprintf(got + length, sizeof got - length, "%d", (int)token->id);
    } while (token != NULL);
    assert_string_equal(got, want);
}

static const struct normalizer_list no_normalizers;

static void the_longest_at_the_leftmost_place_counts(void **state)
{
    (void)state;
    const struct added_token tokens[] = {
        {.content = slice_of("ab")},
        {.content = slice_of("abcd")},
        {.content = slice_of("bcde")},
        {.content = slice_of("[SEP]")},
    };
    struct added_tokens added = make(tokens, 4, &no_normalizers);
    assert_cut(&added, &added.raw, "", "");
    assert_cut(&added, &added.raw, "xyz", "[xyz]");
    assert_cut(&added, &added.raw, "xabcdex", "[x]1[ex]");
    assert_cut(&added, &added.raw, "abcab", "0[c]0");
    assert_cut(&added, &added.raw, "bcdeab", "20");
    assert_cut(&added, &added.raw, "a[SEP]b [SEP", "[a]3[b [SEP]");
    assert_cut(&added, &added.raw, "[SEP][SEP]", "33");
    assert_cut(&added, &added.raw, "[sep]", "[[sep]]");
    assert_cut(&added, &added.normalized, "abcd", "[abcd]");
    assert_int_equal(added_tokens_find(&added, slice_of("abcd"))->id, 1);
    assert_null(added_tokens_find(&added, slice_of("abc")));
    added_tokens_free(&added);
}

static void lstrip_and_rstrip_swallow_white_space(void **state)
{
    (void)state;
    const struct added_token tokens[] = {
        {.content = slice_of("<l>"), .lstrip = true},
        {.content = slice_of("<r>"), .rstrip = true},
        {.content = slice_of("<b>"), .lstrip = true, .rstrip = true},
    };
    struct added_tokens added = make(tokens, 3, &no_normalizers);
    assert_cut(&added, &added.raw, "a <l> b", "[a]0[ b]");
    assert_cut(&added, &added.raw, "a <r> b", "[a ]1[b]");
    assert_cut(&added, &added.raw, "a \t\xE3\x80\x80<b>\xC2\xA0\n b",
               "[a]2[b]");
    /* not what another match has swallowed already */
    assert_cut(&added, &added.raw, "<r> <l>", "10");
    assert_cut(&added, &added.raw, "<r>  <b>  <l>x", "120[x]");
    assert_cut(&added, &added.raw, "\xE2\x80\x8B<l>", "[\xE2\x80\x8B]0");
    added_tokens_free(&added);

    /* a token of blanks that the one before it has swallowed is none */
    const struct added_token blanks[] = {
        {.content = slice_of("   "), .lstrip = true, .rstrip = true}};
    added = make(blanks, 1, &no_normalizers);
    assert_cut(&added, &added.raw, "a        b   ", "[a]0[b]0");
    added_tokens_free(&added);
}

static void single_word_keeps_off_words(void **state)
{
    (void)state;
    const struct added_token tokens[] = {
        {.content = slice_of("qux"), .single_word = true},
        {.content = slice_of("ux1"), .single_word = false},
    };
    struct added_tokens added = make(tokens, 2, &no_normalizers);
    assert_cut(&added, &added.raw, "qux", "0");
    assert_cut(&added, &added.raw, "-qux-", "[-]0[-]");
    assert_cut(&added, &added.raw, "aqux", "[aqux]");
    assert_cut(&added, &added.raw, "qux_", "[qux_]");
    assert_cut(&added, &added.raw, "\xC3\xA9qux", "[\xC3\xA9qux]");
    assert_cut(&added, &added.raw, "qux\xCC\x81", "[qux\xCC\x81]");
    assert_cut(&added, &added.raw, "qux \xC2\xBDqux", "0[ \xC2\xBD]0");
    /* a match that is refused is over: nothing inside it is looked for */
    assert_cut(&added, &added.raw, "aqux1", "[aqux1]");
    added_tokens_free(&added);
}

static void normalized_tokens_match_their_normal_form(void **state)
{
    (void)state;
    struct normalizer bert;
    struct normalizer_list normalizers = {0};
    struct error error = {0};
    normalizer_bert(&bert, true, true, true, true);
    assert_true(normalizer_list_add(&normalizers, &bert, &error));
    const struct added_token tokens[] = {
        {.content = slice_of("FooBar"), .normalized = true},
        {.content = slice_of("F\xC3\xB6"
                             "bar"),
         .normalized = true},
        {.content = slice_of("\xE2\x80\x8B"), .normalized = true},
        {.content = slice_of("FOOBAR"), .normalized = true, .special = true},
        {.content = slice_of("Raw")},
    };
    struct added_tokens added = make(tokens, 5, &normalizers);
    /* two with one form: the special one was there first */
    assert_cut(&added, &added.normalized, "a foobar", "[a ]3");
    assert_cut(&added, &added.normalized, "fobar FooBar", "1[ FooBar]");
    assert_cut(&added, &added.raw, "foobar Raw", "[foobar ]4");
    added_tokens_free(&added);
    normalizer_list_free(&normalizers);
}

static void a_token_put_again_gets_the_new_flags(void **state)
{
    (void)state;
    struct added_tokens added = {0};
    struct error error = {0};
    struct added_token token = {.content = slice_of("<m>"), .id = 7};
    assert_true(added_tokens_put(&added, token, &error));
    token.lstrip = true;
    assert_true(added_tokens_put(&added, token, &error));
    token.content = slice_of("");
    assert_true(added_tokens_put(&added, token, &error));
    assert_int_equal(added.count, 1);
    assert_true(added_tokens_build(&added, &no_normalizers, &error));
    assert_cut(&added, &added.raw, "a <m>", "[a]7");
    added_tokens_free(&added);
}

/* Runs of blanks as ModernBERT has them: many tokens behind one byte. */
static void runs_of_blanks_take_the_longest(void **state)
{
    (void)state;
    static const char blanks[] = "        ";
    struct added_token tokens[8] = {0};
    for (size_t i = 0; i < 7; i++)
        tokens[i].content = (struct slice){blanks, 8 - i};
    tokens[7].content = slice_of("|||");
    struct added_tokens added = make(tokens, 8, &no_normalizers);
    assert_cut(&added, &added.raw, "a b", "[a b]");
    assert_cut(&added, &added.raw, "a  b   c", "[a]6[b]5[c]");
    assert_cut(&added, &added.raw, "         x", "0[ x]");
    assert_cut(&added, &added.raw, "||||", "7[|]");
    added_tokens_free(&added);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_longest_at_the_leftmost_place_counts),
        cmocka_unit_test(lstrip_and_rstrip_swallow_white_space),
        cmocka_unit_test(single_word_keeps_off_words),
        cmocka_unit_test(normalized_tokens_match_their_normal_form),
        cmocka_unit_test(a_token_put_again_gets_the_new_flags),
        cmocka_unit_test(runs_of_blanks_take_the_longest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
