/*
 * test_numbers.c - float32 to decimal: against strtof and printf, over edge
 * cases and millions of random bit patterns.
 */
#include "io/numbers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RANDOM_FLOATS = 1000000, RANDOM_DECIMALS = 1000000, FIXED = 300000 };

static uint64_t random_state = 0x9E3779B97F4A7C15u;

/* xorshift64: the same numbers in each run. */
static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static float float_of(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t bits_of(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static float random_finite(void)
{
    for (;;) {
        float value = float_of((uint32_t)next_random());
        if (isfinite(value))
            return value;
    }
}

static void assert_format(float value, int decimals, const char *expected)
{
    char text[NUMBER_BYTES];
    size_t length = number_format(value, decimals, text);
    assert_string_equal(text, expected);
    assert_int_equal(length, strlen(expected));
}

static void words_and_zeros(void **state)
{
    (void)state;
    assert_format(NAN, -1, "nan");
    assert_format(-NAN, 3, "nan");
    assert_format(INFINITY, -1, "inf");
    assert_format(-INFINITY, 2, "-inf");
    assert_format(0.0f, -1, "0");
    assert_format(-0.0f, -1, "0");
    assert_format(0.0f, 0, "0");
    assert_format(-0.0f, 2, "0.00");
    assert_format(-0.001f, 2, "0.00");
    assert_format(-0.4f, 0, "0");
}

static void shortest_forms(void **state)
{
    (void)state;
    assert_format(1.0f, -1, "1");
    assert_format(-12.5f, -1, "-12.5");
    assert_format(0.1f, -1, "0.1");
    assert_format(0.93f, -1, "0.93");
    assert_format(1.0f / 3, -1, "0.33333334");
    assert_format(9.5e-05f, -1, "0.000095");
    assert_format(100.0f, -1, "100");
    assert_format(1e10f, -1, "10000000000");
    assert_format(16777216.0f, -1, "16777216");
    assert_format(33554432.0f, -1, "33554432");
    assert_format(0.99999994f, -1, "0.99999994");
    assert_format(FLT_MAX, -1, "340282350000000000000000000000000000000");
    assert_format(FLT_MIN, -1,
                  "0.000000000000000000000000000000000000011754944");
    assert_format(float_of(1), -1,
                  "0.000000000000000000000000000000000000000000001");
}

static void fixed_forms(void **state)
{
    (void)state;
    assert_format(0.5f, 0, "0");
    assert_format(1.5f, 0, "2");
    assert_format(2.5f, 0, "2");
    assert_format(-2.5f, 0, "-2");
    assert_format(0.125f, 2, "0.12");
    assert_format(0.375f, 2, "0.38");
    assert_format(0.999f, 2, "1.00");
    assert_format(-9.9999f, 3, "-10.000");
    assert_format(0.1f, 12, "0.100000001490");
    assert_format(FLT_MAX, 2, "340282346638528859811704183484516925440.00");
    assert_format(float_of(1), 5, "0.00000");
    assert_format(1.0f, 1000, "1.000000000000000000000000000000");
}

/* Digits from the first to the last that is not 0. */
static int significant_digits(const char *text)
{
    int digits = 0, last = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9' || (digits == 0 && *text == '0'))
            continue;
        digits++;
        last = *text == '0' ? last : digits;
    }
    return last;
}

/* The nearest decimal of that many digits, if it gives the value back. */
static bool nearest(float value, int digits, char out[64])
{
    snprintf(out, 64, "%.*e", digits - 1, (double)value);
    return bits_of(strtof(out, NULL)) == bits_of(value);
}

/* Were there fewer digits, the nearest of them would do, but for powers of two,
 * whose interval is lopsided. */
static bool is_best(float value, const char *text)
{
    int digits = significant_digits(text);
    bool lopsided = (bits_of(value) & 0x7FFFFF) == 0;
    char other[64];
    if (digits > 1 && !lopsided && nearest(value, digits - 1, other))
        return false;
    return !nearest(value, digits, other) ||
           strtod(other, NULL) == strtod(text, NULL);
}

static void check_float(float value)
{
    char text[NUMBER_BYTES];
    size_t length = number_format(value, -1, text);
    bool back = bits_of(strtof(text, NULL)) == bits_of(value);
    bool plain = strspn(text, "-0123456789.") == length;
    if (!back || !plain || !is_best(value, text))
        fail_msg("%08x gave '%s'", (unsigned)bits_of(value), text);
}

static void floats_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM_FLOATS; i++)
        check_float(random_finite());
    for (int i = 0; i < RANDOM_FLOATS / 4; i++) /* scores */
        check_float((float)(next_random() >> 40) * 0x1p-24f);
    for (uint32_t exponent = 0; exponent < 255; exponent++)
        for (int step = -3; step <= 3; step++) {
            uint32_t bits = (exponent << 23) + (uint32_t)step;
            if (bits != 0 && bits < 0x7F800000)
                check_float(float_of(bits));
        }
}

/* Six significant digits always survive float32: the same text comes back. */
static void decimals_come_back(void **state)
{
    (void)state;
    for (int i = 0; i < RANDOM_DECIMALS; i++) {
        unsigned digits = (unsigned)(next_random() % 999999 + 1);
        char expected[32], text[NUMBER_BYTES];
        bool whole = next_random() % 2;
        snprintf(expected, sizeof expected, whole ? "%u" : "0.%06u", digits);
        size_t length = strlen(expected);
        while (strchr(expected, '.') && expected[length - 1] == '0')
            expected[--length] = '\0';
        number_format(strtof(expected, NULL), -1, text);
        assert_string_equal(text, expected);
    }
}

static void fixed_as_printf(void **state)
{
    (void)state;
    for (int i = 0; i < FIXED; i++) {
        float value =
            i % 2 ? random_finite() : (float)(int32_t)next_random() * 0x1p-26f;
        int decimals = (int)(next_random() % (NUMBER_DECIMALS + 1));
        char text[NUMBER_BYTES], expected[NUMBER_BYTES];
        snprintf(expected, sizeof expected, "%.*f", decimals, (double)value);
        bool zero = strspn(expected, "-0.") == strlen(expected);
        number_format(value, decimals, text);
        assert_string_equal(text,
                            expected + (zero && expected[0] == '-' ? 1 : 0));
    }
}

static void locale_does_not_matter(void **state)
{
    (void)state;
    static const char *const with_comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8",
                                             "de_DE.utf8", "pt_BR.UTF-8"};
    bool found = false;
    for (size_t i = 0; i < 4 && !found; i++)
        found = setlocale(LC_ALL, with_comma[i]) != NULL;
    if (!found)
        skip(); /* no locale with a decimal comma is installed */
    assert_format(0.5f, -1, "0.5");
    assert_format(0.5f, 2, "0.50");
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_and_zeros),
        cmocka_unit_test(shortest_forms),
        cmocka_unit_test(fixed_forms),
        cmocka_unit_test(floats_come_back),
        cmocka_unit_test(decimals_come_back),
        cmocka_unit_test(fixed_as_printf),
        cmocka_unit_test(locale_does_not_matter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
