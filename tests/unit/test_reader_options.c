/*
 * test_reader_options.c - what the reader does besides cutting records: limits,
 * ids, headers that may be absent, files as records.
 */
#include "records.h"

static const struct reader_options tsv = {
    .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};
static const struct reader_options jsonl = {.format = FORMAT_JSONL,
                                            .terminator = '\n'};

/* The limit is the same for a record that is read at once. */
static void limit(void **state)
{
    (void)state;
    struct reader_options options = tsv;
    options.record_limit = 4;
    assert_reads(options, NULL, NULL, "abcd\n\nabc",
                 "1 [abcd] <abcd>\n2 [] <>\n3 [abc] <abc>\n");
    assert_reads(options, NULL, NULL, "ab\nabcde\n",
                 "1 [ab] <ab>\nfailed: -:2: record is longer than 4 bytes: "
                 "records end in a newline, or with -z in NUL; --max-record "
                 "sets the limit\n");
}

/* A file of several records, ids and messages in one string. */
static char *read_ids(struct reader_options options, const char *ids,
                      const char *input)
{
    static char got[1024];
    char path[] = "/tmp/xenc-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_int_equal(write(descriptor, input, strlen(input)), strlen(input));
    close(descriptor);
    const char *name = path;
    struct error error = {0};
    struct record record;
    options.id = fields_for("--id", ids);
    struct reader *reader = reader_open(&options, &name, 1, &error);
    assert_non_null(reader);
    got[0] = '\0';
    for (;;) {
        struct error reason = {0};
        enum reader_status status = reader_next(reader, true, &record, &reason);
        size_t length = strlen(got);
        if (status == READER_END)
            break;
        if (status == READER_BAD)
            snprintf(got + length, sizeof got - length, "bad%s ",
                     strchr(reason.text, ' '));
        else
            snprintf(got + length, sizeof got - length, "%.*s ",
                     (int)record.id.length, record.id.bytes);
    }
    reader_close(reader);
    unlink(path);
    return got;
}

static void ids(void **state)
{
    (void)state;
    assert_string_equal(read_ids(tsv, "2", "a\tb\nc\td\n"), "b d ");
    assert_string_equal(read_ids(tsv, "2", "a\n"),
                        "bad 1 field: --id 2 needs 2, separated by TAB; for "
                        "commas use --csv ");
    /* The first key that is there, whatever its place. */
    assert_string_equal(
        read_ids(jsonl, "_id,id",
                 "{\"_id\":\"a\",\"id\":1}\n{\"id\":7}\n{\"id\":8,\"_id\":null}"
                 "\n{\"x\":1}\n"),
        "a 7 8 bad no key 'id': keys are x; choose with --id ");
}

static void header_or_not(void **state)
{
    (void)state;
    struct reader_options options = tsv;
    options.header = true;
    options.texts_without_header = fields_for("-f", "2,3");
    assert_reads(options, "b,a", NULL, "a\tx\tb\n1\t2\t3\n",
                 "2 [1\t2\t3] <3> <1>\n");
    assert_reads(options, "b,a", NULL, "7\t8\t9\n1\t2\t3\n",
                 "1 [7\t8\t9] <8> <9>\n2 [1\t2\t3] <2> <3>\n");
    assert_reads(options, "b,a", NULL, "7\n",
                 "bad 1 [7]: -:1: 1 field: -f2,3 needs 3, separated by TAB; "
                 "for commas use --csv\n");
}

/* The columns are not as many as the names. */
static void header_or_fewer(void **state)
{
    (void)state;
    struct reader_options options = tsv;
    options.header = true;
    options.texts_without_header = fields_for("-f", "2");
    assert_reads(options, "a,b", NULL, "7\t8\n", "1 [7\t8] <8>\n");
    options.texts_without_header = fields_for("-f", "1,2,1-2");
    assert_reads(options, "a,b", NULL, "7\t8\n", "1 [7\t8] <7> <8> <7\t8>\n");
}

static void files(void **state)
{
    (void)state;
    const struct reader_options options = {.format = FORMAT_FILES};
    char path[] = "/tmp/xenc-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_int_equal(write(descriptor, "a\nb\r\n\n", 6), 6);
    close(descriptor);
    const char *names[] = {path, "/dev/null", "/nowhere", path};
    struct error error = {0};
    struct reader *reader = reader_open(&options, names, 4, &error);
    assert_non_null(reader);
    struct transcript transcript;
    transcript_open(&transcript);
    transcript_read(transcript.file, reader, true);
    fclose(transcript.file);
    assert_string_equal(transcript.text,
                        "1 [a\nb\r\n\n] <a\nb>\n"
                        "1 [] <>\n"
                        "bad 1 []: /nowhere: No such file or directory\n"
                        "1 [a\nb\r\n\n] <a\nb>\n");
    free(transcript.text);
    reader_close(reader);
    unlink(path);
}

/* A file that is too long takes nothing of the next one with it. */
static void long_file(void **state)
{
    (void)state;
    const struct reader_options options = {.format = FORMAT_FILES,
                                           .record_limit = 4};
    char paths[2][24] = {"/tmp/xenc-test-XXXXXX", "/tmp/xenc-test-XXXXXX"};
    const char *const texts[2] = {"too long", "abc"};
    for (int i = 0; i < 2; i++) {
        int descriptor = mkstemp(paths[i]);
        assert_int_equal(write(descriptor, texts[i], strlen(texts[i])),
                         strlen(texts[i]));
        close(descriptor);
    }
    const char *names[] = {paths[0], paths[1]};
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&options, names, 2, &error);
    assert_int_equal(reader_next(reader, true, &record, &error), READER_BAD);
    assert_non_null(strstr(error.text, "record is longer than 4 bytes: a file "
                                       "is one record"));
    error = (struct error){0};
    assert_int_equal(reader_next(reader, true, &record, &error), READER_RECORD);
    assert_true(slice_is(record.texts[0], "abc"));
    assert_int_equal(reader_next(reader, true, &record, &error), READER_END);
    reader_close(reader);
    unlink(paths[0]);
    unlink(paths[1]);
}

static void progress(void **state)
{
    (void)state;
    char path[] = "/tmp/xenc-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_int_equal(write(descriptor, "a\nb\n", 4), 4);
    close(descriptor);
    const char *names[] = {path, path};
    struct error error = {0};
    struct record record;
    uint64_t done, total;
    struct reader *reader = reader_open(&tsv, names, 2, &error);
    reader_progress(reader, &done, &total);
    assert_int_equal(done, 0);
    assert_int_equal(total, 8);
    for (int i = 0; i < 3; i++)
        reader_next(reader, true, &record, &error);
    reader_progress(reader, &done, &total);
    assert_int_equal(done, 8);
    reader_close(reader);

    const char *device = "/dev/null";
    reader = reader_open(&tsv, &device, 1, &error);
    reader_progress(reader, &done, &total);
    assert_int_equal(total, 0);
    reader_close(reader);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limit),           cmocka_unit_test(ids),
        cmocka_unit_test(files),           cmocka_unit_test(header_or_not),
        cmocka_unit_test(header_or_fewer), cmocka_unit_test(progress),
        cmocka_unit_test(long_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
