/*
 * reader_gzip.c - inflates a source's bytes: the only door to zlib.
 */
#include "io/reader_gzip.h"

#include "base/memory.h"

#include <string.h>
#include <zlib.h>

struct gunzip {
    z_stream stream;
    bool between; /* behind the end of a member */
    struct error *error;
    char input[GUNZIP_INPUT_BYTES];
};

static void *allocate(void *data, uInt count, uInt size)
{
    const struct gunzip *gunzip = data;
    return memory_new(count, size, gunzip->error);
}

static void release(void *data, void *block)
{
    (void)data;
    memory_free(block);
}

struct gunzip *gunzip_open(struct error *error)
{
    enum { LARGEST_WINDOW = 15, GZIP_ONLY = 16 };
    struct gunzip *gunzip = memory_new(1, sizeof *gunzip, error);
    if (gunzip == NULL)
        return NULL;
    gunzip->error = error;
    gunzip->stream =
        (z_stream){.zalloc = allocate, .zfree = release, .opaque = gunzip};
    if (inflateInit2(&gunzip->stream, LARGEST_WINDOW + GZIP_ONLY) == Z_OK)
        return gunzip;
    error_set(error, "zlib refused to start");
    memory_free(gunzip);
    return NULL;
}

void gunzip_close(struct gunzip *gunzip)
{
    if (gunzip == NULL)
        return;
    inflateEnd(&gunzip->stream);
    memory_free(gunzip);
}

bool gunzip_is_mark(const char *bytes, size_t length)
{
    return length >= 2 && bytes[0] == '\x1F' && bytes[1] == '\x8B';
}

static void set_input(struct gunzip *gunzip, size_t length)
{
    gunzip->stream.next_in = (unsigned char *)gunzip->input;
    gunzip->stream.avail_in = (uInt)length;
}

void gunzip_give(struct gunzip *gunzip, const char *bytes, size_t length)
{
    memcpy(gunzip->input, bytes, length);
    set_input(gunzip, length);
}

/* Behind a member: another one follows, or padding, or nothing. */
static void begin_member(struct gunzip *gunzip)
{
    z_stream *stream = &gunzip->stream;
    while (stream->avail_in > 0 && *stream->next_in == 0) {
        stream->next_in++;
        stream->avail_in--;
    }
    if (stream->avail_in == 0)
        return;
    inflateReset(stream);
    gunzip->between = false;
}

/* Inflates into the room what the input gives; false where it is damaged. */
static bool inflate_some(struct gunzip *gunzip, const char *name, char *room,
                         size_t room_bytes, size_t *made, struct error *error)
{
    z_stream *stream = &gunzip->stream;
    *made = 0;
    if (gunzip->between)
        begin_member(gunzip);
    if (gunzip->between)
        return true;

    uInt space = room_bytes > 1u << 30 ? 1u << 30 : (uInt)room_bytes;
    stream->next_out = (unsigned char *)room;
    stream->avail_out = space;
    gunzip->error = error;
    int result = inflate(stream, Z_NO_FLUSH);
    *made = space - stream->avail_out;
    gunzip->between = result == Z_STREAM_END;
    /* Z_BUF_ERROR only says that there was no input.  Damage is told again at
     * the next call, when all before it was read. */
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR ||
        *made > 0)
        return true;
    return error_set(error, "%s: damaged gzip data: %s", name,
                     stream->msg ? stream->msg : "no reason given");
}

enum source_status gunzip_read(struct gunzip *gunzip, struct source *source,
                               char *room, size_t room_bytes, bool wait,
                               size_t *read_bytes, struct error *error)
{
    for (;;) {
        if (!inflate_some(gunzip, source->name, room, room_bytes, read_bytes,
                          error))
            return SOURCE_FAILED;
        if (*read_bytes > 0)
            return SOURCE_BYTES;
        if (gunzip->stream.avail_in > 0)
            continue;

        size_t got = 0;
        enum source_status status = source_read_raw(
            source, gunzip->input, sizeof gunzip->input, wait, &got, error);
        if (status == SOURCE_END && !gunzip->between) {
            error_set(error, "%s: gzip data ends too early: the file was cut",
                      source->name);
            return SOURCE_FAILED;
        }
        if (status != SOURCE_BYTES)
            return status;
        set_input(gunzip, got);
    }
}
