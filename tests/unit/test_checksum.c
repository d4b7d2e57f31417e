/*
 * test_checksum.c - XXH64 with seed 0 against published values, and against
 * changes of single bits.
 */
#include "base/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static void published_values(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t sum;
    } cases[] = {
        {"", 0xEF46DB3751D8E999u},
        {"a", 0xD24EC4F1A98C6E5Bu},
        {"abc", 0x44BC2CF5AD770999u},
        {"Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1u},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_true(checksum_xxh64(cases[i].text, strlen(cases[i].text)) ==
                    cases[i].sum);
}

static void every_bit_counts(void **state)
{
    (void)state;
    char bytes[131];
    memset(bytes, 0x55, sizeof bytes);
    for (size_t length = 1; length <= sizeof bytes; length++) {
        uint64_t sum = checksum_xxh64(bytes, length);
        assert_true(checksum_xxh64(bytes, length - 1) != sum);
        for (size_t bit = 0; bit < 8 * length; bit++) {
            bytes[bit / 8] ^= (char)(1 << bit % 8);
            assert_true(checksum_xxh64(bytes, length) != sum);
            bytes[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_values),
        cmocka_unit_test(every_bit_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
