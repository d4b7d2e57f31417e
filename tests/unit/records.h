/*
 * records.h - helpers of the reader's and writer's tests: input becomes a
 * transcript, which is compared as a string.
 */
#ifndef TESTS_UNIT_RECORDS_H
#define TESTS_UNIT_RECORDS_H

#include "transcript.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Puts a descriptor in the place of standard input; gives the old one. */
static inline int replace_input(int descriptor)
{
    int old = dup(STDIN_FILENO);
    assert_int_equal(dup2(descriptor, STDIN_FILENO), STDIN_FILENO);
    close(descriptor);
    return old;
}

static inline void restore_input(int old)
{
    dup2(old, STDIN_FILENO);
    close(old);
}

/* The transcript of input that comes through a pipe, `step` bytes at a time,
 * with a pause after each step. */
static inline char *read_steps(const struct reader_options *options,
                               const char *input, size_t length, size_t step)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    int old = replace_input(ends[0]);
    struct error error = {0};
    struct reader *reader = reader_open(options, NULL, 0, &error);
    assert_non_null(reader);

    struct transcript transcript;
    transcript_open(&transcript);
    enum reader_status status = READER_PAUSE;
    for (size_t at = 0; at < length && status == READER_PAUSE; at += step) {
        size_t now = length - at < step ? length - at : step;
        assert_int_equal(write(ends[1], input + at, now), now);
        status = transcript_read(transcript.file, reader, false);
    }
    close(ends[1]);
    if (status == READER_PAUSE)
        transcript_read(transcript.file, reader, true);
    reader_close(reader);
    restore_input(old);
    fclose(transcript.file);
    return transcript.text;
}

/* The transcript of the same bytes as a file on standard input. */
static inline char *read_file(const struct reader_options *options,
                              const char *input, size_t length)
{
    char path[] = "/tmp/xenc-test-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    unlink(path);
    assert_int_equal(write(descriptor, input, length), length);
    lseek(descriptor, 0, SEEK_SET);
    int old = replace_input(descriptor);

    struct error error = {0};
    struct reader *reader = reader_open(options, NULL, 0, &error);
    if (reader == NULL)
        fail_msg("%s", error.text);
    struct transcript transcript;
    transcript_open(&transcript);
    transcript_read(transcript.file, reader, true);
    reader_close(reader);
    restore_input(old);
    fclose(transcript.file);
    return transcript.text;
}

/* Parsed lists for options; NULL gives none.  They end with the test. */
static inline const struct field_list *fields_for(const char *option,
                                                  const char *text)
{
    static struct field_list lists[8];
    static size_t next;
    if (text == NULL)
        return NULL;
    struct field_list *list = &lists[next++ % 8];
    struct error error = {0};
    fields_free(list);
    assert_true(fields_parse(list, option, text, &error));
    return list;
}

/* The input must give this transcript as a file and through pipes that are fed
 * one byte, or a few, at a time. */
static inline void assert_reads_bytes(struct reader_options options,
                                      const char *texts, const char *group,
                                      const char *input, size_t length,
                                      const char *expected)
{
    options.texts = fields_for("-f", texts);
    options.group = fields_for("-g", group);
    char *whole = read_file(&options, input, length);
    assert_string_equal(whole, expected);
    free(whole);
    static const size_t steps[] = {1, 2, 3, 7};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        char *chopped = read_steps(&options, input, length, steps[i]);
        assert_string_equal(chopped, expected);
        free(chopped);
    }
}

static inline void assert_reads(struct reader_options options,
                                const char *texts, const char *group,
                                const char *input, const char *expected)
{
    assert_reads_bytes(options, texts, group, input, strlen(input), expected);
}

#endif
