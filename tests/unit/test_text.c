/*
 * test_text.c - slices, buffers, characters, quotes and the map of slices.
 */
#include "base/text.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <time.h>

#define BYTES(text) ((struct slice){text, sizeof(text) - 1})

static void slices_compare_all_bytes(void **state)
{
    (void)state;
    assert_true(slice_equal(BYTES("a\0b"), BYTES("a\0b")));
    assert_false(slice_equal(BYTES("a\0b"), BYTES("a\0c")));
    assert_false(slice_equal(BYTES("ab"), BYTES("abc")));
    assert_true(slice_equal((struct slice){NULL, 0}, BYTES("")));
    assert_true(slice_is(BYTES("key"), "key"));
    assert_false(slice_is(BYTES("key\0"), "key"));
}

static void buffers_append_and_free(void **state)
{
    (void)state;
    struct error error = {0};
    struct buffer buffer = {0};
    assert_true(buffer_append(&buffer, NULL, 0, &error));
    assert_int_equal(buffer_slice(&buffer).length, 0);
    for (int i = 0; i < 1000; i++)
        assert_true(buffer_append(&buffer, "0123456789", 10, &error));
    assert_int_equal(buffer.length, 10000);
    assert_memory_equal(buffer.bytes + 9990, "0123456789", 10);
    assert_false(buffer_reserve(&buffer, SIZE_MAX - 5, &error));
    assert_true(error.set);
    assert_int_equal(buffer.length, 10000);
    buffer_free(&buffer);
    assert_null(buffer.bytes);
}

static void characters(void **state)
{
    (void)state;
    static const struct {
        struct slice text;
        size_t bytes;
    } cases[] = {
        {BYTES(""), 0},
        {BYTES("a"), 1},
        {BYTES("\0"), 1},
        {BYTES("\x7F"), 1},
        {BYTES("\xC2\x80"), 2},
        {BYTES("\xDF\xBF"), 2},
        {BYTES("\xE0\xA0\x80"), 3},
        {BYTES("\xED\x9F\xBF"), 3},
        {BYTES("\xEF\xBF\xBF"), 3},
        {BYTES("\xF0\x90\x80\x80"), 4},
        {BYTES("\xF4\x8F\xBF\xBF"), 4},
        /* broken: lone, overlong, surrogate, too high, cut */
        {BYTES("\x80"), 0},
        {BYTES("\xC0\x80"), 0},
        {BYTES("\xC1\xBF"), 0},
        {BYTES("\xE0\x9F\xBF"), 0},
        {BYTES("\xED\xA0\x80"), 0},
        {BYTES("\xF0\x8F\xBF\xBF"), 0},
        {BYTES("\xF4\x90\x80\x80"), 0},
        {BYTES("\xF5\x80\x80\x80"), 0},
        {BYTES("\xFF"), 0},
        {BYTES("\xC3"), 0},
        {BYTES("\xE2\x82"), 0},
        {BYTES("\xF0\x9F\x98"), 0},
        {BYTES("\xC3("), 0},
        {BYTES("\xE2\x82("), 0},
        {BYTES("\xF0\x9F\x98("), 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (text_character(cases[i].text) != cases[i].bytes)
            fail_msg("case %zu: %zu bytes, not %zu", i,
                     text_character(cases[i].text), cases[i].bytes);
}

static void assert_quote(struct slice data, const char *wanted)
{
    char out[TEXT_QUOTE_BYTES];
    memset(out, '#', sizeof out);
    assert_string_equal(text_quote(data, out), wanted);
}

static void quotes_are_short_and_printable(void **state)
{
    (void)state;
    assert_quote(BYTES(""), "");
    assert_quote(BYTES("caf\xC3\xA9"), "caf\xC3\xA9");
    assert_quote(BYTES("a\tb\nc\0d\x1B[1m\x7F"), "a?b?c?d?[1m?");
    assert_quote(BYTES("\xFFok\xE2\x82"), "?ok??");
    assert_quote(BYTES("0123456789012345678901234567890123456789"),
                 "0123456789012345678901234567890123456789");
    assert_quote(BYTES("0123456789012345678901234567890123456789x"),
                 "0123456789012345678901234567890123456789...");
    /* never in the middle of a character */
    assert_quote(BYTES("012345678901234567890123456789012345678\xC3\xA9"),
                 "012345678901234567890123456789012345678...");
}

enum { KEYS = 50000, KEY_BYTES = 24 };

static void fill_keys(struct slice_map *map, char (*keys)[KEY_BYTES])
{
    struct error error = {0};
    for (int i = 0; i < KEYS; i++) {
        int length = snprintf(keys[i], KEY_BYTES, "key-%d-%x", i, i * 7);
        struct slice key = {keys[i], (size_t)length};
        assert_true(slice_map_put(map, key, i, &error));
    }
}

static void maps_find_every_key(void **state)
{
    (void)state;
    struct error error = {0};
    struct slice_map map = {0};
    char(*keys)[KEY_BYTES] = memory_new(KEYS, KEY_BYTES, &error);
    assert_int_equal(slice_map_get(&map, BYTES("key-0-0")), -1);
    fill_keys(&map, keys);
    assert_int_equal(map.count, KEYS);
    for (int i = 0; i < KEYS; i++)
        assert_int_equal(slice_map_get(&map, slice_of(keys[i])), i);
    /* its beginning or a byte more is another key */
    assert_int_equal(slice_map_get(&map, BYTES("key-1-")), -1);
    assert_int_equal(slice_map_get(&map, BYTES("key-1-7\0")), -1);
    slice_map_free(&map);
    memory_free(keys);
}

/* A full table would look for ever for what is not there. */
static void maps_always_have_a_gap(void **state)
{
    (void)state;
    static char letters[64];
    struct error error = {0};
    struct slice_map map = {0};
    for (int i = 0; i < 64; i++) {
        letters[i] = (char)(i + 1);
        assert_true(
            slice_map_put(&map, (struct slice){letters + i, 1}, i, &error));
        assert_true(map.count < map.capacity);
        assert_int_equal(slice_map_get(&map, BYTES("absent")), -1);
    }
    slice_map_free(&map);
}

/* Sixteen bytes that the hash of former releases gave one number: its first
 * step undone by the second. */
static void write_twin(char *key, uint64_t number)
{
    uint64_t state = 0xCBF29CE484222325u ^ 16;
    state = (state ^ number) * 0x9E3779B97F4A7C15u;
    state ^= state >> 32;
    memcpy(key, &number, 8);
    memcpy(key + 8, &state, 8);
}

/* Whoever writes the input must not choose where its keys fall. */
static void maps_are_quick_with_keys_made_to_collide(void **state)
{
    (void)state;
    struct error error = {0};
    struct slice_map map = {0};
    char(*keys)[16] = memory_new(KEYS, 16, &error);
    clock_t start = clock();
    for (int i = 0; i < KEYS; i++) {
        write_twin(keys[i], (uint64_t)i);
        assert_true(
            slice_map_put(&map, (struct slice){keys[i], 16}, i, &error));
    }
    assert_int_equal(map.count, KEYS);
    assert_true(clock() - start < CLOCKS_PER_SEC); /* it was 4 seconds */
    slice_map_free(&map);
    memory_free(keys);
}

static void maps_replace_values(void **state)
{
    (void)state;
    struct error error = {0};
    struct slice_map map = {0};
    assert_true(slice_map_put(&map, BYTES("a"), 1, &error));
    assert_true(slice_map_put(&map, BYTES("a"), 2, &error));
    assert_true(slice_map_put(&map, (struct slice){NULL, 0}, 3, &error));
    assert_true(slice_map_put(&map, BYTES(""), 4, &error));
    assert_int_equal(map.count, 2);
    assert_int_equal(slice_map_get(&map, BYTES("a")), 2);
    assert_int_equal(slice_map_get(&map, BYTES("")), 4);
    slice_map_free(&map);
}

static void maps_have_the_room_that_was_reserved(void **state)
{
    (void)state;
    struct error error = {0};
    struct slice_map map = {0};
    char(*keys)[KEY_BYTES] = memory_new(KEYS, KEY_BYTES, &error);
    assert_true(slice_map_reserve(&map, KEYS, &error));
    size_t capacity = map.capacity;
    fill_keys(&map, keys);
    assert_int_equal(map.capacity, capacity);
    assert_false(slice_map_reserve(&map, SIZE_MAX, &error));
    assert_true(error.set);
    slice_map_free(&map);
    memory_free(keys);
}

static void name_lines(void **state)
{
    (void)state;
    struct name_line line = {.length = 0};
    assert_string_equal(name_line_end(&line, "none"), "none");
    name_line_add(&line, slice_of("id"));
    name_line_add(&line, slice_of("title\twith TAB"));
    assert_string_equal(name_line_end(&line, "none"), "id, title?with TAB");
}

static void long_name_lines(void **state)
{
    (void)state;
    struct name_line line = {.length = 0};
    for (int i = 0; i < 1000; i++)
        name_line_add(&line, slice_of("a name of some twenty bytes"));
    const char *text = name_line_end(&line, "none");
    const char *tail = strstr(text, " and ");
    assert_non_null(tail);
    size_t shown = 1, left_out = 0;
    for (const char *at = text; (at = strchr(at, ',')) != NULL; at++)
        shown++;
    assert_int_equal(sscanf(tail, " and %zu more", &left_out), 1);
    assert_int_equal(shown + left_out, 1000);
    assert_true(strlen(text) < sizeof line.text);
}

static void ends_and_choices(void **state)
{
    (void)state;
    static const char *const list[] = {"bash", "zsh", "fish", NULL};
    char out[32], narrow[8];
    assert_true(text_ends("config.json", ".json"));
    assert_true(text_ends(".json", ".json"));
    assert_false(text_ends("json", ".json"));
    assert_false(text_ends("config.json.gz", ".json"));
    text_choices(list, out, sizeof out);
    assert_string_equal(out, "bash, zsh or fish");
    text_choices(list + 2, out, sizeof out);
    assert_string_equal(out, "fish");
    text_choices(list + 3, out, sizeof out);
    assert_string_equal(out, "");
    text_choices(list, narrow, sizeof narrow);
    assert_string_equal(narrow, "bash, z");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_compare_all_bytes),
        cmocka_unit_test(buffers_append_and_free),
        cmocka_unit_test(characters),
        cmocka_unit_test(quotes_are_short_and_printable),
        cmocka_unit_test(name_lines),
        cmocka_unit_test(long_name_lines),
        cmocka_unit_test(ends_and_choices),
        cmocka_unit_test(maps_find_every_key),
        cmocka_unit_test(maps_always_have_a_gap),
        cmocka_unit_test(maps_are_quick_with_keys_made_to_collide),
        cmocka_unit_test(maps_replace_values),
        cmocka_unit_test(maps_have_the_room_that_was_reserved),
    };
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
