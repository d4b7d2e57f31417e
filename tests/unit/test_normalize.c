/*
 * test_normalize.c - each normaliser alone, and lists of them.
 */
#include "text/normalize.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* What a list makes of a text must be `want`, byte for byte. */
static void assert_list(const struct normalizer_list *list, struct slice text,
                        struct slice want)
{
    struct normalize_scratch scratch = {0};
    struct error error = {0};
    assert_true(normalize(list, &text, &scratch, &error));
    assert_int_equal(text.length, want.length);
    assert_memory_equal(text.bytes, want.bytes, want.length);
    normalize_scratch_free(&scratch);
}

static void assert_normalized(const struct normalizer *normalizer,
                              const char *text, const char *want)
{
    struct normalizer_list list = {0};
    struct error error = {0};
    assert_true(normalizer_list_add(&list, normalizer, &error));
    assert_list(&list, slice_of(text), slice_of(want));
    normalizer_list_free(&list);
}

static void bert_uncased_cleans_splits_strips_lowers(void **state)
{
    (void)state;
    struct normalizer bert;
    normalizer_bert(&bert, true, true, true, true);
    static const char *const cases[][2] = {
        {"Hello World, a longer Line OF Text", "hello world, a longer line of "
                                               "text"},
        {"@AZ[`az{ZAZAZAZAzzzz", "@az[`az{zazazazazzzz"},
        {"a\tb\nc\rd", "a b c d"},
        {"a\x0B"
         "b\x1F"
         "c\x7F"
         "d",
         "abcd"},
        {"a\xC2\xAD"
         "b\xE2\x80\x8B"
         "c",
         "abc"},
        {"a\xC2\x85"
         "b",
         "ab"},                    /* U+0085 is a control */
        {"x\xE2\x80\xA8y", "x y"}, /* U+2028 */
        {"a\xC2\xA0"
         "b",
         "a b"},
        {"\xC4\xB0stanbul", "istanbul"}, /* NFD comes first */
        {"\xC4\xB1I", "\xC4\xB1i"},
        {"\xCE\x9F\xCE\x94\xCE\x9F\xCE\xA3", /* final sigma */
         "\xCE\xBF\xCE\xB4\xCE\xBF\xCF\x83"},
        {"\xE1\xBA\x9E stra\xC3\x9F"
         "e",
         "\xC3\x9F stra\xC3\x9F"
         "e"},
        {"\xC3\x84\xCC\xA7 Caf\xC3\xA9", "a cafe"},
        {"\xED\x95\x9C", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"},
        {"\xE4\xB8\xAD\xE6\x96\x87"
         "a",
         " \xE4\xB8\xAD  \xE6\x96\x87 a"},
        {"\xE3\x81\x82", "\xE3\x81\x82"}, /* kana */
        {"\xCD\xB8"
         "a",
         "\xCD\xB8"
         "a"}, /* unassigned */
        {"A\xCC\x81\x01\xCC\xA3"
         "B",
         "ab"},
        {"[SEP] \xE2\x82\xAC"
         "5",
         "[sep] \xE2\x82\xAC"
         "5"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_normalized(&bert, cases[i][0], cases[i][1]);
}

/* Marks that stay are in canonical order, with deleted ones in between. */
static void bert_orders_the_marks_it_keeps(void **state)
{
    (void)state;
    struct normalizer bert;
    normalizer_bert(&bert, true, false, true, false);
    /* U+FF29, 08D4 of class 230, 11446 of class 7; then a control between */
    static const char ordered[] = "\xEF\xBC\xA9\xF0\x91\x91\x86\xE0\xA3\x94";
    assert_normalized(&bert, "\xEF\xBC\xA9\xE0\xA3\x94\xF0\x91\x91\x86",
                      ordered);
    assert_normalized(&bert, "\xEF\xBC\xA9\xE0\xA3\x94\x01\xF0\x91\x91\x86",
                      ordered);
    assert_normalized(&bert,
                      "\xE0\xA3\x94"
                      "a\xF0\x91\x91\x86",
                      "\xE0\xA3\x94"
                      "a\xF0\x91\x91\x86");
}

static void bert_without_options_changes_little(void **state)
{
    (void)state;
    struct normalizer bert;
    normalizer_bert(&bert, false, false, false, false);
    assert_normalized(&bert, "A\tB \xC3\x84\xE4\xB8\xAD\x01",
                      "A\tB \xC3\x84\xE4\xB8\xAD\x01");
    struct normalizer_list list = {0};
    struct error error = {0};
    assert_true(normalizer_list_add(&list, &bert, &error));
    assert_list(&list, (struct slice){"a\0b", 3}, (struct slice){"a\0b", 3});
    normalizer_list_free(&list);

    normalizer_bert(&bert, true, true, false, true);
    assert_normalized(&bert, "\xC3\x96 O\xCC\x88", "\xC3\xB6 o\xCC\x88");
    assert_normalized(&bert, "\xC4\xB0", "i\xCC\x87");
}

static void forms_change_what_they_must(void **state)
{
    (void)state;
    static const struct {
        enum unicode_form form;
        const char *text, *want;
    } cases[] = {
        {UNICODE_NFC, "plain ASCII", "plain ASCII"},
        {UNICODE_NFC, "e\xCC\x81", "\xC3\xA9"},
        {UNICODE_NFC, "xe\xCC\x81y\xC3\xA4", "x\xC3\xA9y\xC3\xA4"},
        {UNICODE_NFC, "\xCC\x81", "\xCC\x81"},
        {UNICODE_NFC, "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "\xED\x95\x9C"},
        {UNICODE_NFC, "\xE2\x84\xAB", "\xC3\x85"},
        {UNICODE_NFC, "\xEF\xAC\x81", "\xEF\xAC\x81"},
        {UNICODE_NFD, "x\xC3\xA9y", "xe\xCC\x81y"},
        {UNICODE_NFD, "e\xCC\x82\xCC\xA3", "e\xCC\xA3\xCC\x82"},
        {UNICODE_NFKC, "\xEF\xAC\x81\xEF\xBC\xA1", "fiA"},
        {UNICODE_NFKC, "a\xCC\x81\xC2\xB2",
         "\xC3\xA1"
         "2"},
        {UNICODE_NFKD, "\xC3\xA9\xE2\x91\xA0",
         "e\xCC\x81"
         "1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct normalizer form;
        normalizer_form(&form, cases[i].form);
        assert_normalized(&form, cases[i].text, cases[i].want);
    }
}

static void lowercase_takes_each_character_alone(void **state)
{
    (void)state;
    struct normalizer lower;
    normalizer_lowercase(&lower);
    assert_normalized(&lower, "ABC \xC4\xB0\xC8\xBA\xCE\xA3",
                      "abc i\xCC\x87\xE2\xB1\xA5\xCF\x83");
}

static void strip_accents_deletes_marks(void **state)
{
    (void)state;
    struct normalizer strip;
    normalizer_strip_accents(&strip);
    assert_normalized(&strip, "e\xCC\x81\xC3\xA9\xE0\xA4\x83x", "e\xC3\xA9x");
    /* U+07FD came with Unicode 11, U+1CF2 was a mark until 12 */
    assert_normalized(&strip, "\xDF\xBDx\xE1\xB3\xB2", "\xDF\xBDx");
}

static void strip_cuts_white_space_at_the_ends(void **state)
{
    (void)state;
    struct normalizer strip;
    normalizer_strip(&strip, true, true);
    assert_normalized(&strip, " \xE3\x80\x80\n a b\xC2\x85 ", "a b");
    assert_normalized(&strip, " \t ", "");
    assert_normalized(&strip, "\xE2\x80\x8B a", "\xE2\x80\x8B a");
    normalizer_strip(&strip, false, true);
    assert_normalized(&strip, "  a  ", "  a");
    normalizer_strip(&strip, true, false);
    assert_normalized(&strip, "  a  ", "a  ");
}

static void replace_takes_every_match(void **state)
{
    (void)state;
    static const struct {
        const char *expression, *content, *text, *want;
    } cases[] = {
        {" {2,}", "_", "a b  c    d ", "a b_c_d "},
        {" {2,}", " ", "no runs here", "no runs here"},
        {" {2,}", "", "  ", ""},
        {"\\s+", " ",
         "a \t\xE3\x80\x80"
         "b\n",
         "a b "},
        {"x", "yy", "xax", "yyayy"},
        {"\\.+", "!", "a...b.c", "a!b!c"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct normalizer replace;
        struct pattern pattern;
        assert_true(pattern_parse(&pattern, slice_of(cases[i].expression)));
        normalizer_replace(&replace, pattern, slice_of(cases[i].content));
        assert_normalized(&replace, cases[i].text, cases[i].want);
    }
    struct normalizer replace;
    normalizer_replace(&replace, (struct pattern){.text = slice_of("``")},
                       slice_of("\""));
    assert_normalized(&replace, "``a```", "\"a\"`");
}

static void unknown_expressions_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",    "ab", "a*", "[ab]", "\\d+", " {2,3}", " {0,}",
        "a|b", "\\", "^a", "a{2",  ".",    "(a)",    "\xC3\xA4?"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pattern pattern;
        assert_false(pattern_parse(&pattern, slice_of(cases[i])));
    }
}

static void prepend_leaves_an_empty_text_alone(void **state)
{
    (void)state;
    struct normalizer prepend;
    normalizer_prepend(&prepend, slice_of("_"));
    assert_normalized(&prepend, "a", "_a");
    assert_normalized(&prepend, "", "");
}

/* Each of a list reads what the one before it wrote. */
static void a_list_runs_in_order(void **state)
{
    (void)state;
    struct normalizer items[4];
    struct pattern blanks;
    struct error error = {0};
    struct normalizer_list list = {0};
    assert_true(pattern_parse(&blanks, slice_of(" {2,}")));
    normalizer_form(&items[0], UNICODE_NFC);
    normalizer_lowercase(&items[1]);
    normalizer_strip(&items[2], true, true);
    normalizer_replace(&items[3], blanks, slice_of(" "));
    for (size_t i = 0; i < 4; i++)
        assert_true(normalizer_list_add(&list, &items[i], &error));
    assert_list(&list, slice_of("  E\xCC\x81   B  "), slice_of("\xC3\xA9 b"));
    assert_list(&list, slice_of(""), slice_of(""));
    normalizer_list_free(&list);
}

/* A file of a few hundred bytes must not fill the memory. */
static void no_text_grows_without_end(void **state)
{
    (void)state;
    static char many[NORMALIZE_LEAST_BYTES];
    struct error error = {0};
    struct normalizer_list list = {0};
    struct normalize_scratch scratch = {0};
    struct normalizer doubling;
    struct pattern a = {.text = slice_of("a")};
    normalizer_replace(&doubling, a, slice_of("aa"));
    for (int i = 0; i < 6; i++)
        assert_true(normalizer_list_add(&list, &doubling, &error));
    memset(many, 'a', sizeof many);
    struct slice text = {many, sizeof many};
    assert_true(normalize(&list, &text, &scratch, &error));
    assert_int_equal(text.length, sizeof many * NORMALIZE_GROWTH);

    assert_true(normalizer_list_add(&list, &doubling, &error));
    text = (struct slice){many, sizeof many};
    assert_false(normalize(&list, &text, &scratch, &error));
    assert_string_equal(error.text, "the tokenizer's normalizers make more "
                                    "than 262144 bytes of a text: at most "
                                    "64 of each byte were expected");
    assert_true(scratch.texts[0].capacity <= 1 << 20);
    normalize_scratch_free(&scratch);
    normalizer_list_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bert_uncased_cleans_splits_strips_lowers),
        cmocka_unit_test(bert_orders_the_marks_it_keeps),
        cmocka_unit_test(bert_without_options_changes_little),
        cmocka_unit_test(forms_change_what_they_must),
        cmocka_unit_test(lowercase_takes_each_character_alone),
        cmocka_unit_test(strip_accents_deletes_marks),
        cmocka_unit_test(strip_cuts_white_space_at_the_ends),
        cmocka_unit_test(replace_takes_every_match),
        cmocka_unit_test(unknown_expressions_are_refused),
        cmocka_unit_test(prepend_leaves_an_empty_text_alone),
        cmocka_unit_test(a_list_runs_in_order),
        cmocka_unit_test(no_text_grows_without_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
