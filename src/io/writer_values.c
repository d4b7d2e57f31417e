/*
 * writer_values.c - values as columns, for the formats that have columns.
 */
#include "io/numbers.h"
#include "io/writer_format.h"

#include <stdio.h>

bool writer_append_byte(struct buffer *out, char byte, struct error *error)
{
    return buffer_append(out, &byte, 1, error);
}

bool writer_append_number(struct buffer *out, float value, int decimals,
                          struct error *error)
{
    char text[NUMBER_BYTES];
    return buffer_append(out, text, number_format(value, decimals, text),
                         error);
}

/* Digit by digit from the last: `xenc tokenize` writes little else, and a
 * fifth of its time was snprintf's. */
bool writer_append_integer(struct buffer *out, int64_t value,
                           struct error *error)
{
    char text[24], *end = text + sizeof text, *at = end;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) > 0);
    if (value < 0)
        *--at = '-';
    return buffer_append(out, at, (size_t)(end - at), error);
}

/* Columns with the delimiter between them. */
static bool append_numbers(const struct writer_options *options,
                           struct buffer *out, const struct value *value,
                           struct error *error)
{
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0 && !writer_append_byte(out, options->delimiter, error))
            return false;
        if (!writer_append_number(out, value->numbers[i], options->decimals,
                                  error))
            return false;
    }
    return true;
}

/* One column with blanks between the numbers. */
static bool append_integers(struct buffer *out, const struct value *value,
                            struct error *error)
{
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0 && !writer_append_byte(out, ' ', error))
            return false;
        if (!writer_append_integer(out, value->integers[i], error))
            return false;
    }
    return true;
}

static bool append_value(const struct writer_options *options,
                         struct buffer *out, const struct value *value,
                         writer_append_texts *texts, struct error *error)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        return writer_append_number(out, value->number, options->decimals,
                                    error);
    case VALUE_NUMBERS:
        return append_numbers(options, out, value, error);
    case VALUE_INTEGER:
        return writer_append_integer(out, value->integer, error);
    case VALUE_INTEGERS:
        return append_integers(out, value, error);
    case VALUE_BOOL:
        return writer_append_byte(out, value->flag ? '1' : '0', error);
    case VALUE_TEXT:
        return texts(options, out, &value->text, 1, error);
    case VALUE_TEXTS:
        return texts(options, out, value->texts, value->count, error);
    case VALUE_BOTH:
        return texts(options, out, &value->both.text, 1, error);
    case VALUE_RECORD:
        break; /* the format's own */
    }
    return true;
}

static bool append_names(const struct writer_options *options,
                         struct buffer *out, const struct value *value,
                         writer_append_texts *texts, struct error *error)
{
    struct slice whole = slice_of(value->name);
    if (value->kind != VALUE_NUMBERS || value->count == 1)
        return texts(options, out, &whole, 1, error);
    for (size_t i = 0; i < value->count; i++) {
        char name[128];
        snprintf(name, sizeof name, "%.96s_%zu", value->name, i);
        struct slice numbered = slice_of(name);
        if (i > 0 && !writer_append_byte(out, options->delimiter, error))
            return false;
        if (!texts(options, out, &numbered, 1, error))
            return false;
    }
    return true;
}

bool writer_append_columns(const struct writer_options *options,
                           struct buffer *out, const struct row *row,
                           size_t index, writer_append_texts *texts,
                           struct error *error)
{
    const struct value *value = &row->values[index];
    return row->is_header ? append_names(options, out, value, texts, error)
                          : append_value(options, out, value, texts, error);
}

bool writer_split_cr(const struct writer_options *options, struct slice record,
                     struct slice *body)
{
    *body = record;
    if (options->terminator != '\n' || record.length == 0 ||
        record.bytes[record.length - 1] != '\r')
        return false;
    body->length--;
    return true;
}
