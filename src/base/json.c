#include "base/json.h"

#include "base/files.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * jansson 2.14 does not survive an allocation that fails while it reads: it
 * drops bytes of names, writes through NULL, or blames the text.  So it never
 * comes back from one.  What it had built is lost, not freed; who has no memory
 * is about to end.
 */
static bool ran_out, is_reading;
static jmp_buf stop_reading;

static void *allocate(size_t bytes)
{
    void *block = malloc(bytes);
    if (block != NULL)
        return block;
    ran_out = true;
    if (is_reading)
        longjmp(stop_reading, 1);
    return NULL;
}

/* NULL when memory ends, too. */
static json_t *read_tree(struct slice bytes, size_t flags, json_error_t *reason)
{
    json_t *root = NULL;
    ran_out = false;
    json_set_alloc_funcs(allocate, free);
    is_reading = true;
    if (setjmp(stop_reading) == 0)
        root = json_loadb(bytes.bytes, bytes.length, flags, reason);
    is_reading = false;
    return ran_out ? NULL : root;
}

bool json_ran_out(void)
{
    return ran_out;
}

bool json_out_of_memory(struct error *error, const char *what)
{
    error->no_memory = error->no_memory || !error->set;
    return error_set(error, "%s: out of memory for a tree of JSON", what);
}

/* Behind the string that begins at *at with its quote. */
static const char *string_end(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        at += *at == '\\';
    return at < end ? at + 1 : end;
}

/*
 * Bytes that jansson's tree of a text takes, about: a list takes 136, an object
 * 232, a string 92, a number 40 (measured).  "[]," is three bytes.
 */
static uint64_t tree_bytes(struct slice text)
{
    enum { LIST = 140, OBJECT = 240, STRING = 64, VALUE = 50 };
    const char *at = text.bytes, *end = at + text.length;
    uint64_t sum = 0;
    while (at < end) {
        char byte = *at;
        sum += byte == '['   ? LIST
               : byte == '{' ? OBJECT
               : byte == ',' ? VALUE
               : byte == '"' ? STRING
                             : 0;
        at = byte == '"' ? string_end(at, end) : at + 1;
    }
    return sum;
}

/* A text of some megabytes must not take gigabytes; none that people write
 * comes near. */
static bool is_too_large(struct slice text)
{
    enum { ANYWAY_BYTES = 64 << 20, EACH_BYTE = 16 };
    enum { MOST_EACH = 120 }; /* {"":{}} */
    return text.length > ANYWAY_BYTES / MOST_EACH &&
           tree_bytes(text) > ANYWAY_BYTES + (uint64_t)text.length * EACH_BYTE;
}

static const char too_large[] =
    "JSON of too many values for its length: its tree would take more than 64 "
    "MB and 16 bytes for each byte";

/*
 * Tokenizer files write 10^30 as a whole number for "no limit"; a file with a
 * number that is too big for an integer is read with reals only.
 */
static json_t *parse(struct slice bytes, size_t flags, json_error_t *reason)
{
    flags |= JSON_ALLOW_NUL | JSON_DECODE_ANY;
    json_t *root = read_tree(bytes, flags, reason);
    if (root != NULL || ran_out ||
        json_error_code(reason) != json_error_numeric_overflow)
        return root;
    return read_tree(bytes, flags | JSON_DECODE_INT_AS_REAL, reason);
}

json_t *json_load_object(const char *path, struct error *error)
{
    struct file file;
    if (!file_map(&file, path, error))
        return NULL;

    json_error_t reason = {0};
    struct slice text = {file.bytes, file.length};
    bool fits = !is_too_large(text) || error_at(error, path, 0, too_large);
    json_t *root = fits ? parse(text, 0, &reason) : NULL;
    file_release(&file);
    if (!fits)
        return NULL;
    if (root == NULL && ran_out) {
        json_out_of_memory(error, path);
        return NULL;
    }
    if (root == NULL) {
        error_at(error, path, reason.line > 0 ? (uint64_t)reason.line : 0,
                 "not JSON: %s", reason.text);
        return NULL;
    }
    if (!json_is_object(root)) {
        json_decref(root);
        error_set(error, "%s: not a JSON object: one in braces was expected",
                  path);
        return NULL;
    }
    return root;
}

json_t *json_parse(struct slice bytes, const char *file, uint64_t line,
                   struct error *error)
{
    json_error_t reason = {0};
    if (is_too_large(bytes)) {
        error_at(error, file, line, too_large);
        return NULL;
    }
    json_t *root = parse(bytes, JSON_REJECT_DUPLICATES, &reason);
    if (root != NULL)
        return root;
    if (ran_out) {
        json_out_of_memory(error, file);
        return NULL;
    }

    size_t at = reason.position > 0 ? (size_t)reason.position : 0;
    char quoted[TEXT_QUOTE_BYTES];
    struct slice found = {"", 0};
    if (at > 0 && at <= bytes.length)
        found = (struct slice){bytes.bytes + at - 1, 1};
    if (json_error_code(&reason) == json_error_duplicate_key)
        error_at(error, file, line, "a name is there twice, again at byte %zu",
                 at);
    else
        error_at(error, file, line, "not JSON at byte %zu ('%s')", at,
                 text_quote(found, quoted));
    return NULL;
}

struct slice json_slice(const json_t *value)
{
    if (!json_is_string(value))
        return (struct slice){NULL, 0};
    return (struct slice){json_string_value(value), json_string_length(value)};
}

struct dump {
    struct buffer *out;
    struct error *error;
};

static int append_dump(const char *bytes, size_t length, void *context)
{
    struct dump *dump = context;
    return buffer_append(dump->out, bytes, length, dump->error) ? 0 : -1;
}

/* jansson does not look at what became of some writes: a text that lacks a key
 * counts as written. */
bool json_append_value(struct buffer *out, const json_t *value, bool sorted,
                       struct error *error)
{
    struct dump dump = {out, error};
    size_t flags = JSON_COMPACT | JSON_ENCODE_ANY;
    ran_out = false;
    json_set_alloc_funcs(allocate, free);
    int result = json_dump_callback(value, append_dump, &dump,
                                    sorted ? flags | JSON_SORT_KEYS : flags);
    if (ran_out)
        return json_out_of_memory(error, "a value");
    return !error->set &&
           (result == 0 ||
            error_set(error, "a JSON value could not be written"));
}

/* The short escape of a byte that JSON may not hold as it is, or NULL. */
static const char *escape_of(unsigned char byte, char room[8])
{
    switch (byte) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\n':
        return "\\n";
    case '\t':
        return "\\t";
    case '\r':
        return "\\r";
    default:
        if (byte >= 0x20 && byte != 0x7F)
            return NULL;
        snprintf(room, 8, "\\u%04x", byte);
        return room;
    }
}

bool json_append_string(struct buffer *out, struct slice text,
                        struct error *error)
{
    bool fine = buffer_append_text(out, "\"", error);
    while (fine && text.length > 0) {
        size_t step = text_character(text);
        char room[8];
        const char *escape = step == 0 ? "\xEF\xBF\xBD"
                             : step == 1
                                 ? escape_of((unsigned char)text.bytes[0], room)
                                 : NULL;
        fine = escape ? buffer_append_text(out, escape, error)
                      : buffer_append(out, text.bytes, step, error);
        step += step == 0;
        text.bytes += step;
        text.length -= step;
    }
    return fine && buffer_append_text(out, "\"", error);
}

uint64_t json_key_line(struct slice text, const char *key)
{
    const char *at = text.bytes, *end = text.bytes + text.length;
    uint64_t line = 1;
    size_t depth = 0;
    bool is_key = false;
    for (; at < end; at++) {
        line += *at == '\n';
        depth += *at == '{' || *at == '[';
        depth -= (*at == '}' || *at == ']') && depth > 0;
        if (*at == '{' || *at == ',')
            is_key = depth == 1;
        if (*at != '"')
            continue;
        const char *behind = string_end(at, end);
        struct slice name = {at + 1, (size_t)(behind - at) - 1};
        name.length -= name.length > 0;
        if (is_key && slice_is(name, key))
            return line;
        is_key = false;
        at = behind - 1;
    }
    return 0;
}
