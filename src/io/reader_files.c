/*
 * reader_files.c - a file is a record, and all of it is the text.
 */
#include "io/reader_format.h"

#include "base/memory.h"

static enum frame_status frame_file(struct format *format,
                                    struct byte_window window,
                                    struct place place, struct frame *frame,
                                    struct error *error)
{
    (void)format, (void)place, (void)error;
    if (!window.last)
        return FRAME_MORE;
    *frame = (struct frame){window.length, window.length, 1};
    return FRAME_RECORD;
}

/* A newline that ends the file is no part of its text. */
static bool pick(struct format *format, struct slice record,
                 struct selection selections[SELECTIONS], struct place place,
                 struct error *error)
{
    (void)selections, (void)place, (void)error;
    while (record.length > 0 && (record.bytes[record.length - 1] == '\n' ||
                                 record.bytes[record.length - 1] == '\r'))
        record.length--;
    format->text = record;
    return true;
}

static void close_files(struct format *format)
{
    memory_free(format);
}

static const struct format_functions functions = {
    .limit_hint = "a file is one record",
    .takes_files = true,
    .frame = frame_file,
    .pick = pick,
    .close = close_files,
};

struct format *format_files_open(const struct reader_options *options,
                                 struct error *error)
{
    struct format *format = memory_new(1, sizeof *format, error);
    if (format != NULL)
        *format = format_start(&functions, options);
    return format;
}
