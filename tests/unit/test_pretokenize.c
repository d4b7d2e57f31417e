/*
 * test_pretokenize.c - each splitter alone, and lists of them.
 */
#include "text/pretokenize.h"
#include "text/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* The words of a text, each with a '|' behind it, must be `want`. */
static void assert_words(const struct splitter *items, size_t count,
                         const char *text, bool at_start, const char *want)
{
    struct splitter_list list = {0};
    struct split_scratch scratch = {0};
    struct error error = {0};
    for (size_t i = 0; i < count; i++)
        assert_true(splitter_list_add(&list, &items[i], &error));
    const struct words *words =
        pretokenize(&list, slice_of(text), at_start, &scratch, &error);
    assert_non_null(words);

    struct buffer got = {0};
    for (size_t i = 0; i < words->count; i++) {
        assert_true(buffer_append(&got, words->items[i].bytes,
                                  words->items[i].length, &error));
        assert_true(buffer_append(&got, "|", 1, &error));
    }
    assert_true(buffer_append(&got, "", 1, &error));
    assert_string_equal(got.bytes, want);
    buffer_free(&got);
    split_scratch_free(&scratch);
    splitter_list_free(&list);
}

static void assert_split(const struct splitter *splitter, const char *text,
                         const char *want)
{
    assert_words(splitter, 1, text, true, want);
}

static void bert_drops_blanks_and_isolates_signs(void **state)
{
    (void)state;
    struct splitter bert;
    splitter_bert(&bert);
    assert_split(&bert, "", "");
    assert_split(&bert, "  ", "");
    assert_split(&bert, " a bc\td ", "a|bc|d|");
    assert_split(&bert, "it's $5.", "it|'|s|$|5|.|");
    assert_split(&bert, "a--b^c~", "a|-|-|b|^|c|~|");
    assert_split(&bert,
                 "\xE2\x82\xAC"
                 "5\xE3\x80\x82x", /* euro, full stop */
                 "\xE2\x82\xAC"
                 "5|\xE3\x80\x82|x|");
    assert_split(&bert,
                 "a\xC2\xA0"
                 "b\xC3\xA9",
                 "a|b\xC3\xA9|");
}

#define G "\xC4\xA0" /* what a space becomes */

static void byte_level_follows_gpt2_s_expression(void **state)
{
    (void)state;
    struct splitter bytes;
    splitter_byte_level(&bytes, false, true);
    static const char *const cases[][2] = {
        {"Hello world", "Hello|" G "world|"},
        {" Hello", G "Hello|"},
        {"a  b", "a|" G "|" G "b|"},
        {"a   ", "a|" G G G "|"},
        {"\n\nx", "\xC4\x8A|\xC4\x8A|x|"},
        {"it's IT'S 're", "it|'s|" G "IT|'|S|" G "'|re|"},
        {"x'd ''s 'll've", "x|'d|" G "''|s|" G "'|ll|'ve|"},
        {"abc123!?", "abc|123|!?|"},
        {" 12 .", G "12|" G ".|"},
        {"x \t y", "x|" G "\xC4\x89|" G "y|"},
        {"x \xC2\xA0y", "x|" G "|\xC3\x82\xC5\x82|y|"},
        {"e\xCC\x81", "e|\xC3\x8C\xC4\xA3|"},
        {"\xC2\xBD"
         "a",
         "\xC3\x82\xC2\xBD|a|"},
        {"'", "'|"},
        {"'r", "'|r|"},
        {"\x7F", "\xC4\xA1|"},
        {"\xC2\xAD", "\xC3\x82\xC5\x83|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_split(&bytes, cases[i][0], cases[i][1]);
}

static void byte_level_may_put_a_space_in_front(void **state)
{
    (void)state;
    struct splitter bytes;
    splitter_byte_level(&bytes, true, true);
    static const char *const cases[][2] = {
        {"Hello", G "Hello|"},
        {" Hello", G "Hello|"},
        {"'s", G "'|s|"},
        {"\nx", G "|\xC4\x8A|x|"},
        {"\n\nx", G "\xC4\x8A|\xC4\x8A|x|"},
        {"\n", G "\xC4\x8A|"},
        {"7a", G "7|a|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_split(&bytes, cases[i][0], cases[i][1]);
    splitter_byte_level(&bytes, true, false);
    assert_split(&bytes, "a b", G "a" G "b|");
}

#define M METASPACE

static void metaspace_begins_every_word(void **state)
{
    (void)state;
    struct splitter meta;
    splitter_metaspace(&meta, slice_of(M), PREFIX_ALWAYS, true);
    assert_split(&meta, "a b", M "a|" M "b|");
    assert_split(&meta, " a", M "a|");
    assert_split(&meta, "a  b", M "a|" M "|" M "b|");
    assert_split(&meta, M "a" M, M "a|" M "|");
    assert_split(&meta, "\xE2\x96\x82", M "\xE2\x96\x82|");
    assert_words(&meta, 1, "a", false, M "a|");

    splitter_metaspace(&meta, slice_of(M), PREFIX_FIRST, true);
    assert_split(&meta, "a b", M "a|" M "b|");
    assert_words(&meta, 1, "a b", false, "a|" M "b|");

    splitter_metaspace(&meta, slice_of(M), PREFIX_NEVER, true);
    assert_split(&meta, "a b", "a|" M "b|");

    splitter_metaspace(&meta, slice_of("_"), PREFIX_ALWAYS, false);
    assert_split(&meta, "a b", "_a_b|");
}

static void cutters_keep_matches_as_asked(void **state)
{
    (void)state;
    static const struct {
        enum cut cut;
        const char *want;
    } cases[] = {
        {CUT_REMOVED, "the|final|countdown|"},
        {CUT_ISOLATED, "the|-|final|-|-|countdown|"},
        {CUT_CONTIGUOUS, "the|-|final|--|countdown|"},
        {CUT_WITH_PREVIOUS, "the-|final-|-|countdown|"},
        {CUT_WITH_NEXT, "the|-final|-|-countdown|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct splitter cutter;
        splitter_cut_kind(&cutter, unicode_is_punctuation, cases[i].cut);
        assert_split(&cutter, "the-final--countdown", cases[i].want);
        splitter_cut_pattern(&cutter, (struct pattern){.text = slice_of("-")},
                             cases[i].cut);
        assert_split(&cutter, "the-final--countdown", cases[i].want);
    }
    struct splitter spaces;
    splitter_cut_kind(&spaces, unicode_is_space, CUT_REMOVED);
    assert_split(&spaces,
                 " a\xE3\x80\x80"
                 "b\xE2\x80\x8B"
                 "c\n",
                 "a|b\xE2\x80\x8B"
                 "c|");
}

/* A second splitter sees the words of the first, not the text. */
static void a_list_splits_words_further(void **state)
{
    (void)state;
    struct splitter items[3];
    splitter_cut_kind(&items[0], unicode_is_space, CUT_REMOVED);
    splitter_cut_kind(&items[1], unicode_is_punctuation, CUT_ISOLATED);
    splitter_metaspace(&items[2], slice_of(M), PREFIX_ALWAYS, true);
    assert_words(items, 3, "a b,c\n", true, M "a|" M "b|" M ",|" M "c|");

    splitter_metaspace(&items[2], slice_of(M), PREFIX_FIRST, true);
    assert_words(items, 3, "a b", true, M "a|b|");
    assert_words(items, 3, " a b", true, "a|b|");
    assert_words(items, 0, "a b", true, "a b|");
}

/* Words that a splitter rewrites stay where they are while it goes on. */
static void long_texts_do_not_move_their_words(void **state)
{
    (void)state;
    enum { WORDS = 5000 };
    static char text[2 * WORDS + 1], want[5 * WORDS + 1];
    for (size_t i = 0; i < WORDS; i++) {
        memcpy(text + 2 * i, "a ", 3);
        memcpy(want + 5 * i, M "a|", 6);
    }
    text[2 * WORDS - 1] = '\0';
    struct splitter items[2];
    splitter_cut_kind(&items[0], unicode_is_space, CUT_REMOVED);
    splitter_metaspace(&items[1], slice_of(M), PREFIX_ALWAYS, true);
    assert_words(items, 2, text, true, want);
}

/* What one rewrote is read while the other one writes. */
static void two_may_rewrite_with_a_cut_between(void **state)
{
    (void)state;
    enum { SIGNS = 2000 };
    static char text[SIGNS + 1], want[4 * SIGNS + 1];
    memset(text, '+', SIGNS);
    for (size_t i = 0; i < SIGNS; i++)
        memcpy(want + 4 * i, G "+|", 5);
    struct splitter items[3];
    splitter_metaspace(&items[0], slice_of(M), PREFIX_NEVER, true);
    splitter_cut_kind(&items[1], unicode_is_punctuation, CUT_ISOLATED);
    splitter_byte_level(&items[2], true, true);
    assert_words(items, 3, text, true, want);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bert_drops_blanks_and_isolates_signs),
        cmocka_unit_test(byte_level_follows_gpt2_s_expression),
        cmocka_unit_test(byte_level_may_put_a_space_in_front),
        cmocka_unit_test(metaspace_begins_every_word),
        cmocka_unit_test(cutters_keep_matches_as_asked),
        cmocka_unit_test(a_list_splits_words_further),
        cmocka_unit_test(long_texts_do_not_move_their_words),
        cmocka_unit_test(two_may_rewrite_with_a_cut_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
