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
    bool is_header; /* the names of the values in their place */
};

struct writer_format {
    bool (*append)(const struct writer_options *options, struct buffer *out,
                   const struct row *row, struct error *error);
    bool has_header;
};

extern const struct writer_format writer_lines, writer_csv, writer_jsonl;

bool writer_append_byte(struct buffer *out, char byte, struct error *error);
bool writer_append_number(struct buffer *out, float value, int decimals,
                          struct error *error);
bool writer_append_integer(struct buffer *out, int64_t value,
                           struct error *error);
/* Texts as one column with blanks between, in the way of the format. */
typedef bool writer_append_texts(const struct writer_options *options,
                                 struct buffer *out, const struct slice *texts,
                                 size_t count, struct error *error);
/* The columns of one of the row's values, or their names in a header; the
 * place of VALUE_RECORD is the format's own. */
bool writer_append_columns(const struct writer_options *options,
                           struct buffer *out, const struct row *row,
                           size_t index, writer_append_texts *texts,
                           struct error *error);

/* Whether the record ends in a CR that belongs to its newline; *body is the
 * record without it. */
bool writer_split_cr(const struct writer_options *options, struct slice record,
                     struct slice *body);

#endif
