/*
 * test_fields.c - cut's LIST as -f takes it, and names in messages.
 */
#include "io/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static void assert_item(const char *text, size_t index, const char *name,
                        size_t first, size_t last)
{
    struct field_list list;
    struct error error = {0};
    assert_true(fields_parse(&list, "-f", text, &error));
    assert_true(index < list.count);
    assert_string_equal(list.items[index].name, name);
    assert_int_equal(list.items[index].first, first);
    assert_int_equal(list.items[index].last, last);
    fields_free(&list);
}

static void numbers_and_ranges(void **state)
{
    (void)state;
    assert_item("2", 0, "2", 2, 2);
    assert_item("2,5", 1, "5", 5, 5);
    assert_item("5,2", 0, "5", 5, 5); /* the order is the user's */
    assert_item("3-", 0, "3-", 3, SIZE_MAX);
    assert_item("-2", 0, "-2", 1, 2);
    assert_item("1,2-4", 1, "2-4", 2, 4);
    assert_item("7-7", 0, "7-7", 7, 7);
    assert_item("007", 0, "007", 7, 7);
}

static void names(void **state)
{
    (void)state;
    assert_item("title", 0, "title", 0, 0);
    assert_item("title-a", 0, "title-a", 0, 0);
    assert_item("2nd", 0, "2nd", 0, 0);
    assert_item("1-2-3", 0, "1-2-3", 0, 0);
    assert_item("2-x", 0, "2-x", 0, 0);
    assert_item("-x", 0, "-x", 0, 0);
    assert_item("data.lines.text,3", 0, "data.lines.text", 0, 0);
    assert_item("a b, c", 1, " c", 0, 0); /* blanks are part of a name */
}

static void by_name(void **state)
{
    (void)state;
    struct field_list list;
    struct error error = {0};
    assert_true(fields_parse(&list, "-f", "1,2-,-3", &error));
    assert_false(fields_by_name(&list));
    fields_free(&list);
    assert_true(fields_parse(&list, "-f", "1,x", &error));
    assert_true(fields_by_name(&list));
    fields_free(&list);
}

static void columns_needed(void **state)
{
    (void)state;
    const struct field fields[] = {{"3", 3, 3}, {"3-", 3, SIZE_MAX}};
    assert_int_equal(field_columns_needed(&fields[0]), 3);
    assert_int_equal(field_columns_needed(&fields[1]), 3);
    const struct field range = {"2-4", 2, 4};
    assert_int_equal(field_columns_needed(&range), 4);
}

static void assert_refused(const char *text, const char *message)
{
    struct field_list list;
    struct error error = {0};
    assert_false(fields_parse(&list, "-f", text, &error));
    assert_string_equal(error.text, message);
    assert_null(list.items);
}

static void refusals(void **state)
{
    (void)state;
    assert_refused("", "-f '': a number, a range or a name was expected");
    assert_refused("1,,2", "-f '': a number, a range or a name was expected");
    assert_refused("1,", "-f '': a number, a range or a name was expected");
    assert_refused("-", "-f '-': a number, a range or a name was expected");
    assert_refused("0", "-f '0': fields are counted from 1");
    assert_refused("0-2", "-f '0-2': fields are counted from 1");
    assert_refused("-0", "-f '-0': fields are counted from 1");
    assert_refused("4-2", "-f '4-2': the range ends before it begins");
    assert_refused("99999999999999999999999",
                   "-f '99999999999999999999999': the field number is too "
                   "large");
    assert_refused("1-4294967296",
                   "-f '1-4294967296': the field number is too large");
}

static void assert_written(const char *option, const char *text,
                           const char *written)
{
    struct field_list list;
    struct error error = {0};
    assert_true(fields_parse(&list, option, text, &error));
    assert_string_equal(list.written, written);
    fields_free(&list);
}

static void written_form(void **state)
{
    (void)state;
    assert_written("-f", "1,2", "-f1,2");
    assert_written("-g", "2-", "-g2-");
    assert_written("-f", "title,2", "-f title,2");
    assert_written("--group", "2", "--group 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_ranges),
        cmocka_unit_test(names),
        cmocka_unit_test(by_name),
        cmocka_unit_test(columns_needed),
        cmocka_unit_test(refusals),
        cmocka_unit_test(written_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
