/*
 * writer.h - results -> records: columns before the untouched record (lines),
 * after it (CSV) or as added members (JSON Lines).
 *
 * Output goes to a file that appears whole or not at all, or to standard
 * output, where it is buffered until writer_flush; a terminal gets each record
 * at once.  Every write is checked.  After an error a writer takes no more.
 */
#ifndef IO_WRITER_H
#define IO_WRITER_H

#include "base/error.h"
#include "base/text.h"
#include "io/partial.h"
#include "io/reader.h"

enum value_kind {
    VALUE_NUMBER,  /* one float32, shortest decimal or fixed decimals */
    VALUE_NUMBERS, /* as many columns, NAME_0, NAME_1...; a JSON array */
    VALUE_INTEGER,
    VALUE_INTEGERS, /* one column with blanks between; a JSON array */
    VALUE_BOOL,     /* 0 or 1, false or true in JSON */
    VALUE_TEXT,
    VALUE_TEXTS, /* one column with blanks between; a JSON array */
    VALUE_BOTH,  /* text for a column, JSON as it is for a member */
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
        struct {
            struct slice text, json;
        } both;
    };
};

struct writer_options {
    const char *path; /* NULL or "-": standard output */
    enum record_format format;
    char delimiter, terminator;
    int decimals;       /* -1: the shortest that gives the float32 back */
    bool line_buffered; /* flush after each record */
    bool resumes;       /* the file grows over several runs: partial.h */
};

struct writer;
/* The path must outlive the writer.  What is no regular file (a FIFO,
 * /dev/null) is written to, not replaced. */
struct writer *writer_open(const struct writer_options *options,
                           struct error *error);

/*
 * One output record; a CR that ended the record ends the output record.
 *
 * Lines: the values joined by the delimiter; a delimiter or terminator inside
 * a text becomes a blank, for nothing could tell it from a real one.
 * CSV: the record, then the other values as further columns, quoted when
 * needed; a record with an unclosed quote goes out as one quoted column.
 * JSON Lines: the record's object with one member a value added behind its
 * last (a member that it already had under that key is replaced), all else
 * untouched; nan and inf are null; a record that is no object goes out as
 * {"record": "its bytes", ...}.
 *
 * `record` may be {NULL, 0} where no VALUE_RECORD is printed; a CSV row or
 * JSON object is then made of the values alone.
 */
bool writer_put(struct writer *writer, struct slice record,
                const struct value *values, size_t count, struct error *error);
/* The header of -H: column names in place of values.  JSON has none. */
bool writer_header(struct writer *writer, struct slice header,
                   const struct value *values, size_t count,
                   struct error *error);
bool writer_flush(struct writer *writer, struct error *error);
/* Of a writer that resumes, before the first record and after any: as
 * partial_begin; partial_set_mark with what was put so far, at the latest now
 * if `now`, else when it is due. */
bool writer_begin(struct writer *writer, struct slice identity,
                  struct partial_mark *mark, struct error *error);
bool writer_mark(struct writer *writer, const struct partial_mark *mark,
                 bool now, struct error *error);
/* Where its records are until the commit. */
const char *writer_partial_path(const struct writer *writer);
/* The file that the commit will put in its place, or NULL. */
const char *writer_renames(const struct writer *writer);

/* Puts the file in its place; false when anything was not written.  Without
 * a commit, writer_close leaves no file behind and drops what is buffered. */
bool writer_commit(struct writer *writer, struct error *error);
void writer_close(struct writer *writer);

#endif
