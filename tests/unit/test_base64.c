/*
 * test_base64.c - the examples of RFC 4648 and damaged text.
 */
#include "base/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_decoded(const char *text, struct slice want)
{
    struct buffer out = {0};
    struct error error = {0};
    assert_true(base64_decode(slice_of(text), &out, &error));
    assert_true(slice_equal(buffer_slice(&out), want));
    buffer_free(&out);
}

static void examples_of_the_standard(void **state)
{
    (void)state;
    assert_decoded("", slice_of(""));
    assert_decoded("Zg==", slice_of("f"));
    assert_decoded("Zm8=", slice_of("fo"));
    assert_decoded("Zm9v", slice_of("foo"));
    assert_decoded("Zm9vYmFy", slice_of("foobar"));
    assert_decoded("Zm9vYg", slice_of("foob"));
    assert_decoded("AP+/", (struct slice){"\0\xFF\xBF", 3});
}

static void other_bytes_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {"Zm9v!", "Zm 9v", "Zm=v", "=", "Zg==="};
    static const char *const messages[] = {
        "not base64 at byte 5", "not base64 at byte 3", "not base64 at byte 3",
        "", "not base64 at byte 3"};
    for (size_t i = 0; i < 5; i++) {
        struct buffer out = {0};
        struct error error = {0};
        bool fine = base64_decode(slice_of(cases[i]), &out, &error);
        assert_int_equal(fine, messages[i][0] == '\0');
        if (!fine)
            assert_string_equal(error.text, messages[i]);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard),
        cmocka_unit_test(other_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
