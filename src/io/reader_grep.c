/*
 * reader_grep.c - lines as grep prints them and objects as rg --json does.
 *
 * The text of a record is what stands behind path and line number.  An object
 * of ripgrep is given the form of grep's line first, so that it goes out as a
 * line too.  Colours (grep --color=always) are no text, but stay in the record.
 * What is no line of a file is no record: "--" between contexts, and ripgrep's
 * objects that begin and end a file.
 */
#include "io/grep_line.h"
#include "io/json_text.h"
#include "io/reader_format.h"

#include "base/base64.h"
#include "base/memory.h"

#include <string.h>

struct grep_format {
    struct format format;
    struct buffer line;  /* made of an object, or without colours */
    struct buffer bytes; /* a string of an object, decoded */
};

/* What an object of ripgrep says; slices are as written in the JSON. */
struct event {
    bool is_line;    /* a match or a line of its context */
    bool is_context; /* the latter */
    struct slice path, lines, number;
};

/* A member's value, or {NULL, 0}. */
static struct slice member_of(struct slice object, const char *name)
{
    struct slice found = {NULL, 0};
    struct json_walk walk;
    struct json_member member;
    if (object.length == 0 || object.bytes[0] != '{')
        return found;
    json_walk_begin(&walk, object);
    while (json_walk_next(&walk, &member))
        if (json_key_is(member.key, slice_of(name)))
            found = member.value;
    return walk.broken == NULL ? found : (struct slice){NULL, 0};
}

/* Whether the line is one of ripgrep's objects. */
static bool read_event(struct slice line, struct event *event)
{
    static const char *const types[] = {"\"match\"", "\"context\"", "\"begin\"",
                                        "\"end\"", "\"summary\""};
    enum { MATCH, CONTEXT, TYPES = sizeof types / sizeof *types };
    struct slice type = member_of(line, "type");
    struct slice data = member_of(line, "data");
    size_t kind = 0;
    while (kind < TYPES && !slice_is(type, types[kind]))
        kind++;
    if (kind == TYPES || data.bytes == NULL)
        return false;
    *event = (struct event){.is_line = kind == MATCH || kind == CONTEXT,
                            .is_context = kind == CONTEXT,
                            .path = member_of(data, "path"),
                            .lines = member_of(data, "lines"),
                            .number = member_of(data, "line_number")};
    return true;
}

static enum frame_status frame_grep(struct format *format,
                                    struct byte_window window,
                                    struct place place, struct frame *frame,
                                    struct error *error)
{
    enum frame_status status =
        format_frame_line(format, window, place, frame, error);
    if (status != FRAME_RECORD)
        return status;
    struct slice line =
        format_text(format, (struct slice){window.bytes, frame->length});
    struct event event;
    bool skipped = grep_line_is_separator(line) ||
                   (read_event(line, &event) && !event.is_line);
    return skipped ? FRAME_SKIP : FRAME_RECORD;
}

/* Appends {"text": "..."} or {"bytes": "base64"}, newlines as blanks but for
 * the last, which is left out. */
static bool append_value(struct grep_format *grep, struct slice value,
                         struct error *error)
{
    struct slice text = member_of(value, "text");
    struct slice base64 = member_of(value, "bytes");
    struct buffer *bytes = &grep->bytes;
    bytes->length = 0;
    if (text.length >= 2 && text.bytes[0] == '"') {
        struct slice inner = {text.bytes + 1, text.length - 2};
        if (!buffer_reserve(bytes, inner.length, error))
            return false;
        bytes->length = json_decode(inner, bytes->bytes);
    } else if (base64.length >= 2 && base64.bytes[0] == '"') {
        struct slice inner = {base64.bytes + 1, base64.length - 2};
        if (!base64_decode(inner, bytes, error))
            return false;
    }
    if (bytes->length > 0 && bytes->bytes[bytes->length - 1] == '\n')
        bytes->length--;
    for (size_t i = 0; i < bytes->length; i++)
        if (bytes->bytes[i] == '\n')
            bytes->bytes[i] = ' ';
    return buffer_append(&grep->line, bytes->bytes, bytes->length, error);
}

/* "PATH:12:TEXT"; what the object does not say is left out. */
static bool make_line(struct grep_format *grep, const struct event *event,
                      struct slice *text, struct error *error)
{
    const char *separator = event->is_context ? "-" : ":";
    bool has_number = event->number.length > 0 && event->number.bytes[0] != 'n';
    grep->line.length = 0;
    if (!append_value(grep, event->path, error) ||
        (grep->line.length > 0 &&
         !buffer_append(&grep->line, separator, 1, error)))
        return false;
    if (has_number && !(buffer_append(&grep->line, event->number.bytes,
                                      event->number.length, error) &&
                        buffer_append(&grep->line, separator, 1, error)))
        return false;
    size_t start = grep->line.length;
    if (!append_value(grep, event->lines, error) ||
        !buffer_reserve(&grep->line, 1, error))
        return false;
    *text = (struct slice){grep->line.bytes + start, grep->line.length - start};
    return true;
}

/* The line without its colours, in grep->line. */
static bool strip(struct grep_format *grep, struct slice *line,
                  struct error *error)
{
    grep->line.length = 0;
    if (!buffer_reserve(&grep->line, line->length, error))
        return false;
    grep->line.length = grep_line_strip(*line, grep->line.bytes);
    *line = buffer_slice(&grep->line);
    return true;
}

static bool pick(struct format *format, struct slice record,
                 struct selection selections[SELECTIONS], struct place place,
                 struct error *error)
{
    (void)selections;
    struct grep_format *grep = (struct grep_format *)format;
    struct slice line = format_text(format, record);
    struct event event;
    if (read_event(line, &event)) {
        struct error reason = {0};
        if (!make_line(grep, &event, &format->text, &reason))
            return error_pass_at(error, place.file, place.line, &reason);
        format->record = buffer_slice(&grep->line);
        return true;
    }
    if (memchr(line.bytes, '\x1B', line.length) != NULL &&
        !strip(grep, &line, error))
        return false;
    struct grep_line parsed;
    grep_line_parse(line, &parsed);
    format->text = parsed.text;
    return true;
}

static void close_grep(struct format *format)
{
    struct grep_format *grep = (struct grep_format *)format;
    buffer_free(&grep->line);
    buffer_free(&grep->bytes);
    memory_free(grep);
}

static const struct format_functions functions = {
    .limit_hint = "records end in a newline",
    .frame = frame_grep,
    .pick = pick,
    .close = close_grep,
};

struct format *format_grep_open(const struct reader_options *options,
                                struct error *error)
{
    struct grep_format *grep = memory_new(1, sizeof *grep, error);
    if (grep == NULL)
        return NULL;
    grep->format = format_start(&functions, options);
    return &grep->format;
}
