/*
 * transcript.h - what a reader gives, one line a record, so that it can be
 * compared as a string.
 *
 *   LINE [bytes] <text> <text> {group}     a record
 *   bad LINE [bytes]: message              one that cannot be used
 *   failed: message                        the end of reading
 */
#ifndef TESTS_UNIT_TRANSCRIPT_H
#define TESTS_UNIT_TRANSCRIPT_H

#include "io/reader.h"

#include <stdio.h>
#include <stdlib.h>

struct transcript {
    char *text;
    size_t length;
    FILE *file;
};

static inline void transcript_open(struct transcript *transcript)
{
    transcript->file = open_memstream(&transcript->text, &transcript->length);
    if (transcript->file == NULL)
        abort();
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

/* Writes down what reader_next gives; the record is good until the next. */
static inline enum reader_status transcript_next(FILE *out,
                                                 struct reader *reader,
                                                 bool wait,
                                                 struct record *record)
{
    struct error error = {0};
    *record = (struct record){.line = 0};
    enum reader_status status = reader_next(reader, wait, record, &error);
    if (status == READER_RECORD)
        transcript_record(out, record);
    if (status == READER_BAD) {
        fprintf(out, "bad %llu [", (unsigned long long)record->line);
        transcript_put(out, record->bytes);
        fprintf(out, "]: %s\n", error.text);
    }
    if (status == READER_FAILED)
        fprintf(out, "failed: %s\n", error.text);
    return status;
}

/* All of it, until it ends or, without wait, pauses.  Gives the last status. */
static inline enum reader_status
transcript_read(FILE *out, struct reader *reader, bool wait)
{
    enum reader_status status;
    struct record record;
    do
        status = transcript_next(out, reader, wait, &record);
    while (status == READER_RECORD || status == READER_BAD);
    return status;
}

#endif
