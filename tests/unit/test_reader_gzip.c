/*
 * test_reader_gzip.c - gzip data in place of text: told by its first bytes,
 * through every chopping, whole or damaged.
 */
#include "records.h"

#include <zlib.h>

static const struct reader_options tsv = {
    .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};

/* One gzip member behind what is there. */
static void compress_to(char *out, size_t *length, size_t capacity,
                        const char *text)
{
    z_stream stream = {.zalloc = NULL};
    assert_int_equal(
        deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
        Z_OK);
    stream.next_in = (unsigned char *)(uintptr_t)text;
    stream.avail_in = (unsigned)strlen(text);
    stream.next_out = (unsigned char *)out + *length;
    stream.avail_out = (unsigned)(capacity - *length);
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *length = capacity - stream.avail_out;
    deflateEnd(&stream);
}

static void one_member(void **state)
{
    (void)state;
    char data[256];
    size_t length = 0;
    compress_to(data, &length, sizeof data,
                "\xEF\xBB\xBF"
                "a\tb\nc\td");
    assert_reads_bytes(tsv, "2", NULL, data, length,
                       "1 [a\tb] <b>\n2 [c\td] <d>\n");
    length = 0;
    compress_to(data, &length, sizeof data, "");
    assert_reads_bytes(tsv, "2", NULL, data, length, "");
}

/* A record may go on in the next member; zeros at the end are padding. */
static void several_members(void **state)
{
    (void)state;
    char data[512];
    size_t length = 0;
    compress_to(data, &length, sizeof data, "one\ntw");
    compress_to(data, &length, sizeof data, "");
    compress_to(data, &length, sizeof data, "o\nthree\n");
    memset(data + length, 0, 100);
    assert_reads_bytes(tsv, NULL, NULL, data, length + 100,
                       "1 [one] <one>\n2 [two] <two>\n3 [three] <three>\n");
}

static void other_formats(void **state)
{
    (void)state;
    char data[256];
    size_t length = 0;
    struct reader_options options = {
        .format = FORMAT_CSV, .delimiter = ',', .terminator = '\n'};
    compress_to(data, &length, sizeof data, "\"a\nb\",c\n");
    assert_reads_bytes(options, "1", NULL, data, length,
                       "1 [\"a\nb\",c] <a\nb>\n");
    length = 0;
    options.format = FORMAT_JSONL;
    compress_to(data, &length, sizeof data, "{\"a\":\"x\"}\n");
    assert_reads_bytes(options, "a", NULL, data, length,
                       "1 [{\"a\":\"x\"}] <x>\n");
}

static void cut_data(void **state)
{
    (void)state;
    char data[256];
    size_t length = 0;
    compress_to(data, &length, sizeof data, "one\n");
    assert_reads_bytes(tsv, NULL, NULL, data, length - 1,
                       "1 [one] <one>\nfailed: -: gzip data ends too early: "
                       "the file was cut\n");
    assert_reads_bytes(tsv, NULL, NULL, data, 2,
                       "failed: -: gzip data ends too early: the file was "
                       "cut\n");
}

static void damaged_data(void **state)
{
    (void)state;
    char data[256];
    size_t length = 0;
    compress_to(data, &length, sizeof data, "one\n");
    data[length - 5] ^= 1; /* in the checksum */
    assert_reads_bytes(tsv, NULL, NULL, data, length,
                       "1 [one] <one>\nfailed: -: damaged gzip data: incorrect "
                       "data check\n");
    data[length - 5] ^= 1;
    memcpy(data + length, "tail", 4);
    assert_reads_bytes(tsv, NULL, NULL, data, length + 4,
                       "1 [one] <one>\nfailed: -: damaged gzip data: incorrect "
                       "header check\n");
    assert_reads(tsv, NULL, NULL, "\x1F\x8Bx\n",
                 "failed: -: damaged gzip data: unknown compression method\n");
}

/* One of the two bytes is not enough. */
static void almost_the_mark(void **state)
{
    (void)state;
    assert_reads(tsv, NULL, NULL, "\x1F", "1 [\x1F] <\x1F>\n");
    assert_reads(tsv, NULL, NULL, "\x1F\n\x8B\n",
                 "1 [\x1F] <\x1F>\n2 [\x8B] <\x8B>\n");
    assert_reads(tsv, NULL, NULL, "\x1Fx\n", "1 [\x1Fx] <\x1Fx>\n");
    assert_reads(tsv, NULL, NULL, "x\n\x1F\x8B\n",
                 "1 [x] <x>\n2 [\x1F\x8B] <\x1F\x8B>\n");
}

/* More than every buffer holds, so that input and output wait in turn. */
static void much_data(void **state)
{
    (void)state;
    enum { RECORDS = 200000 };
    char path[] = "/tmp/xenc-test-gzip-XXXXXX";
    close(mkstemp(path));
    gzFile file = gzopen(path, "wb1");
    for (unsigned i = 0; i < RECORDS; i++)
        gzprintf(file, "%u\t%08x%08x\n", i, i * 2654435761u, i * 40503u);
    gzclose(file);

    const char *name = path;
    struct reader_options options = tsv;
    options.texts = fields_for("-f", "1,2");
    struct error error = {0};
    struct record record;
    struct reader *reader = reader_open(&options, &name, 1, &error);
    for (unsigned i = 0; i < RECORDS; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "%u\t%08x%08x", i, i * 2654435761u,
                 i * 40503u);
        if (reader_next(reader, i % 2, &record, &error) != READER_RECORD ||
            !slice_is(record.bytes, expected))
            fail_msg("record %u, not %s", i, expected);
    }
    assert_int_equal(reader_next(reader, true, &record, &error), READER_END);
    reader_close(reader);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_member),    cmocka_unit_test(several_members),
        cmocka_unit_test(other_formats), cmocka_unit_test(cut_data),
        cmocka_unit_test(damaged_data),  cmocka_unit_test(almost_the_mark),
        cmocka_unit_test(much_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
