/*
 * test_reader_zstd.c - zstd data in place of text: told by its first bytes,
 * through every chopping, whole or damaged.
 */
#include "config.h"

#include "records.h"

static const struct reader_options tsv = {
    .format = FORMAT_LINES, .delimiter = '\t', .terminator = '\n'};

/* printf 'a\tb\nc\td' | zstd */
static const char frame[] = "\x28\xB5\x2F\xFD\x04\x58\x39\x00\x00"
                            "a\tb\nc\td\x30\x33\xF6\x1F";
enum { FRAME = sizeof frame - 1 };
/* A skippable frame of two bytes, as pzstd writes them. */
static const char skippable[] = "\x50\x2A\x4D\x18\x02\x00\x00\x00xy";
enum { SKIPPABLE = sizeof skippable - 1 };

static void need_library(void)
{
#ifndef HAVE_LIBZSTD
    skip();
#endif
}

static void frames(void **state)
{
    (void)state;
    need_library();
    char data[256];
    assert_reads_bytes(tsv, "2", NULL, frame, FRAME,
                       "1 [a\tb] <b>\n2 [c\td] <d>\n");
    memcpy(data, skippable, SKIPPABLE);
    memcpy(data + SKIPPABLE, frame, FRAME);
    memcpy(data + SKIPPABLE + FRAME, frame, FRAME);
    assert_reads_bytes(tsv, "1", NULL, data, SKIPPABLE + 2 * FRAME,
                       "1 [a\tb] <a>\n2 [c\tda\tb] <c>\n3 [c\td] <c>\n");
}

static void cut_data(void **state)
{
    (void)state;
    need_library();
    for (size_t length = 4; length < FRAME; length++) {
        char *got = read_file(&tsv, frame, length);
        assert_non_null(strstr(got, "failed: -: zstd data ends too early: the "
                                    "file was cut\n"));
        free(got);
    }
}

static void damaged_data(void **state)
{
    (void)state;
    need_library();
    char data[FRAME];
    memcpy(data, frame, FRAME);
    data[FRAME - 1] ^= 1;
    char *got = read_file(&tsv, data, FRAME);
    assert_non_null(strstr(got, "failed: -: damaged zstd data: "));
    free(got);
}

/* Text that begins like a mark is text. */
static void almost_the_mark(void **state)
{
    (void)state;
    assert_reads(tsv, NULL, NULL, "(", "1 [(] <(>\n");
    assert_reads(tsv, NULL, NULL, "P*M", "1 [P*M] <P*M>\n");
    assert_reads(tsv, NULL, NULL, "(\xB5/x\n", "1 [(\xB5/x] <(\xB5/x>\n");
    assert_reads(tsv, NULL, NULL, "P\nQ\n", "1 [P] <P>\n2 [Q] <Q>\n");
}

static void without_library(void **state)
{
    (void)state;
#ifdef HAVE_LIBZSTD
    skip();
#endif
    assert_reads_bytes(tsv, NULL, NULL, frame, FRAME,
                       "failed: -: zstd data: this xenc was built without "
                       "libzstd: put 'zstd -dc' before it\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),          cmocka_unit_test(cut_data),
        cmocka_unit_test(damaged_data),    cmocka_unit_test(almost_the_mark),
        cmocka_unit_test(without_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
