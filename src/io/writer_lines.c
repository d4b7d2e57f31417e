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
                         struct buffer *out, const struct value *value,
                         struct error *error)
{
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0 && !writer_append_byte(out, ' ', error))
            return false;
        if (!append_text(options, out, value->texts[i], error))
            return false;
    }
    return true;
}

static bool append_value(const struct writer_options *options,
                         struct buffer *out, const struct value *value,
                         struct slice record, struct error *error)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        return writer_append_number(out, value->number, options->decimals,
                                    error);
    case VALUE_NUMBERS:
        return writer_append_numbers(options, out, value, error);
    case VALUE_INTEGER:
        return writer_append_integer(out, value->integer, error);
    case VALUE_INTEGERS:
        return writer_append_integers(out, value, error);
    case VALUE_BOOL:
        return writer_append_byte(out, value->flag ? '1' : '0', error);
    case VALUE_TEXT:
        return append_text(options, out, value->text, error);
    case VALUE_TEXTS:
        return append_texts(options, out, value, error);
    case VALUE_BOTH:
        return append_text(options, out, value->both.text, error);
    case VALUE_RECORD:
        return buffer_append(out, record.bytes, record.length, error);
    }
    return true;
}

static bool append_row(const struct writer_options *options, struct buffer *out,
                       const struct row *row, bool as_header,
                       struct error *error)
{
    struct slice body;
    bool has_cr = writer_split_cr(options, row->record, &body);
    bool has_record = false;
    for (size_t i = 0; i < row->count; i++) {
        const struct value *value = &row->values[i];
        bool is_record = value->kind == VALUE_RECORD;
        has_record = has_record || is_record;
        if (i > 0 && !writer_append_byte(out, options->delimiter, error))
            return false;
        if (as_header && !is_record
                ? !writer_append_names(options, out, value, append_text, error)
                : !append_value(options, out, value, body, error))
            return false;
    }
    return !has_cr || !has_record || writer_append_byte(out, '\r', error);
}

static bool put(const struct writer_options *options, struct buffer *out,
                const struct row *row, struct error *error)
{
    return append_row(options, out, row, false, error);
}

static bool header(const struct writer_options *options, struct buffer *out,
                   const struct row *row, struct error *error)
{
    return append_row(options, out, row, true, error);
}

const struct writer_format writer_lines = {put, header};
