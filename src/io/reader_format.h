/*
 * reader_format.h - what reader.c asks of a format; private to io/.
 *
 * reader.c owns the files and the buffer.  A format finds where a record ends
 * (frame) and what it says (pick).  A format belongs to its reader, which ends
 * it with functions->close.
 */
#ifndef IO_READER_FORMAT_H
#define IO_READER_FORMAT_H

#include "io/reader.h"

/* FILE:LINE of a record. */
struct place {
    const char *file;
    uint64_t line;
};

/* One of the lists -f, -g and --id at work. */
struct selection {
    const struct field_list *list; /* NULL: nothing to select */
    struct field *items;           /* the list's, names resolved to columns */
    size_t count, needed;          /* columns that a record must have */
    struct slice *texts;           /* [count], of the current record */
};
enum { SELECT_TEXTS, SELECT_GROUP, SELECT_ID, SELECTIONS };

/* Unread bytes from the start of a record on; more may come unless last. */
struct byte_window {
    const char *bytes;
    size_t length;
    bool last;
};

enum frame_status {
    FRAME_RECORD,
    FRAME_MORE, /* never where the window is the last and not empty */
    FRAME_SKIP, /* a line that is no record: nothing of it is given */
    FRAME_BAD,  /* framed, but unusable: error says why */
    FRAME_FAILED
};

struct frame {
    size_t length; /* without the terminator */
    size_t total;  /* with it */
    uint64_t lines;
};

struct format;
struct format_functions {
    /* Said where a record is longer than the limit. */
    const char *limit_hint;
    /* A file is one record, an empty one too. */
    bool takes_files;

    /* Looks for the end of the record at the window's start.  After
     * FRAME_MORE it is called with the same bytes and more behind them. */
    enum frame_status (*frame)(struct format *format, struct byte_window window,
                               struct place place, struct frame *frame,
                               struct error *error);

    /* Fills the texts of the selections from the record just framed. */
    bool (*pick)(struct format *format, struct slice record,
                 struct selection selections[SELECTIONS], struct place place,
                 struct error *error);

    /* Takes the record just framed as the header; NULL: has none. */
    bool (*header)(struct format *format, struct slice record,
                   struct selection selections[SELECTIONS], struct place place,
                   struct error *error);

    void (*close)(struct format *format);
};

/* The first member of each format's own struct. */
struct format {
    const struct format_functions *functions;
    char delimiter, terminator;
    size_t scanned; /* bytes of the window that were looked at before */
    /* What a pick puts in the place of the record and of a text without -f;
     * {NULL, 0}: the record as it came. */
    struct slice record, text;
};

static inline struct format
format_start(const struct format_functions *functions,
             const struct reader_options *options)
{
    return (struct format){.functions = functions,
                           .delimiter = options->delimiter,
                           .terminator = options->terminator};
}

struct format *format_lines_open(const struct reader_options *options,
                                 struct error *error);
struct format *format_csv_open(const struct reader_options *options,
                               struct error *error);
struct format *format_jsonl_open(const struct reader_options *options,
                                 struct error *error);
struct format *format_grep_open(const struct reader_options *options,
                                struct error *error);
struct format *format_files_open(const struct reader_options *options,
                                 struct error *error);

/* Records that end at each terminator: the frame of lines and JSON Lines. */
enum frame_status format_frame_line(struct format *format,
                                    struct byte_window window,
                                    struct place place, struct frame *frame,
                                    struct error *error);

/* The record without a CR before its newline. */
struct slice format_text(const struct format *format, struct slice record);

#endif
