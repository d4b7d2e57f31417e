/*
 * test_writer.c - rows of lines, CSV and JSON Lines.
 */
#include "written.h"

#include <math.h>

static struct slice slice_or_none(const char *text)
{
    return text ? slice_of(text) : (struct slice){NULL, 0};
}

/* One header, if any, and one record give this file. */
static void assert_rows(const struct writer_options *options,
                        const char *header, const char *record,
                        const struct value *values, size_t count,
                        const char *expected)
{
    struct error error = {0};
    struct writer *writer = writer_open(options, &error);
    assert_non_null(writer);
    if (header != NULL)
        assert_true(
            writer_header(writer, slice_of(header), values, count, &error));
    assert_true(
        writer_put(writer, slice_or_none(record), values, count, &error));
    assert_true(writer_commit(writer, &error));
    writer_close(writer);
    assert_string_equal(read_path(), expected);
    unlink(path);
}

static const float scores[] = {0.93f, NAN, -0.5f};
static const int32_t ids[] = {101, 7592, 102};

static void rows_of_lines(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    const struct value first[] = {score, line}, last[] = {line, score};
    assert_rows(&options, NULL, "a\tb", first, 2, "0.93\ta\tb\n");
    assert_rows(&options, NULL, "a\tb", last, 2, "a\tb\t0.93\n");
    assert_rows(&options, NULL, "a\tb", &score, 1, "0.93\n");
    assert_rows(&options, NULL, NULL, &score, 1, "0.93\n");
    assert_rows(&options, NULL, "", first, 2, "0.93\t\n");
    options.decimals = 4;
    assert_rows(&options, NULL, "x", first, 2, "0.9300\tx\n");
}

static void carriage_returns_stay_last(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    const struct value first[] = {score, line}, last[] = {line, score};
    assert_rows(&options, "h\r", "a\r", first, 2, "score\th\r\n0.93\ta\r\n");
    assert_rows(&options, "h\r", "a\r", last, 2, "h\tscore\r\na\t0.93\r\n");
    assert_rows(&options, NULL, "a\r", &score, 1, "0.93\n");
    options = options_of(FORMAT_CSV);
    assert_rows(&options, "h\r", "a,\"b\"\r", first, 2,
                "h,score\r\na,\"b\",0.93\r\n");
    options = options_of(FORMAT_JSONL);
    assert_rows(&options, NULL, "{\"a\":1}\r", &score, 1,
                "{\"a\":1,\"score\":0.93}\r\n");
}

static void zero_ended_rows(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    options.terminator = '\0';
    const struct value values[] = {score, line};
    struct error error = {0};
    struct writer *writer = writer_open(&options, &error);
    assert_true(writer_put(writer, slice_of("a\nb\r"), values, 2, &error));
    assert_true(writer_put(writer, slice_of("c"), values, 2, &error));
    assert_true(writer_commit(writer, &error));
    writer_close(writer);
    static const char expected[] = "0.93\ta\nb\r\0"
                                   "0.93\tc";
    assert_memory_equal(read_path(), expected, sizeof expected);
    unlink(path);
}

static const struct slice pieces[] = {
    {"[CLS]", 5}, {"a\tb", 3}, {"x,\"y\"", 5}};
static const struct value every_kind[] = {
    {.name = "scores", .kind = VALUE_NUMBERS, .count = 3, .numbers = scores},
    {.name = "index", .kind = VALUE_INTEGER, .integer = -9007199254740993},
    {.name = "ids", .kind = VALUE_INTEGERS, .count = 3, .integers = ids},
    {.name = "cut", .kind = VALUE_BOOL, .flag = true},
    {.name = "label", .kind = VALUE_TEXT, .text = {"say \"a,\tb\"\n", 11}},
    {.name = "tokens", .kind = VALUE_TEXTS, .count = 3, .texts = pieces},
};
enum { KINDS = sizeof every_kind / sizeof *every_kind };

/* A delimiter or newline in a text would break the table: a blank. */
static void every_kind_in_lines(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_LINES);
    assert_rows(&options, "h", "r", every_kind, KINDS,
                "scores_0\tscores_1\tscores_2\tindex\tids\tcut\tlabel\ttokens\n"
                "0.93\tnan\t-0.5\t-9007199254740993\t101 7592 102\t1\t"
                "say \"a, b\" \t[CLS] a b x,\"y\"\n");
}

static void every_kind_in_csv(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_CSV);
    assert_rows(&options, "h", "r", every_kind, KINDS,
                "h,scores_0,scores_1,scores_2,index,ids,cut,label,tokens\n"
                "r,0.93,nan,-0.5,-9007199254740993,101 7592 102,1,"
                "\"say \"\"a,\tb\"\"\n\",\"[CLS] a\tb x,\"\"y\"\"\"\n");
}

static void every_kind_in_json(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_JSONL);
    assert_rows(&options, "no header", "{}", every_kind, KINDS,
                "{\"scores\":[0.93,null,-0.5],\"index\":-9007199254740993,"
                "\"ids\":[101,7592,102],\"cut\":true,"
                "\"label\":\"say \\\"a,\\tb\\\"\\n\","
                "\"tokens\":[\"[CLS]\",\"a\\tb\",\"x,\\\"y\\\"\"]}\n");
}

static void empty_arrays(void **state)
{
    (void)state;
    const struct value none = {.name = "ids", .kind = VALUE_INTEGERS};
    struct writer_options options = options_of(FORMAT_JSONL);
    assert_rows(&options, NULL, "{}", &none, 1, "{\"ids\":[]}\n");
    options = options_of(FORMAT_CSV);
    assert_rows(&options, NULL, "r", &none, 1, "r,\n");
}

static void rows_of_csv(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_CSV);
    const struct value values[] = {score, line};
    assert_rows(&options, "id,\"a\nb\"", "1,\"x \"\"y\"\"\n\"", values, 2,
                "id,\"a\nb\",score\n1,\"x \"\"y\"\"\n\",0.93\n");
    assert_rows(&options, NULL, "", &score, 1, ",0.93\n");
    assert_rows(&options, NULL, NULL, &score, 1, "0.93\n");
    options.delimiter = ';';
    assert_rows(&options, NULL, "a;b", &score, 1, "a;b;0.93\n");
}

/* It must not swallow the columns and records behind it. */
static void csv_record_with_an_unclosed_quote(void **state)
{
    (void)state;
    struct writer_options options = options_of(FORMAT_CSV);
    assert_rows(&options, NULL, "a,\"b\nc", &score, 1, "\"a,\"\"b\nc\",0.93\n");
}

static void assert_object(const char *record, const char *expected)
{
    struct writer_options options = options_of(FORMAT_JSONL);
    const struct value values[] = {
        score, line, {.name = "label", .kind = VALUE_TEXT, .text = {"x", 1}}};
    assert_rows(&options, NULL, record, values, 3, expected);
}

static void added_members(void **state)
{
    (void)state;
    assert_object("{}", "{\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{ }", "{\"score\":0.93,\"label\":\"x\" }\n");
}

static void untouched_members(void **state)
{
    (void)state;
    assert_object(" { \"n\" : 1.000e+00 , \"s\":\"\\u00e9\xC3\xA9\\/\",\"a\":"
                  "[1, {\"score\":2}],\"n\":12345678901234567890 } ",
                  " { \"n\" : 1.000e+00 , \"s\":\"\\u00e9\xC3\xA9\\/\",\"a\":"
                  "[1, {\"score\":2}],\"n\":12345678901234567890,\"score\":"
                  "0.93,\"label\":\"x\" } \n");
}

static void replaced_members(void **state)
{
    (void)state;
    assert_object("{\"score\":1,\"a\":2}",
                  "{\"a\":2,\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{\"a\":2, \"score\":{\"b\":[1]}, \"c\":3}",
                  "{\"a\":2, \"c\":3,\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{\"a\":2, \"score\" : \"old, {\" }",
                  "{\"a\":2,\"score\":0.93,\"label\":\"x\" }\n");
    assert_object("{\"score\":1}", "{\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{\"score\":1,\"label\":2,\"a\":3,\"label\":4,\"score\":5}",
                  "{\"a\":3,\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{\"a\":1,\"score\":1,\"label\":2,\"b\":3}",
                  "{\"a\":1,\"b\":3,\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{\"sc\\u006fre\":1,\"a\":2}",
                  "{\"a\":2,\"score\":0.93,\"label\":\"x\"}\n");
}

/* A record that --keep-going lets pass. */
static void records_that_are_no_objects(void **state)
{
    (void)state;
    assert_object("{\"a\":\"b\"",
                  "{\"record\":\"{\\\"a\\\":\\\"b\\\"\",\"score\":0.93,"
                  "\"label\":\"x\"}\n");
    assert_object("{\"score\":1,\"a\":",
                  "{\"record\":\"{\\\"score\\\":1,\\\"a\\\":\","
                  "\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("{\"score\":1,\"a\":2,",
                  "{\"record\":\"{\\\"score\\\":1,\\\"a\\\":2,\","
                  "\"score\":0.93,\"label\":\"x\"}\n");
    assert_object("\xFF", "{\"record\":\"\xEF\xBF\xBD\",\"score\":0.93,"
                          "\"label\":\"x\"}\n");
    assert_object("", "{\"record\":\"\",\"score\":0.93,\"label\":\"x\"}\n");
    assert_object(NULL, "{\"score\":0.93,\"label\":\"x\"}\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_of_lines),
        cmocka_unit_test(carriage_returns_stay_last),
        cmocka_unit_test(zero_ended_rows),
        cmocka_unit_test(every_kind_in_lines),
        cmocka_unit_test(every_kind_in_csv),
        cmocka_unit_test(every_kind_in_json),
        cmocka_unit_test(empty_arrays),
        cmocka_unit_test(rows_of_csv),
        cmocka_unit_test(csv_record_with_an_unclosed_quote),
        cmocka_unit_test(added_members),
        cmocka_unit_test(untouched_members),
        cmocka_unit_test(replaced_members),
        cmocka_unit_test(records_that_are_no_objects),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
