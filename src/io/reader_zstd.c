/*
 * reader_zstd.c - Zstandard data (RFC 8878): the only door to libzstd.
 *
 * Frames one behind the other are one text; skippable frames, with which
 * pzstd's files begin, are stepped over by the library.  A frame whose window
 * is larger than 128 MiB (zstd --ultra --long=28 and more) is refused by it.
 */
#include "config.h"

#include "io/compressed.h"

#ifdef HAVE_LIBZSTD
#include "base/memory.h"

#include <zstd.h>
#endif

/* 28 B5 is no UTF-8, and 50..5F 2A 4D 18 ends in a control byte: no text
 * begins so. */
static enum codec_match match(struct slice first)
{
    char kind = first.length > 0 ? (char)(first.bytes[0] & 0xF0) : 0;
    if (kind != 0x50)
        return codec_match_mark(first, (struct slice){"\x28\xB5\x2F\xFD", 4});
    struct slice rest = {first.bytes + 1, first.length - 1};
    return codec_match_mark(rest, (struct slice){"\x2A\x4D\x18", 3});
}

#ifdef HAVE_LIBZSTD
/*
 * A call that finds damage gives nothing of the blocks before it.  Given no
 * more at a time than up to the end of a block, it gives all of them, in
 * whatever pieces the data comes.  The library hints at that and the header of
 * the next block together.
 */
enum { BLOCK_HEADER_BYTES = 3 };

struct unzstd {
    ZSTD_DCtx *context;
    bool between;       /* behind the end of a frame */
    size_t first, hint; /* bytes: of a frame, and of what comes next */
};

static void *open_zstd(struct error *error)
{
    struct unzstd *unzstd = memory_new(1, sizeof *unzstd, error);
    if (unzstd == NULL)
        return NULL;
    unzstd->context = ZSTD_createDCtx();
    if (unzstd->context != NULL) {
        unzstd->first = unzstd->hint = ZSTD_initDStream(unzstd->context);
        return unzstd;
    }
    error_set(error, "out of memory for libzstd");
    memory_free(unzstd);
    return NULL;
}

static struct codec_step inflate_zstd(void *state, struct slice *input,
                                      char *room, size_t room_bytes)
{
    struct unzstd *unzstd = state;
    /* Asked again, the library would begin to wait for another frame. */
    if (unzstd->between && input->length == 0)
        return (struct codec_step){.between = true};
    size_t most = unzstd->hint > BLOCK_HEADER_BYTES
                      ? unzstd->hint - BLOCK_HEADER_BYTES
                      : unzstd->hint;
    size_t length = input->length < most ? input->length : most;
    ZSTD_inBuffer in = {input->bytes, length, 0};
    ZSTD_outBuffer out = {room, room_bytes, 0};
    size_t result = ZSTD_decompressStream(unzstd->context, &out, &in);
    unzstd->between = result == 0;
    unzstd->hint = unzstd->between ? unzstd->first : result;
    input->bytes += in.pos;
    input->length -= in.pos;
    struct codec_step step = {.made = out.pos, .between = unzstd->between};
    if (ZSTD_isError(result))
        step.damage = ZSTD_getErrorName(result);
    return step;
}

static void close_zstd(void *state)
{
    struct unzstd *unzstd = state;
    ZSTD_freeDCtx(unzstd->context);
    memory_free(unzstd);
}
#else
static void *open_zstd(struct error *error)
{
    error_set(error, "this xenc was built without libzstd: put 'zstd -dc' "
                     "before it");
    return NULL;
}
#endif

const struct codec codec_zstd = {
    .name = "zstd",
    .match = match,
    .open = open_zstd,
#ifdef HAVE_LIBZSTD
    .inflate = inflate_zstd,
    .close = close_zstd,
#endif
};
