/*
 * writer_format.h - what writer.c asks of a format; private to io/.
 *
 * A format appends one record or header to a buffer, without its terminator,
 * and keeps no state.  When it fails (memory only), writer.c takes back what
 * was appended.
 */
#ifndef IO_WRITER_FORMAT_H
#define IO_WRITER_FORMAT_H

#include "io/writer.h"

/* What there is to write. */
struct row {
    struct slice record;
    const struct value *values;
    size_t count;
};

struct writer_format {
    bool (*put)(const struct writer_options *options, struct buffer *out,
                const struct row *row, struct error *error);
    /* NULL: the format has none. */
    bool (*header)(const struct writer_options *options, struct buffer *out,
                   const struct row *row, struct error *error);
};

extern const struct writer_format writer_lines, writer_csv, writer_jsonl;

bool writer_append_byte(struct buffer *out, char byte, struct error *error);
bool writer_append_number(struct buffer *out, float value, int decimals,
                          struct error *error);
bool writer_append_integer(struct buffer *out, int64_t value,
                           struct error *error);
/* Columns with the delimiter between them. */
bool writer_append_numbers(const struct writer_options *options,
                           struct buffer *out, const struct value *value,
                           struct error *error);
/* One column with blanks between the numbers. */
bool writer_append_integers(struct buffer *out, const struct value *value,
                            struct error *error);
/* A text as one column, in the way of the format. */
typedef bool writer_append_text(const struct writer_options *options,
                                struct buffer *out, struct slice text,
                                struct error *error);
/* The value's column name, or the names of VALUE_NUMBERS. */
bool writer_append_names(const struct writer_options *options,
                         struct buffer *out, const struct value *value,
                         writer_append_text *append, struct error *error);

/* Whether the record ends in a CR that belongs to its newline; *body is the
 * record without it. */
bool writer_split_cr(const struct writer_options *options, struct slice record,
                     struct slice *body);

#endif
