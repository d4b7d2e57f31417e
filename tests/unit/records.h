/*
 * records.h - helpers of the reader's and writer's tests: input becomes a
 * transcript, one line a record, which is compared as a string.
 *
 *   LINE [bytes] <text> <text> {group}     a record
 *   bad LINE [bytes]: message              one that cannot be used
 *   failed: message                        the end of reading
 */
#ifndef TESTS_UNIT_RECORDS_H
#define TESTS_UNIT_RECORDS_H

#include "io/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct transcript {
    char *text;
    size_t length;
    FILE *file;
};

static inline void transcript_open(struct transcript *transcript)
{
    transcript->file = open_memstream(&transcript->text, &transcript->length);
    assert_non_null(transcript->file);
}

static inline void transcript_put(FILE *out, struct slice slice)
{
    if (slice.length > 0)
        fwrite(slice.bytes, 1, slice.length, out);
}

static inline void transcript_record(FILE *out, const struct record *record)
{
    fprintf(out, "%llu [", (unsigned long long)record->line);
    transcript_put(out, record->bytes);
    fputc(']', out);
    for (size_t i = 0; i < record->text_count; i++) {
        fputs(" <", out);
        transcript_put(out, record->texts[i]);
        fputc('>', out);
    }
    for (size_t i = 0; i < record->group_count; i++) {
        fputs(" {", out);
        transcript_put(out, record->group[i]);
        fputc('}', out);
    }
    fputc('\n', out);
}

/* Writes down what reader_next gives until it ends or, without wait, pauses.
 * Gives the last status. */
static inline enum reader_status
transcript_read(FILE *out, struct reader *reader, bool wait)
{
    for (;;) {
        struct error error = {0};
        struct record record = {.line = 0};
        enum reader_status status = reader_next(reader, wait, &record, &error);
        if (status == READER_RECORD) {
            transcript_record(out, &record);
            continue;
        }
        if (status == READER_BAD) {
            fprintf(out, "bad %llu [", (unsigned long long)record.line);
            transcript_put(out, record.bytes);
            fprintf(out, "]: %s\n", error.text);
            continue;
        }
        if (status == READER_FAILED)
            fprintf(out, "failed: %s\n", error.text);
        return status;
    }
}

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
