/*
 * test_unicode.c - UTF-8 steps, character classes, lower case, normal forms.
 *
 * The sums over all code points are those of utf8proc 2.8 with the exceptions;
 * they were compared with Python 3.11's unicodedata for every character that
 * it knows.  Another utf8proc changes them, and with them token ids.
 */
#include "text/unicode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void every_character_survives_utf8(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        char bytes[4];
        size_t length = utf8_encode(c, bytes);
        assert_int_equal(utf8_length(bytes[0]), length);
        assert_int_equal(utf8_decode(bytes), c);
    }
}

/* Every invalid subpart becomes one U+FFFD (Unicode 15, table 3-8). */
static void repair_replaces_maximal_subparts(void **state)
{
    (void)state;
    static const struct {
        const char *broken, *repaired;
        size_t invalid;
    } cases[] = {
        {"plain", "plain", 0},
        {"\xC0\xAF", "??", 2},
        {"\xE0\x80\xBF", "???", 3},
        {"\xED\xA0\x80", "???", 3},
        {"\xF0\x80\x80\x41", "???A", 3},
        {"\xF1\x80\x80\xE1\x80\xC2\x62\x80", "???b?", 4},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "?????A??B", 7},
        {"x\xE2\x82", "x?", 1},
        {"\xE2\x82\xAC\xE2\x82", "\xE2\x82\xAC?", 1},
        {"\xF5\x80", "??", 2},
        {"a long run of ASCII\xFF", "a long run of ASCII?", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buffer out = {0};
        struct error error = {0};
        size_t invalid = 0;
        assert_true(unicode_repair(slice_of(cases[i].broken), &out, &invalid,
                                   NULL, &error));
        assert_int_equal(invalid, cases[i].invalid);

        /* '?' stands for U+FFFD in the table. */
        char shown[64] = "";
        size_t length = 0;
        for (size_t at = 0; at < out.length; at += utf8_length(out.bytes[at])) {
            uint32_t c = utf8_decode(out.bytes + at);
            length += utf8_encode(c == 0xFFFD ? '?' : c, shown + length);
        }
        shown[length] = '\0';
        assert_string_equal(shown, cases[i].repaired);
        buffer_free(&out);
    }
}

static void valid_length_stops_at_the_first_error(void **state)
{
    (void)state;
    assert_int_equal(unicode_valid_length(slice_of("12345678901234567")), 17);
    assert_int_equal(unicode_valid_length(slice_of("1234567\x80 12345678")), 7);
    assert_int_equal(unicode_valid_length(slice_of("\xC3\xA4\xC3")), 2);
    assert_int_equal(unicode_valid_length((struct slice){"a\0b", 3}), 3);
}

/* How many characters are in a class, and their sum as a check. */
static void assert_class(bool (*is_in)(uint32_t), size_t count, uint64_t sum)
{
    size_t found = 0;
    uint64_t total = 0;
    for (uint32_t c = 0; c < 0x110000; c++)
        if ((c < 0xD800 || c > 0xDFFF) && is_in(c)) {
            found++;
            total += c;
        }
    assert_int_equal(found, count);
    assert_int_equal(total, sum);
}

static void classes_are_the_reference_s(void **state)
{
    (void)state;
    assert_class(unicode_is_space, 25, 141586);
    assert_class(unicode_is_letter, 141028, 15240929258);
    assert_class(unicode_is_number, 1911, 110651895);
    assert_class(unicode_is_word, 144616, 15617655510);
    assert_class(unicode_is_punctuation, 726, 20675981);
    assert_class(unicode_is_deleted, 137681, 137913084793);
    assert_class(unicode_is_chinese, 81264, 9171601864);
    assert_class(unicode_is_accent, 1567, 262554314);
    assert_class(unicode_is_mark, 2450, 312781595);
}

static void exceptions_hold_at_their_edges(void **state)
{
    (void)state;
    assert_true(unicode_is_punctuation('$') && unicode_is_punctuation('~'));
    assert_false(unicode_is_punctuation(0x20AC)); /* euro */
    assert_true(unicode_is_punctuation(0x166D));
    assert_false(unicode_is_punctuation(0x061D));
    assert_true(unicode_is_punctuation(0x3001));

    assert_true(unicode_is_deleted(0xAD) && unicode_is_deleted(0x200B));
    assert_true(unicode_is_deleted(0x85) && unicode_is_deleted(0xFFFD));
    assert_false(unicode_is_deleted('\t') || unicode_is_deleted(0x0378));
    assert_false(unicode_is_deleted(0x0890) || unicode_is_deleted(0x1343F));

    assert_true(unicode_is_accent(0x0301) && unicode_is_accent(0x1734));
    assert_false(unicode_is_accent(0x0898) || unicode_is_accent(0x0903));

    assert_true(unicode_is_chinese(0x4E00) && unicode_is_chinese(0x2B81F));
    assert_false(unicode_is_chinese(0x2B820) || unicode_is_chinese(0x3042));

    assert_false(unicode_is_space(0x180E) || unicode_is_space(0x200B));
    assert_false(unicode_is_space(0x1C) || unicode_is_space(0xFEFF));
    assert_true(unicode_is_letter(0x1C89) && unicode_is_number(0xBD));
    assert_true(unicode_is_word('_') && unicode_is_word(0x24B6));
    assert_false(unicode_is_word('-') || unicode_is_word(0xBD));
}

static void assert_lower(uint32_t c, uint32_t first, uint32_t second)
{
    uint32_t lower[2] = {0};
    size_t count = unicode_lower(c, lower);
    assert_int_equal(count, second ? 2 : 1);
    assert_int_equal(lower[0], first);
    if (second)
        assert_int_equal(lower[1], second);
}

static void lower_case_is_full_and_without_context(void **state)
{
    (void)state;
    assert_lower('A', 'a', 0);
    assert_lower('[', '[', 0);
    assert_lower(0x130, 'i', 0x307);
    assert_lower(0x3A3, 0x3C3, 0);
    assert_lower(0x1E9E, 0xDF, 0);
    assert_lower(0xDF, 0xDF, 0);
    assert_lower(0x1C89, 0x1C8A, 0);
    assert_lower(0x10D65, 0x10D85, 0);
    assert_lower(0x16EB8, 0x16ED3, 0);
}

/* The form of a list of characters; returns their number. */
static size_t form_of(const uint32_t *from, size_t count, bool compatible,
                      bool composed, uint32_t *to)
{
    struct code_points list = {0}, spare = {0};
    struct error error = {0};
    for (size_t i = 0; i < count; i++)
        assert_true(unicode_decompose(from[i], compatible, &list, &error));
    assert_true(unicode_order_marks(&list, 0, &spare, &error));
    if (composed)
        unicode_compose(&list);
    for (size_t i = 0; i < list.count; i++)
        to[i] = (uint32_t)list.points[i];
    size_t length = list.count;
    code_points_free(&list);
    code_points_free(&spare);
    return length;
}

static void normal_forms_follow_the_reference(void **state)
{
    (void)state;
    static const struct {
        bool compatible, composed;
        uint32_t from[4], to[6]; /* up to 0 */
    } cases[] = {
        {false, false, {0xC4}, {'A', 0x308}},
        {false, true, {'A', 0x308}, {0xC4}},
        {false, false, {0x1E69}, {'s', 0x323, 0x307}},
        {false, true, {'e', 0x302, 0x323}, {0x1EC7}},
        {false, false, {0xD55C}, {0x1112, 0x1161, 0x11AB}},
        {false, true, {0x1112, 0x1161, 0x11AB}, {0xD55C}},
        {true, true, {0xFB01}, {'f', 'i'}},
        {true, true, {0x32FF}, {0x32FF}}, /* newer than the reference */
        {false, false, {0xFB01}, {0xFB01}},
        {false, false, {0x11938}, {0x11938}},
        {false, true, {0x11935, 0x11930}, {0x11935, 0x11930}},
        /* 08D3 has class 0 in the reference: no mark moves across it. */
        {false, false, {'a', 0x301, 0x8D3, 0x323}, {'a', 0x301, 0x8D3, 0x323}},
        {false, false, {0xFF29, 0x8D4, 0x11446}, {0xFF29, 0x11446, 0x8D4}},
        {false, false, {'a', 0x301, 0x323}, {'a', 0x323, 0x301}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t from = 0, to = 0;
        while (from < 4 && cases[i].from[from] != 0)
            from++;
        while (to < 6 && cases[i].to[to] != 0)
            to++;
        uint32_t got[64];
        size_t count = form_of(cases[i].from, from, cases[i].compatible,
                               cases[i].composed, got);
        assert_int_equal(count, to);
        assert_memory_equal(got, cases[i].to, to * sizeof *got);
    }
}

/* Long runs of marks go through another sort, which must be stable too. */
static void long_runs_of_marks_are_sorted_stably(void **state)
{
    (void)state;
    enum { COUNT = 4000 };
    static const uint32_t marks[] = {0x301, 0x323, 0x300, 0x327, 0x302};
    struct code_points list = {0}, spare = {0};
    struct error error = {0};
    for (size_t i = 0; i < COUNT; i++)
        assert_true(unicode_decompose(marks[i % 5], false, &list, &error));
    assert_true(unicode_order_marks(&list, 0, &spare, &error));

    /* 0327 has class 202, 0323 220, the others 230 in their order. */
    for (size_t i = 0; i < COUNT; i++) {
        static const uint32_t above[] = {0x301, 0x300, 0x302};
        uint32_t want = i < COUNT / 5       ? 0x327
                        : i < 2 * COUNT / 5 ? 0x323
                                            : above[(i - 2 * COUNT / 5) % 3];
        assert_int_equal(list.points[i], want);
    }
    code_points_free(&list);
    code_points_free(&spare);
}

static void boundaries_know_the_newer_marks(void **state)
{
    (void)state;
    assert_int_equal(unicode_boundary('a'), BOUNDARY_OTHER);
    assert_int_equal(unicode_boundary('\r'), BOUNDARY_BREAK);
    assert_int_equal(unicode_boundary(0), BOUNDARY_BREAK);
    assert_int_equal(unicode_boundary(0x301), BOUNDARY_EXTEND);
    assert_int_equal(unicode_boundary(0x903), BOUNDARY_EXTEND);
    assert_int_equal(unicode_boundary(0x0897), BOUNDARY_EXTEND);
    assert_int_equal(unicode_boundary(0x200D), BOUNDARY_JOINER);
    assert_int_equal(unicode_boundary(0x600), BOUNDARY_PREPEND);
    assert_int_equal(unicode_boundary(0x113D1), BOUNDARY_PREPEND);
    assert_int_equal(unicode_boundary(0x11A3A), BOUNDARY_OTHER);
    assert_int_equal(unicode_boundary(0x2122), BOUNDARY_PICTURE);
    assert_int_equal(unicode_boundary(0x958), BOUNDARY_CONSONANT);
    assert_true(unicode_is_linker(0x94D) && !unicode_is_linker(0x93C));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character_survives_utf8),
        cmocka_unit_test(repair_replaces_maximal_subparts),
        cmocka_unit_test(valid_length_stops_at_the_first_error),
        cmocka_unit_test(classes_are_the_reference_s),
        cmocka_unit_test(exceptions_hold_at_their_edges),
        cmocka_unit_test(lower_case_is_full_and_without_context),
        cmocka_unit_test(normal_forms_follow_the_reference),
        cmocka_unit_test(long_runs_of_marks_are_sorted_stably),
        cmocka_unit_test(boundaries_know_the_newer_marks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
