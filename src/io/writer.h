/*
 * writer.h - results -> records: columns before the untouched record (lines),
 * after it (CSV) or as added members (JSON Lines).
 *
 * Output goes to a file that appears whole or not at all, or to standard
 * output, where it is buffered until writer_flush.  Every write is checked.
 */
#ifndef IO_WRITER_H
#define IO_WRITER_H

#include "base/error.h"
#include "base/text.h"
#include "io/reader.h"

enum value_kind {
    VALUE_NUMBER,  /* one float32, shortest decimal or fixed decimals */
    VALUE_NUMBERS, /* an array: TAB- or comma-separated columns, a JSON array */
    VALUE_INTEGER,
    VALUE_INTEGERS,
    VALUE_BOOL, /* 0 or 1, false or true in JSON */
    VALUE_TEXT,
    VALUE_TEXTS,
    VALUE_RECORD /* the record itself, wherever -c puts `line` */
};

struct value {
    const char *name; /* the column: JSON key, CSV header */
    enum value_kind kind;
    size_t count; /* of the plural kinds */
    union {
        float number;
        const float *numbers;
        int64_t integer;
        const int32_t *integers;
        bool flag;
        struct slice text;
        const struct slice *texts;
    };
};

struct writer_options {
    const char *path; /* NULL or "-": standard output */
    enum record_format format;
    char delimiter, terminator;
    int decimals;       /* -1: the shortest that gives the float32 back */
    bool line_buffered; /* flush after each record */
};

struct writer;
struct writer *writer_open(const struct writer_options *options,
                           struct error *error);

/*
 * One output record.  Lines: the values joined by the delimiter.  CSV: the
 * record, then the other values as further columns, quoted when needed.  JSON
 * Lines: the record's object with one member a value added at its end (a
 * member that it already had under that key is replaced), all else untouched.
 * `record` may be {NULL, 0} where no VALUE_RECORD is printed; a JSON object is
 * then made of the values alone.
 */
bool writer_put(struct writer *writer, struct slice record,
                const struct value *values, size_t count, struct error *error);
/* The header of -H: column names in place of values. */
bool writer_header(struct writer *writer, struct slice header,
                   const struct value *values, size_t count,
                   struct error *error);
bool writer_flush(struct writer *writer, struct error *error);
/* Records that have surely left for the output. */
uint64_t writer_written(const struct writer *writer);

/* Puts the file in its place; false when anything was not written.  Without
 * a commit, writer_close leaves no file behind. */
bool writer_commit(struct writer *writer, struct error *error);
void writer_close(struct writer *writer);

#endif
