/*
 * reader_lines.c - records that end in a newline or NUL, columns split at the
 * delimiter: plain lines and TSV, where quotes are plain bytes.
 *
 * Nothing is copied: texts are slices of the reader's buffer, found by memchr.
 */
#include "io/column_ends.h"

#include "base/memory.h"

#include <string.h>

struct lines_format {
    struct format format;
    struct column_ends columns;
};

struct slice format_text(const struct format *format, struct slice record)
{
    bool ends_in_cr = format->terminator == '\n' && record.length > 0 &&
                      record.bytes[record.length - 1] == '\r';
    return (struct slice){record.bytes, record.length - ends_in_cr};
}

enum frame_status format_frame_line(struct format *format,
                                    struct byte_window window,
                                    struct place place, struct frame *frame,
                                    struct error *error)
{
    (void)place, (void)error;
    const char *end = memchr(window.bytes + format->scanned, format->terminator,
                             window.length - format->scanned);
    if (end == NULL && !window.last) {
        format->scanned = window.length;
        return FRAME_MORE;
    }
    format->scanned = 0;
    frame->length = end ? (size_t)(end - window.bytes) : window.length;
    frame->total = frame->length + (end != NULL);
    frame->lines = 1;
    return FRAME_RECORD;
}

/* Finds the columns up to the wanted one, or all when there are fewer. */
static bool split(struct lines_format *lines, struct slice text, size_t wanted,
                  struct error *error)
{
    lines->columns.count = 0;
    size_t at = 0;
    while (lines->columns.count < wanted) {
        const char *delimiter =
            memchr(text.bytes + at, lines->format.delimiter, text.length - at);
        size_t end = delimiter ? (size_t)(delimiter - text.bytes) : text.length;
        if (!column_ends_add(&lines->columns, end, error))
            return false;
        if (delimiter == NULL)
            break;
        at = end + 1;
    }
    return true;
}

static bool pick(struct format *format, struct slice record,
                 struct selection selections[SELECTIONS], struct place place,
                 struct error *error)
{
    struct lines_format *lines = (struct lines_format *)format;
    struct slice text = format_text(format, record);
    size_t wanted = 0;
    for (int i = 0; i < SELECTIONS; i++)
        if (selections[i].needed > wanted)
            wanted = selections[i].needed;

    if (!split(lines, text, wanted, error))
        return false;
    for (int i = 0; i < SELECTIONS; i++)
        if (!column_ends_select(&lines->columns, text, &selections[i],
                                format->delimiter, place, error))
            return false;
    return true;
}

static bool header(struct format *format, struct slice record,
                   struct selection selections[SELECTIONS], struct place place,
                   struct error *error)
{
    struct lines_format *lines = (struct lines_format *)format;
    struct slice text = format_text(format, record);
    if (!split(lines, text, SIZE_MAX, error))
        return false;
    for (int i = 0; i < SELECTIONS; i++)
        if (!column_ends_resolve(&lines->columns, text, &selections[i], place,
                                 error))
            return false;
    return true;
}

static void close_lines(struct format *format)
{
    struct lines_format *lines = (struct lines_format *)format;
    column_ends_free(&lines->columns);
    memory_free(lines);
}

static const struct format_functions functions = {
    .limit_hint = "records end in a newline, or with -z in NUL",
    .frame = format_frame_line,
    .pick = pick,
    .header = header,
    .close = close_lines,
};

struct format *format_lines_open(const struct reader_options *options,
                                 struct error *error)
{
    struct lines_format *lines = memory_new(1, sizeof *lines, error);
    if (lines == NULL)
        return NULL;
    lines->format = format_start(&functions, options);
    return &lines->format;
}
