/*
 * test_models.c - WordPiece, BPE and Unigram over vocabularies of a few
 * tokens, and the cache of words in front of them.
 */
#include "base/memory.h"
#include "text/subword.h"
#include "text/word_cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct subword_model *model, const char *const *tokens)
{
    struct error error = {0};
    for (int32_t id = 0; tokens[id] != NULL; id++)
        assert_true(vocabulary_add(&model->vocabulary, id, slice_of(tokens[id]),
                                   &error));
}

/* The tokens of a word, with blanks between, must be `want`. */
static void assert_tokens(const struct subword_model *model, const char *word,
                          const char *want)
{
    struct subword_scratch scratch = {0};
    struct token_list ids = {0};
    struct error error = {0};
    char got[4096] = "";
    assert_true(
        model->encode(model, slice_of(word), &scratch, &ids, NULL, &error));
    for (size_t i = 0; i < ids.count; i++) {
        struct slice token = vocabulary_token(&model->vocabulary, ids.ids[i]);
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s",
                 i > 0 ? " " : "", (int)token.length, token.bytes);
    }
    assert_string_equal(got, want);
    token_list_free(&ids);
    subword_scratch_free(&scratch);
}

static struct subword_model make_wordpiece(size_t longest_word)
{
    static const char *const tokens[] = {
        "[UNK]",   "a",          "un",           "##aff",
        "##able",  "##a",        "aff",          "##ff",
        "unaffab", "##\xC3\xA9", "\xE4\xB8\xAD", "averylongtokenindeed",
        NULL};
    struct subword_model model = {0};
    struct error error = {0};
    fill(&model, tokens);
    assert_true(subword_wordpiece(&model, slice_of("[UNK]"), slice_of("##"),
                                  longest_word, &error));
    return model;
}

static void wordpiece_is_greedy(void **state)
{
    (void)state;
    struct subword_model model = make_wordpiece(100);
    assert_tokens(&model, "a", "a");
    assert_tokens(&model, "unaff", "un ##aff");
    assert_tokens(&model, "unaff\xC3\xA9", "un ##aff ##\xC3\xA9");
    /* the longest first piece leaves a rest that nothing begins */
    assert_tokens(&model, "unaffable", "[UNK]");
    assert_tokens(&model, "unx", "[UNK]");
    assert_tokens(&model, "\xE4\xB8\xAD", "\xE4\xB8\xAD");
    assert_tokens(&model, "averylongtokenindeed", "averylongtokenindeed");
    assert_tokens(&model, "averylongtokenindee", "[UNK]");
    assert_tokens(&model, "##aff", "##aff");
    subword_free(&model);
}

static void wordpiece_counts_characters_not_bytes(void **state)
{
    (void)state;
    struct subword_model model = make_wordpiece(3);
    assert_tokens(&model, "una", "un ##a");
    assert_tokens(&model, "unaa", "[UNK]");
    assert_tokens(&model, "a\xC3\xA9\xC3\xA9", "a ##\xC3\xA9 ##\xC3\xA9");
    subword_free(&model);
}

static void wordpiece_needs_its_unknown_token(void **state)
{
    (void)state;
    static const char *const tokens[] = {"a", NULL};
    struct subword_model model = {0};
    struct error error = {0};
    fill(&model, tokens);
    assert_false(subword_wordpiece(&model, slice_of("[UNK]"), slice_of("##"),
                                   100, &error));
    assert_string_equal(error.text, "no unknown token '[UNK]' in the "
                                    "vocabulary");
    subword_free(&model);
}

static struct subword_model make_bpe(const char *unknown, bool fuses,
                                     bool falls_back)
{
    static const char *const tokens[] = {"<unk>",
                                         "a",
                                         "b",
                                         "c",
                                         "ab",
                                         "bc",
                                         "abc",
                                         "aa",
                                         "aaa",
                                         "<0xC3>",
                                         "<0xA9>",
                                         "\xE4\xB8\xAD",
                                         "\xE4\xB8\xAD"
                                         "a",
                                         "cab",
                                         NULL};
    static const char *const rules[][2] = {
        {"a", "b"}, {"b", "c"},  {"a", "bc"},           {"ab", "c"},
        {"a", "a"}, {"aa", "a"}, {"\xE4\xB8\xAD", "a"},
    };
    struct subword_model model = {
        .bpe = {.fuses_unknown = fuses, .falls_back = falls_back}};
    struct error error = {0};
    fill(&model, tokens);
    assert_true(subword_bpe(&model, slice_of(unknown), &error));
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        assert_true(subword_bpe_rule(&model, slice_of(rules[i][0]),
                                     slice_of(rules[i][1]), &error));
    return model;
}

static void bpe_merges_by_rank_then_place(void **state)
{
    (void)state;
    struct subword_model model = make_bpe("", false, false);
    assert_tokens(&model, "a", "a");
    assert_tokens(&model, "abc", "abc"); /* ab before bc, then ab c */
    assert_tokens(&model, "bc", "bc");
    assert_tokens(&model, "cab", "c ab"); /* a token that no rule makes */
    assert_tokens(&model, "aaaa", "aa aa");
    assert_tokens(&model, "aaaaa", "aa aaa");
    assert_tokens(&model,
                  "\xE4\xB8\xAD"
                  "ab",
                  "\xE4\xB8\xAD ab");
    assert_tokens(&model,
                  "\xE4\xB8\xAD"
                  "aa",
                  "\xE4\xB8\xAD aa");
    assert_tokens(&model,
                  "\xE4\xB8\xAD"
                  "ac",
                  "\xE4\xB8\xAD"
                  "a c");
    subword_free(&model);
}

/* "ab" waits in the heap when "bc" has made it out of date. */
static void bpe_drops_merges_that_are_out_of_date(void **state)
{
    (void)state;
    static const char *const tokens[] = {"a",  "b",   "c",    "ab",
                                         "bc", "abc", "abbc", NULL};
    static const char *const rules[][2] = {
        {"b", "c"}, {"a", "b"}, {"a", "bc"}, {"ab", "bc"}};
    struct subword_model model = {.name = NULL};
    struct error error = {0};
    fill(&model, tokens);
    assert_true(subword_bpe(&model, slice_of(""), &error));
    for (size_t i = 0; i < 4; i++)
        assert_true(subword_bpe_rule(&model, slice_of(rules[i][0]),
                                     slice_of(rules[i][1]), &error));
    assert_tokens(&model, "abc", "abc");
    assert_tokens(&model, "abbc", "abbc");
    assert_tokens(&model, "abb", "ab b");
    subword_free(&model);
}

static void bpe_handles_unknown_characters(void **state)
{
    (void)state;
    struct subword_model model = make_bpe("", false, false);
    assert_tokens(&model, "a?b", "ab"); /* dropped, then merged */
    assert_tokens(&model, "?", "");
    subword_free(&model);

    model = make_bpe("<unk>", false, false);
    assert_tokens(&model, "a??b?", "a <unk> <unk> b <unk>");
    subword_free(&model);

    model = make_bpe("<unk>", true, false);
    assert_tokens(&model, "a??b?", "a <unk> b <unk>");
    subword_free(&model);

    model = make_bpe("<unk>", true, true);
    assert_tokens(&model,
                  "a\xC3\xA9"
                  "b\xC3\xA4",
                  "a <0xC3> <0xA9> b <unk>");
    subword_free(&model);
}

static void bpe_may_take_a_word_whole(void **state)
{
    (void)state;
    struct subword_model model = make_bpe("", false, false);
    model.bpe.ignores_merges = true;
    assert_tokens(&model, "cab", "cab");
    assert_tokens(&model, "caba", "c ab a");
    subword_free(&model);
}

static void bpe_refuses_rules_of_unknown_tokens(void **state)
{
    (void)state;
    struct subword_model model = make_bpe("", false, false);
    static const char *const rules[][2] = {
        {"a", "x"}, {"x", "a"}, {"b", "a"}, {"", "a"}, {"a", ""}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct error error = {0};
        assert_false(subword_bpe_rule(&model, slice_of(rules[i][0]),
                                      slice_of(rules[i][1]), &error));
        assert_non_null(strstr(error.text, "were expected in the vocabulary"));
    }
    subword_free(&model);
}

/* A long word goes through the same heap as a short one. */
static void bpe_takes_long_words(void **state)
{
    (void)state;
    enum { LENGTH = 60000 };
    struct subword_model model = make_bpe("", false, false);
    struct subword_scratch scratch = {0};
    struct token_list ids = {0};
    struct error error = {0};
    static char word[LENGTH];
    for (size_t i = 0; i < LENGTH; i++)
        word[i] = "abc"[i % 3];
    assert_true(model.encode(&model, (struct slice){word, LENGTH}, &scratch,
                             &ids, NULL, &error));
    assert_int_equal(ids.count, LENGTH / 3);
    token_list_free(&ids);
    subword_scratch_free(&scratch);
    subword_free(&model);
}

static struct subword_model make_unigram(bool falls_back)
{
    static const struct {
        const char *piece;
        double score;
    } pieces[] = {
        {"<unk>", 0},     {"<s>", 0}, {"_", -2},     {"a", -3},
        {"b", -3},        {"ab", -4}, {"abc", -5.5}, {"c", -1},
        {"_a", -4.5},     {"bc", -4}, {"<0xC3>", 0}, {"<0xA9>", 0},
        {"\xC3\xA4", -3},
    };
    struct subword_model model = {.unigram = {.falls_back = falls_back}};
    struct error error = {0};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        assert_true(subword_unigram_add(&model, slice_of(pieces[i].piece),
                                        pieces[i].score, &error));
    assert_true(subword_unigram(&model, 0, &error));
    return model;
}

static void unigram_finds_the_best_sum(void **state)
{
    (void)state;
    struct subword_model model = make_unigram(false);
    assert_tokens(&model, "ab", "ab");    /* -4 against -6 */
    assert_tokens(&model, "abc", "ab c"); /* -5 against -5.5 */
    assert_tokens(&model, "_ab", "_ ab"); /* -6 against -7.5 */
    assert_tokens(&model, "_abc", "_ ab c");
    assert_tokens(&model, "cc", "c c");
    assert_tokens(&model,
                  "\xC3\xA4"
                  "a",
                  "\xC3\xA4 a");
    assert_tokens(&model, "<s>", "<s>");
    subword_free(&model);
}

/* "bc" and "b" "c" both cost 4: the one with the smaller start came first. */
static void unigram_keeps_the_first_of_equals(void **state)
{
    (void)state;
    struct subword_model model = make_unigram(false);
    assert_tokens(&model, "bc", "bc");
    subword_free(&model);
}

static void unigram_fuses_unknown_characters(void **state)
{
    (void)state;
    struct subword_model model = make_unigram(false);
    assert_true(model.unigram.unknown_score == -15.5);
    assert_tokens(&model, "a??b", "a <unk> b");
    assert_tokens(&model, "?a?", "<unk> a <unk>");
    assert_tokens(&model, "<unk>??", "<unk>");
    assert_tokens(&model, "\xC3\xA9", "<unk>");
    subword_free(&model);

    model = make_unigram(true);
    assert_tokens(&model, "a\xC3\xA9\xC3\xA9", "a <0xC3> <0xA9> <0xC3> <0xA9>");
    assert_tokens(&model, "?\xC3\xA9", "<unk>"); /* '?' has no byte token */
    subword_free(&model);
}

static void unigram_refuses_a_wild_unknown_id(void **state)
{
    (void)state;
    struct subword_model model = {0};
    struct error error = {0};
    assert_true(subword_unigram_add(&model, slice_of("a"), 0, &error));
    assert_false(subword_unigram(&model, 1, &error));
    assert_string_equal(error.text, "the unknown piece has id 1 of 1 pieces");
    subword_free(&model);
}

static void scores_must_be_finite(void **state)
{
    (void)state;
    struct subword_model model = {0};
    struct error error = {0};
    assert_false(subword_unigram_add(&model, slice_of("a"), strtod("nan", NULL),
                                     &error));
    assert_string_equal(error.text, "a score that is no number");
    subword_free(&model);
}

/* Words of every length, many more than there are slots, twice over. */
static void the_cache_changes_nothing(void **state)
{
    (void)state;
    struct subword_model model = make_bpe("<unk>", false, false);
    struct subword_scratch scratch = {0};
    struct word_cache cache = {0};
    struct token_list cached = {0}, direct = {0};
    struct error error = {0};
    for (unsigned round = 0; round < 2; round++)
        for (unsigned number = 1; number < 20000; number++) {
            char word[40];
            size_t length = number % 30 + 1;
            for (size_t i = 0; i < length; i++)
                word[i] = "abca"[number >> (i % 15) & 3];
            struct slice slice = {word, length};
            cached.count = direct.count = 0;
            assert_true(word_cache_encode(&cache, &model, slice, &scratch,
                                          &cached, &error));
            assert_true(
                model.encode(&model, slice, &scratch, &direct, NULL, &error));
            assert_int_equal(cached.count, direct.count);
            assert_memory_equal(cached.ids, direct.ids,
                                direct.count * sizeof *direct.ids);
        }
    token_list_free(&cached);
    token_list_free(&direct);
    word_cache_free(&cache);
    subword_scratch_free(&scratch);
    subword_free(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wordpiece_is_greedy),
        cmocka_unit_test(wordpiece_counts_characters_not_bytes),
        cmocka_unit_test(wordpiece_needs_its_unknown_token),
        cmocka_unit_test(bpe_merges_by_rank_then_place),
        cmocka_unit_test(bpe_drops_merges_that_are_out_of_date),
        cmocka_unit_test(bpe_handles_unknown_characters),
        cmocka_unit_test(bpe_may_take_a_word_whole),
        cmocka_unit_test(bpe_refuses_rules_of_unknown_tokens),
        cmocka_unit_test(bpe_takes_long_words),
        cmocka_unit_test(unigram_finds_the_best_sum),
        cmocka_unit_test(unigram_keeps_the_first_of_equals),
        cmocka_unit_test(unigram_fuses_unknown_characters),
        cmocka_unit_test(unigram_refuses_a_wild_unknown_id),
        cmocka_unit_test(scores_must_be_finite),
        cmocka_unit_test(the_cache_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
