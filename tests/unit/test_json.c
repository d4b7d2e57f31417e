/*
 * test_json.c - JSON files and values: what is read, what is said of others.
 */
#include "base/json.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BYTES(text) ((struct slice){text, sizeof(text) - 1})

static char path[64];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/xenc-test-json-XXXXXX");
    return close(mkstemp(path));
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static json_t *load(struct slice text, struct error *error)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fwrite(text.bytes, 1, text.length, file);
    fclose(file);
    return json_load_object(path, error);
}

static void objects_of_files(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *root =
        load(BYTES("{\"a\": [1, 2.5], \"b\": \"x\\u0000y\"}\n"), &error);
    assert_non_null(root);
    assert_true(
        slice_equal(json_slice(json_object_get(root, "b")), BYTES("x\0y")));
    assert_null(json_slice(json_object_get(root, "a")).bytes);
    assert_null(json_slice(NULL).bytes);
    json_decref(root);
}

/* model_max_length is written as 10^30, beside numbers that are sizes. */
static void numbers_too_big_for_integers(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *root =
        load(BYTES("{\"n\": 1000000000000000019884624838656}"), &error);
    assert_non_null(root);
    assert_true(json_number_value(json_object_get(root, "n")) > 1e29);
    json_decref(root);
}

static void assert_refused(struct slice text, const char *wanted)
{
    struct error error = {0};
    char message[256];
    assert_null(load(text, &error));
    snprintf(message, sizeof message, "%s%s", path, wanted);
    if (strncmp(error.text, message, strlen(message)) != 0)
        fail_msg("'%s' does not begin with '%s'", error.text, message);
}

static void what_is_no_object(void **state)
{
    (void)state;
    static char deep[5000];
    memset(deep, '[', sizeof deep);
    assert_refused(BYTES(""), ":1: not JSON: ");
    assert_refused(BYTES("{\n\"a\": 1,\n\"b\" 2}"), ":3: not JSON: ");
    assert_refused(BYTES("{} {}"), ":1: not JSON: ");
    assert_refused(BYTES("[1]"), ": not a JSON object: ");
    assert_refused(BYTES("null"), ": not a JSON object: ");
    assert_refused(BYTES("{\"a\": 1e999}"), ":1: not JSON: ");
    assert_refused(BYTES("{\"\xFF\": 1}"), ":1: not JSON: ");
    assert_refused((struct slice){deep, sizeof deep}, ":1: not JSON: ");
}

static void values_of_lines(void **state)
{
    (void)state;
    struct error error = {0};
    json_t *value = json_parse(BYTES(" \"text\" "), "in", 7, &error);
    assert_true(slice_is(json_slice(value), "text"));
    json_decref(value);

    assert_null(json_parse(BYTES("{\"a\":tru}"), "in", 7, &error));
    assert_non_null(strstr(error.text, "in:7: not JSON at byte "));
    struct error empty = {0};
    assert_null(json_parse(BYTES(""), "in", 8, &empty));
    assert_non_null(strstr(empty.text, "in:8: not JSON at byte "));
    struct error twice = {0};
    assert_null(json_parse(BYTES("{\"a\":1,\"a\":2}"), "in", 8, &twice));
    assert_string_equal(twice.text,
                        "in:8: a name is there twice, again at byte 10");
    struct error cut = {0};
    assert_null(json_parse(BYTES("{\"a\":\""), "in", 9, &cut));
    assert_non_null(strstr(cut.text, "in:9: not JSON at byte "));
}

/* A list of so many values of one text. */
static char *list_of(const char *value, size_t count, size_t *length)
{
    struct error error = {0};
    size_t each = strlen(value);
    char *text = memory_new(count * each + 3, 1, &error);
    assert_non_null(text);
    text[0] = '[';
    for (size_t i = 0; i < count; i++)
        memcpy(text + 1 + i * each, value, each);
    *length = 1 + count * each;
    memcpy(text + *length, "0]", 2);
    *length += 2;
    return text;
}

/* The tree of the first would take 140 MB, of the second nearly nothing. */
static void no_tree_is_far_larger_than_its_text(void **state)
{
    (void)state;
    struct error error = {0};
    size_t length;
    char *text = list_of("[],", 1000000, &length);
    assert_null(json_parse((struct slice){text, length}, "f", 7, &error));
    assert_string_equal(error.text,
                        "f:7: JSON of too many values for its length: its tree "
                        "would take more than 64 MB and 16 bytes for each "
                        "byte");
    memory_free(text);

    error = (struct error){0};
    text = list_of("\"[[[[[[[[{{{{{{{{,,,,,,,,\\\"[[[[\",", 100000, &length);
    json_t *tree = json_parse((struct slice){text, length}, "f", 7, &error);
    assert_int_equal(json_array_size(tree), 100001);
    json_decref(tree);
    memory_free(text);
}

static void assert_written(struct slice text, const char *wanted)
{
    struct error error = {0};
    struct buffer out = {0};
    assert_true(json_append_string(&out, text, &error));
    assert_true(slice_is(buffer_slice(&out), wanted));
    json_t *back = json_parse(buffer_slice(&out), "-", 0, &error);
    assert_non_null(back);
    json_decref(back);
    buffer_free(&out);
}

static void strings_are_escaped(void **state)
{
    (void)state;
    assert_written(BYTES(""), "\"\"");
    assert_written(BYTES("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
    assert_written(BYTES("\n\t\r\0\x1F\x7F"),
                   "\"\\n\\t\\r\\u0000\\u001f\\u007f\"");
    assert_written(BYTES("\xC3\xA9\xF0\x9F\x98\x80"),
                   "\"\xC3\xA9\xF0\x9F\x98\x80\"");
    assert_written(BYTES("a\xFF\xE2\x82"),
                   "\"a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static uint64_t line_of(const char *text, const char *key)
{
    return json_key_line(slice_of(text), key);
}

static void a_key_has_a_line(void **state)
{
    (void)state;
    static const char text[] = "{\n\"a\": {\n\"b\": 1},\n"
                               "\"c\": [\"d\", \"b\"], \"e\": \"b\",\n"
                               "\"q\\\"b\": {},\n  \"b\"\n: 2}";
    assert_int_equal(line_of(text, "a"), 2);
    assert_int_equal(line_of(text, "c"), 4);
    assert_int_equal(line_of(text, "e"), 4);
    assert_int_equal(line_of(text, "b"), 6);
    assert_int_equal(line_of(text, "d"), 0);
    assert_int_equal(line_of("", "b"), 0);
    assert_int_equal(line_of("{\"b", "b"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_has_a_line),
        cmocka_unit_test(objects_of_files),
        cmocka_unit_test(numbers_too_big_for_integers),
        cmocka_unit_test(what_is_no_object),
        cmocka_unit_test(values_of_lines),
        cmocka_unit_test(no_tree_is_far_larger_than_its_text),
        cmocka_unit_test(strings_are_escaped),
    };
    return cmocka_run_group_tests_name("json", tests, make_path, remove_path);
}
