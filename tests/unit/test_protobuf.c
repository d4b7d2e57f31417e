/*
 * test_protobuf.c - fields of every wire type, and messages that end early.
 */
#include "text/protobuf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const unsigned char message[] = {
    0x08, 0x96, 0x01,                         /* 1: 150 */
    0x12, 0x03, 'a',  'b',  'c',              /* 2: "abc" */
    0x1D, 0x00, 0x00, 0x80, 0x3F,             /* 3: 1.0f */
    0x21, 1,    2,    3,    4,    5, 6, 7, 8, /* 4: 64 bits */
    0xC2, 0x02, 0x00,                         /* 40: "" */
};

static struct slice message_slice(size_t length)
{
    return (struct slice){(const char *)message, length};
}

static void fields_follow_each_other(void **state)
{
    (void)state;
    struct protobuf walk = protobuf_start(message_slice(sizeof message));
    struct protobuf_field field;
    assert_true(protobuf_next(&walk, &field));
    assert_int_equal(field.number, 1);
    assert_int_equal(field.value, 150);
    assert_true(protobuf_next(&walk, &field));
    assert_int_equal(field.wire, WIRE_BYTES);
    assert_true(slice_is(field.bytes, "abc"));
    assert_true(protobuf_next(&walk, &field));
    assert_int_equal(field.value, 0x3F800000);
    assert_true(protobuf_next(&walk, &field));
    assert_true(field.value == 0x0807060504030201u);
    assert_true(protobuf_next(&walk, &field));
    assert_int_equal(field.number, 40);
    assert_int_equal(field.bytes.length, 0);
    assert_false(protobuf_more(&walk));
}

/* Cut anywhere, the walk ends at a field's end or says that it is damaged. */
static void short_messages_are_seen(void **state)
{
    (void)state;
    static const size_t ends[] = {0, 3, 8, 13, 22, sizeof message};
    for (size_t length = 0; length <= sizeof message; length++) {
        struct protobuf walk = protobuf_start(message_slice(length));
        struct protobuf_field field;
        bool fine = true;
        while (fine && protobuf_more(&walk))
            fine = protobuf_next(&walk, &field);
        bool is_end = false;
        for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
            is_end |= ends[i] == length;
        assert_int_equal(fine, is_end);
    }
}

static void damage_is_seen(void **state)
{
    (void)state;
    static const struct slice cases[] = {
        {"\x00\x01", 2},                                  /* field 0 */
        {"\x0B", 1},                                      /* a group */
        {"\x0F\x01", 2},                                  /* wire type 7 */
        {"\x12\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", 10}, /* huge length */
        {"\x12\xFF\xFF\xFF\x7F", 5}, /* 256 MB of nothing */
        {"\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01", 12}, /* 11 bytes */
        {"\xF8\xFF\xFF\xFF\xFF\x01\x00", 7}, /* a tag beyond 32 bits */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct protobuf walk = protobuf_start(cases[i]);
        struct protobuf_field field;
        assert_false(protobuf_next(&walk, &field));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_follow_each_other),
        cmocka_unit_test(short_messages_are_seen),
        cmocka_unit_test(damage_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
