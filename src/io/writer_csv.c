/*
 * writer_csv.c - the record as it came, then the values as further columns.
 */
#include "io/writer_format.h"

#include <string.h>

static bool needs_quotes(const struct writer_options *options,
                         struct slice text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        if (byte == options->delimiter || byte == '"' || byte == '\n' ||
            byte == '\r')
            return true;
    }
    return false;
}

/* The text with its quotes doubled. */
static bool append_doubled(struct buffer *out, struct slice text,
                           struct error *error)
{
    while (text.length > 0) {
        const char *quote = memchr(text.bytes, '"', text.length);
        size_t step = quote ? (size_t)(quote - text.bytes) + 1 : text.length;
        if (!buffer_append(out, text.bytes, step, error) ||
            (quote != NULL && !writer_append_byte(out, '"', error)))
            return false;
        text.bytes += step;
        text.length -= step;
    }
    return true;
}

/* Texts with blanks between them as one column. */
static bool append_texts(const struct writer_options *options,
                         struct buffer *out, const struct slice *texts,
                         size_t count, struct error *error)
{
    bool quoted = false;
    for (size_t i = 0; i < count && !quoted; i++)
        quoted = needs_quotes(options, texts[i]);
    quoted = quoted || (count > 1 && options->delimiter == ' ');

    if (quoted && !writer_append_byte(out, '"', error))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && !writer_append_byte(out, ' ', error))
            return false;
        if (!append_doubled(out, texts[i], error))
            return false;
    }
    return !quoted || writer_append_byte(out, '"', error);
}

/* An odd number of quotes would swallow all that follows. */
static bool is_unclosed(struct slice record)
{
    bool open = false;
    const char *end = record.bytes + record.length;
    for (const char *at = record.bytes; at < end; at++)
        open ^= *at == '"';
    return open;
}

static bool append_record(const struct writer_options *options,
                          struct buffer *out, struct slice record,
                          struct error *error)
{
    if (is_unclosed(record))
        return append_texts(options, out, &record, 1, error);
    return buffer_append(out, record.bytes, record.length, error);
}

static bool append_row(const struct writer_options *options, struct buffer *out,
                       const struct row *row, struct error *error)
{
    struct slice body;
    bool has_cr = writer_split_cr(options, row->record, &body);
    bool first = row->record.bytes == NULL;
    if (!first && !append_record(options, out, body, error))
        return false;

    for (size_t i = 0; i < row->count; i++) {
        if (row->values[i].kind == VALUE_RECORD)
            continue; /* it came first, whatever its place */
        if (!first && !writer_append_byte(out, options->delimiter, error))
            return false;
        first = false;
        if (!writer_append_columns(options, out, row, i, append_texts, error))
            return false;
    }
    return !has_cr || writer_append_byte(out, '\r', error);
}

const struct writer_format writer_csv = {append_row, .has_header = true};
