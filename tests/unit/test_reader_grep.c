/*
 * test_reader_grep.c - lines of grep and objects of ripgrep: where the text is.
 */
#include "records.h"

#include "io/grep_line.h"

static const struct reader_options grep = {
    .format = FORMAT_GREP, .delimiter = '\t', .terminator = '\n'};

static void assert_parses(const char *line, size_t length, const char *expected)
{
    struct grep_line parsed;
    char got[256];
    grep_line_parse((struct slice){line, length}, &parsed);
    snprintf(got, sizeof got, "%.*s|%.*s|%.*s|%c", (int)parsed.path.length,
             parsed.path.bytes ? parsed.path.bytes : "",
             (int)parsed.number.length,
             parsed.number.bytes ? parsed.number.bytes : "",
             (int)parsed.text.length, parsed.text.bytes, parsed.separator);
    assert_string_equal(got, expected);
}

static void lines(void **state)
{
    (void)state;
    static const struct {
        const char *line, *expected;
    } cases[] = {
        {"a.c:12:int a: b", "a.c|12|int a: b|:"},
        {"a.c-12-int a - b", "a.c|12|int a - b|-"},
        {"a.c:int a", "a.c||int a|:"},
        {"12:int a", "|12|int a|:"},
        {"12-int a", "|12|int a|-"},
        {"12", "||12|:"},
        {"int a", "||int a|:"},
        {":int a", "||:int a|:"},
        {"", "|||:"},
        {"a.c:12:", "a.c|12||:"},
        {"C:/a b.c:3:x", "C:/a b.c|3|x|:"},
        /* In two ways readable: path characters join path and number. */
        {"a-1-b.c:12:x", "a-1-b.c|12|x|:"},
        {"a.c-12-x ? 1:2:3", "a.c|12|x ? 1:2:3|-"},
        {"a.c:12:x -3- y", "a.c|12|x -3- y|:"},
        {"2024-01-02.log:7:x", "2024-01-02.log|7|x|:"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_parses(cases[i].line, strlen(cases[i].line), cases[i].expected);
    assert_parses("a:1:b\0"
                  "12:x:y",
                  12, "a:1:b|12|x:y|:");
    assert_parses("a-1-b\0"
                  "x",
                  7, "a-1-b||x|:");
}

static void records(void **state)
{
    (void)state;
    assert_reads(grep, NULL, NULL, "a.c:1:x\r\n--\nb.c-2-y\n\nz",
                 "1 [a.c:1:x\r] <x>\n3 [b.c-2-y] <y>\n4 [] <>\n5 [z] <z>\n");
}

static void colors_are_no_text(void **state)
{
    (void)state;
    assert_reads(grep, NULL, NULL,
                 "\x1B[35m\x1B[Ka.c\x1B[m\x1B[K\x1B[36m\x1B[K:\x1B[m\x1B[Kx "
                 "\x1B[01;31m\x1B[Ky\x1B[m\x1B[K\n\x1B[3q\n",
                 "1 [\x1B[35m\x1B[Ka.c\x1B[m\x1B[K\x1B[36m\x1B[K:\x1B[m\x1B[Kx "
                 "\x1B[01;31m\x1B[Ky\x1B[m\x1B[K] <x y>\n"
                 "2 [\x1B[3q] <\x1B[3q>\n");
}

static void objects(void **state)
{
    (void)state;
    assert_reads(
        grep, NULL, NULL,
        "{\"type\":\"begin\",\"data\":{\"path\":{\"text\":\"a.c\"}}}\n"
        "{\"type\":\"match\",\"data\":{\"path\":{\"text\":\"a.c\"},\"lines\":{"
        "\"text\":\"x\\ty\\nz\\n\"},\"line_number\":7}}\n"
        "{\"type\":\"context\",\"data\":{\"path\":{\"text\":\"a.c\"},\"lines\":"
        "{\"bytes\":\"//4K\"},\"line_number\":8}}\n"
        "{\"data\":{},\"type\":\"summary\"}\n",
        "2 [a.c:7:x\ty z] <x\ty z>\n3 [a.c-8-\xFF\xFE] <\xFF\xFE>\n");
    /* Without path, without number, with nothing at all. */
    assert_reads(grep, NULL, NULL,
                 "{\"type\":\"match\",\"data\":{\"path\":null,\"lines\":{"
                 "\"text\":\"x\"},\"line_number\":null}}\n"
                 "{\"type\":\"match\",\"data\":{}}\n",
                 "1 [x] <x>\n2 [] <>\n");
}

/* A line that only looks like an object is a line. */
static void almost_objects(void **state)
{
    (void)state;
    assert_reads(grep, NULL, NULL, "{\"type\":\"match\"}\n{\"type\":\n{\n",
                 "1 [{\"type\":\"match\"}] <\"match\"}>\n"
                 "2 [{\"type\":] <>\n3 [{] <{>\n");
    assert_reads(grep, NULL, NULL,
                 "{\"type\":\"match\",\"data\":{\"lines\":{\"bytes\":\"?\"}}}"
                 "\n",
                 "bad 1 [{\"type\":\"match\",\"data\":{\"lines\":{\"bytes\":"
                 "\"?\"}}}]: -:1: not base64 at byte 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),
        cmocka_unit_test(records),
        cmocka_unit_test(objects),
        cmocka_unit_test(almost_objects),
        cmocka_unit_test(colors_are_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
