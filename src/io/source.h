/*
 * source.h - where a reader's bytes come from: a file or standard input, with
 * gzip data inflated on the way.
 *
 * The layer below the buffer: whatever is done to bytes before they are
 * records is done here, unseen by the formats.  A source owns its descriptor,
 * but not standard input's.  Errors name the file and the system's reason.
 */
#ifndef IO_SOURCE_H
#define IO_SOURCE_H

#include "base/error.h"

#include <stddef.h>

enum source_status {
    SOURCE_BYTES, /* at least one byte was read */
    SOURCE_PAUSE, /* nothing can be read without waiting */
    SOURCE_END,
    SOURCE_FAILED
};

struct gunzip;
struct source {
    const char *name;
    int descriptor;
    bool sniffed; /* it is known whether this is gzip data */
    size_t held;  /* 1: the first byte is gzip's, and waits for the second */
    struct gunzip *gunzip; /* NULL: plain bytes */
};

/* Whether it could be opened, without touching its bytes. */
bool source_check(const char *name, struct error *error);

/* "-" is standard input. */
bool source_open(struct source *source, const char *name, struct error *error);
enum source_status source_read(struct source *source, char *room,
                               size_t room_bytes, bool wait, size_t *read_bytes,
                               struct error *error);
/* The bytes as they lie in the file. */
enum source_status source_read_raw(struct source *source, char *room,
                                   size_t room_bytes, bool wait,
                                   size_t *read_bytes, struct error *error);
void source_close(struct source *source);

#endif
