/*
 * json.h - the only door to jansson: JSON files as trees.
 *
 * json_t is jansson's; a tree belongs to the caller until json_decref.  Errors
 * name file and line.  One thread at a time reads JSON.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"
#include "base/text.h"

#include <jansson.h>

/* A whole file as one JSON object; anything else is an error.  Of a key that
 * is there twice the last counts, as in the reference. */
json_t *json_load_object(const char *path, struct error *error);

/*
 * Parses one JSON value from bytes that lie at file:line (NUL and \u0000 are
 * allowed in strings, a key twice is not).  NULL with "not JSON at byte N
 * ('x')" in error.
 */
json_t *json_parse(struct slice bytes, const char *file, uint64_t line,
                   struct error *error);

/* The line of a key of the outermost object, from 1, in a text that is JSON;
 * 0 where it is not there. */
uint64_t json_key_line(struct slice text, const char *key);

/* Whether memory ended since the last text was read: then what failed was not
 * the text's fault. */
bool json_ran_out(void);
/* The error of jansson's functions that build a tree; `what` is made of it.
 * Always returns false. */
bool json_out_of_memory(struct error *error, const char *what);

/* The string's bytes (they live as long as the value), or {NULL, 0}. */
struct slice json_slice(const json_t *value);

/* Appends any value as JSON text without blanks, keys in order of their
 * bytes where `sorted`. */
bool json_append_value(struct buffer *out, const json_t *value, bool sorted,
                       struct error *error);

/* Appends `text` as a JSON string with its quotes; broken UTF-8 -> U+FFFD. */
bool json_append_string(struct buffer *out, struct slice text,
                        struct error *error);

#endif
