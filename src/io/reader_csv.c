/*
 * reader_csv.c - CSV records, found and decoded by libcsv: its only door.
 *
 * libcsv gives decoded fields and row ends but no positions.  It is fed up to
 * each newline in turn and asked whether the row ended there: so the record's
 * bytes stay as they were, and lines are counted here.  What it is told:
 *   CSV_STRICT       a quote in the wrong place is an error, not a guess
 *   CSV_STRICT_FINI  so is one that is never closed
 *   CSV_REPALL_NL    a blank line is a record of one empty field
 *   rows end in LF   a CR counts as the blank that libcsv trims around a
 *                    field, so CRLF works; real blanks are kept
 */
#include "io/column_ends.h"

#include "base/memory.h"

#include <csv.h>
#include <string.h>

/* libcsv's buffer for a field grows by this many bytes at a time. */
enum { FIELD_STEP = 64 << 10 };

struct csv_format {
    struct format format;
    struct csv_parser parser;
    struct buffer decoded; /* the fields with delimiters between them */
    struct column_ends columns;
    uint64_t newlines;   /* in the record so far */
    bool row_ended;      /* libcsv said so */
    bool broken;         /* it gave up: skipping to the end of the line */
    size_t broken_at;    /* the byte that broke it */
    struct error *error; /* where a failed allocation is told, in a call */
    bool out_of_memory;
};

static int is_blank(unsigned char byte)
{
    return byte == '\r';
}

static int is_row_end(unsigned char byte)
{
    return byte == '\n';
}

static void start_parser(struct csv_format *csv)
{
    /* csv_init allocates nothing and fails on NULL only. */
    csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL);
    csv_set_delim(&csv->parser, (unsigned char)csv->format.delimiter);
    csv_set_space_func(&csv->parser, is_blank);
    csv_set_term_func(&csv->parser, is_row_end);
    csv_set_blk_size(&csv->parser, FIELD_STEP);
}

static void add_field(void *bytes, size_t length, void *data)
{
    struct csv_format *csv = data;
    struct buffer *decoded = &csv->decoded;
    if (csv->columns.count > 0 &&
        !buffer_append(decoded, &csv->format.delimiter, 1, csv->error))
        csv->out_of_memory = true;
    if (!buffer_append(decoded, bytes, length, csv->error) ||
        !column_ends_add(&csv->columns, decoded->length, csv->error))
        csv->out_of_memory = true;
}

static void end_row(int byte, void *data)
{
    (void)byte;
    struct csv_format *csv = data;
    if (csv->columns.count == 0)
        add_field("", 0, csv);
    csv->row_ended = true;
}

static void begin_record(struct csv_format *csv)
{
    csv->decoded.length = csv->columns.count = 0;
    csv->newlines = 0;
    csv->row_ended = csv->broken = csv->out_of_memory = false;
}

/* Gives libcsv the window's next bytes, up to and with a newline. */
static bool feed(struct csv_format *csv, struct byte_window window)
{
    const char *at = window.bytes + csv->format.scanned;
    size_t left = window.length - csv->format.scanned;
    const char *newline = memchr(at, '\n', left);
    size_t length = newline ? (size_t)(newline - at) + 1 : left;

    if (!csv->broken) {
        size_t eaten =
            csv_parse(&csv->parser, at, length, add_field, end_row, csv);
        csv->broken = eaten < length;
        csv->broken_at = csv->format.scanned + eaten;
        if (csv->broken && csv_error(&csv->parser) != CSV_EPARSE) {
            csv->out_of_memory = true;
            return error_set(csv->error,
                             "out of memory: a CSV field of %zu "
                             "bytes could not be held",
                             csv_get_buffer_size(&csv->parser));
        }
    }
    csv->newlines += newline != NULL;
    csv->format.scanned += length;
    if (csv->broken && newline != NULL)
        csv->row_ended = true;
    return !csv->out_of_memory;
}

/* FILE:LINE and column of a byte in the record. */
static size_t find_column(struct slice record, size_t at, struct place *place)
{
    size_t line_start = 0;
    for (size_t i = 0; i < at; i++) {
        if (record.bytes[i] != '\n')
            continue;
        place->line++;
        line_start = i + 1;
    }
    return at - line_start + 1;
}

static void report_stray(struct slice record, size_t at, struct place place,
                         struct error *error)
{
    size_t column = find_column(record, at, &place);
    if (record.bytes[at] == '"')
        error_at(error, place.file, place.line,
                 "stray quote at column %zu: the whole field must be quoted "
                 "and the quotes in it doubled",
                 column);
    else
        error_at(error, place.file, place.line,
                 "text behind a closing quote at column %zu: a delimiter was "
                 "expected, quotes inside a field are doubled",
                 column);
}

/* Strict quoting makes this simple: a quote outside opens a field, unless it
 * follows the closing one and so is the second of a doubled pair. */
static size_t find_open_quote(struct slice record)
{
    size_t opened = 0, closed = SIZE_MAX;
    bool inside = false;
    for (size_t i = 0; i < record.length; i++) {
        if (record.bytes[i] != '"')
            continue;
        if (inside)
            closed = i;
        else if (closed == SIZE_MAX || i != closed + 1)
            opened = i;
        inside = !inside;
    }
    return opened;
}

static void report_unclosed(struct slice record, struct place place,
                            struct error *error)
{
    size_t column = find_column(record, find_open_quote(record), &place);
    error_at(error, place.file, place.line,
             "unclosed quote opened at column %zu: record runs to end of file",
             column);
}

/* The last record of a file may lack its newline, or a closing quote. */
static bool end_last_record(struct csv_format *csv, struct slice record,
                            struct place place)
{
    if (csv_fini(&csv->parser, add_field, end_row, csv) != 0) {
        report_unclosed(record, place, csv->error);
        csv->broken = true;
        return false;
    }
    if (!csv->row_ended) /* nothing but CRs */
        end_row(0, csv);
    return !csv->out_of_memory;
}

static enum frame_status finish(struct csv_format *csv, struct slice record,
                                struct place place)
{
    bool fine = false;
    if (csv->broken)
        report_stray(record, csv->broken_at, place, csv->error);
    else
        fine = csv->row_ended || end_last_record(csv, record, place);
    if (csv->out_of_memory)
        return FRAME_FAILED;
    if (fine)
        return FRAME_RECORD;
    csv_free(&csv->parser);
    start_parser(csv);
    return FRAME_BAD;
}

static enum frame_status frame_csv(struct format *format,
                                   struct byte_window window,
                                   struct place place, struct frame *frame,
                                   struct error *error)
{
    struct csv_format *csv = (struct csv_format *)format;
    csv->error = error;
    if (format->scanned == 0)
        begin_record(csv);
    while (!csv->row_ended && format->scanned < window.length)
        if (!feed(csv, window))
            return FRAME_FAILED;
    if (!csv->row_ended && !window.last)
        return FRAME_MORE;

    struct slice record = {window.bytes, format->scanned};
    bool has_newline = record.bytes[record.length - 1] == '\n';
    frame->total = record.length;
    frame->length = record.length - has_newline;
    frame->lines = csv->newlines;
    format->scanned = 0;
    return finish(csv, record, place);
}

static bool pick(struct format *format, struct slice record,
                 struct selection selections[SELECTIONS], struct place place,
                 struct error *error)
{
    (void)record;
    struct csv_format *csv = (struct csv_format *)format;
    for (int i = 0; i < SELECTIONS; i++)
        if (!column_ends_select(&csv->columns, buffer_slice(&csv->decoded),
                                &selections[i], format->delimiter, place,
                                error))
            return false;
    return true;
}

static bool header(struct format *format, struct slice record,
                   struct selection selections[SELECTIONS], struct place place,
                   struct error *error)
{
    (void)record;
    struct csv_format *csv = (struct csv_format *)format;
    for (int i = 0; i < SELECTIONS; i++)
        if (!column_ends_resolve(&csv->columns, buffer_slice(&csv->decoded),
                                 &selections[i], place, error))
            return false;
    return true;
}

static void close_csv(struct format *format)
{
    struct csv_format *csv = (struct csv_format *)format;
    csv_free(&csv->parser);
    buffer_free(&csv->decoded);
    column_ends_free(&csv->columns);
    memory_free(csv);
}

static const struct format_functions functions = {
    .limit_hint = "a quote may be unclosed",
    .frame = frame_csv,
    .pick = pick,
    .header = header,
    .close = close_csv,
};

struct format *format_csv_open(const struct reader_options *options,
                               struct error *error)
{
    struct csv_format *csv = memory_new(1, sizeof *csv, error);
    if (csv == NULL)
        return NULL;
    csv->format = format_start(&functions, options);
    start_parser(csv);
    /* So that an empty first field points somewhere. */
    if (!buffer_reserve(&csv->decoded, FIELD_STEP, error)) {
        close_csv(&csv->format);
        return NULL;
    }
    return &csv->format;
}
