#include "io/compressed.h"

#include "base/memory.h"

#include <string.h>

struct compressed {
    const struct codec *codec;
    void *state;
    struct slice unread; /* in input */
    struct codec_step step;
    char input[COMPRESSED_INPUT_BYTES];
};

enum codec_match codec_match_mark(struct slice first, struct slice mark)
{
    size_t length = first.length < mark.length ? first.length : mark.length;
    if (memcmp(first.bytes, mark.bytes, length) != 0)
        return CODEC_NO;
    return length == mark.length ? CODEC_YES : CODEC_MAYBE;
}

const struct codec *codec_find(struct slice first, bool *more)
{
    static const struct codec *const codecs[] = {&codec_gzip, &codec_zstd};
    *more = false;
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++) {
        enum codec_match match = codecs[i]->match(first);
        if (match == CODEC_YES)
            return codecs[i];
        *more = *more || match == CODEC_MAYBE;
    }
    return NULL;
}

struct compressed *compressed_open(const struct codec *codec,
                                   struct slice first, struct error *error)
{
    struct compressed *compressed = memory_new(1, sizeof *compressed, error);
    if (compressed == NULL)
        return NULL;
    compressed->codec = codec;
    compressed->state = codec->open(error);
    if (compressed->state == NULL) {
        memory_free(compressed);
        return NULL;
    }
    memcpy(compressed->input, first.bytes, first.length);
    compressed->unread = (struct slice){compressed->input, first.length};
    return compressed;
}

void compressed_close(struct compressed *compressed)
{
    if (compressed == NULL)
        return;
    compressed->codec->close(compressed->state);
    memory_free(compressed);
}

/* Bytes before a damaged place are given first; then it is told. */
static bool inflate_some(struct compressed *compressed, const char *name,
                         char *room, size_t room_bytes, struct error *error)
{
    struct codec_step *step = &compressed->step;
    if (step->damage == NULL)
        *step = compressed->codec->inflate(
            compressed->state, &compressed->unread, room, room_bytes);
    else
        step->made = 0;
    return step->made > 0 || step->damage == NULL ||
           error_set(error, "%s: damaged %s data: %s", name,
                     compressed->codec->name, step->damage);
}

enum source_status compressed_read(struct compressed *compressed,
                                   struct source *source, char *room,
                                   size_t room_bytes, bool wait,
                                   size_t *read_bytes, struct error *error)
{
    for (;;) {
        if (!inflate_some(compressed, source->name, room, room_bytes, error))
            return SOURCE_FAILED;
        *read_bytes = compressed->step.made;
        if (*read_bytes > 0)
            return SOURCE_BYTES;
        if (compressed->unread.length > 0)
            continue;

        size_t got = 0;
        enum source_status status =
            source_read_raw(source, compressed->input, sizeof compressed->input,
                            wait, &got, error);
        if (status == SOURCE_END && !compressed->step.between) {
            error_set(error, "%s: %s data ends too early: the file was cut",
                      source->name, compressed->codec->name);
            return SOURCE_FAILED;
        }
        if (status != SOURCE_BYTES)
            return status;
        compressed->unread = (struct slice){compressed->input, got};
    }
}
