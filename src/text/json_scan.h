/*
 * json_scan.h - a walk over JSON text without a tree, for tokenizer.json,
 * whose vocabulary may have 250,000 entries.
 *
 * The caller asks for what it expects and the scanner moves on; after the
 * first error every call fails.  It reads the bytes it is given, which outlive
 * it; a string with escapes is decoded into its own buffer.
 */
#ifndef TEXT_JSON_SCAN_H
#define TEXT_JSON_SCAN_H

#include "base/json.h"

enum { JSON_SCAN_DEPTH = 64 };

struct json_scan {
    const char *start, *at, *end;
    const char *path; /* for messages */
    struct error *error;
    struct buffer decoded;
    size_t depth;
    char closing[JSON_SCAN_DEPTH]; /* brackets that are open */
    bool is_first;                 /* nothing stands behind the bracket yet */
};

void json_scan_start(struct json_scan *scan, struct slice bytes,
                     const char *path, struct error *error);
void json_scan_free(struct json_scan *scan);

/* The first byte of the value that follows; '\0' at the end. */
char json_scan_peek(struct json_scan *scan);

/* Goes into an object ('{') or array ('['). */
bool json_scan_open(struct json_scan *scan, char bracket);
/* Moves to the next element; false behind the last one or on an error. */
bool json_scan_more(struct json_scan *scan);
/* In an object, after json_scan_more: the key, as json_scan_string. */
bool json_scan_key(struct json_scan *scan, struct slice *key);

/* The string's bytes, good until the next call. */
bool json_scan_string(struct json_scan *scan, struct slice *text);
bool json_scan_number(struct json_scan *scan, double *number);
/* A whole number from 0 to limit - 1; `what` names it in a message. */
bool json_scan_index(struct json_scan *scan, int32_t limit, const char *what,
                     int32_t *number);
/* Skips any value and gives its bytes. */
bool json_scan_skip(struct json_scan *scan, struct slice *raw);
/* The same as a tree, for small values (json_decref); NULL on an error. */
json_t *json_scan_tree(struct json_scan *scan);
/* Nothing but blanks may follow. */
bool json_scan_end(struct json_scan *scan);

/* An error at the scanner's place.  Always returns false. */
bool json_scan_fail(struct json_scan *scan, const char *expected);

#endif
