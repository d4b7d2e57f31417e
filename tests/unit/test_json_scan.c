/*
 * test_json_scan.c - a walk over JSON text: values, and every kind of damage.
 */
#include "text/json_scan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

/* A scanner over a text, with its error. */
struct fixture {
    struct json_scan scan;
    struct error error;
};

static struct json_scan *start(struct fixture *fixture, const char *text)
{
    *fixture = (struct fixture){0};
    json_scan_start(&fixture->scan, slice_of(text), "f.json", &fixture->error);
    return &fixture->scan;
}

static void an_object_is_walked_member_by_member(void **state)
{
    (void)state;
    struct fixture fixture;
    struct json_scan *scan =
        start(&fixture, " { \"a\" : [1, -2.5e1] , \"b\":{}, \"c\": 7 } \n");
    struct slice key = {0}, raw = {0};
    double number = 0;
    int32_t index;

    assert_int_equal(json_scan_peek(scan), '{');
    assert_true(json_scan_open(scan, '{'));
    assert_true(json_scan_more(scan) && json_scan_key(scan, &key));
    assert_true(slice_is(key, "a"));
    assert_true(json_scan_open(scan, '['));
    assert_true(json_scan_more(scan) && json_scan_number(scan, &number));
    assert_true(number == 1);
    assert_true(json_scan_more(scan) && json_scan_number(scan, &number));
    assert_true(number == -25);
    assert_false(json_scan_more(scan));
    assert_true(json_scan_more(scan) && json_scan_key(scan, &key));
    assert_true(json_scan_skip(scan, &raw) && slice_is(raw, "{}"));
    assert_true(json_scan_more(scan) && json_scan_key(scan, &key));
    assert_true(json_scan_index(scan, 8, "an id", &index));
    assert_int_equal(index, 7);
    assert_false(json_scan_more(scan));
    assert_true(json_scan_end(scan));
    assert_false(fixture.error.set);
    json_scan_free(scan);
}

static void strings_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *json, *text;
    } cases[] = {
        {"\"plain\"", "plain"},
        {"\"\"", ""},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0120the\"", "\xC4\xA0the"},
        {"\"\\u20AC\\u20ac\"", "\xE2\x82\xAC\xE2\x82\xAC"},
        {"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
        {"\"\xC3\xA4\"", "\xC3\xA4"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        struct json_scan *scan = start(&fixture, cases[i].json);
        struct slice text;
        assert_true(json_scan_string(scan, &text));
        assert_true(slice_is(text, cases[i].text));
        assert_true(json_scan_end(scan));
        json_scan_free(scan);
    }
    struct fixture fixture;
    struct slice text;
    assert_true(json_scan_string(start(&fixture, "\"a\\u0000b\""), &text));
    assert_true(slice_equal(text, (struct slice){"a\0b", 3}));
    json_scan_free(&fixture.scan);
}

static void damage_is_named_with_its_place(void **state)
{
    (void)state;
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"", "f.json:1: a value was expected at byte 1, '' found"},
        {"{\n \"a\" 1}", "f.json:2: ':' was expected at byte 6, '1}' found"},
        {"[1 2]", "f.json:1: ',' or ']' was expected at byte 4, '2]' found"},
        {"[1,]", "f.json:1: a value was expected at byte 4, ']' found"},
        {"{\"a\":1", "f.json:1: ',' or '}' was expected at byte 7, '' found"},
        {"[1}", "f.json:1: ',' or ']' was expected at byte 3, '}' found"},
        {"\"open", "f.json:1: '\"' was expected at byte 6, '' found"},
        {"\"a\nb\"",
         "f.json:1: no control byte in a string was expected at byte "
         "3, '?b\"' found"},
        {"[01]", "f.json:1: a value was expected at byte 2, '01]' found"},
        {"[1.]", "f.json:1: a value was expected at byte 2, '1.]' found"},
        {"[-]", "f.json:1: a value was expected at byte 2, '-]' found"},
        {"[1e]", "f.json:1: a value was expected at byte 2, '1e]' found"},
        {"[nul]", "f.json:1: a value was expected at byte 2, 'nul]' found"},
        {"[1] x", "f.json:1: the end of the file was expected at byte 5, 'x' "
                  "found"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        struct json_scan *scan = start(&fixture, cases[i].json);
        struct slice raw;
        assert_false(json_scan_skip(scan, &raw) && json_scan_end(scan));
        assert_string_equal(fixture.error.text, cases[i].message);
        json_scan_free(scan);
    }
}

static void bad_escapes_are_refused(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "\"\\x\"",      "\"\\u12\"",   "\"\\u12G4\"",    "\"\\ud83d\"",
        "\"\\ud83dx\"", "\"\\ude00\"", "\"\\ud83d\\n\"", "\"\\ud83d\\u0041\"",
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        struct slice text;
        assert_false(json_scan_string(start(&fixture, cases[i]), &text));
        assert_non_null(
            strstr(fixture.error.text, "a valid escape was expected"));
        json_scan_free(&fixture.scan);
    }
}

static void numbers_keep_to_their_range(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "8", "-1", "1.0", "1e0", "99999999999999", "\"1\"", "null", "07"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fixture fixture;
        int32_t index;
        assert_false(
            json_scan_index(start(&fixture, bad[i]), 8, "an id", &index));
        assert_non_null(strstr(fixture.error.text, "an id was expected"));
        json_scan_free(&fixture.scan);
    }
}

/* Some are a bit beside the nearest double, as those of the reference. */
static void numbers_are_those_of_the_reference(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"-3.4635400772094727", -3.4635400772094727},
        {"-3.7115116119384766", -3.711511611938477},
        {"0", 0},
        {"-0.0", 0},
        {"17e2", 1700},
        {"2.5E-3", 2.5e-3},
        {"123456789012345678901234567890", 123456789012345678901234567890.0},
        {"0.1234567890123456789012345", 0.12345678901234568},
        {"1e-320", 1e-320},
        {"1e-99999999999999999999", 0},
        {"0e99999999999999999999", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture fixture;
        char text[64];
        double number;
        snprintf(text, sizeof text, "[%s]", cases[i].text);
        struct json_scan *scan = start(&fixture, text);
        assert_true(json_scan_open(scan, '[') && json_scan_more(scan));
        assert_true(json_scan_number(scan, &number));
        assert_true(number == cases[i].value);
        json_scan_free(scan);
    }
    struct fixture fixture;
    double number;
    assert_false(json_scan_number(start(&fixture, "1e309 "), &number));
    assert_non_null(strstr(fixture.error.text, "the range of a double"));
    json_scan_free(&fixture.scan);
}

static void nesting_has_a_limit(void **state)
{
    (void)state;
    char deep[JSON_SCAN_DEPTH + 2];
    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    struct fixture fixture;
    struct slice raw;
    assert_false(json_scan_skip(start(&fixture, deep), &raw));
    assert_non_null(strstr(fixture.error.text, "less than 64 nested brackets"));
    json_scan_free(&fixture.scan);
}

static void the_first_error_stops_everything(void **state)
{
    (void)state;
    struct fixture fixture;
    struct json_scan *scan = start(&fixture, "[x, 1]");
    struct slice text;
    double number;
    assert_true(json_scan_open(scan, '[') && json_scan_more(scan));
    assert_false(json_scan_number(scan, &number));
    struct error first = fixture.error;
    assert_false(json_scan_more(scan) || json_scan_string(scan, &text) ||
                 json_scan_open(scan, '[') || json_scan_skip(scan, &text) ||
                 json_scan_end(scan));
    assert_string_equal(fixture.error.text, first.text);
    json_scan_free(scan);
}

static void small_values_become_trees(void **state)
{
    (void)state;
    struct fixture fixture;
    struct json_scan *scan = start(&fixture, "{\"a\": [true, null]}");
    json_t *tree = json_scan_tree(scan);
    assert_true(json_is_true(json_array_get(json_object_get(tree, "a"), 0)));
    json_decref(tree);
    json_scan_free(scan);

    scan = start(&fixture, "[\n[\"\\uD800\"]]");
    assert_true(json_scan_open(scan, '[') && json_scan_more(scan));
    assert_null(json_scan_tree(scan));
    assert_string_equal(fixture.error.text,
                        "f.json:2: valid JSON was expected at byte 1, "
                        "'[\"\\uD800\"]]' found");
    json_scan_free(scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_walked_member_by_member),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(damage_is_named_with_its_place),
        cmocka_unit_test(bad_escapes_are_refused),
        cmocka_unit_test(numbers_keep_to_their_range),
        cmocka_unit_test(numbers_are_those_of_the_reference),
        cmocka_unit_test(nesting_has_a_limit),
        cmocka_unit_test(the_first_error_stops_everything),
        cmocka_unit_test(small_values_become_trees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
