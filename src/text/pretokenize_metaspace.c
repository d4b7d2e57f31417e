#include "text/pretokenize.h"

#include <string.h>

/* A word while its bytes are written; room is reserved. */
struct writer {
    struct words *words;
    char *start, *at;
    struct error *error;
};

static void write_bytes(struct writer *writer, const char *bytes, size_t length)
{
    memcpy(writer->at, bytes, length);
    writer->at += length;
}

static bool end_word(struct writer *writer)
{
    if (!words_add(writer->words, writer->start, writer->at, writer->error))
        return false;
    writer->start = writer->at;
    return true;
}

/* Bytes of the blank or of the replacement that stands at `at`; 0: none. */
static size_t blank_length(struct slice replacement, const char *at,
                           const char *end)
{
    if (*at == ' ')
        return 1;
    size_t length = replacement.length;
    return (size_t)(end - at) >= length &&
                   memcmp(at, replacement.bytes, length) == 0
               ? length
               : 0;
}

/* A piece that begins with a blank has its prefix already. */
static bool needs_prefix(const struct splitter *self, struct slice piece,
                         bool at_start)
{
    enum metaspace_prefix prefix = self->as.metaspace.prefix;
    if (prefix == PREFIX_NEVER || (prefix == PREFIX_FIRST && !at_start))
        return false;
    return blank_length(self->as.metaspace.replacement, piece.bytes,
                        piece.bytes + piece.length) == 0;
}

static bool split(const struct splitter *self, struct slice piece,
                  bool at_start, struct words *words, struct error *error)
{
    struct slice replacement = self->as.metaspace.replacement;
    char *start = words->text.bytes + words->text.length;
    struct writer writer = {words, start, start, error};
    if (needs_prefix(self, piece, at_start))
        write_bytes(&writer, replacement.bytes, replacement.length);

    const char *at = piece.bytes, *end = at + piece.length;
    while (at < end) {
        size_t blank = blank_length(replacement, at, end);
        if (blank == 0) {
            *writer.at++ = *at++;
            continue;
        }
        if (self->as.metaspace.splits && !end_word(&writer))
            return false;
        write_bytes(&writer, replacement.bytes, replacement.length);
        at += blank;
    }
    words->text.length += (size_t)(writer.at - start);
    return end_word(&writer);
}

void splitter_metaspace(struct splitter *splitter, struct slice replacement,
                        enum metaspace_prefix prefix, bool splits)
{
    *splitter = (struct splitter){
        .split = split,
        .growth = replacement.length,
        .as.metaspace = {replacement, prefix, splits},
    };
}
