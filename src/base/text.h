/*
 * text.h - slices of bytes, growing buffers, a map from slices to numbers.
 *
 * A slice owns nothing and may hold any byte, NUL too.  A buffer owns its
 * bytes until buffer_free.  A slice_map keeps the slices it is given: their
 * bytes must outlive it.  Reading any of them is thread-safe.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct slice {
    const char *bytes;
    size_t length;
};

struct slice slice_of(const char *zero_ended);
bool slice_equal(struct slice a, struct slice b);
bool slice_is(struct slice a, const char *zero_ended);
/* Below, at or above 0: by bytes, the shorter first; strcmp for slices. */
int slice_compare(struct slice a, struct slice b);

/* White space of the C locale. */
static inline bool text_is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* What ends a line or commands a terminal. */
static inline bool text_is_control(char byte)
{
    return (unsigned char)byte < ' ' || byte == 0x7F;
}

/* Whether a string ends with another, or is the same. */
bool text_ends(const char *text, const char *end);
/* Without the white space at its ends. */
struct slice text_trim(struct slice text);
/* The words between white space: gives their number, stores the first `most`.
 */
size_t text_words(struct slice text, struct slice *words, size_t most);
/* Cuts the text up to the next `end` off; behind the last piece the rest is
 * {NULL, 0}. */
struct slice text_cut(struct slice *rest, char end);

/* Bytes of the UTF-8 character at the start, or 0 when it is broken. */
size_t text_character(struct slice text);

struct buffer {
    char *bytes;
    size_t length, capacity;
};

bool buffer_append(struct buffer *buffer, const void *bytes, size_t length,
                   struct error *error);
/* The bytes of a string. */
bool buffer_append_text(struct buffer *buffer, const char *text,
                        struct error *error);
bool buffer_reserve(struct buffer *buffer, size_t more, struct error *error);
struct slice buffer_slice(const struct buffer *buffer);
void buffer_free(struct buffer *buffer);

/*
 * User data for a message: at most 40 bytes, cut at a character and marked
 * with "...", control bytes and broken UTF-8 as '?'.  Returns out.
 */
enum { TEXT_QUOTE_BYTES = 48 };
const char *text_quote(struct slice data, char out[TEXT_QUOTE_BYTES]);

/* Names for a message, "id, title, body": what does not fit is counted. */
struct name_line {
    char text[300];
    size_t length, left_out;
};
void name_line_add(struct name_line *line, struct slice name);
/* The line as a string; `none` when no name was added. */
const char *name_line_end(struct name_line *line, const char *none);

/* "a, b or c" of a list that NULL ends, as much of it as there is room for. */
void text_choices(const char *const *list, char *out, size_t room);

/* Open addressing over 64-bit hashes; filled once, then only read. */
struct slice_map {
    struct slice_map_entry *entries;
    size_t capacity, count;
    uint64_t secret[2]; /* that the hashes depend on; drawn with the first */
};

/* Room for at least count slices without growing. */
bool slice_map_reserve(struct slice_map *map, size_t count,
                       struct error *error);
/* A slice that is there already gets the new value. */
bool slice_map_put(struct slice_map *map, struct slice key, int32_t value,
                   struct error *error);
/* The value, or -1. */
int32_t slice_map_get(const struct slice_map *map, struct slice key);
void slice_map_free(struct slice_map *map);

#endif
