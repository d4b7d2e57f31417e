/*
 * writer_lines.c - values joined by the delimiter, the record among them.
 */
#include "io/writer_format.h"

/* Keeps the table's shape: a label or query is not the user's record. */
static bool append_text(const struct writer_options *options,
                        struct buffer *out, struct slice text,
                        struct error *error)
{
    size_t start = out->length;
    if (!buffer_append(out, text.bytes, text.length, error))
        return false;
    for (size_t i = start; i < out->length; i++)
        if (out->bytes[i] == options->delimiter ||
            out->bytes[i] == options->terminator)
            out->bytes[i] = ' ';
    return true;
}

static bool append_texts(const struct writer_options *options,
                         struct buffer *out, const struct slice *texts,
                         size_t count, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && !writer_append_byte(out, ' ', error))
            return false;
        if (!append_text(options, out, texts[i], error))
            return false;
    }
    return true;
}

static bool append_row(const struct writer_options *options, struct buffer *out,
                       const struct row *row, struct error *error)
{
    struct slice body;
    bool has_cr = writer_split_cr(options, row->record, &body);
    bool has_record = false;
    for (size_t i = 0; i < row->count; i++) {
        bool is_record = row->values[i].kind == VALUE_RECORD;
        has_record = has_record || is_record;
        if (i > 0 && !writer_append_byte(out, options->delimiter, error))
            return false;
        if (is_record ? !buffer_append(out, body.bytes, body.length, error)
                      : !writer_append_columns(options, out, row, i,
                                               append_texts, error))
            return false;
    }
    return !has_cr || !has_record || writer_append_byte(out, '\r', error);
}

const struct writer_format writer_lines = {append_row, .has_header = true};
