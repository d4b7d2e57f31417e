/*
 * writer_jsonl.c - the record's object with the values as members at its end.
 *
 * The record is edited as text: a member that a value replaces is cut out with
 * its comma, the rest is copied byte for byte.
 */
#include "base/json.h"
#include "io/json_text.h"
#include "io/writer_format.h"

#include <math.h>
#include <string.h>

static bool append_number(const struct writer_options *options,
                          struct buffer *out, float value, struct error *error)
{
    if (!isfinite(value)) /* JSON has no other word for it */
        return buffer_append_text(out, "null", error);
    return writer_append_number(out, value, options->decimals, error);
}

static bool append_element(const struct writer_options *options,
                           struct buffer *out, const struct value *value,
                           size_t index, struct error *error)
{
    switch (value->kind) {
    case VALUE_NUMBERS:
        return append_number(options, out, value->numbers[index], error);
    case VALUE_INTEGERS:
        return writer_append_integer(out, value->integers[index], error);
    default:
        return json_append_string(out, value->texts[index], error);
    }
}

static bool append_array(const struct writer_options *options,
                         struct buffer *out, const struct value *value,
                         struct error *error)
{
    if (!writer_append_byte(out, '[', error))
        return false;
    for (size_t i = 0; i < value->count; i++) {
        if (i > 0 && !writer_append_byte(out, ',', error))
            return false;
        if (!append_element(options, out, value, i, error))
            return false;
    }
    return writer_append_byte(out, ']', error);
}

static bool append_value(const struct writer_options *options,
                         struct buffer *out, const struct value *value,
                         struct error *error)
{
    switch (value->kind) {
    case VALUE_NUMBER:
        return append_number(options, out, value->number, error);
    case VALUE_INTEGER:
        return writer_append_integer(out, value->integer, error);
    case VALUE_BOOL:
        return buffer_append_text(out, value->flag ? "true" : "false", error);
    case VALUE_TEXT:
        return json_append_string(out, value->text, error);
    case VALUE_NUMBERS:
    case VALUE_INTEGERS:
    case VALUE_TEXTS:
        return append_array(options, out, value, error);
    case VALUE_BOTH:
        return buffer_append(out, value->both.json.bytes,
                             value->both.json.length, error);
    case VALUE_RECORD:
        break; /* the object itself */
    }
    return true;
}

/* The values as members; `comma`: others stand before them. */
static bool append_members(const struct writer_options *options,
                           struct buffer *out, const struct row *row,
                           bool comma, struct error *error)
{
    for (size_t i = 0; i < row->count; i++) {
        const struct value *value = &row->values[i];
        if (value->kind == VALUE_RECORD)
            continue;
        if (comma && !writer_append_byte(out, ',', error))
            return false;
        comma = true;
        if (!json_append_string(out, slice_of(value->name), error) ||
            !writer_append_byte(out, ':', error) ||
            !append_value(options, out, value, error))
            return false;
    }
    return true;
}

static bool is_replaced(const struct row *row, struct slice key)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->values[i].kind != VALUE_RECORD &&
            json_key_is(key, slice_of(row->values[i].name)))
            return true;
    return false;
}

static bool append_span(struct buffer *out, const char *from, const char *to,
                        struct error *error)
{
    return buffer_append(out, from, (size_t)(to - from), error);
}

/* *is_object false: the record is none, and what was appended is worthless. */
static bool append_object(const struct writer_options *options,
                          struct buffer *out, const struct row *row,
                          bool *is_object, struct error *error)
{
    const char *from = row->record.bytes; /* what is not copied yet */
    const char *cut = NULL; /* where a run of replaced members begins */
    bool kept = false;

    struct json_walk walk;
    struct json_member member;
    json_walk_begin(&walk, row->record);
    const char *kept_end = walk.open, *members_end = walk.open;
    while (json_walk_next(&walk, &member)) {
        const char *key = member.key.bytes - 1;
        members_end = member.value.bytes + member.value.length;
        if (is_replaced(row, member.key)) {
            cut = cut ? cut : key;
            continue;
        }
        if (cut != NULL && !append_span(out, from, cut, error))
            return false;
        from = cut ? key : from;
        cut = NULL;
        kept = true;
        kept_end = members_end;
    }

    *is_object = walk.broken == NULL;
    if (!*is_object)
        return true;
    return append_span(out, from, kept_end, error) &&
           append_members(options, out, row, kept, error) &&
           append_span(out, members_end, walk.end, error);
}

/* An object of the values, with a record that is none as a string. */
static bool append_anew(const struct writer_options *options,
                        struct buffer *out, const struct row *row,
                        struct error *error)
{
    bool has_record = row->record.bytes != NULL;
    if (has_record && !(buffer_append_text(out, "{\"record\":", error) &&
                        json_append_string(out, row->record, error)))
        return false;
    return (has_record || writer_append_byte(out, '{', error)) &&
           append_members(options, out, row, has_record, error) &&
           writer_append_byte(out, '}', error);
}

static bool append_row(const struct writer_options *options, struct buffer *out,
                       const struct row *row, struct error *error)
{
    size_t start = out->length;
    bool is_object = false;
    if (row->record.bytes != NULL &&
        !append_object(options, out, row, &is_object, error))
        return false;
    if (is_object)
        return true;
    out->length = start;
    return append_anew(options, out, row, error);
}

const struct writer_format writer_jsonl = {append_row, .has_header = false};
