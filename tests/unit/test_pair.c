/*
 * test_pair.c - templates, token types and the three ways to cut a pair; the
 * lengths are those of the reference (transformers 4.57.6).
 */
#include "text/pair.h"

#include "directory.h"

static const char vocabulary[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n";

/* `more` goes into tokenizer_config.json. */
static struct tokenizer *open_with(const char *class, const char *more)
{
    struct directory directory;
    struct error error = {0};
    char config[256];
    directory_make(&directory);
    directory_put(&directory, "vocab.txt", vocabulary);
    snprintf(config, sizeof config,
             "{\"tokenizer_class\": \"%s\", \"cls_token\": \"[CLS]\", "
             "\"sep_token\": \"[SEP]\"%s}",
             class, more);
    directory_put(&directory, "tokenizer_config.json", config);
    struct tokenizer *tokenizer = tokenizer_open(directory.path, &error);
    directory_remove(&directory);
    assert_string_equal(error.text, "");
    return tokenizer;
}

static struct tokenizer *open_class(const char *class)
{
    return open_with(class, "");
}

/* Ids of texts are 100, 101.. and 200, 201..; '-' joins id and type. */
static void assert_pair(const struct tokenizer *tokenizer, size_t first,
                        int second, size_t limit, enum truncation truncation,
                        const char *want)
{
    int32_t a[16], b[16];
    for (int i = 0; i < 16; i++) {
        a[i] = 100 + i;
        b[i] = 200 + i;
    }
    struct id_span one = {a, first}, two = {b, second < 0 ? 0 : (size_t)second};
    struct token_list ids = {0}, types = {0};
    struct error error = {0};
    bool cut;
    char got[512] = "";
    struct cut_rule rule = {limit, truncation, tokenizer_keeps_end(tokenizer)};
    assert_true(pair_build(tokenizer, one, second < 0 ? NULL : &two, rule, &ids,
                           &types, &cut, &error));
    assert_int_equal(ids.count, types.count);
    for (size_t i = 0; i < ids.count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%d-%d",
                 i > 0 ? " " : "", (int)ids.ids[i], (int)types.ids[i]);
    assert_string_equal(got, want);

    size_t whole = pair_length(tokenizer, one, second < 0 ? NULL : &two);
    assert_int_equal(cut, whole > limit);
    token_list_free(&ids);
    token_list_free(&types);
}

static void bert_s_template_has_three_special_tokens(void **state)
{
    (void)state;
    struct tokenizer *bert = open_class("BertTokenizer");
    assert_int_equal(pair_special_tokens(bert, false), 2);
    assert_int_equal(pair_special_tokens(bert, true), 3);
    assert_pair(bert, 2, -1, SIZE_MAX, 0, "2-0 100-0 101-0 3-0");
    assert_pair(bert, 1, 2, SIZE_MAX, 0, "2-0 100-0 3-0 200-1 201-1 3-1");
    assert_pair(bert, 1, 0, SIZE_MAX, 0, "2-0 100-0 3-0 3-1");
    assert_pair(bert, 0, 0, SIZE_MAX, 0, "2-0 3-0 3-1");
    assert_pair(bert, 0, -1, SIZE_MAX, 0, "2-0 3-0");
    tokenizer_close(bert);
}

static void mpnet_s_template_has_two_separators_and_no_types(void **state)
{
    (void)state;
    struct tokenizer *mpnet = open_class("MPNetTokenizer");
    assert_int_equal(pair_special_tokens(mpnet, true), 4);
    assert_pair(mpnet, 1, 1, SIZE_MAX, 0, "2-0 100-0 3-0 3-0 200-0 3-0");
    tokenizer_close(mpnet);
}

/* The model has no token types, although the template has. */
static void types_are_zero_where_the_model_takes_none(void **state)
{
    (void)state;
    struct tokenizer *distilbert = open_class("DistilBertTokenizer");
    assert_false(tokenizer_gives_types(distilbert));
    assert_pair(distilbert, 1, 1, SIZE_MAX, 0, "2-0 100-0 3-0 200-0 3-0");
    tokenizer_close(distilbert);
}

/* How many tokens of each text stay when a + b are cut to `room`. */
static void assert_kept(const struct tokenizer *tokenizer, size_t first,
                        size_t second, size_t room, enum truncation truncation,
                        size_t kept_first, size_t kept_second)
{
    int32_t a[64] = {0}, b[64];
    for (int i = 0; i < 64; i++)
        b[i] = 1;
    struct id_span one = {a, first}, two = {b, second};
    struct token_list ids = {0}, types = {0};
    struct error error = {0};
    bool cut;
    size_t specials = pair_special_tokens(tokenizer, true);
    assert_true(pair_build(
        tokenizer, one, &two,
        (struct cut_rule){.limit = room + specials, .truncation = truncation},
        &ids, &types, &cut, &error));
    size_t zeros = 0, ones = 0;
    for (size_t i = 0; i < ids.count; i++) {
        zeros += ids.ids[i] == 0;
        ones += ids.ids[i] == 1;
    }
    assert_int_equal(zeros, kept_first);
    assert_int_equal(ones, kept_second);
    token_list_free(&ids);
    token_list_free(&types);
}

static void longest_first_keeps_the_shorter_text(void **state)
{
    (void)state;
    static const size_t cases[][5] = {
        /* a, b, room, kept of a, kept of b */
        {5, 5, 10, 5, 5},     {5, 5, 5, 2, 3}, {5, 5, 6, 3, 3},
        {6, 5, 5, 3, 2},      {1, 5, 4, 1, 3}, {5, 1, 4, 3, 1},
        {3, 9, 6, 3, 3},      {3, 9, 5, 2, 3}, {9, 3, 5, 3, 2},
        {0, 9, 4, 0, 4},      {9, 0, 4, 4, 0}, {5, 5, 1, 0, 1},
        {6, 5, 1, 1, 0},      {5, 5, 0, 0, 0}, {40, 60, 50, 25, 25},
        {20, 60, 50, 20, 30},
    };
    struct tokenizer *bert = open_class("BertTokenizer");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_kept(bert, cases[i][0], cases[i][1], cases[i][2],
                    TRUNCATION_LONGEST_FIRST, cases[i][3], cases[i][4]);
    assert_pair(bert, 5, -1, 4, TRUNCATION_LONGEST_FIRST,
                "2-0 100-0 101-0 3-0");
    tokenizer_close(bert);
}

static void one_text_alone_may_be_cut(void **state)
{
    (void)state;
    struct tokenizer *bert = open_class("BertTokenizer");
    assert_kept(bert, 6, 4, 7, TRUNCATION_ONLY_FIRST, 3, 4);
    assert_kept(bert, 6, 4, 7, TRUNCATION_ONLY_SECOND, 6, 1);
    assert_kept(bert, 6, 4, 10, TRUNCATION_ONLY_SECOND, 6, 4);
    assert_kept(bert, 6, 4, 0, TRUNCATION_ONLY_FIRST, 0, 0);
    tokenizer_close(bert);
}

static void texts_may_lose_their_beginning(void **state)
{
    (void)state;
    struct tokenizer *bert =
        open_with("BertTokenizer", ", \"truncation_side\": \"left\"");
    assert_pair(bert, 5, 3, 7, TRUNCATION_LONGEST_FIRST,
                "2-0 103-0 104-0 3-0 201-1 202-1 3-1");
    assert_pair(bert, 5, 1, 6, TRUNCATION_ONLY_FIRST,
                "2-0 103-0 104-0 3-0 200-1 3-1");
    assert_pair(bert, 5, -1, 3, TRUNCATION_LONGEST_FIRST, "2-0 104-0 3-0");
    assert_pair(bert, 1, 1, 9, TRUNCATION_LONGEST_FIRST,
                "2-0 100-0 3-0 200-1 3-1");
    tokenizer_close(bert);
}

static void assert_refused(const struct tokenizer *tokenizer, size_t first,
                           int second, size_t limit, enum truncation truncation,
                           const char *message)
{
    int32_t ids[16] = {0};
    struct id_span one = {ids, first}, two = {ids, (size_t)second};
    struct token_list out = {0}, types = {0};
    struct error error = {0};
    bool cut;
    assert_false(
        pair_build(tokenizer, one, second < 0 ? NULL : &two,
                   (struct cut_rule){.limit = limit, .truncation = truncation},
                   &out, &types, &cut, &error));
    assert_string_equal(error.text, message);
    token_list_free(&out);
    token_list_free(&types);
}

static void impossible_cuts_are_refused(void **state)
{
    (void)state;
    struct tokenizer *bert = open_class("BertTokenizer");
    assert_refused(bert, 1, 1, 2, TRUNCATION_LONGEST_FIRST,
                   "a limit of 2 tokens has no room for the 3 special tokens: "
                   "at least 3 were expected");
    /* the text that is cut may not become empty */
    assert_refused(bert, 3, 6, 9, TRUNCATION_ONLY_FIRST,
                   "the first text has 3 tokens, 3 would have to go: use a "
                   "larger limit or longest_first");
    assert_refused(bert, 6, 2, 8, TRUNCATION_ONLY_SECOND,
                   "the second text has 2 tokens, 3 would have to go: use a "
                   "larger limit or longest_first");
    assert_refused(bert, 6, -1, 4, TRUNCATION_ONLY_SECOND,
                   "only_second needs a second text");
    tokenizer_close(bert);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bert_s_template_has_three_special_tokens),
        cmocka_unit_test(mpnet_s_template_has_two_separators_and_no_types),
        cmocka_unit_test(types_are_zero_where_the_model_takes_none),
        cmocka_unit_test(longest_first_keeps_the_shorter_text),
        cmocka_unit_test(one_text_alone_may_be_cut),
        cmocka_unit_test(texts_may_lose_their_beginning),
        cmocka_unit_test(impossible_cuts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
