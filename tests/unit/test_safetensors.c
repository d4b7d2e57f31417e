/*
 * test_safetensors.c - weights from safetensors files, hostile ones first of
 * all: every damage is one sentence, never a read outside the file.
 */
#include "model/safetensors.h"
#include "model/safetensors_write.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/xenc-test-safetensors-XXXXXX");
    return close(mkstemp(path));
}

static int remove_path(void **state)
{
    (void)state;
    return unlink(path);
}

static void put(const void *bytes, size_t length)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    fclose(file);
}

/* A file with that header and data_bytes zeros behind it; its length. */
static size_t make(char *out, const char *header, size_t data_bytes)
{
    size_t length = strlen(header);
    for (int i = 0; i < 8; i++)
        out[i] = (char)((uint64_t)length >> (8 * i) & 0xFF);
    memcpy(out + 8, header, length);
    memset(out + 8 + length, 0, data_bytes);
    return 8 + length + data_bytes;
}

/* Reads every byte that the table says is there: ASan sees one too many. */
static unsigned touch(const struct tensors *tensors)
{
    unsigned sum = 0;
    for (size_t i = 0; i < tensors->count; i++) {
        const unsigned char *bytes = tensors->list[i].data;
        for (size_t at = 0; at < tensors->list[i].bytes; at++)
            sum += bytes[at];
    }
    return sum;
}

/* The outcome of a file is the whole table or one sentence that names it. */
static bool is_read(char message[768])
{
    struct error error = {0};
    struct tensors tensors = {0};
    bool fine = safetensors_read(&tensors, path, &error);
    assert_int_equal(fine, !error.set);
    if (!fine) {
        assert_int_equal(strncmp(error.text, path, strlen(path)), 0);
        assert_null(strchr(error.text, '\n'));
        strcpy(message, error.text + strlen(path));
    }
    touch(&tensors);
    tensors_free(&tensors);
    return fine;
}

static void assert_refused(const char *header, size_t data_bytes,
                           const char *wanted)
{
    char bytes[4096], message[768];
    put(bytes, make(bytes, header, data_bytes));
    if (is_read(message))
        fail_msg("%s: read", header);
    if (strcmp(message, wanted) != 0)
        fail_msg("%s\n  gives '%s'\n  not   '%s'", header, message, wanted);
}

static bool fill(void *context, size_t index, void *data, struct error *error)
{
    (void)error;
    const struct tensor *list = context;
    memset(data, (int)index + 1, list[index].bytes);
    return true;
}

static bool refuse(void *context, size_t index, void *data, struct error *error)
{
    (void)context, (void)data;
    return index < 1 || error_set(error, "no more");
}

static const struct tensor written[] = {
    {.name = {"a.weight", 8},
     .type = TENSOR_F32,
     .dimensions = 2,
     .shape = {3, 5},
     .bytes = 60},
    {.name = {"b\"\n\xC3\xA9", 5},
     .type = TENSOR_F16,
     .dimensions = 1,
     .shape = {7},
     .bytes = 14},
    {.name = {"empty", 5},
     .type = TENSOR_BF16,
     .dimensions = 2,
     .shape = {0, 9},
     .bytes = 0},
    {.name = {"scalar", 6}, .type = TENSOR_I8, .dimensions = 0, .bytes = 1},
};
enum { WRITTEN = sizeof written / sizeof *written };

static void write_all(void)
{
    struct error error = {0};
    assert_true(safetensors_write(path, written, WRITTEN, fill,
                                  (void *)(uintptr_t)written, &error));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct error error = {0};
    struct tensors tensors = {0};
    write_all();
    assert_true(safetensors_read(&tensors, path, &error));
    assert_int_equal(tensors.count, WRITTEN);
    for (size_t i = 0; i < WRITTEN; i++) {
        const struct tensor *found = tensors_find(&tensors, written[i].name);
        assert_non_null(found);
        assert_int_equal(found->type, written[i].type);
        assert_int_equal(found->dimensions, written[i].dimensions);
        assert_memory_equal(found->shape, written[i].shape,
                            sizeof found->shape);
        assert_int_equal(found->bytes, written[i].bytes);
        for (size_t at = 0; at < found->bytes; at++)
            assert_int_equal(((const char *)found->data)[at], i + 1);
    }
    assert_int_equal((uintptr_t)tensors.list[0].data % 64, 0);
    assert_null(tensors_find(&tensors, slice_of("a.weigh")));
    tensors_free(&tensors);
}

static void a_failed_write_leaves_the_old_file(void **state)
{
    (void)state;
    struct error error = {0};
    char message[768];
    write_all();
    assert_false(
        safetensors_write(path, written, WRITTEN, refuse, NULL, &error));
    assert_string_equal(error.text, "no more");
    assert_true(is_read(message));
}

static size_t read_file(char *bytes, size_t room)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(bytes, 1, room, file);
    fclose(file);
    return length;
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    char bytes[2048], message[768];
    write_all();
    size_t length = read_file(bytes, sizeof bytes);
    for (size_t cut = 0; cut < length; cut++) {
        put(bytes, cut);
        if (is_read(message))
            fail_msg("the first %zu of %zu bytes were read", cut, length);
    }
    put(bytes, length);
    assert_true(is_read(message));
}

/* Read or refused, but never read outside the file. */
static void every_flipped_bit_is_survived(void **state)
{
    (void)state;
    char bytes[2048], message[768];
    write_all();
    size_t length = read_file(bytes, sizeof bytes), refused = 0;
    for (size_t bit = 0; bit < (length - 75) * 8; bit++) {
        bytes[bit / 8] ^= (char)(1 << bit % 8);
        put(bytes, length);
        refused += !is_read(message);
        bytes[bit / 8] ^= (char)(1 << bit % 8);
    }
    assert_true(refused > length);
}

static void lengths_of_the_header(void **state)
{
    (void)state;
    static const uint64_t lengths[] = {
        3, 100, 1 << 20, UINT32_MAX, INT64_MAX, UINT64_MAX - 7, UINT64_MAX};
    char bytes[64] = "", message[768];
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        make(bytes, "{}", 0);
        for (int at = 0; at < 8; at++)
            bytes[at] = (char)(lengths[i] >> (8 * at) & 0xFF);
        put(bytes, 10);
        assert_false(is_read(message));
        assert_non_null(strstr(message, "a file of 10"));
    }
    put("", 0);
    assert_false(is_read(message));
    assert_string_equal(message, ": 0 bytes: a safetensors file was expected");
}

#define ENTRY(dtype, shape, offsets)                                           \
    "{\"a\":{\"dtype\":" dtype ",\"shape\":" shape                             \
    ",\"data_offsets\":" offsets "}}"
#define HAS_NO                                                                 \
    ": tensor 'a' has no dtype, shape and data_offsets: the file is damaged"

static void headers_that_lie(void **state)
{
    (void)state;
    static const char *const malformed[] = {
        "{\"a\":1}",
        "{\"a\":null}",
        "{\"a\":{}}",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}",
        ENTRY("\"F32\"", "{}", "[0,4]"),
        ENTRY("\"F32\"", "[-1]", "[0,4]"),
        ENTRY("\"F32\"", "[1.0]", "[0,4]"),
        ENTRY("\"F32\"", "[\"1\"]", "[0,4]"),
        ENTRY("\"F32\"", "[[1]]", "[0,4]"),
        ENTRY("\"F32\"", "[4294967296,4294967296]", "[0,4]"),
        ENTRY("\"F32\"", "[9223372036854775807,3]", "[0,4]"),
        ENTRY("\"F32\"", "[1]", "[0]"),
        ENTRY("\"F32\"", "[1]", "[0,4,4]"),
        ENTRY("\"F32\"", "[1]", "[-4,0]"),
        ENTRY("\"F32\"", "[1]", "\"0,4\""),
        ENTRY("\"F32\"", "[1]", "{\"0\":0,\"1\":4}"),
    };
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++)
        assert_refused(malformed[i], 4, HAS_NO);
    assert_refused("[]", 0, ": header is not a JSON object");
    assert_refused("7", 0, ": header is not a JSON object");
    assert_refused(ENTRY("\"F32\"", "[1]", "[4,0]"), 4,
                   ": tensor 'a' lies at bytes 4 to 0 of 4: the file is "
                   "damaged or was cut");
}

static void offsets_outside_the_file(void **state)
{
    (void)state;
    assert_refused(ENTRY("\"F32\"", "[2]", "[0,8]"), 4,
                   ": header says 70 bytes, file has 66: download was cut, "
                   "run 'xenc verify' or copy again");
    char bytes[256], message[768];
    put(bytes, make(bytes,
                    ENTRY("\"I8\"", "[9223372036854775807]",
                          "[0,9223372036854775807]"),
                    4));
    assert_false(is_read(message));
    put(bytes, make(bytes,
                    ENTRY("\"I8\"", "[1]",
                          "[9223372036854775806,9223372036854775807]"),
                    4));
    assert_false(is_read(message));
}

static void sizes_that_do_not_agree(void **state)
{
    (void)state;
    assert_refused(ENTRY("\"F16\"", "[2]", "[0,8]"), 8,
                   ": tensor 'a' has 8 bytes for 2 elements of F16: the file "
                   "is damaged");
    assert_refused(ENTRY("\"F32\"", "[4611686018427387905]", "[0,4]"), 4,
                   ": tensor 'a' has 4 bytes for 4611686018427387905 elements "
                   "of F32: the file is damaged");
    assert_refused(ENTRY("\"F32\"", "[0,9]", "[0,4]"), 4,
                   ": tensor 'a' has 4 bytes for 0 elements of F32: the file "
                   "is damaged");
}

/* Types that no model here reads, and shapes of many dimensions, are listed:
 * who needs such a tensor says so. */
static void other_types_are_listed(void **state)
{
    (void)state;
    static const char *const headers[] = {
        ENTRY("\"I64\"", "[1]", "[0,8]"),
        ENTRY("\"F8_E4M3\"", "[8]", "[0,8]"),
        ENTRY("\"f32\"", "[2]", "[0,8]"),
        ENTRY("7", "[2]", "[0,8]"),
        ENTRY("\"F32\"", "[1,1,1,1,2]", "[0,8]"),
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        struct error error = {0};
        struct tensors tensors = {0};
        char bytes[256];
        put(bytes, make(bytes, headers[i], 8));
        if (!safetensors_read(&tensors, path, &error))
            fail_msg("%s: %s", headers[i], error.text);
        assert_int_equal(tensors.list[0].type, TENSOR_OTHER);
        tensors_free(&tensors);
    }
}

static void a_name_twice(void **state)
{
    (void)state;
    assert_refused("{\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":"
                   "[0,1]},\"a\":{\"dtype\":\"I8\",\"shape\":[1],"
                   "\"data_offsets\":[1,2]}}",
                   2, ": a name is there twice, again at byte 56");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_failed_write_leaves_the_old_file),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(every_flipped_bit_is_survived),
        cmocka_unit_test(lengths_of_the_header),
        cmocka_unit_test(headers_that_lie),
        cmocka_unit_test(offsets_outside_the_file),
        cmocka_unit_test(sizes_that_do_not_agree),
        cmocka_unit_test(other_types_are_listed),
        cmocka_unit_test(a_name_twice),
    };
    return cmocka_run_group_tests_name("safetensors", tests, make_path,
                                       remove_path);
}
