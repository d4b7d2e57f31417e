/*
 * target_reader.c - records of every format: the same whether they come from a
 * file or, a few bytes at a time, from a pipe.
 *
 * The first line of an input has words that stand for options:
 *
 *   H  z  o       header, NUL ends records, optional texts
 *   d=X           the delimiter
 *   l=N           the limit of a record, in bytes
 *   f= g= i= w=   -f, -g, --id, and the texts without a header
 */
#include "targets.h"

#include "io/reader.h"

#include "transcript.h"

#include <stdlib.h>
#include <string.h>

/* Compressed data may grow a thousandfold: reading ends there. */
enum { MOST_RECORD_BYTES = 64 << 10, MOST_RECORDS = 1000 };
enum { MOST_WORDS = 8, LISTS = 4 };

struct words {
    struct reader_options options;
    struct field_list lists[LISTS];
};

/* "f=LIST" fills a list; one that is none of them leaves it out. */
static void read_list(struct words *words, struct slice word)
{
    static const char letters[] = "fgiw";
    const struct field_list **const lists[LISTS] = {
        &words->options.texts, &words->options.group, &words->options.id,
        &words->options.texts_without_header};
    const char *letter = strchr(letters, word.bytes[0]);
    struct error error = {0};
    char text[64];
    if (letter == NULL || word.bytes[0] == '\0' ||
        word.length - 2 >= sizeof text)
        return;
    size_t i = (size_t)(letter - letters);
    memcpy(text, word.bytes + 2, word.length - 2);
    text[word.length - 2] = '\0';
    if (*lists[i] != NULL)
        return;
    bool fine = fields_parse(&words->lists[i], "-f", text, &error);
    fuzz_require_error(fine, &error);
    if (fine)
        *lists[i] = &words->lists[i];
}

static size_t read_limit(struct slice digits)
{
    size_t limit = 0;
    for (size_t i = 0; i < digits.length; i++)
        limit = (limit * 10 + (unsigned char)digits.bytes[i] % 16) %
                MOST_RECORD_BYTES;
    return limit > 0 ? limit : MOST_RECORD_BYTES;
}

static void read_word(struct words *words, struct slice word)
{
    struct reader_options *options = &words->options;
    if (slice_is(word, "H"))
        options->header = true;
    else if (slice_is(word, "z"))
        options->terminator = '\0';
    else if (slice_is(word, "o"))
        options->optional_texts = true;
    if (word.length < 3 || word.bytes[1] != '=')
        return;
    if (word.bytes[0] == 'd')
        options->delimiter = word.bytes[2];
    else if (word.bytes[0] == 'l')
        options->record_limit =
            read_limit((struct slice){word.bytes + 2, word.length - 2});
    else
        read_list(words, word);
}

static void read_words(struct words *words, struct slice line,
                       enum record_format format)
{
    struct slice list[MOST_WORDS];
    size_t count = text_words(line, list, MOST_WORDS);
    words->options =
        (struct reader_options){.format = format,
                                .delimiter = format == FORMAT_CSV ? ',' : '\t',
                                .terminator = '\n',
                                .record_limit = MOST_RECORD_BYTES};
    for (size_t i = 0; i < count && i < MOST_WORDS; i++)
        read_word(words, list[i]);
}

/* One reader's way through the bytes. */
struct reading {
    struct reader *reader;
    struct transcript transcript;
    size_t records;
    enum reader_status status;
};

static bool reading_open(struct reading *reading,
                         const struct reader_options *options,
                         const char *const *path)
{
    struct error error = {0};
    *reading = (struct reading){.status = READER_PAUSE};
    reading->reader = reader_open(options, path, 1, &error);
    fuzz_require_error(reading->reader != NULL, &error);
    if (reading->reader != NULL)
        transcript_open(&reading->transcript);
    return reading->reader != NULL;
}

/* Until there is nothing without waiting, or the end. */
static void reading_go_on(struct reading *reading, bool wait)
{
    struct record record;
    do {
        reading->status = transcript_next(reading->transcript.file,
                                          reading->reader, wait, &record);
        fuzz_touch(record.id.bytes, record.id.length);
    } while (
        (reading->status == READER_RECORD || reading->status == READER_BAD) &&
        ++reading->records < MOST_RECORDS);
    fuzz_require(!wait || reading->status != READER_PAUSE);
}

/* The transcript, which the caller frees. */
static struct slice reading_close(struct reading *reading)
{
    struct slice header = reader_header(reading->reader);
    fuzz_touch(header.bytes, header.length);
    reader_close(reading->reader);
    fclose(reading->transcript.file);
    return (struct slice){reading->transcript.text, reading->transcript.length};
}

/* {NULL, 0} where the options are refused. */
static struct slice read_whole(const struct reader_options *options,
                               struct slice bytes)
{
    struct reading reading;
    const char *path = fuzz_file(0, bytes);
    if (!reading_open(&reading, options, &path))
        return (struct slice){NULL, 0};
    reading_go_on(&reading, true);
    return reading_close(&reading);
}

static struct slice read_steps(const struct reader_options *options,
                               struct slice bytes, size_t step)
{
    struct reading reading;
    struct fuzz_pipe ends;
    const char *path = fuzz_pipe_open(&ends, 0);
    fuzz_require(reading_open(&reading, options, &path));
    for (size_t at = 0; at < bytes.length && reading.status == READER_PAUSE;
         at += step) {
        size_t left = bytes.length - at;
        fuzz_pipe_feed(
            &ends, (struct slice){bytes.bytes + at, left < step ? left : step});
        reading_go_on(&reading, false);
    }
    fuzz_pipe_end(&ends);
    if (reading.status == READER_PAUSE)
        reading_go_on(&reading, true);
    fuzz_pipe_close(&ends);
    return reading_close(&reading);
}

void target_reader(const struct fuzz_target *target, struct slice input)
{
    struct words words = {.options = {.format = FORMAT_LINES}};
    const enum record_format *format = target->parameter;
    read_words(&words, fuzz_line(&input), *format);
    if (input.bytes == NULL)
        input = (struct slice){"", 0};
    struct slice whole = read_whole(&words.options, input);
    size_t steps[] = {1, 1 + input.length / 16};
    for (size_t i = input.length > 64; i < 2 && whole.bytes != NULL; i++) {
        struct slice chopped = read_steps(&words.options, input, steps[i]);
        fuzz_require(slice_equal(whole, chopped));
        free((void *)(uintptr_t)chopped.bytes);
    }
    free((void *)(uintptr_t)whole.bytes);
    for (size_t i = 0; i < LISTS; i++)
        fields_free(&words.lists[i]);
}
