/*
 * compressed.h - a source's bytes inflated; private to io/.
 *
 * Made by source.c when a file begins with the mark of a codec.  Several
 * compressed parts one behind the other are one text.  Data that is cut or
 * damaged is an error, never a quiet end.
 */
#ifndef IO_COMPRESSED_H
#define IO_COMPRESSED_H

#include "base/text.h"
#include "io/source.h"

enum {
    COMPRESSED_INPUT_BYTES = 64 << 10,
    CODEC_MARK_BYTES = 4 /* that tell what a file is, at most */
};

enum codec_match {
    CODEC_NO,
    CODEC_MAYBE, /* more bytes will tell */
    CODEC_YES
};

/* What one step of inflating came to. */
struct codec_step {
    size_t made;        /* bytes in the room */
    bool between;       /* behind the end of a part: the data may end here */
    const char *damage; /* why it cannot go on, or NULL */
};

/* A file reader_NAME.c each, the only one that knows the library. */
struct codec {
    const char *name;
    enum codec_match (*match)(struct slice first);
    void *(*open)(struct error *error); /* NULL: memory ended */
    /* Takes from *input what fits into the room. */
    struct codec_step (*inflate)(void *state, struct slice *input, char *room,
                                 size_t room_bytes);
    void (*close)(void *state);
};
extern const struct codec codec_gzip, codec_zstd;

/* The codec whose data begins so, or NULL; *more: these bytes do not tell. */
const struct codec *codec_find(struct slice first, bool *more);

struct compressed;
/* `first` are bytes that were read already, at most COMPRESSED_INPUT_BYTES. */
struct compressed *compressed_open(const struct codec *codec,
                                   struct slice first, struct error *error);
void compressed_close(struct compressed *compressed); /* NULL is fine */

/* As source_read, which see; compressed bytes come from source_read_raw. */
enum source_status compressed_read(struct compressed *compressed,
                                   struct source *source, char *room,
                                   size_t room_bytes, bool wait,
                                   size_t *read_bytes, struct error *error);

/* For a codec's match: whether the bytes begin with the mark. */
enum codec_match codec_match_mark(struct slice first, struct slice mark);

#endif
