/*
 * test_reader_jsonl.c - JSON Lines: paths, decoding, messages.
 * Each input is read as a file and through pipes in small steps: see records.h.
 */
#include "records.h"

static const struct reader_options jsonl = {
    .format = FORMAT_JSONL, .delimiter = ',', .terminator = '\n'};

static void members(void **state)
{
    (void)state;
    assert_reads(jsonl, "text", NULL, "{\"id\":1,\"text\":\"a b\"}\n",
                 "1 [{\"id\":1,\"text\":\"a b\"}] <a b>\n");
    assert_reads(jsonl, "b,a", "id",
                 " { \"a\" : \"x\" , \"b\" : \"y\", \"id\": \"q\" } \r\n",
                 "1 [ { \"a\" : \"x\" , \"b\" : \"y\", \"id\": \"q\" } \r] <y> "
                 "<x> {q}\n");
    assert_reads(jsonl, NULL, NULL, "{\"a\":1}\r\n{}",
                 "1 [{\"a\":1}\r] <{\"a\":1}>\n2 [{}] <{}>\n");
    assert_reads(jsonl, "1", NULL, "{\"1\":\"a number is a key\"}\n",
                 "1 [{\"1\":\"a number is a key\"}] <a number is a key>\n");
}

static void other_values(void **state)
{
    (void)state;
    assert_reads(
        jsonl, "n,t,f", NULL, "{\"n\":-1.50e+3,\"t\":true,\"f\":false}\n",
        "1 [{\"n\":-1.50e+3,\"t\":true,\"f\":false}] <-1.50e+3> <true> "
        "<false>\n");
    assert_reads(jsonl, "a", NULL, "{\"a\":null}\n{\"a\":[1]}\n{\"a\":{}}\n",
                 "bad 1 [{\"a\":null}]: -:1: 'a' is null: a string was "
                 "expected\n"
                 "bad 2 [{\"a\":[1]}]: -:2: 'a' is an array: a string was "
                 "expected\n"
                 "bad 3 [{\"a\":{}}]: -:3: 'a' is an object: a string was "
                 "expected\n");
}

static void paths(void **state)
{
    (void)state;
    assert_reads(jsonl, "data.lines.text", NULL,
                 "{\"data\":{\"x\":1,\"lines\":{\"text\":\"t\"}}}\n",
                 "1 [{\"data\":{\"x\":1,\"lines\":{\"text\":\"t\"}}}] <t>\n");
    /* A key with the dot in it is nearer to what was asked. */
    assert_reads(jsonl, "a.b", NULL,
                 "{\"a\":{\"b\":\"step\"},\"a.b\":\"whole\"}\n"
                 "{\"a.b\":\"whole\",\"a\":{\"b\":\"step\"}}\n",
                 "1 [{\"a\":{\"b\":\"step\"},\"a.b\":\"whole\"}] <whole>\n"
                 "2 [{\"a.b\":\"whole\",\"a\":{\"b\":\"step\"}}] <whole>\n");
    assert_reads(jsonl, "a.b.c", NULL, "{\"a\":{\"b.c\":\"x\"}}\n",
                 "1 [{\"a\":{\"b.c\":\"x\"}}] <x>\n");
}

static void equal_keys(void **state)
{
    (void)state;
    assert_reads(jsonl, "a", NULL, "{\"a\":\"first\",\"a\":\"last\"}\n",
                 "1 [{\"a\":\"first\",\"a\":\"last\"}] <last>\n");
}

static void escapes(void **state)
{
    (void)state;
    assert_reads(jsonl, "a", NULL, "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}\n",
                 "1 [{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"}] "
                 "<\"\\/\b\f\n\r\t>\n");
    assert_reads(jsonl, "a,b", NULL,
                 "{\"a\":\"\\u00E9\\u20ac\",\"b\":\"x\\uD83D\\uDE00y\"}\n",
                 "1 [{\"a\":\"\\u00E9\\u20ac\",\"b\":\"x\\uD83D\\uDE00y\"}] "
                 "<\xC3\xA9\xE2\x82\xAC> <x\xF0\x9F\x98\x80y>\n");
    assert_reads(jsonl, "caf\xC3\xA9", NULL, "{\"caf\\u00e9\":\"key\"}\n",
                 "1 [{\"caf\\u00e9\":\"key\"}] <key>\n");
}

/* Neither costs the record: a model reads both as U+FFFD. */
static void broken_characters(void **state)
{
    (void)state;
    assert_reads(jsonl, "a", NULL,
                 "{\"a\":\"\\ud800x\\udc00\\ud800\\u0041\"}\n",
                 "1 [{\"a\":\"\\ud800x\\udc00\\ud800\\u0041\"}] "
                 "<\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD"
                 "A>\n");
    assert_reads(jsonl, "a", NULL, "{\"a\":\"\xFF\xC3\"}\n",
                 "1 [{\"a\":\"\xFF\xC3\"}] <\xFF\xC3>\n");
}

static void zero_in_a_string(void **state)
{
    (void)state;
    static const char input[] = "{\"a\":\"x\\u0000y\"}";
    struct reader_options options = jsonl;
    options.texts = fields_for("-f", "a");
    char *transcript = read_file(&options, input, strlen(input));
    size_t head = strlen("1 [] <x") + strlen(input);
    assert_int_equal(transcript[head], '\0');
    assert_string_equal(transcript + head + 1, "y>\n");
    free(transcript);
}

static void missing_keys(void **state)
{
    (void)state;
    assert_reads(jsonl, "text", NULL,
                 "{\"id\":1,\"title\":\"x\",\"body\":\"y\"}\n"
                 "{\"text\":\"z\"}\n{}\n",
                 "bad 1 [{\"id\":1,\"title\":\"x\",\"body\":\"y\"}]: -:1: no "
                 "key 'text': keys are id, title, body; choose with -f\n"
                 "2 [{\"text\":\"z\"}] <z>\n"
                 "bad 3 [{}]: -:3: no key 'text': keys are none; choose with "
                 "-f\n");
    assert_reads(
        jsonl, "data.lines.text", NULL,
        "{\"data\":{\"lines\":{\"bytes\":\"eA==\"}}}\n"
        "{\"data\":{\"path\":1}}\n{\"data\":1}\n",
        "bad 1 [{\"data\":{\"lines\":{\"bytes\":\"eA==\"}}}]: -:1: no "
        "key 'text' in 'data.lines': keys are bytes; choose with -f\n"
        "bad 2 [{\"data\":{\"path\":1}}]: -:2: no key 'lines.text' in "
        "'data': keys are path; choose with -f\n"
        "bad 3 [{\"data\":1}]: -:3: no key 'data.lines.text': keys are "
        "data; choose with -f\n");
    assert_reads(jsonl, "a", "q", "{\"a\":\"x\"}\n",
                 "bad 1 [{\"a\":\"x\"}]: -:1: no key 'q': keys are a; choose "
                 "with -g\n");
}

/* Texts after the first; the transcript shows an absent one as empty. */
static void optional_texts(void **state)
{
    (void)state;
    struct reader_options options = jsonl;
    options.optional_texts = true;
    assert_reads(options, "a,b", NULL,
                 "{\"a\":\"x\"}\n{\"a\":\"x\",\"b\":null}\n"
                 "{\"b\":\"y\"}\n{\"a\":\"x\",\"b\":[]}\n",
                 "1 [{\"a\":\"x\"}] <x> <>\n"
                 "2 [{\"a\":\"x\",\"b\":null}] <x> <>\n"
                 "bad 3 [{\"b\":\"y\"}]: -:3: no key 'a': keys are b; choose "
                 "with -f\n"
                 "bad 4 [{\"a\":\"x\",\"b\":[]}]: -:4: 'b' is an array: a "
                 "string was expected\n");
}

static void not_json(void **state)
{
    (void)state;
    assert_reads(jsonl, "a", NULL, "{\"a\":\"x\",\"b\":[1,2}\n",
                 "bad 1 [{\"a\":\"x\",\"b\":[1,2}]: -:1: not JSON at byte 18 "
                 "('}'): one object per line was expected\n");
    assert_reads(jsonl, "a", NULL, "3\n\n[{}]\n{\"a\":\"x\"\n{\"a\":\"x\"}\n",
                 "bad 1 [3]: -:1: not JSON at byte 1 ('3'): one object per "
                 "line was expected\n"
                 "bad 2 []: -:2: not JSON at byte 1 (end of record): one "
                 "object per line was expected\n"
                 "bad 3 [[{}]]: -:3: not JSON at byte 1 ('['): one object per "
                 "line was expected\n"
                 "bad 4 [{\"a\":\"x\"]: -:4: not JSON at byte 9 (end of "
                 "record): one object per line was expected\n"
                 "5 [{\"a\":\"x\"}] <x>\n");
    /* Without -f too: what goes out must be an object. */
    assert_reads(jsonl, NULL, NULL, "text\n",
                 "bad 1 [text]: -:1: not JSON at byte 1 ('t'): one object per "
                 "line was expected\n");
    assert_reads(jsonl, "a", NULL, "{\xC3\xA9}\n",
                 "bad 1 [{\xC3\xA9}]: -:1: not JSON at byte 2 ('\xC3\xA9'): "
                 "one object per line was expected\n");
}

static void no_header(void **state)
{
    (void)state;
    struct reader_options options = jsonl;
    options.header = true;
    assert_reads(options, "a", NULL, "{\"a\":\"x\"}\n",
                 "1 [{\"a\":\"x\"}] <x>\n");
}

static void zero_ended_objects(void **state)
{
    (void)state;
    struct reader_options options = jsonl;
    options.terminator = '\0';
    static const char input[] = "{\n\"a\":\"x\"\n}\0{\"a\":\"y\"}";
    assert_reads_bytes(options, "a", NULL, input, sizeof input - 1,
                       "1 [{\n\"a\":\"x\"\n}] <x>\n2 [{\"a\":\"y\"}] <y>\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members),
        cmocka_unit_test(other_values),
        cmocka_unit_test(paths),
        cmocka_unit_test(equal_keys),
        cmocka_unit_test(escapes),
        cmocka_unit_test(broken_characters),
        cmocka_unit_test(zero_in_a_string),
        cmocka_unit_test(missing_keys),
        cmocka_unit_test(optional_texts),
        cmocka_unit_test(not_json),
        cmocka_unit_test(no_header),
        cmocka_unit_test(zero_ended_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
