/*
 * source.h - where a reader's bytes come from: a file or standard input, with
 * gzip and zstd data inflated on the way.
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

struct compressed;
struct source {
    const char *name;
    int descriptor;
    bool sniffed;   /* it is known whether the data is compressed */
    char first[4];  /* bytes that may begin a codec's mark, and wait for */
    size_t held;    /* the next one: this many */
    uint64_t taken; /* bytes read so far, as they lie in the file */
    struct compressed *compressed; /* NULL: plain bytes */
};

/* Whether it could be opened, without touching its bytes. */
bool source_check(const char *name, struct error *error);

/* The sizes of these files together; 0 where one is not a regular file. */
uint64_t source_total(const char *const *names, size_t count);

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
