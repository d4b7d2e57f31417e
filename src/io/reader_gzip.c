/*
 * reader_gzip.c - gzip data (RFC 1952): the only door to zlib.
 *
 * Several members one behind the other are one text, zeros behind the last are
 * padding.
 */
#include "io/compressed.h"

#include "base/memory.h"

#include <zlib.h>

struct gunzip {
    z_stream stream;
    bool between; /* behind the end of a member */
};

/* 8B alone is no character of UTF-8, so that no text begins so. */
static enum codec_match match(struct slice first)
{
    return codec_match_mark(first, (struct slice){"\x1F\x8B", 2});
}

static void *allocate(void *data, uInt count, uInt size)
{
    struct error unheard = {0}; /* zlib says it as Z_MEM_ERROR */
    (void)data;
    return memory_new(count, size, &unheard);
}

static void release(void *data, void *block)
{
    (void)data;
    memory_free(block);
}

static void *open_gunzip(struct error *error)
{
    enum { LARGEST_WINDOW = 15, GZIP_ONLY = 16 };
    struct gunzip *gunzip = memory_new(1, sizeof *gunzip, error);
    if (gunzip == NULL)
        return NULL;
    gunzip->stream = (z_stream){.zalloc = allocate, .zfree = release};
    if (inflateInit2(&gunzip->stream, LARGEST_WINDOW + GZIP_ONLY) == Z_OK)
        return gunzip;
    error_set(error, "out of memory for zlib");
    memory_free(gunzip);
    return NULL;
}

static void close_gunzip(void *state)
{
    struct gunzip *gunzip = state;
    inflateEnd(&gunzip->stream);
    memory_free(gunzip);
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

static struct codec_step inflate_step(struct gunzip *gunzip, char *room,
                                      size_t room_bytes)
{
    z_stream *stream = &gunzip->stream;
    if (gunzip->between)
        begin_member(gunzip);
    if (gunzip->between)
        return (struct codec_step){.between = true};

    uInt space = room_bytes > 1u << 30 ? 1u << 30 : (uInt)room_bytes;
    stream->next_out = (unsigned char *)room;
    stream->avail_out = space;
    int result = inflate(stream, Z_NO_FLUSH);
    gunzip->between = result == Z_STREAM_END;
    struct codec_step step = {.made = space - stream->avail_out,
                              .between = gunzip->between};
    /* Z_BUF_ERROR only says that there was no input. */
    if (result == Z_MEM_ERROR)
        step.damage = "out of memory";
    else if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
        step.damage = stream->msg ? stream->msg : "no reason given";
    return step;
}

static struct codec_step inflate_gzip(void *state, struct slice *input,
                                      char *room, size_t room_bytes)
{
    struct gunzip *gunzip = state;
    z_stream *stream = &gunzip->stream;
    stream->next_in = (unsigned char *)(uintptr_t)input->bytes;
    stream->avail_in = (uInt)input->length;
    struct codec_step step = inflate_step(gunzip, room, room_bytes);
    *input = (struct slice){(const char *)stream->next_in, stream->avail_in};
    return step;
}

const struct codec codec_gzip = {
    .name = "gzip",
    .match = match,
    .open = open_gunzip,
    .inflate = inflate_gzip,
    .close = close_gunzip,
};
